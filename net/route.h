/* SPDX-License-Identifier: MIT
 * route.h - where a packet goes: device, source address, next hop and its neighbour.
 * Not here: the table (fib.h), addresses' syntax (ipconfig.h).
 * udp.c and icmp.c ask before they build a packet; ip_input.c asks whether one is for us.
 * Source: RFC 1122 3.3.1; Linux's ip_route_output_flow. */
#pragma once

#include "net/dev.h"
#include "net/fib.h"
#include "net/flow.h"
#include "net/neighbour.h"

enum rt_flags {
	RTCF_BROADCAST = 1,
	RTCF_MULTICAST = 2,
	RTCF_LOCAL = 4,
	RTCF_MTU_LOCKED = 8 /* mtu is the least that is found out: no DF (pmtu.h) */
};

/* An answer, kept by value wherever it is used; valid while net->genid stands where it stood. */
struct rtable {
	struct net_device *dev;
	struct neighbour *neigh;
	be32 saddr, daddr;
	u32 mtu;
	u16 flags;     /* RTCF_* */
	bool fragment; /* the sender lets us */
	u64 genid;
};

/* ip_route_output_flow - route one flow and bind its neighbour. Allocates nothing.
 * fl4      daddr 0 means this host; saddr 0: chosen; both may be changed, as on Linux
 * rt       filled on success
 * Returns  0; -ENETUNREACH (no route), -EINVAL (saddr is not ours, or blackhole), -EHOSTUNREACH
 *          (unreachable), -EACCES (prohibit), -ENETDOWN (device down), -ENOBUFS (no neighbour free) */
int ip_route_output_flow(struct net *net, struct flowi4 *fl4, struct rtable *rt) __must_check;

/* rt_valid - may a kept answer still be used? */
static inline bool rt_valid(const struct net *net, const struct rtable *rt)
{
	return likely(rt->genid == net->genid);
}

/* ip_addr_type - what an address is to this host: RTN_LOCAL, RTN_BROADCAST, RTN_MULTICAST, or
 * RTN_UNICAST for all others. */
enum rtn_type ip_addr_type(struct net *net, be32 addr);

/* ip_addr_assign - give a device an address: local, connected and broadcast routes follow.
 * Returns  0, or what fib_table_insert says */
int ip_addr_assign(struct net_device *dev, be32 addr, u8 prefix_len) __must_check;

/* One route as the command line or a file asks for it. */
struct route_spec {
	be32 dst;
	u8 dst_len; /* 0..32 */
	u8 type;    /* RTN_UNICAST, RTN_BLACKHOLE, RTN_UNREACHABLE, RTN_PROHIBIT */
	be32 via;   /* zero: on the device's link */
	be32 prefsrc;
	struct net_device *dev; /* NULL: found by via */
	u32 metric, mtu;
};

/* ip_route_add - add a route to the main table.
 * Returns  0; -ENETUNREACH when via is on no device's link; or what fib_table_insert says */
int ip_route_add(struct net *net, const struct route_spec *spec) __must_check;
