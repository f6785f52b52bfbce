/* SPDX-License-Identifier: MIT
 * table.h - the inside of a routing table: where the trie, the routes and the infos lie.
 * Not here: anything for others; they include fib.h.
 * Used by fib_trie.c, fib_select.c, the files of net/fib/ and the tests.
 * Names as in Linux: fib_alias is a route of a prefix, fib_info what several routes share. */
#pragma once

#include "net/fib/fib.h"
#include "net/fib/fib_trie.h"

/* One route. Those of a prefix follow each other in their hash chain, best first: local before
 * main, then larger tos, then smaller metric, then as they came. */
struct fib_alias {
	u32 prefix; /* host byte order */
	u32 info;   /* piece of a fib_info_node */
	u32 next;   /* alias; 0: the chain ends */
	u8 plen, tos, table_id;
	u8 chosen; /* of several default routes: the one last preferred, FIB_NONE_CHOSEN */
};

#define FIB_NONE_CHOSEN 0xffu
#define FIB_LENGTHS     33u /* 0..32 */

/* A fib_info with what only this table needs of it. Routes share one if their prefixes are equally
 * long, so that there is one answer for each. */
struct fib_info_node {
	u32 next;   /* piece, same hash; 0: the chain ends */
	u16 dst_id; /* its answer */
	u8 plen;
	bool with_tos; /* not every flow may use it: the answer says, ask the routes */
	struct fib_info fi;
};

/* Hash chains over things that are named by numbers; sixteen heads live in the table's page. */
#define FIB_HEADS_NEAR_BITS 4u

struct fib_heads {
	u32 *head;
	u32 bits;
	u32 near[1 << FIB_HEADS_NEAR_BITS];
};

struct fib_chain {
	u32 *(*next)(struct fib_table *tb, u32 item);
	u32 (*hash)(struct fib_table *tb, u32 item);
};

/* Routes in an array, dense, from 1. The first ones lie in the table's page. */
#define FIB_NEAR_ALIASES 20u

struct fib_aliases {
	struct fib_alias *far; /* [0..FIB_NEAR_ALIASES - 1] are not used */
	u32 n, max;
	size_t far_bytes; /* committed */
	struct fib_alias near[FIB_NEAR_ALIASES];
};

#define FIB_NEAR_DSTS 24u

/* A table is one reservation of address space:
 *
 *   page 0                                   |         | infos | routes | trie A | trie B |
 *   this struct | the first infos | answers: 0..23 | 24.. |  address space, committed as needed  |
 *
 * so that a machine with a handful of routes pays one page for all of it, and a lookup adds
 * numbers to the table's address where it would have to load others. */
struct fib_table {
	struct fib_trie trie; /* first: blocks are named by their distance from it */
	bool linear;          /* the trie is given up: every lookup searches the routes */
	bool deferred;        /* and it is not to be built again before fib_table_commit */
	u32 pause;            /* so many changes until the next attempt to build it again */
	u32 hash_seed;
	enum fib_nh_state (*nh_state)(const struct fib_nh *nh);
	size_t reserved;       /* bytes of address space */
	u32 dst_n, dst_room;   /* answers: numbers given out, and committed */
	u32 dst_free;          /* list of those given back */
	struct fib_pool infos; /* of struct fib_info_node */
	u32 info_n;
	u32 len_n[FIB_LENGTHS]; /* routes of each length */
	struct fib_heads alias_heads, info_heads;
	struct fib_aliases aliases;
	struct fib_list lists[2];
	char near_infos[]; /* up to the answers */
};

#define FIB_DSTS_AT (FIB_PAGE - FIB_NEAR_DSTS * sizeof(struct fib_dst))

static inline struct fib_dst *fib_dst_at(const struct fib_table *tb, u64 id)
{
	return (struct fib_dst *)((uintptr_t)tb + id * sizeof(struct fib_dst) + FIB_DSTS_AT);
}

static inline struct fib_alias *fib_alias_at(const struct fib_table *tb, u32 alias)
{
	const struct fib_aliases *a = &tb->aliases;

	return (struct fib_alias *)(uintptr_t)(alias < FIB_NEAR_ALIASES ? a->near : a->far) + alias;
}

static inline struct fib_info_node *fib_info_node_at(const struct fib_table *tb, u32 info)
{
	return fib_pool_at(&tb->infos, info);
}

static inline struct fib_info *fib_info_at(const struct fib_table *tb, u32 info)
{
	return &fib_info_node_at(tb, info)->fi;
}

/* fib_node_of - the info of a route, with its answer. */
static inline struct fib_info_node *fib_node_of(const struct fib_table *tb, u32 alias)
{
	return fib_info_node_at(tb, fib_alias_at(tb, alias)->info);
}

static inline u32 fib_mask(u32 len)
{
	return (u32)(0xffffffff00000000ull >> len);
}

/* ---- fib/hash.c ------------------------------------------------------------------------ */

/* Fibonacci hashing: the upper bits of a product with 2^64 / golden ratio (Knuth vol. 3, 6.4). */
static inline u32 fib_hash(u64 key)
{
	return (u32)((key * 0x9e3779b97f4a7c15ull) >> 32);
}

static inline u32 fib_prefix_hash(u32 prefix, u8 plen)
{
	return fib_hash((u64)prefix << 6 | plen);
}

static inline u32 *fib_heads_at(const struct fib_heads *h, u32 hash)
{
	return &h->head[hash >> (32 - h->bits)];
}

/* fib_heads_init - no chains yet, all heads in the table's page. */
static inline void fib_heads_init(struct fib_heads *h)
{
	*h = (struct fib_heads){ .head = h->near, .bits = FIB_HEADS_NEAR_BITS };
}

