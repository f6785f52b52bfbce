/* SPDX-License-Identifier: MIT
 * rtnl_neigh.c - neighbours over rtnetlink: shown, given, forgotten.
 * Not here: what a change does (neigh_state.c).
 * rtnetlink.c calls the handlers.
 * Behaves as Linux's neigh_add, neigh_delete, neigh_fill_info: the order of their checks. */
#include "net/neigh/neighbour.h"
#include "net/netlink/rtnetlink.h"
#include "net/socket/msg.h"

static int put_attributes(struct sk_buff *skb, struct neighbour *n)
{
	int err = nla_put_be32(skb, NDA_DST, n->primary_key);

	if (!err && (n->nud_state & NUD_VALID))
		err = nla_put(skb, NDA_LLADDR, ETH_ALEN, hh_header(&n->hh)->h_dest);
	return err ?: nla_put_u32(skb, NDA_PROBES, n->probes);
}

static int fill_neigh(const struct rtnl_fill *f, void *what)
{
	struct neighbour *n = what;
	const struct ndmsg ndm = {
		.family = AF_INET, .ifindex = n->dev->ifindex, .state = n->nud_state, .type = 1
	};
	struct nlmsghdr *nlh = rtnl_fill_begin(f, &ndm, sizeof(ndm));

	return rtnl_fill_end(f, nlh, nlh ? put_attributes(f->skb, n) : 0);
}

void rtnl_notify_neigh(u16 type, struct neighbour *n)
{
	rtnl_notify(n->dev->net, RTNLGRP_NEIGH, type, fill_neigh, n);
}

/* As on Linux, what nobody asked about yet is not shown. */
static void dump_neigh(void *arg, struct neighbour *n)
{
	if (n->nud_state != NUD_NONE)
		rtnl_dump_one(arg, fill_neigh, n);
}

static int dump_neighs(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct rtnl_dump d;

	if (!rtnl_dump_start(&d, skb, cb))
		return 0;
	neigh_for_each(cb->net->arp_tbl, dump_neigh, &d);
	return d.err;
}

/* The device and entry a request is about. Returns 0, -EINVAL, -ENODEV. */
static int find_neigh(const struct rtnl_request *r, struct net_device **dev, struct neighbour **n)
{
	const struct ndmsg *ndm = nlmsg_data(r->nlh);
	int err;

	if (!r->tb[NDA_DST])
		return -EINVAL;
	*dev = rtnl_dev_get(r->net, ndm->ifindex, &err);
	if (*dev)
		*n = neigh_lookup(r->net->arp_tbl, *dev, nla_get_be32(r->tb[NDA_DST]));
	return err;
}

static int new_neigh(struct rtnl_request *r)
{
	const struct ndmsg *ndm = nlmsg_data(r->nlh);
	struct net_device *dev;
	struct neighbour *n;
	int err = find_neigh(r, &dev, &n);

	if (err)
		return err;
	if (!n && !(r->nlh->nlmsg_flags & NLM_F_CREATE))
		return -ENOENT;
	if (n && (r->nlh->nlmsg_flags & NLM_F_EXCL))
		return -EEXIST;
	if (!r->tb[NDA_LLADDR])
		return -EINVAL;
	return neigh_set(r->net->arp_tbl, dev, nla_get_be32(r->tb[NDA_DST]),
		nla_data(r->tb[NDA_LLADDR]), ndm->state);
}

static int del_neigh(struct rtnl_request *r)
{
	struct net_device *dev;
	struct neighbour *n;
	int err = find_neigh(r, &dev, &n);

	if (err)
		return err;
	if (!n)
		return -ENOENT;
	neigh_delete(n);
	return 0;
}

static const u16 least[NDA_MAX + 1] = { [NDA_DST] = 4, [NDA_LLADDR] = ETH_ALEN };

const struct rtnl_kind rtnl_neigh = { .header_len = sizeof(struct ndmsg),
	.attr_max = NDA_MAX,
	.least = least,
	.doit = { new_neigh, del_neigh },
	.dumpit = dump_neighs };
