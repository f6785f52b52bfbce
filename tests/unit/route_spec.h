/* SPDX-License-Identifier: MIT
 * route_spec.h - one route in a few words, for tests that need one.
 * Not here: what becomes of it (net/ipv4/fib_frontend.h).
 * stack.h includes it, and a fuzzer.
 * Source: none. */
#pragma once

#include "net/ipv4/fib_frontend.h"

/* One route as tests ask for it. */
struct route_spec {
	be32 dst;
	u8 dst_len; /* 0..32 */
	u8 type;    /* RTN_UNICAST, RTN_BLACKHOLE, RTN_UNREACHABLE, RTN_PROHIBIT, RTN_THROW */
	be32 via;   /* zero: on the device's link */
	be32 prefsrc;
	struct net_device *dev; /* NULL: found by via */
	u32 metric, mtu;
};

/* ip_route_add - add a route with one hop to the main table. Returns what inet_rtm_newroute says. */
static inline int ip_route_add(struct net *net, const struct route_spec *spec)
{
	bool unicast = spec->type == RTN_UNICAST;
	struct fib_nh nh = { .gw = spec->via, .oif = spec->dev ? spec->dev->ifindex : 0 };
	struct fib_config cfg = { .dst = spec->dst,
		.dst_len = spec->dst_len,
		.type = spec->type,
		.scope = be32_is_zero(spec->via) && unicast ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE,
		.table_id = RT_TABLE_MAIN,
		.protocol = RTPROT_BOOT,
		.priority = spec->metric,
		.mtu = spec->mtu,
		.prefsrc = spec->prefsrc,
		.nlflags = FIB_CREATE | FIB_APPEND,
		.nhs = unicast ? 1 : 0 };

	return inet_rtm_newroute(net, &cfg, &nh);
}
