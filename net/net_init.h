/* SPDX-License-Identifier: MIT
 * net_init.h - the stack is put together here: protocols are wired, namespaces made.
 * Not here: anything that happens to a packet.
 * main.c (and the host tests) call net_init once.
 * Source: Linux's inet_init. */
#pragma once

#include "net/net_namespace.h"

/* net_init - pools, protocols, the first namespace with lo. Returns 0 or -ENOMEM. */
int net_init(void) __must_check;

/* setup_net - a namespace with an empty table and lo. Returns 0 or -ENOMEM. */
int setup_net(struct net *net) __must_check;

/* net_drain - before the machine ends: wait (at most 7 s) until everything accepted for sending has
 * left or was dropped, and say what was.
 * Returns  packets that did not leave */
u64 net_drain(struct net *net);

/* net_stats_show - design rule 2 as numbers: accepted = sent + parked + queued + dropped. */
void net_stats_show(struct net *net);
