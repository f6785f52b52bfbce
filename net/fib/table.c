/* SPDX-License-Identifier: MIT
 * table.c - a routing table as a whole: its memory, its routes by prefix, listing them.
 * Not here: changing it (fib/change.c), looking up in the trie (fib_trie.c).
 * route.c and the other fib_ files call in; it calls fib/pool.c, fib/list.c.
 * Source: see fib/table.h. */
#include "net/fib/table.h"
#include "net/core/part.h"

#define DSTS_BYTES  (FIB_DST_MAX * sizeof(struct fib_dst)) /* behind page 0, which has some */
#define INFOS_BYTES (16ul << 20)
#define BUDGET_MIN  (4ull << 20)
#define BUDGET_MAX  (4ull << 30) /* so that all units together have 31-bit numbers */
#define MAX_ALIASES (1u << (64 - FIB_KEY_BITS))

_Static_assert(sizeof(struct fib_table) + 768 <= FIB_DSTS_AT,
	"page 0 must have room for a few infos behind struct fib_table");

/* Divide the address space behind page 0; the picture is in fib/table.h. */
static void lay_out(struct fib_table *tb, size_t budget)
{
	size_t at = FIB_PAGE + DSTS_BYTES;

	fib_pool_init(&tb->infos, (char *)tb, sizeof(struct fib_table) / FIB_UNIT,
		FIB_DSTS_AT / FIB_UNIT, (u32)(at / FIB_UNIT), (u32)((at + INFOS_BYTES) / FIB_UNIT));
	at += INFOS_BYTES;
	tb->aliases.n = 1; /* 0 means none */
	tb->aliases.far = (struct fib_alias *)((char *)tb + at);
	tb->aliases.max = (u32)min(budget / sizeof(struct fib_alias), (size_t)MAX_ALIASES);
	at += budget;
	tb->trie.dst = fib_dst_at(tb, 0);
	fib_trie_init(
		&tb->trie, tb->lists, (u32)(at / FIB_UNIT), (u32)((at + 2 * budget) / FIB_UNIT));
}

struct fib_table *fib_table_new(void)
{
	size_t budget =
		(size_t)ALIGN_UP(min(max(mem_total(), BUDGET_MIN), BUDGET_MAX), (u64)FIB_PAGE);
	size_t bytes = FIB_PAGE + DSTS_BYTES + INFOS_BYTES + 3 * budget;
	struct fib_table *tb = mem_reserve(bytes);

	if (tb == NULL)
		return NULL;
	if (mem_commit(tb, FIB_PAGE) != 0) {
		mem_release(tb, bytes);
		return NULL;
	}
	tb->reserved = bytes;
	tb->hash_seed = random_u32();
	for_each_part(p) {
		fib_trie_ops = p->trie ?: fib_trie_ops;
		fib_multipath_ops = p->multipath ?: fib_multipath_ops;
	}
	fib_popcount_init();
	lay_out(tb, budget);
	fib_heads_init(&tb->alias_heads);
	fib_heads_init(&tb->info_heads);
	tb->dst_room = FIB_NEAR_DSTS;
	tb->dst_n = FIB_DST_LINEAR + 1;
	*fib_dst_at(tb, FIB_DST_DEFAULT) = (struct fib_dst){ .fi = FIB_DST_SLOW };
	*fib_dst_at(tb, FIB_DST_LINEAR) = (struct fib_dst){ .fi = FIB_DST_SLOW, .plen = 32 };
	return tb;
}

static size_t dsts_bytes(const struct fib_table *tb)
{
	return (tb->dst_room - FIB_NEAR_DSTS) * sizeof(struct fib_dst);
}

void fib_dsts_trim(struct fib_table *tb)
{
	if (dsts_bytes(tb) != 0)
		mem_decommit(fib_dst_at(tb, FIB_NEAR_DSTS), dsts_bytes(tb));
	tb->dst_room = FIB_NEAR_DSTS;
}

static void free_heads(struct fib_heads *h)
{
	if (h->head != h->near)
		mem_free(h->head, sizeof(u32) << h->bits);
}

void fib_table_free(struct fib_table *tb)
{
	if (tb == NULL)
		return;
	size_t bytes = tb->reserved;
	fib_trie_free(&tb->trie);
	fib_pool_drop(&tb->infos);
	fib_dsts_trim(tb);
	if (tb->aliases.far_bytes != 0)
		mem_decommit(tb->aliases.far, tb->aliases.far_bytes);
	free_heads(&tb->alias_heads);
	free_heads(&tb->info_heads);
	mem_decommit(tb, FIB_PAGE);
	mem_release(tb, bytes);
}

size_t fib_table_count(const struct fib_table *tb)
{
	return tb->aliases.n - 1;
}

void fib_table_on_state(struct fib_table *tb, enum fib_nh_state (*fn)(const struct fib_nh *nh))
{
	tb->nh_state = fn;
}

/* ---- the array of routes ------------------------------------------------------------------ */

/* A table that swings around a border must not commit a page with every route: one more than needed
 * stays, until half of the table's own page is enough. */
int fib_aliases_fit(struct fib_aliases *a, u32 n)
{
	size_t bytes = n < FIB_NEAR_ALIASES ? 0 : (n + 1) * sizeof(struct fib_alias);
	size_t spare = n < FIB_NEAR_ALIASES / 2 ? 0 : FIB_PAGE, had = a->far_bytes;

	bytes = ALIGN_UP(bytes, (size_t)FIB_PAGE);
	if (n >= a->max)
		return -ENOSPC;
	if (bytes > had && mem_commit((char *)a->far + had, bytes - had) != 0)
		return -ENOMEM;
	if (bytes < had)
		bytes = min(bytes + spare, had);
	if (bytes < had)
		mem_decommit((char *)a->far + bytes, had - bytes);
	a->far_bytes = bytes;
	return 0;
}

/* ---- routes of a prefix ------------------------------------------------------------------ */

u32 fib_first_alias(const struct fib_table *tb, u32 prefix, u8 plen)
{
	u32 alias = *fib_heads_at(&tb->alias_heads, fib_prefix_hash(prefix, plen));

	while (alias != 0) {
		const struct fib_alias *fa = fib_alias_at(tb, alias);

		if (fa->prefix == prefix && fa->plen == plen)
			return alias;
		alias = fa->next;
	}
	return 0;
}

u32 fib_next_alias(const struct fib_table *tb, u32 alias)
{
	const struct fib_alias *fa = fib_alias_at(tb, alias);
	const struct fib_alias *next = fib_alias_at(tb, fa->next);

	return fa->next != 0 && next->prefix == fa->prefix && next->plen == fa->plen ? fa->next : 0;
}

struct fib_config fib_config_of(const struct fib_table *tb, u32 alias)
{
	const struct fib_alias *fa = fib_alias_at(tb, alias);
	const struct fib_info *fi = fib_info_at(tb, fa->info);

	return (struct fib_config){
		.dst = cpu_to_be32(fa->prefix),
		.dst_len = fa->plen,
		.tos = fa->tos,
		.type = fi->type,
		.scope = fi->scope,
		.protocol = fi->protocol,
		.table_id = fa->table_id,
		.priority = fi->priority,
		.mtu = fi->mtu,
		.prefsrc = fi->prefsrc,
		.nhs = fi->nhs,
		.nh = fi->nh,
	};
}
