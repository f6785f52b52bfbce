/* SPDX-License-Identifier: MIT
 * netfilter.c - hooks that may let a packet go on, drop it, or hand it to somebody else.
 * Not here: rules (nf_rules.c), packets that wait for a verdict (nf_queue.c).
 * ip_output.c and ip_input.c pass every packet through nf_hook.
 * Behaves as Linux's nf_hook_slow: what each verdict means. */
#include "net/netfilter/netfilter.h"
#include "kernel/mm/slab.h"
#include "net/core/skb_owner.h"
#include "net/device/tap.h"
#include "net/netfilter/nf_queue.h"

static struct slab hooks_slab = SLAB(struct nf_hooks);
static u32 registered[NF_INET_NUMHOOKS]; /* in all namespaces */

__cold int nf_init(struct net *net)
{
	net->nf = slab_alloc(&hooks_slab);
	if (!net->nf)
		return -ENOMEM;
	for (int i = 0; i < NF_INET_NUMHOOKS; i++)
		list_init(&net->nf->hooks[i]);
	list_init(&net->nf->queues);
	return 0;
}

__cold void nf_exit(struct net *net)
{
	slab_free(&hooks_slab, net->nf);
}

static __cold void hook_count(struct net *net, enum nf_inet_hooks hook, s32 change)
{
	registered[hook] += (u32)change;
	static_key_set(&nf_hooks_needed[hook], registered[hook] > 0);
	if (hook == NF_INET_LOCAL_OUT || hook == NF_INET_POST_ROUTING)
		dev_watch_xmit(change);
	net_changed(net);
}

__cold void nf_register_net_hook(struct net *net, struct nf_hook_ops *ops)
{
	struct nf_hook_ops *later;

	list_for_each(later, &net->nf->hooks[ops->hooknum], list)
		if (later->priority > ops->priority)
			break;
	list_add_tail(&ops->list, &later->list);
	hook_count(net, ops->hooknum, 1);
}

__cold void nf_unregister_net_hook(struct net *net, struct nf_hook_ops *ops)
{
	if (net->nf->queue_handler)
		net->nf->queue_handler->drop(net, ops, NULL);
	list_del(&ops->list);
	hook_count(net, ops->hooknum, -1);
}

__cold void nf_netdev_event(struct net_device *dev, enum netdev_event event)
{
	if ((event == NETDEV_DOWN || event == NETDEV_UNREGISTER) && dev->net->nf->queue_handler)
		dev->net->nf->queue_handler->drop(dev->net, NULL, dev);
}

/* Returns 1 when the packet may go on; otherwise it is gone: 0 or negative. */
static int run_hooks(
	struct sk_buff *skb, const struct nf_hook_state *state, const struct list_head *at)
{
	const struct list_head *end = &state->net->nf->hooks[state->hook];

	for (; at != end; at = at->next) {
		struct nf_hook_ops *ops = list_entry(at, struct nf_hook_ops, list);
		u32 verdict = ops->hook(ops->priv, skb, state);
		int err;

		switch (verdict & NF_VERDICT_MASK) {
		case NF_ACCEPT:
			continue;
		case NF_STOLEN:
			return 0;
		case NF_QUEUE:
			err = nf_queue(skb, state, ops, verdict);
			if (err == 1)
				continue;
			return err;
		default:
			kfree_skb(skb, nf_drop_reason(state, SKB_DROP_NETFILTER));
			return -EPERM;
		}
	}
	return 1;
}

int nf_hook_continue(
	struct sk_buff *skb, const struct nf_hook_state *state, const struct list_head *at)
{
	int err = run_hooks(skb, state, at);

	return err == 1 ? state->okfn(state->net, skb) : err;
}

int nf_hook_slow(enum nf_inet_hooks hook, struct net *net, struct sk_buff *skb,
	struct net_device *in, struct net_device *out, nf_okfn okfn)
{
	const struct nf_hook_state state = { hook, net, in, out, okfn };

	return nf_hook_continue(skb, &state, net->nf->hooks[hook].next);
}
