/* SPDX-License-Identifier: MIT
 * fib_trie.h - the forwarding trie: from a destination address to the number of its answer.
 * Not here: what an answer means and which routes there are (fib/semantics.c, fib/table.c).
 * fib_trie.c looks up, fib/paint.c changes it, fib/reshape.c gives it another form.
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
 * so painting can tell from a number alone whether it is more specific. */
struct fib_dst {
	uintptr_t fi;    /* struct fib_info *, or with FIB_DST_SLOW: ask the routes */
	u8 plen, nh_sel; /* these four as in fib_result, */
	u8 type, scope;  /* where one move puts them */
	union {
		u32 refs; /* prefixes painted with it */
		u32 next; /* while free: the next free one */
	};
};

#define FIB_DST_SLOW    1u
#define FIB_DST_MAX     0x8000u /* numbers are 15 bits */
#define FIB_DST_DEFAULT 0u      /* what nothing else covers: the default route, or no route */
#define FIB_DST_SPOILT  1u      /* the answer of a trie given up: ask the routes, all lengths */

/*  An address is read digit by digit: the first chooses a word of the root, each further one a
 *  run of answers in a block. A smaller table has a narrower root and a block more on the way:
 *
 *     |......|......|......|......|........|
 *      <------ 18 -------> <- 6 -> <-- 8 -->     full root: 1 MiB, for ten thousand routes and more
 *      <--- 12 ---> <- 6 -> <- 6 -> <-- 8 -->    small root: 16 KiB
 *
 *  and a table of a few routes is a sorted list of runs, without a root.
 *
 *  word:   below FIB_DST_MAX the number of an answer; else the block that decides the next digit,
 *          named by its distance from struct fib_trie in units
 *  block:  the answers for a digit (narrow: 64, the last one wide: 256), equal neighbours once:
 *
 *     child[1] child[0] rank[] | last             | slot[0] slot[1] slot[2] ...
 *       u32      u32     u8    | u64, wide: four: |  u16: an answer, or ~j, then child[j] goes on
 *                              | bit d is set when digit d ends its run
 *                              ^ the block
 *
 *     The run of the highest digits is slot[0]; so digit d finds its slot by counting the ends
 *     from d upward: slot[count - 1]. What is counted at once is a group of digits; rank[g] are
 *     the ends behind group g. With POPCNT a group has 64 digits, so that a narrow block needs no
 *     rank; without it 8, counted by a table.
 *
 *  Invariants: the highest bit of `last` is set; neighbouring slots differ; a block says more than
 *  one thing (else its parent would hold the one answer); a child has a run of its own, one digit
 *  wide. Hence equal tables have equal tries, whatever their history.
 *  A block never changes once a reader can reach it: a change copies the path aside and swings
 *  one word of the root. */
#define FIB_FAN        64u
#define FIB_FAN_WIDE   256u
#define FIB_ROOT_SMALL 12u
#define FIB_ROOT_FULL  18u

struct fib_block {
	u64 last[1]; /* wide: [4] */
};

/* What a trie begins with, whatever its form. */
struct fib_root {
	int (*lookup)(struct fib_table *tb, const struct flowi4 *flp, struct fib_result *res,
		const struct fib_root *root); /* fib_table_lookup, made for this form */
	u32 width; /* bits of the first digit, whose words follow; 0: a struct fib_runs */
};

static __always_inline u32 *fib_root_words(const struct fib_root *root)
{
	return (u32 *)(uintptr_t)(root + 1);
}

/* The answers of a small table: where each run of them begins. first[0] is 0; entries from n up to
 * 2 * step repeat the last answer behind the last address, so that the search needs no bound. About
 * sixteen routes fit: an address, a subnet and a default route make a dozen runs. */
#define FIB_RUNS_MAX 32u

struct fib_runs {
	struct fib_root root;
	u32 n, step; /* step: half the padded number of runs, which is 2 or more */
	u32 first[FIB_RUNS_MAX];
	u16 id[FIB_RUNS_MAX];
};

