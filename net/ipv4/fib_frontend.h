/* SPDX-License-Identifier: MIT
 * fib_frontend.h - routes added and removed: with addresses, by the operator, with devices.
 * Not here: the table (fib.h), asking it (route.h).
 * ipconfig_apply.c, rtnetlink.c and devinet.c call in.
 * Source: RFC 3021. Behaves as Linux's fib_frontend.c. */
#pragma once

#include "net/device/dev.h"
#include "net/fib/fib.h"

/* fib_add_ifaddr, fib_del_ifaddr - the routes of an address: itself as local; for a primary one, while
 * the device is up, its network and the broadcast address. Both may be repeated.
 * Returns  0, or what fib_table_insert says */
int fib_add_ifaddr(struct net_device *dev, const struct in_ifaddr *ifa) __must_check;
void fib_del_ifaddr(struct net_device *dev, const struct in_ifaddr *ifa);

/* fib_netdev_event - what happens to routes when something happens to a device: those through one that
 * is down go, and do not come back with it (as on Linux); a link that is lost is passed by where
 * there is another next hop. */
void fib_netdev_event(struct net_device *dev, enum netdev_event event);

/* inet_rtm_newroute - add, replace or append a route by cfg->nlflags.
 * cfg      nhs hops; nh is set here
 * nh       [cfg->nhs] gw, oif (0: found by gw), flags (RTNH_F_ONLINK), weight (0: 1); the rest is filled in
 * Returns  0; -ENETUNREACH (a gateway on no device's link), -ENODEV, -ENETDOWN, -EINVAL (a preferred
 *          source that is not ours), or what fib_table_insert says */
int inet_rtm_newroute(struct net *net, struct fib_config *cfg, struct fib_nh *nh) __must_check;

/* inet_rtm_delroute - remove the route that fib_table_delete finds to match. Returns 0 or -ESRCH. */
int inet_rtm_delroute(struct net *net, const struct fib_config *cfg);

#define RTPROT_KERNEL 2
#define RTPROT_BOOT   3

#define ROUTE_HOPS_MAX 8u

/* fib_net_init, fib_net_exit - a namespace's table. */
int fib_net_init(struct net *net) __must_check;
void fib_net_exit(struct net *net);
