/* SPDX-License-Identifier: MIT
 * rtnl_addr.c - addresses over rtnetlink: shown, given, taken away.
 * Not here: what a change does (devinet.c).
 * rtnetlink.c calls the handlers.
 * Behaves as Linux's inet_rtm_newaddr, inet_rtm_deladdr, inet_fill_ifaddr. */
#include "net/device/ifaddr.h"
#include "net/fib/fib.h"
#include "net/ipv4/devinet.h"
#include "net/netlink/rtnetlink.h"
#include "net/socket/msg.h"
#include "net/wire/ip.h"

#define FOR_EVER ~0u

struct dev_ifa {
	const struct net_device *dev;
	const struct in_ifaddr *ifa;
};

static int put_attributes(struct sk_buff *skb, const struct dev_ifa *a, u8 flags)
{
	const struct ifa_cacheinfo life = { .preferred = FOR_EVER, .valid = FOR_EVER };
	bool shared = a->ifa->prefix_len < 31 && !(a->dev->flags & IFF_LOOPBACK);
	int err = nla_put_be32(skb, IFA_ADDRESS, a->ifa->addr)
			  ?: nla_put_be32(skb, IFA_LOCAL, a->ifa->addr);

	if (!err && shared)
		err = nla_put_be32(skb, IFA_BROADCAST, a->ifa->broadcast);
	return err ?: nla_put_string(skb, IFA_LABEL, a->dev->name)
			      ?: nla_put_u32(skb, IFA_FLAGS, flags)
			      ?: nla_put(skb, IFA_CACHEINFO, sizeof(life), &life);
}

static int fill_addr(const struct rtnl_fill *f, void *what)
{
	const struct dev_ifa *a = what;
	u8 flags = IFA_F_PERMANENT | (a->ifa->secondary ? IFA_F_SECONDARY : 0);
	const struct ifaddrmsg ifm = { .family = AF_INET,
		.prefixlen = a->ifa->prefix_len,
		.flags = flags,
		.scope = ipv4_is_loopback(a->ifa->addr) ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE,
		.index = a->dev->ifindex };
	struct nlmsghdr *nlh = rtnl_fill_begin(f, &ifm, sizeof(ifm));

	return rtnl_fill_end(f, nlh, nlh ? put_attributes(f->skb, a, flags) : 0);
}

void rtnl_notify_addr(u16 type, const struct net_device *dev, const struct in_ifaddr *ifa)
{
	rtnl_notify(dev->net, RTNLGRP_IPV4_IFADDR, type, fill_addr, &(struct dev_ifa){ dev, ifa });
}

static int dump_addrs(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct net_device *dev;
	struct in_ifaddr *ifa;
	struct rtnl_dump d;

	if (!rtnl_dump_start(&d, skb, cb))
		return 0;
	list_for_each(dev, &cb->net->dev_base, list)
		list_for_each(ifa, &dev->ifa_list, list)
			rtnl_dump_one(&d, fill_addr, &(struct dev_ifa){ dev, ifa });
	return d.err;
}

/* The address a request is about, and its device; NULL with *err set. */
static struct net_device *parse_addr(const struct rtnl_request *r, be32 *addr, int *err)
{
	const struct ifaddrmsg *ifm = nlmsg_data(r->nlh);
	const struct nlattr *nla = r->tb[IFA_LOCAL] ?: r->tb[IFA_ADDRESS];

	*err = -EINVAL;
	if (!nla || ifm->prefixlen > 32 || be32_is_zero(nla_get_be32(nla)))
		return NULL;
	*addr = nla_get_be32(nla);
	*err = -ENODEV;
	return dev_get_by_index(r->net, ifm->index);
}

static int new_addr(struct rtnl_request *r)
{
	const struct ifaddrmsg *ifm = nlmsg_data(r->nlh);
	be32 addr;
	int err;
	struct net_device *dev = parse_addr(r, &addr, &err);

	if (!dev)
		return err;
	err = inet_insert_ifa(dev, addr, ifm->prefixlen);
	if (err != -EEXIST || !(r->nlh->nlmsg_flags & NLM_F_REPLACE))
		return err;
	/* by one that is the same but for what is not kept here: lifetime, label */
	rtmsg_ifa(RTM_NEWADDR, dev, inet_find_ifa(dev, addr, ifm->prefixlen));
	return 0;
}

static int del_addr(struct rtnl_request *r)
{
	const struct ifaddrmsg *ifm = nlmsg_data(r->nlh);
	struct in_ifaddr *ifa;
	be32 addr;
	int err;
	struct net_device *dev = parse_addr(r, &addr, &err);

	if (!dev)
		return err;
	ifa = inet_find_ifa(dev, addr, r->tb[IFA_ADDRESS] ? ifm->prefixlen : IFA_ANY_LEN);
	if (!ifa)
		return -EADDRNOTAVAIL;
	inet_del_ifa(dev, ifa);
	return 0;
}

static const u16 least[IFA_MAX + 1] = { [IFA_ADDRESS] = 4, [IFA_LOCAL] = 4 };

const struct rtnl_kind rtnl_addr = { .header_len = sizeof(struct ifaddrmsg),
	.attr_max = IFA_MAX,
	.least = least,
	.doit = { new_addr, del_addr },
	.dumpit = dump_addrs };
