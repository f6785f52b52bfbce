/* SPDX-License-Identifier: MIT
 * neighbour.h - neighbours: the Ethernet address of each next hop, and the datagrams queued on it.
 * Not here: the ARP packets themselves (arp.h).
 * route.c binds a neighbour to a route; ip_output.c sends through it; arp_rcv.c confirms it.
 * Source: RFC 1122 2.3.2 (cache validation, one packet must wait), RFC 4861 7.3.2 (the states). */
#pragma once

#include "kernel/lib/string.h"
#include "net/core/timer.h"
#include "net/device/dev.h"

/* The numbers are rtnetlink's. */
enum nud_state {
	NUD_NONE = 0,
	NUD_INCOMPLETE = 0x01, /* asked, no answer yet: datagrams are queued */
	NUD_REACHABLE = 0x02,  /* answered not long ago */
	NUD_STALE = 0x04,      /* answered once; still used, and asked again when it is */
	NUD_DELAY = 0x08,      /* used: asked in 5 s, unless an upper layer confirms it before */
	NUD_PROBE = 0x10,      /* being asked again, directly, then by broadcast */
	NUD_FAILED = 0x20,     /* did not answer */
	NUD_NOARP = 0x40,      /* needs no answer: broadcast, multicast, lo */
	NUD_PERMANENT = 0x80,  /* given by the operator */

	NUD_CONNECTED = NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE,    /* usable at once */
	NUD_VALID = NUD_CONNECTED | NUD_STALE | NUD_DELAY | NUD_PROBE /* the address is known */
};

/* The Ethernet header of the flow, ready to be copied: two bytes of padding come first, so that it
 * is one 16-byte piece that ends where the IPv4 header starts. */
struct hh_cache {
	u8 bytes[16];
};

struct neighbour {
	struct hh_cache hh;
	bool connected; /* hh may be used at once, and nothing is queued */
	u8 nud_state;
	u8 probes;   /* sent in this state without an answer */
	bool failed; /* did not answer when it was last asked, and its address is not known since */
	be32 primary_key; /* the address */
	struct net_device *dev;
	struct neighbour *next;        /* in its hash bucket */
	struct sk_buff_head arp_queue; /* datagrams, each with all its fragments */
	u32 arp_frames;                /* packets of the pool in it */
	struct list_head draining;     /* tbl->draining */
	struct timer timer;            /* not set: in tbl->idle */
	u64 confirmed_ns;              /* last sign of life */
	u64 updated_ns;                /* last change of its Ethernet address, or failure */
	u64 genid;                     /* the network's when a route was last bound to it */
	struct neigh_table *tbl;
};

/* Packets of the pool that are queued on one neighbour, and one datagram beyond: two of the largest, or 64 small
 * ones. For all neighbours together a quarter of the pool, so that others can still be sent. */
#define NEIGH_QUEUE_MAX 64

/* Linux's ucast_probes, mcast_probes, retrans_time, base_reachable_time, delay_first_probe_time,
 * locktime. */
#define NEIGH_UCAST_PROBES 3
#define NEIGH_MCAST_PROBES 3
#define NEIGH_RETRANS_NS   NSEC_PER_SEC
#define NEIGH_REACHABLE_NS (30 * NSEC_PER_SEC)
#define NEIGH_DELAY_NS     (5 * NSEC_PER_SEC)
#define NEIGH_LOCK_NS      NSEC_PER_SEC
/* A host that has just failed to answer is not asked again for this long: sending to a dead host does not flood the
 * link. */
#define NEIGH_FAILED_NS NSEC_PER_SEC

/* neigh_table_new - an empty table of at most n entries, all its memory taken now. Returns NULL
 * without memory. */
struct neigh_table *neigh_table_new(u32 n);

/* neigh_table_free - drop all queued datagrams; no pointer to an entry may be left. NULL is allowed. */
void neigh_table_free(struct neigh_table *tbl);

/* neigh_ifdown - forget all entries of a device, the permanent ones, too; queued datagrams are dropped. */
void neigh_ifdown(struct neigh_table *tbl, const struct net_device *dev);

