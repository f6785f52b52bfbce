/* SPDX-License-Identifier: MIT
 * test_nf_rules.c - filter rules: what matches, at every edge; lists, counters, words, the file.
 * Not here: what a verdict does to a packet (test_netfilter.c).
 * cmocka calls in; packets are laid out by hand.
 * Source: RFC 791 3.1, RFC 768; iptables(8): the first rule that matches decides. */
#include "kernel/fs/procfile.h"
#include "net/config/nf_rules_text.h"
#include "tests/unit/stack.h"

#include <stdio.h>

/* ---- a packet, and what a rule says about it ----------------------------------------------- */

struct packet {
	u32 src, dst, proto, sport, dport, dev; /* dev: 1 is lo, 2 is eth0 */
	u32 header_words;                       /* of IPv4; 0: five */
	u32 offset;                             /* of a fragment, in eights */
	u32 cut;                                /* bytes missing at the end */
	bool in;
};

static const struct packet muffin = { .src = OUR_IP,
	.dst = PEER_IP,
	.proto = IPPROTO_UDP,
	.sport = OUR_PORT,
	.dport = PEER_PORT,
	.dev = 2 };

static u8 slot[SKB_SLOT] __aligned(16);

static struct sk_buff *lay_out(const struct packet *p)
{
	struct sk_buff *skb = (struct sk_buff *)slot;
	u8 *at = slot + SKB_NETWORK_OFF;
	u32 header_len = (p->header_words ?: 5) * 4;

	memset(slot, 0, sizeof(slot));
	at[0] = (u8)(0x40 | header_len / 4);
	put16(at + 6, (u16)p->offset);
	at[9] = (u8)p->proto;
	put16(at + 12, (u16)(p->src >> 16));
	put16(at + 14, (u16)p->src);
	put16(at + 16, (u16)(p->dst >> 16));
	put16(at + 18, (u16)p->dst);
	memset(at + 20, 0xff, header_len - 20);
	put16(at + header_len, (u16)p->sport);
	put16(at + header_len + 2, (u16)p->dport);
	skb->data = at;
	skb->network_off = SKB_NETWORK_OFF;
	skb->len = (u16)(header_len + 8 - p->cut);
	return skb;
}

static bool parse(const char *text, struct nf_rule_text *rule)
{
	struct parse_error error;

	return nf_rule_parse(text_of(text), rule, &error);
}

static struct proc_file *file(void)
{
	return proc_find("/proc/net/filter");
}

static int order(const char *line)
{
	return file()->store(&init_net, text_of(line));
}

/* The verdict on p of what is in the list of "out". */
static u32 verdict(const struct packet *p)
{
	const struct nf_rule_list *list = nf_rule_list(&init_net, NF_INET_LOCAL_OUT);
	struct net_device *dev = dev_get_by_index(&init_net, (int)p->dev);
	struct nf_hook_state state = {
		.net = &init_net, .in = p->in ? dev : NULL, .out = p->in ? NULL : dev
	};

	return list->ops.hook(list->ops.priv, lay_out(p), &state);
}

/* Does a rule with these conditions match? */
static bool matches(const char *conditions, const struct packet *p)
{
	char line[200];
	bool hit;

	snprintf(line, sizeof(line), "append out,%sdrop", conditions);
	assert_int_equal(order(line), 0);
	hit = verdict(p) == NF_DROP;
	assert_int_equal(order("flush"), 0);
	return hit;
}

#define MATCHES(conditions, ...)                                                                   \
	({                                                                                         \
		struct packet p_ = muffin;                                                         \
		__VA_ARGS__;                                                                       \
		matches(conditions, &p_);                                                          \
	})

