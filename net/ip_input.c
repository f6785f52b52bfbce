/* SPDX-License-Identifier: MIT
 * ip_input.c - IPv4 on the way up: is it whole, is it for us, who gets it?
 * Not here: reassembly (fragments are counted and dropped), forwarding.
 * dev.c hands ip_rcv what comes in; calls the protocol that net_init.c wired.
 * Source: RFC 791 3.1; RFC 1122 3.2.1 (what must be discarded silently). */
#include "net/checksum.h"
#include "net/igmp.h"
#include "net/ip.h"
#include "net/netfilter.h"
#include "net/route.h"

static const struct net_protocol *protocols;
static size_t protocol_n;

void ip_set_protocols(const struct net_protocol *p, size_t n)
{
	protocols = p;
	protocol_n = n;
}

const struct net_protocol *ip_protocol_find(u8 protocol)
{
	for (size_t i = 0; i < protocol_n; i++)
		if (protocols[i].protocol == protocol)
			return &protocols[i];
	return NULL;
}

static int ip_local_deliver(struct net *net, struct sk_buff *skb)
{
	const struct iphdr *iph = skb_network_header(skb);
	const struct net_protocol *p = ip_protocol_find(iph->protocol);

	if (!p) {
		kfree_skb(skb, SKB_DROP_UNKNOWN_PROTOCOL);
		return 0;
	}
	net->mib.ip_in_delivers++;
	skb_pull(skb, (u32)(iph->version_ihl & 15) * 4);
	skb_set_transport_header(skb);
	p->handler(skb);
	return 0;
}

/* Returns what is wrong, or SKB_CONSUMED when nothing is. */
static enum skb_drop_reason check_header(struct sk_buff *skb)
{
	const struct iphdr *iph = (const void *)skb->data;
	u32 header_len, total;

	if (skb->len < IP_HLEN || iph->version_ihl >> 4 != 4)
		return SKB_DROP_HEADER;
	header_len = (u32)(iph->version_ihl & 15) * 4;
	total = be16_to_cpu(iph->tot_len);
	if (header_len < IP_HLEN || total < header_len || total > skb->len)
		return SKB_DROP_HEADER;
	if (!csum_ok(csum_add(0, iph, header_len)))
		return SKB_DROP_CHECKSUM;
	skb->len = (u16)total; /* what follows is Ethernet's padding */
	if (be16_to_cpu(iph->frag_off) & (IP_MF | IP_OFFSET))
		return SKB_DROP_FRAGMENT;
	return SKB_CONSUMED;
}

/* RFC 1122 3.2.1.3, RFC 1812 5.3.7: a source that is no single host's, or one of ours coming in from
 * a wire. */
static bool source_possible(const struct net_device *dev, be32 saddr)
{
	enum rtn_type type = ip_addr_type(dev->net, saddr);

	return type == RTN_UNICAST || (type == RTN_LOCAL && (dev->flags & IFF_LOOPBACK));
}

static bool for_us(const struct sk_buff *skb)
{
	const struct iphdr *iph = (const void *)skb->data;
	const struct net_device *dev = skb->dev;

	if (!source_possible(dev, iph->saddr))
		return false;
	if (ipv4_is_loopback(iph->daddr) && !(dev->flags & IFF_LOOPBACK))
		return false;
	if (ipv4_is_multicast(iph->daddr))
		return ip_check_mc(dev, iph->daddr);
	return ip_addr_type(dev->net, iph->daddr) != RTN_UNICAST;
}

void ip_rcv(struct sk_buff *skb)
{
	struct net *net = skb->dev->net;
	enum skb_drop_reason problem;

	net->mib.ip_in_receives++;
	problem = skb->pkt_type == PACKET_OTHERHOST && !(skb->dev->flags & IFF_LOOPBACK)
			  ? SKB_DROP_OTHERHOST
			  : check_header(skb);
	if (problem == SKB_CONSUMED && !for_us(skb))
		problem = SKB_DROP_NOT_LOCAL;
	if (problem != SKB_CONSUMED) {
		kfree_skb(skb, problem);
		return;
	}
	skb_set_network_header(skb);
	nf_hook(NF_INET_LOCAL_IN, net, skb, skb->dev, NULL, ip_local_deliver);
}
