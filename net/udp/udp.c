/* SPDX-License-Identifier: MIT
 * udp.c - UDP on the way down: from a message to a datagram.
 * Not here: datagrams in pieces (udp_cork.c), trains (udp_segment.c), ports (udp_port.c), the way up
 * (udp_input.c), IPv4 (ip_output.c).
 * af_inet.c calls udp_prot's functions; calls routing, flow_xmit or ip_send_skb.
 * Source: RFC 768; RFC 1122 4.1.3; Linux's udp_sendmsg: the order of its checks. */
#include "net/udp/udp_send.h"
#include "kernel/mm/slab.h"
#include "net/core/checksum.h"
#include "net/ipv4/igmp.h"
#include "net/socket/datagram.h"
#include "net/socket/sockopt.h"
#include "net/udp/errqueue.h"
#include "net/udp/udp_port.h"

static struct slab udp_slab = SLAB(struct inet_sock);

static struct sock *udp_alloc(void)
{
	return slab_alloc(&udp_slab);
}

static void udp_free(struct sock *sk)
{
	slab_free(&udp_slab, sk);
}

/* ---- where to ---------------------------------------------------------------------------- */

static const struct sockaddr_in *udp_destination(
	const struct inet_sock *inet, const struct msghdr *msg)
{
	return msg->name ? &msg->name->in : &inet->peer;
}

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

static const struct ipcm_cookie ipcm_usual = IPCM_USUAL;

static struct flowi4 udp_flow_key(const struct sock *sk, const struct flow_cache *flow)
{
	const struct inet_sock *inet = inet_sk(sk);
	const struct ipcm_cookie *ipc = &flow->ipc;
	struct flowi4 fl4 = { .daddr = sockaddr_of_key(flow->to).sin_addr,
		.saddr = be32_is_zero(ipc->addr) && !ipc->any_addr ? inet->inet_saddr : ipc->addr,
		.oif = ipc->oif ? ipc->oif : sk->sk_bound_dev_if,
		.tos = (ipc->tos < 0 ? inet->tos : ipc->tos) & FLOWI_TOS_MASK,
		.scope = ipc->dontroute || sk->sk_dontroute ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE };

	if (ipv4_is_multicast(fl4.daddr)) {
		fl4.oif = fl4.oif ? fl4.oif : inet->mc_index;
		fl4.saddr = be32_is_zero(fl4.saddr) ? inet->mc_addr : fl4.saddr;
	}
	return fl4;
}

/* What goes to a group or to all is for this host, too, if somebody here listens. */
static noinline bool has_copy(const struct sock *sk, const struct flow_cache *flow)
{
	const struct rtable *rt = &flow->rt;
	struct net *net = sk->sk_net;

	if ((rt->dev->flags & IFF_LOOPBACK) || !(net->loopback_dev->flags & IFF_UP))
		return false; /* by lo it comes as it is */
	if (rt->flags & RTCF_MULTICAST)
		return inet_sk(sk)->mc_loop && ip_check_mc(rt->dev, rt->daddr);
	return udp_port_has_socket(net, flow->dest);
}

int udp_route(struct sock *sk, struct flow_cache *flow)
{
	struct inet_sock *inet = inet_sk(sk);
	struct rtable *rt = &flow->rt;
	struct flowi4 fl4;
	u8 ways, ttl;
	int err;

	flow->dest = sockaddr_of_key(flow->to).sin_port;
	fl4 = udp_flow_key(sk, flow);
	err = ip_route_output_flow(sk->sk_net, &fl4, rt);
	if (!err && (rt->flags & RTCF_BROADCAST) && !sk->sk_broadcast)
		err = -EACCES;
	if (err) {
		flow_forget(flow); /* an answer that fails is not kept */
		return err;
	}
	ways = ip_pmtu_ways(inet->pmtudisc);
	ttl = rt->flags & RTCF_MULTICAST ? inet->mc_ttl : inet->uc_ttl;
	rt->fragment = ways & PMTU_FRAGMENT;
	if (!(ways & PMTU_HEEDED))
		rt->mtu = rt->dev->mtu;
	ip_template_init(&flow->ip, rt, IPPROTO_UDP,
		(u8)(flow->ipc.tos < 0 ? inet->tos : flow->ipc.tos),
		(u8)(flow->ipc.ttl < 0 ? ttl : flow->ipc.ttl),
		ways & (rt->flags & RTCF_MTU_LOCKED ? PMTU_DF_LOCKED : PMTU_DF));
	if ((rt->flags & RTCF_TO_MANY) && has_copy(sk, flow))
		rt->flags |= RTCF_COPY;
	flow_begin(flow);
	return 0;
}

