/* SPDX-License-Identifier: MIT
 * reshape.c - the three forms of a table, run list, small root and full root, and the changes
 * between them; also how memory comes back: by copying what lives.
 * Not here: painting inside a trie (fib_trie.c).
 * fib/table.c calls in; it calls fib_trie.c, fib/runs.c, fib/pool.c, net/machine.h.
 * Source: see fib_trie.h. */
#include "net/fib/trie_impl.h"
#include "kernel/lib/string.h"

/* A root is as wide as the blocks below it can pay for. In each pair the way back lies well
 * below the way there, so that a table at the border stays as it is. */
#define FULL_FROM_UNITS  (192u << 10 >> 3) /* 192 KiB of blocks: some ten thousand routes */
#define SMALL_FROM_UNITS (48u << 10 >> 3)
#define RUNS_FROM_UNITS  64u
#define RUNS_COMFORT     (FIB_RUNS_MAX / 2) /* a run list is returned to when it is half full */

/* Copy the pool when less than a quarter of it lives, but not for a few pages. */
#define SPARSE_PART 4u
#define SPARSE_FROM (8 * FIB_PAGE)

static u32 span_of(const struct fib_trie *t)
{
	return t->root % FIB_ROOT_ALIGN;
}

static size_t root_bytes(u32 width)
{
	return sizeof(u32) << width;
}

static struct fib_runs *spare_runs(const struct fib_trie *t)
{
	struct fib_runs *r = &t->runs[t->root == (uintptr_t)&t->runs[0] ? 1 : 0];

	r->n = 0;
	return r;
}

static void drop_root(u64 root)
{
	u32 span = root % FIB_ROOT_ALIGN;

	if (span != 0)
		mem_free((void *)(root - span), root_bytes(FIB_KEY_BITS - span));
}

/* The trie keeps its form until its size has left a quarter around this one, or the pool grows. */
static void calm_down(struct fib_trie *t)
{
	u32 live = t->pool.live;

	t->calm_min = live - live / 4;
	t->calm_max = live + live / 4 + FIB_PAGE_UNITS / 8;
	t->calm_end = t->pool.end;
}

/* One store shows the new form; then the old one's memory goes, but for the run lists'. */
static void publish(struct fib_trie *t, u64 root)
{
	u64 old = t->root;

	barrier(); /* all of the new form is written before the store that shows it */
	WRITE_ONCE(t->root, root);
	fib_trie_wait(t);
	drop_root(old);
}

static void publish_runs(struct fib_trie *t, struct fib_runs *r)
{
	fib_runs_seal(r);
	publish(t, (uintptr_t)r);
	fib_pool_drop(&t->pool);
	calm_down(t);
}

static void pool_start(struct fib_trie *t, u32 half)
{
	t->half = half;
	fib_pool_init(&t->pool, t->pool.base, 0, 0, t->space[half][0], t->space[half][1]);
}

void fib_trie_init(struct fib_trie *t, char *base, struct fib_runs *runs, u32 first, u32 last)
{
	u32 middle = first + ALIGN_DOWN((last - first) / 2, FIB_PAGE_UNITS);

	t->pool.base = base;
	t->space[0][0] = first;
	t->space[0][1] = t->space[1][0] = middle;
	t->space[1][1] = last;
	pool_start(t, 0);
	t->runs = runs;
	runs[0].n = 0;
	fib_runs_add(&runs[0], 0, FIB_DST_DEFAULT);
	fib_runs_seal(&runs[0]);
	t->root = (uintptr_t)&runs[0];
	calm_down(t);
}

void fib_trie_free(struct fib_trie *t)
{
	drop_root(t->root);
	fib_pool_drop(&t->pool);
}

void fib_trie_give_up(struct fib_trie *t, u16 id)
{
	struct fib_runs *r = spare_runs(t);

	fib_runs_add(r, 0, id);
	publish_runs(t, r);
}

size_t fib_trie_bytes(const struct fib_trie *t)
{
	u32 span = span_of(t);
	size_t root = span == 0 ? 2 * sizeof(struct fib_runs) : root_bytes(FIB_KEY_BITS - span);

	return root + fib_pool_bytes(&t->pool);
}

/* ---- from one form to another ----------------------------------------------------------- */

int fib_trie_rebuild(
	struct fib_trie *t, u32 width, int (*fill)(struct fib_trie *next, void *arg), void *arg)
{
	struct fib_trie next = *t;
	u32 *words = mem_alloc(root_bytes(width));

