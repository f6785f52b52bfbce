/* SPDX-License-Identifier: MIT
 * change.c - a route comes, is replaced or goes: its place among those of its prefix.
 * Not here: what a route means (semantics.c), what the trie then answers (answers.c).
 * route.c and file.c call in; it calls semantics.c, table.c, answers.c.
 * Source: RFC 1812 5.2.4.3; Linux's answers to the NLM_F_ flags. */
#include "net/fib/table.h"

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

static bool of_prefix(struct fib_table *tb, u32 alias, const struct fib_key *k)
{
	const struct fib_alias *fa = fib_alias_at(tb, alias);

	return alias != 0 && fa->prefix == k->prefix && fa->plen == k->plen;
}

/* Where a route stands among those of the key's prefix: above 0 before all places for the key, 0 at
 * one of them, below 0 behind them, as all other routes do. */
static int standing(struct fib_table *tb, u32 alias, const struct fib_key *k)
{
	const struct fib_alias *fa = fib_alias_at(tb, alias);

	if (!of_prefix(tb, alias, k))
		return -1;
	if (fa->table_id != k->table_id)
		return fa->table_id - k->table_id;
	if (fa->tos != k->tos)
		return fa->tos - k->tos;
	u32 priority = fib_info_at(tb, fa->info)->priority;
	return (priority < k->priority) - (priority > k->priority);
}

static bool of_key(struct fib_table *tb, u32 alias, const struct fib_key *k)
{
	return standing(tb, alias, k) == 0;
}

/* A link is the word that names the next route: a chain's head or a predecessor's `next`. */
static u32 *first_link(struct fib_table *tb, const struct fib_key *k)
{
	u32 *link = fib_heads_at(&tb->alias_heads, fib_prefix_hash(k->prefix, k->plen));

	while (*link != 0 && !of_prefix(tb, *link, k))
		link = next_alias(tb, *link);
	return link;
}

static u32 *key_link(struct fib_table *tb, u32 *first, const struct fib_key *k)
{
	u32 *link = first;

	while (standing(tb, *link, k) > 0)
		link = next_alias(tb, *link);
	return link;
}

/* ---- insert ------------------------------------------------------------------------------- */

static int key_of(const struct fib_config *cfg, struct fib_key *k)
{
	k->prefix = be32_to_cpu(cfg->dst);
	k->priority = cfg->priority;
	k->plen = cfg->dst_len;
	k->tos = cfg->tos;
	k->table_id = cfg->table_id != 0 ? cfg->table_id : RT_TABLE_MAIN;
	return cfg->dst_len > 32 || (k->prefix & ~fib_mask(cfg->dst_len)) != 0 ? -EINVAL : 0;
}

/* A change of a large table waits for memory more than for anything else: start early. */
static void foresee(struct fib_table *tb, const struct fib_key *k)
{
	__builtin_prefetch(fib_heads_at(&tb->alias_heads, fib_prefix_hash(k->prefix, k->plen)));
	fib_trie_prefetch(&tb->trie, k->prefix);
}

/* Where a key's routes begin, and those of its prefix. */
struct place {
	u32 *first, *link;
};

static struct place find_place(struct fib_table *tb, const struct fib_key *k)
{
	u32 *first = first_link(tb, k);

	return (struct place){ first, key_link(tb, first, k) };
}

/* A new route at *p.link; the caller has made room. Takes over the count on info. */
static int add_alias(struct fib_table *tb, struct place p, const struct fib_key *k, u32 info)
{
	u32 alias = tb->aliases.n, next = *p.link;

	*fib_alias_at(tb, alias) = (struct fib_alias){ k->prefix, info, next, k->plen, k->tos,
		k->table_id, FIB_NONE_CHOSEN };
	*p.link = alias;
	tb->aliases.n++;
	tb->len_n[k->plen]++;
	int err = p.first == p.link ? fib_follow(tb, k, info) : 0;
	if (err != 0) {
		*p.link = next;
		tb->aliases.n--;
		tb->len_n[k->plen]--;
		return err;
	}
	fib_changed(tb);
	return 0;
}

