/* SPDX-License-Identifier: MIT
 * rtmsg.h - notifications to rtnetlink's groups: a link, an address, a route or a neighbour has changed.
 * Not here: the messages (net/netlink/rtnl_*.c), which lie above and are reached through a table.
 * Called by the code that makes the change; without a listener it costs one test.
 * Behaves as Linux's functions of these names: when they are called. */
#pragma once

#include "net/wire/rtnetlink.h"

struct fib_config;
struct in_ifaddr;
struct neighbour;
struct net;
struct net_device;

/* rtnetlink's functions. NULL: rtnetlink is left out, and no program can listen. */
struct rtmsg_ops {
	void (*ifinfo)(u16 type, struct net_device *dev);
	void (*ifa)(u16 type, const struct net_device *dev, const struct in_ifaddr *ifa);
	void (*fib)(u16 type, struct net *net, const struct fib_config *cfg);
	void (*neigh)(u16 type, struct neighbour *n);
};

extern const struct rtmsg_ops *rtmsg_ops;

/* rtmsg_ifinfo, rtmsg_ifa, rtmsg_fib, rtmsg_neigh - type: RTM_NEW.. of what there is now, also when it has
 * changed; RTM_DEL.. of what goes. Never fail: a listener without room learns ENOBUFS. */
static inline void rtmsg_ifinfo(u16 type, struct net_device *dev)
{
	if (rtmsg_ops)
		rtmsg_ops->ifinfo(type, dev);
}

static inline void rtmsg_ifa(u16 type, const struct net_device *dev, const struct in_ifaddr *ifa)
{
	if (rtmsg_ops)
		rtmsg_ops->ifa(type, dev, ifa);
}

static inline void rtmsg_fib(u16 type, struct net *net, const struct fib_config *cfg)
{
	if (rtmsg_ops)
		rtmsg_ops->fib(type, net, cfg);
}

static inline void rtmsg_neigh(u16 type, struct neighbour *n)
{
	if (rtmsg_ops)
		rtmsg_ops->neigh(type, n);
}
