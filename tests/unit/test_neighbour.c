/* SPDX-License-Identifier: MIT
 * test_neighbour.c - resolving, being sure, giving up: every state and every timer.
 * Not here: what waits meanwhile (test_neigh_queue.c), the table (test_neigh_table.c), the bytes of ARP
 * (test_arp.c).
 * cmocka calls in; time is the fake clock's.
 * Source: RFC 1122 2.3.2; RFC 4861 7.3.2; net/neigh/neigh_state.c's picture. */
#include "kernel/lib/string.h"
#include "tests/unit/stack.h"

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

static void three_tries_a_second_apart(void **state)
{
	int fd = sender();

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

/* For a second a host that has just failed to answer is not asked again; datagrams are dropped, and only those of a
 * connected socket are refused. */
static void dead_for_a_moment(void **state)
{
	struct sockaddr_in to = inet_addr_of(PEER_IP, PEER_PORT);
	int fd = sender(), connected = udp_socket();

	assert_int_equal(sys_connect(connected, user(&to), sizeof(to)), 0);
	send_muffin(fd);
	stack_step(3100);
	fake_forget(&eth0);
	for (u32 i = 0; i < 50; i++)
		assert_int_equal(send_muffin(fd), 6);
	assert_int_equal(stack_dropped(SKB_DROP_NEIGH_FAILED), 51);
	assert_int_equal(skb_pool.lost, 51);
	for (u32 i = 0; i < 50; i++)
		assert_int_equal(sys_sendto(connected, user("muffin"), 6, 0, 0, 0), -EHOSTUNREACH);
	assert_int_equal(stack_dropped(SKB_DROP_NEIGH_FAILED), 101);
	assert_int_equal(skb_pool.lost, 51); /* what is refused was never accepted */
	assert_int_equal(eth0.sent_n, 0);
	inject_hex(FRAME_ARP_ASKED); /* it lives, says itself */
	fake_forget(&eth0);
	assert_int_equal(send_muffin(fd), 6);
	assert_frame(0, FRAME_MUFFIN);
	stack_check_accounts();
}

/* A minute of sending to a dead host: a request a second at most, and only the first datagram waits. */
static void dead_host_flooded(void **state)
{
	int fd = sender();
	u64 start = clock_ns(), waited = 0;

	host_tick_clock(NSEC_PER_USEC);
	while (clock_ns() - start < 60 * NSEC_PER_SEC) {
		u64 before = clock_ns();

		assert_int_equal(send_muffin(fd), 6);
		waited += clock_ns() - before > NSEC_PER_MSEC;
		host_advance_clock(10 * NSEC_PER_MSEC);
		net_poll();
	}
	assert_int_equal(waited, 1);
	assert_in_range(frames_of(ETH_P_ARP), 40, 60);
	assert_true(init_net.mib.waiting <= NEIGH_QUEUE_MAX);
	stack_step(4000);
	stack_check_accounts();
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

/* sendto(2), MSG_CONFIRM: the program had an answer, so no request is sent. */
static void confirmed_from_above(void **state)
{
	int fd = sender();

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
	assert_int_equal(init_net.mib.waiting, 1);
}

/* Unsolicited: a changed address makes the entry stale, the same one changes nothing; and not again for a second, so
 * that two hosts with one address do not make it flap. */
static void unsolicited_updates(void **state)
{
	int fd = sender();
	u64 genid;

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

/* A request by the host that is being asked for: enough to send, not to be reachable. */
static void learned_by_its_own_request(void **state)
{
	int fd = sender();

	send_muffin(fd);
	inject_hex(FRAME_ARP_ASKED);
	assert_frame(1, FRAME_MUFFIN);
	assert_int_equal(peer()->nud_state, NUD_STALE);
}

static void permanent(void **state)
{
	int fd = sender();

	stack_know_peer();
	send_muffin(fd);
	stack_step(120000);
	assert_int_equal(peer()->nud_state, NUD_PERMANENT);
	neigh_update(peer(), other_mac, true);
	send_muffin(fd);
	assert_int_equal(eth0.sent_n, 2);
	assert_frame(1, FRAME_MUFFIN);
}

static void none_teaches_nothing(void **state)
{
	struct neighbour *n =
		neigh_lookup_create(init_net.arp_tbl, &eth0.dev, cpu_to_be32(PEER_IP));

	assert_int_equal(n->nud_state, NUD_NONE);
	neigh_update(n, peer_mac, true);
	assert_int_equal(n->nud_state, NUD_NONE);
}

int main(void)
{
	const struct CMUnitTest neighbour[] = {
		STACK_TEST(three_tries_a_second_apart),
		STACK_TEST(dead_for_a_moment),
		STACK_TEST(dead_host_flooded),
		STACK_TEST(stale_is_used_and_asked_again),
		STACK_TEST(confirmed_from_above),
		STACK_TEST(probe_fails_after_six),
		STACK_TEST(learned_by_its_own_request),
		STACK_TEST(unsolicited_updates),
		STACK_TEST(permanent),
		STACK_TEST(none_teaches_nothing),
	};

	return cmocka_run_group_tests(neighbour, NULL, NULL);
}
