/* SPDX-License-Identifier: MIT
 * test_udp_input.c - datagrams that come in: checks, the receive buffer, every way to receive.
 * Not here: whose they are (test_udp_port.c), closed ports (test_icmp.c).
 * cmocka calls in; it injects frames and receives.
 * Source: RFC 768; recv(2). */
#include "kernel/lib/string.h"
#include "net/core/sock.h"
#include "tests/unit/stack.h"

#define SO_RCVBUF   8
#define SO_RCVTIMEO 20

enum {
	IP = 14,
	UDP = 34,
	UDP_LEN = UDP + 4,
	UDP_CHECK = UDP + 6,
	PAYLOAD = UDP + 8
};

static u8 frame[FAKE_FRAME_MAX];

static long receive(int fd, void *buf, size_t len, u32 flags)
{
	return sys_recvfrom(fd, user(buf), len, flags, 0, 0);
}

static void inject_with(u32 at, u16 value, u32 len)
{
	from_hex(FRAME_CRUMBS, frame);
	put16(frame + at, value);
	fake_inject(&eth0, frame, len);
}

static void malformed(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	inject_with(UDP_LEN, 7, 48);
	inject_with(UDP_LEN, 15, 48); /* longer than the packet */
	from_hex(FRAME_CRUMBS, frame);
	put16(frame + IP + 2, 27); /* no room for UDP's header */
	fix_ip_checksum(frame);
	fake_inject(&eth0, frame, 48);
	assert_int_equal(stack_dropped(SKB_DROP_HEADER), 3);
	assert_int_equal(sk_of(fd)->sk_receive_queue.n, 0);
}

static void every_wrong_bit_is_seen(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	for (u32 bit = 0; bit < 14 * 8; bit++) {
		u32 at = UDP + bit / 8;

		from_hex(FRAME_CRUMBS, frame);
		frame[at] ^= (u8)(1 << bit % 8);
		fake_inject(&eth0, frame, 48);
	}
	assert_int_equal(sk_of(fd)->sk_receive_queue.n, 0);
	assert_int_equal(stack_dropped(SKB_DROP_CHECKSUM) + stack_dropped(SKB_DROP_HEADER), 112);
}

/* RFC 768: a checksum of zero was not computed. */
static void without_checksum(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);
	char buf[8];

	inject_with(UDP_CHECK, 0, 48);
	assert_int_equal(receive(fd, buf, 8, MSG_DONTWAIT), 6);
}

/* IPv4 carries more than UDP says: the rest is not payload. */
static void shorter_than_its_packet(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);
	char buf[8];

	from_hex(FRAME_CRUMBS, frame);
	put16(frame + UDP_LEN, 11);
	put16(frame + UDP_CHECK, 0);
	fake_inject(&eth0, frame, 48);
	assert_int_equal(receive(fd, buf, 8, MSG_DONTWAIT), 3);
	assert_memory_equal(buf, "cru", 3);
}

static void truncation(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);
	char buf[8] = "";

	for (u32 i = 0; i < 4; i++)
		inject_hex(FRAME_CRUMBS);
	assert_int_equal(receive(fd, buf, 3, 0), 3);
	assert_string_equal(buf, "cru");
	assert_int_equal(receive(fd, buf, 3, MSG_TRUNC), 6); /* the real length */
	assert_int_equal(receive(fd, buf, 0, 0), 0);
	assert_int_equal(receive(fd, buf, 8, MSG_TRUNC), 6);
	assert_int_equal(receive(fd, buf, 8, MSG_DONTWAIT), -EAGAIN); /* what was cut is gone */
}

static void peeking(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);
	char buf[8];

	inject_hex(FRAME_CRUMBS);
	assert_int_equal(receive(fd, buf, 8, MSG_PEEK), 6);
	assert_int_equal(receive(fd, buf, 8, MSG_PEEK), 6);
	assert_int_equal(receive(fd, buf, 8, 0), 6);
	assert_int_equal(receive(fd, buf, 8, MSG_DONTWAIT), -EAGAIN);
}

static void unusual_flags(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);
	char buf[8];

	inject_hex(FRAME_CRUMBS);
	assert_int_equal(receive(fd, buf, 8, MSG_ERRQUEUE), -EAGAIN);
	assert_int_equal(receive(fd, buf, 8, MSG_OOB), 6); /* as on Linux: UDP has no such data */
}

/* ---- waiting ------------------------------------------------------------------------------- */

static void answer_at_third(struct fake_device *fake)
{
	static u32 polls;

	if (++polls == 3)
		inject_hex(FRAME_CRUMBS);
}

static void blocks_until_one_comes(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);
	char buf[8];

	eth0.on_poll = answer_at_third;
	host_tick_clock(2 * NSEC_PER_MSEC); /* each look: the time to spin is over */
	assert_int_equal(receive(fd, buf, 8, 0), 6);
	assert_int_equal(host_idles(), 2);
}

