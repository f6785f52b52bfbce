/* SPDX-License-Identifier: MIT
 * test_fib_trie.c - is the trie's answer right for every address, in every form, at every moment?
 * Not here: errno, tos, metrics and the like (test_fib_table.c, test_fib_semantics.c).
 * cmocka calls in; it calls the table, and nothing of it to know what is right.
 * Source: the expected answers come from a linear search and from a sweep over sorted prefixes. */
#include "net/fib/table.h"
#include "bench/fib/bytes.h"
#include "bench/fib/synth.h"
#include "tests/unit/host_machine.h"
#include "tests/unit/test_fib_oracle.h"
#include "tests/unit/trie_walk.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <cmocka.h>

static int change(const struct synth_route *r, u32 nlflags)
{
	struct fib_nh nh = { .oif = r->hop + 1, .weight = 1 };
	struct fib_config cfg = {
		.dst = cpu_to_be32(r->prefix),
		.dst_len = r->plen,
		.type = RTN_UNICAST,
		.scope = RT_SCOPE_LINK,
		.nlflags = nlflags,
		.nh = &nh,
		.nhs = 1,
	};

	return nlflags != 0 ? fib_table_insert(tb, &cfg) : fib_table_delete(tb, &cfg);
}

static void add(struct synth_route r)
{
	assert_int_equal(change(&r, FIB_CREATE | FIB_EXCL), 0);
}

static void replace(struct synth_route r)
{
	assert_int_equal(change(&r, FIB_CREATE | FIB_REPLACE), 0);
}

static void take(struct synth_route r)
{
	assert_int_equal(change(&r, 0), 0);
}

/* ---- against a linear search -------------------------------------------------------------- */

static u32 mask(u8 len)
{
	return len == 0 ? 0 : ~0u << (32 - len);
}

static const struct synth_route *linear(const struct synth_route *r, u32 n, u32 addr)
{
	const struct synth_route *best = NULL;

	for (u32 i = 0; i < n; i++)
		if ((addr & mask(r[i].plen)) == r[i].prefix &&
			(best == NULL || r[i].plen > best->plen))
			best = &r[i];
	return best;
}

static void check(const struct synth_route *r, u32 n, u32 addr)
{
	const struct synth_route *want = linear(r, n, addr);
	struct flowi4 fl = { .daddr = cpu_to_be32(addr) };
	struct fib_result res;
	int err = fib_table_lookup(tb, &fl, &res);

	if (want == NULL) {
		assert_int_equal(err, -EAGAIN);
		return;
	}
	assert_int_equal(err, 0);
	assert_int_equal(res.prefixlen, want->plen);
	assert_int_equal(be32_to_cpu(res.prefix), want->prefix);
	assert_int_equal(fib_res_nh(&res)->oif, want->hop + 1);
}

static void check_edges(const struct synth_route *r, u32 n, struct synth_route at)
{
	u32 last = at.prefix | ~mask(at.plen);

	check(r, n, at.prefix);
	check(r, n, at.prefix - 1);
	check(r, n, last);
	check(r, n, last + 1);
}

/* Sets of routes around one prefix; each set is inserted, checked, and taken in every order that
 * a rotation gives. */
static void fixed_vectors(void **state)
{
	static const struct synth_route sets[][8] = {
		/* both ends of the space, every length at a stride's border */
		{ { 0, 1, 1 }, { 0x80000000, 1, 2 } },
		{ { 0, 17, 1 }, { 0, 18, 2 }, { 0, 19, 3 }, { 0xffff8000, 17, 4 },
			{ 0xffffc000, 18, 5 }, { 0xffffe000, 19, 6 } },
		{ { 0, 23, 1 }, { 0, 24, 2 }, { 0, 25, 3 }, { 0xfffffe00, 23, 4 },
			{ 0xffffff00, 24, 5 }, { 0xffffff80, 25, 6 } },
		{ { 0, 29, 1 }, { 0, 30, 2 }, { 0, 31, 3 }, { 0, 32, 4 }, { 0xfffffff8, 29, 5 },
			{ 0xfffffffc, 30, 6 }, { 0xfffffffe, 31, 7 }, { 0xffffffff, 32, 8 } },
		{ { 0, 0, 1 }, { 0x7fffffff, 32, 2 }, { 0x80000000, 32, 3 }, { 0x40000000, 2, 4 } },
		/* 192.0.2.0/25 cut in quarters, with hosts and a cover */
		{ { 0xc0000200, 24, 1 }, { 0xc0000200, 25, 2 }, { 0xc0000200, 26, 3 },
			{ 0xc0000260, 27, 4 }, { 0xc0000280, 25, 5 }, { 0xc0000281, 32, 6 },
			{ 0xc00002ff, 32, 7 }, { 0xc0000100, 23, 8 } },
	};

	for (u32 s = 0; s < ARRAY_SIZE(sets); s++) {
		u32 n = 0;

		while (n < 8 && sets[s][n].hop != 0)
			n++;
		for (u32 turn = 0; turn < n; turn++) {
			struct synth_route have[8];

			for (u32 i = 0; i < n; i++) {
				struct synth_route r = sets[s][(i + turn) % n];
				r.prefix &= mask(r.plen);
				have[i] = r;
				add(r);
				for (u32 k = 0; k <= i; k++)
					check_edges(have, i + 1, have[k]);
			}
			for (u32 i = n; i-- > 0;) {
				take(have[i]);
				for (u32 k = 0; k < n; k++)
					check_edges(have, i, have[k]);
			}
		}
	}
}

