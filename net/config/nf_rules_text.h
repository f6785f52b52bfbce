/* SPDX-License-Identifier: MIT
 * nf_rules_text.h - filter rules as people write them: filter= and /proc/net/filter.
 * Not here: the tables (nf_rules.h).
 * kernel/cmdline.c parses words, kernel/main.c applies them; net_init.c registers the file.
 * Source: design: rules are written in the manner of route=; iptables(8) for their meaning. */
#pragma once

#include "kernel/lib/fields.h"
#include "net/device/dev.h"
#include "net/netfilter/nf_rules.h"

/* A rule on its way into a list. */
struct nf_rule_text {
	enum nf_inet_hooks hook;
	bool policy;        /* the verdict is the list's policy */
	char dev[IFNAMSIZ]; /* still to be found; "": any */
	struct nf_rule rule;
};

/* nf_rule_parse - <in|out|post>[,src=<prefix>][,dst=<prefix>][,proto=<udp|tcp|icmp|number>]
 * [,sport=<port>[-<port>]][,dport=..][,dev=<name>],<accept|drop|queue[:<n>]>, or
 * <in|out|post>,policy=<accept|drop|queue[:<n>]>
 * Returns  false with *error filled */
bool nf_rule_parse(struct text t, struct nf_rule_text *rule, struct parse_error *error);

/* nf_rules_parse_word - the value of filter=: checked now, applied later. Several words append.
 * Returns  false with *error filled */
bool nf_rules_parse_word(struct text value, struct parse_error *error);

/* nf_rules_apply - append what filter= said to net's lists; say each.
 * problem  filled (at most len bytes) when the answer is false */
bool nf_rules_apply(struct net *net, char *problem, size_t len);

/* What nf_rules_text.c and nf_rules_proc.c share. */
extern const struct choice nf_hook_names[], nf_proto_names[];
extern const struct field nf_hook_field; /* of struct nf_rule_text */

/* nf_rule_find_device - the rule names a device of this namespace: 0 or -ENODEV. */
int nf_rule_find_device(struct net *net, struct nf_rule_text *r);

/* nf_rule_add - to the end of its list, or the list's policy: 0, -ENOSPC, -ENOMEM. */
int nf_rule_add(struct net *net, const struct nf_rule_text *r);

/* nf_rule_explain - why not, in words. */
const char *nf_rule_explain(int err);
