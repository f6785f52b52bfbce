/* SPDX-License-Identifier: MIT
 * neighbour.c - who is on the link: an Ethernet address for each next hop, and what waits for it.
 * Not here: the ARP packets themselves (arp.c).
 * route.c binds a neighbour to a route; ip_output.c sends through it; arp.c confirms it.
 * Source: RFC 1122 2.3.2 (cache validation, one packet must wait), RFC 4861 7.3.2 (the states).
 *
 *   NONE --first packet--> INCOMPLETE --answer--> REACHABLE --30 s--> STALE
 *                            | 3 x 1 s               ^                  | used
 *                            v                       |   answer         v
 *                          FAILED <-----3 x 1 s-- PROBE <---------------+
 */
#include "net/neighbour.h"
#include "kernel/lib/string.h"
#include "net/sock.h"

#define BUCKETS 64

struct neigh_table {
	struct neighbour *bucket[BUCKETS];
	struct neighbour *entry; /* [entry_max], of which entry_n were ever used: memory that no
				  * neighbour needs is never touched */
	u32 entry_n, entry_max;
	u32 parked;
};

static neigh_probe_fn probe_fn;

void neigh_set_probe(neigh_probe_fn probe)
{
	probe_fn = probe;
}

/* ---- the table -------------------------------------------------------------------------- */

static void neigh_timer(struct timer *timer);

struct neigh_table *neigh_table_new(u32 n)
{
	struct neigh_table *tbl = mem_alloc(sizeof(*tbl));

	if (!tbl)
		return NULL;
	tbl->entry = dma_alloc(n * sizeof(struct neighbour));
	tbl->entry_max = n;
	return tbl->entry ? tbl : NULL;
}

static struct neighbour **bucket_of(
	struct neigh_table *tbl, const struct net_device *dev, be32 addr)
{
	u32 hash = (addr.raw ^ (u32)dev->ifindex << 8) * 0x9e3779b1u; /* 2^32 / golden ratio */

	return &tbl->bucket[hash >> 26];
}

_Static_assert(BUCKETS == 1 << (32 - 26), "the hash keeps as many bits as there are buckets");

struct neighbour *neigh_lookup(struct neigh_table *tbl, const struct net_device *dev, be32 addr)
{
	struct neighbour *n = *bucket_of(tbl, dev, addr);

	while (n && !(be32_eq(n->primary_key, addr) && n->dev == dev))
		n = n->next;
	return n;
}

void neigh_for_each(struct neigh_table *tbl, void (*fn)(void *arg, struct neighbour *n), void *arg)
{
	for (u32 i = 0; i < BUCKETS; i++)
		for (struct neighbour *n = tbl->bucket[i]; n; n = n->next)
			fn(arg, n);
}

static void unlink_neigh(struct neigh_table *tbl, struct neighbour *n)
{
	struct neighbour **at = bucket_of(tbl, n->dev, n->primary_key);

	while (*at != n)
		at = &(*at)->next;
	*at = n->next;
	del_timer(&n->timer);
}

/* The entry that was unused longest. Routes that still point at it become stale. */
static struct neighbour *evict(struct neigh_table *tbl)
{
	struct neighbour *oldest = NULL;

	for (u32 i = 0; i < tbl->entry_n; i++) {
		struct neighbour *n = &tbl->entry[i];

		if (n->nud_state == NUD_PERMANENT || n->arp_queue.n > 0)
			continue;
		if (!oldest || n->used_ns < oldest->used_ns)
			oldest = n;
	}
	if (oldest) {
		net_changed(oldest->dev->net);
		unlink_neigh(tbl, oldest);
	}
	return oldest;
}

static struct neighbour *take_entry(struct neigh_table *tbl)
{
	struct neighbour *n;

	if (tbl->entry_n == tbl->entry_max)
		return evict(tbl);
	n = &tbl->entry[tbl->entry_n++];
	memset(n, 0, sizeof(*n));
	n->tbl = tbl;
	timer_setup(&n->timer, neigh_timer);
	return n;
}

/* ---- addresses that need no answer ------------------------------------------------------- */

static void hh_fill(struct neighbour *n, const u8 mac[ETH_ALEN])
{
	struct ethhdr *eth = hh_header(&n->hh);

	memcpy(eth->h_dest, mac, ETH_ALEN);
	memcpy(eth->h_source, n->dev->dev_addr, ETH_ALEN);
	eth->h_proto = cpu_to_be16(ETH_P_IP);
}

/* RFC 1112 6.4: the low 23 bits of the group. */
static void multicast_mac(be32 addr, u8 mac[ETH_ALEN])
{
	u32 a = be32_to_cpu(addr);

	memcpy(mac,
		(const u8[ETH_ALEN]){ 0x01, 0x00, 0x5e, (u8)(a >> 16 & 0x7f), (u8)(a >> 8), (u8)a },
		ETH_ALEN);
}

static bool known_mac(const struct net_device *dev, be32 addr, u8 mac[ETH_ALEN])
{
	if (dev->flags & IFF_NOARP) {
		memset(mac, 0, ETH_ALEN);
		return true;
	}
	if (be32_to_cpu(addr) >> 28 == 14) {
		multicast_mac(addr, mac);
		return true;
	}
	if (addr.raw == ~0u || (!be32_is_zero(dev->ip_addr) && be32_eq(addr, dev->ip_broadcast))) {
		memset(mac, 0xff, ETH_ALEN);
		return true;
	}
	return false;
}

struct neighbour *neigh_lookup_create(struct neigh_table *tbl, struct net_device *dev, be32 addr)
{
	struct neighbour *n = neigh_lookup(tbl, dev, addr);
	struct neighbour **bucket;
	u8 mac[ETH_ALEN];

