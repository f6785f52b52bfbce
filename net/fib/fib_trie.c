/* SPDX-License-Identifier: MIT
 * fib_trie.c - fib_table_lookup: one walk of the trie, rarely a look at the routes.
 * Not here: the trie itself (fib_trie.h has the picture), changing it (fib/list.c, fib/roots.c), choosing
 * among several next hops (fib_select.c).
 * route.c calls in; it calls fib/table.c and fib/semantics.c.
 * Source: RFC 1812 5.2.4.3. */
#include "kernel/lib/string.h"
#include "net/fib/table.h"

_Static_assert(offsetof(struct fib_result, scope) - offsetof(struct fib_result, prefixlen) == 3 &&
		       offsetof(struct fib_dst, scope) - offsetof(struct fib_dst, plen) == 3,
	"four bytes that are moved together");

u64 fib_ends_from[256];

/* A bit adds one to the counts from itself and from those below. */
void fib_popcount_init(void)
{
	u64 one_each = 0;

	for (u32 bit = 1; bit < 256; bit *= 2) {
		one_each = one_each << 8 | 1;
		for (u32 low = 0; low < bit; low++)
			fib_ends_from[bit + low] = fib_ends_from[low] + one_each;
	}
}

/* The address is read again: keeping it would cost the walk a register and a move. */
static __always_inline void fill_result(struct fib_result *res, struct fib_table *tb,
	struct fib_info *fi, const be32 *daddr, const struct fib_dst *dst)
{
	res->prefix = (be32){ READ_ONCE(daddr->raw) & cpu_to_be32(fib_mask(dst->plen)).raw };
	memcpy(&res->prefixlen, &dst->plen, 4);
	res->table_id = fi->table_id;
	res->fi = fi;
	res->table = tb;
}

/* The first hop that the flow may take, or fi->nhs. */
static u32 usable_hop(
	const struct fib_table *tb, const struct fib_info *fi, const struct flowi4 *flp)
{
	u32 i = 0;

	while (i < fi->nhs &&
		(!fib_nh_usable(&fi->nh[i]) || (flp->oif != 0 && flp->oif != fi->nh[i].oif)))
		i++;
	return i;
}

/* Linux's order of checks: tos, dead, scope; then the type speaks; then the hops.
 * Returns 1 when this route is not for this flow. */
static int try_alias(struct fib_table *tb, const struct fib_alias *fa, const struct flowi4 *flp,
	struct fib_result *res)
{
	struct fib_info *fi = fib_info_at(tb, fa->info);

	if ((fa->tos != 0 && fa->tos != flp->tos) || fi->dead || fi->scope < flp->scope)
		return 1;
	if (fib_props[fi->type].error != 0)
		return fib_props[fi->type].error;
	u32 hop = usable_hop(tb, fi, flp);
	if (hop == fi->nhs)
		return 1;
	struct fib_dst dst = {
		.plen = fa->plen, .nh_sel = (u8)hop, .type = fi->type, .scope = fi->scope
	};
	fill_result(res, tb, fi, &flp->daddr, &dst);
	return 0;
}

/* Every route that covers the address, from length plen down, until one fits the flow. */
static noinline int lookup_aliases(
	struct fib_table *tb, const struct flowi4 *flp, struct fib_result *res, u32 plen)
{
	u32 addr = be32_to_cpu(flp->daddr);

	for (u32 left = plen + 1; left-- > 0;) {
		u32 alias = tb->len_n[left] == 0
				    ? 0
				    : fib_first_alias(tb, addr & fib_mask(left), (u8)left);
		for (; alias != 0; alias = fib_next_alias(tb, alias)) {
			int err = try_alias(tb, fib_alias_at(tb, alias), flp, res);
			if (err <= 0)
				return err;
		}
	}
	return -EAGAIN;
}

static __always_inline int finish(
	struct fib_table *tb, const struct flowi4 *flp, struct fib_result *res, u64 id)
{
	const struct fib_dst *dst = fib_dst_at(tb, id);
	uintptr_t word = READ_ONCE(dst->fi);

	if (unlikely((word & FIB_DST_SLOW) || flp->oif != 0 || flp->scope != 0))
		return lookup_aliases(tb, flp, res, dst->plen);
	fill_result(res, tb, (struct fib_info *)word, &flp->daddr, dst);
	return 0;
}

/* One function for each form of the table and each kind of CPU: widths and shifts are numbers in
 * the code, and none saves registers for another's sake. */
#define LOOKUP(name, answer)                                                                       \
	static int name(struct fib_table *tb, const struct flowi4 *flp, struct fib_result *res,    \
		const struct fib_root *root)                                                       \
	{                                                                                          \
		u32 addr = be32_to_cpu(flp->daddr);                                                \
                                                                                                   \
		return finish(tb, flp, res, answer);                                               \
	}
#define WALK(width, hw)                                                                            \
	fib_trie_walk(&tb->trie, root, addr, (const u8 *)&flp->daddr, FIB_ROOT_##width, hw)

LOOKUP(lookup_list, fib_list_find((const struct fib_list *)root, addr))
LOOKUP(lookup_full, WALK(FULL, true))
LOOKUP(lookup_full_sw, WALK(FULL, false))
LOOKUP(lookup_small, WALK(SMALL, true))
LOOKUP(lookup_small_sw, WALK(SMALL, false))

int (*fib_trie_lookup(u32 width))(struct fib_table *tb, const struct flowi4 *flp,
	struct fib_result *res, const struct fib_root *root)
{
	if (width == 0)
		return lookup_list;
	if (width == FIB_ROOT_FULL)
		return cpu_has_popcnt ? lookup_full : lookup_full_sw;
	return cpu_has_popcnt ? lookup_small : lookup_small_sw;
}

int fib_table_lookup(struct fib_table *tb, const struct flowi4 *flp, struct fib_result *res)
{
	const struct fib_root *root = READ_ONCE(tb->trie.root);

	return root->lookup(tb, flp, res, root);
}
