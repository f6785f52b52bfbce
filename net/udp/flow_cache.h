/* SPDX-License-Identifier: MIT
 * flow_cache.h - what all layers below UDP have answered for one destination: route, neighbour, headers.
 * Not here: asking them (udp.c), the answers themselves (route.h, ip.h).
 * A socket keeps one, a message that asks for another way has its own; udp*.c fill and use it.
 * Source: design: cached, not skipped; Linux's sk_dst_cache and hh_cache, one step further.
 *
 * Two stages. The flow is valid while nothing that routing answered has changed (rt_valid): then UDP's
 * and IP's headers need only length and checksum. Its ready frame is one step more: there is one while
 * nothing below would look at a packet or hold it up either: no hook, no tap, no queue, the neighbour
 * known. Then a packet is the frame's 42 bytes and a payload, and goes straight to the driver. One that
 * lies in its ring slot in the frame already (its tag says so) needs its payload alone. Whatever may end
 * that moves the namespace's generation. */
#pragma once

#include "net/core/checksum.h"
#include "net/ipv4/ip.h"
#include "net/udp/ip_cmsg_send.h"
#include "net/wire/udp.h"

#define FLOW_FRAME_BYTES 44 /* two bytes of padding, then Ethernet's, IPv4's and UDP's header */

struct flow_cache {
	u64 to;     /* sockaddr_key of the destination as the program gave it */
	u64 tag;    /* of packets that wear the ready frame */
	size_t len; /* of the payload that the ready frame is for; FLOW_NOT_READY: there is none */
	struct rtable rt;
	bool csum_partial; /* the device completes the UDP checksum */
	bool few;          /* and the payload has four to eight bytes: nothing is quicker */
	size_t frame_len;  /* of the ready frame with its payload and padding */
	u32 udp_sum;       /* of pseudo-header and ports; ready: of the length, too */
	u64 birth;         /* a number of this flow's own */
	be16 source, dest;
	struct ipcm_cookie ipc; /* what it was asked for with */
	struct ip_template ip;
	u8 frame[FLOW_FRAME_BYTES] __attribute__((aligned(8)));
};

#define FLOW_NOT_READY SIZE_MAX

/* flow_forget - the next message has to ask again. */
static inline void flow_forget(struct flow_cache *flow)
{
	flow->rt.genid = 0; /* never a namespace's */
}

/* flow_begin - its route, ports and template are new. */
void flow_begin(struct flow_cache *flow);

/* flow_make_ready - a frame for len bytes of payload, if the way is free. */
void flow_make_ready(struct flow_cache *flow, size_t len);

/* flow_fill - a payload of len bytes, flow->len, into a packet that wears the frame, whose tag is tag:
 * behind its headers, and with its checksum if the device does not do it. The range has been checked to
 * be the user's.
 * Returns  false when there is no such packet, or the payload cannot be read */
static __always_inline bool flow_fill(const struct flow_cache *flow, struct sk_buff *skb, u64 tag,
	const void __user *payload, size_t len)
{
	u8 *to = skb_slot(skb) + SKB_HEADROOM;
	s64 sum;

	if (unlikely(skb->tag != tag))
		return false;
	if (likely(flow->few))
		return copy_from_user_4_8(to, payload, len) == 0;
	if (likely(flow->csum_partial))
		return copy_from_user_checked(to, payload, len) == 0;
	sum = csum_and_copy_from_user(to, payload, len);
	((struct udphdr *)to - 1)->check = udp_checksum((csum)sum + flow->udp_sum);
	return sum >= 0;
}

/* flow_sent - n packets that flow_fill has filled leave. Returns done: what its caller is to return, so
 * that the driver can be jumped to. */
static __always_inline ssize flow_sent(
	const struct flow_cache *flow, struct net_device *dev, u32 n, ssize done)
{
	dev->net->mib.udp_out_ready += n;
	return dev->netdev_ops->ndo_xmit_again(dev, n, flow->frame_len, done);
}

/* flow_room - of n packets, how many the ring takes now; where it seems too small, what has left meanwhile
 * counts. */
static __always_inline u32 flow_room(struct net_device *dev, u32 n)
{
	if (unlikely(dev->tx_room < n))
		dev_reclaim(dev);
	return min(n, dev->tx_room);
}

/* flow_may_xmit - room on the ring, and a payload of flow->len bytes that may be the user's: now one of
 * the ways to send the frame can be tried. */
static __always_inline bool flow_may_xmit(
	const struct flow_cache *flow, const struct net_device *dev, const void __user *payload)
{
	return likely(dev->tx_room > 0 && user_range_is_ok(payload, flow->len));
}

/* flow_xmit_dressed - send the ready frame with a payload, in a packet that wears it from now on.
 * Returns  false when that cannot be: no packet, the payload cannot be read. The long way knows what to
 *          do */
bool flow_xmit_dressed(struct flow_cache *flow, const void __user *payload);

/* flow_xmit - the same, in a packet that may wear the frame already. */
static inline bool flow_xmit(struct flow_cache *flow, const void __user *payload)
{
	struct net_device *dev = flow->rt.dev;

	if (!flow_may_xmit(flow, dev, payload))
		return false;
	if (!flow_fill(flow, dev_tx_slot(dev, 0), flow->tag, payload, flow->len))
		return flow_xmit_dressed(flow, payload);
	return flow_sent(flow, dev, 1, true);
}

/* flow_xmit_burst - the ready frame for n payloads one behind the other, in packets that wear it already,
 * as many as can be at once: at least `least` (not zero), or none. Returns how many. */
u32 flow_xmit_burst(struct flow_cache *flow, const u8 __user *payload, u32 n, u32 least);
