/* SPDX-License-Identifier: MIT
 * test_ipconfig.c - ip=, route=, neigh=, hosts=: what is taken, and where each refusal points.
 * Not here: the command line around them (test_cmdline.c).
 * cmocka calls in; what is taken is applied to a stack with two cards without addresses.
 * Source: Linux's Documentation/admin-guide/nfs/nfsroot; hosts(5), resolv.conf(5). */
#include "kernel/lib/string.h"
#include "net/config/ipconfig.h"
#include "net/config/ipconfig_words.h"
#include "net/device/qdisc.h"
#include "tests/unit/stack.h"

typedef bool (*parser)(struct text value, struct parse_error *error);

static struct fake_device card[2];
static char problem[128];
static struct parse_error error;

/* The word must be refused at `at`, so much of it shown, and `expected` be in the explanation. */
static void assert_refused(parser parse, const char *word, u32 at, u32 len, const char *expected)
{
	assert_false(parse(text_of(word), &error));
	assert_int_equal(error.at - word, at);
	assert_int_equal(error.len, len);
	assert_non_null(error.what);
	assert_non_null(strstr(error.expected, expected));
}

static void assert_taken(parser parse, const char *word)
{
	if (!parse(text_of(word), &error))
		fail_msg("'%s' refused at '%.*s': expected %s", word, (int)error.len, error.at,
			error.expected);
}

static void cards(void)
{
	host_capture(true);
	assert_int_equal(net_init(), 0);
	fake_register(&card[0], &init_net, 1);
	fake_register(&card[1], &init_net, 2);
}

static void assert_applied(void)
{
	cards();
	if (!ipconfig_apply(&init_net, problem, sizeof(problem)))
		fail_msg("%s", problem);
}

static void assert_not_applied(const char *why)
{
	cards();
	assert_false(ipconfig_apply(&init_net, problem, sizeof(problem)));
	if (!strstr(problem, why))
		fail_msg("'%s' is not in '%s'", why, problem);
}

static const struct in_ifaddr *first_ifa(int i)
{
	return list_first_entry(&card[i].dev.ifa_list, struct in_ifaddr, list);
}

static int route_to(u32 addr, struct rtable *rt)
{
	struct flowi4 fl4 = { .daddr = cpu_to_be32(addr) };

	return ip_route_output_flow(&init_net, &fl4, rt);
}

/* ---- ip= ----------------------------------------------------------------------------------- */

static void ip_in_full(void **state)
{
	struct rtable rt;
	size_t len;

	assert_taken(ipconfig_parse_ip,
		"10.0.0.1:10.0.0.9:10.0.0.254:255.255.255.0:muffin:eth1:off:"
		"1.1.1.1:8.8.8.8:10.0.0.7");
	assert_applied();
	assert_int_equal(be32_to_cpu(card[1].dev.ip_addr), 0x0a000001);
	assert_int_equal(first_ifa(1)->prefix_len, 24);
	assert_int_equal(be32_to_cpu(first_ifa(1)->broadcast), 0x0a0000ff);
	assert_int_equal(card[0].dev.ip_addr.raw, 0);
	assert_int_equal(route_to(0x08080808, &rt), 0);
	assert_int_equal(be32_to_cpu(rt.neigh->primary_key), 0x0a0000fe);
	assert_string_equal(ipconfig_hostname(), "muffin");
	assert_string_equal(ipconfig_resolv_file(&len), "nameserver 1.1.1.1\nnameserver 8.8.8.8\n");
	assert_int_equal(len, 38);
}

/* RFC 791's classes stand in for a mask, as on Linux. */
static void ip_alone(void **state)
{
	assert_taken(ipconfig_parse_ip, "172.16.0.1");
	assert_taken(ipconfig_parse_ip, "192.0.2.1:::::eth1");
	assert_applied();
	assert_int_equal(first_ifa(0)->prefix_len, 16);
	assert_int_equal(first_ifa(1)->prefix_len, 24);
	assert_null(ipconfig_hostname());
}

