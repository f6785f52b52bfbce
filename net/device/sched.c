/* SPDX-License-Identifier: MIT
 * sched.c - queueing disciplines: packets that wait for their time before a device takes them.
 * Not here: when that is (token_bucket.c), the way out without one (dev.c), the words of the command line
 * (ipconfig_qdisc.c).
 * dev.c calls in, and timers; calls dev_xmit_direct.
 * Source: tc-tbf(8), tc-pfifo(8), tc-fq(8).
 *
 * A device with a discipline keeps tx_room at zero for everybody else: whoever sends takes the way
 * that waits, where the discipline is asked instead. So a device without one pays nothing, not even a
 * test. The ring's own room stands in ring_room meanwhile. */
#include "net/device/sched.h"
#include "kernel/lib/slab.h"
#include "net/core/sock.h"
#include "net/device/dev.h"

/* A paced packet whose device has no room asks again. */
#define RETRY_NS NSEC_PER_MSEC
/* Linux's fq lets so many of one flow wait. */
#define PACING_LIMIT 100u

/* ---- the queue ---------------------------------------------------------------------------- */

/* Is there room below for the first packet? One for a device that is down goes on, to be told so. */
static bool room_below(const struct Qdisc *q, const struct sk_buff *skb)
{
	return q->dev ? q->dev->tx_room > 0 : dev_room(skb->dev) > 0 || !(skb->dev->flags & IFF_UP);
}

static void send_below(struct Qdisc *q, struct sk_buff *skb, u64 now)
{
	const struct sk_buff *next = q->queue.first;
	bool batch = netdev_xmit_more;

	if (!q->dev) {
		dev_xmit_paced(skb);
		return;
	}
	/* also within a batch: their time is now */
	netdev_xmit_more =
		next && q->dev->tx_room > 1 && tb_ready(&q->tb, skb_total_len(next)) <= now;
	dev_xmit_direct(skb, q->dev);
	netdev_xmit_more = batch;
}

/* When the first packet may leave. A ring or a link that is in the way is not lateness; their room
 * comes by polling. */
static u64 leaves_at(struct Qdisc *q, const struct sk_buff *skb, u64 now)
{
	u64 ready = tb_ready(&q->tb, skb_total_len(skb));

	if (ready > now || room_below(q, skb))
		return ready;
	tb_rest(&q->tb, now);
	return q->dev ? UINT64_MAX : now + RETRY_NS;
}

static struct list_head paced_list = LIST_HEAD_INIT(paced_list);

/* Let go whatever may go now. */
static void release(struct Qdisc *q)
{
	u64 now = clock_ns();
	struct sk_buff *skb;

	del_timer(&q->timer);
	list_del(&q->list);
	while ((skb = q->queue.first)) {
		u64 ready = leaves_at(q, skb, now);

		if (ready > now) {
			if (ready < UINT64_MAX)
				mod_timer(&q->timer, ready);
			if (!q->dev)
				list_add_tail(&q->list, &paced_list);
			return;
		}
		skb_dequeue(&q->queue);
		skb->dev->net->mib.queued--;
		tb_take(&q->tb, skb_total_len(skb), now);
		send_below(q, skb, now);
	}
}

/* As the head of this file says: nobody but the discipline sees the ring's room. */
static void hide_ring(struct Qdisc *q)
{
	q->ring_room = q->dev->tx_room;
	q->dev->tx_room = 0;
}

/* The last packet may take its closed socket along. */
static void pacing_run(struct Qdisc *q)
{
	struct sock *sk = container_of(q, struct sock, sk_pacing);

	sk->sk_refs++;
	release(q);
	sock_put(sk);
}

static void qdisc_run(struct Qdisc *q)
{
	if (!q->dev) {
		pacing_run(q);
		return;
	}
	q->dev->tx_room = q->ring_room;
	release(q);
	hide_ring(q);
}

static void qdisc_timer(struct timer *timer)
{
	qdisc_run(container_of(timer, struct Qdisc, timer));
}

static void enqueue(struct Qdisc *q, struct sk_buff *skb)
{
	if (q->queue.n == 0)
		tb_rest(&q->tb, clock_ns());
	skb_queue_tail(&q->queue, skb);
	skb->dev->net->mib.queued++;
	if (q->dev && q->ring_room == 0)
		dev_reclaim(q->dev);
	else
		qdisc_run(q);
}

int qdisc_enqueue(struct Qdisc *q, struct sk_buff *skb)
{
	if (!(q->dev->flags & IFF_UP))
		return dev_drop(skb, SKB_DROP_DEV_DOWN, ENETDOWN);
	if (!skb->owned && q->queue.n >= q->limit + SKB_RESERVE)
		return dev_drop(skb, SKB_DROP_QDISC_FULL, ENOBUFS);
	enqueue(q, skb);
	return 0;
}

void qdisc_reclaimed(struct Qdisc *q)
{
	hide_ring(q);
	qdisc_run(q);
}

