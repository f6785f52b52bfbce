/* SPDX-License-Identifier: MIT
 * trie_walk.h - the trie read interval by interval, for tests that look at all 2^32 addresses.
 * Not here: searching as the kernel does it (net/fib/fib_trie.h has that, and the picture).
 * Used by test_fib_trie.c and test_fib_file.c.
 * Source: see net/fib/fib_trie.h. */
#pragma once

#include "net/fib/fib_trie.h"

/* trie_interval - the answer for an address, and the last address up to which it surely goes. */
static inline u16 trie_interval(const struct fib_trie *t, u32 addr, u32 *last)
{
	u32 shift = 32 - t->root->width;

	*last = ~0u;
	if (t->root->width == 0) {
		const struct fib_list *l = (const struct fib_list *)t->root;
		u32 i = l->n;

		while (l->first[--i] > addr)
			*last = l->first[i] - 1;
		return l->id[i];
	}
	u32 word = fib_root_words(t->root)[addr >> shift], index = addr >> shift;
	while (word >= FIB_DST_MAX) {
		const struct fib_block *b = fib_block_at(t, word);
		bool wide = shift == 8;
		u32 fan = wide ? FIB_FAN_WIDE : FIB_FAN, in_block;

		shift -= wide ? 8 : 6;
		index = addr >> shift;
		in_block = index % fan;
		s64 slot = fib_block_find(b, in_block, wide, cpu_has_popcnt);
		word = slot >= 0 ? (u32)slot : fib_block_child(b, slot, cpu_has_popcnt);
		while (!(b->last[in_block / 64] >> in_block % 64 & 1))
			in_block++;
		index += in_block - index % fan;
	}
	*last = (index << shift) | ((1u << shift) - 1);
	return (u16)word;
}
