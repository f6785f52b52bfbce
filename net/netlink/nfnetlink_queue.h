/* SPDX-License-Identifier: MIT
 * nfnetlink_queue.h - NETLINK_NETFILTER: packets that netfilter queued, to a program and back.
 * Not here: how a packet is parked and goes on (nf_queue.h).
 * net_init.c wires the family; netlink and nf_queue.c call in.
 * Source: Linux's nfnetlink_queue: what libnetfilter_queue speaks. */
#pragma once

#include "net/netlink/netlink.h"
#include "net/nf_queue.h"

extern const struct netlink_family nfnetlink_family;

/* nfqnl_file_init - register /proc/net/netfilter/nfnetlink_queue. */
void nfqnl_file_init(void);

/* nfqnl_mangle - put what the program sent back in the place of a packet: an IPv4 packet of len bytes
 * whose checksums stand as given. On LOCAL_OUT it is routed anew when its addresses changed, and
 * fragmented later when it grew past the MTU. The entry stays the caller's.
 * Returns  0; -EINVAL (no IPv4 header for len bytes), -EMSGSIZE (too long here, or for DF), -ENOBUFS,
 *          or what routing says. Then the packet is good for nothing. */
int nfqnl_mangle(struct nf_queue_entry *entry, const void *data, u32 len) __must_check;
