/* SPDX-License-Identifier: MIT
 * ip_input.c - IPv4 packets received: checked, and handed to their protocol.
 * Not here: putting fragments together (ip_fragment.c), forwarding.
 * dev_receive.c hands ip_rcv what comes in; calls the protocol that registered (protocol.c).
 * Source: RFC 791 3.1; RFC 1122 3.2.1 (what must be discarded silently). Behaves as Linux's ip_route_input. */
#include "net/core/checksum.h"
#include "net/core/skb_owner.h"
#include "net/ipv4/icmp.h"
#include "net/ipv4/igmp.h"
#include "net/ipv4/ip.h"
#include "net/ipv4/route.h"
#include "net/ipv4/rx_flow.h"
#include "net/netfilter/netfilter.h"

static int ip_local_deliver(struct net *net, struct sk_buff *skb)
{
	const struct iphdr *iph = skb_network_header(skb);
	const struct net_protocol *p = ip_protocol_find(iph->protocol);

	if (!p) {
		icmp_send_unreach(skb, ICMP_PROT_UNREACH);
		kfree_skb(skb, SKB_DROP_UNKNOWN_PROTOCOL);
		return 0;
	}
	net->mib.ip_in_delivers++;
	skb_pull(skb, (u32)(iph->version_ihl & 15) * 4);
	skb_set_transport_header(skb);
	p->handler(skb);
	return 0;
}

/* Packets with a source route are dropped, also at its end: RFC 7126 4.3.5 and 4.4.5, and Linux's default
 * (accept_source_route). */
static enum skb_drop_reason check_options(const u8 *at, const u8 *end)
{
	while (at < end && *at != IPOPT_END) {
		u32 left = (u32)(end - at), len = 1;

		if (*at == IPOPT_LSRR || *at == IPOPT_SSRR)
			return SKB_DROP_SOURCE_ROUTE;
		if (*at != IPOPT_NOP) {
			len = left > 1 ? at[1] : 0;
			if (len < 2 || len > left)
				return SKB_DROP_HEADER;
		}
		at += len;
	}
	return SKB_NOT_DROPPED_YET;
}

/* Returns what is wrong, or SKB_NOT_DROPPED_YET when nothing is. */
static enum skb_drop_reason check_header(struct sk_buff *skb)
{
	const struct iphdr *iph = (const void *)skb->data;
	u32 header_len, total;

	if (skb->len < IP_HLEN || iph->version_ihl >> 4 != 4)
		return SKB_DROP_HEADER;
	header_len = (u32)(iph->version_ihl & 15) * 4;
	total = be16_to_cpu(iph->tot_len);
	if (header_len < IP_HLEN || total < header_len || total > skb_total_len(skb))
		return SKB_DROP_HEADER;
	if (!csum_ok(csum_add(0, iph, header_len)))
		return SKB_DROP_CHECKSUM;
	skb_trim(skb, total); /* what follows is Ethernet's padding */
	return check_options((const u8 *)(iph + 1), (const u8 *)iph + header_len);
}

/* RFC 1122 3.2.1.3: is the source an address that a host can have? 0.0.0.0 is a host that has no address yet: it may
 * broadcast (udp_input.c checks the port), and switches query groups with it. Our own addresses never come in from a
 * wire. */
static bool source_possible(const struct net_device *dev, const struct iphdr *iph)
{
	enum rtn_type type = ip_addr_type(dev->net, iph->saddr);

	if (be32_is_zero(iph->saddr))
		return ipv4_is_lbcast(iph->daddr) ||
		       (iph->protocol == IPPROTO_IGMP && ipv4_is_multicast(iph->daddr));
	if (dev->flags & IFF_LOOPBACK)
		return type == RTN_UNICAST || type == RTN_LOCAL;
	return type == RTN_UNICAST && !ipv4_is_loopback(iph->saddr);
}

/* Is it for this host, and for one socket or for all? Decided by the IP address; the frame may have been a broadcast
 * or not. Packets on lo were routed to this host already. */
static enum skb_drop_reason ip_route_input(struct sk_buff *skb)
{
	const struct iphdr *iph = (const void *)skb->data;
	const struct net_device *dev = skb->dev;
	enum rtn_type type = ip_addr_type(dev->net, iph->daddr);
	bool here;

	skb->to_many = type == RTN_MULTICAST || type == RTN_BROADCAST;
	if (skb->pkt_type == PACKET_LOOPBACK)
		return SKB_NOT_DROPPED_YET;
	if (!source_possible(dev, iph))
		return SKB_DROP_MARTIAN_SOURCE;
	if (type == RTN_MULTICAST)
		here = ip_check_mc(dev, iph->daddr);
	else
		here = (dev->flags & IFF_LOOPBACK) ||
		       (type != RTN_UNICAST && !ipv4_is_loopback(iph->daddr));
	return here ? SKB_NOT_DROPPED_YET : SKB_DROP_NOT_LOCAL;
}

int inet_iif(const struct net_device *dev, be32 daddr)
{
	const struct net_device *has =
		dev->flags & IFF_LOOPBACK ? ip_dev_find(dev->net, daddr) : NULL;

	return has ? has->ifindex : dev->ifindex;
}

struct sk_buff *(*ip_defrag_fn)(struct net *net, struct sk_buff *skb);

static bool is_fragment(const struct iphdr *iph)
{
	return be16_to_cpu(iph->frag_off) & (IP_MF | IP_OFFSET);
}

static noinline struct sk_buff *defrag(struct net *net, struct sk_buff *skb)
{
	if (ip_defrag_fn)
		return ip_defrag_fn(net, skb);
	kfree_skb(skb, SKB_DROP_FRAGMENT);
	return NULL;
}

void ip_rcv(struct sk_buff *skb)
{
	struct net *net = skb->dev->net;
	enum skb_drop_reason problem;

	net->mib.ip_in_receives++;
	problem = skb->pkt_type == PACKET_OTHERHOST && !(skb->dev->flags & IFF_LOOPBACK)
			  ? SKB_DROP_OTHERHOST
			  : check_header(skb);
	if (problem == SKB_NOT_DROPPED_YET)
		problem = ip_route_input(skb);
	if (problem != SKB_NOT_DROPPED_YET) {
		if (problem == SKB_DROP_NOT_LOCAL)
			rx_flow_drop(skb, problem);
		kfree_skb(skb, problem);
		return;
	}
	skb_set_network_header(skb);
	if (unlikely(is_fragment(skb_network_header(skb)))) {
		skb = defrag(net, skb);
		if (!skb)
			return;
	}
	nf_hook(NF_INET_LOCAL_IN, net, skb, skb->dev, NULL, ip_local_deliver);
}
