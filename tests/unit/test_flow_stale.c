/* SPDX-License-Identifier: MIT
 * test_flow_stale.c - what makes a cached header stale, each thing by itself: the very next datagram is
 * another, by send, by sendmmsg and by UDP_SEGMENT.
 * Not here: the bytes of the frames, for all that their slots held (test_udp_send.c).
 * cmocka calls in; eth0 keeps its packets and does checksums, eth1 is a second card.
 * Source: design: cached, not skipped; net/flow/flow_cache.h: what ends it. */
#include "net/core/net_namespace.h"
#include "net/device/dev_config.h"
#include "net/device/ifaddr.h"
#include "net/device/qdisc.h"
#include "net/device/tap.h"
#include "net/ipv4/pmtu.h"
#include "net/netfilter/nf_queue.h"
#include "net/netfilter/nf_rules.h"
#include "net/socket/sockopt.h"
#include "net/udp/udp.h"
#include "tests/unit/datagrams.h"

#define LEN      20u
#define BURST    3u
#define OTHER_IP 0x0a000055u /* a second address of ours */

/* Each test runs once by each way to send. */
static enum {
	SEND,    /* one, connected */
	MANY,    /* sendmmsg, each with its address */
	SEGMENT, /* UDP_SEGMENT by control message */
} way;

static struct fake_device eth1;
static int fd;
static u32 dst;
static const u8 *payload;

/* ---- one of three senders ------------------------------------------------------------------------ */

static long send_many(void)
{
	struct sockaddr_in to = inet_addr_of(dst, PEER_PORT);
	struct user_mmsghdr vec[BURST] = { 0 };
	struct iovec iov[BURST];

	for (u32 i = 0; i < BURST; i++) {
		iov[i] = (struct iovec){ (void *)(uintptr_t)(payload + i * LEN), LEN };
		vec[i].hdr = (struct user_msghdr){
			.name = user(&to), .namelen = 16, .iov = user(&iov[i]), .iovlen = 1
		};
	}
	return sys_sendmmsg((u64)fd, user(vec), BURST, MSG_DONTWAIT);
}

static long send_train(void)
{
	struct message m;

	message_to(&m, payload, BURST * LEN, dst, PEER_PORT);
	message_control(&m, SOL_UDP, UDP_SEGMENT, &(u16){ LEN }, sizeof(u16));
	return message_send(fd, &m, MSG_DONTWAIT);
}

static long send_now(void)
{
	static const u32 all[] = { LEN, BURST, BURST * LEN };
	long sent;

	payload = noise(way, BURST * LEN);
	fake_forget(&eth0);
	fake_forget(&eth1);
	sent = way == SEND   ? sys_sendto(fd, user(payload), LEN, MSG_DONTWAIT, 0, 0)
	       : way == MANY ? send_many()
			     : send_train();
	if (sent >= 0)
		assert_int_equal(sent, all[way]);
	return sent;
}

static u32 frames_n(void)
{
	return way == SEND ? 1 : BURST;
}

/* ---- what they are to send ---------------------------------------------------------------- */

static void next_is(struct datagram d)
{
	assert_true(send_now() > 0);
	assert_int_equal(eth0.sent_n, frames_n());
	assert_int_equal(eth1.sent_n, 0);
	for (u32 i = 0; i < frames_n(); i++) {
		d.payload = payload + i * LEN;
		d.len = LEN;
		d.to = dst;
		assert_datagram(i, &d);
	}
	net_poll();
}

static void next_fails(long err)
{
	assert_int_equal(send_now(), err);
	assert_int_equal(eth0.sent_n, 0);
}

/* What is on eth0's wire, questions of ARP aside. */
static u32 datagrams_n(void)
{
	u32 n = 0;

	for (u32 i = 0; i < eth0.sent_n; i++)
		n += get16(eth0.sent[i].bytes + 12) == ETH_P_IP;
	return n;
}

/* Accepted, and not on eth0's wire: waiting, queued, or by the other card. */
static void next_stays_away(void)
{
	assert_true(send_now() > 0);
	assert_int_equal(datagrams_n(), 0);
}

