/* SPDX-License-Identifier: MIT
 * test_route.c - where a packet goes: device, source address, next hop; each refusal.
 * Not here: the table itself (test_fib_*.c).
 * cmocka calls in; a second card makes choices possible.
 * Source: RFC 1122 3.3.1; ip-route(8). Behaves as Linux's ip_route_output_key_hash_rcu. */
#include "net/device/ifaddr.h"
#include "tests/unit/stack.h"

static struct fake_device eth1;

static struct rtable rt;

static int route(u32 saddr, u32 daddr, int oif)
{
	struct flowi4 fl4 = {
		.saddr = cpu_to_be32(saddr), .daddr = cpu_to_be32(daddr), .oif = oif
	};

	return ip_route_output_flow(&init_net, &fl4, &rt);
}

static void assert_goes(u32 daddr, const struct net_device *dev, u32 source, u32 next, u32 flags)
{
	assert_int_equal(route(0, daddr, 0), 0);
	assert_ptr_equal(rt.dev, dev);
	assert_int_equal(be32_to_cpu(rt.saddr), source);
	assert_int_equal(be32_to_cpu(rt.daddr), daddr ? daddr : 0x7f000001);
	assert_int_equal(be32_to_cpu(rt.neigh->primary_key), next);
	assert_int_equal(rt.flags, flags);
	assert_true(rt_valid(&init_net, &rt));
}

static struct route_spec spec(u32 dst, u8 len, u8 type)
{
	return (struct route_spec){ .dst = cpu_to_be32(dst), .dst_len = len, .type = type };
}

static void where_things_go(void **state)
{
	const struct net_device *lo = init_net.loopback_dev, *eth = &eth0.dev;

	assert_goes(PEER_IP, eth, OUR_IP, PEER_IP, 0);
	assert_goes(FAR_IP, eth, OUR_IP, GATEWAY_IP, 0);
	assert_goes(OUR_IP, lo, OUR_IP, OUR_IP, RTCF_LOCAL);
	assert_goes(0x7f000001, lo, 0x7f000001, 0x7f000001, RTCF_LOCAL);
	assert_goes(0x0a0000ff, eth, OUR_IP, 0x0a0000ff, RTCF_BROADCAST);
	assert_goes(0xffffffff, eth, OUR_IP, 0xffffffff, RTCF_BROADCAST);
	assert_goes(0xe0000001, eth, OUR_IP, 0xe0000001, RTCF_MULTICAST);
	assert_goes(0, lo, 0x7f000001, 0x7f000001, RTCF_LOCAL);
}

/* Once with each of two lengths: what is taken away with one of them stays for the other. */
static void an_address_given_twice(void **state)
{
	static const u8 len[] = { 24, 25 };
	const be32 ours = cpu_to_be32(0x0a640081); /* 10.100.0.129: both end with .255 */

	for (u32 i = 0; i < 2; i++) {
		for (u32 k = 0; k < 2; k++)
			assert_int_equal(inet_insert_ifa(&eth0.dev, ours, len[k]), 0);
		inet_del_ifa(&eth0.dev, inet_find_ifa(&eth0.dev, ours, len[i]));
		assert_goes(0x0a640081, init_net.loopback_dev, 0x0a640081, 0x0a640081, RTCF_LOCAL);
		assert_goes(0x0a6400ff, &eth0.dev, 0x0a640081, 0x0a6400ff, RTCF_BROADCAST);
		assert_goes(0x0a6400fe, &eth0.dev, 0x0a640081, 0x0a6400fe, 0);
		inet_del_ifa(&eth0.dev, inet_find_ifa(&eth0.dev, ours, len[!i]));
		assert_goes(0x0a640081, &eth0.dev, OUR_IP, GATEWAY_IP, 0);
		assert_goes(0x0a6400ff, &eth0.dev, OUR_IP, GATEWAY_IP, 0);
	}
}

static void a_source_may_be_asked_for(void **state)
{
	assert_int_equal(route(OUR_IP, PEER_IP, 0), 0);
	assert_int_equal(route(PEER_IP, PEER_IP, 0), -ENETUNREACH);
	assert_int_equal(route(0x0a0000ff, PEER_IP, 0), -ENETUNREACH);
	assert_int_equal(route(0xe0000001, PEER_IP, 0), -EINVAL);
	assert_int_equal(route(0xffffffff, PEER_IP, 0), -EINVAL);
	assert_int_equal(route(OUR_IP, 0, 0), 0); /* "this host" from there: itself */
	assert_int_equal(be32_to_cpu(rt.daddr), OUR_IP);
	assert_int_equal(route(0, 0, eth0.dev.ifindex), 0); /* of the device that is named */
	assert_int_equal(be32_to_cpu(rt.saddr), OUR_IP);
	assert_ptr_equal(rt.dev, init_net.loopback_dev);
}

