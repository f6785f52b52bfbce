/* SPDX-License-Identifier: MIT
 * fib_trie.h - the forwarding trie: from a destination address to the number of its answer.
 * Not here: what an answer means, and which routes there are (fib/table.c, fib/semantics.c).
 * fib/table.c calls in; fib_trie.c calls fib/pool.c, fib/runs.c.
 * Source: the idea of a level-compressed trie, Nilsson and Karlsson, "IP-Address Lookup Using
 * LC-Tries", IEEE JSAC 17(6), 1999; counting bits instead of storing pointers, Degermark et al.,
 * "Small Forwarding Tables for Fast Routing Lookups", SIGCOMM 1997. */
#pragma once

#include "net/fib/pool.h"
#include "net/fib/popcount.h"
#include "net/fib/runs.h"

struct fib_info;

/* An answer. Its prefix length belongs to it: two routes of different length never share one,
 * so painting can tell from a number alone whether it is more specific. */
struct fib_dst {
	uintptr_t fi; /* struct fib_info *, or with FIB_DST_SLOW set: ask the aliases instead */
	u32 refs;     /* prefixes painted with it */
	u16 next;     /* while free: the next free one */
	u8 plen;
};

#define FIB_DST_SLOW    1u
#define FIB_DST_MAX     0x8000u /* numbers are 15 bits */
#define FIB_DST_DEFAULT 0u      /* what nothing else covers: the default route, or no route */

/*  An address is read as six digits of six bits (four zero bits behind the last one):
 *
 *     |......|......|......|......|......|..0000|      key = address << 4
 *      <---- root: 2 or 3 ---> block  block  block
 *
 *  root:   one word for every value of its digits, 12 bits (16 KiB) or 18 (1 MiB). The width
 *          follows the size of the table; a table of a few runs has a fib_runs in its place.
 *  word:   the number of an answer, or FIB_CHILD | piece of a block that decides the next digit
 *  block:  the 64 answers for a digit, equal neighbours written once:
 *
 *     child[1] child[0] | last             | slot[0] slot[1] slot[2] ...
 *      u32      u32     | u64: bit d is    |  u16: an answer, or FIB_SLOT_CHILD | j,
 *                       | set when digit d |       then child[j] goes on
 *                       | ends its run     |
 *                       ^ the block's piece
 *
 *     The run of the highest digits is slot[0]; so digit d finds its run by counting the bits
 *     of `last` from d upward:  slot[popcount(last >> d) - 1].
 *
 *  Invariants: bit 63 of `last` is set; neighbouring slots differ; a block says more than one
 *  thing (else its parent would hold the one answer); a child has a run of its own, one digit
 *  wide. Hence equal tables have equal tries, whatever their history.
 *  A block never changes once a reader can reach it: a change copies the path aside and swings
 *  one word of the root. */
#define FIB_CHILD      0x80000000u
#define FIB_SLOT_CHILD 0x8000u
#define FIB_DIGIT      6u
#define FIB_FAN        64u
#define FIB_KEY_PAD    4u
#define FIB_KEY_BITS   36u
#define FIB_ROOT_ALIGN 64u /* so the low six bits of a root's address can say its form */
#define FIB_ROOT_SMALL 12u
#define FIB_ROOT_FULL  18u

struct fib_block {
	u64 last;
	u16 slot[];
};

