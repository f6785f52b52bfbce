/* SPDX-License-Identifier: MIT
 * devinet.h - addresses of devices: assigned and removed.
 * Not here: the routes that follow from them (fib_frontend.h), looking them up (ifaddr.h).
 * ipconfig_apply.c, rtnetlink.c and net_init.c call in.
 * Behaves as Linux's devinet.c. */
#pragma once

#include "net/device/dev.h"

/* inet_insert_ifa - give a device one more address: local, connected and broadcast routes follow. The
 * first of a network is primary, further ones are secondary.
 * Returns  0; -EEXIST (it has this one with this length), -ENOBUFS, or what fib_table_insert says */
int inet_insert_ifa(struct net_device *dev, be32 addr, u8 prefix_len) __must_check;

/* inet_del_ifa - take it away with its routes. When a primary one goes, the next of its network takes
 * its place (Linux's promote_secondaries). ifa: of this device */
void inet_del_ifa(struct net_device *dev, struct in_ifaddr *ifa);

/* inetdev_event - what happens to a device's addresses when something happens to it. */
void inetdev_event(struct net_device *dev, enum netdev_event event);
