/* SPDX-License-Identifier: MIT
 * reshape.c - the three forms of a table, run list, small root and full root, and the changes
 * between them; also how memory comes back: by building again what lives.
 * Not here: painting inside a trie (paint.c).
 * change.c and table.c call in; it calls paint.c, pool.c, net/core/machine.h.
 * Source: see fib_trie.h. */
#include "net/fib/paint.h"

/* A root is as wide as the blocks below it can pay for. In each pair the way back lies well
 * below the way there, so that a table at the border stays as it is. */
#define FULL_FROM_UNITS  (192u << 10 >> 3) /* 192 KiB of blocks: some ten thousand routes */
#define SMALL_FROM_UNITS (48u << 10 >> 3)
#define RUNS_FROM_UNITS  64u
#define RUNS_COMFORT     (FIB_RUNS_MAX / 2) /* a run list is returned to when it is half full */

/* Copy the pool when less than a quarter of it lives, but not for a few pages. */
#define SPARSE_PART 4u
#define SPARSE_FROM (8 * FIB_PAGE)

static size_t root_bytes(u32 width)
{
	return sizeof(struct fib_root) + (sizeof(u32) << width);
}

static struct fib_runs *spare_runs(const struct fib_trie *t)
{
	return &t->runs[t->root == &t->runs[0].root ? 1 : 0];
}