struct fib_trie {
	/* Address of the root's words, plus how many bits of the key a word spans (24 or 18): one
	 * store publishes both. Plus 0: address of a struct fib_runs. */
	u64 root;
	const struct fib_dst *dst; /* [FIB_DST_MAX], set by the owner */
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

static __always_inline const struct fib_block *fib_block_at(const struct fib_trie *t, u32 word)
{
	/* Shifting out FIB_CHILD costs nothing beside the scaling. */
	return (const struct fib_block *)(t->pool.base + (size_t)(word << 1) * (FIB_UNIT / 2));
}

static __always_inline u32 fib_block_child(const struct fib_block *b, u32 slot)
{
	return ((const u32 *)b)[-1 - (s32)(slot & (FIB_SLOT_CHILD - 1))];
}

/* From a word that stands for the 2^span keys around an address down to its answer. */
static __always_inline u32 fib_trie_descend(
	const struct fib_trie *t, u32 word, u64 key, u32 span, bool hw)
{
	while (word & FIB_CHILD) {
		const struct fib_block *b = fib_block_at(t, word);

		span -= FIB_DIGIT;
		u64 ends = b->last >> ((key >> span) % FIB_FAN);
		u32 slot = b->slot[(hw ? popcount_hw(ends) : popcount_sw(ends)) - 1];
		if (likely(!(slot & FIB_SLOT_CHILD)))
			return slot;
		word = fib_block_child(b, slot);
	}
	return word;
}

static __always_inline u32 fib_trie_walk(const struct fib_trie *t, u64 root, u32 addr, bool hw)
{
	u32 span = root % FIB_ROOT_ALIGN;
	u64 key = (u64)addr << FIB_KEY_PAD;

	return fib_trie_descend(t, ((const u32 *)(root - span))[key >> span], key, span, hw);
}

/* fib_trie_find - the number of the answer for an address (host byte order). Lock-free: the
 * answer is that before or that after any change under way. */
static __always_inline u32 fib_trie_find(const struct fib_trie *t, u32 addr)
{
	u64 root = READ_ONCE(t->root);

	if (root % FIB_ROOT_ALIGN == 0)
		return fib_runs_find((const struct fib_runs *)root, addr);
	if (likely(cpu_has_popcnt))
		return fib_trie_walk(t, root, addr, true);
	return fib_trie_walk(t, root, addr, false);
}

/* fib_trie_prefetch - the root's word for an address will be wanted soon. */
static inline void fib_trie_prefetch(const struct fib_trie *t, u32 addr)
{
	u32 span = t->root % FIB_ROOT_ALIGN;

	if (span != 0)
		__builtin_prefetch(
			(const u32 *)(t->root - span) + (((u64)addr << FIB_KEY_PAD) >> span));
}

/* fib_trie_find_bulk - n answers at once: while one address's block is on its way from memory,
 * the next one's root word is asked for. */
void fib_trie_find_bulk(const struct fib_trie *t, const u32 *addr, u16 *id, u32 n);

/* fib_trie_init - an empty trie: every address has answer 0.
 * t      its dst is set, so are wait and wait_arg (or NULL)
 * base   what pieces are counted from; runs: two, in the owner's memory
 * first, last   units of reserved address space, halved between the trie and its next copy */
void fib_trie_init(struct fib_trie *t, char *base, struct fib_runs *runs, u32 first, u32 last);

/* fib_trie_free - give all memory back. */
void fib_trie_free(struct fib_trie *t);

/* fib_trie_paint - make `id` the answer of all addresses under a prefix whose present answer is
 * not more specific. Adding a route, changing it and taking it away (id is then the answer of
 * the route that covers it) are all this.
 * prefix, len   host byte order, 1..32
 * torn          set when it failed after part of the addresses had changed
 * Returns       0 or -ENOMEM */
int fib_trie_paint(struct fib_trie *t, u32 prefix, u8 len, u16 id, bool *torn) __must_check;

/* fib_trie_force - the same without making sure of the memory first: it works with less.
 * Returns  -ENOMEM when the trie is spoilt: fib_trie_give_up, then fib_trie_rebuild */
int fib_trie_force(struct fib_trie *t, u32 prefix, u8 len, u16 id) __must_check;

/* fib_trie_give_up - drop the trie and its memory; every address gets the answer id. */
void fib_trie_give_up(struct fib_trie *t, u16 id);

/* fib_trie_rebuild - build a trie aside and put it in place of this one.
 * width   FIB_ROOT_SMALL or FIB_ROOT_FULL
 * fill    paints into `next` by fib_trie_force; a negative answer ends the attempt
 * Returns 0, or what fill said, or -ENOMEM; then nothing has changed */
int fib_trie_rebuild(struct fib_trie *t, u32 width, int (*fill)(struct fib_trie *next, void *arg),
	void *arg) __must_check;

/* fib_trie_dump - the trie as its run list: fn(arg, first, last, id) over all 2^32 addresses in
 * order, neighbouring runs with different ids. Stops when fn returns non-zero and returns that. */
int fib_trie_dump(
	const struct fib_trie *t, int (*fn)(void *arg, u32 first, u32 last, u16 id), void *arg);

/* fib_trie_bytes - committed memory: root and pool. */
size_t fib_trie_bytes(const struct fib_trie *t);
