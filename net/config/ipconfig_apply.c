/* SPDX-License-Identifier: MIT
 * ipconfig_apply.c - the network as it was described, brought about: addresses, routes, neighbours.
 * Not here: the words (ipconfig.c), what the settings do (route.c, neighbour.c, fib/file.c).
 * kernel/main.c calls in when the devices are there.
 * Source: Linux's Documentation/admin-guide/nfs/nfsroot (ip=). */
#include "kernel/lib/format.h"
#include "net/config/ipconfig.h"
#include "net/config/ipconfig_words.h"
#include "net/core/nsfs.h"
#include "net/device/dev_config.h"
#include "net/fib/file.h"
#include "net/ipv4/devinet.h"
#include "net/neigh/neighbour.h"

static bool __printf(3, 4) refuse(char *problem, size_t len, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	text_vformat(problem, len, fmt, args);
	va_end(args);
	return false;
}

/* The device named, wherever it is, or net's first one that can reach somebody else. */
static struct net_device *device_for(struct net *net, const char *name)
{
	struct net_device *dev;

	if (name[0])
		return dev_get_anywhere(name);
	list_for_each(dev, &net->dev_base, list)
		if (!(dev->flags & IFF_LOOPBACK))
			return dev;
	return NULL;
}

static bool apply_netns(const struct netns_word *ns, char *problem, size_t len)
{
	struct net *net = nsfs_get(ns->name);

	if (!net || dev_open(net->loopback_dev) < 0)
		return refuse(problem, len, "netns=%s: no memory", ns->name);
	for (u32 i = 0; i < ns->device_n; i++) {
		struct net_device *dev = device_for(net, ns->device[i]);
		int err = dev ? dev_change_net_namespace(dev, net) : -ENODEV;

		if (err || dev_open(dev) < 0)
			return refuse(problem, len, "netns=%s: there is no device '%s'", ns->name,
				ns->device[i]);
		pr_info("%s: in namespace %s\n", dev->name, ns->name);
	}
	return true;
}

static int add_route(struct net *net, struct fib_config *cfg, struct fib_nh *nh)
{
	cfg->protocol = RTPROT_BOOT;
	cfg->nlflags = FIB_CREATE | FIB_APPEND;
	cfg->scope = cfg->nhs == 1 && be32_is_zero(nh[0].gw) ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
	return inet_rtm_newroute(net, cfg, nh);
}

static bool apply_ip(struct net *net, const struct ip_word *ip, char *problem, size_t len)
{
	struct net_device *dev = device_for(net, ip->device);
	u8 prefix_len = ip->prefix_len;
	struct fib_config cfg = { .type = RTN_UNICAST, .nhs = 1 };
	struct fib_nh gateway = { .gw = ip->gateway };

	if (ip->off)
		return true;
	if (!dev)
		return refuse(problem, len, "ip=: there is no device '%s'", ip->device);
	net = dev->net;
	if (!be32_is_zero(dev->ip_addr))
		return refuse(problem, len, "ip=: %s was given an address twice", dev->name);
	if (inet_insert_ifa(dev, ip->client, prefix_len) < 0)
		return refuse(problem, len, "ip=: no memory for %pI4's routes", &ip->client);
	pr_info("%s: address %pI4/%u\n", dev->name, &ip->client, prefix_len);
	if (be32_is_zero(ip->gateway))
		return true;
	if (add_route(net, &cfg, &gateway) < 0)
		return refuse(problem, len, "ip=: the gateway %pI4 is not inside %pI4/%u",
			&ip->gateway, &ip->client, prefix_len);
	pr_info("%s: default route via %pI4\n", dev->name, &ip->gateway);
	return true;
}

/* Every hop's device, by name; all are in one namespace, which *net becomes. */
static bool find_hops(
	struct net **net, struct route_word *r, struct fib_nh *nh, char *problem, size_t len)
{
	for (u32 i = 0; i < r->cfg.nhs; i++) {
		const char *name = r->hop[i].device;
		struct net_device *dev = name[0] ? device_for(*net, name) : NULL;

		nh[i] = r->hop[i].nh;
		if (!name[0])
			continue;
		if (!dev || (i > 0 && dev->net != *net))
			return refuse(problem, len, "route=: there is no device '%s'%s", name,
				dev ? " in the namespace of the others" : "");
		nh[i].oif = dev->ifindex;
		*net = dev->net;
	}
	return true;
}

