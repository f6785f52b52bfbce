/* SPDX-License-Identifier: MIT
 * neighbour.c - who is on the link: an Ethernet address for each next hop, and what waits for it.
 * Not here: the ARP packets themselves (arp.c).
 * route.c binds a neighbour to a route; ip_output.c sends through it; arp.c confirms it.
 * Source: RFC 1122 2.3.2 (cache validation, one packet must wait), RFC 4861 7.3.2 (the states).
 *
 *   NONE --first packet--> INCOMPLETE --answer--> REACHABLE --30 s without a sign--> STALE
 *                            | 3 x 1 s             ^     ^                             | used
 *                            v             answer  |     | sign of life                v
 *                          FAILED <--6 x 1 s---- PROBE <-+-------------5 s---------- DELAY
 */
#include "net/neighbour.h"
#include "kernel/lib/string.h"
#include "net/config/ifaddr.h"
#include "net/sock.h"

#define BUCKETS 64

struct neigh_table {
	struct neighbour *bucket[BUCKETS];
	struct neighbour *entry; /* [entry_max], of which entry_n were ever used: memory that no
				  * neighbour needs is never touched */
	u32 entry_n, entry_max;
	u32 parked;        /* datagrams */
	u32 parked_frames; /* packets of the pool that they are made of */
	struct neigh_table *next_spare;
};

static neigh_probe_fn probe_fn;

void neigh_set_probe(neigh_probe_fn probe)
{
	probe_fn = probe;
}

/* ---- the table -------------------------------------------------------------------------- */

static void neigh_timer(struct timer *timer);

/* Of namespaces that are gone: the memory of entries does not come back. */
static struct neigh_table *spare;

struct neigh_table *neigh_table_new(u32 n)
{
	struct neigh_table *tbl = spare;

	if (tbl && tbl->entry_max == n) {
		spare = tbl->next_spare;
		*tbl = (struct neigh_table){ .entry = tbl->entry, .entry_max = n };
		return tbl;
	}
	tbl = mem_alloc(sizeof(*tbl));
	if (!tbl)
		return NULL;
	tbl->entry = dma_alloc(n * sizeof(struct neighbour));
	tbl->entry_max = n;
	if (tbl->entry)
		return tbl;
	mem_free(tbl, sizeof(*tbl));
	return NULL;
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

/* Rather one who has not just answered, rather the one that was unused longest. */
static bool less_needed(const struct neighbour *a, const struct neighbour *b)
{
	bool a_answered = a->nud_state == NUD_REACHABLE, b_answered = b->nud_state == NUD_REACHABLE;

	return a_answered == b_answered ? a->used_ns < b->used_ns : b_answered;
}

/* Routes that still point at it become stale. */
static struct neighbour *evict(struct neigh_table *tbl)
{
	struct neighbour *least = NULL;

	for (u32 i = 0; i < tbl->entry_n; i++) {
		struct neighbour *n = &tbl->entry[i];

		if (!n->dev)
			return n;
		if (n->nud_state == NUD_PERMANENT || n->arp_queue.n > 0)
			continue;
		if (!least || less_needed(n, least))
			least = n;
	}
	if (least) {
		net_changed(least->dev->net);
		unlink_neigh(tbl, least);
	}
	return least;
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

void multicast_mac(be32 group, u8 mac[ETH_ALEN])
{
	u32 a = be32_to_cpu(group);

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
	if (addr.raw == ~0u || inet_is_broadcast(dev, addr)) {
		memset(mac, 0xff, ETH_ALEN);
		return true;
	}
	return false;
}

static noinline struct neighbour *create(struct neigh_table *tbl, struct net_device *dev, be32 addr)
{
	struct neighbour *n = take_entry(tbl), **bucket;
	u8 mac[ETH_ALEN];

	if (!n)
		return NULL;
	bucket = bucket_of(tbl, dev, addr);
	n->primary_key = addr;
	n->dev = dev;
	n->nud_state = NUD_NONE;
	n->connected = false;
	n->used_ns = clock_ns();
	n->confirmed_ns = 0;
	n->next = *bucket;
	*bucket = n;
	if (known_mac(dev, addr, mac)) {
		hh_fill(n, mac);
		n->nud_state = NUD_NOARP;
		n->connected = true;
	}
	return n;
}

struct neighbour *neigh_lookup_create(struct neigh_table *tbl, struct net_device *dev, be32 addr)
{
	struct neighbour *n = neigh_lookup(tbl, dev, addr);

