/* SPDX-License-Identifier: MIT
 * nf_hooks.h - what a hook is: where it stands, what it is told, what it may answer.
 * Not here: passing a packet through hooks (netfilter.h), packets that wait for a verdict (nf_queue.h).
 * Files that register hooks or queue packets include it.
 * Numbers as in Linux's netfilter: hooks, verdicts, priorities. */
#pragma once

#include "net/core/nf_hook.h"

/* Verdicts. NF_STOLEN: the hook has taken the packet. NF_QUEUE carries the queue's number above. The
 * last two are for who gives a queued packet back: the hook that queued it once more, no more hooks. */
enum nf_verdict {
	NF_DROP,
	NF_ACCEPT,
	NF_STOLEN,
	NF_QUEUE,
	NF_REPEAT,
	NF_STOP,
	NF_MAX_VERDICT = NF_STOP
};
#define NF_VERDICT_MASK              0xffu
#define NF_VERDICT_FLAG_QUEUE_BYPASS 0x8000u /* NF_QUEUE is NF_ACCEPT while nobody listens */
#define NF_VERDICT_QSHIFT            16

struct nf_hook_state {
	enum nf_inet_hooks hook;
	struct net *net;
	struct net_device *in, *out;
	nf_okfn okfn; /* where the packet goes on */
};

/* nf_drop_reason - what was refused on its way in was never accepted for sending (design: nothing
 * is lost in silence). out: the reason for a packet on its way out. */
static inline enum skb_drop_reason nf_drop_reason(
	const struct nf_hook_state *state, enum skb_drop_reason out)
{
	return state->in ? SKB_DROP_NETFILTER_IN : out;
}

/* What all packets that a flow sends by the fast path have in common. */
struct nf_flow {
	be32 saddr, daddr;
	be16 source, dest;
	u8 protocol;
	const struct net_device *out;
};

struct nf_counter {
	u64 packets, bytes;
};

struct nf_hook_ops {
	struct list_head list;
	u32 (*hook)(void *priv, struct sk_buff *skb, const struct nf_hook_state *state);
	/* would hook let every packet of the flow go on, and do no more than count it? Then where, or else NULL;
	 * the answer stands as long as the namespace's generation. NULL: it looks at each packet */
	struct nf_counter *(*flow_accepted)(void *priv, const struct nf_flow *flow);
	void *priv;
	enum nf_inet_hooks hooknum;
	int priority; /* smaller runs first */
};

struct nf_queue_handler;

struct nf_hooks {
	struct list_head hooks[NF_INET_NUMHOOKS];     /* by priority */
	const struct nf_queue_handler *queue_handler; /* NULL: nobody ever listened */
	struct list_head queues;                      /* the handler's */
};
