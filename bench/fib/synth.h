/* SPDX-License-Identifier: MIT
 * synth.h - a routing table shaped like the Internet's, and traces of addresses, from a seed.
 * Not here: real prefixes; only their statistics (how long, how clustered) are imitated.
 * Used by the bench and by tests/unit/test_fib_*.c. Calls the C library.
 * Source: shares of prefix lengths as seen in full BGP tables of 2023-2024. */
#pragma once

#include "kernel/lib/types.h"

struct synth_route {
	u32 prefix; /* host byte order */
	u8 plen;
	u8 hop; /* index of the next hop, 0..SYNTH_HOPS - 1 */
};

#define SYNTH_HOPS  256u
#define SYNTH_FULL  950005u
#define SYNTH_TRACE (4u << 20) /* addresses of a trace */

/* synth_random - the next of a 64-bit sequence; *state is its place (any seed will do). */
u64 synth_random(u64 *state);

/* synth_table - n different routes in address order, a default route first.
 * out     [n]
 * n       1..SYNTH_FULL; fewer than SYNTH_FULL are a random sample of the full table */
void synth_table(struct synth_route *out, u32 n);

/* synth_shuffle - put routes into a random order. */
void synth_shuffle(struct synth_route *routes, u32 n, u64 seed);

/* The traces: uniform over all addresses; a random prefix and a random host in it; the same with
 * prefixes by Zipf's law (the k-th most popular comes with weight 1/k). */
enum synth_kind {
	SYNTH_UNIFORM,
	SYNTH_HIT,
	SYNTH_ZIPF,
	SYNTH_KINDS
};

/* synth_trace - n addresses, host byte order, into out[n]. */
void synth_trace(
	enum synth_kind kind, const struct synth_route *routes, u32 routes_n, u32 *out, u32 n);
