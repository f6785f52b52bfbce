/* SPDX-License-Identifier: MIT
 * build.h - blocks of the trie: built from answers, read, given back.
 * Not here: roots (roots.c), searching (fib_trie.h, where the picture is).
 * roots.c calls in; it calls pool.c.
 * Source: see fib_trie.h. */
#pragma once

#include "net/fib/fib_trie.h"

/* New blocks for the addresses first..last; what the old tree says of others is taken over.
 *
 *     old word                 new word            The blocks on the way to the range are built anew,
 *        |                        |                those beside it (b, d) become children of both
 *      [ a ]                    [ a' ]             trees until the old word is given back: release
 *      / | \                    / | \              stops at a block outside the range.
 *    b   c   d                b   c'  d            Bulk load is the same with a range of all
 *       ----- range              -----             addresses, so that nothing old is left. */
struct fib_build {
	struct fib_pool *pool;
	fib_answers *answers;
	void *arg;
	u32 first, last;
	bool failed;
};

/* fib_build_word - the word for the 2^shift addresses from `at`, some of them in the range.
 * old      the present word
 * reach    how far an answer in `old` goes; gets how far the new word goes at least
 * Returns  an answer or a block; b->failed is set when there was no memory, then the word is of no use
 *          and everything new has been given back */
u32 fib_build_word(struct fib_build *b, u32 old, u32 at, u32 shift, u32 *reach);

/* fib_build_release - give back a word's blocks, but for those outside the range. */
void fib_build_release(struct fib_build *b, u32 word, u32 at, u32 shift);

/* fib_shift_below - bits of the address behind the next stride. */
static inline u32 fib_shift_below(u32 shift)
{
	return shift == 8 ? 0 : shift - 6;
}
