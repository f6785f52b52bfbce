/* SPDX-License-Identifier: MIT
 * build.c - blocks of the trie: one builder for a single route and for a whole table.
 * Not here: searching (inline in fib_trie.h, where the picture of a block is), roots (roots.c).
 * roots.c calls in; it calls pool.c.
 * Source: see fib_trie.h. */
#include "net/fib/build.h"
#include "kernel/lib/string.h"

static u32 popcount(u64 x)
{
	return cpu_has_popcnt ? popcount_hw(x) : popcount_sw(x);
}

static bool is_wide(u32 shift)
{
	return shift == 0;
}

static u32 fan(u32 shift)
{
	return is_wide(shift) ? FIB_FAN_WIDE : FIB_FAN;
}

/* ---- writing a block ------------------------------------------------------------------------- */

/* A block while it is written, from its lowest index up; slots and children grow downward, as the
 * highest index comes first. */
struct draft {
	u64 last[FIB_FAN_WIDE / 64];
	u32 n, children;
	u32 word, end; /* the latest interval: what it says, its last index */
	u32 child[FIB_FAN];
	u16 slot[FIB_FAN_WIDE];
};

/* Children stay apart: each has an index of its own, and two are never equal. */
static void draft_add(struct draft *d, u32 last, u32 word)
{
	if (d->n != 0 && word == d->word) {
		d->last[d->end / 64] ^= 1ull << d->end % 64; /* the interval goes on */
	} else {
		u16 slot = (u16)word;

		if (word >= FIB_DST_MAX) {
			slot = (u16)~d->children;
			d->child[FIB_FAN - ++d->children] = word;
		}
		d->slot[FIB_FAN_WIDE - ++d->n] = slot;
		d->word = word;
	}
	d->last[last / 64] |= 1ull << last % 64;
	d->end = last;
}

/* Units before a block, and all of its units. */
static u32 front_units(u32 children, bool wide)
{
	return (fib_block_ranks(wide, cpu_has_popcnt) + 4 * children + FIB_UNIT - 1) / FIB_UNIT;
}

static u32 block_units(u32 slots, u32 children, bool wide)
{
	return front_units(children, wide) + (wide ? 4 : 1) + (slots + 3) / 4;
}

/* rank[g]: the ends behind group g. */
static void write_ranks(u8 *rank, const u64 *last, u32 groups)
{
	u32 ends = 0;

	for (u32 g = groups; g-- > 0;) {
		rank[g] = (u8)ends;
		ends += cpu_has_popcnt ? popcount_hw(last[g]) : ends_from(((const u8 *)last)[g], 0);
	}
}

/* Give back the children of a block or a draft; `last` and slot[n] are its intervals, slot[0] the
 * highest. */
static void release_children(
	struct fib_build *b, u64 last, const s16 *slot, u32 n, const u32 *child, u32 at, u32 shift)
{
	for (; last != 0; last &= last - 1) {
		s16 word = slot[--n];

		if (word < 0)
			fib_build_release(
				b, child[word], at + ((u32)__builtin_ctzll(last) << shift), shift);
	}
}

/* The word of what the draft says: an answer, if it is but one, or a new block. */
static u32 draft_store(struct fib_build *b, const struct draft *d, u32 at, u32 shift)
{
	bool wide = is_wide(shift);
	u32 ranks = fib_block_ranks(wide, cpu_has_popcnt), front = front_units(d->children, wide);
	const u16 *slots = &d->slot[FIB_FAN_WIDE - d->n];
	u32 piece;

	if (d->n == 1)
		return d->word;
	piece = b->failed ? 0 : fib_pool_take(b->pool, block_units(d->n, d->children, wide));
	if (piece == 0) {
		if (d->children != 0)
			release_children(b, d->last[0], (const s16 *)slots, d->n,
				&d->child[FIB_FAN], at, shift);
		b->failed = true;
		return FIB_DST_DEFAULT;
	}
	struct fib_block *block = fib_pool_at(b->pool, piece + front);
	u8 *rank = (u8 *)block - ranks;
	memcpy(block->last, d->last, fan(shift) / 8);
	memcpy(block->last + fan(shift) / 64, slots, 2 * d->n);
	write_ranks(rank, d->last, ranks);
	memcpy(rank - 4 * d->children, &d->child[FIB_FAN - d->children], 4 * d->children);
	return piece + front;
}

/* ---- reading one, giving it back ------------------------------------------------------------- */

