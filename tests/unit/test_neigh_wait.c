/* SPDX-License-Identifier: MIT
 * test_neigh_wait.c - senders that wait for a neighbour: for which, for how long, what they are told at the end.
 * Not here: what is queued meanwhile (test_neigh_queue.c), the states of ARP (test_neighbour.c).
 * cmocka calls in; time is the fake clock's.
 * Source: send(2), socket(7) SO_SNDTIMEO, poll(2). Behaves as Linux's sock_alloc_send_pskb: what ends a wait. */
#include "kernel/lib/string.h"
#include "net/netfilter/netfilter.h"
#include "net/socket/sockopt.h"
#include "net/udp/udp.h"
#include "tests/unit/datagrams.h"

#define DEAD_IP    0x0a00004du /* no host there */
#define ARP_ENDS_S 3           /* three requests, a second apart */

static u64 answers_at; /* the peer and the gateway do, from this time on */

static void answer(struct fake_device *fake)
{
	if (clock_ns() < answers_at)
		return;
	fake->on_poll = NULL;
	stack_answer_arp(PEER_IP, peer_mac);
	stack_answer_arp(GATEWAY_IP, gateway_mac);
}

/* From here on time passes, and the hosts that exist answer ms from now. */
static void time_runs(u32 ms)
{
	host_tick_clock(NSEC_PER_USEC);
	answers_at = clock_ns() + ms * NSEC_PER_MSEC;
	eth0.on_poll = answer;
}

static int sender(void)
{
	return udp_socket_at(0, OUR_PORT);
}

static int connected_to(u32 ip)
{
	struct sockaddr_in to = inet_addr_of(ip, PEER_PORT);
	int fd = udp_socket();

	assert_int_equal(sys_connect(fd, user(&to), sizeof(to)), 0);
	return fd;
}

static long send_number(int fd, u32 i, u32 flags, u32 ip)
{
	return send_to(fd, &i, sizeof(i), flags, ip, PEER_PORT);
}

/* As many as are taken at once, n at most. */
static u32 fill(int fd, u32 n, u32 ip)
{
	u32 i = 0;

	while (i < n && send_number(fd, i, MSG_DONTWAIT, ip) == sizeof(i))
		i++;
	return i;
}

static u32 milliseconds_since(u64 start)
{
	return (u32)((clock_ns() - start) / NSEC_PER_MSEC);
}

static u16 poll_of(int fd)
{
	struct file *file = fd_get(&init_task.files, fd);

	return file->ops->poll(file, POLL_ALL);
}

/* The numbers of the datagrams on the wire are 0, 1, 2 ... */
static void assert_in_order(u32 n)
{
	u32 next = 0, number;

	for (u32 i = 0; i < min(eth0.sent_n, (u32)FAKE_FRAMES_MAX); i++) {
		if (get16(eth0.sent[i].bytes + 12) != ETH_P_IP)
			continue;
		memcpy(&number, eth0.sent[i].bytes + FRAME_HEADERS, sizeof(number));
		assert_int_equal(number, next++);
	}
	assert_int_equal(next, n);
}

/* ---- how waits end ------------------------------------------------------------------------ */

/* None is refused, none is lost, none overtakes another. */
static void it_answers(void **state)
{
	int fd = sender();

	time_runs(1200);
	for (u32 i = 0; i < 200; i++)
		assert_int_equal(send_number(fd, i, 0, PEER_IP), sizeof(i));
	assert_in_range(clock_ns(), answers_at, answers_at + 50 * NSEC_PER_MSEC);
	stack_step(10);
	assert_in_order(200);
	assert_int_equal(skb_pool.lost, 0);
	stack_check_accounts();
}

/* The one that waited is lost like those before it, without a word ... */
static void it_does_not_answer(void **state)
{
	int fd = sender();
	u64 start = clock_ns();

	time_runs(UINT32_MAX);
	assert_int_equal(fill(fd, 1000, DEAD_IP), NEIGH_QUEUE_MAX);
	assert_int_equal(send_number(fd, 0, 0, DEAD_IP), 4);
	assert_in_range(milliseconds_since(start), ARP_ENDS_S * 1000, ARP_ENDS_S * 1000 + 50);
	assert_int_equal(stack_dropped(SKB_DROP_NEIGH_FAILED), NEIGH_QUEUE_MAX + 1);
	assert_int_equal(skb_pool.lost, NEIGH_QUEUE_MAX + 1);
	assert_int_equal(sk_of(fd)->sk_err, 0);
	stack_check_accounts();
}

