/* SPDX-License-Identifier: MIT
 * test_udp_cork.c - datagrams in pieces: MSG_MORE and UDP_CORK, with all that may happen in between.
 * Not here: datagrams in one piece (test_udp_send.c), fragments of those (test_ip_output.c).
 * cmocka calls in; it calls the system calls and looks at what the card got.
 * Source: send(2), udp(7); RFC 791 3.2 (fragments). */
#include "kernel/lib/string.h"
#include "net/ipv4/pmtu.h"
#include "net/socket/sockopt.h"
#include "net/udp/udp.h"
#include "tests/unit/datagrams.h"

static int fd = -1;

static void up(bool sums)
{
	fd = fd < 0 ? udp_socket_at(0, OUR_PORT) : fd;
	stack_know_peer();
	card_is(true, sums);
}

static void more(const u8 *data, size_t len)
{
	assert_int_equal(send_to(fd, data, len, MSG_MORE, PEER_IP, PEER_PORT), len);
	assert_int_equal(eth0.sent_n, 0);
}

/* What is sent has no DF when it is in fragments; in any case the same bytes as in one call. */
static void assert_whole(const u8 *payload, u32 len)
{
	struct datagram d = { .payload = payload, .len = len };

	if (len <= PAYLOAD_MAX) {
		assert_int_equal(eth0.sent_n, 1);
		assert_datagram(0, &d);
	} else {
		assert_int_equal(eth0.sent_n, assert_fragments(0, &d, ETH_DATA_LEN));
	}
	fake_forget(&eth0);
	net_poll();
}

static u32 in_slots(void)
{
	u32 n = 0;

	for (u32 i = 0; i < FAKE_RING; i++)
		n += eth0.slot[i] != &skb_none && !skb_is_small(eth0.slot[i]);
	return n;
}

/* Pieces of odd lengths up to the longest datagram; the last may be empty. */
static void pieces(void **state)
{
	static const u32 total[] = { 0, 1, 18, 1471, 1472, 1473, 1479, 1480, 2952, 2953, 9001,
		65507 };
	static const u32 piece[] = { 1, 7, 501, 1471, 1472, 1473, 1481, 4099 };

	up(true);
	for (u32 t = 0; t < ARRAY_SIZE(total); t++)
		for (u32 p = 0; p < ARRAY_SIZE(piece); p++) {
			u32 len = total[t], at = 0, n;
			const u8 *payload = noise(t * 8 + p, len);

			if (len / piece[p] > 3000)
				continue;
			for (; at < len; at += n) {
				n = min(piece[p] + at % 3, len - at);
				more(payload + at, n);
			}
			assert_int_equal(send_to(fd, payload, 0, 0, PEER_IP, PEER_PORT), 0);
			assert_whole(payload, len);
			assert_int_equal(skb_pool.free_n + in_slots(), skb_pool.total_n);
		}
}

static void too_long_altogether(void **state)
{
	const u8 *payload = noise(1, 65508);

	up(true);
	more(payload, 40000);
	assert_int_equal(send_to(fd, payload, 25508, 0, PEER_IP, PEER_PORT), -EMSGSIZE);
	assert_int_equal(eth0.sent_n, 0);
	assert_int_equal(send_to(fd, payload, 20, 0, PEER_IP, PEER_PORT), 20); /* all gone */
	assert_whole(payload, 20);
	assert_int_equal(set_int(fd, SOL_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO), 0);
	more(payload, 1000);
	assert_int_equal(send_to(fd, payload, 473, 0, PEER_IP, PEER_PORT), -EMSGSIZE);
	more(payload, 1000);
	assert_int_equal(send_to(fd, payload + 1000, 472, 0, PEER_IP, PEER_PORT), 472);
	assert_whole(payload, 1472);
}