static void drop_root(const struct fib_root *root)
{
	if (root->width != 0)
		mem_free((void *)(uintptr_t)root, root_bytes(root->width));
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
static void publish(struct fib_trie *t, struct fib_root *root, u32 width)
{
	const struct fib_root *old = t->root;

	root->width = width;
	root->lookup = fib_trie_lookup(width);
	barrier(); /* all of the new form is written before the store that shows it */
	WRITE_ONCE(t->root, root);
	if (old == NULL)
		return;
	fib_trie_wait(t);
	drop_root(old);
}

static void pool_start(struct fib_trie *t, struct fib_pool *pool, u32 half)
{
	fib_pool_init(pool, (char *)t, 0, 0, t->space[half][0], t->space[half][1]);
}

/* ---- run lists ------------------------------------------------------------------------------- */

static bool runs_add(struct fib_runs *r, u32 max, u32 first, u16 id)
{
	if (r->n != 0 && r->id[r->n - 1] == id)
		return true;
	if (r->n == max)
		return false;
	r->first[r->n] = first;
	r->id[r->n++] = id;
	return true;
}

static void runs_seal(struct fib_runs *r)
{
	for (r->step = 1; 2 * r->step < r->n;)
		r->step *= 2;
	for (u32 i = r->n; i < 2 * r->step; i++) {
		r->first[i] = ~0u;
		r->id[i] = r->id[r->n - 1];
	}
}

/* Show the answers as a list of at most max runs. Returns false when they are more. */
static bool publish_runs(struct fib_trie *t, u32 max, fib_answers *answers, void *arg)
{
	struct fib_runs *r = spare_runs(t);
	u32 first = 0, last;

	r->n = 0;
	do {
		u16 id = answers(arg, first, &last);
		if (!runs_add(r, max, first, id))
			return false;
		first = last + 1;
	} while (first != 0);
	runs_seal(r);
	publish(t, &r->root, 0);
	fib_pool_drop(&t->pool);
	calm_down(t);
	return true;
}

static u16 the_same(void *id, u32 addr, u32 *last)
{
	*last = ~0u;
	return *(u16 *)id;
}

void fib_trie_give_up(struct fib_trie *t, u16 id)
{
	BUG_ON(!publish_runs(t, 1, the_same, &id));
}

void fib_trie_init(struct fib_trie *t, struct fib_runs *runs, u32 first, u32 last)
{
	u32 middle = first + ALIGN_DOWN((last - first) / 2, FIB_PAGE_UNITS);

	t->space[0][0] = first;
	t->space[0][1] = t->space[1][0] = middle;
	t->space[1][1] = last;
	t->half = 0;
	pool_start(t, &t->pool, 0);
	t->root = NULL;
	t->runs = runs;
	fib_trie_give_up(t, FIB_DST_DEFAULT);
}

void fib_trie_free(struct fib_trie *t)
{
	drop_root(t->root);
	fib_pool_drop(&t->pool);
}

size_t fib_trie_bytes(const struct fib_trie *t)
{
	u32 width = t->root->width;
	size_t root = width == 0 ? 2 * sizeof(struct fib_runs)
				 : ALIGN_UP(root_bytes(width), (size_t)FIB_PAGE);

	return root + fib_pool_bytes(&t->pool);
}

/* ---- tries, built from their lowest address up --------------------------------------------------- */

struct build {
	struct fib_pool pool;
	fib_answers *answers;
	void *arg;
	u32 first, last; /* the run of answers at hand */
	u16 id;
	bool failed;
};

/* The word for 2^shift addresses from `at`. */
static u32 build_word(struct build *b, u32 at, u32 shift)
{
	u32 end = at | ((1u << shift) - 1);
	struct fib_draft d;

	if (at > b->last || at == 0)
		b->id = b->answers(b->arg, at, &b->last);
	if (b->last >= end || b->failed)
		return b->id;
	shift = fib_shift_below(shift);
	fib_draft_start(&d);
	for (u32 digit = 0; digit < fib_fan(shift); digit++) {
		u32 word = build_word(b, at + (digit << shift), shift);

		if (word <
			FIB_DST_MAX) /* a run that goes on takes the digits after this one, too */
			digit = max(digit + 1, (min(b->last, end) - at + 1) >> shift) - 1;
		fib_draft_add(&d, digit, word);
	}
	return fib_draft_store(&b->pool, &d, shift, &b->failed);
}

int fib_trie_rebuild(struct fib_trie *t, u32 width, fib_answers *answers, void *arg)
{
	struct build b = { .answers = answers, .arg = arg };
	struct fib_root *root = mem_alloc(root_bytes(width));

	if (root == NULL)
		return -ENOMEM;
	pool_start(t, &b.pool, !t->half);
	for (u32 i = 0; i < 1u << width && !b.failed; i++)
		fib_root_words(root)[i] = build_word(&b, i << (32 - width), 32 - width);
	if (b.failed) {
		fib_pool_drop(&b.pool);
		mem_free(root, root_bytes(width));
		return -ENOMEM;
	}
	publish(t, root, width);
	fib_pool_drop(&t->pool);
	t->pool = b.pool;
	t->half = !t->half;
	calm_down(t);
	return 0;
}

static bool pool_is_sparse(const struct fib_trie *t)
{
	size_t bytes = fib_pool_bytes(&t->pool);

	return bytes > SPARSE_FROM && bytes / SPARSE_PART > (size_t)t->pool.live * FIB_UNIT;
}

/* Find the form that fits the size. Without memory for it the present one goes on serving. */
static void reform(struct fib_trie *t)
{
	u32 live = t->pool.live, width = t->root->width, wanted = width;

	if (live <= RUNS_FROM_UNITS && publish_runs(t, RUNS_COMFORT, fib_trie_run, t))
		return;
	if (live >= FULL_FROM_UNITS)
		wanted = FIB_ROOT_FULL;
	else if (live <= SMALL_FROM_UNITS)
		wanted = FIB_ROOT_SMALL;
	if ((wanted == width && !pool_is_sparse(t)) ||
		fib_trie_rebuild(t, wanted, fib_trie_run, t) != 0)
		calm_down(t);
}

/* ---- painting -------------------------------------------------------------------------------- */

/* The answers of a trie with a prefix painted over. */
static u16 painted_run(void *brush, u32 addr, u32 *last)
{
	const struct fib_brush *p = brush;
	u16 id = fib_trie_run(p->t, addr, last);

	if (addr < p->first) {
		*last = min(*last, p->first - 1);
	} else if (addr <= p->last) {
		*last = min(*last, p->last);
		id = (u16)fib_brush_answer(p, id);
	}
	return id;
}

int fib_trie_paint(struct fib_trie *t, u32 prefix, u8 len, u16 id, bool sure, bool *torn)
{
	u32 last = prefix | (u32)(0xffffffffull >> len);
	struct fib_brush p = { .t = t, .first = prefix, .last = last, .id = id, .len = len };

	*torn = false;
	if (t->root->width == 0)
		return publish_runs(t, FIB_RUNS_MAX, painted_run, &p)
			       ? 0
			       : fib_trie_rebuild(t, FIB_ROOT_SMALL, painted_run, &p);
	int err = fib_paint_words(&p, sure, torn);
	u32 live = t->pool.live;
	if (unlikely(live < t->calm_min || live > t->calm_max || t->pool.end != t->calm_end) &&
		err == 0)
		reform(t);
	return err;
}