/* RFC 3021: with a mask of 31 or 32 bits every address is a host's. */
static void ip_of_two(void **state)
{
	assert_taken(ipconfig_parse_ip, "10.0.0.0:::255.255.255.254::eth0");
	assert_taken(ipconfig_parse_ip, "10.1.2.255:::255.255.255.255::eth1");
	assert_applied();
	assert_int_equal(first_ifa(0)->prefix_len, 31);
	assert_int_equal(first_ifa(1)->prefix_len, 32);
}

static void ip_class_a(void **state)
{
	assert_taken(ipconfig_parse_ip, "10.1.2.3::::::none");
	assert_applied();
	assert_int_equal(first_ifa(0)->prefix_len, 8);
}

static void ip_off(void **state)
{
	assert_taken(ipconfig_parse_ip, "off");
	assert_taken(ipconfig_parse_ip, "none");
	assert_taken(ipconfig_parse_ip, "::::muffin::off");
	assert_applied();
	assert_int_equal(card[0].dev.ip_addr.raw, 0);
	assert_string_equal(ipconfig_hostname(), "muffin");
}

static void ip_refused(void **state)
{
	static const struct {
		const char *word;
		u32 at, len;
		const char *expected;
	} words[] = {
		{ "", 0, 0, "off" },
		{ "dhcp", 0, 4, "off" },
		{ "10.0.0", 0, 6, "off" },
		{ "10.0.0.256", 0, 10, "off" },
		{ "x:::::", 0, 1, "IPv4 address" },
		{ "10.0.0.1:x", 9, 1, "IPv4 address" },
		{ "10.0.0.1::gw", 10, 2, "IPv4 address" },
		{ "10.0.0.1:::255.0.255.0", 11, 11, "ones before zeros" },
		{ "10.0.0.1:::24", 11, 2, "IPv4 address" },
		{ "10.0.0.1::::a b", 12, 3, "printable" },
		{ "10.0.0.1:::::an-interface-name", 13, 17, "at most 15" },
		{ "10.0.0.1::::::dhcp", 14, 4, "off" },
		{ "::::::", 6, 0, "off" },
		{ "10.0.0.1::::::off:dns", 18, 3, "IPv4 address" },
		{ "10.0.0.1::::::off::dns", 19, 3, "IPv4 address" },
		{ "10.0.0.1::::::off:::ntp", 20, 3, "IPv4 address" },
		{ "10.0.0.1::::::off::::more", 21, 4, "at most ten" },
		{ "224.0.0.1", 0, 9, "one host" },
		{ "240.0.0.1:::255.0.0.0", 0, 9, "one host" },
		{ "127.0.0.1", 0, 9, "one host" },
		{ "0.1.2.3:::255.255.255.0", 0, 7, "one host" },
		{ "10.0.0.0", 0, 8, "one host" },
		{ "10.1.2.0:::255.255.255.0", 0, 8, "one host" },
		{ "10.1.2.255:::255.255.255.0", 0, 10, "one host" },
	};
	char host[90] = "10.0.0.1::::";

	for (u32 i = 0; i < ARRAY_SIZE(words); i++)
		assert_refused(ipconfig_parse_ip, words[i].word, words[i].at, words[i].len,
			words[i].expected);
	memset(host + 12, 'h', 64);
	assert_refused(ipconfig_parse_ip, host, 12, 64, "at most 63");
	host[75] = '\0';
	assert_taken(ipconfig_parse_ip, host);
}

static void ip_too_many(void **state)
{
	for (u32 i = 0; i < 16; i++)
		assert_taken(ipconfig_parse_ip, "off");
	assert_refused(ipconfig_parse_ip, "off", 0, 3, "at most 16");
}

static void ip_not_applied_device(void **state)
{
	assert_taken(ipconfig_parse_ip, "10.0.0.1:::::eth7:off");
	assert_not_applied("there is no device 'eth7'");
}

static void ip_not_applied_twice(void **state)
{
	assert_taken(ipconfig_parse_ip, "10.0.0.1");
	assert_taken(ipconfig_parse_ip, "10.0.1.1");
	assert_not_applied("eth0 was given an address twice");
}

