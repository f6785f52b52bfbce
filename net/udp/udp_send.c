/* SPDX-License-Identifier: MIT
 * udp_send.c - udp_sendmsg: from a message to a datagram.
 * Not here: where to (udp_route.c), one datagram (udp_output.c), in pieces (udp_cork.c), UDP_SEGMENT
 * (udp_segment.c).
 * af_inet.c calls udp_prot's functions; calls flow_xmit, or udp_output.c for the slow path.
 * Source: RFC 768; RFC 1122 4.1.3. Behaves as Linux's udp_sendmsg: the order of its checks. */
#include "net/flow/flow_xmit.h"
#include "net/core/qdisc.h"
#include "net/core/timestamping.h"
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

/* Destination and control messages are known. */
static ssize udp_send_by(
	struct sock *sk, const struct ipcm_cookie *ipc, struct msghdr *msg, size_t len)
{
	const struct inet_sock *inet = inet_sk(sk);
	size_t gso_size = ipc->gso_size < 0 ? inet->gso_size : (size_t)ipc->gso_size;
	struct flow_cache *flow = udp_find_flow(sk, sockaddr_key(udp_destination(inet, msg)), ipc);
	int err = IS_ERR(flow) ? (int)PTR_ERR(flow) : udp_may_send(sk);

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

/* Control messages, and not of those that ip_cmsg_send reads alone. What the socket keeps of them is this message's. */
static noinline ssize udp_send_wish(struct sock *sk, struct msghdr *msg, size_t len)
{
	struct ipcm_cookie ipc = IPCM_USUAL;
	ssize sent = timestamping_ops ? timestamping_ops->cmsg_send(sk, msg, &ipc) : -EINVAL;

	ipc.dontroute = msg->flags & MSG_DONTROUTE;
	if (!sent)
		sent = udp_send_by(sk, &ipc, msg, len);
	if (!inet_sk(sk)->pending.cork.first)
		sk_set_tx_mode(sk, SK_TX_WISH, false);
	return sent;
}

/* Control messages. */
static noinline ssize udp_send_controlled(struct sock *sk, struct msghdr *msg, size_t len)
{
	struct ipcm_cookie ipc = IPCM_USUAL;

	if (ip_cmsg_send(msg, &ipc))
		return udp_send_wish(sk, msg, len);
	ipc.dontroute = msg->flags & MSG_DONTROUTE;
	return udp_send_by(sk, &ipc, msg, len);
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
	return udp_send_by(sk, &ipcm_usual, msg, len);
}

/* Does the socket want nothing unusual, and the message neither? */
static __always_inline bool udp_is_usual(const struct sock *sk, const struct msghdr *msg)
{
	return likely(!(sk->sk_tx_unusual || (msg->how & ~(u64)MSG_USUAL)));
}

/* There is no room for a packet of the last flow, or no payload, unless a queueing discipline lets it through. */
static noinline ssize udp_sendmsg_no_room(struct sock *sk, struct msghdr *msg, size_t len)
{
	if (flow_send_now(inet_sk(sk)->flow, msg->at, len))
		return (ssize)len;
	return udp_sendmsg_slow(sk, msg, len);
}

/* A usual message, whose flow is not there yet (NULL) or not valid: the complete road, each question asked once. What
 * it does not expect is the slow path's. */
static noinline ssize udp_sendmsg_first(
	struct sock *sk, struct msghdr *msg, size_t len, struct flow_cache *flow)
{
	struct inet_sock *inet = inet_sk(sk);
	const struct sockaddr_in *to = udp_destination(inet, msg);

