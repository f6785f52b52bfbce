/* SPDX-License-Identifier: MIT
 * arp.h - who has this address? Asking, answering, announcing.
 * Not here: what the answers mean for waiting packets (neighbour.h).
 * neighbour.c asks through arp_solicit; dev.c hands arp_rcv what comes in.
 * Source: RFC 826; RFC 5227 3 (announcement); RFC 1122 2.3.2. */
#pragma once

#include "net/neighbour.h"

/* arp_init - be the one whom neighbours are asked through. */
void arp_init(void);

/* arp_rcv - an ARP packet, data at its header. Takes the skb. */
void arp_rcv(struct sk_buff *skb);

/* arp_announce - tell the link our addresses, so that old entries elsewhere change. Called when
 * the address is assigned and when the link comes up; without either nothing happens. */
void arp_announce(struct net_device *dev);