static void ip_not_applied_gateway(void **state)
{
	assert_taken(ipconfig_parse_ip, "10.0.0.1::10.0.1.254:255.255.255.0");
	assert_not_applied("the gateway 10.0.1.254 is not inside 10.0.0.1/24");
}

static void ip_not_applied_memory(void **state)
{
	assert_taken(ipconfig_parse_ip, "10.0.0.1");
	cards();
	host_fail_commit(1, true);
	for (u32 i = 0; i < 4; i++) /* what memory there is already may be enough for some routes */
		if (!ipconfig_apply(&init_net, problem, sizeof(problem)))
			break;
	host_fail_commit(0, false);
}

/* ---- route= -------------------------------------------------------------------------------- */

static void routes_taken(void **state)
{
	struct rtable rt;

	assert_taken(ipconfig_parse_ip, "10.0.0.1:::255.255.255.0");
	assert_taken(ipconfig_parse_route, "default,via=10.0.0.9");
	assert_taken(ipconfig_parse_route,
		"192.0.2.0/24,via=10.0.0.8,dev=eth0,src=10.0.0.1,metric=7,"
		"mtu=600,type=unicast");
	assert_taken(ipconfig_parse_route, "198.51.100.7,dev=eth0");
	assert_taken(ipconfig_parse_route, "203.0.113.0/25,type=prohibit");
	assert_taken(ipconfig_parse_route, "203.0.113.128/25,type=unreachable");
	assert_taken(ipconfig_parse_route, "100.64.0.0/10,type=blackhole");
	assert_applied();
	assert_int_equal(route_to(0x08080808, &rt), 0);
	assert_int_equal(be32_to_cpu(rt.neigh->primary_key), 0x0a000009);
	assert_int_equal(route_to(0xc0000201, &rt), 0);
	assert_int_equal(be32_to_cpu(rt.neigh->primary_key), 0x0a000008);
	assert_int_equal(rt.mtu, 600);
	assert_int_equal(route_to(0xc6336407, &rt), 0);
	assert_int_equal(be32_to_cpu(rt.neigh->primary_key), 0xc6336407);
	assert_int_equal(route_to(0xcb007101, &rt), -EACCES);
	assert_int_equal(route_to(0xcb007181, &rt), -EHOSTUNREACH);
	assert_int_equal(route_to(0x64400001, &rt), -EINVAL);
}

static void routes_refused(void **state)
{
	static const struct {
		const char *word;
		u32 at, len;
		const char *expected;
	} words[] = {
		{ "", 0, 0, "default" },
		{ "10.0.0.0/33,dev=eth0", 0, 11, "default" },
		{ "10.0.0.1/24,dev=eth0", 0, 11, "below the mask" },
		{ "x,dev=eth0", 0, 1, "default" },
		{ "10.0.0.0/8", 0, 10, "via= or a dev=" },
		{ "10.0.0.0/8,", 11, 0, "via=" },
		{ "10.0.0.0/8,via=", 15, 0, "IPv4 address" },
		{ "10.0.0.0/8,via=1.2.3", 15, 5, "IPv4 address" },
		{ "10.0.0.0/8,src=x", 15, 1, "IPv4 address" },
		{ "10.0.0.0/8,dev=an-interface-name", 15, 17, "at most 15" },
		{ "10.0.0.0/8,dev=", 15, 0, "at most 15" },
		{ "10.0.0.0/8,type=local", 16, 5, "blackhole" },
		{ "10.0.0.0/8,metric=-1", 18, 2, "number" },
		{ "10.0.0.0/8,metric=4294967296", 18, 10, "number" },
		{ "10.0.0.0/8,mtu=67", 15, 2, "68 to 65535" },
		{ "10.0.0.0/8,mtu=65536", 15, 5, "68 to 65535" },
		{ "10.0.0.0/8,colour=red", 11, 10, "via=" },
		{ "10.0.0.0/8,dev=eth0,", 20, 0, "via=" },
		{ "10.0.0.0/8,weight=2", 0, 10, "via= or a dev=" },
		{ "10.0.0.0/8,dev=eth0,weight=256", 27, 3, "1 to 255" },
		{ "10.0.0.0/8,dev=a,dev=b,dev=c,dev=d,dev=e,dev=f,dev=g,dev=h,dev=i", 63, 1,
			"fewer" },
	};

	for (u32 i = 0; i < ARRAY_SIZE(words); i++)
		assert_refused(ipconfig_parse_route, words[i].word, words[i].at, words[i].len,
			words[i].expected);
	for (u32 i = 0; i < 16; i++)
		assert_taken(ipconfig_parse_route, "default,dev=eth0");
	assert_refused(ipconfig_parse_route, "default,dev=eth0", 0, 7, "at most 16");
}

