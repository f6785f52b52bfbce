/* SPDX-License-Identifier: MIT
 * answers.c - the trie answers with the first route of each prefix; or it is given up, and built again
 * from all routes.
 * Not here: which route is first (change.c), how the trie changes (forms.c).
 * change.c, sync.c and file.c call in; it calls table.c, dump.c, forms.c.
 * Source: RFC 1812 5.2.4.3, rule (2) longest match. */
#include "kernel/lib/string.h"
#include "net/fib/table.h"

/* Every address that nothing else covers has answer 0, so the default route is a matter of filling
 * that one in. */
void fib_refresh_default(struct fib_table *tb)
{
	u32 alias = fib_first_alias(tb, 0, 0);

	fib_dst_fill(fib_dst_at(tb, FIB_DST_DEFAULT), alias != 0 ? fib_node_of(tb, alias) : NULL);
}

/* ---- all routes ------------------------------------------------------------------------------- */

void fib_give_up(struct fib_table *tb)
{
	fib_trie_give_up(&tb->trie, FIB_DST_LINEAR);
	tb->linear = true;
	tb->pause = 0;
}

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
static int build(struct fib_table *tb)
{
	struct sweep s = { .tb = tb, .n = fib_table_count(tb), .open[0].last = ~0u };
	u32 width = fib_trie_fitting(&tb->trie);
	u64 *keys = s.n != 0 ? fib_sorted_keys(tb) : NULL;
	int err = -ENOMEM;

	if (tb->linear && s.n >= MANY_ROUTES)
		width = FIB_ROOT_FULL;
	if (keys != NULL) {
		s.keys = keys;
		err = fib_trie_build(&tb->trie, width, sweep_to, &s);
		mem_free(keys, fib_keys_bytes(tb));
	} else if (s.n == 0) { /* this needs no memory */
		fib_trie_give_up(&tb->trie, FIB_DST_DEFAULT);
		err = 0;
	}
	tb->linear &= err != 0;
	tb->pause = (u32)s.n / PAUSE_PART;
	return err;
}

void fib_table_defer(struct fib_table *tb)
{
	fib_give_up(tb);
	tb->deferred = true;
}

int fib_table_commit(struct fib_table *tb)
{
	tb->deferred = false;
	return tb->linear ? build(tb) : 0;
}

void fib_changed(struct fib_table *tb)
{
	if (tb->deferred || !(tb->linear || fib_trie_misfits(&tb->trie)))
		return;
	if (tb->pause != 0 && fib_table_count(tb) != 0)
		tb->pause--;
	else
		(void)build(tb);
}

/* ---- one prefix ------------------------------------------------------------------------------- */

/* The answer of the next shorter prefix that covers this one. Mostly the trie knows: the other
 * half of the prefix one bit shorter has the same covers, so if the answer there is that of a
 * shorter prefix, it is the longest of them. Otherwise that half has routes of its own; then look
 * whether there is a route one bit shorter, and go on with that one's other half. */
static u16 cover_id(const struct fib_table *tb, u32 prefix, u8 plen)
{
	for (u8 len = plen; len > 1; len--) {
		u16 id = (u16)fib_trie_find(&tb->trie, prefix ^ (1u << (32 - len)));
		u8 up = (u8)(len - 1);

		if (tb->trie.dst[id].plen <= up)
			return id;
		u32 alias = tb->len_n[up] == 0 ? 0 : fib_first_alias(tb, prefix & fib_mask(up), up);
		if (alias != 0)
			return fib_node_of(tb, alias)->dst_id;
	}
	return FIB_DST_DEFAULT;
}

int fib_follow(struct fib_table *tb, const struct fib_key *k, u32 info)
{
	int err;

	if (k->plen == 0)
		fib_refresh_default(tb);
	if (k->plen == 0 || tb->linear)
		return 0;
	u16 id = info != 0 ? fib_info_node_at(tb, info)->dst_id : cover_id(tb, k->prefix, k->plen);
	err = fib_trie_update(&tb->trie, k->prefix, k->plen, id);
	if (err == -EAGAIN)
		err = build(tb);
	if (err != 0 && k->plen < tb->trie.root->width)
		fib_give_up(tb);
	return err;
}
