/* SPDX-License-Identifier: MIT
 * fib_trie.c - painting the forwarding trie: copy the path aside, swing one word.
 * Not here: searching it (inline in fib_trie.h, where the picture is), reshaping it
 * (fib/reshape.c).
 * fib/table.c calls in; it calls fib/pool.c, fib/runs.c, fib/reshape.c.
 * Source: see fib_trie.h. */
#include "net/fib/trie_impl.h"
#include "kernel/lib/string.h"

/* ---- blocks ---------------------------------------------------------------------------- */

/* A block while it is written: runs by their last digit, children as whole words. */
struct draft {
	u32 n;
	u8 last[FIB_FAN];
	u32 word[FIB_FAN];
};

static u32 front_units(u32 children)
{
	return (children + 1) / 2;
}

static u32 block_units(u32 slots, u32 children)
{
	return front_units(children) + 1 + (slots + 3) / 4;
}

static u32 slots_of(const struct fib_block *b)
{
	return cpu_has_popcnt ? popcount_hw(b->last) : popcount_sw(b->last);
}

static u32 children_of(const struct fib_block *b)
{
	u32 children = 0;

	for (u32 i = 0, slots = slots_of(b); i < slots; i++)
		children += b->slot[i] >> 15;
	return children;
}

static u32 word_of(const struct fib_block *b, u32 slot)
{
	return b->slot[slot] & FIB_SLOT_CHILD ? fib_block_child(b, b->slot[slot]) : b->slot[slot];
}

/* Children stay apart: each has a digit of its own, and two are never equal. */
static void draft_add(struct draft *d, u32 last, u32 word)
{
	if (d->n != 0 && d->word[d->n - 1] == word)
		d->n--;
	d->last[d->n] = (u8)last;
	d->word[d->n] = word;
	d->n++;
}

/* Lay the draft out behind and in front of *b, which has room for the largest block. */
static u32 draft_write(const struct draft *d, struct fib_block *b)
{
	u32 children = 0;

	b->last = 0;
	for (u32 i = 0; i < d->n; i++) {
		u32 slot = d->n - 1 - i, word = d->word[i];

		b->last |= 1ull << d->last[i];
		if (word & FIB_CHILD) {
			((u32 *)b)[-1 - (s32)children] = word;
			word = FIB_SLOT_CHILD | children++;
		}
		b->slot[slot] = (u16)word;
	}
	return children;
}

/* Does the block `word` say exactly what the draft says? Then the path above stays as it is. */
static bool draft_is(const struct fib_trie *t, const struct draft *d, u32 word)
{
	if (!(word & FIB_CHILD))
		return false;
	const struct fib_block *b = fib_block_at(t, word);
	u64 last = 0;

	if (slots_of(b) != d->n)
		return false;
	for (u32 i = 0; i < d->n; i++) {
		last |= 1ull << d->last[i];
		if (word_of(b, d->n - 1 - i) != d->word[i])
			return false;
	}
	return last == b->last;
}

static u32 draft_store(struct fib_trie *t, const struct draft *d, bool *failed)
{
	u32 children = 0;

	for (u32 i = 0; i < d->n; i++)
		children += d->word[i] >> 31;
	u32 piece = fib_pool_take(&t->pool, block_units(d->n, children));
	if (piece == 0) {
		*failed = true;
		return FIB_DST_DEFAULT;
	}
	piece += front_units(children);
	draft_write(d, fib_pool_at(&t->pool, piece));
	return FIB_CHILD | piece;
}

static u32 word_at(const struct fib_trie *t, u32 word, u32 digit)
{
	if (!(word & FIB_CHILD))
		return word;
	const struct fib_block *b = fib_block_at(t, word);
	u64 ends = b->last >> digit;
	return word_of(b, (cpu_has_popcnt ? popcount_hw(ends) : popcount_sw(ends)) - 1);
}

