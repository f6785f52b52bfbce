/* SPDX-License-Identifier: MIT
 * test_pieces.c - packets longer than one slot, and all that looks at them: packet sockets, their filters,
 * checks on the way in, ICMP, groups, copies.
 * Not here: the sockets' side (test_loopback.c), netfilter's queue (test_nfqueue.c), captures (test_pcap.c).
 * cmocka calls in; frames are built here byte by byte.
 * Source: RFC 768, RFC 791, RFC 792; packet(7). */
#include "kernel/lib/string.h"
#include "net/core/checksum.h"
#include "net/core/skb_owner.h"
#include "net/device/dev_config.h"
#include "net/packet/af_packet.h"
#include "net/socket/sockopt.h"
#include "tests/unit/datagrams.h"

#define LONGEST 65507u
#define IP      14
#define UDP     34
#define DATA    42

static u8 frame[70000], buf[70000];

/* ---- the pieces themselves ----------------------------------------------------------------- */

/* A packet of `first` and n more pieces of `each` bytes, which go on counting. */
static struct sk_buff *in_pieces(u32 first, u32 n, u32 each)
{
	struct sk_buff *skb = skb_alloc(SKB_NETWORK_OFF), **link = &skb->frags, *piece = skb;
	u32 at = 0;

	for (u32 i = 0; i <= n; i++) {
		u32 len = i ? each : first;

		if (i > 0) {
			piece = *link = skb_alloc(SKB_FRAME_OFF);
			piece->next = NULL;
			link = &piece->next;
			skb->frags_len = (u16)(skb->frags_len + each);
		}
		for (u8 *to = skb_put(piece, len), *end = to + len; to < end; at++)
			*to++ = (u8)(at * 7 + at / 256);
	}
	return skb;
}

static void assert_counts(const struct sk_buff *skb, u32 from, u32 len)
{
	u8 byte;

	assert_int_equal(skb_total_len(skb), len);
	for (u32 i = 0, at = from; i < len; i++, at++) {
		assert_true(skb_bits(skb, i, &byte, 1));
		assert_int_equal(byte, (u8)(at * 7 + at / 256));
	}
	assert_false(skb_bits(skb, len, &byte, 1));
}

/* From any place, any number of bytes, in all kinds of pieces. */
static void appended(void **state)
{
	static const u32 cut[] = { 0, 1, 99, 100, 101, 149, 150, 151, 2000, 5599, 5600 };
	struct sk_buff *from = in_pieces(100, 110, 50);

	for (u32 a = 0; a < ARRAY_SIZE(cut); a++)
		for (u32 b = a; b < ARRAY_SIZE(cut); b++) {
			struct sk_buff *to = skb_alloc(SKB_NETWORK_OFF);

			assert_int_equal(skb_append(to, from, cut[a], cut[b] - cut[a]), 0);
			assert_counts(to, cut[a], cut[b] - cut[a]);
			assert_true(skb_slot(to) + SKB_DATA_END >= to->data + to->len);
			consume_skb(to);
		}
	consume_skb(from);
}

static void copied_and_trimmed(void **state)
{
	static const u32 len[] = { 4600, 4599, 251, 250, 249, 100, 99, 0 };
	struct sk_buff *from = in_pieces(100, 30, 150);

	for (u32 i = 0; i < ARRAY_SIZE(len); i++) {
		struct sk_buff *copy;

		skb_trim(from, len[i]);
		assert_counts(from, 0, len[i]);
		copy = skb_copy(from);
		assert_non_null(copy);
		assert_counts(copy, 0, len[i]);
		for (u32 at = 0; at < len[i]; at++)
			buf[at] = (u8)(at * 7 + at / 256);
		assert_int_equal(
			be16_to_cpu(csum_fold(skb_checksum(copy, 0))), rfc1071(buf, len[i], 0));
		consume_skb(copy);
	}
	consume_skb(from);
}

/* Half of a copy is none, and leaves nothing behind. */
static void copied_with_few_packets(void **state)
{
	struct sk_buff *from = in_pieces(100, 30, 1000);
	struct sk_buff_head held = { .n = 0 };

	for (u32 left = 0; left < 16; left++) {
		stack_take_packets(&held, left);
		assert_null(skb_copy(from));
		assert_int_equal(skb_pool.free_n, left);
		stack_give_packets(&held);
	}
	consume_skb(from);
}

/* ---- packet sockets ------------------------------------------------------------------------ */

