/* SPDX-License-Identifier: MIT
 * af_inet.c - the family AF_INET: its sockets, its protocols, its addresses.
 * Not here: what each protocol does (udp_prot.c), options (sockopt.c).
 * socket.c calls its operations; calls the protocol's.
 * Source: bind(2), connect(2), ip(7). Behaves as Linux's inet_create, inet_bind, inet_sendmsg: the order of
 * their checks. */
#include "net/udp/af_inet.h"
#include "kernel/lib/string.h"
#include "net/ipv4/igmp.h"
#include "net/socket/sockopt.h"
#include "net/udp/udp.h"
#include "net/wire/ip.h"

#define IPPROTO_MAX 263 /* behind IPPROTO_MPTCP, 262: Linux's, too, are more than a byte holds */

/* One list for each type: a type may have several protocols. */
static struct list_head inetsw[SOCK_MAX];

/* Protocol 0 means the type's first; otherwise it must be the one asked for. */
static const struct inet_protosw *find_protosw(int type, int protocol, int *err)
{
	struct inet_protosw *p;

	*err = list_empty(&inetsw[type]) ? -ESOCKTNOSUPPORT : -EPROTONOSUPPORT;
	list_for_each(p, &inetsw[type], list)
		if (protocol == IPPROTO_IP || protocol == p->protocol)
			return p;
	return NULL;
}

__cold static int inet_create(struct net *net, struct socket *sock, int protocol)
{
	const struct inet_protosw *answer;
	struct inet_sock *inet;
	struct sock *sk;
	int err;

	if ((u32)protocol >= IPPROTO_MAX)
		return -EINVAL;
	answer = find_protosw(sock->type, protocol, &err);
	if (!answer)
		return err;
	sk = answer->prot->alloc();
	if (!sk)
		return -ENOBUFS;
	sock->ops = answer->ops;
	sock->sk = sk;
	sock_init_data(sk, sock, net, answer->prot, sock->type);
	sk->sk_unbound = true;
	sk->sk_protocol = answer->protocol;
	inet = inet_sk(sk);
	inet->uc_ttl = IPDEFTTL;
	inet->mc_ttl = 1;
	inet->mc_loop = inet->mc_all = inet->rx_unusual = true;
	inet->pmtudisc = IP_PMTUDISC_WANT;
	list_init(&inet->bind_node);
	return 0;
}

__cold static void inet_release(struct socket *sock)
{
	struct sock *sk = sock->sk;

	sk->sk_socket = NULL;
	ip_mc_drop_socket(sk);
	sk->sk_prot->close(sk);
}

__cold static int inet_bind(struct socket *sock, const struct sockaddr_storage *addr, u32 len)
{
	struct sock *sk = sock->sk;
	struct inet_sock *inet = inet_sk(sk);
	const struct sockaddr_in *in = &addr->in;
	enum rtn_type type;
	int err = 0;

	if (len < sizeof(*in))
		return -EINVAL;
	if (in->sin_family != AF_INET)
		/* 4.2BSD left the family out for INADDR_ANY; Linux still takes that */
		if (in->sin_family != AF_UNSPEC || !be32_is_zero(in->sin_addr))
			return -EAFNOSUPPORT;
	type = ip_addr_type(sk->sk_net, in->sin_addr);
	if (!be32_is_zero(in->sin_addr) && type == RTN_UNICAST && !inet->freebind)
		return -EADDRNOTAVAIL;
	if (inet->inet_num)
		return -EINVAL;
	inet->inet_rcv_saddr = in->sin_addr;
	if (!be16_is_zero(in->sin_port) || !inet->bind_address_no_port)
		err = sk->sk_prot->get_port(sk, be16_to_cpu(in->sin_port));
	if (err) {
		inet->inet_rcv_saddr = BE32_ZERO;
		return err;
	}
	inet->inet_saddr = type == RTN_LOCAL || type == RTN_UNICAST ? in->sin_addr : BE32_ZERO;
	inet->addr_locked = !be32_is_zero(in->sin_addr);
	inet->port_locked = !be16_is_zero(in->sin_port);
	return 0;
}

int inet_autobind(struct sock *sk)
{
	return likely(inet_sk(sk)->inet_num) ? 0 : sk->sk_prot->get_port(sk, 0);
}

__cold static int inet_dgram_connect(
	struct socket *sock, const struct sockaddr_storage *addr, u32 len)
{
	struct sock *sk = sock->sk;

	if (len < sizeof(addr->family))
		return -EINVAL;
	net_rx_changed(
		sk->sk_net); /* a connected socket receives less; nothing comes in meanwhile */
	if (addr->family == AF_UNSPEC)
		return sk->sk_prot->disconnect(sk);
	if (inet_autobind(sk))
		return -EAGAIN;
	if (len < sizeof(addr->in))
		return -EINVAL;
	if (addr->family != AF_INET)
		return -EAFNOSUPPORT;
	return sk->sk_prot->connect(sk, &addr->in);
}

