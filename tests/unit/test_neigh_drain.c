/* SPDX-License-Identifier: MIT
 * test_neigh_drain.c - the neighbour has answered, but its device has no room for all that is queued: the rest
 * stays queued, leaves in order as soon as there is room, and nothing overtakes it.
 * Not here: what is queued before the answer (test_neigh_queue.c).
 * cmocka calls in; time is the fake clock's.
 * Source: design: nothing is lost in silence; net/neigh/neigh_queue.c. */
#include "kernel/lib/string.h"
#include "net/device/dev_config.h"
#include "net/neigh/neigh_impl.h"
#include "net/socket/sockopt.h"
#include "tests/unit/datagrams.h"

static struct neighbour *peer(void)
{
	return neigh_lookup(init_net.arp_tbl, &eth0.dev, cpu_to_be32(PEER_IP));
}

static int sender(void)
{
	return udp_socket_at(0, OUR_PORT);
}

static long send_number(int fd, u32 i)
{
	return send_to(fd, &i, sizeof(i), MSG_DONTWAIT, PEER_IP, PEER_PORT);
}

/* n datagrams are queued on the peer, and the ring takes no more than room frames. */
static void queue_with_room(int fd, u32 n, u32 room)
{
	for (u32 i = 0; i < n; i++)
		assert_int_equal(send_number(fd, i), sizeof(i));
	net_poll();
	eth0.slots = room;
	eth0.stuck = true;
	net_poll();
	assert_int_equal(eth0.dev.tx_room, room);
	fake_forget(&eth0);
}

/* The datagrams on the wire from the first-th frame on have the numbers from, from + 1 ... */
static void assert_numbers(u32 first, u32 from, u32 n)
{
	assert_int_equal(eth0.sent_n, first + n);
	for (u32 i = 0; i < n; i++)
		assert_int_equal(eth0.sent[first + i].bytes[FRAME_HEADERS], from + i);
}

/* The card sends what it has, and has room for so many. */
static void room_for(u32 room)
{
	eth0.stuck = false;
	eth0.slots = room;
	host_advance_clock(NSEC_PER_MSEC);
	net_poll();
	eth0.stuck = true;
}

/* One doorbell for those that fit; the rest follows out of net_poll. */
static void a_short_ring(void **state)
{
	int fd = sender();
	u32 doorbells;

	queue_with_room(fd, 60, 20);
	doorbells = eth0.doorbells;
	stack_answer_arp(PEER_IP, peer_mac);
	assert_numbers(0, 0, 20);
	assert_int_equal(eth0.doorbells, doorbells + 1);
	assert_int_equal(init_net.mib.waiting, 40);
	assert_int_equal(peer()->nud_state, NUD_REACHABLE);
	assert_false(peer()->connected);
	host_advance_clock(NSEC_PER_MSEC);
	net_poll();
	assert_numbers(0, 0, 20);
	room_for(30);
	assert_numbers(0, 0, 50);
	room_for(30);
	assert_numbers(0, 0, 60);
	assert_int_equal(init_net.mib.waiting, 0);
	assert_true(peer()->connected);
	assert_int_equal(sk_of(fd)->sk_wmem, 0);
	assert_int_equal(sk_of(fd)->sk_refs, 1);
	assert_int_equal(skb_pool.lost, 0);
	stack_check_accounts();
}

/* What is sent meanwhile goes behind it, though the ring has room again: by the long way and by a flow that was
 * ready before, by sendto and by sendmmsg. */
static void nothing_overtakes(void **state)
{
	int fd = sender();
	struct message m;
	u32 number = 12;

	queue_with_room(fd, 10, 4);
	stack_answer_arp(PEER_IP, peer_mac);
	assert_numbers(0, 0, 4);
	eth0.slots = FAKE_RING;
	eth0.stuck = false;
	dev_reclaim(&eth0.dev); /* as a sender to another place does */
	assert_int_equal(eth0.dev.tx_room, FAKE_RING);
	assert_int_equal(send_number(fd, 10), 4);
	assert_int_equal(send_number(fd, 11), 4);
	message_to(&m, &number, 4, PEER_IP, PEER_PORT);
	assert_int_equal(sys_sendmmsg(fd, user(&m.m), 1, 0), 1);
	assert_numbers(0, 0, 13);
	stack_check_accounts();
}

static void senders_wait_behind_it(void **state)
{
	struct file *file;
	int fd = sender();

	queue_with_room(fd, 40, 0);
	stack_answer_arp(PEER_IP, peer_mac);
	file = fd_get(&init_task.files, fd);
	assert_int_equal(send_number(fd, 40), -EAGAIN); /* no room on the ring either */
	assert_int_equal(file->ops->poll(file, POLL_ALL) & POLLOUT, 0);
	room_for(FAKE_RING);
	assert_int_equal(file->ops->poll(file, POLL_ALL) & POLLOUT, POLLOUT);
	assert_int_equal(send_number(fd, 40), 4);
	assert_numbers(0, 0, 41);
}

