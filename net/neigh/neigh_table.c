/* SPDX-License-Identifier: MIT
 * neigh_table.c - the table of neighbours: look one up, create one, evict one.
 * Not here: their states (neigh_state.c), their queues (neigh_queue.c).
 * route.c looks up next hops, arp_rcv.c senders of ARP packets.
 * Source: Corbato, A Paging Experiment with the Multics System (1968): the second chance. Behaves as Linux's
 * neigh_lookup and neigh_forced_gc: entries that answered of late, are being asked, or are permanent stay. */
#include "net/neigh/neigh_impl.h"
#include "net/core/rtmsg.h"

/* Of namespaces that are gone: the memory of entries does not come back. */
static struct neigh_table *spare;

__cold struct neigh_table *neigh_table_new(u32 n)
{
	struct neigh_table *tbl = spare;
	u32 mask = UINT32_MAX >> __builtin_clz((n - 1) | 1);
	size_t bytes = sizeof(*tbl) + (mask + 1ul) * sizeof(tbl->bucket[0]);

	if (tbl && tbl->entry_max == n) {
		spare = tbl->next_spare;
		return tbl;
	}
	tbl = mem_alloc(bytes);
	if (!tbl)
		return NULL;
	tbl->mask = mask;
	tbl->entry_max = n;
	list_init(&tbl->idle);
	list_init(&tbl->draining);
	timer_setup(&tbl->drain, neigh_drain_timer);
	tbl->entry = dma_alloc(n * sizeof(struct neighbour));
	if (tbl->entry)
		return tbl;
	mem_free(tbl, bytes);
	return NULL;
}

/* The middle bits of the product: every bit of the key takes part in them, and addresses in a row get
 * buckets far apart (the factor is 2^32 / golden ratio^2). */
static struct neighbour **bucket_of(
	struct neigh_table *tbl, const struct net_device *dev, be32 addr)
{
	u64 hash = (u64)(addr.raw ^ (u32)dev->ifindex) * 0x61c88647u;

	return &tbl->bucket[(u32)(hash >> 28) & tbl->mask];
}

struct neighbour *neigh_lookup(struct neigh_table *tbl, const struct net_device *dev, be32 addr)
{
	struct neighbour *n = *bucket_of(tbl, dev, addr);

	while (n && !(be32_eq(n->primary_key, addr) && n->dev == dev))
		n = n->next;
	return n;
}

void neigh_for_each(struct neigh_table *tbl, void (*fn)(void *arg, struct neighbour *n), void *arg)
{
	for (u32 i = 0; i < tbl->entry_n; i++)
		if (tbl->entry[i].dev)
			fn(arg, &tbl->entry[i]);
}

/* Listeners are told, but not of entries that needed no ARP. */
static void unlink_neigh(struct neigh_table *tbl, struct neighbour *n)
{
	struct neighbour **at = bucket_of(tbl, n->dev, n->primary_key);

	while (*at != n)
		at = &(*at)->next;
	*at = n->next;
	if (n->nud_state & ~(u32)NUD_NOARP)
		rtmsg_neigh(RTM_DELNEIGH, n);
}

/* ---- making room ------------------------------------------------------------------------ */

/* The first idle entry that no cached flow uses: none was bound to it since flows were last made stale. An entry that
 * one uses gets a second chance at the end of the list. */
static struct neighbour *least_needed(struct neigh_table *tbl, u64 genid)
{
	struct neighbour *n, *first = NULL;

	while (!list_empty(&tbl->idle)) {
		n = list_first_entry(&tbl->idle, struct neighbour, timer.list);
		if (n->genid != genid || n == first)
			return n;
		first = first ?: n;
		list_del(&n->timer.list);
		list_add_tail(&n->timer.list, &tbl->idle);
	}
	return NULL;
}

/* None is idle: round robin over all but permanent entries and those with queued datagrams. */
static struct neighbour *next_in_turn(struct neigh_table *tbl)
{
	for (u32 left = tbl->entry_n; left > 0; left--) {
		struct neighbour *n = &tbl->entry[tbl->hand];

		tbl->hand = tbl->hand + 1 < tbl->entry_n ? tbl->hand + 1 : 0;
		if (n->arp_queue.n == 0 && n->nud_state != NUD_PERMANENT)
			return n;
	}
	return NULL;
}

/* Evicting an entry that flows use makes all flows stale. Evicting the next ones costs nothing then, until flows are
 * bound to them again. */
static struct neighbour *make_room(struct neigh_table *tbl, struct net *net)
{
	struct neighbour *n = least_needed(tbl, net->genid) ?: next_in_turn(tbl);

	if (!n)
		return NULL;
	if (n->genid == net->genid)
		net_changed(net);
	if (n->dev)
		unlink_neigh(tbl, n);
	del_timer(&n->timer);
	return n;
}

static noinline struct neighbour *create(struct neigh_table *tbl, struct net_device *dev, be32 addr)
{
	struct neighbour *n, **bucket = bucket_of(tbl, dev, addr);

	n = tbl->entry_n < tbl->entry_max ? &tbl->entry[tbl->entry_n++] : make_room(tbl, dev->net);
	if (!n)
		return NULL;
	*n = (struct neighbour){ .tbl = tbl, .dev = dev, .primary_key = addr, .next = *bucket };
	*bucket = n;
	neigh_start(n);
	return n;
}

struct neighbour *neigh_lookup_create(struct neigh_table *tbl, struct net_device *dev, be32 addr)
{
	struct neighbour *n = neigh_lookup(tbl, dev, addr);

	return likely(n) ? n : create(tbl, dev, addr);
}

/* ---- the operator's entries --------------------------------------------------------------- */

int neigh_set(struct neigh_table *tbl, struct net_device *dev, be32 addr, const u8 mac[ETH_ALEN],
	u16 state)
{
	struct neighbour *n;

	if (!(state & NUD_VALID))
		return -EINVAL;
	n = neigh_lookup_create(tbl, dev, addr);
	if (!n)
		return -ENOBUFS;
	neigh_assign(n, mac, state);
	return 0;
}

int neigh_set_permanent(
	struct neigh_table *tbl, struct net_device *dev, be32 addr, const u8 mac[ETH_ALEN])
{
	return neigh_set(tbl, dev, addr, mac, NUD_PERMANENT);
}

/* ---- removal ------------------------------------------------------------------------------ */

/* The entry may be used again, before any other. */
static void forget(struct neighbour *n, enum skb_drop_reason reason)
{
	neigh_purge(n, reason);
	unlink_neigh(n->tbl, n);
	net_changed(n->dev->net);
	n->dev = NULL;
	del_timer(&n->timer);
	list_add(&n->timer.list, &n->tbl->idle);
}

void neigh_ifdown(struct neigh_table *tbl, const struct net_device *dev)
{
	for (u32 i = 0; i < tbl->entry_n; i++)
		if (tbl->entry[i].dev && (!dev || tbl->entry[i].dev == dev))
			forget(&tbl->entry[i], SKB_DROP_DEV_DOWN);
}

void neigh_delete(struct neighbour *n)
{
	forget(n, SKB_DROP_NEIGH_FAILED);
}

__cold void neigh_table_free(struct neigh_table *tbl)
{
	if (!tbl)
		return;
	neigh_ifdown(tbl, NULL);
	tbl->next_spare = spare;
	spare = tbl;
}
