/* SPDX-License-Identifier: MIT
 * udp_port.c - which socket has which port.
 * Not here: datagrams (udp_send.c, udp_input.c).
 * udp_prot.c binds, udp_input.c looks up.
 * Source: RFC 6056 3.3.1 (random port selection). Behaves as Linux's ip_local_port_range. */
#include "net/udp/udp_port.h"
#include "kernel/mm/slab.h"
#include "net/ipv4/rx_flow.h"
#include "net/udp/udp.h"

#define BUCKETS         64
#define EPHEMERAL_FIRST 32768
#define EPHEMERAL_LAST  60999
#define EPHEMERAL_N     (EPHEMERAL_LAST - EPHEMERAL_FIRST + 1)

struct udp_table {
	bool asked; /* a flow asked for a port without socket: the next bind makes flows stale */
	struct list_head bucket[BUCKETS]; /* of inet_sock.bind_node */
};

static struct slab table_slab = SLAB(struct udp_table);

int udp_init(struct net *net)
{
	net->udp_table = slab_alloc(&table_slab);
	if (!net->udp_table)
		return -ENOMEM;
	for (u32 i = 0; i < BUCKETS; i++)
		list_init(&net->udp_table->bucket[i]);
	return 0;
}

void udp_exit(struct net *net)
{
	rx_flow_exit(net);
	slab_free(&table_slab, net->udp_table);
}

static struct list_head *bucket_of(struct net *net, u16 port)
{
	return &net->udp_table->bucket[port % BUCKETS];
}

/* Linux's udp_lib_lport_inuse: two may share a port if they cannot be mistaken for each other, if both
 * said SO_REUSEADDR, or both SO_REUSEPORT. */
static bool conflicts(const struct inet_sock *a, const struct inet_sock *b)
{
	bool any_addr = be32_is_zero(a->inet_rcv_saddr) || be32_is_zero(b->inet_rcv_saddr);
	bool any_dev = !a->sk.sk_bound_dev_if || !b->sk.sk_bound_dev_if;

	if (!any_addr && !be32_eq(a->inet_rcv_saddr, b->inet_rcv_saddr))
		return false;
	if (!any_dev && a->sk.sk_bound_dev_if != b->sk.sk_bound_dev_if)
		return false;
	return !(a->sk.sk_reuse && b->sk.sk_reuse) && !(a->sk.sk_reuseport && b->sk.sk_reuseport);
}

static bool port_free(struct sock *sk, u16 port)
{
	struct inet_sock *other;

	list_for_each(other, bucket_of(sk->sk_net, port), bind_node)
		if (other->inet_num == port && conflicts(inet_sk(sk), other))
			return false;
	return true;
}

/* A random start, then one after the other: every free port is found. */
static u16 ephemeral_port(struct sock *sk)
{
	u32 start = random_u32() % EPHEMERAL_N;

	for (u32 i = 0; i < EPHEMERAL_N; i++) {
		u16 port = (u16)(EPHEMERAL_FIRST + (start + i) % EPHEMERAL_N);

		if (port_free(sk, port))
			return port;
	}
	return 0;
}

int udp_port_get(struct sock *sk, u16 port)
{
	struct inet_sock *inet = inet_sk(sk);

	if (port == 0) {
		port = ephemeral_port(sk);
		if (port == 0)
			return -EAGAIN;
	} else if (!port_free(sk, port)) {
		return -EADDRINUSE;
	}
	inet->inet_num = port;
	sk->sk_unbound = false;
	inet_forget_route(inet); /* the port is in the flow's headers */
	if (sk->sk_net->udp_table->asked)
		net_changed(sk->sk_net);
	sk->sk_net->udp_table->asked = false;
	list_add(&inet->bind_node, bucket_of(sk->sk_net, port));
	net_rx_changed(sk->sk_net);
	return 0;
}

bool udp_port_has_socket(struct net *net, be16 port)
{
	struct inet_sock *inet;

	list_for_each(inet, bucket_of(net, be16_to_cpu(port)), bind_node)
		if (inet->inet_num == be16_to_cpu(port))
			return true;
	net->udp_table->asked = true;
	return false;
}

void udp_port_put(struct sock *sk)
{
	struct inet_sock *inet = inet_sk(sk);

	list_del(&inet->bind_node);
	net_rx_changed(sk->sk_net);
	inet->inet_num = 0;
	sk->sk_unbound = true;
}

#define NAMES_ADDRESS 4 /* outweighs peer and device together: Linux compares it first */
#define NAMES_PEER    2
#define NAMES_DEVICE  1

/* Score: -1 if the datagram is not for this socket, else higher the more of it the socket is bound or connected to. */
static int score(const struct inet_sock *inet, const struct udp_tuple *t)
{
	int points = 0;

	if (inet->inet_num != be16_to_cpu(t->dport))
		return -1;
	if (!be32_is_zero(inet->inet_rcv_saddr)) {
		if (!be32_eq(inet->inet_rcv_saddr, t->daddr))
			return -1;
		points += NAMES_ADDRESS;
	}
	if (inet->peer_family) {
		if (!be32_eq(inet->inet_daddr, t->saddr) ||
			(!be16_is_zero(inet->inet_dport) && !be16_eq(inet->inet_dport, t->sport)))
			return -1;
		points += NAMES_PEER;
	}
	if (inet->sk.sk_bound_dev_if) {
		if (inet->sk.sk_bound_dev_if != t->dif)
			return -1;
		points += NAMES_DEVICE;
	}
	return points;
}

/* Linux's golden ratio for hashes. A flow always reaches the same of the sockets that share a port. */
static u32 flow_hash(const struct udp_tuple *t)
{
	u32 hash = t->saddr.raw ^ t->daddr.raw ^ (u32)t->sport.raw << 16 ^ t->dport.raw;

	return hash * 0x9e3779b1u;
}

/* The socket bound last is first in its list, and so wins among equals. Sockets with SO_REUSEPORT share the flows: the
 * n-th that is found takes over one of n. */
struct sock *udp_lookup(struct net *net, const struct udp_tuple *t)
{
	struct inet_sock *inet, *best = NULL;
	int best_points = -1;
	u32 hash = flow_hash(t), equals = 0;

	list_for_each(inet, bucket_of(net, be16_to_cpu(t->dport)), bind_node) {
		int points = score(inet, t);

		if (points > best_points) {
			best = inet;
			best_points = points;
			equals = 1;
		} else if (best && points == best_points && best->sk.sk_reuseport &&
			   inet->sk.sk_reuseport) {
			equals++;
			if ((u64)hash * equals >> 32 == 0)
				best = inet;
			hash = hash * 1664525u +
			       1013904223u; /* another random number for each socket */
		}
	}
	return best ? &best->sk : NULL;
}

struct sock *udp_next_match(struct net *net, const struct udp_tuple *t, const struct sock *after)
{
	struct list_head *bucket = bucket_of(net, be16_to_cpu(t->dport));
	struct inet_sock *inet;
	bool passed = !after;

	list_for_each(inet, bucket, bind_node) {
		if (passed && score(inet, t) >= 0)
			return &inet->sk;
		passed |= &inet->sk == after;
	}
	return NULL;
}

void udp_for_each(struct net *net, void (*fn)(void *arg, const struct inet_sock *inet), void *arg)
{
	struct inet_sock *inet;

	for (u32 i = 0; i < BUCKETS; i++)
		list_for_each(inet, &net->udp_table->bucket[i], bind_node)
			fn(arg, inet);
}
