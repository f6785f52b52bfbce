/* SPDX-License-Identifier: MIT
 * test_qdisc.c - queueing disciplines: when packets leave, which senders wait, what is shown; pacing of sockets.
 * Not here: the words of the command line (test_ipconfig.c), real time (tests/boot/test_rates.py).
 * cmocka calls in.
 * Source: ITU-T I.371; tc-tbf(8), tc-pfifo(8); socket(7), SO_MAX_PACING_RATE as Linux's fq has it. */
#include "kernel/lib/string.h"
#include "net/device/dev_config.h"
#include "net/device/eth.h"
#include "net/device/qdisc.h"
#include "net/device/token_bucket.h"
#include "net/socket/datagram.h"
#include "net/socket/sockopt.h"
#include "tests/unit/stack.h"

#define START_NS NSEC_PER_SEC
#define US       NSEC_PER_USEC
#define MS       NSEC_PER_MSEC
#define HEADERS  42 /* Ethernet, IPv4, UDP */

/* ---- the bucket ---------------------------------------------------------------------------- */

static struct token_bucket bucket(struct qdisc_spec spec)
{
	struct token_bucket tb = { .full_ns = 0 };

	tb_set_rate(&tb, spec.rate, spec.packets, spec.burst);
	tb_rest(&tb, START_NS);
	return tb;
}

/* Take a packet as soon as it may leave; returns when that was, after START_NS. */
static u64 take(struct token_bucket *tb, u32 len)
{
	u64 at = max(tb_ready(tb, len), START_NS);

	tb_take(tb, len, at);
	return at - START_NS;
}

static void bucket_counts_packets(void **state)
{
	struct token_bucket tb = bucket((struct qdisc_spec){ .rate = 1000, .packets = true });

	assert_int_equal(take(&tb, 60), 0);
	assert_int_equal(take(&tb, 1514), 1 * MS);
	assert_int_equal(take(&tb, 60), 2 * MS);
	tb_rest(&tb, START_NS + 20 * MS); /* a pause is no credit */
	assert_int_equal(take(&tb, 60), 20 * MS);
	assert_int_equal(take(&tb, 60), 21 * MS);
}

static void bucket_counts_bits(void **state)
{
	struct token_bucket tb = bucket((struct qdisc_spec){ .rate = 8000000 }); /* 1 us a byte */

	assert_int_equal(take(&tb, 1000), 0);
	assert_int_equal(take(&tb, 100), 1000 * US);
	assert_int_equal(take(&tb, 42), 1100 * US);
	assert_int_equal(take(&tb, 42), 1160 * US); /* it was padded to 60 */
}

static void bucket_lets_a_burst_go(void **state)
{
	struct token_bucket tb =
		bucket((struct qdisc_spec){ .rate = 1000, .packets = true, .burst = 3 });

	for (u32 i = 0; i < 3; i++)
		assert_int_equal(take(&tb, 60), 0);
	assert_int_equal(take(&tb, 60), 1 * MS);
	tb_rest(&tb, START_NS + 20 * MS);
	tb_take(&tb, 60, START_NS + 20 * MS);
	tb_take(&tb, 60, START_NS + 20 * MS);
	assert_int_equal(tb_ready(&tb, 60), START_NS + 20 * MS);
	tb_take(&tb, 60, START_NS + 20 * MS);
	assert_int_equal(tb_ready(&tb, 60), START_NS + 21 * MS);
	tb = bucket((struct qdisc_spec){ .rate = 8000000, .burst = 2000 });
	assert_int_equal(take(&tb, 1000), 0);
	assert_int_equal(take(&tb, 1000), 0);
	assert_int_equal(take(&tb, 1000), 1000 * US);
	assert_int_equal(take(&tb, 1500), 2500 * US);
}

