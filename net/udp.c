/* SPDX-License-Identifier: MIT
 * udp.c - UDP on the way down: from a message to a datagram.
 * Not here: ports (udp_port.c), the way up (udp_input.c), IPv4 (ip_output.c).
 * af_inet.c calls udp_prot's functions; calls routing and ip_send_skb.
 * Source: RFC 768; RFC 1122 4.1.3; Linux's udp_sendmsg: the order of its checks. */
#include "net/udp.h"
#include "net/checksum.h"
#include "net/sockopt.h"
#include "net/udp_port.h"
#include "net/wire/udp.h"
#include "kernel/lib/slab.h"

static struct slab udp_slab = SLAB(struct inet_sock);

static struct sock *udp_alloc(void)
{
	return slab_alloc(&udp_slab);
}

static void udp_free(struct sock *sk)
{
	slab_free(&udp_slab, sk);
}

/* ---- sending ---------------------------------------------------------------------------- */

/* Where to: the message's address, else the peer's. */
static int udp_destination(const struct inet_sock *inet, const struct msghdr *msg, be32 *daddr,
		be16 *dport)
{
	const struct sockaddr_in *usin;

	if (!msg->name) {
		if (unlikely(be16_is_zero(inet->inet_dport)))
			return -EDESTADDRREQ;
		*daddr = inet->inet_daddr;
		*dport = inet->inet_dport;
		return 0;
	}
	if (unlikely(msg->namelen < sizeof(*usin)))
		return -EINVAL;
	usin = &msg->name->in;
	if (unlikely(usin->sin_family != AF_INET && usin->sin_family != AF_UNSPEC))
		return -EAFNOSUPPORT;
	if (unlikely(be16_is_zero(usin->sin_port)))
		return -EINVAL;
	*daddr = usin->sin_addr;
	*dport = usin->sin_port;
	return 0;
}

/* The route for a destination and the headers of the flow, kept in the socket. */
static noinline int udp_route_slow(struct sock *sk, be32 daddr, be16 dport)
{
	struct inet_sock *inet = inet_sk(sk);
	struct rtable *rt = &inet->cache.rt;
	struct flowi4 fl4 = { .daddr = daddr,
		.saddr = inet->inet_saddr,
		.dport = dport,
		.sport = cpu_to_be16(inet->inet_num),
		.oif = sk->sk_bound_dev_if,
		.proto = IPPROTO_UDP,
		.tos = inet->tos & FLOWI_TOS_MASK };
	int err;

	inet_forget_route(inet); /* an answer that fails is not kept */
	err = ip_route_output_flow(sk->sk_net, &fl4, rt);
	if (!err && (rt->flags & RTCF_BROADCAST) && !sk->sk_broadcast) {
		inet_forget_route(inet);
		err = -EACCES;
	}
	if (err)
		return err;
	rt->fragment = inet->pmtudisc < IP_PMTUDISC_DO;
	inet->cache.daddr = daddr;
	inet->cache.dport = dport;
	inet->cache.udp_sum = csum_pseudo(rt->saddr, rt->daddr, 0, IPPROTO_UDP) +
			      cpu_to_be16(inet->inet_num).raw + dport.raw;
	ip_template_init(&inet->cache.ip, rt, IPPROTO_UDP, inet->tos,
			rt->flags & RTCF_MULTICAST ? inet->mc_ttl : inet->uc_ttl,
			inet->pmtudisc != IP_PMTUDISC_DONT);
	return 0;
}

static __always_inline int udp_route(struct sock *sk, be32 daddr, be16 dport)
{
	const struct inet_sock *inet = inet_sk(sk);

	if (likely(be32_eq(inet->cache.daddr, daddr) && be16_eq(inet->cache.dport, dport) &&
			rt_valid(sk->sk_net, &inet->cache.rt)))
		return 0;
	return udp_route_slow(sk, daddr, dport);
}

