/* SPDX-License-Identifier: MIT
 * test_martians.c - addresses that are no single host's, or never on a wire: what each answers as a source
 * and as a destination, in both directions.
 * Not here: the same against a real Linux (tests/boot/test_addresses.py).
 * cmocka calls in; sends by every call that can name a source.
 * Source: RFC 1122 3.2.1.3 and 3.3.6, RFC 6890; Linux 6.18's answers, recorded natively. */
#include "kernel/lib/string.h"
#include "net/device/dev_config.h"
#include "net/socket/sockopt.h"
#include "tests/unit/datagrams.h"

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
	{ PEER_IP, { -ENETUNREACH, -ENETUNREACH, -ENETUNREACH } }, /* another host's */
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

/* IP_PKTINFO with address 0 leaves the source to routing, though the socket is bound. */
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

/* ---- what comes in -------------------------------------------------------------------------- */

/* Destinations by what they are to us. */
enum {
	IN_OURS,
	IN_SUBNET,
	IN_LIMITED,
	IN_ALL_HOSTS,
	IN_JOINED, /* a group that one socket has joined */
	IN_OTHERS,
	IN_COLUMNS
};

static const struct {
	u32 to[10];
	u32 n;
} came_to[IN_COLUMNS] = {
	[IN_OURS] = { { OUR_IP }, 1 },
	[IN_SUBNET] = { { SUBNET }, 1 },
	[IN_LIMITED] = { { LIMITED }, 1 },
	[IN_ALL_HOSTS] = { { 0xe0000001 }, 1 },
	[IN_JOINED] = { { GROUP }, 1 },
	[IN_OTHERS] = { { PEER_IP, 0x0a000000, FAR_IP, CLASS_E, ZERO_NET, 0, LOCALHOST, 0x7fffffff,
				0xe00000fb, GROUP + 1 },
		10 },
};

/* Which of the sockets that share the port receive it: '1' one, 'a' all, '-' none. The frame, to us alone or to
 * many, makes no difference. Linux's answers are those without rp_filter. */
static const struct {
	u32 from;
	const char *theirs, *ours; /* Linux's, muffin's */
} came_from[] = {
	{ PEER_IP, "1aaaa-", "1aaaa-" },
	{ 0x08080808, "1aaaa-", "1aaaa-" },
	{ 0xa9fe0101, "1aaaa-", "1aaaa-" }, /* 169.254/16, link local */
	{ FAR_IP, "1aaaa-", "1aaaa-" },     /* 192.0.2/24: documentation, RFC 6890: no source */
	{ 0xc6120001, "1aaaa-", "1aaaa-" }, /* 198.18/15: benchmarks */
	{ 0xc0000001, "1aaaa-",
		"1aaaa-" }, /* 192.0.0/24: IETF's assignments, RFC 6890: no source */
	{ 0xc0586301, "1aaaa-", "1aaaa-" }, /* 192.88.99/24: 6to4 relays */
	{ 0xc6336401, "1aaaa-", "1aaaa-" }, /* 198.51.100/24 and 203.0.113/24: documentation */
	{ 0xcb007101, "1aaaa-", "1aaaa-" },
	{ 0xac100001, "1aaaa-", "1aaaa-" }, /* 172.16/12, 192.168/16, 100.64/10: private, shared */
	{ 0xc0a80001, "1aaaa-", "1aaaa-" },
	{ 0x64400001, "1aaaa-", "1aaaa-" },
	{ 0x0a000000, "1aaaa-", "1aaaa-" }, /* no broadcast any more: RFC 1812 5.3.5.1 */
	{ ZERO_NET, "1aaaa-", "1aaaa-" },   /* 0/8 are hosts to Linux, and can be answered */
	{ CLASS_E, "1aaaa-", "1aaaa-" },    /* 240/4, too, though RFC 6890 reserves them */
	{ 0, "--aa--", "------" },          /* an answer would go to ourselves */
	{ OUR_IP, "------", "------" },
	{ SUBNET, "1aaaa-", "------" }, /* (d): no source; all would hear an answer */
	{ LIMITED, "------", "------" },
	{ LOCALHOST, "------", "------" },
	{ 0x7f050607, "--a---", "------" }, /* (g): never outside a host */
	{ 0x7fffffff, "--a---", "------" },
	{ 0xe0000001, "------", "------" }, /* RFC 1112 7.2 */
	{ GROUP, "------", "------" },
};

