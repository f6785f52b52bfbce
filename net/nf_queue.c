/* SPDX-License-Identifier: MIT
 * nf_queue.c - packets that wait for a verdict from elsewhere.
 * Not here: who gives the verdict; a handler registers itself in net->nf->queue_handler.
 * netfilter.c calls in.
 * Source: Linux's __nf_queue: QUEUE is DROP while nobody is waiting, to be safe. */
#include "net/netfilter.h"

int nf_queue(struct sk_buff *skb, const struct nf_hook_state *state, u32 queue_num)
{
	const struct nf_queue_handler *qh = state->net->nf->queue_handler;

	if (qh && qh->outfn(skb, state, queue_num) == 0)
		return 0;
	kfree_skb(skb, nf_drop_reason(state, SKB_DROP_QUEUE_NO_HANDLER));
	return -EPERM;
}
