/* SPDX-License-Identifier: MIT
 * test_ip_input.c - what comes in: which packets are for us, and why each other one is not.
 * Not here: UDP's own checks (test_udp_input.c), special addresses (test_martians.c).
 * cmocka calls in; it changes a good frame in one place at a time.
 * Source: RFC 791 3.1; RFC 1122 3.2.1. */
#include "kernel/lib/string.h"
#include "tests/unit/stack.h"

enum {
	IP = 14,
	VERSION_IHL = IP,
	LEN = IP + 2,
	FRAG = IP + 6,
	PROTO = IP + 9,
	CHECK = IP + 10,
	SADDR = IP + 12,
	DADDR = IP + 16,
	FRAME_LEN = 48
};

static u8 frame[FAKE_FRAME_MAX];
static u32 len;

static void good(void)
{
	len = from_hex(FRAME_CRUMBS, frame);
	assert_int_equal(len, FRAME_LEN);
}

/* In it comes; exactly one packet more must have ended for this reason. */
static void assert_dropped(enum skb_drop_reason reason)
{
	u64 before = stack_dropped(reason);

	fake_inject(&eth0, frame, len);
	assert_int_equal(stack_dropped(reason), before + 1);
}

static void put32(u32 at, u32 value)
{
	put16(frame + at, (u16)(value >> 16));
	put16(frame + at + 2, (u16)value);
	fix_ip_checksum(frame);
}

static void delivered(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	inject_hex(FRAME_CRUMBS);
	inject_hex(FRAME_CRUMBS_OPTIONS);
	assert_int_equal(sk_of(fd)->sk_receive_queue.n, 2);
	assert_int_equal(init_net.mib.ip_in_receives, 2);
	assert_int_equal(init_net.mib.ip_in_delivers, 2);
}

static void malformed_headers(void **state)
{
	good();
	for (len = IP; len < IP + 20; len++) /* the header itself is cut off */
		assert_dropped(SKB_DROP_HEADER);
	good();
	frame[VERSION_IHL] = 0x65;
	assert_dropped(SKB_DROP_HEADER);
	good();
	frame[VERSION_IHL] = 0x44; /* shorter than a header can be */
	assert_dropped(SKB_DROP_HEADER);
	good();
	frame[VERSION_IHL] = 0x4f; /* longer than the packet says it is */
	assert_dropped(SKB_DROP_HEADER);
	good();
	put16(frame + LEN, 19);
	fix_ip_checksum(frame);
	assert_dropped(SKB_DROP_HEADER);
	good();
	put16(frame + LEN, FRAME_LEN - IP + 1); /* longer than what came */
	fix_ip_checksum(frame);
	assert_dropped(SKB_DROP_HEADER);
}

static void header_longer_than_the_frame(void **state)
{
	good();
	frame[VERSION_IHL] = 0x4f;
	put16(frame + LEN, 60);
	assert_dropped(SKB_DROP_HEADER);
}

static void every_wrong_bit_is_seen(void **state)
{
	udp_socket_at(0, OUR_PORT);
	for (u32 bit = 0; bit < 160; bit++) {
		good();
		frame[IP + bit / 8] ^= (u8)(1 << bit % 8);
		fake_inject(&eth0, frame, len);
	}
	assert_int_equal(init_net.mib.ip_in_delivers, 0);
	assert_int_equal(stack_dropped(SKB_DROP_CHECKSUM) + stack_dropped(SKB_DROP_HEADER), 160);
}

static void unknown_protocol(void **state)
{
	good();
	frame[PROTO] = 6;
	fix_ip_checksum(frame);
	assert_dropped(SKB_DROP_UNKNOWN_PROTOCOL);
}

/* Its sender is told (RFC 1122 3.2.2.1), by the packet's bytes; no other sender ever is. */
static void unknown_protocol_is_told(void **state)
{
	stack_know_peer();
	for (u32 payload = 0; payload <= 14; payload++) {
		u8 quote = (u8)min(payload, 8u);

		good();
		frame[PROTO] = 47;
		put16(frame + LEN, (u16)(20 + payload));
		fix_ip_checksum(frame);
		len = IP + 20 + payload;
		fake_forget(&eth0);
		assert_dropped(SKB_DROP_UNKNOWN_PROTOCOL);
		assert_int_equal(eth0.sent_n, 1);
		assert_memory_equal(eth0.sent[0].bytes + DADDR, frame + SADDR, 4);
		assert_int_equal(get16(eth0.sent[0].bytes + LEN), 20 + 8 + 20 + quote);
		assert_memory_equal(eth0.sent[0].bytes + IP + 20, "\3\2", 2);
		assert_memory_equal(eth0.sent[0].bytes + IP + 28, frame + IP, 20 + quote);
		assert_int_equal(rfc1071(eth0.sent[0].bytes + IP + 20, 8 + 20 + quote, 0), 0);
	}
}

