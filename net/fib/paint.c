/* SPDX-License-Identifier: MIT
 * paint.c - changing the forwarding trie: copy the path aside, swing one word.
 * Not here: searching it (inline in fib_trie.h, where the picture is), its forms (reshape.c).
 * reshape.c calls in; it calls pool.c.
 * Source: see fib_trie.h. */
#include "net/fib/paint.h"
#include "kernel/lib/string.h"

u8 fib_ends_from[256][8];

void fib_popcount_init(void)
{
	for (u32 byte = 1; byte < 256 && fib_ends_from[255][0] == 0; byte++) {
		u8 n = 0;

		for (u32 bit = 8; bit-- > 0;)
			fib_ends_from[byte][bit] = n = (u8)(n + (byte >> bit & 1));
	}
}

/* ---- writing a block ------------------------------------------------------------------------- */

/* Children stay apart: each has a digit of its own, and two are never equal. */
void fib_draft_add(struct fib_draft *d, u32 last, u32 word)
{
	if (d->n != 0 && word == d->word) {
		d->last[d->end / 64] ^= 1ull << d->end % 64; /* the run goes on */
	} else {
		u16 slot = (u16)word;

		if (word >= FIB_DST_MAX) {
			slot = (u16)~d->children;
			d->child[d->children++] = word;
		}
		d->slot[FIB_FAN_WIDE - ++d->n] = slot;
		d->word = word;
	}
	d->last[last / 64] |= 1ull << last % 64;
	d->end = last;
}

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

u32 fib_draft_store(struct fib_pool *pool, const struct fib_draft *d, u32 shift, bool *failed)
{
	bool wide = fib_is_wide(shift);
	u32 ranks = fib_block_ranks(wide, cpu_has_popcnt), front = front_units(d->children, wide);

	if (d->n == 1)
		return d->word;
	u32 piece = fib_pool_take(pool, block_units(d->n, d->children, wide));
	if (piece == 0) {
		*failed = true;
		return 0;
	}
	struct fib_block *b = fib_pool_at(pool, piece + front);
	u32 *children = (u32 *)((u8 *)b - ranks);
	memcpy(b->last, d->last, fib_fan(shift) / 8);
	b->last[fib_fan(shift) / 64 + (d->n - 1) / 4] = 0; /* parts_of reads four slots at once */
	memcpy(b->last + fib_fan(shift) / 64, &d->slot[FIB_FAN_WIDE - d->n], 2 * d->n);
	write_ranks((u8 *)b - ranks, d->last, ranks);
	for (u32 j = 0; j < d->children; j++)
		children[~(s32)j] = d->child[j];
	return piece + front;
}

/* ---- reading one ----------------------------------------------------------------------------- */

/* A block in parts. */
struct parts {
	const struct fib_block *b;
	const s16 *slot;
	u32 slots, children, fan;
	bool wide;
};

static struct parts parts_of(const struct fib_trie *t, u32 word, u32 shift)
{
	bool wide = fib_is_wide(shift);
	const struct fib_block *b = fib_block_at(t, word);
	struct parts p = {
		.b = b, .slot = fib_block_slots(b, wide), .fan = fib_fan(shift), .wide = wide
	};

	for (u32 i = 0; i < p.fan / 64; i++)
		p.slots += cpu_has_popcnt ? popcount_hw(b->last[i]) : popcount_sw(b->last[i]);
	for (u32 i = 0; !wide && i < p.slots; i += 4) {
		u64 negative = *(const u64 *)(p.slot + i) & 0x8000800080008000ull;

		if (negative != 0)
			p.children +=
				cpu_has_popcnt ? popcount_hw(negative) : popcount_sw(negative);
	}
	return p;
}

static u32 slot_word(const struct fib_block *b, s64 slot)
{
	return slot >= 0 ? (u32)slot : fib_block_child(b, slot, cpu_has_popcnt);
}

