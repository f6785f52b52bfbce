/* SPDX-License-Identifier: MIT
 * runs.h - the answers of a small table: a sorted list of where each run of answers begins.
 * Not here: tables with more runs than fit; they are tries (fib_trie.h).
 * fib_trie.c calls in. Calls nothing.
 * Source: binary search, here over a number of entries padded to a power of two. */
#pragma once

#include "kernel/lib/types.h"

/* About sixteen routes. A machine with an address, a subnet and a default route makes a dozen
 * runs, and finds its answer in four steps of five instructions, without counting bits. */
#define FIB_RUNS_MAX 32u

/* first[0] is 0. Entries from n up to 2 * step repeat the last answer behind the last address, so
 * that the search needs no bound. */
struct fib_runs {
	u32 step; /* half the padded number of runs, which is 2 or more */
	u32 n;
	u32 first[FIB_RUNS_MAX];
	u16 id[FIB_RUNS_MAX];
} __attribute__((aligned(CACHE_LINE)));

static __always_inline u16 fib_runs_find(const struct fib_runs *r, u32 addr)
{
	size_t i = 0, step = r->step;

	do
		i = r->first[i + step] <= addr ? i + step : i;
	while ((step >>= 1) != 0);
	return r->id[i];
}

/* fib_runs_add - append a run; an answer equal to the last one prolongs that.
 * Returns  false when the list is full */
bool fib_runs_add(struct fib_runs *r, u32 first, u16 id);

/* fib_runs_seal - work out step and padding after the last fib_runs_add. */
void fib_runs_seal(struct fib_runs *r);
