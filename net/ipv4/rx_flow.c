/* SPDX-License-Identifier: MIT
 * rx_flow.c - received flows: from a frame in the ring to its socket's queue.
 * Not here: the rules by which that is correct (rx_flow.h), everything that is not plain (ip_input.c, udp_input.c).
 * dev_receive.c calls rx_flow_receive; ip_input.c and udp_input.c keep their answers here.
 * Source: RFC 791, RFC 768, RFC 1122 3.2.1. */
#include "net/ipv4/rx_flow.h"
#include "net/core/part.h"
#include "kernel/lib/string.h"
#include "net/core/checksum.h"
#include "net/ipv4/icmp.h"
#include "net/netfilter/netfilter.h"
#include "net/socket/datagram.h"

#define FLOWS_MIN     128
#define FLOWS_MAX     2048
#define FLOWS_PER_MEM (16u << 10) /* a machine of 4 MiB has 256 */

#define HEADER_WORDS 5

/* A frame's headers as words, and its UDP checksum:
 *
 *   0: to, from | 1: from, type, version, TOS | 2: length, identification, fragment, TTL, protocol |
 *   3: checksum, source, destination | 4: destination, ports, length | 40: checksum | 42: payload
 *
 * In datagrams of one sender, and of one length, only identification and checksums differ. */
struct rx_flow {
	u64 genid;
	struct net_device *dev;
	u64 word[HEADER_WORDS]; /* masked */
	u32 ip_sum, udp_sum; /* of what does not differ; UDP's with the pseudo-header. Below 2^17 */
	u64 answer;          /* a struct sock *, or the reason to drop it */
	u32 total;           /* length of the IPv4 packet */
	u32 frame_len;       /* with Ethernet's header */
	u32 words;           /* whole ones of eight bytes in the payload */
	u64 tail;            /* mask: the bytes of the word behind them that are payload */
};

#define WORD_2_MASK   0xffffffff0000fffful /* all but the identification */
#define WORD_3_MASK   0xffffffffffff0000ul /* all but the checksum */
#define UDP_CHECK_OFF 40

#define LONG_WORDS 16 /* of payload: for these a call pays */
#define HEADERS    (ETH_HLEN + IP_HLEN + UDP_HLEN)
/* Bytes of IPv4 packet that a small packet has room for, and those copied in one go. */
#define SMALL_MAX ((u32)(SKB_SMALL - SKB_NETWORK_OFF))
#define SHORT     48

static u64 load_u64(const void *at)
{
	u64 v;

	memcpy(&v, at, sizeof(v));
	return v;
}

static u32 load_u32(const void *at)
{
	u32 v;

	memcpy(&v, at, sizeof(v));
	return v;
}

/* Addresses and ports that follow each other have places that do. */
static __always_inline u32 place_of(u32 saddr, u32 ports, u32 n)
{
	u32 source = be32_to_cpu((be32){ saddr }), p = be32_to_cpu((be32){ ports });

	return (source + p * 37 + (p >> 16) * 101) & (n - 1);
}

/* Is it this flow's header, of the same length? And is IPv4's checksum right? */
static __always_inline bool header_is(const struct rx_flow *flow, const u8 *frame, u32 len)
{
	u64 word2 = load_u64(frame + 16), word3 = load_u64(frame + 24);

	return load_u64(frame + 32) == flow->word[4] && (word3 & WORD_3_MASK) == flow->word[3] &&
	       (word2 & WORD_2_MASK) == flow->word[2] && load_u64(frame + 8) == flow->word[1] &&
	       load_u64(frame) == flow->word[0] && len >= flow->frame_len &&
	       csum_is_multiple((u64)flow->ip_sum + (u16)(word2 >> 16) + (u16)word3);
}

__cold static void remember(struct rx_flow *flow, const u8 *frame)
{
	const struct iphdr *iph = (const void *)(frame + ETH_HLEN);
	const struct udphdr *uh = (const void *)(iph + 1);

	for (u32 i = 0; i < HEADER_WORDS; i++)
		flow->word[i] = load_u64(frame + 8 * i);
	flow->word[2] &= WORD_2_MASK;
	flow->word[3] &= WORD_3_MASK;
	flow->total = be16_to_cpu(iph->tot_len);
	flow->frame_len = flow->total + ETH_HLEN;
	flow->words = (flow->total - IP_HLEN - UDP_HLEN) / 8;
	flow->tail = (1ul << 8 * ((flow->total - IP_HLEN - UDP_HLEN) % 8)) - 1;
	flow->ip_sum = csum_16(csum_add(0, iph, IP_HLEN));
	flow->ip_sum += (0xffffu ^ iph->id.raw) + (0xffffu ^ iph->check.raw);
	flow->udp_sum = csum_16(
		csum_add(csum_pseudo(iph->saddr, iph->daddr, be16_to_cpu(uh->len), IPPROTO_UDP), uh,
			offsetof(struct udphdr, check)));
}