/* ... or refused, where the socket has one peer, or asked to be told. */
static void it_does_not_answer_a_connected_socket(void **state)
{
	int fd = connected_to(DEAD_IP);

	time_runs(UINT32_MAX);
	for (u32 i = 0; i < NEIGH_QUEUE_MAX; i++)
		assert_int_equal(sys_sendto(fd, user("x"), 1, 0, 0, 0), 1);
	assert_int_equal(sys_sendto(fd, user("x"), 1, 0, 0, 0), -EHOSTUNREACH);
	assert_int_equal(skb_pool.lost, NEIGH_QUEUE_MAX);
	assert_int_equal(sys_sendto(fd, user("x"), 1, MSG_DONTWAIT, 0, 0), -EHOSTUNREACH);
	assert_true(poll_of(fd) & POLLOUT);
}

static void it_does_not_answer_one_who_asked(void **state)
{
	int fd = sender();

	set_int(fd, SOL_IP, IP_RECVERR, 1);
	time_runs(UINT32_MAX);
	fill(fd, 1000, DEAD_IP);
	assert_int_equal(send_number(fd, 0, 0, DEAD_IP), -EHOSTUNREACH);
	assert_int_equal(stack_dropped(SKB_DROP_NEIGH_FAILED), NEIGH_QUEUE_MAX);
	assert_true(poll_of(fd) & POLLERR);
}

static void send_timeout(void **state)
{
	s64 tv[2] = { 0, 500000 };
	int fd = sender();
	u64 start;

	sys_setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, user(tv), sizeof(tv));
	time_runs(UINT32_MAX);
	fill(fd, 1000, DEAD_IP);
	start = clock_ns();
	assert_int_equal(send_number(fd, 0, 0, DEAD_IP), -EAGAIN);
	assert_in_range(milliseconds_since(start), 500, 520);
}

static void signal_comes(void *arg)
{
	host_signal(clock_ns() > NSEC_PER_SEC);
}

static void a_signal(void **state)
{
	int fd = sender();

	time_runs(UINT32_MAX);
	fill(fd, 1000, DEAD_IP);
	host_on_idle(signal_comes, NULL);
	assert_int_equal(send_number(fd, 0, 0, DEAD_IP), -EINTR);
	assert_in_range(clock_ns(), NSEC_PER_SEC, NSEC_PER_SEC + 50 * NSEC_PER_MSEC);
	assert_int_equal(init_net.mib.ip_out_requests, NEIGH_QUEUE_MAX);
	host_on_idle(NULL, NULL);
	host_signal(false);
}

static void error_comes(void *arg)
{
	sk_of(*(int *)arg)->sk_err = ECONNREFUSED;
}

static void a_pending_error(void **state)
{
	int fd = sender();

	time_runs(UINT32_MAX);
	fill(fd, 1000, DEAD_IP);
	host_on_idle(error_comes, &fd);
	assert_int_equal(send_number(fd, 0, 0, DEAD_IP), -ECONNREFUSED);
	host_on_idle(NULL, NULL);
	assert_int_equal(sk_of(fd)->sk_err, 0);
}

/* Without waiting: EAGAIN, and POLLOUT says beforehand what will be. */
static void nonblocking(void **state)
{
	int fd = connected_to(PEER_IP);

	time_runs(500);
	for (u32 i = 0; i < NEIGH_QUEUE_MAX; i++) {
		assert_true(poll_of(fd) & POLLOUT);
		assert_int_equal(sys_sendto(fd, user("x"), 1, MSG_DONTWAIT, 0, 0), 1);
	}
	assert_false(poll_of(fd) & POLLOUT);
	assert_int_equal(sys_sendto(fd, user("x"), 1, MSG_DONTWAIT, 0, 0), -EAGAIN);
	net_changed(&init_net); /* something happened elsewhere */
	assert_false(poll_of(fd) & POLLOUT);
	stack_step(600);
	assert_true(poll_of(fd) & POLLOUT);
	assert_int_equal(sys_sendto(fd, user("x"), 1, MSG_DONTWAIT, 0, 0), 1);
	assert_int_equal(
		init_net.mib.ip_out_requests + init_net.mib.udp_out_cached, NEIGH_QUEUE_MAX + 1);
}

static void writable_when_it_has_failed(void **state)
{
	int fd = sender();

	time_runs(UINT32_MAX);
	fill(fd, 1000, DEAD_IP);
	assert_false(poll_of(fd) & POLLOUT);
	stack_step(3100);
	assert_true(poll_of(fd) & POLLOUT);
	assert_int_equal(send_number(fd, 0, MSG_DONTWAIT, DEAD_IP), 4);
}

