/* SPDX-License-Identifier: MIT
 * ifaddr.h - which addresses a device has: looking them up, choosing one.
 * Not here: giving and taking them (devinet.h).
 * arp.c, route.c and devinet.c call in.
 * Source: RFC 1122 3.3.4. Behaves as Linux's devinet.c. */
#pragma once

#include "net/device/dev.h"

#define IFA_ANY_LEN 33 /* behind the lengths of prefixes */

/* ifa_on_network - does addr belong to the network of ifa? */
static inline bool ifa_on_network(const struct in_ifaddr *ifa, be32 addr)
{
	be32 differ = { ifa->addr.raw ^ addr.raw };

	return be32_is_zero(be32_and(differ, prefix_mask(ifa->prefix_len)));
}

/* inet_first_ifa - the first primary address, or NULL. */
static inline const struct in_ifaddr *inet_first_ifa(const struct net_device *dev)
{
	if (list_empty(&dev->ifa_list))
		return NULL;
	return list_first_entry(&dev->ifa_list, struct in_ifaddr, list);
}

/* inet_find_ifa - the entry of an address, or NULL. prefix_len: 0..32, or IFA_ANY_LEN. */
struct in_ifaddr *inet_find_ifa(const struct net_device *dev, be32 addr, u8 prefix_len);

/* inet_is_broadcast - is it the broadcast address of one of the device's networks? */
bool inet_is_broadcast(const struct net_device *dev, be32 addr);

/* inet_select_addr - the address to send from towards dst, where nothing else says it: one of dst's
 * network, else the first; of another device, when this one has none, or 127/8 only. Zero: there is
 * none. */
be32 inet_select_addr(const struct net_device *dev, be32 dst);
