/* SPDX-License-Identifier: MIT
 * ip_cmsg.h - control messages of recvmsg: a datagram's destination, device, time, TTL and TOS.
 * Not here: how a control message lies in memory (msg.h), the error queue (errqueue.h).
 * udp_input.c and errqueue.c call in.
 * Source: socket(7), ip(7). Behaves as Linux's sock_recv_cmsgs and ip_cmsg_recv: their order. */
#pragma once

#include "net/udp/inet_sock.h"

/* sock_recv_cmsgs - what any socket may have asked for: when skb came, how many did not find room. */
void sock_recv_cmsgs(struct msghdr *msg, const struct sock *sk, const struct sk_buff *skb);

/* ip_cmsg_recv - what this one has asked for of the IPv4 header and of the device. */
void ip_cmsg_recv(struct msghdr *msg, const struct inet_sock *inet, const struct net_device *dev,
	const struct iphdr *iph);
