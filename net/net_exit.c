/* SPDX-License-Identifier: MIT
 * net_exit.c - the program has ended: what was accepted for sending leaves, or is dropped and counted.
 * Not here: the numbers (net/device/account.c).
 * main.c calls net_drain once.
 * Source: design: nothing is lost in silence. */
#include "net/net_init.h"
#include "net/device/account.h"
#include "net/device/dev.h"
#include "net/neigh/neigh_impl.h"

static void show_drops(void)
{
	for (u32 reason = 0; reason < SKB_DROP_TX_REASONS; reason++) {
		if (skb_pool.dropped[reason] == 0)
			continue;
		pr_warn("dropped %lu on the way out: %s\n", skb_pool.dropped[reason],
			skb_drop_name(reason));
	}
}

/* As long as something leaves or is given up this often, power-off waits: ARP's three tries are the
 * longest; no rate is so low that a packet of its queue takes more than a second. In all it waits as long as
 * a sender would for room. */
#define DRAIN_NS     (5 * NSEC_PER_SEC)
#define DRAIN_MAX_NS (15 * NSEC_PER_SEC)

static u64 waiting(void)
{
	struct net_account a = net_account();

	return a.waiting + a.queued + dev_tx_pending();
}

static void drop_queued(void *arg, struct neighbour *n)
{
	neigh_purge(n, SKB_DROP_POWER_OFF);
}

/* All that waits, but for what is on a ring. */
static void drop_waiting(void)
{
	struct net_device *dev;
	struct net *net;

	for_each_net(net) {
		neigh_for_each(net->arp_tbl, drop_queued, NULL);
		list_for_each(dev, &net->dev_base, list) {
			dev_drop_waiting(dev, SKB_DROP_POWER_OFF);
			if (dev->netdev_ops->ndo_stop)
				dev->netdev_ops->ndo_stop(dev);
		}
	}
}

u64 net_drain(void)
{
	u64 start = clock_ns(), deadline = 0, least = UINT64_MAX, left;

	for (;; net_wait(start, deadline)) {
		left = waiting();
		if (left < least) {
			least = left;
			deadline = min(clock_ns() + DRAIN_NS, start + DRAIN_MAX_NS);
		}
		if (left == 0 || clock_ns() >= deadline)
			break;
	}
	drop_waiting();
	left = waiting();
	if (left)
		pr_warn("%lu packets never left the ring\n", left);
	show_drops();
	return skb_pool.lost + left + net_account().no_link;
}
