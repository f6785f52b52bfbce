/* SPDX-License-Identifier: MIT
 * test_martians.c - addresses that are no single host's, or never on a wire: what each answers as a source
 * and as a destination of what is sent.
 * Not here: which socket a datagram is for (test_udp_port.c).
 * cmocka calls in; sends by every call that can name a source.
 * Source: RFC 1122 3.2.1.3 and 3.3.6, RFC 6890; Linux 6.18's answers, recorded natively. */
#include "tests/unit/datagrams.h"
#include "kernel/lib/string.h"
#include "net/sockopt.h"

#define LOCALHOST 0x7f000001u
#define SUBNET    0x0a0000ffu
#define LIMITED   0xffffffffu
#define GROUP     0xef010203u
#define CLASS_E   0xf0000001u
#define ZERO_NET  0x00000005u

enum {
	IP = 14,
	SADDR = IP + 12,
	DADDR = IP + 16
};

/* ---- what is sent -------------------------------------------------------------------------- */

/* Destinations; the columns of the table. */
enum {
	TO_LINK, /* a host on the link, its network's broadcast, behind the gateway, 0.0.0.5, 240.0.0.1 */
	TO_ALL, /* a group, the limited broadcast: they leave by the device that has the source */
	TO_US,  /* our address, 127/8, 0.0.0.0 */
	COLUMNS
};

static const struct {
	u32 to[6];
	u32 n;
} destination[COLUMNS] = {
	[TO_LINK] = { { PEER_IP, FAR_IP, SUBNET, ZERO_NET, CLASS_E }, 5 },
	[TO_ALL] = { { GROUP, 0xe0000001, LIMITED }, 3 },
	[TO_US] = { { OUR_IP, LOCALHOST, 0x7f010203, 0x7fffffff, 0 }, 5 },
};

/* RFC 1122 3.2.1.3 beside what Linux answers, and we, to a datagram from there. */
static const struct {
	u32 from;
	int answer[COLUMNS];
} sources[] = {
	{ 0, { 0, 0, 0 } }, /* the sender leaves it to routing */
	{ OUR_IP, { 0, 0, 0 } },
	{ LOCALHOST, { -EINVAL, 0, 0 } }, /* (g): 127 never leaves; to all: by lo */
	{ 0x7f050607, { -EINVAL, 0, 0 } },
	{ 0x7fffffff,
		{ -ENETUNREACH, -ENETUNREACH, -ENETUNREACH } }, /* (d): no broadcast as source */
	{ SUBNET, { -ENETUNREACH, -ENETUNREACH, -ENETUNREACH } },
	{ LIMITED, { -EINVAL, -EINVAL, -EINVAL } },
	{ GROUP, { -EINVAL, -EINVAL, -EINVAL } },
	{ 0xe0000001, { -EINVAL, -EINVAL, -EINVAL } },
	{ PEER_IP, { -ENETUNREACH, -ENETUNREACH, -ENETUNREACH } }, /* somebody else's */
	{ 0x0a000000, { -ENETUNREACH, -ENETUNREACH, -ENETUNREACH } },
	{ FAR_IP, { -ENETUNREACH, -ENETUNREACH, -ENETUNREACH } },
	{ ZERO_NET, { -ENETUNREACH, -ENETUNREACH, -ENETUNREACH } },
	{ CLASS_E, { -ENETUNREACH, -ENETUNREACH, -ENETUNREACH } },
};

static long by_pktinfo(u32 from, u32 to)
{
	be32 info[3] = { BE32_ZERO, cpu_to_be32(from), BE32_ZERO };
	struct message m;
	int fd = udp_socket();
	long sent;

	set_int(fd, SOL_SOCKET, SO_BROADCAST, 1);
	message_to(&m, "muffin", 6, to, PEER_PORT);
	message_control(&m, SOL_IP, IP_PKTINFO, info, sizeof(info));
	sent = message_send(fd, &m, 0);
	fd_close(&init_task.files, fd);
	return sent;
}

/* A socket with this source; one that we do not have by IP_FREEBIND. A bound group is no source. */
static int socket_from(u32 from)
{
	struct sockaddr_in at = inet_addr_of(from, 0);
	int fd = udp_socket();

	set_int(fd, SOL_SOCKET, SO_BROADCAST, 1);
	set_int(fd, SOL_IP, IP_FREEBIND, 1);
	assert_int_equal(sys_bind(fd, user(&at), sizeof(at)), 0);
	return fd;
}

static bool may_be_a_bound_source(u32 from)
{
	return from != LIMITED && from != SUBNET && from != 0x7fffffff && from >> 28 != 0xe;
}

