/* SPDX-License-Identifier: MIT
 * ipconfig_apply.c - the network as it was described, brought about: addresses, routes, neighbours.
 * Not here: the words (ipconfig.c), what the settings do (route.c, neighbour.c, fib/file.c).
 * kernel/main.c calls in when the devices are there.
 * Source: Linux's Documentation/admin-guide/nfs/nfsroot (ip=). */
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "net/fib/file.h"
#include "net/ipconfig.h"
#include "net/ipconfig_words.h"
#include "net/neighbour.h"

/* The device named, or the first one that can reach somebody else. */
static struct net_device *device_for(struct net *net, const char *name)
{
	struct net_device *dev;

	if (name[0])
		return dev_get_by_name(net, name, strlen(name));
	list_for_each(dev, &net->dev_base, list)
		if (!(dev->flags & IFF_LOOPBACK))
			return dev;
	return NULL;
}

static bool apply_ip(struct net *net, const struct ip_word *ip, char *problem, size_t len)
{
	struct net_device *dev = device_for(net, ip->device);
	u8 prefix_len = ip->prefix_len;
	struct route_spec gateway = { .via = ip->gateway, .type = RTN_UNICAST };

	if (ip->off)
		return true;
	if (!dev) {
		text_format(problem, len, "ip=: there is no device '%s'", ip->device);
		return false;
	}
	if (!be32_is_zero(dev->ip_addr)) {
		text_format(problem, len, "ip=: %s was given an address twice", dev->name);
		return false;
	}
	if (ip_addr_assign(dev, ip->client, prefix_len) < 0) {
		text_format(problem, len, "ip=: no memory for %pI4's routes", &ip->client);
		return false;
	}
	pr_info("%s: address %pI4/%u\n", dev->name, &ip->client, prefix_len);
	if (be32_is_zero(ip->gateway))
		return true;
	if (ip_route_add(net, &gateway) < 0) {
		text_format(problem, len, "ip=: the gateway %pI4 is not inside %pI4/%u",
			&ip->gateway, &ip->client, prefix_len);
		return false;
	}
	pr_info("%s: default route via %pI4\n", dev->name, &ip->gateway);
	return true;
}

static bool apply_route(struct net *net, struct route_word *r, char *problem, size_t len)
{
	int err;

	if (r->device[0]) {
		r->spec.dev = device_for(net, r->device);
		if (!r->spec.dev) {
			text_format(problem, len, "route=: there is no device '%s'", r->device);
			return false;
		}
	}
	err = ip_route_add(net, &r->spec);
	if (err == 0) {
		pr_info("route: %pI4/%u\n", &r->spec.dst, r->spec.dst_len);
		return true;
	}
	if (err == -ENETUNREACH)
		text_format(problem, len, "route=: via %pI4 is on no device's link", &r->spec.via);
	else
		text_format(problem, len, "route=: %pI4/%u: %s", &r->spec.dst, r->spec.dst_len,
			err == -EEXIST ? "there already" : "no memory");
	return false;
}

static bool apply_neigh(struct net *net, const struct neigh_word *n, char *problem, size_t len)
{
	struct net_device *dev = device_for(net, n->device);

	if (!dev) {
		text_format(problem, len, "neigh=: there is no device '%s'", n->device);
		return false;
	}
	if (neigh_set_permanent(net->arp_tbl, dev, n->addr, n->mac) < 0) {
		text_format(problem, len, "neigh=: the table is full");
		return false;
	}
	pr_info("neigh: %pI4 is at %pM on %s\n", &n->addr, n->mac, dev->name);
	return true;
}

bool ipconfig_apply(struct net *net, char *problem, size_t len)
{
	ipconfig_hosts_show();
	for (u32 i = 0; i < ipconfig_words.ip_n; i++)
		if (!apply_ip(net, &ipconfig_words.ips[i], problem, len))
			return false;
	for (u32 i = 0; i < ipconfig_words.route_n; i++)
		if (!apply_route(net, &ipconfig_words.routes[i], problem, len))
			return false;
	for (u32 i = 0; i < ipconfig_words.neigh_n; i++)
		if (!apply_neigh(net, &ipconfig_words.neighs[i], problem, len))
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

	if (n < 0) {
		text_format(problem, len, "line %u: '%.*s': expected %s", error.line,
			(int)error.word.len, error.word.at, error.expected);
		return false;
	}
	net_changed(net);
	pr_info("routes: %ld from the initrd, in %lu ms\n", n,
		(clock_ns() - start) / NSEC_PER_MSEC);
	return true;
}
