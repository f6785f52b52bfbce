/* SPDX-License-Identifier: MIT
 * net_namespace.c - namespaces are set up, counted and unmade.
 * Not here: the members; net_init.c lists the layers that create and free them; further ones (net/config/nsfs.c).
 * net_init.c, nsfs.c and every sock call in.
 * Behaves as Linux's setup_net and put_net: their roles. */
#include "net/core/net_namespace.h"

u64 net_rx_genid;
struct net init_net;
struct list_head net_namespace_list = LIST_HEAD_INIT(net_namespace_list);
struct net_account net_gone;
const struct nsfs_ops *nsfs_ops;

#define PERNET_MAX 16

static const struct pernet_operations *pernet[PERNET_MAX]; /* lowest first */
static size_t pernet_n;

void register_pernet_subsys(const struct pernet_operations *ops)
{
	BUG_ON(pernet_n == PERNET_MAX);
	if (ops->init || ops->exit)
		pernet[pernet_n++] = ops;
}

static void undo(struct net *net, size_t n)
{
	while (n-- > 0)
		if (pernet[n]->exit)
			pernet[n]->exit(net);
}

int setup_net(struct net *net)
{
	list_init(&net->dev_base);
	net->genid = 1; /* a cache of zeros is never current */
	for (size_t i = 0; i < pernet_n; i++) {
		int err = pernet[i]->init ? pernet[i]->init(net) : 0;

		if (err) {
			undo(net, i);
			return err;
		}
	}
	net->count = 1;
	list_add_tail(&net->list, &net_namespace_list);
	return 0;
}

void net_add_accepted(struct net_account *a, const struct net *net)
{
	const struct net_mib *mib = &net->mib;
	u64 datagrams = mib->ip_out_requests + mib->udp_out_cached;

	a->datagrams += datagrams;
	a->arp += mib->arp_out;
	a->frames += mib->packet_out;
	a->accepted += datagrams + mib->arp_out + mib->packet_out;
}

void net_free(struct net *net)
{
	undo(net, pernet_n);
	net_add_accepted(&net_gone, net);
	list_del(&net->list);
}

void put_net(struct net *net)
{
	if (--net->count == 0)
		nsfs_ops->unused();
}
