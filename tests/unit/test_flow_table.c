/* SPDX-License-Identifier: MIT
 * test_flow_table.c - flows share a table: each datagram has its own flow's headers, however many there are; rules
 * count and taps see what leaves by the fast path.
 * Not here: what makes one stale (test_flow_stale.c), all orders of everything (test_flow_oracle.c).
 * cmocka calls in; eth0 keeps its packets and does checksums.
 * Source: net/flow/flow_cache.h: the rules. */
#include "net/device/tap.h"
#include "net/flow/flow_cache.h"
#include "net/netfilter/nf_rules.h"
#include "net/socket/sockopt.h"
#include "tests/unit/datagrams.h"

#define LEN 20u

static u32 flows_max(void)
{
	return 1u << (64 - flow_table.shift);
}

/* One datagram from fd's port, and it is this one. Returns whether by the fast path. */
static bool goes_out(int fd, u16 source, u16 port, u32 len)
{
	u64 cached = init_net.mib.udp_out_cached;
	const u8 *payload = noise(port + len, len);

	fake_forget(&eth0);
	assert_int_equal(send_to(fd, payload, len, 0, PEER_IP, port), len);
	assert_int_equal(eth0.sent_n, 1);
	assert_datagram(
		0, &(struct datagram){
			   .payload = payload, .len = len, .port = port, .source = source });
	return init_net.mib.udp_out_cached > cached;
}

static void more_than_fit(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);
	u32 n = flows_max() + 100;

	stack_know_peer();
	card_is(true, true);
	for (u32 round = 0; round < 3; round++)
		for (u32 i = 0; i < n; i++)
			assert_true(goes_out(fd, 0, (u16)(1000 + i), LEN + i % 3));
}

/* The place of one socket's last flow is given to another socket's flow to the same destination. */
static void a_place_is_taken(void **state)
{
	int a = udp_socket_at(0, OUR_PORT), b = udp_socket_at(0, OUR_PORT + 1);
	u32 max = flows_max();

	stack_know_peer();
	card_is(true, true);
	goes_out(a, 0, PEER_PORT, LEN);
	for (u32 i = 1; i < max; i++)
		goes_out(b, OUR_PORT + 1, (u16)(10000 + i), LEN);
	assert_true(goes_out(a, 0, PEER_PORT, LEN));
	goes_out(b, OUR_PORT + 1, PEER_PORT, LEN);
	assert_true(goes_out(a, 0, PEER_PORT, LEN));
	assert_true(goes_out(b, OUR_PORT + 1, PEER_PORT, LEN));
}

static void closed_and_opened(void **state)
{
	stack_know_peer();
	card_is(true, true);
	for (u32 i = 0; i < 2 * flows_max(); i++) {
		int fd = udp_socket_at(0, (u16)(OUR_PORT + i % 7));

		assert_true(goes_out(fd, (u16)(OUR_PORT + i % 7), PEER_PORT, LEN));
		assert_int_equal(fd_close(&current->files, fd), 0);
	}
}

/* One destination, by three kinds of message in turn; each is this one's at once. */
static void control_messages(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);
	const u8 *payload = noise(1, LEN);
	static const int ttls[] = { 5, 6, 0, 5, 0, 6 };

	stack_know_peer();
	card_is(true, true);
	for (u32 i = 0; i < 4 * FAKE_RING; i++) {
		int ttl = ttls[i % ARRAY_SIZE(ttls)];
		struct message m;

		message_to(&m, payload, LEN, PEER_IP, PEER_PORT);
		if (ttl)
			message_control(&m, SOL_IP, IP_TTL, &ttl, sizeof(ttl));
		fake_forget(&eth0);
		assert_int_equal(message_send(fd, &m, 0), LEN);
		assert_datagram(
			0, &(struct datagram){
				   .payload = payload, .len = LEN, .ttl = (u8)(ttl ?: 64) });
	}
}

/* A batch to many ports, each with a length of its own. */
static void a_batch_to_many(void **state)
{
	static struct message m[3 * FAKE_RING / 4];
	static struct user_mmsghdr vec[ARRAY_SIZE(m)];
	static u8 payload[ARRAY_SIZE(m)][200];
	int fd = udp_socket_at(0, OUR_PORT);
	u32 n = ARRAY_SIZE(m);

	stack_know_peer();
	card_is(true, true);
	for (u32 round = 0; round < 5; round++) {
		u64 cached = init_net.mib.udp_out_cached;

		for (u32 i = 0; i < n; i++) {
			u32 len = (i * 7 + round * 31) % 200;

			memcpy(payload[i], noise(i + round, len), len);
			message_to(&m[i], payload[i], len, PEER_IP, (u16)(2000 + i % 11));
			vec[i] = m[i].m;
		}
		fake_forget(&eth0);
		assert_int_equal(sys_sendmmsg(fd, user(vec), n, 0), n);
		assert_int_equal(eth0.sent_n, n);
		for (u32 i = 0; i < n; i++) {
			u32 len = (i * 7 + round * 31) % 200;

			assert_datagram(i, &(struct datagram){ .payload = payload[i],
						   .len = len,
						   .port = (u16)(2000 + i % 11) });
			assert_int_equal(vec[i].len, len);
		}
		assert_int_equal(init_net.mib.udp_out_cached - cached, n);
	}
}

/* ---- rules ----------------------------------------------------------------------------------- */

