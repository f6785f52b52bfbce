/* SPDX-License-Identifier: MIT
 * fib_trie.h - the forwarding trie: from a destination address to the number of its answer.
 * Not here: what an answer means and which routes there are (fib/semantics.c, fib/table.c).
 * fib_trie.c looks up; fib/list.c and fib/roots.c change it, with blocks that fib/build.c builds.
 * Source: the idea of a level-compressed trie, Nilsson and Karlsson, "IP-Address Lookup Using
 * LC-Tries", IEEE JSAC 17(6), 1999; counting bits instead of storing pointers, Degermark et al.,
 * "Small Forwarding Tables for Fast Routing Lookups", SIGCOMM 1997. */
#pragma once

#include "net/fib/pool.h"
#include "net/fib/popcount.h"

struct fib_result;
struct fib_table;
struct flowi4;

/* An answer. Its prefix length belongs to it: two routes of different length never share one,
 * so an update can tell from a number alone whether it is more specific. */
struct fib_dst {
	uintptr_t fi;    /* struct fib_info *, or with FIB_DST_SLOW: ask the routes */
	u8 plen, nh_sel; /* these four as in fib_result, */
	u8 type, scope;  /* where one move puts them */
	u32 next;        /* while free: the next free one */
};

#define FIB_DST_SLOW    1u
#define FIB_DST_MAX     0x8000u /* numbers are 15 bits */
#define FIB_DST_DEFAULT 0u      /* what nothing else covers: the default route, or no route */
#define FIB_DST_LINEAR  1u      /* the answer of a trie given up: search the routes, all lengths */

/*  An address is read in strides: the first one selects a word of the root, each further one an
 *  interval of a block. A smaller table has a narrower root and a block more on the way:
 *
 *     |......|......|......|......|........|
 *      <------ 18 -------> <- 6 -> <-- 8 -->     full root: 1 MiB, for ten thousand routes and more
 *      <--- 12 ---> <- 6 -> <- 6 -> <-- 8 -->    small root: 16 KiB
 *
 *  and a table of a few routes is a sorted list of intervals, without a root.
 *
 *  word:   below FIB_DST_MAX the number of an answer; else the block for the next stride, named by
 *          its distance from struct fib_trie in units
 *  block:  the answers for each value of a stride, its index (64 of them; 256 in a wide block, which
 *          the last stride has). Neighbours with equal answers form an interval:
 *
 *     child[1] child[0] rank[] | last             | slot[0] slot[1] slot[2] ...
 *       u32      u32     u8    | u64, wide: four: |  u16: an answer, or ~j, then child[j] goes on
 *                              | bit i is set when index i ends its interval
 *                              ^ the block
 *
 *     The interval of the highest indexes is slot[0]; so index i finds its slot by counting the ends
 *     from i upward: slot[count - 1]. What is counted at once is a group of indexes; rank[g] are
 *     the ends behind group g. With POPCNT a group has 64 indexes, so that a narrow block needs no
 *     rank; without it 8, counted by a table.
 *
 *  Invariants: the highest bit of `last` is set; neighbouring slots differ; a block says more than
 *  one thing (else its parent would hold the one answer); a child has an interval of its own, one
 *  index wide. Hence equal tables have equal tries, by whichever way they came about.
 *  A reachable block never changes: a change builds new blocks aside, shows them by one store to a
 *  word of the root, then gives the old ones back. There is one CPU, and an interrupt that looks up
 *  amid a change has finished before the change goes on: it sees the old answer or the new one. */
#define FIB_FAN        64u
#define FIB_FAN_WIDE   256u
#define FIB_ROOT_SMALL 12u
#define FIB_ROOT_FULL  18u

struct fib_block {
	u64 last[1]; /* wide: [4] */
};

/* What each form of a trie begins with. */
struct fib_root {
	int (*lookup)(struct fib_table *tb, const struct flowi4 *flp, struct fib_result *res,
		const struct fib_root *root); /* fib_table_lookup, made for this form */
	u32 width; /* bits of the first stride, whose words follow; 0: a struct fib_list */
};

static __always_inline u32 *fib_root_words(const struct fib_root *root)
{
	return (u32 *)(uintptr_t)(root + 1);
}

