/* SPDX-License-Identifier: MIT
 * test_flow_stale.c - whatever makes a ready frame stale, each thing by itself: the very next datagram is
 * another, by send, by sendmmsg and by UDP_SEGMENT.
 * Not here: the bytes of frames that are ready, whatever their slots held (test_udp_send.c).
 * cmocka calls in; eth0 keeps its packets and does checksums, eth1 is a second card.
 * Source: design: cached, not skipped; net/flow_cache.h: what ends it. */
#include "tests/unit/datagrams.h"
#include "net/config/dev_config.h"
#include "net/config/ifaddr.h"
#include "net/config/nsfs.h"
#include "net/nf_queue.h"
#include "net/nf_rules.h"
#include "net/pmtu.h"
#include "net/sockopt.h"
#include "net/udp.h"

#define LEN      20u
#define TRAIN    3u
#define OTHER_IP 0x0a000055u /* a second address of ours */

enum way {
	SEND,    /* one, connected */
	MANY,    /* sendmmsg, each with its address */
	SEGMENT, /* UDP_SEGMENT by control message */
	WAYS
};

static struct fake_device eth1;
static int fds[WAYS];
static u32 dst;
static const u8 *payload;

/* ---- three senders ------------------------------------------------------------------------ */

static long send_many(int fd)
{
	struct sockaddr_in to = inet_addr_of(dst, PEER_PORT);
	struct user_mmsghdr vec[TRAIN] = { 0 };
	struct iovec iov[TRAIN];

	for (u32 i = 0; i < TRAIN; i++) {
		iov[i] = (struct iovec){ (void *)(uintptr_t)(payload + i * LEN), LEN };
		vec[i].hdr = (struct user_msghdr){
			.name = user(&to), .namelen = 16, .iov = user(&iov[i]), .iovlen = 1
		};
	}
	return sys_sendmmsg((u64)fd, user(vec), TRAIN, MSG_DONTWAIT);
}

static long send_train(int fd)
{
	struct message m;

	message_to(&m, payload, TRAIN * LEN, dst, PEER_PORT);
	message_control(&m, SOL_UDP, UDP_SEGMENT, &(u16){ LEN }, sizeof(u16));
	return message_send(fd, &m, MSG_DONTWAIT);
}

static long send_by(enum way way)
{
	static const u32 all[WAYS] = { LEN, TRAIN, TRAIN * LEN };
	long sent;

	payload = noise(way, TRAIN * LEN);
	fake_forget(&eth0);
	fake_forget(&eth1);
	sent = way == SEND   ? sys_sendto((u64)fds[way], user(payload), LEN, MSG_DONTWAIT, 0, 0)
	       : way == MANY ? send_many(fds[way])
			     : send_train(fds[way]);
	if (sent >= 0)
		assert_int_equal(sent, all[way]);
	return sent;
}

static u32 frames_of(enum way way)
{
	return way == SEND ? 1 : TRAIN;
}

/* ---- what they are to send ---------------------------------------------------------------- */

static void assert_by(enum way way, struct datagram d)
{
	assert_true(send_by(way) > 0);
	assert_int_equal(eth0.sent_n, frames_of(way));
	assert_int_equal(eth1.sent_n, 0);
	for (u32 i = 0; i < frames_of(way); i++) {
		d.payload = payload + i * LEN;
		d.len = LEN;
		d.to = dst;
		d.source = (u16)(OUR_PORT + way);
		assert_datagram(i, &d);
	}
	net_poll();
}

static void next_is(struct datagram d)
{
	for (u32 way = 0; way < WAYS; way++)
		assert_by(way, d);
}

static void next_fails(long err)
{
	for (u32 way = 0; way < WAYS; way++) {
		assert_int_equal(send_by(way), err);
		assert_int_equal(eth0.sent_n, 0);
	}
}

/* What is on eth0's wire, questions of ARP aside. */
static u32 datagrams_n(void)
{
	u32 n = 0;

	for (u32 i = 0; i < eth0.sent_n; i++)
		n += get16(eth0.sent[i].bytes + 12) == ETH_P_IP;
	return n;
}

/* Accepted, and not on eth0's wire: parked, queued, or by the other card. */
static void next_stays_away(void)
{
	for (u32 way = 0; way < WAYS; way++) {
		assert_true(send_by(way) > 0);
		assert_int_equal(datagrams_n(), 0);
	}
}

