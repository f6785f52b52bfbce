/* SPDX-License-Identifier: MIT
 * rate_queue.c - a queue whose packets leave at a rate: shared by a device's discipline and a paced socket.
 * Not here: when a packet may leave (token_bucket.c, etf.c), where it goes (qdisc.c, sk_pacing.c).
 * qdisc.c and sk_pacing.c call in; timers let packets go.
 * Source: tc-tbf(8), tc-fq(8), tc-etf(8).
 *
 *     rate_queue_add --> | newest | ... | first | --> send, when token_bucket says so and there is room
 *                              queue      ^
 *                                         timer: the moment tb_ready gives for this packet alone
 *
 * Only the first packet has a time. rate_queue_release sends while the first one's time has come, then sets the timer
 * for the one that is left. With etf each has its own (etf.c), and the queue is in their order. */
#include "net/device/rate_queue.h"
#include "net/core/skb_owner.h"
#include "net/device/dev.h"
#include "net/device/etf.h"

static const struct rate_queue_ops *ops_of(const struct rate_queue *rq)
{
	return container_of(rq->q.ops, const struct rate_queue_ops, qdisc);
}

static void on_timer(struct timer *timer)
{
	struct rate_queue *rq = container_of(timer, struct rate_queue, timer);

	ops_of(rq)->run(rq);
}

void rate_queue_init(struct rate_queue *rq, const struct rate_queue_ops *ops)
{
	rq->q.ops = &ops->qdisc;
	timer_setup(&rq->timer, on_timer);
	list_init(&rq->q.list);
}

void rate_queue_add(struct rate_queue *rq, struct sk_buff *skb)
{
	if (rq->q.queue.n == 0)
		tb_rest(&rq->tb, clock_ns());
	if (rq->timed)
		etf_insert(&rq->q.queue, skb);
	else
		skb_queue_tail(&rq->q.queue, skb);
	skb->dev->net->mib.queued++;
}

static u64 ready_at(const struct rate_queue *rq, const struct sk_buff *skb)
{
	return rq->timed ? etf_leaves_at(skb) : tb_ready(&rq->tb, skb_total_len(skb));
}

/* When the first packet may leave. Time spent waiting for the ring or the link is no lateness. */
static u64 leaves_at(struct rate_queue *rq, const struct sk_buff *skb, u64 now)
{
	const struct rate_queue_ops *ops = ops_of(rq);
	u64 ready = ready_at(rq, skb);

	if (ready > now || ops->has_room(rq, skb))
		return ready;
	tb_rest(&rq->tb, now);
	return ops->retry_ns ? now + ops->retry_ns : UINT64_MAX;
}

static bool next_is_ready(const struct rate_queue *rq, u64 now)
{
	const struct sk_buff *next = rq->q.queue.first;

	return next && ready_at(rq, next) <= now;
}

static struct sk_buff *take_first(struct rate_queue *rq)
{
	struct sk_buff *skb = skb_dequeue(&rq->q.queue);

	skb->dev->net->mib.queued--;
	return skb;
}

void rate_queue_release(struct rate_queue *rq)
{
	u64 now = clock_ns(), at = 0;
	struct sk_buff *skb;

	del_timer(&rq->timer);
	list_del(&rq->q.list);
	while ((skb = rq->q.queue.first)) {
		if (rq->timed && etf_is_late(skb, now, rq->delta_ns)) {
			etf_drop_late(take_first(rq));
			continue;
		}
		at = leaves_at(rq, skb, now);
		if (at > now)
			break;
		take_first(rq);
		tb_take(&rq->tb, skb_total_len(skb), now);
		ops_of(rq)->send(rq, skb, next_is_ready(rq, now));
	}
	if (!skb)
		return;
	if (at < UINT64_MAX)
		mod_timer(&rq->timer, at);
	list_add_tail(&rq->q.list, &qdisc_waiting);
}

void rate_queue_drop(struct Qdisc *q, const struct net_device *dev, enum skb_drop_reason reason)
{
	struct rate_queue *rq = container_of(q, struct rate_queue, q);
	struct sk_buff_head drop = { .n = 0 };
	struct sk_buff *skb;

	for (u32 n = q->queue.n; n > 0; n--) {
		skb = skb_dequeue(&q->queue);
		skb_queue_tail(skb->dev == dev ? &drop : &q->queue, skb);
	}
	if (q->queue.n == 0) {
		del_timer(&rq->timer);
		list_del(&q->list);
	}
	while ((skb = skb_dequeue(&drop))) {
		dev->net->mib.queued--;
		dev_drop(skb, reason, ENETDOWN);
	}
}
