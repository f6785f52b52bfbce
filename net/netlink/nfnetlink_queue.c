/* SPDX-License-Identifier: MIT
 * nfnetlink_queue.c - NETLINK_NETFILTER: packets that netfilter queued, to a program and back.
 * Not here: how a packet is parked and goes on (nf_queue.c), new contents (nfqnl_mangle.c).
 * netlink.c calls the family's functions, nf_queue.c the handler's.
 * Source: Linux's nfnetlink_queue: what libnetfilter_queue speaks, the order of its checks.
 *
 * A packet waits in its own memory until the program reads: only then is its message made, so that
 * what is queued is never lost for want of room in the socket. */
#include "net/netlink/nfnetlink_queue.h"
#include "kernel/fs/procfile.h"
#include "kernel/lib/slab.h"
#include "kernel/lib/string.h"
#include "net/dev.h"
#include "net/msg.h"
#include "net/wire/nfnetlink_queue.h"

#define QUEUE_MAXLEN_DEFAULT 1024
#define COPY_RANGE_MAX       (UINT16_MAX - NLA_HDRLEN)

struct nfqnl_instance {
	struct list_head list; /* net->nf->queues */
	struct netlink_sock *nlk;
	struct list_head entries; /* by id */
	struct list_head *untold; /* the first that the program has not read; &entries: none */
	u32 total, maxlen, copy_range, flags, last_id;
	u32 dropped; /* found it full */
	u16 num;
	u8 copy_mode;
};

static struct slab instance_slab = SLAB(struct nfqnl_instance);

/* Packets that nobody judges must not starve the way out: all queues together hold at most a quarter
 * of the pool. */
static u32 frames_n;

static u32 frames_of(const struct sk_buff *skb)
{
	u32 n = 1;

	for (const struct sk_buff *frag = skb->frags; frag; frag = frag->next)
		n++;
	return n;
}

static struct nfqnl_instance *instance_lookup(const struct net *net, u32 num)
{
	struct nfqnl_instance *q;

	list_for_each(q, &net->nf->queues, list)
		if (q->num == num)
			return q;
	return NULL;
}

/* ---- in and out of a queue --------------------------------------------------------------- */

static int nfqnl_enqueue(struct nf_queue_entry *entry, u32 queue_num)
{
	struct nfqnl_instance *q = instance_lookup(entry->state.net, queue_num);
	u32 n = frames_of(entry->skb);

	if (!q)
		return -ESRCH;
	if (q->copy_mode == NFQNL_COPY_NONE)
		return -EPERM;
	if (q->total >= q->maxlen || frames_n + n > skb_pool.total_n / 4) {
		if (q->flags & NFQA_CFG_F_FAIL_OPEN)
			return 1;
		q->dropped++;
		return -ENOBUFS;
	}
	frames_n += n;
	q->total++;
	entry->id = ++q->last_id;
	list_add_tail(&entry->list, &q->entries);
	if (q->untold == &q->entries)
		q->untold = &entry->list;
	return 0;
}

static void dequeue(struct nfqnl_instance *q, struct nf_queue_entry *entry)
{
	if (q->untold == &entry->list)
		q->untold = entry->list.next;
	list_del(&entry->list);
	q->total--;
	frames_n -= frames_of(entry->skb);
}

/* What ops has queued; NULL: all. */
static void flush(struct nfqnl_instance *q, const struct nf_hook_ops *ops)
{
	struct nf_queue_entry *entry, *next;

	list_for_each_safe(entry, next, &q->entries, list) {
		if (ops && entry->ops != ops)
			continue;
		dequeue(q, entry);
		nf_queue_drop(entry);
	}
}

static void nfqnl_hook_drop(struct net *net, const struct nf_hook_ops *ops)
{
	struct nfqnl_instance *q;

	list_for_each(q, &net->nf->queues, list)
		flush(q, ops);
}

static const struct nf_queue_handler nfqnl_handler = {
	.outfn = nfqnl_enqueue,
	.nf_hook_drop = nfqnl_hook_drop,
};

