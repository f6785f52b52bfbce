/* SPDX-License-Identifier: MIT
 * igmp.h - the IGMP header as it stands on the wire.
 * Not here: code; this folder holds layouts only.
 * Used by igmp.c.
 * Source: RFC 2236 2; RFC 3376 4 (version 3's query is longer); RFC 2113 (the IPv4 option). */
#pragma once

#include "kernel/lib/byteorder.h"

enum igmp_type {
	IGMP_MEMBERSHIP_QUERY = 0x11,
	IGMP_V1_MEMBERSHIP_REPORT = 0x12,
	IGMP_V2_MEMBERSHIP_REPORT = 0x16,
	IGMP_LEAVE_GROUP = 0x17
};

struct igmphdr {
	u8 type;
	u8 code; /* of a query: tenths of a second within which to answer */
	be16 checksum;
	be32 group; /* zero in a query: all of them */
} __packed;

#define IGMPV3_QUERY_LEN 12

#define IPOPT_ROUTER_ALERT 0x94040000u

_Static_assert(sizeof(struct igmphdr) == 8, "RFC 2236");
