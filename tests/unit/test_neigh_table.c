/* SPDX-License-Identifier: MIT
 * test_neigh_table.c - the table of neighbours: lookup and eviction.
 * Not here: their states (test_neighbour.c).
 * cmocka calls in; time is the fake clock's.
 * Behaves as Linux's gc_list: entries that are permanent, being asked or have answered of late stay. */
#include "net/neigh/neigh_impl.h"
#include "tests/unit/stack.h"

static struct neighbour *entry(struct neigh_table *tbl, u32 i)
{
	return neigh_lookup_create(tbl, &eth0.dev, cpu_to_be32(0x0a000064 + i));
}

static struct neighbour *answered(struct neigh_table *tbl, u32 i)
{
	assert_int_equal(
		neigh_set(tbl, &eth0.dev, cpu_to_be32(0x0a000064 + i), peer_mac, NUD_REACHABLE), 0);
	return entry(tbl, i);
}

static bool is_in(struct neigh_table *tbl, u32 i)
{
	return neigh_lookup(tbl, &eth0.dev, cpu_to_be32(0x0a000064 + i));
}

static void the_oldest_makes_room(void **state)
{
	struct neigh_table *tbl = neigh_table_new(4);
	u64 genid = init_net.genid;

	for (u32 i = 0; i < 5; i++)
		assert_non_null(entry(tbl, i));
	assert_int_equal(init_net.genid, genid); /* no flow leads to any of them */
	assert_false(is_in(tbl, 0));
	for (u32 i = 1; i < 5; i++)
		assert_true(is_in(tbl, i));
}

/* One address on two links is two neighbours, also where their buckets are the same. */
static void each_link_has_its_own(void **state)
{
	struct neigh_table *tbl = neigh_table_new(2);
	struct net_device other = { .ifindex = eth0.dev.ifindex + 1 };

	for (u32 i = 0; i < 100; i++) {
		assert_non_null(entry(tbl, i));
		assert_null(neigh_lookup(tbl, &other, cpu_to_be32(0x0a000064 + i)));
	}
}

/* A neighbour that has just answered stays while there is any other. */
static void who_answered_stays(void **state)
{
	struct neigh_table *tbl = neigh_table_new(2);

	answered(tbl, 0);
	for (u32 i = 1; i < 5; i++)
		assert_non_null(entry(tbl, i));
	assert_true(is_in(tbl, 0));
	assert_false(is_in(tbl, 3));
	answered(tbl, 4);
	assert_non_null(entry(tbl, 5)); /* in turn */
	assert_false(is_in(tbl, 0));
	stack_step(30100);
	assert_non_null(entry(tbl, 6)); /* 4 became idle after 5 */
	assert_true(is_in(tbl, 4));
	assert_non_null(entry(tbl, 7));
	assert_false(is_in(tbl, 4));
}

/* Deleted entries are reused first. */
static void the_deleted_makes_room_first(void **state)
{
	struct neigh_table *tbl = neigh_table_new(3);

	for (u32 i = 0; i < 3; i++)
		assert_non_null(entry(tbl, i));
	neigh_delete(entry(tbl, 1));
	assert_non_null(entry(tbl, 3));
	assert_true(is_in(tbl, 0) && is_in(tbl, 2) && is_in(tbl, 3));
}

/* However routes come: one that is current leads to whom it was made for; and those that made room made
 * all routes stale once a turn of the table at most. */
static void current_routes_lead_right(void **state)
{
	struct rtable rt[24] = { { .genid = 0 } };
	u64 genid = init_net.genid;
	u32 seed = 1;

	init_net.arp_tbl = neigh_table_new(8);
	for (u32 i = 0; i < 4000; i++) {
		u32 to = (seed = seed * 1103515245 + 12345) >> 16 & 7, base = i / 50 % 3 * 8;
		struct flowi4 fl4 = { .daddr = cpu_to_be32(
					      (i & 1 ? 0x0a000064 : 0x7f000064) + base + to) };

		assert_int_equal(ip_route_output_flow(&init_net, &fl4, &rt[base + to]), 0);
		for (u32 j = 0; j < ARRAY_SIZE(rt); j++)
			assert_true(!rt_valid(&init_net, &rt[j]) ||
				    be32_eq(rt[j].neigh->primary_key, rt[j].daddr));
	}
	assert_in_range(init_net.genid - genid, 4000 / 50, 4000 / 8);
}

