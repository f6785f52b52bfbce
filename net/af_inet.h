/* SPDX-License-Identifier: MIT
 * af_inet.h - the family AF_INET: its sockets, its protocols, its addresses.
 * Not here: what each protocol does (udp.h).
 * socket.c calls its operations; protocols register in inetsw.
 * Source: RFC 1122; Linux's inet_sock, proto and inet_protosw. */
#pragma once

#include "kernel/lib/string.h"
#include "net/ip.h"
#include "net/route.h"
#include "net/socket.h"
#include "net/wire/udp.h"

struct inet_sock {
	struct sock sk;      /* first: a sock is cast to it */
	be32 inet_rcv_saddr; /* bound to; zero: any */
	be32 inet_saddr;     /* sends from; zero: routing chooses, also when bound to a group */
	union {
		struct sockaddr_in peer; /* connected to; port zero: not connected */
		struct {
			u16 peer_family;
			be16 inet_dport;
			be32 inet_daddr;
		};
	};
	u16 inet_num; /* own port, host order; 0: none yet */
	u8 tos, uc_ttl, mc_ttl, pmtudisc;
	bool port_locked, addr_locked; /* the program chose the port, the address */
	struct list_head bind_node;    /* in its port's list */

	/* The last destination: its route, and the headers of the flow as the last datagram's length
	 * makes them (design: cached, not skipped). For this key, while rt.genid is the namespace's;
	 * whatever else goes into it calls inet_forget_route. */
	struct {
		u64 to;     /* sockaddr_key of the address as the program gave it */
		size_t len; /* of payload that the headers are for; INET_NO_LEN: none yet */
		struct udp_template {
			struct udphdr uh; /* without checksum */
			u32 ports_sum;    /* of pseudo-header and ports, without the length */
			u32 sum;          /* with it */
			u16 check_mask;   /* zero when the socket wants no checksum */
		} udp;
		struct rtable rt;
		struct ip_template ip;
	} cache;

	/* What only the long way reads. */
	u16 gso_size; /* UDP_SEGMENT: payload of each datagram that a message becomes; 0: one */
	bool corkflag;
	bool mc_loop, mc_all;                    /* groups: a copy for us; others' joins, too */
	bool pktinfo, recvttl, recvtos, recverr; /* what recvmsg tells beside the message */
	bool freebind, bind_address_no_port;
	int mc_index; /* device that groups leave by; 0: routing chooses */
	be32 mc_addr; /* and the address they leave from */
};

#define INET_NO_LEN SIZE_MAX

static inline void inet_forget_route(struct inet_sock *inet)
{
	inet->cache.rt.genid = 0; /* never a namespace's */
}

/* sockaddr_key - family, port and address in one word, to be compared. */
static inline u64 sockaddr_key(const struct sockaddr_in *addr)
{
	u64 key;

	memcpy(&key, addr, sizeof(key));
	return key;
}

_Static_assert(offsetof(struct sockaddr_in, sin_zero) == sizeof(u64), "all of it but the zeros");

static inline struct inet_sock *inet_sk(const struct sock *sk)
{
	return (struct inet_sock *)(uintptr_t)sk;
}

/* One row of the switch: what socket(AF_INET, type, protocol) means. */
struct inet_protosw {
	struct list_head list;
	u16 type;
	u16 protocol;
	const struct proto *prot;
	const struct proto_ops *ops;
};

/* inet_register_protosw - add a row; it stays the caller's. */
void inet_register_protosw(struct inet_protosw *p);

/* inet_autobind - a random port, if the socket has none yet. Returns 0 or -EAGAIN. */
int inet_autobind(struct sock *sk) __must_check;

/* af_inet_init - register the family and its protocols. */
void af_inet_init(void);

extern const struct proto_ops inet_dgram_ops;