/* The last digit of the run that digit is in. */
static u32 next_end(const struct fib_block *b, u32 digit)
{
	u32 i = digit / 64;
	u64 ends = b->last[i] & ~0ull << digit % 64;

	while (ends == 0)
		ends = b->last[++i];
	return i * 64 + (u32)__builtin_ctzll(ends);
}

/* What a word says of a digit of the block it may be. */
static u32 word_at(const struct fib_trie *t, u32 word, u32 digit, u32 shift)
{
	if (word < FIB_DST_MAX)
		return word;
	const struct fib_block *b = fib_block_at(t, word);
	bool wide = fib_is_wide(shift);
	return slot_word(b, fib_block_find(b, digit, wide, cpu_has_popcnt));
}

/* Give back what the old tree has and the new one does not share. */
static void release(struct fib_trie *t, u32 old, u32 new, u32 shift)
{
	if (old == new || old < FIB_DST_MAX)
		return;
	struct parts p = parts_of(t, old, shift);
	u32 slot = p.slots;

	for (u64 ends = p.children != 0 ? p.b->last[0] : 0; ends != 0; ends &= ends - 1) {
		u32 child = slot_word(p.b, p.slot[--slot]);

		if (child >= FIB_DST_MAX)
			release(t, child, word_at(t, new, (u32)__builtin_ctzll(ends), shift),
				fib_shift_below(shift));
	}
	fib_pool_give(&t->pool, old - front_units(p.children, p.wide),
		block_units(p.slots, p.children, p.wide));
}

/* ---- painting -------------------------------------------------------------------------------- */

static u32 paint_block(struct fib_brush *p, u32 word, u32 shift);

/* The word for 2^shift addresses, of which all or one prefix are to be painted. */
static u32 paint_word(struct fib_brush *p, u32 word, u32 shift)
{
	if (word < FIB_DST_MAX) {
		u32 answer = fib_brush_answer(p, word);

		if (answer == word || p->len + shift <= 32)
			return answer;
	}
	return paint_block(p, word, fib_shift_below(shift));
}

/* Of a narrow block without children most runs stay: those below the painted digits, and those above
 * them, are taken over together. Returns how many digits are dealt with. */
static u32 copy_below(struct fib_draft *d, struct parts *old, u32 from)
{
	u64 ends = old->b->last[0] & ((1ull << from) - 1);
	u32 n = cpu_has_popcnt ? popcount_hw(ends) : popcount_sw(ends);

	if (n == 0)
		return 0;
	old->slots -= n;
	memcpy(&d->slot[FIB_FAN_WIDE - n], &old->slot[old->slots], n * sizeof(u16));
	d->last[0] = ends;
	d->n = n;
	d->word = (u16)old->slot[old->slots];
	d->end = 63 - (u32)__builtin_clzll(ends);
	return d->end + 1;
}

static void copy_above(struct fib_draft *d, const struct parts *old, u32 first)
{
	u32 n = old->slots;

	if (d->word == (u16)old->slot[n - 1]) { /* the latest run goes on */
		d->last[0] ^= 1ull << d->end;
		n--;
	}
	d->n += n;
	memcpy(&d->slot[FIB_FAN_WIDE - d->n], old->slot, n * sizeof(u16));
	d->last[0] |= old->b->last[0] & ~0ull << first;
}

/* The block, or the one answer in its place, with its share of the prefix painted: some whole
 * digits, or one in part. */
