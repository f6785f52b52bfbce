/* SPDX-License-Identifier: MIT
 * udp_route.c - where a datagram goes: from a socket, an address and control messages to a flow.
 * Not here: routing itself (net/ipv4/route.c), what is kept (flow_cache.h).
 * udp_prot.c, udp_send.c and udp_cork.c call in; calls ip_route_output_flow.
 * Source: RFC 1122 4.1.3. Behaves as Linux's udp_sendmsg: what its flowi4 is made of. */
#include "net/ipv4/igmp.h"
#include "net/socket/sockopt.h"
#include "net/udp/udp_impl.h"
#include "net/udp/udp_port.h"

const struct ipcm_cookie ipcm_usual = IPCM_USUAL;

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

/* A group's or a broadcast datagram is for this host, too, if a socket here listens. */
static noinline bool has_copy(const struct sock *sk, const struct flow_cache *flow)
{
	const struct rtable *rt = &flow->rt;
	struct net *net = sk->sk_net;

	if ((rt->dev->flags & IFF_LOOPBACK) || !(net->loopback_dev->flags & IFF_UP))
		return false; /* over lo it is received anyway */
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
		flow_forget(flow); /* a failure is not cached */
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

/* Messages whose control messages change the way or the headers have a flow beside the usual one. */
struct flow_cache *udp_find_flow(struct sock *sk, u64 to, const struct ipcm_cookie *ipc)
{
	struct inet_sock *inet = inet_sk(sk);
	bool usual = ipcm_is_usual(ipc);
	u64 owner = inet->flow_owner | !usual;
	struct flow_cache *flow = inet->flow;
	int err;

	if (usual && flow->to == to && rt_valid(sk->sk_net, &flow->rt))
		return flow;
	flow = flow_lookup(owner, to) ?: flow_create(owner, to);
	if (usual)
		inet_use_flow(inet, flow);
	if (rt_valid(sk->sk_net, &flow->rt) && (usual || ipcm_same_flow(&flow->ipc, ipc)))
		return flow;
	flow->ipc = *ipc;
	flow->source = cpu_to_be16(inet->inet_num);
	err = udp_route(sk, flow);
	return err ? ERR_PTR(err) : flow;
}

/* A bound, since the tables might change each time the sender has waited. */
#define ROUTE_TRIES 4

bool udp_try_again(struct sock *sk, struct flow_cache *flow, int *err, u32 *tries)
{
	if (*err != -ESTALE)
		return false;
	*err = ++*tries < ROUTE_TRIES ? udp_route(sk, flow) : -ENOBUFS;
	return *err == 0;
}
