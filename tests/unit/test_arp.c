/* SPDX-License-Identifier: MIT
 * test_arp.c - ARP's bytes: asking, answering, announcing, and what is not believed.
 * Not here: what the answers mean for waiting packets (test_neigh_queue.c).
 * cmocka calls in; frames come from scapy.
 * Source: RFC 826; RFC 5227 3. */
#include "kernel/lib/string.h"
#include "tests/unit/stack.h"

enum {
	AT_TYPE = 12,
	AT_ARP = 14,
	AT_OP = 20,
	AT_SHA = 22,
	AT_SIP = 28,
	AT_TIP = 38
};

/* The frame with one byte changed comes in. */
static void inject_changed(const char *hex, u32 at, u8 value)
{
	u8 frame[FAKE_FRAME_MAX];
	u32 len = from_hex(hex, frame);

	frame[at] = value;
	fake_inject(&eth0, frame, len);
}

static void inject_to_all(const char *hex)
{
	u8 frame[FAKE_FRAME_MAX];
	u32 len = from_hex(hex, frame);

	memset(frame, 0xff, ETH_ALEN);
	fake_inject(&eth0, frame, len);
}

static void answers_for_our_address(void **state)
{
	inject_hex(FRAME_ARP_ASKED);
	assert_int_equal(eth0.sent_n, 1);
	assert_frame(0, FRAME_ARP_ANSWER);
	stack_check_accounts();
}

/* RFC 5227 2.1.1: a host that probes has no address yet. */
static void answers_a_probe(void **state)
{
	u8 frame[FAKE_FRAME_MAX];
	u32 len = from_hex(FRAME_ARP_ASKED, frame);

	memset(frame + AT_SIP, 0, 4);
	fake_inject(&eth0, frame, len);
	assert_int_equal(eth0.sent_n, 1);
	assert_memory_equal(eth0.sent[0].bytes + AT_TIP, "\0\0\0\0", 4);
}

static void others_are_not_answered(void **state)
{
	inject_changed(FRAME_ARP_ASKED, AT_TIP + 3, 3);
	inject_changed(FRAME_ARP_ASKED, AT_OP + 1, 2);
	inject_changed(FRAME_ARP_ASKED, AT_OP + 1, 9);
	assert_int_equal(eth0.sent_n, 0);
}

static void strangers_teach_nothing(void **state)
{
	inject_hex(FRAME_ARP_ASKED);
	inject_hex(FRAME_ARP_ANSWERED);
	assert_null(neigh_lookup(init_net.arp_tbl, &eth0.dev, cpu_to_be32(PEER_IP)));
}

/* The host that is asked may ask first: its request is as good as an answer. */
static void request_answers_ours(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	send_to(fd, "muffin", 6, 0, PEER_IP, PEER_PORT);
	inject_hex(FRAME_ARP_ASKED);
	assert_frame(1, FRAME_MUFFIN);
	assert_frame(2, FRAME_ARP_ANSWER);
}

/* Only an answer to us proves that the way there and back works (RFC 4861 7.3.1's reason). */
static void only_answers_confirm(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);
	struct neighbour *n;

	send_to(fd, "muffin", 6, 0, PEER_IP, PEER_PORT);
	inject_hex(FRAME_ARP_ANSWERED);
	n = neigh_lookup(init_net.arp_tbl, &eth0.dev, cpu_to_be32(PEER_IP));
	stack_step(30100);
	assert_int_equal(n->nud_state, NUD_STALE);
	inject_hex(FRAME_ARP_ASKED);
	assert_int_equal(n->nud_state, NUD_STALE);
	inject_to_all(FRAME_ARP_ANSWERED);
	assert_int_equal(n->nud_state, NUD_STALE);
	inject_hex(FRAME_ARP_ANSWERED);
	assert_int_equal(n->nud_state, NUD_REACHABLE);
}

static void announcement(void **state)
{
	arp_announce(&eth0.dev);
	assert_int_equal(eth0.sent_n, 1);
	assert_frame(0, FRAME_ARP_ANNOUNCE);
	arp_announce(init_net.loopback_dev);
	inet_del_ifa(&eth0.dev, list_first_entry(&eth0.dev.ifa_list, struct in_ifaddr, list));
	arp_announce(&eth0.dev);
	assert_int_equal(eth0.sent_n, 1);
}

