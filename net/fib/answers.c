/* SPDX-License-Identifier: MIT
 * answers.c - the trie answers with the first route of each prefix; or it is given up.
 * Not here: which route is first (change.c), how the trie changes (list.c, roots.c).
 * change.c, sync.c and routes_file.c call in; it calls table.c, list.c.
 * Source: RFC 1812 5.2.4.3, rule (2) longest match. */
#include "net/fib/table.h"

const struct fib_trie_ops *fib_trie_ops;
const struct fib_multipath_ops *fib_multipath_ops;

/* Every address that nothing else covers has answer 0, so the default route is a matter of filling
 * that one in. */
void fib_refresh_default(struct fib_table *tb)
{
	u32 alias = fib_first_alias(tb, 0, 0);

	fib_dst_fill(fib_dst_at(tb, FIB_DST_DEFAULT), alias != 0 ? fib_node_of(tb, alias) : NULL);
}

void fib_give_up(struct fib_table *tb)
{
	fib_trie_give_up(&tb->trie, FIB_DST_LINEAR);
	tb->linear = true;
	tb->pause = 0;
}

void fib_table_defer(struct fib_table *tb)
{
	fib_give_up(tb);
	tb->deferred = true;
}

int fib_table_commit(struct fib_table *tb)
{
	tb->deferred = false;
	return tb->linear && fib_trie_ops ? fib_trie_ops->rebuild(tb) : 0;
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
	if (err == -EAGAIN && !fib_trie_ops) {
		fib_give_up(tb);
		return 0;
	}
	if (err == -EAGAIN)
		err = fib_trie_ops->rebuild(tb);
	if (err != 0 && k->plen < tb->trie.root->width)
		fib_give_up(tb);
	return err;
}
