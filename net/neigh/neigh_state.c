/* SPDX-License-Identifier: MIT
 * neigh_state.c - the states of a neighbour: asked, reachable, stale, failed.
 * Not here: the table (neigh_table.c), the queues (neigh_queue.c), ARP packets (arp.c).
 * ip_output.c sends through it, arp_rcv.c brings answers, neigh_table.c the operator's changes.
 * Source: RFC 1122 2.3.2 (cache validation, one packet must wait), RFC 4861 7.3.2 (the states).
 *
 *   NONE --first packet--> INCOMPLETE --answer--> REACHABLE --30 s without a sign--> STALE
 *                            | 3 x 1 s             ^     ^                             | used
 *                            v             answer  |     | sign of life                v
 *                          FAILED <--6 x 1 s---- PROBE <-+-------------5 s---------- DELAY
 */
#include "net/core/rtmsg.h"
#include "net/neigh/arp.h"
#include "net/neigh/neigh_impl.h"

static void hh_fill(struct neighbour *n, const u8 mac[ETH_ALEN])
{
	struct ethhdr *eth = hh_header(&n->hh);

	memcpy(eth->h_dest, mac, ETH_ALEN);
	memcpy(eth->h_source, n->dev->dev_addr, ETH_ALEN);
	eth->h_proto = cpu_to_be16(ETH_P_IP);
}

/* If n's header may be cached now and could not be before, or the other way round, flows become stale. In a state with
 * a timer the caller sets it. */
static void set_state(struct neighbour *n, enum nud_state state)
{
	bool connected = (state & NUD_CONNECTED) && n->arp_queue.n == 0,
	     is_news = (state & NUD_TOLD) && n->nud_state != state;

	n->nud_state = (u8)state;
	if (is_news)
		rtmsg_neigh(RTM_NEWNEIGH, n);
	if (connected != n->connected)
		net_changed(n->dev->net);
	n->connected = connected;
	if (state & NUD_VALID)
		n->failed = false;
	if (state & NUD_IN_TIMER)
		return;
	del_timer(&n->timer);
	if (state != NUD_PERMANENT && n->arp_queue.n == 0)
		list_add_tail(&n->timer.list, &n->tbl->idle);
}

/* Send the queued datagrams. While the device has no room for all of them, n is neither connected nor idle. */
static void drain(struct neighbour *n)
{
	neigh_drain(n);
	set_state(n, n->nud_state);
}

void neigh_drain_timer(struct timer *timer)
{
	struct neigh_table *tbl = container_of(timer, struct neigh_table, drain);
	struct neighbour *n, *tmp;

	list_for_each_safe(n, tmp, &tbl->draining, draining)
		drain(n);
}

static void set_address(struct neighbour *n, const u8 mac[ETH_ALEN])
{
	bool valid = n->nud_state & NUD_VALID;

	if (valid && memcmp(hh_header(&n->hh)->h_dest, mac, ETH_ALEN) == 0)
		return;
	hh_fill(n, mac);
	n->updated_ns = clock_ns();
	net_changed(n->dev->net);
	if (valid && (n->nud_state & NUD_TOLD))
		rtmsg_neigh(RTM_NEWNEIGH, n);
}

static void ask(struct neighbour *n)
{
	mod_timer(&n->timer, clock_ns() + NEIGH_RETRANS_NS);
	arp_solicit(n, n->probes++ < NEIGH_UCAST_PROBES);
}

/* An unknown address can only be asked for by broadcast. */
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
	neigh_purge(n, SKB_DROP_NEIGH_FAILED);
	set_state(n, NUD_FAILED);
	n->failed = true;
	n->updated_ns = clock_ns();
	if (lost)
		pr_warn("%s: %pI4 did not answer ARP, %u packet%s dropped\n", n->dev->name,
			&n->primary_key, lost, lost == 1 ? "" : "s");
	net_changed(n->dev->net); /* another gateway may do */
}

/* The timer of NUD_REACHABLE: stale now, unless it was confirmed meanwhile. */
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

static void confirmed_now(struct neighbour *n)
{
	neigh_confirm(n);
	reachable_until_later(n);
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

void neigh_start(struct neighbour *n)
{
	u8 mac[ETH_ALEN];

	timer_setup(&n->timer, neigh_timer);
	list_init(&n->draining);
	n->connected = arp_is_needless(n->dev, n->primary_key, mac);
	if (n->connected)
		hh_fill(n, mac);
	set_state(n, n->connected ? NUD_NOARP : NUD_NONE);
}

/* ---- answers and changes ----------------------------------------------------------------- */

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
	if (solicited)
		confirmed_now(n);
	else
		set_state(n, NUD_STALE);
	drain(n);
}

void neigh_assign(struct neighbour *n, const u8 mac[ETH_ALEN], u16 state)
{
	set_address(n, mac);
	if (state & NUD_REACHABLE)
		confirmed_now(n);
	else /* delaying and probing begin when it is used */
		set_state(n, state & (NUD_PERMANENT | NUD_NOARP) ? NUD_PERMANENT : NUD_STALE);
	drain(n);
}

/* ---- output ----------------------------------------------------------------------------- */

/* Its address is known, and it is used. */
static int send_valid(struct neighbour *n, struct sk_buff *skb)
{
	bool queued = n->arp_queue.n > 0;
	int err;

	if (n->nud_state == NUD_STALE) {
		set_state(n, NUD_DELAY);
		mod_timer(&n->timer, clock_ns() + NEIGH_DELAY_NS);
	}
	err = neigh_send(n, skb);
	if (queued != (n->arp_queue.n > 0))
		set_state(n, n->nud_state);
	return err;
}

int neigh_resolve_output(struct neighbour *n, struct sk_buff *skb)
{
	int err;

	if (n->nud_state & NUD_VALID)
		return send_valid(n, skb);
	if (n->nud_state == NUD_FAILED && clock_ns() - n->updated_ns < NEIGH_FAILED_NS)
		return neigh_refuse(skb);
	err = neigh_queue(n, skb); /* before asking, so that an answer from within finds it */
	if (n->nud_state != NUD_INCOMPLETE)
		start_asking(n, NUD_INCOMPLETE);
	return err;
}
