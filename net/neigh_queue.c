/* SPDX-License-Identifier: MIT
 * neigh_queue.c - what waits for a neighbour's answer: parked, sent in order, or dropped and told.
 * Not here: when (neighbour.c).
 * neighbour.c and neigh_table.c call in; calls dev_queue_xmit.
 * Source: RFC 1122 2.3.2.2 (at least one packet must wait); a datagram waits whole or not at all. */
#include "net/neigh_impl.h"
#include "net/sock.h"

int neigh_park(struct neighbour *n, struct sk_buff *skb)
{
	u32 frames = skb_frames(skb);

	if (n->arp_queue.n == NEIGH_QUEUE_MAX ||
		n->arp_queue.bytes + skb->len + skb->frags_len > NEIGH_QUEUE_BYTES ||
		n->tbl->parked_frames + frames > skb_waiting_max()) {
		kfree_skb(skb, SKB_DROP_NEIGH_QUEUE_FULL);
		return -ENOBUFS;
	}
	skb_queue_tail(&n->arp_queue, skb);
	n->tbl->parked_frames += frames;
	n->dev->net->mib.parked++;
	return 0;
}

/* The first that was parked, or NULL. */
static struct sk_buff *unpark(struct neighbour *n)
{
	struct sk_buff *skb = skb_dequeue(&n->arp_queue);

	if (!skb)
		return NULL;
	n->tbl->parked_frames -= skb_frames(skb);
	n->dev->net->mib.parked--;
	return skb;
}

void neigh_drop_parked(struct neighbour *n, enum skb_drop_reason reason)
{
	struct sk_buff *skb;

	while ((skb = unpark(n))) {
		if (skb->sk && reason == SKB_DROP_NEIGH_FAILED && skb->sk->sk_prot->link_failure)
			skb->sk->sk_prot->link_failure(skb->sk, skb);
		kfree_skb(skb, reason);
	}
}

/* Each frame of a datagram is its sender's from now on, as the whole was: with a reference and its share of
 * the charge, if it waited. Returns all but the first. */
static struct sk_buff *take_apart(struct sk_buff *skb)
{
	struct sk_buff *frags = skb->frags;

	for (struct sk_buff *frag = frags; frag; frag = frag->next) {
		frag->sk = skb->sk;
		frag->owned = skb->owned;
		if (skb->owned)
			skb->sk->sk_refs++;
	}
	skb->frags = NULL;
	skb->frags_len = 0;
	return frags;
}

/* Each frame is accepted and accounted for itself; one doorbell is for all. */
static noinline int send_fragments(const struct neighbour *n, struct sk_buff *skb)
{
	struct sk_buff *frag = take_apart(skb);
	bool outer = dev_xmit_begin();
	int err = hh_output(&n->hh, skb);

	while ((skb = frag)) {
		frag = skb->next;
		skb->next = NULL;
		n->dev->net->mib.ip_out_requests++;
		err = hh_output(&n->hh, skb) ?: err;
	}
	dev_xmit_end(n->dev->net, outer);
	return err;
}

int neigh_send(const struct neighbour *n, struct sk_buff *skb)
{
	return skb->frags ? send_fragments(n, skb) : hh_output(&n->hh, skb);
}

void neigh_send_parked(struct neighbour *n)
{
	struct sk_buff *skb;

	while ((skb = unpark(n)))
		neigh_send(n, skb);
}