/* No poll for 5 ms, then for 50: the first delay is made up for, the second by a tick's worth. */
static void bucket_makes_up_for_lateness(void **state)
{
	struct token_bucket tb = bucket((struct qdisc_spec){ .rate = 1000, .packets = true });

	assert_int_equal(take(&tb, 60), 0);
	tb_take(&tb, 60, START_NS + 6 * MS);
	assert_int_equal(tb_ready(&tb, 60), START_NS + 2 * MS);
	tb_take(&tb, 60, START_NS + 56 * MS);
	assert_int_equal(tb_ready(&tb, 60), START_NS + 47 * MS);
}

/* As many as could be taken one after the other, and taking them together is the same to a nanosecond each. */
static void bucket_counts_what_it_allows(void **state)
{
	static const struct qdisc_spec specs[] = {
		{ .rate = 1000, .packets = true },
		{ .rate = 1000, .packets = true, .burst = 7 },
		{ .rate = 3000000, .packets = true, .burst = 100 },
		{ .rate = 8000000, .burst = 9000 },
		{ .rate = 999999937, .burst = 65536 },
	};

	for (u32 i = 0; i < 1000; i++) {
		struct token_bucket tb = bucket(specs[i % ARRAY_SIZE(specs)]), one, all;
		u64 now = START_NS + i * 977 * US % (20 * MS);
		u32 len = 60 + i * 31 % 1455, n = 0;

		for (u32 k = i % 5; k > 0; k--)
			take(&tb, 100);
		one = all = tb;
		tb_rest(&one, now);
		for (; tb_ready(&one, len) <= now; n++)
			tb_take(&one, len, now);
		assert_int_equal(tb_allows(&all, len, now), n);
		tb_take_many(&all, n, (u64)n * len);
		assert_in_range(all.full_ns + n - one.full_ns, 0, 2 * n);
	}
}

/* No rate is so low that a packet would take more than a second, none so high that it overflows. */
static void bucket_at_its_ends(void **state)
{
	struct token_bucket tb = bucket((struct qdisc_spec){ .rate = 8 });

	assert_int_equal(take(&tb, 60), 0);
	assert_int_equal(take(&tb, 65535), NSEC_PER_SEC);
	assert_int_equal(take(&tb, 60), 2 * NSEC_PER_SEC);
	tb = bucket((struct qdisc_spec){ .rate = UINT64_MAX, .burst = UINT32_MAX });
	assert_int_equal(take(&tb, 65535), 0);
	assert_int_equal(take(&tb, 65535), 0);
	tb = bucket((struct qdisc_spec){ .rate = 0 });
	assert_int_equal(take(&tb, 1514), 0);
	assert_int_equal(take(&tb, 1514), 0);
}

/* ---- a device with a discipline -------------------------------------------------------------- */

static const struct qdisc_spec pps = { .rate = 1, .packets = true };
static const struct qdisc_spec kpps = { .rate = 1000, .packets = true, .limit = 4 };

/* When the i-th frame was sent, after START_NS. */
static u64 sent_at(u32 i)
{
	assert_true(i < eth0.sent_n);
	return eth0.sent[i].at_ns - START_NS;
}

static long send_len(int fd, size_t len, u32 flags)
{
	static u8 payload[5000];

	return send_to(fd, payload, len, flags, PEER_IP, PEER_PORT);
}

static void send_n(int fd, u32 n)
{
	while (n-- > 0)
		assert_int_equal(send_len(fd, 18, 0), 18);
}

static void set_pace(int fd, u64 rate)
{
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_MAX_PACING_RATE, user(&rate), 8), 0);
}

/* A socket at START_NS that knows the peer, behind a queue of its device's, or of its own. */
static int queued_sender(struct qdisc_spec spec)
{
	host_set_clock(START_NS);
	stack_know_peer();
	assert_int_equal(dev_set_qdisc(&eth0.dev, &spec), 0);
	return udp_socket();
}

static int paced_sender(u64 rate)
{
	int fd = udp_socket();

	host_set_clock(START_NS);
	stack_know_peer();
	set_pace(fd, rate);
	return fd;
}

static u16 poll_of(int fd)
{
	struct file *file = fd_get(&init_task.files, fd);

	return file->ops->poll(file, POLL_ALL);
}

