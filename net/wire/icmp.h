/* SPDX-License-Identifier: MIT
 * icmp.h - the ICMP header as it stands on the wire.
 * Not here: code; this folder holds layouts only.
 * Used by icmp.c.
 * Source: RFC 792; RFC 1191 4 (next-hop MTU); RFC 1122 3.2.2.1, RFC 1812 5.2.7.1 (codes). */
#pragma once

#include "kernel/lib/byteorder.h"

enum icmp_type {
	ICMP_ECHOREPLY = 0,
	ICMP_DEST_UNREACH = 3,
	ICMP_ECHO = 8,
	ICMP_TIME_EXCEEDED = 11,
	ICMP_PARAMETERPROB = 12
};

#define ICMP_EXC_FRAGTIME 1 /* code of TIME_EXCEEDED: in reassembly */

enum icmp_unreach {
	ICMP_NET_UNREACH,
	ICMP_HOST_UNREACH,
	ICMP_PROT_UNREACH,
	ICMP_PORT_UNREACH,
	ICMP_FRAG_NEEDED,
	ICMP_SR_FAILED,
	ICMP_NET_UNKNOWN,
	ICMP_HOST_UNKNOWN,
	ICMP_HOST_ISOLATED,
	ICMP_NET_ANO,
	ICMP_HOST_ANO,
	ICMP_NET_UNR_TOS,
	ICMP_HOST_UNR_TOS,
	ICMP_PKT_FILTERED,
	ICMP_PREC_VIOLATION,
	ICMP_PREC_CUTOFF,
	ICMP_UNREACH_MAX
};

struct icmphdr {
	u8 type, code;
	be16 checksum;
	union {
		be16 id_or_unused;
		u8 pointer; /* PARAMETERPROB */
	};
	be16 sequence_or_mtu;
} __packed;

_Static_assert(sizeof(struct icmphdr) == 8, "RFC 792");
