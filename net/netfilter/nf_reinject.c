/* SPDX-License-Identifier: MIT
 * nf_reinject.c - a packet that waited has its verdict, and goes on where it was.
 * Not here: packets that wait (nf_queue.c), who gives the verdict (net/netlink/nfnetlink_queue.c).
 * The queue's handler calls nf_reinject; calls the rest of the hooks in netfilter.c.
 * Behaves as Linux's nf_reinject. */
#include "net/core/skb_owner.h"
#include "net/neigh/neighbour.h"
#include "net/netfilter/netfilter.h"
#include "net/netfilter/nf_queue.h"

/* The neighbour it was bound to may have made room for another. */
static bool rebind(struct sk_buff *skb, const struct nf_hook_state *state, be32 next_hop)
{
	if (state->in)
		return true;
	skb->neigh = neigh_lookup_create(state->net->arp_tbl, skb->dev, next_hop);
	return skb->neigh != NULL;
}

static void go_on(struct sk_buff *skb, const struct nf_hook_state *state, struct nf_hook_ops *ops,
	u32 verdict)
{
	switch (verdict & NF_VERDICT_MASK) {
	case NF_ACCEPT:
		nf_hook_continue(skb, state, ops->list.next);
		break;
	case NF_REPEAT:
		nf_hook_continue(skb, state, &ops->list);
		break;
	case NF_STOP:
		state->okfn(state->net, skb);
		break;
	case NF_QUEUE:
		if (nf_queue(skb, state, ops, verdict) == 1)
			nf_hook_continue(skb, state, ops->list.next);
		break;
	default:
		skb_orphan(skb); /* dropped because somebody said so: not lost */
		kfree_skb(skb, nf_drop_reason(state, SKB_DROP_NETFILTER));
	}
}

void nf_reinject(struct nf_queue_entry *entry, u32 verdict)
{
	/* Copied: what comes now may use the packet's last bytes. */
	const struct nf_hook_state state = entry->state;
	struct nf_hook_ops *ops = entry->ops;
	struct sk_buff *skb = entry->skb;

	nf_queue_leave(entry);
	if (rebind(skb, &state, entry->next_hop))
		go_on(skb, &state, ops, verdict);
	else
		kfree_skb(skb, SKB_DROP_NEIGH_FAILED);
}
