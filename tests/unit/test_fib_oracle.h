/* SPDX-License-Identifier: MIT
 * test_fib_oracle.h - the routing table as a list that is searched from end to end.
 * Not here: speed, or a line of code in common with net/.
 * Used by test_fib_*.c and fuzz_fib.c.
 * Source: RFC 1812 5.2.4.3. Behaves as Linux's order of routes and its errno. */
#pragma once

#include "net/fib/fib.h"

extern struct fib_table *tb; /* the table of a test */

/* fib_setup - a table of no routes, and a machine of 1 GiB. Returns 0, as cmocka wants it. */
int fib_setup(void **state);

/* fib_teardown - free the table. Returns non-zero when memory is still out: a leak. */
int fib_teardown(void **state);

#define FIB_TEST(name) cmocka_unit_test_setup_teardown(name, fib_setup, fib_teardown)

#define ORACLE_MAX  8192
#define ORACLE_DEVS 4
#define ORACLE_HOPS 12 /* sets of next hops a route may have; set 0 is empty */

struct oracle_route {
	u32 prefix, priority;
	u8 plen, tos, table, type, scope, hops;
	long place; /* among equals: smaller is tried first */
};

struct oracle {
	struct oracle_route r[ORACLE_MAX];
	int n;
	u8 flags[ORACLE_DEVS]; /* RTNH_F_* of each device */
};

struct oracle_answer {
	int err;
	u32 prefix;
	u8 plen, table, type, scope, hops, nh_sel;
};

/* oracle_dev - a device that is only a name; index 0..ORACLE_DEVS - 1, its oif is index + 1. */
struct net_device *oracle_dev(int index);

/* oracle_hops - the next hops of a set; *nhs: how many. */
const struct fib_nh *oracle_hops(u8 set, u32 *nhs);

/* oracle_config - the route as the table wants it. */
struct fib_config oracle_config(const struct oracle_route *r, u32 nlflags);

/* oracle_insert, oracle_delete - as fib_table_insert and fib_table_delete should answer. */
int oracle_insert(struct oracle *o, const struct oracle_route *r, u32 nlflags);
int oracle_delete(struct oracle *o, const struct oracle_route *r);

/* oracle_lookup - linear search. */
struct oracle_answer oracle_lookup(const struct oracle *o, const struct flowi4 *flp);

/* oracle_agrees - does the table's answer to a flow equal the list's? Prints both if not. */
bool oracle_agrees(const struct oracle *o, const struct flowi4 *flp);