/* Only the first piece's address counts, and its options; what is the socket's meanwhile is not its. */
static void first_piece_decides(bool tables_change)
{
	struct sockaddr_in other = inet_addr_of(0x0a0000fc, 53), bad = { .sin_family = 77 };
	const u8 *payload = noise(2, 100);

	assert_int_equal(inet_insert_ifa(&eth0.dev, cpu_to_be32(0x0a0000fd), 30), 0);
	up(false);
	more(payload, 33);
	assert_int_equal(sys_connect(fd, user(&other), sizeof(other)), 0); /* from 10.0.0.253 */
	assert_int_equal(sys_sendto(fd, user(payload + 33), 33, MSG_MORE, user(&other), 16), 33);
	assert_int_equal(sys_sendto(fd, user(payload + 66), 30, MSG_MORE, user(&bad), 16), 30);
	assert_int_equal(set_int(fd, SOL_IP, IP_TTL, 9), 0);
	assert_int_equal(set_int(fd, SOL_IP, IP_TOS, 8), 0);
	if (tables_change)
		net_changed(&init_net);
	assert_int_equal(sys_sendto(fd, user(payload + 96), 4, 0, 0, 0), 4);
	assert_whole(payload, 100);
	assert_int_equal(
		neigh_set_permanent(init_net.arp_tbl, &eth0.dev, other.sin_addr, peer_mac), 0);
	assert_int_equal(sys_sendto(fd, user(payload), 5, 0, 0, 0), 5);
	assert_datagram(0, &(struct datagram){ .payload = payload,
				   .len = 5,
				   .from = 0x0a0000fd,
				   .to = 0x0a0000fc,
				   .mac = peer_mac,
				   .port = 53,
				   .ttl = 9,
				   .tos = 8 });
}

static void the_first_piece_decides(void **state)
{
	first_piece_decides(false);
}

/* It is routed anew, and is what it was. */
static void the_first_piece_still_decides(void **state)
{
	first_piece_decides(true);
}

static void corked(void **state)
{
	const u8 *payload = noise(3, 5000);

	up(true);
	assert_int_equal(set_int(fd, SOL_UDP, UDP_CORK, 1), 0);
	for (u32 at = 0; at < 5000; at += 625)
		assert_int_equal(send_to(fd, payload + at, 625, 0, PEER_IP, PEER_PORT), 625);
	assert_int_equal(eth0.sent_n, 0);
	assert_int_equal(set_int(fd, SOL_UDP, UDP_CORK, 0), 0);
	assert_whole(payload, 5000);
	assert_int_equal(set_int(fd, SOL_UDP, UDP_CORK, 1), 0);
	assert_int_equal(set_int(fd, SOL_UDP, UDP_CORK, 0), 0); /* nothing to push */
	assert_int_equal(eth0.sent_n, 0);
	assert_int_equal(send_to(fd, payload, 9, 0, PEER_IP, PEER_PORT), 9);
	assert_whole(payload, 9);
}

/* stack_down finds what leaks. */
/* What one socket may hold back is bounded; then it begins anew. */
static void more_than_its_share(void **state)
{
	static const u8 data[1480];
	u32 total = skb_pool.total_n;

	up(true);
	skb_pool.total_n = 64;
	for (u32 i = 0; i < skb_share_max(); i++)
		more(data, sizeof(data) - (i == 0 ? UDP_HLEN : 0));
	assert_int_equal(send_to(fd, data, 1, MSG_MORE, PEER_IP, PEER_PORT), -ENOBUFS);
	assert_int_equal(sk_of(fd)->sk_wmem, 0);
	skb_pool.total_n = total;
	assert_int_equal(send_to(fd, data, 5, 0, PEER_IP, PEER_PORT), 5);
	assert_whole(data, 5);
}

static void closed_while_pending(void **state)
{
	up(true);
	more(noise(4, 6000), 6000);
	assert_int_equal(fd_close(&init_task.files, fd), 0);
	assert_int_equal(eth0.sent_n, 0);
}

