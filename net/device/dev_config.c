/* SPDX-License-Identifier: MIT
 * dev_config.c - changes to a network device by the operator: up, down, name, MTU.
 * Not here: sending and receiving, registration (dev.c); addresses (devinet.c); another namespace (net/config/nsfs.c).
 * rtnetlink.c, the ioctls, ipconfig_apply.c and net_init.c call in.
 * Behaves as Linux's dev_close, dev_change_name: the order of their steps. */
#include "net/device/dev_config.h"
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
