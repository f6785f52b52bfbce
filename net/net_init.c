/* SPDX-License-Identifier: MIT
 * net_init.c - the stack is put together here: protocols are wired, namespaces made.
 * Not here: anything that happens to a packet.
 * main.c (and the host tests) call net_init once.
 * Source: Linux's inet_init. */
#include "net/net_init.h"
#include "net/af_inet.h"
#include "net/af_packet.h"
#include "net/arp.h"
#include "net/fib.h"
#include "net/icmp.h"
#include "net/ip.h"
#include "net/loopback.h"
#include "net/netfilter.h"
#include "net/netlink/nfnetlink_queue.h"
#include "net/nf_rules_text.h"
#include "net/proc.h"
#include "net/udp.h"
#include "net/wire/ip.h"

/* The only place that knows who sits above whom. */
static const struct packet_type packet_types[] = {
	{ ETH_P_IP, ip_rcv },
	{ ETH_P_ARP, arp_rcv },
};

static const struct net_protocol inet_protocols[] = {
	{ .protocol = IPPROTO_ICMP, .handler = icmp_rcv },
	{ .protocol = IPPROTO_UDP, .handler = udp_rcv, .err_handler = udp_err },
};

static const struct netlink_family *const netlink_families[] = {
	&nfnetlink_family,
};

struct net init_net;

/* Pools follow the machine's memory: a machine of 4 MiB gets 128 packets, one of 32 MiB the most. */
#define SKB_MIN         128
#define SKB_MAX         1024
#define SKB_PER_MEM     (32u << 10)
#define NEIGH_MIN       64
#define NEIGH_MAX       1024
#define NEIGH_PER_MEM   (64u << 10)
#define LOOPBACK_PREFIX 8

static u32 scaled(u64 per, u32 low, u32 high)
{
	return (u32)min(max(mem_total() / per, (u64)low), (u64)high);
}

int setup_net(struct net *net)
{
	struct net_device *lo;

	list_init(&net->dev_base);
	net->genid = 1; /* a cache of zeros is never current */
	pmtu_init(net);
	net->fib = fib_table_new();
	net->arp_tbl = neigh_table_new(scaled(NEIGH_PER_MEM, NEIGH_MIN, NEIGH_MAX));
	if (!net->fib || !net->arp_tbl || nf_init(net) < 0 || udp_init(net) < 0)
		return -ENOMEM;
	lo = loopback_register(net);
	if (!lo)
		return -ENOMEM;
	return ip_addr_assign(lo, cpu_to_be32(INADDR_LOOPBACK), LOOPBACK_PREFIX);
}

int net_init(void)
{
	int err = skb_pool_init(scaled(SKB_PER_MEM, SKB_MIN, SKB_MAX));

	if (err)
		return err;
	dev_set_link_up(arp_announce);
	dev_set_protocols(packet_types, ARRAY_SIZE(packet_types));
	ip_set_protocols(inet_protocols, ARRAY_SIZE(inet_protocols));
	arp_init();
	af_inet_init();
	af_packet_init();
	netlink_init();
	for (size_t i = 0; i < ARRAY_SIZE(netlink_families); i++)
		BUG_ON(netlink_kernel_create(netlink_families[i]) != 0);
	nf_rules_file_init();
	net_proc_init();
	return setup_net(&init_net);
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

/* Parked packets need ARP's three tries, the ring a moment. */
#define DRAIN_PARKED_NS (5 * NSEC_PER_SEC)
#define DRAIN_RING_NS   (2 * NSEC_PER_SEC)

static void drain_parked(struct net *net)
{
	u64 start = clock_ns(), deadline = start + DRAIN_PARKED_NS;

	while (neigh_parked(net->arp_tbl) > 0 && clock_ns() < deadline)
		net_wait(start, deadline);
}

u64 net_drain(struct net *net)
{
	u32 left;

	drain_parked(net);
	left = dev_drain(net, clock_ns() + DRAIN_RING_NS);
	if (left)
		pr_warn("%u frames never left the transmit ring\n", left);
	show_drops();
	return skb_pool.lost + neigh_parked(net->arp_tbl) + left;
}

void net_stats_show(struct net *net)
{
	struct net_device *dev;
	u64 tx = 0, dropped = 0;

	list_for_each(dev, &net->dev_base, list) {
		tx += dev->stats.tx_packets;
		pr_debug("%s: sent %lu frames (%lu bytes), received %lu (%lu)\n", dev->name,
			dev->stats.tx_packets, dev->stats.tx_bytes, dev->stats.rx_packets,
			dev->stats.rx_bytes);
	}
	for (u32 reason = 0; reason < SKB_DROP_TX_REASONS; reason++)
		dropped += skb_pool.dropped[reason];
	pr_info("net: accepted %lu = sent %lu + parked %lu + queued %lu + dropped %lu\n",
		net_accepted(net), tx, net->mib.parked, net->mib.queued, dropped);
}