/* fib_heads_fit - as many heads as n items want. Without memory the chains grow longer instead.
 * Chains keep their order. */
void fib_heads_fit(struct fib_table *tb, struct fib_heads *h, const struct fib_chain *chain, u32 n);

/* ---- fib/semantics.c ------------------------------------------------------------------- */

/* What a type means. error: what a lookup answers; scope: the widest the route may have. */
struct fib_prop {
	int error;
	u8 scope;
	bool allowed;
};
extern const struct fib_prop fib_props[RTN_MAX];

/* fib_create_info - the fib_info for a route, shared with equal ones, its count one up; a new one
 * has an answer.
 * Returns  0 and *info; -EINVAL as fib_table_insert, -ENOSPC (no number for an answer), -ENOMEM */
int fib_create_info(struct fib_table *tb, const struct fib_config *cfg, u32 *info) __must_check;

/* fib_release_info - one user less; the last one frees it and its answer. */
void fib_release_info(struct fib_table *tb, u32 info);

/* fib_nh_match - do metric, mtu and next hops of a delete request fit? Unset ones do. */
bool fib_nh_match(const struct fib_config *cfg, const struct fib_info *fi);

/* fib_dst_fill - what an answer says of an info (NULL: there is no route): ask the routes, unless its
 * first hop can be taken unseen. */
void fib_dst_fill(struct fib_dst *dst, struct fib_info_node *node);

/* fib_nh_usable - may traffic go this way? */
static inline bool fib_nh_usable(const struct fib_nh *nh)
{
	return !(nh->flags & RTNH_F_DEAD);
}

/* fib_rebalance - share the flow hashes among the hops by weight. */
static inline void fib_rebalance(struct fib_info *fi)
{
	if (fib_multipath_ops)
		fib_multipath_ops->rebalance(fi);
}

/* ---- fib/table.c ----------------------------------------------------------------------- */

/* fib_first_alias - the best route of exactly this prefix, or 0. */
u32 fib_first_alias(const struct fib_table *tb, u32 prefix, u8 plen);

/* fib_next_alias - the next best of the same prefix, or 0. */
u32 fib_next_alias(const struct fib_table *tb, u32 alias);

/* fib_config_of - the route of an alias as it was given; nh points into the table. */
struct fib_config fib_config_of(const struct fib_table *tb, u32 alias);

/* fib_aliases_fit - memory for n routes; what more there is, but for a page, is given back.
 * Returns  0, -ENOMEM, or -ENOSPC when that is more than the table can name */
int fib_aliases_fit(struct fib_aliases *a, u32 n);

/* fib_dsts_trim - give back the answers' memory but for what lies in the table's page. */
void fib_dsts_trim(struct fib_table *tb);

/* ---- fib/dump.c ------------------------------------------------------------------------ */

/* A sort key: the prefix and its length, from bit 39 down; above them a route's number. */
#define FIB_KEY_BITS 40u

static inline u32 fib_key_prefix(u64 key)
{
	return (u32)(key >> 8);
}

static inline u8 fib_key_plen(u64 key)
{
	return (u8)key;
}

static inline u32 fib_key_alias(u64 key)
{
	return (u32)(key >> FIB_KEY_BITS);
}

static inline bool fib_same_prefix(u64 a, u64 b)
{
	return (a ^ b) << (64 - FIB_KEY_BITS) == 0;
}

/* fib_sorted_keys - the keys of all aliases.n - 1 routes, by prefix, shorter first.
 * Returns  memory of fib_keys_bytes to mem_free, or NULL */
u64 *fib_sorted_keys(const struct fib_table *tb);

/* fib_keys_bytes - what those keys take. */
size_t fib_keys_bytes(const struct fib_table *tb);

/* ---- fib/answers.c --------------------------------------------------------------------- */

/* What decides where a route stands. */
struct fib_key {
	u32 prefix, priority;
	u8 plen, tos, table_id;
};

/* fib_follow - let the trie follow: the first route of a prefix has this info now; 0: there is none.
 * Returns  0; -ENOMEM: the answers are as before */
int fib_follow(struct fib_table *tb, const struct fib_key *k, u32 info) __must_check;

/* fib_give_up - without memory for the trie every lookup searches the routes, until there is some. */
void fib_give_up(struct fib_table *tb);

/* fib_refresh_default - the default route's first alias may have changed. */
void fib_refresh_default(struct fib_table *tb);

/* ---- the part "trie": fib/roots.c --------------------------------------------------------- */

/* What a table of more routes than a list holds is searched with. Without it lookups in such a table search its
 * routes, whose hash chains grow long. */
struct fib_trie_ops {
	/* a range of a trie with a root gets these answers; 0 or -ENOMEM as fib_trie_update */
	int (*change)(struct fib_trie *t, u32 first, u32 last, fib_answers *answers, void *arg);
	int (*rebuild)(
		struct fib_table *tb); /* from all routes, in the form that fits: 0 or -ENOMEM */
	void (*changed)(struct fib_table *tb);
	void (*fit_heads)(
		struct fib_table *tb, struct fib_heads *h, const struct fib_chain *chain, u32 n);
};

extern const struct fib_trie_ops *fib_trie_ops;

/* fib_changed - routes have come or gone: build the trie again if it wants that. */
static inline void fib_changed(struct fib_table *tb)
{
	if (fib_trie_ops)
		fib_trie_ops->changed(tb);
}

/* fib_heads_want - fib_heads_fit, if there is the part. */
static inline void fib_heads_want(
	struct fib_table *tb, struct fib_heads *h, const struct fib_chain *chain, u32 n)
{
	if (fib_trie_ops)
		fib_trie_ops->fit_heads(tb, h, chain, n);
}