	return likely(n) ? n : create(tbl, dev, addr);
}

/* ---- parking ---------------------------------------------------------------------------- */

u32 neigh_parked(const struct neigh_table *tbl)
{
	return tbl->parked;
}

static int park(struct neighbour *n, struct sk_buff *skb)
{
	struct neigh_table *tbl = n->tbl;
	u32 frames = skb_frames(skb);

	if (n->arp_queue.n == NEIGH_QUEUE_MAX ||
		n->arp_queue.bytes + skb->len + skb->frags_len > NEIGH_QUEUE_BYTES ||
		tbl->parked_frames + frames > skb_pool.total_n / 4) {
		kfree_skb(skb, SKB_DROP_NEIGH_QUEUE_FULL);
		return -ENOBUFS;
	}
	skb_set_owner_w(skb);
	skb_queue_tail(&n->arp_queue, skb);
	tbl->parked++;
	tbl->parked_frames += frames;
	n->dev->net->mib.parked++;
	return 0;
}

/* The first that was parked, or NULL. */
static struct sk_buff *unpark(struct neighbour *n)
{
	struct sk_buff *skb = skb_dequeue(&n->arp_queue);

	if (!skb)
		return NULL;
	n->tbl->parked--;
	n->tbl->parked_frames -= skb_frames(skb);
	n->dev->net->mib.parked--;
	return skb;
}

static void drop_parked(struct neighbour *n, enum skb_drop_reason reason)
{
	struct sk_buff *skb;

	while ((skb = unpark(n))) {
		if (skb->sk) {
			skb->sk->sk_lost++;
			sk_report_error(skb->sk, EHOSTUNREACH);
			if (skb->sk->sk_prot->link_failure)
				skb->sk->sk_prot->link_failure(skb->sk, skb);
		}
		kfree_skb(skb, reason);
	}
}

/* The entry may be used again; routes that point at it are stale. */
static void forget(struct neighbour *n, enum skb_drop_reason reason)
{
	drop_parked(n, reason);
	unlink_neigh(n->tbl, n);
	net_changed(n->dev->net);
	n->dev = NULL;
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

void neigh_table_free(struct neigh_table *tbl)
{
	if (!tbl)
		return;
	neigh_ifdown(tbl, NULL);
	tbl->next_spare = spare;
	spare = tbl;
}

/* Each fragment of a datagram that waited as one counts against its sender for itself from now on. */
static void own_separately(struct sk_buff *skb, struct sk_buff *frags)
{
	for (struct sk_buff *frag = frags; frag; frag = frag->next)
		skb_set_owner_w(frag);
	sock_wfree(skb);
	skb->frags = NULL;
	skb->frags_len = 0;
	skb_set_owner_w(skb);
}

/* Each frame is accepted and accounted for itself; one doorbell is for all. */
static noinline int send_fragments(const struct neighbour *n, struct sk_buff *skb)
{
	struct sk_buff *frag = skb->frags;
	bool outer = dev_xmit_begin();
	int err;

	if (skb->owned)
		own_separately(skb, frag);
	skb->frags = NULL;
	skb->frags_len = 0;
	err = hh_output(&n->hh, skb);
	while ((skb = frag)) {
		frag = skb->next;
		skb->next = NULL;
		n->dev->net->mib.ip_out_requests++;
		err = hh_output(&n->hh, skb) ?: err;
	}
	dev_xmit_end(n->dev->net, outer);
	return err;
}

static int send_frames(const struct neighbour *n, struct sk_buff *skb)
{
	return skb->frags ? send_fragments(n, skb) : hh_output(&n->hh, skb);
}

static void send_parked(struct neighbour *n)
{
	struct sk_buff *skb;

	while ((skb = unpark(n)))
		send_frames(n, skb);
}

/* ---- states ----------------------------------------------------------------------------- */

/* Flows may have kept the header; whether they still may has changed. */
static void set_state(struct neighbour *n, enum nud_state state)
{
	bool connected = state & NUD_CONNECTED;

	n->nud_state = (u8)state;
	if (connected != n->connected)
		net_changed(n->dev->net);
	n->connected = connected;
}

static void set_address(struct neighbour *n, const u8 mac[ETH_ALEN])
{
	hh_fill(n, mac);
	n->updated_ns = clock_ns();
	net_changed(n->dev->net);
}

static void ask(struct neighbour *n)
{
	probe_fn(n, n->probes < NEIGH_UCAST_PROBES);
	n->probes++;
	mod_timer(&n->timer, clock_ns() + NEIGH_RETRANS_NS);
}

/* Who is not known can only be asked by broadcast. */
static void start_asking(struct neighbour *n, enum nud_state state)
{
	set_state(n, state);
	n->probes = state == NUD_PROBE ? 0 : NEIGH_UCAST_PROBES;
	ask(n);
}

static void ask_again(struct neighbour *n)
{
	u32 lost = n->arp_queue.n;

	if (n->probes < NEIGH_UCAST_PROBES + NEIGH_MCAST_PROBES) {
		ask(n);
		return;
	}
	set_state(n, NUD_FAILED);
	n->updated_ns = clock_ns();
	drop_parked(n, SKB_DROP_NEIGH_FAILED);
	if (lost)
		pr_warn("%s: %pI4 did not answer ARP, %u packet%s dropped\n", n->dev->name,
			&n->primary_key, lost, lost == 1 ? "" : "s");
	net_changed(n->dev->net); /* another gateway may do */
}

/* The time without a sign of life is over, or there was one meanwhile. */
static void reachable_until_later(struct neighbour *n)
{
	u64 until = n->confirmed_ns + NEIGH_REACHABLE_NS;

	if (clock_ns() >= until) {
		set_state(n, NUD_STALE);
		return;
	}
	set_state(n, NUD_REACHABLE);
	mod_timer(&n->timer, until);
}

static void neigh_timer(struct timer *timer)
{
	struct neighbour *n = container_of(timer, struct neighbour, timer);

	switch (n->nud_state) {
	case NUD_INCOMPLETE:
	case NUD_PROBE:
		ask_again(n);
		break;
	case NUD_REACHABLE:
		reachable_until_later(n);
		break;
	case NUD_DELAY:
		if (clock_ns() - n->confirmed_ns < NEIGH_DELAY_NS)
			reachable_until_later(n);
		else
			start_asking(n, NUD_PROBE);
		break;
	}
}

void neigh_update(struct neighbour *n, const u8 mac[ETH_ALEN], bool solicited)
{
	const struct ethhdr *eth = hh_header(&n->hh);
	bool valid = n->nud_state & NUD_VALID;
	bool same = valid && memcmp(eth->h_dest, mac, ETH_ALEN) == 0;

	if ((n->nud_state & (NUD_NOARP | NUD_PERMANENT)) || n->nud_state == NUD_NONE)
		return;
	if (same && !solicited)
		return;
	if (valid && !same && clock_ns() - n->updated_ns < NEIGH_LOCK_NS)
		return;
	if (!same)
		set_address(n, mac);
	del_timer(&n->timer);
	if (solicited) {
		neigh_confirm(n);
		reachable_until_later(n);
	} else {
		set_state(n, NUD_STALE);
	}
	send_parked(n);
}

int neigh_set(struct neigh_table *tbl, struct net_device *dev, be32 addr, const u8 mac[ETH_ALEN],
	u16 state)
{
	struct neighbour *n;

	if (!(state & NUD_VALID))
		return -EINVAL;
	n = neigh_lookup_create(tbl, dev, addr);
	if (!n)
		return -ENOBUFS;
	del_timer(&n->timer);
	set_address(n, mac);
	if (state & NUD_REACHABLE) {
		neigh_confirm(n);
		reachable_until_later(n);
	} else { /* delaying and probing begin when it is used */
		set_state(n, state & (NUD_PERMANENT | NUD_NOARP) ? NUD_PERMANENT : NUD_STALE);
	}
	send_parked(n);
	return 0;
}

int neigh_set_permanent(
	struct neigh_table *tbl, struct net_device *dev, be32 addr, const u8 mac[ETH_ALEN])
{
	return neigh_set(tbl, dev, addr, mac, NUD_PERMANENT);
}

/* ---- output ----------------------------------------------------------------------------- */

int neigh_resolve_output(struct neighbour *n, struct sk_buff *skb)
{
	u64 now = clock_ns();
	int err;

	n->used_ns = now;
	if (n->nud_state == NUD_STALE) {
		set_state(n, NUD_DELAY);
		mod_timer(&n->timer, now + NEIGH_DELAY_NS);
	}
	if (n->nud_state & NUD_VALID)
		return send_frames(n, skb);
	if (n->nud_state == NUD_FAILED && now - n->updated_ns < NEIGH_FAILED_NS) {
		kfree_skb(skb, SKB_DROP_NEIGH_FAILED);
		return -EHOSTUNREACH;
	}
	err = park(n, skb); /* before asking, so that an answer from within finds it */
	if (n->nud_state != NUD_INCOMPLETE)
		start_asking(n, NUD_INCOMPLETE);
	return err;
}