static void route_not_applied_device(void **state)
{
	assert_taken(ipconfig_parse_route, "default,dev=eth7");
	assert_not_applied("there is no device 'eth7'");
}

static void route_not_applied_via(void **state)
{
	assert_taken(ipconfig_parse_ip, "10.0.0.1:::255.255.255.0");
	assert_taken(ipconfig_parse_route, "default,via=10.0.1.9");
	assert_not_applied("via 10.0.1.9 is on no device's link");
}

static void route_not_applied_twice(void **state)
{
	assert_taken(ipconfig_parse_route, "192.0.2.0/24,dev=eth0");
	assert_taken(ipconfig_parse_route, "192.0.2.0/24,dev=eth0");
	assert_not_applied("192.0.2.0/24: there already");
}

/* ---- the routes file ------------------------------------------------------------------------ */

static void routes_file(void **state)
{
	static const char good[] =
		"# a comment\n192.0.2.0/24 link eth1\n198.51.100.0/24 10.0.0.9 eth0\n",
			  bad[] = "203.0.113.0/25 link eth1\n203.0.113.128/25 link eth7\n";
	struct rtable rt;
	u64 genid;

	assert_taken(ipconfig_parse_ip, "10.0.0.1:::255.255.255.0");
	assert_applied();
	genid = init_net.genid;
	if (!ipconfig_load_routes(&init_net, text_of(good), problem, sizeof(problem)))
		fail_msg("%s", problem);
	assert_true(init_net.genid != genid);
	assert_int_equal(route_to(0xc0000205, &rt), 0);
	assert_ptr_equal(rt.dev, &card[1].dev);
	assert_int_equal(route_to(0xc6336405, &rt), 0);
	assert_int_equal(be32_to_cpu(rt.neigh->primary_key), 0x0a000009);
	assert_false(ipconfig_load_routes(&init_net, text_of(bad), problem, sizeof(problem)));
	assert_non_null(strstr(problem, "line 2: 'eth7'"));
}

/* ---- neigh= -------------------------------------------------------------------------------- */

static void neighbours_taken(void **state)
{
	struct neighbour *n;

	assert_taken(ipconfig_parse_ip, "10.0.0.1");
	assert_taken(ipconfig_parse_neigh, "10.0.0.2,52:54:00:aB:34:56");
	assert_taken(ipconfig_parse_neigh, "10.0.0.3,52-54-00-12-34-57,dev=eth1");
	assert_applied();
	n = neigh_lookup(init_net.arp_tbl, &card[0].dev, cpu_to_be32(0x0a000002));
	assert_int_equal(n->nud_state, NUD_PERMANENT);
	assert_memory_equal(n->hh.bytes + 2, "\x52\x54\0\xab\x34\x56\2\0\0\0\0\1\x08\0", 14);
	assert_non_null(neigh_lookup(init_net.arp_tbl, &card[1].dev, cpu_to_be32(0x0a000003)));
}

