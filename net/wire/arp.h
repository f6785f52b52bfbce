/* SPDX-License-Identifier: MIT
 * arp.h - an ARP packet for IPv4 over Ethernet as it stands on the wire.
 * Not here: code; this folder holds layouts only.
 * Used by arp.c and arp_rcv.c.
 * Source: RFC 826. */
#pragma once

#include "net/wire/ethernet.h"

#define ARPHRD_ETHER    1
#define ARPHRD_LOOPBACK 772 /* Linux's, never on a wire */
#define ARPOP_REQUEST   1
#define ARPOP_REPLY     2

struct arphdr {
	be16 ar_hrd, ar_pro;
	u8 ar_hln, ar_pln;
	be16 ar_op;
	u8 ar_sha[ETH_ALEN];
	be32 ar_sip;
	u8 ar_tha[ETH_ALEN];
	be32 ar_tip;
} __packed;

_Static_assert(sizeof(struct arphdr) == 28, "RFC 826");
_Static_assert(offsetof(struct arphdr, ar_sip) == 14, "RFC 826");
