/* SPDX-License-Identifier: MIT
 * icmp.c - ICMP: echo replies, errors sent and received.
 * Not here: a socket's reaction to an error (udp_input.c).
 * ip_input.c hands icmp_rcv what comes in; udp_input.c and ip_input.c send errors by icmp_send_unreach.
 * Source: RFC 792; RFC 1122 3.2.2; RFC 1812 4.3.2.8 (rate limit). */
#include "net/ipv4/icmp.h"
#include "kernel/lib/string.h"
#include "net/core/checksum.h"
#include "net/core/skb_owner.h"
#include "net/ipv4/ip.h"
#include "net/ipv4/pmtu.h"
#include "net/ipv4/route.h"

#define QUOTE_PAYLOAD   8 /* RFC 792: the header with its options and 64 bits of the datagram */
#define UNREACH_PER_SEC 100

/* ---- sending ---------------------------------------------------------------------------- */

/* An empty message to answer `iph` with, data at the ICMP header; NULL when there is no packet or
 * no way back. */
static struct sk_buff *icmp_reply(struct net *net, const struct iphdr *iph, struct rtable *rt)
{
	struct flowi4 fl4 = { .daddr = iph->saddr };

	if (ip_addr_type(net, iph->daddr) == RTN_LOCAL)
		fl4.saddr = iph->daddr;
	if (ip_route_output_flow(net, &fl4, rt) < 0 || (rt->flags & RTCF_BROADCAST))
		return NULL;
	return skb_alloc(SKB_NETWORK_OFF + IP_HLEN);
}

static void icmp_push(struct net *net, struct sk_buff *skb, const struct rtable *rt)
{
	struct icmphdr *icmp = (struct icmphdr *)skb->data;
	struct ip_template t;

	icmp->checksum = BE16_ZERO;
	icmp->checksum = csum_fold(skb_checksum(skb, 0));
	net->mib.icmp_out_msgs++;
	ip_template_init(&t, rt, IPPROTO_ICMP, 0, IPDEFTTL, true);
	ip_send_skb(net, skb, rt, &t);
}

static struct {
	u64 begin_ns;
	u32 sent;
} window; /* one second's errors */

bool icmp_unreach_allowed(void)
{
	return window.sent < UNREACH_PER_SEC || clock_ns() - window.begin_ns >= NSEC_PER_SEC;
}

static bool rate_allows(void)
{
	u64 now = clock_ns();

	if (now - window.begin_ns >= NSEC_PER_SEC) {
		window.begin_ns = now;
		window.sent = 0;
	}
	return window.sent < UNREACH_PER_SEC && ++window.sent;
}

static void send_error(const struct sk_buff *skb, enum icmp_type type, u8 code)
{
	const struct iphdr *iph = skb_network_header(skb);
	u32 whole = (u32)(skb->data + skb->len - (const u8 *)iph);
	u32 quote_len = min((iph->version_ihl & 15) * 4u + QUOTE_PAYLOAD, whole);
	struct net *net = skb->dev->net;
	struct sk_buff *reply;
	struct icmphdr *icmp;
	struct rtable rt;

	if (skb->pkt_type != PACKET_HOST || ip_addr_type(net, iph->daddr) != RTN_LOCAL ||
		!rate_allows())
		return;
	reply = icmp_reply(net, iph, &rt);
	if (!reply)
		return;
	icmp = skb_put(reply, sizeof(*icmp));
	*icmp = (struct icmphdr){ .type = (u8)type, .code = code };
	memcpy(skb_put(reply, quote_len), iph, quote_len);
	icmp_push(net, reply, &rt);
}

void icmp_send_unreach(const struct sk_buff *skb, enum icmp_unreach code)
{
	send_error(skb, ICMP_DEST_UNREACH, (u8)code);
}

void icmp_send_reassembly_time(const struct sk_buff *skb)
{
	send_error(skb, ICMP_TIME_EXCEEDED, ICMP_EXC_FRAGTIME);
}

/* ---- receiving -------------------------------------------------------------------------- */

static void icmp_echo(struct net *net, const struct sk_buff *skb)
{
	const struct iphdr *iph = skb_network_header(skb);
	struct sk_buff *reply;
	struct icmphdr *icmp;
	struct rtable rt;

	/* RFC 1122 3.2.2.6 lets a host ignore echoes to a broadcast, and so stay out of floods */
	if (ip_addr_type(net, iph->daddr) != RTN_LOCAL)
		return;
	reply = icmp_reply(net, iph, &rt);
	if (!reply)
		return;
	if (skb_total_len(skb) + IP_HLEN > rt.mtu ||
		skb_append(reply, skb, 0, skb_total_len(skb)) < 0) {
		consume_skb(reply);
		return;
	}
	icmp = (struct icmphdr *)reply->data;
	icmp->type = ICMP_ECHOREPLY;
	icmp->code = 0;
	icmp_push(net, reply, &rt);
}

