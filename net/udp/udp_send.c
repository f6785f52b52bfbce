/* SPDX-License-Identifier: MIT
 * udp_send.c - udp_sendmsg: from a message to a datagram.
 * Not here: where to (udp_route.c), one datagram (udp_output.c), in pieces (udp_cork.c), UDP_SEGMENT
 * (udp_segment.c).
 * af_inet.c calls udp_prot's functions; calls flow_xmit, or udp_output.c for the slow path.
 * Source: RFC 768; RFC 1122 4.1.3. Behaves as Linux's udp_sendmsg: the order of its checks. */
#include "net/socket/sockopt.h"
#include "net/udp/udp_impl.h"

/* The message's address, or else the peer's. */
static int udp_check_destination(const struct sockaddr_in *to, const struct msghdr *msg)
{
	if (!msg->name)
		return to->sin_family ? 0 : -EDESTADDRREQ;
	if (msg->namelen < sizeof(*to))
		return -EINVAL;
	if (to->sin_family != AF_INET && to->sin_family != AF_UNSPEC)
		return -EAFNOSUPPORT;
	return be16_is_zero(to->sin_port) ? -EINVAL : 0;
}

/* Destination and control messages are known, and so is the flow for them. */
static ssize udp_send_by(struct sock *sk, struct flow_cache *flow, const struct ipcm_cookie *ipc,
	struct msghdr *msg, size_t len)
{
	const struct inet_sock *inet = inet_sk(sk);
	size_t gso_size = ipc->gso_size < 0 ? inet->gso_size : (size_t)ipc->gso_size;
	int err = udp_find_flow(sk, flow, udp_destination(inet, msg), ipc);

	if (!err)
		err = udp_may_send(sk);
	if (err)
		return err;
	if (msg->flags & MSG_CONFIRM)
		neigh_confirm(flow->rt.neigh);
	if ((msg->flags & MSG_MORE) || inet->corkflag)
		return udp_begin_pending(sk, flow, msg, len, gso_size);
	if (gso_size)
		return udp_send_segments(sk, flow, msg, len, gso_size);
	return udp_send_one(sk, flow, msg, len);
}

/* Control messages: if they differ from the socket's options, this message has a flow of its own. */
static noinline ssize udp_send_controlled(struct sock *sk, struct msghdr *msg, size_t len)
{
	struct ipcm_cookie ipc = IPCM_USUAL;
	struct flow_cache own;
	int err = ip_cmsg_send(msg, &ipc);

	if (err)
		return err;
	ipc.dontroute = msg->flags & MSG_DONTROUTE;
	own.to = 0; /* no address is */
	return udp_send_by(sk, ipcm_is_usual(&ipc) ? &inet_sk(sk)->flow : &own, &ipc, msg, len);
}

/* The slow path: another flow or length, options, errors, waiting, fragments. */
static noinline ssize udp_sendmsg_slow(struct sock *sk, struct msghdr *msg, size_t len)
{
	struct inet_sock *inet = inet_sk(sk);
	int err;

	if (len > IP_MAX_LEN)
		return -EMSGSIZE;
	if (msg->flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (inet->pending.cork.first)
		return udp_append(sk, msg, len);
	err = udp_check_destination(udp_destination(inet, msg), msg);
	if (err)
		return err;
	if (unlikely(msg->controllen || (msg->flags & MSG_DONTROUTE)))
		return udp_send_controlled(sk, msg, len);
	return udp_send_by(sk, &inet->flow, &ipcm_usual, msg, len);
}

/* May the fast path send it? The cached flow is this message's, its header is complete, sk_tx_unusual is zero. */
static __always_inline bool udp_flow_is_cached(
	const struct sock *sk, const struct msghdr *msg, size_t len)
{
	const struct inet_sock *inet = inet_sk(sk);
	const struct flow_cache *flow = &inet->flow;

	if (unlikely(sk->sk_tx_unusual || (msg->how & ~(u64)MSG_USUAL)))
		return false;
	return likely(sockaddr_key(udp_destination(inet, msg)) == flow->to && len == flow->len &&
		      rt_valid(sk->sk_net, &flow->rt));
}

ssize udp_sendmsg(struct sock *sk, struct msghdr *msg, size_t len)
{
	if (likely(udp_flow_is_cached(sk, msg, len) && flow_send(&inet_sk(sk)->flow, msg->at)))
		return (ssize)len;
	return udp_sendmsg_slow(sk, msg, len);
}

/* ---- sendmmsg ----------------------------------------------------------------------------- */

struct batch {
	const struct inet_sock *inet;
	struct user_mmsghdr __user *vec;
};

/* The first word of the address is the flow's key; the rest must be readable. No control data. */
static __always_inline bool udp_message_is_plain(
	const struct inet_sock *inet, const struct plain_message *m)
{
	u64 to = sockaddr_key(&inet->peer), rest;

	if (m->name &&
		(m->namelen != sizeof(struct sockaddr_in) || get_user_2(&to, &rest, m->name) < 0))
		return false;
	return to == inet->flow.to && m->len == inet->flow.len && m->controllen == 0;
}

static __always_inline bool fill_message(const struct flow_burst *b, u32 i, void *arg)
{
	const struct batch *batch = arg;
	struct plain_message m;

	return msg_read_plain(&m, &batch->vec[i]) && udp_message_is_plain(batch->inet, &m) &&
	       flow_fill(b, i, m.base) && put_user_u32((u32)m.len, &batch->vec[i].len) == 0;
}

u32 udp_send_batch(struct sock *sk, struct user_mmsghdr __user *vec, u32 n, u32 flags)
{
	struct flow_cache *flow = &inet_sk(sk)->flow;
	struct batch batch = { inet_sk(sk), vec };

	if (sk->sk_tx_unusual || (flags & ~MSG_USUAL) || flow->len == FLOW_NO_HEADER ||
		!rt_valid(sk->sk_net, &flow->rt))
		return 0;
	return flow_xmit(flow, flow_room(flow, n), 1, fill_message, &batch);
}
