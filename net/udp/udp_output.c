/* SPDX-License-Identifier: MIT
 * udp_output.c - one datagram to IP: by a cached header if the fast path may be taken, or packet by packet.
 * Not here: the message it comes from (udp_send.c, udp_segment.c, udp_cork.c), where to (udp_route.c).
 * udp_send.c, udp_segment.c and udp_cork.c call in; calls flow_xmit or ip_send_skb.
 * Source: RFC 768; RFC 1122 4.1.3. */
#include "net/flow/flow_xmit.h"
#include "net/core/checksum.h"
#include "net/core/timestamping.h"
#include "net/socket/datagram.h"
#include "net/udp/errqueue.h"
#include "net/udp/udp_impl.h"

int udp_may_send(struct sock *sk)
{
	int err = sock_error(sk);

	return err ? err : sk->sk_shutdown & SEND_SHUTDOWN ? -EPIPE : 0;
}

/* A datagram was dropped because its next hop does not answer ARP. A connected socket, or one with IP_RECVERR, is told;
 * for others it counts as lost. If it was too late (SO_TXTIME) IP_RECVERR is told, as on Linux. */
static int udp_dropped(const struct sock *sk, int err)
{
	const struct inet_sock *inet = inet_sk(sk);

	if (err != -EHOSTUNREACH)
		return err == -ENOBUFS && (sk->sk_tx_modes & SK_TX_TIMED) && !inet->recverr ? 0
											    : err;
	if (inet->recverr || inet->peer_family)
		return -EHOSTUNREACH;
	skb_pool.lost++;
	return 0;
}

/* The socket is no plain one. Does it want a checksum? */
static noinline bool udp_mark(struct sock *sk, struct sk_buff *skb)
{
	if (sk->sk_tx_modes & SK_TX_WISHES)
		timestamping_ops->mark(sk, skb);
	return !sk->sk_no_check_tx;
}

int udp_send_skb(struct sk_buff *skb, struct sock *sk, const struct flow_cache *flow)
{
	const struct rtable *rt = &flow->rt;
	u16 ulen = (u16)(skb->len + skb->frags_len);
	struct udphdr *uh = (struct udphdr *)skb->data;
	u64 sum = skb->csum; /* what udp_mark notes may stand there */
	int err;

	*uh = (struct udphdr){
		.source = flow->source, .dest = flow->dest, .len = cpu_to_be16(ulen)
	};
	if (likely(!sk->sk_tx_unusual) || udp_mark(sk, skb))
		uh->check = udp_checksum(csum_add(sum, uh, sizeof(*uh)) +
					 csum_pseudo(rt->saddr, rt->daddr, ulen, IPPROTO_UDP));
	skb->sk = sk;
	err = ip_send_skb(sk->sk_net, skb, rt, &flow->ip);
	if (unlikely(err))
		err = udp_dropped(sk, err);
	if (!err)
		sk->sk_net->mib.udp_out_datagrams++;
	return err;
}

/* Send with the cached header, which is built if necessary. Returns false when the slow path has to build the packet. */
static bool udp_send_cached(
	struct sock *sk, struct flow_cache *flow, struct msghdr *msg, size_t len)
{
	struct net_device *dev = flow->rt.dev;

	if (!udp_fast_path_ok(sk))
		return false;
	if (flow->len_end == 0)
		flow_open(flow);
	if (len >= flow->len_end || msg->at_len < len ||
		(dev->tx_room == 0 && dev_room(dev) == 0) ||
		!(flow_send(flow, msg->at, len) || flow_send_now(flow, msg->at, len)))
		return false;
	msg_advance(msg, len);
	return true;
}

/* The slow path: a packet that passes every layer below. */
static noinline ssize udp_send_built(
	struct sock *sk, struct flow_cache *flow, struct msghdr *msg, size_t len)
{
	struct sk_buff *skb;
	u32 tries = 0;
	int err;

	do {
		skb = ip_make_skb(sk, &flow->rt, msg, len, UDP_HLEN);
		err = IS_ERR(skb) ? (int)PTR_ERR(skb) : udp_send_skb(skb, sk, flow);
	} while (udp_try_again(sk, flow, &err, &tries));
	if (err == -EMSGSIZE) /* with IP_RECVERR the socket learns what would fit */
		ip_local_error(sk, EMSGSIZE, flow->rt.daddr, flow->dest,
			min(flow->rt.mtu, (u32)IP_MAX_LEN));
	return err ? err : (ssize)len;
}

ssize udp_send_one(struct sock *sk, struct flow_cache *flow, struct msghdr *msg, size_t len)
{
	return udp_send_cached(sk, flow, msg, len) ? (ssize)len
						   : udp_send_built(sk, flow, msg, len);
}

int udp_wait_for_room(
	struct sock *sk, struct flow_cache *flow, enum sock_wait how, u32 n, u32 packets)
{
	u32 tries = 0;
	int err;

	packets = min(packets, skb_pool.total_n / 2);
	do
		err = ip_wait_for_room(
			sk, &flow->rt, how, min(n, flow->rt.dev->tx_ring_n), packets);
	while (udp_try_again(sk, flow, &err, &tries));
	return err;
}