static u64 ready_n(void)
{
	return init_net.mib.udp_out_ready;
}

/* Each sender's frame is ready, and lies in the slots to come. */
static void warm_to(u32 ip)
{
	struct sockaddr_in to = inet_addr_of(ip, PEER_PORT);
	u64 before;

	dst = ip;
	for (u32 way = 0; way < WAYS; way++) {
		fds[way] = udp_socket_at(0, (u16)(OUR_PORT + way));
		assert_int_equal(set_int(fds[way], SOL_SOCKET, SO_BROADCAST, 1), 0);
	}
	stack_know_peer();
	card_is(true, true);
	assert_int_equal(sys_connect((u64)fds[SEND], user(&to), sizeof(to)), 0);
	next_is((struct datagram){ .len = 0 });
	for (u32 lap = 0; lap < FAKE_RING; lap++)
		next_is((struct datagram){ .len = 0 });
	before = ready_n();
	next_is((struct datagram){ .len = 0 });
	assert_int_equal(ready_n() - before, 1 + 2 * TRAIN);
}

static void warm(void)
{
	warm_to(PEER_IP);
}

static void set_all(int level, int name, int value)
{
	for (u32 way = 0; way < WAYS; way++)
		assert_int_equal(set_int(fds[way], level, name, value), 0);
}

static void second_card(void)
{
	fake_register(&eth1, &init_net, 2);
	assert_int_equal(inet_insert_ifa(&eth1.dev, cpu_to_be32(0x0a010001), 24), 0);
}

/* ---- the socket --------------------------------------------------------------------------- */

static void ttl_and_tos(void **state)
{
	warm();
	set_all(SOL_IP, IP_TTL, 3);
	next_is((struct datagram){ .ttl = 3 });
	set_all(SOL_IP, IP_TOS, 0x28);
	next_is((struct datagram){ .ttl = 3, .tos = 0x28 });
}

static void no_checksum(void **state)
{
	warm();
	set_all(SOL_SOCKET, SO_NO_CHECK, 1);
	assert_by(SEND, (struct datagram){ .no_check = true });
	assert_by(MANY, (struct datagram){ .no_check = true });
	assert_int_equal(send_by(SEGMENT), -EINVAL);
	set_all(SOL_SOCKET, SO_NO_CHECK, 0);
	next_is((struct datagram){ .len = 0 });
}

static void bound_to_a_device(void **state)
{
	second_card();
	warm();
	set_all(SOL_SOCKET, SO_BINDTOIFINDEX, eth1.dev.ifindex);
	next_stays_away();
	assert_int_equal(init_net.mib.parked, 1 + 2 * TRAIN);
	set_all(SOL_SOCKET, SO_BINDTOIFINDEX, 0);
	next_is((struct datagram){ .len = 0 });
}

static void paced(void **state)
{
	u64 rate = 60; /* a frame a second */

	warm();
	for (u32 way = 0; way < WAYS; way++) {
		assert_int_equal(sys_setsockopt((u64)fds[way], SOL_SOCKET, SO_MAX_PACING_RATE,
					 user(&rate), sizeof(rate)),
			0);
		assert_true(send_by(way) > 0);
		assert_int_equal(eth0.sent_n, 1);
		assert_true(send_by(way) > 0);
		assert_int_equal(eth0.sent_n, 0);
	}
}

static void cut_into_segments(void **state)
{
	warm();
	set_all(SOL_UDP, UDP_SEGMENT, LEN / 2);
	for (u32 way = 0; way < SEGMENT; way++) {
		assert_true(send_by(way) > 0);
		assert_int_equal(eth0.sent_n, 2 * frames_of(way));
	}
	assert_by(SEGMENT, (struct datagram){ .len = 0 }); /* its own wish goes first */
}

static void corked(void **state)
{
	warm();
	set_all(SOL_UDP, UDP_CORK, 1);
	for (u32 way = 0; way < SEGMENT; way++) {
		assert_true(send_by(way) > 0);
		assert_int_equal(eth0.sent_n, 0);
		fake_forget(&eth0);
		assert_int_equal(set_int(fds[way], SOL_UDP, UDP_CORK, 0), 0);
		assert_int_equal(eth0.sent_n, 1);
	}
}

