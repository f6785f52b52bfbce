/* SPDX-License-Identifier: MIT
 * dev_poll.c - polling: every wait in the kernel, and the timer's tick, polls all devices here.
 * Not here: what a device does when it is polled (its driver).
 * Sockets that wait, the timer and the end of the machine call in; calls the drivers and timers.
 * Behaves as Linux's NAPI for the budget. */
#include "net/device/dev.h"
#include "net/core/timer.h"

#define POLL_BUDGET 64 /* frames a device may hand up in one step */
/* A wait polls for this long before the CPU rests: an answer on the same wire takes less. */
#define SPIN_NS (2 * NSEC_PER_MSEC)

static void poll_devices(struct net *net, bool batch)
{
	struct net_device *dev;

	list_for_each(dev, &net->dev_base, list) {
		if (!(dev->flags & IFF_UP))
			continue;
		if (batch) /* frames behind the tail register are not sent before the doorbell */
			dev->netdev_ops->ndo_flush(dev);
		if (dev->netdev_ops->ndo_check_link)
			dev->netdev_ops->ndo_check_link(dev);
		dev_reclaim(dev);
		dev->netdev_ops->ndo_poll(dev, POLL_BUDGET);
	}
}

/* A sender may wait here within a batch: its frames so far must leave, and frames that are sent from here (answers,
 * ARP requests) do not belong to its batch. */
void net_poll(void)
{
	bool batch = netdev_xmit_more;
	struct net *net;

	netdev_xmit_more = false;
	for_each_net(net)
		poll_devices(net, batch);
	run_timers();
	netdev_xmit_more = batch;
}

#define LOOKS 16 /* the last of so many is a net_poll */

static u32 looks;

bool net_look_at(struct net_device *dev)
{
	if (unlikely(looks % LOOKS == LOOKS - 1 || !(dev->flags & IFF_UP)))
		return false;
	looks++;
	return dev->netdev_ops->ndo_poll(dev, POLL_BUDGET) > 0;
}

void net_look(struct net *net)
{
	struct net_device *dev;

	if (unlikely(++looks % LOOKS == 0)) {
		net_poll();
		return;
	}
	list_for_each(dev, &net->dev_base, list)
		if (dev->flags & IFF_UP)
			dev->netdev_ops->ndo_poll(dev, POLL_BUDGET);
	run_timers();
}

void net_wait(u64 since_ns, u64 until_ns)
{
	if (clock_ns() - since_ns > SPIN_NS)
		machine_idle(min(until_ns, timers_next()));
	net_poll();
}

u32 dev_tx_pending(void)
{
	struct net_device *dev;
	struct net *net;
	u32 n = 0;

	for_each_net(net)
		list_for_each(dev, &net->dev_base, list)
			n += dev->netdev_ops->ndo_tx_pending(dev);
	return n;
}
