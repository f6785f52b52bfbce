/* SPDX-License-Identifier: MIT
 * test_fib_semantics.c - next hops: sharing, weights, devices that come and go, default routes.
 * Not here: which route a flow gets (test_fib_table.c).
 * cmocka calls in; it calls the table.
 * Source: RFC 2992 for the shares; Linux's answers for dead and carrier-less hops. */
#include "net/fib/table.h"
#include "tests/unit/host_machine.h"
#include "tests/unit/test_fib_oracle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct oracle_route route(u32 prefix, u8 plen, u8 hops)
{
	return (struct oracle_route){ .prefix = prefix,
		.plen = plen,
		.table = RT_TABLE_MAIN,
		.type = RTN_UNICAST,
		.hops = hops };
}

static void add(struct oracle_route r)
{
	struct fib_config cfg = oracle_config(&r, FIB_CREATE | FIB_APPEND);

	assert_int_equal(fib_table_insert(tb, &cfg), 0);
}

static void take(struct oracle_route r)
{
	struct fib_config cfg = oracle_config(&r, 0);

	assert_int_equal(fib_table_delete(tb, &cfg), 0);
}

static struct flowi4 flow(u32 daddr)
{
	return (struct flowi4){ .daddr = cpu_to_be32(daddr), .saddr = cpu_to_be32(0xc0000201) };
}

static struct fib_result look(const struct flowi4 *fl)
{
	struct fib_result res;

	assert_int_equal(fib_table_lookup(tb, fl, &res), 0);
	return res;
}

/* The device index that the flow takes in the end. */
static int way(const struct flowi4 *fl)
{
	struct fib_result res = look(fl);

	fib_select_path(&res, fl);
	return fib_res_nh(&res)->oif;
}

static void equal_infos_are_one(void **state)
{
	struct flowi4 a = flow(0x0a000001), b = flow(0x0b000001), c = flow(0x0c000001);

	add(route(0x0a000000, 8, 2));
	add(route(0x0b000000, 8, 2));
	add(route(0x0c000000, 8, 3));
	struct fib_info *fi = look(&a).fi;
	assert_ptr_equal(look(&b).fi, fi);
	assert_ptr_not_equal(look(&c).fi, fi);
	assert_int_equal(fi->refs, 2);
	take(route(0x0a000000, 8, 2));
	assert_int_equal(fi->refs, 1);
	assert_int_equal(tb->info_n, 2);
}

static void scopes_of_hops(void **state)
{
	struct flowi4 a = flow(0x0a000001), b = flow(0x0b000001), c = flow(0x0c000001);
	struct oracle_route local = route(0x0c000000, 8, 1);

	add(route(0x0a000000, 8, 2));
	add(route(0x0b000000, 8, 1));
	local.type = RTN_LOCAL;
	local.scope = RT_SCOPE_HOST;
	add(local);
	struct fib_result res = look(&a);
	assert_int_equal(fib_res_nh(&res)->scope, RT_SCOPE_LINK);
	res = look(&b);
	assert_int_equal(fib_res_nh(&res)->scope, RT_SCOPE_HOST);
	res = look(&c);
	assert_int_equal(fib_res_nh(&res)->scope, RT_SCOPE_NOWHERE);
}

/* Flows of many destinations over hop set 9: weights 3 and 1. */
static u32 share_of_second(u32 flows)
{
	u32 second = 0;

	for (u32 i = 0; i < flows; i++) {
		struct flowi4 fl = flow(0x0a000000 + i);
		int oif = way(&fl);

		assert_true(oif == 1 || oif == 2);
		assert_int_equal(way(&fl), oif); /* a flow keeps its way */
		second += oif == 2;
	}
	return second;
}

static void weights(void **state)
{
	add(route(0x0a000000, 8, 9));
	u32 second = share_of_second(40000);
	assert_in_range(second, 9600, 10400);
	struct flowi4 fl = flow(0x0a000000);
	const struct fib_info *fi = look(&fl).fi;
	assert_int_equal(fi->nh[0].upper_bound, 0x5fffffff);
	assert_int_equal(fi->nh[1].upper_bound, 0x7fffffff);
}

