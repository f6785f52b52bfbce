/* SPDX-License-Identifier: MIT
 * test_rx_oracle.c - cached, not skipped: whatever comes in, and whatever programs and operators do in between, a stack
 * that keeps received flows and one that has no table of them tell a program the same and count the same.
 * Not here: sending (test_flow_oracle.c).
 * cmocka calls in. Usage: test_rx_oracle [<seed> [<how many>]]
 * Source: design: cached, not skipped.
 *
 * The same random script runs twice, in two processes. In one of them the table is taken away before each burst of
 * frames. With even seeds frames come while a program looks for them, and so may go straight into its messages; with
 * odd seeds they wait in sockets, whose buffers may be small. */
#include "kernel/lib/string.h"
#include "net/device/dev_config.h"
#include "net/device/ifaddr.h"
#include "net/device/tap.h"
#include "net/ipv4/rx_flow.h"
#include "net/netfilter/nf_rules.h"
#include "net/netfilter/netfilter.h"
#include "net/socket/sockopt.h"
#include "net/udp/af_inet.h"
#include "tests/unit/datagrams.h"

#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define STEPS    600u
#define NUMBERS  96u
#define SOCKETS  5u
#define ETH1_IP  0x0a010001u
#define SECOND   0x0a000055u
#define GROUP    0xef010203u
#define ROOM     2048u
#define MESSAGES 20u

struct told {
	const char *what;
	long answer;
	u32 n;
	u64 number[NUMBERS]; /* counters of all kinds */
};

static struct fake_device eth1;
static int fds[SOCKETS];
static u64 dice;
static bool forgetful, at_once;

static u32 roll(u32 n)
{
	dice = dice * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)(dice >> 33) % n;
}

#define PICK(table) (table)[roll(ARRAY_SIZE(table))]

static u64 mix(u64 hash, const void *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ ((const u8 *)bytes)[i]) * 1099511628211ull; /* FNV-1a */
	return hash;
}

/* The other stack's sockets take the long way to receive, too. */
static int some_fd(void)
{
	int fd = fds[roll(3) ? 0 : roll(SOCKETS)];

	if (forgetful)
		inet_sk(sk_of(fd))->rx_unusual = true;
	return fd;
}

/* ---- frames ------------------------------------------------------------------------------- */

static struct fake_frame coming[2][RX_BURST]; /* of each card */
static u32 coming_n[2];

static struct fake_device *card_of(u32 i)
{
	return i ? &eth1 : &eth0;
}

/* What is on the wire arrives. */
static void arrive(struct fake_device *card)
{
	u32 i = card == &eth1, n = coming_n[i];

	if (forgetful)
		rx_flow_exit(card->dev.net);
	coming_n[i] = 0;
	if (n && (card->dev.flags & IFF_UP))
		fake_inject_burst(card, coming[i], n);
}

