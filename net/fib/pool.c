/* SPDX-License-Identifier: MIT
 * pool.c - pieces of eight-byte units.
 * Not here: locks; a table is changed by one writer at a time.
 * build.c, list.c, roots.c and semantics.c call in; it calls net/core/machine.h.
 * Source: see fib/pool.h. */
#include "net/fib/pool.h"
#include "kernel/lib/string.h"

/* The pool grows by this part of itself: few calls, little memory idle. */
#define GROW_PART 16u

static u32 class_of(u32 units)
{
	return units <= FIB_EXACT ? units : FIB_EXACT + 26 - (u32)__builtin_clz(units - 1);
}

static u32 class_units(u32 class)
{
	return class <= FIB_EXACT ? class : 1u << (class - FIB_EXACT + 6);
}

static bool at_home(const struct fib_pool *p)
{
	return p->limit != p->far_end;
}

static void forget(struct fib_pool *p)
{
	p->live = 0;
	memset(p->free, 0, sizeof p->free);
	p->top = p->home;
	p->end = p->limit = p->home_end;
}

void fib_pool_init(struct fib_pool *p, char *base, u32 home, u32 home_end, u32 far, u32 far_end)
{
	p->base = base;
	p->home = home;
	p->home_end = home_end;
	p->far = far;
	p->far_end = far_end;
	forget(p);
}

static bool commit(struct fib_pool *p, u32 units)
{
	units = ALIGN_UP(units, FIB_PAGE_UNITS);
	if (units > p->limit - p->end ||
		mem_commit(fib_pool_at(p, p->end), (size_t)units * FIB_UNIT) != 0)
		return false;
	p->end += units;
	return true;
}

/* Make room for so many units behind the top. */
static bool grow(struct fib_pool *p, u32 units)
{
	if (at_home(p)) {
		p->top = p->end = p->far;
		p->limit = p->far_end;
	}
	u32 missing = units - (p->end - p->top);
	return commit(p, max(missing, (p->end - p->far) / GROW_PART)) || commit(p, missing);
}

u32 fib_pool_take(struct fib_pool *p, u32 units)
{
	u32 class = class_of(units);
	u32 piece = p->free[class];

	units = class_units(class);
	if (piece != 0) {
		p->free[class] = *(u32 *)fib_pool_at(p, piece);
	} else {
		if (units > p->end - p->top && !grow(p, units))
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
	forget(p);
}

size_t fib_pool_bytes(const struct fib_pool *p)
{
	return at_home(p) ? 0 : (size_t)(p->end - p->far) * FIB_UNIT;
}
