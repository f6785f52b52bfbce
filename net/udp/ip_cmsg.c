/* SPDX-License-Identifier: MIT
 * ip_cmsg.c - control messages of recvmsg: a datagram's destination, device, time, TTL and TOS.
 * Not here: how a control message lies in memory (msg.c), the error queue (errqueue.c).
 * udp_input.c and errqueue.c call in.
 * Source: socket(7), ip(7). Behaves as Linux's sock_recv_cmsgs and ip_cmsg_recv: their order. */
#include "net/udp/ip_cmsg.h"
#include "net/core/timestamping.h"
#include "net/device/ifaddr.h"
#include "net/socket/sockopt.h"
#include "net/udp/ip_cmsg_send.h"

struct timestamp {
	s64 sec, fraction; /* of a second: micro- or nanoseconds */
};

static void put_timestamp(struct msghdr *msg, const struct sock *sk, u64 ns)
{
	static const u8 type[2][2] = { { SO_TIMESTAMP, SO_TIMESTAMP_NEW },
		{ SO_TIMESTAMPNS, SO_TIMESTAMPNS_NEW } };
	bool nano = sk->sk_timestamp & SK_TIMESTAMP_NS;
	struct timestamp t = { (s64)(ns / NSEC_PER_SEC),
		(s64)(ns % NSEC_PER_SEC / (nano ? 1 : NSEC_PER_USEC)) };

	put_cmsg(msg, SOL_SOCKET, type[nano][sk->sk_tstamp_new], &t, sizeof(t));
}

void sock_recv_timestamp(struct msghdr *msg, const struct sock *sk, u64 ns, bool error_queue)
{
	if (sk->sk_timestamp & (SK_TIMESTAMP_US | SK_TIMESTAMP_NS)) {
		if (!ns) /* a packet received before the option was set has no time stamp */
			ns = clock_realtime_ns();
		put_timestamp(msg, sk, ns);
	}
	if (sk->sk_tsflags)
		timestamping_ops->recv(msg, sk, ns, error_queue);
}

void sock_recv_cmsgs(struct msghdr *msg, const struct sock *sk, const struct sk_buff *skb)
{
	u32 drops = (u32)sk->sk_drops;

	sock_recv_timestamp(msg, sk, skb->tstamp, false);
	if (sk->sk_rxq_ovfl && drops)
		put_cmsg(msg, SOL_SOCKET, SO_RXQ_OVFL, &drops, sizeof(drops));
}

/* A device that has moved to another namespace does not show its addresses there. */
static void put_pktinfo(
	struct msghdr *msg, struct net *net, const struct net_device *dev, const struct iphdr *iph)
{
	enum rtn_type type = ip_addr_type(net, iph->daddr);
	bool to_many = type == RTN_MULTICAST || type == RTN_BROADCAST, here = dev->net == net;
	struct in_pktinfo info = { here ? inet_iif(dev, iph->daddr) : dev->ifindex,
		to_many && here ? inet_select_addr(dev, iph->saddr) : iph->daddr, iph->daddr };

	put_cmsg(msg, SOL_IP, IP_PKTINFO, &info, sizeof(info));
}

void ip_cmsg_recv_header(struct msghdr *msg, const struct inet_sock *inet, const struct iphdr *iph)
{
	s32 ttl = iph->ttl;

	if (inet->recvttl)
		put_cmsg(msg, SOL_IP, IP_TTL, &ttl, sizeof(ttl));
	if (inet->recvtos)
		put_cmsg(msg, SOL_IP, IP_TOS, &iph->tos, sizeof(iph->tos));
}

void ip_cmsg_recv(struct msghdr *msg, const struct inet_sock *inet, const struct net_device *dev,
	const struct iphdr *iph)
{
	if (inet->pktinfo)
		put_pktinfo(msg, inet->sk.sk_net, dev, iph);
	ip_cmsg_recv_header(msg, inet, iph);
}