/* Give back what the old tree has and the new one does not share. */
static void release(struct fib_trie *t, u32 old, u32 new)
{
	if (old == new || !(old & FIB_CHILD))
		return;
	const struct fib_block *b = fib_block_at(t, old);
	u32 slots = slots_of(b), children = children_of(b);
	u64 ends = b->last;

	for (u32 slot = slots; children != 0 && slot-- > 0; ends &= ends - 1) {
		u32 digit = (u32)__builtin_ctzll(ends);

		if (b->slot[slot] & FIB_SLOT_CHILD)
			release(t, word_of(b, slot), word_at(t, new, digit));
	}
	fib_pool_give(
		&t->pool, (old & ~FIB_CHILD) - front_units(children), block_units(slots, children));
}

/* ---- painting -------------------------------------------------------------------------- */

/* All keys lo..hi get the answer id, where the present one has a prefix of at most len bits. */
struct paint {
	struct fib_trie *t;
	u64 lo, hi;
	u8 len;
	u16 id;
	bool failed;
};

static u32 paint_word(struct paint *p, u32 word, u64 at, u32 span);

static u32 repainted(const struct paint *p, u32 id)
{
	return p->t->dst[id].plen <= p->len ? p->id : id;
}

/* One run of an old block, digits first..last, into the draft. Only the digits where lo and hi
 * lie can be covered in part; between them a whole stretch gets one answer. */
static void paint_run(
	struct paint *p, struct draft *d, u32 first, u32 last, u32 word, u64 at, u32 span)
{
	u32 from = p->lo > at ? (u32)min((p->lo - at) >> span, (u64)FIB_FAN) : 0;
	u32 to = (u32)min((p->hi - at) >> span, (u64)FIB_FAN);

	while (first <= last) {
		u32 end = last, answer = word;

		if (first < from) {
			end = min(last, from - 1);
		} else if (first == from || first == to || (first < to && (word & FIB_CHILD))) {
			end = first;
			answer = paint_word(p, word, at + ((u64)first << span), span);
		} else if (first < to) {
			end = min(last, to - 1);
			answer = repainted(p, word);
		}
		draft_add(d, end, answer);
		first = end + 1;
	}
}

static u32 paint_block(struct paint *p, u32 word, u64 at, u32 span)
{
	struct draft d;
	u32 first = 0;

	d.n = 0;
	if (word & FIB_CHILD) {
		const struct fib_block *b = fib_block_at(p->t, word);
		u32 slot = slots_of(b);

		for (u64 ends = b->last; ends != 0; ends &= ends - 1) {
			u32 last = (u32)__builtin_ctzll(ends);

			paint_run(p, &d, first, last, word_of(b, --slot), at, span);
			first = last + 1;
		}
	} else {
		paint_run(p, &d, 0, FIB_FAN - 1, word, at, span);
	}
	if (d.n == 1)
		return d.word[0];
	return draft_is(p->t, &d, word) ? word : draft_store(p->t, &d, &p->failed);
}

/* The word for the 2^span keys from `at`, of which at least one is to be painted. */
static u32 paint_word(struct paint *p, u32 word, u64 at, u32 span)
{
	if (!(word & FIB_CHILD)) {
		u32 answer = repainted(p, word);

		if (answer == word || (p->lo <= at && at + (1ull << span) - 1 <= p->hi))
			return answer;
	}
	return paint_block(p, word, at, span - FIB_DIGIT);
}

static u32 tree_units(const struct fib_trie *t, u32 word)
{
	const struct fib_block *b = fib_block_at(t, word);
	u32 slots = slots_of(b), children = children_of(b);
	u32 units = block_units(slots, children);

	for (u32 j = 0; j < children; j++)
		units += tree_units(t, fib_block_child(b, j));
	return units;
}

/* While the range lies inside one digit only that path is copied. From where it does not, no copy of
 * a subtree is larger than it, and at either end of the range a path of new blocks may come on top. */
