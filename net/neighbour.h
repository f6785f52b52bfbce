/* SPDX-License-Identifier: MIT
 * neighbour.h - who is on the link: an Ethernet address for each next hop, and what waits for it.
 * Not here: the ARP packets themselves (arp.h).
 * route.c binds a neighbour to a route; ip_output.c sends through it; arp.c confirms it.
 * Source: RFC 1122 2.3.2 (cache validation, one packet must wait), RFC 4861 7.3.2 (the states). */
#pragma once

#include "kernel/lib/string.h"
#include "net/dev.h"
#include "net/timer.h"

enum nud_state {
	NUD_NONE,
	NUD_INCOMPLETE, /* asked, no answer yet: packets are parked */
	NUD_REACHABLE,  /* answered not long ago */
	NUD_STALE,      /* answered once; still used, and asked again when it is */
	NUD_PROBE,      /* being asked again, directly */
	NUD_FAILED,     /* did not answer */
	NUD_NOARP,      /* needs no answer: broadcast, multicast, lo */
	NUD_PERMANENT,  /* given by the operator */
};

/* The Ethernet header of the flow, ready to be copied: two bytes of padding come first, so that it
 * is one 16-byte piece that ends where the IPv4 header starts. */
struct hh_cache {
	u8 bytes[16];
};

struct neighbour {
	struct hh_cache hh;
	bool connected; /* hh may be used without a second thought */
	u8 nud_state;
	u8 probes;        /* sent in this state without an answer */
	be32 primary_key; /* the address */
	struct net_device *dev;
	struct neighbour *next;        /* in its hash bucket */
	struct sk_buff_head arp_queue; /* parked */
	struct timer timer;
	u64 confirmed_ns, used_ns;
	struct neigh_table *tbl;
};

/* Packets parked for one neighbour: about what Linux's 64 KiB hold of small ones; for all together a
 * quarter of the pool, so that others can still be sent. */
#define NEIGH_QUEUE_BYTES  65536
#define NEIGH_QUEUE_MAX    64
#define NEIGH_PROBES       3
#define NEIGH_RETRANS_NS   NSEC_PER_SEC
#define NEIGH_REACHABLE_NS (30 * NSEC_PER_SEC)

/* neigh_table_new - an empty table of at most n entries, all its memory taken now. Returns NULL
 * without memory. */
struct neigh_table *neigh_table_new(u32 n);

/* neigh_lookup_create - the entry for an address on a device, made if need be; no ARP is sent yet.
 * Never allocates: the table has its entries from the start, and the one that was unused longest
 * makes room (never a permanent one, nor one with packets parked).
 * Returns  the entry, or NULL when all are busy */
struct neighbour *neigh_lookup_create(struct neigh_table *tbl, struct net_device *dev, be32 addr);

/* neigh_for_each - fn(arg, entry) for every entry in use. */
void neigh_for_each(struct neigh_table *tbl, void (*fn)(void *arg, struct neighbour *n), void *arg);

/* neigh_lookup - the entry, or NULL. */
struct neighbour *neigh_lookup(struct neigh_table *tbl, const struct net_device *dev, be32 addr);

/* neigh_set_permanent - the operator knows the address. Returns 0 or -ENOBUFS. */
int neigh_set_permanent(struct neigh_table *tbl, struct net_device *dev, be32 addr,
	const u8 mac[ETH_ALEN]) __must_check;

/* neigh_update - ARP says that n has this address: release what is parked.
 * solicited  we had asked, so it is reachable now; otherwise only a changed address is taken */
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

/* neigh_resolve_output - neigh_output for every case but the usual one. */
int neigh_resolve_output(struct neighbour *n, struct sk_buff *skb);

/* neigh_output - send an IPv4 packet (data at its header) to its neighbour (skb->neigh, skb->dev):
 * put the Ethernet header before it, or park it and ask. Takes the skb.
 * Returns  0 (sent or parked), or what dev_queue_xmit says, or -ENOBUFS when it cannot be parked */
static inline int neigh_output(struct sk_buff *skb)
{
	struct neighbour *n = skb->neigh;

	if (unlikely(!n->connected))
		return neigh_resolve_output(n, skb);
	return hh_output(&n->hh, skb);
}

/* neigh_parked - packets parked in the whole table. */
u32 neigh_parked(const struct neigh_table *tbl);

typedef void (*neigh_probe_fn)(struct neighbour *n, bool unicast);

/* neigh_set_probe - how to ask; arp.c knows. unicast: to the address known so far. */
void neigh_set_probe(neigh_probe_fn probe);
