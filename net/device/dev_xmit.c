/* SPDX-License-Identifier: MIT
 * dev_xmit.c - how a frame gets onto a device: past the taps, through its queue if it has one, to the driver.
 * Not here: the queues (qdisc.c, sk_pacing.c), what frames look like (eth.h), the drivers (drivers/).
 * The neighbour, arp.c and packet sockets call dev_queue_xmit.
 * Behaves as Linux's __dev_queue_xmit and dev_hard_start_xmit. */
#include "net/device/dev.h"
#include "net/core/qdisc.h"
#include "net/core/skb_owner.h"
#include "net/core/sock.h"
#include "net/core/timestamping.h"
#include "net/device/tap.h"

/* Its sender has nothing to wait for any more, and learns when, if it asked. */
static noinline void release_owner(struct sk_buff *skb)
{
	if (skb->tx_flags & SKBTX_SND)
		timestamping_ops->stamp(skb, SCM_TSTAMP_SND);
	skb_orphan(skb);
}

/* dev_hard_start_xmit - the last common step: the driver has it, and it has no sender any more. Taps see the
 * frame as the wire will. */
static inline int dev_hard_start_xmit(struct sk_buff *skb, struct net_device *dev)
{
	if (static_branch_unlikely(&taps_active))
		show_taps(skb, true);
	if (unlikely(skb->owned))
		release_owner(skb);
	skb->sk = NULL;
	return dev->netdev_ops->ndo_start_xmit(skb, dev);
}

int dev_xmit_direct(struct sk_buff *skb, struct net_device *dev)
{
	return dev_hard_start_xmit(skb, dev);
}

int dev_drop(struct sk_buff *skb, enum skb_drop_reason reason, int err)
{
	skb->dev->stats.tx_dropped++;
	kfree_skb(skb, reason);
	return -err;
}

static noinline int qdisc_enqueue(struct Qdisc *q, struct sk_buff *skb)
{
	return q->ops->enqueue(q, skb);
}

static noinline void qdisc_reclaimed(struct Qdisc *q)
{
	q->ops->reclaimed(q);
}

void dev_reclaim(struct net_device *dev)
{
	if (!(dev->flags & IFF_UP))
		return;
	dev->netdev_ops->ndo_reclaim(dev);
	if (dev->qdisc)
		qdisc_reclaimed(dev->qdisc);
}

/* A queue, no room, or a packet that has waited and has an owner to tell. */
static noinline int dev_queue_xmit_slow(struct sk_buff *skb, struct net_device *dev)
{
	if (dev->qdisc)
		return qdisc_enqueue(dev->qdisc, skb);
	if (dev->tx_room == 0)
		dev_reclaim(dev);
	if (dev->tx_room == 0)
		return dev->flags & IFF_UP ? dev_drop(skb, SKB_DROP_TX_FULL, ENOBUFS)
					   : dev_drop(skb, SKB_DROP_DEV_DOWN, ENETDOWN);
	return dev_hard_start_xmit(skb, dev);
}

static inline int dev_xmit(struct sk_buff *skb, struct net_device *dev)
{
	/* tx_room is zero unless the device is up, its link is there, and it has no queue */
	if (unlikely(dev->tx_room == 0 || skb->owned))
		return dev_queue_xmit_slow(skb, dev);
	return dev_hard_start_xmit(skb, dev);
}

static struct static_key pacing_active;

void dev_pacing_start(void)
{
	static_key_set(&pacing_active, true);
}

static noinline int dev_queue_xmit_pacing(struct sk_buff *skb)
{
	struct sock *sk = skb->sk;

	if (skb->tx_flags) {
		skb_set_owner_w(skb);
		if (skb->tx_flags & SKBTX_SCHED)
			timestamping_ops->stamp(skb, SCM_TSTAMP_SCHED);
	}
	if (!sk || !(sk->sk_tx_modes & SK_TX_PACED))
		return dev_xmit(skb, skb->dev);
	return qdisc_enqueue(sk->sk_pacing, skb);
}

int dev_queue_xmit(struct sk_buff *skb)
{
	if (static_branch_unlikely(&pacing_active))
		return dev_queue_xmit_pacing(skb);
	return dev_xmit(skb, skb->dev);
}

int dev_xmit_paced(struct sk_buff *skb)
{
	return dev_xmit(skb, skb->dev);
}

u32 dev_room(struct net_device *dev)
{
	if (dev->qdisc)
		return qdisc_room(dev->qdisc);
	if (dev->tx_room == 0)
		dev_reclaim(dev);
	return dev->tx_room;
}

struct list_head qdisc_waiting = LIST_HEAD_INIT(qdisc_waiting);

__cold void dev_drop_waiting(struct net_device *dev, enum skb_drop_reason reason)
{
	struct Qdisc *q, *tmp;

	if (dev->qdisc)
		dev->qdisc->ring_room = dev->tx_room = 0;
	list_for_each_safe(q, tmp, &qdisc_waiting, list)
		q->ops->drop(q, dev, reason);
}

bool netdev_xmit_more;

void dev_xmit_end(struct net *net, bool outer)
{
	struct net_device *dev;

	if (outer)
		return;
	netdev_xmit_more = false;
	list_for_each(dev, &net->dev_base, list)
		dev->netdev_ops->ndo_flush(dev);
}
