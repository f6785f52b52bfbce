/* SPDX-License-Identifier: MIT
 * ip_output.h - IPv4 on the way down, the part that every datagram takes: inline, so that what one
 * layer has in registers the next one need not load.
 * Not here: waiting, fragments, what a flow's header is made of (ip_output.c).
 * udp.c and icmp.c call in; calls netfilter's hooks and neigh_output.
 * Source: RFC 791 3.1; RFC 6864 4. */
#pragma once

#include "net/checksum.h"
#include "net/ip.h"
#include "net/msg.h"
#include "net/netfilter.h"

/* ip_make_skb - a packet with room for its headers and the message's payload copied in.
 * transport_len  bytes of transport header to leave free before the payload
 * len            bytes of payload; with its headers it fits the route's MTU
 * Returns        the packet, data at the transport header, skb->csum of the payload; or NULL when
 *                it cannot be made at once: ip_make_skb_slow knows why */
static __always_inline struct sk_buff *ip_make_skb(
	const struct rtable *rt, struct msghdr *msg, size_t len, u32 transport_len)
{
	struct sk_buff *skb;
	s64 sum;

	if (unlikely(!skb_pool.free || rt->dev->tx_room == 0 || msg->at_len != len))
		return NULL;
	skb = skb_alloc(SKB_NETWORK_OFF + IP_HLEN);
	skb->len = (u16)(transport_len + len);
	sum = csum_and_copy_from_user(skb->data + transport_len, msg->at, len);
	if (unlikely(sum < 0)) {
		skb_release(skb);
		return NULL;
	}
	skb->csum = (u64)sum;
	return skb;
}

/* ip_do_fragment - a chain of packets (skb->frags) to the neighbour, as one, each with its header. */
int ip_do_fragment(struct sk_buff *skb);

/* ip_send_unprepared - ip_send_skb with a header that is not complete, or must not be used as it is:
 * another length, fragments here or allowed elsewhere. */
int ip_send_unprepared(struct net *net, struct sk_buff *skb, const struct ip_template *t);

static inline int ip_finish_output(struct net *net, struct sk_buff *skb)
{
	(void)net;
	if (unlikely(skb->frags))
		return ip_do_fragment(skb);
	return neigh_output(skb);
}

static inline int ip_output(struct net *net, struct sk_buff *skb)
{
	return nf_hook(NF_INET_POST_ROUTING, net, skb, NULL, skb->dev, ip_finish_output);
}

/* The header is complete: to whoever listens to what leaves, and out. */
static __always_inline int ip_local_out(struct net *net, struct sk_buff *skb)
{
	net->mib.ip_out_requests++;
	skb->protocol = cpu_to_be16(ETH_P_IP);
	return nf_hook(NF_INET_LOCAL_OUT, net, skb, NULL, skb->dev, ip_output);
}

/* ip_send_skb - put the IPv4 header before a packet of ip_make_skb's and send it. Takes the skb.
 * Returns  0, or -EPERM (netfilter), or what neigh_output says */
static __always_inline int ip_send_skb(
	struct net *net, struct sk_buff *skb, const struct rtable *rt, const struct ip_template *t)
{
	struct iphdr *iph = skb_push(skb, IP_HLEN);

	skb->dev = rt->dev;
	skb->neigh = rt->neigh;
	*iph = t->iph;
	if (unlikely(skb->frags || skb->len != t->len))
		return ip_send_unprepared(net, skb, t);
	return ip_local_out(net, skb);
}