/* The first leaves at once, four wait, and then the sender does; each leaves when its time is. */
static void leaves_at_its_time(void **state)
{
	int fd = queued_sender(kpps);

	send_n(fd, 5);
	assert_int_equal(eth0.sent_n, 1);
	assert_int_equal(host_idles(), 0);
	assert_int_equal(init_net.mib.queued, 4);
	assert_int_equal(sk_of(fd)->sk_wmem, 4 * SKB_SLOT);
	stack_check_accounts();
	send_n(fd, 5);
	assert_int_equal(clock_ns(), START_NS + 5 * MS);
	while (init_net.mib.queued > 0)
		net_wait(NET_WAIT_RESTING, UINT64_MAX);
	for (u32 i = 0; i < 10; i++)
		assert_int_equal(sent_at(i), i * MS);
	assert_int_equal(sk_of(fd)->sk_wmem, 0);
}

static void full_is_told(void **state)
{
	int fd = queued_sender(kpps);

	send_n(fd, 4);
	assert_true(poll_of(fd) & POLLOUT);
	send_n(fd, 1);
	assert_false(poll_of(fd) & POLLOUT);
	assert_int_equal(send_len(fd, 18, MSG_DONTWAIT), -EAGAIN);
	host_advance_clock(1 * MS);
	net_poll();
	assert_true(poll_of(fd) & POLLOUT);
	assert_int_equal(send_len(fd, 18, MSG_DONTWAIT), 18);
	assert_int_equal(stack_dropped(SKB_DROP_QDISC_FULL), 0);
}

static void timeout_of_a_sender(void **state)
{
	s64 timeout[2] = { 0, 300 };
	int fd = queued_sender(kpps);

	send_n(fd, 5);
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, user(timeout), 16), 0);
	assert_int_equal(send_len(fd, 18, 0), -EAGAIN);
	assert_int_equal(clock_ns(), START_NS + 300 * US);
}

/* SO_SNDBUF bounds what of one socket waits; the least there is holds this one datagram. */
static void sndbuf_bounds_what_waits(void **state)
{
	int fd = queued_sender(pps), other = udp_socket();

	assert_int_equal(set_int(fd, SOL_SOCKET, SO_SNDBUF, 1), 0);
	send_n(fd, 1);
	for (u32 i = 0; i < 3; i++)
		assert_int_equal(send_len(fd, 1400, MSG_DONTWAIT), 1400);
	assert_int_equal(send_len(fd, 1400, MSG_DONTWAIT), -EAGAIN);
	assert_false(poll_of(fd) & POLLOUT);
	send_n(other, 1);
	assert_int_equal(dev_set_qdisc(&eth0.dev, NULL), 0);
}

/* The ring's room is the queue's business while there is one, and everybody's again afterwards. */
static void ring_is_given_back(void **state)
{
	const struct qdisc_spec spec = { .limit = 10 },
				paced = { .rate = 1000, .packets = true, .limit = 10 };
	u32 room = eth0.dev.tx_room, slots = eth0.dev.tx_ring_n;

	assert_true(room > 0);
	assert_int_equal(dev_set_qdisc(&eth0.dev, &spec), 0);
	assert_int_equal(eth0.dev.tx_room, room); /* it makes no difference while nothing waits */
	assert_int_equal(dev_set_qdisc(&eth0.dev, &paced), 0);
	assert_int_equal(eth0.dev.tx_room, 0);
	assert_int_equal(eth0.dev.tx_ring_n, 10);
	assert_int_equal(dev_set_qdisc(&eth0.dev, NULL), 0);
	assert_int_equal(eth0.dev.tx_room, room);
	assert_int_equal(eth0.dev.tx_ring_n, slots);
}

static const struct qdisc_spec three = { .rate = 1000, .packets = true, .burst = 3, .limit = 50 };

