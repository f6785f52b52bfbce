/* SPDX-License-Identifier: MIT
 * skb_owner.c - packets and their senders: charged while they wait, counted when they are dropped.
 * Not here: the pool (skbuff.c), sockets themselves (sock.c).
 * Used by every layer that queues, sends or drops packets.
 * Behaves as Linux's skb_set_owner_w and sock_wfree. */
#include "net/core/skb_owner.h"
#include "net/core/sock.h"

void skb_set_owner_w(struct sk_buff *skb)
{
	struct sock *sk = skb->sk;

	if (!sk || skb->owned)
		return;
	skb->owned = true;
	sk->sk_refs++;
	sk->sk_wmem += skb_truesize(skb);
	sock_update_wmem(sk);
}

void sock_wfree(struct sk_buff *skb)
{
	struct sock *sk = skb->sk;

	skb->owned = false;
	sk->sk_wmem -= skb_truesize(skb);
	sock_update_wmem(sk);
	sock_put(sk);
}

void skb_queue_tail(struct sk_buff_head *list, struct sk_buff *skb)
{
	skb_set_owner_w(skb);
	skb->next = NULL;
	if (list->first)
		list->last->next = skb;
	else
		list->first = skb;
	list->last = skb;
	list->n++;
}

noinline void consume_skb(struct sk_buff *skb)
{
	skb_orphan(skb);
	skb_release_all(skb);
}

void kfree_skb(struct sk_buff *skb, enum skb_drop_reason reason)
{
	skb_pool.dropped[reason]++;
	if (skb->owned)
		skb_pool.lost++;
	consume_skb(skb);
}
