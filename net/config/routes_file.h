/* SPDX-License-Identifier: MIT
 * routes_file.h - routes from a text: one `prefix nexthop dev [metric]` a line.
 * Not here: where the text comes from (the initrd), which devices there are (the caller knows).
 * Boot configuration calls in; it calls net/fib and kernel/lib/parse.c.
 * Source: this file; addresses and prefixes as in kernel/lib/parse.h. */
#pragma once

#include "kernel/lib/parse.h"
#include "net/fib/fib.h"

/*  # comments and empty lines are skipped
 *  default        10.0.2.2  eth0          through a gateway
 *  192.0.2.0/24   link      eth1          on the link itself
 *  198.51.100.0/24  10.0.2.3  eth0  20    with a metric: the smallest is used
 *  203.0.113.0/24 blackhole               also unreachable, prohibit, throw: no device */

/* What is wrong, in words that stand in front of the user. */
struct fib_file_error {
	u32 line;             /* from 1 */
	struct text word;     /* the culprit; points into the text, empty at the line's end */
	const char *expected; /* what should have stood there, or why it was refused */
};

/* fib_file_load - insert every route of a text; the first mistake ends it.
 * tb       gets the routes as main, unicast (or their own type), protocol boot
 * text     bytes, no closing zero needed
 * dev_of   the device of a name and its index, or NULL; called when the name changes
 * err      filled on failure
 * Returns  routes added, or -EINVAL for a mistake in the text; else what fib_table_insert said.
 *          Routes of earlier lines stay */
ssize fib_file_load(struct fib_table *tb, struct text text,
	struct net_device *(*dev_of)(void *arg, struct text name, int *oif), void *arg,
	struct fib_file_error *err) __must_check;
