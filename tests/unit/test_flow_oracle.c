/* SPDX-License-Identifier: MIT
 * test_flow_oracle.c - cached, not skipped: for all that programs and operators do, in any order, a stack with
 * cached headers and one that builds every packet put the same bytes on the wire.
 * Not here: each thing that makes a frame stale by itself (test_flow_stale.c).
 * cmocka calls in. Usage: test_flow_oracle [<seed> [<how many>]]
 * Source: design: cached, not skipped.
 *
 * The same random script runs twice, in two processes. In one of them a hook that lets everything pass
 * is registered throughout, so no frame is ever ready there, and no route outlives a call. After each
 * step both tell what the call answered, what left by both cards, and what is accepted, waiting, queued,
 * dropped. */
#include "kernel/lib/string.h"
#include "net/device/account.h"
#include "net/device/dev_config.h"
#include "net/device/ifaddr.h"
#include "net/device/qdisc.h"
#include "net/device/tap.h"
#include "net/ipv4/pmtu.h"
#include "net/netfilter/netfilter.h"
#include "net/netfilter/nf_rules.h"
#include "net/socket/sockopt.h"
#include "net/udp/af_inet.h"
#include "tests/unit/datagrams.h"

#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define STEPS      600u
#define SOCKETS    4u
#define NEIGHBOURS 48u /* fewer than there are hosts */
#define MANY       40u
#define POLLS      100u /* as many are no wait */
#define PIECE      8192u
#define ETH1_IP    0x0a010001u
#define ETH1_PEER  0x0a010002u

struct told {
	const char *what;
	u64 wire, account;
	long answer;
	u32 frames;
};

static struct fake_device eth1;
static int fds[SOCKETS];
static u64 dice;

static u32 roll(u32 n)
{
	dice = dice * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)(dice >> 33) % n;
}

/* The other stack asks anew before each call. Not while something is pending: who finds its way changed
 * looks twice for room, and minds SO_BROADCAST, SO_DONTROUTE and IP_MTU_DISCOVER as they are then. */
static bool forgetful;

static int asking(int fd)
{
	bool pending = false;

	for (u32 i = 0; i < SOCKETS; i++)
		pending |= inet_sk(sk_of(fds[i]))->pending.cork.first != NULL;
	if (forgetful && !pending)
		net_changed(&init_net);
	return fd;
}

static int some_fd(void)
{
	return asking(fds[roll(3) ? 0 : roll(SOCKETS)]);
}

#define PICK(table) (table)[roll(ARRAY_SIZE(table))]

/* ---- what a program does ------------------------------------------------------------------ */

static u32 some_ip(void)
{
	static const u32 ips[] = { PEER_IP, PEER_IP, PEER_IP, PEER_IP, FAR_IP, FAR_IP, 0x0a0000ff,
		0x0a000003, 0xef010203, ETH1_PEER, ETH1_PEER, OUR_IP, 0xffffffff };

	return PICK(ips);
}

static u32 some_len(void)
{
	static const u32 lens[] = { 6, 6, 6, 6, 7, 18, 18, 0, 1, 3, 4, 5, 8, 9, 17, 19, 40, 524,
		525, 1000, 1472, 1473, 3000 };

	return PICK(lens);
}

static u16 some_port(void)
{
	return (u16)(PEER_PORT + !roll(4));
}

static u32 some_flags(void)
{
	return MSG_DONTWAIT | (roll(40) ? 0 : MSG_MORE) | (roll(20) ? 0 : MSG_CONFIRM) |
	       (roll(40) ? 0 : MSG_DONTROUTE);
}

/* In pieces that do not lie side by side. */
static void some_pieces(struct message *m, u32 len)
{
	static u8 apart[8][PIECE];
	u32 n = 1 + !roll(3) * roll(4);
	const u8 *from = noise(roll(1000), len);

	memset(m, 0, sizeof(*m));
	m->m.hdr.iov = user(m->iov);
	for (u32 i = 0, at = 0; i < n; i++) {
		u32 part = i + 1 == n ? len - at : roll(len - at + 1);

		memcpy(apart[i], from + at, part);
		message_piece(m, apart[i], part);
		at += part;
	}
}

static void some_name(struct message *m)
{
	if (!roll(3))
		return;
	m->to = inet_addr_of(some_ip(), some_port());
	m->m.hdr.name = user(&m->to);
	m->m.hdr.namelen = sizeof(m->to);
}

