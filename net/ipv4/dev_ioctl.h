/* SPDX-License-Identifier: MIT
 * dev_ioctl.h - what programs ask a socket about devices, and what they change so.
 * Not here: the changes (dev_config.h), all that only rtnetlink can.
 * socket_calls.c calls in.
 * Source: netdevice(7). */
#pragma once

#include "net/core/machine.h"

struct net;

#define SIOC_TYPE 0x89 /* what all of these have above their number */

/* dev_ioctl - SIOCGIF*, by name, of net's devices; SIOCSIFFLAGS (up, down), SIOCSIFMTU, SIOCSIFNAME.
 * arg      struct ifreq or struct ifconf in user memory
 * Returns  0, or -ENOTTY (not one of them), -ENODEV, -EADDRNOTAVAIL (it has no address), -EFAULT, or
 *          what the change says (dev_config.h) */
long dev_ioctl(struct net *net, u32 cmd, u64 arg);
