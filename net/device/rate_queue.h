/* SPDX-License-Identifier: MIT
 * rate_queue.h - a queue whose packets leave at a rate: shared by a device's discipline and a paced socket.
 * Not here: when a packet may leave (token_bucket.h), where it goes (qdisc.c, sk_pacing.c).
 * qdisc.c and sk_pacing.c call in; timers let packets go.
 * Source: tc-tbf(8), tc-fq(8). */
#pragma once

#include "net/core/qdisc.h"
#include "net/core/timer.h"
#include "net/device/token_bucket.h"

struct rate_queue {
	struct Qdisc q;
	struct token_bucket tb;
	struct timer timer; /* set while the first packet waits for its time */
	bool timed;         /* packets have times of their own (etf.h), and no rate */
	u64 delta_ns;       /* by which they may be late */
};

struct rate_queue_ops {
	struct Qdisc_ops qdisc;
	/* would the ring (or the device's queue) take skb now? */
	bool (*has_room)(const struct rate_queue *rq, const struct sk_buff *skb);
	u64 retry_ns; /* without room it asks again so much later; 0: it will be told (reclaimed) */
	/* skb's time has come; more: the next one's, too. Takes the skb */
	void (*send)(struct rate_queue *rq, struct sk_buff *skb, bool more);
	/* called when the timer fires or a packet was added; calls rate_queue_release */
	void (*run)(struct rate_queue *rq);
};

/* rate_queue_init - empty, without a rate. rq: zeroed. */
void rate_queue_init(struct rate_queue *rq, const struct rate_queue_ops *ops);

/* rate_queue_add - to the end, or by its time. Takes the skb; run must follow. */
void rate_queue_add(struct rate_queue *rq, struct sk_buff *skb);

/* rate_queue_release - send all packets whose time has come; the timer is set for the next one. */
void rate_queue_release(struct rate_queue *rq);

/* rate_queue_drop - Qdisc_ops.drop. The last packet may take a closed socket along. */
void rate_queue_drop(struct Qdisc *q, const struct net_device *dev, enum skb_drop_reason reason);
