/* SPDX-License-Identifier: MIT
 * af_packet.h - the family AF_PACKET: sockets that send and receive whole frames.
 * Not here: what is in them.
 * net_init.c registers it; socket.c calls its operations.
 * Source: packet(7); Linux's include/uapi/linux/if_packet.h for layouts and numbers. */
#pragma once

#include "net/packet/packet_sock.h"
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
