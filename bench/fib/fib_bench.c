/* SPDX-License-Identifier: MIT
 * fib_bench.c - one process: one table in our trie and in DPDK's, timed side by side.
 * Not here: medians over processes, the contract, the printed table (run.py).
 * run.py starts it: fib_bench <routes> <turn> [lpm]; it prints one JSON object.
 * Source: DPDK 22.11 rte_fib.h, rte_lpm.h; madvise(2) for MADV_COLLAPSE. */
#include "net/fib/table.h"
#include "bench/fib/bytes.h"
#include "bench/fib/bulk.h"
#include "bench/fib/synth.h"
#include "tests/unit/host_machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "bench/fib/peers.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

#define ROUNDS   5
#define UPDATES  200000u
#define BULK     64u
#define OUR_BULK 32u

static struct fib_table *tb;
static struct synth_route *routes, *mixed;
static u32 *trace[SYNTH_KINDS];
static u32 routes_n;

/* Time that this thread ran: what else the machine does is not counted. */
static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- ours ---------------------------------------------------------------------------------- */

static int change(struct fib_table *table, const struct synth_route *r, bool add)
{
	struct fib_nh nh = { .oif = r->hop + 1, .weight = 1 };
	struct fib_config cfg = {
		.dst = cpu_to_be32(r->prefix),
		.dst_len = r->plen,
		.type = RTN_UNICAST,
		.scope = RT_SCOPE_LINK,
		.nlflags = FIB_CREATE | FIB_EXCL,
		.nh = &nh,
		.nhs = 1,
	};

	return add ? fib_table_insert(table, &cfg) : fib_table_delete(table, &cfg);
}

static u64 ours_single(const u32 *a, u32 n)
{
	u64 sum = 0;

	for (u32 i = 0; i < n; i++)
		sum += fib_trie_find(&tb->trie, a[i]);
	return sum;
}

static u64 ours_full(const u32 *a, u32 n)
{
	struct flowi4 fl = { 0 };
	struct fib_result res;
	u64 sum = 0;

	for (u32 i = 0; i < n; i++) {
		fl.daddr = cpu_to_be32(a[i]);
		sum += (u64)fib_table_lookup(tb, &fl, &res) + res.prefixlen;
	}
	return sum;
}

static u64 ours_bulk(const u32 *a, u32 n)
{
	u16 id[OUR_BULK];
	u64 sum = 0;

	for (u32 i = 0; i < n; i += OUR_BULK) {
		fib_trie_find_bulk(&tb->trie, a + i, id, OUR_BULK);
		for (u32 k = 0; k < OUR_BULK; k++)
			sum += id[k];
	}
	return sum;
}

/* As on a CPU without POPCNT: a table of its own, as blocks are then laid out another way. */
static struct fib_table *plain_tb;

static u64 ours_plain(const u32 *a, u32 n)
{
	bool has = cpu_has_popcnt;
	u64 sum = 0;

	cpu_has_popcnt = false;
	for (u32 i = 0; i < n; i++)
		sum += fib_trie_find(&plain_tb->trie, a[i]);
	cpu_has_popcnt = has;
	return sum;
}

/* Each address waits for the answer before it, though it does not depend on its value. */
static u64 ours_latency(const u32 *a, u32 n)
{
	u64 last = 0;

	for (u32 i = 0; i < n; i++) {
		__asm__ volatile("and $0, %0" : "+r"(last));
		last = fib_trie_find(&tb->trie, a[i] ^ (u32)last);
	}
	return last;
}

/* ---- DPDK's ---------------------------------------------------------------------------------- */

static struct peer_fib *fib2, *fib4;
static struct peer_lpm *lpm;

static u64 fib_bulk(struct peer_fib *f, const u32 *a, u32 n)
{
	u64 hop[BULK], sum = 0;

	for (u32 i = 0; i < n; i += BULK) {
		peer_fib_bulk(f, a + i, hop, BULK);
		for (u32 k = 0; k < BULK; k++)
			sum += hop[k];
	}
	return sum;
}

static u64 fib2_scalar(const u32 *a, u32 n)
{
	peer_fib_scalar(fib2);
	return fib_bulk(fib2, a, n);
}

static u64 fib2_avx512(const u32 *a, u32 n)
{
	if (!peer_fib_avx512(fib2))
		return 0;
	return fib_bulk(fib2, a, n);
}

static u64 fib4_scalar(const u32 *a, u32 n)
{
	peer_fib_scalar(fib4);
	return fib_bulk(fib4, a, n);
}

static u64 fib2_single(const u32 *a, u32 n)
{
	u64 hop, sum = 0;

	peer_fib_scalar(fib2);
	for (u32 i = 0; i < n; i++) {
		peer_fib_bulk(fib2, a + i, &hop, 1);
		sum += hop;
	}
	return sum;
}

static u64 fib2_latency(const u32 *a, u32 n)
{
	u64 hop = 0;

	peer_fib_scalar(fib2);
	for (u32 i = 0; i < n; i++) {
		__asm__ volatile("and $0, %0" : "+r"(hop));
		u32 addr = a[i] ^ (u32)hop;
		peer_fib_bulk(fib2, &addr, &hop, 1);
	}
	return hop;
}

