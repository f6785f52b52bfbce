/* SPDX-License-Identifier: MIT
 * sock.c - the protocol's side of a socket: references, limits, errors.
 * Not here: descriptors and system calls (socket.c), addresses (af_inet.c), its packets (skb_owner.c).
 * Used by every layer from the socket down to the neighbour.
 * Behaves as Linux's sock_init_data and sock_put. */
#include "net/core/sock.h"
#include "net/core/net_namespace.h"
#include "net/core/qdisc.h"

u32 sock_n;
int (*sk_pacing_set)(struct sock *sk, u64 rate);

void sock_init_data(
	struct sock *sk, struct socket *socket, struct net *net, const struct proto *prot, u16 type)
{
	sock_n++;
	sk->sk_prot = prot;
	sk->sk_socket = socket;
	sk->sk_net = get_net(net);
	sk->sk_type = type;
	sk->sk_refs = 1;
	sk->sk_rcvbuf = SK_RCVBUF_DEFAULT;
	sk->sk_sndbuf = SK_SNDBUF_DEFAULT;
	sk->sk_rcvtimeo = sk->sk_sndtimeo = sk->sk_max_pacing_rate = UINT64_MAX;
}

static noinline void qdisc_destroy(struct Qdisc *q)
{
	q->ops->destroy(q);
}

void sock_put(struct sock *sk)
{
	struct net *net = sk->sk_net;

	if (--sk->sk_refs > 0)
		return;
	BUG_ON(sk->sk_rmem || sk->sk_wmem);
	sock_n--;
	if (sk->sk_pacing)
		qdisc_destroy(sk->sk_pacing);
	sk->sk_prot->free(sk);
	put_net(net);
}

void sock_update_wmem(struct sock *sk)
{
	sk->sk_wmem_full = sk->sk_wmem >= sk_wmem_max(sk);
}

/* An empty queue takes any datagram, with any number of fragments. */
u32 sk_tx_room(const struct sock *sk)
{
	const struct Qdisc *q = sk->sk_pacing;

	if (sk->sk_wmem_full)
		return 0;
	return q && q->queue.n > 0 ? qdisc_room(q) : UINT32_MAX;
}

void sk_report_error(struct sock *sk, int err)
{
	sk->sk_err = (u16)err;
}
