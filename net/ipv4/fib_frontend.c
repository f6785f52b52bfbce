/* SPDX-License-Identifier: MIT
 * fib_frontend.c - routes added and removed: with addresses, by the operator, with devices.
 * Not here: the table (fib/), asking it (route.c).
 * ipconfig_apply.c, rtnetlink.c, devinet.c and net_init.c call in.
 * Source: RFC 3021. Behaves as Linux's fib_frontend.c and fib_check_nh: the order of their checks. */
#include "net/ipv4/fib_frontend.h"
#include "net/core/rtmsg.h"
#include "net/ipv4/pmtu.h"
#include "net/neigh/neighbour.h"

static int add_route(struct net *net, const struct fib_config *cfg)
{
	int err = fib_table_insert(net->fib, cfg);

	if (err)
		return err;
	for (u32 i = 0; i < cfg->nhs; i++)
		if (cfg->nh[i].dev && !(cfg->nh[i].dev->flags & IFF_RUNNING))
			fib_sync_dev(net->fib, cfg->nh[i].dev, RTNH_F_LINKDOWN, 0);
	net_changed(net);
	rtmsg_fib(RTM_NEWROUTE, net, cfg);
	return 0;
}

int inet_rtm_delroute(struct net *net, const struct fib_config *cfg)
{
	struct fib_config found;
	int err = fib_table_find(net->fib, cfg, &found);

	if (err)
		return err;
	rtmsg_fib(RTM_DELROUTE, net, &found);
	err = fib_table_delete(net->fib, cfg);
	net_changed(net);
	return err;
}

static bool is_local(struct net *net, be32 addr)
{
	struct flowi4 fl4 = { .daddr = addr };
	struct fib_result res;

	return fib_table_lookup(net->fib, &fl4, &res) == 0 && res.type == RTN_LOCAL;
}

/* ---- addresses --------------------------------------------------------------------------- */

#define IFA_ROUTES 3u

/* The routes of an address: its own, its network's, its broadcast's. */
static u32 routes_of(const struct net_device *dev, const struct in_ifaddr *ifa, struct fib_nh *nh,
	struct fib_config cfg[IFA_ROUTES])
{
	bool lo = dev->flags & IFF_LOOPBACK;
	struct fib_config base = { .prefsrc = ifa->addr,
		.protocol = RTPROT_KERNEL,
		.nlflags = FIB_CREATE | FIB_APPEND,
		.nhs = 1,
		.nh = nh };

	*nh = (struct fib_nh){ .dev = (struct net_device *)(uintptr_t)dev,
		.oif = dev->ifindex,
		.weight = 1,
		.scope = RT_SCOPE_NOWHERE };
	cfg[0] = cfg[1] = cfg[2] = base;
	cfg[0].dst = ifa->addr;
	cfg[0].dst_len = 32;
	cfg[1].dst = be32_and(ifa->addr, prefix_mask(ifa->prefix_len));
	cfg[1].dst_len = ifa->prefix_len;
	cfg[2].dst = ifa->broadcast;
	cfg[2].dst_len = 32;
	for (u32 i = 0; i < IFA_ROUTES; i++) {
		bool local = i == 0 || (i == 1 && lo);

		cfg[i].type = local ? RTN_LOCAL : i == 1 ? RTN_UNICAST : RTN_BROADCAST;
		cfg[i].scope = local ? RT_SCOPE_HOST : RT_SCOPE_LINK;
		cfg[i].table_id = local || i == 2 ? RT_TABLE_LOCAL : RT_TABLE_MAIN;
	}
	if (ifa->prefix_len == 32 || ifa->prefix_len == 0 || ifa->secondary ||
		!(dev->flags & IFF_UP))
		return 1;
	return ifa->prefix_len == 31 ? 2 : 3; /* two hosts need no broadcast address */
}

int fib_add_ifaddr(struct net_device *dev, const struct in_ifaddr *ifa)
{
	struct fib_config cfg[IFA_ROUTES];
	struct fib_nh nh;
	u32 n = routes_of(dev, ifa, &nh, cfg);

	for (u32 i = 0; i < n; i++) {
		int err = add_route(dev->net, &cfg[i]);

		if (err && err != -EEXIST)
			return err;
	}
	return 0;
}

/* Does the device have the same address with another length, for which the route stays? */
static bool is_shared(
	const struct net_device *dev, const struct in_ifaddr *ifa, const struct fib_config *cfg)
{
	struct fib_config theirs[IFA_ROUTES];
	const struct in_ifaddr *other;
	struct fib_nh nh;

	list_for_each(other, &dev->ifa_list, list) {
		u32 n = be32_eq(other->addr, ifa->addr) ? routes_of(dev, other, &nh, theirs) : 0;

		while (n-- > 0)
			if (be32_eq(theirs[n].dst, cfg->dst) && theirs[n].dst_len == cfg->dst_len)
				return true;
	}
	return false;
}

