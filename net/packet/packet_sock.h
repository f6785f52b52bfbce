/* SPDX-License-Identifier: MIT
 * packet_sock.h - a socket of AF_PACKET: what it receives, its filter, its memberships.
 * Not here: system calls (af_packet.c), options (packet_sockopt.c).
 * Both include it.
 * Source: packet(7). */
#pragma once

#include "net/device/tap.h"
#include "net/packet/bpf.h"
#include "net/socket/socket.h"

#define PACKET_MEMBERSHIPS_MAX 8

enum packet_option {
	PACKET_ADD_MEMBERSHIP = 1,
	PACKET_DROP_MEMBERSHIP = 2,
	PACKET_STATISTICS = 6,
	PACKET_TX_TIMESTAMP = 16, /* a control message alone */
	PACKET_IGNORE_OUTGOING = 23
};

struct packet_sock {
	struct sock sk; /* first: a sock is cast to it */
	struct packet_tap tap;
	struct list_head list; /* of all packet sockets */
	int ifindex;           /* bound to; 0: all devices; -1: one that has left */
	be16 num;              /* the ethertype it receives; ETH_P_ALL: every one; zero: none */
	bool running;          /* the tap is in */
	bool ignore_outgoing;
	u16 filter_n;
	struct sock_filter *filter; /* [filter_n], of received frames; NULL: all */
	u32 tp_packets;             /* heard since PACKET_STATISTICS was last asked for */
	u64 drops_told_n;           /* of sk_drops, told by then */
	/* what its devices receive on its behalf beyond their own; count 0: a free place */
	struct packet_membership {
		int ifindex;
		u16 type;
		u32 count;
	} member[PACKET_MEMBERSHIPS_MAX];
};

static inline struct packet_sock *pkt_sk(const struct sock *sk)
{
	return (struct packet_sock *)(uintptr_t)sk;
}

/* Those of a packet socket: packet_sockopt.c. */
extern const struct sockopt_table *const packet_options[];

/* packet_detach_filter - remove the filter. */
void packet_detach_filter(struct packet_sock *po);

/* packet_leave - drop the memberships of the device with this index, or with 0 of all devices. */
void packet_leave(struct packet_sock *po, int ifindex);
