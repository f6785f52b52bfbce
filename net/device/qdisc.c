/* SPDX-License-Identifier: MIT
 * qdisc.c - a device's queueing discipline: tbf, etf, or pfifo in front of the ring.
 * Not here: the queue and its rate (rate_queue.c), the word qdisc= (net/config/ipconfig_qdisc.c).
 * dev_xmit.c enqueues through the table; calls dev_xmit_direct.
 * Source: tc-tbf(8), tc-pfifo(8). */
#include "net/device/qdisc.h"
#include "kernel/mm/slab.h"
#include "net/core/sock.h"
#include "net/device/dev.h"
#include "net/device/etf.h"
#include "net/device/rate_queue.h"

struct dev_qdisc {
	struct rate_queue rq;
	struct net_device *dev;
	u32 opened; /* Qdisc_ops.open: frames that it let through, at most ... */
	u64 bytes;  /* ... and bytes that the device had sent before */
};

static struct slab qdisc_slab = SLAB(struct dev_qdisc);

static struct dev_qdisc *of(const struct rate_queue *rq)
{
	return container_of(rq, struct dev_qdisc, rq);
}

/* As net/core/qdisc.h says: only the discipline sees the ring's room, unless it makes no difference. */
static void hide_ring(struct dev_qdisc *dq)
{
	struct Qdisc *q = &dq->rq.q;

	q->is_open = q->queue.n == 0 && !tb_has_rate(&dq->rq.tb) && !dq->rq.timed;
	q->ring_room = q->is_open ? 0 : dq->dev->tx_room;
	if (!q->is_open)
		dq->dev->tx_room = 0;
}

static void show_ring(struct dev_qdisc *dq)
{
	dq->dev->tx_room = qdisc_ring_room(&dq->rq.q, dq->dev->tx_room);
}

static bool ring_has_room(const struct rate_queue *rq, const struct sk_buff *skb)
{
	return of(rq)->dev->tx_room > 0;
}

/* Rings the doorbell even within a batch of the caller's: these packets are due now. */
static void send(struct rate_queue *rq, struct sk_buff *skb, bool more)
{
	struct net_device *dev = of(rq)->dev;
	bool batch = netdev_xmit_more;

	netdev_xmit_more = more && dev->tx_room > 1;
	dev_xmit_direct(skb, dev);
	netdev_xmit_more = batch;
}

static void run(struct rate_queue *rq)
{
	show_ring(of(rq));
	rate_queue_release(rq);
	hide_ring(of(rq));
}

static struct rate_queue *rate_queue_of(struct Qdisc *q)
{
	return container_of(q, struct rate_queue, q);
}

static void reclaimed(struct Qdisc *q)
{
	struct rate_queue *rq = rate_queue_of(q);

	hide_ring(of(rq));
	run(rq);
}

/* A packet that was accepted before (skb->owned) is always taken. One without a sender that could wait (an answer of
 * ours) may exceed the limit by a few. */
static int enqueue(struct Qdisc *q, struct sk_buff *skb)
{
	struct rate_queue *rq = rate_queue_of(q);
	struct net_device *dev = of(rq)->dev;

	if (!(dev->flags & IFF_UP))
		return dev_drop(skb, SKB_DROP_DEV_DOWN, ENETDOWN);
	if (!skb->owned && q->queue.n >= q->limit + SKB_RESERVE)
		return dev_drop(skb, SKB_DROP_QDISC_FULL, ENOBUFS);
	if (rq->timed && etf_refuse(skb, clock_ns()) < 0)
		return -ENOBUFS;
	rate_queue_add(rq, skb);
	if (qdisc_ring_room(q, dev->tx_room) == 0)
		dev_reclaim(dev);
	else
		run(rq);
	return 0;
}

/* A sender that is early by less waits here: queueing its packet would take longer, and it leaves on time. */
#define SPIN_NS    (2 * NSEC_PER_USEC)
#define SPIN_LOOKS 10000

