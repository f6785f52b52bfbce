/* SPDX-License-Identifier: MIT
 * test_ip_fragment.c - fragments that come in: put together in any order, once; given up when they overlap, contradict
 * each other, take too long, or are too many.
 * Not here: headers that are wrong (test_ip_input.c).
 * cmocka calls in.
 * Source: RFC 791 3.2, RFC 815, RFC 1122 3.3.2, RFC 5722. */
#include "kernel/lib/string.h"
#include "net/core/sock.h"
#include "tests/unit/datagrams.h"

#define UNIT      8u
#define MOST      65507u
#define PIECES    64u
#define FRAG_MS   30000u
#define IP_OFF    14
#define MF        0x2000u
#define HEADER(f) ((f) + IP_OFF)

static u8 whole[MOST + 8], room[70000], frame[1514];
static u32 whole_len; /* with UDP's header */

static void put32(u8 *at, u32 value)
{
	put16(at, (u16)(value >> 16));
	put16(at + 2, (u16)value);
}

/* A datagram of len bytes to OUR_PORT, with UDP's header and checksum. */
static void datagram(u32 len, u32 seed)
{
	const u32 pseudo = (PEER_IP >> 16) + (PEER_IP & 0xffff) + (OUR_IP >> 16) +
			   (OUR_IP & 0xffff) + 17 + len + 8;

	whole_len = len + 8;
	put16(whole, PEER_PORT);
	put16(whole + 2, OUR_PORT);
	put16(whole + 4, (u16)whole_len);
	put16(whole + 6, 0);
	for (u32 i = 0; i < len; i++)
		whole[8 + i] = (u8)((i + seed) * 2654435761u >> 13);
	put16(whole + 6, rfc1071(whole, whole_len, pseudo));
}

/* Bytes from..to of it in a packet with this identification; more: other fragments follow. */
static void comes(u16 id, u32 from, u32 to, bool more)
{
	u8 *ip = HEADER(frame);

	memset(frame, 0, sizeof(frame));
	memcpy(frame, eth0.dev.dev_addr, ETH_ALEN);
	memcpy(frame + ETH_ALEN, peer_mac, ETH_ALEN);
	put16(frame + 12, ETH_P_IP);
	ip[0] = 0x45;
	put16(ip + 2, (u16)(20 + to - from));
	put16(ip + 4, id);
	put16(ip + 6, (u16)(from / UNIT | (more ? MF : 0)));
	ip[8] = 64;
	ip[9] = 17;
	put32(ip + 12, PEER_IP);
	put32(ip + 16, OUR_IP);
	memcpy(ip + 20, whole + from, to - from);
	fix_ip_checksum(frame);
	fake_inject(&eth0, frame, IP_OFF + 20 + to - from);
}

static void part_comes(u16 id, u32 from, u32 to)
{
	comes(id, from, to, to < whole_len);
}

static long receive(int fd)
{
	memset(room, 0, sizeof(room));
	return sys_recvfrom(fd, user(room), sizeof(room), MSG_DONTWAIT, 0, 0);
}

static void assert_whole(int fd)
{
	assert_int_equal(receive(fd), whole_len - 8);
	assert_memory_equal(room, whole + 8, whole_len - 8);
	assert_int_equal(receive(fd), -EAGAIN);
}

/* The counters of /proc/net/snmp. */
static void assert_counted(u32 requests, u32 good, u32 fails, u32 timeouts)
{
	const struct net_mib *mib = &init_net.mib;

	assert_int_equal(mib->ip_reasm_reqds, requests);
	assert_int_equal(mib->ip_reasm_oks, good);
	assert_int_equal(mib->ip_reasm_fails, fails);
	assert_int_equal(mib->ip_reasm_timeout, timeouts);
}

static void in_order_and_backwards(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	datagram(3000, 1);
	part_comes(1, 0, 1480);
	part_comes(1, 1480, 2960);
	assert_int_equal(receive(fd), -EAGAIN);
	part_comes(1, 2960, whole_len);
	assert_whole(fd);
	part_comes(2, 2960, whole_len);
	part_comes(2, 1480, 2960);
	part_comes(2, 0, 1480);
	assert_whole(fd);
	assert_counted(6, 2, 0, 0);
	assert_int_equal(init_net.mib.ip_in_receives, 6);
	assert_int_equal(init_net.mib.ip_in_delivers, 2);
}

static void the_longest(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	datagram(MOST, 2);
	for (u32 at = 0; at < whole_len; at += 1480)
		part_comes(7, at, min(at + 1480, whole_len));
	assert_whole(fd);
}

/* Any cut, any order, some twice, several datagrams at once: each is delivered once. */
static void any_order(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	for (u32 round = 0; round < 400; round++) {
		struct {
			u32 from, to;
		} part[PIECES];
		u32 n = 0, at = 0;

		datagram(random_u32() % 5000, round);
		for (; at < whole_len && n + 1 < PIECES; n++) {
			u32 len = UNIT * (1 + random_u32() % 185);

			part[n].from = at;
			part[n].to = at = n + 2 == PIECES ? whole_len : min(at + len, whole_len);
			if (part[n].to - part[n].from > 1480)
				break;
		}
		if (at < whole_len)
			continue;
		for (u32 i = n; i-- > 1;) {
			u32 k = random_u32() % (i + 1);
			typeof(part[0]) swap = part[i];

			part[i] = part[k];
			part[k] = swap;
		}
		for (u32 i = 0; i < n; i++) {
			part_comes((u16)round, part[i].from, part[i].to);
			if (i + 1 < n && random_u32() % 4 == 0)
				part_comes((u16)round, part[i].from, part[i].to);
		}
		assert_whole(fd);
	}
	assert_int_equal(init_net.mib.ip_reasm_fails, 0);
}