static void shut_down(void **state)
{
	warm();
	for (u32 way = 0; way < WAYS; way++)
		sys_shutdown((u64)fds[way], 1);
	next_fails(-EPIPE);
}

static void broadcast_forbidden(void **state)
{
	static const u8 all[ETH_ALEN] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	warm();
	dst = 0x0a0000ff;
	for (u32 i = 0; i < 3; i++)
		assert_by(MANY, (struct datagram){ .mac = all });
	set_all(SOL_SOCKET, SO_BROADCAST, 0);
	assert_int_equal(send_by(MANY), -EACCES);
	assert_int_equal(send_by(SEGMENT), -EACCES);
}

static void connected_elsewhere(void **state)
{
	struct sockaddr_in to = inet_addr_of(FAR_IP, PEER_PORT), none = { .sin_family = 0 };

	warm();
	assert_int_equal(sys_connect((u64)fds[SEND], user(&to), sizeof(to)), 0);
	dst = FAR_IP;
	assert_by(SEND, (struct datagram){ .mac = gateway_mac });
	assert_int_equal(sys_connect((u64)fds[SEND], user(&none), sizeof(none)), 0);
	assert_int_equal(send_by(SEND), -EDESTADDRREQ);
}

/* A port that the socket did not ask for goes with the connection. */
static void another_port(void **state)
{
	struct sockaddr_in to = inet_addr_of(PEER_IP, PEER_PORT), none = { .sin_family = 0 };
	int fd = udp_socket();
	u16 first, second;

	warm();
	assert_int_equal(sys_connect((u64)fd, user(&to), sizeof(to)), 0);
	for (u32 i = 0; i < 3; i++)
		assert_int_equal(sys_sendto((u64)fd, user("x"), 1, 0, 0, 0), 1);
	first = get16(eth0.sent[eth0.sent_n - 1].bytes + 34);
	assert_int_equal(sys_connect((u64)fd, user(&none), sizeof(none)), 0);
	assert_int_equal(sys_sendto((u64)fd, user("x"), 1, 0, user(&to), sizeof(to)), 1);
	second = get16(eth0.sent[eth0.sent_n - 1].bytes + 34);
	assert_int_not_equal(first, second);
	assert_int_equal(inet_sk(sk_of(fd))->inet_num, second);
}

/* What is parked for somebody else fills SO_SNDBUF: nothing more is accepted, ready or not. */
static void send_buffer_full(void **state)
{
	warm();
	for (u32 way = 0; way < WAYS; way++) {
		struct message m;

		assert_int_equal(set_int(fds[way], SOL_SOCKET, SO_SNDBUF, 1), 0);
		assert_by(way, (struct datagram){ .len = 0 });
		do {
			message_to(&m, noise(0, 400), 400, 0x0a000042, 9);
			message_control(&m, SOL_IP, IP_TTL, &(s32){ 9 }, 4);
		} while (message_send(fds[way], &m, MSG_DONTWAIT) == 400);
		assert_false(udp_writable(sk_of(fds[way])));
		assert_int_equal(send_by(way), -EAGAIN);
	}
}

/* ---- addresses, routes, devices ------------------------------------------------------------ */

static void address_deleted(void **state)
{
	assert_int_equal(inet_insert_ifa(&eth0.dev, cpu_to_be32(OTHER_IP), 24), 0);
	warm();
	inet_del_ifa(&eth0.dev, inet_find_ifa(&eth0.dev, cpu_to_be32(OUR_IP), 24));
	dst = PEER_IP;
	assert_by(MANY, (struct datagram){ .from = OTHER_IP });
	assert_by(SEGMENT, (struct datagram){ .from = OTHER_IP });
	assert_int_equal(send_by(SEND), -EINVAL); /* connected: bound to it */
}

/* A nearer network, whose address is the better one to send from. */
static void address_added(void **state)
{
	warm();
	assert_int_equal(inet_insert_ifa(&eth0.dev, cpu_to_be32(0x0a000003), 30), 0);
	assert_by(SEND, (struct datagram){ .len = 0 });
	assert_by(MANY, (struct datagram){ .from = 0x0a000003 });
	assert_by(SEGMENT, (struct datagram){ .from = 0x0a000003 });
}

/* The peer's address becomes our own. */
static void address_is_ours(void **state)
{
	warm();
	assert_int_equal(inet_insert_ifa(&eth0.dev, cpu_to_be32(PEER_IP), 24), 0);
	next_stays_away();
}

