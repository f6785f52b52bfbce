/* SPDX-License-Identifier: MIT
 * test_neighbour.c - resolving, parking, giving up: every state and every timer.
 * Not here: the bytes of ARP (test_arp.c).
 * cmocka calls in; time is the fake clock's.
 * Source: RFC 1122 2.3.2; RFC 4861 7.3.2; net/neighbour.h's picture. */
#include "tests/unit/stack.h"
#include "kernel/lib/string.h"
#include "net/neigh_impl.h"
#include "net/sock.h"

static const u8 other_mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 9 };

static struct neighbour *peer(void)
{
	return neigh_lookup(init_net.arp_tbl, &eth0.dev, cpu_to_be32(PEER_IP));
}

static u32 frames_of(u16 ethertype)
{
	u32 n = 0;

	for (u32 i = 0; i < eth0.sent_n; i++)
		n += get16(eth0.sent[i].bytes + 12) == ethertype;
	return n;
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

	(void)state;
	assert_null(peer());
	assert_int_equal(send_muffin(fd), 6);
	assert_int_equal(peer()->nud_state, NUD_INCOMPLETE);
	assert_int_equal(eth0.sent_n, 1);
	assert_frame(0, FRAME_ARP_ASK);
	assert_int_equal(init_net.mib.parked, 1);
	assert_true(sk_of(fd)->sk_wmem > 0);
	assert_int_equal(sk_of(fd)->sk_refs, 2);
	stack_check_accounts();
}

static void answer_releases_in_order(void **state)
{
	int fd = sender();

	(void)state;
	assert_int_equal(send_muffin(fd), 6);
	assert_int_equal(send_to(fd, "muffins", 7, 0, PEER_IP, PEER_PORT), 7);
	inject_hex(FRAME_ARP_ANSWERED);
	assert_int_equal(eth0.sent_n, 3);
	assert_frame(1, FRAME_MUFFIN);
	assert_frame(2, FRAME_ODD);
	assert_int_equal(peer()->nud_state, NUD_REACHABLE);
	assert_int_equal(init_net.mib.parked, 0);
	assert_int_equal(sk_of(fd)->sk_wmem, 0);
	assert_int_equal(sk_of(fd)->sk_refs, 1);
	assert_int_equal(send_muffin(fd), 6);
	assert_frame(3, FRAME_MUFFIN);
}

static void three_tries_a_second_apart(void **state)
{
	int fd = sender();

	(void)state;
	send_muffin(fd);
	stack_step(990);
	assert_int_equal(frames_of(ETH_P_ARP), 1);
	stack_step(20);
	assert_int_equal(frames_of(ETH_P_ARP), 2);
	stack_step(980);
	assert_int_equal(frames_of(ETH_P_ARP), 2);
	stack_step(20);
	assert_int_equal(frames_of(ETH_P_ARP), 3);
	stack_step(980);
	assert_int_equal(peer()->nud_state, NUD_INCOMPLETE);
	stack_step(20);
	assert_int_equal(peer()->nud_state, NUD_FAILED);
	assert_int_equal(frames_of(ETH_P_ARP), 3);
}

static void giving_up_is_told_and_counted(void **state)
{
	int fd = sender();

	(void)state;
	send_muffin(fd);
	send_muffin(fd);
	stack_step(3100);
	assert_int_equal(stack_dropped(SKB_DROP_NEIGH_FAILED), 2);
	assert_int_equal(init_net.mib.parked, 0);
	assert_int_equal(skb_pool.lost, 2);
	assert_non_null(strstr(host_captured(), "did not answer ARP, 2 packets dropped"));
	assert_int_equal(send_muffin(fd), -EHOSTUNREACH);
	stack_step(1000);
	fake_forget(&eth0);
	assert_int_equal(send_muffin(fd), 6); /* asked anew */
	assert_frame(0, FRAME_ARP_ASK);
	stack_check_accounts();
}