	if (words == NULL)
		return -ENOMEM;
	next.root = (uintptr_t)words + FIB_KEY_BITS - width;
	next.wait = NULL; /* nobody reads it yet */
	pool_start(&next, !t->half);
	int err = fill(&next, arg);
	if (err < 0) {
		fib_trie_free(&next);
		return err;
	}
	publish(t, next.root);
	fib_pool_drop(&t->pool);
	t->pool = next.pool;
	t->half = next.half;
	calm_down(t);
	return 0;
}

static int copy_run(void *arg, u32 first, u32 last, u16 id)
{
	struct fib_range r = { .first = first, .last = last, .id = id, .len = 32 };
	bool torn;

	return fib_trie_paint_range(arg, &r, false, &torn);
}

static int copy_trie(struct fib_trie *next, void *arg)
{
	return fib_trie_dump(arg, copy_run, next);
}

static int copy_to_runs(void *arg, u32 first, u32 last, u16 id)
{
	struct fib_runs *r = arg;

	(void)last;
	return r->n < RUNS_COMFORT && fib_runs_add(r, first, id) ? 0 : -ENOSPC;
}

static bool shrink_to_runs(struct fib_trie *t)
{
	struct fib_runs *r = spare_runs(t);

	if (fib_trie_dump(t, copy_to_runs, r) != 0)
		return false;
	publish_runs(t, r);
	return true;
}

static bool pool_is_sparse(const struct fib_trie *t)
{
	size_t bytes = fib_pool_bytes(&t->pool);

	return bytes > SPARSE_FROM && bytes / SPARSE_PART > (size_t)t->pool.live * FIB_UNIT;
}

/* Find the form that fits the size. Without memory for it the present one goes on serving. */
static void reform(struct fib_trie *t)
{
	u32 live = t->pool.live, width = FIB_KEY_BITS - span_of(t), wanted = width;

	if (live <= RUNS_FROM_UNITS && shrink_to_runs(t))
		return;
	if (live >= FULL_FROM_UNITS)
		wanted = FIB_ROOT_FULL;
	else if (live <= SMALL_FROM_UNITS)
		wanted = FIB_ROOT_SMALL;
	if ((wanted == width && !pool_is_sparse(t)) ||
		fib_trie_rebuild(t, wanted, copy_trie, t) != 0)
		calm_down(t);
}

/* ---- painting -------------------------------------------------------------------------- */

static bool runs_paint(struct fib_trie *t, const struct fib_range *p)
{
	const struct fib_runs *old = (const struct fib_runs *)t->root;
	struct fib_runs *new = spare_runs(t);
	bool fits = true;

	for (u32 i = 0; i < old->n; i++) {
		u32 first = old->first[i], last = i + 1 < old->n ? old->first[i + 1] - 1 : ~0u;
		u16 id = old->id[i];

		if (first > p->last || last < p->first || t->dst[id].plen > p->len) {
			fits &= fib_runs_add(new, first, id);
			continue;
		}
		if (first < p->first)
			fits &= fib_runs_add(new, first, id);
		fits &= fib_runs_add(new, max(first, p->first), p->id);
		if (last > p->last)
			fits &= fib_runs_add(new, p->last + 1, id);
	}
	if (fits) {
		fib_runs_seal(new);
		publish(t, (uintptr_t) new);
	}
	return fits;
}

static struct fib_range range_of(u32 prefix, u8 len, u16 id)
{
	return (struct fib_range){ prefix, prefix | (u32)(0xffffffffull >> len), id, len };
}

int fib_trie_paint(struct fib_trie *t, u32 prefix, u8 len, u16 id, bool *torn)
{
	struct fib_range r = range_of(prefix, len, id);

	*torn = false;
	if (span_of(t) == 0) {
		if (runs_paint(t, &r))
			return 0;
		if (fib_trie_rebuild(t, FIB_ROOT_SMALL, copy_trie, t) != 0)
			return -ENOMEM;
	}
	int err = fib_trie_paint_range(t, &r, true, torn);
	u32 live = t->pool.live;
	if (unlikely(live < t->calm_min || live > t->calm_max || t->pool.end != t->calm_end) &&
		err == 0)
		reform(t);
	return err;
}

int fib_trie_force(struct fib_trie *t, u32 prefix, u8 len, u16 id)
{
	struct fib_range r = range_of(prefix, len, id);
	bool torn;

	if (span_of(t) == 0)
		return -ENOMEM;
	return fib_trie_paint_range(t, &r, false, &torn);
}