static void put_macs(u8 *at, const struct fake_device *card)
{
	static const u8 others[4][ETH_ALEN] = { { 2, 0, 0, 0, 0, 99 },
		{ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, { 0x01, 0x00, 0x5e, 1, 2, 3 },
		{ 2, 0, 0, 0, 1, 1 } };

	memcpy(at, roll(12) ? card->dev.dev_addr : PICK(others), ETH_ALEN);
	memcpy(at + ETH_ALEN, roll(8) ? peer_mac : gateway_mac, ETH_ALEN);
	put16(at + 12, ETH_P_IP);
}

static u32 some_source(void)
{
	static const u32 ips[] = { PEER_IP, PEER_IP, PEER_IP, PEER_IP, FAR_IP, 0x0a000003, OUR_IP,
		0, 0x0a0000ff, 0x7f000001 };

	return roll(4) ? PEER_IP : PICK(ips);
}

static u32 some_destination(void)
{
	static const u32 ips[] = { OUR_IP, SECOND, ETH1_IP, 0x0a000077, 0x0a0000ff, GROUP,
		0xffffffff, 0x7f000001 };

	return roll(3) ? OUR_IP : PICK(ips);
}

static u32 some_len(void)
{
	static const u32 lens[] = { 0, 1, 5, 6, 7, 8, 9, 19, 20, 21, 131, 132, 133, 600, 1471,
		1472 };

	return roll(2) ? 6 : PICK(lens);
}

static void put32(u8 *at, u32 value)
{
	put16(at, (u16)(value >> 16));
	put16(at + 2, (u16)value);
}

/* UDP in IPv4, with both checksums, behind 14 bytes. */
static void put_datagram(u8 *f, u32 len)
{
	u8 *ip = f + ETH_HLEN, *udp = ip + 20;
	u32 ulen = len + 8;
	u16 sum;

	memset(ip, 0, 28);
	ip[0] = 0x45;
	ip[1] = (u8)(roll(10) ? 0 : 8 * roll(3));
	put16(ip + 2, (u16)(20 + ulen));
	put16(ip + 4, (u16)roll(65536));
	put16(ip + 6, roll(3) ? 0x4000 : 0);
	ip[8] = (u8)(roll(10) ? 64 : 1 + roll(255));
	ip[9] = 17;
	put32(ip + 12, some_source());
	put32(ip + 16, some_destination());
	put16(udp, (u16)(PEER_PORT + !roll(5)));
	put16(udp + 2, (u16)(OUR_PORT + (roll(3) ? 0 : roll(SOCKETS + 2))));
	put16(udp + 4, (u16)ulen);
	memcpy(udp + 8, noise(roll(1000), len), len);
	sum = rfc1071(udp, ulen,
		(u32)get16(ip + 12) + get16(ip + 14) + get16(ip + 16) + get16(ip + 18) + 17 + ulen);
	put16(udp + 6, roll(12) ? (sum ? sum : 0xffff) : 0);
	fix_ip_checksum(f);
}

/* Something is wrong with it, or unusual. */
static void spoil(struct fake_frame *f)
{
	u8 *ip = f->bytes + ETH_HLEN;

	switch (roll(9)) {
	case 0: /* any bit */
		f->bytes[roll(f->len)] ^= (u8)(1u << roll(8));
		return;
	case 1: /* UDP's length */
		put16(ip + 24, (u16)(get16(ip + 24) + roll(9) - 4));
		return;
	case 2: /* IPv4's length */
		put16(ip + 2, (u16)(get16(ip + 2) + roll(9) - 4));
		break;
	case 3: /* a fragment */
		put16(ip + 6, (u16)(roll(2) ? 0x2000 : roll(100)));
		break;
	case 4: /* options: the datagram moves */
		memmove(ip + 24, ip + 20, f->len - 34);
		memset(ip + 20, 1, 4);
		ip[0] = 0x46;
		put16(ip + 2, (u16)(get16(ip + 2) + 4));
		f->len += 4;
		break;
	case 5: /* cut off */
		f->len = roll(f->len + 1);
		return;
	case 6: /* VLAN 0, or another one */
		memmove(f->bytes + 16, f->bytes + 12, f->len - 12);
		put16(f->bytes + 12, ETH_P_8021Q);
		put16(f->bytes + 14, (u16)roll(2));
		f->len += 4;
		return;
	case 7: /* both checksums are wrong, and their sum is right */
		put16(ip + 10, (u16)(get16(ip + 10) + 1));
		put16(ip + 26, (u16)(get16(ip + 26) - 1));
		return;
	case 8: /* another protocol */
		ip[9] = (u8)roll(20);
		break;
	}
	fix_ip_checksum(f->bytes);
}

static long frames_come(void)
{
	u32 i = !roll(8), n = 1 + roll(roll(2) ? 3 : RX_BURST);
	struct fake_frame *f = coming[i];

	arrive(&eth0); /* which card is looked at first is not told */
	arrive(&eth1);
	for (u32 k = 0; k < n; k++, f++) {
		u32 len = some_len();

		if (k && roll(3)) { /* the same header, or nearly */
			*f = f[-1];
			if (roll(2))
				continue;
		} else {
			put_macs(f->bytes, card_of(i));
			put_datagram(f->bytes, len);
			f->len = ETH_HLEN + 28 + len + (roll(4) ? 0 : roll(20));
		}
		if (!roll(12) && f->len >= 60)
			spoil(f);
	}
	coming_n[i] = n;
	if (at_once)
		arrive(card_of(i));
	return n;
}

/* ---- what a program does ------------------------------------------------------------------ */

static u32 some_flags(void)
{
	return MSG_DONTWAIT | (roll(12) ? 0 : MSG_PEEK) | (roll(12) ? 0 : MSG_TRUNC) |
	       (roll(20) ? 0 : MSG_ERRQUEUE) | (roll(20) ? 0 : MSG_NOSIGNAL);
}

static u32 some_room(void)
{
	static const u32 lens[] = { 0, 1, 5, 6, 7, 8, 16, 100, ROOM };

	return roll(2) ? ROOM : PICK(lens);
}

static long receive(void)
{
	static u8 room[ROOM];
	struct sockaddr_in from;
	s32 lens[] = { 16, 16, 16, 16, 128, 15, 8, 0, -1 }, len = PICK(lens);
	bool named = roll(3);
	u64 hash = 1;
	long got;

	memset(room, 0, sizeof(room));
	memset(&from, 0, sizeof(from));
	got = sys_recvfrom(some_fd(), user(room), some_room(), some_flags(),
		named ? user(&from) : 0, user(&len));
	if (got >= 0) { /* else some may have been written */
		hash = mix(hash, room, sizeof(room));
		hash = mix(hash, &from, sizeof(from));
		hash = mix(hash, &len, sizeof(len));
	}
	return (long)mix(hash, &got, sizeof(got));
}

static struct message m[MESSAGES];
static struct user_mmsghdr vec[MESSAGES];
static u8 rooms[MESSAGES][ROOM];

static void prepare_message(u32 i)
{
	memset(&m[i], 0, sizeof(m[i]));
	m[i].m.hdr.iov = user(m[i].iov);
	if (!roll(8))
		message_piece(&m[i], rooms[i] + 1000, roll(10));
	if (roll(40))
		message_piece(&m[i], rooms[i], min(some_room(), 1000u));
	if (roll(4)) {
		m[i].m.hdr.name = user(&m[i].to);
		m[i].m.hdr.namelen = roll(10) ? 16 : roll(20) - 2;
	}
	if (!roll(4)) {
		m[i].m.hdr.control = user(m[i].control);
		m[i].m.hdr.controllen = roll(2) ? sizeof(m[i].control) : roll(60);
	}
	vec[i] = m[i].m;
	vec[i].len = 77;
}

static long receive_many(void)
{
	u32 n = roll(MESSAGES);
	u64 hash = 1;
	long got;

	memset(rooms, 0, sizeof(rooms));
	for (u32 i = 0; i < n; i++)
		prepare_message(i);
	got = sys_recvmmsg(
		some_fd(), user(vec), n, some_flags() | (roll(3) ? 0 : MSG_WAITFORONE), 0);
	for (long i = 0; i < got; i++) {
		u64 told[] = { vec[i].len, vec[i].hdr.namelen, vec[i].hdr.controllen,
			vec[i].hdr.flags };

		hash = mix(hash, told, sizeof(told));
		hash = mix(hash, &m[i].to, sizeof(m[i].to));
		hash = mix(hash, m[i].control, sizeof(m[i].control));
		hash = mix(hash, rooms[i], sizeof(rooms[i]));
	}
	return (long)mix(hash, &got, sizeof(got));
}

/* Some of the memory is not the program's. */
static long faulty(void)
{
	long answer;

	host_forbid(rooms[roll(3)] + roll(10), 1 + roll(40));
	answer = roll(2) ? receive_many() : receive();
	host_forbid(NULL, 0);
	return answer;
}

static long ready(void)
{
	struct file *file = fd_get(&init_task.files, some_fd());

	return file->ops->poll(file, POLL_ALL);
}

static long option(void)
{
	static const struct {
		int level, name, low, n;
	} options[] = {
		{ SOL_IP, IP_PKTINFO, 0, 2 },
		{ SOL_IP, IP_RECVTTL, 0, 2 },
		{ SOL_IP, IP_RECVTOS, 0, 2 },
		{ SOL_IP, IP_RECVERR, 0, 2 },
		{ SOL_IP, IP_MULTICAST_ALL, 0, 2 },
		{ SOL_SOCKET, SO_REUSEPORT, 0, 2 },
		{ SOL_SOCKET, SO_REUSEADDR, 0, 2 },
		{ SOL_SOCKET, SO_BINDTOIFINDEX, 0, 4 },
		{ SOL_SOCKET, SO_RXQ_OVFL, 0, 2 },
		{ SOL_SOCKET, SO_TIMESTAMP, 0, 2 },
		{ SOL_SOCKET, SO_RCVBUF, 1, 6000 },
	};
	u32 i = roll(ARRAY_SIZE(options) - !at_once);

	return set_int(some_fd(), options[i].level, options[i].name,
		options[i].low + (int)(roll(2) ? roll((u32)options[i].n) : 0));
}

static long connection(void)
{
	struct sockaddr_in to =
		inet_addr_of(roll(4) ? PEER_IP : FAR_IP, (u16)(PEER_PORT + !roll(5)));

	if (roll(2))
		to.sin_family = AF_UNSPEC;
	return sys_connect(some_fd(), user(&to), sizeof(to));
}

static long membership(void)
{
	be32 mreq[2] = { cpu_to_be32(GROUP), cpu_to_be32(OUR_IP) };

	return sys_setsockopt(some_fd(), SOL_IP, roll(2) ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP,
		user(mreq), sizeof(mreq));
}

/* Another one on the same port, if both want to share it; another address. */
static long another_socket(void)
{
	static const u32 ips[] = { 0, 0, 0, OUR_IP, SECOND, GROUP };
	u32 i = roll(SOCKETS);
	struct sockaddr_in at = inet_addr_of(PICK(ips), (u16)(OUR_PORT + (roll(2) ? i : 0)));
	long err;

	fd_close(&init_task.files, fds[i]);
	fds[i] = udp_socket();
	if (roll(2))
		return sys_bind(fds[i], user(&at), sizeof(at));
	err = set_int(fds[i], SOL_SOCKET, roll(2) ? SO_REUSEPORT : SO_REUSEADDR, 1);
	return err | sys_bind(fds[i], user(&at), sizeof(at));
}

static long shut(void)
{
	return roll(6) ? 0 : sys_shutdown(some_fd(), (int)roll(3));
}

/* ---- what operators and time do ------------------------------------------------------------ */

static long address(void)
{
	static const u32 ips[] = { OUR_IP, SECOND, SECOND, PEER_IP, FAR_IP };
	be32 ip = cpu_to_be32(PICK(ips));
	struct in_ifaddr *ifa = inet_find_ifa(&eth0.dev, ip, 24);

	if (!ifa)
		return inet_insert_ifa(&eth0.dev, ip, 24);
	inet_del_ifa(&eth0.dev, ifa);
	return 1;
}

static long our_address(void)
{
	return inet_insert_ifa(&eth0.dev, cpu_to_be32(OUR_IP), 24);
}

static long route(void)
{
	static const u32 dsts[] = { PEER_IP, FAR_IP, 0x0a000077 };
	static const u8 types[] = { RTN_UNICAST, RTN_LOCAL, RTN_BROADCAST, RTN_PROHIBIT };
	struct fib_config cfg = {
		.dst = cpu_to_be32(PICK(dsts)), .dst_len = 32, .scope = RT_SCOPE_NOWHERE
	};
	struct route_spec spec = { .dst = cfg.dst, .dst_len = 32, .type = PICK(types) };

	if (roll(2))
		return inet_rtm_delroute(&init_net, &cfg);
	if (spec.type == RTN_UNICAST)
		spec.via = cpu_to_be32(GATEWAY_IP);
	return ip_route_add(&init_net, &spec);
}

static long device(void)
{
	struct fake_device *card = card_of(!roll(3));

	if (card->dev.flags & IFF_UP) {
		dev_close(&card->dev);
		return 0;
	}
	return dev_open(&card->dev);
}

static long devices_up(void)
{
	return dev_open(&eth0.dev) + dev_open(&eth1.dev) + our_address();
}

static u32 heard_n;

static void hear(struct packet_tap *tap, const struct sk_buff *skb, bool outgoing)
{
	heard_n += !outgoing;
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
	struct nf_rule drop = nf_rule_any(NF_DROP);

	nf_rule_bound(&drop, NF_LANE_DPORT, OUR_PORT, OUR_PORT);
	if (roll(3))
		nf_rule_flush(&init_net, NF_INET_LOCAL_IN);
	else
		return nf_rule_append(&init_net, NF_INET_LOCAL_IN, &drop);
	return 0;
}

/* Drops some packets of a flow, which no rule can. */
static u32 drop_odd(void *priv, struct sk_buff *skb, const struct nf_hook_state *s)
{
	return skb->len & 1 ? NF_DROP : NF_ACCEPT;
}

static struct nf_hook_ops odd = { .hook = drop_odd, .hooknum = NF_INET_LOCAL_IN };
static bool hooked;

static long hook(void)
{
	hooked = !hooked;
	(hooked ? nf_register_net_hook : nf_unregister_net_hook)(&init_net, &odd);
	return hooked;
}

static long hears_all(void)
{
	static bool on;

	on = !on;
	dev_set_promiscuity(&eth0.dev, on ? 1 : -1);
	return on;
}

/* No small packet is free, or no packet at all. */
static struct sk_buff_head held;

static long memory(void)
{
	if (held.n)
		stack_give_packets(&held);
	else if (at_once)
		stack_take_packets(&held, 30 + roll(60));
	return held.n > 0;
}

static long time_passes(void)
{
	static const u32 ms[] = { 1, 10, 100, 1000, 5000 };

	stack_step(PICK(ms));
	return 0;
}

static long calm(void)
{
	if (tapped)
		tap();
	if (held.n)
		stack_give_packets(&held);
	if (hooked)
		hook();
	nf_rule_flush(&init_net, NF_INET_LOCAL_IN);
	devices_up();
	return another_socket();
}

/* ---- one script, two stacks ----------------------------------------------------------------- */

static const struct {
	long (*fn)(void);
	const char *name;
	u32 weight;
} acts[] = {
	{ frames_come, "frames come", 100 },
	{ receive, "receive", 60 },
	{ receive_many, "receive many", 60 },
	{ faulty, "faulty", 6 },
	{ ready, "ready", 5 },
	{ option, "option", 10 },
	{ connection, "connection", 5 },
	{ membership, "membership", 3 },
	{ another_socket, "another socket", 5 },
	{ shut, "shut down", 2 },
	{ address, "address", 4 },
	{ our_address, "our address", 3 },
	{ route, "route", 4 },
	{ device, "device", 2 },
	{ devices_up, "devices up", 4 },
	{ tap, "tap", 2 },
	{ rule, "rule", 4 },
	{ hook, "hook", 2 },
	{ hears_all, "hears all", 2 },
	{ memory, "memory", 3 },
	{ time_passes, "time passes", 5 },
	{ calm, "calm", 6 },
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

static void note(struct told *t, const void *numbers, size_t len)
{
	assert_true(t->n + len / sizeof(u64) <= NUMBERS);
	memcpy(t->number + t->n, numbers, len);
	t->n += (u32)(len / sizeof(u64));
}

static void tell(struct told *t)
{
	const struct net_mib *mib = &init_net.mib;
	u64 numbers[] = { mib->ip_in_receives, mib->ip_in_delivers, mib->udp_in_datagrams,
		mib->udp_no_ports, mib->udp_in_errors, mib->udp_rcvbuf_errors, mib->udp_csum_errors,
		mib->icmp_in_msgs, mib->icmp_out_msgs, mib->ip_out_requests, heard_n };

	t->n = 0;
	note(t, numbers, sizeof(numbers));
	note(t, skb_pool.dropped, sizeof(skb_pool.dropped));
	note(t, &eth0.dev.stats, sizeof(eth0.dev.stats));
	note(t, &eth1.dev.stats, sizeof(eth1.dev.stats));
	for (u32 i = 0; i < SOCKETS; i++) {
		const struct sock *sk = sk_of(fds[i]);
		u64 waits[] = { sk->sk_receive_queue.n, sk->sk_drops, sk->sk_rmem };

		note(t, waits, sizeof(waits));
	}
}

static void play(u64 seed, struct told told[STEPS])
{
	dice = seed * 0x9e3779b97f4a7c15ull;
	for (u32 i = 0; i < STEPS; i++) {
		u32 act = some_act();

		told[i].what = acts[act].name;
		told[i].answer = acts[act].fn();
		if (acts[act].fn != frames_come) /* a call may fail before it looks, or after */
			net_poll();
		tell(&told[i]);
	}
}

static void begin(void)
{
	fake_register(&eth1, &init_net, 2);
	assert_int_equal(inet_insert_ifa(&eth1.dev, cpu_to_be32(ETH1_IP), 24), 0);
	stack_know_peer();
	eth0.on_poll = eth1.on_poll = arrive;
	for (u32 i = 0; i < SOCKETS; i++)
		fds[i] = udp_socket_at(0, (u16)(OUR_PORT + i));
}

static u64 first_seed = 1;
static u32 seeds_n = 40;

static void compare_step(u64 seed, u32 step, const struct told *one, const struct told *two)
{
	if (one->answer != two->answer)
		fail_msg("seed %lu, step %u (%s): another answer", seed, step, one->what);
	for (u32 i = 0; i < one->n; i++)
		if (one->number[i] != two->number[i])
			fail_msg("seed %lu, step %u (%s): number %u is %lu and %lu", seed, step,
				one->what, i, one->number[i], two->number[i]);
}

static void compare(u64 seed, const struct told *one, const struct told *two)
{
	for (u32 i = 0; i < STEPS; i++)
		compare_step(seed, i, &one[i], &two[i]);
}

/* In a process of its own: what it leaves behind is not the next one's. */
static void run(bool keeps, u64 seed, struct told *told, u64 *stayed)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		stack_limit_cpu(10);
		at_once = seed & 1;
		forgetful = !keeps;
		play(seed, told);
		*stayed += eth0.stayed_n;
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void the_same_answers(void **state)
{
	size_t size = (2 * STEPS + 1) * sizeof(struct told);
	struct told *told =
		mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	u64 *stayed = (void *)(told + 2 * STEPS);

	assert_ptr_not_equal(told, MAP_FAILED);
	begin();
	for (u64 seed = first_seed; seed < first_seed + seeds_n; seed++) {
		run(true, seed, told, &stayed[0]);
		run(false, seed, told + STEPS, &stayed[1]);
		compare(seed, told, told + STEPS);
	}
	if (getenv("SHOW"))
		fprintf(stderr, "stayed %lu, %lu\n", stayed[0], stayed[1]);
	assert_true(stayed[0] > stayed[1] + 100 * seeds_n); /* it was about something */
	munmap(told, size);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest rx_oracle[] = { STACK_TEST(the_same_answers) };

	if (argc > 1)
		first_seed = strtoull(argv[1], NULL, 0);
	if (argc > 2)
		seeds_n = (u32)strtoul(argv[2], NULL, 0);
	return cmocka_run_group_tests(rx_oracle, NULL, NULL);
}
