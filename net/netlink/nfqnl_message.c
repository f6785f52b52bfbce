/* SPDX-License-Identifier: MIT
 * nfqnl_message.c - messages that tell a program of queued packets.
 * Not here: the queues (nfqnl_instance.c), what the program says (nfnetlink_queue.c).
 * netlink.c calls nfnetlink_next.
 * Behaves as Linux's nfqnl_build_packet_message: attributes and their order.
 *
 * A packet waits in its own memory until the program reads: only then is its message made, so that
 * what is queued is never lost for want of room in the socket. */
#include "kernel/lib/string.h"
#include "net/core/skb_owner.h"
#include "net/device/dev.h"
#include "net/netlink/nfqnl_impl.h"
#include "net/socket/msg.h"

static int put_ifindex(struct sk_buff *skb, u16 type, const struct net_device *dev)
{
	return dev ? nla_put_be32(skb, type, cpu_to_be32((u32)dev->ifindex)) : 0;
}

/* Who sent it: the Ethernet header is still in front of what came in. */
static int put_hwaddr(struct sk_buff *skb, const struct nf_queue_entry *entry)
{
	struct nfqnl_msg_packet_hw hw = { .hw_addrlen = cpu_to_be16(ETH_ALEN) };
	const u8 *network = skb_network_header(entry->skb);

	if (!entry->state.in || (entry->state.in->flags & IFF_LOOPBACK))
		return 0;
	memcpy(hw.hw_addr, ((const struct ethhdr *)(network - ETH_HLEN))->h_source, ETH_ALEN);
	return nla_put(skb, NFQA_HWADDR, sizeof(hw), &hw);
}

static int put_payload(
	struct sk_buff *skb, const struct nfqnl_instance *q, const struct sk_buff *packet)
{
	u32 whole = skb_total_len(packet), len = min(whole, q->copy_range);
	struct nlattr *nla;

	if (q->copy_mode != NFQNL_COPY_PACKET)
		return 0;
	if (len < whole && nla_put_be32(skb, NFQA_CAP_LEN, cpu_to_be32(whole)))
		return -EMSGSIZE;
	nla = skb_put(skb, NLA_HDRLEN);
	*nla = (struct nlattr){ .nla_len = (u16)(NLA_HDRLEN + len), .nla_type = NFQA_PAYLOAD };
	return skb_append(skb, packet, 0, len);
}

/* All but the payload fits into one packet's memory several times. */
static struct sk_buff *packet_message(
	const struct nfqnl_instance *q, const struct nf_queue_entry *entry)
{
	const struct nfqnl_msg_packet_hdr hdr = { .packet_id = cpu_to_be32(entry->id),
		.hw_protocol = cpu_to_be16(ETH_P_IP),
		.hook = (u8)entry->state.hook };
	const struct nfgenmsg nfmsg = { .nfgen_family = AF_INET, .res_id = cpu_to_be16(q->num) };
	struct sk_buff *skb = nlmsg_new();
	struct nlmsghdr *nlh;

	if (!skb)
		return NULL;
	nlh = nlmsg_put(skb, 0, 0, NFNL_SUBSYS_QUEUE << 8 | NFQNL_MSG_PACKET, sizeof(nfmsg), 0);
	memcpy(nlmsg_data(nlh), &nfmsg, sizeof(nfmsg));
	if (nla_put(skb, NFQA_PACKET_HDR, sizeof(hdr), &hdr) ||
		put_ifindex(skb, NFQA_IFINDEX_INDEV, entry->state.in) ||
		put_ifindex(skb, NFQA_IFINDEX_OUTDEV, entry->state.out) || put_hwaddr(skb, entry) ||
		put_payload(skb, q, entry->skb)) {
		consume_skb(skb);
		return NULL;
	}
	nlh->nlmsg_len = skb_total_len(skb);
	return skb;
}

/* A socket may have several queues: they take turns. */
void nfnetlink_next(struct netlink_sock *nlk)
{
	struct list_head *queues = &nlk->sk.sk_net->nf->queues;
	struct nfqnl_instance *q;

	list_for_each(q, queues, list) {
		if (q->nlk != nlk || q->untold == &q->entries)
			continue;
		if (netlink_unicast(
			    nlk, packet_message(q,
					 list_entry(q->untold, struct nf_queue_entry, list))) == 0)
			q->untold = q->untold->next;
		list_del(&q->list);
		list_add_tail(&q->list, queues);
		return;
	}
}
