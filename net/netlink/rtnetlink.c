/* SPDX-License-Identifier: MIT
 * rtnetlink.c - NETLINK_ROUTE: from a message to its handler, from a thing to its messages.
 * Not here: the kinds of things (rtnl_link.c, rtnl_addr.c, rtnl_route.c, rtnl_neigh.c).
 * netlink.c calls the family's functions; calls the handlers.
 * Source: RFC 3549 3. Behaves as Linux's rtnetlink_rcv_msg: the order of its checks. */
#include "net/netlink/rtnetlink.h"
#include "kernel/lib/parse.h"
#include "kernel/lib/string.h"
#include "net/core/part.h"
#include "net/core/skb_owner.h"
#include "net/socket/msg.h"

/* Four types of requests for each, from RTM_NEWLINK on: new, delete, get, set. */
static const struct rtnl_kind *const kinds[] = { &rtnl_link, &rtnl_addr, &rtnl_route, &rtnl_neigh };

#define OP_MASK 3u
#define OP_GET  2u

/* Either bit of NLM_F_DUMP asks for all, as on Linux. */
static bool is_dump(const struct nlmsghdr *nlh)
{
	return (nlh->nlmsg_type & OP_MASK) == OP_GET && (nlh->nlmsg_flags & NLM_F_DUMP);
}

/* A thing is told as if it were new. */
static u16 answer_type(const struct nlmsghdr *nlh)
{
	return (u16)(nlh->nlmsg_type & ~OP_MASK);
}

static u8 family_of(const struct nlmsghdr *nlh)
{
	return *(const u8 *)nlmsg_data(nlh); /* every header begins with it */
}

static int rtnetlink_rcv(struct netlink_sock *nlk, const struct nlmsghdr *nlh)
{
	u32 type = nlh->nlmsg_type - (u32)RTM_NEWLINK;
	const struct rtnl_kind *k = type / 4 < ARRAY_SIZE(kinds) ? kinds[type / 4] : NULL;
	struct rtnl_request r = { .nlk = nlk, .net = nlk->sk.sk_net, .nlh = nlh };
	int err;

	if (nlh->nlmsg_len < NLMSG_HDRLEN + sizeof(u8))
		return 0; /* as on Linux */
	if (k && is_dump(nlh))
		return netlink_dump_start(nlk, nlh, k->dumpit);
	if (!k || !k->doit[type & OP_MASK])
		return -EOPNOTSUPP;
	if (k != &rtnl_link && family_of(nlh) != AF_INET)
		return -EAFNOSUPPORT;
	err = nlmsg_parse(nlh, k->header_len, r.tb, k->attr_max, k->least);
	return err ?: k->doit[type & OP_MASK](&r);
}

/* ---- what handlers have in common ---------------------------------------------------------- */

struct text rtnl_text(const struct nlattr *nla)
{
	struct text t = { nla_data(nla), 0 };

	while (t.len < nla_len(nla) && t.at[t.len])
		t.len++;
	return t;
}

struct net_device *rtnl_dev_get(struct net *net, s32 ifindex, int *err)
{
	struct net_device *dev = ifindex > 0 ? dev_get_by_index(net, ifindex) : NULL;

	*err = dev ? 0 : ifindex > 0 ? -ENODEV : -EINVAL;
	return dev;
}

struct nlmsghdr *rtnl_fill_begin(const struct rtnl_fill *f, const void *header, u32 header_len)
{
	struct nlmsghdr *nlh = nlmsg_put(f->skb, f->portid, f->seq, f->type, header_len, f->flags);

	if (nlh)
		memcpy(nlmsg_data(nlh), header, header_len);
	return nlh;
}

int rtnl_fill_end(const struct rtnl_fill *f, struct nlmsghdr *nlh, int err)
{
	if (nlh && !err)
		nlmsg_end(f->skb, nlh);
	else if (nlh)
		nlmsg_cancel(f->skb, nlh);
	return nlh && !err ? 0 : -EMSGSIZE;
}

int rtnl_answer(struct rtnl_request *r, rtnl_fill_fn fn, void *what)
{
	struct rtnl_fill f = { nlmsg_new(), r->nlk->portid, r->nlh->nlmsg_seq, answer_type(r->nlh),
		0 };
	int err = f.skb ? fn(&f, what) : -ENOBUFS;

	if (!err)
		return netlink_unicast(r->nlk, f.skb);
	if (f.skb)
		consume_skb(f.skb);
	return err;
}

void rtnl_notify(struct net *net, enum rtnl_group group, u16 type, rtnl_fill_fn fn, void *what)
{
	struct rtnl_fill f = { .type = type };

	if (!netlink_has_listeners(net, NETLINK_ROUTE, group))
		return;
	f.skb = nlmsg_new();
	if (f.skb && fn(&f, what) < 0) {
		consume_skb(f.skb);
		f.skb = NULL;
	}
	netlink_broadcast(net, NETLINK_ROUTE, group, f.skb);
}

bool rtnl_dump_start(struct rtnl_dump *d, struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct netlink_sock *nlk = container_of(cb, struct netlink_sock, cb);
	u8 family = family_of(&cb->nlh);

	*d = (struct rtnl_dump){ .fill = { skb, nlk->portid, cb->nlh.nlmsg_seq,
					 answer_type(&cb->nlh), NLM_F_MULTI },
		.cb = cb };
	return family == AF_INET || family == AF_UNSPEC || cb->nlh.nlmsg_type == RTM_GETLINK;
}

int rtnl_dump_one(struct rtnl_dump *d, rtnl_fill_fn fn, void *what)
{
	if (d->err || d->nth++ < d->cb->args[0])
		return d->err;
	d->err = fn(&d->fill, what);
	d->cb->args[0] += !d->err;
	return d->err;
}

static const struct netlink_family rtnetlink_family = {
	.protocol = NETLINK_ROUTE,
	.groups = RTNLGRP_MAX,
	.rcv = rtnetlink_rcv,
};

static const struct rtmsg_ops notifications = {
	.ifinfo = rtnl_notify_link,
	.ifa = rtnl_notify_addr,
	.fib = rtnl_notify_route,
	.neigh = rtnl_notify_neigh,
};

static void rtnetlink_init(void)
{
	BUG_ON(netlink_kernel_create(&rtnetlink_family) != 0);
	rtmsg_ops = &notifications;
}

PART(rtnetlink) = { .name = "netlink", .init = rtnetlink_init };
