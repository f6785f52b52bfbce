/* SPDX-License-Identifier: MIT
 * test_multipath.c - several ways to one destination: shares by weight, flows that stay, links that
 * break, gateways that fail, routes that change under a flow.
 * Not here: the hash and the shares themselves (test_fib_semantics.c), rtnetlink (test_rtnetlink.c).
 * cmocka calls in; eth0 is 10.0.0.1/24, eth1 is 10.1.0.1/24.
 * Source: RFC 2992; RFC 1122 3.3.1; ip-route(8). */
#include "net/device/dev_config.h"
#include "tests/unit/stack.h"

#define OTHER_IP      0x0a010001u
#define OTHER_GATEWAY 0x0a0100feu
#define FAR_NET       0xc6336400u /* 198.51.100.0/24 */
#define FLOWS         3000u

static struct fake_device eth1;

static void add_second_card(void)
{
	fake_register(&eth1, &init_net, 2);
	assert_int_equal(inet_insert_ifa(&eth1.dev, cpu_to_be32(OTHER_IP), 24), 0);
}

/* 198.0.0.0/8 by both gateways. */
static int two_ways(u8 weight0, u8 weight1)
{
	struct fib_nh nh[2] = { { .gw = cpu_to_be32(GATEWAY_IP), .weight = weight0 },
		{ .gw = cpu_to_be32(OTHER_GATEWAY), .weight = weight1 } };
	struct fib_config cfg = { .dst = cpu_to_be32(0xc6000000u),
		.dst_len = 8,
		.type = RTN_UNICAST,
		.nlflags = FIB_CREATE | FIB_REPLACE,
		.nhs = 2 };

	return inet_rtm_newroute(&init_net, &cfg, nh);
}

static const struct net_device *way_of(u32 daddr)
{
	struct flowi4 fl4 = { .daddr = cpu_to_be32(daddr) };
	struct rtable rt;

	return ip_route_output_flow(&init_net, &fl4, &rt) == 0 ? rt.dev : NULL;
}

/* How many of the flows go by eth1. Their neighbours are the two gateways alone. */
static u32 share_of_eth1(void)
{
	u32 n = 0;

	for (u32 i = 0; i < FLOWS; i++)
		n += way_of(FAR_NET + i * 7) == &eth1.dev;
	return n;
}

static void weights(void **state)
{
	add_second_card();
	assert_int_equal(two_ways(1, 2), 0);
	assert_in_range(share_of_eth1(), 1900, 2100); /* 2000, standard deviation 26 */
	assert_int_equal(two_ways(1, 1), 0);
	assert_in_range(share_of_eth1(), 1390, 1610);
	assert_int_equal(two_ways(255, 1), 0);
	assert_in_range(share_of_eth1(), 1, 40);
}

static void a_flow_stays(void **state)
{
	const struct net_device *way[100];

	add_second_card();
	assert_int_equal(two_ways(1, 1), 0);
	for (u32 i = 0; i < 100; i++)
		way[i] = way_of(FAR_NET + i);
	net_changed(&init_net);
	for (u32 i = 0; i < 100; i++)
		assert_ptr_equal(way_of(FAR_NET + i), way[i]);
	/* and comes back to it, once its link does */
	fake_set_link(&eth1, false);
	for (u32 i = 0; i < 100; i++)
		assert_ptr_equal(way_of(FAR_NET + i), &eth0.dev);
	fake_set_link(&eth1, true);
	for (u32 i = 0; i < 100; i++)
		assert_ptr_equal(way_of(FAR_NET + i), way[i]);
}

static void without_any_link_it_waits_for_one(void **state)
{
	add_second_card();
	assert_int_equal(two_ways(1, 1), 0);
	fake_set_link(&eth0, false);
	assert_int_equal(share_of_eth1(), FLOWS);
	fake_set_link(&eth1, false);
	assert_in_range(share_of_eth1(), 1390, 1610);
	fake_set_link(&eth0, true);
	assert_int_equal(share_of_eth1(), 0);
}

