/* SPDX-License-Identifier: MIT
 * roots.c - the trie of a table that has more routes than a list holds: small and full root, changes, and how
 * memory comes back, by building all of it again. And the part "trie" as a whole.
 * Not here: which route is shown (answers.c), blocks (build.c), the list (list.c).
 * answers.c and list.c call in through the part's table; it calls build.c, dump.c, list.c, pool.c.
 * Source: see fib_trie.h. */
#include "net/core/part.h"
#include "net/fib/build.h"
#include "net/fib/table.h"

/* A root is as wide as the blocks below it can pay for. In each pair the way back lies well
 * below the way there, so that a table at the border stays as it is. */
#define FULL_FROM_UNITS  (192u << 10 >> 3) /* 192 KiB of blocks: some ten thousand routes */
#define SMALL_FROM_UNITS (48u << 10 >> 3)
#define LIST_FROM_UNITS  64u
#define LIST_COMFORT     (FIB_LIST_MAX / 2) /* a list is returned to when it is half full */

/* Copy the pool when less than a quarter of it lives, but not for a few pages. */
#define SPARSE_PART 4u
#define SPARSE_FROM (8 * FIB_PAGE)

/* Every word of the range: a new one is built and shown, then the old one's blocks are given back. */
static int build_words(struct fib_build *b, u32 *words, u32 width)
{
	u32 shift = 32 - width;

	for (u32 i = b->first >> shift; i <= b->last >> shift; i++) {
		u32 old = words[i], reach = (i << shift) | ((1u << shift) - 1);
		u32 new = fib_build_word(b, old, i << shift, shift, &reach);

		if (b->failed)
			return -ENOMEM;
		/* The compiler must not move the block's stores behind the one that shows it;
		 * the CPU does not (SDM vol. 3A, 8.2.2: stores are not reordered with stores). */
		barrier();
		WRITE_ONCE(words[i], new);
		barrier();
		fib_build_release(b, old, i << shift, shift);
	}
	return 0;
}

static bool pool_is_sparse(const struct fib_trie *t)
{
	size_t bytes = fib_pool_bytes(&t->pool);

	return bytes > SPARSE_FROM && bytes / SPARSE_PART > (size_t)t->pool.live * FIB_UNIT;
}

static u32 fitting(const struct fib_trie *t)
{
	u32 live = t->pool.live;

	if (live <= LIST_FROM_UNITS)
		return 0;
	if (live >= FULL_FROM_UNITS)
		return FIB_ROOT_FULL;
	return live <= SMALL_FROM_UNITS ? FIB_ROOT_SMALL : t->root->width;
}

static bool misfits(const struct fib_trie *t)
{
	return fitting(t) != t->root->width || pool_is_sparse(t);
}

static int build_trie(struct fib_trie *t, u32 width, fib_answers *answers, void *arg)
{
	struct fib_pool pool;
	struct fib_build b = { .pool = &pool, .answers = answers, .arg = arg, .last = ~0u };

	if (width == 0 && fib_trie_show_list(t, LIST_COMFORT, answers, arg))
		return 0;
	width = max(width, FIB_ROOT_SMALL);
	if (width == t->root->width && !pool_is_sparse(t))
		return 0;
	struct fib_root *root = mem_alloc(fib_root_bytes(width));
	if (root == NULL)
		return -ENOMEM;
	fib_trie_start_pool(t, &pool, !t->half);
	if (build_words(&b, fib_root_words(root), width) != 0) {
		fib_pool_drop(&pool);
		mem_free(root, fib_root_bytes(width));
		return -ENOMEM;
	}
	fib_trie_show(t, root, width);
	fib_pool_drop(&t->pool);
	t->pool = pool;
	t->half = !t->half;
	return 0;
}

/* ---- all routes ------------------------------------------------------------------------------- */

/* All routes in address order, those that the present address lies in on a stack. */
struct sweep {
	struct fib_table *tb;
	const u64 *keys;
	size_t n, at;
	u32 depth;
	struct {
		u32 last;
		u16 id;
	} open[FIB_LENGTHS + 1]; /* [0]: what nothing else covers */
};

/* Open the prefix of the next key, with the first of its routes; its other keys are passed over. */
static void open_next(struct sweep *s)
{
	u64 key = s->keys[s->at++];
	u32 alias = fib_key_alias(key);
	u8 plen = fib_key_plen(key);

	if (s->at < s->n && fib_same_prefix(key, s->keys[s->at]))
		alias = fib_first_alias(s->tb, fib_key_prefix(key), plen);
	while (s->at < s->n && fib_same_prefix(key, s->keys[s->at]))
		s->at++;
	s->depth++;
	s->open[s->depth].last = fib_key_prefix(key) | ~fib_mask(plen);
	s->open[s->depth].id = plen == 0 ? FIB_DST_DEFAULT : fib_node_of(s->tb, alias)->dst_id;
}

/* A fib_answers. */
static u16 sweep_to(void *arg, u32 addr, u16 old, u32 *last)
{
	struct sweep *s = arg;

	if (addr == 0)
		s->at = s->depth = 0;
	while (s->open[s->depth].last < addr)
		s->depth--;
	while (s->at < s->n && fib_key_prefix(s->keys[s->at]) <= addr)
		open_next(s);
	*last = s->open[s->depth].last;
	if (s->at < s->n)
		*last = min(*last, fib_key_prefix(s->keys[s->at]) - 1);
	return s->open[s->depth].id;
}

/* Each attempt costs as much as the table is long, so it is not made with every change. */
#define PAUSE_PART  16u
#define MANY_ROUTES 8192u

/* Build the trie again from all routes, in the form that fits. */
static int rebuild(struct fib_table *tb)
{
	struct sweep s = { .tb = tb, .n = fib_table_count(tb), .open[0].last = ~0u };
	u32 width = fitting(&tb->trie);
	u64 *keys = s.n != 0 ? fib_sorted_keys(tb) : NULL;
	int err = -ENOMEM;

	if (tb->linear && s.n >= MANY_ROUTES)
		width = FIB_ROOT_FULL;
	if (keys != NULL) {
		s.keys = keys;
		err = build_trie(&tb->trie, width, sweep_to, &s);
		mem_free(keys, fib_keys_bytes(tb));
	} else if (s.n == 0) { /* this needs no memory */
		fib_trie_give_up(&tb->trie, FIB_DST_DEFAULT);
		err = 0;
	}
	tb->linear &= err != 0;
	tb->pause = (u32)s.n / PAUSE_PART;
	return err;
}

static void changed(struct fib_table *tb)
{
	if (tb->deferred || !(tb->linear || misfits(&tb->trie)))
		return;
	if (tb->pause != 0 && fib_table_count(tb) != 0)
		tb->pause--;
	else
		(void)rebuild(tb);
}

/* ---- the part --------------------------------------------------------------------------------- */

static int change(struct fib_trie *t, u32 first, u32 last, fib_answers *answers, void *arg)
{
	struct fib_build b = { &t->pool, answers, arg, first, last, false };

	return build_words(&b, fib_root_words(t->root), t->root->width);
}

static const struct fib_trie_ops trie_ops = {
	.change = change, .rebuild = rebuild, .changed = changed, .fit_heads = fib_heads_fit
};

PART(trie) = { .name = "trie", .trie = &trie_ops };
