/* SPDX-License-Identifier: MIT
 * nf_rules_text.c - filter rules as people write them, and the word filter=.
 * Not here: the tables (net/netfilter/nf_rules.c), the file /proc/net/filter (nf_rules_proc.c).
 * kernel/cmdline.c parses words, ipconfig_apply.c applies them.
 * Source: design: rules are written in the manner of route=; iptables(8) for their meaning. */
#include "net/config/nf_rules_text.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "net/core/part.h"
#include "net/device/dev_config.h"
#include "net/wire/ip.h"

#define WORDS_MAX 32
#define QUEUE_MAX 65535u
#define POLICY    "policy="

const struct nf_hook_name nf_hook_names[] = {
	{ "in", NF_INET_LOCAL_IN },
	{ "out", NF_INET_LOCAL_OUT },
	{ "post", NF_INET_POST_ROUTING },
	{ .name = NULL },
};

const struct nf_proto_name nf_proto_names[] = {
	{ "icmp", IPPROTO_ICMP },
	{ "tcp", IPPROTO_TCP },
	{ "udp", IPPROTO_UDP },
	{ .name = NULL },
};

/* ---- reading a rule ---------------------------------------------------------------------- */

bool nf_hook_parse(struct text t, enum nf_inet_hooks *hook, struct parse_error *error)
{
	for (size_t i = 0; nf_hook_names[i].name; i++) {
		if (text_eq(t, nf_hook_names[i].name)) {
			*hook = nf_hook_names[i].hook;
			return true;
		}
	}
	return parse_fail(error, t, "hook", "in, out or post");
}

static bool parse_verdict(struct text t, u32 *verdict, struct parse_error *error)
{
	struct text number = t;
	struct text name = text_cut(&number, ':');
	u32 n = 0;

	if (text_eq(t, "accept"))
		*verdict = NF_ACCEPT;
	else if (text_eq(t, "drop"))
		*verdict = NF_DROP;
	else if (text_eq(name, "queue") && (name.len == t.len || parse_u32(number, QUEUE_MAX, &n)))
		*verdict = NF_QUEUE | n << NF_VERDICT_QSHIFT;
	else
		return parse_fail(error, t, "verdict", "accept, drop, queue or queue:<0..65535>");
	return true;
}

/* shift: where the address stands in nf_rule's words. */
static bool parse_address(struct text t, struct nf_rule *rule, u32 shift, struct parse_error *error)
{
	u64 others = ~((u64)UINT32_MAX << shift);
	be32 addr;
	u8 len;

	if (!parse_prefix(t, &addr, &len))
		return parse_fail(error, t, "prefix", PARSE_PREFIX_EXPECTED);
	rule->addr_mask = (rule->addr_mask & others) | (u64)prefix_mask(len).raw << shift;
	rule->addr = (rule->addr & others) | (u64)addr.raw << shift;
	return true;
}

static bool parse_ports(
	struct text t, struct nf_rule *rule, enum nf_lane lane, struct parse_error *error)
{
	u32 low, high;

	if (!parse_range(t, NF_PORT_MAX, &low, &high))
		return parse_fail(error, t, "port", "<0..65535>, or <first>-<last>");
	nf_rule_bound(rule, lane, low, high);
	nf_rule_bound(rule, NF_LANE_PORTED, 1, 1);
	return true;
}

static bool parse_proto(struct text t, struct nf_rule *rule, struct parse_error *error)
{
	u32 proto = NF_PROTO_MAX + 1;

	for (size_t i = 0; nf_proto_names[i].name; i++)
		if (text_eq(t, nf_proto_names[i].name))
			proto = nf_proto_names[i].proto;
	if (proto > NF_PROTO_MAX && !parse_u32(t, NF_PROTO_MAX, &proto))
		return parse_fail(error, t, "proto", "udp, tcp, icmp or a number from 0 to 255");
	nf_rule_bound(rule, NF_LANE_PROTO, proto, proto);
	return true;
}

/* One condition: <key>=<value>. */
static bool parse_match(struct text t, struct nf_rule_text *r, struct parse_error *error)
{
	struct text value = t;
	struct text key = text_cut(&value, '=');

	if (text_eq(key, "src"))
		return parse_address(value, &r->rule, 0, error);
	if (text_eq(key, "dst"))
		return parse_address(value, &r->rule, 32, error);
	if (text_eq(key, "proto"))
		return parse_proto(value, &r->rule, error);
	if (text_eq(key, "sport"))
		return parse_ports(value, &r->rule, NF_LANE_SPORT, error);
	if (text_eq(key, "dport"))
		return parse_ports(value, &r->rule, NF_LANE_DPORT, error);
	if (text_eq(key, "dev"))
		return dev_name_parse(value, r->dev, error);
	return parse_fail(error, t, "condition", "src=, dst=, proto=, sport=, dport= or dev=");
}

