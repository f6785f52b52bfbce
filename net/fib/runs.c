/* SPDX-License-Identifier: MIT
 * runs.c - building the run list of a small table.
 * Not here: choosing the answers; fib_trie.c does, for both forms of a table.
 * fib_trie.c calls in. Calls nothing.
 * Source: see fib/runs.h. */
#include "net/fib/runs.h"

bool fib_runs_add(struct fib_runs *r, u32 first, u16 id)
{
	if (r->n != 0 && r->id[r->n - 1] == id)
		return true;
	if (r->n == FIB_RUNS_MAX)
		return false;
	r->first[r->n] = first;
	r->id[r->n] = id;
	r->n++;
	return true;
}

void fib_runs_seal(struct fib_runs *r)
{
	u32 padded = 2;

	while (padded < r->n)
		padded *= 2;
	for (u32 i = r->n; i < padded; i++) {
		r->first[i] = ~0u;
		r->id[i] = r->id[r->n - 1];
	}
	r->step = padded / 2;
}
