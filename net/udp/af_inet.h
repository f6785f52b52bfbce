/* SPDX-License-Identifier: MIT
 * af_inet.h - the family AF_INET: its protocols, its operations.
 * Not here: what each protocol does (udp.h), the sockets themselves (inet_sock.h).
 * socket.c calls its operations; protocols register in inetsw.
 * Source: RFC 1122. Behaves as Linux's inet_sock, proto and inet_protosw. */
#pragma once

#include "net/udp/inet_sock.h"

/* One row of the switch: what socket(AF_INET, type, protocol) means. */
struct inet_protosw {
	struct list_head list;
	u16 type;
	u16 protocol;
	const struct proto *prot;
	const struct proto_ops *ops;
};

/* inet_autobind - a random port, if the socket has none yet. Returns 0 or -EAGAIN. */
int inet_autobind(struct sock *sk) __must_check;

/* af_inet_init - register the family and its protocols. */
void af_inet_init(void);

extern const struct proto_ops inet_dgram_ops;