/* RFC 5722: also where the bytes are the same. What comes after that begins anew. */
static void an_overlap_ends_it(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	datagram(3000, 3);
	part_comes(1, 0, 1480);
	part_comes(1, 1472, 2952);
	assert_counted(2, 0, 1, 0);
	assert_int_equal(stack_dropped(SKB_DROP_FRAGMENT), 2);
	part_comes(1, 2960, whole_len);
	part_comes(1, 1480, 2960);
	assert_int_equal(receive(fd), -EAGAIN);
	part_comes(1, 0, 1480);
	assert_whole(fd);
}

/* The same bytes once more, and parts of them, are left out. */
static void repeated(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	datagram(2000, 4);
	part_comes(1, 0, 1480);
	part_comes(1, 0, 1480);
	comes(1, 8, 160, true);
	part_comes(1, 1480, whole_len);
	assert_whole(fd);
	assert_counted(4, 1, 0, 0);
	assert_int_equal(stack_dropped(SKB_DROP_FRAGMENT), 2);
}

static void two_ends(void **state)
{
	static const u32 lens[][2] = { { 1480, 1600 }, { 1480, 1488 } };

	datagram(3000, 5);
	for (u32 i = 0; i < ARRAY_SIZE(lens); i++) {
		comes((u16)i, lens[i][0], lens[i][1] + 8, false);
		comes((u16)i, lens[i][0], lens[i][1], false);
		assert_int_equal(init_net.mib.ip_reasm_fails, i + 1);
	}
	comes(9, 1480, 1600, false);
	comes(9, 1600, 2000, true); /* behind the end */
	assert_int_equal(init_net.mib.ip_reasm_fails, 3);
	comes(10, 8, 15, true); /* less than a unit */
	assert_int_equal(init_net.mib.ip_reasm_fails, 4);
}

static void beyond_the_longest(void **state)
{
	datagram(3000, 6);
	comes(1, 0, 1480, true);
	memset(whole, 0, 100);
	put16(whole, 0);
	/* the last fragment ends at 8 * 8191 + 1480 */
	{
		u8 *ip = HEADER(frame);

		put16(ip + 6, 0x1fff);
		fix_ip_checksum(frame);
		fake_inject(&eth0, frame, sizeof(frame));
	}
	assert_int_equal(init_net.mib.ip_reasm_oks, 0);
	stack_step(FRAG_MS + 100);
	assert_int_equal(init_net.mib.ip_reasm_fails, 1);
}

/* RFC 1122 3.3.2: after half a minute, and only if the first fragment is there, the sender is told. */
static void too_late(void **state)
{
	stack_know_peer();
	datagram(3000, 7);
	part_comes(1, 0, 1480);
	part_comes(2, 1480, 2960);
	stack_step(FRAG_MS - 1000);
	assert_counted(2, 0, 0, 0);
	stack_step(2000);
	assert_counted(2, 0, 2, 2);
	assert_int_equal(init_net.mib.icmp_out_msgs, 1);
	assert_int_equal(eth0.sent_n, 1);
	assert_int_equal(eth0.sent[0].bytes[34], 11); /* time exceeded */
	assert_int_equal(eth0.sent[0].bytes[35], 1);  /* in reassembly */
	assert_memory_equal(eth0.sent[0].bytes + 42 + 20, whole, 8);
}

/* Fragments of datagrams that never become whole do not keep others from it, nor take the memory. */
static void many_that_lack_something(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	for (u32 id = 0; id < 2000; id++) {
		datagram(8000, id);
		for (u32 at = 0; at < 4 * 1480; at += 1480)
			part_comes((u16)(id + 100), at, at + 1480);
		assert_true(skb_pool.total_n - skb_pool.free_n <= skb_share_max());
	}
	datagram(3000, 8);
	part_comes(1, 1480, 2960);
	part_comes(1, 2960, whole_len);
	part_comes(1, 0, 1480);
	assert_whole(fd);
	stack_step(FRAG_MS + 100);
	assert_int_equal(init_net.mib.ip_reasm_fails, 2000);
}

static void its_device_goes(void **state)
{
	datagram(3000, 9);
	part_comes(1, 0, 1480);
	dev_close(&eth0.dev);
	assert_counted(1, 0, 1, 0);
	assert_int_equal(skb_pool.free_n, skb_pool.total_n);
	assert_int_equal(dev_open(&eth0.dev), 0);
}

int main(void)
{
	const struct CMUnitTest fragments[] = {
		STACK_TEST(in_order_and_backwards),
		STACK_TEST(the_longest),
		STACK_TEST(any_order),
		STACK_TEST(an_overlap_ends_it),
		STACK_TEST(repeated),
		STACK_TEST(two_ends),
		STACK_TEST(beyond_the_longest),
		STACK_TEST(too_late),
		STACK_TEST(many_that_lack_something),
		STACK_TEST(its_device_goes),
	};

	return cmocka_run_group_tests(fragments, NULL, NULL);
}