static void timeout(void **state)
{
	s64 tv[2] = { 2, 500000 };
	int fd = udp_socket_at(0, OUR_PORT);
	char buf[8];

	host_tick_clock(NSEC_PER_USEC);
	assert_int_equal(sys_setsockopt(fd, 1, SO_RCVTIMEO, user(tv), 16), 0);
	assert_int_equal(receive(fd, buf, 8, 0), -EAGAIN);
	assert_in_range(clock_ns(), 2500 * NSEC_PER_MSEC, 2510 * NSEC_PER_MSEC);
}

static void complain_at_second(struct fake_device *fake)
{
	static u32 polls;

	if (++polls == 2)
		inject_hex(FRAME_TOLD_PORT);
}

static void error_ends_the_wait(void **state)
{
	struct sockaddr_in to = inet_addr_of(PEER_IP, PEER_PORT);
	int fd = udp_socket_at(0, OUR_PORT);
	char buf[8];

	assert_int_equal(sys_connect(fd, user(&to), 16), 0);
	eth0.on_poll = complain_at_second;
	assert_int_equal(receive(fd, buf, 8, 0), -ECONNREFUSED);
}

/* ---- the buffer ---------------------------------------------------------------------------- */

static void buffer_is_bounded(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);
	u32 n;

	assert_int_equal(set_int(fd, 1, SO_RCVBUF, 1), 0); /* at least 2304 bytes */
	for (n = 0; sk_of(fd)->sk_drops == 0; n++)
		inject_hex(FRAME_CRUMBS);
	assert_int_equal(n - 1, 2304 / SKB_SMALL);
	assert_int_equal(stack_dropped(SKB_DROP_RCVBUF_FULL), 1);
}

/* What is unread occupies small packets as long as they are not the rings', then large ones. */
static void a_full_buffer(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);
	u32 small = skb_pool.small_total_n / 2,
	    n = small + (SK_RCVBUF_DEFAULT - small * SKB_SMALL) / SKB_SLOT;
	char buf[8];

	for (u32 i = 0; i < skb_pool.total_n; i++)
		inject_hex(FRAME_CRUMBS);
	assert_int_equal(sk_of(fd)->sk_receive_queue.n, n);
	assert_int_equal(skb_pool.small_free_n, skb_pool.small_total_n - small);
	assert_int_equal(skb_pool.free_n, skb_pool.total_n - (n - small));
	for (u32 i = 0; i < n; i++)
		assert_int_equal(receive(fd, buf, 8, 0), 6);
	assert_int_equal(sk_of(fd)->sk_rmem, 0);
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(sk_of(fd)->sk_rmem, SKB_SMALL);
}

/* Closing with datagrams unread gives their share back. */
static void closing_gives_back(void **state)
{
	for (u32 round = 0; round < 5; round++) {
		int fd = udp_socket_at(0, OUR_PORT);

		for (u32 i = 0; i < skb_pool.total_n / 4; i++)
			inject_hex(FRAME_CRUMBS);
		assert_int_equal(sk_of(fd)->sk_receive_queue.n, skb_pool.total_n / 4);
		assert_int_equal(sk_of(fd)->sk_drops, 0);
		fd_close(&init_task.files, fd);
	}
}

/* As on Linux: what comes is still read; only no call waits any longer. */
static void shut_down_waits_no_more(void **state)
{
	struct sockaddr_in to = inet_addr_of(PEER_IP, PEER_PORT);
	int fd = udp_socket_at(0, OUR_PORT);
	char buf[8];

	assert_int_equal(sys_connect(fd, user(&to), 16), 0);
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(sys_shutdown(fd, 0), 0);
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(receive(fd, buf, 8, 0), 6);
	assert_int_equal(receive(fd, buf, 8, 0), 6);
	assert_int_equal(receive(fd, buf, 8, 0), 0);
	assert_int_equal(receive(fd, buf, 8, MSG_DONTWAIT), -EAGAIN);
	assert_int_equal(host_idles(), 0);
}

int main(void)
{
	const struct CMUnitTest udp_input[] = {
		STACK_TEST(malformed),
		STACK_TEST(every_wrong_bit_is_seen),
		STACK_TEST(without_checksum),
		STACK_TEST(shorter_than_its_packet),
		STACK_TEST(truncation),
		STACK_TEST(peeking),
		STACK_TEST(unusual_flags),
		STACK_TEST(blocks_until_one_comes),
		STACK_TEST(timeout),
		STACK_TEST(error_ends_the_wait),
		STACK_TEST(buffer_is_bounded),
		STACK_TEST(a_full_buffer),
		STACK_TEST(closing_gives_back),
		STACK_TEST(shut_down_waits_no_more),
	};

	return cmocka_run_group_tests(udp_input, NULL, NULL);
}