	if (unlikely(to->sin_family != AF_INET || be16_is_zero(to->sin_port)))
		return udp_sendmsg_slow(sk, msg, len);
	if (!flow) {
		flow = flow_create(inet->flow_owner, sockaddr_key(to));
		flow->ipc = ipcm_usual;
		flow->source = cpu_to_be16(inet->inet_num);
		inet_use_flow(inet, flow);
	}
	if (unlikely(udp_route(sk, flow)))
		return udp_sendmsg_slow(sk, msg, len);
	flow_open(flow);
	if (likely(flow_send(flow, msg->at, len)))
		return (ssize)len;
	return udp_sendmsg_slow(sk, msg, len);
}

/* The last flow is another destination's, or not valid, or the packet in the next slot is of another kind. */
static noinline ssize udp_sendmsg_elsewhere(struct sock *sk, struct msghdr *msg, size_t len)
{
	struct inet_sock *inet = inet_sk(sk);
	struct flow_cache *flow = inet->flow;
	u64 to = sockaddr_key(udp_destination(inet, msg));

	if (to != flow->to) {
		flow = flow_lookup(inet->flow_owner, to);
		if (!flow)
			return udp_sendmsg_first(sk, msg, len, NULL);
		inet_use_flow(inet, flow);
	}
	if (unlikely(!rt_valid(sk->sk_net, &flow->rt)))
		return udp_sendmsg_first(sk, msg, len, flow);
	if (likely(flow_send(flow, msg->at, len)))
		return (ssize)len;
	return udp_sendmsg_no_room(sk, msg, len);
}

ssize udp_sendmsg(struct sock *sk, struct msghdr *msg, size_t len)
{
	const struct inet_sock *inet = inet_sk(sk);
	struct flow_cache *flow = inet->flow;
	struct flow_payloads one;

	if (unlikely(!udp_is_usual(sk, msg)))
		return udp_sendmsg_slow(sk, msg, len);
	if (unlikely(sockaddr_key(udp_destination(inet, msg)) != flow->to ||
		     !rt_valid(sk->sk_net, &flow->rt)))
		return flow == &flow_none ? udp_sendmsg_first(sk, msg, len, NULL)
					  : udp_sendmsg_elsewhere(sk, msg, len);
	if (unlikely(!flow_may_send(flow, msg->at)))
		return udp_sendmsg_no_room(sk, msg, len);
	one = flow_payloads(flow, msg->at, len);
	if (likely(flow_xmit(flow->dev, 1, 1, true, flow_fill_again, &one)))
		return (ssize)len;
	return udp_sendmsg_elsewhere(sk, msg, len);
}

/* ---- sendmmsg ----------------------------------------------------------------------------- */

struct batch {
	const struct inet_sock *inet;
	struct flow_cache *flow;         /* of the last message */
	struct user_mmsghdr __user *vec; /* the next one */
};

/* The flow of a message without control messages, valid and on the batch's device, or NULL. The first word of an address
 * is its key; the rest must be readable. */
static __always_inline struct flow_cache *udp_batch_flow(
	const struct batch *batch, const struct plain_message *m, const struct net_device *dev)
{
	const struct inet_sock *inet = batch->inet;
	u64 to = sockaddr_key(&inet->peer), rest;
	struct flow_cache *flow = batch->flow;

	if (m->controllen)
		return NULL;
	if (m->name &&
		(m->namelen != sizeof(struct sockaddr_in) || unsafe_get_2(&to, &rest, m->name) < 0))
		return NULL;
	if (likely(to == flow->to))
		return flow;
	flow = flow_lookup(inet->flow_owner, to);
	return flow && rt_valid(inet->sk.sk_net, &flow->rt) && flow->dev == dev ? flow : NULL;
}

static __always_inline struct sk_buff *fill_message(
	const struct flow_burst *b, size_t slot, void *arg)
{
	struct batch *batch = arg;
	struct sk_buff *skb = b->slot[slot];
	struct plain_message m;
	struct flow_cache *flow;
	u64 tag;

	if (!msg_read_plain(&m, batch->vec))
		return NULL;
	flow = udp_batch_flow(batch, &m, b->dev);
	if (unlikely(!flow))
		return NULL;
	batch->flow = flow;
	tag = flow->tag | m.len;
	if (unlikely(skb->tag != tag) && !flow_put_same_kind(flow, skb, tag, m.len))
		skb = flow_put_header(flow, slot, (u32)m.len);
	if (unlikely(!skb || !flow_fill(skb, flow, tag, m.base, m.len) ||
		     unsafe_put_u32((u32)m.len, &batch->vec->len)))
		return NULL;
	batch->vec++;
	return skb;
}

u32 udp_send_batch(struct sock *sk, struct user_mmsghdr __user *vec, u32 n, u32 flags)
{
	struct inet_sock *inet = inet_sk(sk);
	struct batch batch = { inet, inet->flow, vec };
	struct net_device *dev;
	bool asked; /* the device's discipline */

	if (sk->sk_tx_unusual || (flags & ~MSG_USUAL) || !rt_valid(sk->sk_net, &batch.flow->rt))
		return 0;
	dev = batch.flow->dev;
	asked = dev->qdisc && dev->tx_room == 0;
	if (asked && !dev->qdisc->ops->open(dev->qdisc, ETH_HLEN + dev->mtu))
		return 0;
	n = (u32)flow_xmit(dev, asked ? min(n, dev->tx_room) : flow_room(dev, n), 1, false,
		fill_message, &batch);
	if (asked)
		dev->qdisc->ops->close(dev->qdisc);
	inet_use_flow(inet, batch.flow);
	return n;
}
