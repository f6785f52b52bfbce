/* SPDX-License-Identifier: MIT
 * trie_impl.h - what the two halves of the trie say to each other.
 * Not here: anything for others; they include fib_trie.h.
 * Used by fib_trie.c and fib/reshape.c.
 * Source: see fib_trie.h. */
#pragma once

#include "net/fib_trie.h"

/* Addresses first..last get the answer id where the present one's length is at most len. */
struct fib_range {
	u32 first, last;
	u16 id;
	u8 len;
};

/* fib_trie_paint_range - paint any range of addresses; the table must not be a run list.
 * sure     ask for the memory of each root word before touching it
 * torn     set once the first word has changed
 * Returns  0 or -ENOMEM; with `sure` no memory is lost then, without it the trie is spoilt */
int fib_trie_paint_range(struct fib_trie *t, const struct fib_range *r, bool sure, bool *torn);

/* fib_trie_wait - until no reader can hold what was just replaced. */
static inline void fib_trie_wait(const struct fib_trie *t)
{
	if (t->wait != NULL)
		t->wait(t->wait_arg);
}