/* From the port that the socket has now. */
static int udp_begin_flow(
	struct sock *sk, struct flow_cache *flow, u64 to, const struct ipcm_cookie *ipc)
{
	flow->to = to;
	flow->ipc = *ipc;
	flow->source = cpu_to_be16(inet_sk(sk)->inet_num);
	return udp_route(sk, flow);
}

/* The flow for a destination: the one that is kept, if it still holds. */
static int udp_find_flow(struct sock *sk, struct flow_cache *flow, const struct sockaddr_in *to,
	const struct ipcm_cookie *ipc)
{
	if (flow->to == sockaddr_key(to) && rt_valid(sk->sk_net, &flow->rt))
		return 0;
	return udp_begin_flow(sk, flow, sockaddr_key(to), ipc);
}

/* ---- sending ----------------------------------------------------------------------------- */

int udp_may_send(struct sock *sk)
{
	int err = sock_error(sk);

	return err ? err : sk->sk_shutdown & SEND_SHUTDOWN ? -EPIPE : 0;
}

/* A datagram was dropped, as its next hop does not answer: a socket that has one peer, or wants to know, is told.
 * For others it is lost like any that was accepted. */
static int udp_dropped(const struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);

	if (inet->recverr || inet->peer_family)
		return -EHOSTUNREACH;
	skb_pool.lost++;
	return 0;
}

int udp_send_skb(struct sk_buff *skb, struct sock *sk, const struct flow_cache *flow)
{
	const struct rtable *rt = &flow->rt;
	u16 ulen = (u16)(skb->len + skb->frags_len);
	struct udphdr *uh = (struct udphdr *)skb->data;
	int err;

	*uh = (struct udphdr){
		.source = flow->source, .dest = flow->dest, .len = cpu_to_be16(ulen)
	};
	if (!sk->sk_no_check_tx)
		uh->check = udp_checksum(csum_add(skb->csum, uh, sizeof(*uh)) +
					 csum_pseudo(rt->saddr, rt->daddr, ulen, IPPROTO_UDP));
	skb->sk = sk;
	err = ip_send_skb(sk->sk_net, skb, rt, &flow->ip);
	if (err == -EHOSTUNREACH)
		err = udp_dropped(sk);
	if (!err)
		sk->sk_net->mib.udp_out_datagrams++;
	return err;
}

/* Tables that change each time a sender has waited would keep it for ever. */
#define ROUTE_TRIES 4

bool udp_try_again(struct sock *sk, struct flow_cache *flow, int *err, u32 *tries)
{
	if (*err != -ESTALE)
		return false;
	*err = ++*tries < ROUTE_TRIES ? udp_route(sk, flow) : -ENOBUFS;
	return *err == 0;
}

bool udp_is_unready(const struct sock *sk)
{
	return sk->sk_tx_unusual &&
	       (sk->sk_no_check_tx || sk->sk_wmem_full || (sk->sk_tx_modes & SK_TX_PACED));
}

/* Its frame goes as it is, or is made ready and goes. Returns false when it has to be built. */
static bool udp_send_frame(struct sock *sk, struct flow_cache *flow, struct msghdr *msg, size_t len)
{
	if (udp_is_unready(sk))
		return false;
	if (flow->len != len)
		flow_make_ready(flow, len);
	if (flow->len != len || msg->at_len < len ||
		(flow->rt.dev->tx_room == 0 && dev_room(flow->rt.dev) == 0) ||
		!flow_xmit(flow, msg->at))
		return false;
	msg_advance(msg, len);
	return true;
}

/* A packet that every layer below gets to see. */
static noinline ssize udp_send_made(
	struct sock *sk, struct flow_cache *flow, struct msghdr *msg, size_t len)
{
	struct sk_buff *skb;
	u32 tries = 0;
	int err;

