/* SPDX-License-Identifier: MIT
 * table.c - a routing table as a whole: its memory, its routes by prefix, listing them.
 * Not here: changing it (fib/change.c), looking up (fib_lookup.c), the trie (fib_trie.c).
 * route.c and the other fib_ files call in; it calls fib/hash.c, fib/pool.c, fib/reshape.c.
 * Source: see fib/table.h. */
#include "net/fib/table.h"
#include "kernel/lib/string.h"

#define DSTS_BYTES  (FIB_DST_MAX * sizeof(struct fib_dst))
#define INFOS_BYTES (16ul << 20)
#define BUDGET_MIN  (4ull << 20)
#define BUDGET_MAX  (4ull << 30) /* so that all units together have 31-bit numbers */
#define MAX_ALIASES (1u << 26)   /* an alias's number fits beside its prefix in a sort key */

_Static_assert(sizeof(struct fib_table) + 768 <= FIB_PAGE,
	"page 0 must have room for a few infos behind struct fib_table");

/* Address space is never given back to the machine, so a freed table's waits for the next one. */
#define SPARES_MAX 8u
static struct {
	void *at;
	size_t bytes;
} spares[SPARES_MAX];

static void *take_address_space(size_t bytes)
{
	for (u32 i = 0; i < SPARES_MAX; i++) {
		void *at = spares[i].at;

		if (at != NULL && spares[i].bytes == bytes) {
			spares[i].at = NULL;
			return at;
		}
	}
	return mem_reserve(bytes);
}

static void keep_address_space(void *at, size_t bytes)
{
	u32 i = 0;

	while (i < SPARES_MAX - 1 && spares[i].at != NULL)
		i++;
	spares[i].at = at;
	spares[i].bytes = bytes;
}

static void vec_init(struct fib_vec *v, void *near, u32 near_max, u32 elem)
{
	v->at = v->near = near;
	v->near_max = near_max;
	v->elem = elem;
	v->n = 1; /* 0 means none, or the default answer */
}

/* Divide the address space behind page 0; the picture is in fib/table.h. */
static void lay_out(struct fib_table *tb, size_t budget)
{
	char *at = (char *)tb + FIB_PAGE;
	u32 home = (u32)(offsetof(struct fib_table, near_infos) / FIB_UNIT);

	vec_init(&tb->dsts, tb->near_dsts, FIB_NEAR_DSTS, sizeof(struct fib_dst));
	tb->dsts.far = at;
	tb->dsts.far_max = FIB_DST_MAX;
	at += DSTS_BYTES;

	u32 infos = (u32)((size_t)(at - (char *)tb) / FIB_UNIT);
	fib_pool_init(&tb->infos, (char *)tb, home, FIB_PAGE_UNITS, infos,
		infos + (u32)(INFOS_BYTES / FIB_UNIT));
	at += INFOS_BYTES;

	vec_init(&tb->aliases, tb->near_aliases, FIB_NEAR_ALIASES, sizeof(struct fib_alias));
	tb->aliases.far = at;
	tb->aliases.far_max = (u32)min(budget / sizeof(struct fib_alias), (size_t)MAX_ALIASES);
	at += budget;

	u32 trie = (u32)((size_t)(at - (char *)tb) / FIB_UNIT);
	fib_trie_init(&tb->trie, (char *)tb, tb->runs, trie, trie + (u32)(2 * budget / FIB_UNIT));
}

struct fib_table *fib_table_new(void)
{
	size_t budget =
		(size_t)ALIGN_UP(min(max(mem_total(), BUDGET_MIN), BUDGET_MAX), (u64)FIB_PAGE);
	size_t bytes = FIB_PAGE + DSTS_BYTES + INFOS_BYTES + 3 * budget;
	struct fib_table *tb = take_address_space(bytes);
	u16 id;

	if (tb == NULL)
		return NULL;
	if (mem_commit(tb, FIB_PAGE) != 0) {
		keep_address_space(tb, bytes);
		return NULL;
	}
	tb->reserved = bytes;
	tb->hash_seed = random_u32();
	lay_out(tb, budget);
	fib_heads_init(&tb->alias_heads);
	fib_heads_init(&tb->info_heads);
	tb->near_dsts[FIB_DST_DEFAULT].fi = FIB_DST_SLOW;
	WRITE_ONCE(tb->trie.dst, tb->near_dsts);
	/* The answer of a table whose trie is given up; it must not need memory then. */
	BUG_ON(fib_dst_get(tb, 0, FIB_LENGTHS - 1, &id) != 0 || id != FIB_DST_SPOILT);
	return tb;
}