static long by_bind(u32 from, u32 to)
{
	int fd = socket_from(from);
	long sent = send_to(fd, "muffin", 6, 0, to, PEER_PORT);

	fd_close(&init_task.files, fd);
	return sent;
}

static long by_sendmmsg(u32 from, u32 to)
{
	struct message m;
	int fd = socket_from(from);
	long sent;

	message_to(&m, "muffin", 6, to, PEER_PORT);
	sent = sys_sendmmsg(fd, user(&m.m), 1, 0);
	fd_close(&init_task.files, fd);
	return sent == 1 ? 6 : sent;
}

/* What refuses to connect leaves the socket unconnected. */
static long by_connect(u32 from, u32 to)
{
	struct sockaddr_in at = inet_addr_of(to, PEER_PORT);
	int fd = socket_from(from);
	long err = sys_connect(fd, user(&at), sizeof(at));
	long sent = sys_sendto(fd, user("muffin"), 6, 0, 0, 0);

	assert_int_equal(sent, err ? -EDESTADDRREQ : 6);
	fd_close(&init_task.files, fd);
	return err ? err : sent;
}

/* No frame may have a source that is not ours, nor one of 127/8. */
static void check_the_wire(void)
{
	for (u32 i = 0; i < min(eth0.sent_n, (u32)FAKE_FRAMES_MAX); i++)
		if (get16(eth0.sent[i].bytes + 12) == ETH_P_IP)
			assert_memory_equal(eth0.sent[i].bytes + SADDR, "\x0a\0\0\x01", 4);
	fake_forget(&eth0);
}

static void check_answer(u32 from, u32 to, int answer)
{
	static long (*const ways[])(
		u32 from, u32 to) = { by_pktinfo, by_bind, by_sendmmsg, by_connect };
	long right = answer ? answer : 6;

	for (u32 way = 0; way < ARRAY_SIZE(ways); way++) {
		long got = way == 0 || may_be_a_bound_source(from) ? ways[way](from, to) : right;

		net_poll();
		if (got != right)
			fail_msg("%08x > %08x by way %u: %ld, not %ld", from, to, way, got, right);
		check_the_wire();
	}
}

static void every_source_to_every_destination(void **state)
{
	stack_know_peer();
	for (u32 i = 0; i < ARRAY_SIZE(sources); i++)
		for (u32 column = 0; column < COLUMNS; column++)
			for (u32 k = 0; k < destination[column].n; k++)
				check_answer(sources[i].from, destination[column].to[k],
					sources[i].answer[column]);
}

/* A source of 127/8 that came by a connect stays: the next destination is refused. */
static void connected_elsewhere(void **state)
{
	struct sockaddr_in here = inet_addr_of(LOCALHOST, PEER_PORT),
			   there = inet_addr_of(PEER_IP, PEER_PORT);
	int fd = udp_socket();

	stack_know_peer();
	assert_int_equal(sys_connect(fd, user(&here), sizeof(here)), 0);
	assert_int_equal(send_to(fd, "muffin", 6, 0, PEER_IP, PEER_PORT), -EINVAL);
	assert_int_equal(sys_connect(fd, user(&there), sizeof(there)), -EINVAL);
	assert_int_equal(
		sys_sendto(fd, user("muffin"), 6, 0, 0, 0), 6); /* where it was connected */
	assert_int_equal(eth0.sent_n, 0);
	there.sin_family = AF_UNSPEC;
	assert_int_equal(sys_connect(fd, user(&there), sizeof(there)), 0);
	assert_int_equal(send_to(fd, "muffin", 6, 0, PEER_IP, PEER_PORT), 6);
	check_the_wire();
}

/* IP_PKTINFO with address 0 leaves the source to routing, whatever the socket is bound to. */
static void pktinfo_without_a_source(void **state)
{
	be32 info[3] = { BE32_ZERO, BE32_ZERO, BE32_ZERO };
	struct message m;
	int fd = socket_from(LOCALHOST);

	stack_know_peer();
	message_to(&m, "muffin", 6, PEER_IP, PEER_PORT);
	message_control(&m, SOL_IP, IP_PKTINFO, info, sizeof(info));
	assert_int_equal(message_send(fd, &m, 0), 6);
	assert_int_equal(send_to(fd, "muffin", 6, 0, PEER_IP, PEER_PORT), -EINVAL);
	assert_int_equal(eth0.sent_n, 1);
	check_the_wire();
}

int main(void)
{
	const struct CMUnitTest martians[] = {
		STACK_TEST(every_source_to_every_destination),
		STACK_TEST(connected_elsewhere),
		STACK_TEST(pktinfo_without_a_source),
	};

	return cmocka_run_group_tests(martians, NULL, NULL);
}
