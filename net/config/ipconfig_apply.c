/* SPDX-License-Identifier: MIT
 * ipconfig_apply.c - the network as it was described, brought about: addresses, routes, neighbours.
 * Not here: the words (ipconfig.c), what the settings do (route.c, neigh_state.c, routes_file.c).
 * kernel/main.c calls in when the devices are there.
 * Source: Linux's Documentation/admin-guide/nfs/nfsroot (ip=). */
#include "kernel/lib/format.h"
#include "net/config/ipconfig.h"
#include "net/config/ipconfig_words.h"
#include "net/core/part.h"
#include "net/device/dev_config.h"
#include "net/ipv4/devinet.h"
#include "net/neigh/neighbour.h"

bool ipconfig_refuse(char *problem, size_t len, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	text_vformat(problem, len, fmt, args);
	va_end(args);
	return false;
}

struct net_device *ipconfig_device(struct net *net, const char *name)
{
	struct net_device *dev;

	if (name[0])
		return dev_get_anywhere(name);
	list_for_each(dev, &net->dev_base, list)
		if (!(dev->flags & IFF_LOOPBACK))
			return dev;
	return NULL;
}

int ipconfig_add_route(struct net *net, struct fib_config *cfg, struct fib_nh *nh)
{
	cfg->protocol = RTPROT_BOOT;
	cfg->nlflags = FIB_CREATE | FIB_APPEND;
	cfg->scope = cfg->nhs == 1 && be32_is_zero(nh[0].gw) ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
	return inet_rtm_newroute(net, cfg, nh);
}

static bool apply_ip(struct net *net, const struct ip_word *ip, char *problem, size_t len)
{
	struct net_device *dev = ipconfig_device(net, ip->device);
	u8 prefix_len = ip->prefix_len;
	struct fib_config cfg = { .type = RTN_UNICAST, .nhs = 1 };
	struct fib_nh gateway = { .gw = ip->gateway };

	if (ip->off)
		return true;
	if (!dev)
		return ipconfig_refuse(problem, len, "ip=: there is no device '%s'", ip->device);
	net = dev->net;
	if (!be32_is_zero(dev->ip_addr))
		return ipconfig_refuse(
			problem, len, "ip=: %s was given an address twice", dev->name);
	if (inet_insert_ifa(dev, ip->client, prefix_len) < 0)
		return ipconfig_refuse(
			problem, len, "ip=: no memory for %pI4's routes", &ip->client);
	pr_info("%s: address %pI4/%u\n", dev->name, &ip->client, prefix_len);
	if (be32_is_zero(ip->gateway))
		return true;
	if (ipconfig_add_route(net, &cfg, &gateway) < 0)
		return ipconfig_refuse(problem, len, "ip=: the gateway %pI4 is not inside %pI4/%u",
			&ip->gateway, &ip->client, prefix_len);
	pr_info("%s: default route via %pI4\n", dev->name, &ip->gateway);
	return true;
}

static bool apply_neigh(struct net *net, const struct neigh_word *n, char *problem, size_t len)
{
	struct net_device *dev = ipconfig_device(net, n->device);

	if (!dev)
		return ipconfig_refuse(problem, len, "neigh=: there is no device '%s'", n->device);
	if (neigh_set_permanent(dev->net->arp_tbl, dev, n->addr, n->mac) < 0)
		return ipconfig_refuse(problem, len, "neigh=: the table is full");
	pr_info("neigh: %pI4 is at %pM on %s\n", &n->addr, n->mac, dev->name);
	return true;
}

bool ipconfig_apply(struct net *net, char *problem, size_t len)
{
	ipconfig_hosts_show();
	if (ipconfig_words.ip_n == 0)
		pr_notice("no ip= on the command line: no card has an address\n");
	for_each_part(p)
		if (p->prepare && !p->prepare(net, problem, len))
			return false;
	for (u32 i = 0; i < ipconfig_words.ip_n; i++)
		if (!apply_ip(net, &ipconfig_words.ips[i], problem, len))
			return false;
	for_each_part(p)
		if (p->apply && !p->apply(net, problem, len))
			return false;
	for (u32 i = 0; i < ipconfig_words.neigh_n; i++)
		if (!apply_neigh(net, &ipconfig_words.neighs[i], problem, len))
			return false;
	return true;
}
