/* SPDX-License-Identifier: MIT
 * test_fib_table.c - routes come, are replaced, refused, listed and go: errno, order, memory.
 * Not here: the trie's answers over all addresses (test_fib_trie.c), hops (test_fib_semantics.c).
 * cmocka calls in; it calls the table and its oracle.
 * Source: Linux's answers, checked against a running one in tests/host/test_fib_linux.py. */
#include "net/fib/table.h"
#include "bench/fib/synth.h"
#include "tests/unit/host_machine.h"
#include "tests/unit/test_fib_oracle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define ADD    (FIB_CREATE | FIB_EXCL)
#define CHANGE FIB_REPLACE
#define SET    (FIB_CREATE | FIB_REPLACE)

/* 10.0.0.0/8 in main, unicast, by hop set `hops`. */
static struct oracle_route ten(u32 priority, u8 hops)
{
	return (struct oracle_route){ .prefix = 0x0a000000,
		.plen = 8,
		.priority = priority,
		.table = RT_TABLE_MAIN,
		.type = RTN_UNICAST,
		.hops = hops };
}

static struct oracle_route route_from(const struct synth_route *r)
{
	return (struct oracle_route){ .prefix = r->prefix,
		.plen = r->plen,
		.table = RT_TABLE_MAIN,
		.type = RTN_UNICAST,
		.hops = (u8)(2 + r->hop % 5) };
}

static int insert(struct oracle_route r, u32 nlflags)
{
	struct fib_config cfg = oracle_config(&r, nlflags);

	return fib_table_insert(tb, &cfg);
}

static int delete (struct oracle_route r)
{
	struct fib_config cfg = oracle_config(&r, 0);

	return fib_table_delete(tb, &cfg);
}

static int look(u32 addr, u8 tos, struct fib_result *res)
{
	struct flowi4 fl = { .daddr = cpu_to_be32(addr), .tos = tos };

	return fib_table_lookup(tb, &fl, res);
}

/* Device index of the hop that 10.1.2.3 takes; -1: none. */
static int oif_of_ten(u8 tos)
{
	struct fib_result res;

	return look(0x0a010203, tos, &res) == 0 ? fib_res_nh(&res)->oif : -1;
}

static void flags_of_insert(void **state)
{
	assert_int_equal(insert(ten(0, 2), 0), -ENOENT);
	assert_int_equal(insert(ten(0, 2), CHANGE), -ENOENT);
	assert_int_equal(insert(ten(0, 2), FIB_EXCL), -ENOENT);
	assert_int_equal(insert(ten(0, 2), ADD), 0);
	assert_int_equal(insert(ten(0, 2), ADD), -EEXIST);
	assert_int_equal(insert(ten(0, 3), ADD), -EEXIST); /* same key, other hop */
	assert_int_equal(insert(ten(0, 2), FIB_CREATE), -EEXIST);
	assert_int_equal(insert(ten(0, 2), FIB_CREATE | FIB_APPEND), -EEXIST);
	assert_int_equal(insert(ten(0, 3), FIB_APPEND), -ENOENT); /* no FIB_CREATE */
	assert_int_equal(insert(ten(0, 2), SET), 0);              /* replaced by itself */
	assert_int_equal(fib_table_count(tb), 1);
	assert_int_equal(insert(ten(0, 3), CHANGE), 0);
	assert_int_equal(oif_of_ten(0), 2);
	assert_int_equal(insert(ten(1, 2), CHANGE), -ENOENT); /* another metric is another route */
	assert_int_equal(insert(ten(1, 2), SET), 0);
	assert_int_equal(fib_table_count(tb), 2);
}

static void append_and_prepend(void **state)
{
	assert_int_equal(insert(ten(0, 2), ADD), 0);
	assert_int_equal(insert(ten(0, 3), FIB_CREATE | FIB_APPEND), 0);
	assert_int_equal(oif_of_ten(0), 1);
	assert_int_equal(insert(ten(0, 5), FIB_CREATE), 0);
	assert_int_equal(oif_of_ten(0), 3);
	/* Replacing puts a route in the first one's place; what is there further back is refused. */
	assert_int_equal(insert(ten(0, 3), SET), -EEXIST);
	assert_int_equal(insert(ten(0, 6), SET), 0);
	assert_int_equal(oif_of_ten(0), 4);
	assert_int_equal(delete (ten(0, 6)), 0);
	assert_int_equal(oif_of_ten(0), 1);
}

