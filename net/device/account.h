/* SPDX-License-Identifier: MIT
 * account.h - the account: nothing that was accepted for sending is lost in silence.
 * Not here: the counting (struct net_mib, struct net_device_stats, skb_pool.dropped).
 * net_exit.c and /proc/net/muffin ask.
 * Source: design. */
#pragma once

#include "net/core/net_namespace.h"

/* net_account - of all namespaces together, those that are gone included. */
struct net_account net_account(void);

/* net_stats_show - print it, and each device's counters. */
void net_stats_show(void);