static void some_control(struct message *m)
{
	struct {
		s32 ifindex;
		be32 spec_dst, addr;
	} info = { roll(2) ? eth0.dev.ifindex : 0, cpu_to_be32(roll(2) ? OUR_IP : 0), { 0 } };
	static const u16 sizes[] = { 0, 1, 4, 6, 18, 100, 1000, 1472, 1473 };

	if (!roll(4))
		message_control(m, SOL_IP, IP_TTL, &(s32){ 1 + (s32)roll(3) }, 4);
	if (!roll(4))
		message_control(m, SOL_IP, IP_TOS, &(s32){ (s32)roll(3) * 8 }, 4);
	if (!roll(4))
		message_control(m, SOL_IP, IP_PKTINFO, &info, sizeof(info));
	if (roll(2))
		message_control(m, SOL_UDP, UDP_SEGMENT, &PICK(sizes), sizeof(u16));
}

static long one(void)
{
	u32 len = some_len();
	const u8 *bytes = noise(roll(1000), len);
	struct sockaddr_in to = inet_addr_of(some_ip(), some_port());
	bool named = roll(2);

	return sys_sendto(some_fd(), user(bytes), len, (int)some_flags(), named ? user(&to) : 0,
		named ? sizeof(to) : 0);
}

/* Twenty of the same: headers are cached, slots carry them. */
static long steady(void)
{
	u32 len = some_len(), n = 1 + roll(30), port = some_port(), ip = some_ip();
	struct sockaddr_in to = inet_addr_of(ip, (u16)port);
	int fd = some_fd();
	u64 sum = 0;

	for (u32 i = 0; i < n; i++) {
		sum = sum * 31 + (u64)sys_sendto(asking(fd), user(noise(i, len)), len, MSG_DONTWAIT,
					 user(&to), sizeof(to));
	}
	return (long)sum;
}

static long message(void)
{
	struct message m;
	u32 len = roll(3) ? some_len() : roll(6000);

	some_pieces(&m, len);
	some_name(&m);
	if (roll(2))
		some_control(&m);
	return sys_sendmsg(some_fd(), user(&m.m.hdr), (int)some_flags());
}

static long burst(void)
{
	static const u16 sizes[] = { 1, 4, 6, 6, 8, 18, 100, 1472 };
	u16 size = PICK(sizes);
	u32 len = size * (1 + roll(50)) + (roll(2) ? 0 : roll(size));
	struct message m;

	if (len <= PIECE && roll(2)) {
		some_pieces(&m, len);
		some_name(&m);
	} else {
		message_to(&m, noise(roll(1000), 60000), min(len, 60000u), some_ip(), some_port());
	}
	message_control(&m, SOL_UDP, UDP_SEGMENT, &size, sizeof(size));
	return sys_sendmsg(some_fd(), user(&m.m.hdr), MSG_DONTWAIT);
}

static long many(void)
{
	static struct message m[MANY];
	static struct user_mmsghdr vec[MANY];
	u32 n = roll(MANY), len = some_len(), ip = some_ip();
	u64 sum = 0;
	long sent;

	for (u32 i = 0; i < n; i++) {
		if (!roll(30))
			len = some_len();
		if (!roll(30))
			ip = some_ip();
		some_pieces(&m[i], len);
		if (roll(30))
			message_to(&m[i], noise(i, len), len, ip, PEER_PORT);
		if (!roll(60))
			some_control(&m[i]);
		vec[i] = m[i].m;
		vec[i].hdr.iov = user(m[i].iov);
	}
	sent = sys_sendmmsg(some_fd(), user(vec), n, MSG_DONTWAIT);
	for (u32 i = 0; i < n; i++)
		sum = sum * 31 + vec[i].len;
	return sent + (long)(sum % 1000003) * 1000;
}

/* Some of the bytes are not the program's: a burst is none or whole. */
static long faulty(void)
{
	const u8 *at = noise(77, 2);
	long answer;

	host_forbid(at + roll(600), 1 + roll(3));
	answer = roll(2) ? burst() : roll(2) ? many() : steady();
	host_forbid(NULL, 0);
	return answer;
}

