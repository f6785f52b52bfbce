/* SPDX-License-Identifier: MIT
 * nf_rules_proc.c - /proc/net/filter: reading lists the rules, writing changes them.
 * Not here: what a rule looks like (nf_rules_text.c), the tables (net/netfilter/nf_rules.c).
 * Programs open it.
 * Source: design: rules are written in the manner of route=.
 *
 * Reading lists the rules of the reader's namespace, each after its packets and bytes; a line written is
 * "append <rule>", "delete <rule>", "flush" or "flush <hook>". */
#include "kernel/fs/procfile.h"
#include "net/config/nf_rules_text.h"
#include "net/core/part.h"
#include "net/wire/ip.h"

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
	for (size_t i = 0; nf_proto_names[i].name; i++) {
		if (nf_proto_names[i].value == low) {
			seq_printf(m, "proto=%s,", nf_proto_names[i].name);
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

		seq_printf(m, "%lu %lu %s,", rule->counter.packets, rule->counter.bytes, name);
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
	for (size_t i = 0; nf_hook_names[i].name; i++) {
		const struct nf_rule_list *list = nf_rule_list(net, nf_hook_names[i].value);

		if (list && list->registered)
			show_list(m, net, nf_hook_names[i].name, list);
	}
}

static int delete (struct net *net, const struct nf_rule_text *r)
{
	return r->policy ? -ENOENT : nf_rule_delete(net, r->hook, &r->rule);
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
	struct nf_rule_text only;

	if (which.len > 0 && !parse_field(which, &nf_hook_field, &only, error))
		return -EINVAL;
	for (size_t i = 0; nf_hook_names[i].name; i++)
		if (which.len == 0 || nf_hook_names[i].value == only.hook)
			nf_rule_flush(net, nf_hook_names[i].value);
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
	err = nf_rule_find_device(net, &r) ?: deletes ? delete (net, &r) : nf_rule_add(net, &r);
	if (err)
		pr_warn("filter: %.*s: %s\n", (int)line.len, line.at, nf_rule_explain(err));
	return err;
}

static struct proc_file filter_file = { .path = "/proc/net/filter", .show = show, .store = store };

static void nf_rules_proc_init(void)
{
	proc_register(&filter_file);
}

PART(nf_rules_proc) = { .name = "netfilter", .init = nf_rules_proc_init };
