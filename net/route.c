/* SPDX-License-Identifier: MIT
 * route.c - where a packet goes: device, source address, next hop and its neighbour.
 * Not here: the table (fib_trie.c, fib/table.c), addresses' syntax (ipconfig.c).
 * udp.c and icmp.c ask before they build a packet; ip_input.c asks whether one is for us.
 * Source: RFC 1122 3.3.1; Linux's ip_route_output_key_hash_rcu and __mkroute_output: the order of
 * their decisions. */
#include "net/route.h"
#include "net/wire/ip.h"

/* ---- asking ----------------------------------------------------------------------------- */

/* fib_lookup - the tables in their order. Local and main share one trie here, so it is one walk. */
static int fib_lookup(struct net *net, const struct flowi4 *fl4, struct fib_result *res)
{
	int err = fib_table_lookup(net->fib, fl4, res);

	return err == -EAGAIN ? -ENETUNREACH : err;
}

enum rtn_type ip_addr_type(struct net *net, be32 addr)
{
	struct flowi4 fl4 = { .daddr = addr };
	struct fib_result res;

	if (ipv4_is_lbcast(addr))
		return RTN_BROADCAST;
	if (ipv4_is_multicast(addr))
		return RTN_MULTICAST;
	if (fib_table_lookup(net->fib, &fl4, &res) < 0)
		return RTN_UNICAST;
	return res.type == RTN_LOCAL || res.type == RTN_BROADCAST ? res.type : RTN_UNICAST;
}

/* Groups and the limited broadcast need no route when a device is named, or the source address names one. */
static struct net_device *link_for_group(struct net *net, const struct flowi4 *fl4)
{
	struct net_device *dev, *found = NULL;

	if (!ipv4_is_multicast(fl4->daddr) && !ipv4_is_lbcast(fl4->daddr))
		return NULL;
	if (fl4->oif)
		return dev_get_by_index(net, fl4->oif);
	list_for_each(dev, &net->dev_base, list)
		if (!be32_is_zero(fl4->saddr) && be32_eq(dev->ip_addr, fl4->saddr))
			found = dev;
	return found;
}

static u16 type_flags(const struct net_device *dev, be32 daddr, u8 type)
{
	if (ipv4_is_lbcast(daddr) || type == RTN_BROADCAST)
		return RTCF_BROADCAST;
	if (ipv4_is_multicast(daddr))
		return RTCF_MULTICAST;
	return type == RTN_LOCAL || (dev->flags & IFF_LOOPBACK) ? RTCF_LOCAL : 0;
}

/* mkroute_output - the decisions are made: put them together. next: the address ARP asks for. */
static int mkroute_output(struct net *net, struct flowi4 *fl4, struct net_device *dev, be32 next,
	u8 type, struct rtable *rt)
{
	u16 flags = type_flags(dev, fl4->daddr, type);

	if (!(dev->flags & IFF_UP))
		return -ENETDOWN;
	fl4->oif = dev->ifindex;
	*rt = (struct rtable){ .dev = dev,
		.saddr = fl4->saddr,
		.daddr = fl4->daddr,
		.mtu = dev->mtu,
		.flags = flags,
		.fragment = true,
		.genid = net->genid };
	rt->neigh = neigh_lookup_create(net->arp_tbl, dev, next);
	rt->genid = net->genid; /* making room for the neighbour may have moved it */
	return rt->neigh ? 0 : -ENOBUFS;
}

/* The address that ARP asks for. A group or the limited broadcast has no gateway, even where only the
 * default route leads there (as on Linux: "do not gateway in this case"). */
static be32 next_hop(const struct fib_nh *nh, be32 daddr)
{
	bool on_link = be32_is_zero(nh->gw) || ipv4_is_multicast(daddr) || ipv4_is_lbcast(daddr);

	return on_link ? daddr : nh->gw;
}

static be32 source_for(const struct fib_result *res, const struct net_device *dev)
{
	if (!be32_is_zero(res->fi->prefsrc))
		return res->fi->prefsrc;
	return dev->ip_addr;
}

/* To ourselves: over lo, whatever device has the address. */
static int route_local(
	struct net *net, struct flowi4 *fl4, const struct fib_result *res, struct rtable *rt)
{
	if (be32_is_zero(fl4->saddr))
		fl4->saddr = be32_is_zero(res->fi->prefsrc) ? fl4->daddr : res->fi->prefsrc;
	return mkroute_output(net, fl4, net->loopback_dev, fl4->daddr, RTN_LOCAL, rt);
}

/* What routers on the way have told. */
static void heed_path_mtu(const struct net *net, struct rtable *rt)
{
	const struct pmtu *p = pmtu_lookup(net, rt->daddr);

	if (!p || p->mtu > rt->mtu)
		return;
	rt->mtu = p->mtu;
	if (p->locked)
		rt->flags |= RTCF_MTU_LOCKED;
}