	do {
		skb = ip_make_skb(sk, &flow->rt, msg, len, UDP_HLEN);
		err = IS_ERR(skb) ? (int)PTR_ERR(skb) : udp_send_skb(skb, sk, flow);
	} while (udp_try_again(sk, flow, &err, &tries));
	if (err == -EMSGSIZE) /* who asked learns what would fit */
		ip_local_error(sk, EMSGSIZE, flow->rt.daddr, flow->dest,
			min(flow->rt.mtu, (u32)IP_MAX_LEN));
	return err ? err : (ssize)len;
}

ssize udp_send_one(struct sock *sk, struct flow_cache *flow, struct msghdr *msg, size_t len)
{
	return udp_send_frame(sk, flow, msg, len) ? (ssize)len : udp_send_made(sk, flow, msg, len);
}

int udp_wait_for_room(struct sock *sk, struct flow_cache *flow, u32 flags, u32 n, u32 packets)
{
	u32 tries = 0;
	int err;

	packets = min(packets, skb_pool.total_n / 2);
	do
		err = ip_wait_for_room(
			sk, &flow->rt, flags, min(n, flow->rt.dev->tx_ring_n), packets);
	while (udp_try_again(sk, flow, &err, &tries));
	return err;
}

/* ---- the whole of it ---------------------------------------------------------------------- */

/* The message's wishes are known, and where the flow that fits them is kept. */
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

/* Control messages: if they want something else than the socket does, this message has a flow of its
 * own. */
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

/* Whatever is not ready at once: another flow or length, options, errors, waiting, fragments. */
static noinline ssize udp_sendmsg_slow(struct sock *sk, struct msghdr *msg, size_t len)
{
	struct inet_sock *inet = inet_sk(sk);
	int err;

	if (len > IP_MAX_LEN)
		return -EMSGSIZE;
	if (msg->flags & MSG_OOB)
		return -EOPNOTSUPP;
	msg->flags &= ~(u32)MSG_BEGUN; /* ours; a bit without meaning from a program, as on Linux */
	if (inet->pending.cork.first)
		return udp_append(sk, msg, len);
	err = udp_check_destination(udp_destination(inet, msg), msg);
	if (err)
		return err;
	if (unlikely(msg->controllen || (msg->flags & MSG_DONTROUTE)))
		return udp_send_controlled(sk, msg, len);
	return udp_send_by(sk, &inet->flow, &ipcm_usual, msg, len);
}

/* The flow that is kept is the one this message wants, its frame is ready, and nothing is unusual. */
static __always_inline bool udp_flow_is_ready(
	const struct sock *sk, const struct msghdr *msg, size_t len)
{
	const struct inet_sock *inet = inet_sk(sk);
	const struct flow_cache *flow = &inet->flow;

	if (unlikely(sk->sk_tx_unusual || (msg->flags & ~MSG_USUAL)))
		return false;
	return likely(sockaddr_key(udp_destination(inet, msg)) == flow->to && len == flow->len &&
		      rt_valid(sk->sk_net, &flow->rt));
}

/* The next slot's packet wears another frame, or none; or the payload cannot be read. */
static noinline ssize udp_sendmsg_dressed(struct sock *sk, struct msghdr *msg, size_t len)
{
	if (!flow_xmit_dressed(&inet_sk(sk)->flow, msg->at))
		return udp_sendmsg_slow(sk, msg, len);
	return (ssize)len;
}

/* Whatever it ends with is jumped to: nothing is left to do here. */
ssize udp_sendmsg(struct sock *sk, struct msghdr *msg, size_t len)
{
	struct flow_cache *flow = &inet_sk(sk)->flow;
	struct net_device *dev = flow->rt.dev;

	if (unlikely(!udp_flow_is_ready(sk, msg, len) || !flow_may_xmit(flow, dev, msg->at)))
		return udp_sendmsg_slow(sk, msg, len);
	if (unlikely(!flow_fill(flow, dev_tx_slot(dev, 0), flow->tag, msg->at, len)))
		return udp_sendmsg_dressed(sk, msg, len);
	return flow_sent(flow, dev, 1, (ssize)len);
}

