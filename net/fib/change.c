/* SPDX-License-Identifier: MIT
 * change.c - a route comes, is replaced or goes: find its place, then paint the trie.
 * Not here: what a route means (fib/semantics.c), how painting is done (fib_trie.c).
 * route.c and fib/file.c call in; it calls fib/semantics.c, fib/table.c, fib_trie.c.
 * Source: RFC 1812 5.2.4.3; Linux's answers to the NLM_F_ flags. */
#include "net/fib/table.h"
#include "kernel/lib/string.h"

/* ---- places in the hash chains ------------------------------------------------------------ */

static u32 *next_alias(struct fib_table *tb, u32 alias)
{
	return &fib_alias_at(tb, alias)->next;
}

static u32 alias_hash(struct fib_table *tb, u32 alias)
{
	const struct fib_alias *fa = fib_alias_at(tb, alias);

	return fib_prefix_hash(fa->prefix, fa->plen);
}

static const struct fib_chain alias_chain = { next_alias, alias_hash };

/* What decides where a route stands. */
struct key {
	u32 prefix, priority;
	u8 plen, tos, table_id;
};

static bool of_prefix(struct fib_table *tb, u32 alias, const struct key *k)
{
	const struct fib_alias *fa = fib_alias_at(tb, alias);

	return alias != 0 && fa->prefix == k->prefix && fa->plen == k->plen;
}

static bool of_tos(struct fib_table *tb, u32 alias, const struct key *k)
{
	const struct fib_alias *fa = fib_alias_at(tb, alias);

	return of_prefix(tb, alias, k) && fa->table_id == k->table_id && fa->tos == k->tos;
}

static bool of_key(struct fib_table *tb, u32 alias, const struct key *k)
{
	return of_tos(tb, alias, k) &&
	       fib_info_at(tb, fib_alias_at(tb, alias)->info)->priority == k->priority;
}

/* Does this route stand before all places for the key? */
static bool stands_before(struct fib_table *tb, u32 alias, const struct key *k)
{
	const struct fib_alias *fa = fib_alias_at(tb, alias);

	if (fa->table_id != k->table_id)
		return fa->table_id > k->table_id;
	if (fa->tos != k->tos)
		return fa->tos > k->tos;
	return fib_info_at(tb, fa->info)->priority < k->priority;
}

/* A link is the word that names the next route: a chain's head or a predecessor's `next`. */
static u32 *first_link(struct fib_table *tb, const struct key *k)
{
	u32 *link = fib_heads_at(&tb->alias_heads, fib_prefix_hash(k->prefix, k->plen));

	while (*link != 0 && !of_prefix(tb, *link, k))
		link = next_alias(tb, *link);
	return link;
}

static u32 *key_link(struct fib_table *tb, u32 *first, const struct key *k)
{
	u32 *link = first;

	while (of_prefix(tb, *link, k) && stands_before(tb, *link, k))
		link = next_alias(tb, *link);
	return link;
}

/* ---- the trie shows the first route of each prefix ----------------------------------------- */

/* Which info's answer stands for this route; 0, the complex one, when not every flow may use it. */
static u32 shown_info(const struct fib_alias *fa)
{
	return fa->tos == 0 ? fa->info : 0;
}

static u16 shown_id(struct fib_table *tb, u32 alias)
{
	const struct fib_alias *fa = fib_alias_at(tb, alias);
	u32 info = shown_info(fa);

	return info != 0 ? fib_info_node_at(tb, info)->dst_id[fa->plen] : tb->complex_id[fa->plen];
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
			return shown_id(tb, alias);
	}
	return FIB_DST_DEFAULT;
}

void fib_refresh_default(struct fib_table *tb)
{
	u32 alias = fib_first_alias(tb, 0, 0);
	u32 info = alias != 0 ? shown_info(fib_alias_at(tb, alias)) : 0;
	uintptr_t word = info != 0 ? fib_dst_word(tb, fib_info_at(tb, info)) : FIB_DST_SLOW;

	WRITE_ONCE(((struct fib_dst *)tb->dsts.at)[FIB_DST_DEFAULT].fi, word);
}