/* A route to the same place by another hop, which answers: what waited for the first one goes there. */
static void add_detour(void *arg)
{
	struct route_spec detour = { .dst = cpu_to_be32(FAR_IP),
		.dst_len = 32,
		.via = cpu_to_be32(PEER_IP),
		.type = RTN_UNICAST };

	if (clock_ns() < NSEC_PER_SEC)
		return;
	assert_int_equal(ip_route_add(&init_net, &detour), 0);
	neigh_delete(neigh_lookup(init_net.arp_tbl, &eth0.dev, cpu_to_be32(GATEWAY_IP)));
	host_on_idle(NULL, NULL);
}

static void the_route_changes(void **state)
{
	int fd = sender();

	assert_int_equal(
		neigh_set_permanent(init_net.arp_tbl, &eth0.dev, cpu_to_be32(PEER_IP), peer_mac),
		0);
	host_tick_clock(NSEC_PER_USEC);
	fill(fd, 1000, FAR_IP);
	host_on_idle(add_detour, NULL);
	fake_forget(&eth0);
	assert_int_equal(send_number(fd, 77, 0, FAR_IP), 4);
	assert_memory_equal(eth0.sent[eth0.sent_n - 1].bytes, peer_mac, ETH_ALEN);
	assert_int_equal(eth0.sent[eth0.sent_n - 1].bytes[FRAME_HEADERS], 77);
}

/* ---- no wait ------------------------------------------------------------------------- */

/* A dead host costs a sender that also sends to a live one three seconds, once. */
static void dead_and_live_in_turn(void **state)
{
	int fd = sender();
	u64 start, longest = 0;

	stack_know_peer();
	time_runs(UINT32_MAX);
	for (u32 i = 0; i <= NEIGH_QUEUE_MAX; i++) {
		assert_int_equal(send_number(fd, i, 0, PEER_IP), 4);
		assert_int_equal(send_number(fd, i, 0, DEAD_IP), 4);
	}
	fake_forget(&eth0);
	start = clock_ns();
	for (u32 i = 0; clock_ns() - start < 20 * NSEC_PER_SEC; i++) {
		u64 before = clock_ns();

		assert_int_equal(send_number(fd, i, 0, PEER_IP), 4);
		assert_int_equal(send_number(fd, i, 0, DEAD_IP), 4);
		longest = max(longest, clock_ns() - before);
		host_advance_clock(NSEC_PER_MSEC);
		net_poll();
	}
	assert_true(longest < NSEC_PER_MSEC);
	stack_step(5000);
	assert_int_equal(skb_pool.lost, stack_dropped(SKB_DROP_NEIGH_FAILED));
	stack_check_accounts();
}

/* However many are dead: what is queued on them never fills the sender's buffer, nor what all may have. */
static void many_dead_and_one_live_with(u32 sndbuf)
{
	int fd = sender();
	u64 longest = 0;

	set_int(fd, SOL_SOCKET, SO_SNDBUF, (int)sndbuf);
	stack_know_peer();
	time_runs(UINT32_MAX);
	for (u32 dead = 0; dead < 20; dead++)
		send_number(fd, 0, 0, DEAD_IP + dead);
	stack_step(4200); /* they may be asked again now */
	for (u32 i = 0; i < 1000; i++) {
		u64 before = clock_ns();

		for (u32 dead = 0; dead < 20; dead++)
			assert_int_equal(send_number(fd, i, 0, DEAD_IP + dead), 4);
		assert_int_equal(send_number(fd, i, 0, PEER_IP), 4);
		longest = max(longest, clock_ns() - before);
	}
	assert_true(longest < 2 * NSEC_PER_MSEC);
	assert_in_range(init_net.mib.waiting, 1, skb_pool.total_n / 8);
	assert_true(sk_of(fd)->sk_wmem <= sk_of(fd)->sk_sndbuf / 2 + SKB_SLOT);
	assert_int_equal(send_number(fd, 0, MSG_DONTWAIT, DEAD_IP + 20), 4); /* a new one */
	stack_check_accounts();
}

static void many_dead_and_one_live(void **state)
{
	many_dead_and_one_live_with(SK_SNDBUF_DEFAULT);
}

static void many_dead_and_one_live_in_a_small_buffer(void **state)
{
	many_dead_and_one_live_with(SK_SNDBUF_MIN);
}