static int packet_socket(int type)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
		.sll_protocol = cpu_to_be16(ETH_P_IP),
		.sll_ifindex = init_net.loopback_dev->ifindex };
	long fd = sys_socket(AF_PACKET, (u64)type, cpu_to_be16(ETH_P_IP).raw);

	assert_true(fd >= 0);
	assert_int_equal(sys_bind((int)fd, user(&at), sizeof(at)), 0);
	return (int)fd;
}

static long take(int fd, size_t len)
{
	memset(buf, 0xa5, sizeof(buf));
	return sys_recvfrom(fd, user(buf), len, MSG_DONTWAIT, 0, 0);
}

/* A datagram to ourselves as lo has it; returns the frame's length. */
static u32 make_frame(const u8 *payload, u32 len)
{
	const u32 pseudo = 2 * 0x7f00 + 2 * 1 + 17 + len + 8;

	memset(frame, 0, DATA);
	frame[12] = 8;
	memcpy(frame + IP, "\x45\0\0\0\0\0\x40\0\x40\x11\0\0\x7f\0\0\1\x7f\0\0\1", 20);
	put16(frame + IP + 2, (u16)(len + 28));
	fix_ip_checksum(frame);
	put16(frame + UDP, PEER_PORT);
	put16(frame + UDP + 2, OUR_PORT);
	put16(frame + UDP + 4, (u16)(len + 8));
	memcpy(frame + DATA, payload, len);
	put16(frame + UDP + 6, rfc1071(frame + UDP, len + 8, pseudo));
	return DATA + len;
}

static long send_frame_now(int fd, size_t len, u32 flags)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
		.sll_protocol = cpu_to_be16(ETH_P_IP),
		.sll_ifindex = init_net.loopback_dev->ifindex,
		.sll_halen = ETH_ALEN };
	long sent = sys_sendto(fd, user(frame), len, flags, user(&to), sizeof(to));

	net_poll();
	return sent;
}

static long send_frame(int fd, size_t len)
{
	return send_frame_now(fd, len, 0);
}

static void send_datagram(const u8 *payload, u32 len)
{
	int fd = udp_socket_at(INADDR_LOOPBACK, PEER_PORT);

	assert_int_equal(send_to(fd, payload, len, 0, INADDR_LOOPBACK, OUR_PORT), len);
	net_poll();
	fd_close(&init_task.files, fd);
}

static void heard_whole(void **state)
{
	static const u32 lens[] = { 1472, SKB_FIRST_PIECE - 8, SKB_FIRST_PIECE - 7, 30001,
		LONGEST };
	int raw = packet_socket(SOCK_RAW), cooked = packet_socket(SOCK_DGRAM);

	udp_socket_at(0, OUR_PORT);
	for (u32 i = 0; i < ARRAY_SIZE(lens); i++) {
		u32 len = make_frame(noise(i, lens[i]), lens[i]);

		send_datagram(noise(i, lens[i]), lens[i]);
		assert_int_equal(take(raw, sizeof(buf)), len);
		assert_memory_equal(buf, frame, len);
		assert_int_equal(take(cooked, sizeof(buf)), len - IP);
		assert_memory_equal(buf, frame + IP, len - IP);
	}
}

/* Where lo's MTU is smaller a packet says that it could be fragmented, though it is not. */
static void heard_above_the_mtu(void **state)
{
	int raw = packet_socket(SOCK_RAW);

	udp_socket_at(0, OUR_PORT);
	assert_int_equal(dev_set_mtu(init_net.loopback_dev, 1500), 0);
	for (u32 len = 1472; len <= 9000; len += 7528) {
		send_datagram(noise(1, len), len);
		assert_int_equal(take(raw, sizeof(buf)), len + DATA);
		assert_int_equal(get16(buf + IP + 6), len > 1472 ? 0 : 0x4000);
		assert_int_equal(rfc1071(buf + IP, 20, 0), 0);
	}
}

