/* SPDX-License-Identifier: MIT
 * neigh_impl.h - neighbours: what the files about them share.
 * Not here: what others need (neighbour.h).
 * neigh_table.c, neighbour.c and neigh_queue.c include it.
 * Source: Linux's struct neigh_table: the names. */
#pragma once

#include "net/neighbour.h"

/* In these a timer is set, and the state ends by it; the others end by what is sent or heard. */
#define NUD_IN_TIMER (NUD_INCOMPLETE | NUD_REACHABLE | NUD_DELAY | NUD_PROBE)

/* Those who watch are told of these, as on Linux: of what is learned, not of what is sent. */
#define NUD_TOLD (NUD_REACHABLE | NUD_STALE | NUD_PROBE | NUD_FAILED | NUD_PERMANENT)

struct neigh_table {
	u32 mask;                /* of the hash: there is a bucket for each entry, at least */
	u32 entry_n, entry_max;  /* ever used; there are */
	u32 hand;                /* the entry that is looked at next where all are in use */
	u32 parked_frames;       /* packets of the pool */
	struct neighbour *entry; /* [entry_max]: memory that no neighbour needs is never touched */
	/* Who may make room, the one that has been idle longest first, in front of it who is nobody's
	 * neighbour any more. An entry is in here or has its timer set, by the same node (timer.list), so
	 * that setting the timer takes it out; a permanent one is in neither. */
	struct list_head idle;
	struct neigh_table *next_spare;
	struct neighbour *bucket[];
};

/* neigh_start - n's first state, its table, device and address being set: nobody asked yet, or nobody
 * need be asked. */
void neigh_start(struct neighbour *n);

/* neigh_park - keep a datagram with all its fragments for n, until it has answered. Takes the skb.
 * Returns  0, or -ENOBUFS: dropped, too much is parked */
int neigh_park(struct neighbour *n, struct sk_buff *skb);

/* neigh_drop_parked - what waits for n will not be sent. SKB_DROP_NEIGH_FAILED: its senders hear of it, as their
 * protocol decides. */
void neigh_drop_parked(struct neighbour *n, enum skb_drop_reason reason);

/* neigh_send_parked - n's address is known: send what waited, in order. */
void neigh_send_parked(struct neighbour *n);

/* neigh_send - a datagram with all its fragments to n, whose address is known. Takes the skb. Returns
 * what dev_queue_xmit says, of the last frame that was not taken. */
int neigh_send(const struct neighbour *n, struct sk_buff *skb);