/* The leaves of a dense corner: 18 bits of addresses, prefixes of every length over them. */
#define CHURN       40000
#define CHURN_MAX   300
#define CHURN_PROBE 64

static void churn(void **state)
{
	static struct synth_route have[CHURN_MAX];
	u64 seed = 42;
	u32 n = 0;

	for (u32 step = 0; step < CHURN; step++) {
		u64 bits = synth_random(&seed);
		struct synth_route r = { .plen = (u8)(bits % 33), .hop = (u8)(bits >> 8 & 15) };
		u32 at = (u32)(bits >> 40) % CHURN_MAX;

		r.prefix = (0x0a000000 | (u32)(bits >> 16 & 0x3ffff)) & mask(r.plen);
		bool there = false;
		for (u32 i = 0; i < n; i++)
			there |= have[i].prefix == r.prefix && have[i].plen == r.plen;
		if (!there && n < CHURN_MAX && step % 1024 < 600) {
			add(r);
			have[n++] = r;
		} else if (n > 0 && bits & 128) {
			r = have[at % n];
			take(r);
			have[at % n] = have[n - 1];
			n--;
		} else if (n > 0) {
			have[at % n].hop ^= 1;
			r = have[at % n];
			replace(r);
		}
		check_edges(have, n, r);
		for (u32 i = 0; i < CHURN_PROBE - 4; i++)
			check(have, n, 0x0a000000 | ((u32)synth_random(&seed) & 0x3ffff));
	}
	while (n > 0)
		take(have[--n]);
	assert_int_equal(tb->trie.pool.live, 0);
	assert_int_equal(tb->trie.root->width, 0);
	assert_int_equal(((const struct fib_list *)tb->trie.root)->n, 1);
}

/* ---- all 2^32 addresses --------------------------------------------------------------------- */

/* An interval of addresses with one route; -1: none. Hop and length tell all that matters. */
struct interval {
	u32 first;
	s32 hop, plen;
};

struct interval_list {
	struct interval *r;
	u32 n;
};

static void interval_add(struct interval_list *l, u32 first, s32 hop, s32 plen)
{
	if (l->n > 0 && l->r[l->n - 1].first == first)
		l->n--;
	if (l->n > 0 && l->r[l->n - 1].hop == hop && l->r[l->n - 1].plen == plen)
		return;
	l->r[l->n++] = (struct interval){ first, hop, plen };
}

/* Sweep over routes in address order, the open ones on a stack: no trie, no table. */
static void sweep(const struct synth_route *r, u32 n, struct interval_list *l)
{
	const struct synth_route *open[34];
	u32 depth = 0;

	interval_add(l, 0, -1, -1);
	for (u32 i = 0; i <= n; i++) {
		while (depth > 0) {
			const struct synth_route *top = open[depth - 1];
			u32 last = top->prefix | ~mask(top->plen);

			if (i < n && last >= r[i].prefix)
				break;
			depth--;
			if (last != ~0u && depth > 0)
				interval_add(
					l, last + 1, open[depth - 1]->hop, open[depth - 1]->plen);
			else if (last != ~0u)
				interval_add(l, last + 1, -1, -1);
		}
		if (i < n) {
			interval_add(l, r[i].prefix, r[i].hop, r[i].plen);
			open[depth++] = &r[i];
		}
	}
}

static void collect(struct interval_list *l)
{
	u32 first = 0, last;

	do {
		const struct fib_dst *dst = &tb->trie.dst[trie_interval(&tb->trie, first, &last)];
		const struct fib_info *fi =
			(const struct fib_info *)(dst->fi & ~(uintptr_t)FIB_DST_SLOW);

		interval_add(
			l, first, fi != NULL ? fi->nh[0].oif - 1 : -1, fi != NULL ? dst->plen : -1);
		first = last + 1;
	} while (first != 0);
}

