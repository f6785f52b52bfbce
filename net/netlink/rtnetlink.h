/* SPDX-License-Identifier: MIT
 * rtnetlink.h - NETLINK_ROUTE: links, addresses, routes, neighbours, asked for and changed.
 * Not here: what a change does (dev_config.h, devinet.h, fib_frontend.h, neighbour.h).
 * net_init.c wires the family; rtnetlink.c dispatches to a table for each kind of thing.
 * Source: rtnetlink(7); RFC 3549 3. */
#pragma once

#include "net/core/rtmsg.h"
#include "net/device/dev.h"
#include "net/netlink/netlink.h"
#include "net/wire/rtnetlink.h"

#define RTNL_ATTR_MAX 33 /* IFLA_MAX, the largest of them */

/* One request, taken apart. */
struct rtnl_request {
	struct netlink_sock *nlk;
	struct net *net;
	const struct nlmsghdr *nlh;
	const struct nlattr *tb[RTNL_ATTR_MAX + 1];
};

/* What is done with requests about one kind of thing. */
struct rtnl_kind {
	u16 header_len, attr_max;
	const u16 *least; /* [attr_max + 1]: see nla_parse */
	/* RTM_NEW.., RTM_DEL.., RTM_GET.., RTM_SET..: 0 or negative errno; NULL: -EOPNOTSUPP */
	int (*doit[4])(struct rtnl_request *r);
	netlink_dump_fn dumpit;
};

/* rtnl_notify_link, rtnl_notify_addr, rtnl_notify_route, rtnl_notify_neigh - what rtmsg_ops has. */
void rtnl_notify_link(u16 type, struct net_device *dev);
void rtnl_notify_addr(u16 type, const struct net_device *dev, const struct in_ifaddr *ifa);
void rtnl_notify_route(u16 type, struct net *net, const struct fib_config *cfg);
void rtnl_notify_neigh(u16 type, struct neighbour *n);

extern const struct rtnl_kind rtnl_link, rtnl_addr, rtnl_route, rtnl_neigh;

/* rtnl_get_be32 - the address in an attribute; zero when it is not there. */
static inline be32 rtnl_get_be32(const struct nlattr *nla)
{
	return nla ? nla_get_be32(nla) : BE32_ZERO;
}

/* rtnl_get_u32 - the same for a number. */
static inline u32 rtnl_get_u32(const struct nlattr *nla)
{
	return nla ? nla_get_u32(nla) : 0;
}

/* rtnl_text - the string in an attribute, without its closing zero, which need not be there. */
struct text rtnl_text(const struct nlattr *nla);

/* One message for each of many things, as one dump, as the answer to a request, or to a group. */
struct rtnl_fill {
	struct sk_buff *skb;
	u32 portid, seq;
	u16 type;  /* RTM_NEW..; to a group also RTM_DEL.. */
	u16 flags; /* NLM_F_MULTI in a dump */
};

typedef int (*rtnl_fill_fn)(const struct rtnl_fill *f, void *what);

/* rtnl_fill_begin - one message, with the family's header of header_len bytes. NULL: no room. */
struct nlmsghdr *rtnl_fill_begin(const struct rtnl_fill *f, const void *header, u32 header_len);

/* rtnl_fill_end - nlh, which may be NULL, is complete, or did not fit and is taken out again.
 * err      of its attributes
 * Returns  0 or -EMSGSIZE */
int rtnl_fill_end(const struct rtnl_fill *f, struct nlmsghdr *nlh, int err);

/* rtnl_answer - the answer of a request: fn fills it.
 * Returns  0, or what fn says, or -ENOBUFS */
int rtnl_answer(struct rtnl_request *r, rtnl_fill_fn fn, void *what);

/* rtnl_notify - the same to the listeners of a group: what has become of a thing of net's. */
void rtnl_notify(struct net *net, enum rtnl_group group, u16 type, rtnl_fill_fn fn, void *what);

/* A dump that counts what it passes, to go on where it stopped. */
struct rtnl_dump {
	struct rtnl_fill fill;
	struct netlink_callback *cb;
	u64 nth;
	int err;
};

/* rtnl_dump_start - of IPv4, or of everything; false: another family is asked for. */
bool rtnl_dump_start(struct rtnl_dump *d, struct sk_buff *skb, struct netlink_callback *cb);

/* rtnl_dump_one - one more thing; those that were told already are passed by. Returns d->err. */
int rtnl_dump_one(struct rtnl_dump *d, rtnl_fill_fn fn, void *what);

/* rtnl_dev_get - the device of an index: NULL with *err set to -ENODEV, or to -EINVAL for none. */
struct net_device *rtnl_dev_get(struct net *net, s32 ifindex, int *err);
