/* SPDX-License-Identifier: MIT
 * test_udp_send.c - cached headers: every byte of the frames, for all that lay in their slots before, and
 * that every change below is noticed at once.
 * Not here: a datagram by itself (test_udp.c), many by one call (test_send_many.c), datagrams in pieces
 * (test_udp_cork.c).
 * cmocka calls in; it calls the system calls and looks at what the card got.
 * Source: RFC 768; design: cached, not skipped. */
#include "kernel/lib/string.h"
#include "net/device/qdisc.h"
#include "net/device/tap.h"
#include "net/netfilter/netfilter.h"
#include "net/socket/sockopt.h"
#include "net/udp/udp.h"
#include "tests/unit/datagrams.h"

/* Every kind of card that there is. */
static void on_each_card(void (*fn)(int fd))
{
	int fd = udp_socket_at(0, OUR_PORT);

	stack_know_peer();
	for (u32 kind = 0; kind < 4; kind++) {
		card_is(kind & 1, kind & 2);
		fill_with_junk(fd);
		fn(fd);
	}
}

static void send_one(int fd, u32 seed, u32 len)
{
	const u8 *payload = noise(seed, len);

	fake_forget(&eth0);
	assert_int_equal(send_to(fd, payload, len, 0, PEER_IP, PEER_PORT), len);
	assert_int_equal(eth0.sent_n, 1);
	assert_datagram(0, &(struct datagram){ .payload = payload, .len = len });
}

/* ---- all lengths, in any order ----------------------------------------------------------- */

static void every_length_on(int fd)
{
	u64 ready = init_net.mib.udp_out_cached;

	for (u32 len = 0; len <= PAYLOAD_MAX; len++) {
		send_one(fd, len, len);
		send_one(fd, ~len, len);
	}
	assert_int_equal(init_net.mib.udp_out_cached - ready, 2 * (PAYLOAD_MAX + 1));
}

static void every_length(void **state)
{
	on_each_card(every_length_on);
}

/* Three sockets, three destinations, lengths that share slots lap after lap. */
static void alternation_on(int fd)
{
	static const u32 ip[3] = { PEER_IP, FAR_IP, PEER_IP }, port[3] = { PEER_PORT, 53, 54 };
	int fds[3] = { fd, udp_socket_at(0, 7001), udp_socket_at(0, 7002) };
	static const u16 source[3] = { OUR_PORT, 7001, 7002 };
	u32 seed = 1;

	for (u32 i = 0; i < 3000; i++) {
		u32 s = (seed >> 8) % 3, d = (seed >> 12) % 3;
		u32 len = (seed >> 16) % 4 ? (seed >> 16) % 24 : (seed >> 16) % (PAYLOAD_MAX + 1);
		const u8 *payload = noise(i, len);

		fake_forget(&eth0);
		assert_int_equal(send_to(fds[s], payload, len, 0, ip[d], (u16)port[d]), len);
		assert_datagram(0, &(struct datagram){ .payload = payload,
					   .len = len,
					   .to = ip[d],
					   .port = (u16)port[d],
					   .source = source[s] });
		seed = seed * 1664525u + 1013904223u;
	}
	for (u32 i = 1; i < 3; i++)
		assert_int_equal(fd_close(&init_task.files, fds[i]), 0);
}

static void alternation(void **state)
{
	on_each_card(alternation_on);
}

/* With packets that stay nothing but the payload is written when a lap is over. */
static void a_steady_flow_goes_out_again(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	stack_know_peer();
	card_is(true, true);
	for (u32 i = 0; i < FAKE_RING; i++)
		send_one(fd, i, 18);
	eth0.again_n = 0;
	for (u32 i = 0; i < FAKE_RING; i++)
		assert_int_equal(sys_sendto(fd, user("muffinmuffinmuffin"), 18, 0,
					 user(&(struct sockaddr_in){ .sin_family = AF_INET,
						 .sin_addr = cpu_to_be32(PEER_IP),
						 .sin_port = cpu_to_be16(PEER_PORT) }),
					 16),
			18);
	assert_in_range(eth0.again_n, 1, FAKE_RING);
}

static u32 slots_that_hold(bool small)
{
	u32 n = 0;

	for (u32 i = 0; i < FAKE_RING; i++)
		n += eth0.slot[i] != &skb_none && skb_is_small(eth0.slot[i]) == small;
	return n;
}

/* What stays in the ring is of the size that is needed: long ones do not keep the pool's packets from
 * others for good, short ones lie close together. */
