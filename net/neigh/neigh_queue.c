/* SPDX-License-Identifier: MIT
 * neigh_queue.c - datagrams that are queued on a neighbour: until it has answered, and its device has room.
 * Not here: when it is asked, what its answer means (neigh_state.c).
 * neigh_state.c and neigh_table.c call in; calls dev_queue_xmit.
 * Source: RFC 1122 2.3.2.2 (at least one packet must wait). Behaves as Linux's arp_queue.
 *
 *     sendto --> neigh_takes? --no--> the sender waits in its system call, before it builds the datagram
 *                    | yes
 *                    v
 *     INCOMPLETE  arp_queue: | datagram | datagram | ... |   at most NEIGH_QUEUE_MAX packets, and one message more
 *                    |            (a quarter of the pool for all neighbours together)
 *                    |-- answer --> neigh_drain: to the device, in order, while it has room; then by a timer
 *                    '-- none ----> neigh_purge: dropped, counted, the sockets get EHOSTUNREACH
 *
 * A datagram is queued whole, with all its fragments. It is charged to its socket (sk_wmem) as long as it waits. */
#include "net/core/skb_owner.h"
#include "net/neigh/neigh_impl.h"
#include "net/core/sock.h"
#include "net/core/timestamping.h"
#include "net/wire/ip.h"

/* Interval at which datagrams that wait for their device are tried again. */
#define DRAIN_NS NSEC_PER_MSEC

/* Hosts that did not answer before may hold half of the packets for all neighbours: they never keep a sender from hosts
 * that were not asked yet. */
static bool has_room(const struct neighbour *n)
{
	u32 most = skb_waiting_max() / (n->failed ? 2 : 1);

	return n->arp_frames < NEIGH_QUEUE_MAX && n->tbl->arp_frames < most;
}

bool neigh_takes(const struct neighbour *n)
{
	return n->failed || ((n->nud_state & NUD_VALID) && n->arp_queue.n == 0) || has_room(n);
}

/* May it be queued on n, which has not answered? One that failed before may fill half of a sender's buffer: the
 * sender may have others to send to. */
static bool may_queue(const struct neighbour *n, const struct sk_buff *skb)
{
	const struct sock *sk = skb->sk;

	if (n->failed)
		return has_room(n) && (!sk || sk->sk_wmem < sk_wmem_max(sk) / 2);
	return sk || has_room(n);
}

static void count(struct neighbour *n, s32 datagrams, s32 frames)
{
	n->arp_frames += (u32)frames;
	n->tbl->arp_frames += (u32)frames;
	n->dev->net->mib.waiting += (u64)(s64)datagrams;
}

static void enqueue(struct neighbour *n, struct sk_buff *skb)
{
	skb_queue_tail(&n->arp_queue, skb);
	count(n, 1, (s32)skb_frames(skb));
}

static void enqueue_first(struct neighbour *n, struct sk_buff *skb)
{
	struct sk_buff_head *queue = &n->arp_queue;

	skb->next = queue->first;
	queue->first = skb;
	queue->last = queue->n++ ? queue->last : skb;
	count(n, 1, (s32)skb_frames(skb));
}

static struct sk_buff *dequeue(struct neighbour *n)
{
	struct sk_buff *skb = skb_dequeue(&n->arp_queue);

	if (skb)
		count(n, -1, -(s32)skb_frames(skb));
	return skb;
}

/* A sender whose call has returned gets the error through its socket. */
static void drop_unreachable(struct sk_buff *skb)
{
	if (skb->owned && skb->sk->sk_prot->link_failure)
		skb->sk->sk_prot->link_failure(skb->sk, skb);
	kfree_skb(skb, SKB_DROP_NEIGH_FAILED);
}

int neigh_refuse(struct sk_buff *skb)
{
	drop_unreachable(skb);
	return -EHOSTUNREACH;
}