static void smaller_metric_wins(void **state)
{
	assert_int_equal(insert(ten(20, 2), ADD), 0);
	assert_int_equal(insert(ten(10, 3), ADD), 0);
	assert_int_equal(insert(ten(30, 5), ADD), 0);
	assert_int_equal(oif_of_ten(0), 2);
	assert_int_equal(delete (ten(10, 0)), 0);
	assert_int_equal(oif_of_ten(0), 1);
	assert_int_equal(delete (ten(0, 0)), 0); /* no metric: the first one */
	assert_int_equal(oif_of_ten(0), 3);
	assert_int_equal(delete (ten(10, 0)), -ESRCH);
}

static void tos_is_matched_first(void **state)
{
	struct oracle_route low_delay = ten(50, 3);

	low_delay.tos = 0x10;
	assert_int_equal(insert(ten(0, 2), ADD), 0);
	assert_int_equal(insert(low_delay, ADD), 0);
	assert_int_equal(oif_of_ten(0), 1);
	assert_int_equal(oif_of_ten(0x10), 2);
	assert_int_equal(oif_of_ten(0x08), 1);
	assert_int_equal(delete (ten(0, 0)), 0); /* tos must be equal: takes the plain one */
	assert_int_equal(oif_of_ten(0), -1);
	assert_int_equal(oif_of_ten(0x10), 2);
}

static void local_before_main(void **state)
{
	struct oracle_route local = ten(100, 1);
	struct fib_result res;

	local.table = RT_TABLE_LOCAL;
	local.type = RTN_LOCAL;
	local.scope = RT_SCOPE_HOST;
	assert_int_equal(insert(ten(0, 3), ADD), 0);
	assert_int_equal(insert(local, ADD), 0);
	assert_int_equal(look(0x0a000001, 0, &res), 0);
	assert_int_equal(res.type, RTN_LOCAL);
	assert_int_equal(res.table_id, RT_TABLE_LOCAL);
	assert_int_equal(res.scope, RT_SCOPE_HOST);
	assert_int_equal(delete (local), 0);
	assert_int_equal(look(0x0a000001, 0, &res), 0);
	assert_int_equal(res.table_id, RT_TABLE_MAIN);
}

static void types_speak(void **state)
{
	static const struct {
		u8 type;
		int err;
	} want[] = { { RTN_BLACKHOLE, -EINVAL }, { RTN_UNREACHABLE, -EHOSTUNREACH },
		{ RTN_PROHIBIT, -EACCES }, { RTN_THROW, -EAGAIN } };
	struct fib_result res;

	assert_int_equal(insert(ten(0, 2), ADD), 0);
	for (u32 i = 0; i < ARRAY_SIZE(want); i++) {
		struct oracle_route r = ten(0, 0);

		r.plen = 16;
		r.type = want[i].type;
		assert_int_equal(insert(r, ADD), 0);
		assert_int_equal(look(0x0a000001, 0, &res), want[i].err);
		assert_int_equal(look(0x0a010001, 0, &res), 0);
		assert_int_equal(delete (r), 0);
		assert_int_equal(look(0x0a000001, 0, &res), 0);
	}
}

static void default_route(void **state)
{
	struct oracle_route r = ten(5, 2);
	struct fib_result res;

	r.prefix = 0;
	r.plen = 0;
	assert_int_equal(look(1, 0, &res), -EAGAIN);
	assert_int_equal(insert(r, ADD), 0);
	assert_int_equal(look(1, 0, &res), 0);
	assert_int_equal(res.prefixlen, 0);
	r.type = RTN_PROHIBIT;
	r.hops = 0;
	r.priority = 1;
	assert_int_equal(insert(r, ADD), 0);
	assert_int_equal(look(1, 0, &res), -EACCES);
	assert_int_equal(delete (r), 0);
	assert_int_equal(look(1, 0, &res), 0);
}