static void neighbours_refused(void **state)
{
	static const struct {
		const char *word;
		u32 at, len;
		const char *expected;
	} words[] = {
		{ "", 0, 0, "IPv4 address" },
		{ "x,52:54:00:12:34:56", 0, 1, "IPv4 address" },
		{ "10.0.0.2", 8, 0, "six bytes" },
		{ "10.0.0.2,52:54:00:12:34", 9, 14, "six bytes" },
		{ "10.0.0.2,52:54:00:12:34:5g", 9, 17, "six bytes" },
		{ "10.0.0.2,52:54:00:12:34:56,", 27, 0, "dev=" },
		{ "10.0.0.2,52:54:00:12:34:56,eth0", 27, 4, "dev=" },
		{ "10.0.0.2,52:54:00:12:34:56,dev=", 31, 0, "at most 15" },
		{ "10.0.0.2,52:54:00:12:34:56,dev=an-interface-name", 31, 17, "at most 15" },
	};

	for (u32 i = 0; i < ARRAY_SIZE(words); i++)
		assert_refused(ipconfig_parse_neigh, words[i].word, words[i].at, words[i].len,
			words[i].expected);
	for (u32 i = 0; i < 16; i++)
		assert_taken(ipconfig_parse_neigh, "10.0.0.2,52:54:00:12:34:56");
	assert_refused(ipconfig_parse_neigh, "10.0.0.2,52:54:00:12:34:56", 0, 8, "at most 16");
}

static void neighbour_not_applied(void **state)
{
	assert_taken(ipconfig_parse_neigh, "10.0.0.2,52:54:00:12:34:56,dev=eth7");
	assert_not_applied("there is no device 'eth7'");
}

static void neighbour_table_full(void **state)
{
	assert_taken(ipconfig_parse_neigh, "10.0.0.2,52:54:00:12:34:56");
	assert_taken(ipconfig_parse_neigh, "10.0.0.3,52:54:00:12:34:56");
	cards();
	init_net.arp_tbl = neigh_table_new(1);
	assert_false(ipconfig_apply(&init_net, problem, sizeof(problem)));
	assert_non_null(strstr(problem, "table is full"));
}

/* ---- qdisc= -------------------------------------------------------------------------------- */

static void qdiscs_taken(void **state)
{
	static const struct {
		const char *word;
		struct qdisc_spec spec;
	} words[] = {
		{ "pfifo", { .rate = 0 } },
		{ "pfifo,limit=7", { .limit = 7 } },
		{ "etf", { .timed = true, .delta_ns = 100000 } },
		{ "etf,delta=500", { .timed = true, .delta_ns = 500 } },
		{ "tbf,rate=16kbit", { .rate = 16000 } },
		{ "tbf,rate=16000bit,burst=0", { .rate = 16000 } },
		{ "tbf,rate=100mbit,burst=10k", { .rate = 100000000, .burst = 10240 } },
		{ "tbf,burst=9000,limit=100,rate=40gbit",
			{ .rate = 40000000000, .burst = 9000, .limit = 100 } },
		{ "tbf,rate=1pps", { .rate = 1, .packets = true } },
		{ "tbf,rate=10kpps,burst=32", { .rate = 10000, .packets = true, .burst = 32 } },
		{ "tbf,rate=4294967295mpps", { .rate = 4294967295000000, .packets = true } },
	};

	for (u32 i = 0; i < ARRAY_SIZE(words); i++) {
		const struct qdisc_spec *spec = &ipconfig_words.qdiscs[i].spec;

		assert_taken(ipconfig_parse_qdisc, words[i].word);
		assert_int_equal(spec->rate, words[i].spec.rate);
		assert_int_equal(spec->packets, words[i].spec.packets);
		assert_int_equal(spec->burst, words[i].spec.burst);
		assert_int_equal(spec->limit, words[i].spec.limit);
		assert_int_equal(spec->timed, words[i].spec.timed);
		if (spec->timed)
			assert_int_equal(spec->delta_ns, words[i].spec.delta_ns);
	}
}

