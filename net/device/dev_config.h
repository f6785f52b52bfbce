/* SPDX-License-Identifier: MIT
 * dev_config.h - changes to a network device by the operator: up, down, name, MTU.
 * Not here: sending and receiving, registration (dev.h); addresses (devinet.h).
 * rtnetlink.c, the ioctls, ipconfig_apply.c and net_init.c call in.
 * Behaves as Linux's dev_close, dev_change_name. */
#pragma once

#include "net/device/dev.h"

/* dev_open - IFF_UP and ndo_open, unless it is up. Returns 0 or what the driver says. */
int dev_open(struct net_device *dev) __must_check;

/* dev_close - the opposite of dev_open. Frames on the card's ring have a tenth of a second to leave;
 * queued ones are dropped. */
void dev_close(struct net_device *dev);

/* dev_set_mtu - Returns 0, or -EINVAL outside 68..1500, or 68..65536 for lo. */
int dev_set_mtu(struct net_device *dev, u32 mtu) __must_check;

/* dev_change_name - name: below IFNAMSIZ characters. Returns 0, -EINVAL (characters), -EEXIST. */
int dev_change_name(struct net_device *dev, const char *name) __must_check;

/* dev_get_anywhere - the card of a name, in any namespace, or NULL. For names on the command line. */
struct net_device *dev_get_anywhere(const char *name);