/* Whoever floods a dead host is told so, and floods nobody else. */
static void dead_for_a_moment(void **state)
{
	int fd = sender();

	(void)state;
	send_muffin(fd);
	stack_step(3100);
	assert_int_equal(send_muffin(fd), -EHOSTUNREACH); /* the pending error */
	fake_forget(&eth0);
	for (u32 i = 0; i < 50; i++)
		assert_int_equal(send_muffin(fd), -EHOSTUNREACH);
	assert_int_equal(eth0.sent_n, 0);
	assert_int_equal(stack_dropped(SKB_DROP_NEIGH_FAILED), 51);
	assert_int_equal(skb_pool.lost, 1); /* only the first had been accepted */
	inject_hex(FRAME_ARP_ASKED);        /* it lives, says itself */
	fake_forget(&eth0);
	assert_int_equal(send_muffin(fd), 6);
	assert_frame(0, FRAME_MUFFIN);
}

/* A minute of sending to a dead host: a request a second at most. */
static void dead_host_flooded(void **state)
{
	int fd = sender();

	(void)state;
	for (u32 i = 0; i < 6000; i++) {
		send_muffin(fd);
		host_advance_clock(10 * NSEC_PER_MSEC);
		net_poll();
	}
	assert_in_range(frames_of(ETH_P_ARP), 40, 60);
	assert_true(init_net.mib.parked <= NEIGH_QUEUE_MAX);
	stack_step(4000);
	stack_check_accounts();
}

