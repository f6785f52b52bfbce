/* SPDX-License-Identifier: MIT
 * udp_cork.c - MSG_MORE and UDP_CORK: one datagram out of several messages.
 * Not here: putting packets together (ip_output.c).
 * udp.c and inet_sockopt.c call in.
 * Source: udp(7); Linux's udp_sendmsg, udp_push_pending_frames. */
#include "net/udp_send.h"
#include "net/datagram.h"

void udp_flush_pending_frames(struct sock *sk)
{
	ip_flush_pending(&inet_sk(sk)->pending.cork);
	sk_set_tx_mode(sk, SK_TX_PENDING, false);
}

/* There is room for it. */
static int udp_send_pending(struct sock *sk)
{
	struct inet_sock *inet = inet_sk(sk);
	const struct flow_cache *flow = &inet->pending.flow;
	struct sk_buff *skb = inet->pending.cork.first;

	if ((u32)skb->len + IP_HLEN > flow->rt.mtu) {
		udp_flush_pending_frames(sk);
		return -EMSGSIZE; /* the path has become narrower than what is ready */
	}
	inet->pending.cork = (struct cork){ .len = 0 };
	sk_set_tx_mode(sk, SK_TX_PENDING, false);
	return udp_send_skb(skb, sk, flow);
}

int udp_push_pending_frames(struct sock *sk, u32 flags)
{
	struct inet_sock *inet = inet_sk(sk);
	struct flow_cache *flow = &inet->pending.flow;
	u32 n = inet->pending.cork.n;
	int err = 0;

	if (n == 0)
		return 0;
	if (!rt_valid(sk->sk_net, &flow->rt))
		err = udp_route(sk, flow);
	if (!err)
		err = udp_wait_for_room(
			sk, flow, flags, flow->rt.dev->features & NETIF_F_FRAGLIST ? 1 : n, 0);
	if (!err)
		return udp_send_pending(sk);
	if (err != -EAGAIN)
		udp_flush_pending_frames(sk);
	return err;
}

ssize udp_append(struct sock *sk, struct msghdr *msg, size_t len)
{
	struct inet_sock *inet = inet_sk(sk);
	struct flow_cache *flow = &inet->pending.flow;
	u32 tries = 0;
	int err;

	do {
		err = udp_may_send(sk);
		if (!err)
			err = ip_append_data(
				sk, &flow->rt, &inet->pending.cork, msg, len, UDP_HLEN);
	} while (udp_try_again(sk, flow, &err, &tries));
	if (err && err != -EAGAIN)
		udp_flush_pending_frames(sk);
	if (!err && !(msg->flags & MSG_MORE) && !inet->corkflag)
		err = udp_send_pending(sk); /* what it appended to asked for room for all */
	return err ? err : (ssize)len;
}

/* What it begins with stays, though the socket may be connected elsewhere or have other options when its
 * way has to be looked for again. */
static void keep_as_it_begins(struct flow_cache *flow)
{
	flow->ipc.addr = flow->rt.saddr;
	flow->ipc.tos = flow->ip.iph.tos;
	flow->ipc.ttl = flow->ip.iph.ttl;
}

ssize udp_begin_pending(struct sock *sk, const struct flow_cache *flow, struct msghdr *msg,
	size_t len, size_t gso_size)
{
	struct inet_sock *inet = inet_sk(sk);
	ssize sent;

	if (gso_size) /* segments are cut from whole messages here */
		return -EINVAL;
	inet->pending.flow = *flow;
	keep_as_it_begins(&inet->pending.flow);
	sk_set_tx_mode(sk, SK_TX_PENDING, true);
	sent = udp_append(sk, msg, len);
	if (!inet->pending.cork.first)
		sk_set_tx_mode(sk, SK_TX_PENDING, false);
	return sent;
}
