/* SPDX-License-Identifier: MIT
 * pmtu.c - how large packets may be on the way to a destination, as routers have told.
 * Not here: which ICMP errors are believed (icmp.c, udp_input.c), its use by senders (udp_output.c).
 * icmp.c tells, route.c asks.
 * Source: RFC 1191 3, 6.3 and 7. Behaves as Linux's next-hop exceptions: their bounds and lifetime. */
#include "net/ipv4/pmtu.h"
#include "kernel/mm/slab.h"
#include "net/core/net_namespace.h"
#include "net/core/part.h"

static struct slab pmtu_slab = SLAB(struct pmtu_table);

static struct pmtu *find(struct pmtu_table *t, be32 daddr)
{
	for (u32 i = 0; i < t->n; i++)
		if (be32_eq(t->entry[i].daddr, daddr))
			return &t->entry[i];
	return NULL;
}

static const struct pmtu *lookup(const struct net *net, be32 daddr)
{
	return find(net->pmtu, daddr);
}

static struct pmtu *first_to_expire(struct pmtu_table *t)
{
	struct pmtu *first = &t->entry[0];

	for (u32 i = 1; i < t->n; i++)
		if (t->entry[i].expires_ns < first->expires_ns)
			first = &t->entry[i];
	return first;
}

/* After PMTU_EXPIRES_NS the way may have become wider: larger packets find out (RFC 1191 6.3). */
static void pmtu_timer(struct timer *timer)
{
	struct pmtu_table *t = container_of(timer, struct pmtu_table, timer);

	while (t->n > 0 && first_to_expire(t)->expires_ns <= clock_ns())
		*first_to_expire(t) = t->entry[--t->n];
	if (t->n > 0)
		mod_timer(timer, first_to_expire(t)->expires_ns);
	net_changed(t->net);
}

static struct pmtu_table *table_of(struct net *net)
{
	struct pmtu_table *t = net->pmtu ?: slab_alloc(&pmtu_slab);

	if (t && !net->pmtu) {
		t->net = net;
		timer_setup(&t->timer, pmtu_timer);
		net->pmtu = t;
	}
	return t;
}

static void pmtu_exit(struct net *net)
{
	if (net->pmtu)
		del_timer(&net->pmtu->timer);
	slab_free(&pmtu_slab, net->pmtu);
	net->pmtu = NULL;
}

static void learn(struct net *net, be32 daddr, u32 mtu)
{
	struct pmtu_table *t = table_of(net);
	struct pmtu *p = t ? find(t, daddr) : NULL;
	bool locked = mtu < PMTU_MIN;

	mtu = max(mtu, (u32)PMTU_MIN);
	if (!t || (p && p->mtu < mtu))
		return;
	if (!p)
		p = t->n < PMTU_MAX ? &t->entry[t->n++] : first_to_expire(t);
	*p = (struct pmtu){ daddr, (u16)mtu, locked, clock_ns() + PMTU_EXPIRES_NS };
	mod_timer(&t->timer, first_to_expire(t)->expires_ns);
	net_changed(net);
}

static u32 plateau(u32 len)
{
	static const u16 plateaus[] = { 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68 };

	for (u32 i = 0; i < ARRAY_SIZE(plateaus); i++)
		if (plateaus[i] < len)
			return plateaus[i];
	return 0;
}

static void too_large(struct net *net, be32 daddr, u32 len, u32 mtu)
{
	if (mtu == 0)
		mtu = plateau(len);
	if (mtu > 0 && mtu < len)
		learn(net, daddr, mtu);
}

static void pmtu_init(void)
{
	static const struct pmtu_ops pmtu_table_ops = { .lookup = lookup, .too_large = too_large };

	pmtu_ops = &pmtu_table_ops;
}

PART(pmtu) = { .name = "pmtu", .init = pmtu_init, .pernet = { .exit = pmtu_exit } };
