/* SPDX-License-Identifier: MIT
 * test_recvmsg.c - recvmsg and recvmmsg: control messages, truncation, several at once.
 * Not here: datagrams' checks and waiting (test_udp_input.c), errors (test_errqueue.c).
 * cmocka calls in; frames come from scapy.
 * Source: recvmsg(2), recvmmsg(2), socket(7), ip(7). */
#include "kernel/lib/string.h"
#include "net/device/dev_config.h"
#include "net/socket/socket_user.h"
#include "net/socket/sockopt.h"
#include "tests/unit/stack.h"

#define BATCH 4

static struct user_mmsghdr mm[BATCH];
static struct iovec piece[BATCH];
static char buf[BATCH][16];
static u8 control[128];

static struct user_msghdr *prepare(u32 i)
{
	piece[i] = (struct iovec){ buf[i], sizeof(buf[i]) };
	mm[i] = (struct user_mmsghdr){ .hdr = { .iov = user(&piece[i]), .iovlen = 1 } };
	return &mm[i].hdr;
}

static long receive(int fd, u32 controllen)
{
	struct user_msghdr *um = prepare(0);

	memset(control, 0xa5, sizeof(control));
	um->control = user(control);
	um->controllen = controllen;
	return sys_recvmsg(fd, user(um), MSG_DONTWAIT);
}

static void assert_cmsg(u32 at, u64 len, s32 level, s32 type)
{
	const struct cmsghdr *c = (const void *)(control + at);

	assert_int_equal(c->len, len);
	assert_int_equal(c->level, level);
	assert_int_equal(c->type, type);
}

static void nothing_asked_nothing_told(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	inject_hex(FRAME_CRUMBS);
	assert_int_equal(receive(fd, sizeof(control)), 6);
	assert_int_equal(mm[0].hdr.controllen, 0);
	assert_int_equal(mm[0].hdr.flags, 0);
}

static void header_fields(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);
	s32 ttl, info[3];

	set_int(fd, SOL_IP, IP_PKTINFO, 1);
	set_int(fd, SOL_IP, IP_RECVTTL, 1);
	set_int(fd, SOL_IP, IP_RECVTOS, 1);
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(receive(fd, sizeof(control)), 6);
	assert_int_equal(mm[0].hdr.controllen, 32 + 24 + 24);
	assert_cmsg(0, 28, SOL_IP, IP_PKTINFO);
	memcpy(info, control + 16, sizeof(info));
	assert_int_equal(info[0], eth0.dev.ifindex);
	assert_int_equal(be32_to_cpu((be32){ (u32)info[1] }), OUR_IP);
	assert_int_equal(be32_to_cpu((be32){ (u32)info[2] }), OUR_IP);
	assert_cmsg(32, 20, SOL_IP, IP_TTL);
	memcpy(&ttl, control + 48, sizeof(ttl));
	assert_int_equal(ttl, 64);
	assert_cmsg(56, 17, SOL_IP, IP_TOS);
	assert_int_equal(control[72], 0);
	assert_int_equal(mm[0].hdr.flags, 0);
}

/* What waits is told of as it came; its card's address in another namespace is that one's secret. */
static void by_a_card_that_moved(void **state)
{
	struct net *other = net_create();
	int fd = udp_socket_at(0, OUR_PORT);
	u8 frame[FAKE_FRAME_MAX];
	u32 len = from_hex(FRAME_CRUMBS, frame);
	s32 info[3];

	set_int(fd, SOL_IP, IP_PKTINFO, 1);
	memset(frame, 0xff, ETH_ALEN);
	frame[33] = 255; /* to 10.0.0.255 */
	fix_ip_checksum(frame);
	put16(frame + 40, 0);
	fake_inject(&eth0, frame, len);
	assert_int_equal(dev_change_net_namespace(&eth0.dev, other), 0);
	assert_int_equal(dev_open(&eth0.dev), 0);
	assert_int_equal(inet_insert_ifa(&eth0.dev, cpu_to_be32(0x0a0000aa), 24), 0);
	assert_int_equal(receive(fd, sizeof(control)), 6);
	memcpy(info, control + 16, sizeof(info));
	assert_int_equal(info[0], eth0.dev.ifindex);
	assert_int_equal(be32_to_cpu((be32){ (u32)info[1] }), 0x0a0000ff);
	assert_int_equal(be32_to_cpu((be32){ (u32)info[2] }), 0x0a0000ff);
	put_net(other);
	stack_step(10);
}