/* A hop whose card is down is dead; the route lives as long as one is not. */
static void a_card_that_is_taken_down(void **state)
{
	add_second_card();
	assert_int_equal(two_ways(1, 1), 0);
	dev_close(&eth1.dev);
	assert_int_equal(share_of_eth1(), 0);
	assert_ptr_equal(way_of(FAR_NET), &eth0.dev);
	assert_int_equal(dev_open(&eth1.dev), 0);
	assert_in_range(share_of_eth1(), 1390, 1610);
	dev_close(&eth1.dev);
	dev_close(&eth0.dev);
	assert_null(way_of(FAR_NET)); /* the default route went, too */
	assert_int_equal(dev_open(&eth0.dev), 0);
	assert_null(way_of(FAR_NET));                 /* and does not come back */
	assert_ptr_equal(way_of(PEER_IP), &eth0.dev); /* what follows from an address does */
}

/* Two cards with a way each, their neighbours known. Returns an address whose flow takes the second. */
static u32 behind_second_card(void)
{
	u32 far = FAR_NET;

	add_second_card();
	stack_know_peer();
	assert_int_equal(neigh_set_permanent(init_net.arp_tbl, &eth1.dev,
				 cpu_to_be32(OTHER_GATEWAY), gateway_mac),
		0);
	assert_int_equal(two_ways(1, 1), 0);
	while (way_of(far) != &eth1.dev)
		far++;
	return far;
}

/* The next datagram of a flow whose headers were kept goes the other way. */
static void a_kept_flow_is_moved(void **state)
{
	u32 far = behind_second_card();
	int fd = udp_socket();

	send_to(fd, "one", 3, 0, far, PEER_PORT);
	send_to(fd, "two", 3, 0, far, PEER_PORT);
	assert_int_equal(eth1.sent_n, 2);
	fake_forget(&eth0);
	fake_set_link(&eth1, false);
	send_to(fd, "three", 5, 0, far, PEER_PORT);
	assert_int_equal(eth0.sent_n, 1);
	assert_int_equal(get16(eth0.sent[0].bytes + 26), OUR_IP >> 16); /* its source, too */
	fake_set_link(&eth1, true);
	fake_forget(&eth1);
	send_to(fd, "four", 4, 0, far, PEER_PORT);
	assert_memory_equal(eth1.sent[eth1.sent_n - 1].bytes + 42, "four", 4);
}

static void pull(struct fake_device *fake)
{
	fake->on_poll = NULL;
	fake_set_link(fake, false);
}

/* A sender that waits for room on a card whose link goes away does not wait for its return. */
static void who_waits_is_moved(void **state)
{
	u32 far = behind_second_card();
	int fd = udp_socket();

	eth1.stuck = true;
	while (eth1.dev.tx_room > 0)
		assert_int_equal(send_to(fd, "x", 1, 0, far, PEER_PORT), 1);
	eth1.on_poll = pull;
	fake_forget(&eth0);
	assert_int_equal(send_to(fd, "y", 1, 0, far, PEER_PORT), 1);
	assert_int_equal(eth0.sent_n, 1);
	assert_true(clock_ns() < NSEC_PER_SEC);
	eth1.stuck = false;
	fake_set_link(&eth1, true);
}

static void a_device_that_is_named_decides(void **state)
{
	struct flowi4 fl4;
	struct rtable rt;

	add_second_card();
	assert_int_equal(two_ways(1, 1), 0);
	for (u32 i = 0; i < 50; i++) {
		fl4 = (struct flowi4){ .daddr = cpu_to_be32(FAR_NET + i), .oif = eth1.dev.ifindex };
		assert_int_equal(ip_route_output_flow(&init_net, &fl4, &rt), 0);
		assert_int_equal(be32_to_cpu(rt.neigh->primary_key), OTHER_GATEWAY);
		assert_int_equal(be32_to_cpu(rt.saddr), OTHER_IP);
	}
	/* also where no route leads by it: then it is on its link */
	fl4 = (struct flowi4){ .daddr = cpu_to_be32(PEER_IP), .oif = eth1.dev.ifindex };
	assert_int_equal(ip_route_output_flow(&init_net, &fl4, &rt), 0);
	assert_ptr_equal(rt.dev, &eth1.dev);
	assert_int_equal(be32_to_cpu(rt.neigh->primary_key), PEER_IP);
	fl4.oif = 77;
	assert_int_equal(ip_route_output_flow(&init_net, &fl4, &rt), -ENODEV);
	dev_close(&eth1.dev);
	fl4.oif = eth1.dev.ifindex;
	assert_int_equal(ip_route_output_flow(&init_net, &fl4, &rt), -ENETUNREACH);
}

/* ---- several default routes ----------------------------------------------------------------- */