/* The time of three has come: they take the fast path. The others wait, and keep their order. */
static void what_may_go_goes_at_once(void **state)
{
	int fd = queued_sender(three);
	u64 cached;

	eth0.keep = true;
	send_n(fd, 1); /* its flow is there now */
	host_advance_clock(10 * MS);
	net_poll();
	fake_forget(&eth0);
	cached = init_net.mib.udp_out_cached;
	send_n(fd, 5);
	assert_int_equal(eth0.sent_n, 3);
	assert_int_equal(init_net.mib.udp_out_cached - cached, 3);
	assert_int_equal(eth0.dev.tx_room, 0);
	for (u32 left = 2; left > 0; left--) {
		host_advance_clock(1 * MS - 1);
		net_poll();
		assert_int_equal(eth0.sent_n, 5 - left);
		host_advance_clock(1);
		net_poll();
		assert_int_equal(eth0.sent_n, 6 - left);
	}
	send_n(fd, 1); /* nothing waits, but it is too early */
	assert_int_equal(eth0.sent_n, 5);
	assert_int_equal(init_net.mib.queued, 1);
	host_advance_clock(10 * MS); /* nobody has looked yet: the one that waits goes first */
	assert_int_equal(send_len(fd, 100, 0), 100);
	assert_int_equal(eth0.sent_n, 7);
	assert_int_equal(eth0.sent[6].len, HEADERS + 100);
}

static void a_batch_goes_as_far_as_it_may(void **state)
{
	int fd = queued_sender(three);
	struct iovec iov = { (void *)(uintptr_t) "muffin", 6 };
	struct sockaddr_in to = inet_addr_of(PEER_IP, PEER_PORT);
	struct user_mmsghdr vec[8] = { 0 };

	eth0.keep = true;
	send_n(fd, 1);
	host_advance_clock(10 * MS);
	net_poll();
	fake_forget(&eth0);
	for (u32 i = 0; i < ARRAY_SIZE(vec); i++)
		vec[i].hdr = (struct user_msghdr){
			.name = user(&to), .namelen = 16, .iov = user(&iov), .iovlen = 1
		};
	assert_int_equal(sys_sendmmsg(fd, user(vec), ARRAY_SIZE(vec), 0), ARRAY_SIZE(vec));
	assert_int_equal(eth0.sent_n, 3);
	assert_int_equal(init_net.mib.queued, 5);
	stack_step(100);
	assert_int_equal(eth0.sent_n, 8);
}

/* Looked at too late: those whose time has come leave together, one doorbell for all. */
static void late_is_made_up_for(void **state)
{
	int fd = queued_sender(kpps);

	send_n(fd, 5);
	host_advance_clock(3500 * US);
	net_poll();
	assert_int_equal(eth0.sent_n, 4);
	host_advance_clock(500 * US);
	net_poll();
	assert_int_equal(eth0.sent_n, 5);
}

static void waits_for_the_link(void **state)
{
	int fd = queued_sender(kpps);

	send_n(fd, 2);
	fake_set_link(&eth0, false);
	eth0.dev.qdisc->ring_room = 0;
	send_n(fd, 3);
	stack_step(100);
	assert_int_equal(eth0.sent_n, 1);
	assert_int_equal(init_net.mib.queued, 4);
	fake_set_link(&eth0, true);
	stack_step(10);
	assert_int_equal(eth0.sent_n, 6); /* and the ARP announcement */
	assert_int_equal(skb_pool.lost, 0);
}

static void a_device_set_down_drops(void **state)
{
	int fd = queued_sender(kpps);

	send_n(fd, 4);
	dev_close(&eth0.dev);
	assert_int_equal(stack_dropped(SKB_DROP_DEV_DOWN), 3);
	assert_int_equal(eth0.dev.stats.tx_dropped, 3);
	assert_int_equal(init_net.mib.queued, 0);
	assert_int_equal(skb_pool.lost, 3);
	assert_int_equal(sock_error(sk_of(fd)), 0);
	assert_int_equal(send_len(fd, 18, 0), -ENETUNREACH);
	assert_int_equal(stack_dropped(SKB_DROP_DEV_DOWN), 3);
	fake_forget(&eth0);
	assert_int_equal(dev_open(&eth0.dev), 0);
	stack_know_peer();
	stack_step(10); /* it announces itself */
	send_n(fd, 1);
	assert_int_equal(eth0.sent_n, 2);
}

