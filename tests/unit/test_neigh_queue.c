/* SPDX-License-Identifier: MIT
 * test_neigh_queue.c - what is queued on a neighbour until it answers: how much may be, what becomes of it.
 * Not here: when a neighbour is asked (test_neighbour.c), senders that wait (test_neigh_wait.c), what stays queued after
 * the answer (test_neigh_drain.c).
 * cmocka calls in; time is the fake clock's.
 * Source: RFC 1122 2.3.2.2; socket(7), SO_SNDBUF and SO_SNDTIMEO. */
#include "kernel/lib/string.h"
#include "net/socket/sockopt.h"
#include "tests/unit/stack.h"

static struct neighbour *peer(void)
{
	return neigh_lookup(init_net.arp_tbl, &eth0.dev, cpu_to_be32(PEER_IP));
}

static int sender(void)
{
	return udp_socket_at(0, OUR_PORT);
}

static long send_muffin(int fd)
{
	return send_to(fd, "muffin", 6, 0, PEER_IP, PEER_PORT);
}

static void first_packet_asks_and_waits(void **state)
{
	int fd = sender();

	assert_null(peer());
	assert_int_equal(send_muffin(fd), 6);
	assert_int_equal(peer()->nud_state, NUD_INCOMPLETE);
	assert_int_equal(eth0.sent_n, 1);
	assert_frame(0, FRAME_ARP_ASK);
	assert_int_equal(init_net.mib.waiting, 1);
	assert_true(sk_of(fd)->sk_wmem > 0);
	assert_int_equal(sk_of(fd)->sk_refs, 2);
	stack_check_accounts();
}

static void answer_releases_in_order(void **state)
{
	int fd = sender();

	assert_int_equal(send_muffin(fd), 6);
	assert_int_equal(send_to(fd, "muffins", 7, 0, PEER_IP, PEER_PORT), 7);
	inject_hex(FRAME_ARP_ANSWERED);
	assert_int_equal(eth0.sent_n, 3);
	assert_frame(1, FRAME_MUFFIN);
	assert_frame(2, FRAME_ODD);
	assert_int_equal(peer()->nud_state, NUD_REACHABLE);
	assert_int_equal(init_net.mib.waiting, 0);
	assert_int_equal(sk_of(fd)->sk_wmem, 0);
	assert_int_equal(sk_of(fd)->sk_refs, 1);
	assert_int_equal(send_muffin(fd), 6);
	assert_frame(3, FRAME_MUFFIN);
}

static u64 lost_n(void)
{
	return stack_dropped(SKB_DROP_NEIGH_FAILED);
}

static void giving_up_is_counted(void **state)
{
	int fd = sender();

	send_muffin(fd);
	send_muffin(fd);
	stack_step(3100);
	assert_int_equal(lost_n(), 2);
	assert_int_equal(init_net.mib.waiting, 0);
	assert_int_equal(skb_pool.lost, 2);
	assert_non_null(strstr(host_captured(), "did not answer ARP, 2 packets dropped"));
	assert_int_equal(send_muffin(fd), 6); /* lost as well */
	assert_int_equal(lost_n(), 3);
	assert_int_equal(skb_pool.lost, 3);
	stack_step(1000);
	fake_forget(&eth0);
	assert_int_equal(send_muffin(fd), 6); /* asked anew */
	assert_frame(0, FRAME_ARP_ASK);
	stack_check_accounts();
}

/* Which socket hears of the loss: ICMP's table says that a host which cannot be reached may be reached again, so
 * only one that asked is told, connected or not. Others go on, and so do sends to live hosts. */
static void giving_up_is_told_to_those_who_asked(void **state)
{
	struct sockaddr_in to = inet_addr_of(PEER_IP, PEER_PORT);
	int unconnected = sender(), connected = udp_socket(), asked = udp_socket();

	assert_int_equal(sys_connect(connected, user(&to), sizeof(to)), 0);
	set_int(asked, SOL_IP, IP_RECVERR, 1);
	assert_int_equal(send_muffin(unconnected), 6);
	assert_int_equal(send_muffin(asked), 6);
	assert_int_equal(sys_sendto(connected, user("muffin"), 6, 0, 0, 0), 6);
	stack_step(3100);
	assert_int_equal(sk_of(unconnected)->sk_err, 0);
	assert_int_equal(sk_of(connected)->sk_err, 0);
	assert_int_equal(sk_of(asked)->sk_err, EHOSTUNREACH);
	assert_int_equal(sk_of(asked)->sk_error_queue.n, 1);
	assert_int_equal(sk_of(connected)->sk_error_queue.n, 0);
	stack_know_peer();
	fake_forget(&eth0);
	assert_int_equal(send_to(unconnected, "muffin", 6, 0, GATEWAY_IP, PEER_PORT), 6);
	assert_int_equal(eth0.sent_n, 1);
}