/* Its addresses and ports, in words 3 and 4 of a frame, whatever else is in the header. */
static bool flow_is(
	const struct rx_flow *flow, const u8 *frame, const struct net_device *dev, u64 genid)
{
	return flow->genid == genid && flow->dev == dev &&
	       (load_u64(frame + 24) & WORD_3_MASK) == flow->word[3] &&
	       (load_u64(frame + 32) << 16) == flow->word[4] << 16;
}

static __always_inline struct rx_flow *place_for(const struct net *net, const u8 *frame)
{
	const u8 *iph = frame + ETH_HLEN;

	return &net->rx_flows[place_of(load_u32(iph + offsetof(struct iphdr, saddr)),
		load_u32(iph + IP_HLEN), net->rx_flow_n)];
}

/* Flows have two places: pairs of neighbours. */
static struct rx_flow *other_place(const struct net *net, struct rx_flow *flow)
{
	return &net->rx_flows[(u32)(flow - net->rx_flows) ^ 1];
}

/* Not behind a tag. */
static bool is_plain_ip(const struct ethhdr *eth)
{
	return eth->h_proto.raw == cpu_to_be16(ETH_P_IP).raw;
}

static bool is_to(const struct net_device *dev, const struct ethhdr *eth)
{
	return load_u32(eth->h_dest) == load_u32(dev->dev_addr) &&
	       memcmp(eth->h_dest + 4, dev->dev_addr + 4, 2) == 0;
}

/* Is all of it as in nearly every packet, and right: IPv4, UDP, no options, no fragment, lengths that agree? */
static noinline bool header_is_plain(const struct iphdr *iph, u32 room)
{
	const struct udphdr *uh = (const void *)(iph + 1);
	u32 total = be16_to_cpu(iph->tot_len);

	return iph->version_ihl == IP_VERSION_IHL && iph->protocol == IPPROTO_UDP &&
	       total <= room && total >= IP_HLEN + UDP_HLEN &&
	       be16_to_cpu(uh->len) == total - IP_HLEN &&
	       !(be16_to_cpu(iph->frag_off) & (IP_MF | IP_OFFSET)) &&
	       csum_is_multiple(csum_add(0, iph, IP_HLEN));
}

/* Stand for the last frame's flow when there is none, or it was dropped without one. They are longer than any frame. */
static struct rx_flow no_flow = { .frame_len = UINT32_MAX };
static struct rx_flow dropped = { .frame_len = UINT32_MAX, .answer = SKB_DROP_REASONS };

/* To another host's card: only a card that hears everything lets these in. */
static struct rx_flow *drop_foreign(struct net *net, const struct ethhdr *eth)
{
	if (eth->h_dest[0] & 1)
		return NULL;
	net->mib.ip_in_receives++;
	skb_pool.dropped[SKB_DROP_OTHERHOST]++;
	return &dropped;
}

/* A frame whose header no flow has. If it is plain, it may have the addresses and ports of one, which has this header
 * from now on. */
__cold static noinline struct rx_flow *look_up(
	const struct net_device *dev, const u8 *frame, u32 len)
{
	const struct ethhdr *eth = (const void *)frame;
	struct net *net = dev->net;
	struct rx_flow *at;

	if (len < HEADERS || !is_plain_ip(eth))
		return NULL;
	if (!is_to(dev, eth))
		return drop_foreign(net, eth);
	if (!header_is_plain((const void *)(eth + 1), len - ETH_HLEN))
		return NULL;
	at = place_for(net, frame);
	if (!flow_is(at, frame, dev, net->rx_genid))
		at = other_place(net, at);
	if (!flow_is(at, frame, dev, net->rx_genid))
		return NULL;
	remember(at, frame);
	return at;
}

static noinline struct rx_flow *find_at_place(
	const struct net_device *dev, const u8 *frame, u32 len)
{
	const struct net *net = dev->net;
	struct rx_flow *at = place_for(net, frame);

	return at->genid == net->rx_genid && at->dev == dev && header_is(at, frame, len) ? at
											 : NULL;
}

/* last: the last frame's flow, of this device and valid, or no_flow. Returns this frame's, where its header is known. */
static __always_inline struct rx_flow *find_known(
	struct rx_flow *last, const struct net_device *dev, const u8 *frame, u32 len)
{
	return likely(header_is(last, frame, len)) ? last : find_at_place(dev, frame, len);
}