static void addresses(void **state)
{
	assert_true(MATCHES("", (void)0));
	assert_true(MATCHES("dst=10.0.0.2,", (void)0));
	assert_false(MATCHES("dst=10.0.0.3,", (void)0));
	assert_false(MATCHES("src=10.0.0.2,", (void)0));
	assert_true(MATCHES("src=10.0.0.1,", (void)0));
	assert_true(MATCHES("src=10.0.0.1,dst=10.0.0.2,", (void)0));
	assert_false(MATCHES("src=10.0.0.1,dst=10.0.0.1,", (void)0));
	assert_false(MATCHES("src=10.0.0.2,dst=10.0.0.2,", (void)0));
	assert_true(MATCHES("dst=default,", (void)0));
	assert_true(MATCHES("dst=128.0.0.0/1,", p_.dst = 0x80000000));
	assert_false(MATCHES("dst=128.0.0.0/1,", p_.dst = 0x7fffffff));
	assert_true(MATCHES("dst=10.0.0.0/23,", p_.dst = 0x0a0001ff));
	assert_false(MATCHES("dst=10.0.0.0/23,", p_.dst = 0x0a000200));
	assert_false(MATCHES("dst=10.0.0.0/23,", p_.dst = 0x09ffffff));
	assert_true(MATCHES("dst=255.255.255.255,", p_.dst = 0xffffffff));
	assert_true(MATCHES("dst=0.0.0.0/32,", p_.dst = 0));
	assert_false(MATCHES("dst=0.0.0.0/32,", p_.dst = 1));
	/* said twice, the last one counts */
	assert_true(MATCHES("dst=10.0.0.3,dst=10.0.0.0/24,", (void)0));
}

/* Each range one below, at, and one above both of its ends; for ports that other lanes lie beside. */
static void port_ranges(void **state)
{
	static const u32 ends[][2] = { { 0, 0 }, { 0, 1 }, { 1, 1 }, { 0, 65535 }, { 65535, 65535 },
		{ 1, 65534 }, { 4000, 5000 }, { 32767, 32768 }, { 53, 53 } };
	static const u32 others[] = { 0, 1, 32768, 65535 };

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		for (size_t j = 0; j < ARRAY_SIZE(others); j++)
			for (int k = -1; k <= 1; k++)
				for (int end = 0; end < 2; end++) {
					u32 port = (ends[i][end] + (u32)k) & 0xffff;
					bool hit = port >= ends[i][0] && port <= ends[i][1];
					char text[40];

					snprintf(text, sizeof(text), "dport=%u-%u,", ends[i][0],
						ends[i][1]);
					assert_int_equal(MATCHES(text, p_.dport = port;
								 p_.sport = others[j]),
						hit);
					text[0] = 's';
					assert_int_equal(MATCHES(text, p_.sport = port;
								 p_.dport = others[j]),
						hit);
				}
	assert_true(MATCHES("dport=4747,", (void)0));
	assert_false(MATCHES("dport=4746,", (void)0));
	assert_false(MATCHES("sport=4747,", (void)0));
	assert_true(MATCHES("sport=4000-5000,dport=4000-5000,", (void)0));
	assert_false(MATCHES("sport=4000-4999,dport=4000-5000,", (void)0));
	assert_false(MATCHES("sport=4000-5000,dport=4748-5000,", (void)0));
}

static void protocols(void **state)
{
	assert_true(MATCHES("proto=udp,", (void)0));
	assert_false(MATCHES("proto=16,", (void)0));
	assert_false(MATCHES("proto=18,", (void)0));
	assert_false(MATCHES("proto=udp,", p_.proto = IPPROTO_ICMP));
	assert_true(MATCHES("proto=icmp,", p_.proto = IPPROTO_ICMP));
	assert_true(MATCHES("proto=tcp,dport=4747,", p_.proto = IPPROTO_TCP));
	assert_true(MATCHES("proto=255,", p_.proto = 255));
	assert_true(MATCHES("proto=0,", p_.proto = 0));
	assert_false(MATCHES("proto=0,", p_.proto = 255));
	assert_true(MATCHES("dport=4747,", p_.proto = IPPROTO_TCP));
	/* the same bytes, but they are no ports */
	assert_false(MATCHES("dport=4747,", p_.proto = IPPROTO_ICMP));
	assert_false(MATCHES("dport=0-65535,", p_.proto = IPPROTO_ICMP));
	assert_false(MATCHES("sport=0,", p_.proto = 200));
}

