/* SPDX-License-Identifier: MIT
 * nfnetlink_queue.h - NETLINK_NETFILTER: packets that netfilter queued, to a program and back.
 * Not here: how a packet is parked and goes on (nf_queue.h).
 * net_init.c wires the family; netlink and nf_queue.c call in.
 * Source: Linux's nfnetlink_queue: what libnetfilter_queue speaks. */
#pragma once

#include "net/netlink/netlink.h"

extern const struct netlink_family nfnetlink_family;

/* nfqnl_file_init - register /proc/net/netfilter/nfnetlink_queue. */
void nfqnl_file_init(void);
