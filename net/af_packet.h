/* SPDX-License-Identifier: MIT
 * af_packet.h - the family AF_PACKET: whole frames, as they go through the devices.
 * Not here: what is in them.
 * net_init.c registers it; socket.c calls its operations.
 * Source: packet(7); Linux's include/uapi/linux/if_packet.h for layouts and numbers. */
#pragma once

#include "net/dev.h"
#include "net/socket.h"
#include "net/wire/ethernet.h"

#define AF_PACKET 17

struct sockaddr_ll {
	u16 sll_family;
	be16 sll_protocol; /* ethertype */
	s32 sll_ifindex;
	u16 sll_hatype;
	u8 sll_pkttype; /* enum pkt_type */
	u8 sll_halen;
	u8 sll_addr[8];
};

_Static_assert(sizeof(struct sockaddr_ll) == 20, "bits of the system-call ABI");

struct packet_sock {
	struct sock sk; /* first: a sock is cast to it; sk_bound_dev_if: 0 for all devices */
	struct packet_tap tap;
	struct list_head list; /* of all packet sockets */
	be16 num;              /* the ethertype it hears; ETH_P_ALL: every one; zero: none */
	bool running;          /* the tap is in */
	bool ignore_outgoing;
	u32 tp_packets;   /* heard since PACKET_STATISTICS was last asked for */
	u64 drops_told_n; /* of sk_drops, told by then */
};

/* af_packet_init - register the family. */
void af_packet_init(void);

/* packet_sockets - all of them, for those who list them. */
extern struct list_head packet_sockets;
