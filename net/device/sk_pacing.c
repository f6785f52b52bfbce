/* SPDX-License-Identifier: MIT
 * sk_pacing.c - SO_MAX_PACING_RATE: packets of one socket leave at its rate.
 * Not here: the queue and its rate (rate_queue.c), a device's discipline (qdisc.c).
 * dev_xmit.c enqueues through the table; calls dev_xmit_paced.
 * Source: socket(7); tc-fq(8). */
#include "net/device/sk_pacing.h"
#include "kernel/mm/slab.h"
#include "net/core/sock.h"
#include "net/device/dev.h"
#include "net/device/rate_queue.h"

/* A paced packet whose device has no room tries again after this. */
#define RETRY_NS NSEC_PER_MSEC
/* Linux's fq lets so many of one flow wait. */
#define PACING_LIMIT 100u

struct sk_pacing {
	struct rate_queue rq;
	struct sock *sk; /* keeps its sk_pacing as long as it lives */
};

static struct slab pacing_slab = SLAB(struct sk_pacing);

/* A packet for a device that is down goes on, to be told so. */
static bool device_has_room(const struct rate_queue *rq, const struct sk_buff *skb)
{
	return dev_room(skb->dev) > 0 || !(skb->dev->flags & IFF_UP);
}

static void send(struct rate_queue *rq, struct sk_buff *skb, bool more)
{
	dev_xmit_paced(skb);
}

/* The last packet may take its closed socket along. */
static void run(struct rate_queue *rq)
{
	struct sock *sk = container_of(rq, struct sk_pacing, rq)->sk;

	sk->sk_refs++;
	rate_queue_release(rq);
	sock_put(sk);
}

static int enqueue(struct Qdisc *q, struct sk_buff *skb)
{
	struct rate_queue *rq = container_of(q, struct rate_queue, q);

	rate_queue_add(rq, skb);
	run(rq);
	return 0;
}

static void destroy(struct Qdisc *q)
{
	slab_free(&pacing_slab, container_of(q, struct sk_pacing, rq.q));
}

static const struct rate_queue_ops sk_pacing_ops = {
	.qdisc = { .enqueue = enqueue, .drop = rate_queue_drop, .destroy = destroy },
	.has_room = device_has_room,
	.retry_ns = RETRY_NS,
	.send = send,
	.run = run,
};

static bool attach(struct sock *sk)
{
	struct sk_pacing *p = slab_alloc(&pacing_slab);

	if (!p)
		return false;
	p->sk = sk;
	rate_queue_init(&p->rq, &sk_pacing_ops);
	sk->sk_pacing = &p->rq.q;
	return true;
}

int sk_set_pacing_rate(struct sock *sk, u64 rate)
{
	u64 bits = rate == UINT64_MAX ? 0 : min(max(rate, 1ul), UINT64_MAX / 8) * 8;
	struct sk_pacing *p;

	if (bits && !sk->sk_pacing && !attach(sk))
		return -ENOMEM;
	sk->sk_max_pacing_rate = rate;
	if (!sk->sk_pacing)
		return 0;
	p = container_of(sk->sk_pacing, struct sk_pacing, rq.q);
	p->rq.q.limit = min(PACING_LIMIT, skb_share_max());
	tb_set_rate(&p->rq.tb, bits, false, 0);
	run(&p->rq);
	/* those before go first */
	sk_set_tx_mode(sk, SK_TX_PACED, bits > 0 || p->rq.q.queue.n > 0);
	dev_pacing_start();
	net_changed(sk->sk_net); /* cached headers go around it */
	return 0;
}
