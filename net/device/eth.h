/* SPDX-License-Identifier: MIT
 * eth.h - the Ethernet header for packets that have no neighbour, and the shortest frame.
 * Not here: the header of resolved neighbours (neighbour.h has it ready).
 * arp.c and drivers call in.
 * Source: IEEE 802.3 3.2.8 (minimum frame). */
#pragma once

#include "kernel/lib/string.h"
#include "net/device/dev.h"
#include "net/wire/arp.h"

/* eth_hatype - what kind of link address a device has, as programs see it. */
static inline u16 eth_hatype(const struct net_device *dev)
{
	return dev->flags & IFF_LOOPBACK ? ARPHRD_LOOPBACK : ARPHRD_ETHER;
}

#define ETH_PAD_USUAL 24

/* eth_header - put the header before data. type: ethertype, host order. */
static inline void eth_header(struct sk_buff *skb, const u8 to[ETH_ALEN], u16 type)
{
	struct ethhdr *eth = skb_push(skb, ETH_HLEN);

	memcpy(eth->h_dest, to, ETH_ALEN);
	memcpy(eth->h_source, skb->dev->dev_addr, ETH_ALEN);
	eth->h_proto = cpu_to_be16(type);
}

/* eth_skb_pad - zeros up to ETH_ZLEN. Hardware that pads by itself leaks or corrupts what stood in
 * the buffer, and emulators do not pad at all; so software does. Returns the frame's length. */
static inline u32 eth_skb_pad(struct sk_buff *skb)
{
	u32 len = skb->len;

	if (likely(len >= ETH_ZLEN))
		return len;
	/* A length known when this is compiled is a few stores, and the slot has room: the shortest
	 * frames the stack makes are ARP's and UDP's of 42 bytes. */
	memset(skb->data + len, 0, ETH_PAD_USUAL);
	if (unlikely(len < ETH_ZLEN - ETH_PAD_USUAL))
		memset(skb->data + len, 0, ETH_ZLEN - len);
	skb->len = ETH_ZLEN;
	return ETH_ZLEN;
}