/* Without memory for the trie the routes alone answer, slower, until there is some again. All
 * numbers of answers are forgotten with it, but for those that need no route. */
static void spoil(struct fib_table *tb)
{
	fib_trie_give_up(&tb->trie, FIB_DST_SPOILT);
	tb->spoilt = true;
	for (u32 i = 1; i < tb->aliases.n; i++) {
		u32 info = fib_alias_at(tb, i)->info;
		memset(fib_info_node_at(tb, info)->dst_id, 0, FIB_LENGTHS * sizeof(u16));
	}
	memset(tb->complex_id, 0, sizeof tb->complex_id);
	tb->complex_id[FIB_LENGTHS - 1] = FIB_DST_SPOILT;
	((struct fib_dst *)tb->dsts.at)[FIB_DST_SPOILT].refs = 1;
	tb->dsts.n = FIB_DST_SPOILT + 1;
	tb->dst_free = 0;
}

static int paint_all(struct fib_trie *next, void *arg)
{
	struct fib_table *tb = arg;
	int err = 0;

	for (u32 i = 1; i < tb->aliases.n && err == 0; i++) {
		const struct fib_alias *fa = fib_alias_at(tb, i);
		u16 id;

		if (fa->plen == 0 || fib_first_alias(tb, fa->prefix, fa->plen) != i)
			continue;
		err = fib_dst_get(tb, shown_info(fa), fa->plen, &id);
		next->dst = tb->trie.dst;
		if (err == 0)
			err = fib_trie_force(next, fa->prefix, fa->plen, id);
	}
	return err;
}

/* Not after every change, as each attempt costs as much as the table is long. */
#define RETRY_PART  16u
#define MANY_ROUTES 8192u

static void try_to_mend(struct fib_table *tb)
{
	u32 width = tb->aliases.n < MANY_ROUTES ? FIB_ROOT_SMALL : FIB_ROOT_FULL;

	if (!tb->spoilt || ++tb->spoilt_changes < tb->aliases.n / RETRY_PART)
		return;
	tb->spoilt_changes = 0;
	if (fib_trie_rebuild(&tb->trie, width, paint_all, tb) != 0)
		spoil(tb);
	else
		tb->spoilt = false;
}

/* Let the trie show `info` (0: complex) for a prefix that shows `old` (or, as a new one, nothing:
 * FIB_DST_DEFAULT). On an error nothing has changed. */
static int show(struct fib_table *tb, const struct key *k, u16 old, u32 info)
{
	bool torn;
	u16 id;

	if (k->plen == 0 || tb->spoilt)
		return 0;
	int err = fib_dst_get(tb, info, k->plen, &id);
	if (err != 0)
		return err;
	if (id != old)
		err = fib_trie_paint(&tb->trie, k->prefix, k->plen, id, &torn);
	if (err == 0) {
		if (old != FIB_DST_DEFAULT)
			fib_dst_put(tb, old);
		return 0;
	}
	if (torn) {
		u16 before = old != FIB_DST_DEFAULT ? old : cover_id(tb, k->prefix, k->plen);
		if (fib_trie_force(&tb->trie, k->prefix, k->plen, before) != 0)
			spoil(tb);
	}
	if (!tb->spoilt)
		fib_dst_put(tb, id);
	return err;
}

/* The prefix's last route goes. */
static void hide(struct fib_table *tb, const struct key *k, u16 old)
{
	bool torn;

	if (k->plen == 0 || tb->spoilt)
		return;
	u16 cover = cover_id(tb, k->prefix, k->plen);
	if (fib_trie_paint(&tb->trie, k->prefix, k->plen, cover, &torn) != 0 &&
		fib_trie_force(&tb->trie, k->prefix, k->plen, cover) != 0)
		spoil(tb);
	else
		fib_dst_put(tb, old);
}

static void changed(struct fib_table *tb, const struct key *k)
{
	try_to_mend(tb);
	if (k->plen == 0)
		fib_refresh_default(tb);
	WRITE_ONCE(tb->genid, tb->genid + 1);
}