/* Its header is cached, and the packets in all slots carry it. */
static void warm_on(struct datagram d)
{
	u64 before;

	card_is(true, true);
	for (u32 lap = 0; lap < 2 * FAKE_RING; lap++)
		next_is(d);
	before = init_net.mib.udp_out_cached;
	eth0.again_n = 0;
	next_is(d);
	assert_int_equal(init_net.mib.udp_out_cached - before, frames_n());
	assert_int_equal(eth0.again_n, frames_n());
}

static void start(u32 ip)
{
	struct sockaddr_in to = inet_addr_of(ip, PEER_PORT);

	dst = ip;
	fd = udp_socket_at(0, OUR_PORT);
	assert_int_equal(set_int(fd, SOL_SOCKET, SO_BROADCAST, 1), 0);
	stack_know_peer();
	if (way == SEND)
		assert_int_equal(sys_connect(fd, user(&to), sizeof(to)), 0);
}

static void warm(void)
{
	start(PEER_IP);
	warm_on((struct datagram){ .len = 0 });
}

static void set(int level, int name, int value)
{
	assert_int_equal(set_int(fd, level, name, value), 0);
}

static void second_card(void)
{
	fake_register(&eth1, &init_net, 2);
	assert_int_equal(inet_insert_ifa(&eth1.dev, cpu_to_be32(0x0a010001), 24), 0);
}

/* ---- the socket --------------------------------------------------------------------------- */

static const u8 all_mac[ETH_ALEN] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
static const u8 other_mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 0x77 };

static void ttl_and_tos(void **state)
{
	warm();
	set(SOL_IP, IP_TTL, 3);
	next_is((struct datagram){ .ttl = 3 });
	set(SOL_IP, IP_TOS, 0x28);
	next_is((struct datagram){ .ttl = 3, .tos = 0x28 });
}

static void no_checksum(void **state)
{
	warm();
	set(SOL_SOCKET, SO_NO_CHECK, 1);
	if (way == SEGMENT)
		next_fails(-EINVAL);
	else
		next_is((struct datagram){ .no_check = true });
	set(SOL_SOCKET, SO_NO_CHECK, 0);
	next_is((struct datagram){ .len = 0 });
}

static void bound_to_a_device(void **state)
{
	second_card();
	warm();
	set(SOL_SOCKET, SO_BINDTOIFINDEX, eth1.dev.ifindex);
	next_stays_away();
	assert_int_equal(init_net.mib.waiting, frames_n());
	set(SOL_SOCKET, SO_BINDTOIFINDEX, 0);
	next_is((struct datagram){ .len = 0 });
}

static void paced(void **state)
{
	u64 rate = 60; /* a frame a second */

	warm();
	assert_int_equal(
		sys_setsockopt(fd, SOL_SOCKET, SO_MAX_PACING_RATE, user(&rate), sizeof(rate)), 0);
	assert_true(send_now() > 0);
	assert_int_equal(eth0.sent_n, 1);
	next_stays_away();
}

static void cut_into_segments(void **state)
{
	warm();
	set(SOL_UDP, UDP_SEGMENT, LEN / 2);
	assert_true(send_now() > 0);
	assert_int_equal(eth0.sent_n, way == SEGMENT ? BURST : 2 * frames_n());
}

static void corked(void **state)
{
	warm();
	set(SOL_UDP, UDP_CORK, 1);
	next_stays_away();
	set(SOL_UDP, UDP_CORK, 0);
	if (way == SEGMENT) { /* cut when it goes */
		assert_int_equal(eth0.sent_n, BURST);
		for (u32 i = 0; i < BURST; i++)
			assert_datagram(
				i, &(struct datagram){ .payload = payload + i * LEN, .len = LEN });
		return;
	}
	assert_int_equal(eth0.sent_n, 1);
	assert_datagram(0, &(struct datagram){ .payload = payload, .len = frames_n() * LEN });
}