/* So many hosts that neighbours have to make room for each other. Which one is evicted depends on whether flows use
 * them: so in every other script only, in which the other stack forgets nothing. */
static bool crowded;

static long crowd(void)
{
	u64 sum = 0;

	for (u32 i = 0; crowded && i < 20; i++) {
		u32 ip = 0x0a000010 + roll(100);
		struct sockaddr_in to = inet_addr_of(ip, PEER_PORT);

		sum = sum * 31 +
		      (u64)sys_sendto(some_fd(), user("x"), 1, MSG_DONTWAIT, user(&to), sizeof(to));
		if (roll(2) && neigh_set(init_net.arp_tbl, &eth0.dev, cpu_to_be32(ip), peer_mac,
				       NUD_REACHABLE) < 0)
			sum++;
	}
	return (long)sum;
}

static long option(void)
{
	static const struct {
		int level, name, low, n;
	} options[] = {
		{ SOL_IP, IP_TTL, 1, 4 },
		{ SOL_IP, IP_TOS, 0, 40 },
		{ SOL_IP, IP_MTU_DISCOVER, 0, 6 },
		{ SOL_IP, IP_MULTICAST_TTL, 0, 3 },
		{ SOL_IP, IP_MULTICAST_LOOP, 0, 2 },
		{ SOL_SOCKET, SO_BROADCAST, 0, 2 },
		{ SOL_SOCKET, SO_NO_CHECK, 0, 2 },
		{ SOL_SOCKET, SO_DONTROUTE, 0, 2 },
		{ SOL_SOCKET, SO_SNDBUF, 1, 6000 },
		{ SOL_SOCKET, SO_BINDTOIFINDEX, 0, 4 },
		{ SOL_SOCKET, SO_MAX_PACING_RATE, -1, 3000 },
		{ SOL_UDP, UDP_CORK, 0, 2 },
		{ SOL_UDP, UDP_SEGMENT, 0, 50 },
	};
	u32 i = roll(ARRAY_SIZE(options));
	int usual = options[i].name == IP_MTU_DISCOVER ? IP_PMTUDISC_WANT : options[i].low;
	int value = roll(2) ? options[i].low + (int)roll((u32)options[i].n) : usual;

	return set_int(some_fd(), options[i].level, options[i].name, value);
}

static long connection(void)
{
	struct sockaddr_in to = inet_addr_of(some_ip(), some_port());

	if (!roll(4))
		to.sin_family = AF_UNSPEC;
	return sys_connect(some_fd(), user(&to), sizeof(to));
}

static long membership(void)
{
	be32 mreq[2] = { cpu_to_be32(0xef010203), cpu_to_be32(OUR_IP) };

	return sys_setsockopt(some_fd(), SOL_IP, roll(2) ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP,
		user(mreq), sizeof(mreq));
}

static long another_socket(void)
{
	u32 i = roll(SOCKETS);

	fd_close(&init_task.files, fds[i]);
	fds[i] = udp_socket_at(0, (u16)(OUR_PORT + i));
	return set_int(fds[i], SOL_SOCKET, SO_BROADCAST, 1);
}

static long listening(void)
{
	static u8 room[8192];

	return sys_recvfrom(some_fd(), user(room), sizeof(room), MSG_DONTWAIT, 0, 0);
}

/* ---- what operators and time do ------------------------------------------------------------ */

static struct fake_device *some_card(void)
{
	return roll(3) ? &eth0 : &eth1;
}

static long neighbour(void)
{
	static const u32 ips[] = { PEER_IP, PEER_IP, GATEWAY_IP, 0x0a000003, 0x0a0000ff };
	static const u16 states[] = { NUD_PERMANENT, NUD_REACHABLE, NUD_STALE };
	const u8 mac[ETH_ALEN] = { 2, 0, 0, 0, 0, (u8)roll(4) };
	be32 ip = cpu_to_be32(PICK(ips));
	struct neighbour *n = neigh_lookup(init_net.arp_tbl, &eth0.dev, ip);

	switch (roll(4)) {
	case 0:
		if (n)
			neigh_delete(n);
		return n != NULL;
	case 1:
		if (n)
			neigh_update(n, mac, roll(2));
		return n ? n->nud_state : -1;
	default:
		return neigh_set(init_net.arp_tbl, &eth0.dev, ip, mac, PICK(states));
	}
}