static void timestamps(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);
	s64 t[2];

	inject_hex(FRAME_CRUMBS); /* before the option was set: the time of reading */
	host_advance_clock(1500 * NSEC_PER_MSEC);
	set_int(fd, SOL_SOCKET, SO_TIMESTAMP, 1);
	inject_hex(FRAME_CRUMBS);
	host_advance_clock(2 * NSEC_PER_SEC);
	for (u32 i = 0; i < 2; i++) {
		assert_int_equal(receive(fd, sizeof(control)), 6);
		assert_cmsg(0, 32, SOL_SOCKET, SO_TIMESTAMP);
		memcpy(t, control + 16, sizeof(t));
		assert_int_equal(t[0], 1700000000 + (i == 0 ? 3 : 1));
		assert_int_equal(t[1], 500000);
	}
	set_int(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(receive(fd, sizeof(control)), 6);
	assert_cmsg(0, 32, SOL_SOCKET, SO_TIMESTAMPNS);
	memcpy(t, control + 16, sizeof(t));
	assert_int_equal(t[1], 500000000);
}

static void overflow_is_told(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);
	u32 drops;

	set_int(fd, SOL_SOCKET, SO_RXQ_OVFL, 1);
	inject_hex(FRAME_CRUMBS);
	sk_of(fd)->sk_drops = 7;
	assert_int_equal(receive(fd, sizeof(control)), 6);
	assert_cmsg(0, 20, SOL_SOCKET, SO_RXQ_OVFL);
	memcpy(&drops, control + 16, sizeof(drops));
	assert_int_equal(drops, 7);
}

/* cmsg(3): what does not fit is cut, and MSG_CTRUNC says so. */
static void too_little_room(void **state)
{
	static const struct {
		u32 room, used;
	} rows[] = { { 0, 0 }, { 15, 0 }, { 16, 16 }, { 18, 18 } };
	int fd = udp_socket_at(0, OUR_PORT);

	set_int(fd, SOL_IP, IP_RECVTTL, 1);
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		inject_hex(FRAME_CRUMBS);
		assert_int_equal(receive(fd, rows[i].room), 6);
		assert_int_equal(mm[0].hdr.flags, MSG_CTRUNC);
		assert_int_equal(mm[0].hdr.controllen, rows[i].used);
		if (rows[i].used)
			assert_cmsg(0, rows[i].used, SOL_IP, IP_TTL);
		assert_int_equal(control[rows[i].used], 0xa5);
	}
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(receive(fd, 20), 6); /* all of it, though not its padding */
	assert_int_equal(mm[0].hdr.flags, 0);
	assert_int_equal(mm[0].hdr.controllen, 20);
}

static void names_and_faults(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);
	struct sockaddr_in from;
	struct user_msghdr *um = prepare(0);

	um->name = user(&from);
	um->namelen = sizeof(from) + 20;
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(sys_recvmsg(fd, user(um), 0), 6);
	assert_int_equal(um->namelen, sizeof(from));
	assert_int_equal(be32_to_cpu(from.sin_addr), PEER_IP);
	assert_int_equal(be16_to_cpu(from.sin_port), PEER_PORT);
	um->namelen = (u32)-1;
	assert_int_equal(sys_recvmsg(fd, user(um), MSG_DONTWAIT), -EINVAL);
	um->namelen = 2;
	um->name = 8;
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(sys_recvmsg(fd, user(um), 0), -EFAULT);
	assert_int_equal(sys_recvmsg(fd, 8, 0), -EFAULT);
	assert_int_equal(sys_recvmsg(99, user(um), 0), -EBADF);
	um = prepare(0);
	um->control = 8;
	um->controllen = 100;
	set_int(fd, SOL_IP, IP_RECVTTL, 1);
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(sys_recvmsg(fd, user(um), 0), 6); /* the message has come */
	assert_int_equal(um->controllen, 0);
	assert_int_equal(um->namelen, 0); /* not asked for */
}

