/* SPDX-License-Identifier: MIT
 * udp.c - UDP on the way down: from a message to a datagram.
 * Not here: ports (udp_port.c), the way up (udp_input.c), IPv4 (ip_output.c).
 * af_inet.c calls udp_prot's functions; calls routing and ip_send_skb.
 * Source: RFC 768; RFC 1122 4.1.3; Linux's udp_sendmsg: the order of its checks. */
#include "net/udp.h"
#include "net/datagram.h"
#include "net/errqueue.h"
#include "net/checksum.h"
#include "net/ip_output.h"
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

/* The message's address, or else the peer's. */
static int udp_check_destination(const struct sockaddr_in *to, const struct msghdr *msg)
{
	if (!msg->name)
		return be16_is_zero(to->sin_port) ? -EDESTADDRREQ : 0;
	if (msg->namelen < sizeof(*to))
		return -EINVAL;
	if (to->sin_family != AF_INET && to->sin_family != AF_UNSPEC)
		return -EAFNOSUPPORT;
	return be16_is_zero(to->sin_port) ? -EINVAL : 0;
}

/* The route for a destination and the headers of the flow, kept in the socket. */
static int udp_route(struct sock *sk, be32 daddr, be16 dport)
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

	err = ip_route_output_flow(sk->sk_net, &fl4, rt);
	if (!err && (rt->flags & RTCF_BROADCAST) && !sk->sk_broadcast)
		err = -EACCES;
	if (err) {
		inet_forget_route(inet); /* an answer that fails is not kept */
		return err;
	}
	rt->fragment = ip_may_fragment(inet->pmtudisc);
	if (!ip_heeds_pmtu(inet->pmtudisc))
		rt->mtu = rt->dev->mtu;
	inet->cache.len = INET_NO_LEN;
	inet->cache.udp = (struct udp_template){ .uh.source = cpu_to_be16(inet->inet_num),
		.uh.dest = dport,
		.ports_sum = csum_16(csum_pseudo(rt->saddr, rt->daddr, 0, IPPROTO_UDP) +
				     cpu_to_be16(inet->inet_num).raw + dport.raw),
		.check_mask = sk->sk_no_check_tx ? 0 : 0xffff };
	ip_template_init(&inet->cache.ip, rt, IPPROTO_UDP, inet->tos,
		rt->flags & RTCF_MULTICAST ? inet->mc_ttl : inet->uc_ttl,
		ip_sets_df(inet->pmtudisc, rt->flags & RTCF_MTU_LOCKED));
	return 0;
}

/* What the socket's own state has against sending, in Linux's order. */
static int udp_may_send(struct sock *sk)
{
	if (sk->sk_shutdown & SEND_SHUTDOWN)
		return -EPIPE;
	return sock_error(sk);
}

static const struct sockaddr_in *udp_destination(
	const struct inet_sock *inet, const struct msghdr *msg)
{
	return msg->name ? &msg->name->in : &inet->peer;
}

/* Complete the flow's headers for len bytes of payload. */
static void udp_flow_set_len(struct inet_sock *inet, size_t len)
{
	struct udp_template *t = &inet->cache.udp;
	size_t ulen = len + sizeof(t->uh);
	bool fits = ulen + IP_HLEN <= inet->cache.rt.mtu;

	t->uh.len = cpu_to_be16((u16)ulen);
	t->sum = t->ports_sum + 2u * t->uh.len.raw; /* it stands in the pseudo-header, too */
	ip_template_set_len(&inet->cache.ip, fits ? (u16)(ulen + IP_HLEN) : 0);
	inet->cache.len = fits ? len : INET_NO_LEN;
}

/* The flow in the cache is the one this message wants, and nothing is unusual. */
static __always_inline bool udp_flow_is_ready(
	const struct sock *sk, const struct msghdr *msg, size_t len)
{
	const struct inet_sock *inet = inet_sk(sk);

	if (unlikely(sk->sk_tx_unusual || (msg->flags & (MSG_OOB | MSG_CONFIRM))))
		return false;
	if (unlikely(msg->name && msg->namelen < sizeof(struct sockaddr_in)))
		return false;
	return likely(sockaddr_key(udp_destination(inet, msg)) == inet->cache.to &&
		      rt_valid(sk->sk_net, &inet->cache.rt) && len == inet->cache.len);
}