static void sizes_of_what_stays(void **state)
{
	static const u32 len[] = { 6, PAYLOAD_MAX, SKB_SMALL_FRAME - 42, SKB_SMALL_FRAME - 41, 0 };
	int fd = udp_socket_at(0, OUR_PORT);

	stack_know_peer();
	card_is(true, true);
	for (u32 k = 0; k < ARRAY_SIZE(len); k++) {
		bool small = len[k] + 42 <= SKB_SMALL_FRAME;

		for (u32 i = 0; i < FAKE_RING; i++)
			send_one(fd, i, len[k]);
		assert_int_equal(slots_that_hold(small), FAKE_RING);
		assert_int_equal(skb_pool.free_n, skb_pool.total_n - (small ? 0 : FAKE_RING));
	}
}

/* Two bytes that make the sum zero, and all that are near: the checksum is never sent as zero. */
static void zero_checksums_on(int fd)
{
	u32 zeros = 0;

	for (u32 word = 0; word < 65536; word++) {
		u8 payload[2] = { (u8)(word >> 8), (u8)word };

		if (eth0.sent_n == FAKE_FRAMES_MAX)
			fake_forget(&eth0);
		assert_int_equal(send_to(fd, payload, 2, 0, PEER_IP, PEER_PORT), 2);
		assert_int_not_equal(get16(eth0.sent[eth0.sent_n - 1].bytes + 40), 0);
		zeros += get16(eth0.sent[eth0.sent_n - 1].bytes + 40) == 0xffff;
	}
	assert_int_equal(zeros, 1);
}

static void zero_checksums(void **state)
{
	on_each_card(zero_checksums_on);
}

/* ---- what changes below ------------------------------------------------------------------- */

static const char text[] = "something to be sent";

static void send_text(int fd, struct datagram d)
{
	fake_forget(&eth0);
	assert_int_equal(send_to(fd, text, 20, 0, PEER_IP, PEER_PORT), 20);
	d.payload = (const u8 *)text;
	d.len = 20;
	assert_datagram(0, &d);
}

static void routes_and_neighbours_on(int fd)
{
	static const u8 other_mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 0x77 };

	struct fib_nh nh = { .gw = cpu_to_be32(GATEWAY_IP) };
	struct fib_config cfg = { .dst = cpu_to_be32(PEER_IP),
		.dst_len = 32,
		.type = RTN_UNICAST,
		.nhs = 1,
		.nlflags = FIB_CREATE };

	send_text(fd, (struct datagram){ .len = 0 });
	assert_int_equal(inet_rtm_newroute(&init_net, &cfg, &nh), 0);
	send_text(fd, (struct datagram){ .mac = gateway_mac });
	assert_int_equal(neigh_set_permanent(
				 init_net.arp_tbl, &eth0.dev, cpu_to_be32(GATEWAY_IP), other_mac),
		0);
	send_text(fd, (struct datagram){ .mac = other_mac });
	cfg.nhs = 0; /* with any hop */
	assert_int_equal(inet_rtm_delroute(&init_net, &cfg), 0);
	send_text(fd, (struct datagram){ .len = 0 });
	stack_know_peer();
}

static void routes_and_neighbours(void **state)
{
	on_each_card(routes_and_neighbours_on);
}

static void options_on(int fd)
{
	send_text(fd, (struct datagram){ .len = 0 });
	assert_int_equal(set_int(fd, SOL_IP, IP_TTL, 3), 0);
	send_text(fd, (struct datagram){ .ttl = 3 });
	assert_int_equal(set_int(fd, SOL_IP, IP_TOS, 0x28), 0);
	send_text(fd, (struct datagram){ .ttl = 3, .tos = 0x28 });
	assert_int_equal(set_int(fd, SOL_SOCKET, SO_NO_CHECK, 1), 0);
	send_text(fd, (struct datagram){ .ttl = 3, .tos = 0x28, .no_check = true });
	assert_int_equal(set_int(fd, SOL_SOCKET, SO_NO_CHECK, 0), 0);
	assert_int_equal(set_int(fd, SOL_IP, IP_TTL, 64), 0);
	assert_int_equal(set_int(fd, SOL_IP, IP_TOS, 0), 0);
	send_text(fd, (struct datagram){ .len = 0 });
	assert_int_equal(set_int(fd, SOL_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT), 0);
	fake_forget(&eth0);
	assert_int_equal(send_to(fd, text, 20, 0, PEER_IP, PEER_PORT), 20);
	assert_int_equal(get16(eth0.sent[0].bytes + 20), 0); /* a router may fragment it */
	assert_int_equal(set_int(fd, SOL_IP, IP_MTU_DISCOVER, IP_PMTUDISC_WANT), 0);
	send_text(fd, (struct datagram){ .len = 0 });
}

