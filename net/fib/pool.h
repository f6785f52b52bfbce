/* SPDX-License-Identifier: MIT
 * pool.h - where a routing table keeps its small things.
 * Not here: what is kept. A piece stays where it is until it is given back.
 * build.c and semantics.c take pieces; it calls net/core/machine.h.
 * Source: segregated free lists after Knuth, "The Art of Computer Programming" vol. 1, 2.5. */
#pragma once

#include "net/core/machine.h"

#define FIB_PAGE       4096u
#define FIB_UNIT       8u                    /* bytes; a piece is so many units */
#define FIB_PAGE_UNITS (FIB_PAGE / FIB_UNIT) /* units of one page */

/* Pieces up to FIB_EXACT units have a free list per size, so that a piece given back fits the
 * next request of its size exactly; longer ones are rounded up to a power of two. */
#define FIB_EXACT     72u
#define FIB_CLASSES   (FIB_EXACT + 5)
#define FIB_PIECE_MAX 1024u /* units: the last class */

/*  base                  top        end               limit
 *   | ... | pieces, in use or free | committed, unused | address space only |
 * A piece is named by its offset from base in units, 31 bits at most; 0 names none. */
struct fib_pool {
	char *base;
	u32 top, end, limit; /* of the present stretch, in units */
	u32 home, home_end;  /* a first stretch, somebody else's memory; both 0: none */
	u32 far, far_end;    /* address space of the second, which is the pool's own */
	u32 live;            /* units in use */
	u32 free[FIB_CLASSES];
};

static inline void *fib_pool_at(const struct fib_pool *p, u32 piece)
{
	return p->base + (size_t)piece * FIB_UNIT;
}

/* fib_pool_init - an empty pool over its two stretches, in units from base. */
void fib_pool_init(struct fib_pool *p, char *base, u32 home, u32 home_end, u32 far, u32 far_end);

/* fib_pool_take - a piece of 1..FIB_PIECE_MAX units, not cleared.
 * Returns  its name, or 0 without memory */
u32 fib_pool_take(struct fib_pool *p, u32 units);

/* fib_pool_give - a piece back, with the units it was taken with. */
void fib_pool_give(struct fib_pool *p, u32 piece, u32 units);

/* fib_pool_drop - forget every piece and return the memory. */
void fib_pool_drop(struct fib_pool *p);

/* fib_pool_bytes - memory of the pool's own. */
size_t fib_pool_bytes(const struct fib_pool *p);