/* All that may be wrong with a message, in Linux's order; then its flow is in the cache. */
static int udp_make_ready(struct sock *sk, const struct msghdr *msg, size_t len)
{
	struct inet_sock *inet = inet_sk(sk);
	const struct sockaddr_in *to = udp_destination(inet, msg);
	int err;

	if (len > UDP_MAX_LEN)
		return -EMSGSIZE;
	if (msg->flags & MSG_OOB)
		return -EOPNOTSUPP;
	err = udp_check_destination(to, msg);
	if (!err)
		err = udp_may_send(sk);
	if (err)
		return err;
	if (sockaddr_key(to) == inet->cache.to && rt_valid(sk->sk_net, &inet->cache.rt))
		return 0;
	inet->cache.to = sockaddr_key(to);
	return udp_route(sk, to->sin_addr, to->sin_port);
}

static noinline ssize udp_send_failed(struct sock *sk, int err)
{
	sk->sk_net->mib.udp_out_datagrams--;
	return err;
}

/* udp_send_skb - put the UDP header before the payload and send. Returns len or why not. */
static __always_inline ssize udp_send_skb(struct sk_buff *skb, struct sock *sk, size_t len)
{
	struct inet_sock *inet = inet_sk(sk);
	struct udphdr *uh = (struct udphdr *)skb->data;
	be16 check;
	int err;

	*uh = inet->cache.udp.uh;
	check = csum_fold(skb->csum + inet->cache.udp.sum);
	if (unlikely(check.raw == 0)) /* RFC 768: zero means "none" */
		check.raw = 0xffff;
	uh->check.raw = check.raw & inet->cache.udp.check_mask;
	skb->sk = sk;
	sk->sk_net->mib.udp_out_datagrams++;
	err = ip_send_skb(sk->sk_net, skb, &inet->cache.rt, &inet->cache.ip);
	if (unlikely(err))
		return udp_send_failed(sk, err);
	return (ssize)len;
}

/* Whatever is not ready at once: another flow or length, errors, waiting, fragments. */
static noinline ssize udp_sendmsg_slow(struct sock *sk, struct msghdr *msg, size_t len)
{
	struct sk_buff *skb;

	do {
		int err = udp_make_ready(sk, msg, len);

		if (err)
			return err;
		if (msg->flags & MSG_CONFIRM)
			neigh_confirm(inet_sk(sk)->cache.rt.neigh);
		udp_flow_set_len(inet_sk(sk), len);
		skb = ip_make_skb_slow(sk, &inet_sk(sk)->cache.rt, msg, len, sizeof(struct udphdr));
	} while (PTR_ERR(skb) == -ESTALE); /* the tables changed while it waited for room */
	if (PTR_ERR(skb) == -EMSGSIZE)     /* who asked learns what would fit */
		ip_local_error(sk, EMSGSIZE, inet_sk(sk)->cache.rt.daddr,
			inet_sk(sk)->cache.udp.uh.dest, inet_sk(sk)->cache.rt.mtu);
	return IS_ERR(skb) ? PTR_ERR(skb) : udp_send_skb(skb, sk, len);
}

ssize udp_sendmsg(struct sock *sk, struct msghdr *msg, size_t len)
{
	struct sk_buff *skb;

	if (unlikely(!udp_flow_is_ready(sk, msg, len)))
		return udp_sendmsg_slow(sk, msg, len);
	skb = ip_make_skb(&inet_sk(sk)->cache.rt, msg, len, sizeof(struct udphdr));
	if (unlikely(!skb))
		return udp_sendmsg_slow(sk, msg, len);
	return udp_send_skb(skb, sk, len);
}

bool udp_writable(const struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);
	struct net_device *dev = inet->cache.rt.dev;

	if (skb_pool.free_n == 0 || sk->sk_wmem_full)
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

	err = udp_route(sk, addr->sin_addr, addr->sin_port);
	if (err)
		return err;
	inet->peer_family = AF_INET;
	inet->inet_daddr = inet->cache.rt.daddr; /* 0.0.0.0 meant somebody */
	inet->inet_dport = addr->sin_port;
	if (be32_is_zero(inet->inet_rcv_saddr))
		inet->inet_rcv_saddr = inet->cache.rt.saddr;
	if (be32_is_zero(inet->inet_saddr))
		inet->inet_saddr = inet->cache.rt.saddr;
	inet->cache.to = sockaddr_key(&inet->peer);
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
	.recvmsg = udp_recvmsg,
};
