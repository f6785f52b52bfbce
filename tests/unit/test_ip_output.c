/* SPDX-License-Identifier: MIT
 * test_ip_output.c - IPv4 headers and fragments, as the wire sees them.
 * Not here: whole datagrams byte by byte (test_udp.c).
 * cmocka calls in; it puts fragments together again, by their bytes alone.
 * Source: RFC 791 3.1-3.2; RFC 6864 4. */
#include "kernel/lib/string.h"
#include "net/socket/sockopt.h"
#include "tests/unit/stack.h"

#define IP_MTU_DISCOVER 10

enum {
	AT_IP = 14,
	AT_LEN = 16,
	AT_ID = 18,
	AT_FRAG = 20,
	AT_PAYLOAD = 34
};
enum {
	MORE = 0x2000,
	DONT = 0x4000,
	OFFSET = 0x1fff
};

static u8 payload[65507], datagram[65536];

static void fill_payload(void)
{
	for (u32 i = 0; i < sizeof(payload); i++)
		payload[i] = (u8)(i * 7 + (i >> 8) * 13);
}

static const u8 *frame(u32 i)
{
	return eth0.sent[i].bytes;
}

/* Each piece must be right for itself; returns the IPv4 payload's length. The pieces may have come in
 * any order and each byte must come once. */
static u32 reassemble(u32 from, u32 mtu)
{
	static u8 seen[65536];
	u32 total = 0, got = 0;

	memset(seen, 0, sizeof(seen));
	for (u32 i = from; i < eth0.sent_n; i++) {
		u32 len = get16(frame(i) + AT_LEN) - 20u;
		u32 at = (get16(frame(i) + AT_FRAG) & OFFSET) * 8u;

		assert_int_equal(rfc1071(frame(i) + AT_IP, 20, 0), 0);
		assert_int_equal(get16(frame(i) + AT_ID), get16(frame(from) + AT_ID));
		assert_true(len + 20 <= mtu);
		if (get16(frame(i) + AT_FRAG) & MORE)
			assert_int_equal(len % 8, 0);
		else
			total = at + len;
		memcpy(datagram + at, frame(i) + AT_PAYLOAD, len);
		for (u32 j = at; j < at + len; j++, got++)
			assert_int_equal(seen[j]++, 0);
	}
	assert_int_equal(got, total);
	return total;
}

/* RFC 768's sum over the whole: pseudo-header, header, payload. */
static u16 udp_sum(u32 len)
{
	const u32 pseudo = 0x0a00 + 0x0001 + 0x0a00 + 0x0002 + 17 + len;

	return rfc1071(datagram, len, pseudo);
}

static void send_and_compare(int fd, u32 len, u32 mtu)
{
	fake_forget(&eth0);
	assert_int_equal(send_to(fd, payload, len, 0, PEER_IP, PEER_PORT), (long)len);
	assert_int_equal(reassemble(0, mtu), len + 8);
	assert_int_equal(get16(datagram + 4), len + 8);
	assert_int_equal(udp_sum(len + 8), 0);
	assert_memory_equal(datagram + 8, payload, len);
	stack_check_accounts();
}

static void every_length_around_the_edges(void **state)
{
	static const u32 lens[] = { 0, 1, 1471, 1472, 1473, 1474, 2951, 2952, 2953, 10001, 65506,
		65507 };
	int fd = udp_socket();

	stack_know_peer();
	fill_payload();
	for (u32 i = 0; i < ARRAY_SIZE(lens); i++)
		send_and_compare(fd, lens[i], 1500);
	assert_int_equal(eth0.sent_n, 45); /* ceil(65515 / 1480) */
	assert_int_equal(init_net.mib.ip_frag_creates, 0 + 1 + 1 + 1 + 1 + 2 + 6 + 44 + 44);
}

/* MTUs that are no multiple of eight leave room unused in all but the last piece. */
static void odd_mtus(void **state)
{
	static const u32 mtus[] = { 68, 576, 577, 1006, 1499 };
	int fd = udp_socket();

	stack_know_peer();
	fill_payload();
	for (u32 i = 0; i < ARRAY_SIZE(mtus); i++) {
		eth0.dev.mtu = mtus[i];
		net_changed(&init_net);
		send_and_compare(fd, 2048, mtus[i]);
	}
}

/* Below the device's: the route's own MTU. */
static void route_mtu(void **state)
{
	struct route_spec narrow = { .dst = cpu_to_be32(PEER_IP),
		.dst_len = 32,
		.type = RTN_UNICAST,
		.dev = &eth0.dev,
		.mtu = 600 };
	int fd = udp_socket();

	stack_know_peer();
	fill_payload();
	assert_int_equal(ip_route_add(&init_net, &narrow), 0);
	send_and_compare(fd, 1400, 600);
	assert_int_equal(eth0.sent_n, 3);
}