static void explain(
	const struct route_word *r, const struct fib_nh *nh, int err, char *problem, size_t len)
{
	u32 i = 0;

	while (i + 1 < r->cfg.nhs && nh[i].dev)
		i++;
	if (err == -ENETUNREACH)
		text_format(problem, len, "route=: via %pI4 is on no device's link", &nh[i].gw);
	else
		text_format(problem, len, "route=: %pI4/%u: %s", &r->cfg.dst, r->cfg.dst_len,
			err == -EEXIST   ? "there already"
			: err == -EINVAL ? "src= is not an address of this host"
					 : "no memory");
}

static bool apply_route(struct net *net, struct route_word *r, char *problem, size_t len)
{
	struct fib_nh nh[ROUTE_HOPS_MAX];
	int err;

	if (!find_hops(&net, r, nh, problem, len))
		return false;
	err = add_route(net, &r->cfg, nh);
	if (err)
		explain(r, nh, err, problem, len);
	else
		pr_info("route: %s %pI4/%u\n", fib_type_names[r->cfg.type], &r->cfg.dst,
			r->cfg.dst_len);
	return err == 0;
}

static bool apply_neigh(struct net *net, const struct neigh_word *n, char *problem, size_t len)
{
	struct net_device *dev = device_for(net, n->device);

	if (!dev)
		return refuse(problem, len, "neigh=: there is no device '%s'", n->device);
	if (neigh_set_permanent(dev->net->arp_tbl, dev, n->addr, n->mac) < 0)
		return refuse(problem, len, "neigh=: the table is full");
	pr_info("neigh: %pI4 is at %pM on %s\n", &n->addr, n->mac, dev->name);
	return true;
}

static bool apply_qdisc(struct net *net, const struct qdisc_word *q, char *problem, size_t len)
{
	struct net_device *dev = device_for(net, q->device);

	if (!dev)
		return refuse(problem, len, "qdisc=: there is no device '%s'", q->device);
	if (dev_set_qdisc(dev, &q->spec) < 0)
		return refuse(problem, len, "qdisc=: no memory");
	qdisc_show(dev, &q->spec);
	return true;
}

bool ipconfig_apply(struct net *net, char *problem, size_t len)
{
	ipconfig_hosts_show();
	if (ipconfig_words.ip_n == 0)
		pr_notice("no ip= on the command line: no card has an address\n");
	for (u32 i = 0; i < ipconfig_words.netns_n; i++)
		if (!apply_netns(&ipconfig_words.netns[i], problem, len))
			return false;
	for (u32 i = 0; i < ipconfig_words.ip_n; i++)
		if (!apply_ip(net, &ipconfig_words.ips[i], problem, len))
			return false;
	for (u32 i = 0; i < ipconfig_words.route_n; i++)
		if (!apply_route(net, &ipconfig_words.routes[i], problem, len))
			return false;
	for (u32 i = 0; i < ipconfig_words.neigh_n; i++)
		if (!apply_neigh(net, &ipconfig_words.neighs[i], problem, len))
			return false;
	for (u32 i = 0; i < ipconfig_words.qdisc_n; i++)
		if (!apply_qdisc(net, &ipconfig_words.qdiscs[i], problem, len))
			return false;
	return true;
}

/* ---- the routes file --------------------------------------------------------------------- */

static struct net_device *device_named(void *arg, struct text name, int *oif)
{
	struct net_device *dev = dev_get_by_name(arg, name.at, name.len);

	if (dev)
		*oif = dev->ifindex;
	return dev;
}

bool ipconfig_load_routes(struct net *net, struct text file, char *problem, size_t len)
{
	struct fib_file_error error;
	u64 start = clock_ns();
	ssize n = fib_file_load(net->fib, file, device_named, net, &error);

	if (n < 0)
		return refuse(problem, len, "line %u: '%.*s': expected %s", error.line,
			(int)error.word.len, error.word.at, error.expected);
	net_changed(net);
	pr_info("routes: %ld from the initrd, in %lu ms\n", n,
		(clock_ns() - start) / NSEC_PER_MSEC);
	return true;
}