/* The same where it is not known, or &dropped; NULL: it has to go the long way. */
static __always_inline struct rx_flow *find(
	struct rx_flow *last, const struct net_device *dev, const u8 *frame, u32 len)
{
	struct rx_flow *flow = find_known(last, dev, frame, len);

	return likely(flow) ? flow : look_up(dev, frame, len);
}

static __always_inline struct rx_flow *last_of(const struct net_device *dev)
{
	struct rx_flow *flow = dev->net->rx_last;

	return likely(flow->genid == dev->net->rx_genid && flow->dev == dev) ? flow : &no_flow;
}

/* Of a frame that is a flow's: is its UDP checksum right, if it has one? */
static __always_inline bool payload_is_right(const struct rx_flow *flow, const u8 *frame)
{
	const u8 *p = frame + HEADERS;
	u64 sum = flow->udp_sum;
	u32 n = flow->words;
	be16 check;

	memcpy(&check, frame + UDP_CHECK_OFF, sizeof(check));
	if (unlikely(be16_is_zero(check)))
		return true;
	sum += check.raw;
	if (n >= LONG_WORDS) {
		sum = csum_carry(sum, csum_add(0, p, 8ul * n));
		p += 8ul * n;
		n = 0;
	}
	for (; n > 0; n--, p += 8)
		sum = csum_carry(sum, load_u64(p));
	/* a slot goes on behind the frame */
	return csum_is_multiple(csum_carry(sum, load_u64(p) & flow->tail));
}

/* ---- to the socket -------------------------------------------------------------------------- */

/* Packets on their way to one socket: they are put into its queue, and counted, together. */
struct run {
	struct sock *sk;
	struct sk_buff *first, **end, *last; /* linked */
	u32 n;
	u32 read;    /* those that the reader took at once */
	u32 room;    /* short ones that may follow */
	bool direct; /* nothing waits before them, and a reader does */
};

/* How many short packets more sk takes: as often as sock_takes would say so. */
static u32 room_for_short(const struct sock *sk)
{
	u32 all = sk->sk_rmem + sock_rmem_all, most = skb_waiting_max() * SKB_SLOT;
	u32 n = (max(sk->sk_rcvbuf, sk->sk_rmem) - sk->sk_rmem) / SKB_SMALL;

	if (!sk->sk_socket || all >= most)
		return 0;
	return min(max(n, (u32)!sk->sk_rmem), (most - all) / (2 * SKB_SMALL));
}

static u32 small_packets(void)
{
	u32 small = skb_pool.small_free_n, least = skb_pool.small_total_n / 2;

	return small > least ? small - least : 0;
}

static __always_inline void run_begin(struct run *run, struct sock *sk)
{
	run->sk = sk;
	run->end = &run->first;
	run->n = run->read = run->room = 0;
	run->direct = sock_reader.sk == sk && !sk->sk_receive_queue.first;
}

static __always_inline void run_end(const struct run *run)
{
	u32 n = run->n + run->read;
	struct sock *sk = run->sk;
	struct net_mib *mib;

	if (!n)
		return;
	mib = &sk->sk_net->mib;
	mib->ip_in_receives += n;
	mib->ip_in_delivers += n;
	mib->udp_in_datagrams += n;
	if (!run->n)
		return;
	*run->end = NULL;
	if (sk->sk_receive_queue.first)
		sk->sk_receive_queue.last->next = run->first;
	else
		sk->sk_receive_queue.first = run->first;
	sk->sk_receive_queue.last = run->last;
	sk->sk_receive_queue.n += run->n;
}

static __always_inline void run_add(struct run *run, struct sk_buff *skb, u32 total, u32 size)
{
	struct sock *sk = run->sk;

	skb->len = (u16)(total - IP_HLEN);
	skb->data = skb_slot(skb) + SKB_TRANSPORT_OFF;
	skb->tstamp = unlikely(sk->sk_timestamp) ? clock_realtime_ns() : 0;
	sock_charge_rcv(sk, size);
	*run->end = run->last = skb;
	run->end = &skb->next;
	run->n++;
}

static noinline void copy_rest(u8 *to, const u8 *from)
{
	memcpy(to, from, SMALL_MAX - SHORT);
}

/* A copy in a small packet, of which there is one (run->room). */
static __always_inline void receive_short(
	struct run *run, struct net_device *dev, const u8 *frame, u32 total)
{
	struct sk_buff *small = skb_alloc_small();
	u8 *to = skb_slot(small) + SKB_NETWORK_OFF;