/* ---- insert ------------------------------------------------------------------------------- */

static int key_of(const struct fib_config *cfg, struct key *k)
{
	k->prefix = be32_to_cpu(cfg->dst);
	k->priority = cfg->priority;
	k->plen = cfg->dst_len;
	k->tos = cfg->tos;
	k->table_id = cfg->table_id != 0 ? cfg->table_id : RT_TABLE_MAIN;
	return cfg->dst_len > 32 || (k->prefix & ~fib_mask(cfg->dst_len)) != 0 ? -EINVAL : 0;
}

/* A change of a large table waits for memory more than for anything else: start early. */
static void foresee(struct fib_table *tb, const struct key *k)
{
	__builtin_prefetch(fib_heads_at(&tb->alias_heads, fib_prefix_hash(k->prefix, k->plen)));
	fib_trie_prefetch(&tb->trie, k->prefix);
}

/* Where a key's routes begin, and those of its prefix. */
struct place {
	u32 *first, *link;
};

static struct place find_place(struct fib_table *tb, const struct key *k)
{
	u32 *first = first_link(tb, k);

	return (struct place){ first, key_link(tb, first, k) };
}

/* A new route at *p.link; the caller has made room. Takes over the count on info. */
static int add_alias(struct fib_table *tb, struct place p, const struct key *k, u32 info)
{
	u32 *link = p.link, alias = tb->aliases.n;
	struct fib_alias *fa = fib_alias_at(tb, alias);

	if (p.first == link) {
		u16 old = of_prefix(tb, *link, k) ? shown_id(tb, *link) : FIB_DST_DEFAULT;
		int err = show(tb, k, old, k->tos == 0 ? info : 0);
		if (err != 0)
			return err;
	}
	*fa = (struct fib_alias){ k->prefix, info, *link, k->plen, k->tos, k->table_id,
		FIB_NONE_CHOSEN };
	*link = alias;
	tb->aliases.n++;
	tb->len_n[k->plen]++;
	changed(tb, k);
	return 0;
}

static int replace_alias(struct fib_table *tb, struct place p, const struct key *k, u32 info)
{
	struct fib_alias *fa = fib_alias_at(tb, *p.link);
	u32 old_info = fa->info;

	if (p.first == p.link && k->tos == 0) {
		int err = show(tb, k, shown_id(tb, *p.link), info);
		if (err != 0)
			return err;
	}
	fa->info = info;
	fa->chosen = FIB_NONE_CHOSEN;
	changed(tb, k);
	fib_release_info(tb, old_info);
	return 0;
}

/* The route is in the table already, somewhere among those of its key? */
static u32 *equal_link(struct fib_table *tb, u32 *link, const struct key *k, u32 info)
{
	while (of_key(tb, *link, k) && fib_alias_at(tb, *link)->info != info)
		link = next_alias(tb, *link);
	return of_key(tb, *link, k) ? link : NULL;
}

static int insert_at(struct fib_table *tb, struct place p, const struct key *k, u32 info, u32 flags)
{
	if (of_key(tb, *p.link, k)) {
		u32 *equal = equal_link(tb, p.link, k, info);

		if (flags & FIB_EXCL)
			return -EEXIST;
		if (flags & FIB_REPLACE && equal == NULL)
			return replace_alias(tb, p, k, info);
		if (flags & FIB_REPLACE && equal == p.link) {
			fib_release_info(tb, info);
			return 0;
		}
		if (equal != NULL)
			return -EEXIST;
		while (flags & FIB_APPEND && of_key(tb, *p.link, k))
			p.link = next_alias(tb, *p.link);
	}
	return flags & FIB_CREATE ? add_alias(tb, p, k, info) : -ENOENT;
}

