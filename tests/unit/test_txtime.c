/* SPDX-License-Identifier: MIT
 * test_txtime.c - SO_TXTIME through etf: the order of times, what is refused, missed, reported.
 * Not here: the word qdisc= (test_ipconfig.c); departures by a guest's clock (tests/boot/test_txtime.py).
 * cmocka calls in.
 * Source: tc-etf(8). */
#include "net/core/timestamping.h"
#include "net/device/qdisc.h"
#include "net/socket/socket_user.h"
#include "net/socket/sockopt.h"
#include "tests/unit/datagrams.h"

#define CLOCK_MONOTONIC 1
#define CLOCK_TAI       11
#define DELTA           1000

static struct {
	struct cmsghdr header;
	u32 err;
	u8 origin, type, code, pad;
	u32 info, data;
	u8 offender[16];
} told;

static u8 frame[FAKE_FRAME_MAX];

static long read_error(int fd)
{
	struct iovec piece = { frame, sizeof(frame) };
	struct user_msghdr um = {
		.iov = user(&piece), .iovlen = 1, .control = user(&told), .controllen = sizeof(told)
	};

	return sys_recvmsg(fd, user(&um), MSG_ERRQUEUE);
}

static void assert_told(int fd, u32 err, u8 code, u64 time)
{
	assert_true(read_error(fd) > 0);
	assert_int_equal(told.err, err);
	assert_int_equal(told.origin, 6); /* SO_EE_ORIGIN_TXTIME */
	assert_int_equal(told.code, code);
	assert_int_equal((u64)told.data << 32 | told.info, time);
}

static int timed(s32 clockid, u32 flags)
{
	struct qdisc_spec etf = { .timed = true, .delta_ns = DELTA };
	const u32 txtime[2] = { (u32)clockid, flags };
	int fd = udp_socket_at(0, OUR_PORT);

	stack_know_peer();
	host_set_clock(NSEC_PER_MSEC);
	assert_int_equal(dev_set_qdisc(&eth0.dev, &etf), 0);
	assert_int_equal(
		sys_setsockopt(fd, SOL_SOCKET, SO_TXTIME, user(txtime), sizeof(txtime)), 0);
	return fd;
}

static long send_at(int fd, const char *text, size_t len, u64 time)
{
	struct message m;

	message_to(&m, text, len, PEER_IP, PEER_PORT);
	message_control(&m, SOL_SOCKET, SO_TXTIME, &time, sizeof(time));
	return message_send(fd, &m, 0);
}

/* Until the clock has come to ns, a look each 100 ns. */
static void run_to(u64 ns)
{
	for (u64 now = clock_ns(); now < ns; now += 100) {
		host_set_clock(now);
		net_poll();
	}
	host_set_clock(ns);
	net_poll();
}

static char letter(u32 i)
{
	return (char)eth0.sent[i].bytes[FRAME_HEADERS];
}

static void in_the_order_of_their_times(void **state)
{
	static const u32 at_us[] = { 50, 20, 40, 20, 10, 60, 30 };
	int fd = timed(CLOCK_MONOTONIC, 0), other = udp_socket_at(0, OUR_PORT + 1);
	char text[2] = "a";

	for (u32 i = 0; i < 7; i++, text[0]++)
		assert_int_equal(send_at(fd, text, 1, NSEC_PER_MSEC + at_us[i] * 1000), 1);
	assert_int_equal(eth0.sent_n, 0);
	assert_int_equal(sk_of(fd)->sk_refs, 8);
	assert_int_equal(send_to(other, "z", 1, 0, PEER_IP, PEER_PORT), 1); /* has no time */
	assert_int_equal(eth0.sent_n, 1);
	run_to(2 * NSEC_PER_MSEC);
	assert_int_equal(eth0.sent_n, 8);
	for (u32 i = 0; i < 8; i++)
		assert_int_equal(letter(i), "zebdgcaf"[i]);
	for (u32 i = 1; i < 8; i++)
		assert_int_equal(eth0.sent[i].at_ns, NSEC_PER_MSEC + at_us[letter(i) - 'a'] * 1000);
	assert_int_equal(sk_of(fd)->sk_wmem, 0);
	assert_int_equal(skb_pool.lost, 0);
}

static void by_tai(void **state)
{
	int fd = timed(CLOCK_TAI, 0);

	assert_int_equal(send_at(fd, "a", 1, HOST_BOOTED_NS + NSEC_PER_MSEC + 5000), 1);
	run_to(NSEC_PER_MSEC + 4900);
	assert_int_equal(eth0.sent_n, 0);
	run_to(NSEC_PER_MSEC + 5000);
	assert_int_equal(eth0.sent_n, 1);
}

