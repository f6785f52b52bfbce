/* SPDX-License-Identifier: MIT
 * loopback.h - the device that hands every frame back.
 * Not here: its address (net_init.c).
 * net_init.c calls in.
 * Source: RFC 1122 3.2.1.3 (g). */
#pragma once

#include "net/dev.h"

/* loopback_register - add "lo" to a namespace. Returns it, up and running, or NULL. */
struct net_device *loopback_register(struct net *net);
