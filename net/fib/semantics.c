/* SPDX-License-Identifier: MIT
 * semantics.c - what a route means: its type, its scope, its next hops; equal ones shared.
 * Not here: which prefix has which route (fib/table.c), choosing among hops (fib_select.c).
 * fib/table.c calls in; it calls fib/pool.c, fib/hash.c.
 * Source: RFC 1812 5.2.4.3; rtnetlink(7) for types and scopes; Linux's answers for each mistake. */
#include "kernel/lib/string.h"
#include "net/fib/table.h"

/* A route may not reach wider than its type does: a local address is the host's own affair. */
const struct fib_prop fib_props[RTN_MAX] = {
	[RTN_UNSPEC] = { 0, RT_SCOPE_NOWHERE, false },
	[RTN_UNICAST] = { 0, RT_SCOPE_UNIVERSE, true },
	[RTN_LOCAL] = { 0, RT_SCOPE_HOST, true },
	[RTN_BROADCAST] = { 0, RT_SCOPE_LINK, true },
	[RTN_ANYCAST] = { 0, RT_SCOPE_LINK, true },
	[RTN_MULTICAST] = { 0, RT_SCOPE_UNIVERSE, true },
	[RTN_BLACKHOLE] = { -EINVAL, RT_SCOPE_UNIVERSE, true },
	[RTN_UNREACHABLE] = { -EHOSTUNREACH, RT_SCOPE_UNIVERSE, true },
	[RTN_PROHIBIT] = { -EACCES, RT_SCOPE_UNIVERSE, true },
	[RTN_THROW] = { -EAGAIN, RT_SCOPE_UNIVERSE, true },
};

const char *const fib_type_names[RTN_MAX] = {
	[RTN_UNICAST] = "unicast",
	[RTN_BLACKHOLE] = "blackhole",
	[RTN_UNREACHABLE] = "unreachable",
	[RTN_PROHIBIT] = "prohibit",
	[RTN_THROW] = "throw",
};

u8 fib_type_of(struct text name)
{
	for (u8 type = 0; type < RTN_MAX; type++)
		if (fib_type_names[type] && text_eq(name, fib_type_names[type]))
			return type;
	return RTN_UNSPEC;
}

/* ---- is it a route at all? ------------------------------------------------------------- */

static bool nh_ok(const struct fib_nh *nh, u8 scope)
{
	bool gatewayed = !be32_is_zero(nh->gw);

	if (nh->weight == 0 || (nh->flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)))
		return false;
	/* A gateway is one step away, so its route reaches further than the link. */
	if (gatewayed && scope >= RT_SCOPE_LINK)
		return false;
	return gatewayed || !(nh->flags & RTNH_F_ONLINK);
}

static bool config_ok(const struct fib_config *cfg)
{
	if (cfg->type >= RTN_MAX || !fib_props[cfg->type].allowed)
		return false;
	if (cfg->scope < fib_props[cfg->type].scope || cfg->scope > RT_SCOPE_HOST)
		return false;
	if (fib_props[cfg->type].error != 0)
		return cfg->nhs == 0;
	if (cfg->nhs == 0 || cfg->nhs > FIB_NHS_MAX || cfg->nh == NULL)
		return false;
	if (cfg->nhs > 1 && (cfg->scope == RT_SCOPE_HOST || !fib_multipath_ops))
		return false;
	for (u32 i = 0; i < cfg->nhs; i++)
		if (!nh_ok(&cfg->nh[i], cfg->scope))
			return false;
	return true;
}

/* ---- answers --------------------------------------------------------------------------- */

void fib_dst_fill(struct fib_dst *dst, struct fib_info_node *node)
{
	uintptr_t word = FIB_DST_SLOW;

	if (node != NULL) {
		const struct fib_info *fi = &node->fi;
		bool plain = !node->with_tos && fib_props[fi->type].error == 0 && !fi->dead &&
			     fib_nh_usable(&fi->nh[0]);

		word = (uintptr_t)fi | (plain ? 0 : FIB_DST_SLOW);
		dst->type = fi->type;
		dst->scope = fi->scope;
	}
	WRITE_ONCE(dst->fi, word);
}