static void options(void **state)
{
	on_each_card(options_on);
}

static u32 seen_n;

static u32 count_and_drop(void *priv, struct sk_buff *skb, const struct nf_hook_state *s)
{
	seen_n++;
	return NF_DROP;
}

static void hear(struct packet_tap *tap, const struct sk_buff *skb, bool outgoing)
{
	seen_n += outgoing;
}

static void hooks_and_taps_on(int fd)
{
	static struct nf_hook_ops ops[] = {
		{ .hook = count_and_drop, .hooknum = NF_INET_LOCAL_OUT },
		{ .hook = count_and_drop, .hooknum = NF_INET_POST_ROUTING },
	};
	static struct packet_tap tap = { .fn = hear };

	seen_n = 0;
	for (u32 i = 0; i < ARRAY_SIZE(ops); i++) {
		send_text(fd, (struct datagram){ .len = 0 });
		nf_register_net_hook(&init_net, &ops[i]);
		assert_int_equal(send_to(fd, text, 20, 0, PEER_IP, PEER_PORT), -EPERM);
		assert_int_equal(seen_n, i + 1);
		nf_unregister_net_hook(&init_net, &ops[i]);
	}
	send_text(fd, (struct datagram){ .len = 0 });
	dev_add_tap(&tap);
	send_text(fd, (struct datagram){ .len = 0 });
	send_text(fd, (struct datagram){ .len = 0 });
	assert_int_equal(seen_n, 4);
	dev_remove_tap(&tap);
	send_text(fd, (struct datagram){ .len = 0 });
	assert_int_equal(seen_n, 4);
}

static void hooks_and_taps(void **state)
{
	on_each_card(hooks_and_taps_on);
}

static void queues_on(int fd)
{
	struct qdisc_spec spec = { .rate = 1, .packets = true, .burst = 1, .limit = 2 };

	send_text(fd, (struct datagram){ .len = 0 });
	assert_int_equal(dev_set_qdisc(&eth0.dev, &spec), 0);
	send_text(fd, (struct datagram){ .len = 0 }); /* the burst */
	fake_forget(&eth0);
	assert_int_equal(send_to(fd, text, 20, 0, PEER_IP, PEER_PORT), 20);
	assert_int_equal(eth0.sent_n, 0);
	stack_step(1100);
	assert_datagram(0, &(struct datagram){ .payload = (const u8 *)text, .len = 20 });
	assert_int_equal(dev_set_qdisc(&eth0.dev, NULL), 0);
	send_text(fd, (struct datagram){ .len = 0 });
}

static void queues(void **state)
{
	on_each_card(queues_on);
}

/* A socket that joins a group that is being sent to receives the next datagram. */
static void a_group_is_joined(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT), ear = udp_socket_at(0, PEER_PORT);
	be32 mreq[2] = { cpu_to_be32(0xef010203), cpu_to_be32(OUR_IP) };
	u8 room[32];

	card_is(true, true);
	assert_int_equal(send_to(fd, text, 20, 0, 0xef010203, PEER_PORT), 20);
	assert_int_equal(sys_recvfrom(ear, user(room), 32, MSG_DONTWAIT, 0, 0), -EAGAIN);
	assert_int_equal(sys_setsockopt(ear, SOL_IP, IP_ADD_MEMBERSHIP, user(mreq), 8), 0);
	assert_int_equal(eth0.sent_n, 2); /* and IGMP's report */
	fake_forget(&eth0);
	assert_int_equal(send_to(fd, text, 20, 0, 0xef010203, PEER_PORT), 20);
	assert_int_equal(sys_recvfrom(ear, user(room), 32, MSG_DONTWAIT, 0, 0), 20);
	assert_int_equal(eth0.sent_n, 1);
}

static void link_down_on(int fd)
{
	send_text(fd, (struct datagram){ .len = 0 });
	fake_set_link(&eth0, false);
	fake_forget(&eth0);
	assert_int_equal(send_to(fd, text, 20, MSG_DONTWAIT, PEER_IP, PEER_PORT), -EAGAIN);
	assert_int_equal(eth0.sent_n, 0);
	fake_set_link(&eth0, true);
	send_text(fd, (struct datagram){ .len = 0 });
}

static void link_goes_down(void **state)
{
	on_each_card(link_down_on);
}

/* ---- room --------------------------------------------------------------------------------- */

