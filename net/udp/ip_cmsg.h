/* SPDX-License-Identifier: MIT
 * ip_cmsg.h - control messages of recvmsg: a datagram's destination, device, time, TTL and TOS.
 * Not here: how a control message lies in memory (msg.h), the error queue (errqueue.h).
 * udp_input.c and errqueue.c call in.
 * Source: socket(7), ip(7). Behaves as Linux's sock_recv_cmsgs and ip_cmsg_recv: their order. */
#pragma once

#include "net/udp/inet_sock.h"

/* sock_recv_timestamp - the time stamps that sk asks for. ns: the packet's, since 1970; 0: it has none.
 * error_queue: it was not received, it comes from there */
void sock_recv_timestamp(struct msghdr *msg, const struct sock *sk, u64 ns, bool error_queue);

/* sock_recv_cmsgs - options of every socket: skb's time stamp, the number of datagrams dropped. */
void sock_recv_cmsgs(struct msghdr *msg, const struct sock *sk, const struct sk_buff *skb);

/* ip_cmsg_recv - options of AF_INET: fields of the IPv4 header, the device. */
void ip_cmsg_recv(struct msghdr *msg, const struct inet_sock *inet, const struct net_device *dev,
	const struct iphdr *iph);

/* ip_cmsg_recv_header - of these the header's own: TTL and TOS. */
void ip_cmsg_recv_header(struct msghdr *msg, const struct inet_sock *inet, const struct iphdr *iph);
