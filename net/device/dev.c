/* SPDX-License-Identifier: MIT
 * dev.c - network devices: registration, lookup, events.
 * Not here: sending (dev_xmit.c), receiving (dev_receive.c), polling (dev_poll.c), what an operator changes
 * (dev_config.c).
 * Drivers register; the stack looks devices up.
 * Behaves as Linux's register_netdev and netdev_chain. */
#include "net/device/dev.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"

static void choose_name(struct net *net, struct net_device *dev, const char *pattern)
{
	for (int i = 0;; i++) {
		size_t len = text_format(dev->name, IFNAMSIZ, pattern, i);

		if (!dev_get_by_name(net, dev->name, len))
			return;
	}
}

void register_netdev(struct net *net, struct net_device *dev, const char *name)
{
	choose_name(net, dev, name);
	list_init(&dev->ifa_list);
	dev->net = net;
	dev->ifindex = ++net->ifindex_last;
	list_add_tail(&dev->list, &net->dev_base);
	net_changed(net);
}

void dev_set_promiscuity(struct net_device *dev, int change)
{
	bool was = dev->promiscuity > 0;

	dev->promiscuity += (u32)change;
	if (was == (dev->promiscuity > 0))
		return;
	dev->flags ^= IFF_PROMISC;
	if (dev->netdev_ops->ndo_set_rx_mode)
		dev->netdev_ops->ndo_set_rx_mode(dev);
}

struct net_device *dev_get_by_name(struct net *net, const char *name, size_t len)
{
	struct net_device *dev;

	list_for_each(dev, &net->dev_base, list)
		if (strlen(dev->name) == len && memcmp(dev->name, name, len) == 0)
			return dev;
	return NULL;
}

struct net_device *dev_get_by_index(struct net *net, int ifindex)
{
	struct net_device *dev;

	list_for_each(dev, &net->dev_base, list)
		if (dev->ifindex == ifindex)
			return dev;
	return NULL;
}

static void (*notifier)(struct net_device *dev, enum netdev_event event);

void dev_set_notifier(void (*fn)(struct net_device *dev, enum netdev_event event))
{
	notifier = fn;
}

void dev_notify(struct net_device *dev, enum netdev_event event)
{
	if (notifier)
		notifier(dev, event);
}

void dev_carrier(struct net_device *dev, bool up)
{
	if (up == !!(dev->flags & IFF_RUNNING))
		return;
	dev->flags ^= IFF_RUNNING;
	pr_info("%s: link is %s\n", dev->name, up ? "up" : "down");
	net_changed(dev->net);
	dev_notify(dev, NETDEV_CHANGE);
}
