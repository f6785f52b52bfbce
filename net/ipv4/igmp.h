/* SPDX-License-Identifier: MIT
 * igmp.h - which groups this host has joined, by which device, for which socket; and telling the link so.
 * Not here: frames' addresses (arp.h).
 * inet_sockopt.c joins and leaves; ip_input.c and udp_input.c ask.
 * Source: RFC 1112 7; RFC 2236; Linux's ip_mc_join_group: its checks and bounds. */
#pragma once

#include "net/core/sock.h"
#include "net/device/dev.h"

#define IP_MAX_MEMBERSHIPS 20 /* a socket's: Linux's igmp_max_memberships */

/* igmp_net_init - nobody has joined anything in a new namespace. */
int igmp_net_init(struct net *net);

/* igmp_netdev_event - a link that is back is told again what is joined there; on a device that leaves its
 * namespace nobody is a member any more. */
void igmp_netdev_event(const struct net_device *dev, enum netdev_event event);

/* igmp_rcv - a message came in, data at its header. Takes the skb. */
void igmp_rcv(struct sk_buff *skb);

/* ip_mc_join_group - sk gets what is sent to the group and comes in by dev. The first one by dev is reported,
 * and the last one's leave.
 * Returns  0; -EADDRINUSE when it does already; -ENOBUFS after IP_MAX_MEMBERSHIPS; -ENOMEM */
int ip_mc_join_group(struct sock *sk, struct net_device *dev, be32 group) __must_check;

/* ip_mc_leave_group - no more. dev: NULL for whichever it joined by.
 * Returns  0, or -EADDRNOTAVAIL when it had not joined */
int ip_mc_leave_group(struct sock *sk, const struct net_device *dev, be32 group) __must_check;

/* ip_mc_drop_socket - sk leaves all its groups: it is closed. */
void ip_mc_drop_socket(struct sock *sk);

/* ip_check_mc - is there anybody here for a group's packets that come in by dev? 224.0.0.1 is always heard. */
bool ip_check_mc(const struct net_device *dev, be32 group);

/* ip_mc_joined - has sk itself joined by dev? */
bool ip_mc_joined(const struct sock *sk, const struct net_device *dev, be32 group);
