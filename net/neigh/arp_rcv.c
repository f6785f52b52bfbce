/* SPDX-License-Identifier: MIT
 * arp_rcv.c - ARP on its way in: what a neighbour says of itself, and requests for our addresses.
 * Not here: requests of our own and the frames (arp.c), what an answer means for queued packets (neigh_state.c).
 * dev_receive.c hands arp_rcv what comes in.
 * Source: RFC 826 (reception); RFC 5227 2.1.1 (probes); RFC 1122 2.3.2. */
#include "net/neigh/arp.h"
#include "kernel/lib/string.h"
#include "net/core/skb_owner.h"
#include "net/device/ifaddr.h"
#include "net/wire/ip.h"

static bool arp_valid(const struct sk_buff *skb, const struct arphdr *arp)
{
	return skb->len >= sizeof(*arp) && be16_to_cpu(arp->ar_hrd) == ARPHRD_ETHER &&
	       be16_to_cpu(arp->ar_pro) == ETH_P_IP && arp->ar_hln == ETH_ALEN &&
	       arp->ar_pln == sizeof(be32) && !(arp->ar_sha[0] & 1);
}

/* 0.0.0.0 asks whether an address is taken (RFC 5227 2.1.1); a group, a broadcast and 127/8 ask nothing. */
static bool sender_possible(const struct net_device *dev, be32 sip)
{
	return !ipv4_is_multicast(sip) && !ipv4_is_lbcast(sip) && !ipv4_is_loopback(sip) &&
	       !inet_is_broadcast(dev, sip);
}

/* RFC 826's algorithm, but no entry is created for a stranger: only entries that exist, because this host sends
 * there, are updated. */
static void arp_process(struct net_device *dev, const struct arphdr *arp, bool to_us)
{
	struct neighbour *n = neigh_lookup(dev->net->arp_tbl, dev, arp->ar_sip);
	u16 op = be16_to_cpu(arp->ar_op);

	if (n && (op == ARPOP_REQUEST || op == ARPOP_REPLY))
		neigh_update(n, arp->ar_sha, op == ARPOP_REPLY && to_us);
	if (op == ARPOP_REQUEST && !be32_is_zero(arp->ar_tip) &&
		inet_find_ifa(dev, arp->ar_tip, IFA_ANY_LEN))
		arp_reply(dev, arp);
}

/* At most once a second: any host on the link can cause it. */
static void warn_conflict(const struct net_device *dev, const struct arphdr *arp)
{
	static u64 warned_ns;
	u64 now = clock_ns();
	be32 addr = arp->ar_sip;

	if (warned_ns && now - warned_ns < NSEC_PER_SEC)
		return;
	warned_ns = now;
	pr_warn("%s: %pM uses our address %pI4, too\n", dev->name, arp->ar_sha, &addr);
}

void arp_rcv(struct sk_buff *skb)
{
	const struct arphdr *arp = (const void *)skb->data;
	bool ours;

	if (skb->pkt_type == PACKET_OTHERHOST) {
		kfree_skb(skb, SKB_DROP_OTHERHOST);
		return;
	}
	if (!arp_valid(skb, arp)) {
		kfree_skb(skb, SKB_DROP_ARP_INVALID);
		return;
	}
	ours = inet_find_ifa(skb->dev, arp->ar_sip, IFA_ANY_LEN);
	if (ours && memcmp(arp->ar_sha, skb->dev->dev_addr, ETH_ALEN) != 0)
		warn_conflict(skb->dev, arp);
	if (ours || !sender_possible(skb->dev, arp->ar_sip)) {
		kfree_skb(skb, SKB_DROP_MARTIAN_SOURCE);
		return;
	}
	arp_process(skb->dev, arp, skb->pkt_type == PACKET_HOST);
	consume_skb(skb);
}