/* ---- several at once ----------------------------------------------------------------------- */

static long receive_batch(int fd, u32 flags, s64 *timeout)
{
	for (u32 i = 0; i < BATCH; i++)
		prepare(i);
	return sys_recvmmsg(fd, user(mm), BATCH, flags, user(timeout));
}

static void batches(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	for (u32 i = 0; i < BATCH + 2; i++)
		inject_hex(FRAME_CRUMBS);
	assert_int_equal(receive_batch(fd, 0, NULL), BATCH);
	for (u32 i = 0; i < BATCH; i++) {
		assert_int_equal(mm[i].len, 6);
		assert_memory_equal(buf[i], "crumbs", 6);
	}
	assert_int_equal(receive_batch(fd, MSG_DONTWAIT, NULL), 2);
	assert_int_equal(receive_batch(fd, MSG_DONTWAIT, NULL), -EAGAIN);
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(receive_batch(fd, MSG_WAITFORONE, NULL), 1);
	assert_int_equal(host_idles(), 0);
	assert_int_equal(sys_recvmmsg(fd, user(mm), 0, 0, 0), 0);
}

/* The man page's meaning: the timeout ends the wait for the rest, too. */
static void timeout(void **state)
{
	s64 ts[2] = { 2, 500000000 };
	int fd = udp_socket_at(0, OUR_PORT);

	host_tick_clock(NSEC_PER_USEC);
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(receive_batch(fd, 0, ts), 1);
	assert_in_range(clock_ns(), 2500 * NSEC_PER_MSEC, 2510 * NSEC_PER_MSEC);
	assert_int_equal(ts[0] | ts[1], 0);
	ts[0] = 5;
	for (u32 i = 0; i < BATCH; i++)
		inject_hex(FRAME_CRUMBS);
	assert_int_equal(receive_batch(fd, 0, ts), BATCH);
	assert_in_range(
		ts[0] * 1000000000 + ts[1], 4990000000, 5000000000); /* nearly all is left */
	assert_int_equal(sk_of(fd)->sk_rcvtimeo, UINT64_MAX);
	ts[1] = 1000000000;
	assert_int_equal(receive_batch(fd, 0, ts), -EINVAL);
	ts[1] = -1;
	assert_int_equal(receive_batch(fd, 0, ts), -EINVAL);
	assert_int_equal(sys_recvmmsg(fd, user(mm), 1, 0, 8), -EFAULT);
	assert_int_equal(sys_recvmmsg(99, user(mm), 1, 0, 0), -EBADF);
}

/* An error after some have come is kept for the next call. */
static void errors_between(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	inject_hex(FRAME_CRUMBS);
	inject_hex(FRAME_CRUMBS);
	for (u32 i = 0; i < BATCH; i++)
		prepare(i);
	piece[1].base = (void *)8;
	assert_int_equal(sys_recvmmsg(fd, user(mm), BATCH, 0, 0), 1);
	assert_int_equal(receive_batch(fd, 0, NULL), -EFAULT);
	assert_int_equal(receive_batch(fd, MSG_DONTWAIT, NULL), -EAGAIN);
}

int main(void)
{
	const struct CMUnitTest recvmsg[] = {
		STACK_TEST(nothing_asked_nothing_told),
		STACK_TEST(header_fields),
		STACK_TEST(by_a_card_that_moved),
		STACK_TEST(timestamps),
		STACK_TEST(overflow_is_told),
		STACK_TEST(too_little_room),
		STACK_TEST(names_and_faults),
		STACK_TEST(batches),
		STACK_TEST(timeout),
		STACK_TEST(errors_between),
	};

	return cmocka_run_group_tests(recvmsg, NULL, NULL);
}