static void faults(void **state)
{
	const u8 *payload = noise(5, 8000);

	up(true);
	for (u32 bad = 0; bad < 3000; bad += 333) {
		more(payload, 2000);
		host_forbid(payload + 2000 + bad, 1);
		assert_int_equal(send_to(fd, payload + 2000, 3000, 0, PEER_IP, PEER_PORT), -EFAULT);
		host_forbid(payload, 1);
		assert_int_equal(send_to(fd, payload, 10, MSG_MORE, PEER_IP, PEER_PORT), -EFAULT);
		host_forbid(NULL, 0);
		assert_int_equal(eth0.sent_n, 0);
		assert_int_equal(send_to(fd, payload, 21, 0, PEER_IP, PEER_PORT), 21);
		assert_whole(payload, 21);
	}
}

/* ---- while it is pending ------------------------------------------------------------------ */

static void the_way_changes(void **state)
{
	struct route_spec detour = { .dst = cpu_to_be32(PEER_IP),
		.dst_len = 32,
		.via = cpu_to_be32(GATEWAY_IP),
		.type = RTN_UNICAST };
	const u8 *payload = noise(6, 300);

	up(true);
	more(payload, 200);
	assert_int_equal(ip_route_add(&init_net, &detour), 0);
	assert_int_equal(send_to(fd, payload + 200, 100, 0, PEER_IP, PEER_PORT), 100);
	assert_datagram(
		0, &(struct datagram){ .payload = payload, .len = 300, .mac = gateway_mac });
}

/* A router says that less fits, much less than what is there already: no fragment is longer. */
static void the_path_narrows(void **state)
{
	static const u32 first[] = { 1, 500, 1000, 1472, 1473, 4000 };

	up(true);
	for (u32 i = 0; i < ARRAY_SIZE(first); i++) {
		const u8 *payload = noise(7, 9000);
		u32 len = first[i] + 5000;
		long sent;

		more(payload, first[i]);
		pmtu_update(&init_net, cpu_to_be32(PEER_IP), ETH_DATA_LEN, PMTU_MIN);
		sent = send_to(fd, payload + first[i], 5000, 0, PEER_IP, PEER_PORT);
		if (sent < 0)
			assert_int_equal(sent, -EMSGSIZE);
		else
			assert_int_equal(
				assert_fragments(0,
					&(struct datagram){ .payload = payload, .len = len },
					PMTU_MIN),
				eth0.sent_n);
		for (u32 f = 0; f < eth0.sent_n; f++)
			assert_in_range(eth0.sent[f].len, 60, PMTU_MIN + 14);
		assert_int_equal(sent > 0, first[i] <= 1472);
		stack_step(1000);
		init_net.pmtu->n = 0;
		card_is(true, true);
	}
}

static void narrower_when_it_is_let_go(void **state)
{
	up(true);
	assert_int_equal(set_int(fd, SOL_UDP, UDP_CORK, 1), 0);
	assert_int_equal(send_to(fd, noise(8, 1000), 1000, 0, PEER_IP, PEER_PORT), 1000);
	pmtu_update(&init_net, cpu_to_be32(PEER_IP), ETH_DATA_LEN, PMTU_MIN);
	assert_int_equal(set_int(fd, SOL_UDP, UDP_CORK, 0), -EMSGSIZE);
	assert_int_equal(eth0.sent_n, 0);
}

/* Not connected any longer, and without a port: what is pending keeps the port it began with. */
static void disconnected(void **state)
{
	struct sockaddr_in to = inet_addr_of(PEER_IP, PEER_PORT), none = { .sin_family = 0 };
	u16 port;

	fd = udp_socket();
	up(true);
	assert_int_equal(sys_connect(fd, user(&to), sizeof(to)), 0);
	assert_int_equal(set_int(fd, SOL_UDP, UDP_CORK, 1), 0);
	port = inet_sk(sk_of(fd))->inet_num;
	assert_int_equal(sys_sendto(fd, user("muffin"), 6, 0, 0, 0), 6);
	assert_int_equal(sys_connect(fd, user(&none), sizeof(none)), 0);
	net_changed(&init_net);
	assert_int_equal(set_int(fd, SOL_UDP, UDP_CORK, 0), 0);
	assert_datagram(
		0, &(struct datagram){ .payload = (const u8 *)"muffin", .len = 6, .source = port });
}

