/* SPDX-License-Identifier: MIT
 * ipconfig_netns.c - the word netns=: namespaces with names, and the devices that go there.
 * Not here: what a namespace is (net/core/net_namespace.c), its file (net/core/nsfs.c).
 * kernel/cmdline.c calls the parser, ipconfig_apply.c what it applies.
 * Source: ip-netns(8) for the names. */
#include "kernel/lib/string.h"
#include "net/config/ipconfig.h"
#include "net/config/ipconfig_words.h"
#include "net/core/nsfs.h"
#include "net/core/part.h"
#include "net/device/dev_config.h"

/* It is the name of a file in /run/netns. */
static bool parse_netns_name(struct text t, char *name, struct parse_error *error)
{
	if (t.len == 0 || text_eq(t, ".") || text_eq(t, "..") || memchr(t.at, '/', t.len))
		return parse_fail(error, t, "name", "a name that a file in /run/netns can have");
	return ipconfig_name(t, name, NAME_MAX, "name", error);
}

bool ipconfig_parse_netns(struct text value, struct parse_error *error)
{
	struct text whole = value, name = text_cut(&value, ':');
	struct netns_word *ns;

	if (ipconfig_words.netns_n == WORDS_MAX)
		return parse_fail(error, whole, "netns=", "at most 16 of them");
	ns = &ipconfig_words.netns[ipconfig_words.netns_n];
	*ns = (struct netns_word){ .device_n = 0 };
	if (!parse_netns_name(name, ns->name, error))
		return false;
	do {
		struct text dev = text_cut(&value, ',');

		if (dev.len == 0 || ns->device_n == NETNS_DEVICES_MAX)
			return parse_fail(error, dev, "device",
				dev.len ? "at most 8 of them" : "<name>:<device>[,<device>]...");
		if (!ipconfig_name(dev, ns->device[ns->device_n++], IFNAMSIZ, "device", error))
			return false;
	} while (ipconfig_follows(value));
	ipconfig_words.netns_n++;
	return true;
}

static bool apply_netns(const struct netns_word *ns, char *problem, size_t len)
{
	struct net *net = nsfs_get(ns->name);

	if (!net || dev_open(net->loopback_dev) < 0)
		return ipconfig_refuse(problem, len, "netns=%s: no memory", ns->name);
	for (u32 i = 0; i < ns->device_n; i++) {
		struct net_device *dev = ipconfig_device(net, ns->device[i]);
		int err = dev ? dev_change_net_namespace(dev, net) : -ENODEV;

		if (err || dev_open(dev) < 0)
			return ipconfig_refuse(problem, len, "netns=%s: there is no device '%s'",
				ns->name, ns->device[i]);
		pr_info("%s: in namespace %s\n", dev->name, ns->name);
	}
	return true;
}

static bool prepare(struct net *net, char *problem, size_t len)
{
	for (u32 i = 0; i < ipconfig_words.netns_n; i++)
		if (!apply_netns(&ipconfig_words.netns[i], problem, len))
			return false;
	return true;
}

static const struct boot_word words[] = { { "netns=", ipconfig_parse_netns }, { .key = NULL } };

PART(netns) = { .name = "namespaces", .words = words, .prepare = prepare };