static void devices(void **state)
{
	assert_true(MATCHES("dev=eth0,", (void)0));
	assert_false(MATCHES("dev=lo,", (void)0));
	assert_true(MATCHES("dev=lo,", p_.dev = 1));
	assert_false(MATCHES("dev=eth0,", p_.dev = 1));
	assert_true(MATCHES("dev=eth0,", p_.in = true));
	assert_int_equal(order("append out,dev=eth7,drop"), -ENODEV);
	assert_non_null(strstr(host_captured(), "no such device"));
}

/* A fragment after the first begins with anything; so does a packet that ends too early. */
static void packets_without_ports(void **state)
{
	assert_false(MATCHES("dport=4747,", p_.offset = 1));
	assert_false(MATCHES("dport=0-65535,", p_.offset = 0x1fff));
	assert_true(MATCHES("dport=4747,", p_.offset = 0x2000)); /* the first one, more follow */
	assert_true(MATCHES("dport=4747,", p_.offset = 0x4000)); /* DF */
	assert_true(MATCHES("proto=udp,", p_.offset = 1));
	assert_true(MATCHES("dport=4747,", p_.cut = 4));
	assert_false(MATCHES("dport=4747,", p_.cut = 5));
	assert_false(MATCHES("sport=0-65535,", p_.cut = 8));
	assert_true(MATCHES("dport=4747,", p_.header_words = 15)); /* options */
	assert_false(MATCHES("dport=4747,", p_.header_words = 15; p_.cut = 5));
}

/* Every lane at its greatest value, and none disturbs the next. */
static void lanes_do_not_touch(void **state)
{
	static const char all[] = "src=0.0.0.0/32,dst=0.0.0.0/32,proto=17,sport=0,dport=0,";

	assert_true(MATCHES(all, p_.src = p_.dst = p_.sport = p_.dport = 0));
	assert_false(MATCHES(all, p_.src = p_.dst = p_.sport = 0; p_.dport = 65535));
	assert_false(MATCHES(all, p_.src = p_.dst = p_.dport = 0; p_.sport = 65535));
	assert_true(MATCHES("proto=17,sport=65535,dport=65535,", p_.sport = p_.dport = 65535));
	assert_false(MATCHES("proto=17,sport=65535,dport=65535,", p_.sport = 65535; p_.dport = 0));
	assert_false(MATCHES("proto=17,sport=65535,dport=65535,", p_.sport = 0; p_.dport = 65535));
}

/* ---- lists --------------------------------------------------------------------------------- */

static const char *shown(void)
{
	static char buf[200000];
	struct seq_file m = { .buf = buf, .size = sizeof(buf) };

	buf[0] = '\0';
	file()->show(&m, &init_net);
	return buf;
}

static void first_match_wins(void **state)
{
	struct packet other = muffin;

	other.dst = FAR_IP;
	assert_int_equal(order("append out,dst=10.0.0.0/24,queue:7"), 0);
	assert_int_equal(order("append out,dst=10.0.0.2,drop"), 0);
	assert_int_equal(order("append out,policy=queue:65535"), 0);
	assert_int_equal(verdict(&muffin), NF_QUEUE | 7 << 16);
	assert_int_equal(verdict(&muffin), NF_QUEUE | 7 << 16);
	assert_int_equal(verdict(&other), (u32)NF_QUEUE | 65535u << 16);
	assert_string_equal(shown(), "2 56 out,dst=10.0.0.0/24,queue:7\n"
				     "0 0 out,dst=10.0.0.2/32,drop\n"
				     "1 28 out,policy=queue:65535\n");
	assert_int_equal(order("delete out,dst=10.0.0.0/24,queue:7"), 0);
	assert_int_equal(verdict(&muffin), NF_DROP);
	assert_int_equal(order("append out,policy=drop"), 0);
	assert_int_equal(verdict(&other), NF_DROP);
	assert_int_equal(order("append out,policy=accept"), 0);
	assert_int_equal(verdict(&other), NF_ACCEPT);
}