static void equal_everywhere(const struct synth_route *sorted, u32 n)
{
	struct interval_list want = { calloc(2 * n + 2, sizeof(struct interval)), 0 };
	struct interval_list got = { calloc(2 * n + 2, sizeof(struct interval)), 0 };

	sweep(sorted, n, &want);
	collect(&got);
	assert_int_equal(got.n, want.n);
	assert_memory_equal(got.r, want.r, want.n * sizeof(struct interval));
	free(want.r);
	free(got.r);
}

static void whole_space(u32 n)
{
	struct synth_route *sorted = calloc(n, sizeof *sorted), *mixed = calloc(n, sizeof *mixed);
	u32 kept = 0;

	synth_table(sorted, n);
	memcpy(mixed, sorted, n * sizeof *mixed);
	synth_shuffle(mixed, n, 7);
	for (u32 i = 0; i < n; i++)
		add(mixed[i]);
	equal_everywhere(sorted, n);
	for (u32 i = 0; i < n; i += 2) {
		sorted[i].hop ^= 0x55;
		replace(sorted[i]);
	}
	equal_everywhere(sorted, n);
	for (u32 i = 0; i < n; i++)
		if (i % 2 == 0)
			take(sorted[i]);
		else
			sorted[kept++] = sorted[i];
	equal_everywhere(sorted, kept);
	while (kept > 0)
		take(sorted[--kept]);
	equal_everywhere(sorted, 0);
	assert_int_equal(fib_table_bytes(tb).total, FIB_PAGE);
	free(sorted);
	free(mixed);
}

static void whole_space_full(void **state)
{
	whole_space(SYNTH_FULL);
}

static void whole_space_100k(void **state)
{
	whole_space(100000);
}

static void whole_space_1k(void **state)
{
	whole_space(1000);
}

static void whole_space_few(void **state)
{
	for (u32 n = 1; n < 40; n++)
		whole_space(n);
}

/* ---- size ----------------------------------------------------------------------------------- */

static void fill(u32 n)
{
	struct synth_route *r = calloc(n, sizeof *r);

	synth_table(r, n);
	synth_shuffle(r, n, 8);
	for (u32 i = 0; i < n; i++)
		add(r[i]);
	free(r);
}

static void sizes(void **state)
{
	assert_int_equal(fib_table_bytes(tb).total, 4096);
	assert_int_equal(host_mem_out(), 4096);
	fill(3);
	assert_int_equal(host_mem_out(), 4096);
}

static void size_of_1k(void **state)
{
	fill(1000);
	assert_true(fib_table_bytes(tb).trie <= 64 << 10);
	assert_int_equal(fib_table_bytes(tb).total, host_mem_out());
}

static void size_of_a_full_table(void **state)
{
	fill(SYNTH_FULL);
	assert_true(fib_table_bytes(tb).trie <= 4 << 20);
	assert_int_equal(fib_table_bytes(tb).total, host_mem_out());
}

/* Equal tables have equal tries, by whichever way they came about: as many live units, the same intervals
 * (whole_space_* compares those). */
static void canonical(void **state)
{
	struct synth_route *r = calloc(20000, sizeof *r);

	synth_table(r, 20000);
	for (u32 i = 0; i < 20000; i++)
		add(r[i]);
	u32 live = tb->trie.pool.live;
	for (u32 i = 0; i < 20000; i += 3)
		take(r[i]);
	assert_true(tb->trie.pool.live < live);
	synth_shuffle(r, 20000, 11);
	for (u32 i = 0; i < 20000; i++)
		change(&r[i], FIB_CREATE | FIB_EXCL);
	assert_int_equal(tb->trie.pool.live, live);
	free(r);
}

/* ---- lookups amid a change -------------------------------------------------------------------- */

/* An interrupt may look up at any instruction of a change: here a signal does, again and again. */
#define FLIPS     20000
#define PERIOD_US 50

static struct {
	u64 seed, right, wrong;
} irq;

/* Each address has hop a or b, never anything else: its cover is 0. */
static void lookup_in_interrupt(int sig)
{
	u32 addr = 0x0a000000 | ((u32)synth_random(&irq.seed) & 0xffffff);
	struct flowi4 fl = { .daddr = cpu_to_be32(addr) };
	struct fib_result res;
	bool found = fib_table_lookup(tb, &fl, &res) == 0;
	u8 plen = found ? res.prefixlen : 0;
	int oif = found ? fib_res_nh(&res)->oif : 0;

	if ((plen == 8 && oif == 9) || (plen == 13 && oif >= 1 && oif <= 2) ||
		(plen == 26 && oif >= 3 && oif <= 4))
		irq.right++;
	else
		irq.wrong++;
}