static struct route_spec to_peer(u8 type)
{
	return (struct route_spec){ .dst = cpu_to_be32(PEER_IP),
		.dst_len = 32,
		.via = type == RTN_UNICAST ? cpu_to_be32(GATEWAY_IP) : BE32_ZERO,
		.type = type };
}

static void route_added(void **state)
{
	struct route_spec detour = to_peer(RTN_UNICAST);

	warm();
	assert_int_equal(ip_route_add(&init_net, &detour), 0);
	next_is((struct datagram){ .mac = gateway_mac });
}

static void route_deleted(void **state)
{
	struct route_spec detour = to_peer(RTN_UNICAST);
	struct fib_config cfg = { .dst = detour.dst, .dst_len = 32, .scope = RT_SCOPE_NOWHERE };

	assert_int_equal(ip_route_add(&init_net, &detour), 0);
	stack_know_peer();
	dst = PEER_IP;
	for (u32 way = 0; way < WAYS; way++)
		fds[way] = udp_socket_at(0, (u16)(OUR_PORT + way));
	card_is(true, true);
	for (u32 i = 0; i < 3; i++) {
		assert_by(MANY, (struct datagram){ .mac = gateway_mac });
		assert_by(SEGMENT, (struct datagram){ .mac = gateway_mac });
	}
	assert_int_equal(inet_rtm_delroute(&init_net, &cfg), 0);
	assert_by(MANY, (struct datagram){ .len = 0 });
	assert_by(SEGMENT, (struct datagram){ .len = 0 });
}

static void route_prohibits(void **state)
{
	struct route_spec wall = to_peer(RTN_PROHIBIT);

	warm();
	assert_int_equal(ip_route_add(&init_net, &wall), 0);
	next_fails(-EACCES);
}

static void device_down_and_up(void **state)
{
	warm();
	dev_close(&eth0.dev);
	next_fails(-ENETUNREACH);
	assert_int_equal(dev_open(&eth0.dev), 0);
	next_stays_away(); /* whose address has been forgotten */
	stack_know_peer();
	next_is((struct datagram){ .len = 0 });
}

static void device_in_another_namespace(void **state)
{
	struct net *net = nsfs_get("blue");

	warm();
	assert_int_equal(dev_change_net_namespace(&eth0.dev, net), 0);
	assert_int_equal(dev_open(&eth0.dev), 0);
	assert_true(eth0.dev.tx_room > 0);
	assert_int_equal(send_by(SEND), -EINVAL);
	assert_int_equal(send_by(MANY), -ENETUNREACH);
	assert_int_equal(send_by(SEGMENT), -ENETUNREACH);
	assert_int_equal(eth0.sent_n, 0);
	assert_int_equal(dev_change_net_namespace(&eth0.dev, &init_net), 0);
	assert_int_equal(dev_open(&eth0.dev), 0);
	assert_int_equal(inet_insert_ifa(&eth0.dev, cpu_to_be32(OUR_IP), 24), 0);
	stack_know_peer();
	next_is((struct datagram){ .len = 0 });
}

static void smaller_mtu(void **state)
{
	warm();
	assert_int_equal(dev_set_mtu(&eth0.dev, 68), 0);
	next_is((struct datagram){ .len = 0 });
	payload = noise(1, 49);
	for (u32 i = 0; i < 3; i++) { /* one byte too many, also when the frame was ready */
		assert_int_equal(dev_set_mtu(&eth0.dev, 77 - (i & 1)), 0);
		fake_forget(&eth0);
		assert_int_equal(sys_sendto((u64)fds[SEND], user(payload), 49, 0, 0, 0), 49);
		assert_int_equal(eth0.sent_n, 1 + (i & 1));
	}
}

static void path_mtu(void **state)
{
	const u8 *far = noise(1, 600);

	warm();
	for (u32 i = 0; i < 3; i++) {
		fake_forget(&eth0);
		assert_int_equal(sys_sendto((u64)fds[SEND], user(far), 600, 0, 0, 0), 600);
		assert_int_equal(eth0.sent_n, 1);
	}
	fake_forget(&eth0);
	pmtu_update(&init_net, cpu_to_be32(PEER_IP), PMTU_MIN);
	assert_int_equal(sys_sendto((u64)fds[SEND], user(far), 600, 0, 0, 0), 600);
	assert_int_equal(eth0.sent_n, 2);
	host_advance_clock(PMTU_EXPIRES_NS);
	net_poll();
	fake_forget(&eth0);
	assert_int_equal(sys_sendto((u64)fds[SEND], user(far), 600, 0, 0, 0), 600);
	assert_int_equal(eth0.sent_n, 1);
}

