/* SPDX-License-Identifier: MIT
 * icmp.h - the ICMP header as it stands on the wire.
 * Not here: code; this folder holds layouts only.
 * Used by icmp.c.
 * Source: RFC 792; RFC 1191 4 (next-hop MTU); RFC 1122 3.2.2.1 (codes). */
#pragma once

#include "kernel/lib/byteorder.h"

enum icmp_type {
	ICMP_ECHOREPLY = 0,
	ICMP_DEST_UNREACH = 3,
	ICMP_ECHO = 8
};

enum icmp_unreach {
	ICMP_NET_UNREACH,
	ICMP_HOST_UNREACH,
	ICMP_PROT_UNREACH,
	ICMP_PORT_UNREACH,
	ICMP_FRAG_NEEDED,
	ICMP_SR_FAILED,
	ICMP_UNREACH_MAX
};

struct icmphdr {
	u8 type, code;
	be16 checksum;
	be16 id_or_unused, sequence_or_mtu;
} __packed;

_Static_assert(sizeof(struct icmphdr) == 8, "RFC 792");
