/* SPDX-License-Identifier: MIT
 * netfilter.h - hooks that may let a packet go on, drop it, or hand it to somebody else.
 * Not here: rules (modules register themselves), the queue's handler (nf_queue.h).
 * Rules and packet queues register hooks; nf_hook (net/core/nf_hook.h) leads here while there is one.
 * Behaves as Linux's netfilter: hook numbers, verdicts and priorities. */
#pragma once

#include "net/core/net_namespace.h"
#include "net/core/part.h"
#include "net/netfilter/nf_hooks.h"

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

/* nf_hook_slow - what nf_hook_fn is. */
int nf_hook_slow(enum nf_inet_hooks hook, struct net *net, struct sk_buff *skb,
	struct net_device *in, struct net_device *out, nf_okfn okfn);

/* nf_hook_continue - run the rest of a hook's list, then okfn if nobody objected. Takes the skb.
 * at       from here on: a hook's place, or the list itself when there is none left
 * Returns  as nf_hook_slow */
int nf_hook_continue(
	struct sk_buff *skb, const struct nf_hook_state *state, const struct list_head *at);