/* ---- neighbours --------------------------------------------------------------------------- */

static const u8 other_mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 0x77 };

static struct neighbour *peer(void)
{
	return neigh_lookup(init_net.arp_tbl, &eth0.dev, cpu_to_be32(PEER_IP));
}

static void peer_is(const u8 mac[ETH_ALEN], u16 state)
{
	assert_int_equal(
		neigh_set(init_net.arp_tbl, &eth0.dev, cpu_to_be32(PEER_IP), mac, state), 0);
}

static void neighbour_replaced(void **state)
{
	warm();
	peer_is(other_mac, NUD_PERMANENT);
	next_is((struct datagram){ .mac = other_mac });
	neigh_delete(peer());
	next_stays_away();
	assert_int_equal(init_net.mib.parked, 1 + 2 * TRAIN);
}

/* Its half minute is over: it is used and asked again; when it does not answer, it is gone. */
static void neighbour_grows_old(void **state)
{
	warm();
	peer_is(peer_mac, NUD_REACHABLE);
	next_is((struct datagram){ .len = 0 });
	host_advance_clock(NEIGH_REACHABLE_NS);
	net_poll();
	assert_int_equal(peer()->nud_state, NUD_STALE);
	next_is((struct datagram){ .len = 0 });
	assert_int_equal(peer()->nud_state, NUD_DELAY);
	stack_step(20000);
	assert_int_equal(peer()->nud_state, NUD_FAILED);
	next_stays_away();
}

/* It says by itself that it has moved. */
static void neighbour_moves(void **state)
{
	warm();
	peer_is(peer_mac, NUD_REACHABLE);
	next_is((struct datagram){ .len = 0 });
	host_advance_clock(NEIGH_LOCK_NS);
	neigh_update(peer(), other_mac, false);
	next_is((struct datagram){ .mac = other_mac });
}

static void gateway_moves(void **state)
{
	warm();
	dst = FAR_IP;
	for (u32 i = 0; i < 3; i++)
		assert_by(MANY, (struct datagram){ .mac = gateway_mac });
	assert_int_equal(neigh_set(init_net.arp_tbl, &eth0.dev, cpu_to_be32(GATEWAY_IP), other_mac,
				 NUD_PERMANENT),
		0);
	assert_by(MANY, (struct datagram){ .mac = other_mac });
}

/* So many neighbours that the flow's makes room, and somebody else stands in its place. */
static void neighbour_makes_room(void **state)
{
	struct neighbour *before;
	u32 others = 0;

	warm();
	peer_is(peer_mac, NUD_REACHABLE);
	next_is((struct datagram){ .len = 0 });
	before = peer();
	while (peer()) {
		host_advance_clock(1);
		assert_int_equal(
			neigh_set(init_net.arp_tbl, &eth0.dev, cpu_to_be32(0x0b000000 + ++others),
				other_mac, NUD_REACHABLE),
			0);
	}
	assert_int_equal(before->nud_state, NUD_REACHABLE);
	next_stays_away();
}

/* An address that was everybody's is one host's, and the other way round. */
static void broadcast_becomes_a_host(void **state)
{
	static const u8 all[ETH_ALEN] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	warm();
	dst = 0x0a0000ff;
	for (u32 i = 0; i < 3; i++)
		assert_by(MANY, (struct datagram){ .mac = all });
	inet_del_ifa(&eth0.dev, inet_find_ifa(&eth0.dev, cpu_to_be32(OUR_IP), 24));
	assert_int_equal(inet_insert_ifa(&eth0.dev, cpu_to_be32(OUR_IP), 16), 0);
	assert_int_equal(send_by(MANY), TRAIN);
	assert_int_equal(init_net.mib.parked, TRAIN); /* somebody must say who that is */
	assert_int_equal(
		neigh_set(init_net.arp_tbl, &eth0.dev, cpu_to_be32(dst), other_mac, NUD_REACHABLE),
		0);
	assert_by(MANY, (struct datagram){ .mac = other_mac });
	inet_del_ifa(&eth0.dev, inet_find_ifa(&eth0.dev, cpu_to_be32(OUR_IP), 16));
	assert_int_equal(inet_insert_ifa(&eth0.dev, cpu_to_be32(OUR_IP), 24), 0);
	assert_by(MANY, (struct datagram){ .mac = all });
}