static const u8 frame_to[][ETH_ALEN] = { { 2, 0, 0, 0, 0, 1 }, { 255, 255, 255, 255, 255, 255 },
	{ 1, 0, 0x5e, 0, 0, 1 } };

static u8 frame[FAKE_FRAME_MAX];

/* One of the frames of vectors.h between other addresses. */
static void inject_between(const char *hex, const u8 *mac, u32 from, u32 to)
{
	u32 len = from_hex(hex, frame);

	memcpy(frame, mac, ETH_ALEN);
	put16(frame + SADDR, (u16)(from >> 16));
	put16(frame + SADDR + 2, (u16)from);
	put16(frame + DADDR, (u16)(to >> 16));
	put16(frame + DADDR + 2, (u16)to);
	if (frame[IP + 9] == 17)
		put16(frame + IP + 26, 0); /* without a checksum */
	fix_ip_checksum(frame);
	fake_inject(&eth0, frame, len);
}

static char who_heard(const int fd[2])
{
	u32 heard = 0;
	char buf[8];

	for (u32 i = 0; i < 2; i++)
		while (sys_recvfrom(fd[i], user(buf), 8, MSG_DONTWAIT, 0, 0) == 6)
			heard++;
	return "-1a"[heard];
}

static int sharing(void)
{
	struct sockaddr_in at = inet_addr_of(0, OUR_PORT);
	int fd = udp_socket();

	set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	assert_int_equal(sys_bind(fd, user(&at), sizeof(at)), 0);
	return fd;
}

static void check_came(const int fd[2], u32 row, u32 column, u32 to, const u8 *mac)
{
	u32 from = came_from[row].from;
	bool martian = strcmp(came_from[row].ours, "------") == 0;
	enum skb_drop_reason reason = martian ? SKB_DROP_MARTIAN_SOURCE : SKB_DROP_NOT_LOCAL;
	char want = came_from[row].ours[column], got;
	u64 dropped = stack_dropped(reason);

	inject_between(FRAME_CRUMBS, mac, from, to);
	got = who_heard(fd);
	assert_true(want == '-' ||
		    want == came_from[row].theirs[column]); /* never more than Linux takes */
	if (got != want)
		fail_msg("%08x > %08x in a frame to %02x..: heard by %c, not %c", from, to, mac[0],
			got, want);
	assert_int_equal(stack_dropped(reason), dropped + (want == '-'));
}

/* 127/8 is nobody's on a wire, also where lo is down and has no routes. */
static void loopback_source_without_lo(void **state)
{
	int fd = sharing();
	char buf[8];

	dev_close(init_net.loopback_dev);
	inject_between(FRAME_CRUMBS, frame_to[0], 0x7f050607, OUR_IP);
	assert_int_equal(sys_recvfrom(fd, user(buf), 8, MSG_DONTWAIT, 0, 0), -EAGAIN);
	assert_int_equal(stack_dropped(SKB_DROP_MARTIAN_SOURCE), 1);
	assert_int_equal(dev_open(init_net.loopback_dev), 0);
}

static void every_source_from_the_wire(void **state)
{
	const int fd[2] = { sharing(), sharing() };
	be32 mreq[2] = { cpu_to_be32(GROUP), cpu_to_be32(OUR_IP) };

	assert_int_equal(sys_setsockopt(fd[0], SOL_IP, IP_ADD_MEMBERSHIP, user(mreq), 8), 0);
	fake_forget(&eth0);
	for (u32 row = 0; row < ARRAY_SIZE(came_from); row++)
		for (u32 column = 0; column < IN_COLUMNS; column++)
			for (u32 k = 0; k < came_to[column].n; k++)
				for (u32 i = 0; i < ARRAY_SIZE(frame_to); i++)
					check_came(fd, row, column, came_to[column].to[k],
						frame_to[i]);
	assert_int_equal(eth0.sent_n, 0);
}