/* A card that comes up again has its queue as before; one that is down has no room when that goes. */
static void down_and_up_with_a_queue(void **state)
{
	queued_sender(kpps);
	dev_close(&eth0.dev);
	assert_int_equal(dev_open(&eth0.dev), 0);
	assert_int_equal(eth0.dev.tx_room, 0);
	assert_true(eth0.dev.qdisc->ring_room > 0);
	dev_close(&eth0.dev);
	assert_int_equal(dev_set_qdisc(&eth0.dev, NULL), 0);
	assert_int_equal(eth0.dev.tx_room, 0);
	assert_int_equal(dev_open(&eth0.dev), 0);
	assert_true(eth0.dev.tx_room > 0);
}

/* ARP cannot be made wait: there are eight places more for it, and what finds none is counted. */
static void answers_have_places_of_their_own(void **state)
{
	int fd = queued_sender(kpps);

	send_n(fd, 5);
	for (u32 i = 0; i < 8; i++)
		inject_hex(FRAME_ARP_ASKED);
	assert_int_equal(stack_dropped(SKB_DROP_QDISC_FULL), 0);
	assert_int_equal(init_net.mib.queued, 12);
	inject_hex(FRAME_ARP_ASKED);
	assert_int_equal(stack_dropped(SKB_DROP_QDISC_FULL), 1);
	assert_int_equal(eth0.dev.stats.tx_dropped, 1);
}

/* They were accepted before there was a queue to fit: none is lost. */
static void queued_on_the_neighbour_before(void **state)
{
	int fd = udp_socket();

	host_set_clock(START_NS);
	assert_int_equal(dev_set_qdisc(&eth0.dev, &kpps), 0);
	for (u8 i = 0; i < 20; i++)
		assert_int_equal(send_to(fd, &i, 1, 0, PEER_IP, PEER_PORT), 1);
	assert_int_equal(init_net.mib.waiting, 20);
	stack_know_peer();
	assert_int_equal(init_net.mib.waiting, 0);
	assert_in_range(init_net.mib.queued, 19, 20);
	stack_step(30);
	assert_int_equal(init_net.mib.queued, 0);
	for (u8 i = 0; i < 20; i++)
		assert_int_equal(eth0.sent[1 + i].bytes[HEADERS], i);
	assert_int_equal(skb_pool.lost, 0);
}

static void datagram_larger_than_the_queue(void **state)
{
	int fd = queued_sender((struct qdisc_spec){ .rate = 1000, .packets = true, .limit = 3 });

	assert_int_equal(
		set_int(fd, SOL_IP, 10, 0), 0); /* IP_MTU_DISCOVER: fragments are allowed */
	assert_int_equal(send_len(fd, 5000, 0), -EMSGSIZE);
	assert_int_equal(send_len(fd, 4000, 0), 4000); /* three fragments */
	assert_int_equal(send_len(fd, 4000, 0), 4000);
	assert_int_equal(clock_ns(), START_NS + 2 * MS);
	stack_step(10);
	assert_int_equal(eth0.sent_n, 6);
}

/* Ten segments through four places, also with MSG_DONTWAIT: all of them, in their time. */
static void train_longer_than_the_queue(void **state)
{
	int fd = queued_sender(kpps);

	assert_int_equal(set_int(fd, SOL_UDP, UDP_SEGMENT, 100), 0);
	assert_int_equal(send_len(fd, 1000, MSG_DONTWAIT), 1000);
	assert_int_equal(send_len(fd, 1000, MSG_DONTWAIT), -EAGAIN);
	stack_step(20);
	assert_int_equal(eth0.sent_n, 10);
	assert_int_equal(sent_at(5), 5 * MS);
}

