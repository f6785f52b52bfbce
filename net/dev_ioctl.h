/* SPDX-License-Identifier: MIT
 * dev_ioctl.h - what programs ask a socket about devices.
 * Not here: changing them (rtnetlink).
 * socket_calls.c calls in.
 * Source: netdevice(7). */
#pragma once

#include "net/machine.h"

struct net;

/* dev_ioctl - SIOCGIF*, by name, of net's devices.
 * arg      struct ifreq or struct ifconf in user memory
 * Returns  0, or -ENOTTY (not one of them), -ENODEV, -EADDRNOTAVAIL (it has no address), -EFAULT */
long dev_ioctl(struct net *net, u32 cmd, u64 arg);
