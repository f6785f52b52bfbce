/* SPDX-License-Identifier: MIT
 * bytes.c - how much memory a routing table has committed.
 * Not here: the table (net/fib). Used by fib_bench.c and test_fib_trie.c.
 * Source: none; net/fib/table.h has the picture. */
#include "bench/fib/bytes.h"

static size_t heads_bytes(const struct fib_heads *h)
{
	return h->head == h->near ? 0 : sizeof(u32) << h->bits;
}

static size_t root_bytes(const struct fib_trie *t)
{
	if (t->root->width == 0)
		return 2 * sizeof(struct fib_list);
	return ALIGN_UP(fib_root_bytes(t->root->width), (size_t)FIB_PAGE);
}

struct fib_bytes fib_table_bytes(const struct fib_table *tb)
{
	struct fib_bytes b = { .trie = root_bytes(&tb->trie) + fib_pool_bytes(&tb->trie.pool) };

	b.total = FIB_PAGE + (tb->dst_room - FIB_NEAR_DSTS) * sizeof(struct fib_dst) +
		  tb->aliases.far_bytes + fib_pool_bytes(&tb->infos) +
		  heads_bytes(&tb->alias_heads) + heads_bytes(&tb->info_heads);
	if (tb->trie.root->width != 0) /* a list lies in page 0 */
		b.total += b.trie;
	return b;
}