/* A rule that could never match is a mistake. */
static bool ports_possible(const struct nf_rule *rule)
{
	u32 low, high;

	if (!nf_rule_bounds(rule, NF_LANE_PORTED, &low, &high) ||
		!nf_rule_bounds(rule, NF_LANE_PROTO, &low, &high))
		return true;
	return low == IPPROTO_UDP || low == IPPROTO_TCP;
}

bool nf_rule_parse(struct text t, struct nf_rule_text *r, struct parse_error *error)
{
	struct text rest = t;
	struct text part = text_cut(&rest, ',');

	*r = (struct nf_rule_text){ .rule = nf_rule_any(NF_ACCEPT) };
	if (!nf_hook_parse(part, &r->hook, error))
		return false;
	part = text_cut(&rest, ',');
	if (text_starts(part, POLICY)) {
		r->policy = true;
		text_cut(&part, '=');
	}
	for (; memchr(part.at, '=', part.len); part = text_cut(&rest, ','))
		if (!parse_match(part, r, error))
			return false;
	if (!parse_verdict(part, &r->rule.verdict, error))
		return false;
	if (rest.at != part.at + part.len) /* also where a comma was the last character */
		return parse_fail(error, rest, "rest", "nothing behind the verdict");
	return ports_possible(&r->rule) ||
	       parse_fail(error, t, "rule", "ports only with proto=udp or proto=tcp");
}

/* ---- into the tables --------------------------------------------------------------------- */

/* The rule names a device of this namespace. */
int nf_rule_find_device(struct net *net, struct nf_rule_text *r)
{
	struct net_device *dev;

	if (!r->dev[0])
		return 0;
	dev = dev_get_by_name(net, r->dev, strlen(r->dev));
	if (!dev || (u32)dev->ifindex >= NF_DEV_MAX)
		return -ENODEV;
	nf_rule_bound(&r->rule, NF_LANE_DEV, (u32)dev->ifindex, (u32)dev->ifindex);
	return 0;
}

int nf_rule_add(struct net *net, const struct nf_rule_text *r)
{
	return r->policy ? nf_rule_policy(net, r->hook, r->rule.verdict)
			 : nf_rule_append(net, r->hook, &r->rule);
}

const char *nf_rule_explain(int err)
{
	return err == -ENODEV   ? "there is no such device"
	       : err == -ENOENT ? "there is no such rule"
	       : err == -ENOSPC ? "no room: 1023 rules a hook"
				: "no memory";
}

/* ---- filter= ----------------------------------------------------------------------------- */

static struct text words[WORDS_MAX];
static u32 word_n;

bool nf_rules_parse_word(struct text value, struct parse_error *error)
{
	struct nf_rule_text r;

	if (word_n == WORDS_MAX)
		return parse_fail(error, value, "filter=", "at most 32 of them");
	if (!nf_rule_parse(value, &r, error))
		return false;
	words[word_n++] = value;
	return true;
}

bool nf_rules_apply(struct net *net, char *problem, size_t len)
{
	struct nf_rule_text r;
	struct parse_error error;

	for (u32 i = 0; i < word_n; i++) {
		const struct net_device *dev;
		struct net *where;
		int err;

		nf_rule_parse(words[i], &r, &error); /* was well before */
		dev = dev_get_anywhere(r.dev);
		where = dev ? dev->net : net;
		err = nf_rule_find_device(where, &r) ?: nf_rule_add(where, &r);
		if (err) {
			text_format(problem, len, "filter=%.*s: %s", (int)words[i].len, words[i].at,
				nf_rule_explain(err));
			return false;
		}
		pr_info("filter: %.*s\n", (int)words[i].len, words[i].at);
	}
	return true;
}

static const struct boot_word filter_words[] = { { "filter=", nf_rules_parse_word },
	{ .key = NULL } };

static void netfilter_init(void)
{
	nf_hook_fn = nf_hook_slow;
}

/* Rules leave before the lists that they are in. */
static void netfilter_exit(struct net *net)
{
	nf_rules_exit(net);
	nf_exit(net);
}

PART(netfilter) = {
	.name = "netfilter",
	.words = filter_words,
	.init = netfilter_init,
	.pernet = { nf_init, netfilter_exit },
	.netdev_event = nf_netdev_event,
	.apply = nf_rules_apply,
};