/* What is shown, behind its counters, is what was written. */
static void shown_as_written(void **state)
{
	static const char *const rules[] = { "in,accept", "in,dst=0.0.0.0/1,drop", "out,queue:0",
		"out,src=1.2.3.4/32,dst=5.6.7.0/24,proto=udp,sport=1-2,dport=3,dev=eth0,queue:9",
		"out,proto=icmp,drop", "post,proto=tcp,drop", "post,proto=47,dev=lo,accept" };
	char expected[600] = "", line[200];

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		snprintf(line, sizeof(line), "append %s", rules[i]);
		assert_int_equal(order(line), 0);
		sprintf(expected + strlen(expected), "0 0 %s\n", rules[i]);
		if (i == 1 || i == 4 || i == 6)
			sprintf(expected + strlen(expected), "0 0 %.*s,policy=accept\n",
				(int)strcspn(rules[i], ","), rules[i]);
	}
	assert_string_equal(shown(), expected);
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		snprintf(line, sizeof(line), "delete %s", rules[i]);
		assert_int_equal(order(line), 0);
		assert_int_equal(order(line), -ENOENT);
	}
	assert_string_equal(shown(), "");
}

/* Off costs nothing; turning it on or off makes cached flows stale. */
static void registered_while_needed(void **state)
{
	struct static_key *key = &nf_hooks_needed[NF_INET_LOCAL_OUT];
	u64 genid = init_net.genid;

	assert_false(key->enabled);
	assert_int_equal(order("append in,policy=drop"), 0);
	assert_false(key->enabled);
	assert_int_equal(order("append out,drop"), 0);
	assert_true(key->enabled);
	assert_true(init_net.genid > genid);
	assert_int_equal(order("append out,drop"), 0);
	assert_int_equal(order("delete out,drop"), 0);
	assert_true(key->enabled);
	genid = init_net.genid;
	assert_int_equal(order("delete out,drop"), 0);
	assert_false(key->enabled);
	assert_true(init_net.genid > genid);
	assert_int_equal(order("append out,policy=drop"), 0);
	assert_true(key->enabled);
	assert_int_equal(order("flush out"), 0);
	assert_false(key->enabled);
	assert_true(nf_hooks_needed[NF_INET_LOCAL_IN].enabled);
	assert_int_equal(order("flush"), 0);
	assert_false(nf_hooks_needed[NF_INET_LOCAL_IN].enabled);
	assert_string_equal(shown(), "");
	assert_int_equal(order("flush"), 0);
}

static void full_list(void **state)
{
	struct nf_rule rule = nf_rule_any(NF_DROP);
	size_t before = host_mem_out();

	for (u32 i = 0; i < NF_RULES_MAX; i++) {
		nf_rule_bound(&rule, NF_LANE_SPORT, i, i);
		nf_rule_bound(&rule, NF_LANE_PORTED, 1, 1);
		assert_int_equal(nf_rule_append(&init_net, NF_INET_LOCAL_OUT, &rule), 0);
	}
	assert_int_equal(nf_rule_append(&init_net, NF_INET_LOCAL_OUT, &rule), -ENOSPC);
	assert_int_equal(order("append out,drop"), -ENOSPC);
	for (u32 i = 0; i < NF_RULES_MAX + 3; i++) {
		struct packet p = muffin;

		p.sport = i;
		assert_int_equal(verdict(&p), i < NF_RULES_MAX ? NF_DROP : NF_ACCEPT);
	}
	nf_rule_flush(&init_net, NF_INET_LOCAL_OUT);
	assert_true(host_mem_out() <= before + 4096); /* the slab's page */
}

static void no_memory(void **state)
{
	host_fail_commit(1, true);
	assert_int_equal(order("append out,drop"), -ENOMEM);
	assert_int_equal(order("append out,policy=drop"), -ENOMEM);
	host_fail_commit(0, false);
	assert_int_equal(order("delete out,drop"), -ENOENT);
	for (u32 i = 0; i < 63; i++)
		assert_int_equal(order("append out,drop"), 0);
	host_fail_commit(1, true);
	assert_int_equal(order("append out,drop"), -ENOMEM);
	assert_int_equal(order("append out,policy=drop"), 0);
	host_fail_commit(0, false);
	assert_int_equal(order("append out,drop"), 0);
	assert_int_equal(order("flush"), 0);
}