struct fib_trie {
	const struct fib_root *root; /* one store publishes another form */
	const struct fib_dst *dst;   /* [FIB_DST_MAX], set by the owner */
	struct fib_pool pool;
	struct fib_runs *runs; /* [2], one of them in use or none */
	u32 space[2][2];       /* first and last unit of the two halves the pool changes between */
	u32 half;              /* the one in use */
	/* fib_trie_paint looks after the trie's form only once it has left these bounds. */
	u32 calm_min, calm_max, calm_end;
	/* Called between publishing a change and reusing what it replaced; returns once no reader
	 * can hold the old any more. NULL: readers never run beside the writer. */
	void (*wait)(void *arg);
	void *wait_arg;
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

/* The slot of a digit, where a child's is negative. */
static __always_inline s64 fib_block_find(const struct fib_block *b, u32 digit, bool wide, bool hw)
{
	const u8 *rank = (const u8 *)b - fib_block_ranks(wide, hw);
	size_t n;

	if (!hw)
		n = rank[digit / 8] + ends_from(((const u8 *)b)[digit / 8], digit % 8);
	else if (wide)
		n = rank[digit / 64] + popcount_hw(b->last[digit / 64] >> digit % 64);
	else
		n = popcount_hw(b->last[0] >> digit % 64);
	return fib_block_slots(b, wide)[n - 1];
}

/* The word of a slot that is no answer; only narrow blocks have such. */
static __always_inline u32 fib_block_child(const struct fib_block *b, s64 slot, bool hw)
{
	return ((const u32 *)((const u8 *)b - fib_block_ranks(false, hw)))[slot];
}

/* ---- searching ----------------------------------------------------------------------------- */

static __always_inline u16 fib_runs_find(const struct fib_runs *r, u32 addr)
{
	size_t i = 0, step = r->step;

	do
		i = r->first[i + step] <= addr ? i + step : i;
	while ((step >>= 1) != 0);
	return r->id[i];
}

/* One block down the way of an address, a narrow one. Returns false when *word is the answer. */
static __always_inline bool fib_trie_step(const struct fib_trie *t, u64 *word, u32 digit, bool hw)
{
	const struct fib_block *b = fib_block_at(t, *word);
	s64 slot = fib_block_find(b, digit, false, hw);

	*word = likely(slot >= 0) ? (u64)slot : fib_block_child(b, slot, hw);
	return slot < 0;
}

/* All of the way, for a width and a CPU that are known when this is compiled.
 * octet   addr as it is sent, or NULL: whoever has that in memory saves some shifts, if it is not
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

static __always_inline u64 fib_trie_find_by(
	const struct fib_trie *t, const struct fib_root *root, u32 addr, u32 width, bool hw)
{
	return fib_trie_walk(t, root, addr, NULL, width, hw);
}

/* fib_trie_find - the number of the answer for an address (host byte order). Lock-free: the
 * answer is that before or that after any change under way. */
static __always_inline u32 fib_trie_find(const struct fib_trie *t, u32 addr)
{
	const struct fib_root *root = READ_ONCE(t->root);
	u32 width = root->width;
	u64 id;

	if (likely(width == FIB_ROOT_FULL))
		id = likely(cpu_has_popcnt) ? fib_trie_find_by(t, root, addr, FIB_ROOT_FULL, true)
					    : fib_trie_find_by(t, root, addr, FIB_ROOT_FULL, false);
	else if (width == FIB_ROOT_SMALL)
		id = likely(cpu_has_popcnt)
			     ? fib_trie_find_by(t, root, addr, FIB_ROOT_SMALL, true)
			     : fib_trie_find_by(t, root, addr, FIB_ROOT_SMALL, false);
	else
		id = fib_runs_find((const struct fib_runs *)root, addr);
	return (u32)id;
}

/* fib_trie_prefetch - the root's word for an address will be wanted soon. */
static inline void fib_trie_prefetch(const struct fib_trie *t, u32 addr)
{
	u32 width = t->root->width;

	if (width != 0)
		__builtin_prefetch(&fib_root_words(t->root)[addr >> (32 - width)]);
}

/* ---- changing it: fib/reshape.c -------------------------------------------------------------- */

/* Answers for ranges of addresses: the answer for `addr`, which goes on up to *last at least. Asked
 * for ascending addresses. */
typedef u16 fib_answers(void *arg, u32 addr, u32 *last);

/* fib_trie_init - an empty trie: every address has answer 0.
 * t      its dst is set, so are wait and wait_arg (or NULL)
 * runs   two, in the owner's memory
 * first, last   units of reserved address space behind t, halved between the trie and its next
 *        copy; first is FIB_DST_MAX or more, so that a block is told from an answer */
void fib_trie_init(struct fib_trie *t, struct fib_runs *runs, u32 first, u32 last);

/* fib_trie_free - give all memory back. */
void fib_trie_free(struct fib_trie *t);

/* fib_trie_paint - make `id` the answer of all addresses under a prefix whose present answer is
 * not more specific. Adding a route, changing it and taking it away (id is then the answer of
 * the route that covers it) are all this.
 * prefix, len   host byte order, 1..32
 * sure          make certain of the memory first
 * torn          set when it failed after part of the addresses may have changed: then
 *               fib_trie_give_up. With sure, a prefix as long as the root is wide never tears.
 * Returns       0 or -ENOMEM */
int fib_trie_paint(
	struct fib_trie *t, u32 prefix, u8 len, u16 id, bool sure, bool *torn) __must_check;

/* fib_trie_give_up - drop the trie and its memory; every address gets the answer id. */
void fib_trie_give_up(struct fib_trie *t, u16 id);

/* fib_trie_rebuild - build a trie aside and put it in place of this one.
 * width     FIB_ROOT_SMALL or FIB_ROOT_FULL
 * answers   what it shall say
 * Returns   0 or -ENOMEM; then nothing has changed */
int fib_trie_rebuild(struct fib_trie *t, u32 width, fib_answers *answers, void *arg) __must_check;

/* fib_trie_run - fib_trie_find that also tells how far the same answer reaches at least: a
 * fib_answers whose arg is the trie. */
u16 fib_trie_run(void *t, u32 addr, u32 *last);

/* fib_trie_bytes - committed memory: root and pool. */
size_t fib_trie_bytes(const struct fib_trie *t);

/* fib_trie_lookup - the lookup for a root of this width on this CPU (fib_trie.c). */
int (*fib_trie_lookup(u32 width))(struct fib_table *tb, const struct flowi4 *flp,
	struct fib_result *res, const struct fib_root *root);
