/* SPDX-License-Identifier: MIT
 * udp_port.h - which socket has which port.
 * Not here: what is done with datagrams (udp.h).
 * udp.c binds, udp_input.c looks up.
 * Source: RFC 6056 3.3.1 (random port selection). */
#pragma once

#include "net/af_inet.h"

/* udp_port_get - give sk a port (and remember it under its address).
 * port     host order; 0: a random free one of 32768..60999
 * Returns  0; -EADDRINUSE when another socket has it; -EAGAIN when no ephemeral port is free */
int udp_port_get(struct sock *sk, u16 port);

/* udp_port_put - give it back; nothing happens when there is none. */
void udp_port_put(struct sock *sk);

/* udp_for_each - fn(arg, socket) for every socket that has a port. */
void udp_for_each(struct net *net, void (*fn)(void *arg, const struct inet_sock *inet), void *arg);

/* udp_lookup - the socket that a datagram from saddr:sport to daddr:dport is for: the one that
 * names most of these. Returns it or NULL. Ports in network order. */
struct sock *udp_lookup(struct net *net, be32 saddr, be16 sport, be32 daddr, be16 dport);