static int dst_new(struct fib_table *tb, u16 *id)
{
	*id = (u16)tb->dst_free;
	if (*id != 0) {
		tb->dst_free = fib_dst_at(tb, *id)->next;
		return 0;
	}
	if (tb->dst_n == FIB_DST_MAX)
		return -ENOSPC;
	if (tb->dst_n == tb->dst_room) {
		if (mem_commit(fib_dst_at(tb, tb->dst_room), FIB_PAGE) != 0)
			return -ENOMEM;
		tb->dst_room += FIB_PAGE / sizeof(struct fib_dst);
	}
	*id = (u16)tb->dst_n++;
	return 0;
}

static void dst_free(struct fib_table *tb, u16 id)
{
	fib_dst_at(tb, id)->next = tb->dst_free;
	tb->dst_free = id;
}

/* ---- equal infos are one ---------------------------------------------------------------- */

static u32 info_units(u32 nhs)
{
	size_t bytes = sizeof(struct fib_info_node) + nhs * sizeof(struct fib_nh);

	return (u32)(ALIGN_UP(bytes, FIB_UNIT) / FIB_UNIT);
}

static u8 table_of(const struct fib_config *cfg)
{
	return cfg->table_id != 0 ? cfg->table_id : RT_TABLE_MAIN;
}

static u32 hash_info(u8 plen, u32 priority, const struct fib_nh *nh, u32 nhs)
{
	u64 key = (u64)plen << 32 | priority;

	for (u32 i = 0; i < nhs; i++)
		key = (key ^ nh[i].gw.raw ^ (u64)(u32)nh[i].oif << 32) * 0x9e3779b97f4a7c15ull;
	return fib_hash(key ^ key >> 32);
}

static bool same_hops(const struct fib_nh *a, const struct fib_nh *b, u32 nhs)
{
	const u8 state = RTNH_F_DEAD | RTNH_F_LINKDOWN; /* happen to a hop, are not asked for */

	for (u32 i = 0; i < nhs; i++)
		if (a[i].dev != b[i].dev || a[i].oif != b[i].oif || !be32_eq(a[i].gw, b[i].gw) ||
			a[i].weight != b[i].weight || ((a[i].flags ^ b[i].flags) & ~state) != 0)
			return false;
	return true;
}

static bool same_info(const struct fib_info_node *node, const struct fib_config *cfg)
{
	const struct fib_info *fi = &node->fi;

	return node->plen == cfg->dst_len && node->with_tos == (cfg->tos != 0) &&
	       fi->nhs == cfg->nhs && fi->priority == cfg->priority && fi->type == cfg->type &&
	       fi->scope == cfg->scope && fi->protocol == cfg->protocol && fi->mtu == cfg->mtu &&
	       fi->table_id == table_of(cfg) && be32_eq(fi->prefsrc, cfg->prefsrc) &&
	       same_hops(fi->nh, cfg->nh, cfg->nhs);
}

static u32 *next_info(struct fib_table *tb, u32 info)
{
	return &fib_info_node_at(tb, info)->next;
}

static u32 info_hash(struct fib_table *tb, u32 info)
{
	const struct fib_info_node *node = fib_info_node_at(tb, info);

	return hash_info(node->plen, node->fi.priority, node->fi.nh, node->fi.nhs);
}

static const struct fib_chain info_chain = { next_info, info_hash };

/* How near a hop is: the host itself, a neighbour on the link, or nothing beyond a local one. */
static u8 nh_scope(const struct fib_nh *nh, u8 route_scope)
{
	if (route_scope == RT_SCOPE_HOST)
		return RT_SCOPE_NOWHERE;
	if (be32_is_zero(nh->gw))
		return RT_SCOPE_HOST;
	return nh->scope != 0 ? nh->scope : RT_SCOPE_LINK;
}