static void vec_free(struct fib_vec *v)
{
	if (v->far_bytes != 0)
		mem_decommit(v->far, v->far_bytes);
}

void fib_table_free(struct fib_table *tb)
{
	if (tb == NULL)
		return;
	size_t bytes = tb->reserved;
	fib_trie_free(&tb->trie);
	fib_pool_drop(&tb->infos);
	vec_free(&tb->dsts);
	vec_free(&tb->aliases);
	fib_heads_free(&tb->alias_heads);
	fib_heads_free(&tb->info_heads);
	mem_decommit(tb, FIB_PAGE);
	keep_address_space(tb, bytes);
}

static size_t heads_bytes(const struct fib_heads *h)
{
	return h->head == h->near ? 0 : sizeof(u32) << h->bits;
}

struct fib_bytes fib_table_bytes(const struct fib_table *tb)
{
	struct fib_bytes b = { .trie = fib_trie_bytes(&tb->trie) };

	b.total = FIB_PAGE + tb->dsts.far_bytes + tb->aliases.far_bytes +
		  fib_pool_bytes(&tb->infos) + heads_bytes(&tb->alias_heads) +
		  heads_bytes(&tb->info_heads);
	if (tb->trie.root % FIB_ROOT_ALIGN != 0) /* a run list lies in page 0 */
		b.total += b.trie;
	return b;
}

u32 fib_genid(const struct fib_table *tb)
{
	return READ_ONCE(tb->genid);
}

size_t fib_table_count(const struct fib_table *tb)
{
	return tb->aliases.n - 1;
}

void fib_table_on_state(struct fib_table *tb, enum fib_nh_state (*fn)(const struct fib_nh *nh))
{
	tb->nh_state = fn;
}

void fib_table_hash_policy(struct fib_table *tb, enum fib_hash_policy policy)
{
	tb->hash_policy = (u8)policy;
	tb->genid++;
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

/* ---- listing ----------------------------------------------------------------------------- */

/* A sort key is prefix, length and the first alias's number, from the top: 32 + 6 + 26 bits. */
#define KEY_PLEN_SHIFT 26
#define KEY_PLEN       63

static void sift_down(u64 *keys, size_t root, size_t n)
{
	u64 key = keys[root];

	for (size_t child; (child = 2 * root + 1) < n; root = child) {
		if (child + 1 < n && keys[child + 1] > keys[child])
			child++;
		if (keys[child] <= key)
			break;
		keys[root] = keys[child];
	}
	keys[root] = key;
}

/* Heapsort: no recursion, no second array, no bad case (Williams 1964). */
static void sort(u64 *keys, size_t n)
{
	for (size_t i = n / 2; i-- > 0;)
		sift_down(keys, i, n);
	for (size_t last = n; last-- > 1;) {
		u64 key = keys[last];

		keys[last] = keys[0];
		keys[0] = key;
		sift_down(keys, 0, last);
	}
}

static size_t first_keys(const struct fib_table *tb, u64 *keys)
{
	size_t n = 0;

	for (u32 i = 1; i < tb->aliases.n; i++) {
		const struct fib_alias *fa = fib_alias_at(tb, i);

		if (fib_first_alias(tb, fa->prefix, fa->plen) == i)
			keys[n++] = (u64)fa->prefix << 32 | (u64)fa->plen << KEY_PLEN_SHIFT | i;
	}
	return n;
}

static struct fib_config config_of(const struct fib_table *tb, u32 alias)
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

int fib_dump_start(struct fib_table *tb, struct fib_cursor *c)
{
	*c = (struct fib_cursor){ .tb = tb, .keys = mem_alloc(tb->aliases.n * sizeof(u64)) };
	if (c->keys == NULL)
		return -ENOMEM;
	c->n = first_keys(tb, c->keys);
	c->room = tb->aliases.n;
	sort(c->keys, c->n);
	return 0;
}

/* By prefix, not by number: numbers move when routes go. */
bool fib_dump_next(struct fib_cursor *c, struct fib_config *route)
{
	for (; c->at < c->n; c->at++, c->nth = 0) {
		u64 key = c->keys[c->at];
		u32 alias =
			fib_first_alias(c->tb, (u32)(key >> 32), key >> KEY_PLEN_SHIFT & KEY_PLEN);

		for (u32 i = 0; i < c->nth && alias != 0; i++)
			alias = fib_next_alias(c->tb, alias);
		if (alias != 0) {
			c->nth++;
			*route = config_of(c->tb, alias);
			return true;
		}
	}
	return false;
}

void fib_dump_end(struct fib_cursor *c)
{
	mem_free(c->keys, c->room * sizeof(u64));
}
