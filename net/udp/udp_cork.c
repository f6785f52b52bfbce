/* SPDX-License-Identifier: MIT
 * udp_cork.c - MSG_MORE and UDP_CORK: one datagram out of several messages.
 * Not here: putting packets together (ip_output.c).
 * udp_prot.c, udp_send.c and inet_sockopt.c call in.
 * Source: udp(7). Behaves as Linux's udp_sendmsg, udp_push_pending_frames. */
#include "net/udp/udp_impl.h"
#include "net/socket/datagram.h"

static u32 charged_all; /* pending.charged of all sockets */

/* Charge n packets that wait for the rest of their datagram. */
static void charge(struct sock *sk, u32 n)
{
	u32 *charged = &inet_sk(sk)->pending.charged;

	sk->sk_wmem += (n - *charged) * SKB_SLOT;
	charged_all += n - *charged;
	*charged = n;
	sock_update_wmem(sk);
}

void udp_flush_pending_frames(struct sock *sk)
{
	ip_flush_pending(&inet_sk(sk)->pending.cork);
	sk_set_tx_mode(sk, SK_TX_PENDING | SK_TX_WISH, false);
	charge(sk, 0);
}

/* A datagram kept open holds packets: at most a socket's share, and all sockets together at most skb_waiting_max. */
static int keep_pending(struct sock *sk)
{
	u32 n = inet_sk(sk)->pending.cork.n;

	if (n > skb_share_max() || charged_all + n > skb_waiting_max()) {
		udp_flush_pending_frames(sk);
		return -ENOBUFS;
	}
	charge(sk, n);
	return 0;
}

/* The most pieces that a datagram can lie in. */
#define PIECES_MAX (2 + IP_MAX_LEN / SKB_PIECE)

/* The message is complete: send it as segments, as if it had come in one call. -EAGAIN: it stays pending. */
static int udp_send_pending_segments(struct sock *sk, enum sock_wait how)
{
	struct inet_sock *inet = inet_sk(sk);
	const struct cork *cork = &inet->pending.cork;
	struct msghdr msg = { .flags = how == SOCK_DONT_WAIT ? MSG_DONTWAIT : 0,
		.begun = how == SOCK_WAIT_BEGUN,
		.in_kernel = true };
	static struct iovec iov[PIECES_MAX]; /* one call at a time: net/socket/socket.c */
	size_t n = 0;
	ssize sent;

	iov[n++] = (struct iovec){ cork->first->data + UDP_HLEN, cork->first->len - UDP_HLEN };
	for (const struct sk_buff *skb = cork->first->frags; skb; skb = skb->next)
		iov[n++] = (struct iovec){ skb->data, skb->len };
	msg_set_pieces(&msg, iov, n);
	sent = udp_send_segments(
		sk, &inet->pending.flow, &msg, cork->len - UDP_HLEN, cork->segment);
	if (sent != -EAGAIN)
		udp_flush_pending_frames(sk);
	return sent < 0 ? (int)sent : 0;
}

/* There is room for it, if it is one datagram. */
static int udp_send_pending(struct sock *sk, enum sock_wait how)
{
	struct inet_sock *inet = inet_sk(sk);
	const struct flow_cache *flow = &inet->pending.flow;
	struct sk_buff *skb = inet->pending.cork.first;
	int err;

	if (inet->pending.cork.segment)
		return udp_send_pending_segments(sk, how);
	if ((u32)skb->len + IP_HLEN > flow->rt.mtu) {
		udp_flush_pending_frames(sk);
		return -EMSGSIZE; /* the path MTU has become smaller than the packets */
	}
	inet->pending.cork = (struct cork){ .len = 0 };
	sk_set_tx_mode(sk, SK_TX_PENDING, false);
	err = udp_send_skb(skb, sk, flow);
	sk_set_tx_mode(sk, SK_TX_WISH, false);
	return err;
}

int udp_push_pending_frames(struct sock *sk, enum sock_wait how)
{
	struct inet_sock *inet = inet_sk(sk);
	struct flow_cache *flow = &inet->pending.flow;
	u32 n = inet->pending.cork.n;
	int err = 0;

	if (n == 0)
		return 0;
	charge(sk, 0); /* its own packets must not count against it */
	if (!rt_valid(sk->sk_net, &flow->rt))
		err = udp_route(sk, flow);
	if (!err && !inet->pending.cork.segment)
		err = udp_wait_for_room(
			sk, flow, how, flow->rt.dev->features & NETIF_F_FRAGLIST ? 1 : n, 0);
	if (!err)
		err = udp_send_pending(sk, how);
	else if (err != -EAGAIN)
		udp_flush_pending_frames(sk);
	charge(sk, inet->pending.cork.n);
	return err;
}

/* Called before the last message is appended, because it is sent as segments right after. */
static int room_for_segments(struct sock *sk, enum sock_wait how, size_t len)
{
	struct inet_sock *inet = inet_sk(sk);
	const struct cork *cork = &inet->pending.cork;
	u32 n;

	if (!cork->segment)
		return 0;
	n = min((u32)(cork->len + len) / cork->segment + 1, (u32)UDP_MAX_SEGMENTS);
	return udp_wait_for_room(sk, &inet->pending.flow, how, n, n);
}

ssize udp_append(struct sock *sk, struct msghdr *msg, size_t len)
{
	struct inet_sock *inet = inet_sk(sk);
	struct flow_cache *flow = &inet->pending.flow;
	bool last = !(msg->flags & MSG_MORE) && !inet->corkflag;
	u32 tries = 0;
	int err;

	charge(sk, 0);
	do {
		err = udp_may_send(sk);
		if (!err && last)
			err = room_for_segments(sk, msg_wait(msg), len);
		if (!err)
			err = ip_append_data(
				sk, &flow->rt, &inet->pending.cork, msg, len, UDP_HLEN);
	} while (udp_try_again(sk, flow, &err, &tries));
	if (err && err != -EAGAIN)
		udp_flush_pending_frames(sk);
	if (!err && last)
		err = udp_send_pending(sk, 0); /* room for all of it was asked for above */
	if (inet->pending.cork.n > 0)
		err = keep_pending(sk) ?: err;
	return err ? err : (ssize)len;
}

/* A pending datagram keeps its destination and options, even if the socket is connected elsewhere or changed before it
 * has to be routed again. */
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

	inet->pending.flow = *flow;
	inet->pending.flow.owner = 0;
	flow_close(&inet->pending.flow);
	inet->pending.cork.segment = (u32)gso_size;
	keep_as_it_begins(&inet->pending.flow);
	sk_set_tx_mode(sk, SK_TX_PENDING, true);
	sent = udp_append(sk, msg, len);
	if (!inet->pending.cork.first)
		sk_set_tx_mode(sk, SK_TX_PENDING, false);
	return sent;
}