	skb_init(small, SKB_TRANSPORT_OFF);
	small->dev = dev;
	memcpy(to, frame + ETH_HLEN, SHORT);
	if (total > SHORT)
		copy_rest(to + SHORT, frame + ETH_HLEN + SHORT);
	run_add(run, small, total, SKB_SMALL);
	run->room--;
}

static bool count_full(struct sock *sk)
{
	struct net_mib *mib = &sk->sk_net->mib;

	mib->ip_in_receives++;
	mib->ip_in_delivers++;
	mib->udp_in_errors++;
	mib->udp_rcvbuf_errors++;
	sk->sk_drops++;
	skb_pool.dropped[SKB_DROP_RCVBUF_FULL]++;
	return true;
}

/* How many short ones may follow, for the first of a run. */
static noinline bool find_room(struct run *run)
{
	run->room = min(room_for_short(run->sk), small_packets());
	return run->room > 0;
}

/* What is long, and what small packets are too few for: the packet itself, and another one in its slot. Or the socket
 * is full. Returns false when no packet is free. */
__cold static noinline bool receive_other(struct run *run, struct rx_burst *burst, u32 i, u32 total)
{
	struct sk_buff *skb = burst->slot[i], *fresh;
	bool fits = total <= SMALL_MAX && skb_small_plenty();

	if (!sock_takes(run->sk, fits ? SKB_SMALL : SKB_SLOT))
		return count_full(run->sk);
	fresh = skb_alloc_reserved(RX_HEADROOM);
	if (!fresh)
		return false;
	fresh->dev = burst->dev;
	burst->slot[i] = fresh;
	burst->replaced |= 1u << i;
	run_add(run, skb, total, SKB_SLOT);
	run->room = 0;
	return true;
}

/* The reader's message gets it, if there is one left that is plain. */
static __always_inline bool give(const struct rx_flow *flow, const u8 *frame)
{
	const struct iphdr *iph = (const void *)(frame + ETH_HLEN);
	const struct udphdr *uh = (const void *)(iph + 1);

	return reader_give(&sock_reader, sockaddr_in_key(iph->saddr, uh->source), uh + 1,
		flow->total - IP_HLEN - UDP_HLEN);
}

static __always_inline bool receive_direct(
	struct run *run, const struct rx_flow *flow, const u8 *frame)
{
	if (likely(give(flow, frame)))
		run->read++;
	else
		run->direct = false;
	return run->direct;
}

/* ---- a burst -------------------------------------------------------------------------------- */

/* A flow that is dropped. The answer that a port is closed is the long way's, while it may be sent. */
__cold static noinline bool drop_unwanted(
	struct net *net, const struct rx_flow *flow, const u8 *frame)
{
	if (flow == &dropped)
		return true;
	if (flow->answer == SKB_DROP_NO_SOCKET) {
		if (icmp_unreach_allowed() || !payload_is_right(flow, frame))
			return false;
		net->mib.ip_in_delivers++;
		net->mib.udp_no_ports++;
	}
	net->mib.ip_in_receives++;
	skb_pool.dropped[flow->answer]++;
	return true;
}

/* The i-th frame of a burst, which is flow's. Returns false when it has to go the long way. */
static __always_inline bool receive_one(
	struct run *run, const struct rx_flow *flow, struct rx_burst *burst, u32 i)
{
	const u8 *frame = burst->slot[i]->data;

	if (unlikely(flow->answer <= SKB_DROP_REASONS))
		return drop_unwanted(burst->dev->net, flow, frame);
	if (unlikely(!payload_is_right(flow, frame)))
		return false;
	if (flow->answer != (u64)(uintptr_t)run->sk) {
		run_end(run);
		run_begin(run, (struct sock *)(uintptr_t)flow->answer);
	}
	if (run->direct && receive_direct(run, flow, frame))
		return true;
	if (unlikely(flow->total > SMALL_MAX || (!run->room && !find_room(run))))
		return receive_other(run, burst, i, flow->total);
	receive_short(run, burst->dev, frame, flow->total);
	return true;
}

static bool hooked(const struct net *net)
{
	return net->nf && !list_empty(&net->nf->hooks[NF_INET_LOCAL_IN]);
}