/* What cannot be a source gets no answer of ours: to an echo, for a closed port, for an unknown protocol. */
static void no_answer_to_what_is_no_source(void **state)
{
	stack_know_peer();
	for (u32 row = 0; row < ARRAY_SIZE(came_from); row++) {
		u32 answers = came_from[row].ours[IN_OURS] == '1' ? 2 : 0;

		assert_true(neigh_set_permanent(init_net.arp_tbl, &eth0.dev,
				    cpu_to_be32(0x0a000000), peer_mac) == 0);
		fake_forget(&eth0);
		inject_between(FRAME_ECHO, frame_to[0], came_from[row].from, OUR_IP);
		inject_between(FRAME_CRUMBS, frame_to[0], came_from[row].from, OUR_IP);
		net_poll();
		assert_int_equal(eth0.sent_n, answers);
	}
}

/* RFC 2131 4.1: a host without an address asks all for one. Nothing else is accepted from 0.0.0.0. */
static void a_host_without_an_address(void **state)
{
	int dhcp = udp_socket_at(0, 67), echo = udp_socket_at(0, 7);

	from_hex(FRAME_CRUMBS, frame);
	for (u32 i = 0; i < 2; i++) {
		char crumbs[2 * 48 + 1] = FRAME_CRUMBS;

		memcpy(crumbs + 2 * 36, i ? "0007" : "0043", 4); /* the destination's port */
		inject_between(crumbs, frame_to[1], 0, LIMITED);
		inject_between(crumbs, frame_to[1], 0, SUBNET);
		inject_between(crumbs, frame_to[0], 0, OUR_IP);
		inject_between(crumbs, frame_to[2], 0, 0xe0000001);
	}
	inject_between(FRAME_IGMP_QUERY, frame_to[2], 0,
		0xe0000001); /* RFC 4541 2.1.1: a switch asks so */
	inject_between(FRAME_IGMP_QUERY, frame_to[0], 0, OUR_IP);
	assert_int_equal(sk_of(dhcp)->sk_receive_queue.n, 1);
	assert_int_equal(sk_of(echo)->sk_receive_queue.n, 0);
	assert_int_equal(stack_dropped(SKB_DROP_MARTIAN_SOURCE), 8);
}

/* ARP requests are answered by the same rule, but 0.0.0.0 asks whether an address is free. */
static void who_asks_by_arp(void **state)
{
	for (u32 row = 0; row < ARRAY_SIZE(came_from); row++) {
		u32 from = came_from[row].from;
		bool answered = from == 0 || came_from[row].ours[IN_OURS] == '1';
		u32 len = from_hex(FRAME_ARP_ASKED, frame);

		put16(frame + 28, (u16)(from >> 16));
		put16(frame + 30, (u16)from);
		fake_forget(&eth0);
		fake_inject(&eth0, frame, len);
		assert_int_equal(eth0.sent_n, answered);
	}
}

static void what_is_asked_for_by_arp(void **state)
{
	for (u32 column = 0; column < IN_COLUMNS; column++)
		for (u32 k = 0; k < came_to[column].n; k++) {
			u32 len = from_hex(FRAME_ARP_ASKED, frame);

			put16(frame + 38, (u16)(came_to[column].to[k] >> 16));
			put16(frame + 40, (u16)came_to[column].to[k]);
			fake_forget(&eth0);
			fake_inject(&eth0, frame, len);
			assert_int_equal(eth0.sent_n, column == IN_OURS);
		}
}

int main(void)
{
	const struct CMUnitTest martians[] = {
		STACK_TEST(every_source_to_every_destination),
		STACK_TEST(connected_elsewhere),
		STACK_TEST(pktinfo_without_a_source),
		STACK_TEST(every_source_from_the_wire),
		STACK_TEST(loopback_source_without_lo),
		STACK_TEST(no_answer_to_what_is_no_source),
		STACK_TEST(a_host_without_an_address),
		STACK_TEST(who_asks_by_arp),
		STACK_TEST(what_is_asked_for_by_arp),
	};

	return cmocka_run_group_tests(martians, NULL, NULL);
}
