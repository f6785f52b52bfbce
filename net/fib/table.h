/* SPDX-License-Identifier: MIT
 * table.h - the inside of a routing table: where the trie, the routes and the infos lie.
 * Not here: anything for others; they include fib.h.
 * Used by fib/table.c, fib_lookup.c, fib/semantics.c, fib/hash.c and the tests.
 * Source: Linux's names: fib_alias is a route of a prefix, fib_info what several routes share. */
#pragma once

#include "net/fib.h"
#include "net/fib_trie.h"

/* One route. Those of a prefix follow each other in their hash chain, best first: local before
 * main, then larger tos, then smaller metric, then as they came. */
struct fib_alias {
	u32 prefix; /* host byte order */
	u32 info;   /* piece of a fib_info_node */
	u32 next;   /* alias; 0: the chain ends */
	u8 plen, tos, table_id;
	u8 chosen; /* of several default routes: the one last preferred, FIB_NONE_CHOSEN */
};

#define FIB_DST_SPOILT  1u /* the answer of a given-up trie: ask the routes, from length 32 down */
#define FIB_NONE_CHOSEN 0xffu
#define FIB_LENGTHS     33u /* 0..32 */

/* A fib_info with what only this table needs of it. */
struct fib_info_node {
	u32 next;                /* piece, same hash; 0: the chain ends */
	u16 dst_id[FIB_LENGTHS]; /* its answer for prefixes of each length; 0: none yet */
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

#define FIB_NEAR_ALIASES 20u
#define FIB_NEAR_DSTS    24u

/* A table is one reservation of address space:
 *
 *   page 0                                    | answers | infos | routes | trie A | trie B |
 *   this struct, the first few of everything  |    address space, committed as needed      |
 *
 * so that a machine with a handful of routes pays one page for all of it. */
struct fib_table {
	struct fib_trie trie; /* first: a lookup's words on one cache line */
	u32 genid;
	bool spoilt;        /* the trie is given up: every lookup asks the routes */
	u32 spoilt_changes; /* since it was last tried to rebuild it */
	bool ignore_linkdown;
	u8 hash_policy;
	u32 hash_seed;
	enum fib_nh_state (*nh_state)(const struct fib_nh *nh);
	size_t reserved;        /* bytes of address space */
	struct fib_vec dsts;    /* of struct fib_dst */
	struct fib_vec aliases; /* of struct fib_alias, dense, from 1 */
	struct fib_pool infos;  /* of struct fib_info_node */
	u32 info_n;
	u32 len_n[FIB_LENGTHS];      /* routes of each length */
	u16 complex_id[FIB_LENGTHS]; /* answers that say: ask the aliases, from this length down */
	u16 dst_free;
	struct fib_heads alias_heads, info_heads;
	struct fib_runs runs[2];
	struct fib_dst near_dsts[FIB_NEAR_DSTS];
	struct fib_alias near_aliases[FIB_NEAR_ALIASES];
	char near_infos[]; /* to the end of the page */
};

static inline struct fib_alias *fib_alias_at(const struct fib_table *tb, u32 alias)
{
	return (struct fib_alias *)tb->aliases.at + alias;
}

static inline struct fib_info_node *fib_info_node_at(const struct fib_table *tb, u32 info)
{
	return fib_pool_at(&tb->infos, info);
}

static inline struct fib_info *fib_info_at(const struct fib_table *tb, u32 info)
{
	return &fib_info_node_at(tb, info)->fi;
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
void fib_heads_init(struct fib_heads *h);

/* fib_heads_fit - as many heads as n items want. Without memory the chains grow longer instead.
 * Chains keep their order. */
void fib_heads_fit(struct fib_table *tb, struct fib_heads *h, const struct fib_chain *chain, u32 n);

/* fib_heads_free - give back what does not lie in the table's page. */
void fib_heads_free(struct fib_heads *h);

/* ---- fib/semantics.c ------------------------------------------------------------------- */

/* What a type means. error: what a lookup answers; scope: the widest the route may have. */
struct fib_prop {
	int error;
	u8 scope;
	bool allowed;
};
extern const struct fib_prop fib_props[RTN_MAX];

/* fib_create_info - the fib_info for a route, shared with equal ones, its count one up.
 * Returns  0 and *info; -EINVAL as fib_table_insert, -ENOMEM */
int fib_create_info(struct fib_table *tb, const struct fib_config *cfg, u32 *info) __must_check;

/* fib_release_info - one user less; the last one frees it. */
void fib_release_info(struct fib_table *tb, u32 info);

/* fib_rebalance - share the flow hashes among the hops by weight. */
void fib_rebalance(struct fib_info *fi);

/* fib_nh_match - do metric, mtu and next hops of a delete request fit? Unset ones do. */
bool fib_nh_match(const struct fib_config *cfg, const struct fib_info *fi);

/* fib_dst_get - the answer for (info, length), its count one up; info 0: the complex one.
 * Returns  0 and *id; -ENOSPC, -ENOMEM */
int fib_dst_get(struct fib_table *tb, u32 info, u8 plen, u16 *id) __must_check;

/* fib_dst_put - one user less; the last one frees the number. */
void fib_dst_put(struct fib_table *tb, u16 id);

/* fib_dst_word - fib_dst.fi for an info: slow unless its first hop can be taken unseen. */
uintptr_t fib_dst_word(const struct fib_table *tb, struct fib_info *fi);

/* fib_nh_usable - may traffic go this way? */
static inline bool fib_nh_usable(const struct fib_table *tb, const struct fib_nh *nh)
{
	return !(nh->flags & RTNH_F_DEAD) &&
	       !(tb->ignore_linkdown && (nh->flags & RTNH_F_LINKDOWN));
}

/* ---- fib/table.c ----------------------------------------------------------------------- */

/* fib_first_alias - the best route of exactly this prefix, or 0. */
u32 fib_first_alias(const struct fib_table *tb, u32 prefix, u8 plen);

/* fib_next_alias - the next best of the same prefix, or 0. */
u32 fib_next_alias(const struct fib_table *tb, u32 alias);

/* ---- fib/change.c ---------------------------------------------------------------------- */

/* fib_refresh_default - the default route's first alias may have changed. */
void fib_refresh_default(struct fib_table *tb);
