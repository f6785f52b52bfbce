/* SPDX-License-Identifier: MIT
 * skb_owner.h - packets and their senders: a packet that waits is charged to its socket, and every packet ends.
 * Not here: the pool (skbuff.h), how much may wait (sock.h).
 * Used by every layer that queues, sends or drops packets.
 * Behaves as Linux's skb_set_owner_w, sock_wfree, skb_orphan.
 *
 *   skb->owned   false: in the hands of the call that sends it. sk is valid as long as that call lasts.
 *                true:  in a queue. It holds a reference to sk, and its truesize is part of sk_wmem. */
#pragma once

#include "net/core/skbuff.h"

/* skb_set_owner_w - the packet is about to be queued: its truesize is charged to its sk (sk_wmem), if it has one, and it
 * holds a reference. */
void skb_set_owner_w(struct sk_buff *skb);

/* sock_wfree - the opposite; called by skb_orphan. */
void sock_wfree(struct sk_buff *skb);

/* skb_orphan - the packet is no longer its sender's: it is the driver's, or gone. */
static inline void skb_orphan(struct sk_buff *skb)
{
	if (unlikely(skb->owned))
		sock_wfree(skb);
	skb->sk = NULL;
}

/* kfree_skb - drop a packet with its fragments, and count why. */
void kfree_skb(struct sk_buff *skb, enum skb_drop_reason reason);

/* consume_skb - free a packet with its fragments: it was sent or received. */
void consume_skb(struct sk_buff *skb);

/* skb_queue_tail - append; the list owns it now, and it keeps its socket (skb_set_owner_w): a queue may outlive the
 * descriptor. */
void skb_queue_tail(struct sk_buff_head *list, struct sk_buff *skb);
