/* SPDX-License-Identifier: MIT
 * nf_queue.c - packets that wait for a verdict from a program.
 * Not here: who gives the verdict; a handler stands in net->nf->queue_handler (nfnetlink_queue.c).
 * netfilter.c calls nf_queue, the handler the others.
 * Behaves as Linux's nf_queue: QUEUE is DROP while no program listens, to be safe. */
#include "net/netfilter/nf_queue.h"
#include "net/core/skb_owner.h"
#include "net/core/sock.h"
#include "net/neigh/neighbour.h"

/* Only what is on its way out was accepted for sending. */
static void count_queued(const struct nf_hook_state *state, int change)
{
	if (!state->in)
		state->net->mib.queued += (u64)(s64)change;
}

static int hand_over(struct sk_buff *skb, const struct nf_hook_state *state,
	struct nf_hook_ops *ops, u32 queue_num)
{
	const struct nf_queue_handler *qh = state->net->nf->queue_handler;
	struct nf_queue_entry *entry = (void *)(skb_slot(skb) + NF_QUEUE_ENTRY_OFF);

	if (!qh)
		return -ESRCH;
	if (skb_room(skb) < sizeof(*entry))
		return -ENOBUFS;
	*entry = (struct nf_queue_entry){ .skb = skb, .state = *state, .ops = ops };
	if (!state->in)
		entry->next_hop = skb->neigh->primary_key;
	return qh->outfn(entry, queue_num);
}

int nf_queue(struct sk_buff *skb, const struct nf_hook_state *state, struct nf_hook_ops *ops,
	u32 verdict)
{
	int err = hand_over(skb, state, ops, verdict >> NF_VERDICT_QSHIFT);

	if (err == 0) {
		skb_set_owner_w(skb);
		count_queued(state, 1);
		return 0;
	}
	if (err == 1 || (err == -ESRCH && (verdict & NF_VERDICT_FLAG_QUEUE_BYPASS)))
		return 1;
	kfree_skb(skb, nf_drop_reason(state,
			       err == -ENOBUFS ? SKB_DROP_QUEUE_FULL : SKB_DROP_QUEUE_NO_HANDLER));
	return err == -ENOBUFS ? err : -EPERM;
}

void nf_queue_leave(const struct nf_queue_entry *entry)
{
	count_queued(&entry->state, -1);
}

void nf_queue_drop(struct nf_queue_entry *entry, enum skb_drop_reason reason)
{
	nf_queue_leave(entry);
	kfree_skb(entry->skb, nf_drop_reason(&entry->state, reason));
}
