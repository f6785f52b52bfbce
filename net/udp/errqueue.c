/* SPDX-License-Identifier: MIT
 * errqueue.c - the error queue: errors with their details, for sockets with IP_RECVERR, and when packets were sent.
 * Not here: which error a socket is told of (udp_input.c).
 * udp_input.c queues ICMP errors and lets the program read them, udp_output.c queues local errors, timestamping.c
 * stamps.
 * Source: ip(7), IP_RECVERR. Behaves as Linux's ip_icmp_error, ip_local_error, ip_recv_error, sock_recv_errqueue. */
#include "net/udp/errqueue.h"
#include "kernel/lib/string.h"
#include "net/core/part.h"
#include "net/core/skb_owner.h"
#include "net/core/timestamping.h"
#include "net/socket/datagram.h"
#include "net/socket/sockopt.h"
#include "net/udp/ip_cmsg.h"

/* A packet in the error queue starts with this; the payload that came back, or the frame that was sent, follows. Its
 * dev is NULL if there is no IPv4 header. */
struct sock_exterr {
	struct sock_extended_err ee;
	struct sockaddr_in offender; /* sender of the ICMP error */
	struct sockaddr_in to;       /* where the datagram was going */
	struct iphdr iph;            /* of the ICMP error, or of the packet that was sent */
};

_Static_assert(offsetof(struct sock_exterr, to) == 32, "bits of the system-call ABI");

static void queue_error(struct sock *sk, struct net_device *dev, const struct sock_exterr *e,
	const void *payload, size_t len)
{
	struct sk_buff *skb = skb_alloc(SKB_NETWORK_OFF);

	if (skb) {
		skb->dev = dev;
		skb->tstamp = sk->sk_timestamp ? clock_realtime_ns() : 0;
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
			.ee_info = e->info },
		.offender = address(iph->saddr, BE16_ZERO),
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

void sock_queue_tx_err(
	const struct sk_buff *skb, const struct sock_extended_err *ee, bool payload, u64 ns)
{
	const struct sock_exterr e = { .ee = *ee,
		.iph = *(const struct iphdr *)skb_network_header(skb) };
	struct sk_buff *record = skb_alloc(SKB_NETWORK_OFF);

	if (record) {
		memcpy(skb_put(record, sizeof(e)), &e, sizeof(e));
		record->dev = payload ? skb->dev : NULL;
		record->tstamp = ns;
		if (payload && skb_append(record, skb, 0, skb_total_len(skb)) < 0) {
			consume_skb(record);
			record = NULL;
		}
	}
	sock_queue_err_skb(skb->sk, record);
}

/* The oldest one's payload and time stamps. Returns it, or NULL; *n: bytes, or why it could not be read. */
static struct sk_buff *read_first(struct sock *sk, struct msghdr *msg, size_t len, ssize *n)
{
	struct sk_buff *skb = sock_dequeue(sk, &sk->sk_error_queue);
	size_t payload;
	int err;

	*n = -EAGAIN;
	if (!skb)
		return NULL;
	payload = skb_total_len(skb) - sizeof(struct sock_exterr);
	len = min(len, payload);
	err = skb_copy_pieces(msg, skb, sizeof(struct sock_exterr), len);
	msg->flags = MSG_ERRQUEUE | (len < payload ? MSG_TRUNC : 0);
	*n = err ? err : (ssize)len;
	sock_recv_timestamp(msg, sk, skb->tstamp, true);
	return skb;
}

/* Of a packet that was sent (OPT_CMSG): where it came from, and what IP_PKTINFO, IP_RECVTTL and IP_RECVTOS ask for. */
static void describe_sent(
	struct msghdr *msg, struct sock *sk, const struct net_device *dev, struct sock_exterr *e)
{
	const struct inet_sock *inet = inet_sk(sk);
	struct in_pktinfo info = { dev->ifindex, e->iph.saddr, e->iph.daddr };

	e->offender = address(e->iph.saddr, BE16_ZERO);
	if (inet->pktinfo)
		put_cmsg(msg, SOL_IP, IP_PKTINFO, &info, sizeof(info));
	ip_cmsg_recv_header(msg, inet, &e->iph);
}

static ssize recv_error(struct sock *sk, struct msghdr *msg, size_t len)
{
	ssize n;
	struct sk_buff *skb = read_first(sk, msg, len, &n);
	struct sock_exterr *e;

	if (!skb)
		return n;
	e = (void *)skb->data;
	if (e->to.sin_family) {
		if (msg->name)
			msg->name->in = e->to;
		msg->namelen = sizeof(e->to);
	}
	if (skb->dev && e->ee.ee_origin == SO_EE_ORIGIN_ICMP)
		ip_cmsg_recv(msg, inet_sk(sk), skb->dev, &e->iph);
	else if (skb->dev && (sk->sk_tsflags & SOF_TIMESTAMPING_OPT_CMSG))
		describe_sent(msg, sk, skb->dev, e);
	put_cmsg(msg, SOL_IP, IP_RECVERR, &e->ee, sizeof(e->ee) + sizeof(e->offender));
	next_pending_error(sk, e->ee.ee_origin);
	consume_skb(skb);
	return n;
}

static ssize recv_frame(struct sock *sk, struct msghdr *msg, size_t len, s32 level, s32 type)
{
	ssize n;
	struct sk_buff *skb = read_first(sk, msg, len, &n);

	if (skb) {
		put_cmsg(msg, level, type, &((const struct sock_exterr *)skb->data)->ee,
			sizeof(struct sock_extended_err));
		consume_skb(skb);
	}
	return n;
}

static void errqueue_init(void)
{
	static const struct errqueue_ops error_queue_ops = { .icmp = icmp_error,
		.local = local_error,
		.recv = recv_error,
		.recv_frame = recv_frame };

	errqueue_ops = &error_queue_ops;
}

PART(errqueue) = { .name = "errqueue", .init = errqueue_init };