static int instance_create(struct netlink_sock *nlk, u16 num, struct nfqnl_instance **res)
{
	struct nfqnl_instance *q = slab_alloc(&instance_slab);
	struct net *net = nlk->sk.sk_net;

	if (!q)
		return -ENOMEM;
	*q = (struct nfqnl_instance){ .nlk = nlk,
		.untold = &q->entries,
		.maxlen = QUEUE_MAXLEN_DEFAULT,
		.copy_range = COPY_RANGE_MAX,
		.num = num };
	list_init(&q->entries);
	list_add_tail(&q->list, &net->nf->queues);
	net->nf->queue_handler = &nfqnl_handler;
	*res = q;
	return 0;
}

static void instance_destroy(struct nfqnl_instance *q)
{
	flush(q, NULL);
	list_del(&q->list);
	slab_free(&instance_slab, q);
}

static void nfnetlink_release(struct netlink_sock *nlk)
{
	struct nfqnl_instance *q, *next;

	list_for_each_safe(q, next, &nlk->sk.sk_net->nf->queues, list)
		if (q->nlk == nlk)
			instance_destroy(q);
}

/* ---- packets to the program -------------------------------------------------------------- */

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

/* len bytes of a packet that may be in pieces, behind what is in skb, which then may be, too. */
static int append(struct sk_buff *skb, const struct sk_buff *packet, u32 len)
{
	const struct sk_buff *from = packet;
	struct sk_buff *to = skb, **link = &skb->frags;
	u32 at = 0;

	while (len > 0) {
		u32 n = min(len, from->len - at);

		if (skb_room(to) == 0) {
			to = *link = skb_alloc(SKB_NETWORK_OFF);
			if (!to)
				return -ENOBUFS;
			to->next = NULL;
			link = &to->next;
		}
		n = min(n, skb_room(to));
		memcpy(skb_put(to, n), from->data + at, n);
		skb->frags_len = (u16)(skb->frags_len + (to == skb ? 0 : n));
		len -= n;
		at += n;
		if (at == from->len) {
			from = from == packet ? packet->frags : from->next;
			at = 0;
		}
	}
	return 0;
}

static int put_payload(
	struct sk_buff *skb, const struct nfqnl_instance *q, const struct sk_buff *packet)
{
	u32 whole = (u32)packet->len + packet->frags_len, len = min(whole, q->copy_range);
	struct nlattr *nla;

	if (q->copy_mode != NFQNL_COPY_PACKET)
		return 0;
	if (len < whole && nla_put_be32(skb, NFQA_CAP_LEN, cpu_to_be32(whole)))
		return -EMSGSIZE;
	nla = skb_put(skb, NLA_HDRLEN);
	*nla = (struct nlattr){ .nla_len = (u16)(NLA_HDRLEN + len), .nla_type = NFQA_PAYLOAD };
	return append(skb, packet, len);
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
	nlh->nlmsg_len = (u32)skb->len + skb->frags_len;
	return skb;
}

/* A socket may have several queues: they take turns. */
static void nfnetlink_next(struct netlink_sock *nlk)
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

/* ---- what the program says --------------------------------------------------------------- */

static u16 queue_num(const struct nlmsghdr *nlh)
{
	return be16_to_cpu(((const struct nfgenmsg *)nlmsg_data(nlh))->res_id);
}

static bool id_after(u32 id, u32 other)
{
	return (s32)(id - other) > 0;
}

/* The queue is the program's and the verdict is one, or an errno. */
static int parse_verdict(struct netlink_sock *nlk, const struct nlmsghdr *nlh,
	const struct nlattr **tb, struct nfqnl_instance **q, u32 *verdict, u32 *id)
{
	static const u16 least[NFQA_MAX + 1] = {
		[NFQA_VERDICT_HDR] = sizeof(struct nfqnl_msg_verdict_hdr), [NFQA_MARK] = sizeof(u32)
	};
	const struct nfqnl_msg_verdict_hdr *hdr;
	int err = nlmsg_parse(nlh, sizeof(struct nfgenmsg), tb, NFQA_MAX, least);

	if (err)
		return err;
	*q = instance_lookup(nlk->sk.sk_net, queue_num(nlh));
	if (!*q)
		return -ENODEV;
	if ((*q)->nlk != nlk)
		return -EPERM;
	if (!tb[NFQA_VERDICT_HDR])
		return -EINVAL;
	hdr = nla_data(tb[NFQA_VERDICT_HDR]);
	*verdict = be32_to_cpu(hdr->verdict);
	*id = be32_to_cpu(hdr->id);
	if ((*verdict & NF_VERDICT_MASK) > NF_MAX_VERDICT ||
		(*verdict & NF_VERDICT_MASK) == NF_STOLEN)
		return -EINVAL;
	return 0;
}