/* The socket is closed before the neighbour has failed: its sock must outlive it. */
static void closed_before_the_answer(void **state)
{
	int fd = sender();

	send_muffin(fd);
	assert_int_equal(fd_close(&init_task.files, fd), 0);
	stack_step(3100);
	assert_int_equal(stack_dropped(SKB_DROP_NEIGH_FAILED), 1);
	stack_step(1000);
	fd = sender();
	send_muffin(fd);
	assert_int_equal(fd_close(&init_task.files, fd), 0);
	inject_hex(FRAME_ARP_ANSWERED);
	assert_frame(eth0.sent_n - 1, FRAME_MUFFIN);
}

static bool writable(int fd)
{
	struct file *file = fd_get(&init_task.files, fd);

	return file->ops->poll(file, POLL_ALL) & POLLOUT;
}

static void queue_is_bounded_in_packets(void **state)
{
	int fd = sender();

	for (u32 i = 0; i < NEIGH_QUEUE_MAX; i++) {
		assert_true(writable(fd));
		assert_int_equal(send_to(fd, "muffin", 6, MSG_DONTWAIT, PEER_IP, PEER_PORT), 6);
	}
	assert_false(writable(fd));
	assert_int_equal(send_to(fd, "muffin", 6, MSG_DONTWAIT, PEER_IP, PEER_PORT), -EAGAIN);
	assert_int_equal(init_net.mib.waiting, NEIGH_QUEUE_MAX);
	assert_int_equal(init_net.mib.ip_out_requests, NEIGH_QUEUE_MAX);
	stack_check_accounts();
}

/* All that wait together may hold a quarter of the pool: the rest can still be sent elsewhere. */
static void queues_are_bounded_in_all(void **state)
{
	int fd[] = { udp_socket(), udp_socket(), udp_socket(), udp_socket() };
	u32 most = skb_pool.total_n / 4;

	for (u32 i = 0; i < most; i++)
		assert_int_equal(
			send_to(fd[i % 4], "muffin", 6, MSG_DONTWAIT, PEER_IP + 20 + i / 32, 9), 6);
	assert_int_equal(send_to(fd[0], "muffin", 6, MSG_DONTWAIT, PEER_IP + 19, 9), -EAGAIN);
	assert_false(writable(fd[0]));
	assert_int_equal(init_net.mib.waiting, most);
	assert_int_equal(init_net.mib.ip_out_requests, most);
}

/* Answers of our own have no sender that could wait: they are dropped when the queue is full. */
static void answers_are_bounded(void **state)
{
	u8 frame[FAKE_FRAME_MAX];
	u32 len = from_hex(FRAME_ECHO, frame);

	for (u32 i = 0; i < NEIGH_QUEUE_MAX + 3; i++)
		fake_inject(&eth0, frame, len);
	assert_int_equal(init_net.mib.waiting, NEIGH_QUEUE_MAX);
	assert_int_equal(stack_dropped(SKB_DROP_NEIGH_QUEUE_FULL), 3);
	assert_int_equal(skb_pool.lost, 0);
	stack_check_accounts();
}

/* A datagram of 45 frames is queued whole or not at all: two may be, one more may not. */
static void large_datagrams_are_queued_whole(void **state)
{
	static u8 payload[65507];
	int fd = sender();
	u32 free_n = skb_pool.free_n;

	assert_int_equal(send_to(fd, payload, 60000, 0, PEER_IP, PEER_PORT), 60000);
	assert_int_equal(send_to(fd, payload, 65507, 0, PEER_IP, PEER_PORT), 65507);
	assert_int_equal(free_n - skb_pool.free_n, 41 + 45 + 1); /* and the request on the ring */
	assert_int_equal(send_to(fd, payload, 60000, MSG_DONTWAIT, PEER_IP, PEER_PORT), -EAGAIN);
	assert_int_equal(free_n - skb_pool.free_n, 41 + 45);
	assert_int_equal(init_net.mib.waiting, 2);
	assert_int_equal(sk_of(fd)->sk_wmem, (41 + 45) * SKB_SLOT);
	stack_check_accounts();
	stack_step(3100);
	assert_int_equal(init_net.mib.waiting, 0);
	assert_int_equal(sk_of(fd)->sk_wmem, 0);
	assert_int_equal(skb_pool.lost, 2);
	assert_int_equal(lost_n(), 2);
	stack_check_accounts();
}

