/* SPDX-License-Identifier: MIT
 * qdisc.h - a device's queueing discipline: tbf, etf, or pfifo in front of the ring.
 * Not here: the interface for senders (net/core/qdisc.h), the word qdisc= (net/config/ipconfig_qdisc.c).
 * ipconfig_qdisc.c sets it up; dev_xmit.c enqueues through the table.
 * Source: tc-tbf(8), tc-pfifo(8). */
#pragma once

#include "net/core/qdisc.h"

/* A device's discipline as the operator asks for it. Without a rate it is pfifo: a bounded queue in front of the ring. */
struct qdisc_spec {
	u64 rate;     /* a second: bits of frames without FCS, or packets; 0: as fast as the ring */
	bool timed;   /* etf: packets leave at their own times (SO_TXTIME), without a rate */
	u32 delta_ns; /* ... or so much later; later still they are dropped */
	bool packets; /* rate and burst count packets, not bits and bytes */
	u32 burst;    /* packets or bytes that may leave at once after a pause; 0: one frame */
	u32 limit; /* packets that may wait; 0, or more than a quarter of the pool: that quarter */
};

/* At and above these no full frame takes longer than a second, which waits rely on. */
#define QDISC_BITS_MIN    16000
#define QDISC_PACKETS_MIN 1
#define QDISC_BURST_MAX   (16u << 20)

/* dev_set_qdisc - give a device a discipline, change its numbers, or take it away.
 * spec     NULL: none, straight to the ring again; queued packets are dropped and counted
 * Returns  0 or -ENOMEM */
int dev_set_qdisc(struct net_device *dev, const struct qdisc_spec *spec) __must_check;

/* qdisc_show - one line about a device's discipline, as it was set up. */
void qdisc_show(const struct net_device *dev, const struct qdisc_spec *spec);