/* Linux gives 127/8 the scope of the host: by lo, too, the rest is sent to from a real address, if any. */
static void a_source_for_what_leaves_by_lo(void **state)
{
	int lo = init_net.loopback_dev->ifindex;

	assert_int_equal(route(0, FAR_IP, lo), 0);
	assert_int_equal(be32_to_cpu(rt.saddr), OUR_IP);
	assert_int_equal(route(0, 0x7f010203, lo), 0);
	assert_int_equal(be32_to_cpu(rt.saddr), 0x7f000001);
	inet_del_ifa(&eth0.dev, inet_find_ifa(&eth0.dev, cpu_to_be32(OUR_IP), IFA_ANY_LEN));
	assert_int_equal(route(0, FAR_IP, lo), 0);
	assert_int_equal(be32_to_cpu(rt.saddr), 0x7f000001);
}

static void types_that_refuse(void **state)
{
	static const struct {
		u8 type;
		int err;
	} types[] = {
		{ RTN_BLACKHOLE, -EINVAL },
		{ RTN_UNREACHABLE, -EHOSTUNREACH },
		{ RTN_PROHIBIT, -EACCES },
	};

	for (u32 i = 0; i < ARRAY_SIZE(types); i++) {
		struct route_spec s = spec(0xc0000200 + (i << 8), 24, types[i].type);

		assert_int_equal(ip_route_add(&init_net, &s), 0);
		assert_int_equal(route(0, 0xc0000201 + (i << 8), 0), types[i].err);
	}
	assert_int_equal(init_net.mib.ip_out_no_routes, 3);
}

static void no_route(void **state)
{
	static struct net bare;
	struct flowi4 fl4 = { .daddr = cpu_to_be32(FAR_IP) };

	assert_int_equal(setup_net(&bare), 0);
	assert_int_equal(ip_route_output_flow(&bare, &fl4, &rt), -ENETUNREACH);
	fl4 = (struct flowi4){ .daddr = cpu_to_be32(0xe0000001) };
	assert_int_equal(ip_route_output_flow(&bare, &fl4, &rt), -ENETUNREACH);
}

static void device_that_is_down(void **state)
{
	eth0.dev.flags &= ~(u32)IFF_UP;
	assert_int_equal(route(0, PEER_IP, 0), -ENETDOWN);
	assert_int_equal(route(0, OUR_IP, 0), 0); /* lo is not */
	eth0.dev.flags |= IFF_UP;
}

static void no_neighbour_free(void **state)
{
	init_net.arp_tbl = neigh_table_new(1);
	assert_int_equal(
		neigh_set_permanent(init_net.arp_tbl, &eth0.dev, cpu_to_be32(PEER_IP), peer_mac),
		0);
	assert_int_equal(route(0, PEER_IP, 0), 0);
	assert_int_equal(route(0, FAR_IP, 0), -ENOBUFS);
}

static void add_second_card(void)
{
	fake_register(&eth1, &init_net, 2);
	assert_int_equal(inet_insert_ifa(&eth1.dev, cpu_to_be32(0xac100001), 16), 0);
}

static void two_cards(void **state)
{
	add_second_card();
	assert_string_equal(eth1.dev.name, "eth1");
	assert_goes(0xac101234, &eth1.dev, 0xac100001, 0xac101234, 0);
	assert_goes(PEER_IP, &eth0.dev, OUR_IP, PEER_IP, 0);
	/* groups follow the source or the device asked for */
	assert_int_equal(route(0xac100001, 0xe0000001, 0), 0);
	assert_ptr_equal(rt.dev, &eth1.dev);
	assert_int_equal(route(0, 0xe0000001, eth1.dev.ifindex), 0);
	assert_ptr_equal(rt.dev, &eth1.dev);
	assert_int_equal(be32_to_cpu(rt.saddr), 0xac100001);
}

static void adding_routes(void **state)
{
	struct route_spec via = spec(0xc6336400, 24, RTN_UNICAST), onlink = via;

	via.via =
		cpu_to_be32(0x08080808); /* on no device's link: the default route does not count */
	assert_int_equal(ip_route_add(&init_net, &via), -ENETUNREACH);
	via.via = cpu_to_be32(OUR_IP); /* ourselves */
	assert_int_equal(ip_route_add(&init_net, &via), -ENETUNREACH);
	via.via = cpu_to_be32(0x0a000009);
	via.mtu = 600;
	via.prefsrc = cpu_to_be32(OUR_IP);
	assert_int_equal(ip_route_add(&init_net, &via), 0);
	assert_int_equal(ip_route_add(&init_net, &via), -EEXIST);
	assert_goes(0xc6336401, &eth0.dev, OUR_IP, 0x0a000009, 0);
	assert_int_equal(rt.mtu, 600);
	onlink.dst = cpu_to_be32(0xcb007100);
	onlink.dev = &eth0.dev;
	assert_int_equal(ip_route_add(&init_net, &onlink), 0);
	assert_goes(0xcb007109, &eth0.dev, OUR_IP, 0xcb007109, 0);
	via.dst = cpu_to_be32(0xc6336401); /* bits below the mask */
	assert_int_equal(ip_route_add(&init_net, &via), -EINVAL);
}

