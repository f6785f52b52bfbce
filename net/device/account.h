/* SPDX-License-Identifier: MIT
 * account.h - design rule 2 as numbers: nothing that was accepted for sending is lost in silence.
 * Not here: who counts (struct net_mib, struct net_device_stats, skb_pool.dropped).
 * net_exit.c and /proc/net/muffin ask.
 * Source: design. */
#pragma once

#include "kernel/lib/types.h"

/* design rule 2 as numbers: accepted = sent + parked + queued + dropped. */
struct net_account {
	u64 accepted, sent, parked, queued, dropped;
	u64 no_link; /* part of sent: frames that may have met no link, at most */
};

/* net_account - of all namespaces together, those that are gone included. */
struct net_account net_account(void);

/* net_stats_show - say it, and what each device did. */
void net_stats_show(void);
