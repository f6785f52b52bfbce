/* SPDX-License-Identifier: MIT
 * nf_rules.c - a table of rules for each hook: which packets go on, which are dropped or queued.
 * Not here: how rules are written (nf_rules_text.c), what a verdict does (netfilter.c).
 * nf_rules_text.c fills the lists; netfilter.c calls the hook.
 * Behaves as Linux's iptables, table "filter": the first rule that matches decides. */
#include "net/netfilter/nf_rules.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "net/device/dev.h"
#include "net/wire/ip.h"

/* ---- matching: what every packet meets --------------------------------------------------- */

#define GUARDS (1ull << 16 | 1ull << 33 | 1ull << 50 | 1ull << 59 | 1ull << 61)
#define PORTS  4 /* bytes of them, where UDP's and TCP's headers begin */

static u64 lane_value(enum nf_lane lane, u32 value)
{
	return (u64)value << lane;
}

static u64 packet_addresses(const struct iphdr *iph)
{
	u64 both;

	memcpy(&both, &iph->saddr, sizeof(both));
	return both;
}

static bool has_ports(const struct sk_buff *skb, const struct iphdr *iph, u32 header_len)
{
	return (iph->protocol == IPPROTO_UDP || iph->protocol == IPPROTO_TCP) &&
	       !(be16_to_cpu(iph->frag_off) & IP_OFFSET) && skb->len >= header_len + PORTS;
}

static u64 lanes_of(u8 protocol, const struct net_device *dev)
{
	return lane_value(NF_LANE_PROTO, protocol) |
	       lane_value(NF_LANE_DEV, min((u32)dev->ifindex, NF_DEV_MAX));
}

static u64 port_lanes(be16 source, be16 dest)
{
	return lane_value(NF_LANE_PORTED, 1) | lane_value(NF_LANE_SPORT, be16_to_cpu(source)) |
	       lane_value(NF_LANE_DPORT, be16_to_cpu(dest));
}

static u64 packet_lanes(
	const struct sk_buff *skb, const struct iphdr *iph, const struct nf_hook_state *state)
{
	u32 header_len = (u32)(iph->version_ihl & 15) * 4;
	u64 lanes = lanes_of(iph->protocol, state->in ?: state->out);
	be16 ports[2];

	if (!has_ports(skb, iph, header_len))
		return lanes;
	memcpy(ports, (const u8 *)iph + header_len, sizeof(ports));
	return lanes | port_lanes(ports[0], ports[1]);
}

/* The policy behind the last rule matches, so there is always one. */
static inline struct nf_rule *first_match(struct nf_rule *rule, u64 addresses, u64 lanes)
{
	u64 guarded = lanes | GUARDS;

	for (;; rule++) {
		if ((addresses & rule->addr_mask) != rule->addr)
			continue;
		if (((rule->low - lanes) | (guarded - rule->high)) & GUARDS)
			continue;
		return rule;
	}
}

static u32 rules_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	const struct nf_rule_list *list = priv;
	const struct iphdr *iph = skb_network_header(skb);
	struct nf_rule *rule =
		first_match(list->rules, packet_addresses(iph), packet_lanes(skb, iph, state));

	rule->counter.packets++;
	rule->counter.bytes += (u64)skb->len + skb->frags_len;
	return rule->verdict;
}

/* A rule looks at nothing that differs between packets of a flow. */
static struct nf_counter *rules_flow_accepted(void *priv, const struct nf_flow *flow)
{
	const struct nf_rule_list *list = priv;
	struct nf_rule *rule =
		first_match(list->rules, (u64)flow->daddr.raw << 32 | flow->saddr.raw,
			lanes_of(flow->protocol, flow->out) | port_lanes(flow->source, flow->dest));

	return rule->verdict == NF_ACCEPT ? &rule->counter : NULL;
}

/* ---- one rule ---------------------------------------------------------------------------- */

/* The guard's own weight in its lane, one above the greatest value. */
static u64 lane_guard(enum nf_lane lane)
{
	u64 above = GUARDS >> lane;

	return above & -above;
}

void nf_rule_bound(struct nf_rule *rule, enum nf_lane lane, u32 low, u32 high)
{
	u64 guard = lane_guard(lane), others = ~((2 * guard - 1) << lane);

	rule->low = (rule->low & others) | (low + guard - 1) << lane;
	rule->high = (rule->high & others) | ((u64)high + 1) << lane;
}

bool nf_rule_bounds(const struct nf_rule *rule, enum nf_lane lane, u32 *low, u32 *high)
{
	u64 guard = lane_guard(lane), mask = 2 * guard - 1;

	*low = (u32)((rule->low >> lane & mask) + 1 - guard);
	*high = (u32)((rule->high >> lane & mask) - 1);
	return *low > 0 || *high < guard - 1;
}

struct nf_rule nf_rule_any(u32 verdict)
{
	struct nf_rule rule = { .verdict = verdict };

