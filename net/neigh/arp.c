/* SPDX-License-Identifier: MIT
 * arp.c - who has this address? Asking, answering, announcing.
 * Not here: what the answers mean for waiting packets (neighbour.c).
 * neighbour.c asks, dev.c hands arp_rcv what comes in.
 * Source: RFC 826; RFC 5227 3 (announcement); RFC 1122 2.3.2; RFC 1112 6.4 (groups). */
#include "net/neigh/arp.h"
#include "kernel/lib/string.h"
#include "net/device/eth.h"
#include "net/device/ifaddr.h"
#include "net/wire/arp.h"
#include "net/wire/ip.h"

static const u8 broadcast_mac[ETH_ALEN] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
static const u8 no_mac[ETH_ALEN];

/* ---- whom nobody need ask ---------------------------------------------------------------- */

void multicast_mac(be32 group, u8 mac[ETH_ALEN])
{
	u32 a = be32_to_cpu(group);

	memcpy(mac,
		(const u8[ETH_ALEN]){ 0x01, 0x00, 0x5e, (u8)(a >> 16 & 0x7f), (u8)(a >> 8), (u8)a },
		ETH_ALEN);
}

bool arp_is_needless(const struct net_device *dev, be32 addr, u8 mac[ETH_ALEN])
{
	if (dev->flags & IFF_NOARP)
		memcpy(mac, no_mac, ETH_ALEN);
	else if (ipv4_is_multicast(addr))
		multicast_mac(addr, mac);
	else if (ipv4_is_lbcast(addr) || inet_is_broadcast(dev, addr))
		memcpy(mac, broadcast_mac, ETH_ALEN);
	else
		return false;
	return true;
}

/* ---- asking ----------------------------------------------------------------------------- */

struct arp_target {
	const u8 *mac; /* in the packet */
	be32 ip;
};

/* Build and send. sip: who we are there; to: where the frame goes. No packet free: ARP asks again in a second. */
static void arp_send(
	struct net_device *dev, u16 op, be32 sip, struct arp_target target, const u8 *to)
{
	struct sk_buff *skb = skb_alloc_reserved(SKB_NETWORK_OFF);
	struct arphdr *arp;

	if (!skb)
		return;
	arp = skb_put(skb, sizeof(*arp));
	*arp = (struct arphdr){ .ar_hrd = cpu_to_be16(ARPHRD_ETHER),
		.ar_pro = cpu_to_be16(ETH_P_IP),
		.ar_hln = ETH_ALEN,
		.ar_pln = sizeof(be32),
		.ar_op = cpu_to_be16(op),
		.ar_sip = sip,
		.ar_tip = target.ip };
	memcpy(arp->ar_sha, dev->dev_addr, ETH_ALEN);
	memcpy(arp->ar_tha, target.mac, ETH_ALEN);
	skb->dev = dev;
	dev->net->mib.arp_out++;
	eth_header(skb, to, ETH_P_ARP);
	dev_queue_xmit(skb);
}

void arp_solicit(struct neighbour *n, bool unicast)
{
	const struct ethhdr *eth = hh_header(&n->hh);

	arp_send(n->dev, ARPOP_REQUEST, inet_select_addr(n->dev, n->primary_key),
		(struct arp_target){ no_mac, n->primary_key },
		unicast ? eth->h_dest : broadcast_mac);
}

void arp_announce(struct net_device *dev)
{
	const u32 ready = IFF_UP | IFF_RUNNING;
	struct in_ifaddr *ifa;

	if ((dev->flags & (ready | IFF_NOARP)) != ready)
		return;
	list_for_each(ifa, &dev->ifa_list, list)
		arp_send(dev, ARPOP_REQUEST, ifa->addr, (struct arp_target){ no_mac, ifa->addr },
			broadcast_mac);
}

/* ---- hearing ---------------------------------------------------------------------------- */

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

/* RFC 826's algorithm, but strangers teach the table nothing: only entries that we made ourselves,
 * by wanting to send there, are updated. */
static void arp_process(struct net_device *dev, const struct arphdr *arp, bool to_us)
{
	struct neighbour *n = neigh_lookup(dev->net->arp_tbl, dev, arp->ar_sip);
	u16 op = be16_to_cpu(arp->ar_op);

	if (n && (op == ARPOP_REQUEST || op == ARPOP_REPLY))
		neigh_update(n, arp->ar_sha, op == ARPOP_REPLY && to_us);
	if (op == ARPOP_REQUEST && !be32_is_zero(arp->ar_tip) &&
		inet_find_ifa(dev, arp->ar_tip, IFA_ANY_LEN))
		arp_send(dev, ARPOP_REPLY, arp->ar_tip,
			(struct arp_target){ arp->ar_sha, arp->ar_sip }, arp->ar_sha);
}

/* At most once a second: anybody on the link can cause it. */
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