void fib_del_ifaddr(struct net_device *dev, const struct in_ifaddr *ifa)
{
	struct fib_config cfg[IFA_ROUTES];
	struct fib_nh nh;
	u32 n = routes_of(dev, ifa, &nh, cfg);

	for (u32 i = 0; i < n; i++)
		if (!is_shared(dev, ifa, &cfg[i]))
			inet_rtm_delroute(dev->net, &cfg[i]); /* unless it went with its device */
	if (!is_local(dev->net, ifa->addr) && fib_sync_down_addr(dev->net->fib, ifa->addr) > 0)
		fib_table_flush(dev->net->fib);
}

/* ---- devices ----------------------------------------------------------------------------- */

static void device_up(struct net_device *dev)
{
	struct in_ifaddr *ifa;

	list_for_each(ifa, &dev->ifa_list, list)
		if (fib_add_ifaddr(dev, ifa) < 0)
			pr_warn("%s: no memory for %pI4's routes\n", dev->name, &ifa->addr);
}

void fib_netdev_event(struct net_device *dev, enum netdev_event event)
{
	struct fib_table *tb = dev->net->fib;
	u8 lost = dev->flags & IFF_RUNNING ? 0 : RTNH_F_LINKDOWN;

	switch (event) {
	case NETDEV_UP:
		fib_sync_dev(tb, dev, lost, RTNH_F_DEAD | RTNH_F_LINKDOWN);
		device_up(dev);
		break;
	case NETDEV_CHANGE:
		fib_sync_dev(tb, dev, lost, RTNH_F_LINKDOWN);
		break;
	case NETDEV_DOWN:
	case NETDEV_UNREGISTER:
		fib_sync_dev(tb, dev, RTNH_F_DEAD, 0);
		fib_table_flush(tb);
		break;
	}
	net_changed(dev->net);
}

/* ---- the operator ------------------------------------------------------------------------ */

/* The device on whose link the gateway is. oif: only this one; 0: any. */
static struct net_device *device_towards(struct net *net, be32 via, int oif)
{
	struct flowi4 fl4 = { .daddr = via, .scope = RT_SCOPE_LINK, .oif = oif };
	struct fib_result res;

	if (fib_table_lookup(net->fib, &fl4, &res) < 0 || res.type != RTN_UNICAST)
		return NULL;
	return fib_res_nh(&res)->dev;
}

static int fib_check_nh(struct net *net, struct fib_nh *nh)
{
	bool gatewayed = !be32_is_zero(nh->gw);

	nh->dev = nh->oif ? dev_get_by_index(net, nh->oif) : NULL;
	if (!nh->dev && (nh->oif || !gatewayed || (nh->flags & RTNH_F_ONLINK)))
		return -ENODEV;
	if (gatewayed && !(nh->flags & RTNH_F_ONLINK)) {
		if (nh->dev && !(nh->dev->flags & IFF_UP))
			return -ENETDOWN;
		nh->dev = device_towards(net, nh->gw, nh->oif);
		if (!nh->dev)
			return -ENETUNREACH;
	}
	if (!(nh->dev->flags & IFF_UP))
		return -ENETDOWN;
	nh->oif = nh->dev->ifindex;
	nh->scope = gatewayed ? RT_SCOPE_LINK : RT_SCOPE_NOWHERE;
	nh->weight = nh->weight ?: 1;
	return 0;
}

int inet_rtm_newroute(struct net *net, struct fib_config *cfg, struct fib_nh *nh)
{
	int err = 0;

	for (u32 i = 0; i < cfg->nhs && !err; i++)
		err = fib_check_nh(net, &nh[i]);
	if (!err && !be32_is_zero(cfg->prefsrc) && !is_local(net, cfg->prefsrc))
		err = -EINVAL;
	cfg->nh = nh;
	return err ?: add_route(net, cfg);
}

/* ---- namespaces -------------------------------------------------------------------------- */

/* For the choice among several default routes: the state of the gateway's neighbour. */
static enum fib_nh_state nh_state(const struct fib_nh *nh)
{
	const struct neighbour *n = neigh_lookup(nh->dev->net->arp_tbl, nh->dev, nh->gw);

	if (!n || n->nud_state == NUD_NONE)
		return FIB_NH_NONE;
	if (n->nud_state & NUD_CONNECTED)
		return FIB_NH_REACHABLE;
	return n->nud_state & NUD_VALID ? FIB_NH_VALID : FIB_NH_INCOMPLETE;
}

int fib_net_init(struct net *net)
{
	net->fib = fib_table_new();
	if (!net->fib)
		return -ENOMEM;
	fib_table_on_state(net->fib, nh_state);
	return 0;
}

void fib_net_exit(struct net *net)
{
	fib_table_free(net->fib);
}
