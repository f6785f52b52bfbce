/* SPDX-License-Identifier: MIT
 * fib_lookup.c - from a flow to its fib_info: one walk of the trie, rarely a look at the routes.
 * Not here: choosing among several next hops (fib_select.c), changing anything.
 * route.c calls in; it calls fib_trie.h, fib/table.c, fib/semantics.c.
 * Source: RFC 1812 5.2.4.3. */
#include "net/fib/table.h"

static __always_inline void fill_result(
	struct fib_result *res, struct fib_table *tb, struct fib_info *fi, u32 addr, u8 plen)
{
	res->prefix = cpu_to_be32(addr & fib_mask(plen));
	res->prefixlen = plen;
	res->nh_sel = 0;
	res->type = fi->type;
	res->scope = fi->scope;
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
		(!fib_nh_usable(tb, &fi->nh[i]) || (flp->oif != 0 && flp->oif != fi->nh[i].oif)))
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
	fill_result(res, tb, fi, be32_to_cpu(flp->daddr), fa->plen);
	res->nh_sel = (u8)hop;
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
	struct fib_table *tb, const struct flowi4 *flp, struct fib_result *res, u32 addr, u32 id)
{
	const struct fib_dst *dst = &READ_ONCE(tb->trie.dst)[id];
	uintptr_t word = READ_ONCE(dst->fi);

	if (unlikely((word & FIB_DST_SLOW) || flp->oif != 0 || flp->scope != 0))
		return lookup_aliases(tb, flp, res, dst->plen);
	fill_result(res, tb, (struct fib_info *)word, addr, dst->plen);
	return 0;
}

/* One function for each form of the table, each the last call of its caller: so none saves
 * registers for another's sake. */
static noinline int lookup_with_popcnt(
	struct fib_table *tb, const struct flowi4 *flp, struct fib_result *res, u64 root)
{
	u32 addr = be32_to_cpu(flp->daddr);

	return finish(tb, flp, res, addr, fib_trie_walk(&tb->trie, root, addr, true));
}

static noinline int lookup_without_popcnt(
	struct fib_table *tb, const struct flowi4 *flp, struct fib_result *res, u64 root)
{
	u32 addr = be32_to_cpu(flp->daddr);

	return finish(tb, flp, res, addr, fib_trie_walk(&tb->trie, root, addr, false));
}

int fib_table_lookup(struct fib_table *tb, const struct flowi4 *flp, struct fib_result *res)
{
	u32 addr = be32_to_cpu(flp->daddr);
	u64 root = READ_ONCE(tb->trie.root);

	if (root % FIB_ROOT_ALIGN == 0)
		return finish(
			tb, flp, res, addr, fib_runs_find((const struct fib_runs *)root, addr));
	if (cpu_has_popcnt)
		return lookup_with_popcnt(tb, flp, res, root);
	return lookup_without_popcnt(tb, flp, res, root);
}