static void dead_hops_are_skipped(void **state)
{
	struct flowi4 fl = flow(0x0a000005), other = flow(0x0b000001);
	struct fib_result res;

	add(route(0x0a000000, 8, 9));
	add(route(0x0b000000, 8, 5));
	assert_int_equal(fib_sync_dev(tb, oracle_dev(0), RTNH_F_DEAD, 0), 1);
	assert_int_equal(share_of_second(1000), 1000);
	assert_int_equal(look(&fl).nh_sel, 1);
	/* All dead: the route is as good as gone, here down to nothing. */
	assert_int_equal(fib_sync_dev(tb, oracle_dev(1), RTNH_F_DEAD, 0), 1);
	assert_int_equal(fib_table_lookup(tb, &fl, &res), -EAGAIN);
	assert_int_equal(fib_table_lookup(tb, &other, &res), 0);
	assert_int_equal(fib_sync_dev(tb, oracle_dev(1), RTNH_F_DEAD, 0), 0); /* as before */
	assert_int_equal(fib_sync_dev(tb, oracle_dev(0), 0, RTNH_F_DEAD), 1);
	assert_int_equal(share_of_second(1000), 0);
	assert_int_equal(fib_sync_dev(tb, oracle_dev(1), 0, RTNH_F_DEAD), 1);
	assert_in_range(share_of_second(4000), 900, 1100);
}

static void no_carrier(void **state)
{
	struct flowi4 fl = flow(0x0a000005);

	add(route(0x0a000000, 8, 9));
	assert_int_equal(fib_sync_dev(tb, oracle_dev(0), RTNH_F_LINKDOWN, 0), 1);
	assert_int_equal(share_of_second(500), 500);
	assert_int_equal(fib_sync_dev(tb, oracle_dev(1), RTNH_F_LINKDOWN, 0), 1);
	assert_in_range(share_of_second(4000), 900, 1100); /* none has one: as if all had */
	assert_int_equal(look(&fl).nh_sel, 0);             /* without one it is no less usable */
}

/* A device goes down, an address is lost: what only they served goes, the rest stays. */
static void dead_routes_are_flushed(void **state)
{
	struct oracle_route r = route(0x0c000000, 8, 3);
	struct flowi4 a = flow(0x0a000005), b = flow(0x0b000001), c = flow(0x0c000001);
	struct fib_result res;

	add(route(0x0a000000, 8, 9));
	add(route(0x0b000000, 8, 2));
	add(route(0x0b000000, 9, 2));
	add(route(0x0b000000, 8, 3));
	struct fib_config cfg = oracle_config(&r, FIB_CREATE);
	cfg.prefsrc = cpu_to_be32(0x0a0000fe);
	assert_int_equal(fib_table_insert(tb, &cfg), 0);
	assert_int_equal(fib_table_flush(tb), 0);
	assert_int_equal(fib_sync_dev(tb, oracle_dev(0), RTNH_F_DEAD, 0), 3);
	assert_int_equal(fib_table_flush(tb), 2);
	assert_int_equal(fib_table_count(tb), 3);
	assert_int_equal(way(&a), 2);
	assert_int_equal(look(&b).prefixlen, 8);
	assert_int_equal(way(&b), 2);
	assert_int_equal(fib_sync_down_addr(tb, BE32_ZERO), 0);
	assert_int_equal(fib_sync_down_addr(tb, cpu_to_be32(0x0a0000ff)), 0);
	assert_int_equal(way(&c), 2);
	assert_int_equal(fib_sync_down_addr(tb, cfg.prefsrc), 1);
	assert_int_equal(fib_table_lookup(tb, &c, &res), -EAGAIN);
	assert_int_equal(fib_table_flush(tb), 1);
	assert_int_equal(fib_table_count(tb), 2);
}

