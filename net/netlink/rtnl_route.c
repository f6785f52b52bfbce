/* SPDX-License-Identifier: MIT
 * rtnl_route.c - routes over rtnetlink: listed, asked for one destination, added, replaced, deleted.
 * Not here: what a change does (fib_frontend.c), the way a packet takes (route.c).
 * rtnetlink.c calls the handlers.
 * Behaves as Linux's rtm_to_fib_config, fib_dump_info, inet_rtm_getroute: the order of their checks. */
#include "kernel/mm/slab.h"
#include "net/ipv4/fib_frontend.h"
#include "net/ipv4/route.h"
#include "net/netlink/rtnetlink.h"
#include "net/socket/msg.h"

#define HOPS_MAX 32u

/* ---- showing ------------------------------------------------------------------------------- */

static int put_nest_u32(struct sk_buff *skb, u16 type, u16 inner, u32 value)
{
	struct nlattr *nest = value ? nla_nest_start(skb, type) : NULL;

	if (!value)
		return 0;
	if (!nest || nla_put_u32(skb, inner, value) < 0)
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* Attributes that are left out when there is nothing to say. */
static int put_if_set(struct sk_buff *skb, u16 type, u32 value)
{
	return value ? nla_put_u32(skb, type, value) : 0;
}

static int put_hops(struct sk_buff *skb, const struct fib_config *cfg)
{
	struct nlattr *nest = nla_nest_start(skb, RTA_MULTIPATH);

	if (!nest)
		return -EMSGSIZE;
	for (u32 i = 0; i < cfg->nhs; i++) {
		const struct fib_nh *nh = &cfg->nh[i];
		struct rtnexthop *hop;

		if (skb_room(skb) < sizeof(*hop))
			return -EMSGSIZE;
		hop = skb_put(skb, sizeof(*hop));
		*hop = (struct rtnexthop){
			.flags = nh->flags, .hops = (u8)(nh->weight - 1), .ifindex = nh->oif
		};
		if (put_if_set(skb, RTA_GATEWAY, nh->gw.raw) < 0)
			return -EMSGSIZE;
		hop->len = (u16)(skb->data + skb->len - (u8 *)hop);
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int put_route(struct sk_buff *skb, const struct fib_config *cfg)
{
	int err = nla_put_u32(skb, RTA_TABLE, cfg->table_id);

	if (!err && cfg->dst_len > 0)
		err = nla_put_be32(skb, RTA_DST, cfg->dst);
	err = err ?: put_if_set(skb, RTA_PRIORITY, cfg->priority)
			     ?: put_nest_u32(skb, RTA_METRICS, RTAX_MTU, cfg->mtu)
			     ?: put_if_set(skb, RTA_PREFSRC, cfg->prefsrc.raw);
	if (err || cfg->nhs == 0)
		return err;
	if (cfg->nhs > 1)
		return put_hops(skb, cfg);
	return put_if_set(skb, RTA_GATEWAY, cfg->nh->gw.raw)
		       ?: nla_put_u32(skb, RTA_OIF, (u32)cfg->nh->oif);
}

static int fill_route(const struct rtnl_fill *f, void *what)
{
	const struct fib_config *cfg = what;
	const struct rtmsg rtm = { .family = AF_INET,
		.dst_len = cfg->dst_len,
		.tos = cfg->tos,
		.table = cfg->table_id,
		.protocol = cfg->protocol,
		.scope = cfg->scope,
		.type = cfg->type,
		.flags = cfg->nhs == 1 ? cfg->nh->flags : 0 };
	struct nlmsghdr *nlh = rtnl_fill_begin(f, &rtm, sizeof(rtm));

	return rtnl_fill_end(f, nlh, nlh ? put_route(f->skb, cfg) : 0);
}

void rtnl_notify_route(u16 type, struct net *net, const struct fib_config *cfg)
{
	rtnl_notify(net, RTNLGRP_IPV4_ROUTE, type, fill_route, (struct fib_config *)(uintptr_t)cfg);
}

/* A cursor lives as long as its dump, and knows the route that did not fit any more. */
struct route_dump {
	struct fib_cursor cursor;
	struct fib_config next;
	bool more;
};

static struct slab dump_slab = SLAB(struct route_dump);

static void routes_done(struct netlink_callback *cb)
{
	struct route_dump *rd = (struct route_dump *)cb->args[1];

	fib_dump_end(&rd->cursor);
	slab_free(&dump_slab, rd);
}

static int routes_start(struct netlink_callback *cb)
{
	struct route_dump *rd = slab_alloc(&dump_slab);

	if (!rd)
		return -ENOMEM;
	if (fib_dump_start(cb->net->fib, &rd->cursor) < 0) {
		slab_free(&dump_slab, rd);
		return -ENOMEM;
	}
	cb->args[1] = (u64)(uintptr_t)rd;
	cb->done = routes_done;
	return 0;
}

static int dump_routes(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct route_dump *rd;
	struct fib_cursor before;
	struct rtnl_dump d;
	int err = 0;

	if (!rtnl_dump_start(&d, skb, cb))
		return 0;
	if (!cb->args[1])
		err = routes_start(cb);
	if (err)
		return err;
	rd = (struct route_dump *)cb->args[1];
	for (before = rd->cursor; fib_dump_next(&rd->cursor, &rd->next); before = rd->cursor) {
		if (fill_route(&d.fill, &rd->next) == 0)
			continue;
		rd->cursor = before; /* once more, in the next packet */
		return -EMSGSIZE;
	}
	return 0;
}

/* ---- one destination ------------------------------------------------------------------------- */

struct way {
	const struct rtable *rt;
	be32 asked_src;
};

static u8 type_of(const struct rtable *rt)
{
	return rt->flags & RTCF_LOCAL       ? RTN_LOCAL
	       : rt->flags & RTCF_BROADCAST ? RTN_BROADCAST
	       : rt->flags & RTCF_MULTICAST ? RTN_MULTICAST
					    : RTN_UNICAST;
}

static int fill_way(const struct rtnl_fill *f, void *what)
{
	const struct way *way = what;
	const struct rtable *rt = way->rt;
	bool gatewayed = !be32_eq(rt->neigh->primary_key, rt->daddr);
	const struct rtmsg rtm = { .family = AF_INET,
		.dst_len = 32,
		.src_len = be32_is_zero(way->asked_src) ? 0 : 32,
		.table = RT_TABLE_MAIN,
		.type = type_of(rt),
		.flags = RTM_F_CLONED };
	struct nlmsghdr *nlh = rtnl_fill_begin(f, &rtm, sizeof(rtm));

	if (!nlh)
		return -EMSGSIZE;
	return rtnl_fill_end(f, nlh, nla_put_be32(f->skb, RTA_DST, rt->daddr)
		      ?: put_if_set(f->skb, RTA_SRC, way->asked_src.raw)
		      ?: nla_put_u32(f->skb, RTA_OIF, (u32)rt->dev->ifindex)
		      ?: put_if_set(f->skb, RTA_PREFSRC,
				 be32_is_zero(way->asked_src) ? rt->saddr.raw : 0)
		      ?: put_if_set(f->skb, RTA_GATEWAY,
				 gatewayed ? rt->neigh->primary_key.raw : 0)
		      ?: put_nest_u32(f->skb, RTA_METRICS, RTAX_MTU,
				 rt->mtu != rt->dev->mtu ? rt->mtu : 0));
}

static int get_route(struct rtnl_request *r)
{
	const struct rtmsg *rtm = nlmsg_data(r->nlh);
	struct flowi4 fl4 = { .daddr = rtnl_get_be32(r->tb[RTA_DST]),
		.saddr = rtnl_get_be32(r->tb[RTA_SRC]),
		.oif = (int)rtnl_get_u32(r->tb[RTA_OIF]),
		.tos = rtm->tos & FLOWI_TOS_MASK };
	struct rtable rt;
	struct way way = { &rt, fl4.saddr };
	int err = ip_route_output_flow(r->net, &fl4, &rt);

	return err ?: rtnl_answer(r, fill_way, &way);
}

/* ---- changing -------------------------------------------------------------------------------- */

static const u16 least[RTA_MAX + 1] = { [RTA_DST] = 4,
	[RTA_SRC] = 4,
	[RTA_OIF] = 4,
	[RTA_GATEWAY] = 4,
	[RTA_PRIORITY] = 4,
	[RTA_PREFSRC] = 4,
	[RTA_TABLE] = 4 };

/* Returns how many hops there are, or -EINVAL. */
static int parse_hops(const struct nlattr *mp, struct fib_nh *nh)
{
	const struct nlattr *tb[RTA_MAX + 1];
	const u8 *at = nla_data(mp);
	u32 left = nla_len(mp), n = 0;

	while (left > 0) {
		const struct rtnexthop *hop = (const void *)at;
		u32 len;

		if (left < sizeof(*hop) || hop->len < sizeof(*hop) || hop->len > left ||
			n == HOPS_MAX)
			return -EINVAL;
		if (nla_parse(tb, RTA_MAX, hop + 1, hop->len - sizeof(*hop), least) < 0)
			return -EINVAL;
		nh[n++] = (struct fib_nh){ .gw = rtnl_get_be32(tb[RTA_GATEWAY]),
			.oif = hop->ifindex,
			.flags = hop->flags & RTNH_F_ONLINK,
			.weight = (u8)min(hop->hops + 1u, FIB_NHS_MAX) };
		len = min(NLMSG_ALIGN((u32)hop->len), left);
		at += len;
		left -= len;
	}
	return n > 0 ? (int)n : -EINVAL;
}

static int parse_metrics(const struct nlattr *metrics, u32 *mtu)
{
	static const u16 metrics_least[RTAX_MAX + 1] = { [RTAX_MTU] = 4 };
	const struct nlattr *tb[RTAX_MAX + 1];
	int err;

	if (!metrics)
		return 0;
	err = nla_parse_nested(tb, RTAX_MAX, metrics, metrics_least);
	if (!err)
		*mtu = rtnl_get_u32(tb[RTAX_MTU]);
	return err;
}

/* Only local and main exist here. */
static int parse_table(const struct rtmsg *rtm, const struct nlattr *nla, u8 *table)
{
	u32 id = nla ? nla_get_u32(nla) : rtm->table;

	*table = (u8)(id ?: RT_TABLE_MAIN);
	return id == 0 || id == RT_TABLE_MAIN || id == RT_TABLE_LOCAL ? 0 : -EOPNOTSUPP;
}

static int rtm_to_fib_config(
	const struct rtnl_request *r, struct fib_config *cfg, struct fib_nh *nh)
{
	const struct rtmsg *rtm = nlmsg_data(r->nlh);
	bool one = r->tb[RTA_OIF] || r->tb[RTA_GATEWAY];
	int err, hops = 0;

	if (rtm->dst_len > 32 || rtm->src_len > 0 || rtm->type >= RTN_MAX ||
		(rtm->tos & ~FLOWI_TOS_MASK))
		return -EINVAL;
	*cfg = (struct fib_config){ .dst = rtnl_get_be32(r->tb[RTA_DST]),
		.dst_len = rtm->dst_len,
		.tos = rtm->tos,
		.type = rtm->type,
		.scope = rtm->scope,
		.protocol = rtm->protocol,
		.priority = rtnl_get_u32(r->tb[RTA_PRIORITY]),
		.prefsrc = rtnl_get_be32(r->tb[RTA_PREFSRC]),
		.nlflags = r->nlh->nlmsg_flags & (FIB_CREATE | FIB_EXCL | FIB_REPLACE | FIB_APPEND),
		.nh = nh };
	err = parse_table(rtm, r->tb[RTA_TABLE], &cfg->table_id)
		      ?: parse_metrics(r->tb[RTA_METRICS], &cfg->mtu);
	nh[0] = (struct fib_nh){ .gw = rtnl_get_be32(r->tb[RTA_GATEWAY]),
		.oif = (int)rtnl_get_u32(r->tb[RTA_OIF]),
		.flags = rtm->flags & RTNH_F_ONLINK };
	if (!err && r->tb[RTA_MULTIPATH])
		hops = one ? -EINVAL : parse_hops(r->tb[RTA_MULTIPATH], nh);
	cfg->nhs = hops > 0 ? (u32)hops : one;
	return err ?: min(hops, 0);
}

static bool needs_hop(u8 type)
{
	return type == RTN_UNICAST || type == RTN_LOCAL || type == RTN_BROADCAST ||
	       type == RTN_ANYCAST || type == RTN_MULTICAST;
}

static int new_route(struct rtnl_request *r)
{
	struct fib_nh nh[HOPS_MAX];
	struct fib_config cfg;
	int err = rtm_to_fib_config(r, &cfg, nh);

	if (!err && cfg.nhs == 0 && needs_hop(cfg.type))
		cfg.nhs = 1; /* which has no device: that is what is answered */
	return err ?: inet_rtm_newroute(r->net, &cfg, nh);
}

static int del_route(struct rtnl_request *r)
{
	struct fib_nh nh[HOPS_MAX];
	struct fib_config cfg;
	int err = rtm_to_fib_config(r, &cfg, nh);

	return err ?: inet_rtm_delroute(r->net, &cfg);
}

const struct rtnl_kind rtnl_route = { .header_len = sizeof(struct rtmsg),
	.attr_max = RTA_MAX,
	.least = least,
	.doit = { new_route, del_route, get_route },
	.dumpit = dump_routes };
