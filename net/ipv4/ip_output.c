/* SPDX-License-Identifier: MIT
 * ip_output.c - IPv4 on the way down: putting a datagram together, its header, hooks, fragments.
 * Not here: routing (route.c), hooks themselves (netfilter.c), flows that are ready (flow_cache.c).
 * udp_output.c and icmp.c call in; calls netfilter's hooks and neigh_output.
 * Source: RFC 791 3.1-3.2; RFC 1122 3.2.1; RFC 6864 4 (identification). */
#include "net/ipv4/ip.h"
#include "kernel/lib/string.h"
#include "net/core/checksum.h"
#include "net/core/skb_owner.h"
#include "net/device/loopback.h"
#include "net/netfilter/netfilter.h"
#include "net/socket/sock_room.h"
#include "net/socket/msg.h"

#define IP_MAX_PAYLOAD    (UINT16_MAX - IP_HLEN)
#define FRAGMENT_TRUESIZE 2304 /* Linux's truesize of a full one */

/* ---- building --------------------------------------------------------------------------- */

int ip_wait_for_room(
	struct sock *sk, const struct rtable *rt, enum sock_wait how, u32 n, u32 packets)
{
	int err = sock_wait_for_room(sk, rt->dev, rt->neigh, how, n, packets);

	if (!err && (rt->flags & RTCF_COPY))
		err = sock_wait_for_room(sk, sk->sk_net->loopback_dev, NULL, how, 1, packets);
	if (err && err != -ENETDOWN)
		return err;
	return rt_valid(sk->sk_net, rt) ? err
					: -ESTALE; /* without a link: there may be another way */
}

/* How a datagram lies in packets of the pool. */
struct layout {
	bool fragments; /* each is a frame with a header of its own */
	u32 headroom;   /* of those behind the first */
	u32 unit;       /* bytes in each of them; of fragments in the first, too */
};

static struct layout layout_for(const struct rtable *rt, size_t total, u32 segment)
{
	u32 max = rt->mtu - IP_HLEN;

	if (unlikely(segment || (rt->dev->features & NETIF_F_FRAGLIST)))
		return (struct layout){ false, SKB_FRAME_OFF, SKB_PIECE };
	return (struct layout){ true, SKB_NETWORK_OFF + IP_HLEN,
		total <= max ? max : ALIGN_DOWN(max, FRAGMENT_UNIT) };
}

static s32 room_in_first(const struct layout *l)
{
	return l->fragments ? (s32)l->unit : SKB_FIRST_PIECE;
}

/* Room in the last packet; negative when it was filled for a larger path MTU. */
static s32 room_in_last(const struct cork *cork, const struct layout *l)
{
	const struct sk_buff *last = cork->last;

	if (likely(l->fragments))
		return (s32)l->unit - last->len;
	return (s32)skb_room(last) - (last == cork->first ? SKB_SLOT - SKB_DATA_END : 0);
}

/* Packets behind one that has room for `room` of the next len bytes. */
static u32 further_packets(const struct layout *l, s32 room, size_t len)
{
	s32 over = (s32)len - room;

	return over > 0 ? ((u32)over + l->unit - 1) / l->unit : 0;
}

u32 ip_packets_for(const struct rtable *rt, size_t total)
{
	struct layout l = layout_for(rt, total, 0);

	return 1 + further_packets(&l, room_in_first(&l), total);
}

/* A datagram of total bytes, in `packets` packets. What no socket here could hold is refused at once; and
 * as on Linux the fragments behind the first, each as if it were full, may go as far as twice SO_SNDBUF. */
static int check_size(const struct sock *sk, const struct rtable *rt, const struct layout *l,
	size_t total, u32 packets, u32 segment)
{
	if (total > IP_MAX_PAYLOAD || (total + IP_HLEN > rt->mtu && !rt->fragment && !segment))
		return -EMSGSIZE;
	if (!l->fragments)
		return packets > skb_share_max() ? -ENOBUFS : 0;
	if (packets > skb_pool.total_n / 2 || packets > rt->dev->tx_ring_n)
		return -EMSGSIZE;
	return packets > 1 && sk->sk_wmem + (packets - 1) * FRAGMENT_TRUESIZE >= 2 * sk->sk_sndbuf
		       ? -ENOBUFS
		       : 0;
}

