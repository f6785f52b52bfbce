/* SPDX-License-Identifier: MIT
 * nfqnl_instance.c - queues of packets that programs judge: who reads each, what is in it.
 * Not here: messages to the program (nfqnl_message.c) and from it (nfnetlink_queue.c).
 * nf_queue.c calls the handler's functions, nfnetlink_queue.c the others.
 * Behaves as Linux's nfqnl_instance: its members and limits. */
#include "kernel/fs/procfile.h"
#include "kernel/mm/slab.h"
#include "net/netlink/nfqnl_impl.h"

#define QUEUE_MAXLEN_DEFAULT 1024

static struct slab instance_slab = SLAB(struct nfqnl_instance);

static u32 frames_n; /* packets of the pool, in all queues */

struct nfqnl_instance *nfqnl_lookup(const struct net *net, u32 num)
{
	struct nfqnl_instance *q;

	list_for_each(q, &net->nf->queues, list)
		if (q->num == num)
			return q;
	return NULL;
}

static int nfqnl_enqueue(struct nf_queue_entry *entry, u32 queue_num)
{
	struct nfqnl_instance *q = nfqnl_lookup(entry->state.net, queue_num);
	u32 n = skb_frames(entry->skb);

	if (!q)
		return -ESRCH;
	if (q->copy_mode == NFQNL_COPY_NONE)
		return -EPERM;
	if (q->total >= q->maxlen || frames_n + n > skb_waiting_max()) {
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

void nfqnl_dequeue(struct nfqnl_instance *q, struct nf_queue_entry *entry)
{
	if (q->untold == &entry->list)
		q->untold = entry->list.next;
	list_del(&entry->list);
	q->total--;
	frames_n -= skb_frames(entry->skb);
}

/* What ops has queued, or what came by dev or leaves by it; both NULL: all. */
static void flush(
	struct nfqnl_instance *q, const struct nf_hook_ops *ops, const struct net_device *dev)
{
	struct nf_queue_entry *entry, *next;

	list_for_each_safe(entry, next, &q->entries, list) {
		if ((ops && entry->ops != ops) ||
			(dev && entry->state.in != dev && entry->state.out != dev))
			continue;
		nfqnl_dequeue(q, entry);
		nf_queue_drop(entry, dev ? SKB_DROP_DEV_DOWN : SKB_DROP_QUEUE_GONE);
	}
}

static void nfqnl_drop(struct net *net, const struct nf_hook_ops *ops, const struct net_device *dev)
{
	struct nfqnl_instance *q;

	list_for_each(q, &net->nf->queues, list)
		flush(q, ops, dev);
}

static const struct nf_queue_handler nfqnl_handler = {
	.outfn = nfqnl_enqueue,
	.drop = nfqnl_drop,
};

int nfqnl_create(struct netlink_sock *nlk, u16 num, struct nfqnl_instance **res)
{
	struct nfqnl_instance *q = slab_alloc(&instance_slab);
	struct net *net = nlk->sk.sk_net;

	if (!q)
		return -ENOMEM;
	*q = (struct nfqnl_instance){ .nlk = nlk,
		.untold = &q->entries,
		.maxlen = QUEUE_MAXLEN_DEFAULT,
		.copy_range = NFQNL_COPY_RANGE_MAX,
		.num = num };
	list_init(&q->entries);
	list_add_tail(&q->list, &net->nf->queues);
	net->nf->queue_handler = &nfqnl_handler;
	*res = q;
	return 0;
}

void nfqnl_destroy(struct nfqnl_instance *q)
{
	flush(q, NULL, NULL);
	list_del(&q->list);
	slab_free(&instance_slab, q);
}

void nfnetlink_release(struct netlink_sock *nlk)
{
	struct nfqnl_instance *q, *next;

	list_for_each_safe(q, next, &nlk->sk.sk_net->nf->queues, list)
		if (q->nlk == nlk)
			nfqnl_destroy(q);
}

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
