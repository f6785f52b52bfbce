/* SPDX-License-Identifier: MIT
 * fib.h - the forwarding information base: what a route is, and how a table of them is asked.
 * Not here: the trie itself (fib_trie.c), caching of answers (route.c), devices (dev.h): a next
 * hop carries its device as an opaque pointer.
 * route.c looks up; route configuration inserts and deletes.
 * Source: RFC 1812 5.2.4; Linux's rtnetlink names and numbers. */
#pragma once

#include "kernel/lib/errno.h"
#include "kernel/lib/parse.h"
#include "net/fib/flow.h"

struct net_device;

/* Route types and scopes: numbers of Linux's rtnetlink, they travel over netlink later. */
enum rtn_type {
	RTN_UNSPEC,
	RTN_UNICAST,
	RTN_LOCAL,
	RTN_BROADCAST,
	RTN_ANYCAST,
	RTN_MULTICAST,
	RTN_BLACKHOLE,
	RTN_UNREACHABLE,
	RTN_PROHIBIT,
	RTN_THROW,
	RTN_MAX
};

/* What Linux's tools call the types that a configuration may ask for; NULL for others. */
extern const char *const fib_type_names[RTN_MAX];

/* fib_type_of - the type of that name, or RTN_UNSPEC. */
u8 fib_type_of(struct text name);

enum rt_scope {
	RT_SCOPE_UNIVERSE = 0,
	RT_SCOPE_SITE = 200,
	RT_SCOPE_LINK = 253,
	RT_SCOPE_HOST = 254,
	RT_SCOPE_NOWHERE = 255
};

enum rt_table {
	RT_TABLE_MAIN = 254,
	RT_TABLE_LOCAL = 255
};

/* fib_nh.flags */
#define RTNH_F_DEAD     0x01 /* its device is down */
#define RTNH_F_ONLINK   0x04
#define RTNH_F_LINKDOWN 0x10 /* its device has no carrier */

/* fib_config.nlflags, as in Linux's NLM_F_* */
#define FIB_REPLACE 0x100
#define FIB_EXCL    0x200
#define FIB_CREATE  0x400
#define FIB_APPEND  0x800

/* One way to go on: a device, and a gateway unless the destination is on its link. */
struct fib_nh {
	struct net_device *dev;
	be32 gw; /* zero: on link */
	int oif;
	u8 flags, scope, weight; /* weight: shares of the flows, 1..255 */
	u32 upper_bound;         /* fib_select_multipath: last hash that is this hop's */
};

#define FIB_NHS_MAX     255u
#define FIB_NH_NO_SHARE ~0u /* upper_bound: no flow goes this way */

/* What several routes may share. Interned and counted: equal infos are one object. */
struct fib_info {
	u32 priority;   /* metric: smaller wins */
	be32 prefsrc;   /* zero: none */
	u32 mtu;        /* 0: the device's */
	u8 type, scope; /* together, as in fib_result: copied by one move */
	u8 table_id;    /* RT_TABLE_* */
	u8 protocol;
	bool dead;          /* every next hop is */
	u8 nhs;             /* 0 for blackhole and its like */
	u32 refs;           /* routes that share it */
	struct fib_nh nh[]; /* [nhs] */
};

/* A lookup's answer. fi stays valid until the table changes. */
struct fib_result {
	be32 prefix;
	u8 prefixlen, nh_sel, type, scope;
	u8 table_id;
	struct fib_info *fi;
	struct fib_table *table;
};

static inline struct fib_nh *fib_res_nh(const struct fib_result *res)
{
	return &res->fi->nh[res->nh_sel];
}

/* A route as somebody asks for it: command line, routes file, netlink. */
struct fib_config {
	be32 dst;
	u8 dst_len; /* 0..32 */
	u8 tos, type, scope, protocol;
	u8 table_id; /* RT_TABLE_*; 0: main */
	u32 priority, mtu;
	be32 prefsrc;
	u32 nlflags;
	u32 nhs;
	const struct fib_nh
		*nh; /* [nhs]; upper_bound is worked out here; 0 hops for blackhole .. */
};

/* fib_table_new - an empty table (local and main share one trie: local wins ties).
 * Returns  the table, or NULL without memory; at most 4 KiB while empty */
struct fib_table *fib_table_new(void);

/* fib_table_free - give back everything the table holds. NULL is allowed. */
void fib_table_free(struct fib_table *tb);

/* fib_table_insert - add, replace or append a route by cfg->nlflags, as Linux's does.
 * Routes of a prefix are ordered local before main, then larger tos, then smaller priority. Where
 * all of these are equal: FIB_EXCL refuses, FIB_REPLACE takes the first one's place, FIB_APPEND
 * goes behind, and none of them before. FIB_CREATE must be set to add one.
 * Returns  0; -EEXIST (exclusive and there, or the very same route is there), -ENOENT (nothing to
 *          replace, or no FIB_CREATE), -EINVAL (bits below the mask, length over 32, a scope wider
 *          than the type's, hops that are none of it or missing, weight 0, a gateway on a link or
 *          host route, several hops without the part "multipath"), -ENOSPC (more results than the trie can name), -ENOMEM.
 *          On any error nothing has changed. */