/* ---- room --------------------------------------------------------------------------------- */

static void fill_ring(u32 leave)
{
	int other = udp_socket_at(0, 999);

	host_tick_clock(NSEC_PER_USEC);
	net_poll();
	eth0.stuck = true;
	while (eth0.dev.tx_room > leave)
		assert_int_equal(send_to(other, "x", 1, 0, PEER_IP, 9), 1);
	fake_forget(&eth0);
}

/* MSG_DONTWAIT answers EAGAIN, and nothing is lost: the same call may be made again. */
static void asked_not_to_wait(void **state)
{
	const u8 *payload = noise(9, 2000);

	up(true);
	more(payload, 1000);
	fill_ring(1);
	assert_int_equal(
		send_to(fd, payload + 1000, 1000, MSG_DONTWAIT, PEER_IP, PEER_PORT), -EAGAIN);
	eth0.stuck = false;
	assert_int_equal(send_to(fd, payload + 1000, 1000, MSG_DONTWAIT, PEER_IP, PEER_PORT), 1000);
	assert_whole(payload, 2000);
}

static void no_wait(void *arg)
{
	fail_msg("waits");
}

/* The last packets of the pool are enough: they are in the datagram when it leaves. */
static void the_last_packets_of_the_pool(void **state)
{
	struct sk_buff_head held = { .n = 0 };
	const u8 *payload = noise(10, 2000);

	up(true);
	more(payload, 1000);
	stack_take_packets(&held, 1);
	assert_int_equal(set_int(fd, SOL_UDP, UDP_CORK, 1), 0);
	assert_int_equal(send_to(fd, payload + 1000, 1000, MSG_DONTWAIT, PEER_IP, PEER_PORT), 1000);
	assert_int_equal(skb_pool.free_n, 0);
	host_on_idle(no_wait, NULL);
	assert_int_equal(set_int(fd, SOL_UDP, UDP_CORK, 0), 0);
	assert_whole(payload, 2000);
	stack_give_packets(&held);
}

static void unstick(void *arg)
{
	eth0.stuck = false;
}

/* All its fragments find room, not the first alone. */
static void let_go_with_a_full_ring(void **state)
{
	const u8 *payload = noise(11, 65507);

	up(true);
	assert_int_equal(set_int(fd, SOL_UDP, UDP_CORK, 1), 0);
	assert_int_equal(send_to(fd, payload, 65507, 0, PEER_IP, PEER_PORT), 65507);
	fill_ring(1);
	host_on_idle(unstick, NULL);
	assert_int_equal(set_int(fd, SOL_UDP, UDP_CORK, 0), 0);
	assert_whole(payload, 65507);
}

/* A socket that does not wait keeps it, corked as it was. */
static void not_let_go_with_a_full_ring(void **state)
{
	const u8 *payload = noise(12, 2000);

	up(true);
	fd_get(&init_task.files, fd)->flags |= O_NONBLOCK;
	assert_int_equal(set_int(fd, SOL_UDP, UDP_CORK, 1), 0);
	assert_int_equal(send_to(fd, payload, 1000, 0, PEER_IP, PEER_PORT), 1000);
	fill_ring(0);
	host_on_idle(no_wait, NULL);
	assert_int_equal(set_int(fd, SOL_UDP, UDP_CORK, 0), -EAGAIN);
	unstick(NULL);
	assert_int_equal(send_to(fd, payload + 1000, 1000, 0, PEER_IP, PEER_PORT), 1000);
	assert_int_equal(set_int(fd, SOL_UDP, UDP_CORK, 0), 0);
	assert_whole(payload, 2000);
}

static void change_and_unstick(void *arg)
{
	unstick(arg);
	net_changed(&init_net);
}