/* The answers of a small table: where each interval of them begins. first[0] is 0; entries from n up
 * to 2 * step repeat the last answer behind the last address, so that the search needs no bound. About
 * sixteen routes fit: an address, a subnet and a default route make a dozen intervals. */
#define FIB_LIST_MAX 32u

struct fib_list {
	struct fib_root root;
	u32 n, step; /* step: half the padded number of intervals, which is 2 or more */
	u32 first[FIB_LIST_MAX];
	u16 id[FIB_LIST_MAX];
};

struct fib_trie {
	const struct fib_root *root; /* one store shows another form */
	const struct fib_dst *dst;   /* [FIB_DST_MAX], set by the owner */
	struct fib_pool pool;
	struct fib_list *lists; /* [2], one of them in use or none */
	u32 space[3];           /* borders of the two halves the pool changes between, in units */
	u32 half;               /* the one in use */
};

/* ---- reading a block ----------------------------------------------------------------------- */

static __always_inline const struct fib_block *fib_block_at(const struct fib_trie *t, u64 word)
{
	return (const struct fib_block *)((const char *)t + word * FIB_UNIT);
}

/* Bytes of rank[]. */
static __always_inline u32 fib_block_ranks(bool wide, bool hw)
{
	return wide ? (hw ? FIB_FAN_WIDE / 64 : FIB_FAN_WIDE / 8) : (hw ? 0 : FIB_FAN / 8);
}

static __always_inline const s16 *fib_block_slots(const struct fib_block *b, bool wide)
{
	return (const s16 *)(b->last + (wide ? FIB_FAN_WIDE : FIB_FAN) / 64);
}

/* The slot of an index. */
static __always_inline const s16 *fib_block_slot(
	const struct fib_block *b, u32 index, bool wide, bool hw)
{
	const u8 *rank = (const u8 *)b - fib_block_ranks(wide, hw);
	size_t n;

	if (!hw)
		n = rank[index / 8] + ends_from(((const u8 *)b)[index / 8], index % 8);
	else if (wide)
		n = rank[index / 64] + popcount_hw(b->last[index / 64] >> index % 64);
	else
		n = popcount_hw(b->last[0] >> index % 64);
	return &fib_block_slots(b, wide)[n - 1];
}

/* What it says; a child's is negative. */
static __always_inline s64 fib_block_find(const struct fib_block *b, u32 index, bool wide, bool hw)
{
	return *fib_block_slot(b, index, wide, hw);
}

/* The word of a slot that is no answer; only narrow blocks have such. */
static __always_inline u32 fib_block_child(const struct fib_block *b, s64 slot, bool hw)
{
	return ((const u32 *)((const u8 *)b - fib_block_ranks(false, hw)))[slot];
}

/* ---- searching ----------------------------------------------------------------------------- */

static __always_inline u16 fib_list_find(const struct fib_list *r, u32 addr)
{
	size_t i = 0, step = r->step;

	do
		i = r->first[i + step] <= addr ? i + step : i;
	while ((step >>= 1) != 0);
	return r->id[i];
}

/* One block down the way of an address, a narrow one. Returns false when *word is the answer. */
static __always_inline bool fib_trie_step(const struct fib_trie *t, u64 *word, u32 index, bool hw)
{
	const struct fib_block *b = fib_block_at(t, *word);
	s64 slot = fib_block_find(b, index, false, hw);

	*word = likely(slot >= 0) ? (u64)slot : fib_block_child(b, slot, hw);
	return slot < 0;
}

/* All of the way, for a width and a CPU that are known when this is compiled.
 * octet   addr as it is sent, or NULL: a caller that has it in memory saves some shifts, if it is not
 *         read before it is wanted */
static __always_inline u64 fib_trie_walk(const struct fib_trie *t, const struct fib_root *root,
	u32 addr, const u8 *octet, u32 width, bool hw)
{
	u64 word = fib_root_words(root)[addr >> (32 - width)];

	if (word < FIB_DST_MAX)
		return word;
	if (width == FIB_ROOT_SMALL && !fib_trie_step(t, &word, addr >> 14 & 63, hw))
		return word;
	u32 third = octet != NULL ? READ_ONCE(octet[2]) : addr >> 8;
	if (likely(!fib_trie_step(t, &word, third & 63, hw)))
		return word;
	u32 fourth = octet != NULL ? READ_ONCE(octet[3]) : addr & 255;
	return (u64)fib_block_find(fib_block_at(t, word), fourth, true, hw);
}

