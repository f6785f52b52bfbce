/* SPDX-License-Identifier: MIT
 * hash.c - hash chains that grow and shrink with what hangs on them.
 * Not here: what a key is; the owner of the items hashes them.
 * change.c and semantics.c call in through the part's table (roots.c); it calls net/core/machine.h.
 * Source: Knuth, "The Art of Computer Programming" vol. 3, 6.4 (separate chaining). */
#include "kernel/lib/string.h"
#include "net/fib/table.h"

/* Heads outside the table's page come in whole pages: this is the first such size. */
#define FAR_BITS 10u
#define MAX_BITS 26u

/* At most one item to a head on average. Heads come fourfold, so that few items are hung over often,
 * and half of them go when fifteen of sixteen would be idle. */
static u32 bits_for(const struct fib_heads *h, u32 n)
{
	u32 bits = h->bits;

	if (n > 1u << bits)
		return bits < FAR_BITS ? FAR_BITS : min(bits + 2, MAX_BITS);
	if (n >= 1u << bits >> 4 || bits == FIB_HEADS_NEAR_BITS)
		return bits;
	return bits > FAR_BITS ? bits - 1 : FIB_HEADS_NEAR_BITS;
}

/* Append every item of an old chain to its new one. Neighbours of equal hash stay neighbours, so
 * the end of the chain is mostly known already. */
static void relink(
	struct fib_table *tb, struct fib_heads *new, const struct fib_chain *chain, u32 item)
{
	u32 *last_head = NULL, *end = NULL;

	while (item != 0) {
		u32 next = *chain->next(tb, item);
		u32 *head = fib_heads_at(new, chain->hash(tb, item));

		if (head != last_head)
			end = head;
		while (*end != 0)
			end = chain->next(tb, *end);
		*end = item;
		*chain->next(tb, item) = 0;
		last_head = head;
		item = next;
	}
}

void fib_heads_fit(struct fib_table *tb, struct fib_heads *h, const struct fib_chain *chain, u32 n)
{
	struct fib_heads new = { .bits = bits_for(h, n) };
	u32 old_n = 1u << h->bits;

	if (likely(new.bits == h->bits))
		return;
	if (new.bits == FIB_HEADS_NEAR_BITS) {
		memset(h->near, 0, sizeof h->near);
		new.head = h->near;
	} else {
		new.head = mem_alloc(sizeof(u32) << new.bits);
	}
	if (new.head == NULL)
		return;
	for (u32 i = 0; i < old_n; i++)
		relink(tb, &new, chain, h->head[i]);
	if (h->head != h->near)
		mem_free(h->head, sizeof(u32) << h->bits);
	h->head = new.head;
	h->bits = new.bits;
}