/* What a socket is told (RFC 1122 4.1.3.3 and 4.2.3.9; Linux's icmp_err_convert). What may pass by
 * itself is not fatal. */
static const struct {
	u8 err;
	bool fatal;
} unreach[ICMP_UNREACH_MAX] = {
	[ICMP_NET_UNREACH] = { ENETUNREACH, false },
	[ICMP_HOST_UNREACH] = { EHOSTUNREACH, false },
	[ICMP_PROT_UNREACH] = { ENOPROTOOPT, true },
	[ICMP_PORT_UNREACH] = { ECONNREFUSED, true },
	[ICMP_FRAG_NEEDED] = { EMSGSIZE, true }, /* the program chose not to fragment */
	[ICMP_SR_FAILED] = { EOPNOTSUPP, false },
	[ICMP_NET_UNKNOWN] = { ENETUNREACH, true },
	[ICMP_HOST_UNKNOWN] = { EHOSTDOWN, true },
	[ICMP_HOST_ISOLATED] = { ENONET, true },
	[ICMP_NET_ANO] = { ENETUNREACH, true },
	[ICMP_HOST_ANO] = { EHOSTUNREACH, true },
	[ICMP_NET_UNR_TOS] = { ENETUNREACH, false },
	[ICMP_HOST_UNR_TOS] = { EHOSTUNREACH, false },
	[ICMP_PKT_FILTERED] = { EHOSTUNREACH, true },
	[ICMP_PREC_VIOLATION] = { EHOSTUNREACH, true },
	[ICMP_PREC_CUTOFF] = { EHOSTUNREACH, true },
};

void icmp_set_unreach(struct icmp_error *e, enum icmp_unreach code)
{
	e->type = ICMP_DEST_UNREACH;
	e->code = (u8)code;
	e->err = unreach[code].err;
	e->fatal = unreach[code].fatal;
}

/* Returns false for errors that no socket is told of; source quench is one (RFC 6633). */
static bool icmp_convert(const struct icmphdr *icmp, struct icmp_error *e)
{
	switch (icmp->type) {
	case ICMP_DEST_UNREACH:
		if (icmp->code >= ICMP_UNREACH_MAX)
			return false;
		icmp_set_unreach(e, icmp->code);
		if (icmp->code == ICMP_FRAG_NEEDED)
			e->info = be16_to_cpu(icmp->sequence_or_mtu);
		return true;
	case ICMP_TIME_EXCEEDED:
		e->err = EHOSTUNREACH;
		return true;
	case ICMP_PARAMETERPROB:
		e->err = EPROTO;
		e->fatal = true;
		e->info = icmp->pointer;
		return true;
	}
	return false;
}

void icmp_learn_pmtu(struct net *net, const struct icmp_error *e)
{
	u32 len = be16_to_cpu(e->quoted->tot_len);

	if (be16_to_cpu(e->quoted->frag_off) & IP_DF)
		pmtu_update(net, e->quoted->daddr, len, e->info);
}

static void icmp_error(struct net *net, const struct sk_buff *skb)
{
	const struct icmphdr *icmp = (const void *)skb->data;
	struct icmp_error e = { .skb = skb,
		.quoted = (const void *)(icmp + 1),
		.len = skb->len - sizeof(*icmp),
		.type = icmp->type,
		.code = icmp->code };
	const struct net_protocol *p;
	size_t header_len;

	if (!icmp_convert(icmp, &e) || e.len < IP_HLEN || e.quoted->version_ihl >> 4 != 4)
		return;
	header_len = (e.quoted->version_ihl & 15) * 4u;
	if (header_len < IP_HLEN || header_len > e.len ||
		ip_addr_type(net, e.quoted->saddr) != RTN_LOCAL)
		return;
	p = ip_protocol_find(e.quoted->protocol);
	if (p && p->err_handler)
		p->err_handler(net, &e);
}

void icmp_rcv(struct sk_buff *skb)
{
	const struct icmphdr *icmp = (const void *)skb->data;
	struct net *net = skb->dev->net;

	net->mib.icmp_in_msgs++;
	if (skb->len < sizeof(*icmp)) {
		kfree_skb(skb, SKB_DROP_HEADER);
		return;
	}
	if (!csum_ok(skb_checksum(skb, 0))) {
		kfree_skb(skb, SKB_DROP_CHECKSUM);
		return;
	}
	if (icmp->type == ICMP_ECHO)
		icmp_echo(net, skb);
	else
		icmp_error(net, skb);
	consume_skb(skb);
}