/* ---- who would see it or hold it up -------------------------------------------------------- */

static void rules(void **state)
{
	struct nf_rule drop = nf_rule_any(NF_DROP), queue = nf_rule_any(NF_QUEUE);

	warm();
	assert_int_equal(nf_rule_append(&init_net, NF_INET_LOCAL_OUT, &drop), 0);
	next_fails(-EPERM);
	assert_int_equal(nf_rule_delete(&init_net, NF_INET_LOCAL_OUT, &drop), 0);
	next_is((struct datagram){ .len = 0 });
	assert_int_equal(nf_rule_policy(&init_net, NF_INET_POST_ROUTING, NF_DROP), 0);
	next_fails(-EPERM);
	nf_rule_flush(&init_net, NF_INET_POST_ROUTING);
	next_is((struct datagram){ .len = 0 });
	assert_int_equal(nf_rule_append(&init_net, NF_INET_LOCAL_OUT, &queue), 0);
	next_fails(-EPERM); /* nobody listens */
	nf_rule_flush(&init_net, NF_INET_LOCAL_OUT);
	next_is((struct datagram){ .len = 0 });
}

static u32 heard_n;

static void hear(struct packet_tap *tap, const struct sk_buff *skb, bool outgoing)
{
	heard_n += outgoing;
}

static void taps(void **state)
{
	struct packet_tap tap = { .fn = hear };

	warm();
	dev_add_tap(&tap);
	next_is((struct datagram){ .len = 0 });
	assert_int_equal(heard_n, 1 + 2 * TRAIN);
	dev_remove_tap(&tap);
	next_is((struct datagram){ .len = 0 });
	assert_int_equal(heard_n, 1 + 2 * TRAIN);
}

static void queueing_discipline(void **state)
{
	struct qdisc_spec spec = { .rate = 1, .packets = true, .burst = 1, .limit = 20 };

	warm();
	assert_int_equal(dev_set_qdisc(&eth0.dev, &spec), 0);
	assert_true(send_by(SEND) > 0);
	assert_int_equal(eth0.sent_n, 1);
	next_stays_away();
	stack_step(20000);
	assert_int_equal(dev_set_qdisc(&eth0.dev, NULL), 0);
	next_is((struct datagram){ .len = 0 });
}

static void link_pulled(void **state)
{
	warm();
	fake_set_link(&eth0, false);
	next_fails(-EAGAIN);
	fake_set_link(&eth0, true);
	next_is((struct datagram){ .len = 0 });
}

int main(void)
{
	const struct CMUnitTest flow_stale[] = {
		STACK_TEST(ttl_and_tos),
		STACK_TEST(no_checksum),
		STACK_TEST(bound_to_a_device),
		STACK_TEST(paced),
		STACK_TEST(cut_into_segments),
		STACK_TEST(corked),
		STACK_TEST(shut_down),
		STACK_TEST(broadcast_forbidden),
		STACK_TEST(connected_elsewhere),
		STACK_TEST(another_port),
		STACK_TEST(send_buffer_full),
		STACK_TEST(address_deleted),
		STACK_TEST(address_added),
		STACK_TEST(address_is_ours),
		STACK_TEST(route_added),
		STACK_TEST(route_deleted),
		STACK_TEST(route_prohibits),
		STACK_TEST(device_down_and_up),
		STACK_TEST(device_in_another_namespace),
		STACK_TEST(smaller_mtu),
		STACK_TEST(path_mtu),
		STACK_TEST(neighbour_replaced),
		STACK_TEST(neighbour_grows_old),
		STACK_TEST(neighbour_moves),
		STACK_TEST(gateway_moves),
		STACK_TEST(neighbour_makes_room),
		STACK_TEST(broadcast_becomes_a_host),
		STACK_TEST(rules),
		STACK_TEST(taps),
		STACK_TEST(queueing_discipline),
		STACK_TEST(link_pulled),
	};

	return cmocka_run_group_tests(flow_stale, NULL, NULL);
}
