/* SPDX-License-Identifier: MIT
 * nf_rules_text.h - filter rules as people write them: filter= and /proc/net/filter.
 * Not here: the tables (nf_rules.h).
 * kernel/cmdline.c parses words, kernel/main.c applies them; net_init.c registers the file.
 * Source: design: rules are written in the manner of route=; iptables(8) for their meaning. */
#pragma once

#include "kernel/lib/parse.h"
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

/* nf_rules_file_init - /proc/net/filter is there. Reading lists the rules of the reader's namespace,
 * each after its packets and bytes; a line written is "append <rule>", "delete <rule>", "flush" or
 * "flush <hook>". */
void nf_rules_file_init(void);