static void more_follows(void **state)
{
	static struct user_mmsghdr vec;
	struct iovec iov = { (void *)(uintptr_t) "more", 4 };

	warm();
	if (way == SEGMENT)
		return;
	vec.hdr = (struct user_msghdr){ .iov = user(&iov), .iovlen = 1 };
	vec.hdr.name = user(&(struct sockaddr_in){ .sin_family = AF_INET,
		.sin_addr = cpu_to_be32(PEER_IP),
		.sin_port = cpu_to_be16(PEER_PORT) });
	vec.hdr.namelen = sizeof(struct sockaddr_in);
	iov.base = (void *)(uintptr_t)noise(1, LEN);
	iov.len = LEN; /* as the frame that is ready */
	fake_forget(&eth0);
	assert_int_equal(sys_sendmmsg(fd, user(&vec), 1, MSG_MORE), 1);
	assert_int_equal(eth0.sent_n, 0);
	assert_true(send_now() > 0);
	assert_int_equal(eth0.sent_n, frames_n());
	assert_int_equal(eth0.sent[0].len, FRAME_HEADERS + 2 * LEN);
}

static void shut_down(void **state)
{
	warm();
	sys_shutdown(fd, 1);
	next_fails(-EPIPE);
}

static void error_pending(void **state)
{
	warm();
	sk_report_error(sk_of(fd), ECONNREFUSED);
	next_fails(-ECONNREFUSED);
	next_is((struct datagram){ .len = 0 });
}

static void broadcast_forbidden(void **state)
{
	start(0x0a0000ff);
	warm_on((struct datagram){ .mac = all_mac });
	set(SOL_SOCKET, SO_BROADCAST, 0);
	next_fails(-EACCES);
}

static void connected_elsewhere(void **state)
{
	struct sockaddr_in to = inet_addr_of(FAR_IP, PEER_PORT), none = { .sin_family = 0 };

	warm();
	assert_int_equal(sys_connect(fd, user(&to), sizeof(to)), 0);
	dst = way == SEND ? FAR_IP : PEER_IP;
	next_is((struct datagram){ .len = 0 });
	assert_int_equal(sys_connect(fd, user(&none), sizeof(none)), 0);
	if (way == SEND)
		next_fails(-EDESTADDRREQ);
	else
		next_is((struct datagram){ .len = 0 });
}

/* A port that the socket did not ask for goes with the connection. */
static void another_port(void **state)
{
	struct sockaddr_in to = inet_addr_of(PEER_IP, PEER_PORT), none = { .sin_family = 0 };
	u16 first, second;

	start(PEER_IP);
	fd = udp_socket();
	assert_int_equal(sys_connect(fd, user(&to), sizeof(to)), 0);
	for (u32 i = 0; i < 3; i++)
		assert_true(send_now() > 0);
	first = get16(eth0.sent[0].bytes + 34);
	assert_int_equal(sys_connect(fd, user(&none), sizeof(none)), 0);
	if (way == SEND)
		assert_int_equal(sys_connect(fd, user(&to), sizeof(to)), 0);
	assert_true(send_now() > 0);
	second = get16(eth0.sent[0].bytes + 34);
	assert_int_not_equal(first, second);
	assert_int_equal(inet_sk(sk_of(fd))->inet_num, second);
}

/* What is queued on another neighbour fills SO_SNDBUF: nothing more is accepted, with a cached header or without. */
static void send_buffer_full(void **state)
{
	struct message m;

	warm();
	set(SOL_SOCKET, SO_SNDBUF, 1);
	next_is((struct datagram){ .len = 0 });
	do { /* by flows of their own */
		message_to(&m, noise(0, 400), 400, 0x0a000042, 9);
		message_control(&m, SOL_IP, IP_TTL, &(s32){ 9 }, 4);
	} while (message_send(fd, &m, MSG_DONTWAIT) == 400);
	assert_false(udp_writable(sk_of(fd)));
	next_fails(-EAGAIN);
}

/* ---- addresses, routes, devices ------------------------------------------------------------ */