/* It had failed before: now that it has answered it is like any other, for a sender with much waiting, too. */
static void it_had_failed(void **state)
{
	int fd = sender();

	assert_int_equal(send_number(fd, 0), 4);
	stack_step(4200);
	queue_with_room(fd, 10, 3);
	for (u32 i = 0; i < 60; i++) /* to one that is new */
		assert_int_equal(send_to(fd, "x", 1, MSG_DONTWAIT, PEER_IP + 9, PEER_PORT), 1);
	fake_forget(&eth0);
	stack_answer_arp(PEER_IP, peer_mac);
	assert_numbers(0, 0, 2); /* the new one's request has a place */
	eth0.slots = FAKE_RING;
	eth0.stuck = false;
	dev_reclaim(&eth0.dev);
	assert_int_equal(send_number(fd, 10), 4);
	assert_numbers(0, 0, 11);
	assert_int_equal(skb_pool.lost, 1);
	stack_check_accounts();
}

/* Answers of our own have no sender that could wait. */
static void answers_are_bounded_behind_it(void **state)
{
	u8 frame[FAKE_FRAME_MAX];
	u32 len = from_hex(FRAME_ECHO, frame);
	int fd = sender();

	queue_with_room(fd, 40, 0);
	stack_answer_arp(PEER_IP, peer_mac);
	for (u32 i = 0; i < 100; i++)
		fake_inject(&eth0, frame, len);
	assert_int_equal(init_net.mib.waiting, NEIGH_QUEUE_MAX);
	assert_int_equal(stack_dropped(SKB_DROP_NEIGH_QUEUE_FULL), 100 + 40 - NEIGH_QUEUE_MAX);
	room_for(FAKE_RING);
	assert_int_equal(eth0.sent_n, NEIGH_QUEUE_MAX);
	stack_check_accounts();
}

static void without_a_link(void **state)
{
	int fd = sender();

	queue_with_room(fd, 30, FAKE_RING);
	eth0.stuck = false;
	fake_set_link(&eth0, false);
	stack_answer_arp(PEER_IP, peer_mac);
	stack_step(5000);
	assert_int_equal(init_net.mib.waiting, 30);
	assert_int_equal(eth0.sent_n, 0);
	fake_set_link(&eth0, true);
	fake_forget(&eth0); /* the announcement */
	stack_step(10);
	assert_numbers(0, 0, 30);
	assert_int_equal(skb_pool.lost, 0);
}

/* At the end of the program there is a bound, and the loss is told. */
static void the_end_without_a_link(void **state)
{
	int fd = sender();
	u64 start;

	queue_with_room(fd, 30, FAKE_RING);
	fake_set_link(&eth0, false);
	stack_answer_arp(PEER_IP, peer_mac);
	assert_int_equal(fd_close(&init_task.files, fd), 0);
	host_tick_clock(NSEC_PER_USEC);
	start = clock_ns();
	assert_int_equal(net_drain(), 30);
	assert_in_range((clock_ns() - start) / NSEC_PER_SEC, 5, 6);
	assert_non_null(strstr(host_captured(), "dropped 30 on the way out: still waiting"));
}

/* A datagram of 41 frames meets a ring that others fill: it leaves frame by frame, each accounted for. */
static void frame_by_frame(void **state)
{
	struct datagram d = { .payload = noise(1, 60000), .len = 60000 };
	int fd = sender();

	assert_int_equal(send_to(fd, d.payload, 60000, 0, PEER_IP, PEER_PORT), 60000);
	queue_with_room(fd, 1, 7);
	stack_answer_arp(PEER_IP, peer_mac);
	assert_int_equal(eth0.sent_n, 7);
	assert_int_equal(init_net.mib.waiting, 2);
	stack_check_accounts();
	for (u32 i = 1; i < 6; i++) {
		room_for(7);
		assert_int_equal(eth0.sent_n, min(42u, (i + 1) * 7));
		stack_check_accounts();
	}
	assert_int_equal(assert_fragments(0, &d, ETH_DATA_LEN), 41);
	assert_int_equal(sk_of(fd)->sk_wmem, 0);
	assert_int_equal(sk_of(fd)->sk_refs, 1);
	assert_int_equal(init_net.mib.ip_out_requests, 42);
}