static be32 gateway_to(u32 daddr)
{
	struct flowi4 fl4 = { .daddr = cpu_to_be32(daddr) };
	struct rtable rt;

	assert_int_equal(ip_route_output_flow(&init_net, &fl4, &rt), 0);
	return rt.neigh->primary_key;
}

/* RFC 1122 3.3.1.4: a gateway that does not answer is not used while there is another. */
static void a_gateway_that_fails_is_avoided(void **state)
{
	struct route_spec second = { .via = cpu_to_be32(OTHER_GATEWAY), .type = RTN_UNICAST };
	int fd = udp_socket();

	add_second_card();
	assert_int_equal(ip_route_add(&init_net, &second), 0);
	assert_int_equal(neigh_set(init_net.arp_tbl, &eth0.dev, cpu_to_be32(GATEWAY_IP),
				 gateway_mac, NUD_REACHABLE),
		0);
	assert_int_equal(be32_to_cpu(gateway_to(FAR_IP)), GATEWAY_IP);
	stack_step(31000); /* nothing is heard of it for so long; then it is used, and asked */
	send_to(fd, "x", 1, 0, FAR_IP, PEER_PORT);
	stack_step(15000);
	assert_int_equal(
		neigh_lookup(init_net.arp_tbl, &eth0.dev, cpu_to_be32(GATEWAY_IP))->nud_state,
		NUD_FAILED);
	assert_int_equal(be32_to_cpu(gateway_to(FAR_IP)), OTHER_GATEWAY);
	assert_int_equal(neigh_set_permanent(init_net.arp_tbl, &eth1.dev,
				 cpu_to_be32(OTHER_GATEWAY), gateway_mac),
		0);
	fake_forget(&eth1);
	send_to(fd, "y", 1, 0, FAR_IP, PEER_PORT);
	assert_int_equal(eth1.sent_n, 1);
	for (u32 i = 0; i < 5; i++)
		assert_int_equal(be32_to_cpu(gateway_to(FAR_IP)), OTHER_GATEWAY);
}

static void the_smaller_metric_is_first(void **state)
{
	struct route_spec second = {
		.via = cpu_to_be32(OTHER_GATEWAY), .type = RTN_UNICAST, .metric = 100
	};

	add_second_card();
	assert_int_equal(ip_route_add(&init_net, &second), 0);
	assert_int_equal(be32_to_cpu(gateway_to(FAR_IP)), GATEWAY_IP);
	dev_close(&eth0.dev);
	assert_int_equal(be32_to_cpu(gateway_to(FAR_IP)), OTHER_GATEWAY);
	assert_int_equal(dev_open(&eth0.dev), 0);
}

/* ---- routes that change under a flow ---------------------------------------------------------- */

static struct fib_config far_route(u32 nlflags)
{
	return (struct fib_config){ .dst = cpu_to_be32(FAR_NET),
		.dst_len = 24,
		.type = RTN_UNICAST,
		.nlflags = nlflags,
		.nhs = 1 };
}

static void replaced_and_deleted(void **state)
{
	struct fib_nh via9 = { .gw = cpu_to_be32(0x0a000009) };
	struct fib_nh via8 = { .gw = cpu_to_be32(0x0a000008) };
	struct fib_config cfg = far_route(FIB_CREATE | FIB_EXCL);

	assert_int_equal(inet_rtm_newroute(&init_net, &cfg, &via9), 0);
	assert_int_equal(be32_to_cpu(gateway_to(FAR_NET + 1)), 0x0a000009);
	assert_int_equal(inet_rtm_newroute(&init_net, &cfg, &via8), -EEXIST);
	cfg.nlflags = FIB_REPLACE;
	assert_int_equal(inet_rtm_newroute(&init_net, &cfg, &via8), 0);
	assert_int_equal(be32_to_cpu(gateway_to(FAR_NET + 1)), 0x0a000008);
	cfg.nhs = 0;
	assert_int_equal(inet_rtm_delroute(&init_net, &cfg), 0);
	assert_int_equal(be32_to_cpu(gateway_to(FAR_NET + 1)), GATEWAY_IP);
	assert_int_equal(inet_rtm_delroute(&init_net, &cfg), -ESRCH);
}