static void passed_or_none(void **state)
{
	int fd = timed(CLOCK_TAI, SOF_TXTIME_REPORT_ERRORS);
	u64 passed = HOST_BOOTED_NS + NSEC_PER_MSEC - 1;

	assert_int_equal(send_at(fd, "a", 1, passed), 1);
	assert_told(fd, EINVAL, 1, passed);
	assert_int_equal(frame[FRAME_HEADERS], 'a');
	assert_int_equal(send_to(fd, "b", 1, 0, PEER_IP, PEER_PORT), 1);
	assert_told(fd, EINVAL, 1, 0);
	assert_int_equal(send_at(fd, "c", 1, 77), 1); /* long before this clock began */
	assert_told(fd, EINVAL, 1, 77);
	assert_int_equal(stack_dropped(SKB_DROP_TXTIME), 3);
	assert_int_equal(eth0.dev.stats.tx_dropped, 3);
	set_int(fd, SOL_IP, IP_RECVERR, 1);
	assert_int_equal(send_at(fd, "d", 1, passed), -ENOBUFS);
	assert_int_equal(eth0.sent_n, 0);
}

static void missed(void **state)
{
	int fd = timed(CLOCK_MONOTONIC, SOF_TXTIME_REPORT_ERRORS);
	u64 time = NSEC_PER_MSEC + 5000;

	send_at(fd, "a", 1, time);
	send_at(fd, "b", 1, time + 500);
	send_at(fd, "c", 1, time + 2000);
	host_set_clock(time + 500 + DELTA); /* nobody looked in between */
	net_poll();
	assert_told(fd, ECANCELED, 2, time);
	assert_int_equal(read_error(fd), -EAGAIN);
	assert_int_equal(eth0.sent_n, 1);
	assert_int_equal(letter(0), 'b');
	run_to(time + 2000);
	assert_int_equal(eth0.sent_n, 2);
	assert_int_equal(skb_pool.lost, 1);
}

/* It leaves at once; if it cannot, not after its time, and before those that wait for theirs. */
static void deadlines(void **state)
{
	int fd = timed(CLOCK_MONOTONIC, SOF_TXTIME_DEADLINE_MODE | SOF_TXTIME_REPORT_ERRORS);

	assert_int_equal(send_at(fd, "a", 1, NSEC_PER_SEC), 1);
	assert_int_equal(eth0.sent_n, 1);
	eth0.stuck = true;
	while (eth0.dev.qdisc->queue.n == 0)
		assert_int_equal(send_at(fd, "b", 1, NSEC_PER_SEC), 1);
	assert_int_equal(send_at(fd, "c", 1, NSEC_PER_SEC / 2), 1);
	assert_int_equal(eth0.dev.qdisc->queue.first->data[FRAME_HEADERS], 'c');
	host_set_clock(NSEC_PER_SEC / 2 + DELTA + 1);
	eth0.stuck = false;
	net_poll();
	assert_told(fd, ECANCELED, 2, NSEC_PER_SEC / 2);
	assert_int_equal(eth0.dev.qdisc->queue.n, 0);
}

/* All fragments, and all datagrams of a burst, have the message's time. */
static void many_frames(void **state)
{
	int fd = timed(CLOCK_MONOTONIC, 0);

	assert_int_equal(
		send_at(fd, (const char *)noise(1, 4000), 4000, NSEC_PER_MSEC + 5000), 4000);
	set_int(fd, SOL_UDP, UDP_SEGMENT, 1000);
	assert_int_equal(
		send_at(fd, (const char *)noise(1, 4000), 4000, NSEC_PER_MSEC + 9000), 4000);
	assert_int_equal(eth0.sent_n, 0);
	run_to(NSEC_PER_MSEC + 5000);
	assert_int_equal(eth0.sent_n, 3);
	run_to(NSEC_PER_MSEC + 9000);
	assert_int_equal(eth0.sent_n, 7);
}

/* Without a discipline that heeds it a time is ignored, as on Linux. */
static void nobody_heeds_it(void **state)
{
	int fd = timed(CLOCK_MONOTONIC, SOF_TXTIME_REPORT_ERRORS);

	assert_int_equal(dev_set_qdisc(&eth0.dev, NULL), 0);
	assert_int_equal(send_at(fd, "a", 1, NSEC_PER_SEC), 1);
	assert_int_equal(send_at(fd, "b", 1, 1), 1);
	assert_int_equal(eth0.sent_n, 2);
	assert_int_equal(read_error(fd), -EAGAIN);
}

int main(void)
{
	const struct CMUnitTest txtime[] = {
		STACK_TEST(in_the_order_of_their_times),
		STACK_TEST(by_tai),
		STACK_TEST(passed_or_none),
		STACK_TEST(missed),
		STACK_TEST(deadlines),
		STACK_TEST(many_frames),
		STACK_TEST(nobody_heeds_it),
	};

	return cmocka_run_group_tests(txtime, NULL, NULL);
}