/* Datagrams to another host fill the ring as soon as there is room, without a pause. */
static void others_do_not_starve_it(void **state)
{
	int fd = sender(), other = udp_socket();

	assert_int_equal(neigh_set_permanent(
				 init_net.arp_tbl, &eth0.dev, cpu_to_be32(GATEWAY_IP), gateway_mac),
		0);
	queue_with_room(fd, 60, 10);
	stack_answer_arp(PEER_IP, peer_mac);
	for (u32 tick = 0; tick < 20; tick++) {
		room_for(10);
		while (send_to(other, "x", 1, MSG_DONTWAIT, GATEWAY_IP, 9) == 1)
			continue;
	}
	assert_int_equal(init_net.mib.waiting, 0);
	assert_int_equal(skb_pool.lost, 0);
}

/* Its half minute is over, its address changes: what is queued waits on, and does not make room for another one. */
static void it_grows_old_meanwhile(void **state)
{
	static const u8 other_mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 9 };
	int fd = sender();

	queue_with_room(fd, 10, 0);
	stack_answer_arp(PEER_IP, peer_mac);
	stack_step(31000);
	assert_int_equal(peer()->nud_state, NUD_STALE);
	for (u32 i = 0; i < 2000; i++) /* more than there are entries */
		assert_non_null(neigh_lookup_create(
			init_net.arp_tbl, &eth0.dev, cpu_to_be32(0x0a010000 + i)));
	assert_non_null(peer());
	assert_int_equal(init_net.mib.waiting, 10);
	neigh_update(peer(), other_mac, false);
	room_for(FAKE_RING);
	assert_numbers(0, 0, 10);
	assert_memory_equal(eth0.sent[0].bytes, other_mac, ETH_ALEN);
	for (u32 i = 0; i < 2000; i++)
		neigh_lookup_create(init_net.arp_tbl, &eth0.dev, cpu_to_be32(0x0a020000 + i));
	assert_null(peer());
}

static void answered(struct fake_device *fake)
{
	fake->on_poll = NULL;
	stack_answer_arp(PEER_IP, peer_mac);
}

/* It is asked again, as it is used, and does not answer any more. */
static void it_fails_meanwhile(void **state)
{
	int fd = sender();

	set_int(fd, SOL_IP, IP_RECVERR, 1);
	assert_int_equal(send_to(fd, noise(1, 5000), 5000, 0, PEER_IP, PEER_PORT), 5000);
	queue_with_room(fd, 2, 1);
	eth0.on_poll = answered;
	net_poll();
	assert_int_equal(init_net.mib.waiting, 3); /* the rest of the first one is in fragments */
	stack_step(31000);
	eth0.slots = 2;
	net_poll();
	eth0.stuck = true;
	assert_int_equal(send_number(fd, 2), 4); /* it is used */
	stack_step(20000);
	assert_int_equal(peer()->nud_state, NUD_FAILED);
	assert_int_equal(init_net.mib.waiting, 0);
	assert_int_equal(sk_of(fd)->sk_wmem, 0);
	assert_int_equal(sk_of(fd)->sk_err, EHOSTUNREACH);
	assert_int_equal(
		sk_of(fd)->sk_error_queue.n, 3); /* the rest of the first one tells nothing */
	stack_check_accounts();
}

static void it_goes_meanwhile(void **state)
{
	int fd = sender();

	queue_with_room(fd, 10, 0);
	stack_answer_arp(PEER_IP, peer_mac);
	neigh_delete(peer());
	assert_int_equal(stack_dropped(SKB_DROP_NEIGH_FAILED), 10);
	room_for(FAKE_RING);
	queue_with_room(fd, 10, 0);
	stack_answer_arp(PEER_IP, peer_mac);
	dev_close(&eth0.dev);
	assert_int_equal(stack_dropped(SKB_DROP_DEV_DOWN), 10);
	stack_step(100);
	assert_int_equal(dev_open(&eth0.dev), 0);
	stack_check_accounts();
}

int main(void)
{
	const struct CMUnitTest neigh_drain[] = {
		STACK_TEST(a_short_ring),
		STACK_TEST(nothing_overtakes),
		STACK_TEST(senders_wait_behind_it),
		STACK_TEST(it_had_failed),
		STACK_TEST(answers_are_bounded_behind_it),
		STACK_TEST(without_a_link),
		STACK_TEST(the_end_without_a_link),
		STACK_TEST(frame_by_frame),
		STACK_TEST(others_do_not_starve_it),
		STACK_TEST(it_grows_old_meanwhile),
		STACK_TEST(it_fails_meanwhile),
		STACK_TEST(it_goes_meanwhile),
	};

	return cmocka_run_group_tests(neigh_drain, NULL, NULL);
}