/* fib_trie_find - the number of the answer for an address (host byte order): that before or that
 * after a change under way. */
static __always_inline u32 fib_trie_find(const struct fib_trie *t, u32 addr)
{
	const struct fib_root *root = READ_ONCE(t->root);
	u32 width = root->width;
	bool hw = cpu_has_popcnt;
	u64 id;

	if (likely(width == FIB_ROOT_FULL))
		id = likely(hw) ? fib_trie_walk(t, root, addr, NULL, FIB_ROOT_FULL, true)
				: fib_trie_walk(t, root, addr, NULL, FIB_ROOT_FULL, false);
	else if (width == FIB_ROOT_SMALL)
		id = likely(hw) ? fib_trie_walk(t, root, addr, NULL, FIB_ROOT_SMALL, true)
				: fib_trie_walk(t, root, addr, NULL, FIB_ROOT_SMALL, false);
	else
		id = fib_list_find((const struct fib_list *)root, addr);
	return (u32)id;
}

/* fib_trie_prefetch - the root's word for an address will be wanted soon. */
static inline void fib_trie_prefetch(const struct fib_trie *t, u32 addr)
{
	u32 width = t->root->width;

	if (width != 0)
		__builtin_prefetch(&fib_root_words(t->root)[addr >> (32 - width)]);
}

/* ---- changing it: fib/list.c, fib/roots.c ----------------------------------------------------- */

/* Answers for intervals of addresses: the answer for `addr`, which has been `old` up to *last; *last
 * gets how far it goes at least. Asked for ascending addresses, maybe twice; from 0 again for another
 * attempt. */
typedef u16 fib_answers(void *arg, u32 addr, u16 old, u32 *last);

/* fib_trie_init - an empty trie: every address has answer 0.
 * t      its dst is set
 * lists  two, in the owner's memory
 * first, last   units of reserved address space behind t, halved between the trie and its next
 *        copy; first is FIB_DST_MAX or more, so that a block is told from an answer */
void fib_trie_init(struct fib_trie *t, struct fib_list *lists, u32 first, u32 last);

/* fib_trie_free - give all memory back. */
void fib_trie_free(struct fib_trie *t);

/* fib_trie_update - make `id` the answer of all addresses under a prefix whose present answer is
 * not more specific. Adding a route, changing it and taking it away (id is then the answer of
 * the route that covers it) are all this.
 * prefix, len   host byte order, 1..32
 * Returns       0; -EAGAIN: the form is too small, it must be built again; -ENOMEM: nothing has
 *               changed, unless the prefix is shorter than the root is wide: then it may be half
 *               done, and fib_trie_give_up must follow */
int fib_trie_update(struct fib_trie *t, u32 prefix, u8 len, u16 id) __must_check;

/* fib_trie_give_up - drop the trie and its memory; every address gets the answer id. */
void fib_trie_give_up(struct fib_trie *t, u16 id);

/* fib_trie_lookup - the lookup for a root of this width on this CPU (fib_trie.c). */
int (*fib_trie_lookup(u32 width))(struct fib_table *tb, const struct flowi4 *flp,
	struct fib_result *res, const struct fib_root *root);

/* fib_root_bytes - what a root of this width takes. */
size_t fib_root_bytes(u32 width);

/* fib_trie_start_pool - an empty pool over one half of the trie's address space. */
void fib_trie_start_pool(const struct fib_trie *t, struct fib_pool *pool, u32 half);

/* fib_trie_show - one store shows another form. */
void fib_trie_show(struct fib_trie *t, struct fib_root *root, u32 width);

/* fib_trie_show_list - show the answers as a list of at most max intervals. Returns false when they are more. */
bool fib_trie_show_list(struct fib_trie *t, u32 max, fib_answers *answers, void *arg);