/* The socket is closed before the neighbour has failed: its sock must outlive it. */
static void closed_before_the_answer(void **state)
{
	int fd = sender();

	(void)state;
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

static void queue_is_bounded_in_packets(void **state)
{
	int fd = sender();

	(void)state;
	for (u32 i = 0; i < NEIGH_QUEUE_MAX; i++)
		assert_int_equal(send_muffin(fd), 6);
	assert_int_equal(send_muffin(fd), -ENOBUFS);
	assert_int_equal(stack_dropped(SKB_DROP_NEIGH_QUEUE_FULL), 1);
	assert_int_equal(init_net.mib.parked, NEIGH_QUEUE_MAX);
	stack_check_accounts();
}

/* All that wait together may hold a quarter of the pool: the rest can still be sent elsewhere. */
static void parking_is_bounded_in_all(void **state)
{
	int fd = sender();
	u32 most = skb_pool.total_n / 4;

	(void)state;
	for (u32 i = 0; i < most; i++)
		assert_int_equal(send_to(fd, "muffin", 6, 0, PEER_IP + 20 + i / 32, PEER_PORT), 6);
	assert_int_equal(send_to(fd, "muffin", 6, 0, PEER_IP + 19, PEER_PORT), -ENOBUFS);
	assert_int_equal(init_net.mib.parked, most);
	assert_int_equal(stack_dropped(SKB_DROP_NEIGH_QUEUE_FULL), 1);
}

/* The answer comes, but the ring takes nothing: sendto had succeeded, so the socket is told. */
static void released_without_room(void **state)
{
	int fd = sender();
	struct sock *sk = ((struct socket *)fd_get(&init_task.files, fd)->private_data)->sk;

	(void)state;
	assert_int_equal(send_muffin(fd), 6);
	fake_set_link(&eth0, false);
	inject_hex(FRAME_ARP_ANSWERED);
	assert_int_equal(stack_dropped(SKB_DROP_TX_FULL), 1);
	assert_int_equal(skb_pool.lost, 1);
	assert_int_equal(sk->sk_wmem, 0);
	assert_int_equal(sock_error(sk), -ENOBUFS);
}

/* A datagram of 45 frames waits whole or not at all: two fit, one of 60000 more does not. */
static void queue_is_bounded_in_bytes(void **state)
{
	static u8 payload[65507];
	int fd = sender();
	u32 free_n = skb_pool.free_n;

	(void)state;
	assert_int_equal(send_to(fd, payload, 60000, 0, PEER_IP, PEER_PORT), 60000);
	assert_int_equal(send_to(fd, payload, 65507, 0, PEER_IP, PEER_PORT), 65507);
	assert_int_equal(free_n - skb_pool.free_n, 41 + 45 + 1); /* and the request on the ring */
	assert_int_equal(send_to(fd, payload, 60000, 0, PEER_IP, PEER_PORT), -ENOBUFS);
	assert_int_equal(free_n - skb_pool.free_n, 41 + 45 + 1);
	assert_int_equal(stack_dropped(SKB_DROP_NEIGH_QUEUE_FULL), 1);
	assert_int_equal(init_net.mib.parked, 2);
	assert_int_equal(sk_of(fd)->sk_wmem, 60000 + 65507 + 2 * 28);
	stack_check_accounts();
	stack_step(3100);
	assert_int_equal(init_net.mib.parked, 0);
	assert_int_equal(sk_of(fd)->sk_wmem, 0);
	assert_int_equal(skb_pool.lost, 2);
	assert_int_equal(stack_dropped(SKB_DROP_NEIGH_FAILED), 2);
	stack_check_accounts();
}

/* Released, its frames leave in order; those the ring has no room for are lost, counted and told. */
static void fragments_are_released(void **state)
{
	static u8 payload[60000];
	int fd = sender();

	(void)state;
	assert_int_equal(send_to(fd, payload, 60000, 0, PEER_IP, PEER_PORT), 60000);
	eth0.stuck = true;
	for (u32 i = 0; i < 30; i++) /* 31 with the request: 33 of 64 are left, 41 are needed */
		arp_announce(&eth0.dev);
	fake_forget(&eth0);
	inject_hex(FRAME_ARP_ANSWERED);
	assert_int_equal(eth0.sent_n, 33);
	for (u32 i = 0; i < 33; i++)
		assert_int_equal(get16(eth0.sent[i].bytes + 20), 0x2000 | (i * 1480 / 8));
	assert_int_equal(stack_dropped(SKB_DROP_TX_FULL), 8);
	assert_int_equal(skb_pool.lost, 8);
	assert_int_equal(sk_of(fd)->sk_wmem, 0);
	assert_int_equal(sk_of(fd)->sk_refs, 1);
	assert_int_equal(sock_error(sk_of(fd)), -ENOBUFS);
	stack_check_accounts();
}

static void answer_after_a_second(struct fake_device *fake)
{
	(void)fake;
	if (clock_ns() > NSEC_PER_SEC)
		inject_hex(FRAME_ARP_ANSWERED);
}

/* SO_SNDBUF bounds what waits, and poll says so; a sender may wait until it is less. */
static void send_buffer_bounds_what_is_parked(void **state)
{
	static u8 payload[1400];
	int fd = sender();
	struct file *file = fd_get(&init_task.files, fd);

	(void)state;
	set_int(fd, 1, 7 /* SO_SNDBUF */, 1); /* 4608 */
	for (u32 i = 0; i < 4; i++) {
		assert_int_equal(file->ops->poll(file) & POLLOUT, POLLOUT);
		assert_int_equal(
			send_to(fd, payload, 1400, MSG_DONTWAIT, PEER_IP, PEER_PORT), 1400);
	}
	assert_int_equal(sk_of(fd)->sk_wmem, 4 * 1428);
	assert_int_equal(file->ops->poll(file) & POLLOUT, 0);
	assert_int_equal(send_to(fd, payload, 1, MSG_DONTWAIT, PEER_IP, PEER_PORT), -EAGAIN);
	set_int(fd, 1, 7, 100000); /* more room: at once */
	assert_int_equal(send_to(fd, payload, 1, MSG_DONTWAIT, PEER_IP, PEER_PORT), 1);
	set_int(fd, 1, 7, 1);
	assert_int_equal(send_to(fd, payload, 1, MSG_DONTWAIT, PEER_IP, PEER_PORT), -EAGAIN);
	host_tick_clock(NSEC_PER_USEC);
	eth0.on_poll = answer_after_a_second;
	assert_int_equal(send_to(fd, payload, 1, 0, PEER_IP, PEER_PORT), 1);
	assert_true(clock_ns() > NSEC_PER_SEC);
	assert_int_equal(file->ops->poll(file) & POLLOUT, POLLOUT);
}

static void waiting_for_the_send_buffer_ends(void **state)
{
	static u8 payload[1400];
	s64 tv[2] = { 0, 500000 };
	int fd = sender();

	(void)state;
	set_int(fd, 1, 7 /* SO_SNDBUF */, 1);
	for (u32 i = 0; i < 4; i++)
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

	(void)state;
	send_muffin(fd);
	one = sk_of(fd)->sk_wmem;
	send_to(fd, "muffin", 6, 0, GATEWAY_IP, PEER_PORT);
	assert_int_equal(sk_of(fd)->sk_wmem, 2 * one);
	inject_hex(FRAME_ARP_ANSWERED);
	assert_int_equal(sk_of(fd)->sk_wmem, one);
}

static void reachable(int fd)
{
	send_muffin(fd);
	inject_hex(FRAME_ARP_ANSWERED);
	assert_int_equal(peer()->nud_state, NUD_REACHABLE);
}

static void stale_is_used_and_asked_again(void **state)
{
	int fd = sender();

	(void)state;
	reachable(fd);
	stack_step(29900);
	assert_int_equal(peer()->nud_state, NUD_REACHABLE);
	stack_step(200);
	assert_int_equal(peer()->nud_state, NUD_STALE);
	fake_forget(&eth0);
	send_muffin(fd);
	assert_int_equal(peer()->nud_state, NUD_DELAY);
	assert_int_equal(eth0.sent_n, 1);
	assert_frame(0, FRAME_MUFFIN);
	stack_step(4900);
	assert_int_equal(eth0.sent_n, 1);
	stack_step(200);
	assert_int_equal(peer()->nud_state, NUD_PROBE);
	assert_frame(1, FRAME_ARP_ASK_AGAIN);
	send_muffin(fd);
	assert_frame(2, FRAME_MUFFIN);
	inject_hex(FRAME_ARP_ANSWERED);
	assert_int_equal(peer()->nud_state, NUD_REACHABLE);
}

/* sendto(2), MSG_CONFIRM: the program had an answer, so nobody need be asked. */
static void confirmed_from_above(void **state)
{
	int fd = sender();

	(void)state;
	reachable(fd);
	stack_step(25000);
	send_to(fd, "x", 1, MSG_CONFIRM, PEER_IP, PEER_PORT);
	stack_step(20000);
	assert_int_equal(peer()->nud_state, NUD_REACHABLE);
	stack_step(10100);
	assert_int_equal(peer()->nud_state, NUD_STALE);
	send_muffin(fd);
	stack_step(3000);
	send_to(fd, "x", 1, MSG_CONFIRM, PEER_IP, PEER_PORT);
	fake_forget(&eth0);
	stack_step(2100);
	assert_int_equal(peer()->nud_state, NUD_REACHABLE);
	assert_int_equal(eth0.sent_n, 0);
}

/* Three times directly, three times all; meanwhile what is sent goes where it went before. */
static void probe_fails_after_six(void **state)
{
	int fd = sender();

	(void)state;
	reachable(fd);
	stack_step(30100);
	send_muffin(fd);
	stack_step(4990);
	fake_forget(&eth0);
	stack_step(3000);
	assert_int_equal(eth0.sent_n, 3);
	for (u32 i = 0; i < 3; i++)
		assert_frame(i, FRAME_ARP_ASK_AGAIN);
	stack_step(2900);
	assert_int_equal(eth0.sent_n, 6);
	for (u32 i = 3; i < 6; i++)
		assert_frame(i, FRAME_ARP_ASK);
	send_muffin(fd);
	assert_frame(6, FRAME_MUFFIN);
	assert_int_equal(peer()->nud_state, NUD_PROBE);
	stack_step(200);
	assert_int_equal(peer()->nud_state, NUD_FAILED);
	stack_step(1000);
	fake_forget(&eth0);
	send_muffin(fd);
	assert_frame(0, FRAME_ARP_ASK);
	assert_int_equal(init_net.mib.parked, 1);
}

/* Nobody asked: a changed address is taken with suspicion, the same one changes nothing; and not again
 * for a second, so that two who claim it do not make it flap. */
static void unsolicited_updates(void **state)
{
	int fd = sender();
	u64 genid;

	(void)state;
	reachable(fd);
	neigh_update(peer(), peer_mac, false);
	assert_int_equal(peer()->nud_state, NUD_REACHABLE);
	neigh_update(peer(), other_mac, false);
	neigh_update(peer(), other_mac, true);
	assert_int_equal(peer()->nud_state, NUD_REACHABLE);
	fake_forget(&eth0);
	send_muffin(fd);
	assert_frame(0, FRAME_MUFFIN);
	stack_step(1000);
	genid = init_net.genid;
	neigh_update(peer(), other_mac, false);
	assert_int_equal(peer()->nud_state, NUD_STALE);
	assert_true(init_net.genid != genid); /* flows may have kept the header */
	neigh_update(peer(), peer_mac, false);
	fake_forget(&eth0);
	send_muffin(fd);
	assert_memory_equal(eth0.sent[0].bytes, other_mac, ETH_ALEN);
}

/* Whom we ask says where it is without having been heard by us: enough to send, not to be sure. */
static void learned_by_its_own_request(void **state)
{
	int fd = sender();

	(void)state;
	send_muffin(fd);
	inject_hex(FRAME_ARP_ASKED);
	assert_frame(1, FRAME_MUFFIN);
	assert_int_equal(peer()->nud_state, NUD_STALE);
}

static void permanent(void **state)
{
	int fd = sender();

	(void)state;
	stack_know_peer();
	send_muffin(fd);
	stack_step(120000);
	assert_int_equal(peer()->nud_state, NUD_PERMANENT);
	neigh_update(peer(), other_mac, true);
	send_muffin(fd);
	assert_int_equal(eth0.sent_n, 2);
	assert_frame(1, FRAME_MUFFIN);
}

/* The operator names an address while ARP is still asking for it. */
static void permanent_releases_what_is_parked(void **state)
{
	int fd = sender();

	(void)state;
	send_muffin(fd);
	stack_know_peer();
	assert_frame(1, FRAME_MUFFIN);
	assert_int_equal(init_net.mib.parked, 0);
	stack_step(5000);
	assert_int_equal(eth0.sent_n, 2);
}

static void none_teaches_nothing(void **state)
{
	struct neighbour *n =
		neigh_lookup_create(init_net.arp_tbl, &eth0.dev, cpu_to_be32(PEER_IP));

	(void)state;
	assert_int_equal(n->nud_state, NUD_NONE);
	neigh_update(n, peer_mac, true);
	assert_int_equal(n->nud_state, NUD_NONE);
}

/* ---- the table ---------------------------------------------------------------------------- */

static struct neighbour *entry(struct neigh_table *tbl, u32 i)
{
	return neigh_lookup_create(tbl, &eth0.dev, cpu_to_be32(0x0a000064 + i));
}

static struct neighbour *answered(struct neigh_table *tbl, u32 i)
{
	assert_int_equal(
		neigh_set(tbl, &eth0.dev, cpu_to_be32(0x0a000064 + i), peer_mac, NUD_REACHABLE), 0);
	return entry(tbl, i);
}

static bool is_in(struct neigh_table *tbl, u32 i)
{
	return neigh_lookup(tbl, &eth0.dev, cpu_to_be32(0x0a000064 + i));
}

static void the_oldest_makes_room(void **state)
{
	struct neigh_table *tbl = neigh_table_new(4);
	u64 genid = init_net.genid;

	for (u32 i = 0; i < 5; i++)
		assert_non_null(entry(tbl, i));
	assert_int_equal(init_net.genid, genid); /* no flow leads to any of them */
	assert_false(is_in(tbl, 0));
	for (u32 i = 1; i < 5; i++)
		assert_true(is_in(tbl, i));
}

/* Who has just answered is in use, as long as there is anybody else. */
static void who_answered_stays(void **state)
{
	struct neigh_table *tbl = neigh_table_new(2);

	answered(tbl, 0);
	for (u32 i = 1; i < 5; i++)
		assert_non_null(entry(tbl, i));
	assert_true(is_in(tbl, 0));
	assert_false(is_in(tbl, 3));
	answered(tbl, 4);
	assert_non_null(entry(tbl, 5)); /* in turn */
	assert_false(is_in(tbl, 0));
	stack_step(30100);
	assert_non_null(entry(tbl, 6)); /* 4 became idle after 5 */
	assert_true(is_in(tbl, 4));
	assert_non_null(entry(tbl, 7));
	assert_false(is_in(tbl, 4));
}

/* What the operator has taken away makes room before anybody else has to. */
static void the_deleted_makes_room_first(void **state)
{
	struct neigh_table *tbl = neigh_table_new(3);

	for (u32 i = 0; i < 3; i++)
		assert_non_null(entry(tbl, i));
	neigh_delete(entry(tbl, 1));
	assert_non_null(entry(tbl, 3));
	assert_true(is_in(tbl, 0) && is_in(tbl, 2) && is_in(tbl, 3));
}

/* However routes come: one that is current leads to whom it was made for; and those that made room made
 * all routes stale once a turn of the table at most. */
static void current_routes_lead_right(void **state)
{
	struct rtable rt[24] = { { .genid = 0 } };
	u64 genid = init_net.genid;
	u32 seed = 1;

	init_net.arp_tbl = neigh_table_new(8);
	for (u32 i = 0; i < 4000; i++) {
		u32 to = (seed = seed * 1103515245 + 12345) >> 16 & 7, base = i / 50 % 3 * 8;
		struct flowi4 fl4 = { .daddr = cpu_to_be32(
					      (i & 1 ? 0x0a000064 : 0x7f000064) + base + to) };

		assert_int_equal(ip_route_output_flow(&init_net, &fl4, &rt[base + to]), 0);
		for (u32 j = 0; j < ARRAY_SIZE(rt); j++)
			assert_true(!rt_valid(&init_net, &rt[j]) ||
				    be32_eq(rt[j].neigh->primary_key, rt[j].daddr));
	}
	assert_in_range(init_net.genid - genid, 4000 / 50, 4000 / 8);
}

/* Many share a bucket: whoever makes room is taken out of the middle of it. */
static void crowded_buckets(void **state)
{
	struct neigh_table *tbl = neigh_table_new(300);

	(void)state;
	for (u32 i = 0; i < 1000; i++) {
		assert_non_null(entry(tbl, i));
		for (u32 j = i < 300 ? 0 : i - 299; j <= i; j += 37)
			assert_non_null(neigh_lookup(tbl, &eth0.dev, cpu_to_be32(0x0a000064 + j)));
		if (i >= 300)
			assert_null(
				neigh_lookup(tbl, &eth0.dev, cpu_to_be32(0x0a000064 + i - 300)));
	}
}

/* However addresses are given out: in a row, or one in every fourth network. */
static void buckets_are_short(void **state)
{
	struct neigh_table *tbl = neigh_table_new(1024);
	u32 looked_at = 0;

	for (u32 i = 0; i < 512; i++) {
		assert_non_null(entry(tbl, i));
		assert_non_null(
			neigh_lookup_create(tbl, &eth0.dev, cpu_to_be32(0x0a100001 + (i << 10))));
	}
	for (u32 i = 0; i <= tbl->mask; i++) {
		u32 depth = 0;

		for (const struct neighbour *n = tbl->bucket[i]; n; n = n->next)
			looked_at += ++depth;
		assert_true(depth <= 6);
	}
	assert_in_range(looked_at, 1024, 1024 * 3 / 2);
}

static void permanent_and_waiting_stay(void **state)
{
	struct neigh_table *tbl = neigh_table_new(2);

	(void)state;
	assert_int_equal(neigh_set_permanent(tbl, &eth0.dev, cpu_to_be32(0x0a000064), peer_mac), 0);
	assert_int_equal(neigh_set_permanent(tbl, &eth0.dev, cpu_to_be32(0x0a000065), peer_mac), 0);
	assert_null(entry(tbl, 2));
	assert_int_equal(
		neigh_set_permanent(tbl, &eth0.dev, cpu_to_be32(0x0a000066), peer_mac), -ENOBUFS);
}

/* A table in which every neighbour has packets waiting: routing says so, as nothing may be lost. */
static void all_busy(void **state)
{
	int fd = sender();
	u32 n = 0;
	long err;

	(void)state;
	host_set_mem_total(4 << 20);
	init_net.arp_tbl = neigh_table_new(8);
	net_changed(&init_net);
	do {
		err = send_to(fd, "x", 1, 0, 0x0a000064 + n, PEER_PORT);
	} while (err == 1 && ++n < 100);
	assert_int_equal(err, -ENOBUFS);
	assert_int_equal(n, 8);
	stack_step(4100);
	send_muffin(fd); /* takes the pending error */
	assert_int_equal(send_to(fd, "x", 1, 0, 0x0a000064 + n, PEER_PORT), 1);
}

/* Groups, broadcast and loopback need no answer, but they must not fill the table for good. */
static void addresses_without_arp_make_room(void **state)
{
	struct neigh_table *tbl = neigh_table_new(4);

	(void)state;
	for (u32 i = 0; i < 20; i++) {
		host_advance_clock(1);
		assert_non_null(neigh_lookup_create(
			tbl, init_net.loopback_dev, cpu_to_be32(0x7f000001 + i)));
		assert_non_null(neigh_lookup_create(tbl, &eth0.dev, cpu_to_be32(0xef000001 + i)));
	}
}

static void table_without_memory(void **state)
{
	(void)state;
	host_fail_commit(1, true);
	assert_null(neigh_table_new(4));
	host_fail_commit(0, false);
}

int main(void)
{
	const struct CMUnitTest neighbour[] = {
		STACK_TEST(first_packet_asks_and_waits),
		STACK_TEST(answer_releases_in_order),
		STACK_TEST(three_tries_a_second_apart),
		STACK_TEST(giving_up_is_told_and_counted),
		STACK_TEST(dead_for_a_moment),
		STACK_TEST(dead_host_flooded),
		STACK_TEST(closed_before_the_answer),
		STACK_TEST(queue_is_bounded_in_packets),
		STACK_TEST(queue_is_bounded_in_bytes),
		STACK_TEST(fragments_are_released),
		STACK_TEST(send_buffer_bounds_what_is_parked),
		STACK_TEST(waiting_for_the_send_buffer_ends),
		STACK_TEST(parking_is_bounded_in_all),
		STACK_TEST(released_without_room),
		STACK_TEST(buffer_accounting_while_others_wait),
		STACK_TEST(stale_is_used_and_asked_again),
		STACK_TEST(confirmed_from_above),
		STACK_TEST(probe_fails_after_six),
		STACK_TEST(learned_by_its_own_request),
		STACK_TEST(unsolicited_updates),
		STACK_TEST(permanent),
		STACK_TEST(permanent_releases_what_is_parked),
		STACK_TEST(none_teaches_nothing),
		STACK_TEST(the_oldest_makes_room),
		STACK_TEST(who_answered_stays),
		STACK_TEST(the_deleted_makes_room_first),
		STACK_TEST(current_routes_lead_right),
		STACK_TEST(crowded_buckets),
		STACK_TEST(buckets_are_short),
		STACK_TEST(permanent_and_waiting_stay),
		STACK_TEST(all_busy),
		STACK_TEST(addresses_without_arp_make_room),
		STACK_TEST(table_without_memory),
	};

	return cmocka_run_group_tests(neighbour, NULL, NULL);
}
