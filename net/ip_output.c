/* SPDX-License-Identifier: MIT
 * ip_output.c - IPv4 on the way down: a flow's header, waiting for room, fragments.
 * Not here: what every datagram passes (ip_output.h), routing (route.c), hooks (netfilter.c).
 * udp.c and icmp.c call in; calls neigh_output.
 * Source: RFC 791 3.1-3.2; RFC 1122 3.2.1; RFC 6864 4 (identification). */
#include "net/ip_output.h"
#include "net/datagram.h"
#include "kernel/lib/string.h"

#define FRAGMENT_UNIT  8 /* offsets count in these */
#define IP_MAX_PAYLOAD (UINT16_MAX - IP_HLEN)

/* ---- building --------------------------------------------------------------------------- */

/* Until the pool and the device have room for n packets; meanwhile the route may have changed. */
static int wait_for_room(
	const struct sock *sk, const struct rtable *rt, const struct msghdr *msg, u32 n)
{
	int err = sock_wait_for_room(sk, rt->dev, msg->flags, n);
	return !err && !rt_valid(rt->dev->net, rt) ? -ESTALE : err;
}

/* One packet: `head` bytes left free for the transport header, then len bytes of payload. */
static struct sk_buff *make_one(struct msghdr *msg, u32 head, u32 len)
{
	struct sk_buff *skb = skb_alloc(SKB_NETWORK_OFF + IP_HLEN);
	s64 sum = csum_memcpy_from_pieces(skb->data + head, msg, len);

	if (sum < 0) {
		consume_skb(skb);
		return ERR_PTR(-EFAULT);
	}
	skb->len = (u16)(head + len);
	skb->csum = (u64)sum;
	return skb;
}

/* All but the last carry a multiple of eight bytes, so that offsets count in eights and the
 * checksum of the whole is the sum of the parts'. */
static struct sk_buff *make_fragments(
	const struct sock *sk, const struct rtable *rt, struct msghdr *msg, size_t len, u32 head)
{
	u32 room = ALIGN_DOWN(rt->mtu - IP_HLEN, (u32)FRAGMENT_UNIT);
	u32 n = (u32)((head + len + room - 1) / room);
	struct sk_buff *first = NULL, **at = &first;
	int err;

	if (head + len > IP_MAX_PAYLOAD || !rt->fragment || n > skb_pool.total_n / 2 ||
		n > rt->dev->tx_ring_n)
		return ERR_PTR(-EMSGSIZE);
	err = wait_for_room(sk, rt, msg, n);
	if (err)
		return ERR_PTR(err);
	while (len > 0) {
		u32 take = (u32)min(len, (size_t)(room - head));
		struct sk_buff *skb = make_one(msg, head, take);

		if (IS_ERR(skb)) {
			if (first)
				consume_skb(first);
			return skb;
		}
		skb->next = NULL;
		*at = skb;
		at = skb == first ? &first->frags : &skb->next;
		if (skb != first) {
			first->frags_len = (u16)(first->frags_len + skb->len);
			first->csum += skb->csum;
		}
		head = 0;
		len -= take;
	}
	return first;
}

struct sk_buff *ip_make_skb_slow(const struct sock *sk, const struct rtable *rt, struct msghdr *msg,
	size_t len, u32 transport_len)
{
	int err;

	if (IP_HLEN + transport_len + len > rt->mtu)
		return make_fragments(sk, rt, msg, len, transport_len);
	err = wait_for_room(sk, rt, msg, 1);
	return err ? ERR_PTR(err) : make_one(msg, transport_len, (u32)len);
}

/* ---- down ------------------------------------------------------------------------------- */

/* One piece's own copy of the datagram's header. */
static void fragment_header(
	struct sk_buff *piece, const struct iphdr *header, u32 offset, bool more)
{
	struct iphdr *iph = skb_push(piece, IP_HLEN);

	*iph = *header;
	iph->tot_len = cpu_to_be16(piece->len);
	iph->frag_off = cpu_to_be16((u16)(offset / FRAGMENT_UNIT | (more ? IP_MF : 0)));
	iph->check = BE16_ZERO;
	iph->check = csum_fold(csum_add(0, iph, sizeof(*iph)));
	skb_set_network_header(piece);
}

int ip_do_fragment(struct sk_buff *skb)
{
	const struct iphdr header = *(struct iphdr *)skb->data;
	struct net *net = skb->dev->net;
	u32 offset = skb->len - IP_HLEN;

	skb_pull(skb, IP_HLEN);
	fragment_header(skb, &header, 0, true);
	for (struct sk_buff *frag = skb->frags; frag; frag = frag->next) {
		u32 len = frag->len;

		fragment_header(frag, &header, offset, frag->next);
		offset += len;
		frag->dev = skb->dev;
		frag->neigh = skb->neigh;
		frag->sk = skb->sk;
		frag->protocol = skb->protocol;
		net->mib.ip_frag_creates++;
	}
	return neigh_resolve_output(skb->neigh, skb);
}

void ip_template_init(
	struct ip_template *t, const struct rtable *rt, u8 protocol, u8 tos, u8 ttl, bool df)
{
	t->iph = (struct iphdr){ .version_ihl = IP_VERSION_IHL,
		.tos = tos,
		.frag_off = cpu_to_be16(df ? IP_DF : 0),
		.ttl = ttl,
		.protocol = protocol,
		.saddr = rt->saddr,
		.daddr = rt->daddr };
	t->df = df;
	t->len = 0;
	t->sum = csum_16(csum_add(0, &t->iph, sizeof(t->iph)));
}

void ip_template_set_len(struct ip_template *t, u16 len)
{
	t->len = t->df ? len : 0; /* without DF each has an identification of its own */
	t->iph.tot_len = cpu_to_be16(len);
	t->iph.check = csum_fold_32(t->sum + t->iph.tot_len.raw);
}

/* RFC 6864 4.1: an atomic datagram (DF set, not a fragment) may carry any identification, so it
 * carries none, which tells nothing to strangers. Others must not repeat soon: one counter from a
 * random start. */
static u32 make_fragmentable(struct iphdr *iph, u32 sum)
{
	static u16 counter;
	static bool seeded;

	if (!seeded) {
		counter = (u16)random_u32();
		seeded = true;
	}
	sum += (u16)~iph->frag_off.raw; /* RFC 1624: taken off again */
	iph->frag_off = BE16_ZERO;
	iph->id = cpu_to_be16(counter++);
	return sum + iph->id.raw;
}

int ip_send_unprepared(struct net *net, struct sk_buff *skb, const struct ip_template *t)
{
	struct iphdr *iph = (struct iphdr *)skb->data;
	be16 len = cpu_to_be16((u16)(skb->len + skb->frags_len));
	u32 sum = t->sum;

	if (skb->frags || !t->df)
		sum = make_fragmentable(iph, sum);
	iph->tot_len = len;
	iph->check = csum_fold_32(sum + len.raw);
	return ip_local_out(net, skb);
}
