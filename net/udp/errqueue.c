/* SPDX-License-Identifier: MIT
 * errqueue.c - the error queue: errors with their details, for sockets with IP_RECVERR.
 * Not here: which error a socket is told of (udp_input.c).
 * udp_input.c queues ICMP errors and lets the program read them, udp_output.c queues local errors.
 * Source: ip(7), IP_RECVERR. Behaves as Linux's ip_icmp_error, ip_local_error, ip_recv_error. */
#include "net/udp/errqueue.h"
#include "kernel/lib/string.h"
#include "net/core/part.h"
#include "net/core/skb_owner.h"
#include "net/socket/datagram.h"
#include "net/socket/sockopt.h"
#include "net/udp/ip_cmsg.h"

enum ee_origin {
	SO_EE_ORIGIN_LOCAL = 1,
	SO_EE_ORIGIN_ICMP = 2
};

/* The control message that the program gets. */
struct sock_extended_err {
	u32 ee_errno;
	u8 ee_origin, ee_type, ee_code, ee_pad;
	u32 ee_info, ee_data;
	struct sockaddr_in offender; /* sender of the ICMP error */
};

_Static_assert(sizeof(struct sock_extended_err) == 32, "bits of the system-call ABI");

/* A packet in the error queue starts with this; the payload that came back follows. */
struct sock_exterr {
	struct sock_extended_err ee;
	struct sockaddr_in to; /* where the datagram was going */
	struct iphdr iph;      /* of the ICMP error */
};

static void queue_error(struct sock *sk, struct net_device *dev, const struct sock_exterr *e,
	const void *payload, size_t len)
{
	struct sk_buff *skb = skb_alloc(SKB_NETWORK_OFF);

	if (skb) {
		skb->dev = dev;
		memcpy(skb_put(skb, sizeof(*e)), e, sizeof(*e));
		len = min(len, (size_t)skb_room(skb));
		memcpy(skb_put(skb, (u32)len), payload, len);
	}
	sock_queue_err_skb(sk, skb);
}

static struct sockaddr_in address(be32 addr, be16 port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = port, .sin_addr = addr };
}

static void icmp_error(
	struct sock *sk, const struct icmp_error *e, be16 port, const void *payload, size_t len)
{
	const struct iphdr *iph = skb_network_header(e->skb);
	struct sock_exterr record = {
		.ee = { .ee_errno = (u32)e->err,
			.ee_origin = SO_EE_ORIGIN_ICMP,
			.ee_type = e->type,
			.ee_code = e->code,
			.ee_info = e->info,
			.offender = address(iph->saddr, BE16_ZERO) },
		.to = address(e->quoted->daddr, port),
		.iph = *iph,
	};

	queue_error(sk, e->skb->dev, &record, payload, len);
}

static void local_error(struct sock *sk, int err, be32 daddr, be16 port, u32 info)
{
	struct sock_exterr record = {
		.ee = { .ee_errno = (u32)err, .ee_origin = SO_EE_ORIGIN_LOCAL, .ee_info = info },
		.to = address(daddr, port),
	};

	if (inet_sk(sk)->recverr)
		queue_error(sk, NULL, &record, &record, 0);
}

/* While ICMP errors are queued, the first one is also the pending error (sk_err). */
static void next_pending_error(struct sock *sk, u8 origin_taken)
{
	const struct sk_buff *next = sk->sk_error_queue.first;
	const struct sock_exterr *e = next ? (const void *)next->data : NULL;

	if (e && e->ee.ee_origin == SO_EE_ORIGIN_ICMP)
		sk->sk_err = (u16)e->ee.ee_errno;
	else if (origin_taken == SO_EE_ORIGIN_ICMP)
		sk->sk_err = 0;
}

static ssize recv_error(struct sock *sk, struct msghdr *msg, size_t len)
{
	struct sk_buff *skb = sock_dequeue(sk, &sk->sk_error_queue);
	const struct sock_exterr *e;
	size_t payload, n;
	int err;

	if (!skb)
		return -EAGAIN;
	e = (const void *)skb->data;
	payload = skb->len - sizeof(*e);
	n = min(len, payload);
	err = memcpy_to_msg(msg, e + 1, n);
	msg->flags = MSG_ERRQUEUE | (n < payload ? MSG_TRUNC : 0);
	if (msg->name)
		msg->name->in = e->to;
	msg->namelen = sizeof(e->to);
	if (skb->dev)
		ip_cmsg_recv(msg, inet_sk(sk), skb->dev, &e->iph);
	put_cmsg(msg, SOL_IP, IP_RECVERR, &e->ee, sizeof(e->ee));
	next_pending_error(sk, e->ee.ee_origin);
	consume_skb(skb);
	return err ? err : (ssize)n;
}

static void errqueue_init(void)
{
	static const struct errqueue_ops error_queue_ops = {
		.icmp = icmp_error, .local = local_error, .recv = recv_error
	};

	errqueue_ops = &error_queue_ops;
}

PART(errqueue) = { .name = "errqueue", .init = errqueue_init };
