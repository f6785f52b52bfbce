/* SPDX-License-Identifier: MIT
 * dev_receive.c - a frame that came in: past the taps, to the protocol that its ethertype names.
 * Not here: the drivers that hand it up; VLANs, of which there are none but 0.
 * Drivers call netif_receive_skb; calls ip_rcv, arp_rcv through the table that net_init.c sets.
 * Behaves as Linux's __netif_receive_skb_core; IEEE 802.1Q 9.6. */
#include "net/device/dev.h"
#include "kernel/lib/string.h"
#include "net/core/skb_owner.h"
#include "net/device/tap.h"

static const struct packet_type *ptypes;
static size_t ptype_n;

void dev_set_protocols(const struct packet_type *types, size_t n)
{
	ptypes = types;
	ptype_n = n;
}

static enum pkt_type classify(const struct net_device *dev, const struct ethhdr *eth)
{
	static const u8 broadcast[ETH_ALEN] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	if (memcmp(eth->h_dest, dev->dev_addr, ETH_ALEN) == 0)
		return PACKET_HOST;
	if (memcmp(eth->h_dest, broadcast, ETH_ALEN) == 0)
		return PACKET_BROADCAST;
	return eth->h_dest[0] & 1 ? PACKET_MULTICAST : PACKET_OTHERHOST;
}

/* A frame is dropped here rather than leave its slot without a packet. */
static noinline void receive_next(struct rx_burst *burst)
{
	struct sk_buff **slot = &burst->slot[burst->done], *skb = *slot;
	struct sk_buff *fresh = skb_alloc_reserved(RX_HEADROOM);

	if (fresh) {
		fresh->dev = burst->dev;
		*slot = fresh;
		burst->replaced |= 1u << burst->done;
		skb->len = burst->len[burst->done];
		netif_receive_skb(skb);
	} else {
		burst->dev->stats.rx_dropped++;
		skb_pool.dropped[SKB_DROP_RX_NO_BUFFER]++;
	}
	burst->done++;
}

void netif_receive_slots(struct rx_burst *burst)
{
	for (; burst->done < burst->n; receive_next(burst)) {
		if (likely(ptypes->early) && !static_branch_unlikely(&taps_active))
			ptypes->early(burst);
		if (burst->done == burst->n)
			break;
	}
}

void netif_receive_skb(struct sk_buff *skb)
{
	const struct ethhdr *eth = (const void *)skb->data;
	struct net_device *dev = skb->dev;

	BUG_ON(skb->sk);
	dev->stats.rx_packets++;
	dev->stats.rx_bytes += skb->len;
	if (skb->len < ETH_HLEN) {
		kfree_skb(skb, SKB_DROP_HEADER);
		return;
	}
	skb->protocol = eth->h_proto;
	skb->pkt_type = (u8)classify(dev, eth);
	dev->stats.multicast += skb->pkt_type == PACKET_MULTICAST;
	if (static_branch_unlikely(&taps_active))
		show_taps(skb, false);
	skb_pull(skb, ETH_HLEN);
	dev_deliver_skb(skb);
}

/* IEEE 802.1Q 9.6: VLAN 0 is none, its tag says a priority alone. Returns SKB_NOT_DROPPED_YET when what is behind a
 * tag may be looked at, or why the frame ends here. */
static enum skb_drop_reason untag(struct sk_buff *skb)
{
	const struct vlan_hdr *vlan = (const void *)skb->data;
	u16 type = be16_to_cpu(skb->protocol);

	if (type != ETH_P_8021Q && type != ETH_P_8021AD)
		return SKB_DROP_UNKNOWN_PROTOCOL;
	if (skb->len < sizeof(*vlan))
		return SKB_DROP_HEADER;
	if (be16_to_cpu(vlan->h_tci) & VLAN_VID_MASK)
		return SKB_DROP_VLAN;
	skb->protocol = vlan->h_proto;
	skb_pull(skb, sizeof(*vlan));
	return SKB_NOT_DROPPED_YET;
}

void dev_deliver_skb(struct sk_buff *skb)
{
	enum skb_drop_reason problem;

	do {
		for (size_t i = 0; i < ptype_n; i++) {
			if (ptypes[i].type == be16_to_cpu(skb->protocol)) {
				ptypes[i].func(skb);
				return;
			}
		}
		problem = untag(skb);
	} while (problem == SKB_NOT_DROPPED_YET);
	kfree_skb(skb, problem);
}
