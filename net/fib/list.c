/* SPDX-License-Identifier: MIT
 * list.c - the answers of a small table: a sorted list of intervals, and the trie as a whole while it is one.
 * Not here: roots and blocks, for more routes (roots.c), which route is shown (answers.c).
 * answers.c, table.c and roots.c call in; it calls pool.c, net/core/machine.h.
 * Source: see fib_trie.h. */
#include "net/fib/table.h"

size_t fib_root_bytes(u32 width)
{
	return sizeof(struct fib_root) + (sizeof(u32) << width);
}

static void drop_root(const struct fib_root *root)
{
	if (root != NULL && root->width != 0)
		mem_free((void *)(uintptr_t)root, fib_root_bytes(root->width));
}

/* Then the old one's memory goes, but for the lists'. */
void fib_trie_show(struct fib_trie *t, struct fib_root *root, u32 width)
{
	const struct fib_root *old = t->root;

	root->width = width;
	root->lookup = fib_trie_lookup(width);
	barrier(); /* all of the new form is written before the store that shows it */
	WRITE_ONCE(t->root, root);
	drop_root(old);
}

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

bool fib_trie_show_list(struct fib_trie *t, u32 max, fib_answers *answers, void *arg)
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
	fib_trie_show(t, &l->root, 0);
	fib_pool_drop(&t->pool);
	return true;
}

void fib_trie_give_up(struct fib_trie *t, u16 id)
{
	struct fib_list *l = &t->lists[t->root == &t->lists[0].root];

	l->n = 0;
	(void)list_add(l, 1, 0, id);
	list_pad(l);
	fib_trie_show(t, &l->root, 0);
	fib_pool_drop(&t->pool);
}

/* ---- all of a trie --------------------------------------------------------------------------- */

void fib_trie_start_pool(const struct fib_trie *t, struct fib_pool *pool, u32 half)
{
	fib_pool_init(pool, (char *)(uintptr_t)t, 0, 0, t->space[half], t->space[half + 1]);
}

void fib_trie_init(struct fib_trie *t, struct fib_list *lists, u32 first, u32 last)
{
	t->space[0] = first;
	t->space[1] = first + ALIGN_DOWN((last - first) / 2, FIB_PAGE_UNITS);
	t->space[2] = last;
	t->half = 0;
	fib_trie_start_pool(t, &t->pool, 0);
	t->root = NULL;
	t->lists = lists;
	fib_trie_give_up(t, FIB_DST_DEFAULT);
}

void fib_trie_free(struct fib_trie *t)
{
	drop_root(t->root);
	fib_pool_drop(&t->pool);
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

	if (t->root->width == 0)
		return fib_trie_show_list(t, FIB_LIST_MAX, updated, &u) ? 0 : -EAGAIN;
	return fib_trie_ops->change(t, u.first, u.last, updated, &u);
}
