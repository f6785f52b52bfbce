/* SPDX-License-Identifier: MIT
 * flow_cache.h - a flow: route, neighbour and headers for one destination, cached.
 * Not here: asking them (udp_route.c), the answers themselves (route.h, ip.h).
 * A socket keeps one; a message with control messages that change the route or the headers has its own; udp*.c fill and use it.
 * Behaves as Linux's sk_dst_cache and hh_cache, one step further.
 *
 * A socket that sends to the same destination again gets the same answers again: the same route, neighbour and
 * hooks, no queue, the same 42 bytes of headers. A flow keeps them. Then a datagram costs a copy of its payload into
 * a packet that is on the ring already, and a new tail. Six rules keep that correct; everything that relies on one
 * of them points here.
 *
 *   valid       flow->rt.genid == net->genid (rt_valid). Every change of an answer (route, address,
 *               neighbour, link, hook, tap, queueing discipline, a socket's pacing) increments net->genid
 *               (net_changed), so one comparison asks for all of them.
 *   header      flow->len != FLOW_NO_HEADER: header[] is complete for payloads of exactly flow->len bytes, and no
 *               layer below UDP wants to see or to delay a packet of this flow (flow_fast_path_ok). What a socket
 *               itself wants otherwise is in sk_tx_unusual.
 *   tx_room     Zero stops the fast path, for any reason: ring full, device down, no carrier, a queueing
 *               discipline attached. The driver sets it; senders only count it down.
 *   slot        A packet that was sent stays in its ring slot. Until the slot is used again it belongs to the
 *               driver; from then on, while tx_room covers the slot, to the sender, who may fill it and send it again
 *               or put another one in its place.
 *   tag         skb->tag == flow->tag means: the packet's headers and padding are this flow's for this length, and
 *               the descriptor of its slot holds address, length and checksum offload for it. Tags are never given
 *               twice, so a flow that was routed anew, or that another socket took the place of, meets no packet of
 *               its predecessor. Zero is no flow's: the packet's bytes are anything.
 *   preset      What never differs between packets of one kind is written once: descriptors' command bits and report
 *               requests (e1000_setup_tx), a packet's Ethernet type and offsets (flow_write_header).
 *
 *      packet in slot i                               descriptor i
 *      | Ethernet | IPv4 | UDP | payload | padding |  <---- address, length, options: written when the header was,
 *       '---- header[44] ----'  ^                           read by the card at every lap
 *                               written for every datagram
 *
 * Two functions send a packet with a cached header: flow_xmit, in the packets that carry it already, and
 * flow_xmit_new, which puts it into the next slot first. */
#pragma once

#include "net/core/checksum.h"
#include "net/ipv4/ip.h"
#include "net/udp/ip_cmsg_send.h"
#include "net/wire/udp.h"

#define FLOW_HEADER_BYTES 44 /* two bytes of padding, then Ethernet's, IPv4's and UDP's header */

struct flow_cache {
	u64 to;     /* sockaddr_key of the destination as the program gave it */
	u64 tag;    /* of packets that carry header[]: id and len */
	size_t len; /* of the payload that header[] is for; FLOW_NO_HEADER: there is none */
	struct rtable rt;
	u32 udp_sum;       /* of pseudo-header, ports and length */
	size_t frame_len;  /* header, payload and padding */
	u64 id;            /* a number that no other flow ever has */
	bool csum_partial; /* the device completes the UDP checksum */
	be16 source, dest;
	struct ipcm_cookie ipc; /* the control messages that it was routed with */
	struct ip_template ip;
	u8 header[FLOW_HEADER_BYTES] __attribute__((aligned(8)));
};

#define FLOW_NO_HEADER SIZE_MAX

/* flow_forget - the next message routes again. */
static inline void flow_forget(struct flow_cache *flow)
{
	flow->rt.genid = 0; /* never a namespace's */
}

/* flow_begin - the flow has a new route, ports and template. */
void flow_begin(struct flow_cache *flow);

/* flow_build_header - for len bytes of payload, if the fast path may be taken. */
void flow_build_header(struct flow_cache *flow, size_t len);

/* What flow_xmit keeps in registers while it fills packets. */
struct flow_burst {
	const struct flow_cache *flow;
	u64 tag;
	size_t len;
	struct sk_buff *const *slot;
	u32 next, mask;
};

/* flow_fill - a payload of flow->len bytes, whose range has been checked to be the user's, behind the header that the
 * packet in the i-th slot carries, and its checksum if the device does not do it.
 * Returns  false when the packet carries another header, or the payload cannot be read */
static __always_inline bool flow_fill(const struct flow_burst *b, u32 i, const void __user *payload)
{
	struct sk_buff *skb = b->slot[(b->next + i) & b->mask];
	u8 *to = skb_slot(skb) + SKB_HEADROOM;
	s64 sum;

	if (unlikely(skb->tag != b->tag))
		return false;
	if (likely(b->flow->csum_partial))
		return copy_from_user_checked(to, payload, b->len) == 0;
	sum = csum_and_copy_from_user(to, payload, b->len);
	((struct udphdr *)to - 1)->check = udp_checksum((csum)sum + b->flow->udp_sum);
	return sum >= 0;
}

/* flow_room - of n packets, how many the ring takes now; where it seems too small, what has left meanwhile
 * counts. */
static __always_inline u32 flow_room(const struct flow_cache *flow, u32 n)
{
	struct net_device *dev = flow->rt.dev;

	if (unlikely(dev->tx_room < n))
		dev_reclaim(dev);
	return min(n, dev->tx_room);
}

/* Fills the i-th packet by flow_fill with the i-th payload of what arg is. Inlined into flow_xmit. */
typedef bool (*flow_fill_fn)(const struct flow_burst *b, u32 i, void *arg);

/* flow_xmit - one message, a batch of them, or the segments of one: the packets in the next n slots, which carry
 * the header, get their payloads, as far as fill goes, and leave together.
 * n        at most flow_room
 * least    of n, not zero: if fewer can be filled, none leaves
 * Returns  how many left */
static __always_inline u32 flow_xmit(
	const struct flow_cache *flow, u32 n, u32 least, flow_fill_fn fill, void *arg)
{
	struct net_device *dev = flow->rt.dev;
	const struct flow_burst burst = { flow, flow->tag, flow->len, dev->tx_slot, dev->tx_next,
		dev->tx_mask };
	u32 i = 0;

	while (i < n && fill(&burst, i, arg))
		i++;
	if (unlikely(i < least))
		return 0;
	dev->net->mib.udp_out_cached += i;
	dev->netdev_ops->ndo_xmit_again(dev, i, flow->frame_len);
	return i;
}

/* flow_xmit_new - one payload of flow->len bytes, in a packet that carries the header from now on.
 * Returns  false when that cannot be: no packet, the payload cannot be read. The slow path knows what to do */
bool flow_xmit_new(struct flow_cache *flow, const void __user *payload);

static __always_inline bool flow_fill_one(const struct flow_burst *b, u32 i, void *payload)
{
	return flow_fill(b, i, payload);
}

/* flow_send - one payload of flow->len bytes by either, if there is room for it and its range is the user's. */
static __always_inline bool flow_send(struct flow_cache *flow, u8 __user *payload)
{
	if (unlikely(flow->rt.dev->tx_room == 0 || !user_range_is_ok(payload, flow->len)))
		return false;
	return likely(flow_xmit(flow, 1, 1, flow_fill_one, payload)) ||
	       flow_xmit_new(flow, payload);
}