static struct nf_rule to_port(u16 port, u32 verdict)
{
	struct nf_rule rule = nf_rule_any(verdict);

	nf_rule_bound(&rule, NF_LANE_DPORT, port, port);
	return rule;
}

static const struct nf_counter *counter(enum nf_inet_hooks hook, u32 i)
{
	return &nf_rule_list(&init_net, hook)->rules[i].counter;
}

static void rules_count(void **state)
{
	const enum nf_inet_hooks out = NF_INET_LOCAL_OUT, post = NF_INET_POST_ROUTING;
	struct nf_rule accept = to_port(PEER_PORT, NF_ACCEPT), other = to_port(9, NF_DROP);
	int fd = udp_socket_at(0, OUR_PORT);

	stack_know_peer();
	card_is(true, true);
	assert_int_equal(nf_rule_append(&init_net, out, &other), 0);
	assert_int_equal(nf_rule_append(&init_net, out, &accept), 0);
	assert_int_equal(nf_rule_append(&init_net, post, &other), 0);
	for (u32 i = 0; i < 10; i++)
		assert_true(goes_out(fd, 0, PEER_PORT, LEN));
	assert_int_equal(counter(out, 0)->packets, 0);
	assert_int_equal(counter(out, 1)->packets, 10);
	assert_int_equal(counter(out, 1)->bytes, 10 * (28 + LEN));
	assert_int_equal(counter(post, 1)->packets, 10); /* its policy */
	/* the list moves, and so does the rule's place in it */
	assert_int_equal(nf_rule_delete(&init_net, out, &other), 0);
	assert_true(goes_out(fd, 0, PEER_PORT, LEN));
	assert_int_equal(counter(out, 0)->packets, 11);
	assert_int_equal(counter(out, 1)->packets, 0);
	/* what is dropped takes the slow path */
	accept = to_port(PEER_PORT, NF_DROP);
	assert_int_equal(nf_rule_append(&init_net, post, &accept), 0);
	fake_forget(&eth0);
	assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT), -EPERM);
	assert_int_equal(eth0.sent_n, 0);
	assert_true(goes_out(fd, 0, PEER_PORT + 1, LEN));
	assert_int_equal(counter(out, 0)->packets, 12);
	for (enum nf_inet_hooks hook = 0; hook < NF_INET_NUMHOOKS; hook++)
		nf_rule_flush(&init_net, hook);
	assert_false(xmit_watched.enabled);
}

/* Segments and batches are counted one by one. */
static void rules_count_bursts(void **state)
{
	struct nf_rule accept = to_port(PEER_PORT, NF_ACCEPT);
	int fd = udp_socket_at(0, OUR_PORT);
	const u8 *payload = noise(3, 5 * LEN);
	struct message m;

	stack_know_peer();
	card_is(true, true);
	goes_out(fd, 0, PEER_PORT, LEN);
	assert_int_equal(nf_rule_append(&init_net, NF_INET_LOCAL_OUT, &accept), 0);
	message_to(&m, payload, 5 * LEN, PEER_IP, PEER_PORT);
	message_control(&m, SOL_UDP, UDP_SEGMENT, &(u16){ LEN }, sizeof(u16));
	for (u32 i = 1; i <= 3; i++) {
		assert_int_equal(message_send(fd, &m, 0), 5 * LEN);
		assert_int_equal(counter(NF_INET_LOCAL_OUT, 0)->packets, 5 * i);
	}
	nf_rule_flush(&init_net, NF_INET_LOCAL_OUT);
}

/* ---- taps ------------------------------------------------------------------------------------ */

static struct {
	u32 n, len;
	u8 bytes[FAKE_FRAME_MAX];
} seen;

static void look(struct packet_tap *tap, const struct sk_buff *skb, bool outgoing)
{
	seen.n++;
	seen.len = skb->len;
	memcpy(seen.bytes, skb->data, skb->len);
}

/* What a tap sees is what the card sends, but for padding. */
static void taps_see(void **state)
{
	struct packet_tap tap = { .fn = look };
	int fd = udp_socket_at(0, OUR_PORT);

	stack_know_peer();
	card_is(true, true);
	for (u32 i = 0; i < 3 * FAKE_RING; i++) {
		if (i == FAKE_RING)
			dev_add_tap(&tap);
		if (i == 2 * FAKE_RING)
			dev_remove_tap(&tap);
		seen.n = 0;
		assert_true(goes_out(fd, 0, PEER_PORT, i % 40));
		assert_int_equal(seen.n, i / FAKE_RING == 1);
		if (seen.n == 0)
			continue;
		assert_int_equal(seen.len, FRAME_HEADERS + i % 40);
		assert_memory_equal(seen.bytes, eth0.sent[0].bytes, seen.len);
		assert_false(eth0.desc[(eth0.dev.tx_next - 1) % FAKE_RING].csum_partial);
	}
}

int main(void)
{
	const struct CMUnitTest flow_table_tests[] = {
		STACK_TEST(more_than_fit),
		STACK_TEST(a_place_is_taken),
		STACK_TEST(closed_and_opened),
		STACK_TEST(control_messages),
		STACK_TEST(a_batch_to_many),
		STACK_TEST(rules_count),
		STACK_TEST(rules_count_bursts),
		STACK_TEST(taps_see),
	};

	return cmocka_run_group_tests(flow_table_tests, NULL, NULL);
}
