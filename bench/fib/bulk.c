/* SPDX-License-Identifier: MIT
 * bulk.c - many addresses at once, their memory accesses side by side.
 * Not here: one address (net/fib/fib_trie.h).
 * fib_bench.c calls in; it reads the trie.
 * Source: see bulk.h. */
#include "bench/fib/bulk.h"

/* As many loads as a core keeps under way, twice over. */
#define BATCH 32u

static void find_batch(const struct fib_trie *t, const u32 *addr, u16 *id, u32 n)
{
	const struct fib_root *root = t->root;
	u64 word[BATCH];

	for (u32 i = 0; i < n; i++) {
		word[i] = fib_root_words(root)[addr[i] >> (32 - FIB_ROOT_FULL)];
		/* Also for an answer, where it is of no use: asking would cost a wrong guess. */
		__builtin_prefetch(fib_block_at(t, word[i]));
	}
	for (u32 i = 0; i < n; i++) {
		u64 w = word[i];

		if (w >= FIB_DST_MAX && fib_trie_step(t, &w, addr[i] >> 8 & 63, true))
			w = (u64)fib_block_find(fib_block_at(t, w), addr[i] & 255, true, true);
		id[i] = (u16)w;
	}
}

void fib_trie_find_bulk(const struct fib_trie *t, const u32 *addr, u16 *id, u32 n)
{
	for (u32 i = 0; i < n; i += BATCH) {
		u32 some = min(n - i, BATCH);

		if (t->root->width == FIB_ROOT_FULL && cpu_has_popcnt)
			find_batch(t, addr + i, id + i, some);
		else
			for (u32 k = i; k < i + some; k++)
				id[k] = (u16)fib_trie_find(t, addr[k]);
	}
}
