/* SPDX-License-Identifier: MIT
 * arp.h - the Address Resolution Protocol: requests, answers, announcements.
 * Not here: what an answer means for queued packets (neighbour.h).
 * neigh_state.c asks, dev_receive.c hands arp_rcv what comes in.
 * Source: RFC 826; RFC 5227 3 (announcement); RFC 1122 2.3.2; RFC 1112 6.4 (groups). */
#pragma once

#include "net/neigh/neighbour.h"
#include "net/wire/arp.h"

/* arp_is_needless - does the Ethernet address follow from addr (a group, a broadcast) or from the device (lo)? Then it
 * is in mac. */
bool arp_is_needless(const struct net_device *dev, be32 addr, u8 mac[ETH_ALEN]);

/* multicast_mac - a group's Ethernet address (RFC 1112 6.4: the low 23 bits of the group). */
void multicast_mac(be32 group, u8 mac[ETH_ALEN]);

/* arp_solicit - send a request for n's address: to the Ethernet address known so far, or by broadcast. */
void arp_solicit(struct neighbour *n, bool unicast);

/* arp_rcv - an ARP packet, data at its header. Takes the skb. */
void arp_rcv(struct sk_buff *skb);

/* arp_reply - answer a request for an address of ours. */
void arp_reply(struct net_device *dev, const struct arphdr *request);

/* arp_announce - tell the link our addresses, so that old entries elsewhere change. Called when
 * the address is assigned and when the link comes up; without either nothing happens. */
void arp_announce(struct net_device *dev);