static void address_deleted(void **state)
{
	assert_int_equal(inet_insert_ifa(&eth0.dev, cpu_to_be32(OTHER_IP), 24), 0);
	warm();
	inet_del_ifa(&eth0.dev, inet_find_ifa(&eth0.dev, cpu_to_be32(OUR_IP), 24));
	if (way == SEND) /* connected: bound to it */
		next_fails(-ENETUNREACH);
	else
		next_is((struct datagram){ .from = OTHER_IP });
}

/* On a nearer network, from which it is better to send. */
static void address_added(void **state)
{
	warm();
	assert_int_equal(inet_insert_ifa(&eth0.dev, cpu_to_be32(0x0a000003), 30), 0);
	next_is((struct datagram){ .from = way == SEND ? OUR_IP : 0x0a000003 });
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
	start(PEER_IP);
	warm_on((struct datagram){ .mac = gateway_mac });
	assert_int_equal(inet_rtm_delroute(&init_net, &cfg), 0);
	next_is((struct datagram){ .len = 0 });
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
	next_fails(-ENETUNREACH);
	assert_int_equal(dev_change_net_namespace(&eth0.dev, &init_net), 0);
	assert_int_equal(dev_open(&eth0.dev), 0);
	assert_int_equal(inet_insert_ifa(&eth0.dev, cpu_to_be32(OUR_IP), 24), 0);
	stack_know_peer();
	next_is((struct datagram){ .len = 0 });
}

/* How many frames a datagram of len bytes becomes. */
static u32 frames_of(size_t len)
{
	fake_forget(&eth0);
	assert_int_equal(send_to(fd, noise(1, (u32)len), len, 0, PEER_IP, PEER_PORT), len);
	return eth0.sent_n;
}

static void smaller_mtu(void **state)
{
	warm();
	for (u32 mtu = 1500; mtu > 76; mtu = mtu > 77 ? 77 : 76) { /* one byte too many at last */
		assert_int_equal(dev_set_mtu(&eth0.dev, mtu), 0);
		for (u32 i = 0; i < 3; i++)
			assert_int_equal(frames_of(49), 1);
	}
	assert_int_equal(dev_set_mtu(&eth0.dev, 76), 0);
	assert_int_equal(frames_of(49), 2);
}

static void path_mtu(void **state)
{
	warm();
	for (u32 i = 0; i < 3; i++)
		assert_int_equal(frames_of(600), 1);
	pmtu_update(&init_net, cpu_to_be32(PEER_IP), ETH_DATA_LEN, PMTU_MIN);
	assert_int_equal(frames_of(600), 2);
	host_advance_clock(PMTU_EXPIRES_NS);
	net_poll();
	assert_int_equal(frames_of(600), 1);
}

static void take_the_detour(void *arg)
{
	struct route_spec detour = to_peer(RTN_UNICAST);

	eth0.stuck = false;
	assert_int_equal(ip_route_add(&init_net, &detour), 0);
	host_on_idle(NULL, NULL);
}

/* A burst that is longer than the ring, and while it waits for room in the middle the way changes. */
static void route_changes_within_a_train(void **state)
{
	const u8 *bytes = noise(1, 100 * LEN);
	struct message m;

	warm();
	host_tick_clock(NSEC_PER_USEC);
	message_to(&m, bytes, 100 * LEN, dst, PEER_PORT);
	message_control(&m, SOL_UDP, UDP_SEGMENT, &(u16){ LEN }, sizeof(u16));
	net_poll();
	fake_forget(&eth0);
	eth0.stuck = true;
	host_on_idle(take_the_detour, NULL);
	assert_int_equal(message_send(fd, &m, 0), 100 * LEN);
	assert_int_equal(eth0.sent_n, 100);
	for (u32 i = 0; i < 100; i++)
		assert_datagram(i, &(struct datagram){ .payload = bytes + i * LEN,
					   .len = LEN,
					   .mac = i < FAKE_RING ? peer_mac : gateway_mac });
}

/* ---- neighbours --------------------------------------------------------------------------- */

static struct neighbour *peer(void)
{
	return neigh_lookup(init_net.arp_tbl, &eth0.dev, cpu_to_be32(PEER_IP));
}