static int recv_verdict(struct netlink_sock *nlk, const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[NFQA_MAX + 1], *payload;
	struct nf_queue_entry *entry;
	struct nfqnl_instance *q;
	u32 verdict, id;
	int err = parse_verdict(nlk, nlh, tb, &q, &verdict, &id);

	if (err)
		return err;
	list_for_each(entry, &q->entries, list)
		if (entry->id == id)
			break;
	if (&entry->list == &q->entries)
		return -ENOENT;
	dequeue(q, entry);
	payload = tb[NFQA_PAYLOAD];
	if (payload && nfqnl_mangle(entry, nla_data(payload), nla_len(payload)) < 0)
		verdict = NF_DROP;
	nf_reinject(entry, verdict);
	return 0;
}

/* One verdict for all that came so far, up to id. What it sends into this queue again is not among
 * them: that gets a number of its own. */
static int recv_verdict_batch(struct netlink_sock *nlk, const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[NFQA_MAX + 1];
	struct nfqnl_instance *q;
	u32 verdict, id, n = 0;
	int err = parse_verdict(nlk, nlh, tb, &q, &verdict, &id);

	if (err)
		return err;
	if (id_after(id, q->last_id))
		id = q->last_id;
	for (; !list_empty(&q->entries); n++) {
		struct nf_queue_entry *entry =
			list_first_entry(&q->entries, struct nf_queue_entry, list);

		if (id_after(entry->id, id))
			break;
		dequeue(q, entry);
		nf_reinject(entry, verdict);
	}
	return n > 0 ? 0 : -ENOENT;
}

static void set_mode(struct nfqnl_instance *q, const struct nfqnl_msg_config_params *params)
{
	u32 range = be32_to_cpu(params->copy_range);

	if (params->copy_mode > NFQNL_COPY_PACKET)
		return; /* as on Linux: not told */
	q->copy_mode = params->copy_mode;
	q->copy_range = range == 0 || range > COPY_RANGE_MAX ? COPY_RANGE_MAX : range;
}

/* Returns 1 when nothing is left to be done, 0 when the rest of the message is meant for *q. */
static int command(struct netlink_sock *nlk, u16 num, u8 cmd, struct nfqnl_instance **q)
{
	switch (cmd) {
	case NFQNL_CFG_CMD_BIND:
		return *q ? -EBUSY : instance_create(nlk, num, q);
	case NFQNL_CFG_CMD_UNBIND:
		if (!*q)
			return -ENODEV;
		instance_destroy(*q);
		return 1;
	default:
		return -EOPNOTSUPP;
	}
}

static u32 get_be32(const struct nlattr *nla)
{
	return be32_to_cpu(nla_get_be32(nla));
}

/* FAIL_OPEN is all there is; the others promise what does not exist here: whole trains (GSO), users,
 * labels. They may be asked for where Linux would give nothing either. */
static int check_flags(const struct nlattr *flags, const struct nlattr *mask)
{
	if (!flags)
		return 0;
	if (!mask)
		return -EINVAL;
	if (get_be32(flags) >= NFQA_CFG_F_MAX ||
		(get_be32(flags) & get_be32(mask) & (NFQA_CFG_F_CONNTRACK | NFQA_CFG_F_SECCTX)))
		return -EOPNOTSUPP;
	return 0;
}