/* Many share a bucket: the one that makes room is taken out of its middle. */
static void crowded_buckets(void **state)
{
	struct neigh_table *tbl = neigh_table_new(300);

	for (u32 i = 0; i < 1000; i++) {
		assert_non_null(entry(tbl, i));
		for (u32 j = i < 300 ? 0 : i - 299; j <= i; j += 37)
			assert_non_null(neigh_lookup(tbl, &eth0.dev, cpu_to_be32(0x0a000064 + j)));
		if (i >= 300)
			assert_null(
				neigh_lookup(tbl, &eth0.dev, cpu_to_be32(0x0a000064 + i - 300)));
	}
}

/* However addresses are given out: in a row, or one in every fourth network. */
static void buckets_are_short(void **state)
{
	struct neigh_table *tbl = neigh_table_new(1024);
	u32 looked_at = 0;

	for (u32 i = 0; i < 512; i++) {
		assert_non_null(entry(tbl, i));
		assert_non_null(
			neigh_lookup_create(tbl, &eth0.dev, cpu_to_be32(0x0a100001 + (i << 10))));
	}
	for (u32 i = 0; i <= tbl->mask; i++) {
		u32 depth = 0;

		for (const struct neighbour *n = tbl->bucket[i]; n; n = n->next)
			looked_at += ++depth;
		assert_true(depth <= 6);
	}
	assert_in_range(looked_at, 1024, 1024 * 3 / 2);
}

static void permanent_and_waiting_stay(void **state)
{
	struct neigh_table *tbl = neigh_table_new(2);

	assert_int_equal(neigh_set_permanent(tbl, &eth0.dev, cpu_to_be32(0x0a000064), peer_mac), 0);
	assert_int_equal(neigh_set_permanent(tbl, &eth0.dev, cpu_to_be32(0x0a000065), peer_mac), 0);
	assert_null(entry(tbl, 2));
	assert_int_equal(
		neigh_set_permanent(tbl, &eth0.dev, cpu_to_be32(0x0a000066), peer_mac), -ENOBUFS);
}

/* A table in which every neighbour has packets waiting: routing says so, as nothing may be lost. */
static void all_busy(void **state)
{
	int fd = udp_socket();
	u32 n = 0;
	long err;

	host_set_mem_total(4 << 20);
	init_net.arp_tbl = neigh_table_new(8);
	net_changed(&init_net);
	do {
		err = send_to(fd, "x", 1, 0, 0x0a000064 + n, PEER_PORT);
	} while (err == 1 && ++n < 100);
	assert_int_equal(err, -ENOBUFS);
	assert_int_equal(n, 8);
	stack_step(4100);
	send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT); /* takes the pending error */
	assert_int_equal(send_to(fd, "x", 1, 0, 0x0a000064 + n, PEER_PORT), 1);
}

/* Groups, broadcast and loopback need no answer, but they must not fill the table for good. */
static void addresses_without_arp_make_room(void **state)
{
	struct neigh_table *tbl = neigh_table_new(4);

	for (u32 i = 0; i < 20; i++) {
		host_advance_clock(1);
		assert_non_null(neigh_lookup_create(
			tbl, init_net.loopback_dev, cpu_to_be32(0x7f000001 + i)));
		assert_non_null(neigh_lookup_create(tbl, &eth0.dev, cpu_to_be32(0xef000001 + i)));
	}
}

static void table_without_memory(void **state)
{
	host_fail_commit(1, true);
	assert_null(neigh_table_new(4));
	host_fail_commit(0, false);
}

int main(void)
{
	const struct CMUnitTest neigh_table[] = {
		STACK_TEST(the_oldest_makes_room),
		STACK_TEST(each_link_has_its_own),
		STACK_TEST(who_answered_stays),
		STACK_TEST(the_deleted_makes_room_first),
		STACK_TEST(current_routes_lead_right),
		STACK_TEST(crowded_buckets),
		STACK_TEST(buckets_are_short),
		STACK_TEST(permanent_and_waiting_stay),
		STACK_TEST(all_busy),
		STACK_TEST(addresses_without_arp_make_room),
		STACK_TEST(table_without_memory),
	};

	return cmocka_run_group_tests(neigh_table, NULL, NULL);
}
