/* SPDX-License-Identifier: MIT
 * selftest.c - the word selftest: before anything is sent, the table proves itself against a linear search.
 * Not here: the thorough tests (tests/unit/test_fib_*.c).
 * kernel/cmdline.c and kernel/main.c call in; it calls fib/table.c, fib/change.c, fib_trie.c.
 * Source: RFC 1812 5.2.4.3, rule (2) longest match. */
#include "net/core/part.h"
#include "net/fib/table.h"

#define ROUTES 200u
#define HOPS   7u

struct vector {
	u32 prefix;
	u8 plen, hop;
};

/* Lengths around every border of the trie's strides, prefixes close together: they nest. */
static struct vector draw(u64 *seed)
{
	static const u8 lens[] = { 1, 5, 6, 7, 8, 11, 12, 13, 16, 17, 18, 19, 22, 23, 24, 25, 29,
		30, 31, 32 };
	u32 bits = (u32)(*seed >> 32);
	struct vector v = { .plen = lens[bits % ARRAY_SIZE(lens)], .hop = (u8)(bits / 32 % HOPS) };

	*seed = *seed * 6364136223846793005ull + 1442695040888963407ull; /* Knuth's MMIX */
	v.prefix = ((u32)(*seed >> 32) & 0x8141c387) & fib_mask(v.plen);
	*seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
	return v;
}

static const struct vector *linear(const struct vector *v, u32 n, u32 addr)
{
	const struct vector *best = NULL;

	for (u32 i = 0; i < n; i++)
		if ((addr & fib_mask(v[i].plen)) == v[i].prefix &&
			(best == NULL || v[i].plen > best->plen))
			best = &v[i];
	return best;
}

static bool wrong(struct fib_table *tb, const struct vector *v, u32 n, u32 addr)
{
	const struct vector *want = linear(v, n, addr);
	struct flowi4 fl = { .daddr = cpu_to_be32(addr) };
	struct fib_result res;
	int err = fib_table_lookup(tb, &fl, &res);

	if (want == NULL || err != 0)
		return want != NULL || err != -EAGAIN;
	return res.prefixlen != want->plen || be32_to_cpu(res.prefix) != want->prefix ||
	       fib_res_nh(&res)->oif != want->hop + 1;
}

static int check_edges(struct fib_table *tb, const struct vector *v, u32 n)
{
	int bad = 0;

	for (u32 i = 0; i < n; i++) {
		u32 last = v[i].prefix | ~fib_mask(v[i].plen);

		bad += wrong(tb, v, n, v[i].prefix);
		bad += wrong(tb, v, n, v[i].prefix - 1);
		bad += wrong(tb, v, n, last);
		bad += wrong(tb, v, n, last + 1);
	}
	return bad;
}

/* Insert every vector, or delete it again. A prefix drawn twice is refused and not kept. */
static int change(struct fib_table *tb, struct vector *v, bool insert)
{
	struct fib_nh nh = { .oif = v->hop + 1, .weight = 1 };
	struct fib_config cfg = { .dst = cpu_to_be32(v->prefix),
		.dst_len = v->plen,
		.type = RTN_UNICAST,
		.scope = RT_SCOPE_LINK,
		.nlflags = FIB_CREATE | FIB_EXCL,
		.nh = &nh,
		.nhs = 1 };

	return insert ? fib_table_insert(tb, &cfg) : fib_table_delete(tb, &cfg);
}

static int run(struct fib_table *tb, struct vector *v)
{
	u64 seed = 1;
	u32 n = 0;
	int bad;

	while (n < ROUTES) {
		v[n] = draw(&seed);
		int err = change(tb, &v[n], true);
		if (err == 0)
			n++;
		else if (err != -EEXIST)
			return err;
	}
	bad = check_edges(tb, v, n);
	for (; n > ROUTES / 2; n--)
		bad += change(tb, &v[n - 1], false) != 0;
	bad += check_edges(tb, v, n);
	for (; n > 0; n--)
		bad += change(tb, &v[n - 1], false) != 0;
	return bad + (fib_table_count(tb) != 0) + wrong(tb, v, 0, 0);
}

int fib_selftest(void)
{
	static struct vector vectors[ROUTES];
	struct fib_table *tb = fib_table_new();

	if (tb == NULL)
		return -ENOMEM;
	int bad = run(tb, vectors);
	fib_table_free(tb);
	return bad;
}

/* ---- the word ------------------------------------------------------------------------------ */

static bool asked_for;

static bool take(struct text value, struct parse_error *error)
{
	asked_for = true;
	return true;
}

static bool start(void)
{
	if (!asked_for)
		return true;
	if (fib_selftest() != 0)
		panic("the route trie does not answer as a linear search does");
	pr_info("selftest: the route trie answers as a linear search does\n");
	return true;
}

PART(selftest) = {
	.name = "selftest", .words = BOOT_WORDS({ "selftest", .take = take }), .start = start
};