static long route(void)
{
	static const u32 dsts[] = { PEER_IP, FAR_IP, 0xef010203 };
	static const u8 types[] = { RTN_UNICAST, RTN_UNICAST, RTN_PROHIBIT, RTN_BLACKHOLE };
	struct fib_config cfg = {
		.dst = cpu_to_be32(PICK(dsts)), .dst_len = 32, .scope = RT_SCOPE_NOWHERE
	};
	struct route_spec spec = { .dst = cfg.dst, .dst_len = 32, .type = PICK(types) };

	if (roll(2))
		return inet_rtm_delroute(&init_net, &cfg);
	if (spec.type == RTN_UNICAST) {
		spec.via = cpu_to_be32(roll(3) ? GATEWAY_IP : 0x0a0000fd);
		spec.mtu = roll(4) ? 0 : 552 + roll(800);
	}
	return ip_route_add(&init_net, &spec);
}

static long gateway(void)
{
	struct route_spec spec = { .via = cpu_to_be32(GATEWAY_IP), .type = RTN_UNICAST };

	return ip_route_add(&init_net, &spec);
}

static long address(void)
{
	static const u32 ips[] = { OUR_IP, OUR_IP, 0x0a000055, 0x0a000003, PEER_IP };
	static const u8 lens[] = { 24, 24, 16, 30, 32 };
	be32 ip = cpu_to_be32(PICK(ips));
	u8 len = PICK(lens);
	struct in_ifaddr *ifa = inet_find_ifa(&eth0.dev, ip, len);

	if (!ifa || roll(2))
		return inet_insert_ifa(&eth0.dev, ip, len);
	inet_del_ifa(&eth0.dev, ifa);
	return 1;
}

static long addresses_again(void)
{
	static const u32 others[] = { 0x0a000055, 0x0a000003, PEER_IP };
	struct in_ifaddr *ifa, *tmp;

	for (u32 i = 0; i < ARRAY_SIZE(others); i++)
		list_for_each_safe(ifa, tmp, &eth0.dev.ifa_list, list)
			if (be32_eq(ifa->addr, cpu_to_be32(others[i])))
				inet_del_ifa(&eth0.dev, ifa);
	return inet_insert_ifa(&eth0.dev, cpu_to_be32(OUR_IP), 24) + gateway();
}

static long device(void)
{
	struct fake_device *card = some_card();

	if (card->dev.flags & IFF_UP) {
		dev_close(&card->dev);
		return 0;
	}
	return dev_open(&card->dev);
}

static long devices_up(void)
{
	fake_set_link(&eth0, true);
	return dev_open(&eth0.dev) + dev_open(&eth1.dev);
}

static long wire(void)
{
	fake_set_link(some_card(), roll(2));
	return 0;
}

static long mtu(void)
{
	static const u16 mtus[] = { 1500, 1500, 1500, 68, 552, 1000 };
	static const u32 ips[] = { PEER_IP, FAR_IP };

	if (roll(2))
		return dev_set_mtu(&some_card()->dev, PICK(mtus));
	pmtu_update(&init_net, cpu_to_be32(PICK(ips)), 1500, roll(1500));
	return 0;
}

static void hear(struct packet_tap *tap, const struct sk_buff *skb, bool outgoing)
{
}

static bool tapped;

static long tap(void)
{
	static struct packet_tap taps = { .fn = hear };

	tapped = !tapped;
	(tapped ? dev_add_tap : dev_remove_tap)(&taps);
	return tapped;
}

static long rule(void)
{
	enum nf_inet_hooks hook = roll(2) ? NF_INET_LOCAL_OUT : NF_INET_POST_ROUTING;
	struct nf_rule drop = nf_rule_any(roll(2) ? NF_DROP : NF_QUEUE);

	nf_rule_bound(&drop, NF_LANE_DPORT, PEER_PORT + 1, PEER_PORT + 1);
	if (roll(2))
		nf_rule_flush(&init_net, hook);
	else
		return nf_rule_append(&init_net, hook, &drop);
	return 0;
}

static long queue(void)
{
	struct qdisc_spec spec = { .rate = roll(2) ? 0 : 100 + roll(1000),
		.packets = true,
		.burst = 1 + roll(5),
		.limit = 1 + roll(100) };

	return dev_set_qdisc(&some_card()->dev, roll(3) ? NULL : &spec);
}

