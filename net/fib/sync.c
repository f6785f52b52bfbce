/* SPDX-License-Identifier: MIT
 * sync.c - next hops as devices and addresses come and go: alive or dead.
 * Not here: what a route means (semantics.c), choosing a hop and their shares of the flows (fib_select.c).
 * fib_frontend.c and semantics.c call in; it calls semantics.c and answers.c.
 * Source: Linux's answers for dead and carrier-less hops. */
#include "net/fib/table.h"

/* Let fn change every info; what it changed is shown at once.
 * Returns how many routes that concerns. */
static int change_infos(
	struct fib_table *tb, bool (*fn)(struct fib_info *fi, const void *arg), const void *arg)
{
	u32 routes = 0;

	for (u32 i = 0; i < 1u << tb->info_heads.bits; i++) {
		for (u32 info = tb->info_heads.head[i]; info != 0;
			info = fib_info_node_at(tb, info)->next) {
			struct fib_info_node *node = fib_info_node_at(tb, info);

			if (!fn(&node->fi, arg))
				continue;
			fib_rebalance(&node->fi);
			fib_dst_fill(fib_dst_at(tb, node->dst_id), node);
			routes += node->fi.refs;
		}
	}
	if (routes != 0)
		fib_refresh_default(tb);
	return (int)routes;
}

struct sync {
	const struct net_device *dev;
	u8 set, clear;
};

static bool sync_hops(struct fib_info *fi, const void *arg)
{
	const struct sync *s = arg;
	bool changed = false;
	u32 dead = 0;

	for (u32 i = 0; i < fi->nhs; i++) {
		struct fib_nh *nh = &fi->nh[i];
		u8 flags = (u8)((nh->flags & ~s->clear) | s->set);

		/* a local address answers as long as the host does, also when its device is down */
		if (nh->dev == s->dev && flags != nh->flags && nh->scope != RT_SCOPE_NOWHERE) {
			nh->flags = flags;
			changed = true;
		}
		dead += (nh->flags & RTNH_F_DEAD) != 0;
	}
	if (changed)
		fi->dead = dead == fi->nhs;
	return changed;
}

int fib_sync_dev(struct fib_table *tb, const struct net_device *dev, u8 set, u8 clear)
{
	return change_infos(tb, sync_hops, &(struct sync){ dev, set, clear });
}

static bool lose_addr(struct fib_info *fi, const void *local)
{
	bool lost = !fi->dead && be32_eq(fi->prefsrc, *(const be32 *)local);

	fi->dead |= lost;
	return lost;
}

int fib_sync_down_addr(struct fib_table *tb, be32 local)
{
	return be32_is_zero(local) ? 0 : change_infos(tb, lose_addr, &local);
}
