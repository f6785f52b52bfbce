/* SPDX-License-Identifier: MIT
 * igmp.h - groups: which socket has joined which by which device.
 * Not here: frames' addresses (arp.h).
 * inet_sockopt.c joins and leaves; ip_input.c and udp_input.c ask.
 * Source: RFC 1112 7; RFC 2236. Behaves as Linux's ip_mc_join_group: its checks and bounds. */
#pragma once

#include "net/core/sock.h"
#include "net/device/dev.h"

#define INADDR_ALLHOSTS    0xe0000001u /* RFC 1112 4: every host is in it; it is never reported */
#define IP_MAX_MEMBERSHIPS 20          /* a socket's: Linux's igmp_max_memberships */

/* This part's table; the functions below call it. */
struct ip_mc_ops {
	int (*join)(struct sock *sk, struct net_device *dev, be32 group);
	int (*leave)(struct sock *sk, const struct net_device *dev, be32 group);
	void (*drop_socket)(struct sock *sk);
	bool (*check)(const struct net_device *dev, be32 group);
	bool (*joined)(const struct sock *sk, const struct net_device *dev, be32 group);
};

extern const struct ip_mc_ops *ip_mc_ops; /* NULL: without it no group can be joined */

/* ip_mc_join_group - sk gets what is sent to the group and comes in by dev. The first one by dev is reported,
 * and the last one's leave.
 * Returns  0; -EADDRINUSE when it does already; -ENOBUFS after IP_MAX_MEMBERSHIPS; -ENOMEM; -ENOPROTOOPT */
static inline int ip_mc_join_group(struct sock *sk, struct net_device *dev, be32 group)
{
	return ip_mc_ops ? ip_mc_ops->join(sk, dev, group) : -ENOPROTOOPT;
}

/* ip_mc_leave_group - the opposite. dev: NULL for the device it joined by.
 * Returns  0, or -EADDRNOTAVAIL when it had not joined; -ENOPROTOOPT */
static inline int ip_mc_leave_group(struct sock *sk, const struct net_device *dev, be32 group)
{
	return ip_mc_ops ? ip_mc_ops->leave(sk, dev, group) : -ENOPROTOOPT;
}

/* ip_mc_drop_socket - sk leaves all its groups: it is closed. */
static inline void ip_mc_drop_socket(struct sock *sk)
{
	if (ip_mc_ops)
		ip_mc_ops->drop_socket(sk);
}

/* ip_check_mc - has any socket joined the group by dev? True for 224.0.0.1. */
static inline bool ip_check_mc(const struct net_device *dev, be32 group)
{
	return be32_to_cpu(group) == INADDR_ALLHOSTS || (ip_mc_ops && ip_mc_ops->check(dev, group));
}

/* ip_mc_joined - has sk itself joined by dev? */
static inline bool ip_mc_joined(const struct sock *sk, const struct net_device *dev, be32 group)
{
	return ip_mc_ops && ip_mc_ops->joined(sk, dev, group);
}