static void is_at(u32 ip, const u8 mac[ETH_ALEN], u16 state)
{
	assert_int_equal(neigh_set(init_net.arp_tbl, &eth0.dev, cpu_to_be32(ip), mac, state), 0);
}

static void neighbour_replaced(void **state)
{
	warm();
	is_at(PEER_IP, other_mac, NUD_PERMANENT);
	next_is((struct datagram){ .mac = other_mac });
	neigh_delete(peer());
	next_stays_away();
	assert_int_equal(init_net.mib.waiting, frames_n());
}

/* Its half minute is over: it is used and asked again; when it does not answer, it is gone. */
static void neighbour_grows_old(void **state)
{
	start(PEER_IP);
	is_at(PEER_IP, peer_mac, NUD_REACHABLE);
	warm_on((struct datagram){ .len = 0 });
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
	start(PEER_IP);
	is_at(PEER_IP, peer_mac, NUD_REACHABLE);
	warm_on((struct datagram){ .len = 0 });
	host_advance_clock(NEIGH_LOCK_NS);
	neigh_update(peer(), other_mac, false);
	next_is((struct datagram){ .mac = other_mac });
}

static void gateway_moves(void **state)
{
	start(FAR_IP);
	warm_on((struct datagram){ .len = 0 });
	is_at(GATEWAY_IP, other_mac, NUD_PERMANENT);
	next_is((struct datagram){ .mac = other_mac });
}

static u8 state_of(u32 ip)
{
	const struct neighbour *n = neigh_lookup(init_net.arp_tbl, &eth0.dev, cpu_to_be32(ip));

	return n ? n->nud_state : NUD_NONE;
}

/* That gateway does not answer, and there is another one. */
static void gateway_fails(void **state)
{
	const u32 both[2] = { GATEWAY_IP, 0x0a0000fd };
	bool second;
	struct route_spec other = { .via = cpu_to_be32(both[1]), .type = RTN_UNICAST };

	assert_int_equal(ip_route_add(&init_net, &other), 0);
	start(FAR_IP);
	neigh_delete(neigh_lookup(init_net.arp_tbl, &eth0.dev, cpu_to_be32(GATEWAY_IP)));
	next_stays_away();
	second = state_of(both[1]) == NUD_INCOMPLETE;
	while (state_of(both[second]) != NUD_FAILED)
		stack_step(10);
	next_stays_away();
	assert_int_equal(state_of(both[!second]), NUD_INCOMPLETE);
}

/* A broadcast address becomes one host's, and the other way round. */
static void broadcast_becomes_a_host(void **state)
{
	start(0x0a0000ff);
	warm_on((struct datagram){ .mac = all_mac });
	inet_del_ifa(&eth0.dev, inet_find_ifa(&eth0.dev, cpu_to_be32(OUR_IP), 24));
	assert_int_equal(inet_insert_ifa(&eth0.dev, cpu_to_be32(OUR_IP), 16), 0);
	next_stays_away();
	assert_int_equal(init_net.mib.waiting, frames_n()); /* who is that? */
	is_at(dst, other_mac, NUD_REACHABLE);
	next_is((struct datagram){ .mac = other_mac });
	inet_del_ifa(&eth0.dev, inet_find_ifa(&eth0.dev, cpu_to_be32(OUR_IP), 16));
	assert_int_equal(inet_insert_ifa(&eth0.dev, cpu_to_be32(OUR_IP), 24), 0);
	next_is((struct datagram){ .mac = all_mac });
}

static void group_joined_and_left(void **state)
{
	static const u8 group_mac[ETH_ALEN] = { 0x01, 0x00, 0x5e, 1, 2, 3 };
	const u64 *copies = &init_net.loopback_dev->stats.tx_packets;
	be32 mreq[2] = { cpu_to_be32(0xef010203), cpu_to_be32(OUR_IP) };
	int member = udp_socket();

	start(0xef010203);
	warm_on((struct datagram){ .mac = group_mac, .ttl = 1 });
	assert_int_equal(*copies, 0);
	assert_int_equal(sys_setsockopt(member, SOL_IP, IP_ADD_MEMBERSHIP, user(mreq), 8), 0);
	next_is((struct datagram){ .mac = group_mac, .ttl = 1 });
	assert_int_equal(*copies, frames_n());
	assert_int_equal(sys_setsockopt(member, SOL_IP, IP_DROP_MEMBERSHIP, user(mreq), 8), 0);
	next_is((struct datagram){ .mac = group_mac, .ttl = 1 });
	assert_int_equal(*copies, frames_n());
}