/* However many senders: to hosts that failed none of them waits, and all together leave half to others. */
static void many_senders_to_the_dead(void **state)
{
	int fd[8];
	u64 start;

	time_runs(UINT32_MAX);
	for (u32 i = 0; i < ARRAY_SIZE(fd); i++)
		fd[i] = udp_socket();
	for (u32 dead = 0; dead < 4; dead++)
		send_number(fd[0], 0, 0, DEAD_IP + dead);
	stack_step(4200); /* they may be asked again now */
	start = clock_ns();
	for (u32 i = 0; i < 100; i++)
		for (u32 k = 0; k < 4 * ARRAY_SIZE(fd); k++)
			assert_int_equal(
				send_number(fd[k / 4], i, MSG_DONTWAIT, DEAD_IP + k % 4), 4);
	assert_true(milliseconds_since(start) < 1000);
	assert_int_equal(init_net.mib.waiting, skb_pool.total_n / 8);
	for (u32 k = 0; k < ARRAY_SIZE(fd); k++)
		assert_true(poll_of(fd[k]) & POLLOUT);
	start = clock_ns();
	for (u32 i = 0; i < 100; i++) /* more than are queued on one */
		assert_int_equal(send_number(fd[i % 8], i, MSG_DONTWAIT, DEAD_IP), 4);
	stack_check_accounts();
}

/* Once it has answered it is like any other: when it is new again, senders wait again. */
static void it_comes_back(void **state)
{
	int fd = sender();
	u32 queued = sk_of(fd)->sk_sndbuf / 2 / SKB_SLOT;

	time_runs(UINT32_MAX);
	fill(fd, 1000, PEER_IP);
	stack_step(4200);
	assert_int_equal(
		fill(fd, 1000, PEER_IP), 1000); /* asked again, and some of them are queued */
	assert_int_equal(init_net.mib.waiting, queued);
	fake_forget(&eth0);
	stack_answer_arp(PEER_IP, peer_mac);
	assert_int_equal(eth0.sent_n, queued);
	neigh_delete(neigh_lookup(init_net.arp_tbl, &eth0.dev, cpu_to_be32(PEER_IP)));
	net_poll();
	assert_int_equal(fill(fd, 1000, PEER_IP), NEIGH_QUEUE_MAX);
}

/* A thousand hosts that are not there, one datagram for each: it goes on as ARP gives up. */
static void a_scan(void **state)
{
	int fd = sender();
	u64 start = clock_ns();
	u32 most = skb_pool.total_n / 4;

	assert_int_equal(inet_insert_ifa(&eth0.dev, cpu_to_be32(0x0a010001), 16), 0);
	set_int(fd, SOL_SOCKET, SO_SNDBUF, 1 << 20);
	time_runs(UINT32_MAX);
	for (u32 i = 0; i < 1000; i++)
		assert_int_equal(send_number(fd, i, 0, 0x0a010100 + i), 4);
	assert_in_range(init_net.mib.waiting, 1, most);
	stack_step(5000);
	assert_int_equal(skb_pool.lost, 1000);
	assert_true(milliseconds_since(start) < 60000);
	stack_check_accounts();
}

/* ---- more than one datagram -------------------------------------------------------------- */

static long send_many(int fd, u32 n, u32 flags)
{
	static struct message m[UDP_MAX_SEGMENTS];
	struct user_mmsghdr vec[UDP_MAX_SEGMENTS];
	static u32 number[UDP_MAX_SEGMENTS];

	for (u32 i = 0; i < n; i++) {
		number[i] = i;
		message_to(&m[i], &number[i], 4, PEER_IP, PEER_PORT);
		vec[i] = m[i].m;
	}
	return sys_sendmmsg(fd, user(vec), n, flags);
}

static void sendmmsg_in_part_or_all(void **state)
{
	int fd = sender();

	time_runs(300);
	assert_int_equal(send_many(fd, 100, MSG_DONTWAIT), NEIGH_QUEUE_MAX);
	assert_int_equal(send_many(fd, 100, MSG_DONTWAIT), -EAGAIN);
	stack_step(400);
	assert_in_order(NEIGH_QUEUE_MAX);
	neigh_delete(neigh_lookup(init_net.arp_tbl, &eth0.dev, cpu_to_be32(PEER_IP)));
	time_runs(300);
	fake_forget(&eth0);
	assert_int_equal(send_many(fd, 100, 0), 100);
	stack_step(10);
	assert_in_order(100);
}

