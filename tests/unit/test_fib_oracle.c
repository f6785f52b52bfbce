/* SPDX-License-Identifier: MIT
 * test_fib_oracle.c - the plainest routing table that can be written.
 * Not here: anything that net/ also does.
 * test_fib_*.c and fuzz_fib.c call in; it calls the table only to compare.
 * Source: see test_fib_oracle.h. */
#include "tests/unit/test_fib_oracle.h"
#include "tests/unit/host_machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fib_table *tb;

int fib_setup(void **state)
{
	host_reset();
	host_set_mem_total(1ull << 30);
	tb = fib_table_new();
	return tb == NULL;
}

int fib_teardown(void **state)
{
	fib_table_free(tb);
	return host_mem_out() != 0;
}

struct net_device *oracle_dev(int index)
{
	return (struct net_device *)(uintptr_t)(0x10000 + 0x100 * index);
}

/* dev index, last byte of the gateway (0: none), weight; up to three a set. */
static const struct {
	u8 dev, gw, weight;
} hop_sets[ORACLE_HOPS][3] = {
	[1] = { { 0, 0, 1 } },
	[2] = { { 0, 1, 1 } },
	[3] = { { 1, 1, 1 } },
	[4] = { { 1, 2, 1 } },
	[5] = { { 2, 0, 1 } },
	[6] = { { 3, 9, 1 } },
	[7] = { { 0, 1, 1 }, { 1, 1, 1 } },
	[8] = { { 1, 1, 1 }, { 0, 1, 1 } },
	[9] = { { 0, 1, 3 }, { 1, 1, 1 } },
	[10] = { { 2, 7, 1 }, { 3, 8, 2 }, { 0, 1, 255 } },
	[11] = { { 3, 8, 1 }, { 2, 0, 1 } },
};

const struct fib_nh *oracle_hops(u8 set, u32 *nhs)
{
	static struct fib_nh nh[ORACLE_HOPS][3];

	*nhs = 0;
	for (u32 i = 0; i < 3 && hop_sets[set][i].weight != 0; i++) {
		nh[set][i].dev = oracle_dev(hop_sets[set][i].dev);
		nh[set][i].oif = hop_sets[set][i].dev + 1;
		nh[set][i].weight = hop_sets[set][i].weight;
		nh[set][i].gw =
			cpu_to_be32(hop_sets[set][i].gw ? 0x0a000000u + hop_sets[set][i].gw : 0);
		(*nhs)++;
	}
	return nh[set];
}

struct fib_config oracle_config(const struct oracle_route *r, u32 nlflags)
{
	struct fib_config cfg = {
		.dst = cpu_to_be32(r->prefix),
		.dst_len = r->plen,
		.tos = r->tos,
		.type = r->type,
		.scope = r->scope,
		.table_id = r->table,
		.priority = r->priority,
		.nlflags = nlflags,
	};

	cfg.nh = oracle_hops(r->hops, &cfg.nhs);
	return cfg;
}

static bool same_key(const struct oracle_route *a, const struct oracle_route *b)
{
	return a->prefix == b->prefix && a->plen == b->plen && a->table == b->table &&
	       a->tos == b->tos && a->priority == b->priority;
}

static bool same_route(const struct oracle_route *a, const struct oracle_route *b)
{
	return same_key(a, b) && a->type == b->type && a->scope == b->scope && a->hops == b->hops;
}

int oracle_insert(struct oracle *o, const struct oracle_route *r, u32 nlflags)
{
	int first = -1, last = -1, equal = -1;

	for (int i = 0; i < o->n; i++) {
		if (!same_key(&o->r[i], r))
			continue;
		if (first < 0 || o->r[i].place < o->r[first].place)
			first = i;
		if (last < 0 || o->r[i].place > o->r[last].place)
			last = i;
		if (same_route(&o->r[i], r))
			equal = i;
	}
	if (first >= 0 && nlflags & FIB_EXCL)
		return -EEXIST;
	if (first >= 0 && nlflags & FIB_REPLACE) {
		if (equal >= 0)
			return equal == first ? 0 : -EEXIST;
		long place = o->r[first].place;
		o->r[first] = *r;
		o->r[first].place = place;
		return 0;
	}
	if (equal >= 0)
		return -EEXIST;
	if (!(nlflags & FIB_CREATE))
		return -ENOENT;
	if (o->n == ORACLE_MAX)
		abort();
	long place = 0;
	if (first >= 0)
		place = nlflags & FIB_APPEND ? o->r[last].place + 1 : o->r[first].place - 1;
	o->r[o->n] = *r;
	o->r[o->n++].place = place;
	return 0;
}

/* Order among the routes of a prefix. */
static bool before(const struct oracle_route *a, const struct oracle_route *b)
{
	if (a->table != b->table)
		return a->table > b->table;
	if (a->tos != b->tos)
		return a->tos > b->tos;
	if (a->priority != b->priority)
		return a->priority < b->priority;
	return a->place < b->place;
}

/* Set 1..6 have one hop: it may be asked for, and must be the first of the route's. */
static bool hops_fit(u8 wanted, u8 have)
{
	if (wanted == 0)
		return true;
	for (int i = 0; i < 3; i++) {
		if (hop_sets[wanted][i].weight == 0)
			return i == 1 || hop_sets[have][i].weight == 0;
		if (hop_sets[have][i].weight == 0 ||
			hop_sets[wanted][i].dev != hop_sets[have][i].dev)
			return false;
		if (hop_sets[wanted][i].gw != 0 && hop_sets[wanted][i].gw != hop_sets[have][i].gw)
			return false;
	}
	return true;
}

