/* SPDX-License-Identifier: MIT
 * arp.c - ARP on its way out: requests, answers, announcements, and addresses that need none.
 * Not here: what comes in (arp_rcv.c); when a neighbour is asked (neigh_state.c).
 * neigh_state.c asks, arp_rcv.c answers, net_init.c announces. Calls dev_queue_xmit.
 * Source: RFC 826; RFC 5227 3 (announcement); RFC 1112 6.4 (groups). */
#include "net/neigh/arp.h"
#include "kernel/lib/string.h"
#include "net/device/eth.h"
#include "net/device/ifaddr.h"
#include "net/wire/arp.h"
#include "net/wire/ip.h"

static const u8 broadcast_mac[ETH_ALEN] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
static const u8 no_mac[ETH_ALEN];

/* ---- addresses that need no ARP ------------------------------------------------------------ */

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

/* ---- sending ----------------------------------------------------------------------------- */

struct arp_target {
	const u8 *mac; /* in the packet */
	be32 ip;
};

/* Build and send. sip: our address there; to: the frame's destination. Without a free packet
 * nothing is sent: ARP repeats itself in a second. */
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

void arp_reply(struct net_device *dev, const struct arphdr *request)
{
	arp_send(dev, ARPOP_REPLY, request->ar_tip,
		(struct arp_target){ request->ar_sha, request->ar_sip }, request->ar_sha);
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