static void refused(void **state)
{
	struct oracle_route r = ten(0, 2);
	struct fib_nh nh = { .oif = 1, .weight = 1 };
	struct fib_config ok = { .dst = cpu_to_be32(0x0a000000),
		.dst_len = 8,
		.type = RTN_UNICAST,
		.nlflags = ADD,
		.nh = &nh,
		.nhs = 1 };
	struct fib_config c = ok;

	r.prefix |= 1;
	assert_int_equal(insert(r, ADD), -EINVAL); /* bits below the mask */
	assert_int_equal(delete (r), -ESRCH);
	c.dst_len = 33;
	assert_int_equal(fib_table_insert(tb, &c), -EINVAL);
	assert_int_equal(fib_table_delete(tb, &c), -ESRCH);
	c = ok, c.nhs = 0;
	assert_int_equal(fib_table_insert(tb, &c), -EINVAL);
	c = ok, c.nhs = FIB_NHS_MAX + 1;
	assert_int_equal(fib_table_insert(tb, &c), -EINVAL);
	c = ok, c.type = RTN_BLACKHOLE;
	assert_int_equal(fib_table_insert(tb, &c), -EINVAL); /* with a hop */
	c = ok, c.type = RTN_MAX;
	assert_int_equal(fib_table_insert(tb, &c), -EINVAL);
	c = ok, c.type = RTN_UNSPEC;
	assert_int_equal(fib_table_insert(tb, &c), -EINVAL);
	c = ok, c.type = RTN_LOCAL, c.scope = RT_SCOPE_LINK;
	assert_int_equal(fib_table_insert(tb, &c), -EINVAL); /* wider than the host */
	c = ok, c.scope = RT_SCOPE_NOWHERE;
	assert_int_equal(fib_table_insert(tb, &c), -EINVAL);
	nh.weight = 0;
	assert_int_equal(fib_table_insert(tb, &ok), -EINVAL);
	nh = (struct fib_nh){ .oif = 1, .weight = 1, .flags = RTNH_F_DEAD };
	assert_int_equal(fib_table_insert(tb, &ok), -EINVAL);
	nh = (struct fib_nh){ .oif = 1, .weight = 1, .flags = RTNH_F_ONLINK };
	assert_int_equal(fib_table_insert(tb, &ok), -EINVAL); /* on link, but no gateway */
	nh = (struct fib_nh){ .oif = 1, .weight = 1, .gw = cpu_to_be32(0x0a000001) };
	c = ok, c.scope = RT_SCOPE_LINK;
	assert_int_equal(fib_table_insert(tb, &c), -EINVAL); /* a gateway on the link */
	assert_int_equal(fib_table_count(tb), 0);
	assert_int_equal(fib_table_insert(tb, &ok), 0);
}

static void delete_fits(void **state)
{
	struct oracle_route r = ten(7, 9);

	assert_int_equal(insert(r, ADD), 0);
	r.hops = 3;
	assert_int_equal(delete (r), -ESRCH); /* the first hop is another */
	r.hops = 7;
	assert_int_equal(delete (r), 0); /* the same two, weights do not matter */
	assert_int_equal(insert(ten(7, 9), ADD), 0);
	r = ten(0, 2);
	r.scope = RT_SCOPE_LINK;
	assert_int_equal(delete (r), -ESRCH);
	r.scope = RT_SCOPE_NOWHERE;
	r.type = RTN_BLACKHOLE;
	assert_int_equal(delete (r), -ESRCH);
	r.type = RTN_UNSPEC;
	r.table = RT_TABLE_LOCAL;
	assert_int_equal(delete (r), -ESRCH);
	r.table = RT_TABLE_MAIN;
	r.tos = 8;
	assert_int_equal(delete (r), -ESRCH);
	r.tos = 0;
	assert_int_equal(delete (r), 0);

	r = ten(0, 2);
	struct fib_config cfg = oracle_config(&r, ADD);
	cfg.prefsrc = cpu_to_be32(0x0a000063);
	cfg.mtu = 1400;
	cfg.protocol = 4;
	assert_int_equal(fib_table_insert(tb, &cfg), 0);
	cfg.prefsrc = cpu_to_be32(0x0a000064);
	assert_int_equal(fib_table_delete(tb, &cfg), -ESRCH);
	cfg.prefsrc = BE32_ZERO;
	cfg.mtu = 1500;
	assert_int_equal(fib_table_delete(tb, &cfg), -ESRCH);
	cfg.mtu = 0;
	cfg.protocol = 3;
	assert_int_equal(fib_table_delete(tb, &cfg), -ESRCH);
	cfg.protocol = 0;
	assert_int_equal(fib_table_delete(tb, &cfg), 0);
}

/* ---- listing ------------------------------------------------------------------------------- */