static void each_namespace_its_own(void **state)
{
	static struct net other;
	struct nf_rule rule = nf_rule_any(NF_DROP);

	assert_int_equal(setup_net(&other), 0);
	assert_int_equal(nf_rule_append(&other, NF_INET_LOCAL_OUT, &rule), 0);
	assert_string_equal(shown(), "");
	stack_know_peer();
	assert_int_equal(send_to(udp_socket(), "x", 1, 0, PEER_IP, PEER_PORT), 1);
}

/* ---- on the road --------------------------------------------------------------------------- */

static void dropped_and_let_pass(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	stack_know_peer();
	assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT), 1);
	assert_int_equal(order("append out,proto=udp,dport=4747,drop"), 0);
	assert_int_equal(order("append post,dport=4748,drop"), 0);
	assert_int_equal(send_to(fd, "muffin", 6, 0, PEER_IP, PEER_PORT), -EPERM);
	assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT + 1), -EPERM);
	assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT + 2), 1);
	assert_int_equal(eth0.sent_n, 2);
	assert_string_equal(shown(), "1 34 out,proto=udp,dport=4747,drop\n"
				     "2 58 out,policy=accept\n"
				     "1 29 post,dport=4748,drop\n"
				     "1 29 post,policy=accept\n");
	assert_int_equal(stack_dropped(SKB_DROP_NETFILTER), 2);
	assert_int_equal(order("flush"), 0);
	assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT), 1);
}

/* A datagram that will leave in fragments is one packet here, with its ports. */
static void whole_before_fragments(void **state)
{
	static u8 big[4000];
	int fd = udp_socket();

	stack_know_peer();
	assert_int_equal(order("append post,dport=4747,accept"), 0);
	assert_int_equal(send_to(fd, big, sizeof(big), 0, PEER_IP, PEER_PORT), 4000);
	assert_int_equal(eth0.sent_n, 3);
	assert_string_equal(shown(), "1 4028 post,dport=4747,accept\n0 0 post,policy=accept\n");
}

static void on_the_way_in(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	assert_int_equal(order("append in,src=10.0.0.2,sport=4747,drop"), 0);
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(sk_of(fd)->sk_receive_queue.n, 0);
	assert_int_equal(order("flush"), 0);
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(sk_of(fd)->sk_receive_queue.n, 1);
}

/* ---- what is refused ----------------------------------------------------------------------- */

static const struct {
	const char *rule, *at; /* where the error points */
} refusals[] = {
	{ "", "" },
	{ "out", "" },
	{ "out,", "" },
	{ "up,drop", "up,drop" },
	{ "OUT,drop", "OUT,drop" },
	{ "out,reject", "reject" },
	{ "out,drop,", "" },
	{ "out,drop,accept", "accept" },
	{ "out,drop,dst=1.2.3.4", "dst=1.2.3.4" },
	{ "out,dst=1.2.3.4", "" },
	{ "out,,drop", ",drop" },
	{ "out,dst=,drop", ",drop" },
	{ "out,dst=10.0.0.1/24,drop", "10.0.0.1/24,drop" },
	{ "out,dst=10.0.0.0/33,drop", "10.0.0.0/33,drop" },
	{ "out,src=10.0.0,drop", "10.0.0,drop" },
	{ "out,proto=256,drop", "256,drop" },
	{ "out,proto=,drop", ",drop" },
	{ "out,proto=sctp,drop", "sctp,drop" },
	{ "out,dport=65536,drop", "65536,drop" },
	{ "out,dport=5-4,drop", "5-4,drop" },
	{ "out,dport=-4,drop", "-4,drop" },
	{ "out,dport=4-,drop", "4-,drop" },
	{ "out,dport=4-5-6,drop", "4-5-6,drop" },
	{ "out,sport=,drop", ",drop" },
	{ "out,proto=icmp,dport=5,drop", "out,proto=icmp,dport=5,drop" },
	{ "out,dport=5,proto=47,drop", "out,dport=5,proto=47,drop" },
	{ "out,dev=,drop", ",drop" },
	{ "out,dev=sixteencharacter,drop", "sixteencharacter,drop" },
	{ "out,port=5,drop", "port=5,drop" },
	{ "out,queue:", "queue:" },
	{ "out,queue:65536", "queue:65536" },
	{ "out,queue:-1", "queue:-1" },
	{ "out,queue7", "queue7" },
	{ "out,policy=", "" },
	{ "out,policy=maybe", "maybe" },
	{ "out,policy=drop,accept", "accept" },
	{ "out,dst=1.2.3.4,policy=drop", "policy=drop" },
};