/* ---- taps, hooks and queues ---------------------------------------------------------------- */

static void rules(void **state)
{
	struct nf_rule drop = nf_rule_any(NF_DROP), queue = nf_rule_any(NF_QUEUE);

	warm();
	assert_int_equal(nf_rule_append(&init_net, NF_INET_LOCAL_OUT, &drop), 0);
	next_fails(-EPERM);
	assert_int_equal(nf_rule_delete(&init_net, NF_INET_LOCAL_OUT, &drop), 0);
	warm_on((struct datagram){ .len = 0 });
	assert_int_equal(nf_rule_policy(&init_net, NF_INET_POST_ROUTING, NF_DROP), 0);
	next_fails(-EPERM);
	nf_rule_flush(&init_net, NF_INET_POST_ROUTING);
	warm_on((struct datagram){ .len = 0 });
	assert_int_equal(nf_rule_append(&init_net, NF_INET_LOCAL_OUT, &queue), 0);
	next_fails(-EPERM); /* no listener */
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
	assert_int_equal(heard_n, frames_n());
	dev_remove_tap(&tap);
	next_is((struct datagram){ .len = 0 });
	assert_int_equal(heard_n, frames_n());
}

static void queueing_discipline(void **state)
{
	struct qdisc_spec spec = { .rate = 1, .packets = true, .burst = 1, .limit = 20 };

	warm();
	assert_int_equal(dev_set_qdisc(&eth0.dev, &spec), 0);
	assert_true(send_now() > 0);
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

/* ---- each by each way ---------------------------------------------------------------------- */

static int by_send(void **state)
{
	way = SEND;
	return 0;
}

static int by_sendmmsg(void **state)
{
	way = MANY;
	return 0;
}

static int by_segments(void **state)
{
	way = SEGMENT;
	return 0;
}

#define EVENT(fn)                                                                                  \
	{ #fn ", send", stack_run, by_send, NULL, (void *)(fn) },                                  \
		{ #fn ", sendmmsg", stack_run, by_sendmmsg, NULL, (void *)(fn) },                  \
	{                                                                                          \
#fn ", UDP_SEGMENT", stack_run, by_segments, NULL, (void *)(fn)                    \
	}

int main(void)
{
	const struct CMUnitTest flow_stale[] = {
		EVENT(ttl_and_tos),
		EVENT(no_checksum),
		EVENT(bound_to_a_device),
		EVENT(paced),
		EVENT(cut_into_segments),
		EVENT(corked),
		EVENT(more_follows),
		EVENT(shut_down),
		EVENT(error_pending),
		EVENT(broadcast_forbidden),
		EVENT(connected_elsewhere),
		EVENT(another_port),
		EVENT(send_buffer_full),
		EVENT(address_deleted),
		EVENT(address_added),
		EVENT(address_is_ours),
		EVENT(route_added),
		EVENT(route_deleted),
		EVENT(route_prohibits),
		EVENT(route_changes_within_a_train),
		EVENT(device_down_and_up),
		EVENT(device_in_another_namespace),
		EVENT(smaller_mtu),
		EVENT(path_mtu),
		EVENT(neighbour_replaced),
		EVENT(neighbour_grows_old),
		EVENT(neighbour_moves),
		EVENT(gateway_moves),
		EVENT(gateway_fails),
		EVENT(broadcast_becomes_a_host),
		EVENT(group_joined_and_left),
		EVENT(rules),
		EVENT(taps),
		EVENT(queueing_discipline),
		EVENT(link_pulled),
	};

	return cmocka_run_group_tests(flow_stale, NULL, NULL);
}