static u64 lpm_single(const u32 *a, u32 n)
{
	return lpm != NULL ? peer_lpm_sum(lpm, a, n) : 0;
}

/* ---- timing ---------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	u64 (*run)(const u32 *a, u32 n);
} ways[] = {
	{ "ours", ours_single },
	{ "ours_full", ours_full },
	{ "ours_plain", ours_plain },
	{ "ours_bulk", ours_bulk },
	{ "ours_lat", ours_latency },
	{ "fib2", fib2_scalar },
	{ "fib2_single", fib2_single },
	{ "fib2_avx512", fib2_avx512 },
	{ "fib2_lat", fib2_latency },
	{ "fib4", fib4_scalar },
	{ "lpm", lpm_single },
};

#define SLICES 16u
#define SLICE  (SYNTH_TRACE / SLICES)

static double best[ARRAY_SIZE(ways)][SYNTH_KINDS];
static double least[ARRAY_SIZE(ways)][SYNTH_KINDS][SLICES];
static volatile u64 sink;

/* A whole trace at a stretch; each slice of it counts with its best round, as a neighbour on the
 * machine who empties the caches hardly does that at the same place in all of them. */
static void time_one(u32 way, u32 k, bool first)
{
	double sum = 0;

	for (u32 i = 0; i < SLICES; i++) {
		double start = now();

		sink += ways[way].run(trace[k] + (size_t)i * SLICE, SLICE);
		double took = now() - start;
		if (first || took < least[way][k][i])
			least[way][k][i] = took;
		sum += least[way][k][i];
	}
	best[way][k] = sum * 1e9 / SYNTH_TRACE;
}

/* Every way in turn, starting with another one in every process: none always comes first. */
static void time_all(u32 turn)
{
	for (u32 round = 0; round < ROUNDS; round++)
		for (u32 k = 0; k < SYNTH_KINDS; k++)
			for (u32 w = 0; w < ARRAY_SIZE(ways); w++)
				time_one((w + turn + round) % (u32)ARRAY_SIZE(ways), k, round == 0);
}

/* Large pages for everybody: the structures differ, not the host's luck with them. */
static void collapse_all(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512];
	unsigned long start, end, inode;
	char perms[8];

	while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
		if (sscanf(line, "%lx-%lx %7s %*s %*s %lu", &start, &end, perms, &inode) != 4)
			continue;
		if (strncmp(perms, "rw", 2) != 0 || inode != 0)
			continue;
		for (unsigned long at = ALIGN_UP(start, 2ul << 20); at + (2ul << 20) <= end;
			at += 2ul << 20) {
			unsigned char in[512] = { 0 };
			bool used = false;

			mincore((void *)at, 2ul << 20, in);
			for (u32 i = 0; i < sizeof in; i++)
				used |= in[i] & 1;
			if (used)
				madvise((void *)at, 2ul << 20, MADV_COLLAPSE);
		}
	}
	if (maps != NULL)
		fclose(maps);
}

/* Our answer and DPDK's to every address of every trace. */
static u64 mismatches(void)
{
	u64 bad = 0, hop[BULK];

	peer_fib_scalar(fib2);
	for (u32 k = 0; k < SYNTH_KINDS; k++)
		for (u32 i = 0; i < SYNTH_TRACE; i += BULK) {
			peer_fib_bulk(fib2, trace[k] + i, hop, BULK);
			for (u32 j = 0; j < BULK; j++) {
				u32 id = fib_trie_find(&tb->trie, trace[k][i + j]);
				const struct fib_info *fi =
					(const struct fib_info *)tb->trie.dst[id].fi;
				bad += fi->nh[0].oif - 1 != (int)hop[j];
			}
		}
	return bad;
}

/* Million changes a second: each is a delete and the insert that undoes it. */
static double our_updates(void)
{
	u32 n = routes_n > 1 ? UPDATES : 0;
	double start = now();

	for (u32 i = 0; i < n; i++) {
		const struct synth_route *r = &mixed[1 + i % (routes_n - 1)];
		if (change(tb, r, false) != 0 || change(tb, r, true) != 0)
			abort();
	}
	return n / (now() - start) / 1e6;
}

static double fib_updates(void)
{
	u32 n = routes_n > 1 ? UPDATES / 2 : 0;
	double start = now();

	for (u32 i = 0; i < n; i++) {
		const struct synth_route *r = &mixed[1 + i % (routes_n - 1)];
		peer_fib_delete(fib2, r->prefix, r->plen);
		peer_fib_add(fib2, r->prefix, r->plen, r->hop);
	}
	return n / (now() - start) / 1e6;
}

/* Microseconds for a route that is or is not there yet, over and over. */
static double our_flip(struct synth_route r, u32 times)
{
	double start = now();

	for (u32 i = 0; i < times; i++)
		if (change(tb, &r, true) != 0 || change(tb, &r, false) != 0)
			return 0;
	return (now() - start) * 1e6 / (2 * times);
}