int fib_table_insert(struct fib_table *tb, const struct fib_config *cfg)
{
	struct key k;
	u32 info;
	int err = key_of(cfg, &k);

	if (err != 0)
		return err;
	foresee(tb, &k);
	err = fib_create_info(tb, cfg, &info);
	if (err != 0)
		return err;
	err = fib_vec_reserve(&tb->aliases, tb->aliases.n + 1);
	if (err == 0) {
		fib_heads_fit(tb, &tb->alias_heads, &alias_chain, tb->aliases.n);
		err = insert_at(tb, find_place(tb, &k), &k, info, cfg->nlflags);
	}
	if (err != 0)
		fib_release_info(tb, info);
	return err;
}

/* ---- delete ------------------------------------------------------------------------------- */

static bool fits(struct fib_table *tb, u32 alias, const struct fib_config *cfg)
{
	const struct fib_info *fi = fib_info_at(tb, fib_alias_at(tb, alias)->info);

	return (cfg->type == 0 || cfg->type == fi->type) &&
	       (cfg->scope == 0 || cfg->scope == RT_SCOPE_NOWHERE || cfg->scope == fi->scope) &&
	       (be32_is_zero(cfg->prefsrc) || be32_eq(cfg->prefsrc, fi->prefsrc)) &&
	       (cfg->protocol == 0 || cfg->protocol == fi->protocol) && fib_nh_match(cfg, fi);
}

/* Routes stay dense: the last one moves into the hole. */
static void close_hole(struct fib_table *tb, u32 hole)
{
	u32 last = --tb->aliases.n;

	if (hole != last) {
		u32 *link = fib_heads_at(&tb->alias_heads, alias_hash(tb, last));

		while (*link != last)
			link = next_alias(tb, *link);
		*fib_alias_at(tb, hole) = *fib_alias_at(tb, last);
		*link = hole;
	}
	if (last % FIB_PAGE_UNITS == 0 || last == FIB_NEAR_ALIASES / 2)
		fib_vec_trim(&tb->aliases, last);
	fib_heads_fit(tb, &tb->alias_heads, &alias_chain, last);
}

/* Other routes of the prefix follow: the next one shows. If it cannot, for want of memory or of
 * numbers, the routes themselves answer. */
static void show_next(struct fib_table *tb, const struct key *k, u16 old, u32 next)
{
	if (show(tb, k, old, shown_info(fib_alias_at(tb, next))) != 0 && !tb->spoilt)
		spoil(tb);
}

static void remove_alias(struct fib_table *tb, struct place p, const struct key *k)
{
	u32 alias = *p.link, next = fib_next_alias(tb, alias);
	u32 info = fib_alias_at(tb, alias)->info;

	if (p.first == p.link) {
		if (next != 0)
			show_next(tb, k, shown_id(tb, alias), next);
		else
			hide(tb, k, shown_id(tb, alias));
	}
	*p.link = *next_alias(tb, alias);
	tb->len_n[k->plen]--;
	close_hole(tb, alias);
	changed(tb, k);
	fib_release_info(tb, info);
}

int fib_table_delete(struct fib_table *tb, const struct fib_config *cfg)
{
	struct key k;

	if (key_of(cfg, &k) != 0)
		return -ESRCH;
	foresee(tb, &k);
	k.priority = 0; /* all metrics: fits() looks at it */
	struct place p = find_place(tb, &k);
	while (of_tos(tb, *p.link, &k) && !fits(tb, *p.link, cfg))
		p.link = next_alias(tb, *p.link);
	if (!of_tos(tb, *p.link, &k))
		return -ESRCH;
	remove_alias(tb, p, &k);
	return 0;
}

int fib_table_flush(struct fib_table *tb)
{
	int routes = 0;

	/* From the end: what moves into a hole has been looked at. */
	for (u32 alias = tb->aliases.n; alias-- > 1;) {
		const struct fib_alias *fa = fib_alias_at(tb, alias);
		struct key k = { .prefix = fa->prefix, .plen = fa->plen };

		if (!fib_info_at(tb, fa->info)->dead)
			continue;
		struct place p = { .first = first_link(tb, &k) };
		for (p.link = p.first; *p.link != alias;)
			p.link = next_alias(tb, *p.link);
		remove_alias(tb, p, &k);
		routes++;
	}
	return routes;
}