	if (n)
		return n;
	n = take_entry(tbl);
	if (!n)
		return NULL;
	bucket = bucket_of(tbl, dev, addr);
	n->primary_key = addr;
	n->dev = dev;
	n->nud_state = NUD_NONE;
	n->connected = false;
	n->used_ns = clock_ns();
	n->next = *bucket;
	*bucket = n;
	if (known_mac(dev, addr, mac)) {
		hh_fill(n, mac);
		n->nud_state = NUD_NOARP;
		n->connected = true;
	}
	return n;
}

/* ---- parking ---------------------------------------------------------------------------- */

u32 neigh_parked(const struct neigh_table *tbl)
{
	return tbl->parked;
}

static void count_parked(struct neighbour *n, int change)
{
	n->tbl->parked += (u32)change;
	n->dev->net->mib.parked += (u64)(s64)change;
}

static int park(struct neighbour *n, struct sk_buff *skb)
{
	if (n->arp_queue.n == NEIGH_QUEUE_MAX ||
		n->arp_queue.bytes + skb->len > NEIGH_QUEUE_BYTES ||
		n->tbl->parked >= skb_pool.total_n / 4) {
		kfree_skb(skb, SKB_DROP_NEIGH_QUEUE_FULL);
		return -ENOBUFS;
	}
	skb_set_owner_w(skb);
	skb_queue_tail(&n->arp_queue, skb);
	count_parked(n, 1);
	return 0;
}

static void drop_parked(struct neighbour *n)
{
	u32 lost = n->arp_queue.n;
	struct sk_buff *skb;

	while ((skb = skb_dequeue(&n->arp_queue))) {
		count_parked(n, -1);
		if (skb->sk) {
			skb->sk->sk_lost++;
			sk_report_error(skb->sk, EHOSTUNREACH);
		}
		kfree_skb(skb, SKB_DROP_NEIGH_FAILED);
	}
	if (lost)
		pr_warn("%s: %pI4 did not answer ARP, %u packet%s dropped\n", n->dev->name,
			&n->primary_key, lost, lost == 1 ? "" : "s");
}

static void send_parked(struct neighbour *n)
{
	struct sk_buff *skb;

	while ((skb = skb_dequeue(&n->arp_queue))) {
		count_parked(n, -1);
		hh_output(&n->hh, skb);
	}
}

/* ---- states ----------------------------------------------------------------------------- */

static void ask(struct neighbour *n, enum nud_state state)
{
	n->nud_state = (u8)state;
	n->probes = 1;
	probe_fn(n, state == NUD_PROBE);
	mod_timer(&n->timer, clock_ns() + NEIGH_RETRANS_NS);
}

static void fail(struct neighbour *n)
{
	n->nud_state = NUD_FAILED;
	n->connected = false;
	drop_parked(n);
}

static void neigh_timer(struct timer *timer)
{
	struct neighbour *n = container_of(timer, struct neighbour, timer);

	switch (n->nud_state) {
	case NUD_INCOMPLETE:
	case NUD_PROBE:
		if (n->probes == NEIGH_PROBES) {
			fail(n);
			break;
		}
		n->probes++;
		probe_fn(n, n->nud_state == NUD_PROBE);
		mod_timer(&n->timer, clock_ns() + NEIGH_RETRANS_NS);
		break;
	case NUD_REACHABLE:
		n->nud_state = NUD_STALE;
		n->connected = false;
		break;
	}
}

static void set_reachable(struct neighbour *n, const u8 mac[ETH_ALEN])
{
	hh_fill(n, mac);
	n->nud_state = NUD_REACHABLE;
	n->connected = true;
	n->confirmed_ns = clock_ns();
	mod_timer(&n->timer, n->confirmed_ns + NEIGH_REACHABLE_NS);
	send_parked(n);
}

void neigh_update(struct neighbour *n, const u8 mac[ETH_ALEN], bool solicited)
{
	const struct ethhdr *eth = hh_header(&n->hh);

	if (n->nud_state >= NUD_NOARP || n->nud_state == NUD_NONE)
		return;
	if (solicited || n->nud_state == NUD_INCOMPLETE) {
		set_reachable(n, mac);
	} else if (memcmp(eth->h_dest, mac, ETH_ALEN) != 0) {
		hh_fill(n, mac);
		n->nud_state = NUD_STALE;
		n->connected = false;
	}
}

int neigh_set_permanent(
	struct neigh_table *tbl, struct net_device *dev, be32 addr, const u8 mac[ETH_ALEN])
{
	struct neighbour *n = neigh_lookup_create(tbl, dev, addr);

	if (!n)
		return -ENOBUFS;
	del_timer(&n->timer);
	hh_fill(n, mac);
	n->nud_state = NUD_PERMANENT;
	n->connected = true;
	send_parked(n);
	net_changed(dev->net);
	return 0;
}

/* ---- output ----------------------------------------------------------------------------- */

int neigh_resolve_output(struct neighbour *n, struct sk_buff *skb)
{
	int err;

	n->used_ns = clock_ns();
	switch (n->nud_state) {
	case NUD_STALE: /* use it, and ask whether it still holds */
		ask(n, NUD_PROBE);
		return hh_output(&n->hh, skb);
	case NUD_PROBE:
		return hh_output(&n->hh, skb);
	case NUD_INCOMPLETE:
		return park(n, skb);
	default: /* NONE or FAILED: park first, so that an answer from within finds it */
		err = park(n, skb);
		ask(n, NUD_INCOMPLETE);
		return err;
	}
}