/* The tables change while its sender waits for room. */
static void tables_change_while_waiting(void **state)
{
	const u8 *payload = noise(12, 2000);

	up(true);
	assert_int_equal(set_int(fd, SOL_UDP, UDP_CORK, 1), 0);
	assert_int_equal(send_to(fd, payload, 2000, 0, PEER_IP, PEER_PORT), 2000);
	fill_ring(0);
	host_on_idle(change_and_unstick, NULL);
	assert_int_equal(set_int(fd, SOL_UDP, UDP_CORK, 0), 0);
	assert_whole(payload, 2000);
}

/* ---- cut into segments ----------------------------------------------------------------------- */

static void assert_cut(const u8 *payload, u32 len, u32 size)
{
	u32 i = 0;

	for (u32 at = 0; at < len || i == 0; at += size, i++)
		assert_datagram(i,
			&(struct datagram){ .payload = payload + at, .len = min(size, len - at) });
	assert_int_equal(eth0.sent_n, i);
	fake_forget(&eth0);
	net_poll();
}

/* total bytes in pieces, the last may be empty; by MSG_MORE, or let go by UDP_CORK. */
static void send_pieces(const u8 *payload, u32 total, u32 piece, bool corked)
{
	u32 at = min(piece, total);

	more(payload, at);
	set_int(fd, SOL_UDP, UDP_SEGMENT, 3); /* what it began with counts */
	for (; total - at > piece; at += piece)
		more(payload + at, piece);
	assert_int_equal(
		send_to(fd, payload + at, total - at, corked ? MSG_MORE : 0, PEER_IP, PEER_PORT),
		total - at);
	if (!corked)
		return;
	set_int(fd, SOL_UDP, UDP_CORK, 1);
	assert_int_equal(eth0.sent_n, 0);
	assert_int_equal(set_int(fd, SOL_UDP, UDP_CORK, 0), 0);
}

/* UDP_SEGMENT counts from the first byte of the first piece, not from the beginning of each. */
static void cut_from_pieces(void **state)
{
	static const u32 size[] = { 1, 7, 100, 1471, 1472 };
	static const u32 total[] = { 0, 1, 99, 100, 101, 1472, 5000, 60000 };
	static const u32 piece[] = { 1, 501, 1836, 4099 };

	for (u32 s = 0; s < ARRAY_SIZE(size); s++)
		for (u32 t = 0; t < ARRAY_SIZE(total); t++)
			for (u32 p = 0; p < ARRAY_SIZE(piece); p++) {
				const u8 *payload = noise(s + t + p, total[t]);

				if (total[t] / size[s] >= FAKE_RING || total[t] / piece[p] > 500)
					continue;
				up(p % 2);
				set_int(fd, SOL_UDP, UDP_SEGMENT, (int)size[s]);
				send_pieces(payload, total[t], piece[p], p / 2);
				assert_cut(payload, total[t], size[s]);
			}
}

/* As of one message; all that was pending is gone then. */
static void cut_refused(void **state)
{
	static const struct {
		u16 size;
		u32 first, second;
		long answer;
		bool no_check;
	} rows[] = {
		{ 2, 256, 1, -EINVAL, false }, /* 129 segments */
		{ 1473, 1400, 73, -EMSGSIZE, false },
		{ 2000, 1473, 0, -EMSGSIZE, false },
		{ 1000, 40000, 25508, -EMSGSIZE, false },
		{ 100, 150, 10, -EINVAL, true },
	};
	const u8 *payload = noise(1, 65000);

	up(false);
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		set_int(fd, SOL_UDP, UDP_SEGMENT, rows[i].size);
		set_int(fd, SOL_SOCKET, SO_NO_CHECK, rows[i].no_check);
		more(payload, rows[i].first);
		assert_int_equal(send_to(fd, payload, rows[i].second, 0, PEER_IP, PEER_PORT),
			rows[i].answer);
		set_int(fd, SOL_SOCKET, SO_NO_CHECK, 0);
		assert_int_equal(eth0.sent_n, 0);
		assert_int_equal(send_to(fd, payload, 50, 0, PEER_IP, PEER_PORT), 50);
		assert_cut(payload, 50, rows[i].size);
	}
	more(payload, 150);
	host_forbid(payload + 200, 1);
	assert_int_equal(send_to(fd, payload + 150, 100, 0, PEER_IP, PEER_PORT), -EFAULT);
	host_forbid(NULL, 0);
	assert_int_equal(send_to(fd, payload, 50, 0, PEER_IP, PEER_PORT), 50);
	assert_cut(payload, 50, 50);
}

