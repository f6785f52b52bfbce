/* SPDX-License-Identifier: MIT
 * paint.h - blocks of the trie: written, changed by copying, taken apart.
 * Not here: the forms of a table (reshape.c), searching (fib_trie.h, where the picture is).
 * Used by paint.c and reshape.c.
 * Source: see fib_trie.h. */
#pragma once

#include "net/fib/fib_trie.h"

/* A block while it is written, from its lowest digit up. */
struct fib_draft {
	u64 last[FIB_FAN_WIDE / 64];
	u32 n, children;
	u32 word, end;          /* the latest run: what it says, its last digit */
	u32 child[FIB_FAN];     /* only narrow blocks have any */
	u16 slot[FIB_FAN_WIDE]; /* the last n, as the highest digits come first */
};

/* Bits of the address behind a digit: of the root, then of each block on the way. */
static inline u32 fib_shift_below(u32 shift)
{
	return shift == 8 ? 0 : shift - 6;
}

static inline bool fib_is_wide(u32 shift)
{
	return shift == 0;
}

static inline u32 fib_fan(u32 shift)
{
	return fib_is_wide(shift) ? FIB_FAN_WIDE : FIB_FAN;
}

/* fib_draft_start - nothing yet. */
static inline void fib_draft_start(struct fib_draft *d)
{
	d->last[0] = d->last[1] = d->last[2] = d->last[3] = 0;
	d->n = d->children = 0;
}

/* fib_draft_add - digits up to `last` say `word`. */
void fib_draft_add(struct fib_draft *d, u32 last, u32 word);

/* fib_draft_store - the word of what the draft says: an answer, if it is but one, or a new block.
 * shift    bits of the address behind the block's digit
 * Returns  0 with *failed set when there is no memory */
u32 fib_draft_store(struct fib_pool *pool, const struct fib_draft *d, u32 shift, bool *failed);

/* fib_trie_wait - until no reader can hold what was just replaced. */
static inline void fib_trie_wait(const struct fib_trie *t)
{
	if (t->wait != NULL)
		t->wait(t->wait_arg);
}

/* Addresses first..last get the answer id where the present one's prefix is not longer than len. */
struct fib_brush {
	struct fib_trie *t;
	u32 first, last;
	u16 id;
	u8 len;
	bool failed;
};

static inline u32 fib_brush_answer(const struct fib_brush *p, u32 id)
{
	return p->t->dst[id].plen <= p->len ? p->id : id;
}

/* fib_paint_words - paint a trie with a root; arguments and answer as fib_trie_paint. */
int fib_paint_words(struct fib_brush *p, bool sure, bool *torn);
