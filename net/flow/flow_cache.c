/* SPDX-License-Identifier: MIT
 * flow_cache.c - the table of flows, and the 42 bytes of headers that each keeps.
 * Not here: asking for routes (net/udp/udp_route.c), filling packets (flow_xmit.c), the rules (flow_cache.h).
 * udp_route.c and udp_output.c call in; looks at neighbour, netfilter and device.
 * Source: RFC 768, RFC 791; Intel SDM 317453 3.5: the pseudo-header's sum in the checksum's place. */
#include "net/flow/flow_cache.h"
#include "kernel/lib/string.h"
#include "net/device/tap.h"
#include "net/netfilter/netfilter.h"

#define HEADER_IP  16
#define HEADER_UDP (HEADER_IP + IP_HLEN)
#define HEADER_END                                                                                 \
	(HEADER_UDP +                                                                              \
		UDP_HLEN) /* what follows is copied, too: it is the padding of the shortest payloads */

/* ---- the table ------------------------------------------------------------------------------ */

static struct flow_cache *no_bucket;

struct flow_table flow_table = { .bucket = &no_bucket, .shift = 63 };
struct net_device flow_closed;
struct flow_cache flow_none = { .dev = &flow_closed };

static struct {
	u32 n, max; /* ever used; there are */
	u32 oldest;
} flows;

__cold int flow_init(u32 n)
{
	u32 bits = 32 - (u32)__builtin_clz(n - 1);

	flow_table.entry = dma_alloc(n * sizeof(struct flow_cache));
	flow_table.bucket = mem_alloc(sizeof(struct flow_cache *) << bits);
	if (!flow_table.entry || !flow_table.bucket)
		return -ENOMEM;
	flow_table.shift = 64 - bits;
	flows.max = n;
	return 0;
}

u64 flow_new_owner(void)
{
	static u64 last;

	return last += 2;
}

static struct flow_cache *take_oldest(void)
{
	struct flow_cache *flow = &flow_table.entry[flows.oldest], **at;

	flows.oldest = flows.oldest + 1 < flows.max ? flows.oldest + 1 : 0;
	at = flow_bucket(flow->owner, flow->to);
	while (*at != flow)
		at = &(*at)->next;
	*at = flow->next;
	if (flow->user)
		*flow->user = &flow_none;
	return flow;
}

struct flow_cache *flow_create(u64 owner, u64 to)
{
	struct flow_cache *flow = flows.n < flows.max ? &flow_table.entry[flows.n++]
						      : take_oldest(),
			  **bucket = flow_bucket(owner, to);

	flow->owner = owner;
	flow->to = to;
	flow_close(flow);
	flow->user = NULL;
	flow->next = *bucket;
	*bucket = flow;
	flow_forget(flow);
	return flow;
}

/* ---- headers -------------------------------------------------------------------------------- */

void flow_begin(struct flow_cache *flow)
{
	static u64 last;

	flow->tag = ++last << FLOW_NUMBER_SHIFT;
	if (flow->owner)
		flow->tag |= (u64)(flow - flow_table.entry) << FLOW_INDEX_SHIFT;
	flow_close(flow);
}

/* Do all hooks of this number accept each packet of the flow, and only count them? n: counters so far. */
static bool hooks_accept(struct flow_cache *flow, enum nf_inet_hooks hook, u32 *n)
{
	const struct net *net = flow->rt.dev->net;
	const struct nf_flow key = { flow->rt.saddr, flow->rt.daddr, flow->source, flow->dest,
		IPPROTO_UDP, flow->rt.dev };
	struct nf_hook_ops *ops;

	list_for_each(ops, &net->nf->hooks[hook], list) {
		struct nf_counter *counter =
			ops->flow_accepted ? ops->flow_accepted(ops->priv, &key) : NULL;

		if (!counter || *n == FLOW_COUNTERS_MAX)
			return false;
		flow->counter[(*n)++] = counter;
	}
	return true;
}

static noinline bool hooks_of_both_accept(struct flow_cache *flow)
{
	u32 n = 0;

	return hooks_accept(flow, NF_INET_LOCAL_OUT, &n) &&
	       hooks_accept(flow, NF_INET_POST_ROUTING, &n);
}

static inline bool netfilter_accepts(struct flow_cache *flow)
{
	const struct nf_hooks *nf = flow->rt.dev->net->nf;

	flow->counter[0] = flow->counter[1] = NULL;
	return !nf ||
	       likely(list_empty(&nf->hooks[NF_INET_LOCAL_OUT]) &&
		       list_empty(&nf->hooks[NF_INET_POST_ROUTING])) ||
	       hooks_of_both_accept(flow);
}

/* Port 0 is a peer's, but wrong in a message's address: udp_sendmsg_slow tells them apart. */
static bool fast_path_ok(struct flow_cache *flow)
{
	const struct net_device *dev = flow->rt.dev;

	return flow->owner && flow->ip.df && !(flow->rt.flags & RTCF_COPY) &&
	       flow->ip.iph.ttl > 0 && !be16_is_zero(flow->dest) && flow->rt.neigh->connected &&
	       dev->netdev_ops->ndo_xmit_again && netfilter_accepts(flow);
}

void flow_open(struct flow_cache *flow)
{
	const struct rtable *rt = &flow->rt;

	if (!fast_path_ok(flow))
		return;
	flow->dev = rt->dev;
	flow->len_end = rt->mtu - IP_HLEN - UDP_HLEN + 1;
	flow->header_len = FLOW_NO_HEADER;
	flow->tag &= ~FLOW_TAG_CSUM;
	flow->csum_partial = (rt->dev->features & NETIF_F_HW_CSUM) && !taps_active.enabled;
	if (flow->csum_partial)
		flow->tag |= FLOW_TAG_CSUM;
	flow->udp_sum = csum_be32(rt->saddr) + csum_be32(rt->daddr) + cpu_to_be16(IPPROTO_UDP).raw +
			flow->source.raw + flow->dest.raw;
	memcpy(flow->header, rt->neigh->hh.bytes, sizeof(rt->neigh->hh.bytes));
	memset(flow->header + HEADER_END, 0, FLOW_HEADER_BYTES - HEADER_END);
}

void flow_set_len(struct flow_cache *flow, u32 len)
{
	struct udphdr *uh = (struct udphdr *)(flow->header + HEADER_UDP);
	be16 ulen = cpu_to_be16((u16)(len + UDP_HLEN));

	ip_template_header((struct iphdr *)(flow->header + HEADER_IP), &flow->ip,
		(u16)(len + UDP_HLEN + IP_HLEN));
	*uh = (struct udphdr){ flow->source, flow->dest, ulen, BE16_ZERO };
	if (flow->csum_partial)
		uh->check.raw = (u16)~csum_fold_32(
			flow->udp_sum - flow->source.raw - flow->dest.raw + ulen.raw)
					.raw;
	flow->header_len = len;
}
