/* SPDX-License-Identifier: MIT
 * ifaddr.c - which addresses a device has: looking them up, choosing one.
 * Not here: giving and taking them (devinet.c).
 * arp.c, route.c and devinet.c call in.
 * Source: RFC 1122 3.3.4; RFC 3021 (no broadcast on a link of two). Behaves as Linux's devinet.c. */
#include "net/device/ifaddr.h"
#include "net/wire/ip.h"

struct in_ifaddr *inet_find_ifa(const struct net_device *dev, be32 addr, u8 prefix_len)
{
	struct in_ifaddr *ifa;

	list_for_each(ifa, &dev->ifa_list, list)
		if (be32_eq(ifa->addr, addr) &&
			(prefix_len == IFA_ANY_LEN || ifa->prefix_len == prefix_len))
			return ifa;
	return NULL;
}

bool inet_is_broadcast(const struct net_device *dev, be32 addr)
{
	struct in_ifaddr *ifa;

	list_for_each(ifa, &dev->ifa_list, list)
		if (ifa->prefix_len < 31 && be32_eq(ifa->broadcast, addr))
			return true;
	return false;
}

be32 inet_select_addr(const struct net_device *dev, be32 dst)
{
	const struct net_device *other;
	struct in_ifaddr *ifa;

	list_for_each(ifa, &dev->ifa_list, list)
		if (!ifa->secondary && ifa_on_network(ifa, dst))
			return ifa->addr;
	if (!be32_is_zero(dev->ip_addr) && !ipv4_is_loopback(dev->ip_addr))
		return dev->ip_addr;
	list_for_each(other, &dev->net->dev_base, list)
		if (!(other->flags & IFF_LOOPBACK) && !be32_is_zero(other->ip_addr))
			return other->ip_addr;
	return dev->ip_addr;
}
