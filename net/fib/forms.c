/* SPDX-License-Identifier: MIT
 * forms.c - the trie as a whole: its three forms (interval list, small root, full root), updates, and
 * how memory comes back, by building again what lives.
 * Not here: blocks (build.c), which route is shown (answers.c).
 * answers.c and table.c call in; it calls build.c, pool.c, net/core/machine.h.
 * Source: see fib_trie.h. */
#include "net/fib/build.h"

/* A root is as wide as the blocks below it can pay for. In each pair the way back lies well
 * below the way there, so that a table at the border stays as it is. */
#define FULL_FROM_UNITS  (192u << 10 >> 3) /* 192 KiB of blocks: some ten thousand routes */
#define SMALL_FROM_UNITS (48u << 10 >> 3)
#define LIST_FROM_UNITS  64u
#define LIST_COMFORT     (FIB_LIST_MAX / 2) /* a list is returned to when it is half full */

/* Copy the pool when less than a quarter of it lives, but not for a few pages. */
#define SPARSE_PART 4u
#define SPARSE_FROM (8 * FIB_PAGE)

static size_t root_bytes(u32 width)
{
	return sizeof(struct fib_root) + (sizeof(u32) << width);
}

static void drop_root(const struct fib_root *root)
{
	if (root != NULL && root->width != 0)
		mem_free((void *)(uintptr_t)root, root_bytes(root->width));
}

/* One store shows the new form; then the old one's memory goes, but for the lists'. */
static void show_root(struct fib_trie *t, struct fib_root *root, u32 width)
{
	const struct fib_root *old = t->root;

	root->width = width;
	root->lookup = fib_trie_lookup(width);
	barrier(); /* all of the new form is written before the store that shows it */
	WRITE_ONCE(t->root, root);
	drop_root(old);
}

/* ---- the interval list ----------------------------------------------------------------------- */

static bool list_add(struct fib_list *l, u32 max, u32 first, u16 id)
{
	if (l->n != 0 && l->id[l->n - 1] == id)
		return true;
	if (l->n == max)
		return false;
	l->first[l->n] = first;
	l->id[l->n++] = id;
	return true;
}

static void list_pad(struct fib_list *l)
{
	for (l->step = 1; 2 * l->step < l->n;)
		l->step *= 2;
	for (u32 i = l->n; i < 2 * l->step; i++) {
		l->first[i] = ~0u;
		l->id[i] = l->id[l->n - 1];
	}
}

/* Show the answers as a list of at most max intervals. Returns false when they are more. */
static bool show_list(struct fib_trie *t, u32 max, fib_answers *answers, void *arg)
{
	const struct fib_list *old = t->root->width == 0 ? (const struct fib_list *)t->root : NULL;
	struct fib_list *l = &t->lists[old == &t->lists[0]];
	u32 first = 0, last, i = 0;

	l->n = 0;
	do {
		u16 id = FIB_DST_DEFAULT;

		last = ~0u;
		if (old != NULL) {
			i += i + 1 < old->n && old->first[i + 1] == first;
			id = old->id[i];
			last = i + 1 < old->n ? old->first[i + 1] - 1 : ~0u;
		}
		id = answers(arg, first, id, &last);
		if (!list_add(l, max, first, id))
			return false;
		first = last + 1;
	} while (first != 0);
	list_pad(l);
	show_root(t, &l->root, 0);
	fib_pool_drop(&t->pool);
	return true;
}

void fib_trie_give_up(struct fib_trie *t, u16 id)
{
	struct fib_list *l = &t->lists[t->root == &t->lists[0].root];

	l->n = 0;
	(void)list_add(l, 1, 0, id);
	list_pad(l);
	show_root(t, &l->root, 0);
	fib_pool_drop(&t->pool);
}

/* ---- all of a trie --------------------------------------------------------------------------- */

static void start_pool(const struct fib_trie *t, struct fib_pool *pool, u32 half)
{
	fib_pool_init(pool, (char *)(uintptr_t)t, 0, 0, t->space[half], t->space[half + 1]);
}

void fib_trie_init(struct fib_trie *t, struct fib_list *lists, u32 first, u32 last)
{
	t->space[0] = first;
	t->space[1] = first + ALIGN_DOWN((last - first) / 2, FIB_PAGE_UNITS);
	t->space[2] = last;
	t->half = 0;
	start_pool(t, &t->pool, 0);
	t->root = NULL;
	t->lists = lists;
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
	size_t root = width == 0 ? 2 * sizeof(struct fib_list)
				 : ALIGN_UP(root_bytes(width), (size_t)FIB_PAGE);

	return root + fib_pool_bytes(&t->pool);
}

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

u32 fib_trie_fitting(const struct fib_trie *t)
{
	u32 live = t->pool.live;

	if (live <= LIST_FROM_UNITS)
		return 0;
	if (live >= FULL_FROM_UNITS)
		return FIB_ROOT_FULL;
	return live <= SMALL_FROM_UNITS ? FIB_ROOT_SMALL : t->root->width;
}

bool fib_trie_misfits(const struct fib_trie *t)
{
	return fib_trie_fitting(t) != t->root->width || pool_is_sparse(t);
}

int fib_trie_build(struct fib_trie *t, u32 width, fib_answers *answers, void *arg)
{
	struct fib_pool pool;
	struct fib_build b = { .pool = &pool, .answers = answers, .arg = arg, .last = ~0u };

	if (width == 0 && show_list(t, LIST_COMFORT, answers, arg))
		return 0;
	width = max(width, FIB_ROOT_SMALL);
	if (width == t->root->width && !pool_is_sparse(t))
		return 0;
	struct fib_root *root = mem_alloc(root_bytes(width));
	if (root == NULL)
		return -ENOMEM;
	start_pool(t, &pool, !t->half);
	if (build_words(&b, fib_root_words(root), width) != 0) {
		fib_pool_drop(&pool);
		mem_free(root, root_bytes(width));
		return -ENOMEM;
	}
	show_root(t, root, width);
	fib_pool_drop(&t->pool);
	t->pool = pool;
	t->half = !t->half;
	return 0;
}

/* ---- updates --------------------------------------------------------------------------------- */

/* Addresses first..last get the answer id where the present one's prefix is not longer than len. */
struct update {
	const struct fib_dst *dst;
	u32 first, last;
	u16 id;
	u8 len;
};

/* A fib_answers. */
static u16 updated(void *arg, u32 addr, u16 old, u32 *last)
{
	const struct update *u = arg;

	if (addr > u->last)
		return old;
	if (addr < u->first) {
		*last = min(*last, u->first - 1);
		return old;
	}
	*last = min(*last, u->last);
	return u->dst[old].plen <= u->len ? u->id : old;
}

int fib_trie_update(struct fib_trie *t, u32 prefix, u8 len, u16 id)
{
	struct update u = { t->dst, prefix, prefix | (u32)(0xffffffffull >> len), id, len };
	struct fib_build b = { &t->pool, updated, &u, u.first, u.last, false };

	if (t->root->width == 0)
		return show_list(t, FIB_LIST_MAX, updated, &u) ? 0 : -EAGAIN;
	return build_words(&b, fib_root_words(t->root), t->root->width);
}