/* The first word of the address is what the flow is kept under; the rest must be readable. No control
 * data. */
static __always_inline bool udp_plain_is_ready(
	const struct inet_sock *inet, const struct plain_message *m)
{
	u64 to = sockaddr_key(&inet->peer), rest;

	if (m->name &&
		(m->namelen != sizeof(struct sockaddr_in) || get_user_2(&to, &rest, m->name) < 0))
		return false;
	return to == inet->flow.to && m->len == inet->flow.len && m->controllen == 0;
}

u32 udp_send_ready(struct sock *sk, struct user_mmsghdr __user *vec, u32 n, u32 flags)
{
	struct inet_sock *inet = inet_sk(sk);
	struct flow_cache *flow = &inet->flow;
	struct net_device *dev = flow->rt.dev;
	u64 tag = flow->tag;
	struct plain_message m;
	u32 i = 0;

	if (sk->sk_tx_unusual || (flags & ~MSG_USUAL) || flow->len == FLOW_NOT_READY ||
		!rt_valid(sk->sk_net, &flow->rt))
		return 0;
	for (n = flow_room(dev, n); i < n; i++)
		if (!msg_read_plain(&m, &vec[i]) || !udp_plain_is_ready(inet, &m) ||
			!flow_fill(flow, dev_tx_slot(dev, i), tag, m.base, m.len) ||
			put_user_u32((u32)m.len, &vec[i].len) < 0)
			break;
	return i > 0 ? (u32)flow_sent(flow, dev, i, i) : 0;
}

/* Where it would go is where the last one went, by the route of now. An error is told at once. */
bool udp_writable(struct sock *sk)
{
	struct flow_cache *flow = &inet_sk(sk)->flow;
	struct sockaddr_in to = sockaddr_of_key(flow->to);

	if (flow->to == 0 || udp_find_flow(sk, flow, &to, &ipcm_usual))
		return sock_has_room(sk, NULL, NULL, 1, 1);
	return sock_has_room(sk, flow->rt.dev, flow->rt.neigh, 1, 1);
}

/* ---- the rest of udp_prot ---------------------------------------------------------------- */

static int udp_connect(struct sock *sk, const struct sockaddr_in *addr)
{
	struct inet_sock *inet = inet_sk(sk);
	struct flow_cache *flow = &inet->flow;
	int err = udp_begin_flow(sk, flow, sockaddr_key(addr), &ipcm_usual);

	if (err)
		return err;
	inet->peer_family = AF_INET;
	inet->inet_daddr = flow->rt.daddr; /* 0.0.0.0 meant somebody */
	inet->inet_dport = addr->sin_port;
	if (be32_is_zero(inet->inet_rcv_saddr))
		inet->inet_rcv_saddr = flow->rt.saddr;
	if (be32_is_zero(inet->inet_saddr))
		inet->inet_saddr = flow->rt.saddr;
	flow->to = sockaddr_key(&inet->peer);
	return 0;
}

static int udp_disconnect(struct sock *sk)
{
	struct inet_sock *inet = inet_sk(sk);

	inet_forget_route(inet);
	inet->peer = (struct sockaddr_in){ .sin_family = AF_UNSPEC };
	sk->sk_bound_dev_if = 0; /* as on Linux */
	if (!inet->addr_locked)
		inet->inet_rcv_saddr = inet->inet_saddr = BE32_ZERO;
	if (!inet->port_locked) /* as on Linux: the port is given back, too */
		udp_port_put(sk);
	return 0;
}

static void udp_close(struct sock *sk)
{
	udp_port_put(sk);
	udp_flush_pending_frames(sk);
	sock_purge_rcv(sk);
	sock_put(sk);
}

const struct proto udp_prot = {
	.name = "UDP",
	.alloc = udp_alloc,
	.free = udp_free,
	.close = udp_close,
	.connect = udp_connect,
	.disconnect = udp_disconnect,
	.get_port = udp_port_get,
	.sendmsg = udp_sendmsg,
	.send_ready = udp_send_ready,
	.recvmsg = udp_recvmsg,
	.link_failure = udp_link_failure,
};
