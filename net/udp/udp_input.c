/* SPDX-License-Identifier: MIT
 * udp_input.c - UDP datagrams received: to their socket, and to the program.
 * Not here: sending (udp_send.c), the answer that a port is closed (icmp.c).
 * ip_input.c calls udp_rcv, icmp.c calls udp_err, af_inet.c calls udp_recvmsg.
 * Source: RFC 768; RFC 1122 4.1.3; recv(2). */
#include "net/core/checksum.h"
#include "net/core/skb_owner.h"
#include "net/ipv4/icmp.h"
#include "net/ipv4/igmp.h"
#include "net/ipv4/rx_flow.h"
#include "net/socket/datagram.h"
#include "net/socket/sockopt.h"
#include "net/udp/errqueue.h"
#include "net/udp/ip_cmsg.h"
#include "net/udp/udp.h"
#include "net/udp/udp_port.h"
#include "net/wire/udp.h"

#define BOOTPS_PORT 67 /* RFC 2131 4.1: where hosts without an address ask for one */

static void deliver(struct sock *sk, struct sk_buff *skb)
{
	struct net_mib *mib = &sk->sk_net->mib;

	skb->tstamp = sk->sk_timestamp ? clock_realtime_ns() : 0;
	if (sock_queue_rcv_skb(sk, skb) == 0) {
		mib->udp_in_datagrams++;
	} else {
		mib->udp_in_errors++;
		mib->udp_rcvbuf_errors++;
	}
}

static enum skb_drop_reason check_datagram(struct sk_buff *skb)
{
	const struct iphdr *iph = skb_network_header(skb);
	const struct udphdr *uh = (const void *)skb->data;
	u16 len;

	if (skb->len < sizeof(*uh))
		return SKB_DROP_HEADER;
	len = be16_to_cpu(uh->len);
	if (len < sizeof(*uh) || len > skb_total_len(skb))
		return SKB_DROP_HEADER;
	skb_trim(skb, len);
	if (!be16_is_zero(uh->check) &&
		!csum_ok(skb_checksum(skb, csum_pseudo(iph->saddr, iph->daddr, len, IPPROTO_UDP))))
		return SKB_DROP_CHECKSUM;
	/* an answer to 0.0.0.0 would come back to this host */
	if (be32_is_zero(iph->saddr) && be16_to_cpu(uh->dest) != BOOTPS_PORT)
		return SKB_DROP_MARTIAN_SOURCE;
	return SKB_NOT_DROPPED_YET;
}

/* A group's datagrams are for sockets that have joined it, and for those that take other sockets' groups,
 * too (IP_MULTICAST_ALL, Linux's default). */
static bool wants_group(const struct sock *sk, const struct sk_buff *skb, be32 daddr)
{
	return !ipv4_is_multicast(daddr) || inet_sk(sk)->mc_all ||
	       ip_mc_joined(sk, skb->dev, daddr);
}

/* To a group or to all: a copy for each socket on the port, the packet itself for the last. */
static void deliver_to_all(struct net *net, struct sk_buff *skb, const struct udp_tuple *t)
{
	struct sock *sk = NULL, *last = NULL;

	while ((sk = udp_next_match(net, t, sk))) {
		struct sk_buff *copy;

		if (!wants_group(sk, skb, t->daddr))
			continue;
		copy = last ? skb_copy(skb) : NULL;
		if (copy)
			deliver(last, copy);
		else if (last)
			last->sk_drops++;
		last = sk;
	}
	if (last)
		deliver(last, skb);
	else
		kfree_skb(skb, SKB_DROP_NO_SOCKET); /* RFC 1122 3.2.2: no ICMP error for these */
}

void udp_rcv(struct sk_buff *skb)
{
	const struct iphdr *iph = skb_network_header(skb);
	const struct udphdr *uh = (const void *)skb->data;
	struct net *net = skb->dev->net;
	enum skb_drop_reason problem = check_datagram(skb);
	struct udp_tuple t = { iph->saddr, iph->daddr, uh->source, uh->dest,
		inet_iif(skb->dev, iph->daddr) };
	struct sock *sk;

	if (problem != SKB_NOT_DROPPED_YET) {
		net->mib.udp_in_errors++;
		net->mib.udp_csum_errors += problem == SKB_DROP_CHECKSUM;
		kfree_skb(skb, problem);
		return;
	}
	if (skb->to_many) {
		deliver_to_all(net, skb, &t);
		return;
	}
	sk = udp_lookup(net, &t);
	rx_flow_socket(skb, sk);
	if (sk) {
		deliver(sk, skb);
		return;
	}
	net->mib.udp_no_ports++;
	icmp_send_unreach(skb, ICMP_PORT_UNREACH);
	kfree_skb(skb, SKB_DROP_NO_SOCKET);
}

/* Decides whether sk is told of an error about a datagram of its own: fatal errors if it is connected, all errors with
 * IP_RECVERR (RFC 1122 4.1.3.3; Linux's __udp4_lib_err). */
static void udp_report_error(struct sock *sk, const struct icmp_error *e, const struct udphdr *uh)
{
	const struct inet_sock *inet = inet_sk(sk);
	const u8 *payload = (const u8 *)(uh + 1);

	if (inet->recverr)
		ip_icmp_error(sk, e, uh->dest, payload,
			(size_t)((const u8 *)e->quoted + e->len - payload));
	else if (!e->fatal || !inet->peer_family)
		return;
	sk_report_error(sk, e->err);
}

