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

const struct choice nf_hook_names[] = {
	{ "in", NF_INET_LOCAL_IN },
	{ "out", NF_INET_LOCAL_OUT },
	{ "post", NF_INET_POST_ROUTING },
	{ .name = NULL },
};

const struct choice nf_proto_names[] = {
	{ "icmp", IPPROTO_ICMP },
	{ "tcp", IPPROTO_TCP },
	{ "udp", IPPROTO_UDP },
	{ .name = NULL },
};

/* ---- reading a rule ---------------------------------------------------------------------- */

static const struct choice verdicts[] = {
	{ "accept", NF_ACCEPT },
	{ "drop", NF_DROP },
	{ "queue", NF_QUEUE },
	{ .name = NULL },
};

static bool read_verdict(struct text t, const struct field *f, void *at)
{
	struct text number = t, name = text_cut(&number, ':');
	u32 *verdict = at, n = 0;

	if (!field_choice(name, f, at))
		return false;
	if (name.len < t.len && (*verdict != NF_QUEUE || !parse_u32(number, QUEUE_MAX, &n)))
		return false;
	*verdict |= n << NF_VERDICT_QSHIFT;
	return true;
}

/* f->low: where the address stands in nf_rule's words. */
static bool read_address(struct text t, const struct field *f, void *at)
{
	struct nf_rule *rule = at;
	u64 others = ~((u64)UINT32_MAX << f->low);
	be32 addr;
	u8 len;

	if (!parse_prefix(t, &addr, &len))
		return false;
	rule->addr_mask = (rule->addr_mask & others) | (u64)prefix_mask(len).raw << f->low;
	rule->addr = (rule->addr & others) | (u64)addr.raw << f->low;
	return true;
}

/* f->low: an enum nf_lane. */
static bool read_ports(struct text t, const struct field *f, void *at)
{
	u32 low, high;

	if (!parse_range(t, NF_PORT_MAX, &low, &high))
		return false;
	nf_rule_bound(at, f->low, low, high);
	nf_rule_bound(at, NF_LANE_PORTED, 1, 1);
	return true;
}

static bool read_proto(struct text t, const struct field *f, void *at)
{
	u32 proto;

	if (!parse_u32(t, NF_PROTO_MAX, &proto) && !field_choice(t, f, &proto))
		return false;
	nf_rule_bound(at, NF_LANE_PROTO, proto, proto);
	return true;
}

#define RULE           FIELD(struct nf_rule_text, rule)
#define EXPECTED_PORTS "<0..65535>, or <first>-<last>"

static const struct field conditions[] = {
	{ "src", read_address, RULE, 0, .expected = PARSE_PREFIX_EXPECTED },
	{ "dst", read_address, RULE, 32, .expected = PARSE_PREFIX_EXPECTED },
	{ "proto", read_proto, offsetof(struct nf_rule_text, rule), sizeof(u32),
		.choices = nf_proto_names, .expected = "udp, tcp, icmp or a number from 0 to 255" },
	{ "sport", read_ports, RULE, NF_LANE_SPORT, .expected = EXPECTED_PORTS },
	{ "dport", read_ports, RULE, NF_LANE_DPORT, .expected = EXPECTED_PORTS },
	{ "dev", FIELD_DEV(struct nf_rule_text, dev) },
	{ .expected = "src=, dst=, proto=, sport=, dport= or dev=" },
};

const struct field nf_hook_field = { "hook", field_choice, FIELD(struct nf_rule_text, hook),
	.choices = nf_hook_names, .expected = "in, out or post" };

static const struct field verdict_field = { "verdict", read_verdict,
	FIELD(struct nf_rule_text, rule.verdict), .choices = verdicts,
	.expected = "accept, drop, queue or queue:<0..65535>" };

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
	if (!parse_field(part, &nf_hook_field, r, error))
		return false;
	part = text_cut(&rest, ',');
	if (text_starts(part, POLICY)) {
		r->policy = true;
		text_cut(&part, '=');
	}
	for (; memchr(part.at, '=', part.len); part = text_cut(&rest, ','))
		if (!parse_option(part, conditions, r, error))
			return false;
	if (!parse_field(part, &verdict_field, r, error))
		return false;
	if (text_follows(rest))
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
	.words = BOOT_WORDS({ "filter=", .take = nf_rules_parse_word }),
	.init = netfilter_init,
	.pernet = { nf_init, netfilter_exit },
	.netdev_event = nf_netdev_event,
	.apply = nf_rules_apply,
};