static void answer_after_a_second(struct fake_device *fake)
{
	if (clock_ns() > NSEC_PER_SEC)
		inject_hex(FRAME_ARP_ANSWERED);
}

/* SO_SNDBUF bounds what waits, and poll says so; a sender may wait until it is less. */
static void send_buffer_bounds_what_is_queued(void **state)
{
	static u8 payload[1400];
	int fd = sender();
	struct file *file = fd_get(&init_task.files, fd);

	set_int(fd, 1, 7 /* SO_SNDBUF */, 1); /* 4608 */
	for (u32 i = 0; i < 3; i++) {
		assert_int_equal(file->ops->poll(file, POLL_ALL) & POLLOUT, POLLOUT);
		assert_int_equal(
			send_to(fd, payload, 1400, MSG_DONTWAIT, PEER_IP, PEER_PORT), 1400);
	}
	assert_int_equal(sk_of(fd)->sk_wmem, 3 * SKB_SLOT);
	assert_int_equal(file->ops->poll(file, POLL_ALL) & POLLOUT, 0);
	assert_int_equal(send_to(fd, payload, 1, MSG_DONTWAIT, PEER_IP, PEER_PORT), -EAGAIN);
	set_int(fd, 1, 7, 100000); /* more room: at once */
	assert_int_equal(send_to(fd, payload, 1, MSG_DONTWAIT, PEER_IP, PEER_PORT), 1);
	set_int(fd, 1, 7, 1);
	assert_int_equal(send_to(fd, payload, 1, MSG_DONTWAIT, PEER_IP, PEER_PORT), -EAGAIN);
	host_tick_clock(NSEC_PER_USEC);
	eth0.on_poll = answer_after_a_second;
	assert_int_equal(send_to(fd, payload, 1, 0, PEER_IP, PEER_PORT), 1);
	assert_true(clock_ns() > NSEC_PER_SEC);
	assert_int_equal(file->ops->poll(file, POLL_ALL) & POLLOUT, POLLOUT);
}

static void waiting_for_the_send_buffer_ends(void **state)
{
	static u8 payload[1400];
	s64 tv[2] = { 0, 500000 };
	int fd = sender();

	set_int(fd, 1, 7 /* SO_SNDBUF */, 1);
	for (u32 i = 0; i < 3; i++)
		send_to(fd, payload, 1400, 0, PEER_IP, PEER_PORT);
	sys_setsockopt(fd, 1, 21 /* SO_SNDTIMEO */, user(tv), sizeof(tv));
	host_tick_clock(NSEC_PER_USEC);
	assert_int_equal(send_to(fd, payload, 1, 0, PEER_IP, PEER_PORT), -EAGAIN);
	assert_in_range(clock_ns(), 500 * NSEC_PER_MSEC, 520 * NSEC_PER_MSEC);
}

/* Two neighbours wait, one answers: the other's packets still count against the sender. */
static void buffer_accounting_while_others_wait(void **state)
{
	int fd = sender();
	u32 one;

	send_muffin(fd);
	one = sk_of(fd)->sk_wmem;
	send_to(fd, "muffin", 6, 0, GATEWAY_IP, PEER_PORT);
	assert_int_equal(sk_of(fd)->sk_wmem, 2 * one);
	inject_hex(FRAME_ARP_ANSWERED);
	assert_int_equal(sk_of(fd)->sk_wmem, one);
}

/* The operator names an address while ARP is still asking for it. */
static void permanent_releases_what_is_queued(void **state)
{
	int fd = sender();

	send_muffin(fd);
	stack_know_peer();
	assert_frame(1, FRAME_MUFFIN);
	assert_int_equal(init_net.mib.waiting, 0);
	stack_step(5000);
	assert_int_equal(eth0.sent_n, 2);
}

int main(void)
{
	const struct CMUnitTest neigh_queue[] = {
		STACK_TEST(first_packet_asks_and_waits),
		STACK_TEST(answer_releases_in_order),
		STACK_TEST(giving_up_is_counted),
		STACK_TEST(giving_up_is_told_to_those_who_asked),
		STACK_TEST(closed_before_the_answer),
		STACK_TEST(queue_is_bounded_in_packets),
		STACK_TEST(large_datagrams_are_queued_whole),
		STACK_TEST(send_buffer_bounds_what_is_queued),
		STACK_TEST(waiting_for_the_send_buffer_ends),
		STACK_TEST(queues_are_bounded_in_all),
		STACK_TEST(answers_are_bounded),
		STACK_TEST(buffer_accounting_while_others_wait),
		STACK_TEST(permanent_releases_what_is_queued),
	};

	return cmocka_run_group_tests(neigh_queue, NULL, NULL);
}
