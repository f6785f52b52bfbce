/* SPDX-License-Identifier: MIT
 * sched.h - queueing disciplines: packets that wait for their time before a device takes them.
 * Not here: when that is (token_bucket.h), the way out without one (dev.h), the words of the command line
 * (ipconfig_qdisc.c).
 * dev.c enqueues; net_poll and timers let packets go. A device may have one; a paced socket has its
 * own.
 * Source: tc-tbf(8), tc-pfifo(8), tc-fq(8). */
#pragma once

#include "net/core/skbuff.h"
#include "net/core/timer.h"
#include "net/device/token_bucket.h"

struct sock;

/* What to set up. Without a rate it is pfifo: a bounded queue in front of the ring. */
struct qdisc_spec {
	u64 rate;     /* a second: bits of frames without FCS, or packets; 0: as fast as the ring */
	bool packets; /* rate and burst count packets, not bits and bytes */
	u32 burst;    /* packets or bytes that may leave at once after a pause; 0: one frame */
	u32 limit; /* packets that may wait; 0, or more than a quarter of the pool: that quarter */
};

/* At and above these no full frame takes longer than a second, which waits rely on. */
#define QDISC_BITS_MIN    16000
#define QDISC_PACKETS_MIN 1
#define QDISC_BURST_MAX   (16u << 20)

struct Qdisc {
	struct token_bucket tb;
	struct sk_buff_head queue;
	u32 limit;
	struct net_device *dev; /* NULL: a socket's */
	u32 ring_room,
		ring_n;     /* the device's tx_room and tx_ring_n without it: see dev_set_qdisc */
	struct timer timer; /* set while the first packet waits for its time */
	struct list_head list; /* a socket's: in paced_list, while something waits */
};

/* dev_set_qdisc - give a device a discipline, change its numbers, or take it away.
 * spec     NULL: none, straight to the ring again; what waits is dropped and counted
 * Returns  0 or -ENOMEM */
int dev_set_qdisc(struct net_device *dev, const struct qdisc_spec *spec) __must_check;

/* qdisc_show - one line about a device's discipline, as it was set up. */
void qdisc_show(const struct net_device *dev, const struct qdisc_spec *spec);

/* qdisc_room - packets that senders may still put in. */
u32 qdisc_room(const struct Qdisc *q);

/* qdisc_enqueue - a frame to a discipline, and out if it may go at once. Takes the skb. A packet that
 * was accepted before (skb->owned) always finds a place, one that nobody can make wait (an answer of
 * ours) a few more than there are.
 * Returns  0; -ENOBUFS */
int qdisc_enqueue(struct Qdisc *q, struct sk_buff *skb);

/* qdisc_reclaimed - the driver has set tx_room: keep it, and fill the ring. */
void qdisc_reclaimed(struct Qdisc *q);

/* qdisc_drop_waiting - the device went down, or the machine will: drop what waits for it, in its queue and in
 * sockets'. */
void qdisc_drop_waiting(struct net_device *dev, enum skb_drop_reason reason);

/* ---- one socket's pace -------------------------------------------------------------------- */

/* sk_set_pacing_rate - bytes of frames a second that may leave for sk; UINT64_MAX: any. What is
 * above the rate waits in a queue of the socket's own. */
void sk_set_pacing_rate(struct sock *sk, u64 rate);

/* sk_pace - a packet of a paced socket: to its queue, and on to its device when its time has come.
 * Takes the skb. */
void sk_pace(struct sk_buff *skb);

/* sk_tx_room - packets that sk may still have waiting: by SO_SNDBUF and by its own queue, if it is
 * paced. */
u32 sk_tx_room(const struct sock *sk);
