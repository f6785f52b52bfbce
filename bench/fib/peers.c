/* SPDX-License-Identifier: MIT
 * peers.c - DPDK's rte_fib and rte_lpm; see peers.h.
 * Not here: anything of ours.
 * fib_bench.c calls in; it calls DPDK.
 * Source: DPDK 22.11 rte_fib.h, rte_lpm.h, rte_eal.h. */
#include "bench/fib/peers.h"

#include <stdio.h>
#include <stdlib.h>

#include <rte_eal.h>
#include <rte_fib.h>
#include <rte_lpm.h>

/* Room for routes longer than /24; the generated tables have few. */
#define GROUPS 8192

struct peer_fib {
	struct rte_fib *fib;
	int hop_bytes;
};

static void die(const char *what)
{
	fprintf(stderr, "DPDK: %s failed\n", what);
	exit(2);
}

void peers_start(void)
{
	char *args[] = { "fib_bench", "--no-huge", "--no-pci", "--no-telemetry", "--no-shconf",
		"--log-level=1", "-m", "1024", "-l", "0", "--force-max-simd-bitwidth=512" };

	if (rte_eal_init(sizeof args / sizeof args[0], args) < 0)
		die("rte_eal_init");
}

struct peer_fib *peer_fib_new(int hop_bytes, uint32_t routes, uint64_t default_hop)
{
	struct peer_fib *f = calloc(1, sizeof *f);
	struct rte_fib_conf conf = {
		.type = RTE_FIB_DIR24_8, .default_nh = default_hop, .max_routes = (int)routes + 16
	};
	char name[16];

	snprintf(name, sizeof name, "fib%d", hop_bytes);
	conf.dir24_8.nh_sz = hop_bytes == 2 ? RTE_FIB_DIR24_8_2B : RTE_FIB_DIR24_8_4B;
	conf.dir24_8.num_tbl8 = GROUPS;
	f->hop_bytes = hop_bytes;
	f->fib = rte_fib_create(name, -1, &conf);
	return f->fib != NULL ? f : NULL;
}

void peer_fib_add(struct peer_fib *f, uint32_t prefix, uint8_t plen, uint64_t hop)
{
	if (rte_fib_add(f->fib, prefix, plen, hop) != 0)
		die("rte_fib_add");
}

void peer_fib_delete(struct peer_fib *f, uint32_t prefix, uint8_t plen)
{
	if (rte_fib_delete(f->fib, prefix, plen) != 0)
		die("rte_fib_delete");
}

void peer_fib_scalar(struct peer_fib *f)
{
	if (rte_fib_select_lookup(f->fib, RTE_FIB_LOOKUP_DIR24_8_SCALAR_MACRO) != 0)
		die("rte_fib_select_lookup");
}

bool peer_fib_avx512(struct peer_fib *f)
{
	return rte_fib_select_lookup(f->fib, RTE_FIB_LOOKUP_DIR24_8_VECTOR_AVX512) == 0;
}

void peer_fib_bulk(struct peer_fib *f, const uint32_t *addr, uint64_t *hop, unsigned n)
{
	rte_fib_lookup_bulk(f->fib, (uint32_t *)(uintptr_t)addr, hop, (int)n);
}

size_t peer_fib_bytes(const struct peer_fib *f)
{
	return (size_t)f->hop_bytes * ((1u << 24) + GROUPS * 256u);
}

struct peer_lpm *peer_lpm_new(uint32_t routes)
{
	struct rte_lpm_config conf = { .max_rules = routes + 16, .number_tbl8s = GROUPS };

	return (struct peer_lpm *)rte_lpm_create("lpm", -1, &conf);
}

void peer_lpm_add(struct peer_lpm *l, uint32_t prefix, uint8_t plen, uint32_t hop)
{
	if (rte_lpm_add((struct rte_lpm *)l, prefix, plen, hop) != 0)
		die("rte_lpm_add");
}

uint64_t peer_lpm_sum(struct peer_lpm *l, const uint32_t *addr, uint32_t n)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t hop = 0;

		rte_lpm_lookup((struct rte_lpm *)l, addr[i], &hop);
		sum += hop;
	}
	return sum;
}