int neigh_queue(struct neighbour *n, struct sk_buff *skb)
{
	if (may_queue(n, skb)) {
		enqueue(n, skb);
		return 0;
	}
	if (n->failed)
		return neigh_refuse(skb);
	kfree_skb(skb, SKB_DROP_NEIGH_QUEUE_FULL);
	return -ENOBUFS;
}

void neigh_purge(struct neighbour *n, enum skb_drop_reason reason)
{
	struct sk_buff *skb;

	list_del(&n->draining);
	while ((skb = dequeue(n))) {
		if (reason == SKB_DROP_NEIGH_FAILED)
			drop_unreachable(skb);
		else
			kfree_skb(skb, reason);
	}
}

/* ---- sending ---------------------------------------------------------------------------- */

/* The first frame of a datagram parts from the others. They are one packet from now on: accepted, accounted for
 * and charged to their sender by themselves. Returns them, or NULL. */
static struct sk_buff *take_apart(struct sk_buff *skb)
{
	struct sk_buff *rest = skb->frags;

	if (!skb_is_fragmented(skb))
		return NULL;
	rest->frags = rest->next;
	rest->frags_len = (u16)(skb->frags_len - (rest->len - IP_HLEN));
	rest->next = NULL;
	rest->sk = skb->sk;
	rest->owned = skb->owned;
	rest->tx_flags = skb->tx_flags & SKBTX_TIME;
	rest->tstamp = skb->tstamp;
	if (rest->owned)
		rest->sk->sk_refs++; /* each has its share of the charge */
	skb->frags = NULL;
	skb->frags_len = 0;
	skb->dev->net->mib.ip_out_requests++;
	return rest;
}

/* One doorbell for all. */
static noinline int send_fragments(const struct neighbour *n, struct sk_buff *skb)
{
	bool outer = dev_xmit_begin();
	int err = 0;

	for (struct sk_buff *rest; skb; skb = rest) {
		rest = take_apart(skb);
		err = hh_output(&n->hh, skb) ?: err;
	}
	dev_xmit_end(n->dev->net, outer);
	return err;
}

/* A queueing discipline takes every packet that was accepted (net/core/qdisc.h), a ring does not. */
static bool dev_takes(struct net_device *dev)
{
	return dev->qdisc || dev_room(dev) > 0;
}

/* A datagram that was queued may not be dropped by the device: its sender was told that it was sent. */
static bool must_queue(const struct neighbour *n, const struct sk_buff *skb)
{
	return n->arp_queue.n > 0 || (skb->owned && (skb_is_fragmented(skb) || !dev_takes(n->dev)));
}

int neigh_send(struct neighbour *n, struct sk_buff *skb)
{
	int err;

	if (must_queue(n, skb)) {
		err = neigh_queue(n, skb);
		neigh_drain(n);
		return err;
	}
	return skb_is_fragmented(skb) ? send_fragments(n, skb) : hh_output(&n->hh, skb);
}

/* The queue is not empty. Frame by frame, so that a datagram of many frames leaves although others fill the ring with
 * datagrams of one. */
static void send_queued(struct neighbour *n)
{
	bool outer = dev_xmit_begin();

	while (n->arp_queue.n > 0 && dev_takes(n->dev)) {
		struct sk_buff *skb = dequeue(n), *rest = take_apart(skb);

		if (rest)
			enqueue_first(n, rest);
		hh_output(&n->hh, skb);
	}
	dev_xmit_end(n->dev->net, outer);
}

void neigh_drain(struct neighbour *n)
{
	struct neigh_table *tbl = n->tbl;

	if (n->arp_queue.n > 0)
		send_queued(n);
	if (n->arp_queue.n == 0) {
		list_del(&n->draining);
		return;
	}
	if (list_empty(&n->draining))
		list_add_tail(&n->draining, &tbl->draining);
	if (list_empty(&tbl->drain.list)) /* not set: see timer.h */
		mod_timer(&tbl->drain, clock_ns() + DRAIN_NS);
}