static bool in_order(const struct fib_config *a, const struct fib_config *b)
{
	u32 pa = be32_to_cpu(a->dst), pb = be32_to_cpu(b->dst);

	if (pa != pb)
		return pa < pb;
	return a->dst_len < b->dst_len || (a->dst_len == b->dst_len && a->priority < b->priority);
}

/* List all, in order; halfway, `delete_some` takes routes away that the cursor has yet to reach. */
static int list(struct synth_route *r, u32 n, bool delete_some)
{
	struct fib_config route = { 0 }, last;
	struct fib_cursor c;
	int count = 0;

	assert_int_equal(fib_dump_start(tb, &c), 0);
	for (last = route; fib_dump_next(&c, &route); last = route) {
		assert_true(count == 0 || in_order(&last, &route));
		assert_int_equal(route.nhs, 1);
		if (++count == 100 && delete_some)
			for (u32 i = 1; i <= n; i++) {
				struct oracle_route gone = route_from(&r[i]);
				gone.hops = 0;
				assert_int_equal(delete (gone), 0);
			}
	}
	fib_dump_end(&c);
	return count;
}

static void dump(void **state)
{
	struct synth_route *r = calloc(5000, sizeof *r), *sorted = calloc(5000, sizeof *r);
	struct fib_cursor c;

	assert_int_equal(list(NULL, 0, false), 0);
	synth_table(r, 5000);
	memcpy(sorted, r, 5000 * sizeof *r);
	synth_shuffle(r, 5000, 1);
	for (u32 i = 0; i < 5000; i++)
		for (u32 priority = 3; priority > 0; priority--) {
			struct oracle_route o = route_from(&r[i]);

			o.priority = priority;
			assert_int_equal(insert(o, ADD), 0);
		}
	assert_int_equal(list(NULL, 0, false), 15000);
	/* The last ten prefixes lose one route of three. */
	assert_int_equal(list(sorted + 4989, 10, true), 14990);
	host_fail_commit(1, false);
	assert_int_equal(fib_dump_start(tb, &c), -ENOMEM);
	free(sorted);
	free(r);
}

/* ---- memory and numbers run out --------------------------------------------------------------- */

#define OOM_ROUTES 3000

static struct oracle o; /* too large for the stack */

static void check_all(const struct synth_route *r, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		struct flowi4 fl = { .daddr = cpu_to_be32(r[i].prefix) };
		assert_true(oracle_agrees(&o, &fl));
	}
}

/* From some moment on no memory at all; then enough again. */
static void no_memory_from(const struct synth_route *r, unsigned moment)
{
	u32 refused_n = 0;

	memset(&o, 0, sizeof o);
	for (u32 i = 0; i < OOM_ROUTES; i++) {
		struct oracle_route route = route_from(&r[i]);
		int err;

		if (i == moment)
			host_fail_commit(1, true);
		err = insert(route, ADD);
		assert_true(err == 0 || err == -ENOMEM);
		if (err == 0)
			assert_int_equal(oracle_insert(&o, &route, ADD), 0);
		refused_n += err != 0;
	}
	assert_true(refused_n > 0);
	check_all(r, OOM_ROUTES / 8);
	/* Taking away works without memory. */
	for (u32 i = 0; i < OOM_ROUTES; i += 2) {
		struct oracle_route route = route_from(&r[i]);
		assert_int_equal(delete (route), oracle_delete(&o, &route));
	}
	check_all(r, OOM_ROUTES / 8);
	host_fail_commit(0, false);
	for (u32 i = 0; i < OOM_ROUTES; i++) {
		struct oracle_route route = route_from(&r[i]);
		assert_int_equal(insert(route, ADD), oracle_insert(&o, &route, ADD));
	}
	assert_false(tb->linear);
	check_all(r, OOM_ROUTES / 8);
}

static void out_of_memory(void **state)
{
	static const unsigned moments[] = { 0, 1, 14, 30, 100, 500, 1100, 2000, 2500 };
	struct synth_route *r = calloc(OOM_ROUTES, sizeof *r);

	synth_table(r, OOM_ROUTES);
	synth_shuffle(r, OOM_ROUTES, 4);
	for (u32 i = 0; i < ARRAY_SIZE(moments); i++) {
		fib_table_free(tb);
		assert_int_equal(host_mem_out(), 0);
		tb = fib_table_new();
		no_memory_from(r, moments[i]);
	}
	fib_table_free(tb);
	host_fail_commit(1, false);
	tb = fib_table_new();
	assert_null(tb);
	free(r);
}

