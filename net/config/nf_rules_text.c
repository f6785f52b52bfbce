/* SPDX-License-Identifier: MIT
 * nf_rules_text.c - filter rules as people write them: filter= and /proc/net/filter.
 * Not here: the tables (nf_rules.c).
 * kernel/cmdline.c parses words, kernel/main.c applies them; who opens the file reads and writes.
 * Source: design: rules are written in the manner of route=; iptables(8) for their meaning. */
#include "net/config/nf_rules_text.h"
#include "kernel/fs/procfile.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "net/device/dev_config.h"
#include "net/wire/ip.h"

#define WORDS_MAX 32
#define QUEUE_MAX 65535u
#define POLICY    "policy="

static const struct {
	const char *name;
	enum nf_inet_hooks hook;
} hooks[] = {
	{ "in", NF_INET_LOCAL_IN },
	{ "out", NF_INET_LOCAL_OUT },
	{ "post", NF_INET_POST_ROUTING },
};

static const struct {
	const char *name;
	u32 proto;
} protos[] = {
	{ "icmp", IPPROTO_ICMP },
	{ "tcp", IPPROTO_TCP },
	{ "udp", IPPROTO_UDP },
};

/* ---- reading a rule ---------------------------------------------------------------------- */

static bool parse_hook(struct text t, enum nf_inet_hooks *hook, struct parse_error *error)
{
	for (size_t i = 0; i < ARRAY_SIZE(hooks); i++) {
		if (text_eq(t, hooks[i].name)) {
			*hook = hooks[i].hook;
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

	for (size_t i = 0; i < ARRAY_SIZE(protos); i++)
		if (text_eq(t, protos[i].name))
			proto = protos[i].proto;
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
	if (!parse_hook(part, &r->hook, error))
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
static int find_device(struct net *net, struct nf_rule_text *r)
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

static int append(struct net *net, const struct nf_rule_text *r)
{
	return r->policy ? nf_rule_policy(net, r->hook, r->rule.verdict)
			 : nf_rule_append(net, r->hook, &r->rule);
}

static int delete (struct net *net, const struct nf_rule_text *r)
{
	return r->policy ? -ENOENT : nf_rule_delete(net, r->hook, &r->rule);
}

static const char *explain(int err)
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
		err = find_device(where, &r) ?: append(where, &r);
		if (err) {
			text_format(problem, len, "filter=%.*s: %s", (int)words[i].len, words[i].at,
				explain(err));
			return false;
		}
		pr_info("filter: %.*s\n", (int)words[i].len, words[i].at);
	}
	return true;
}

/* ---- /proc/net/filter -------------------------------------------------------------------- */

static void show_verdict(struct seq_file *m, u32 verdict)
{
	if ((verdict & NF_VERDICT_MASK) == NF_QUEUE)
		seq_printf(m, "queue:%u\n", verdict >> NF_VERDICT_QSHIFT);
	else
		seq_printf(m, "%s\n", verdict == NF_ACCEPT ? "accept" : "drop");
}

static void show_address(struct seq_file *m, const char *key, u32 mask, u32 addr)
{
	be32 a = { addr };
	u8 len = 0;

	while (len < 32 && prefix_mask(len).raw != mask)
		len++;
	if (len > 0)
		seq_printf(m, "%s=%pI4/%u,", key, &a, len);
}

static void show_ports(
	struct seq_file *m, const char *key, const struct nf_rule *rule, enum nf_lane lane)
{
	u32 low, high;

	if (!nf_rule_bounds(rule, lane, &low, &high))
		return;
	seq_printf(m, "%s=%u", key, low);
	if (high > low)
		seq_printf(m, "-%u", high);
	seq_printf(m, ",");
}

static void show_proto(struct seq_file *m, const struct nf_rule *rule)
{
	u32 low, high;

	if (!nf_rule_bounds(rule, NF_LANE_PROTO, &low, &high))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(protos); i++) {
		if (protos[i].proto == low) {
			seq_printf(m, "proto=%s,", protos[i].name);
			return;
		}
	}
	seq_printf(m, "proto=%u,", low);
}

static void show_dev(struct seq_file *m, struct net *net, const struct nf_rule *rule)
{
	struct net_device *dev;
	u32 low, high;

	if (!nf_rule_bounds(rule, NF_LANE_DEV, &low, &high))
		return;
	dev = dev_get_by_index(net, (int)low);
	seq_printf(m, "dev=%s,", dev ? dev->name : "gone");
}

/* The same text that appends it. */
static void show_rule(struct seq_file *m, struct net *net, const struct nf_rule *rule)
{
	show_address(m, "src", (u32)rule->addr_mask, (u32)rule->addr);
	show_address(m, "dst", (u32)(rule->addr_mask >> 32), (u32)(rule->addr >> 32));
	show_proto(m, rule);
	show_ports(m, "sport", rule, NF_LANE_SPORT);
	show_ports(m, "dport", rule, NF_LANE_DPORT);
	show_dev(m, net, rule);
	show_verdict(m, rule->verdict);
}

static void show_list(
	struct seq_file *m, struct net *net, const char *name, const struct nf_rule_list *list)
{
	for (u32 i = 0; i <= list->n; i++) {
		const struct nf_rule *rule = &list->rules[i];

		seq_printf(m, "%lu %lu %s,", rule->packets, rule->bytes, name);
		if (i < list->n) {
			show_rule(m, net, rule);
			continue;
		}
		seq_printf(m, "policy=");
		show_verdict(m, rule->verdict);
	}
}

static void show(struct seq_file *m, struct net *net)
{
	for (size_t i = 0; i < ARRAY_SIZE(hooks); i++) {
		const struct nf_rule_list *list = nf_rule_list(net, hooks[i].hook);

		if (list && list->registered)
			show_list(m, net, hooks[i].name, list);
	}
}

static int complain(struct text line, const struct parse_error *error)
{
	pr_warn("filter: character %u of '%.*s': %s '%.*s': expected %s\n",
		(u32)(error->at - line.at) + 1, (int)line.len, line.at, error->what,
		(int)error->len, error->at, error->expected);
	return -EINVAL;
}

static int flush(struct net *net, struct text which, struct parse_error *error)
{
	enum nf_inet_hooks hook;

	if (which.len > 0 && !parse_hook(which, &hook, error))
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(hooks); i++)
		if (which.len == 0 || hooks[i].hook == hook)
			nf_rule_flush(net, hooks[i].hook);
	return 0;
}

static int store(struct net *net, struct text line)
{
	struct text rest = line;
	struct text order = text_cut(&rest, ' ');
	struct parse_error error;
	struct nf_rule_text r;
	bool deletes = text_eq(order, "delete");
	int err;

	if (text_eq(order, "flush"))
		return flush(net, rest, &error) ? complain(line, &error) : 0;
	if (!deletes && !text_eq(order, "append")) {
		parse_fail(&error, order, "order", "append, delete or flush");
		return complain(line, &error);
	}
	if (!nf_rule_parse(rest, &r, &error))
		return complain(line, &error);
	err = find_device(net, &r) ?: deletes ? delete (net, &r) : append(net, &r);
	if (err)
		pr_warn("filter: %.*s: %s\n", (int)line.len, line.at, explain(err));
	return err;
}

static struct proc_file filter_file = { .path = "/proc/net/filter", .show = show, .store = store };

void nf_rules_file_init(void)
{
	proc_register(&filter_file);
}
