/* SPDX-License-Identifier: MIT
 * nf_rules.h - a table of rules for each hook: which packets go on, which are dropped or queued.
 * Not here: how rules are written (nf_rules_text.h), what a verdict does (netfilter.h).
 * nf_rules_text.c fills the lists; netfilter.c passes packets through them.
 * Behaves as Linux's iptables, table "filter": the first rule that matches decides. */
#pragma once

#include "net/netfilter/netfilter.h"

/* Numbers of a packet that a rule bounds. Each has a lane of one 64-bit word, as wide as its greatest
 * value and one guard bit more, so that one subtraction compares them all: no lane borrows from the
 * next, and a guard bit tells whether its own lane came out below zero.
 *
 *   61     60 59   51 50        34 33        17 16         0
 *   | ported | proto |   device   |    dport   |   sport   |     top bit of each lane: its guard */
enum nf_lane {
	NF_LANE_SPORT = 0,
	NF_LANE_DPORT = 17,
	NF_LANE_DEV = 34,
	NF_LANE_PROTO = 51,
	NF_LANE_PORTED = 60 /* 1: it has ports; fragments after the first have none */
};

#define NF_PORT_MAX  65535u
#define NF_DEV_MAX   65535u
#define NF_PROTO_MAX 255u

/* One cache line. */
struct nf_rule {
	u64 addr_mask, addr; /* source below, destination above, bytes as on the wire */
	u64 low,
		high; /* each lane: the least value less one, its guard set; the greatest plus one */
	u32 verdict;  /* NF_ACCEPT, NF_DROP, or NF_QUEUE with its number above */
	u32 pad;
	struct nf_counter counter; /* of what it decided */
} __aligned(CACHE_LINE);

#define NF_RULES_MAX 1023 /* of one hook */

struct nf_rule_list {
	struct nf_hook_ops ops;
	struct nf_rule *rules; /* n of them, then the policy, which matches everything */
	u32 n, room;           /* room: for rules and policy; 0: no memory yet */
	bool registered;
};

/* What a namespace has, from its first rule on: lists of LOCAL_OUT, POST_ROUTING and LOCAL_IN. */
struct nf_rules {
	struct nf_rule_list lists[NF_INET_NUMHOOKS];
};

/* nf_rule_any - a rule that matches every packet. */
struct nf_rule nf_rule_any(u32 verdict);

/* nf_rule_bound - low <= lane <= high, instead of what the rule said about the lane before. */
void nf_rule_bound(struct nf_rule *rule, enum nf_lane lane, u32 low, u32 high);

/* nf_rule_bounds - the opposite. Returns whether they exclude anything. */
bool nf_rule_bounds(const struct nf_rule *rule, enum nf_lane lane, u32 *low, u32 *high);

/* nf_rule_list - the list of a hook, or NULL while the namespace has none. */
struct nf_rule_list *nf_rule_list(const struct net *net, enum nf_inet_hooks hook);

/* nf_rule_append - behind the others of this hook. Returns 0, -ENOMEM, or -ENOSPC (NF_RULES_MAX). */
int nf_rule_append(
	struct net *net, enum nf_inet_hooks hook, const struct nf_rule *rule) __must_check;

/* nf_rule_delete - the first one that says the same. Returns 0 or -ENOENT. */
int nf_rule_delete(
	struct net *net, enum nf_inet_hooks hook, const struct nf_rule *rule) __must_check;

/* nf_rule_policy - the verdict for what no rule matches; NF_ACCEPT until set. Returns 0 or -ENOMEM. */
int nf_rule_policy(struct net *net, enum nf_inet_hooks hook, u32 verdict) __must_check;

/* nf_rule_flush - no rules, policy NF_ACCEPT, no memory, and no cost on the packet's way. */
void nf_rule_flush(struct net *net, enum nf_inet_hooks hook);

/* nf_rules_exit - the same for all hooks of a namespace that ends. */
void nf_rules_exit(struct net *net);
