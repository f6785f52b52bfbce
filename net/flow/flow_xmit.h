/* SPDX-License-Identifier: MIT
 * flow_xmit.h - sending by a cached header: payloads into packets that lie in the ring, and the doorbell.
 * Not here: the flow, its table and the rules of all this (flow_cache.h).
 * udp_send.c, udp_output.c and udp_segment.c call in; calls the device's driver.
 * Source: flow_cache.h. */
#pragma once

#include "net/device/tap.h"
#include "net/flow/flow_cache.h"

/* What flow_xmit keeps in registers while packets are filled. */
struct flow_burst {
	struct net_device *dev;
	struct sk_buff *const *slot;
	size_t mask;
};

/* flow_copy_header - into a packet whose kind is right. Words, because a call of memcpy costs more than the copy. */
static __always_inline void flow_copy_header(
	const struct flow_cache *flow, struct sk_buff *skb, u64 tag)
{
	u64 *to = (u64 *)(skb_slot(skb) + SKB_FRAME_OFF);
	const u64 *from = (const u64 *)flow->header;

	skb->tag = tag;
#pragma GCC unroll 6
	for (u32 i = 0; i < FLOW_HEADER_BYTES / sizeof(u64); i++)
		to[i] = from[i];
}

/* flow_put_same_kind - flow's headers into a packet that carries others, if nothing but these differs, and they are
 * there for len bytes of payload. Returns whether so. */
static __always_inline bool flow_put_same_kind(
	const struct flow_cache *flow, struct sk_buff *skb, u64 tag, size_t len)
{
	if (unlikely(!flow_tag_same_kind(skb->tag, tag) || flow->header_len != len))
		return false;
	flow_copy_header(flow, skb, tag);
	return true;
}

/* flow_put_header - flow's headers for len bytes into the packet in a slot, or into another one that is put there.
 * slot     its number in flow's device's ring, free by tx_room
 * Returns  the packet; NULL: len is not below flow->len_end, or no packet is free. The slow path knows what to do */
struct sk_buff *flow_put_header(struct flow_cache *flow, size_t slot, u32 len);

/* flow_fill - a payload of len bytes behind flow's header in a packet, and its checksum if the device does not do it.
 * user_starts_ok has accepted the payload, and user_access_begin was called.
 * tag      the packet's, flow->tag | len
 * Returns  false when the payload cannot be read */
static __always_inline bool flow_fill(struct sk_buff *skb, const struct flow_cache *flow, u64 tag,
	const void __user *payload, size_t len)
{
	u8 *to = skb_slot(skb) + SKB_HEADROOM;
	s64 sum;

	if (likely(tag & FLOW_TAG_CSUM))
		return likely(unsafe_copy_from_user(to, payload, len) == 0);
	sum = csum_and_copy_from_user(to, payload, len);
	user_access_begin(); /* it has ended it */
	((struct udphdr *)to - 1)->check = udp_checksum(
		(csum)sum + flow->udp_sum + 2u * cpu_to_be16((u16)(len + UDP_HLEN)).raw);
	return sum >= 0;
}

/* flow_watch - the packets in the next n slots are about to leave: rules that accept them count them, taps see them. */
void flow_watch(const struct net_device *dev, size_t n);

/* flow_room - of n packets, how many the ring takes now; where it seems too small, what has left meanwhile
 * counts. */
static __always_inline u32 flow_room(struct net_device *dev, u32 n)
{
	if (unlikely(dev->tx_room < n))
		dev_reclaim(dev);
	return min(n, dev->tx_room);
}

/* Fills the packet in a slot by flow_fill with the next payload of what arg is; returns the packet, or NULL.
 * Inlined into flow_xmit. */
typedef struct sk_buff *(*flow_fill_fn)(const struct flow_burst *b, size_t slot, void *arg);

/* flow_xmit - one message, a batch of them, or the segments of one: the packets in the next n slots of dev's ring
 * get their payloads, as far as fill goes, and leave together.
 * n        at most flow_room
 * least    of n, not zero: if fewer can be filled, none leaves
 * alike    all have the same length
 * Returns  how many left */
static __always_inline size_t flow_xmit(
	struct net_device *dev, size_t n, size_t least, bool alike, flow_fill_fn fill, void *arg)
{
	const struct flow_burst burst = { dev, dev->tx_slot, dev->tx_mask };
	size_t next = dev->tx_next, end = next + n, bytes = 0;
	struct sk_buff *skb;

	if (unlikely(n < least))
		return 0;
	user_access_begin();
	do {
		skb = fill(&burst, next & burst.mask, arg);
		if (unlikely(!skb)) {
			user_access_end();
			n -= end - next;
			if (n < least)
				return 0;
			skb = dev_tx_slot(dev, 0);
			goto leave;
		}
		bytes += alike ? 0 : skb->len;
	} while (++next < end);
	user_access_end();
leave:
	if (alike)
		bytes = n * skb->len;
	if (static_branch_unlikely(&xmit_watched))
		flow_watch(dev, n);
	dev->net->mib.udp_out_cached += n;
	dev->netdev_ops->ndo_xmit_again(dev, n, bytes);
	return n;
}

/* Payloads of one flow and one length, one behind the other. */
struct flow_payloads {
	struct flow_cache *flow;
	u64 tag;             /* of their packets */
	const u8 __user *at; /* the next one */
	size_t len;          /* of each */
	bool two_words; /* are all there is to copy, and the card does the checksum: asked once for many */
};

static __always_inline struct flow_payloads flow_payloads(
	struct flow_cache *flow, const void __user *at, size_t len)
{
	return (struct flow_payloads){ flow, flow->tag | len, at, len, false };
}

/* One packet that carries the header already, or is of the same kind: NULL for another one. */
static __always_inline struct sk_buff *flow_fill_again(
	const struct flow_burst *b, size_t slot, void *arg)
{
	const struct flow_payloads *p = arg;
	struct sk_buff *skb = b->slot[slot];

	if (unlikely(skb->tag != p->tag) && !flow_put_same_kind(p->flow, skb, p->tag, p->len))
		return NULL;
	return flow_fill(skb, p->flow, p->tag, p->at, p->len) ? skb : NULL;
}

/* One of many, nearly all of which carry the header already. */
static __always_inline struct sk_buff *flow_fill_next(
	const struct flow_burst *b, size_t slot, void *arg)
{
	struct flow_payloads *p = arg;
	struct sk_buff *skb = b->slot[slot];

	if (unlikely(skb->tag != p->tag))
		skb = flow_put_header(p->flow, slot, (u32)p->len);
	if (unlikely(!skb))
		return NULL;
	if (likely(p->two_words) ? unsafe_copy_4_8(skb_slot(skb) + SKB_HEADROOM, p->at, p->len) < 0
				 : !flow_fill(skb, p->flow, p->tag, p->at, p->len))
		return NULL;
	/* the program's: it may be any number */
	p->at = (const u8 __user *)((uintptr_t)p->at + p->len);
	return skb;
}

/* flow_send_now - flow_send by leave of the device's queueing discipline, if it has one: if the packet may go at once. */
bool flow_send_now(struct flow_cache *flow, const void __user *payload, size_t len);

/* flow_may_send - is there room for one packet, and may its payload be read? */
static __always_inline bool flow_may_send(const struct flow_cache *flow, const void __user *payload)
{
	return likely(user_starts_ok((u64)payload) && flow->dev->tx_room != 0);
}

/* flow_send - one payload of at most MSG_PLAIN_MAX bytes, if there is room for it. */
bool flow_send(struct flow_cache *flow, const void __user *payload, size_t len);
