/* SPDX-License-Identifier: MIT
 * flow_xmit.c - a flow's header into a packet of the ring; who watches what leaves by the fast path.
 * Not here: the header itself (flow_cache.c), payloads and the doorbell (flow_xmit.h).
 * flow_fill calls in when the packet in a slot carries another header; calls the device's driver.
 * Source: flow_cache.h. */
#include "net/flow/flow_xmit.h"
#include "kernel/lib/string.h"
#include "net/core/qdisc.h"

#define HEADERS (ETH_HLEN + IP_HLEN + UDP_HLEN)

/* The longest payload of a packet that skb_alloc_small gave. */
#define SMALL_PAYLOAD (SKB_SMALL_FRAME - HEADERS)

/* Is a packet that carries a flow's header of the size that another payload wants? */
static bool fits(const struct sk_buff *skb, u32 len)
{
	return skb->tag && (len <= SMALL_PAYLOAD) == (flow_tag_len(skb->tag) <= SMALL_PAYLOAD);
}

/* The packet in the slot if its size is right, else a free one: small if the payload is short, if one is free. */
static struct sk_buff *packet_for(struct sk_buff *resident, u32 len)
{
	bool small = len <= SMALL_PAYLOAD;
	struct sk_buff *skb;

	if (resident != &skb_none && skb_is_small(resident) == small)
		return resident;
	skb = small ? skb_alloc_small() : NULL;
	if (small && !skb && resident != &skb_none)
		return resident;
	return skb ? skb : skb_alloc(0);
}

/* Everything of the packet that its flow and length do not decide. */
static noinline struct sk_buff *put_packet(struct net_device *dev, size_t slot, u32 len)
{
	struct sk_buff *resident = dev->tx_slot[slot], *skb = packet_for(resident, len);

	if (!skb)
		return NULL;
	if (skb != resident)
		skb_empty_slot(dev->tx_slot, (u32)slot);
	dev->tx_slot[slot] = skb;
	skb_init(skb, SKB_NETWORK_OFF - ETH_HLEN);
	skb->protocol = cpu_to_be16(ETH_P_IP);
	skb->dev = dev;
	return skb;
}

/* The packet in the slot, or another one, becomes one of this kind: length, padding, who does the checksum. */
static noinline struct sk_buff *set_kind(const struct flow_cache *flow, size_t slot, u32 len)
{
	struct net_device *dev = flow->dev;
	struct sk_buff *skb = dev->tx_slot[slot];

	if (!fits(skb, len))
		skb = put_packet(dev, slot, len);
	if (!skb)
		return NULL;
	skb->len = (u16)max((u32)HEADERS + len, (u32)ETH_ZLEN);
	skb->csum_partial = flow->csum_partial;
	memset(skb_slot(skb) + SKB_HEADROOM, 0, ETH_ZLEN - HEADERS);
	dev->netdev_ops->ndo_set_slot(dev, (u32)slot, skb);
	return skb;
}

struct sk_buff *flow_put_header(struct flow_cache *flow, size_t slot, u32 len)
{
	struct sk_buff *skb = flow->dev->tx_slot[slot];
	u64 tag = flow->tag | len;

	if (unlikely(len >= flow->len_end))
		return NULL;
	if (unlikely(flow->header_len != len))
		flow_set_len(flow, len);
	if (!flow_tag_same_kind(skb->tag, tag)) {
		skb = set_kind(flow, slot, len);
		if (!skb)
			return NULL;
	}
	flow_copy_header(flow, skb, tag);
	return skb;
}

/* One packet, whatever it carries. */
static __always_inline struct sk_buff *flow_fill_one(
	const struct flow_burst *b, size_t slot, void *arg)
{
	const struct flow_payloads *p = arg;
	struct sk_buff *skb = b->slot[slot];

	if (skb->tag != p->tag && !flow_put_same_kind(p->flow, skb, p->tag, p->len))
		skb = flow_put_header(p->flow, slot, (u32)p->len);
	return skb && flow_fill(skb, p->flow, p->tag, p->at, p->len) ? skb : NULL;
}

static __always_inline bool send_one(
	struct flow_cache *flow, const void __user *payload, size_t len)
{
	struct flow_payloads one = flow_payloads(flow, payload, len);

	return flow_may_send(flow, payload) &&
	       flow_xmit(flow->dev, 1, 1, true, flow_fill_one, &one);
}

bool flow_send(struct flow_cache *flow, const void __user *payload, size_t len)
{
	return send_one(flow, payload, len);
}

bool flow_send_now(struct flow_cache *flow, const void __user *payload, size_t len)
{
	struct Qdisc *q = flow->dev->qdisc;

	if (!q || !q->ops->open(q, (u32)(HEADERS + len)))
		return false;
	send_one(flow, payload, len);
	return q->ops->close(q) > 0;
}

/* ---- who watches ------------------------------------------------------------------------------ */

/* Taps see a frame as it was built, without padding, as on the slow path. */
static void watch(struct sk_buff *skb)
{
	const struct flow_cache *flow = flow_of_tag(skb->tag);
	u32 len = flow_tag_len(skb->tag);
	u16 padded = skb->len;

	for (u32 i = 0; i < FLOW_COUNTERS_MAX && flow->counter[i]; i++) {
		flow->counter[i]->packets++;
		flow->counter[i]->bytes += IP_HLEN + UDP_HLEN + len;
	}
	if (!static_branch_unlikely(&taps_active))
		return;
	skb->len = (u16)(HEADERS + len);
	show_taps(skb, true);
	skb->len = padded;
}

void flow_watch(const struct net_device *dev, size_t n)
{
	for (u32 i = 0; i < n; i++)
		watch(dev_tx_slot(dev, i));
}
