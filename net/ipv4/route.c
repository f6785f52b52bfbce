/* SPDX-License-Identifier: MIT
 * route.c - where a packet goes: device, source address, next hop and its neighbour.
 * Not here: the table (fib_trie.c, fib/table.c), addresses' syntax (ipconfig.c).
 * udp_route.c and icmp.c ask before they build a packet; ip_input.c asks whether one is for us.
 * Source: RFC 1122 3.3.1. Behaves as Linux's ip_route_output_key_hash_rcu and __mkroute_output: the order of
 * their decisions. */
#include "net/ipv4/route.h"
#include "net/device/ifaddr.h"
#include "net/ipv4/pmtu.h"
#include "net/wire/ip.h"

/* ---- routing ----------------------------------------------------------------------------- */

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

static u16 type_flags(const struct net_device *dev, be32 daddr, u8 type)
{
	if (type == RTN_BROADCAST || ipv4_is_lbcast(daddr))
		return RTCF_BROADCAST;
	if (ipv4_is_multicast(daddr))
		return RTCF_MULTICAST;
	return type == RTN_LOCAL || (dev->flags & IFF_LOOPBACK) ? RTCF_LOCAL : 0;
}

/* mkroute_output - fill in the route from the decisions made. next: the address that ARP asks for. */
static int mkroute_output(struct net *net, struct flowi4 *fl4, struct net_device *dev, be32 next,
	u8 type, struct rtable *rt)
{
	u16 flags = type_flags(dev, fl4->daddr, type);

	if (!(dev->flags & IFF_UP))
		return -ENETDOWN;
	if (ipv4_is_loopback(fl4->saddr) && !(dev->flags & IFF_LOOPBACK))
		return -EINVAL; /* RFC 1122 3.2.1.3 (g): 127/8 never leaves a host */
	fl4->oif = dev->ifindex;
	*rt = (struct rtable){ .dev = dev,
		.saddr = fl4->saddr,
		.daddr = fl4->daddr,
		.mtu = dev->mtu,
		.flags = flags,
		.fragment = true };
	rt->neigh = neigh_lookup_create(net->arp_tbl, dev, next); /* this may move net->genid */
	if (!rt->neigh)
		return -ENOBUFS;
	rt->neigh->genid = rt->genid = net->genid;
	return 0;
}

/* The address that ARP asks for. A group or the limited broadcast has no gateway, even where only the
 * default route leads there (as on Linux: "do not gateway in this case"). */
static be32 next_hop(const struct fib_nh *nh, be32 daddr)
{
	if (be32_is_zero(nh->gw) || ipv4_is_multicast(daddr) || ipv4_is_lbcast(daddr))
		return daddr;
	return nh->gw;
}

/* To ourselves: over lo, whichever device has the address. */
static int route_local(
	struct net *net, struct flowi4 *fl4, const struct fib_result *res, struct rtable *rt)
{
	if (be32_is_zero(fl4->saddr))
		fl4->saddr = be32_is_zero(res->fi->prefsrc) ? fl4->daddr : res->fi->prefsrc;
	return mkroute_output(net, fl4, net->loopback_dev, fl4->daddr, RTN_LOCAL, rt);
}

/* The path MTU, as routers have told. */
static void heed_path_mtu(const struct net *net, struct rtable *rt)
{
	const struct pmtu *p = pmtu_lookup(net, rt->daddr);

	if (!p || p->mtu > rt->mtu)
		return;
	rt->mtu = p->mtu;
	if (p->locked)
		rt->flags |= RTCF_MTU_LOCKED;
}

static int route_found(
	struct net *net, struct flowi4 *fl4, struct fib_result *res, struct rtable *rt)
{
	const struct fib_nh *nh;
	be32 next;
	int err;