int fib_table_insert(struct fib_table *tb, const struct fib_config *cfg) __must_check;

/* fib_table_delete - take away the first route that fits cfg. Prefix, table and tos must be
 * equal; type, scope, protocol, prefsrc, priority, mtu and hops (device index, gateway) fit all
 * while they are 0. RT_SCOPE_NOWHERE fits all scopes as well, as Linux has it. Needs no memory:
 * without it the table goes on slower until there is some again.
 * Returns  0, or -ESRCH */
int fib_table_delete(struct fib_table *tb, const struct fib_config *cfg) __must_check;

/* fib_table_find - the route that fib_table_delete would take; its nh points into the table, until that
 * changes. Returns 0 or -ESRCH. */
int fib_table_find(
	struct fib_table *tb, const struct fib_config *cfg, struct fib_config *route) __must_check;

/* fib_table_defer - many routes are about to come: do not keep the trie up to date meanwhile. Lookups
 * stay right, but slow. */
void fib_table_defer(struct fib_table *tb);

/* fib_table_commit - the many routes are there: build the trie, in one go.
 * Returns  0; -ENOMEM, -ENOSPC: it goes on slowly, and is tried again with changes to come */
int fib_table_commit(struct fib_table *tb);

/* fib_table_lookup - longest prefix match, then the checks of tos, scope, oif and live next hops;
 * where they fail, the next best route, then the next shorter prefix.
 * Takes no lock, allocates nothing.
 * Returns  0 with *res filled; what the route's type says: -EINVAL (blackhole), -EHOSTUNREACH
 *          (unreachable), -EACCES (prohibit); -EAGAIN when nothing fits (or throw) */
int fib_table_lookup(struct fib_table *tb, const struct flowi4 *flp, struct fib_result *res);

/* fib_select_path - choose among several next hops by the flow's hash and their weights, skipping
 * dead ones, and those without carrier while another has one; choose among equal default routes
 * by their gateways' neighbour state. Nothing is chosen for a flow that names its device.
 * Changes res->nh_sel (and fi for defaults). */
void fib_select_path(struct fib_result *res, const struct flowi4 *flp);

/* The part "multipath" (fib_select.c). Without it a route has one hop, and of equal default routes the first is used. */
struct fib_multipath_ops {
	void (*select)(struct fib_result *res, const struct flowi4 *flp);
	void (*rebalance)(struct fib_info *fi);
};

extern const struct fib_multipath_ops *fib_multipath_ops;

/* What is known of a gateway's link address; numbers in the order of preference. */
enum fib_nh_state {
	FIB_NH_NONE,
	FIB_NH_INCOMPLETE,
	FIB_NH_VALID,
	FIB_NH_REACHABLE
};

/* fib_table_on_state - how fib_select_path asks for a gateway's state; NULL: all are FIB_NH_NONE,
 * then default routes of equal metric are used in turn. */
void fib_table_on_state(struct fib_table *tb, enum fib_nh_state (*fn)(const struct fib_nh *nh));

/* A listing under way: every prefix there was at its start, in order. */
struct fib_cursor {
	struct fib_table *tb;
	u64 *keys;
	size_t n, at;
	u32 nth; /* route of the prefix at `at` */
};

/* fib_dump_start - list the routes in prefix order, shorter before longer, a prefix's own in the
 * order they are tried. The table may change between two steps, as it does when a netlink dump
 * takes several messages: what has gone is skipped, prefixes that came are not shown.
 * Returns  0, or -ENOMEM */
int fib_dump_start(struct fib_table *tb, struct fib_cursor *c) __must_check;

/* fib_dump_next - the next route; route->nh points into the table, until that changes.
 * Returns  false behind the last one */
bool fib_dump_next(struct fib_cursor *c, struct fib_config *route);

/* fib_dump_end - give the cursor's memory back. */
void fib_dump_end(struct fib_cursor *c);

/* fib_sync_dev - a device changed: set or clear flags (RTNH_F_DEAD, RTNH_F_LINKDOWN) on all next
 * hops through it. Returns how many routes changed. */
int fib_sync_dev(struct fib_table *tb, const struct net_device *dev, u8 set, u8 clear);

/* fib_sync_down_addr - the host loses an address: routes that send from it are dead.
 * Returns how many; fib_table_flush takes them away. */
int fib_sync_down_addr(struct fib_table *tb, be32 local);

/* fib_table_flush - delete every route that is dead: all of its hops are, or its source address.
 * Returns how many. */
int fib_table_flush(struct fib_table *tb);

/* fib_table_count - how many routes there are. */
size_t fib_table_count(const struct fib_table *tb);

/* fib_selftest - two hundred routes and lookups against a linear search, in a table of its own.
 * Returns  the number of wrong answers, or a negative errno */
int fib_selftest(void);
