/* SPDX-License-Identifier: MIT
 * net_init.c - the stack is put together here: protocols are wired, namespaces made.
 * Not here: anything that happens to a packet.
 * main.c (and the host tests) call net_init once.
 * Behaves as Linux's inet_init. */
#include "net/net_init.h"
#include "net/core/part.h"
#include "net/core/rtmsg.h"
#include "net/device/dev_config.h"
#include "net/device/loopback.h"
#include "net/flow/flow_cache.h"
#include "net/ipv4/devinet.h"
#include "net/ipv4/fib_frontend.h"
#include "net/ipv4/icmp.h"
#include "net/ipv4/ip.h"
#include "net/ipv4/rx_flow.h"
#include "net/neigh/arp.h"
#include "net/neigh/neigh_impl.h"
#include "net/udp/af_inet.h"
#include "net/udp/udp.h"

/* The only place that knows who sits above whom. */
static struct packet_type packet_types[] = {
	{ ETH_P_IP, ip_rcv, NULL },
	{ ETH_P_ARP, arp_rcv, NULL },
};

static struct net_protocol inet_protocols[] = {
	{ .protocol = IPPROTO_ICMP, .handler = icmp_rcv },
	{ .protocol = IPPROTO_UDP, .handler = udp_rcv, .err_handler = udp_err },
};

/* Pools follow the machine's memory: a machine of 4 MiB gets 128 packets, one of 32 MiB the most. */
#define SKB_MIN       128
#define SKB_MAX       1280 /* of which a card's ring may keep 256 */
#define SKB_PER_MEM   (32u << 10)
#define NEIGH_MIN     64
#define NEIGH_MAX     1024
#define NEIGH_PER_MEM (64u << 10)
#define FLOWS_MIN     64
#define FLOWS_MAX     1024
#define FLOWS_PER_MEM (64u << 10)

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

/* What a namespace consists of, lowest first: this, the parts, and devices, which leave it before anything else is
 * unmade. */
static const struct pernet_operations tables[] = {
	{ fib_net_init, fib_net_exit },
	{ arp_net_init, arp_net_exit },
	{ udp_init, udp_exit },
};

static const struct pernet_operations devices[] = {
	{ loopback_init, loopback_exit },
};

static void register_pernet(const struct pernet_operations *ops, size_t n)
{
	for (size_t i = 0; i < n; i++)
		register_pernet_subsys(&ops[i]);
}

/* Who has to know what happens to a device: the road in this order, then the parts. */
static void netdev_event(struct net_device *dev, enum netdev_event event)
{
	rtmsg_ifinfo(event == NETDEV_UNREGISTER ? RTM_DELLINK : RTM_NEWLINK, dev);
	inetdev_event(dev, event);
	fib_netdev_event(dev, event);
	if (event == NETDEV_DOWN || event == NETDEV_UNREGISTER)
		neigh_ifdown(dev->net->arp_tbl, dev);
	else
		arp_announce(dev);
	for_each_part(p)
		if (p->netdev_event)
			p->netdev_event(dev, event);
}

static void init_parts(void)
{
	for_each_part(p) {
		if (p->init)
			p->init();
		register_pernet_subsys(&p->pernet);
	}
}

int net_init(void)
{
	int err = skb_pool_init(scaled(SKB_PER_MEM, SKB_MIN, SKB_MAX));

	if (!err)
		err = flow_init(scaled(FLOWS_PER_MEM, FLOWS_MIN, FLOWS_MAX));
	if (err)
		return err;
	dev_set_notifier(netdev_event);
	dev_set_protocols(packet_types, ARRAY_SIZE(packet_types));
	for (size_t i = 0; i < ARRAY_SIZE(inet_protocols); i++)
		inet_add_protocol(&inet_protocols[i]);
	af_inet_init();
	register_pernet(tables, ARRAY_SIZE(tables));
	init_parts();
	packet_types[0].early = rx_flow_ops ? rx_flow_ops->receive : NULL;
	register_pernet(devices, ARRAY_SIZE(devices));
	return setup_net(&init_net) ?: dev_open(init_net.loopback_dev);
}