/* One commit fails, the n-th, for any purpose; the next attempt goes through. */
static void each_commit_fails_once(void **state)
{
	struct synth_route *r = calloc(OOM_ROUTES, sizeof *r);
	unsigned n = 1, before;

	synth_table(r, OOM_ROUTES);
	synth_shuffle(r, OOM_ROUTES, 5);
	do {
		fib_table_free(tb);
		tb = fib_table_new();
		before = host_commits();
		host_fail_commit(n++, false);
		for (u32 i = 0; i < OOM_ROUTES; i++) {
			int err = insert(route_from(&r[i]), ADD);
			if (err == -ENOMEM)
				err = insert(route_from(&r[i]), ADD);
			assert_int_equal(err, 0);
		}
		assert_int_equal(fib_table_count(tb), OOM_ROUTES);
		assert_false(tb->linear);
		for (u32 i = 0; i < OOM_ROUTES; i++)
			assert_int_equal(delete (route_from(&r[i])), 0);
		assert_int_equal(host_mem_out(), FIB_PAGE);
	} while (host_commits() >= before + n - 1);
	assert_true(n > 10);
	free(r);
}

/* A kernel without "trie": more routes than a list holds are searched, and are right as ever. */
static void without_the_part(void **state)
{
	const struct fib_trie_ops *part = fib_trie_ops;
	struct synth_route *r = calloc(OOM_ROUTES, sizeof *r);

	memset(&o, 0, sizeof o);
	synth_table(r, OOM_ROUTES);
	fib_trie_ops = NULL;
	for (u32 i = 0; i < OOM_ROUTES; i++) {
		struct oracle_route route = route_from(&r[i]);
		assert_int_equal(insert(route, ADD), oracle_insert(&o, &route, ADD));
	}
	assert_true(tb->linear);
	check_all(r, OOM_ROUTES);
	for (u32 i = 0; i < OOM_ROUTES; i += 2) {
		struct oracle_route route = route_from(&r[i]);
		assert_int_equal(delete (route), oracle_delete(&o, &route));
	}
	check_all(r, OOM_ROUTES);
	assert_int_equal(fib_table_commit(tb), 0);
	assert_true(tb->linear);
	fib_trie_ops = part;
	assert_int_equal(fib_table_commit(tb), 0);
	assert_false(tb->linear);
	check_all(r, OOM_ROUTES);
	free(r);
}

static void out_of_numbers(void **state)
{
	struct fib_nh nh = { .weight = 1 };
	struct fib_config cfg = {
		.type = RTN_UNICAST, .nlflags = ADD, .nh = &nh, .nhs = 1, .dst_len = 32
	};
	u32 n = 0;
	int err;

	/* Each route has a gateway of its own: each needs an answer of its own. */
	do {
		cfg.dst = cpu_to_be32(0x0a000000 + n);
		nh.gw = cpu_to_be32(0x0b000000 + n);
		err = fib_table_insert(tb, &cfg);
		n += err == 0;
	} while (err == 0);
	assert_int_equal(err, -ENOSPC);
	assert_int_equal(n, FIB_DST_MAX - 2); /* none and "search the routes" have one */
	assert_int_equal(fib_table_count(tb), n);
	for (u32 i = 0; i < n; i += 97) {
		struct fib_result res;
		assert_int_equal(look(0x0a000000 + i, 0, &res), 0);
		assert_true(be32_eq(fib_res_nh(&res)->gw, cpu_to_be32(0x0b000000 + i)));
	}
	/* One goes, one fits again. */
	cfg.dst = cpu_to_be32(0x0a000000);
	nh.gw = cpu_to_be32(0x0b000000);
	assert_int_equal(fib_table_delete(tb, &cfg), 0);
	nh.gw = cpu_to_be32(0x0c000000);
	assert_int_equal(fib_table_insert(tb, &cfg), 0);
}

/* A short prefix over many blocks: the update stops halfway. Only so many units are left behind the
 * pool's top; pieces given back can be used as ever. Then the routes themselves answer, and the trie
 * is built again with changes to come. */