static int recv_config(struct netlink_sock *nlk, const struct nlmsghdr *nlh)
{
	static const u16 least[NFQA_CFG_MAX + 1] = {
		[NFQA_CFG_CMD] = sizeof(struct nfqnl_msg_config_cmd),
		[NFQA_CFG_PARAMS] = sizeof(struct nfqnl_msg_config_params),
		[NFQA_CFG_QUEUE_MAXLEN] = sizeof(u32),
		[NFQA_CFG_MASK] = sizeof(u32),
		[NFQA_CFG_FLAGS] = sizeof(u32),
	};
	const struct nlattr *tb[NFQA_CFG_MAX + 1];
	struct nfqnl_instance *q = instance_lookup(nlk->sk.sk_net, queue_num(nlh));
	int err = nlmsg_parse(nlh, sizeof(struct nfgenmsg), tb, NFQA_CFG_MAX, least);
	u8 cmd = 0;

	if (err)
		return err;
	if (tb[NFQA_CFG_CMD])
		cmd = ((const struct nfqnl_msg_config_cmd *)nla_data(tb[NFQA_CFG_CMD]))->command;
	if (cmd == NFQNL_CFG_CMD_PF_BIND || cmd == NFQNL_CFG_CMD_PF_UNBIND)
		return 0;
	err = check_flags(tb[NFQA_CFG_FLAGS], tb[NFQA_CFG_MASK]);
	if (err)
		return err;
	if (q && q->nlk != nlk)
		return -EPERM;
	if (tb[NFQA_CFG_CMD])
		err = command(nlk, queue_num(nlh), cmd, &q);
	if (err)
		return min(err, 0);
	if (!q)
		return -ENODEV;
	if (tb[NFQA_CFG_PARAMS])
		set_mode(q, nla_data(tb[NFQA_CFG_PARAMS]));
	if (tb[NFQA_CFG_QUEUE_MAXLEN])
		q->maxlen = get_be32(tb[NFQA_CFG_QUEUE_MAXLEN]);
	if (tb[NFQA_CFG_FLAGS]) {
		u32 mask = get_be32(tb[NFQA_CFG_MASK]);

		q->flags = (q->flags & ~mask) | (get_be32(tb[NFQA_CFG_FLAGS]) & mask);
	}
	return 0;
}

static int (*const recv_message[])(struct netlink_sock *nlk, const struct nlmsghdr *nlh) = {
	[NFQNL_MSG_VERDICT] = recv_verdict,
	[NFQNL_MSG_CONFIG] = recv_config,
	[NFQNL_MSG_VERDICT_BATCH] = recv_verdict_batch,
};

static int nfnetlink_rcv(struct netlink_sock *nlk, const struct nlmsghdr *nlh)
{
	u32 type = NFNL_MSG_TYPE(nlh->nlmsg_type);

	if (nlh->nlmsg_len < NLMSG_HDRLEN + sizeof(struct nfgenmsg))
		return 0; /* as on Linux */
	if (NFNL_SUBSYS_ID(nlh->nlmsg_type) != NFNL_SUBSYS_QUEUE ||
		type >= ARRAY_SIZE(recv_message))
		return -EINVAL;
	return recv_message[type] ? recv_message[type](nlk, nlh) : -EOPNOTSUPP;
}

const struct netlink_family nfnetlink_family = {
	.protocol = NETLINK_NETFILTER,
	.rcv = nfnetlink_rcv,
	.next = nfnetlink_next,
	.release = nfnetlink_release,
};

/* ---- /proc ------------------------------------------------------------------------------- */

/* As on Linux; no packet is ever dropped because its socket is full, and a 1 ends the line. */
static void show_queues(struct seq_file *m, struct net *net)
{
	const struct nfqnl_instance *q;

	list_for_each(q, &net->nf->queues, list)
		seq_printf(m, "%5u %6u %5u %1u %5u %5u %5u %8u %2d\n", q->num, q->nlk->portid,
			q->total, q->copy_mode, q->copy_range, q->dropped, 0u, q->last_id, 1);
}

static struct proc_file queues_file = { .path = "/proc/net/netfilter/nfnetlink_queue",
	.show = show_queues };

void nfqnl_file_init(void)
{
	proc_register(&queues_file);
}
