/* SPDX-License-Identifier: MIT
 * udp.h - the UDP header as it stands on the wire.
 * Not here: code; this folder holds layouts only.
 * Used by flow_cache.h, udp_input.c, icmp.c.
 * Source: RFC 768. */
#pragma once

#include "kernel/lib/byteorder.h"

#define UDP_HLEN 8

struct udphdr {
	be16 source, dest, len, check;
} __packed;

_Static_assert(sizeof(struct udphdr) == UDP_HLEN, "RFC 768");
