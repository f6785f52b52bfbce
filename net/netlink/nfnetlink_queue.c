/* SPDX-License-Identifier: MIT
 * nfnetlink_queue.c - NETLINK_NETFILTER: what programs say about queues and the packets in them.
 * Not here: the queues (nfqnl_instance.c), telling of packets (nfqnl_message.c), how a packet waits
 * and goes on (nf_reinject.c), new contents (nfqnl_mangle.c).
 * netlink.c calls the family's functions.
 * Behaves as Linux's nfnetlink_queue: what libnetfilter_queue speaks, the order of its checks. */
#include "net/core/part.h"
#include "net/netlink/nfqnl_impl.h"

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
	*q = nfqnl_lookup(nlk->sk.sk_net, queue_num(nlh));
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
	nfqnl_dequeue(q, entry);
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
		nfqnl_dequeue(q, entry);
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
	q->copy_range = range == 0 || range > NFQNL_COPY_RANGE_MAX ? NFQNL_COPY_RANGE_MAX : range;
}

/* Returns 1 when nothing is left to be done, 0 when the rest of the message is meant for *q. */
static int command(struct netlink_sock *nlk, u16 num, u8 cmd, struct nfqnl_instance **q)
{
	switch (cmd) {
	case NFQNL_CFG_CMD_BIND:
		return *q ? -EBUSY : nfqnl_create(nlk, num, q);
	case NFQNL_CFG_CMD_UNBIND:
		if (!*q)
			return -ENODEV;
		nfqnl_destroy(*q);
		return 1;
	default:
		return -EOPNOTSUPP;
	}
}

static u32 get_be32(const struct nlattr *nla)
{
	return be32_to_cpu(nla_get_be32(nla));
}

/* FAIL_OPEN is all there is; the others promise what does not exist here: whole bursts (GSO), users,
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
	struct nfqnl_instance *q = nfqnl_lookup(nlk->sk.sk_net, queue_num(nlh));
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

static const struct netlink_family nfnetlink_family = {
	.protocol = NETLINK_NETFILTER,
	.rcv = nfnetlink_rcv,
	.next = nfnetlink_next,
	.release = nfnetlink_release,
};

static void nfnetlink_queue_init(void)
{
	BUG_ON(netlink_kernel_create(&nfnetlink_family) != 0);
	nfqnl_file_init();
}

PART(nfnetlink_queue) = { .name = "netfilter", .init = nfnetlink_queue_init };
