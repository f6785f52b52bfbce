/* SPDX-License-Identifier: MIT
 * nfnetlink_queue.h - NETLINK_NETFILTER: packets that netfilter queued, to a program and back.
 * Not here: how a packet is parked and goes on (nf_queue.h).
 * net_init.c calls its init function; netlink and nf_queue.c call in.
 * Source: Linux's nfnetlink_queue: what libnetfilter_queue speaks. */
#pragma once

#include "net/netlink/netlink.h"

/* nfnetlink_queue_init - register the family, and /proc/net/netfilter/nfnetlink_queue. */
void nfnetlink_queue_init(void);
