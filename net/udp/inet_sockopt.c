/* SPDX-License-Identifier: MIT
 * inet_sockopt.c - socket options of AF_INET: those of IP and those of UDP.
 * Not here: those of every socket (sockopt.c); their effects, which are in the layer that reads the member.
 * af_inet.c's operations point here. Calls routing for IP_MTU.
 * Source: ip(7), udp(7); the numbers are Linux's, so are the checks. */
#include "net/ipv4/igmp.h"
#include "net/socket/datagram.h"
#include "net/socket/sockopt.h"
#include "net/udp/inet_sock.h"
#include "net/udp/errqueue.h"
#include "net/udp/udp.h"

/* ---- SOL_IP ------------------------------------------------------------------------------ */

#define TTL_DEFAULT -1

static int set_ttl(struct sock *sk, s32 value)
{
	if (value == 0)
		return -EINVAL;
	inet_sk(sk)->uc_ttl = value == TTL_DEFAULT ? IPDEFTTL : (u8)value;
	return 0;
}

static int set_multicast_ttl(struct sock *sk, s32 value)
{
	inet_sk(sk)->mc_ttl = value == TTL_DEFAULT ? 1 : (u8)value;
	return 0;
}

static int set_recverr(struct sock *sk, s32 value)
{
	if (!errqueue_ops)
		return -ENOPROTOOPT;
	inet_sk(sk)->recverr = value;
	if (!value)
		sock_purge_errors(sk);
	return 0;
}

/* The MTU of the path to the peer. */
static int get_mtu(struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);
	struct flowi4 fl4 = { .daddr = inet->inet_daddr,
		.saddr = inet->inet_saddr,
		.oif = sk->sk_bound_dev_if,
		.tos = inet->tos & FLOWI_TOS_MASK };
	struct rtable rt;

	if (!inet->peer_family || ip_route_output_flow(sk->sk_net, &fl4, &rt) < 0)
		return -ENOTCONN;
	return (int)min(rt.mtu, (u32)IP_MAX_LEN); /* lo's is one byte more */
}

/* A device is given by index, by one of its addresses, or not at all. */
struct ip_mreqn {
	be32 multiaddr, address;
	s32 ifindex;
};

#define IP_MREQ_LEN offsetof(struct ip_mreqn, ifindex)

static int get_mreqn(struct ip_mreqn *mreq, const void __user *val, u32 len)
{
	*mreq = (struct ip_mreqn){ .ifindex = 0 };
	if (len >= IP_MREQ_LEN)
		return copy_from_user(
			mreq, val, len >= sizeof(*mreq) ? sizeof(*mreq) : IP_MREQ_LEN);
	return len < sizeof(be32) ? -EINVAL : copy_from_user(&mreq->address, val, sizeof(be32));
}

static int set_multicast_if(struct sock *sk, const void __user *val, u32 len)
{
	struct inet_sock *inet = inet_sk(sk);
	const struct net_device *dev = NULL;
	struct ip_mreqn mreq;
	int err = get_mreqn(&mreq, val, len);

	if (err)
		return err;
	if (mreq.ifindex)
		dev = dev_get_by_index(sk->sk_net, mreq.ifindex);
	else if (!be32_is_zero(mreq.address))
		dev = ip_dev_find(sk->sk_net, mreq.address);
	if (!dev && (mreq.ifindex || !be32_is_zero(mreq.address)))
		return -EADDRNOTAVAIL;
	if (dev && sk->sk_bound_dev_if && dev->ifindex != sk->sk_bound_dev_if)
		return -EINVAL;
	inet->mc_index = dev ? dev->ifindex : 0;
	inet->mc_addr = mreq.address;
	return 0;
}

/* IP options: packets of this stack carry none. */
static int get_options(struct sock *sk, void __user *val, u32 *len)
{
	*len = 0;
	return 0;
}

/* The device of a membership; if none is given, the one that packets to the group leave by. */
static struct net_device *mc_find_dev(struct net *net, const struct ip_mreqn *mreq)
{
	struct flowi4 fl4 = { .daddr = mreq->multiaddr };
	struct rtable rt;

	if (mreq->ifindex)
		return dev_get_by_index(net, mreq->ifindex);
	if (!be32_is_zero(mreq->address))
		return ip_dev_find(net, mreq->address);
	return ip_route_output_flow(net, &fl4, &rt) == 0 ? rt.dev : NULL;
}

static int get_membership(struct ip_mreqn *mreq, const void __user *val, u32 len)
{
	if (len < IP_MREQ_LEN)
		return -EINVAL;
	if (get_mreqn(mreq, val, len))
		return -EFAULT;
	return ipv4_is_multicast(mreq->multiaddr) ? 0 : -EINVAL;
}