/* throw: as if the prefix were not in this table; as there is no other one, nothing leads there. */
static void types(void **state)
{
	static const struct {
		u8 type;
		int err;
	} rows[] = { { RTN_BLACKHOLE, -EINVAL }, { RTN_UNREACHABLE, -EHOSTUNREACH },
		{ RTN_PROHIBIT, -EACCES }, { RTN_THROW, -ENETUNREACH } };
	struct flowi4 fl4;
	struct rtable rt;

	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fib_config cfg = far_route(FIB_CREATE | FIB_REPLACE);

		cfg.type = rows[i].type;
		cfg.nhs = 0;
		assert_int_equal(inet_rtm_newroute(&init_net, &cfg, NULL), 0);
		fl4 = (struct flowi4){ .daddr = cpu_to_be32(FAR_NET + 1) };
		assert_int_equal(ip_route_output_flow(&init_net, &fl4, &rt), rows[i].err);
	}
}

static void what_a_hop_may_be(void **state)
{
	struct fib_nh nh = { .gw = cpu_to_be32(OTHER_GATEWAY) };
	struct fib_config cfg = far_route(FIB_CREATE);

	assert_int_equal(inet_rtm_newroute(&init_net, &cfg, &nh), -ENETUNREACH);
	nh.flags = RTNH_F_ONLINK; /* though no address says so; then the device must be named */
	assert_int_equal(inet_rtm_newroute(&init_net, &cfg, &nh), -ENODEV);
	nh.oif = eth0.dev.ifindex;
	assert_int_equal(inet_rtm_newroute(&init_net, &cfg, &nh), 0);
	assert_int_equal(be32_to_cpu(gateway_to(FAR_NET + 1)), OTHER_GATEWAY);
	nh = (struct fib_nh){ .oif = 77 };
	assert_int_equal(inet_rtm_newroute(&init_net, &cfg, &nh), -ENODEV);
	cfg.prefsrc = cpu_to_be32(PEER_IP);
	nh.oif = eth0.dev.ifindex;
	assert_int_equal(inet_rtm_newroute(&init_net, &cfg, &nh), -EINVAL);
	dev_close(&eth0.dev);
	assert_int_equal(inet_rtm_newroute(&init_net, &cfg, &nh), -ENETDOWN);
	assert_int_equal(dev_open(&eth0.dev), 0);
}

/* ---- addresses ---------------------------------------------------------------------------------- */

static void several_addresses(void **state)
{
	struct in_ifaddr *first;

	assert_int_equal(inet_insert_ifa(&eth0.dev, cpu_to_be32(0x0a000005), 24), 0);
	assert_int_equal(inet_insert_ifa(&eth0.dev, cpu_to_be32(0x0a020001), 16), 0);
	assert_int_equal(inet_insert_ifa(&eth0.dev, cpu_to_be32(0x0a020001), 16), -EEXIST);
	assert_int_equal(ip_addr_type(&init_net, cpu_to_be32(0x0a000005)), RTN_LOCAL);
	assert_int_equal(ip_addr_type(&init_net, cpu_to_be32(0x0a02ffff)), RTN_BROADCAST);
	/* each network's own address goes out, in ARP as in IPv4 */
	send_to(udp_socket(), "x", 1, 0, 0x0a020007, PEER_PORT);
	assert_int_equal(get16(eth0.sent[0].bytes + 28), 0x0a02); /* sender of the request */
	/* the secondary one takes the primary one's place, and its routes */
	first = list_first_entry(&eth0.dev.ifa_list, struct in_ifaddr, list);
	inet_del_ifa(&eth0.dev, first);
	assert_int_equal(ip_addr_type(&init_net, cpu_to_be32(OUR_IP)), RTN_UNICAST);
	assert_ptr_equal(way_of(PEER_IP), &eth0.dev);
	assert_int_equal(be32_to_cpu(eth0.dev.ip_addr), 0x0a020001);
	stack_step(60000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STACK_TEST(weights),
		STACK_TEST(a_flow_stays),
		STACK_TEST(without_any_link_it_waits_for_one),
		STACK_TEST(a_card_that_is_taken_down),
		STACK_TEST(a_kept_flow_is_moved),
		STACK_TEST(who_waits_is_moved),
		STACK_TEST(a_device_that_is_named_decides),
		STACK_TEST(a_gateway_that_fails_is_avoided),
		STACK_TEST(the_smaller_metric_is_first),
		STACK_TEST(replaced_and_deleted),
		STACK_TEST(types),
		STACK_TEST(what_a_hop_may_be),
		STACK_TEST(several_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