u32 qdisc_room(const struct Qdisc *q)
{
	return q->limit - min(q->limit, q->queue.n);
}

/* Those for dev are dropped, the others keep their order. The last one may take its socket along. */
static void purge(struct Qdisc *q, struct net_device *dev, enum skb_drop_reason reason, int err)
{
	struct sk_buff_head drop = { .n = 0 };
	struct sk_buff *skb;

	for (u32 n = q->queue.n; n > 0; n--) {
		skb = skb_dequeue(&q->queue);
		skb_queue_tail(skb->dev == dev ? &drop : &q->queue, skb);
	}
	if (q->queue.n == 0) {
		del_timer(&q->timer);
		list_del(&q->list);
	}
	while ((skb = skb_dequeue(&drop))) {
		dev->net->mib.queued--;
		dev_drop(skb, reason, err);
	}
}

void qdisc_drop_waiting(struct net_device *dev, enum skb_drop_reason reason)
{
	struct Qdisc *q, *tmp;

	if (dev->qdisc) {
		purge(dev->qdisc, dev, reason, ENETDOWN);
		dev->qdisc->ring_room = 0;
	}
	list_for_each_safe(q, tmp, &paced_list, list)
		purge(q, dev, reason, ENETDOWN);
}

static void qdisc_init(struct Qdisc *q)
{
	timer_setup(&q->timer, qdisc_timer);
	list_init(&q->list);
}

/* ---- a device's --------------------------------------------------------------------------- */

static struct slab qdisc_slab = SLAB(struct Qdisc);

static struct Qdisc *qdisc_attach(struct net_device *dev)
{
	struct Qdisc *q = slab_alloc(&qdisc_slab);

	if (!q)
		return NULL;
	q->dev = dev;
	q->ring_n = dev->tx_ring_n;
	qdisc_init(q);
	hide_ring(q);
	dev->qdisc = q;
	return q;
}

static void qdisc_detach(struct net_device *dev)
{
	struct Qdisc *q = dev->qdisc;

	purge(q, dev, SKB_DROP_QDISC_GONE, ENOBUFS);
	dev->tx_room = q->ring_room;
	dev->tx_ring_n = q->ring_n;
	dev->qdisc = NULL;
	slab_free(&qdisc_slab, q);
}

int dev_set_qdisc(struct net_device *dev, const struct qdisc_spec *spec)
{
	u32 most = skb_waiting_max();
	struct Qdisc *q = dev->qdisc;

	net_changed(dev->net);
	if (!spec) {
		if (q)
			qdisc_detach(dev);
		return 0;
	}
	if (!q)
		q = qdisc_attach(dev);
	if (!q)
		return -ENOMEM;
	tb_set_rate(&q->tb, spec->rate, spec->packets, spec->burst);
	q->limit = spec->limit ? min(spec->limit, most) : most;
	dev->tx_ring_n = q->limit;
	qdisc_run(q);
	return 0;
}

void qdisc_show(const struct net_device *dev, const struct qdisc_spec *spec)
{
	const char *unit = spec->packets ? "packets" : "bits";

	if (spec->rate)
		pr_info("%s: tbf, %lu %s a second, at most %u packets wait\n", dev->name,
			spec->rate, unit, dev->qdisc->limit);
	else
		pr_info("%s: pfifo, at most %u packets wait\n", dev->name, dev->qdisc->limit);
}

/* ---- one socket's pace -------------------------------------------------------------------- */

static bool sk_is_paced(const struct sock *sk)
{
	return sk->sk_tx_modes & SK_TX_PACED;
}

void sk_set_pacing_rate(struct sock *sk, u64 rate)
{
	u64 bits = rate == UINT64_MAX ? 0 : min(max(rate, 1ul), UINT64_MAX / 8) * 8;
	struct Qdisc *q = &sk->sk_pacing;

	sk->sk_max_pacing_rate = rate;
	if (!sk_is_paced(sk) && bits == 0)
		return;
	if (!sk_is_paced(sk))
		qdisc_init(q);
	q->limit = min(PACING_LIMIT, skb_share_max());
	tb_set_rate(&q->tb, bits, false, 0);
	qdisc_run(q);
	/* those before go first */
	sk_set_tx_mode(sk, SK_TX_PACED, bits > 0 || q->queue.n > 0);
	dev_pacing_start();
	net_changed(sk->sk_net); /* frames that are ready go around it */
}

void sk_pace(struct sk_buff *skb)
{
	enqueue(&skb->sk->sk_pacing, skb);
}

u32 sk_tx_room(const struct sock *sk)
{
	if (sk->sk_wmem_full)
		return 0;
	/* an empty queue takes any datagram, whatever number of fragments it has */
	return sk_is_paced(sk) && sk->sk_pacing.queue.n > 0 ? qdisc_room(&sk->sk_pacing)
							    : UINT32_MAX;
}