/* udp_send_skb - put the UDP header before the payload and send. */
static inline int udp_send_skb(struct sk_buff *skb, struct sock *sk)
{
	struct inet_sock *inet = inet_sk(sk);
	struct udphdr *uh = (struct udphdr *)skb->data;
	be16 len = cpu_to_be16((u16)(skb->len + skb->frags_len)), check;

	uh->source = cpu_to_be16(inet->inet_num);
	uh->dest = inet->cache.dport;
	uh->len = len;
	check = csum_fold(inet->cache.udp_sum + skb->csum + len.raw + len.raw);
	if (unlikely(check.raw == 0)) /* RFC 768: zero means "none" */
		check.raw = 0xffff;
	if (unlikely(sk->sk_no_check_tx))
		check = BE16_ZERO;
	uh->check = check;
	skb->sk = sk;
	return ip_send_skb(sk->sk_net, skb, &inet->cache.rt, &inet->cache.ip);
}

/* What the socket's own state has against sending, in Linux's order. */
static noinline int udp_may_send(struct sock *sk)
{
	if (sk->sk_shutdown & SEND_SHUTDOWN)
		return -EPIPE;
	return sock_error(sk);
}

ssize udp_sendmsg(struct sock *sk, struct msghdr *msg, size_t len)
{
	struct inet_sock *inet = inet_sk(sk);
	struct sk_buff *skb;
	be32 daddr;
	be16 dport;
	int err;

	if (unlikely(len > UDP_MAX_LEN))
		return -EMSGSIZE;
	if (unlikely(msg->flags & MSG_OOB))
		return -EOPNOTSUPP;
	err = udp_destination(inet, msg, &daddr, &dport);
	if (unlikely(err))
		return err;
	err = unlikely(sk->sk_tx_unusual) ? udp_may_send(sk) : 0;
	if (unlikely(err))
		return err;
again:
	err = udp_route(sk, daddr, dport);
	if (unlikely(err))
		return err;
	skb = ip_make_skb(sk, &inet->cache.rt, msg, len, sizeof(struct udphdr));
	if (unlikely(IS_ERR(skb))) {
		if (PTR_ERR(skb) == -ESTALE) /* the tables changed while it waited for room */
			goto again;
		return PTR_ERR(skb);
	}
	err = udp_send_skb(skb, sk);
	if (unlikely(err))
		return err;
	sk->sk_net->mib.udp_out_datagrams++;
	return (ssize)len;
}

bool udp_writable(const struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);
	struct net_device *dev = inet->cache.rt.dev;

	if (skb_pool.free_n == 0 || sk->sk_wmem >= sk->sk_sndbuf)
		return false;
	if (!dev || !rt_valid(sk->sk_net, &inet->cache.rt))
		return true; /* no destination yet, nothing is known to be in the way */
	if (dev->tx_room == 0)
		dev->netdev_ops->ndo_reclaim(dev);
	return dev->tx_room > 0;
}

/* ---- the rest of udp_prot ---------------------------------------------------------------- */

static int udp_connect(struct sock *sk, const struct sockaddr_in *addr)
{
	struct inet_sock *inet = inet_sk(sk);
	int err;

	err = udp_route_slow(sk, addr->sin_addr, addr->sin_port);
	if (err)
		return err;
	inet->inet_daddr = inet->cache.rt.daddr;
	inet->inet_dport = addr->sin_port;
	if (be32_is_zero(inet->inet_rcv_saddr))
		inet->inet_rcv_saddr = inet->cache.rt.saddr;
	if (be32_is_zero(inet->inet_saddr))
		inet->inet_saddr = inet->cache.rt.saddr;
	inet->cache.daddr = inet->inet_daddr; /* 0.0.0.0 meant somebody */
	return 0;
}

static int udp_disconnect(struct sock *sk)
{
	struct inet_sock *inet = inet_sk(sk);

	inet_forget_route(inet);
	inet->inet_daddr = BE32_ZERO;
	inet->inet_dport = BE16_ZERO;
	if (!inet->addr_locked)
		inet->inet_rcv_saddr = inet->inet_saddr = BE32_ZERO;
	if (!inet->port_locked) /* as on Linux: the port is given back, too */
		udp_port_put(sk);
	return 0;
}

static void udp_close(struct sock *sk)
{
	udp_port_put(sk);
	udp_drop_unread(sk);
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
	.recvmsg = udp_recvmsg,
};
