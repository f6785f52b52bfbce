/* SPDX-License-Identifier: MIT
 * udp_port.h - which socket has which port.
 * Not here: datagrams (udp.h).
 * udp_prot.c binds, udp_input.c looks up.
 * Source: RFC 6056 3.3.1 (random port selection). */
#pragma once

#include "net/udp/inet_sock.h"

/* udp_port_get - give sk a port (and remember it under its address).
 * port     host order; 0: a random free one of 32768..60999
 * Returns  0; -EADDRINUSE when another socket has it; -EAGAIN when no ephemeral port is free */
int udp_port_get(struct sock *sk, u16 port);

/* udp_port_put - give it back; nothing happens when there is none. */
void udp_port_put(struct sock *sk);

/* udp_port_has_socket - has any socket this port? If none has, the next one to be bound makes all flows stale. */
bool udp_port_has_socket(struct net *net, be16 port);

/* udp_for_each - fn(arg, socket) for every socket that has a port. */
void udp_for_each(struct net *net, void (*fn)(void *arg, const struct inet_sock *inet), void *arg);

/* The addresses of a received datagram. */
struct udp_tuple {
	be32 saddr, daddr;
	be16 sport, dport;
	int dif; /* index of the device it came by */
};

/* udp_lookup - the socket that a datagram is for: the one that names most of this, among equals the one
 * that was bound last, among those with SO_REUSEPORT always the same for a flow. Returns it or NULL. */
struct sock *udp_lookup(struct net *net, const struct udp_tuple *t);

/* udp_next_match - the socket after this one (NULL: the first) that a datagram to several is for, too,
 * or NULL. */
struct sock *udp_next_match(struct net *net, const struct udp_tuple *t, const struct sock *after);
