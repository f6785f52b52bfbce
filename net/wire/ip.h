/* SPDX-License-Identifier: MIT
 * ip.h - the IPv4 header as it stands on the wire.
 * Not here: code; this folder holds layouts only.
 * Used by ip_output.c, ip_input.c, icmp.c, netfilter.
 * Source: RFC 791 3.1; RFC 5735 (address blocks). */
#pragma once

#include "kernel/lib/byteorder.h"

#define IPPROTO_IP   0
#define IPPROTO_ICMP 1
#define IPPROTO_IGMP 2
#define IPPROTO_TCP  6
#define IPPROTO_UDP  17

#define IP_VERSION_IHL 0x45 /* version 4, five words, no options */
#define IP_HLEN        20
#define IP_MAX_LEN     65535
#define IP_MIN_MTU     68 /* RFC 791 3.2 */
#define IPDEFTTL       64

/* frag_off */
#define IP_DF         0x4000
#define IP_MF         0x2000
#define IP_OFFSET     0x1fff /* counts in FRAGMENT_UNITs */
#define FRAGMENT_UNIT 8u     /* bytes */

/* Options: the first two are a byte each, the others have their length behind their kind. */
#define IPOPT_END  0
#define IPOPT_NOP  1
#define IPOPT_LSRR 131 /* loose and strict source route */
#define IPOPT_SSRR 137

struct iphdr {
	u8 version_ihl, tos;
	be16 tot_len, id, frag_off;
	u8 ttl, protocol;
	be16 check;
	be32 saddr, daddr;
} __packed;

_Static_assert(sizeof(struct iphdr) == IP_HLEN, "RFC 791");
_Static_assert(offsetof(struct iphdr, saddr) == 12, "RFC 791");

#define INADDR_ANY       0x00000000u
#define INADDR_LOOPBACK  0x7f000001u
#define INADDR_BROADCAST 0xffffffffu

static inline bool ipv4_is_multicast(be32 a)
{
	return (a.raw & 0xf0) == 0xe0; /* the first byte on the wire */
}

static inline bool ipv4_is_loopback(be32 a)
{
	return (be32_to_cpu(a) >> 24) == 127;
}

static inline bool ipv4_is_lbcast(be32 a)
{
	return a.raw == INADDR_BROADCAST;
}
