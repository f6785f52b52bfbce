/* SPDX-License-Identifier: MIT
 * flow_cache.c - a flow: route, neighbour and the 42 bytes of headers for one destination, cached.
 * Not here: asking them (udp_route.c); the rules by which they may be used (flow_cache.h).
 * udp_send.c and udp_segment.c call in; looks at neighbour and netfilter, calls the device's driver.
 * Source: RFC 768, RFC 791; Intel SDM 317453 3.5: the pseudo-header's sum in the checksum's place. */
#include "net/udp/flow_cache.h"
#include "kernel/lib/string.h"
#include "net/netfilter/netfilter.h"

#define HEADER_IP  16
#define HEADER_UDP (HEADER_IP + IP_HLEN)
#define HEADERS    (ETH_HLEN + IP_HLEN + UDP_HLEN)

/* Tags are never given twice: the flow's id, and the payload's length, below 2^16. */
#define TAG_SHIFT 16

void flow_begin(struct flow_cache *flow)
{
	static u64 last_id;

	flow->id = ++last_id;
	flow->len = FLOW_NO_HEADER;
}

/* No layer below wants to see the packet, delay it, or give it a header of its own. Port 0 is a peer's, but
 * wrong in a message's address: udp_sendmsg_slow tells them apart. */
static bool flow_fast_path_ok(const struct flow_cache *flow)
{
	const struct net_device *dev = flow->rt.dev;

	return flow->ip.df && !(flow->rt.flags & RTCF_COPY) && flow->ip.iph.ttl > 0 &&
	       !be16_is_zero(flow->dest) && flow->rt.neigh->connected &&
	       dev->netdev_ops->ndo_xmit_again && dev_fast_path_ok(dev) &&
	       nf_fast_path_ok(dev->net);
}

void flow_build_header(struct flow_cache *flow, size_t len)
{
	const struct rtable *rt = &flow->rt;
	struct udphdr *uh = (struct udphdr *)(flow->header + HEADER_UDP);
	be16 ulen = cpu_to_be16((u16)(len + UDP_HLEN));
	u32 pseudo;

	if (len + UDP_HLEN + IP_HLEN > rt->mtu)
		return; /* the header stays: long datagrams may go between short ones */
	flow->len = FLOW_NO_HEADER;
	if (!flow_fast_path_ok(flow))
		return;
	pseudo = csum_be32(rt->saddr) + csum_be32(rt->daddr) + ulen.raw +
		 cpu_to_be16(IPPROTO_UDP).raw;
	flow->csum_partial = rt->dev->features & NETIF_F_HW_CSUM;
	flow->udp_sum = pseudo + flow->source.raw + flow->dest.raw + ulen.raw;
	memcpy(flow->header, rt->neigh->hh.bytes, sizeof(rt->neigh->hh.bytes));
	ip_template_header((struct iphdr *)(flow->header + HEADER_IP), &flow->ip,
		(u16)(len + UDP_HLEN + IP_HLEN));
	*uh = (struct udphdr){ flow->source, flow->dest, ulen, BE16_ZERO };
	if (flow->csum_partial)
		uh->check.raw = (u16)~csum_fold_32(pseudo).raw;
	flow->len = len;
	flow->frame_len = max((u32)(HEADERS + len), (u32)ETH_ZLEN);
	flow->tag = flow->id << TAG_SHIFT | len;
}

/* All of a packet but its payload. A packet with a tag has carried a header before, so most fields are set already. */
static void flow_write_header(const struct flow_cache *flow, struct sk_buff *skb)
{
	if (!skb->tag) {
		skb_init(skb, SKB_NETWORK_OFF - ETH_HLEN);
		skb->protocol = cpu_to_be16(ETH_P_IP);
	}
	skb->dev = flow->rt.dev;
	skb->csum_partial = flow->csum_partial;
	skb->len = (u16)flow->frame_len;
	skb->tag = flow->tag;
	memcpy(skb_slot(skb) + SKB_FRAME_OFF, flow->header, FLOW_HEADER_BYTES);
	memset(skb->data + HEADERS, 0,
		ETH_ZLEN - HEADERS); /* the rest of the shortest frame is padding */
}

/* Short frames use small packets, others large ones: the one in the slot if its size is right, else a free one. If no
 * small packet is free, a large one. NULL: none is free. */
static struct sk_buff *packet_for(const struct flow_cache *flow, struct sk_buff *resident)
{
	bool small = flow->frame_len <= SKB_SMALL_FRAME;
	struct sk_buff *skb;

	if (skb_is_small(resident) == small && resident != &skb_none)
		return resident;
	skb = small ? skb_alloc_small() : NULL;
	if (small && !skb && resident != &skb_none)
		return resident;
	return skb ? skb : skb_alloc(0);
}

bool flow_xmit_new(struct flow_cache *flow, const void __user *payload)
{
	struct net_device *dev = flow->rt.dev;
	struct sk_buff *resident = dev_tx_slot(dev, 0), *skb = packet_for(flow, resident);
	const struct flow_burst one = { flow, flow->tag, flow->len, &skb, 0, 0 };

	if (!skb)
		return false;
	flow_write_header(flow, skb);
	if (!flow_fill(&one, 0, payload)) {
		skb->tag = 0; /* no descriptor describes it */
		if (skb != resident)
			skb_release(skb);
		return false;
	}
	dev->net->mib.udp_out_cached++;
	dev->netdev_ops->ndo_start_xmit(skb, dev);
	return true;
}
