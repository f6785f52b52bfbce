/* SPDX-License-Identifier: MIT
 * udp_prot.c - struct proto of UDP: a socket is made, connected, closed.
 * Not here: sending (udp_send.c), where to (udp_route.c), ports (udp_port.c), the way up (udp_input.c).
 * af_inet.c calls udp_prot's functions.
 * Source: RFC 768; udp(7). */
#include "kernel/mm/slab.h"
#include "net/socket/datagram.h"
#include "net/socket/sock_room.h"
#include "net/udp/udp_impl.h"
#include "net/udp/udp_port.h"

static struct slab udp_slab = SLAB(struct inet_sock);

static struct sock *udp_alloc(void)
{
	struct inet_sock *inet = slab_alloc(&udp_slab);

	if (!inet)
		return NULL;
	inet->flow = &flow_none;
	inet_forget_route(inet);
	return &inet->sk;
}

static void udp_free(struct sock *sk)
{
	inet_forget_route(inet_sk(sk));
	slab_free(&udp_slab, sk);
}

/* The next datagram is taken to go where the last one went, by the current route. A routing error is reported by the
 * next call, so it counts as writable. */
bool udp_writable(struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);
	struct flow_cache *flow = inet->flow;

	if (inet->peer_family)
		flow = udp_find_flow(sk, sockaddr_key(&inet->peer), &ipcm_usual);
	else if (flow != &flow_none)
		flow = udp_find_flow(sk, flow->to, &ipcm_usual);
	else
		return sock_has_room(sk, NULL, NULL, 1, 1);
	return IS_ERR(flow) ? sock_has_room(sk, NULL, NULL, 1, 1)
			    : sock_has_room(sk, flow->rt.dev, flow->rt.neigh, 1, 1);
}

static int udp_connect(struct sock *sk, const struct sockaddr_in *addr)
{
	struct inet_sock *inet = inet_sk(sk);
	struct flow_cache flow = { .to = sockaddr_key(addr), .ipc = ipcm_usual };
	int err = udp_route(sk, &flow);

	if (err)
		return err;
	inet->peer_family = AF_INET;
	inet->inet_daddr = flow.rt.daddr; /* 0.0.0.0 has become an address */
	inet->inet_dport = addr->sin_port;
	if (be32_is_zero(inet->inet_rcv_saddr))
		inet->inet_rcv_saddr = flow.rt.saddr;
	if (be32_is_zero(inet->inet_saddr))
		inet->inet_saddr = flow.rt.saddr;
	inet_forget_route(inet);
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
	.send_batch = udp_send_batch,
	.recvmsg = udp_recvmsg,
	.recv_batch = udp_recv_batch,
	.recv_plain = udp_recv_plain,
	.link_failure = udp_link_failure,
};