/* The same where the socket's own queue is the shorter one. */
static void train_longer_than_the_pace(void **state)
{
	int fd = paced_sender(60000);

	assert_int_equal(set_int(fd, SOL_UDP, UDP_SEGMENT, 18), 0);
	sk_of(fd)->sk_pacing->limit = 4;
	assert_int_equal(send_len(fd, 180, MSG_DONTWAIT), 180);
	stack_step(20);
	assert_int_equal(eth0.sent_n, 10);
}

/* pfifo: places in front of a ring that is full; order stays. */
static void pfifo_waits_for_the_ring(void **state)
{
	int fd = queued_sender((struct qdisc_spec){ .limit = 2 });

	eth0.stuck = true;
	for (u8 i = 0; i < 66; i++)
		assert_int_equal(send_to(fd, &i, 1, 0, PEER_IP, PEER_PORT), 1);
	assert_int_equal(eth0.sent_n, 64);
	assert_int_equal(send_len(fd, 1, MSG_DONTWAIT), -EAGAIN);
	eth0.stuck = false;
	net_poll();
	assert_int_equal(eth0.sent_n, 66);
	for (u8 i = 0; i < 66; i++)
		assert_int_equal(eth0.sent[i].bytes[HEADERS], i);
}

static void comes_and_goes(void **state)
{
	int fd = queued_sender(kpps);
	u64 genid;

	send_n(fd, 4);
	genid = init_net.genid;
	assert_int_equal(dev_set_qdisc(&eth0.dev, NULL), 0);
	assert_true(init_net.genid > genid);
	assert_int_equal(stack_dropped(SKB_DROP_QDISC_GONE), 3);
	assert_int_equal(sock_error(sk_of(fd)), 0); /* as on Linux: the account tells */
	send_n(fd, 3);
	assert_int_equal(eth0.sent_n, 4);
	assert_null(eth0.dev.qdisc);
	assert_int_equal(eth0.dev.tx_ring_n, 64);
	host_fail_commit(1, true);
	assert_int_equal(dev_set_qdisc(&eth0.dev, NULL), 0);
}

/* Other numbers for what waits already. */
static void faster_at_once(void **state)
{
	int fd = queued_sender(kpps);

	send_n(fd, 5);
	assert_int_equal(dev_set_qdisc(&eth0.dev, &(struct qdisc_spec){ .limit = 2 }), 0);
	assert_int_equal(eth0.sent_n, 5);
	assert_int_equal(eth0.dev.qdisc->limit, 2);
}

static void power_off_waits(void **state)
{
	int fd = queued_sender(pps);

	send_n(fd, 12);
	host_tick_clock(NSEC_PER_USEC);
	assert_int_equal(net_drain(), 0);
	assert_int_equal(sent_at(11) / MS, 11000);
	fake_set_link(&eth0, false);
	eth0.dev.qdisc->ring_room = 0;
	send_n(fd, 2);
	assert_int_equal(net_drain(), 2);
	assert_int_equal(stack_dropped(SKB_DROP_POWER_OFF), 2);
	assert_non_null(strstr(host_captured(), "dropped 2 on the way out: still waiting"));
}

/* Each second one leaves, so there is always a reason to wait for the next: but not for ever. */
static void power_off_waits_no_longer(void **state)
{
	int fd = paced_sender(1), other = queued_sender(pps);
	u64 start;

	for (u32 i = 0; i < 50; i++)
		assert_int_equal(send_len(fd, 18, MSG_DONTWAIT), 18);
	send_n(other, 5);
	fd_close(&init_task.files, fd);
	host_tick_clock(NSEC_PER_USEC);
	start = clock_ns();
	assert_int_equal(net_drain(), 39);
	assert_in_range((clock_ns() - start) / MS, 15000, 15100);
	assert_in_range(eth0.sent_n, 15, 17);
	assert_int_equal(stack_dropped(SKB_DROP_POWER_OFF), 50 + 5 - eth0.sent_n);
	assert_int_equal(skb_pool.lost, 50 + 5 - eth0.sent_n);
	assert_int_equal(init_net.mib.queued, 0);
	stack_check_accounts();
}

