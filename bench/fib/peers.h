/* SPDX-License-Identifier: MIT
 * peers.h - DPDK's two IPv4 tables behind plain names; its headers and ours do not mix.
 * Not here: timing.
 * fib_bench.c calls in.
 * Source: DPDK 22.11 rte_fib.h, rte_lpm.h. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct peer_fib;
struct peer_lpm;

/* peers_start - bring up DPDK without devices or huge pages; ends the process on failure. */
void peers_start(void);

/* peer_fib_new - an rte_fib of type DIR24_8 with next hops of 2 or 4 bytes; NULL on failure. */
struct peer_fib *peer_fib_new(int hop_bytes, uint32_t routes, uint64_t default_hop);

/* peer_fib_add, peer_fib_delete - one route; end the process on failure. */
void peer_fib_add(struct peer_fib *f, uint32_t prefix, uint8_t plen, uint64_t hop);
void peer_fib_delete(struct peer_fib *f, uint32_t prefix, uint8_t plen);

/* peer_fib_scalar, peer_fib_avx512 - choose the lookup; false: this CPU has it not. */
void peer_fib_scalar(struct peer_fib *f);
bool peer_fib_avx512(struct peer_fib *f);

/* peer_fib_bulk - n lookups by one call. */
void peer_fib_bulk(struct peer_fib *f, const uint32_t *addr, uint64_t *hop, unsigned n);

/* peer_fib_bytes - its table of 2^24 entries and the groups of 256 set aside below it. */
size_t peer_fib_bytes(const struct peer_fib *f);

/* peer_lpm_new, peer_lpm_add - the same for rte_lpm. */
struct peer_lpm *peer_lpm_new(uint32_t routes);
void peer_lpm_add(struct peer_lpm *l, uint32_t prefix, uint8_t plen, uint32_t hop);

/* peer_lpm_sum - n single lookups, inline as DPDK has them; the sum of the hops. */
uint64_t peer_lpm_sum(struct peer_lpm *l, const uint32_t *addr, uint32_t n);
