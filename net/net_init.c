/* SPDX-License-Identifier: MIT
 * net_init.c - the stack is put together here: protocols are wired, namespaces made.
 * Not here: anything that happens to a packet.
 * main.c (and the host tests) call net_init once.
 * Source: Linux's inet_init. */
#include "net/net_init.h"
#include "kernel/lib/format.h"
#include "net/config/nf_rules_text.h"
#include "net/config/proc.h"
#include "net/core/nsfs.h"
#include "net/device/dev_config.h"
#include "net/device/loopback.h"
#include "net/device/sk_pacing.h"
#include "net/ipv4/devinet.h"
#include "net/ipv4/fib_frontend.h"
#include "net/ipv4/icmp.h"
#include "net/ipv4/igmp.h"
#include "net/ipv4/ip.h"
#include "net/neigh/arp.h"
#include "net/neigh/neigh_impl.h"
#include "net/netfilter/netfilter.h"
#include "net/netfilter/nf_rules.h"
#include "net/netlink/nfnetlink_queue.h"
#include "net/netlink/rtnetlink.h"
#include "net/packet/af_packet.h"
#include "net/udp/af_inet.h"
#include "net/udp/udp.h"

/* The only place that knows who sits above whom. */
static const struct packet_type packet_types[] = {
	{ ETH_P_IP, ip_rcv },
	{ ETH_P_ARP, arp_rcv },
};

static const struct net_protocol inet_protocols[] = {
	{ .protocol = IPPROTO_ICMP, .handler = icmp_rcv },
	{ .protocol = IPPROTO_IGMP, .handler = igmp_rcv },
	{ .protocol = IPPROTO_UDP, .handler = udp_rcv, .err_handler = udp_err },
};

/* Pools follow the machine's memory: a machine of 4 MiB gets 128 packets, one of 32 MiB the most. */
#define SKB_MIN       128
#define SKB_MAX       1280 /* of which a card's ring may keep 256 */
#define SKB_PER_MEM   (32u << 10)
#define NEIGH_MIN     64
#define NEIGH_MAX     1024
#define NEIGH_PER_MEM (64u << 10)

static u32 scaled(u64 per, u32 low, u32 high)
{
	return (u32)min(max(mem_total() / per, (u64)low), (u64)high);
}

static int arp_net_init(struct net *net)
{
	net->arp_tbl = neigh_table_new(scaled(NEIGH_PER_MEM, NEIGH_MIN, NEIGH_MAX));
	return net->arp_tbl ? 0 : -ENOMEM;
}

static void arp_net_exit(struct net *net)
{
	neigh_table_free(net->arp_tbl);
}

static void nothing_to_exit(struct net *net)
{
}

static int nothing_to_init(struct net *net)
{
	return 0;
}

/* What a namespace consists of, lowest first. Devices leave it before anything else is unmade. */
static const struct pernet_operations pernet[] = {
	{ fib_net_init, fib_net_exit },
	{ arp_net_init, arp_net_exit },
	{ nf_init, nf_exit },
	{ nothing_to_init, nf_rules_exit },
	{ igmp_net_init, nothing_to_exit },
	{ udp_init, udp_exit },
	{ loopback_init, loopback_exit },
	{ nothing_to_init, default_device_exit },
};

/* Who has to know what happens to a device, in this order. */
static void netdev_event(struct net_device *dev, enum netdev_event event)
{
	rtmsg_ifinfo(event == NETDEV_UNREGISTER ? RTM_DELLINK : RTM_NEWLINK, dev);
	inetdev_event(dev, event);
	fib_netdev_event(dev, event);
	packet_netdev_event(dev, event);
	if (event == NETDEV_DOWN || event == NETDEV_UNREGISTER) {
		neigh_ifdown(dev->net->arp_tbl, dev);
		nf_ifdown(dev);
	} else {
		arp_announce(dev);
	}
	igmp_netdev_event(dev, event);
}

int net_init(void)
{
	int err = skb_pool_init(scaled(SKB_PER_MEM, SKB_MIN, SKB_MAX));

	if (err)
		return err;
	net_set_pernet(pernet, ARRAY_SIZE(pernet));
	dev_set_notifier(netdev_event);
	dev_set_protocols(packet_types, ARRAY_SIZE(packet_types));
	ip_set_protocols(inet_protocols, ARRAY_SIZE(inet_protocols));
	sk_pacing_set = sk_set_pacing_rate;
	af_inet_init();
	af_packet_init();
	netlink_init();
	rtnetlink_init();
	nfnetlink_queue_init();
	nf_rules_file_init();
	net_proc_init();
	nsfs_init();
	return setup_net(&init_net) ?: dev_open(init_net.loopback_dev);
}

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

	return a.parked + a.queued + dev_tx_pending();
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
