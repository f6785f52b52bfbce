/* SPDX-License-Identifier: MIT
 * rtmsg.h - telling those who watch what has changed: rtnetlink's groups.
 * Not here: the messages (net/netlink/rtnl_*.c), which lie above.
 * Whoever changes a link, an address, a route or a neighbour calls in; without a listener it is a look.
 * Source: Linux's functions of these names: when they are called. */
#pragma once

#include "net/wire/rtnetlink.h"

struct fib_config;
struct in_ifaddr;
struct neighbour;
struct net;
struct net_device;

/* rtmsg_ifinfo, rtmsg_ifa, rtmsg_fib, rtmsg_neigh - type: RTM_NEW.. of what there is now, also when it has
 * changed; RTM_DEL.. of what goes. Never fail: a listener without room learns ENOBUFS. */
void rtmsg_ifinfo(u16 type, struct net_device *dev);
void rtmsg_ifa(u16 type, const struct net_device *dev, const struct in_ifaddr *ifa);
void rtmsg_fib(u16 type, struct net *net, const struct fib_config *cfg);
void rtmsg_neigh(u16 type, struct neighbour *n);
