/* SPDX-License-Identifier: MIT
 * errqueue.h - the error queue: errors with their details, for sockets with IP_RECVERR, and when packets were sent.
 * Not here: which error a socket is told of (udp_input.c).
 * udp_input.c queues ICMP errors and lets the program read them, udp_output.c queues local errors, timestamping.c
 * stamps.
 * Source: ip(7), IP_RECVERR. Behaves as Linux's ip_icmp_error, ip_local_error, ip_recv_error. */
#pragma once

#include "net/ipv4/icmp.h"
#include "net/udp/inet_sock.h"

enum ee_origin {
	SO_EE_ORIGIN_LOCAL = 1,
	SO_EE_ORIGIN_ICMP = 2,
	SO_EE_ORIGIN_TIMESTAMPING = 4,
	SO_EE_ORIGIN_TXTIME = 6
};

/* The control message that the program gets; an address follows. */
struct sock_extended_err {
	u32 ee_errno;
	u8 ee_origin, ee_type, ee_code, ee_pad;
	u32 ee_info, ee_data;
};

_Static_assert(sizeof(struct sock_extended_err) == 16, "bits of the system-call ABI");

/* This part's table; the functions below call it. */
struct errqueue_ops {
	void (*icmp)(struct sock *sk, const struct icmp_error *e, be16 port, const void *payload,
		size_t len);
	void (*local)(struct sock *sk, int err, be32 daddr, be16 port, u32 info);
	ssize (*recv)(struct sock *sk, struct msghdr *msg, size_t len);
	ssize (*recv_frame)(struct sock *sk, struct msghdr *msg, size_t len, s32 level, s32 type);
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

/* sock_queue_tx_err - what became of a packet of skb->sk's, which stays the caller's: into the error queue.
 * payload  with the packet, as far as it is built: link header first
 * ns       since 1970: its time stamp; 0: none */
void sock_queue_tx_err(
	const struct sk_buff *skb, const struct sock_extended_err *ee, bool payload, u64 ns);

/* sock_recv_errqueue - recvmsg with MSG_ERRQUEUE of a family without addresses in the queue; level and type of the
 * control message. Returns as ip_recv_error. */
static inline ssize sock_recv_errqueue(
	struct sock *sk, struct msghdr *msg, size_t len, s32 level, s32 type)
{
	return errqueue_ops ? errqueue_ops->recv_frame(sk, msg, len, level, type) : -EAGAIN;
}

/* ip_recv_error - recvmsg with MSG_ERRQUEUE: the oldest error. The message gets the payload, its name
 * the datagram's destination, a control message the rest.
 * Returns  bytes of payload, or -EAGAIN when there is none, -EFAULT */
static inline ssize ip_recv_error(struct sock *sk, struct msghdr *msg, size_t len)
{
	return errqueue_ops ? errqueue_ops->recv(sk, msg, len) : -EAGAIN;
}