static long stuck(void)
{
	eth0.stuck = !eth0.stuck && !roll(3);
	return 0;
}

static int know_peers(void)
{
	stack_know_peer();
	return neigh_set_permanent(init_net.arp_tbl, &eth1.dev, cpu_to_be32(ETH1_PEER), peer_mac);
}

/* Everything as it was, so that frames become ready again. */
static long calm(void)
{
	long err = 0;

	if (tapped)
		tap();
	nf_rule_flush(&init_net, NF_INET_LOCAL_OUT);
	nf_rule_flush(&init_net, NF_INET_POST_ROUTING);
	err |= dev_set_qdisc(&eth0.dev, NULL) | dev_set_qdisc(&eth1.dev, NULL);
	err |= dev_open(&eth0.dev) | dev_open(&eth1.dev);
	fake_set_link(&eth0, true);
	fake_set_link(&eth1, true);
	eth0.stuck = false;
	addresses_again();
	err |= know_peers();
	another_socket();
	return err;
}

static long time_passes(void)
{
	static const u32 ms[] = { 1, 1, 10, 10, 100, 1000, 5000, 35000 };

	stack_step(PICK(ms));
	return 0;
}

/* The tables' generation moves, and nothing else. */
static long nothing(void)
{
	net_changed(&init_net);
	return 0;
}

/* ---- one script, two stacks ----------------------------------------------------------------- */

static const struct {
	long (*fn)(void);
	const char *name;
	u32 weight;
} acts[] = {
	{ one, "one", 20 },
	{ steady, "steady", 30 },
	{ message, "message", 10 },
	{ burst, "burst", 15 },
	{ many, "many", 15 },
	{ faulty, "faulty", 5 },
	{ crowd, "crowd", 4 },
	{ option, "option", 10 },
	{ connection, "connection", 4 },
	{ membership, "membership", 2 },
	{ another_socket, "another socket", 2 },
	{ listening, "listening", 5 },
	{ neighbour, "neighbour", 5 },
	{ route, "route", 4 },
	{ gateway, "gateway", 2 },
	{ address, "address", 3 },
	{ addresses_again, "addresses again", 4 },
	{ device, "device", 2 },
	{ devices_up, "devices up", 6 },
	{ wire, "wire", 3 },
	{ mtu, "mtu", 3 },
	{ tap, "tap", 3 },
	{ rule, "rule", 4 },
	{ queue, "queue", 3 },
	{ stuck, "stuck", 3 },
	{ time_passes, "time passes", 12 },
	{ nothing, "nothing", 2 },
	{ calm, "calm", 12 },
};

static u32 some_act(void)
{
	u32 sum = 0, at, i = 0;

	for (u32 k = 0; k < ARRAY_SIZE(acts); k++)
		sum += acts[k].weight;
	for (at = roll(sum); at >= acts[i].weight; i++)
		at -= acts[i].weight;
	return i;
}

static u64 mix(u64 hash, const void *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ ((const u8 *)bytes)[i]) * 1099511628211ull; /* FNV-1a */
	return hash;
}

static u64 wire_of(struct fake_device *card, u32 *n)
{
	u64 hash = 14695981039346656037ull;

	for (u32 i = 0; i < min(card->sent_n, (u32)FAKE_FRAMES_MAX); i++)
		hash = mix(
			mix(hash, &card->sent[i].len, 4), card->sent[i].bytes, card->sent[i].len);
	*n += card->sent_n;
	fake_forget(card);
	return hash;
}

static void tell(struct told *t)
{
	struct net_account a = net_account();
	u64 numbers[] = { a.accepted, a.sent, a.waiting, a.queued, a.dropped, skb_pool.lost,
		init_net.mib.udp_out_datagrams + init_net.mib.udp_out_cached,
		eth0.dev.stats.tx_bytes, eth1.dev.stats.tx_bytes,
		init_net.loopback_dev->stats.tx_bytes };

	assert_int_equal(a.accepted, a.sent + a.waiting + a.queued + a.dropped);
	t->account = mix(14695981039346656037ull, numbers, sizeof(numbers));
	t->wire = wire_of(&eth0, &t->frames) * 3 + wire_of(&eth1, &t->frames);
}

/* Waits come to their end. Nothing else takes time: one stack may look at the clock, or poll, where the
 * other need not. */
