/* SPDX-License-Identifier: MIT
 * routes_file.c - /etc/routes of the initrd: as many routes as a routing table has.
 * Not here: the file's lines and the bulk load (net/fib/file.c).
 * kernel/main.c finds the file and calls in.
 * Source: docs/routes.md. */
#include "net/config/ipconfig.h"
#include "net/config/ipconfig_words.h"
#include "net/core/part.h"
#include "net/fib/file.h"

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
		return ipconfig_refuse(problem, len, "line %u: '%.*s': expected %s", error.line,
			(int)error.word.len, error.word.at, error.expected);
	net_changed(net);
	pr_info("routes: %ld from the initrd, in %lu ms\n", n,
		(clock_ns() - start) / NSEC_PER_MSEC);
	return true;
}

PART(routesfile) = { .name = "routesfile", .load_routes = ipconfig_load_routes };