/* What a filter reads, and how much it lets through. */
static void heard_by_filters(void **state)
{
	struct sock_filter program[] = { { 0x20, 0, 0, 60000 }, { 0x15, 0, 1, 0 },
		{ 0x06, 0, 0, 0 }, { 0x06, 0, 0, 0 } };
	struct {
		u16 len;
		u64 filter;
	} prog = { ARRAY_SIZE(program), user(program) };
	static const u32 wanted[] = { 1, 60, 1850, 1952, 2000, 40000, 262144 };
	int fd = packet_socket(SOCK_RAW);
	u32 len = make_frame(noise(1, LONGEST), LONGEST);

	udp_socket_at(0, OUR_PORT);
	program[1].k = (u32)get16(frame + 60000) << 16 | get16(frame + 60002);
	for (u32 i = 0; i < ARRAY_SIZE(wanted); i++) {
		u32 cut = min(len, wanted[i]);

		program[2].k = wanted[i];
		assert_int_equal(
			sys_setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, user(&prog), 16), 0);
		send_datagram(noise(1, LONGEST), LONGEST);
		send_datagram(noise(2, LONGEST), LONGEST); /* another word there */
		send_datagram(noise(1, 50000), 50000);     /* none at all */
		assert_int_equal(take(fd, sizeof(buf)), cut);
		assert_memory_equal(buf, frame, cut);
		assert_int_equal(take(fd, 1), -EAGAIN);
	}
}

/* What a packet socket puts on lo comes in as it is; what is not right about it is found. */
static void sent_and_checked(void **state)
{
	int raw = packet_socket(SOCK_RAW), in = udp_socket_at(0, OUR_PORT);
	struct sk_buff_head held = { .n = 0 };
	const u8 *payload = noise(1, LONGEST);
	u32 len = make_frame(payload, LONGEST);

	assert_int_equal(send_frame(raw, len), len);
	assert_int_equal(take(in, sizeof(buf)), LONGEST);
	assert_memory_equal(buf, payload, LONGEST);
	stack_take_packets(&held, 33);
	host_tick_clock(NSEC_PER_USEC);
	assert_int_equal(send_frame_now(raw, len, MSG_DONTWAIT), -EAGAIN);
	assert_int_equal(send_frame(raw, len), -ENOBUFS);
	assert_int_equal(skb_pool.free_n, 33);
	host_tick_clock(0);
	stack_give_packets(&held);
	frame[len - 1] ^= 1; /* the last byte of the last piece */
	assert_int_equal(send_frame(raw, len), len);
	assert_int_equal(stack_dropped(SKB_DROP_CHECKSUM), 1);
	frame[len - 1] ^= 1;
	assert_int_equal(send_frame(raw, len - 1), len - 1); /* shorter than it says */
	assert_int_equal(stack_dropped(SKB_DROP_HEADER), 1);
	assert_int_equal(take(in, 1), -EAGAIN);
	assert_int_equal(send_frame(raw, 65551), -EMSGSIZE);
	assert_int_equal(send_frame(raw, 65550), 65550);
	assert_int_equal(take(in, sizeof(buf)), LONGEST);
	stack_check_accounts();
}

/* A frame may be longer than its datagram, and that longer than UDP says: by bytes, and by pieces. */
static void longer_than_they_say(void **state)
{
	static const u32 lens[] = { 0, 1, 1786, SKB_FIRST_PIECE, 2001, 3800, 30000 };
	int raw = packet_socket(SOCK_RAW), in = udp_socket_at(0, OUR_PORT);

	for (u32 i = 0; i < ARRAY_SIZE(lens); i++)
		for (u32 more = 1; more <= 15001; more += 3000) {
			const u8 *payload = noise(i, lens[i]);
			u32 len = make_frame(payload, lens[i]);

			memset(frame + len, 0xee, 2 * more);
			put16(frame + IP + 2, (u16)(len - IP + more));
			fix_ip_checksum(frame);
			assert_int_equal(send_frame(raw, len + 2 * more), len + 2 * more);
			assert_int_equal(take(in, sizeof(buf)), lens[i]);
			assert_memory_equal(buf, payload, lens[i]);
		}
	stack_check_accounts();
}

/* ---- ICMP ---------------------------------------------------------------------------------- */

