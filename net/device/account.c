/* SPDX-License-Identifier: MIT
 * account.c - design rule 2 as numbers: nothing that was accepted for sending is lost in silence.
 * Not here: who counts (struct net_mib, struct net_device_stats, skb_pool.dropped).
 * net_exit.c and /proc/net/muffin ask.
 * Source: design. */
#include "net/device/account.h"
#include "kernel/lib/format.h"
#include "net/device/dev.h"

static void show_devices(const struct net *net)
{
	struct net_device *dev;

	list_for_each(dev, &net->dev_base, list)
		pr_debug("%s: sent %lu frames (%lu bytes), received %lu (%lu)\n", dev->name,
			dev->stats.tx_packets, dev->stats.tx_bytes, dev->stats.rx_packets,
			dev->stats.rx_bytes);
}

struct net_account net_account(void)
{
	struct net_account a = { .accepted = net_gone.accepted, .sent = net_gone.sent };
	struct net_device *dev;
	struct net *net;

	for_each_net(net) {
		a.accepted += net_accepted(net);
		a.parked += net->mib.parked;
		a.queued += net->mib.queued;
		list_for_each(dev, &net->dev_base, list) {
			a.sent += dev->stats.tx_packets;
			a.no_link += dev->stats.tx_carrier_errors;
		}
	}
	for (u32 reason = 0; reason < SKB_DROP_TX_REASONS; reason++)
		a.dropped += skb_pool.dropped[reason];
	return a;
}

void net_stats_show(void)
{
	struct net_account a = net_account();
	char no_link[64] = "";
	struct net *net;

	for_each_net(net)
		show_devices(net);
	if (a.no_link)
		text_format(no_link, sizeof(no_link), " (of these without a link, at most: %lu)",
			a.no_link);
	pr_info("net: accepted %lu = sent %lu%s + parked %lu + queued %lu + dropped %lu\n",
		a.accepted, a.sent, no_link, a.parked, a.queued, a.dropped);
}
