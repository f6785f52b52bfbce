/* SPDX-License-Identifier: MIT
 * ipconfig_netns.c - the word netns=: namespaces with names, and the devices that go there.
 * Not here: what a namespace is (net/core/net_namespace.c), its file (net/config/nsfs.c).
 * kernel/cmdline.c calls the parser, ipconfig_apply.c what it applies.
 * Source: ip-netns(8) for the names. */
#include "kernel/lib/string.h"
#include "net/config/ipconfig.h"
#include "net/config/ipconfig_words.h"
#include "net/core/net_namespace.h"
#include "net/core/part.h"
#include "net/device/dev_config.h"

/* It is the name of a file in /run/netns. */
static bool read_netns_name(struct text t, const struct field *f, void *at)
{
	return !text_eq(t, ".") && !text_eq(t, "..") && !memchr(t.at, '/', t.len) &&
	       field_name(t, f, at);
}

static const struct field netns_name = { "name", read_netns_name, FIELD(struct netns_word, name),
	.expected = "a name that a file in /run/netns can have, of at most 63 characters" };

static const struct field netns_device = { "device", field_name, .size = IFNAMSIZ,
	.expected = "<name>:<device>[,<device>]..., names of at most 15 printable characters" };

bool ipconfig_parse_netns(struct text value, struct parse_error *error)
{
	struct netns_word *ns = &ipconfig_words.netns[ipconfig_words.netns_n];

	if (!ipconfig_room(ipconfig_words.netns_n, value, "netns=", error))
		return false;
	ns->device_n = 0;
	if (!parse_field(text_cut(&value, ':'), &netns_name, ns, error))
		return false;
	do {
		struct text dev = text_cut(&value, ',');

		if (ns->device_n == NETNS_DEVICES_MAX)
			return parse_fail(error, dev, "device", "at most 8 of them");
		if (!parse_field(dev, &netns_device, ns->device[ns->device_n++], error))
			return false;
	} while (text_follows(value));
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

PART(netns) = { .name = "namespaces",
	.words = BOOT_WORDS({ "netns=", .take = ipconfig_parse_netns }),
	.prepare = prepare };