/* neigh_lookup_create - the entry for an address on a device, made if need be; no ARP is sent yet.
 * Never allocates: the table has its entries from the start, and one that is not needed makes room: one
 * that is idle, if there is any, never a permanent one, nor one with datagrams queued.
 * Returns  the entry, or NULL when all are busy */
struct neighbour *neigh_lookup_create(struct neigh_table *tbl, struct net_device *dev, be32 addr);

/* neigh_for_each - fn(arg, entry) for every entry in use. */
void neigh_for_each(struct neigh_table *tbl, void (*fn)(void *arg, struct neighbour *n), void *arg);

/* neigh_lookup - the entry, or NULL. */
struct neighbour *neigh_lookup(struct neigh_table *tbl, const struct net_device *dev, be32 addr);

/* neigh_set_permanent - neigh_set with NUD_PERMANENT. Returns 0 or -ENOBUFS. */
int neigh_set_permanent(struct neigh_table *tbl, struct net_device *dev, be32 addr,
	const u8 mac[ETH_ALEN]) __must_check;

/* neigh_set - set address and state, as the operator asks.
 * state    NUD_PERMANENT, NUD_REACHABLE, or another state in which the address is known
 * Returns  0, -EINVAL (a state that is none), -ENOBUFS */
int neigh_set(struct neigh_table *tbl, struct net_device *dev, be32 addr, const u8 mac[ETH_ALEN],
	u16 state) __must_check;

/* neigh_delete - remove the entry; queued datagrams are dropped. */
void neigh_delete(struct neighbour *n);

/* neigh_update - ARP says that n has this address: queued datagrams leave. An address that is known
 * already changes at most once in NEIGH_LOCK_NS: the first to answer wins.
 * solicited  we had asked, so it is reachable now; otherwise it is stale */
void neigh_update(struct neighbour *n, const u8 mac[ETH_ALEN], bool solicited);

/* hh_output - the prepared Ethernet header before an IPv4 packet, and out. Takes the skb. */
static inline int hh_output(const struct hh_cache *hh, struct sk_buff *skb)
{
	memcpy(skb->data - sizeof(hh->bytes), hh->bytes, sizeof(hh->bytes));
	skb_push(skb, ETH_HLEN);
	return dev_queue_xmit(skb);
}

/* hh_header - the Ethernet header itself, behind the padding. */
static inline struct ethhdr *hh_header(struct hh_cache *hh)
{
	return (struct ethhdr *)(hh->bytes + sizeof(hh->bytes) - ETH_HLEN);
}

/* neigh_confirm - an upper layer knows that n is alive: it had an answer (MSG_CONFIRM). */
static inline void neigh_confirm(struct neighbour *n)
{
	n->confirmed_ns = clock_ns();
}

/* neigh_takes - would a datagram to n be sent, queued or dropped at once? If not, its sender waits: as long as n
 * is being asked for the first time since its address was last known, and what is queued on it, or on all, has
 * reached its bound; or as long as n's device has no room for what is queued. No sender waits for a neighbour
 * that did not answer before. */
bool neigh_takes(const struct neighbour *n);

/* neigh_resolve_output - neigh_output for every case but the usual one; also for a datagram whose
 * fragments, each with its header, are in skb->frags: it is queued whole or not at all. */
int neigh_resolve_output(struct neighbour *n, struct sk_buff *skb);

/* neigh_output - send an IPv4 packet (data at its header) to its neighbour (skb->neigh, skb->dev):
 * put the Ethernet header before it, or queue it and ask. Takes the skb.
 * Returns  0 (sent or queued), or what dev_queue_xmit says, or as neigh_queue (neigh_impl.h), or -EHOSTUNREACH
 *          when it failed to answer a moment ago */
static inline int neigh_output(struct sk_buff *skb)
{
	struct neighbour *n = skb->neigh;

	if (unlikely(!n->connected || skb->owned))
		return neigh_resolve_output(n, skb);
	return hh_output(&n->hh, skb);
}