	nf_rule_bound(&rule, NF_LANE_SPORT, 0, NF_PORT_MAX);
	nf_rule_bound(&rule, NF_LANE_DPORT, 0, NF_PORT_MAX);
	nf_rule_bound(&rule, NF_LANE_DEV, 0, NF_DEV_MAX);
	nf_rule_bound(&rule, NF_LANE_PROTO, 0, NF_PROTO_MAX);
	nf_rule_bound(&rule, NF_LANE_PORTED, 0, 1);
	return rule;
}

/* ---- lists ------------------------------------------------------------------------------- */

#define ROOM_FIRST (4096 / sizeof(struct nf_rule))
#define ROOM_MAX   (NF_RULES_MAX + 1)

static struct slab rules_slab = SLAB(struct nf_rules);

struct nf_rule_list *nf_rule_list(const struct net *net, enum nf_inet_hooks hook)
{
	return net->nf_rules ? &net->nf_rules->lists[hook] : NULL;
}

/* Off costs nothing: the hook is registered while it could make a difference. What flows keep of the rules is
 * stale. */
static void list_changed(struct net *net, struct nf_rule_list *list)
{
	bool needed = list->n > 0 || list->rules[0].verdict != NF_ACCEPT;

	net_changed(net);
	if (needed && !list->registered)
		nf_register_net_hook(net, &list->ops);
	if (!needed && list->registered)
		nf_unregister_net_hook(net, &list->ops);
	list->registered = needed;
}

static int list_grow(struct nf_rule_list *list)
{
	u32 room = list->room ? 2 * list->room : ROOM_FIRST;
	struct nf_rule *rules;

	if (room > ROOM_MAX)
		return -ENOSPC;
	rules = mem_alloc(room * sizeof(*rules));
	if (!rules)
		return -ENOMEM;
	if (list->room == 0) {
		rules[0] = nf_rule_any(NF_ACCEPT);
	} else {
		memcpy(rules, list->rules, (list->n + 1) * sizeof(*rules));
		mem_free(list->rules, list->room * sizeof(*rules));
	}
	list->rules = rules;
	list->room = room;
	return 0;
}

static struct nf_rules *rules_new(void)
{
	struct nf_rules *rules = slab_alloc(&rules_slab);

	for (u32 hook = 0; rules && hook < NF_INET_NUMHOOKS; hook++)
		rules->lists[hook].ops = (struct nf_hook_ops){ .hook = rules_hook,
			.flow_accepted = rules_flow_accepted,
			.priv = &rules->lists[hook],
			.hooknum = (enum nf_inet_hooks)hook };
	return rules;
}

/* The list, with room for n rules more; NULL with *err set. */
static struct nf_rule_list *list_with_room(
	struct net *net, enum nf_inet_hooks hook, u32 n, int *err)
{
	struct nf_rule_list *list;

	if (!net->nf_rules)
		net->nf_rules = rules_new();
	list = nf_rule_list(net, hook);
	*err = !list ? -ENOMEM : list->n + n < list->room ? 0 : list_grow(list);
	return *err ? NULL : list;
}

int nf_rule_append(struct net *net, enum nf_inet_hooks hook, const struct nf_rule *rule)
{
	int err;
	struct nf_rule_list *list = list_with_room(net, hook, 1, &err);

	if (!list)
		return err;
	list->rules[list->n + 1] = list->rules[list->n]; /* the policy */
	list->rules[list->n++] = *rule;
	list_changed(net, list);
	return 0;
}

static bool says_the_same(const struct nf_rule *a, const struct nf_rule *b)
{
	return memcmp(a, b, offsetof(struct nf_rule, counter)) == 0;
}

int nf_rule_delete(struct net *net, enum nf_inet_hooks hook, const struct nf_rule *rule)
{
	struct nf_rule_list *list = nf_rule_list(net, hook);
	u32 n = list ? list->n : 0, i = 0;

	while (i < n && !says_the_same(&list->rules[i], rule))
		i++;
	if (i == n)
		return -ENOENT;
	memmove(&list->rules[i], &list->rules[i + 1], (n - i) * sizeof(*rule));
	list->n--;
	list_changed(net, list);
	return 0;
}

int nf_rule_policy(struct net *net, enum nf_inet_hooks hook, u32 verdict)
{
	int err;
	struct nf_rule_list *list = list_with_room(net, hook, 0, &err);

	if (!list)
		return err;
	list->rules[list->n].verdict = verdict;
	list_changed(net, list);
	return 0;
}

void nf_rule_flush(struct net *net, enum nf_inet_hooks hook)
{
	struct nf_rule_list *list = nf_rule_list(net, hook);

	if (!list || list->room == 0)
		return;
	list->n = 0;
	list->rules[0].verdict = NF_ACCEPT;
	list_changed(net, list);
	mem_free(list->rules, list->room * sizeof(struct nf_rule));
	list->room = 0;
}

void nf_rules_exit(struct net *net)
{
	for (u32 hook = 0; hook < NF_INET_NUMHOOKS; hook++)
		nf_rule_flush(net, (enum nf_inet_hooks)hook);
	slab_free(&rules_slab, net->nf_rules);
}
