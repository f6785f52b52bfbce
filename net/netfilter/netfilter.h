/* SPDX-License-Identifier: MIT
 * netfilter.h - hooks that may let a packet go on, drop it, or hand it to somebody else.
 * Not here: rules (modules register themselves), the queue's handler (nf_queue.h).
 * Rules and packet queues register hooks; nf_hook (net/core/nf_hook.h) leads here while there is one.
 * Behaves as Linux's netfilter: hook numbers, verdicts and priorities. */
#pragma once

#include "net/core/net_namespace.h"
#include "net/core/nf_hook.h"
#include "net/core/part.h"
#include "net/core/skbuff.h"

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

struct nf_hook_ops {
	struct list_head list;
	u32 (*hook)(void *priv, struct sk_buff *skb, const struct nf_hook_state *state);
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

/* nf_init, nf_exit - empty lists for a namespace; all hooks have left before it ends. Returns 0 or
 * -ENOMEM. */
int nf_init(struct net *net) __must_check;
void nf_exit(struct net *net);

/* nf_register_net_hook, nf_unregister_net_hook - ops stays the caller's while registered. What a
 * socket keeps about its flow is stale then (net_changed): other hooks meet its packets. Packets that
 * a hook has queued do not outlive it. */
void nf_register_net_hook(struct net *net, struct nf_hook_ops *ops);
void nf_unregister_net_hook(struct net *net, struct nf_hook_ops *ops);

/* nf_netdev_event - a device went down, as the first step of leaving its namespace, too: what is queued and came
 * by it or leaves by it is dropped, so none points to a device that is somebody else's. */
void nf_netdev_event(struct net_device *dev, enum netdev_event event);

/* nf_fast_path_ok - does no hook see what this namespace sends? As long as its generation stands, the answer
 * does, too. */
static inline bool nf_fast_path_ok(const struct net *net)
{
	return !net->nf || (list_empty(&net->nf->hooks[NF_INET_LOCAL_OUT]) &&
				   list_empty(&net->nf->hooks[NF_INET_POST_ROUTING]));
}

/* nf_hook_slow - what nf_hook_fn is. */
int nf_hook_slow(enum nf_inet_hooks hook, struct net *net, struct sk_buff *skb,
	struct net_device *in, struct net_device *out, nf_okfn okfn);

/* nf_hook_continue - run the rest of a hook's list, then okfn if nobody objected. Takes the skb.
 * at       from here on: a hook's place, or the list itself when there is none left
 * Returns  as nf_hook_slow */
int nf_hook_continue(
	struct sk_buff *skb, const struct nf_hook_state *state, const struct list_head *at);
