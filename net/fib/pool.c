/* SPDX-License-Identifier: MIT
 * pool.c - pieces of eight-byte units.
 * Not here: locks; a table is changed by one writer at a time.
 * paint.c, reshape.c and semantics.c call in; it calls net/core/machine.h.
 * Source: see fib/pool.h. */
#include "net/fib/pool.h"
#include "kernel/lib/string.h"

/* The pool grows by this part of itself: few calls, little memory idle. */
#define GROW_PART 16u

static u32 class_of(u32 units)
{
	u32 class = units;

	if (units > FIB_EXACT)
		for (class = FIB_EXACT + 1, units = (units - 1) >> 6; units != 0; units >>= 1)
			class ++;
	return class;
}

static u32 class_units(u32 class)
{
	return class <= FIB_EXACT ? class : 1u << (class - FIB_EXACT + 5);
}

static void start_at(struct fib_pool *p, u32 start, u32 end, u32 limit)
{
	p->start = p->top = start;
	p->end = end;
	p->limit = limit;
}

static bool at_home(const struct fib_pool *p)
{
	return p->start != p->far;
}

static void start_over(struct fib_pool *p)
{
	if (p->home != 0)
		start_at(p, p->home, p->home_end, p->home_end);
	else
		start_at(p, p->far, p->far, p->far_end);
}

void fib_pool_init(struct fib_pool *p, char *base, u32 home, u32 home_end, u32 far, u32 far_end)
{
	memset(p, 0, sizeof *p);
	p->base = base;
	p->home = home;
	p->home_end = home_end;
	p->far = far;
	p->far_end = far_end;
	start_over(p);
}

static int pool_commit(struct fib_pool *p, u32 units)
{
	units = ALIGN_UP(units, FIB_PAGE_UNITS);
	if (units > p->limit - p->end)
		return -ENOMEM;
	int err = mem_commit(fib_pool_at(p, p->end), (size_t)units * FIB_UNIT);
	if (err == 0)
		p->end += units;
	return err;
}

int fib_pool_ensure(struct fib_pool *p, u32 units)
{
	if (likely(p->end - p->top >= units))
		return 0;
	if (at_home(p))
		start_at(p, p->far, p->far, p->far_end);
	u32 missing = units - (p->end - p->top);
	if (pool_commit(p, max(missing, (p->end - p->start) / GROW_PART)) == 0)
		return 0;
	return pool_commit(p, missing);
}

u32 fib_pool_take(struct fib_pool *p, u32 units)
{
	u32 class = class_of(units);
	u32 piece = p->free[class];

	units = class_units(class);
	if (piece != 0) {
		p->free[class] = *(u32 *)fib_pool_at(p, piece);
	} else {
		if (fib_pool_ensure(p, units) != 0)
			return 0;
		piece = p->top;
		p->top += units;
	}
	p->live += units;
	return piece;
}

/* A free piece's first word names the next one of its class. */
void fib_pool_give(struct fib_pool *p, u32 piece, u32 units)
{
	u32 class = class_of(units);

	*(u32 *)fib_pool_at(p, piece) = p->free[class];
	p->free[class] = piece;
	p->live -= class_units(class);
}

void fib_pool_drop(struct fib_pool *p)
{
	size_t bytes = fib_pool_bytes(p);

	if (bytes != 0)
		mem_decommit(fib_pool_at(p, p->far), bytes);
	p->live = 0;
	memset(p->free, 0, sizeof p->free);
	start_over(p);
}

size_t fib_pool_bytes(const struct fib_pool *p)
{
	return at_home(p) ? 0 : (size_t)(p->end - p->far) * FIB_UNIT;
}