static int replace_alias(struct fib_table *tb, struct place p, const struct fib_key *k, u32 info)
{
	struct fib_alias *fa = fib_alias_at(tb, *p.link);
	u32 old_info = fa->info;

	fa->info = info;
	int err = p.first == p.link ? fib_follow(tb, k, info) : 0;
	if (err != 0) {
		fa->info = old_info;
		return err;
	}
	fa->chosen = FIB_NONE_CHOSEN;
	fib_changed(tb);
	fib_release_info(tb, old_info);
	return 0;
}

/* The route is in the table already, somewhere among those of its key? */
static u32 *equal_link(struct fib_table *tb, u32 *link, const struct fib_key *k, u32 info)
{
	while (of_key(tb, *link, k) && fib_alias_at(tb, *link)->info != info)
		link = next_alias(tb, *link);
	return of_key(tb, *link, k) ? link : NULL;
}

static int insert_at(
	struct fib_table *tb, struct place p, const struct fib_key *k, u32 info, u32 flags)
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
	struct fib_key k;
	u32 info;
	int err = key_of(cfg, &k);

	if (err != 0)
		return err;
	foresee(tb, &k);
	err = fib_create_info(tb, cfg, &info);
	if (err != 0)
		return err;
	err = fib_aliases_fit(&tb->aliases, tb->aliases.n);
	if (err == 0) {
		fib_heads_want(tb, &tb->alias_heads, &alias_chain, tb->aliases.n);
		err = insert_at(tb, find_place(tb, &k), &k, info, cfg->nlflags);
	}
	if (err != 0)
		fib_release_info(tb, info);
	return err;
}

/* ---- delete ------------------------------------------------------------------------------- */

static bool fits(
	struct fib_table *tb, u32 alias, const struct fib_config *cfg, const struct fib_key *k)
{
	const struct fib_alias *fa = fib_alias_at(tb, alias);
	const struct fib_info *fi = fib_info_at(tb, fa->info);

	return fa->table_id == k->table_id && fa->tos == k->tos &&
	       (cfg->type == 0 || cfg->type == fi->type) &&
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
	(void)fib_aliases_fit(&tb->aliases, last - 1);
	fib_heads_want(tb, &tb->alias_heads, &alias_chain, last);
}

static void remove_alias(struct fib_table *tb, struct place p, const struct fib_key *k)
{
	u32 alias = *p.link, next = fib_next_alias(tb, alias);
	u32 info = fib_alias_at(tb, alias)->info;
	u32 next_info = next != 0 ? fib_alias_at(tb, next)->info : 0;

	*p.link = *next_alias(tb, alias);
	tb->len_n[k->plen]--;
	close_hole(tb, alias); /* now their numbers are no good any more */
	if (p.first == p.link && fib_follow(tb, k, next_info) != 0)
		fib_give_up(tb);
	fib_changed(tb);
	fib_release_info(tb, info);
}

/* The first one that fits. Returns 0 with *p, or -ESRCH. */
static int find_fit(
	struct fib_table *tb, const struct fib_config *cfg, struct fib_key *k, struct place *p)
{
	if (key_of(cfg, k) != 0)
		return -ESRCH;
	foresee(tb, k);
	k->priority = 0; /* all metrics: fits() looks at it */
	for (*p = find_place(tb, k); of_prefix(tb, *p->link, k); p->link = next_alias(tb, *p->link))
		if (fits(tb, *p->link, cfg, k))
			return 0;
	return -ESRCH;
}

int fib_table_find(struct fib_table *tb, const struct fib_config *cfg, struct fib_config *route)
{
	struct fib_key k;
	struct place p;
	int err = find_fit(tb, cfg, &k, &p);

	if (!err)
		*route = fib_config_of(tb, *p.link);
	return err;
}

int fib_table_delete(struct fib_table *tb, const struct fib_config *cfg)
{
	struct fib_key k;
	struct place p;
	int err = find_fit(tb, cfg, &k, &p);

	if (!err)
		remove_alias(tb, p, &k);
	return err;
}

int fib_table_flush(struct fib_table *tb)
{
	int routes = 0;

	/* From the end: what moves into a hole has been looked at. */
	for (u32 alias = tb->aliases.n; alias-- > 1;) {
		const struct fib_alias *fa = fib_alias_at(tb, alias);
		struct fib_key k = { .prefix = fa->prefix, .plen = fa->plen };

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
