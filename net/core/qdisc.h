/* SPDX-License-Identifier: MIT
 * qdisc.h - a queueing discipline as senders see it: packets that wait for their time before a device takes them.
 * Not here: the disciplines themselves (net/device/qdisc.c for a device, net/device/sk_pacing.c for a socket).
 * dev_xmit.c, datagram.c and sock.c ask; each discipline fills in its table.
 * Behaves as Linux's struct Qdisc and Qdisc_ops.
 *
 * A device with a discipline keeps tx_room at zero, and the ring's own room stands in ring_room: senders take the
 * slow path, where the discipline is asked. So a device without one pays nothing, not even a test. Where nothing waits
 * and there is no rate, a discipline makes no difference: it leaves tx_room open. Frames whose time has come, behind
 * none that waits, are let through by open and close.
 */
#pragma once

#include "kernel/lib/list.h"
#include "net/core/skbuff.h"

struct Qdisc;

struct Qdisc_ops {
	/* a frame to the queue, and out if it may go at once. Takes the skb; 0, -ENOBUFS, -ENETDOWN */
	int (*enqueue)(struct Qdisc *q, struct sk_buff *skb);
	/* the driver has set tx_room: keep it, and fill the ring. A socket's queue has none */
	void (*reclaimed)(struct Qdisc *q);
	/* drop and count packets for dev; the rest keeps its order */
	void (*drop)(struct Qdisc *q, const struct net_device *dev, enum skb_drop_reason reason);
	/* how many frames of at most len bytes would leave at once, behind none that waits? If any, the device's
	 * tx_room is that until close, which returns how many have left. A socket's queue has neither */
	u32 (*open)(struct Qdisc *q, u32 len);
	u32 (*close)(struct Qdisc *q);
	/* nothing waits any more: give the memory back */
	void (*destroy)(struct Qdisc *q);
};

struct Qdisc {
	const struct Qdisc_ops *ops;
	struct sk_buff_head queue;
	u32 limit;             /* packets that may wait */
	u32 ring_room, ring_n; /* the device's tx_room and tx_ring_n without it */
	bool is_open; /* nothing waits, and there is no rate: tx_room is the ring's, ring_room is zero */
	struct list_head list; /* qdisc_waiting, while something waits */
};

extern struct list_head qdisc_waiting; /* dev_xmit.c */

/* qdisc_room - packets that senders may still put in. */
static inline u32 qdisc_room(const struct Qdisc *q)
{
	return q->limit - min(q->limit, q->queue.n);
}

/* qdisc_ring_room - frames that the ring still takes. tx_room: its device's. */
static inline u32 qdisc_ring_room(const struct Qdisc *q, u32 tx_room)
{
	return q->is_open ? tx_room : q->ring_room;
}