static void info_fill(struct fib_info *fi, const struct fib_config *cfg)
{
	fi->priority = cfg->priority;
	fi->prefsrc = cfg->prefsrc;
	fi->mtu = cfg->mtu;
	fi->protocol = cfg->protocol;
	fi->scope = cfg->scope;
	fi->type = cfg->type;
	fi->table_id = table_of(cfg);
	fi->nhs = (u8)cfg->nhs;
	for (u32 i = 0; i < cfg->nhs; i++) {
		fi->nh[i] = cfg->nh[i];
		fi->nh[i].scope = nh_scope(&cfg->nh[i], cfg->scope);
	}
}

/* A new one, with an answer of its own; nobody finds it yet. Returns 0 or the error. */
static int new_info(struct fib_table *tb, const struct fib_config *cfg, u32 *info)
{
	u32 units = info_units(cfg->nhs);
	u16 id;
	int err = dst_new(tb, &id);

	if (err != 0)
		return err;
	*info = fib_pool_take(&tb->infos, units);
	if (*info == 0) {
		dst_free(tb, id);
		return -ENOMEM;
	}
	struct fib_info_node *node = fib_info_node_at(tb, *info);
	memset(node, 0, (size_t)units * FIB_UNIT);
	node->dst_id = id;
	node->plen = cfg->dst_len;
	node->with_tos = cfg->tos != 0;
	info_fill(&node->fi, cfg);
	fib_rebalance(&node->fi);
	*fib_dst_at(tb, id) = (struct fib_dst){ .plen = cfg->dst_len };
	fib_dst_fill(fib_dst_at(tb, id), node);
	return 0;
}

int fib_create_info(struct fib_table *tb, const struct fib_config *cfg, u32 *info)
{
	if (!config_ok(cfg))
		return -EINVAL;
	u32 hash = hash_info(cfg->dst_len, cfg->priority, cfg->nh, cfg->nhs);
	u32 found = *fib_heads_at(&tb->info_heads, hash);
	while (found != 0 && !same_info(fib_info_node_at(tb, found), cfg))
		found = *next_info(tb, found);
	if (found == 0) {
		int err = new_info(tb, cfg, &found);
		if (err != 0)
			return err;
		fib_heads_want(tb, &tb->info_heads, &info_chain, ++tb->info_n);
		u32 *head = fib_heads_at(&tb->info_heads, hash);
		*next_info(tb, found) = *head;
		*head = found;
	}
	fib_info_at(tb, found)->refs++;
	*info = found;
	return 0;
}

/* The last route has gone, and with it all answers but the two that every table has. */
static void start_over(struct fib_table *tb)
{
	fib_pool_drop(&tb->infos);
	tb->dst_free = 0;
	tb->dst_n = FIB_DST_LINEAR + 1;
	fib_dsts_trim(tb);
}

void fib_release_info(struct fib_table *tb, u32 info)
{
	struct fib_info *fi = fib_info_at(tb, info);

	if (--fi->refs != 0)
		return;
	u32 *link = fib_heads_at(&tb->info_heads, info_hash(tb, info));
	while (*link != info)
		link = next_info(tb, *link);
	*link = *next_info(tb, info);
	dst_free(tb, fib_info_node_at(tb, info)->dst_id);
	fib_pool_give(&tb->infos, info, info_units(fi->nhs));
	fib_heads_want(tb, &tb->info_heads, &info_chain, --tb->info_n);
	if (tb->info_n == 0)
		start_over(tb);
}

static bool hop_fits(const struct fib_nh *wanted, const struct fib_nh *nh)
{
	return (wanted->oif == 0 || wanted->oif == nh->oif) &&
	       (be32_is_zero(wanted->gw) || be32_eq(wanted->gw, nh->gw));
}

bool fib_nh_match(const struct fib_config *cfg, const struct fib_info *fi)
{
	if (cfg->priority != 0 && cfg->priority != fi->priority)
		return false;
	if (cfg->mtu != 0 && cfg->mtu != fi->mtu)
		return false;
	/* One hop asked for is looked for in the first place; several must be all there are. */
	if (cfg->nhs > 1 ? cfg->nhs != fi->nhs : cfg->nhs > fi->nhs)
		return false;
	for (u32 i = 0; i < cfg->nhs; i++)
		if (!hop_fits(&cfg->nh[i], &fi->nh[i]))
			return false;
	return true;
}