static void smaller_metric_wins(void **state)
{
	struct route_spec a = spec(0xc6336400, 24, RTN_UNICAST), b = a;

	a.via = cpu_to_be32(0x0a000009);
	a.metric = 100;
	b.via = cpu_to_be32(0x0a00000a);
	b.metric = 10;
	assert_int_equal(ip_route_add(&init_net, &a), 0);
	assert_goes(0xc6336401, &eth0.dev, OUR_IP, 0x0a000009, 0);
	assert_int_equal(ip_route_add(&init_net, &b), 0);
	assert_goes(0xc6336401, &eth0.dev, OUR_IP, 0x0a00000a, 0);
}

static void every_change_is_noticed(void **state)
{
	struct route_spec s = spec(0xc6336400, 24, RTN_BLACKHOLE);

	assert_int_equal(route(0, PEER_IP, 0), 0);
	assert_int_equal(ip_route_add(&init_net, &s), 0);
	assert_false(rt_valid(&init_net, &rt));
	assert_int_equal(route(0, PEER_IP, 0), 0);
	fake_set_link(&eth0, false);
	assert_false(rt_valid(&init_net, &rt));
	assert_int_equal(route(0, PEER_IP, 0), 0);
	fake_register(&eth1, &init_net, 2);
	assert_false(rt_valid(&init_net, &rt));
}

/* RFC 3021: a link of two has no broadcast address; and a single address has no link. */
static void short_prefixes(void **state)
{
	fake_register(&eth1, &init_net, 2);
	assert_int_equal(inet_insert_ifa(&eth1.dev, cpu_to_be32(0xac100000), 31), 0);
	assert_goes(0xac100001, &eth1.dev, 0xac100000, 0xac100001, 0);
	assert_int_equal(ip_addr_type(&init_net, cpu_to_be32(0xac100000)), RTN_LOCAL);
	assert_int_equal(inet_insert_ifa(&eth1.dev, cpu_to_be32(0xac110001), 32), 0);
	assert_int_equal(ip_addr_type(&init_net, cpu_to_be32(0xac110001)), RTN_LOCAL);
}

static void types_of_addresses(void **state)
{
	static const struct {
		u32 addr;
		enum rtn_type type;
	} addresses[] = {
		{ OUR_IP, RTN_LOCAL },
		{ 0x7f000001, RTN_LOCAL },
		{ 0x7ffffffe, RTN_LOCAL },
		{ 0x7fffffff, RTN_BROADCAST },
		{ 0x0a0000ff, RTN_BROADCAST },
		{ ~0u, RTN_BROADCAST },
		{ 0xe0000001, RTN_MULTICAST },
		{ 0xefffffff, RTN_MULTICAST },
		{ PEER_IP, RTN_UNICAST },
		{ FAR_IP, RTN_UNICAST },
		{ 0, RTN_UNICAST },
	};

	for (u32 i = 0; i < ARRAY_SIZE(addresses); i++)
		assert_int_equal(
			ip_addr_type(&init_net, cpu_to_be32(addresses[i].addr)), addresses[i].type);
}

static void no_memory(void **state)
{
	static struct net net;
	int err = -1;

	for (unsigned n = 1; err != 0; n++) {
		net = (struct net){ .genid = 0 };
		host_fail_commit(n, true);
		err = setup_net(&net);
		host_fail_commit(0, false);
		assert_true(err == 0 || err == -ENOMEM);
		assert_true(n < 50);
	}
}

int main(void)
{
	const struct CMUnitTest routes[] = {
		STACK_TEST(where_things_go),
		STACK_TEST(an_address_given_twice),
		STACK_TEST(a_source_may_be_asked_for),
		STACK_TEST(a_source_for_what_leaves_by_lo),
		STACK_TEST(types_that_refuse),
		STACK_TEST(no_route),
		STACK_TEST(device_that_is_down),
		STACK_TEST(no_neighbour_free),
		STACK_TEST(two_cards),
		STACK_TEST(adding_routes),
		STACK_TEST(smaller_metric_wins),
		STACK_TEST(every_change_is_noticed),
		STACK_TEST(short_prefixes),
		STACK_TEST(types_of_addresses),
		STACK_TEST(no_memory),
	};

	return cmocka_run_group_tests(routes, NULL, NULL);
}
