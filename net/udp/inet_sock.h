/* SPDX-License-Identifier: MIT
 * inet_sock.h - a socket of AF_INET: its addresses, its options, the flow to its last destination.
 * Not here: members of every socket (net/core/sock.h), functions (af_inet.c, udp_send.c).
 * Files of net/udp/ include it.
 * Names as in Linux's struct inet_sock. */
#pragma once

#include "kernel/lib/string.h"
#include "net/socket/socket.h"
#include "net/udp/flow_cache.h"
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

	/* The flow to the last destination; valid for its key, while rt_valid. Every change of an option or of
	 * the port that it depends on calls inet_forget_route. */
	struct flow_cache flow;

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
	bool freebind, bind_address_no_port;
	int mc_index; /* device that groups leave by; 0: routing chooses */
	be32 mc_addr; /* and the address they leave from */
};

static inline void inet_forget_route(struct inet_sock *inet)
{
	flow_forget(&inet->flow);
}

/* sockaddr_key - family, port and address in one word, to be compared. */
static inline u64 sockaddr_key(const struct sockaddr_in *addr)
{
	u64 key;

	memcpy(&key, addr, sizeof(key));
	return key;
}

_Static_assert(offsetof(struct sockaddr_in, sin_zero) == sizeof(u64), "all of it but the zeros");

static inline struct sockaddr_in sockaddr_of_key(u64 key)
{
	struct sockaddr_in addr = { .sin_family = 0 };

	memcpy(&addr, &key, sizeof(key));
	return addr;
}

static inline struct inet_sock *inet_sk(const struct sock *sk)
{
	return (struct inet_sock *)(uintptr_t)sk;
}

/* Those of an AF_INET socket: inet_sockopt.c. */
extern const struct sockopt_table *const inet_options[];
