/* SPDX-License-Identifier: MIT
 * flow.h - the key that routing answers: who sends what to whom, and under which constraints.
 * Not here: the answer (route.h, fib.h).
 * Used by udp_route.c, route.c, fib_*.c. Calls nothing.
 * Names as in Linux's struct flowi4, the members this stack uses. */
#pragma once

#include "kernel/lib/byteorder.h"

#define FLOWI_TOS_MASK 0x1c /* RFC 1349: delay, throughput, reliability */

struct flowi4 {
	be32 daddr;
	be32 saddr; /* zero: routing chooses it */
	int oif;    /* index of the device it must leave by; 0: any */
	u8 tos;     /* the TOS bits that routing compares (FLOWI_TOS_MASK) */
	u8 scope;   /* RT_SCOPE_*: the next hop must be at least this near */
};