static void echoed(void **state)
{
	int raw = packet_socket(SOCK_RAW);
	u32 len = make_frame(noise(1, LONGEST), LONGEST);

	frame[IP + 9] = 1;
	fix_ip_checksum(frame);
	memcpy(frame + UDP, "\x08\0\0\0\x12\x34\0\1", 8);
	put16(frame + UDP + 2, rfc1071(frame + UDP, len - UDP, 0));
	assert_int_equal(send_frame(raw, len), len);
	net_poll();
	assert_int_equal(init_net.mib.icmp_out_msgs, 1);
	assert_int_equal(take(raw, sizeof(buf)), len); /* the request */
	assert_memory_equal(buf, frame, len);
	assert_int_equal(take(raw, sizeof(buf)), len);
	assert_int_equal(buf[UDP], 0);
	assert_int_equal(rfc1071(buf + UDP, len - UDP, 0), 0);
	assert_memory_equal(buf + UDP + 4, frame + UDP + 4, len - UDP - 4);
	put16(frame + IP + 2, (u16)(len - IP - 5000)); /* not all of the frame is the datagram */
	fix_ip_checksum(frame);
	put16(frame + UDP + 2, 0);
	put16(frame + UDP + 2, rfc1071(frame + UDP, len - UDP - 5000, 0));
	assert_int_equal(send_frame(raw, len), len);
	net_poll();
	assert_int_equal(init_net.mib.icmp_out_msgs, 2);
	assert_int_equal(take(raw, sizeof(buf)), len);
	assert_int_equal(take(raw, sizeof(buf)), len - 5000);
	frame[len - 5001] ^= 1;
	assert_int_equal(send_frame(raw, len), len);
	assert_int_equal(stack_dropped(SKB_DROP_CHECKSUM), 1);
	stack_check_accounts();
}

static void refused(void **state)
{
	struct sockaddr_in to = inet_addr_of(INADDR_LOOPBACK, OUR_PORT);
	int fd = udp_socket(), raw = packet_socket(SOCK_RAW);

	assert_int_equal(sys_connect(fd, user(&to), sizeof(to)), 0);
	assert_int_equal(sys_sendto(fd, user(noise(1, LONGEST)), LONGEST, 0, 0, 0), LONGEST);
	net_poll();
	net_poll();
	assert_int_equal(take(raw, sizeof(buf)), LONGEST + DATA);
	assert_int_equal(take(raw, sizeof(buf)), UDP + 8 + 28);
	assert_int_equal(get16(buf + UDP + 8 + 2), LONGEST + 28); /* the quoted header */
	assert_int_equal(take(fd, 1), -ECONNREFUSED);
	stack_check_accounts();
}

/* ---- several receivers --------------------------------------------------------------------- */

/* A group's datagram leaves in fragments, and every member here gets it whole. */
static void to_members_here(void **state)
{
	const struct {
		be32 group, address;
	} mreq = { cpu_to_be32(0xef010203), cpu_to_be32(OUR_IP) };
	struct sockaddr_in any = inet_addr_of(0, OUR_PORT);
	int member[3];

	for (u32 i = 0; i < 3; i++) {
		member[i] = udp_socket();
		set_int(member[i], SOL_SOCKET, SO_REUSEADDR, 1);
		assert_int_equal(sys_bind(member[i], user(&any), sizeof(any)), 0);
		assert_int_equal(sys_setsockopt(member[i], SOL_IP, IP_ADD_MEMBERSHIP, user(&mreq),
					 sizeof(mreq)),
			0);
	}
	fake_forget(&eth0);
	for (int ttl = 1; ttl >= 0; ttl--) {
		set_int(member[0], SOL_IP, IP_MULTICAST_TTL, ttl);
		assert_int_equal(
			send_to(member[0], noise(1, LONGEST), LONGEST, 0, 0xef010203, OUR_PORT),
			LONGEST);
		net_poll();
		for (u32 i = 0; i < 3; i++) {
			assert_int_equal(take(member[i], sizeof(buf)), LONGEST);
			assert_memory_equal(buf, noise(1, LONGEST), LONGEST);
			assert_int_equal(take(member[i], 1), -EAGAIN);
		}
		assert_int_equal(eth0.sent_n, 45);
	}
	assert_int_equal(init_net.loopback_dev->stats.rx_bytes, 2 * (LONGEST + 28));
	stack_check_accounts();
}

int main(void)
{
	const struct CMUnitTest pieces[] = {
		STACK_TEST(appended),
		STACK_TEST(copied_and_trimmed),
		STACK_TEST(copied_with_few_packets),
		STACK_TEST(heard_whole),
		STACK_TEST(heard_above_the_mtu),
		STACK_TEST(heard_by_filters),
		STACK_TEST(sent_and_checked),
		STACK_TEST(longer_than_they_say),
		STACK_TEST(echoed),
		STACK_TEST(refused),
		STACK_TEST(to_members_here),
	};

	return cmocka_run_group_tests(pieces, NULL, NULL);
}