static void qdiscs_refused(void **state)
{
	static const struct {
		const char *word;
		u32 at, len;
		const char *expected;
	} words[] = {
		{ "", 0, 0, "tbf,rate=..., etf or pfifo" },
		{ "fq", 0, 2, "tbf,rate=..., etf or pfifo" },
		{ "tbf", 0, 3, "rate= behind tbf" },
		{ "pfifo,rate=1mbit", 0, 5, "none behind pfifo" },
		{ "etf,rate=1mbit", 0, 3, "none behind pfifo and etf" },
		{ "etf,delta=1000000001", 10, 10, "0 to 1000000000" },
		{ "tbf,rate=1mbit,", 15, 0, "rate=, burst=" },
		{ "tbf,peakrate=1mbit", 4, 14, "rate=, burst=" },
		{ "tbf,rate=", 9, 0, "at least 16kbit" },
		{ "tbf,rate=mbit", 9, 4, "at least 16kbit" },
		{ "tbf,rate=1", 9, 1, "in bit, kbit" },
		{ "tbf,rate=1mbps", 9, 5, "in bit, kbit" },
		{ "tbf,rate=15kbit", 9, 6, "at least 16kbit" },
		{ "tbf,rate=0pps", 9, 4, "1pps" },
		{ "tbf,rate=4294967296pps", 9, 13, "at least" },
		{ "tbf,rate=1mbit,burst=16777217", 21, 8, "16777216" },
		{ "tbf,rate=1mbit,burst=16385k", 21, 6, "16777216" },
		{ "tbf,rate=1mbit,burst=1m", 21, 2, "16777216" },
		{ "pfifo,limit=0", 12, 1, "above 0" },
		{ "pfifo,dev=an-interface-name", 10, 17, "at most 15" },
		{ "pfifo,dev=", 10, 0, "at most 15" },
	};

	for (u32 i = 0; i < ARRAY_SIZE(words); i++)
		assert_refused(ipconfig_parse_qdisc, words[i].word, words[i].at, words[i].len,
			words[i].expected);
	for (u32 i = 0; i < 16; i++)
		assert_taken(ipconfig_parse_qdisc, "pfifo");
	assert_refused(ipconfig_parse_qdisc, "pfifo", 0, 5, "at most 16");
}

static void qdiscs_applied(void **state)
{
	assert_taken(ipconfig_parse_qdisc, "tbf,rate=1mbit,limit=9");
	assert_taken(ipconfig_parse_qdisc, "pfifo,dev=eth1");
	assert_applied();
	assert_int_equal(card[0].dev.qdisc->limit, 9);
	assert_int_equal(card[1].dev.qdisc->limit, skb_pool.total_n / 4);
	assert_int_equal(card[0].dev.tx_room, 0);
}

static void qdisc_not_applied(void **state)
{
	assert_taken(ipconfig_parse_qdisc, "pfifo,dev=eth7");
	assert_not_applied("qdisc=: there is no device 'eth7'");
}

/* ---- netns= -------------------------------------------------------------------------------- */

static void namespaces_refused(void **state)
{
	static const struct {
		const char *word;
		u32 at, len;
		const char *expected;
	} words[] = {
		{ "", 0, 0, "/run/netns" },
		{ "a", 1, 0, "<name>:<device>" },
		{ "..:eth0", 0, 2, "/run/netns" },
		{ "a/b:eth0", 0, 3, "/run/netns" },
		{ "a:eth0,", 7, 0, "<name>:<device>" },
		{ "a:an-interface-name", 2, 17, "at most 15" },
		{ "a:1,2,3,4,5,6,7,8,9", 18, 1, "at most 8" },
	};

	for (u32 i = 0; i < ARRAY_SIZE(words); i++)
		assert_refused(ipconfig_parse_netns, words[i].word, words[i].at, words[i].len,
			words[i].expected);
	assert_taken(ipconfig_parse_netns, "a:1,2,3,4,5,6,7,8");
}

/* ---- hosts= -------------------------------------------------------------------------------- */

static void hosts_taken(void **state)
{
	size_t len;

	assert_taken(ipconfig_parse_hosts, "b:10.0.0.2");
	assert_taken(ipconfig_parse_hosts, "c.example:192.0.2.1,d:255.255.255.255");
	assert_string_equal(ipconfig_hosts_file(&len),
		"127.0.0.1\tlocalhost\n10.0.0.2\tb\n"
		"192.0.2.1\tc.example\n255.255.255.255\td\n");
	assert_int_equal(len, strlen(ipconfig_hosts_file(&len)));
	host_capture(true);
	ipconfig_hosts_show();
	assert_string_equal(host_captured(), "hosts: b is 10.0.0.2\nhosts: c.example is 192.0.2.1\n"
					     "hosts: d is 255.255.255.255\n");
}

