/* SPDX-License-Identifier: MIT
 * nf_hook.h - the stops at which netfilter may see a packet: a no-op each while no hook is registered.
 * Not here: the hooks (net/netfilter/).
 * ip_output.c and ip_input.c pass every packet through nf_hook.
 * Behaves as Linux's NF_HOOK. */
#pragma once

#include "kernel/lib/static_key.h"
#include "net/core/skbuff.h"

struct net;

enum nf_inet_hooks {
	NF_INET_PRE_ROUTING,
	NF_INET_LOCAL_IN,
	NF_INET_FORWARD,
	NF_INET_LOCAL_OUT,
	NF_INET_POST_ROUTING,
	NF_INET_NUMHOOKS
};

typedef int (*nf_okfn)(struct net *net, struct sk_buff *skb);

extern struct static_key nf_hooks_needed[NF_INET_NUMHOOKS];

/* nf_hook_fn - run the list of one hook, then okfn if all accept: nf_hook_slow. Takes the skb.
 * Returns  what okfn says; 0 (stolen, queued), -EPERM, or -ENOBUFS (queue full) */
extern int (*nf_hook_fn)(enum nf_inet_hooks hook, struct net *net, struct sk_buff *skb,
	struct net_device *in, struct net_device *out, nf_okfn okfn);

/* nf_hook - the stop itself: pass the hooks of this number, then okfn. Takes the skb.
 * hook     a constant, so that the branch below is one no-op while none is registered */
#define nf_hook(hook, net, skb, in, out, okfn)                                                     \
	(static_branch_unlikely(&nf_hooks_needed[hook])                                            \
			? nf_hook_fn(hook, net, skb, in, out, okfn)                                \
			: okfn(net, skb))