int oracle_delete(struct oracle *o, const struct oracle_route *r)
{
	int best = -1;

	for (int i = 0; i < o->n; i++) {
		const struct oracle_route *x = &o->r[i];

		if (x->prefix != r->prefix || x->plen != r->plen || x->table != r->table ||
			x->tos != r->tos || (r->type != 0 && r->type != x->type) ||
			(r->scope != 0 && r->scope != RT_SCOPE_NOWHERE && r->scope != x->scope) ||
			(r->priority != 0 && r->priority != x->priority) ||
			!hops_fit(r->hops, x->hops))
			continue;
		if (best < 0 || before(x, &o->r[best]))
			best = i;
	}
	if (best < 0)
		return -ESRCH;
	o->r[best] = o->r[--o->n];
	return 0;
}

static int type_error(u8 type)
{
	return type == RTN_BLACKHOLE     ? -EINVAL
	       : type == RTN_UNREACHABLE ? -EHOSTUNREACH
	       : type == RTN_PROHIBIT    ? -EACCES
	       : type == RTN_THROW       ? -EAGAIN
					 : 0;
}

/* A local address answers as long as the host does. */
static u8 flags_of(const struct oracle *o, const struct oracle_route *r, u8 dev)
{
	return r->scope == RT_SCOPE_HOST ? 0 : o->flags[dev];
}

/* 1: not for this flow. */
static int try_route(const struct oracle *o, const struct oracle_route *r, const struct flowi4 *flp,
	struct oracle_answer *a)
{
	bool all_dead = r->hops != 0;

	for (int i = 0; i < 3 && hop_sets[r->hops][i].weight != 0; i++)
		all_dead &= (flags_of(o, r, hop_sets[r->hops][i].dev) & RTNH_F_DEAD) != 0;
	if (all_dead || (r->tos != 0 && r->tos != flp->tos) || r->scope < flp->scope)
		return 1;
	if (type_error(r->type) != 0)
		return type_error(r->type);
	for (int i = 0; i < 3 && hop_sets[r->hops][i].weight != 0; i++) {
		u8 dev = hop_sets[r->hops][i].dev;

		if (flags_of(o, r, dev) & RTNH_F_DEAD)
			continue;
		if (flp->oif != 0 && flp->oif != dev + 1)
			continue;
		*a = (struct oracle_answer){ 0, r->prefix, r->plen, r->table, r->type, r->scope,
			r->hops, (u8)i };
		return 0;
	}
	return 1;
}

struct oracle_answer oracle_lookup(const struct oracle *o, const struct flowi4 *flp)
{
	struct oracle_answer a = { .err = -EAGAIN };
	u32 addr = be32_to_cpu(flp->daddr);
	const struct oracle_route *tried = NULL;

	/* Always the best of those that come after the last one tried. */
	for (;;) {
		const struct oracle_route *next = NULL;

		for (int i = 0; i < o->n; i++) {
			const struct oracle_route *r = &o->r[i];
			bool covers = r->plen == 0 || (addr ^ r->prefix) >> (32 - r->plen) == 0;

			if (!covers)
				continue;
			if (tried != NULL && (r->plen > tried->plen || r == tried ||
						     (r->plen == tried->plen && !before(tried, r))))
				continue;
			if (next == NULL || r->plen > next->plen ||
				(r->plen == next->plen && before(r, next)))
				next = r;
		}
		if (next == NULL)
			return a;
		int err = try_route(o, next, flp, &a);
		if (err <= 0) {
			a.err = err;
			return a;
		}
		tried = next;
	}
}

static bool same_hops(const struct fib_info *fi, u8 set)
{
	u32 nhs;
	const struct fib_nh *nh = oracle_hops(set, &nhs);

	if (fi->nhs != nhs)
		return false;
	for (u32 i = 0; i < nhs; i++)
		if (fi->nh[i].dev != nh[i].dev || !be32_eq(fi->nh[i].gw, nh[i].gw) ||
			fi->nh[i].weight != nh[i].weight || fi->nh[i].oif != nh[i].oif)
			return false;
	return true;
}

bool oracle_agrees(const struct oracle *o, const struct flowi4 *flp)
{
	struct oracle_answer a = oracle_lookup(o, flp);
	struct fib_result res;

	memset(&res, 0xee, sizeof res);
	int err = fib_table_lookup(tb, flp, &res);
	bool same = err == a.err;
	if (same && err == 0)
		same = be32_to_cpu(res.prefix) == a.prefix && res.prefixlen == a.plen &&
		       res.table_id == a.table && res.type == a.type && res.scope == a.scope &&
		       res.nh_sel == a.nh_sel && res.table == tb && same_hops(res.fi, a.hops);
	if (!same)
		fprintf(stderr,
			"%08x tos %x oif %d scope %d: table %d %08x/%d type %d sel %d, "
			"list %d %08x/%d type %d hops %d sel %d\n",
			be32_to_cpu(flp->daddr), flp->tos, flp->oif, flp->scope, err,
			err ? 0 : be32_to_cpu(res.prefix), err ? 0 : res.prefixlen,
			err ? 0 : res.type, err ? 0 : res.nh_sel, a.err, a.prefix, a.plen, a.type,
			a.hops, a.nh_sel);
	return same;
}
