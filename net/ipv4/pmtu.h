/* SPDX-License-Identifier: MIT
 * pmtu.h - how large packets may be on the way to a destination, as routers have told.
 * Not here: which ICMP errors are believed (icmp.c, udp_input.c), its use by senders (udp_output.c).
 * icmp.c tells, route.c asks.
 * Source: RFC 1191 3, 6.3 and 7. Behaves as Linux's next-hop exceptions: their bounds and lifetime. */
#pragma once

#include "kernel/lib/byteorder.h"
#include "net/core/net_namespace.h"
#include "net/core/timer.h"

/* More destinations than this behind narrow links at a time: the one told of longest ago is forgotten,
 * and will be told of again. */
#define PMTU_MAX        32
#define PMTU_MIN        552 /* Linux's min_pmtu: below, packets go without DF instead */
#define PMTU_EXPIRES_NS (600 * NSEC_PER_SEC)

struct pmtu {
	be32 daddr;
	u16 mtu;
	bool locked; /* the way is narrower still: nothing to find out by DF */
	u64 expires_ns;
};

struct pmtu_table {
	struct pmtu entry[PMTU_MAX];
	u32 n;
	struct timer timer; /* set: when the next entry expires */
	struct net *net;
};

/* This part's table; the functions below call it. */
struct pmtu_ops {
	const struct pmtu *(*lookup)(const struct net *net, be32 daddr);
	void (*too_large)(struct net *net, be32 daddr, u32 len, u32 mtu);
};

extern const struct pmtu_ops *pmtu_ops; /* NULL: without it nothing is learned */

/* pmtu_lookup - the entry for the path to daddr, or NULL. Valid until the next call from here. */
static inline const struct pmtu *pmtu_lookup(const struct net *net, be32 daddr)
{
	return net->pmtu ? pmtu_ops->lookup(net, daddr) : NULL;
}

/* pmtu_update - a packet of len bytes does not get to daddr, one of mtu bytes may. Never raises what is known
 * (RFC 1191 3). Cached routes become stale, now and when the entry expires. The first one makes the namespace's
 * table (net->pmtu); without memory nothing is learned.
 * mtu      0: the router did not say; then it is the next lower of the sizes that links have (RFC 1191 7) */
static inline void pmtu_update(struct net *net, be32 daddr, u32 len, u32 mtu)
{
	if (pmtu_ops)
		pmtu_ops->too_large(net, daddr, len, mtu);
}
