/* SPDX-License-Identifier: MIT
 * fib.h - the forwarding information base: what a route is, and how a table of them is asked.
 * Not here: the trie itself (fib_trie.c), caching of answers (route.c), devices (dev.h): a next
 * hop carries its device as an opaque pointer.
 * route.c looks up; route configuration inserts and deletes.
 * Source: RFC 1812 5.2.4; Linux's rtnetlink names and numbers. */
#pragma once

#include "net/flow.h"
#include "kernel/lib/errno.h"

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

enum rt_scope {
	RT_SCOPE_UNIVERSE = 0,
	RT_SCOPE_SITE = 200,
	RT_SCOPE_LINK = 253,
	RT_SCOPE_HOST = 254,
	RT_SCOPE_NOWHERE = 255
};

enum rt_table { RT_TABLE_MAIN = 254, RT_TABLE_LOCAL = 255 };

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
	u32 upper_bound;	 /* fib_select_multipath: last hash that is this hop's */
};

/* What several routes may share. Interned and counted: equal infos are one object. */
struct fib_info {
	u32 priority; /* metric: smaller wins */
	be32 prefsrc; /* zero: none */
	u32 mtu;      /* 0: the device's */
	u8 protocol, scope;
	u8 type;
	bool dead;    /* every next hop is */
	u32 refs;
	u32 nhs;
	struct fib_nh nh[]; /* [nhs] */
};

/* A lookup's answer. fi stays valid until the table changes (see fib_genid). */
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
	u8 table_id; /* RT_TABLE_* */
	u32 priority, mtu;
	be32 prefsrc;
	u32 nlflags;
	u32 nhs;
	const struct fib_nh *nh; /* [nhs]; upper_bound is worked out here; 0 hops for blackhole .. */
};

/* fib_table_new - an empty table (local and main share one trie: local wins ties).
 * Returns  the table, or NULL without memory; at most 4 KiB while empty */
struct fib_table *fib_table_new(void);

/* fib_table_free - give back everything the table holds. NULL is allowed. */
void fib_table_free(struct fib_table *tb);

/* fib_table_insert - add, replace or append a route by cfg->nlflags, as Linux's does.
 * Returns  0; -EEXIST (exclusive and there), -ENOENT (replace without create), -EINVAL (bits
 *          below the mask, length over 32, no next hop for unicast, weight 0), -ENOSPC (more
 *          results than the trie can name), -ENOMEM. On any error nothing has changed. */
int fib_table_insert(struct fib_table *tb, const struct fib_config *cfg) __must_check;

/* fib_table_delete - take away the first route that fits cfg (unset members fit all).
 * Returns  0, or -ESRCH */
int fib_table_delete(struct fib_table *tb, const struct fib_config *cfg) __must_check;

/* fib_table_lookup - longest prefix match, then the checks of tos, scope, oif and live next hops.
 * Takes no lock, allocates nothing.
 * Returns  0 with *res filled; what the route's type says: -EINVAL (blackhole), -EHOSTUNREACH
 *          (unreachable), -EACCES (prohibit); -EAGAIN when nothing fits (or throw) */
int fib_table_lookup(struct fib_table *tb, const struct flowi4 *flp, struct fib_result *res);

/* fib_select_path - choose among several next hops by the flow's hash and their weights, skipping
 * dead ones; choose among default routes. Changes res->nh_sel (and fi for defaults). */
void fib_select_path(struct fib_result *res, const struct flowi4 *flp);

/* fib_table_dump - every route in prefix order; stops when fn returns non-zero and returns that. */
int fib_table_dump(struct fib_table *tb,
		int (*fn)(void *arg, const struct fib_config *route), void *arg);

/* fib_sync_dev - a device changed: set or clear flags (RTNH_F_DEAD, RTNH_F_LINKDOWN) on all next
 * hops through it. Returns how many routes changed. */
int fib_sync_dev(struct fib_table *tb, const struct net_device *dev, u8 set, u8 clear);

/* fib_genid - moves on every change of the table: caches compare it and drop stale answers. */
u32 fib_genid(const struct fib_table *tb);

/* fib_table_count - how many routes there are. */
size_t fib_table_count(const struct fib_table *tb);