static noinline void receive_burst(struct rx_burst *burst)
{
	static struct run run; /* one burst at a time */
	struct net_device *dev = burst->dev;
	u32 first = burst->done, i = first, bytes = 0;
	struct rx_flow *flow = last_of(dev), *next;

	run.sk = NULL;
	run.n = run.read = 0;
	for (; i < burst->n; i++) {
		next = find(flow, dev, burst->slot[i]->data, burst->len[i]);
		if (unlikely(!next))
			break;
		flow = next;
		if (unlikely(!receive_one(&run, flow, burst, i)))
			break;
		bytes += burst->len[i];
	}
	run_end(&run);
	dev->net->rx_last = flow;
	burst->done = i;
	dev->stats.rx_packets += i - first;
	dev->stats.rx_bytes += bytes;
}

/* One frame with a known header, whose socket has a reader, and nothing else: an answer that was waited for. */
static __always_inline bool receive_single(struct rx_burst *burst)
{
	struct net_device *dev = burst->dev;
	const u8 *frame = burst->slot[burst->done]->data;
	u32 len = burst->len[burst->done];
	struct sock *sk = sock_reader.sk;
	struct net_mib *mib = &dev->net->mib;
	struct rx_flow *flow = find_known(last_of(dev), dev, frame, len);

	if (!flow || flow->answer != (u64)(uintptr_t)sk || !payload_is_right(flow, frame) ||
		sk->sk_receive_queue.first || !give(flow, frame))
		return false;
	dev->net->rx_last = flow;
	mib->ip_in_receives++;
	mib->ip_in_delivers++;
	mib->udp_in_datagrams++;
	dev->stats.rx_packets++;
	dev->stats.rx_bytes += len;
	burst->done++;
	return true;
}

static void rx_receive(struct rx_burst *burst)
{
	const struct net *net = burst->dev->net;

	if (static_branch_unlikely(&nf_hooks_needed[NF_INET_LOCAL_IN]) && hooked(net))
		return;
	if (unlikely(!net->rx_flows))
		return;
	if (sock_reader.sk && burst->n == burst->done + 1 && receive_single(burst))
		return;
	receive_burst(burst);
}

static struct net_device *rx_device(const struct net *net)
{
	const struct rx_flow *flow = net->rx_last;

	return likely(flow && flow->genid == net->rx_genid) ? flow->dev : NULL;
}

/* ---- the table ------------------------------------------------------------------------------ */

/* What the long way says of a header, if it is plain. What is stale makes room first. */
__cold static void keep(struct net_device *dev, const struct iphdr *iph, u64 answer)
{
	const struct ethhdr *eth = (const struct ethhdr *)iph - 1;
	const u8 *frame = (const u8 *)eth;
	struct net *net = dev->net;
	struct rx_flow *flow;

	if (!net->rx_flows || (dev->flags & IFF_LOOPBACK) || !is_plain_ip(eth) ||
		!is_to(dev, eth) || !header_is_plain(iph, be16_to_cpu(iph->tot_len)))
		return;
	flow = place_for(net, frame);
	if (flow->genid == net->rx_genid && other_place(net, flow)->genid != net->rx_genid)
		flow = other_place(net, flow);
	*flow = (struct rx_flow){ .genid = net->rx_genid, .dev = dev, .answer = answer };
	remember(flow, frame);
}

static void rx_socket(const struct sk_buff *skb, struct sock *sk)
{
	keep(skb->dev, skb_network_header(skb), sk ? (u64)(uintptr_t)sk : SKB_DROP_NO_SOCKET);
}

static void rx_drop(const struct sk_buff *skb, enum skb_drop_reason reason)
{
	const struct iphdr *iph = (const void *)skb->data;

	if (skb->len >= IP_HLEN + UDP_HLEN)
		keep(skb->dev, iph, reason);
}

static __cold void rx_start(struct net *net)
{
	u32 want = (u32)min(mem_total() / FLOWS_PER_MEM, (u64)FLOWS_MAX), n = FLOWS_MIN;

	while (2 * n <= want)
		n *= 2;
	net->rx_flows = mem_alloc(n * sizeof(struct rx_flow));
	net->rx_flow_n = net->rx_flows ? n : 0;
	net->rx_last = &no_flow;
}

static __cold void rx_exit(struct net *net)
{
	if (net->rx_flows)
		mem_free(net->rx_flows, net->rx_flow_n * sizeof(struct rx_flow));
	net->rx_flows = NULL;
	net->rx_last = &no_flow;
}

static const struct rx_flow_ops ops = {
	.receive = rx_receive,
	.device = rx_device,
	.socket = rx_socket,
	.drop = rx_drop,
	.start = rx_start,
	.exit = rx_exit,
};

static void rx_flow_init(void)
{
	rx_flow_ops = &ops;
}

PART(rxflows) = { .name = "rxflows", .init = rx_flow_init };