static void malformed(void **state)
{
	u8 frame[FAKE_FRAME_MAX];

	from_hex(FRAME_ARP_ASKED, frame);
	fake_inject(&eth0, frame, ETH_HLEN + 27);
	inject_changed(FRAME_ARP_ASKED, AT_ARP + 1, 6);  /* hardware: IEEE 802 */
	inject_changed(FRAME_ARP_ASKED, AT_ARP + 2, 9);  /* protocol */
	inject_changed(FRAME_ARP_ASKED, AT_ARP + 4, 8);  /* length of hardware addresses */
	inject_changed(FRAME_ARP_ASKED, AT_ARP + 5, 16); /* length of protocol addresses */
	inject_changed(FRAME_ARP_ASKED, AT_SHA, 1);      /* a group cannot be a sender */
	assert_int_equal(stack_dropped(SKB_DROP_ARP_INVALID), 6);
	assert_int_equal(eth0.sent_n, 0);
	inject_changed(FRAME_ARP_ANSWERED, 5, 7);
	assert_int_equal(stack_dropped(SKB_DROP_OTHERHOST), 1);
}

static void conflict_is_told(void **state)
{
	inject_changed(FRAME_ARP_ASKED, AT_SIP + 3, 1);
	assert_non_null(strstr(host_captured(), "uses our address"));
	assert_int_equal(eth0.sent_n, 0);
}

/* Any host on the link can cause it: once a second is enough. */
static void conflicts_are_told_seldom(void **state)
{
	const char *at;
	u32 n = 0;

	host_advance_clock(NSEC_PER_SEC);
	for (u32 i = 0; i < 300; i++) {
		inject_changed(FRAME_ARP_ASKED, AT_SIP + 3, 1);
		host_advance_clock(10 * NSEC_PER_MSEC);
	}
	for (at = host_captured(); (at = strstr(at, "uses our address")); at++)
		n++;
	assert_int_equal(n, 3);
}

/* A flood of requests and answers from thousands of strangers: the table does not grow, and what is sent
 * meanwhile leaves. */
static void flooded(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);
	u8 frame[FAKE_FRAME_MAX];
	u32 len = from_hex(FRAME_ARP_ASKED, frame), datagrams = 0;

	stack_know_peer();
	for (u32 i = 0; i < 5000; i++) {
		put16(frame + AT_SIP + 2, (u16)(0x1000 + i));
		frame[AT_OP + 1] = i % 2 ? 1 : 2;
		fake_inject(&eth0, frame, len);
		if (i % 10 == 0) {
			fake_forget(&eth0);
			datagrams += send_to(fd, "muffin", 6, 0, PEER_IP, PEER_PORT) == 6;
			assert_frame(eth0.sent_n - 1, FRAME_MUFFIN);
		}
		net_poll();
	}
	assert_int_equal(datagrams, 500);
	for (u32 i = 0; i < 5000; i++)
		assert_null(neigh_lookup(init_net.arp_tbl, &eth0.dev, cpu_to_be32(0x0a001000 + i)));
	stack_check_accounts();
}

static void no_packet_to_ask_with(void **state)
{
	struct sk_buff *taken = NULL, *skb;

	while ((skb = skb_alloc_reserved(0))) {
		skb->next = taken;
		taken = skb;
	}
	arp_announce(&eth0.dev);
	assert_int_equal(init_net.mib.arp_out, 0);
	while ((skb = taken)) {
		taken = skb->next;
		skb_release(skb);
	}
}

/* A full ring: ARP does not wait, the packet is dropped and counted. */
static void no_room_to_ask(void **state)
{
	eth0.stuck = true;
	while (eth0.dev.tx_room > 0)
		arp_announce(&eth0.dev);
	arp_announce(&eth0.dev);
	assert_int_equal(stack_dropped(SKB_DROP_TX_FULL), 1);
	assert_int_equal(eth0.dev.stats.tx_dropped, 1);
	stack_check_accounts();
}

int main(void)
{
	const struct CMUnitTest arp[] = {
		STACK_TEST(answers_for_our_address),
		STACK_TEST(answers_a_probe),
		STACK_TEST(others_are_not_answered),
		STACK_TEST(strangers_teach_nothing),
		STACK_TEST(request_answers_ours),
		STACK_TEST(only_answers_confirm),
		STACK_TEST(announcement),
		STACK_TEST(malformed),
		STACK_TEST(conflict_is_told),
		STACK_TEST(conflicts_are_told_seldom),
		STACK_TEST(flooded),
		STACK_TEST(no_packet_to_ask_with),
		STACK_TEST(no_room_to_ask),
	};

	return cmocka_run_group_tests(arp, NULL, NULL);
}
