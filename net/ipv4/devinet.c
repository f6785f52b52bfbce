/* SPDX-License-Identifier: MIT
 * devinet.c - addresses of devices: assigned and removed.
 * Not here: the routes that follow from them (fib_frontend.c), looking them up (ifaddr.c).
 * ipconfig_apply.c and rtnetlink.c call in; it calls fib_frontend.c.
 * Behaves as Linux's devinet.c: the order of its steps. */
#include "net/ipv4/devinet.h"
#include "kernel/mm/slab.h"
#include "net/core/rtmsg.h"
#include "net/device/ifaddr.h"
#include "net/ipv4/fib_frontend.h"
#include "net/neigh/neighbour.h"
#include "net/wire/ip.h"

#define LOOPBACK_PREFIX 8

static struct slab ifa_slab = SLAB(struct in_ifaddr);

/* The first other address of the very same network. */
static struct in_ifaddr *sibling(const struct net_device *dev, const struct in_ifaddr *of)
{
	struct in_ifaddr *ifa;

	list_for_each(ifa, &dev->ifa_list, list)
		if (ifa != of && ifa->prefix_len == of->prefix_len && ifa_on_network(ifa, of->addr))
			return ifa;
	return NULL;
}

/* Primary ones before secondary ones, each kind as they came. */
static void enlist(struct net_device *dev, struct in_ifaddr *ifa)
{
	struct in_ifaddr *after;

	list_for_each(after, &dev->ifa_list, list)
		if (after->secondary && !ifa->secondary)
			break;
	list_add_tail(&ifa->list, &after->list);
}

/* A neighbour entry decides when it is created whether its address is a broadcast, so entries are created anew; those
 * that the operator set stay. */
static void forget_neighbour(struct net_device *dev, be32 addr)
{
	struct neighbour *n = neigh_lookup(dev->net->arp_tbl, dev, addr);

	if (n && n->nud_state != NUD_PERMANENT)
		neigh_delete(n);
}

/* dev->ip_addr: the first address. */
static void changed(struct net_device *dev, be32 broadcast)
{
	forget_neighbour(dev, broadcast);
	dev->ip_addr = list_empty(&dev->ifa_list)
			       ? BE32_ZERO
			       : list_first_entry(&dev->ifa_list, struct in_ifaddr, list)->addr;
	net_changed(dev->net);
}

int inet_insert_ifa(struct net_device *dev, be32 addr, u8 prefix_len)
{
	struct in_ifaddr *ifa;
	int err;

	if (inet_find_ifa(dev, addr, prefix_len))
		return -EEXIST;
	ifa = slab_alloc(&ifa_slab);
	if (!ifa)
		return -ENOBUFS;
	ifa->addr = addr;
	ifa->broadcast = be32_or(addr, (be32){ ~prefix_mask(prefix_len).raw });
	ifa->prefix_len = prefix_len;
	ifa->secondary = sibling(dev, ifa) != NULL;
	enlist(dev, ifa);
	changed(dev, ifa->broadcast);
	rtmsg_ifa(RTM_NEWADDR, dev, ifa);
	err = fib_add_ifaddr(dev, ifa);
	if (err)
		inet_del_ifa(dev, ifa);
	return err;
}

void inet_del_ifa(struct net_device *dev, struct in_ifaddr *ifa)
{
	struct in_ifaddr *heir = ifa->secondary ? NULL : sibling(dev, ifa);
	be32 broadcast = ifa->broadcast;

	list_del(&ifa->list);
	rtmsg_ifa(RTM_DELADDR, dev, ifa);
	fib_del_ifaddr(dev, ifa);
	slab_free(&ifa_slab, ifa);
	if (heir) {
		list_del(&heir->list);
		heir->secondary = false;
		enlist(dev, heir);
		rtmsg_ifa(RTM_NEWADDR, dev, heir);
	}
	changed(dev, broadcast);
	if (heir && fib_add_ifaddr(dev, heir) < 0)
		pr_warn("%s: no memory for %pI4's routes\n", dev->name, &heir->addr);
}

void inetdev_event(struct net_device *dev, enum netdev_event event)
{
	struct in_ifaddr *ifa, *tmp;

	if (event == NETDEV_UP && (dev->flags & IFF_LOOPBACK) && list_empty(&dev->ifa_list) &&
		inet_insert_ifa(dev, cpu_to_be32(INADDR_LOOPBACK), LOOPBACK_PREFIX) < 0)
		pr_warn("%s: no memory for its address\n", dev->name);
	if (event == NETDEV_UNREGISTER)
		list_for_each_safe(ifa, tmp, &dev->ifa_list, list)
			inet_del_ifa(dev, ifa);
}