static u32 units_needed(const struct paint *p, u32 word, u64 at, u32 span)
{
	const u32 largest = block_units(FIB_FAN, FIB_FAN);
	u32 path = 0;

	for (;;) {
		bool whole = p->lo <= at && at + (1ull << span) - 1 <= p->hi;
		u32 ends = whole ? 0 : 2 * (span / FIB_DIGIT) * largest;
		u32 below = span - FIB_DIGIT;
		u64 first = p->lo > at ? (p->lo - at) >> below : 0;

		if (!(word & FIB_CHILD))
			return path + (p->t->dst[word].plen <= p->len ? ends : 0);
		if (whole || first != (p->hi - at) >> below)
			return path + tree_units(p->t, word) + ends;
		path += largest;
		word = word_at(p->t, word, (u32)first);
		at += first << below;
		span = below;
	}
}

int fib_trie_paint_range(struct fib_trie *t, const struct fib_range *r, bool sure, bool *torn)
{
	struct paint p = { .t = t, .len = r->len, .id = r->id };
	u32 span = t->root % FIB_ROOT_ALIGN;
	u32 *words = (u32 *)(t->root - span);

	p.lo = (u64)r->first << FIB_KEY_PAD;
	p.hi = (((u64)r->last + 1) << FIB_KEY_PAD) - 1;
	for (u64 i = p.lo >> span; i <= p.hi >> span; i++) {
		u32 old = words[i];

		if (sure && fib_pool_ensure(&t->pool, units_needed(&p, old, i << span, span)) != 0)
			return -ENOMEM;
		u32 new = paint_word(&p, old, i << span, span);
		if (p.failed)
			return -ENOMEM;
		if (new == old)
			continue;
		/* The compiler must not move the block's stores behind the one that shows it;
		 * the CPU does not (SDM vol. 3A, 8.2.2: stores are not reordered with stores). */
		barrier();
		WRITE_ONCE(words[i], new);
		*torn = true;
		fib_trie_wait(t);
		release(t, old, new);
	}
	return 0;
}

/* ---- dumping --------------------------------------------------------------------------- */

struct dump {
	const struct fib_trie *t;
	int (*fn)(void *arg, u32 first, u32 last, u16 id);
	void *arg;
	u32 first; /* of the run that may still grow */
	u32 id;
};

/* From address `first` on, the answer is id. */
static int dump_run(struct dump *d, u32 first, u32 id)
{
	u32 start = d->first, old = d->id;

	if (id == old)
		return 0;
	d->first = first;
	d->id = id;
	return first == 0 ? 0 : d->fn(d->arg, start, first - 1, (u16)old);
}

static int dump_word(struct dump *d, u32 word, u64 at, u32 span)
{
	if (!(word & FIB_CHILD))
		return dump_run(d, (u32)(at >> FIB_KEY_PAD), word);
	const struct fib_block *b = fib_block_at(d->t, word);
	u32 slot = slots_of(b), digit = 0;
	int err = 0;

	span -= FIB_DIGIT;
	for (u64 ends = b->last; ends != 0 && err == 0; ends &= ends - 1) {
		err = dump_word(d, word_of(b, --slot), at + ((u64)digit << span), span);
		digit = (u32)__builtin_ctzll(ends) + 1;
	}
	return err;
}

static int dump_runs(struct dump *d, const struct fib_runs *r)
{
	int err = 0;

	for (u32 i = 0; i < r->n && err == 0; i++)
		err = dump_run(d, r->first[i], r->id[i]);
	return err;
}

int fib_trie_dump(
	const struct fib_trie *t, int (*fn)(void *arg, u32 first, u32 last, u16 id), void *arg)
{
	struct dump d = { .t = t, .fn = fn, .arg = arg, .id = FIB_CHILD };
	u32 span = t->root % FIB_ROOT_ALIGN;
	const u32 *words = (const u32 *)(t->root - span);
	int err = 0;

	if (span == 0)
		err = dump_runs(&d, (const struct fib_runs *)t->root);
	for (u64 i = 0; span != 0 && i < 1ull << (FIB_KEY_BITS - span) && err == 0; i++)
		err = dump_word(&d, words[i], i << span, span);
	return err != 0 ? err : fn(arg, d.first, ~0u, (u16)d.id);
}
