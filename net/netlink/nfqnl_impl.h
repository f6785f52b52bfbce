/* SPDX-License-Identifier: MIT
 * nfqnl_impl.h - the queues of packets that programs judge: what the files about them share.
 * Not here: how a packet waits and goes on (nf_queue.h).
 * nfnetlink_queue.c, nfqnl_instance.c, nfqnl_message.c and nfqnl_mangle.c include it.
 * Names as in Linux's nfnetlink_queue. */
#pragma once

#include "net/netfilter/nf_queue.h"
#include "net/netlink/netlink.h"
#include "net/wire/nfnetlink_queue.h"

#define NFQNL_COPY_RANGE_MAX (UINT16_MAX - NLA_HDRLEN)

struct nfqnl_instance {
	struct list_head list; /* net->nf->queues */
	struct netlink_sock *nlk;
	struct list_head entries; /* by id */
	struct list_head *untold; /* the first that the program has not read; &entries: none */
	u32 total, maxlen, copy_range, flags, last_id;
	u32 dropped; /* found it full */
	u16 num;
	u8 copy_mode;
};

/* nfqnl_lookup - a namespace's queue of a number, or NULL. */
struct nfqnl_instance *nfqnl_lookup(const struct net *net, u32 num);

/* nfqnl_create - a queue that the socket reads. Returns 0 or -ENOMEM. */
int nfqnl_create(struct netlink_sock *nlk, u16 num, struct nfqnl_instance **res) __must_check;

/* nfqnl_destroy - what is in it is dropped. */
void nfqnl_destroy(struct nfqnl_instance *q);

/* nfqnl_dequeue - take a packet out of its queue: it is the caller's. */
void nfqnl_dequeue(struct nfqnl_instance *q, struct nf_queue_entry *entry);

/* nfnetlink_release - the socket closes, and with it its queues. */
void nfnetlink_release(struct netlink_sock *nlk);

/* nfnetlink_next - tell the socket of the next packet in one of its queues. */
void nfnetlink_next(struct netlink_sock *nlk);

/* nfqnl_mangle - put what the program sent back in the place of a packet: an IPv4 packet of len bytes
 * whose checksums stand as given. On LOCAL_OUT it is routed anew when its addresses changed, and
 * fragmented later when it grew past the MTU. The entry stays the caller's.
 * Returns  0; -EINVAL (no IPv4 header for len bytes), -EMSGSIZE (too long here, or for DF), -ENOBUFS,
 *          or what routing says. Then the packet is good for nothing. */
int nfqnl_mangle(struct nf_queue_entry *entry, const void *data, u32 len) __must_check;

/* nfqnl_file_init - register /proc/net/netfilter/nfnetlink_queue. */
void nfqnl_file_init(void);
