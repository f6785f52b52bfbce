/* SPDX-License-Identifier: MIT
 * nfqnl_mangle.c - a queued packet's contents replaced by what the program made of it.
 * Not here: the messages (nfnetlink_queue.c).
 * nfnetlink_queue.c calls in; calls routing.
 * Source: RFC 791 3.1. Behaves as Linux's nfqnl_mangle and ip_route_me_harder: their roles. */
#include "kernel/lib/string.h"
#include "net/core/skb_owner.h"
#include "net/core/sock.h"
#include "net/ipv4/route.h"
#include "net/netlink/nfqnl_impl.h"
#include "net/wire/ip.h"

static bool is_ipv4(const struct iphdr *iph, u32 len)
{
	u32 header_len = (iph->version_ihl & 15) * 4u;

	return len >= IP_HLEN && iph->version_ihl >> 4 == 4 && header_len >= IP_HLEN &&
	       header_len <= len && be16_to_cpu(iph->tot_len) == len;
}

/* Another destination: another device, another neighbour. */
static int reroute(struct nf_queue_entry *entry, const struct iphdr *iph)
{
	const struct sock *sk = entry->skb->sk;
	struct net *net = entry->state.net;
	struct flowi4 fl4 = { .daddr = iph->daddr,
		.saddr = ip_addr_type(net, iph->saddr) == RTN_LOCAL ? iph->saddr : BE32_ZERO,
		.oif = sk ? sk->sk_bound_dev_if : 0,
		.tos = iph->tos & FLOWI_TOS_MASK };
	struct rtable rt;
	int err = ip_route_output_flow(net, &fl4, &rt);

	if (err)
		return err;
	entry->skb->dev = entry->state.out = rt.dev;
	entry->next_hop = rt.neigh->primary_key;
	return 0;
}

/* How many bytes go into the first piece, 0: it cannot be. On a card each piece is a fragment: a datagram
 * that is in some keeps their size, one that grew past the MTU gets some. */
static u32 first_piece(const struct nf_queue_entry *entry, const struct iphdr *iph, u32 len)
{
	const struct sk_buff *skb = entry->skb;
	const struct net_device *out = entry->state.out;
	bool fragments = out && !(out->features & NETIF_F_FRAGLIST);
	u32 room = SKB_DATA_END - skb->network_off;

	if (fragments)
		room = min(room, out->mtu);
	if (fragments && skb->frags)
		room = min(room, (u32)skb->len);
	if (len <= room)
		return len;
	if (fragments && iph->version_ihl != IP_VERSION_IHL)
		return 0;
	if (fragments && !skb->frags && (be16_to_cpu(iph->frag_off) & IP_DF))
		return 0;
	return IP_HLEN + ALIGN_DOWN(room - IP_HLEN, FRAGMENT_UNIT);
}

static void release_frags(struct sk_buff *skb)
{
	while (skb->frags) {
		struct sk_buff *frag = skb->frags;

		skb->frags = frag->next;
		skb_release(frag);
	}
	skb->frags_len = 0;
}

static int rewrite(struct sk_buff *skb, const u8 *data, u32 len, u32 first)
{
	struct sk_buff **at = &skb->frags;

	release_frags(skb);
	memcpy(skb->data, data, first);
	skb->len = (u16)first;
	for (u32 done = first, n; done < len; done += n) {
		struct sk_buff *frag = skb_alloc(SKB_NETWORK_OFF + IP_HLEN);

		if (!frag)
			return -ENOBUFS;
		n = min(len - done, first - IP_HLEN);
		memcpy(skb_put(frag, n), data + done, n);
		frag->next = NULL;
		*at = frag;
		at = &frag->next;
		skb->frags_len = (u16)(skb->frags_len + n);
	}
	return 0;
}

int nfqnl_mangle(struct nf_queue_entry *entry, const void *data, u32 len)
{
	const struct iphdr *iph = data, *old = skb_network_header(entry->skb);
	struct sk_buff *skb = entry->skb;
	struct sock *sk = skb->owned ? skb->sk : NULL;
	u32 first;
	int err = 0;

	if (!is_ipv4(iph, len))
		return -EINVAL;
	if (entry->state.hook == NF_INET_LOCAL_OUT &&
		!(be32_eq(iph->daddr, old->daddr) && be32_eq(iph->saddr, old->saddr) &&
			iph->tos == old->tos))
		err = reroute(entry, iph);
	first = first_piece(entry, iph, len);
	if (err || first == 0)
		return err ?: -EMSGSIZE;
	if (sk) { /* it counts against its sender as long as it is now */
		sk->sk_refs++;
		sock_wfree(skb);
	}
	err = rewrite(skb, data, len, first);
	if (sk) {
		skb_set_owner_w(skb);
		sock_put(sk);
	}
	return err;
}
