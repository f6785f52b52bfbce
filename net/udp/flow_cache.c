/* SPDX-License-Identifier: MIT
 * flow_cache.c - what every layer below UDP has answered for one destination, as 42 bytes ready to go.
 * Not here: asking them (udp.c).
 * udp.c and udp_segment.c call in; looks at neighbour and netfilter, calls the device's driver.
 * Source: RFC 768, RFC 791; Intel SDM 317453 3.5: the pseudo-header's sum in the checksum's place. */
#include "net/udp/flow_cache.h"
#include "kernel/lib/string.h"
#include "net/netfilter/netfilter.h"

#define FRAME_IP  16
#define FRAME_UDP (FRAME_IP + IP_HLEN)
#define HEADERS   (ETH_HLEN + IP_HLEN + UDP_HLEN)

/* Tags are never given twice: a flow's own number, and the payload's length, below 2^16. */
#define TAG_SHIFT 16

void flow_begin(struct flow_cache *flow)
{
	static u64 births;

	flow->birth = ++births;
	flow->len = FLOW_NOT_READY;
}

/* Nothing below would look at the packet, hold it up, or give it a header of its own. Port 0 is a peer's, but
 * wrong in a message's address: udp_sendmsg_slow tells them apart. */
static bool way_is_free(const struct flow_cache *flow)
{
	const struct net_device *dev = flow->rt.dev;

	return flow->ip.df && !(flow->rt.flags & RTCF_COPY) && flow->ip.iph.ttl > 0 &&
	       !be16_is_zero(flow->dest) && flow->rt.neigh->connected &&
	       dev->netdev_ops->ndo_xmit_again && dev_is_direct(dev) && nf_is_idle(dev->net);
}

void flow_make_ready(struct flow_cache *flow, size_t len)
{
	const struct rtable *rt = &flow->rt;
	struct udphdr *uh = (struct udphdr *)(flow->frame + FRAME_UDP);
	be16 ulen = cpu_to_be16((u16)(len + UDP_HLEN));
	u32 pseudo;

	if (len + UDP_HLEN + IP_HLEN > rt->mtu)
		return; /* what is ready stays so: long datagrams may go between short ones */
	flow->len = FLOW_NOT_READY;
	if (!way_is_free(flow))
		return;
	pseudo = csum_be32(rt->saddr) + csum_be32(rt->daddr) + ulen.raw +
		 cpu_to_be16(IPPROTO_UDP).raw;
	flow->csum_partial = rt->dev->features & NETIF_F_HW_CSUM;
	flow->udp_sum = pseudo + flow->source.raw + flow->dest.raw + ulen.raw;
	memcpy(flow->frame, rt->neigh->hh.bytes, sizeof(rt->neigh->hh.bytes));
	ip_template_header((struct iphdr *)(flow->frame + FRAME_IP), &flow->ip,
		(u16)(len + UDP_HLEN + IP_HLEN));
	*uh = (struct udphdr){ flow->source, flow->dest, ulen, BE16_ZERO };
	if (flow->csum_partial)
		uh->check.raw = (u16)~csum_fold_32(pseudo).raw;
	flow->len = len;
	flow->few = flow->csum_partial && len - 4 <= 4;
	flow->frame_len = max((u32)(HEADERS + len), (u32)ETH_ZLEN);
	flow->tag = flow->birth << TAG_SHIFT | len;
}

/* All of a packet but its payload. One with a tag has worn a frame before: most is as it was. */
static void dress(const struct flow_cache *flow, struct sk_buff *skb)
{
	if (!skb->tag) {
		skb_init(skb, SKB_NETWORK_OFF - ETH_HLEN);
		skb->protocol = cpu_to_be16(ETH_P_IP);
	}
	skb->dev = flow->rt.dev;
	skb->csum_partial = flow->csum_partial;
	skb->len = (u16)flow->frame_len;
	skb->tag = flow->tag;
	memcpy(skb_slot(skb) + SKB_FRAME_OFF, flow->frame, FLOW_FRAME_BYTES);
	memset(skb->data + HEADERS, 0, ETH_ZLEN - HEADERS); /* what the payload leaves is padding */
}

/* Short frames go in small packets, others in large ones: the slot's own if its size is right, or a free
 * one; where no small one is free, a large one. NULL: none is. */
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

bool flow_xmit_dressed(struct flow_cache *flow, const void __user *payload)
{
	struct net_device *dev = flow->rt.dev;
	struct sk_buff *resident = dev_tx_slot(dev, 0), *skb = packet_for(flow, resident);

	if (!skb)
		return false;
	dress(flow, skb);
	if (!flow_fill(flow, skb, flow->tag, payload, flow->len)) {
		skb->tag = 0; /* no descriptor tells of this frame */
		if (skb != resident)
			skb_release(skb);
		return false;
	}
	dev->net->mib.udp_out_ready++;
	dev->netdev_ops->ndo_start_xmit(skb, dev);
	return true;
}

/* Slots one after the other, as long as it goes; returns how many. few: flow->few, known when this is
 * compiled, so that the loop does not ask. */
static __always_inline u32 fill_slots(
	const struct flow_cache *flow, const u8 __user *payload, u32 n, const bool few)
{
	const struct net_device *dev = flow->rt.dev;
	struct sk_buff *const *slot = dev->tx_slot;
	u32 first = dev->tx_next, mask = dev->tx_mask, next = first, end = first + n;
	u64 tag = flow->tag;
	size_t len = flow->len;

	for (; next != end; next++, payload += len) {
		struct sk_buff *skb = slot[next & mask];

		if (!few && !flow_fill(flow, skb, tag, payload, len))
			break;
		if (few && (skb->tag != tag ||
				   copy_from_user_4_8(skb_slot(skb) + SKB_HEADROOM, payload, len)))
			break;
	}
	return next - first;
}

u32 flow_xmit_burst(struct flow_cache *flow, const u8 __user *payload, u32 n, u32 least)
{
	struct net_device *dev = flow->rt.dev;

	n = flow_room(dev, n);
	if (n < least || !user_range_is_ok(payload, n * flow->len))
		return 0;
	n = flow->few ? fill_slots(flow, payload, n, true) : fill_slots(flow, payload, n, false);
	if (n < least)
		return 0;
	return (u32)flow_sent(flow, dev, n, n);
}