static u32 paint_block(struct fib_brush *p, u32 word, u32 shift)
{
	struct parts old = { .fan = fib_fan(shift) };
	struct fib_draft d;

	if (word >= FIB_DST_MAX)
		old = parts_of(p->t, word, shift);
	u32 digits = p->first >> shift, whole = (p->last >> shift) - digits + 1;
	u32 from = whole < old.fan ? digits % old.fan : 0;
	u32 to = whole < old.fan ? from + whole - 1 : old.fan - 1;
	bool plain = old.b != NULL && !old.wide && old.children == 0;
	fib_draft_start(&d);
	for (u32 first = plain ? copy_below(&d, &old, from) : 0, last; first < old.fan;
		first = last + 1) {
		u32 says = word;

		if (plain && first > to) {
			copy_above(&d, &old, first);
			break;
		}
		last = old.fan - 1;
		if (old.b != NULL) {
			last = next_end(old.b, first);
			says = slot_word(old.b, old.slot[--old.slots]);
		}
		if (first < from)
			fib_draft_add(&d, min(last, from - 1), says);
		if (first <= to && last >= from)
			fib_draft_add(&d, min(last, to), paint_word(p, says, shift));
		if (last > to)
			fib_draft_add(&d, last, says);
	}
	return fib_draft_store(&p->t->pool, &d, shift, &p->failed);
}

static u32 tree_units(const struct fib_trie *t, u32 word, u32 shift)
{
	struct parts p = parts_of(t, word, shift);
	u32 units = block_units(p.slots, p.children, p.wide);

	for (u32 slot = 0; p.children != 0 && slot < p.slots; slot++) {
		u32 child = slot_word(p.b, p.slot[slot]);

		if (child >= FIB_DST_MAX)
			units += tree_units(t, child, fib_shift_below(shift));
	}
	return units;
}

/* A path of blocks is copied down to where the prefix takes in all of a word; what is below that is
 * never larger when it has been painted. */
static u32 units_needed(const struct fib_brush *p, u32 word, u32 shift)
{
	u32 units = 0;

	while (p->len + shift > 32) {
		bool wide = fib_is_wide(shift = fib_shift_below(shift));

		units += block_units(fib_fan(shift), wide ? 0 : FIB_FAN, wide);
		word = word_at(p->t, word, p->first >> shift & (fib_fan(shift) - 1), shift);
	}
	return units + (word < FIB_DST_MAX ? 0 : tree_units(p->t, word, fib_shift_below(shift)));
}

int fib_paint_words(struct fib_brush *p, bool sure, bool *torn)
{
	struct fib_trie *t = p->t;
	u32 shift = 32 - t->root->width;
	u32 *words = fib_root_words(t->root);

	for (u32 i = p->first >> shift; i <= p->last >> shift; i++) {
		u32 old = words[i];

		if (sure && fib_pool_ensure(&t->pool, units_needed(p, old, shift)) != 0)
			return -ENOMEM;
		u32 new = paint_word(p, old, shift);
		if (p->failed) {
			*torn = true; /* and some pieces are lost */
			return -ENOMEM;
		}
		if (new == old)
			continue;
		/* The compiler must not move the block's stores behind the one that shows it;
		 * the CPU does not (SDM vol. 3A, 8.2.2: stores are not reordered with stores). */
		barrier();
		WRITE_ONCE(words[i], new);
		*torn = true;
		fib_trie_wait(t);
		release(t, old, new, fib_shift_below(shift));
	}
	return 0;
}

/* ---- reading it all -------------------------------------------------------------------------- */

static u32 runs_run(const struct fib_runs *r, u32 addr, u32 *last)
{
	u32 i = r->n - 1;

	for (*last = ~0u; r->first[i] > addr; i--)
		*last = r->first[i] - 1;
	return r->id[i];
}

u16 fib_trie_run(void *trie, u32 addr, u32 *last)
{
	const struct fib_trie *t = trie;
	u32 width = t->root->width, shift = 32 - width;

	if (width == 0)
		return (u16)runs_run((const struct fib_runs *)t->root, addr, last);
	u32 word = fib_root_words(t->root)[addr >> shift], end = addr >> shift;
	while (word >= FIB_DST_MAX) {
		u32 fan = fib_fan(shift = fib_shift_below(shift)),
		    digit = addr >> shift & (fan - 1);

		end = (addr >> shift) - digit + next_end(fib_block_at(t, word), digit);
		word = word_at(t, word, digit, shift);
	}
	*last = (end << shift) | ((1u << shift) - 1);
	return (u16)word;
}
