/* SPDX-License-Identifier: MIT
 * inet_sock.h - a socket of AF_INET: its addresses, its options, the flow to its last destination.
 * Not here: members of every socket (net/core/sock.h), functions (af_inet.c, udp_send.c).
 * Files of net/udp/ include it.
 * Names as in Linux's struct inet_sock. */
#pragma once

#include "kernel/lib/string.h"
#include "net/socket/socket.h"
#include "net/flow/flow_cache.h"
#include "net/udp/ip_cmsg_send.h"

struct inet_sock {
	struct sock sk;      /* first: a sock is cast to it */
	be32 inet_rcv_saddr; /* bound to; zero: any */
	be32 inet_saddr;     /* sends from; zero: routing chooses, also when bound to a group */
	union {
		struct sockaddr_in peer; /* connected to */
		struct {
			u16 peer_family; /* zero: not connected */
			be16 inet_dport;
			be32 inet_daddr;
		};
	};
	u16 inet_num; /* own port, host order; 0: none yet */
	u8 tos, uc_ttl, mc_ttl, pmtudisc;
	bool port_locked, addr_locked; /* the program chose the port, the address */
	struct list_head bind_node;    /* in its port's list */

	/* The flow to the last destination, or flow_none. Every change of an option or of the port that flows
	 * depend on gives a new owner number (inet_forget_route). */
	struct flow_cache *flow;
	u64 flow_owner;

	/* A datagram that MSG_MORE or UDP_CORK keep open: what it has so far, and the flow it began with. */
	struct {
		struct cork cork;
		u32 charged; /* packets of it that are charged to sk_wmem */
		struct flow_cache flow;
	} pending;

	/* Read by the slow path only. */
	u16 gso_size; /* UDP_SEGMENT: payload of each datagram that a message becomes; 0: one */
	bool corkflag;
	bool mc_loop, mc_all;                    /* groups: a copy for us; others' joins, too */
	bool pktinfo, recvttl, recvtos, recverr; /* control messages that recvmsg gives */
	bool rx_unusual; /* it gives some, or an option was set since the last call: the long way receives */
	bool freebind, bind_address_no_port;
	int mc_index; /* device that groups leave by; 0: routing chooses */
	be32 mc_addr; /* and the address they leave from */
};

/* inet_use_flow - the socket's last flow, until the table gives its place away (flow_create). */
static inline void inet_use_flow(struct inet_sock *inet, struct flow_cache *flow)
{
	inet->flow->user = NULL;
	inet->flow = flow;
	flow->user = &inet->flow;
}

/* inet_forget_route - what was cached for this socket is never found again. */
static inline void inet_forget_route(struct inet_sock *inet)
{
	inet_use_flow(inet, &flow_none);
	inet->flow_owner = flow_new_owner();
}

static inline struct inet_sock *inet_sk(const struct sock *sk)
{
	return (struct inet_sock *)(uintptr_t)sk;
}

/* Those of an AF_INET socket: inet_sockopt.c. */
extern const struct sockopt_table *const inet_options[];