int ip_route_output_flow(struct net *net, struct flowi4 *fl4, struct rtable *rt)
{
	struct fib_result res;
	struct net_device *dev;
	int err;

	if (!be32_is_zero(fl4->saddr) && ip_addr_type(net, fl4->saddr) != RTN_LOCAL)
		return -EINVAL;
	if (be32_is_zero(fl4->daddr))
		fl4->daddr = be32_is_zero(fl4->saddr) ? cpu_to_be32(INADDR_LOOPBACK) : fl4->saddr;
	dev = link_for_group(net, fl4);
	if (dev) {
		if (be32_is_zero(fl4->saddr))
			fl4->saddr = dev->ip_addr;
		return mkroute_output(net, fl4, dev, fl4->daddr, RTN_UNICAST, rt);
	}
	err = fib_lookup(net, fl4, &res);
	if (err) {
		net->mib.ip_out_no_routes++;
		return err;
	}
	if (res.type == RTN_LOCAL)
		return route_local(net, fl4, &res, rt);
	fib_select_path(&res, fl4);

	const struct fib_nh *nh = fib_res_nh(&res);

	if (be32_is_zero(fl4->saddr))
		fl4->saddr = source_for(&res, nh->dev);
	err = mkroute_output(net, fl4, nh->dev, next_hop(nh, fl4->daddr), res.type, rt);
	if (!err && res.fi->mtu)
		rt->mtu = min(res.fi->mtu, rt->mtu);
	if (!err && net->pmtu.n > 0)
		heed_path_mtu(net, rt);
	return err;
}

/* ---- telling ---------------------------------------------------------------------------- */

static int insert(struct net *net, struct fib_config *cfg, const struct fib_nh *nh)
{
	int err;

	cfg->nlflags |= FIB_CREATE;
	cfg->nh = nh;
	cfg->nhs = nh ? 1 : 0;
	err = fib_table_insert(net->fib, cfg);
	if (!err)
		net_changed(net);
	return err;
}

static int insert_device_route(
	struct net_device *dev, be32 dst, u8 dst_len, enum rtn_type type, enum rt_scope scope)
{
	struct fib_nh nh = {
		.dev = dev, .oif = dev->ifindex, .weight = 1, .scope = RT_SCOPE_NOWHERE
	};
	struct fib_config cfg = { .dst = dst,
		.dst_len = dst_len,
		.type = (u8)type,
		.scope = (u8)scope,
		.table_id = type == RTN_UNICAST ? RT_TABLE_MAIN : RT_TABLE_LOCAL,
		.prefsrc = dev->ip_addr };

	return insert(dev->net, &cfg, &nh);
}

int ip_addr_assign(struct net_device *dev, be32 addr, u8 prefix_len)
{
	be32 mask = prefix_mask(prefix_len);
	be32 network = be32_and(addr, mask);
	int err;

	dev->ip_addr = addr;
	dev->ip_prefix_len = prefix_len;
	dev->ip_broadcast = be32_or(network, (be32){ ~mask.raw });
	err = insert_device_route(dev, addr, 32, RTN_LOCAL, RT_SCOPE_HOST);
	if (dev->flags & IFF_LOOPBACK)
		return err ? err
			   : insert_device_route(
				     dev, network, prefix_len, RTN_LOCAL, RT_SCOPE_HOST);
	if (!err && prefix_len < 32)
		err = insert_device_route(dev, network, prefix_len, RTN_UNICAST, RT_SCOPE_LINK);
	if (!err && prefix_len < 31) /* RFC 3021: two hosts need no broadcast address */
		err = insert_device_route(dev, dev->ip_broadcast, 32, RTN_BROADCAST, RT_SCOPE_LINK);
	return err;
}

static struct net_device *device_towards(struct net *net, be32 via)
{
	struct flowi4 fl4 = { .daddr = via, .scope = RT_SCOPE_LINK };
	struct fib_result res;

	if (fib_table_lookup(net->fib, &fl4, &res) < 0 || res.type != RTN_UNICAST)
		return NULL;
	return fib_res_nh(&res)->dev;
}

int ip_route_add(struct net *net, const struct route_spec *spec)
{
	bool unicast = spec->type == RTN_UNICAST;
	bool on_link = be32_is_zero(spec->via);
	struct net_device *dev = spec->dev;
	struct fib_nh nh = { .gw = spec->via, .weight = 1 };
	struct fib_config cfg = { .dst = spec->dst,
		.dst_len = spec->dst_len,
		.type = spec->type,
		.scope = on_link && unicast ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE,
		.table_id = RT_TABLE_MAIN,
		.priority = spec->metric,
		.mtu = spec->mtu,
		.prefsrc = spec->prefsrc };

	if (!unicast)
		return insert(net, &cfg, NULL);
	if (!dev)
		dev = device_towards(net, spec->via);
	if (!dev)
		return -ENETUNREACH;
	nh.dev = dev;
	nh.oif = dev->ifindex;
	nh.scope = on_link ? RT_SCOPE_NOWHERE : RT_SCOPE_LINK;
	return insert(net, &cfg, &nh);
}