static void refused(void **state)
{
	struct nf_rule_text rule;
	struct parse_error error;

	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		struct text t = text_of(refusals[i].rule);

		if (nf_rule_parse(t, &rule, &error))
			fail_msg("taken: '%s'", refusals[i].rule);
		assert_non_null(error.what);
		assert_non_null(error.expected);
		assert_string_equal(error.at, refusals[i].at);
	}
	assert_true(parse("out,queue", &rule));
	assert_int_equal(rule.rule.verdict, NF_QUEUE);
	assert_true(parse("in,policy=queue", &rule));
}

static void orders_refused(void **state)
{
	assert_int_equal(order("out,drop"), -EINVAL);
	assert_int_equal(order("append"), -EINVAL);
	assert_int_equal(order("append  out,drop"), -EINVAL);
	assert_int_equal(order("flush up"), -EINVAL);
	assert_int_equal(order("insert out,drop"), -EINVAL);
	assert_int_equal(order("delete out,policy=drop"), -ENOENT);
	host_capture(true);
	assert_int_equal(order("append out,dport=x,drop"), -EINVAL);
	assert_string_equal(host_captured(),
		"filter: character 18 of 'append out,dport=x,drop': dport 'x': expected "
		"<0..65535>, or <first>-<last>\n");
	assert_string_equal(shown(), "");
}

static void words(void **state)
{
	struct parse_error error;
	char problem[100];

	assert_true(nf_rules_parse_word(text_of("out,dst=10.0.0.2,drop"), &error));
	assert_true(nf_rules_parse_word(text_of("out,policy=drop"), &error));
	assert_false(nf_rules_parse_word(text_of("out,polcy=drop"), &error));
	assert_true(nf_rules_apply(&init_net, problem, sizeof(problem)));
	assert_string_equal(shown(), "0 0 out,dst=10.0.0.2/32,drop\n0 0 out,policy=drop\n");
	assert_int_equal(order("flush"), 0);
	assert_true(nf_rules_parse_word(text_of("out,dev=eth1,drop"), &error));
	assert_false(nf_rules_apply(&init_net, problem, sizeof(problem)));
	assert_string_equal(problem, "filter=out,dev=eth1,drop: there is no such device");
	for (int i = 0; i < 29; i++)
		assert_true(nf_rules_parse_word(text_of("in,accept"), &error));
	assert_false(nf_rules_parse_word(text_of("in,accept"), &error));
}

int main(void)
{
	const struct CMUnitTest rules[] = {
		STACK_TEST(addresses),
		STACK_TEST(port_ranges),
		STACK_TEST(protocols),
		STACK_TEST(devices),
		STACK_TEST(packets_without_ports),
		STACK_TEST(lanes_do_not_touch),
		STACK_TEST(first_match_wins),
		STACK_TEST(shown_as_written),
		STACK_TEST(registered_while_needed),
		STACK_TEST(full_list),
		STACK_TEST(no_memory),
		STACK_TEST(each_namespace_its_own),
		STACK_TEST(dropped_and_let_pass),
		STACK_TEST(whole_before_fragments),
		STACK_TEST(on_the_way_in),
		STACK_TEST(refused),
		STACK_TEST(orders_refused),
		STACK_TEST(words),
	};

	return cmocka_run_group_tests(rules, NULL, NULL);
}
