/* SPDX-License-Identifier: MIT
 * checker.h - numbered streams as they arrive: lost, twice, out of order, jitter.
 * Not here: the stamp (stamp.h), sockets.
 * muffin-recv calls in.
 * Source: RFC 3550 6.4.1 and A.8 for the jitter; RFC 4737 4.2 for the order: a datagram is out of order
 * when one with a higher number came before it. */
#pragma once

#include "user/lib/stamp.h"

#define CHECKER_STREAMS 4096 /* of them at most; what more arrive are counted apart */
#define CHECKER_WINDOW  2048 /* so far behind the highest number it is known what has arrived */

/* What one start of a sender has sent here, by all its ports and flows. */
struct run {
	uint32_t address;
	uint16_t run;
	uint64_t received; /* each number once, as far as that is known */
};

/* One flow of one run of one sender. */
struct stream {
	uint64_t from; /* address, and port in the low 16 bits */
	uint16_t run, flow;
	struct run *of;
	uint64_t next;     /* the highest number, and 1 */
	uint64_t received; /* each number once */
	uint64_t twice, out_of_order;
	uint64_t old; /* out of order, and too far behind to know whether it had arrived before */
	int64_t transit_ns;
	uint64_t jitter_16; /* ns, times 16 */
	uint64_t seen[CHECKER_WINDOW / 64];
};

struct totals {
	uint64_t streams, received, lost, twice, out_of_order, old;
	uint64_t jitter_ns; /* the largest of any stream */
	uint64_t unknown;   /* datagrams of streams beyond CHECKER_STREAMS */
};

/* checker_take - a datagram of kind STAMP_DATA has arrived.
 * from        address of the sender, and its port in the low 16 bits
 * arrived_ns  of CLOCK_REALTIME */
void checker_take(uint64_t from, const struct stamp *stamp, uint64_t arrived_ns);

/* checker_received - how many of this run of this address have arrived, over its ports and flows. */
uint64_t checker_received(uint32_t address, uint16_t run);

/* checker_totals - over all streams. Lost are the numbers from 0 to the highest that have not arrived. */
struct totals checker_totals(void);