/* With MSG_DONTWAIT EAGAIN comes before the last piece is taken, or before the first segment leaves. */
static void cut_without_room(void **state)
{
	const u8 *payload = noise(1, 1000);

	up(true);
	set_int(fd, SOL_UDP, UDP_SEGMENT, 100);
	more(payload, 950);
	fill_ring(9);
	assert_int_equal(send_to(fd, payload + 950, 50, MSG_DONTWAIT, PEER_IP, PEER_PORT), -EAGAIN);
	unstick(NULL);
	assert_int_equal(send_to(fd, payload + 950, 50, MSG_DONTWAIT, PEER_IP, PEER_PORT), 50);
	assert_cut(payload, 1000, 100);
}

static void cut_when_there_is_room(void **state)
{
	const u8 *payload = noise(1, 1000);

	up(true);
	set_int(fd, SOL_UDP, UDP_SEGMENT, 100);
	fd_get(&init_task.files, fd)->flags |= O_NONBLOCK;
	set_int(fd, SOL_UDP, UDP_CORK, 1);
	assert_int_equal(send_to(fd, payload, 1000, 0, PEER_IP, PEER_PORT), 1000);
	fill_ring(0);
	host_on_idle(no_wait, NULL);
	assert_int_equal(set_int(fd, SOL_UDP, UDP_CORK, 0), -EAGAIN);
	unstick(NULL);
	assert_int_equal(set_int(fd, SOL_UDP, UDP_CORK, 0), 0);
	assert_cut(payload, 1000, 100);
}

/* By lo segments may be longer than a packet of the pool. */
static void cut_for_lo(void **state)
{
	static u8 got[9000];
	const u8 *payload = noise(2, 20000);
	int to = udp_socket_at(0x7f000001, PEER_PORT);

	up(false);
	set_int(fd, SOL_UDP, UDP_SEGMENT, 9000);
	assert_int_equal(send_to(fd, payload, 12000, MSG_MORE, 0x7f000001, PEER_PORT), 12000);
	assert_int_equal(send_to(fd, payload + 12000, 8000, 0, 0x7f000001, PEER_PORT), 8000);
	for (u32 at = 0; at < 20000; at += 9000) {
		u32 len = min(9000u, 20000 - at);

		assert_int_equal(sys_recvfrom(to, user(got), 9000, 0, 0, 0), len);
		assert_memory_equal(got, payload + at, len);
	}
}

int main(void)
{
	const struct CMUnitTest udp_cork[] = {
		STACK_TEST(pieces),
		STACK_TEST(too_long_altogether),
		STACK_TEST(the_first_piece_decides),
		STACK_TEST(the_first_piece_still_decides),
		STACK_TEST(corked),
		STACK_TEST(more_than_its_share),
		STACK_TEST(closed_while_pending),
		STACK_TEST(faults),
		STACK_TEST(the_way_changes),
		STACK_TEST(the_path_narrows),
		STACK_TEST(narrower_when_it_is_let_go),
		STACK_TEST(disconnected),
		STACK_TEST(asked_not_to_wait),
		STACK_TEST(the_last_packets_of_the_pool),
		STACK_TEST(let_go_with_a_full_ring),
		STACK_TEST(not_let_go_with_a_full_ring),
		STACK_TEST(tables_change_while_waiting),
		STACK_TEST(cut_from_pieces),
		STACK_TEST(cut_refused),
		STACK_TEST(cut_without_room),
		STACK_TEST(cut_when_there_is_room),
		STACK_TEST(cut_for_lo),
	};

	return cmocka_run_group_tests(udp_cork, NULL, NULL);
}