__cold void udp_err(struct net *net, const struct icmp_error *e)
{
	const struct iphdr *quoted = e->quoted;
	size_t header_len = (quoted->version_ihl & 15) * 4u;
	const struct udphdr *uh = (const void *)((const u8 *)quoted + header_len);
	const struct inet_sock *inet;
	struct sock *sk;

	if (header_len + sizeof(*uh) > e->len)
		return;
	sk = udp_lookup(net, &(struct udp_tuple){ quoted->daddr, quoted->saddr, uh->dest,
				     uh->source, e->skb->dev->ifindex });
	if (!sk)
		return;
	inet = inet_sk(sk);
	if (e->err == EMSGSIZE && inet->pmtudisc < IP_PMTUDISC_INTERFACE)
		icmp_learn_pmtu(net, e);
	if (e->err == EMSGSIZE && inet->pmtudisc == IP_PMTUDISC_DONT)
		return;
	udp_report_error(sk, e, uh);
}

/* As on Linux errors about later fragments are ignored. */
__cold void udp_link_failure(struct sock *sk, const struct sk_buff *skb)
{
	const struct iphdr *iph = skb_network_header(skb);
	struct icmp_error e = { .skb = skb, .quoted = iph, .len = skb->len };

	if (be16_to_cpu(iph->frag_off) & IP_OFFSET)
		return;
	icmp_set_unreach(&e, ICMP_HOST_UNREACH);
	udp_report_error(sk, &e, (const struct udphdr *)(iph + 1));
}

static __always_inline u64 name_key(const struct sk_buff *skb)
{
	const struct iphdr *iph = skb_network_header(skb);
	const struct udphdr *uh = skb_transport_header(skb);

	return sockaddr_in_key(iph->saddr, uh->source);
}

static void fill_name(struct msghdr *msg, const struct sk_buff *skb)
{
	msg->namelen = sizeof(msg->name->in);
	if (msg->name)
		msg->name->in = sockaddr_of_key(name_key(skb));
}

/* A program that receives has a table of flows; one that only sends needs none. */
static noinline void begin_receiving(struct inet_sock *inet)
{
	if (!inet->sk.sk_net->rx_flows)
		rx_flow_start(inet->sk.sk_net);
	inet->rx_unusual = inet->pktinfo || inet->recvttl || inet->recvtos ||
			   inet->sk.sk_timestamp || inet->sk.sk_rxq_ovfl;
}

ssize udp_recvmsg(struct sock *sk, struct msghdr *msg, size_t len)
{
	const struct sk_buff *skb;
	int err;

	if (unlikely(msg->flags & MSG_ERRQUEUE))
		return ip_recv_error(sk, msg, len);
	if (unlikely(inet_sk(sk)->rx_unusual))
		begin_receiving(inet_sk(sk));
	skb = skb_recv_datagram(sk, msg->flags, &err);
	if (!skb)
		return err;
	fill_name(msg, skb);
	if (inet_sk(sk)->rx_unusual) {
		sock_recv_cmsgs(msg, sk, skb);
		ip_cmsg_recv(msg, inet_sk(sk), skb->dev, skb_network_header(skb));
	}
	return skb_copy_datagram(sk, msg, sizeof(struct udphdr), len);
}

/* ---- plain messages ------------------------------------------------------------------------- */

/* Into one message or several, straight from the frames. Returns how many have come. */
static __always_inline u32 read_frames(struct sock *sk, struct user_mmsghdr __user *vec, u32 n)
{
	struct net_device *dev = rx_flow_device(sk->sk_net);

	sock_reader.sk = sk;
	sock_reader.vec = vec;
	sock_reader.n = n;
	if (!dev || !net_look_at(dev) || sock_reader.n == n)
		net_look(sk->sk_net);
	sock_reader.sk = NULL;
	return n - sock_reader.n;
}

/* The packets that wait already. Returns how many of n. */
static u32 read_queue(struct sock *sk, struct user_mmsghdr __user *vec, u32 n)
{
	const struct sk_buff *skb;
	u32 i = 0;

	user_access_begin();
	for (; i < n && (skb = sk->sk_receive_queue.first); i++) {
		if (skb->frags ||
			!mmsg_give(&vec[i], name_key(skb), skb->data + sizeof(struct udphdr),
				(size_t)skb->len - sizeof(struct udphdr)))
			break;
		sock_consume_first(sk);
	}
	user_access_end();
	return i;
}

u32 udp_recv_batch(struct sock *sk, struct user_mmsghdr __user *vec, u32 n)
{
	u32 i;

	if (inet_sk(sk)->rx_unusual || sk->sk_err)
		return 0;
	i = read_queue(sk, vec, n);
	if (i == n || sk->sk_receive_queue.first)
		return i;
	return i + read_frames(sk, vec + i, n - i);
}

static noinline ssize give_first(struct sock *sk)
{
	const struct sk_buff *skb = sk->sk_receive_queue.first;
	size_t len = (size_t)skb->len - sizeof(struct udphdr);
	bool given;

	if (skb->frags)
		return RECV_LONG_WAY;
	user_access_begin();
	given = msg_give(&sock_reader.one, name_key(skb), skb->data + sizeof(struct udphdr), &len);
	user_access_end();
	if (!given)
		return RECV_LONG_WAY;
	sock_consume_first(sk);
	return (ssize)len;
}

ssize udp_recv_plain(struct sock *sk, u32 flags)
{
	if (inet_sk(sk)->rx_unusual || sk->sk_err)
		return RECV_LONG_WAY;
	if (likely(!sk->sk_receive_queue.first) && likely(read_frames(sk, NULL, 1)))
		return (ssize)sock_reader.one.len;
	if (sk->sk_receive_queue.first)
		return give_first(sk);
	return sk->sk_err || !(flags & MSG_DONTWAIT) ? RECV_LONG_WAY : -EAGAIN;
}