static int add_membership(struct sock *sk, const void __user *val, u32 len)
{
	struct net_device *dev;
	struct ip_mreqn mreq;
	int err = get_membership(&mreq, val, len);

	if (err)
		return err;
	dev = mc_find_dev(sk->sk_net, &mreq);
	return dev ? ip_mc_join_group(sk, dev, mreq.multiaddr) : -ENODEV;
}

static int drop_membership(struct sock *sk, const void __user *val, u32 len)
{
	struct net_device *dev = NULL;
	struct ip_mreqn mreq;
	int err = get_membership(&mreq, val, len);
	bool named;

	if (err)
		return err;
	named = mreq.ifindex || !be32_is_zero(mreq.address);
	if (named)
		dev = mc_find_dev(sk->sk_net, &mreq);
	return named && !dev ? -ENODEV : ip_mc_leave_group(sk, dev, mreq.multiaddr);
}

#define INET(member) OPT_MEMBER(struct inet_sock, member)

static const struct sockopt ip_options[] = {
	{ IP_TOS, 0, INET(tos) },
	{ IP_TTL, OPT_NONEMPTY, INET(uc_ttl), TTL_DEFAULT, 255, .set = set_ttl },
	{ IP_OPTIONS, OPT_BYTES | OPT_RO, .get_bytes = get_options },
	{ IP_PKTINFO, OPT_FLAG, INET(pktinfo) },
	{ IP_MTU_DISCOVER, 0, INET(pmtudisc), IP_PMTUDISC_DONT, IP_PMTUDISC_OMIT },
	{ IP_RECVERR, OPT_FLAG, INET(recverr), .set = set_recverr },
	{ IP_RECVTTL, OPT_FLAG, INET(recvttl) },
	{ IP_RECVTOS, OPT_FLAG, INET(recvtos) },
	{ IP_MTU, OPT_RO, .get = get_mtu },
	{ IP_FREEBIND, OPT_FLAG | OPT_NONEMPTY, INET(freebind) },
	{ IP_BIND_ADDRESS_NO_PORT, OPT_FLAG, INET(bind_address_no_port) },
	{ IP_MULTICAST_IF, OPT_BYTES, INET(mc_addr), .set_bytes = set_multicast_if },
	{ IP_MULTICAST_TTL, OPT_NONEMPTY, INET(mc_ttl), TTL_DEFAULT, 255,
		.set = set_multicast_ttl },
	{ IP_MULTICAST_LOOP, OPT_FLAG | OPT_NONEMPTY, INET(mc_loop) },
	{ IP_ADD_MEMBERSHIP, OPT_BYTES | OPT_WO, .set_bytes = add_membership },
	{ IP_DROP_MEMBERSHIP, OPT_BYTES | OPT_WO, .set_bytes = drop_membership },
	{ IP_MULTICAST_ALL, OPT_NONEMPTY, INET(mc_all), 0, 1 },
};

/* ---- SOL_UDP ----------------------------------------------------------------------------- */

/* Clearing UDP_CORK sends the pending datagram. Linux always has a queue for it; here there may be no room, and then
 * the option stays set, so that the program can try again. */
static int set_cork(struct sock *sk, s32 value)
{
	enum sock_wait how = sk->sk_socket->file->flags & O_NONBLOCK ? SOCK_DONT_WAIT : SOCK_WAIT;
	int err = value ? 0 : udp_push_pending_frames(sk, how);

	if (err == -EAGAIN)
		return err;
	inet_sk(sk)->corkflag = value;
	sk_set_tx_mode(sk, SK_TX_CORKED, value);
	return err;
}

static int set_segment(struct sock *sk, s32 value)
{
	inet_sk(sk)->gso_size = (u16)value;
	sk_set_tx_mode(sk, SK_TX_SEGMENT, value != 0);
	return 0;
}

static const struct sockopt udp_options[] = {
	{ UDP_CORK, OPT_FLAG, INET(corkflag), .set = set_cork },
	{ UDP_SEGMENT, 0, INET(gso_size), 0, UINT16_MAX, .set = set_segment },
};

/* ---- all levels -------------------------------------------------------------------------- */

static const struct sockopt_table ip_table = { SOL_IP, SOCKOPT_TABLE(ip_options) };
static const struct sockopt_table udp_table = { SOL_UDP, SOCKOPT_TABLE(udp_options),
	.least = sizeof(s32) };

const struct sockopt_table *const inet_options[] = { &part_options, &socket_options, &ip_table,
	&udp_table, NULL };