	if (res->type == RTN_LOCAL)
		return route_local(net, fl4, res, rt);
	if (fib_multipath_ops && (res->fi->nhs > 1 || res->prefixlen == 0))
		fib_multipath_ops->select(res, fl4);
	nh = fib_res_nh(res);
	next = next_hop(nh, fl4->daddr);
	if (be32_is_zero(fl4->saddr))
		fl4->saddr = be32_is_zero(res->fi->prefsrc) ? inet_select_addr(nh->dev, next)
							    : res->fi->prefsrc;
	err = mkroute_output(net, fl4, nh->dev, next, res->type, rt);
	if (!err && res->fi->mtu) {
		rt->mtu = min(res->fi->mtu, rt->mtu);
		if (rt->mtu < IP_MIN_MTU) /* nothing can be sent there */
			return -ENETUNREACH;
	}
	if (!err && net->pmtu)
		heed_path_mtu(net, rt);
	return err;
}

/* On the link of dev, without a route: a group, the limited broadcast, or any address if the sender names dev. */
static int route_on_link(
	struct net *net, struct flowi4 *fl4, struct net_device *dev, struct rtable *rt)
{
	if (be32_is_zero(fl4->saddr))
		fl4->saddr = inet_select_addr(dev, fl4->daddr);
	return mkroute_output(net, fl4, dev, fl4->daddr, RTN_UNICAST, rt);
}

/* The sender named its device. Returns 0, also when a route is still to be looked for (*dev only). */
static int named_device(struct net *net, const struct flowi4 *fl4, struct net_device **dev)
{
	*dev = dev_get_by_index(net, fl4->oif);
	if (!*dev)
		return -ENODEV;
	return (*dev)->flags & IFF_UP ? 0 : -ENETUNREACH;
}

__cold struct net_device *ip_dev_find(struct net *net, be32 addr)
{
	struct flowi4 fl4 = { .daddr = addr };
	struct fib_result res;

	if (fib_table_lookup(net->fib, &fl4, &res) < 0 || res.type != RTN_LOCAL)
		return NULL;
	return fib_res_nh(&res)->dev;
}

/* The source that a sender asks for must be one of ours; *dev: the device that has it. */
static int check_source(struct net *net, be32 saddr, struct net_device **dev)
{
	*dev = NULL;
	if (be32_is_zero(saddr))
		return 0;
	if (ipv4_is_multicast(saddr) || ipv4_is_lbcast(saddr))
		return -EINVAL;
	*dev = ip_dev_find(net, saddr);
	return *dev ? 0 : -ENETUNREACH;
}

/* Destination 0.0.0.0 is this host: at the source that is asked for, or an address of the device that the
 * sender named, or 127.0.0.1. */
static int route_to_this_host(
	struct net *net, struct flowi4 *fl4, const struct net_device *dev, struct rtable *rt)
{
	const be32 localhost = cpu_to_be32(INADDR_LOOPBACK);

	if (be32_is_zero(fl4->saddr) && dev)
		fl4->saddr = inet_select_addr(dev, localhost);
	if (be32_is_zero(fl4->saddr))
		fl4->saddr = localhost;
	fl4->daddr = fl4->saddr;
	return mkroute_output(net, fl4, net->loopback_dev, fl4->daddr, RTN_LOCAL, rt);
}

/* A group and the limited broadcast need no route where the sender names a device, or by its source. */
int ip_route_output_flow(struct net *net, struct flowi4 *fl4, struct rtable *rt)
{
	struct net_device *dev = NULL, *source;
	struct fib_result res;
	int err = check_source(net, fl4->saddr, &source);

	if (!err && fl4->oif)
		err = named_device(net, fl4, &dev);
	if (err)
		return err;
	if (be32_is_zero(fl4->daddr))
		return route_to_this_host(net, fl4, dev, rt);
	if ((dev || source) && (ipv4_is_multicast(fl4->daddr) || ipv4_is_lbcast(fl4->daddr)))
		return route_on_link(net, fl4, dev ? dev : source, rt);
	err = fib_lookup(net, fl4, &res);
	if (!err)
		return route_found(net, fl4, &res, rt);
	if (dev && err == -ENETUNREACH)
		return route_on_link(net, fl4, dev, rt);
	net->mib.ip_out_no_routes++;
	return err;
}