static void add_packet(struct cork *cork, u32 headroom, u32 head)
{
	struct sk_buff *skb = skb_alloc(headroom); /* there is room for it */

	skb->len = (u16)head;
	skb->csum = 0;
	skb->next = NULL;
	if (!cork->first)
		cork->first = skb;
	else if (!cork->first->frags)
		cork->first->frags = skb;
	else
		cork->last->next = skb;
	cork->last = skb;
	cork->n++;
}

/* All but the last packet carry a multiple of eight bytes, so that offsets count in eights: the last
 * may have had more, and is not the last any longer. */
static void next_packet(struct cork *cork, u32 headroom, u16 excess)
{
	struct sk_buff *full = cork->last;

	add_packet(cork, headroom, 0);
	full->len = (u16)(full->len - excess);
	memcpy(skb_put(cork->last, excess), full->data + full->len, excess);
	if (full == cork->first)
		full->frags_len = excess;
}

static int fill_packet(struct cork *cork, struct msghdr *msg, u32 len)
{
	struct sk_buff *skb = cork->last;
	s64 sum = csum_memcpy_from_msg(skb->data + skb->len, msg, len);

	if (sum < 0)
		return -EFAULT;
	cork->first->csum += skb->len & 1 ? csum_swap((csum)sum) : (csum)sum;
	skb->len = (u16)(skb->len + len);
	cork->len += len;
	if (skb != cork->first)
		cork->first->frags_len = (u16)(cork->first->frags_len + len);
	return 0;
}

int ip_append_data(struct sock *sk, const struct rtable *rt, struct cork *cork, struct msghdr *msg,
	size_t len, u32 transport_len)
{
	u32 head = cork->first ? 0 : transport_len;
	size_t total = cork->len + head + len;
	struct layout l = layout_for(rt, total, cork->segment);
	s32 room = cork->first ? room_in_last(cork, &l) : room_in_first(&l);
	u32 packets = further_packets(&l, room, head + len) + !cork->first;
	u32 n = cork->n + packets;
	int err = check_size(sk, rt, &l, total, n, cork->segment);

	if (!err)
		err = ip_wait_for_room(sk, rt, msg_wait(msg), l.fragments ? n : 1, packets);
	if (!err && !cork->first) {
		add_packet(cork, SKB_NETWORK_OFF + IP_HLEN, head);
		cork->len = head;
	}
	while (!err && len > 0) {
		u32 take;

		while ((room = room_in_last(cork, &l)) <=
			0) /* twice when the path is much narrower now */
			next_packet(cork, l.headroom, (u16)-room);
		take = (u32)min(len, (size_t)room);
		err = fill_packet(cork, msg, take);
		len -= take;
	}
	return err;
}

void ip_flush_pending(struct cork *cork)
{
	if (cork->first)
		consume_skb(cork->first);
	*cork = (struct cork){ .len = 0 };
}

struct sk_buff *ip_make_skb(
	struct sock *sk, const struct rtable *rt, struct msghdr *msg, size_t len, u32 transport_len)
{
	struct cork cork = { .len = 0 };
	int err = ip_append_data(sk, rt, &cork, msg, len, transport_len);

	if (err)
		ip_flush_pending(&cork);
	return err ? ERR_PTR(err) : cork.first;
}

/* ---- the header ------------------------------------------------------------------------- */

void ip_template_init(
	struct ip_template *t, const struct rtable *rt, u8 protocol, u8 tos, u8 ttl, bool df)
{
	t->iph = (struct iphdr){ .version_ihl = IP_VERSION_IHL,
		.tos = tos,
		.frag_off = cpu_to_be16(df ? IP_DF : 0),
		.ttl = ttl,
		.protocol = protocol,
		.saddr = rt->saddr,
		.daddr = rt->daddr };
	t->df = df;
	t->sum = (u32)(IP_VERSION_IHL | tos << 8) + t->iph.frag_off.raw +
		 (u32)(ttl | protocol << 8) + csum_be32(rt->saddr) +
		 csum_be32(rt->daddr); /* words as they lie in memory */
}

/* RFC 6864 4.1: an atomic datagram (DF set, not a fragment) may carry any identification, so it
 * carries none, which tells nothing to strangers. Others must not repeat soon: one counter from a
 * random start. */
static void make_fragmentable(struct iphdr *iph)
{
	static u16 counter;
	static bool seeded;

	if (!seeded) {
		counter = (u16)random_u32();
		seeded = true;
	}
	iph->frag_off = BE16_ZERO;
	iph->id = cpu_to_be16(counter++);
	iph->check = BE16_ZERO;
	iph->check = csum_fold(csum_add(0, iph, sizeof(*iph)));
}