static void half_done_update(void **state)
{
	static const u32 units[] = { 0, 8, 20, 30, 50, 80, 100, 120, 160, 200, 300, 400 };
	struct synth_route *r = calloc(OOM_ROUTES, sizeof *r);
	u32 half_done_n = 0, refused_n = 0;

	memset(&o, 0, sizeof o);
	synth_table(r, OOM_ROUTES);
	for (u32 i = 1; i < OOM_ROUTES; i++) {
		struct oracle_route route = route_from(&r[i]);
		assert_int_equal(insert(route, ADD), oracle_insert(&o, &route, ADD));
	}
	for (u32 i = 0; i < ARRAY_SIZE(units); i++) {
		struct oracle_route wide = ten(0, 6);

		wide.plen = 1;
		wide.prefix = 0x80000000;
		tb->trie.pool.top = max(tb->trie.pool.top, tb->trie.pool.end - units[i]);
		host_fail_commit(1, true);
		int err = insert(wide, ADD);
		host_fail_commit(0, false);
		check_all(r, OOM_ROUTES);
		half_done_n += tb->linear;
		refused_n += err != 0;
		if (err == 0)
			assert_int_equal(delete (wide), 0);
		assert_int_equal(fib_table_commit(tb), 0);
		assert_false(tb->linear);
		check_all(r, OOM_ROUTES);
	}
	assert_true(half_done_n > 0);
	assert_true(refused_n >= half_done_n);
	free(r);
}

/* Long prefixes, one root word each: without memory such a change is refused, and the trie is to the
 * unit what it was. Memory ends at each unit in turn, so also between a child and its parent. */
#define ROOM 128u

static void refused_changes_leave_nothing(void **state)
{
	struct synth_route *r = calloc(OOM_ROUTES, sizeof *r);
	u32 refused_n = 0;

	memset(&o, 0, sizeof o);
	synth_table(r, OOM_ROUTES);
	for (u32 i = 1; i < OOM_ROUTES; i++) {
		struct oracle_route route = route_from(&r[i]);
		assert_int_equal(insert(route, ADD), oracle_insert(&o, &route, ADD));
	}
	for (u32 units = 0; units < 60; units++) {
		struct oracle_route host = ten(units, 6);
		struct fib_pool *pool = &tb->trie.pool;
		u32 live = pool->live;

		host.plen = 32;
		host.prefix = r[1 + units * 29].prefix ^ 5;
		/* What was given back is hidden, else it would do. */
		memset(pool->free, 0, sizeof pool->free);
		fib_pool_give(pool, fib_pool_take(pool, ROOM), ROOM);
		memset(pool->free, 0, sizeof pool->free);
		pool->top = pool->end - units;
		host_fail_commit(1, true);
		int err = insert(host, ADD);
		host_fail_commit(0, false);
		assert_false(tb->linear);
		if (err == 0)
			assert_int_equal(delete (host), 0);
		else
			assert_int_equal(err, -ENOMEM);
		refused_n += err != 0;
		assert_int_equal(pool->live, live);
		/* The same for a route that would take another's place: that one is still there. */
		struct oracle_route old = route_from(&r[1 + units * 29]), other = old;
		other.hops = (u8)(1 + old.hops % 5);
		memset(pool->free, 0, sizeof pool->free);
		pool->top = pool->end - units / 8;
		host_fail_commit(1, true);
		err = insert(other, SET);
		host_fail_commit(0, false);
		if (err == 0)
			assert_int_equal(oracle_insert(&o, &other, SET), 0);
		else
			assert_int_equal(delete (old), oracle_delete(&o, &old));
		assert_true(err == 0 || !tb->linear);
	}
	check_all(r, OOM_ROUTES);
	assert_in_range(refused_n, 10, 60);
	free(r);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		FIB_TEST(flags_of_insert),
		FIB_TEST(append_and_prepend),
		FIB_TEST(smaller_metric_wins),
		FIB_TEST(tos_is_matched_first),
		FIB_TEST(local_before_main),
		FIB_TEST(types_speak),
		FIB_TEST(default_route),
		FIB_TEST(refused),
		FIB_TEST(delete_fits),
		FIB_TEST(dump),
		FIB_TEST(out_of_memory),
		FIB_TEST(each_commit_fails_once),
		FIB_TEST(without_the_part),
		FIB_TEST(out_of_numbers),
		FIB_TEST(half_done_update),
		FIB_TEST(refused_changes_leave_nothing),
	};

	cmocka_set_test_filter(argc > 1 ? argv[1] : NULL); /* one test by name */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
