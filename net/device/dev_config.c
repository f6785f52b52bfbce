/* SPDX-License-Identifier: MIT
 * dev_config.c - changes to a network device by the operator: up, down, name, MTU, namespace.
 * Not here: sending and receiving, registration (dev.c); addresses (devinet.c).
 * rtnetlink.c, the ioctls, ipconfig_apply.c and net_init.c call in.
 * Behaves as Linux's dev_close, dev_change_name, dev_change_net_namespace: the order of their steps. */
#include "net/device/dev_config.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "net/core/rtmsg.h"
#include "net/wire/ip.h"

#define CLOSE_NS (100 * NSEC_PER_MSEC)
#define POLL_N   64

/* Frames on the ring count as sent: give them a moment to leave. */
static void let_leave(struct net_device *dev)
{
	const struct net_device_ops *ops = dev->netdev_ops;
	u64 deadline = clock_ns() + CLOSE_NS;

	ops->ndo_flush(dev);
	dev_reclaim(dev);
	while (ops->ndo_tx_pending(dev) > 0 && (dev->flags & IFF_RUNNING)) {
		dev_reclaim(dev);
		ops->ndo_poll(dev, POLL_N);
		if (clock_ns() >= deadline)
			break;
		if (ops->ndo_tx_pending(dev) > 0)
			machine_idle(deadline);
	}
}

int dev_open(struct net_device *dev)
{
	int err = dev->flags & IFF_UP ? 0 : dev->netdev_ops->ndo_open(dev);

	if (err || (dev->flags & IFF_UP))
		return err;
	dev->flags |= IFF_UP;
	dev_reclaim(dev); /* its room, which a queueing discipline hides */
	net_changed(dev->net);
	dev_notify(dev, NETDEV_UP);
	return 0;
}

void dev_close(struct net_device *dev)
{
	if (!(dev->flags & IFF_UP))
		return;
	let_leave(dev);
	dev->flags &= ~(u32)IFF_UP;
	dev->tx_room = 0;
	dev_drop_waiting(dev, SKB_DROP_DEV_DOWN);
	if (dev->netdev_ops->ndo_stop)
		dev->netdev_ops->ndo_stop(dev);
	net_changed(dev->net);
	dev_notify(dev, NETDEV_DOWN);
}

int dev_set_mtu(struct net_device *dev, u32 mtu)
{
	u32 most = dev->flags & IFF_LOOPBACK ? LOOPBACK_MTU : ETH_DATA_LEN;

	if (mtu < IP_MIN_MTU || mtu > most)
		return -EINVAL;
	dev->mtu = mtu;
	net_changed(dev->net);
	rtmsg_ifinfo(RTM_NEWLINK, dev);
	return 0;
}

static bool name_valid(const char *name)
{
	if (!name[0] || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return false;
	for (; *name; name++)
		if (*name <= ' ' || *name > '~' || *name == '/' || *name == ':' || *name == '%')
			return false;
	return true;
}

int dev_change_name(struct net_device *dev, const char *name)
{
	if (!name_valid(name))
		return -EINVAL;
	if (strcmp(dev->name, name) == 0)
		return 0;
	if (dev_get_by_name(dev->net, name, strlen(name)))
		return -EEXIST;
	strscpy(dev->name, name, IFNAMSIZ);
	rtmsg_ifinfo(RTM_NEWLINK, dev);
	return 0;
}

struct net_device *dev_get_anywhere(const char *name)
{
	struct net *net;

	for_each_net(net) {
		struct net_device *dev = dev_get_by_name(net, name, strlen(name));

		if (dev && !(dev->flags & IFF_LOOPBACK))
			return dev;
	}
	return NULL;
}

/* ---- from one namespace to another --------------------------------------------------------- */

/* In order of ifindex; it keeps its own unless that is taken. */
static void enter(struct net *net, struct net_device *dev)
{
	struct net_device *after;

	if (dev_get_by_index(net, dev->ifindex))
		dev->ifindex = net->ifindex_last + 1;
	net->ifindex_last = max(net->ifindex_last, dev->ifindex);
	dev->net = net;
	list_for_each(after, &net->dev_base, list)
		if (after->ifindex > dev->ifindex)
			break;
	list_add_tail(&dev->list, &after->list);
	net_changed(net);
	rtmsg_ifinfo(RTM_NEWLINK, dev);
}

static void leave(struct net_device *dev)
{
	dev_close(dev);
	dev_notify(dev, NETDEV_UNREGISTER);
	list_del(&dev->list);
	net_changed(dev->net);
}

int dev_change_net_namespace(struct net_device *dev, struct net *net)
{
	if (dev->net == net)
		return 0;
	if (dev->flags & IFF_LOOPBACK)
		return -EINVAL;
	if (dev_get_by_name(net, dev->name, strlen(dev->name)))
		return -EEXIST;
	leave(dev);
	enter(net, dev);
	return 0;
}

static void send_home(struct net_device *dev)
{
	leave(dev);
	for (int i = 0; dev_get_by_name(&init_net, dev->name, strlen(dev->name)); i++)
		text_format(dev->name, IFNAMSIZ, "dev%d", i);
	enter(&init_net, dev);
}

void default_device_exit(struct net *net)
{
	struct net_device *dev, *tmp;

	list_for_each_safe(dev, tmp, &net->dev_base, list)
		if (dev->flags & IFF_LOOPBACK)
			leave(dev);
		else
			send_home(dev);
}
