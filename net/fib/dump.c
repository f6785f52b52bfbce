/* SPDX-License-Identifier: MIT
 * dump.c - the routes in order: for who lists them, and for building the trie from them.
 * Not here: which routes there are (change.c).
 * rtnetlink, proc.c and roots.c call in; it calls table.c.
 * Source: see fib.h. */
#include "net/fib/table.h"

#define RADIX_BITS 8u

/* One pass of a radix sort: by eight bits, those with equal ones stay in order (Knuth vol. 3, 5.2.5). */
static void sort_by(const u64 *from, u64 *to, size_t n, u32 shift)
{
	u32 at[1 << RADIX_BITS] = { 0 }, sum = 0;

	for (size_t i = 0; i < n; i++)
		at[(u8)(from[i] >> shift)]++;
	for (u32 i = 0; i < ARRAY_SIZE(at); i++) {
		u32 count = at[i];

		at[i] = sum;
		sum += count;
	}
	for (size_t i = 0; i < n; i++)
		to[at[(u8)(from[i] >> shift)]++] = from[i];
}

static bool in_order(const u64 *keys, size_t n)
{
	size_t i = 1;

	while (i < n && keys[i - 1] << (64 - FIB_KEY_BITS) <= keys[i] << (64 - FIB_KEY_BITS))
		i++;
	return i >= n;
}

size_t fib_keys_bytes(const struct fib_table *tb)
{
	return tb->aliases.n * sizeof(u64);
}

u64 *fib_sorted_keys(const struct fib_table *tb)
{
	size_t n = tb->aliases.n - 1, bytes = fib_keys_bytes(tb);
	u64 *keys = mem_alloc(bytes), *other;

	if (keys == NULL)
		return NULL;
	for (u32 i = 0; i < n; i++) {
		const struct fib_alias *fa = fib_alias_at(tb, i + 1);

		keys[i] = (u64)(i + 1) << FIB_KEY_BITS | (u64)fa->prefix << 8 | fa->plen;
	}
	if (in_order(keys, n))
		return keys;
	other = mem_alloc(bytes);
	for (u32 shift = 0; other != NULL && shift < FIB_KEY_BITS; shift += RADIX_BITS) {
		u64 *sorted = other;

		sort_by(keys, sorted, n, shift);
		other = keys;
		keys = sorted;
	}
	mem_free(other != NULL ? other : keys, bytes);
	return other != NULL ? keys : NULL;
}

int fib_dump_start(struct fib_table *tb, struct fib_cursor *c)
{
	*c = (struct fib_cursor){ .tb = tb, .keys = fib_sorted_keys(tb), .n = tb->aliases.n - 1 };
	return c->keys != NULL ? 0 : -ENOMEM;
}

/* By prefix, not by number: numbers move when routes go. A prefix's keys are as many as its routes
 * were; the first one stands for all of them. */
bool fib_dump_next(struct fib_cursor *c, struct fib_config *route)
{
	while (c->at < c->n) {
		u64 key = c->keys[c->at];
		u32 alias = fib_first_alias(c->tb, fib_key_prefix(key), fib_key_plen(key));

		for (u32 i = 0; i < c->nth && alias != 0; i++)
			alias = fib_next_alias(c->tb, alias);
		if (alias != 0) {
			c->nth++;
			*route = fib_config_of(c->tb, alias);
			return true;
		}
		do
			c->at++;
		while (c->at < c->n && fib_same_prefix(c->keys[c->at], key));
		c->nth = 0;
	}
	return false;
}

void fib_dump_end(struct fib_cursor *c)
{
	mem_free(c->keys, (c->n + 1) * sizeof(u64));
}
