/* SPDX-License-Identifier: MIT
 * bulk.c - many addresses at once, their memory accesses side by side.
 * Not here: one address (fib_trie.h).
 * Whoever has a batch of destinations calls in; it calls fib_trie.h.
 * Source: see fib_trie.h. */
#include "net/fib_trie.h"

/* As many loads as a core keeps under way, twice over. */
#define BATCH 32u

static __always_inline void find_batch(
	const struct fib_trie *t, u64 root, const u32 *addr, u16 *id, u32 n, bool hw)
{
	u32 span = root % FIB_ROOT_ALIGN, word[BATCH];
	const u32 *words = (const u32 *)(root - span);

	for (u32 i = 0; i < n; i++) {
		word[i] = words[((u64)addr[i] << FIB_KEY_PAD) >> span];
		/* Also for an answer, where it is of no use: asking would cost a wrong guess. */
		__builtin_prefetch(fib_block_at(t, word[i]));
	}
	for (u32 i = 0; i < n; i++)
		id[i] = (u16)fib_trie_descend(t, word[i], (u64)addr[i] << FIB_KEY_PAD, span, hw);
}

void fib_trie_find_bulk(const struct fib_trie *t, const u32 *addr, u16 *id, u32 n)
{
	u64 root = READ_ONCE(t->root);

	for (u32 i = 0; i < n; i += BATCH) {
		u32 some = min(n - i, BATCH);

		if (root % FIB_ROOT_ALIGN == 0)
			for (u32 k = i; k < i + some; k++)
				id[k] = fib_runs_find((const struct fib_runs *)root, addr[k]);
		else if (cpu_has_popcnt)
			find_batch(t, root, addr + i, id + i, some, true);
		else
			find_batch(t, root, addr + i, id + i, some, false);
	}
}