static u32 polls_n;

static void waiting_takes_time(struct fake_device *card)
{
	if (++polls_n > POLLS)
		host_advance_clock(100 * NSEC_PER_USEC);
}

static void begin(void)
{
	fake_register(&eth1, &init_net, 2);
	assert_int_equal(inet_insert_ifa(&eth1.dev, cpu_to_be32(ETH1_IP), 24), 0);
	neigh_table_free(init_net.arp_tbl);
	init_net.arp_tbl = neigh_table_new(NEIGHBOURS);
	assert_int_equal(know_peers(), 0);
	card_is(true, true);
	eth1.keep = true;
	eth0.on_poll = eth1.on_poll = waiting_takes_time;
	for (u32 i = 0; i < SOCKETS; i++) {
		fds[i] = udp_socket_at(0, (u16)(OUR_PORT + i));
		assert_int_equal(set_int(fds[i], SOL_SOCKET, SO_BROADCAST, 1), 0);
	}
}

/* What came back over lo has been answered, however often it was polled meanwhile. */
static void settle(void)
{
	do
		net_poll();
	while (init_net.loopback_dev->netdev_ops->ndo_tx_pending(init_net.loopback_dev) > 0);
}

static void play(u64 seed, struct told told[STEPS])
{
	dice = seed * 0x9e3779b97f4a7c15ull;
	eth0.dev.features = roll(3) ? NETIF_F_HW_CSUM : 0;
	eth0.keep = roll(4);
	eth1.dev.features = roll(2) ? NETIF_F_HW_CSUM : 0;
	for (u32 i = 0; i < STEPS; i++) {
		u32 act = some_act();

		told[i].what = acts[act].name;
		told[i].frames = 0;
		told[i].answer = acts[act].fn();
		polls_n = 0;
		settle();
		polls_n = 0;
		tell(&told[i]);
	}
}

static u32 pass(void *priv, struct sk_buff *skb, const struct nf_hook_state *s)
{
	return NF_ACCEPT;
}

static struct nf_hook_ops pass_all = {
	.hook = pass, .hooknum = NF_INET_POST_ROUTING, .priority = -1000
};

static u64 first_seed = 1;
static u32 seeds_n = 25;

static void compare(u64 seed, const struct told *one, const struct told *two)
{
	for (u32 i = 0; i < STEPS; i++)
		if (one[i].answer != two[i].answer || one[i].wire != two[i].wire ||
			one[i].account != two[i].account)
			fail_msg(
				"seed %lu, step %u (%s): answers %ld and %ld, frames %u and %u%s%s",
				seed, i, one[i].what, one[i].answer, two[i].answer, one[i].frames,
				two[i].frames, one[i].wire == two[i].wire ? "" : ", not the same",
				one[i].account == two[i].account ? "" : "; accounts differ");
}

/* In a process of its own: what it leaves behind is not the next one's. */
static void run(bool ready, u64 seed, struct told *told, u64 *n)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		stack_limit_cpu(10);
		crowded = seed & 1;
		forgetful = !ready && !crowded;
		if (!ready)
			nf_register_net_hook(&init_net, &pass_all);
		play(seed, told);
		*n += init_net.mib.udp_out_cached;
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void the_same_bytes(void **state)
{
	size_t size = (2 * STEPS + 1) * sizeof(struct told);
	struct told *told =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	u64 *n = (void *)(told + 2 * STEPS);

	assert_ptr_not_equal(told, MAP_FAILED);
	begin();
	for (u64 seed = first_seed; seed < first_seed + seeds_n; seed++) {
		run(true, seed, told, &n[0]);
		run(false, seed, told + STEPS, &n[1]);
		compare(seed, told, told + STEPS);
	}
	if (getenv("SHOW"))
		fprintf(stderr, "ready %lu\n", n[0]);
	assert_int_equal(n[1], 0);
	assert_true(n[0] > seeds_n * STEPS); /* it was about something */
	munmap(told, size);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest flow_oracle[] = { STACK_TEST(the_same_bytes) };

	if (argc > 1)
		first_seed = strtoull(argv[1], NULL, 0);
	if (argc > 2)
		seeds_n = (u32)strtoul(argv[2], NULL, 0);
	return cmocka_run_group_tests(flow_oracle, NULL, NULL);
}