__cold static int inet_getname(struct socket *sock, struct sockaddr_storage *addr, bool peer)
{
	const struct inet_sock *inet = inet_sk(sock->sk);

	if (peer && be16_is_zero(inet->inet_dport))
		return -ENOTCONN;
	memset(&addr->in, 0, sizeof(addr->in));
	addr->in.sin_family = AF_INET;
	addr->in.sin_addr = peer ? inet->inet_daddr : inet->inet_rcv_saddr;
	addr->in.sin_port = peer ? inet->inet_dport : cpu_to_be16(inet->inet_num);
	return sizeof(addr->in);
}

static noinline u32 poll_some(struct sock *sk, u32 wanted)
{
	u32 events = 0;

	if (sk->sk_err || sk->sk_error_queue.n > 0)
		events |= POLLERR;
	if (sk->sk_receive_queue.n > 0 || (sk->sk_shutdown & RCV_SHUTDOWN))
		events |= POLLIN | POLLRDNORM;
	if (sk->sk_shutdown == SHUTDOWN_MASK)
		events |= POLLHUP;
	if ((wanted & (POLLOUT | POLLWRNORM)) && udp_writable(sk))
		events |= POLLOUT | POLLWRNORM;
	return events;
}

/* Most sockets of a program that waits for datagrams have nothing to tell. */
static u32 inet_poll(struct socket *sock, u32 wanted)
{
	struct sock *sk = sock->sk;

	if (likely(!((uintptr_t)sk->sk_receive_queue.first | (uintptr_t)sk->sk_error_queue.first) &&
		    !sk->sk_err && !sk->sk_shutdown && !(wanted & (POLLOUT | POLLWRNORM))))
		return 0;
	return poll_some(sk, wanted);
}

enum shutdown_how {
	SHUT_RD,
	SHUT_WR,
	SHUT_RDWR
};

static int inet_shutdown(struct socket *sock, int how)
{
	struct sock *sk = sock->sk;

	if (how < SHUT_RD || how > SHUT_RDWR)
		return -EINVAL;
	sk->sk_shutdown |= (u8)(how + 1); /* SHUT_RD 1, SHUT_WR 2, SHUT_RDWR 3 */
	return be32_is_zero(inet_sk(sk)->inet_daddr)
		       ? -ENOTCONN
		       : 0; /* as on Linux: it is done, and still an error */
}

static noinline ssize sendmsg_autobind(struct sock *sk, struct msghdr *msg, size_t len)
{
	return inet_autobind(sk) ? -EAGAIN : sk->sk_prot->sendmsg(sk, msg, len);
}

static ssize inet_sendmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	struct sock *sk = sock->sk;

	if (unlikely(sk->sk_unbound))
		return sendmsg_autobind(sk, msg, len);
	return sk->sk_prot->sendmsg(sk, msg, len);
}

static u32 inet_send_batch(struct socket *sock, struct user_mmsghdr __user *vec, u32 n, u32 flags)
{
	return sock->sk->sk_prot->send_batch(sock->sk, vec, n, flags);
}

static ssize inet_recvmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	return sock->sk->sk_prot->recvmsg(sock->sk, msg, len);
}

/* TTL, TOS and others are in the flow's headers; SO_REUSEPORT, SO_BINDTODEVICE and others decide what comes in. */
static void inet_options_changed(struct socket *sock)
{
	struct sock *sk = sock->sk;
	struct inet_sock *inet = inet_sk(sk);

	inet_forget_route(inet);
	net_rx_changed(sk->sk_net);
	inet->rx_unusual = true; /* until the next call has looked */
}

const struct proto_ops inet_dgram_ops = {
	.family = AF_INET,
	.rcv_header = sizeof(struct udphdr),
	.release = inet_release,
	.bind = inet_bind,
	.connect = inet_dgram_connect,
	.getname = inet_getname,
	.poll = inet_poll,
	.shutdown = inet_shutdown,
	.options = inet_options,
	.forget_route = inet_options_changed,
	.sendmsg = inet_sendmsg,
	.recvmsg = inet_recvmsg,
	.send_batch = inet_send_batch,
};

static const struct net_proto_family inet_family_ops = {
	.family = AF_INET,
	.create = inet_create,
};

static struct inet_protosw inetsw_array[] = {
	{ .type = SOCK_DGRAM, .protocol = IPPROTO_UDP, .prot = &udp_prot, .ops = &inet_dgram_ops },
};

__cold void af_inet_init(void)
{
	for (size_t i = 0; i < SOCK_MAX; i++)
		list_init(&inetsw[i]);
	for (size_t i = 0; i < ARRAY_SIZE(inetsw_array); i++)
		list_add_tail(&inetsw_array[i].list, &inetsw[inetsw_array[i].type]);
	BUG_ON(sock_register(&inet_family_ops) != 0);
}