/* The ring full with the next slot at each of its places; afterwards all goes on in order. */
static void full_at_each_slot_on(int fd)
{
	for (u32 at = 0; at < FAKE_RING; at++) {
		eth0.stuck = true;
		fake_forget(&eth0);
		while (eth0.dev.tx_room > 0)
			assert_int_equal(send_to(fd, text, 20, 0, PEER_IP, PEER_PORT), 20);
		assert_int_equal(send_to(fd, text, 20, MSG_DONTWAIT, PEER_IP, PEER_PORT), -EAGAIN);
		assert_int_equal(eth0.dev.tx_next - eth0.clean, FAKE_RING);
		eth0.stuck = false;
		send_one(fd, at, at % 70);
		net_poll();
	}
}

static void full_at_each_slot(void **state)
{
	on_each_card(full_at_each_slot_on);
}

/* Packets that stay in their slots are enough when the pool has none. */
static void an_empty_pool(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);
	struct sk_buff_head held = { .n = 0 };

	stack_know_peer();
	host_tick_clock(NSEC_PER_USEC);
	card_is(true, true);
	fill_with_junk(fd);
	stack_take_packets(&held, 0);
	send_one(fd, 1, 30);
	send_one(fd, 2, 31);
	card_is(false, true);
	stack_take_packets(&held, 0);
	assert_int_equal(send_to(fd, text, 20, MSG_DONTWAIT, PEER_IP, PEER_PORT), -EAGAIN);
	assert_int_equal(send_to(fd, text, 20, 0, PEER_IP, PEER_PORT), -ENOBUFS);
	stack_give_packets(&held);
	send_one(fd, 3, 32);
}

/* ---- payloads that cannot be read --------------------------------------------------------- */

/* What was in the slot is of another length, and a fault leaves nothing of the next message there. */
static void faults_on(int fd)
{
	static const u32 lens[] = { 1, 2, 17, 18, 19, 64, 1000, PAYLOAD_MAX };

	for (u32 i = 0; i < ARRAY_SIZE(lens); i++)
		for (u32 bad = 0; bad < 3; bad++) {
			u32 len = lens[i];
			const u8 *payload = noise(i, len);

			send_one(fd, i, (len + 500) % PAYLOAD_MAX);
			send_one(fd, i, len);
			fake_forget(&eth0);
			host_forbid(payload + bad * (len - 1) / 2, 1);
			assert_int_equal(send_to(fd, payload, len, 0, PEER_IP, PEER_PORT), -EFAULT);
			assert_int_equal(eth0.sent_n, 0);
			host_forbid(NULL, 0);
			send_one(fd, i + 1, len);
		}
}

static void faults(void **state)
{
	on_each_card(faults_on);
}

/* Written with writev a message is the same as in one piece; its first piece alone is not it. */
static void pieces_by_writev(void **state)
{
	struct sockaddr_in to = inet_addr_of(PEER_IP, PEER_PORT);
	const u8 *payload = noise(5, 30);
	struct iovec iov[2] = { { (void *)(uintptr_t)payload, 7 },
		{ (void *)(uintptr_t)(payload + 7), 23 } };
	int fd = udp_socket_at(0, OUR_PORT);
	struct file *file = fd_get(&init_task.files, fd);

	stack_know_peer();
	card_is(true, true);
	assert_int_equal(sys_connect(fd, user(&to), sizeof(to)), 0);
	for (u32 i = 0; i < 3 * FAKE_RING; i++) {
		fake_forget(&eth0);
		assert_int_equal(file->ops->writev(file, user(iov), 2), 30);
		assert_int_equal(eth0.sent_n, 1);
		assert_datagram(0, &(struct datagram){ .payload = payload, .len = 30 });
		send_one(fd, i, 30);
	}
}

int main(void)
{
	const struct CMUnitTest udp_send[] = {
		STACK_TEST(every_length),
		STACK_TEST(alternation),
		STACK_TEST(a_steady_flow_goes_out_again),
		STACK_TEST(sizes_of_what_stays),
		STACK_TEST(zero_checksums),
		STACK_TEST(routes_and_neighbours),
		STACK_TEST(options),
		STACK_TEST(hooks_and_taps),
		STACK_TEST(queues),
		STACK_TEST(a_group_is_joined),
		STACK_TEST(link_goes_down),
		STACK_TEST(full_at_each_slot),
		STACK_TEST(an_empty_pool),
		STACK_TEST(faults),
		STACK_TEST(pieces_by_writev),
	};

	return cmocka_run_group_tests(udp_send, NULL, NULL);
}
