/* SPDX-License-Identifier: MIT
 * show.c - the trie shows the first route of each prefix, or is given up and built again from them.
 * Not here: which route is first (change.c), how the trie changes (reshape.c, paint.c).
 * change.c and semantics.c call in; it calls semantics.c, table.c, reshape.c.
 * Source: RFC 1812 5.2.4.3, rule (2) longest match. */
#include "kernel/lib/string.h"
#include "net/fib/table.h"

void fib_refresh_default(struct fib_table *tb)
{
	u32 alias = fib_first_alias(tb, 0, 0);
	u32 info = alias != 0 ? fib_shown_info(fib_alias_at(tb, alias)) : 0;

	fib_dst_fill(fib_dst_at(tb, FIB_DST_DEFAULT), info != 0 ? fib_info_at(tb, info) : NULL);
}

/* ---- given up, and built again ---------------------------------------------------------------- */

/* Without memory for the trie the routes alone answer, slower, until there is some again. All
 * numbers of answers are forgotten with it, but for those that need no route. */
static void spoil(struct fib_table *tb)
{
	fib_trie_give_up(&tb->trie, FIB_DST_SPOILT);
	tb->spoilt = true;
	tb->spoilt_changes = 0;
	for (u32 i = 1; i < tb->aliases.n; i++) {
		u32 info = fib_alias_at(tb, i)->info;
		memset(fib_info_node_at(tb, info)->dst_id, 0, FIB_LENGTHS * sizeof(u16));
	}
	memset(tb->complex_id, 0, sizeof tb->complex_id);
	tb->complex_id[FIB_LENGTHS - 1] = FIB_DST_SPOILT;
	fib_dst_at(tb, FIB_DST_SPOILT)->refs = 1;
	tb->dst_n = FIB_DST_SPOILT + 1;
	tb->dst_free = 0;
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
	int err;
};

/* The first route of a prefix: the only one, or the one that its chain says. */
static u32 first_of(const struct sweep *s, size_t at)
{
	u64 key = s->keys[at];

	return at + 1 < s->n && fib_same_prefix(key, s->keys[at + 1])
		       ? fib_first_alias(s->tb, fib_key_prefix(key), fib_key_plen(key))
		       : fib_key_alias(key);
}

static void open_prefix(struct sweep *s, size_t at)
{
	u8 plen = fib_key_plen(s->keys[at]);
	u16 id = FIB_DST_DEFAULT;

	if (at > 0 && fib_same_prefix(s->keys[at], s->keys[at - 1]))
		return;
	if (plen != 0 && s->err == 0) {
		const struct fib_alias *fa = fib_alias_at(s->tb, first_of(s, at));
		s->err = fib_dst_get(s->tb, fib_shown_info(fa), plen, &id);
	}
	s->depth++;
	s->open[s->depth].last = fib_key_prefix(s->keys[at]) | ~fib_mask(plen);
	s->open[s->depth].id = id;
}

/* A fib_answers. */
static u16 sweep_to(void *arg, u32 addr, u32 *last)
{
	struct sweep *s = arg;

	while (s->open[s->depth].last < addr)
		s->depth--;
	while (s->at < s->n && fib_key_prefix(s->keys[s->at]) <= addr)
		open_prefix(s, s->at++);
	*last = s->open[s->depth].last;
	if (s->at < s->n)
		*last = min(*last, fib_key_prefix(s->keys[s->at]) - 1);
	return s->open[s->depth].id;
}

#define MANY_ROUTES 8192u

static int build_again(struct fib_table *tb)
{
	struct sweep s = { .tb = tb, .n = tb->aliases.n - 1, .open[0].last = ~0u };
	u32 width = tb->aliases.n < MANY_ROUTES ? FIB_ROOT_SMALL : FIB_ROOT_FULL;
	u64 *keys = fib_sorted_keys(tb);

	if (keys == NULL)
		return -ENOMEM;
	s.keys = keys;
	int err = fib_trie_rebuild(&tb->trie, width, sweep_to, &s);
	mem_free(keys, fib_keys_bytes(tb));
	err = s.err != 0 ? s.err : err;
	tb->spoilt = err != 0;
	if (err != 0)
		spoil(tb);
	return err;
}

/* Not after every change, as each attempt costs as much as the table is long. */
#define RETRY_PART 16u

static void try_to_mend(struct fib_table *tb)
{
	if (tb->spoilt && !tb->deferred && ++tb->spoilt_changes >= tb->aliases.n / RETRY_PART)
		(void)build_again(tb);
}

void fib_table_defer(struct fib_table *tb)
{
	if (!tb->spoilt)
		spoil(tb);
	tb->deferred = true;
}

int fib_table_settle(struct fib_table *tb)
{
	tb->deferred = false;
	return tb->spoilt ? build_again(tb) : 0;
}

void fib_changed(struct fib_table *tb, u8 plen)
{
	try_to_mend(tb);
	if (plen == 0)
		fib_refresh_default(tb);
}

/* ---- one prefix ------------------------------------------------------------------------------- */

int fib_show(struct fib_table *tb, const struct fib_key *k, u16 old, u32 info)
{
	bool torn = false;
	u16 id;

	if (k->plen == 0 || tb->spoilt)
		return 0;
	int err = fib_dst_get(tb, info, k->plen, &id);
	if (err != 0)
		return err;
	if (id != old)
		err = fib_trie_paint(&tb->trie, k->prefix, k->plen, id, true, &torn);
	if (torn && err != 0)
		spoil(tb);
	else if (err != 0)
		fib_dst_put(tb, id);
	else if (old != FIB_DST_DEFAULT)
		fib_dst_put(tb, old);
	return err;
}

void fib_show_next(struct fib_table *tb, const struct fib_key *k, u16 old, u32 info)
{
	if (fib_show(tb, k, old, info) != 0 && !tb->spoilt)
		spoil(tb);
}

/* The answer of the next shorter prefix that covers this one. Mostly the trie knows: the other
 * half of the prefix one bit shorter has the same covers, so if the answer there is that of a
 * shorter prefix, it is the longest of them. Otherwise that half has routes of its own; then look
 * whether there is a route one bit shorter, and go on with that one's other half. */
static u16 cover_id(struct fib_table *tb, u32 prefix, u8 plen)
{
	for (u8 len = plen; len > 1; len--) {
		u16 id = (u16)fib_trie_find(&tb->trie, prefix ^ (1u << (32 - len)));
		u8 up = (u8)(len - 1);

		if (tb->trie.dst[id].plen <= up)
			return id;
		u32 alias = tb->len_n[up] == 0 ? 0 : fib_first_alias(tb, prefix & fib_mask(up), up);
		if (alias != 0)
			return fib_shown_id(tb, fib_alias_at(tb, alias));
	}
	return FIB_DST_DEFAULT;
}

/* Sure of the memory first; else it may go well all the same, with pieces that were given back. */
void fib_hide(struct fib_table *tb, const struct fib_key *k, u16 old)
{
	bool torn;

	if (k->plen == 0 || tb->spoilt)
		return;
	u16 cover = cover_id(tb, k->prefix, k->plen);
	int err = fib_trie_paint(&tb->trie, k->prefix, k->plen, cover, true, &torn);
	if (err != 0)
		err = fib_trie_paint(&tb->trie, k->prefix, k->plen, cover, false, &torn);
	if (err != 0)
		spoil(tb);
	else
		fib_dst_put(tb, old);
}