static void drain(void)
{
	host_tick_clock(1);
	assert_int_equal(net_drain(), 0);
}

/* ---- a socket's pace -------------------------------------------------------------------------- */

/* 1000 frames of 60 bytes a second; another socket's do not wait. */
static void paced_alone(void **state)
{
	int fd = paced_sender(60000), other = udp_socket();

	send_n(fd, 3);
	assert_int_equal(eth0.sent_n, 1);
	assert_int_equal(init_net.mib.queued, 2);
	stack_check_accounts();
	send_n(other, 2);
	assert_int_equal(eth0.sent_n, 3);
	while (init_net.mib.queued > 0)
		net_wait(NET_WAIT_RESTING, UINT64_MAX);
	assert_int_equal(sent_at(3), 1 * MS);
	assert_int_equal(sent_at(4), 2 * MS);
}

static void paced_sender_waits(void **state)
{
	int fd = paced_sender(60000);

	send_n(fd, 101);
	assert_int_equal(clock_ns(), START_NS);
	assert_false(poll_of(fd) & POLLOUT);
	assert_int_equal(send_len(fd, 18, MSG_DONTWAIT), -EAGAIN);
	send_n(fd, 10);
	assert_int_equal(clock_ns(), START_NS + 10 * MS);
	assert_int_equal(eth0.sent_n, 11);
	eth0.stuck = true;
	set_pace(fd, UINT64_MAX); /* at once, but for what the ring does not hold */
	assert_in_range(init_net.mib.queued, 36, 40);
	assert_true(sk_of(fd)->sk_tx_modes & SK_TX_PACED); /* those before go first */
	eth0.stuck = false;
	stack_step(30);
	assert_int_equal(send_to(fd, "last", 4, 0, PEER_IP, PEER_PORT), 4);
	assert_int_equal(eth0.sent_n, 112);
	assert_memory_equal(eth0.sent[111].bytes + HEADERS, "last", 4);
	assert_int_equal(sk_of(fd)->sk_wmem, 0);
}

/* What was accepted leaves, at its pace, also when its socket is closed. */
static void paced_and_closed(void **state)
{
	int fd = paced_sender(60000);

	send_n(fd, 5);
	assert_int_equal(fd_close(&init_task.files, fd), 0);
	drain();
	assert_int_equal(sent_at(4) / 10000, 4 * MS / 10000);
}

static void paced_fragments(void **state)
{
	static u8 payload[65000];
	int fd = paced_sender(1000000);

	assert_int_equal(set_int(fd, SOL_IP, 10, 0), 0);
	assert_int_equal(send_to(fd, payload, 65000, 0, PEER_IP, PEER_PORT), 65000);
	assert_int_equal(eth0.sent_n, 1);
	drain();
	assert_int_equal(eth0.sent_n, 44);
	assert_int_equal(sent_at(43) / 10000, 43 * 1514 * US / 10000);
}

/* Through both: the socket's pace, then the device's, which is slower. */
static void paced_into_a_queue(void **state)
{
	int fd = queued_sender(kpps);

	set_pace(fd, 120000);
	send_n(fd, 8);
	drain();
	assert_int_equal(eth0.sent_n, 8);
	for (u32 i = 1; i < 8; i++)
		assert_int_equal(sent_at(i) / 10000, i * MS / 10000);
	assert_int_equal(skb_pool.lost, 0);
}

static void paced_to_a_device_that_goes_down(void **state)
{
	int fd = paced_sender(60000);

	send_n(fd, 3);
	dev_close(&eth0.dev);
	stack_step(10);
	assert_int_equal(stack_dropped(SKB_DROP_DEV_DOWN), 2);
	assert_int_equal(skb_pool.lost, 2);
	assert_int_equal(dev_open(&eth0.dev), 0);
}

static void paced_while_the_link_is_down(void **state)
{
	int fd = paced_sender(60000);

	send_n(fd, 3);
	fake_set_link(&eth0, false);
	stack_step(50);
	assert_int_equal(init_net.mib.queued, 2);
	fake_set_link(&eth0, true);
	stack_step(20);
	assert_int_equal(eth0.sent_n, 4); /* and the announcement */
}