/* The last index of the interval that an index is in. */
static u32 interval_end(const struct fib_block *b, u32 index)
{
	u32 i = index / 64;
	u64 ends = b->last[i] & ~0ull << index % 64;

	while (ends == 0)
		ends = b->last[++i];
	return i * 64 + (u32)__builtin_ctzll(ends);
}

static u32 slot_word(const struct fib_block *b, s64 slot)
{
	return slot >= 0 ? (u32)slot : fib_block_child(b, slot, cpu_has_popcnt);
}

void fib_build_release(struct fib_build *b, u32 word, u32 at, u32 shift)
{
	u32 end = at | ((1u << shift) - 1), slots = 0, children = 0;

	if (word < FIB_DST_MAX || end < b->first || at > b->last)
		return;
	shift = fib_shift_below(shift);
	const struct fib_block *block = fib_pool_at(b->pool, word);
	bool wide = is_wide(shift);
	const s16 *slot = fib_block_slots(block, wide);
	for (u32 i = 0; i < fan(shift) / 64; i++)
		slots += popcount(block->last[i]);
	for (u32 i = 0; !wide && i < slots; i++)
		children += slot[i] < 0;
	if (children != 0)
		release_children(b, block->last[0], slot, slots,
			(const u32 *)((const u8 *)block - fib_block_ranks(false, cpu_has_popcnt)),
			at, shift);
	fib_pool_give(
		b->pool, word - front_units(children, wide), block_units(slots, children, wide));
}

/* ---- building -------------------------------------------------------------------------------- */

/* Take over the intervals of a narrow block that end in from..stop - 1, all their ends at once: most of
 * what a change of one route does. Returns the index behind them. */
static u32 copy(struct draft *d, const struct fib_block *b, u32 from, u32 stop)
{
	u64 ends = b->last[0] & ~0ull << from & ~0ull >> (64 - stop);
	const s16 *slot = fib_block_slot(b, from, false, cpu_has_popcnt);

	if (ends == 0)
		return from;
	draft_add(d, (u32)__builtin_ctzll(ends), slot_word(b, *slot)); /* maybe one goes on */
	for (u32 n = popcount(ends); --n != 0;) {
		s16 word = *--slot;

		if (word < 0) {
			d->child[FIB_FAN - ++d->children] = slot_word(b, word);
			word = (s16) - (s32)d->children;
		}
		d->slot[FIB_FAN_WIDE - ++d->n] = (u16)word;
	}
	d->last[0] |= ends;
	d->word = slot_word(b, *slot);
	d->end = 63 - (u32)__builtin_clzll(ends);
	return d->end + 1;
}

/* The block for the addresses at..end, of which the range takes in a part or all. */
static u32 build_block(struct fib_build *b, u32 old, u32 at, u32 end, u32 shift)
{
	const struct fib_block *block = old >= FIB_DST_MAX ? fib_pool_at(b->pool, old) : NULL;
	u32 first = b->first > at ? (b->first - at) >> shift : 0;
	u32 last = (min(b->last, end) - at) >> shift;
	bool wide = is_wide(shift);
	struct draft d;

	d.last[0] = d.last[1] = d.last[2] = d.last[3] = 0;
	d.n = d.children = 0;
	for (u32 i = 0, next; i < fan(shift); i = next) {
		u32 word = old, reach = end;

		if (block != NULL && !wide && (i < first || i > last)) {
			next = copy(&d, block, i, i < first ? first : FIB_FAN);
			if (next != i)
				continue;
		}
		if (block != NULL) {
			reach = at + ((interval_end(block, i) + 1) << shift) - 1;
			word = slot_word(block, fib_block_find(block, i, wide, cpu_has_popcnt));
		}
		if (i <= last && reach >= b->first)
			word = fib_build_word(b, word, at + (i << shift), shift, &reach);
		next = (min(reach, end) - at + 1) >> shift;
		draft_add(&d, next - 1, word);
	}
	return draft_store(b, &d, at, shift);
}

u32 fib_build_word(struct fib_build *b, u32 old, u32 at, u32 shift, u32 *reach)
{
	u32 end = at | ((1u << shift) - 1);

	if (old < FIB_DST_MAX) {
		u16 id = b->answers(b->arg, at, (u16)old, reach);

		if (*reach >= end)
			return id;
	}
	*reach = end;
	return build_block(b, old, at, end, fib_shift_below(shift));
}
