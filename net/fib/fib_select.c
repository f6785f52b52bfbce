/* SPDX-License-Identifier: MIT
 * fib_select.c - which of several ways a flow takes: by its hash, or among default routes.
 * And the part "multipath" as a whole.
 * Not here: finding the route (fib_trie.c).
 * route.c calls in; it calls fib/table.c.
 * Source: RFC 2992 (hash threshold); RFC 1122 3.3.1.2 (several default gateways). */
#include "net/core/part.h"
#include "net/fib/table.h"

/* Flow hashes have 31 bits; the last hop that takes part owns the last of them. */
#define HASH_BITS 31

static void rebalance(struct fib_info *fi)
{
	u32 total = 0, sum = 0;
	u8 skip = RTNH_F_DEAD | RTNH_F_LINKDOWN;

	for (u32 i = 0; i < fi->nhs; i++)
		total += fi->nh[i].flags & skip ? 0 : fi->nh[i].weight;
	if (total == 0) /* none has a carrier: better any that is up than none */
		skip = RTNH_F_DEAD;
	for (u32 i = 0; i < fi->nhs && skip == RTNH_F_DEAD; i++)
		total += fi->nh[i].flags & skip ? 0 : fi->nh[i].weight;
	for (u32 i = 0; i < fi->nhs; i++) {
		struct fib_nh *nh = &fi->nh[i];

		nh->upper_bound = FIB_NH_NO_SHARE;
		if (nh->flags & skip)
			continue;
		sum += nh->weight;
		/* Rounded to the nearest; sum == total gives the last hash there is. */
		nh->upper_bound = (u32)((((u64)sum << HASH_BITS) + total / 2) / total - 1);
	}
}

/* A flow keeps its way as long as the table stays: the hash knows nothing but the flow's addresses. */
static u32 flow_hash(const struct fib_table *tb, const struct flowi4 *flp)
{
	u64 key = (u64)flp->saddr.raw << 32 | flp->daddr.raw;
	u32 hash = fib_hash(key ^ tb->hash_seed);

	return fib_hash(((u64)hash << 40) + hash + tb->hash_seed) >> 1;
}

static noinline void fib_select_multipath(struct fib_result *res, const struct flowi4 *flp)
{
	u32 hash = flow_hash(res->table, flp);

	for (u32 i = 0; i < res->fi->nhs; i++) {
		const struct fib_nh *nh = &res->fi->nh[i];

		if (nh->upper_bound == FIB_NH_NO_SHARE || hash > nh->upper_bound)
			continue;
		res->nh_sel = (u8)i;
		return;
	}
}

/* ---- several default routes -------------------------------------------------------------- */

/* What the search among default routes remembers. Candidates are numbered from 0. */
struct defaults {
	struct fib_alias *first; /* keeps the choice for the next flow */
	struct fib_info *last_resort;
	u8 last_order;
	u32 n;
};

static bool is_default(
	const struct fib_alias *fa, const struct fib_info *fi, const struct fib_result *res)
{
	return fa->table_id == res->table_id && fi->priority == res->fi->priority && !fi->dead &&
	       fi->scope == res->scope && fi->type == RTN_UNICAST && !be32_is_zero(fi->nh[0].gw) &&
	       fi->nh[0].scope == RT_SCOPE_LINK;
}

/* Is this gateway good enough to end the search? A known one that is not the present choice is:
 * so the choice moves on once its neighbour fails. Else it may be a last resort: any known one,
 * or the first unknown one behind the present choice, which makes them take turns. */
static bool good_enough(struct fib_table *tb, struct defaults *d, struct fib_info *fi, u8 order)
{
	u8 chosen = d->first->chosen;
	enum fib_nh_state state = tb->nh_state != NULL ? tb->nh_state(&fi->nh[0]) : FIB_NH_NONE;

	if (state == FIB_NH_REACHABLE || (state == FIB_NH_VALID && order != chosen))
		return true;
	bool behind = chosen == FIB_NONE_CHOSEN || order > chosen;
	if (state == FIB_NH_VALID ||
		(d->last_order == FIB_NONE_CHOSEN && behind && state != FIB_NH_INCOMPLETE)) {
		d->last_resort = fi;
		d->last_order = order;
	}
	return false;
}

static noinline void fib_select_default(struct fib_result *res, const struct flowi4 *flp)
{
	struct fib_table *tb = res->table;
	struct defaults d = { .last_order = FIB_NONE_CHOSEN };

	for (u32 alias = fib_first_alias(tb, 0, 0); alias != 0; alias = fib_next_alias(tb, alias)) {
		struct fib_alias *fa = fib_alias_at(tb, alias);
		struct fib_info *fi = fib_info_at(tb, fa->info);

		if ((fa->tos != 0 && fa->tos != flp->tos) || !is_default(fa, fi, res))
			continue;
		if (d.n == 0 && fi != res->fi)
			return; /* the lookup chose for a reason that we do not see */
		if (d.n == 0)
			d.first = fa;
		if (good_enough(tb, &d, fi, (u8)d.n)) {
			d.last_resort = fi;
			d.last_order = (u8)d.n;
			d.n = FIB_NHS_MAX;
			break;
		}
		if (++d.n == FIB_NONE_CHOSEN)
			break;
	}
	if (d.n == 0)
		return;
	d.first->chosen = d.n > 1 ? d.last_order : FIB_NONE_CHOSEN;
	if (d.n > 1 && d.last_resort != NULL)
		res->fi = d.last_resort;
}

void fib_select_path(struct fib_result *res, const struct flowi4 *flp)
{
	if (flp->oif != 0)
		return;
	if (res->fi->nhs > 1)
		fib_select_multipath(res, flp);
	else if (res->prefixlen == 0 && res->type == RTN_UNICAST && res->table->len_n[0] > 1)
		fib_select_default(res, flp);
}

static const struct fib_multipath_ops multipath_ops = { .select = fib_select_path,
	.rebalance = rebalance };

PART(multipath) = { .name = "multipath", .multipath = &multipath_ops };