static void identification(void **state)
{
	int fd = udp_socket();
	u16 first;

	stack_know_peer();
	send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT);
	assert_int_equal(get16(frame(0) + AT_ID), 0);
	assert_int_equal(get16(frame(0) + AT_FRAG), DONT);
	assert_int_equal(set_int(fd, 0, IP_MTU_DISCOVER, IP_PMTUDISC_DONT), 0);
	for (u32 i = 0; i < 3; i++)
		send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT);
	first = get16(frame(1) + AT_ID);
	for (u32 i = 1; i < 4; i++) {
		assert_int_equal(get16(frame(i) + AT_FRAG), 0);
		assert_int_equal(get16(frame(i) + AT_ID), (u16)(first + i - 1));
		assert_int_equal(rfc1071(frame(i) + AT_IP, 20, 0), 0);
	}
	send_to(fd, payload, 3000, 0, PEER_IP, PEER_PORT);
	assert_int_equal(get16(frame(4) + AT_ID), (u16)(first + 3));
	assert_int_equal(get16(frame(5) + AT_ID), (u16)(first + 3));
}

/* A counter that wraps must not break the precomputed header sum. */
static void every_identification_has_its_checksum(void **state)
{
	int fd = udp_socket();

	stack_know_peer();
	assert_int_equal(set_int(fd, 0, IP_MTU_DISCOVER, IP_PMTUDISC_DONT), 0);
	for (u32 i = 0; i < 65537; i++) {
		fake_forget(&eth0);
		send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT);
		assert_int_equal(rfc1071(frame(0) + AT_IP, 20, 0), 0);
	}
}

/* More pieces than half the pool: such a datagram would starve everything else. */
static void too_many_pieces(void **state)
{
	int fd = udp_socket();

	stack_know_peer();
	eth0.dev.mtu = 68;
	net_changed(&init_net);
	assert_int_equal(send_to(fd, payload, 65507, 0, PEER_IP, PEER_PORT), -EMSGSIZE);
	assert_int_equal(init_net.mib.ip_out_requests, 0);
}

/* The message's memory ends in the middle: nothing is sent, nothing leaks. */
static void fault_in_the_middle(void **state)
{
	struct sockaddr_in to = inet_addr_of(PEER_IP, PEER_PORT);
	struct iovec iov[2] = { { payload, 3000 }, { (void *)8, 3000 } };
	struct {
		u64 name;
		u32 namelen, pad;
		u64 iov, iovlen, control, controllen;
		u32 flags, pad2;
	} msg = { user(&to), sizeof(to), 0, user(iov), 2, 0, 0, 0, 0 };
	int fd = udp_socket();

	stack_know_peer();
	assert_int_equal(sys_sendmsg(fd, user(&msg), 0), -EFAULT);
	assert_int_equal(eth0.sent_n, 0);
	eth0.dev.netdev_ops->ndo_reclaim(&eth0.dev);
	assert_int_equal(skb_pool.free_n, skb_pool.total_n);
}

/* A fragment that finds no room is dropped and counted, and the sender hears of it. */
static void ring_smaller_than_the_datagram(void **state)
{
	int fd = udp_socket();

	stack_know_peer();
	host_tick_clock(NSEC_PER_USEC);
	eth0.slots = 4;
	eth0.dev.tx_room = 4;
	assert_int_equal(send_to(fd, payload, 65507, 0, PEER_IP, PEER_PORT), -ENOBUFS);
	assert_int_equal(eth0.sent_n, 0);
	assert_int_equal(send_to(fd, payload, 65507, MSG_DONTWAIT, PEER_IP, PEER_PORT), -EAGAIN);
}

static void fragments_wait_together(void **state)
{
	int fd = udp_socket();

	fill_payload();
	assert_int_equal(send_to(fd, payload, 5000, 0, PEER_IP, PEER_PORT), 5000);
	assert_int_equal(init_net.mib.waiting, 1);
	assert_int_equal(sk_of(fd)->sk_refs, 2);
	inject_hex(FRAME_ARP_ANSWERED);
	assert_int_equal(reassemble(1, 1500), 5008);
	assert_memory_equal(datagram + 8, payload, 5000);
	assert_int_equal(sk_of(fd)->sk_refs, 1);
	assert_int_equal(sk_of(fd)->sk_wmem, 0);
}

int main(void)
{
	const struct CMUnitTest ip_output[] = {
		STACK_TEST(every_length_around_the_edges),
		STACK_TEST(odd_mtus),
		STACK_TEST(route_mtu),
		STACK_TEST(identification),
		STACK_TEST(every_identification_has_its_checksum),
		STACK_TEST(too_many_pieces),
		STACK_TEST(fault_in_the_middle),
		STACK_TEST(ring_smaller_than_the_datagram),
		STACK_TEST(fragments_wait_together),
	};

	return cmocka_run_group_tests(ip_output, NULL, NULL);
}