static double our_default_flip(void)
{
	struct synth_route other = routes[0];
	struct fib_nh nh = { .weight = 1 };
	u32 times = 100000;
	double start = now();

	for (u32 i = 0; i < times; i++) {
		struct fib_config cfg = { .type = RTN_UNICAST,
			.scope = RT_SCOPE_LINK,
			.nlflags = FIB_REPLACE,
			.nh = &nh,
			.nhs = 1 };
		nh.oif = (i + 1 < times ? (int)(i % 2) + 300 : other.hop + 1);
		if (fib_table_insert(tb, &cfg) != 0)
			abort();
	}
	return (now() - start) * 1e6 / times;
}

static double our_inserts(void)
{
	double start = now();

	for (u32 i = 0; i < routes_n; i++)
		if (change(tb, &mixed[i], true) != 0)
			abort();
	return routes_n / (now() - start) / 1e6;
}

/* All at once, as a routes file does it. */
static double make_plain(void)
{
	bool has = cpu_has_popcnt;
	double start = now();

	cpu_has_popcnt = false;
	plain_tb = fib_table_new();
	if (plain_tb == NULL)
		abort();
	fib_table_defer(plain_tb);
	for (u32 i = 0; i < routes_n; i++)
		if (change(plain_tb, &mixed[i], true) != 0)
			abort();
	if (fib_table_commit(plain_tb) != 0)
		abort();
	cpu_has_popcnt = has;
	return routes_n / (now() - start) / 1e6;
}

static double fib_inserts(struct peer_fib *f)
{
	double start = now();

	for (u32 i = 0; i < routes_n; i++)
		if (mixed[i].plen > 0)
			peer_fib_add(f, mixed[i].prefix, mixed[i].plen, mixed[i].hop);
	return routes_n / (now() - start) / 1e6;
}

static double lpm_inserts(void)
{
	double start = now();

	for (u32 i = 0; i < routes_n; i++)
		if (mixed[i].plen > 0)
			peer_lpm_add(lpm, mixed[i].prefix, mixed[i].plen, mixed[i].hop);
	return routes_n / (now() - start) / 1e6;
}

static void make_inputs(void)
{
	routes = calloc(routes_n, sizeof *routes);
	mixed = calloc(routes_n, sizeof *mixed);
	synth_table(routes, routes_n);
	memcpy(mixed, routes, routes_n * sizeof *mixed);
	synth_shuffle(mixed + 1, routes_n - 1, 6);
	for (u32 k = 0; k < SYNTH_KINDS; k++) {
		trace[k] = calloc(SYNTH_TRACE, sizeof(u32));
		synth_trace((enum synth_kind)k, routes, routes_n, trace[k], SYNTH_TRACE);
	}
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	routes_n = (u32)atoi(argv[1]);
	peers_start();
	host_plain_memory(true);
	host_set_mem_total(1ull << 30);
	make_inputs();
	tb = fib_table_new();
	fib2 = peer_fib_new(2, routes_n, routes[0].hop);
	fib4 = peer_fib_new(4, routes_n, routes[0].hop);
	lpm = argc > 3 ? peer_lpm_new(routes_n) : NULL;
	if (tb == NULL || fib2 == NULL || fib4 == NULL)
		return 2;
	double ins = our_inserts(), at_once = make_plain(), fib_ins = fib_inserts(fib2);
	fib_inserts(fib4);
	double lpm_ins = lpm != NULL ? lpm_inserts() : 0;
	collapse_all();
	double upd = our_updates(), fib_upd = fib_updates();
	struct synth_route eight = { 0x0b000000, 8, 77 };
	double eight_us = routes_n > 1 ? our_flip(eight, 50) : 0, default_us = our_default_flip();
	struct fib_bytes bytes = fib_table_bytes(tb);
	time_all((u32)atoi(argv[2]));
	printf("{\"at_once\": %.4f, \"plain_bytes\": %zu, ", at_once,
		fib_table_bytes(plain_tb).trie);
	printf("\"routes\": %u, \"bad\": %lu, \"ins\": %.4f, \"upd\": %.4f, \"fib2_ins\": %.4f, "
	       "\"fib2_upd\": %.4f, \"lpm_ins\": %.4f, \"eight_us\": %.3f, \"default_us\": %.4f, "
	       "\"trie_bytes\": %zu, \"total_bytes\": %zu, \"fib2_bytes\": %zu, \"fib4_bytes\": "
	       "%zu, "
	       "\"ns\": {",
		routes_n, mismatches(), ins, upd, fib_ins, fib_upd, lpm_ins, eight_us, default_us,
		bytes.trie, bytes.total, peer_fib_bytes(fib2), peer_fib_bytes(fib4));
	for (u32 w = 0; w < ARRAY_SIZE(ways); w++)
		printf("%s\"%s\": [%.4f, %.4f, %.4f]", w ? ", " : "", ways[w].name, best[w][0],
			best[w][1], best[w][2]);
	puts("}}");
	return 0;
}
