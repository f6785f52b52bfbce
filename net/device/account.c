/* SPDX-License-Identifier: MIT
 * account.c - the account: nothing that was accepted for sending is lost in silence.
 * Not here: the counting (struct net_mib, struct net_device_stats, skb_pool.dropped).
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
	struct net_account a = net_gone;
	struct net_device *dev;
	struct net *net;

	for_each_net(net) {
		net_add_accepted(&a, net);
		a.waiting += net->mib.waiting;
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

static const char *plural(u64 n)
{
	return n == 1 ? "" : "s";
}

void net_stats_show(void)
{
	struct net_account a = net_account();
	char no_link[64] = "", frames[32] = "";
	struct net *net;

	for_each_net(net)
		show_devices(net);
	if (a.no_link)
		text_format(no_link, sizeof(no_link), " (of these without a link, at most: %lu)",
			a.no_link);
	if (a.frames)
		text_format(frames, sizeof(frames), ", %lu by packet sockets", a.frames);
	pr_info("net: accepted %lu packet%s (%lu datagram%s, %lu ARP%s) = "
		"sent %lu%s + waiting for ARP %lu + queued %lu + dropped %lu\n",
		a.accepted, plural(a.accepted), a.datagrams, plural(a.datagrams), a.arp, frames,
		a.sent, no_link, a.waiting, a.queued, a.dropped);
}