static void flip(u64 *seed)
{
	u64 bits = synth_random(seed);
	struct synth_route r = { 0x0a000000 | ((u32)bits & 0xffffff), bits >> 32 & 1 ? 13 : 26, 0 };

	r.prefix &= mask(r.plen);
	r.hop = (u8)((r.plen == 13 ? 0 : 2) + (bits >> 33 & 1));
	if (bits >> 34 & 1)
		change(&r, FIB_CREATE | FIB_REPLACE);
	else
		change(&r, 0);
}

static void interrupts_amid_changes(void **state)
{
	struct sigaction look = { .sa_handler = lookup_in_interrupt, .sa_flags = SA_RESTART };
	struct itimerval period = { { 0, PERIOD_US }, { 0, PERIOD_US } }, none = { 0 };
	u64 seed = 3;

	add((struct synth_route){ 0x0a000000, 8, 8 });
	/* A route holds every hop, so that no answer is ever freed: this test is of the trie. */
	for (u32 i = 0; i < 4; i++)
		add((struct synth_route){ 0x0b000000 + i * 64, 26, (u8)i });
	for (u32 i = 0; i < 2; i++)
		add((struct synth_route){ 0x0c000000 + i * 0x80000, 13, (u8)i });
	irq.seed = 1;
	irq.right = irq.wrong = 0;
	assert_int_equal(sigaction(SIGALRM, &look, NULL), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &period, NULL), 0);
	for (u32 i = 0; i < FLIPS || irq.right < FLIPS / 100; i++)
		flip(&seed);
	assert_int_equal(setitimer(ITIMER_REAL, &none, NULL), 0);
	assert_int_equal(irq.wrong, 0);
}

/* ---- counting bits ------------------------------------------------------------------------------ */

static void popcounts(void **state)
{
	u64 seed = 1;

	for (int i = 0; i < 100000; i++) {
		u64 x = synth_random(&seed) & synth_random(&seed) >> i % 64;
		u32 n = 0, upper = 0;

		for (u32 bit = 0; bit < 64; bit++)
			n += x >> bit & 1;
		for (u32 bit = 3; bit < 8; bit++)
			upper += x >> bit & 1;
		assert_int_equal(popcount_sw(x), n);
		assert_int_equal(ends_from((u8)x, 3), upper);
		if (cpu_has_popcnt)
			assert_int_equal(popcount_hw(x), n);
	}
}

/* On a CPU without POPCNT blocks are laid out another way. */
static int setup_without_popcnt(void **state)
{
	cpu_has_popcnt = false;
	return fib_setup(state);
}

static int teardown_without_popcnt(void **state)
{
	cpu_has_popcnt = true;
	return fib_teardown(state);
}

static void layouts_follow_the_cpu(void **state)
{
	for (u32 i = 0; i < 40; i++)
		add((struct synth_route){ 0x0a010000 + (i << 8), 24, (u8)i });
	u32 word = fib_root_words(tb->trie.root)[0x0a010200 >> 20];
	/* Two intervals from a /18 on, three bytes of ends at most: its ranks stand before it. */
	const u8 *rank = (const u8 *)fib_block_at(&tb->trie, word) - 8;
	assert_int_equal(rank[7], 0);
	assert_int_equal(rank[0], 1);
}

static void selftest(void **state)
{
	assert_int_equal(fib_selftest(), 0);
	host_fail_commit(1, false);
	assert_int_equal(fib_selftest(), -ENOMEM);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		FIB_TEST(fixed_vectors),
		FIB_TEST(churn),
		cmocka_unit_test_setup_teardown(
			churn, setup_without_popcnt, teardown_without_popcnt),
		cmocka_unit_test_setup_teardown(
			layouts_follow_the_cpu, setup_without_popcnt, teardown_without_popcnt),
		cmocka_unit_test_setup_teardown(
			whole_space_100k, setup_without_popcnt, teardown_without_popcnt),
		FIB_TEST(whole_space_few),
		FIB_TEST(whole_space_1k),
		FIB_TEST(whole_space_100k),
		FIB_TEST(whole_space_full),
		FIB_TEST(sizes),
		FIB_TEST(size_of_1k),
		FIB_TEST(size_of_a_full_table),
		FIB_TEST(canonical),
		FIB_TEST(interrupts_amid_changes),
		FIB_TEST(popcounts),
		FIB_TEST(selftest),
	};

	cmocka_set_test_filter(argc > 1 ? argv[1] : NULL); /* one test by name */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