/* A burst is one message: it is queued whole, where there is room for one of its datagrams. */
static void segments_are_queued_whole(void **state)
{
	static u32 numbers[UDP_MAX_SEGMENTS];
	struct message m;
	int fd = sender();
	u64 start = clock_ns();

	for (u32 i = 0; i < UDP_MAX_SEGMENTS; i++)
		numbers[i] = i;
	message_to(&m, numbers, sizeof(numbers), PEER_IP, PEER_PORT);
	message_control(&m, SOL_UDP, UDP_SEGMENT, &(u16){ 4 }, sizeof(u16));
	time_runs(UINT32_MAX);
	/* the ring has 64 slots, and does not matter yet */
	assert_int_equal(message_send(fd, &m, MSG_DONTWAIT), sizeof(numbers));
	assert_true(milliseconds_since(start) < 10);
	assert_int_equal(init_net.mib.waiting, UDP_MAX_SEGMENTS);
	assert_int_equal(message_send(fd, &m, MSG_DONTWAIT), -EAGAIN);
	assert_int_equal(init_net.mib.waiting, UDP_MAX_SEGMENTS);
	fake_forget(&eth0);
	stack_answer_arp(PEER_IP, peer_mac);
	stack_step(20);
	assert_in_order(UDP_MAX_SEGMENTS);
}

static void corked(void **state)
{
	int fd = sender();

	time_runs(500);
	fill(fd, 1000, PEER_IP);
	assert_int_equal(
		send_to(fd, "muf", 3, MSG_MORE | MSG_DONTWAIT, PEER_IP, PEER_PORT), -EAGAIN);
	assert_int_equal(send_to(fd, "muf", 3, MSG_MORE, PEER_IP, PEER_PORT), 3);
	assert_in_range(clock_ns(), answers_at, answers_at + 50 * NSEC_PER_MSEC);
	assert_int_equal(send_to(fd, "fin", 3, 0, PEER_IP, PEER_PORT), 3);
	stack_step(10);
	assert_memory_equal(eth0.sent[eth0.sent_n - 1].bytes + FRAME_HEADERS, "muffin", 6);
}

/* What is kept open while its neighbour's queue fills up waits when it is sent. */
static void uncorked(void **state)
{
	int fd = sender(), other = udp_socket();

	assert_int_equal(send_to(fd, "muf", 3, MSG_MORE, PEER_IP, PEER_PORT), 3);
	time_runs(500);
	fill(other, 1000, PEER_IP);
	assert_int_equal(send_to(fd, "fin", 3, MSG_DONTWAIT, PEER_IP, PEER_PORT), -EAGAIN);
	assert_int_equal(send_to(fd, "fin", 3, 0, PEER_IP, PEER_PORT), 3);
	assert_in_range(clock_ns(), answers_at, answers_at + 50 * NSEC_PER_MSEC);
	stack_step(10);
	assert_memory_equal(eth0.sent[eth0.sent_n - 1].bytes + FRAME_HEADERS, "muffin", 6);
}

static void fragments_wait(void **state)
{
	int fd = sender();

	time_runs(700);
	fill(fd, 1000, PEER_IP);
	assert_int_equal(send_to(fd, noise(1, 60000), 60000, 0, PEER_IP, PEER_PORT), 60000);
	assert_in_range(clock_ns(), answers_at, answers_at + 50 * NSEC_PER_MSEC);
	stack_step(10);
	assert_int_equal(eth0.sent_n, 1 + NEIGH_QUEUE_MAX + 41);
	assert_int_equal(assert_fragments(1 + NEIGH_QUEUE_MAX,
				 &(struct datagram){ .payload = noise(1, 60000), .len = 60000 },
				 ETH_DATA_LEN),
		41);
}

int main(void)
{
	const struct CMUnitTest neigh_wait[] = {
		STACK_TEST(it_answers),
		STACK_TEST(it_does_not_answer),
		STACK_TEST(it_does_not_answer_a_connected_socket),
		STACK_TEST(it_does_not_answer_one_who_asked),
		STACK_TEST(send_timeout),
		STACK_TEST(a_signal),
		STACK_TEST(a_pending_error),
		STACK_TEST(nonblocking),
		STACK_TEST(writable_when_it_has_failed),
		STACK_TEST(the_route_changes),
		STACK_TEST(dead_and_live_in_turn),
		STACK_TEST(many_dead_and_one_live),
		STACK_TEST(many_dead_and_one_live_in_a_small_buffer),
		STACK_TEST(many_senders_to_the_dead),
		STACK_TEST(it_comes_back),
		STACK_TEST(a_scan),
		STACK_TEST(sendmmsg_in_part_or_all),
		STACK_TEST(segments_are_queued_whole),
		STACK_TEST(corked),
		STACK_TEST(uncorked),
		STACK_TEST(fragments_wait),
	};

	return cmocka_run_group_tests(neigh_wait, NULL, NULL);
}