/* ---- down ------------------------------------------------------------------------------- */

/* One piece's own copy of the datagram's header. */
static void fragment_header(
	struct sk_buff *piece, const struct iphdr *header, u32 offset, bool more)
{
	struct iphdr *iph = skb_push(piece, IP_HLEN);

	*iph = *header;
	iph->tot_len = cpu_to_be16(piece->len);
	iph->frag_off = cpu_to_be16((u16)(offset / FRAGMENT_UNIT | (more ? IP_MF : 0)));
	iph->check = BE16_ZERO;
	iph->check = csum_fold(csum_add(0, iph, sizeof(*iph)));
	skb_set_network_header(piece);
}

/* A chain of packets (skb->frags) to the neighbour, as one, each with its header. */
static int ip_do_fragment(struct sk_buff *skb)
{
	const struct iphdr header = *(struct iphdr *)skb->data;
	struct net *net = skb->dev->net;
	u32 offset = skb->len - IP_HLEN;

	skb_pull(skb, IP_HLEN);
	fragment_header(skb, &header, 0, true);
	for (struct sk_buff *frag = skb->frags; frag; frag = frag->next) {
		u32 len = frag->len;

		fragment_header(frag, &header, offset, frag->next);
		offset += len;
		frag->dev = skb->dev;
		frag->neigh = skb->neigh;
		frag->protocol = skb->protocol;
		net->mib.ip_frag_creates++;
	}
	return neigh_resolve_output(skb->neigh, skb);
}

static int ip_finish_output(struct net *net, struct sk_buff *skb)
{
	return skb_is_fragmented(skb) ? ip_do_fragment(skb) : neigh_output(skb);
}

static int ip_output(struct net *net, struct sk_buff *skb)
{
	return nf_hook(NF_INET_POST_ROUTING, net, skb, NULL, skb->dev, ip_finish_output);
}

int ip_local_out(struct net *net, struct sk_buff *skb)
{
	net->mib.ip_out_requests++;
	skb->protocol = cpu_to_be16(ETH_P_IP);
	return nf_hook(NF_INET_LOCAL_OUT, net, skb, NULL, skb->dev, ip_output);
}

static int ip_mc_finish_output(struct net *net, struct sk_buff *skb)
{
	dev_loopback_xmit(skb);
	return 0;
}

static int send_to_ourselves(struct net *net, struct sk_buff *skb)
{
	return nf_hook(NF_INET_POST_ROUTING, net, skb, NULL, skb->dev, ip_mc_finish_output);
}

/* RFC 1112 6.1, RFC 919 7: who listens here gets a copy. With a time to live of 0 that is all. One for which no
 * packets are free is counted. */
static int ip_mc_output(struct net *net, struct sk_buff *skb)
{
	struct sk_buff *copy;

	if (((const struct iphdr *)skb->data)->ttl == 0)
		return send_to_ourselves(net, skb);
	copy = skb_copy(skb);
	net->mib.ip_out_requests++;
	if (copy)
		send_to_ourselves(net, copy);
	else
		skb_pool.dropped[SKB_DROP_TX_FULL]++;
	return ip_output(net, skb);
}

/* ip_local_out for packets with a copy for this host, or for this host alone. */
static int ip_local_out_mc(struct net *net, struct sk_buff *skb, bool copy)
{
	bool stays = ((const struct iphdr *)skb->data)->ttl == 0;

	net->mib.ip_out_requests++;
	skb->protocol = cpu_to_be16(ETH_P_IP);
	if (stays && !copy) {
		kfree_skb(skb, SKB_DROP_TTL);
		return 0;
	}
	return nf_hook(NF_INET_LOCAL_OUT, net, skb, NULL, skb->dev, ip_mc_output);
}

int ip_send_skb(
	struct net *net, struct sk_buff *skb, const struct rtable *rt, const struct ip_template *t)
{
	struct iphdr *iph = skb_push(skb, IP_HLEN);

	skb->dev = rt->dev;
	skb->neigh = rt->neigh;
	ip_template_header(iph, t, (u16)skb_total_len(skb));
	if (!t->df || skb_total_len(skb) > rt->mtu || skb_is_fragmented(skb))
		make_fragmentable(iph);
	if ((rt->flags & RTCF_COPY) || (iph->ttl == 0 && !(skb->dev->flags & IFF_LOOPBACK)))
		return ip_local_out_mc(net, skb, rt->flags & RTCF_COPY);
	return ip_local_out(net, skb);
}