/* The bound is that of all complaints together. */
static void unknown_protocols_are_told_seldom(void **state)
{
	stack_know_peer();
	host_advance_clock(NSEC_PER_SEC);
	for (u32 i = 0; i < 150; i++) {
		good();
		if (i % 2)
			frame[PROTO] = 47;
		fix_ip_checksum(frame);
		fake_inject(&eth0, frame, len);
		net_poll();
	}
	assert_int_equal(eth0.sent_n, 100);
}

static void unknown_protocol_to_many_is_not(void **state)
{
	static const u32 many[] = { 0x0a0000ff, 0xffffffff, 0xe0000001 };

	stack_know_peer();
	for (u32 i = 0; i < 2 * ARRAY_SIZE(many); i++) {
		good();
		frame[PROTO] = 47;
		if (i % 2)
			memset(frame, 0xff, 6);
		put32(DADDR, many[i / 2]);
		assert_dropped(SKB_DROP_UNKNOWN_PROTOCOL);
	}
	good();
	frame[PROTO] = 47;
	fix_ip_checksum(frame);
	memset(frame, 0xff, 6); /* to us alone, in a broadcast frame */
	assert_dropped(SKB_DROP_UNKNOWN_PROTOCOL);
	assert_int_equal(eth0.sent_n, 0);
}

static void not_for_us(void **state)
{
	static const u32 strange[] = { PEER_IP, 0x0a000101, 0x7f000001, 0x08080808 };

	for (u32 i = 0; i < ARRAY_SIZE(strange); i++) {
		good();
		put32(DADDR, strange[i]);
		assert_dropped(SKB_DROP_NOT_LOCAL);
	}
	good();
	frame[5] = 9; /* to another card */
	assert_dropped(SKB_DROP_OTHERHOST);
}

/* RFC 7126 4.3.5, 4.4.5: source routes are dropped, where they end here, too; others' lengths are believed
 * only if they can be. */
static void options(void **state)
{
	static const struct {
		u8 bytes[8];
		enum skb_drop_reason reason;
	} rows[] = {
		{ { 131, 7, 4, 10, 0, 0, 1, 0 },
			SKB_DROP_SOURCE_ROUTE }, /* another hop is to come */
		{ { 131, 7, 8, 10, 0, 0, 1, 0 }, SKB_DROP_SOURCE_ROUTE }, /* it ends here */
		{ { 137, 7, 8, 10, 0, 0, 1, 0 }, SKB_DROP_SOURCE_ROUTE },
		{ { 1, 1, 1, 1, 131, 3, 4, 0 }, SKB_DROP_SOURCE_ROUTE },
		{ { 148, 4, 0, 0, 137, 3, 4, 0 }, SKB_DROP_SOURCE_ROUTE },
		{ { 7, 7, 8, 10, 0, 0, 1, 0 }, SKB_NOT_DROPPED_YET }, /* a route that is recorded */
		{ { 0, 131, 7, 4, 10, 0, 0, 1 },
			SKB_NOT_DROPPED_YET }, /* behind the end nothing counts */
		{ { 7, 1, 0, 0, 0, 0, 0, 0 }, SKB_DROP_HEADER },
		{ { 7, 0, 0, 0, 0, 0, 0, 0 }, SKB_DROP_HEADER },
		{ { 7, 9, 0, 0, 0, 0, 0, 0 }, SKB_DROP_HEADER },
		{ { 1, 1, 1, 1, 1, 1, 1, 7 }, SKB_DROP_HEADER },
		{ { 1, 1, 1, 1, 1, 1, 1, 131 }, SKB_DROP_SOURCE_ROUTE },
	};
	int fd = udp_socket_at(0, OUR_PORT);

	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		len = from_hex(FRAME_CRUMBS_OPTIONS, frame);
		memcpy(frame + IP + 20, rows[i].bytes, 8);
		fix_ip_checksum(frame);
		if (rows[i].reason != SKB_NOT_DROPPED_YET)
			assert_dropped(rows[i].reason);
		else
			fake_inject(&eth0, frame, len);
	}
	assert_int_equal(sk_of(fd)->sk_receive_queue.n, 2);
	assert_int_equal(eth0.sent_n, 0);
}