static void pacing_rate_forms(void **state)
{
	int fd = udp_socket();
	u64 rate = 5000000000, got = 0;
	u32 low = UINT32_MAX, len = 8;

	assert_int_equal(
		sys_getsockopt(fd, SOL_SOCKET, SO_MAX_PACING_RATE, user(&got), user(&len)), 0);
	assert_int_equal(len, 8);
	assert_true(got == UINT64_MAX);
	set_pace(fd, rate);
	assert_int_equal(
		sys_getsockopt(fd, SOL_SOCKET, SO_MAX_PACING_RATE, user(&got), user(&len)), 0);
	assert_int_equal(got, rate);
	len = 4;
	got = 0;
	assert_int_equal(
		sys_getsockopt(fd, SOL_SOCKET, SO_MAX_PACING_RATE, user(&got), user(&len)), 0);
	assert_int_equal(len, 4);
	assert_int_equal(got, UINT32_MAX); /* does not fit */
	low = 1000;
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_MAX_PACING_RATE, user(&low), 4), 0);
	assert_int_equal(sk_of(fd)->sk_max_pacing_rate, 1000);
	assert_true(sk_of(fd)->sk_tx_modes & SK_TX_PACED);
	low = UINT32_MAX;
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_MAX_PACING_RATE, user(&low), 4), 0);
	assert_true(sk_of(fd)->sk_max_pacing_rate == UINT64_MAX);
	assert_false(sk_of(fd)->sk_tx_modes & SK_TX_PACED);
	assert_int_equal(
		sys_setsockopt(fd, SOL_SOCKET, SO_MAX_PACING_RATE, user(&low), 3), -EINVAL);
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_MAX_PACING_RATE, 8, 8), -EFAULT);
	set_pace(fd, 0);
	assert_int_equal(sk_of(fd)->sk_max_pacing_rate, 0);
}

int main(void)
{
	const struct CMUnitTest sched[] = {
		BARE_TEST(bucket_counts_packets),
		BARE_TEST(bucket_counts_bits),
		BARE_TEST(bucket_lets_a_burst_go),
		BARE_TEST(bucket_makes_up_for_lateness),
		BARE_TEST(bucket_counts_what_it_allows),
		BARE_TEST(bucket_at_its_ends),
		STACK_TEST(leaves_at_its_time),
		STACK_TEST(full_is_told),
		STACK_TEST(timeout_of_a_sender),
		STACK_TEST(sndbuf_bounds_what_waits),
		STACK_TEST(ring_is_given_back),
		STACK_TEST(what_may_go_goes_at_once),
		STACK_TEST(a_batch_goes_as_far_as_it_may),
		STACK_TEST(late_is_made_up_for),
		STACK_TEST(waits_for_the_link),
		STACK_TEST(a_device_set_down_drops),
		STACK_TEST(down_and_up_with_a_queue),
		STACK_TEST(answers_have_places_of_their_own),
		STACK_TEST(queued_on_the_neighbour_before),
		STACK_TEST(datagram_larger_than_the_queue),
		STACK_TEST(train_longer_than_the_queue),
		STACK_TEST(train_longer_than_the_pace),
		STACK_TEST(pfifo_waits_for_the_ring),
		STACK_TEST(comes_and_goes),
		STACK_TEST(faster_at_once),
		STACK_TEST(power_off_waits),
		STACK_TEST(power_off_waits_no_longer),
		STACK_TEST(paced_alone),
		STACK_TEST(paced_sender_waits),
		STACK_TEST(paced_and_closed),
		STACK_TEST(paced_fragments),
		STACK_TEST(paced_into_a_queue),
		STACK_TEST(paced_to_a_device_that_goes_down),
		STACK_TEST(paced_while_the_link_is_down),
		STACK_TEST(pacing_rate_forms),
	};

	return cmocka_run_group_tests(sched, NULL, NULL);
}
