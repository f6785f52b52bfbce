/* SPDX-License-Identifier: MIT
 * nf_queue.h - packets that wait for a verdict from elsewhere, and go on where they were.
 * Not here: who gives the verdict; a handler stands in net->nf->queue_handler (nfnetlink_queue.c).
 * netfilter.c calls nf_queue, the handler the others.
 * Behaves as Linux's nf_queue_entry and nf_reinject. */
#pragma once

#include "net/core/net_namespace.h"
#include "net/netfilter/nf_hooks.h"

/* A packet that waits. It lies in the last bytes of the packet's own slot, which no frame reaches:
 * so queueing allocates nothing and cannot fail for want of memory. */
struct nf_queue_entry {
	struct list_head list; /* the handler's */
	struct sk_buff *skb;
	u32 id;        /* the handler's */
	be32 next_hop; /* of a packet on its way out: neighbours may come and go while it waits */
	struct nf_hook_state state;
	struct nf_hook_ops *ops; /* that queued it */
};

#define NF_QUEUE_ENTRY_OFF (SKB_SLOT - sizeof(struct nf_queue_entry))

_Static_assert(NF_QUEUE_ENTRY_OFF >= SKB_DATA_END, "a packet in pieces leaves room for its entry");

struct nf_queue_handler {
	/* take the entry: 0; or it stays the caller's: -ESRCH nobody listens, -ENOBUFS no room,
	 * -EPERM not wanted, 1 let it pass */
	int (*outfn)(struct nf_queue_entry *entry, u32 queue_num);
	/* a hook is being taken out (ops), or a device goes down (dev); the other is NULL: nf_queue_drop
	 * what the one has queued, or came by or leaves by the other */
	void (*drop)(struct net *net, const struct nf_hook_ops *ops, const struct net_device *dev);
};

/* nf_queue - hand the packet to the namespace's handler; with none it is dropped, unless the verdict
 * carries NF_VERDICT_FLAG_QUEUE_BYPASS.
 * ops      the hook whose verdict it was
 * Returns  0 it waits; 1 it may go on and is still the caller's; -EPERM or -ENOBUFS it was dropped */
int nf_queue(struct sk_buff *skb, const struct nf_hook_state *state, struct nf_hook_ops *ops,
	u32 verdict);

/* nf_queue_leave - a verdict has come: the entry's packet does not wait any more. */
void nf_queue_leave(const struct nf_queue_entry *entry);

/* nf_reinject - a verdict for a packet that waited: it goes on behind the hook that queued it
 * (NF_ACCEPT), through that one again (NF_REPEAT), past all (NF_STOP), into another queue (NF_QUEUE
 * with its number), or is dropped. Takes the entry and its packet. */
void nf_reinject(struct nf_queue_entry *entry, u32 verdict);

/* nf_queue_drop - nobody will judge it. Takes the entry and its packet. reason: of one on its way out */
void nf_queue_drop(struct nf_queue_entry *entry, enum skb_drop_reason reason);