static void broadcast_and_groups(void **state)
{
	static const u32 everybody[] = { 0x0a0000ff, 0xffffffff, 0xe0000001 };
	int fd = udp_socket_at(0, OUR_PORT);

	for (u32 i = 0; i < ARRAY_SIZE(everybody); i++) {
		good();
		memset(frame, 0xff, 6);
		put16(frame + IP + 26, 0); /* UDP without checksum */
		put32(DADDR, everybody[i]);
		fake_inject(&eth0, frame, len);
	}
	assert_int_equal(sk_of(fd)->sk_receive_queue.n, 3);
}

/* Ethernet pads short frames; the padding is not payload. */
static void padding_is_cut_off(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);
	char buf[64];

	good();
	memset(frame + len, 0xee, 12);
	len = 60;
	fake_inject(&eth0, frame, len);
	assert_int_equal(sys_recvfrom(fd, user(buf), sizeof(buf), MSG_DONTWAIT, 0, 0), 6);
	assert_memory_equal(buf, "crumbs", 6);
}

/* ---- Ethernet ------------------------------------------------------------------------------ */

static void frames_that_are_none(void **state)
{
	good();
	for (len = 0; len < ETH_HLEN; len++)
		assert_dropped(SKB_DROP_HEADER);
	good();
	put16(frame + 12, 0x86dd);
	assert_dropped(SKB_DROP_UNKNOWN_PROTOCOL);
	assert_int_equal(eth0.dev.stats.rx_packets, ETH_HLEN + 1);
}

/* The frame with tags between its addresses and its type. */
static void tagged(const char *tags)
{
	u8 tag[64];
	u32 n = from_hex(tags, tag);

	good();
	memmove(frame + 12 + n, frame + 12, len - 12);
	memcpy(frame + 12, tag, n);
	len += n;
}

/* IEEE 802.1Q 9.6: a priority without a VLAN is no reason to drop; what is of a VLAN is not for us. */
static void tags(void **state)
{
	static const struct {
		const char *tags;
		enum skb_drop_reason reason;
	} rows[] = {
		{ "81000000", SKB_NOT_DROPPED_YET },
		{ "8100e000", SKB_NOT_DROPPED_YET }, /* priority 7 */
		{ "8100f000", SKB_NOT_DROPPED_YET }, /* and may be dropped first */
		{ "88a80000", SKB_NOT_DROPPED_YET },
		{ "8100000081002000", SKB_NOT_DROPPED_YET },
		{ "88a800008100a000", SKB_NOT_DROPPED_YET },
		{ "81000001", SKB_DROP_VLAN },
		{ "8100efff", SKB_DROP_VLAN },
		{ "88a80800", SKB_DROP_VLAN },
		{ "8100000081000005", SKB_DROP_VLAN },
		{ "81000005", SKB_DROP_VLAN },
		{ "8100000086dd", SKB_DROP_UNKNOWN_PROTOCOL },
	};
	int fd = udp_socket_at(0, OUR_PORT);
	char buf[8];

	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		tagged(rows[i].tags);
		if (rows[i].reason != SKB_NOT_DROPPED_YET) {
			assert_dropped(rows[i].reason);
			continue;
		}
		fake_inject(&eth0, frame, len);
		assert_int_equal(sys_recvfrom(fd, user(buf), sizeof(buf), MSG_DONTWAIT, 0, 0), 6);
		assert_memory_equal(buf, "crumbs", 6);
	}
	for (u32 cut = 14; cut < 18; cut++) {
		tagged("81000000");
		len = cut;
		assert_dropped(SKB_DROP_HEADER);
	}
	assert_int_equal(sk_of(fd)->sk_receive_queue.n, 0);
}

int main(void)
{
	const struct CMUnitTest ip_input[] = {
		STACK_TEST(delivered),
		STACK_TEST(malformed_headers),
		STACK_TEST(header_longer_than_the_frame),
		STACK_TEST(every_wrong_bit_is_seen),
		STACK_TEST(unknown_protocol),
		STACK_TEST(unknown_protocol_is_told),
		STACK_TEST(unknown_protocols_are_told_seldom),
		STACK_TEST(unknown_protocol_to_many_is_not),
		STACK_TEST(not_for_us),
		STACK_TEST(options),
		STACK_TEST(broadcast_and_groups),
		STACK_TEST(padding_is_cut_off),
		STACK_TEST(frames_that_are_none),
		STACK_TEST(tags),
	};

	return cmocka_run_group_tests(ip_input, NULL, NULL);
}