static void hosts_refused(void **state)
{
	static const struct {
		const char *word;
		u32 at, len;
		const char *expected;
	} words[] = {
		{ "", 0, 0, "<name>:<address>" },
		{ "b", 1, 0, "IPv4 address" },
		{ ":10.0.0.2", 0, 0, "<name>:<address>" },
		{ "b:10.0.0", 2, 6, "IPv4 address" },
		{ "b c:10.0.0.2", 0, 3, "printable" },
		{ "b:10.0.0.2,", 11, 0, "<name>:<address>" },
		{ "b:10.0.0.2,c:x", 13, 1, "IPv4 address" },
	};

	for (u32 i = 0; i < ARRAY_SIZE(words); i++)
		assert_refused(ipconfig_parse_hosts, words[i].word, words[i].at, words[i].len,
			words[i].expected);
}

static void hosts_full(void **state)
{
	char word[] = "a-name-of-forty-characters-and-no-more-xy:10.0.0.2";
	const char *text;
	size_t len;
	u32 n = 0;

	while (ipconfig_parse_hosts(text_of(word), &error))
		assert_true(++n < 1000);
	assert_non_null(strstr(error.expected, "fewer"));
	assert_true(n > 20);
	text = ipconfig_hosts_file(&len);
	assert_int_equal(strlen(text), len);
	assert_int_equal(text[len - 1], '\n');
}

/* No name server: a resolver must not wait for an answer. */
static void no_name_server(void **state)
{
	size_t len;

	assert_taken(ipconfig_parse_ip, "10.0.0.1");
	assert_string_equal(ipconfig_resolv_file(&len), "options timeout:0\n");
	assert_int_equal(len, strlen("options timeout:0\n"));
}

static void many_name_servers(void **state)
{
	const char *text;
	size_t len;

	for (u32 i = 0; i < 16; i++)
		assert_taken(
			ipconfig_parse_ip, "10.0.0.1::::::off:255.255.255.251:255.255.255.252");
	text = ipconfig_resolv_file(&len);
	assert_int_equal(strlen(text), len);
	assert_int_equal(text[len - 1], '\n'); /* whole lines only */
}

int main(void)
{
	const struct CMUnitTest ipconfig[] = {
		BARE_TEST(ip_in_full),
		BARE_TEST(ip_alone),
		BARE_TEST(ip_of_two),
		BARE_TEST(ip_class_a),
		BARE_TEST(ip_off),
		BARE_TEST(ip_refused),
		BARE_TEST(ip_too_many),
		BARE_TEST(ip_not_applied_device),
		BARE_TEST(ip_not_applied_twice),
		BARE_TEST(ip_not_applied_gateway),
		BARE_TEST(ip_not_applied_memory),
		BARE_TEST(routes_taken),
		BARE_TEST(routes_refused),
		BARE_TEST(route_not_applied_device),
		BARE_TEST(route_not_applied_via),
		BARE_TEST(route_not_applied_twice),
		BARE_TEST(routes_file),
		BARE_TEST(neighbours_taken),
		BARE_TEST(neighbours_refused),
		BARE_TEST(neighbour_not_applied),
		BARE_TEST(neighbour_table_full),
		BARE_TEST(qdiscs_taken),
		BARE_TEST(qdiscs_refused),
		BARE_TEST(qdiscs_applied),
		BARE_TEST(qdisc_not_applied),
		BARE_TEST(namespaces_refused),
		BARE_TEST(hosts_taken),
		BARE_TEST(hosts_refused),
		BARE_TEST(hosts_full),
		BARE_TEST(no_name_server),
		BARE_TEST(many_name_servers),
	};

	return cmocka_run_group_tests(ipconfig, NULL, NULL);
}
