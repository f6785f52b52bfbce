/* SPDX-License-Identifier: MIT
 * errqueue.h - the error queue: errors with their details, for sockets with IP_RECVERR.
 * Not here: which error a socket is told of (udp_input.c).
 * udp_input.c queues ICMP errors and lets the program read them, udp_output.c queues local errors.
 * Source: ip(7), IP_RECVERR. Behaves as Linux's ip_icmp_error, ip_local_error, ip_recv_error. */
#pragma once

#include "net/ipv4/icmp.h"
#include "net/udp/inet_sock.h"

/* This part's table; the functions below call it. */
struct errqueue_ops {
	void (*icmp)(struct sock *sk, const struct icmp_error *e, be16 port, const void *payload,
		size_t len);
	void (*local)(struct sock *sk, int err, be32 daddr, be16 port, u32 info);
	ssize (*recv)(struct sock *sk, struct msghdr *msg, size_t len);
};

extern const struct errqueue_ops *errqueue_ops; /* NULL: without it IP_RECVERR cannot be set */

/* ip_icmp_error - keep an ICMP error about a datagram of sk's, which asked for it, to `port`, and the len bytes of
 * the datagram's payload that came back. Lost (and counted in sk_drops) when its receive buffer is full. */
static inline void ip_icmp_error(
	struct sock *sk, const struct icmp_error *e, be16 port, const void *payload, size_t len)
{
	errqueue_ops->icmp(sk, e, port, payload, len);
}

/* ip_local_error - the same for an error of this host itself: err positive; info: the MTU. Nothing
 * happens unless sk asked. */
static inline void ip_local_error(struct sock *sk, int err, be32 daddr, be16 port, u32 info)
{
	if (inet_sk(sk)->recverr)
		errqueue_ops->local(sk, err, daddr, port, info);
}

/* ip_recv_error - recvmsg with MSG_ERRQUEUE: the oldest error. The message gets the payload, its name
 * the datagram's destination, a control message the rest.
 * Returns  bytes of payload, or -EAGAIN when there is none, -EFAULT */
static inline ssize ip_recv_error(struct sock *sk, struct msghdr *msg, size_t len)
{
	return errqueue_ops ? errqueue_ops->recv(sk, msg, len) : -EAGAIN;
}
