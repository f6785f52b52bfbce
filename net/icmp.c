/* SPDX-License-Identifier: MIT
 * icmp.c - ICMP: answering echoes, complaining, passing complaints on.
 * Not here: what a socket does with an error (udp_input.c).
 * ip_input.c hands icmp_rcv what comes in; udp_input.c complains through icmp_send_unreach.
 * Source: RFC 792; RFC 1122 3.2.2; RFC 1812 4.3.2.8 (rate limit). */
#include "net/icmp.h"
#include "kernel/lib/string.h"
#include "net/checksum.h"
#include "net/ip_output.h"
#include "net/route.h"

#define QUOTE_PAYLOAD   8 /* RFC 792: the header with its options and 64 bits of the datagram */
#define UNREACH_PER_SEC 100

/* ---- sending ---------------------------------------------------------------------------- */

/* An empty message to answer `iph` with, data at the ICMP header; NULL when there is no packet or
 * no way back. */
static struct sk_buff *icmp_reply(struct net *net, const struct iphdr *iph, struct rtable *rt)
{
	struct flowi4 fl4 = { .daddr = iph->saddr, .proto = IPPROTO_ICMP };

	if (be32_is_zero(
		    iph->saddr)) /* RFC 1122 3.2.2: nobody's address; routing takes it for ours */
		return NULL;
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
	icmp->checksum = csum_fold(csum_add(0, icmp, skb->len));
	net->mib.icmp_out_msgs++;
	ip_template_init(&t, rt, IPPROTO_ICMP, 0, IPDEFTTL, true);
	ip_send_skb(net, skb, rt, &t);
}

static bool rate_allows(void)
{
	static u64 window_ns;
	static u32 sent;
	u64 now = clock_ns();

	if (now - window_ns >= NSEC_PER_SEC) {
		window_ns = now;
		sent = 0;
	}
	return sent++ < UNREACH_PER_SEC;
}

void icmp_send_unreach(const struct sk_buff *skb, enum icmp_unreach code)
{
	const struct iphdr *iph = skb_network_header(skb);
	u32 quote_len = (iph->version_ihl & 15) * 4u + QUOTE_PAYLOAD;
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
	*icmp = (struct icmphdr){ .type = ICMP_DEST_UNREACH, .code = (u8)code };
	memcpy(skb_put(reply, quote_len), iph, quote_len);
	icmp_push(net, reply, &rt);
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
	if ((u32)skb->len > skb_room(reply) || (u32)skb->len + IP_HLEN > rt.mtu) {
		consume_skb(reply);
		return;
	}
	icmp = skb_put(reply, skb->len);
	memcpy(icmp, skb->data, skb->len);
	icmp->type = ICMP_ECHOREPLY;
	icmp->code = 0;
	icmp_push(net, reply, &rt);
}

/* What a socket is told (RFC 1122 4.2.3.9 and 4.1.3.3; Linux's icmp_err_convert). */
static const u8 unreach_errno[ICMP_UNREACH_MAX] = {
	[ICMP_NET_UNREACH] = ENETUNREACH,
	[ICMP_HOST_UNREACH] = EHOSTUNREACH,
	[ICMP_PROT_UNREACH] = ENOPROTOOPT,
	[ICMP_PORT_UNREACH] = ECONNREFUSED,
	[ICMP_FRAG_NEEDED] = EMSGSIZE,
	[ICMP_SR_FAILED] = EOPNOTSUPP,
};

static void icmp_unreach(struct net *net, const struct sk_buff *skb)
{
	const struct icmphdr *icmp = (const void *)skb->data;
	const struct iphdr *quoted = (const void *)(icmp + 1);
	size_t len = skb->len - sizeof(*icmp);
	const struct net_protocol *p;

	if (len < IP_HLEN || quoted->version_ihl >> 4 != 4 || icmp->code >= ICMP_UNREACH_MAX)
		return;
	if ((quoted->version_ihl & 15) * 4u < IP_HLEN || (quoted->version_ihl & 15) * 4u > len)
		return;
	p = ip_protocol_find(quoted->protocol);
	if (p && p->err_handler)
		p->err_handler(net, quoted, len, unreach_errno[icmp->code]);
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
	if (!csum_ok(csum_add(0, icmp, skb->len))) {
		kfree_skb(skb, SKB_DROP_CHECKSUM);
		return;
	}
	if (icmp->type == ICMP_ECHO)
		icmp_echo(net, skb);
	else if (icmp->type == ICMP_DEST_UNREACH)
		icmp_unreach(net, skb);
	consume_skb(skb);
}