/* Packets of at most len bytes whose time has come, or comes now. */
static u64 in_time(struct token_bucket *tb, u32 len)
{
	u64 now = clock_ns(), n = tb_allows(tb, len, now), ready;

	if (n > 0)
		return n;
	ready = tb_ready(tb, len);
	if (ready - now > SPIN_NS)
		return 0;
	for (u32 looks = 0; looks < SPIN_LOOKS; looks++)
		if (clock_ns() >= ready)
			return 1;
	return 0; /* the clock stands still */
}

static u32 open_for(struct Qdisc *q, u32 len)
{
	struct dev_qdisc *dq = of(rate_queue_of(q));
	struct net_device *dev = dq->dev;

	if (q->queue.n > 0 || dq->rq.timed)
		return 0;
	if (q->ring_room == 0)
		dev_reclaim(dev);
	if (q->ring_room == 0)
		return 0;
	dq->bytes = dev->stats.tx_bytes;
	dev->tx_room = (u32)min((u64)q->ring_room, in_time(&dq->rq.tb, len));
	dq->opened = dev->tx_room;
	return dq->opened;
}

/* The doorbell rings even within a batch of the caller's, as in send. */
static u32 close_behind(struct Qdisc *q)
{
	struct dev_qdisc *dq = of(rate_queue_of(q));
	struct net_device *dev = dq->dev;
	u32 sent = dq->opened - dev->tx_room;

	tb_take_many(&dq->rq.tb, sent, dev->stats.tx_bytes - dq->bytes);
	q->ring_room -= sent;
	dev->tx_room = 0;
	if (netdev_xmit_more)
		dev->netdev_ops->ndo_flush(dev);
	return sent;
}

static void destroy(struct Qdisc *q)
{
	struct dev_qdisc *dq = of(rate_queue_of(q));

	show_ring(dq);
	dq->dev->tx_ring_n = q->ring_n;
	dq->dev->qdisc = NULL;
	slab_free(&qdisc_slab, dq);
}

static const struct rate_queue_ops dev_qdisc_ops = {
	.qdisc = { .enqueue = enqueue,
		.reclaimed = reclaimed,
		.open = open_for,
		.close = close_behind,
		.drop = rate_queue_drop,
		.destroy = destroy },
	.has_room = ring_has_room,
	.send = send,
	.run = run,
};

static struct dev_qdisc *attach(struct net_device *dev)
{
	struct dev_qdisc *dq = slab_alloc(&qdisc_slab);

	if (!dq)
		return NULL;
	rate_queue_init(&dq->rq, &dev_qdisc_ops);
	dq->dev = dev;
	dq->rq.q.ring_n = dev->tx_ring_n;
	hide_ring(dq);
	dev->qdisc = &dq->rq.q;
	return dq;
}

int dev_set_qdisc(struct net_device *dev, const struct qdisc_spec *spec)
{
	u32 most = skb_waiting_max();
	struct dev_qdisc *dq = dev->qdisc ? of(rate_queue_of(dev->qdisc)) : NULL;

	net_changed(dev->net);
	if (!spec) {
		if (dq) {
			rate_queue_drop(dev->qdisc, dev, SKB_DROP_QDISC_GONE);
			destroy(dev->qdisc);
		}
		return 0;
	}
	if (!dq)
		dq = attach(dev);
	if (!dq)
		return -ENOMEM;
	tb_set_rate(&dq->rq.tb, spec->rate, spec->packets, spec->burst);
	dq->rq.timed = spec->timed;
	dq->rq.delta_ns = spec->delta_ns;
	dev->tx_ring_n = dev->qdisc->limit = spec->limit ? min(spec->limit, most) : most;
	run(&dq->rq);
	return 0;
}

void qdisc_show(const struct net_device *dev, const struct qdisc_spec *spec)
{
	const char *unit = spec->packets ? "packets" : "bits";

	if (spec->rate)
		pr_info("%s: tbf, %lu %s a second, at most %u packets wait\n", dev->name,
			spec->rate, unit, dev->qdisc->limit);
	else if (spec->timed)
		pr_info("%s: etf, packets leave at their times and at most %u ns later, at most %u "
			"wait\n",
			dev->name, spec->delta_ns, dev->qdisc->limit);
	else
		pr_info("%s: pfifo, at most %u packets wait\n", dev->name, dev->qdisc->limit);
}
