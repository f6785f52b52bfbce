/* SPDX-License-Identifier: MIT
 * neigh_impl.h - what the files of net/neigh share.
 * Not here: the interface for other folders (neighbour.h).
 * neigh_table.c, neigh_state.c and neigh_queue.c include it.
 * Names as in Linux's struct neigh_table: the names. */
#pragma once

#include "net/neigh/neighbour.h"

/* States with a timer that ends them; the others end when a packet is sent or received. */
#define NUD_IN_TIMER (NUD_INCOMPLETE | NUD_REACHABLE | NUD_DELAY | NUD_PROBE)

/* rtnetlink tells listeners of these, as Linux does: states that were learned, not those that sending causes. */
#define NUD_TOLD (NUD_REACHABLE | NUD_STALE | NUD_PROBE | NUD_FAILED | NUD_PERMANENT)

struct neigh_table {
	u32 mask;                /* of the hash: there is a bucket for each entry, at least */
	u32 entry_n, entry_max;  /* ever used; there are */
	u32 hand;                /* the entry that is looked at next where all are in use */
	u32 arp_frames;          /* packets of the pool that are queued on all of them */
	struct neighbour *entry; /* [entry_max]: memory that no neighbour needs is never touched */
	/* Entries that may be evicted: deleted ones first, then by how long they have been idle. An entry is in
	 * here or has its timer set, by the same node (timer.list), so that setting the timer takes it out. A
	 * permanent one is in neither, nor is one without a timer that has datagrams queued. */
	struct list_head idle;
	struct list_head
		draining;   /* have answered, and have datagrams queued: the device had no room */
	struct timer drain; /* set while there are any */
	struct neigh_table *next_spare;
	struct neighbour *bucket[];
};

/* neigh_start - n's first state, after its table, device and address were set: NUD_NONE, or NUD_NOARP if the address
 * needs no ARP. */
void neigh_start(struct neighbour *n);

/* neigh_assign - the operator gives n's address and its state, one of NUD_VALID; queued datagrams leave. */
void neigh_assign(struct neighbour *n, const u8 mac[ETH_ALEN], u16 state);

/* neigh_drain_timer - the table's timer: send more of what is queued on neighbours that have answered. */
void neigh_drain_timer(struct timer *timer);

/* neigh_queue - a datagram with all its fragments is queued on n. Takes the skb.
 * Returns  0; -EHOSTUNREACH: dropped, n did not answer before and there is no room for more; -ENOBUFS: dropped,
 *          there is none, and skb has no sender that could wait */
int neigh_queue(struct neighbour *n, struct sk_buff *skb);

/* neigh_refuse - a datagram to a host that does not answer: dropped. Takes the skb. Returns -EHOSTUNREACH. */
int neigh_refuse(struct sk_buff *skb);

/* neigh_purge - drop n's queue. SKB_DROP_NEIGH_FAILED: senders are told (struct proto's link_failure). */
void neigh_purge(struct neighbour *n, enum skb_drop_reason reason);

/* neigh_drain - n's address is known: send its queue, in order, as long as its device has room; the rest
 * follows out of net_poll. The caller has n's state told of an empty queue afterwards. */
void neigh_drain(struct neighbour *n);

/* neigh_send - a datagram with all its fragments to n, whose address is known; behind what is queued. Takes the
 * skb. Returns what dev_queue_xmit says, of the last frame that was not taken. */
int neigh_send(struct neighbour *n, struct sk_buff *skb);
