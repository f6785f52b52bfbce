/* SPDX-License-Identifier: MIT
 * route.h - where a packet goes: device, source address, next hop and its neighbour.
 * Not here: the table (fib.h), routes given and taken away (fib_frontend.h).
 * udp_route.c and icmp.c ask before they build a packet; ip_input.c asks whether one is for us.
 * Source: RFC 1122 3.3.1. Behaves as Linux's ip_route_output_flow. */
#pragma once

#include "net/device/dev.h"
#include "net/fib/fib.h"
#include "net/fib/flow.h"
#include "net/neigh/neighbour.h"

enum rt_flags {
	RTCF_BROADCAST = 1,
	RTCF_MULTICAST = 2,
	RTCF_LOCAL = 4,
	RTCF_COPY = 16,     /* to many, and sockets here are among them */
	RTCF_MTU_LOCKED = 8 /* mtu is the least that is found out: no DF (pmtu.h) */
};

#define RTCF_TO_MANY (RTCF_BROADCAST | RTCF_MULTICAST)

/* An answer, kept by value by each user; valid while net->genid stands where it stood. */
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
 * fl4      daddr 0 means this host; saddr 0: chosen; oif: by this device, also to what no route leads
 *          to, which is then taken to be on its link; all may be changed, as on Linux
 * rt       filled on success
 * Returns  0; -ENETUNREACH (no route, one with an MTU below 68, oif is down, or saddr is not ours),
 *          -ENODEV (no such oif), -EINVAL (saddr is a group, a broadcast or 127/8 towards a link, or blackhole),
 *          -EHOSTUNREACH (unreachable), -EACCES (prohibit), -ENETDOWN (device down), -ENOBUFS (no
 *          neighbour free) */
int ip_route_output_flow(struct net *net, struct flowi4 *fl4, struct rtable *rt) __must_check;

/* rt_valid - may a kept answer still be used? */
static inline bool rt_valid(const struct net *net, const struct rtable *rt)
{
	return likely(rt->genid == net->genid);
}

/* ip_addr_type - what an address is to this host: RTN_LOCAL, RTN_BROADCAST, RTN_MULTICAST, or
 * RTN_UNICAST for all others. */
enum rtn_type ip_addr_type(struct net *net, be32 addr);

/* ip_dev_find - the device that has this address of ours, or NULL. */
struct net_device *ip_dev_find(struct net *net, be32 addr);