static void device_asked_for(void **state)
{
	struct flowi4 fl = flow(0x0a000005);
	struct fib_result res;

	add(route(0x0a000000, 8, 7));
	add(route(0x0a000000, 7, 6));
	for (fl.oif = 1; fl.oif <= 2; fl.oif++)
		assert_int_equal(way(&fl), fl.oif);
	fl.oif = 4; /* only the shorter prefix goes there */
	res = look(&fl);
	assert_int_equal(res.prefixlen, 7);
	fl.oif = 3;
	assert_int_equal(fib_table_lookup(tb, &fl, &res), -EAGAIN);
	fl.oif = 0;
	fl.scope = RT_SCOPE_LINK; /* the route must be on the link */
	assert_int_equal(fib_table_lookup(tb, &fl, &res), -EAGAIN);
}

/* ---- several default routes ------------------------------------------------------------------- */

static enum fib_nh_state states[ORACLE_DEVS + 1];

static enum fib_nh_state state_of(const struct fib_nh *nh)
{
	return states[nh->oif];
}

/* Hop sets 2, 4 and 6 go through devices 1, 2 and 4. */
static void three_defaults(void)
{
	add(route(0, 0, 2));
	add(route(0, 0, 4));
	add(route(0, 0, 6));
	fib_table_on_state(tb, state_of);
	for (int i = 0; i <= ORACLE_DEVS; i++)
		states[i] = FIB_NH_NONE;
}

static void defaults_unknown_take_turns(void **state)
{
	struct flowi4 fl = flow(0x08080808);

	three_defaults();
	assert_int_equal(way(&fl), 1);
	assert_int_equal(way(&fl), 2);
	assert_int_equal(way(&fl), 4);
}

static void default_that_answers_is_kept(void **state)
{
	struct flowi4 fl = flow(0x08080808);

	three_defaults();
	states[2] = FIB_NH_REACHABLE;
	assert_int_equal(way(&fl), 2);
	assert_int_equal(way(&fl), 2);
	states[2] = FIB_NH_INCOMPLETE;
	states[4] = FIB_NH_VALID;
	assert_int_equal(way(&fl), 4);
	states[1] = FIB_NH_REACHABLE;
	assert_int_equal(way(&fl), 1);
}

/* A known gateway that is not the present choice is preferred to one that is: so two take turns
 * until one of them has answered. */
static void defaults_known_take_turns(void **state)
{
	struct flowi4 fl = flow(0x08080808);

	three_defaults();
	states[2] = FIB_NH_REACHABLE;
	assert_int_equal(way(&fl), 2);
	states[2] = states[4] = FIB_NH_VALID;
	assert_int_equal(way(&fl), 4);
	assert_int_equal(way(&fl), 2);
}

static void default_of_better_metric_alone(void **state)
{
	struct flowi4 fl = flow(0x08080808);
	struct oracle_route worse = route(0, 0, 3);

	three_defaults();
	worse.priority = 9;
	add(worse);
	states[1] = states[2] = states[4] = FIB_NH_INCOMPLETE;
	states[2] = FIB_NH_VALID;
	for (int i = 0; i < 4; i++)
		assert_int_equal(way(&fl), 2);
	take(route(0, 0, 2));
	take(route(0, 0, 4));
	assert_int_equal(way(&fl), 4); /* one left: no choice */
	fib_sync_dev(tb, oracle_dev(3), RTNH_F_DEAD, 0);
	assert_int_equal(way(&fl), 2); /* by the worse metric, device 2 */
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		FIB_TEST(equal_infos_are_one),
		FIB_TEST(scopes_of_hops),
		FIB_TEST(weights),
		FIB_TEST(dead_hops_are_skipped),
		FIB_TEST(no_carrier),
		FIB_TEST(dead_routes_are_flushed),
		FIB_TEST(device_asked_for),
		FIB_TEST(defaults_unknown_take_turns),
		FIB_TEST(default_that_answers_is_kept),
		FIB_TEST(defaults_known_take_turns),
		FIB_TEST(default_of_better_metric_alone),
	};

	cmocka_set_test_filter(argc > 1 ? argv[1] : NULL); /* one test by name */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
