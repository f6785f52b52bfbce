/* SPDX-License-Identifier: MIT
 * traffic.h - where the datagrams of a run come from, and how they are handed to the kernel.
 * Not here: when (pace.h).
 * muffin-blast.c calls in; flows.c makes datagrams by a plan, replay.c takes frames of a capture.
 * Source: sendmmsg(2), udp(7), packet(7). */
#pragma once

#include "user/blast/plan.h"
#include <netinet/in.h>

#define BATCH 64 /* datagrams that one call hands over: more bring nothing */

struct traffic {
	/* Hand over the next n, at most BATCH, without waiting. Returns how many were taken, or a negative errno. */
	int (*send)(uint32_t n);
	/* Bytes of the frame of the one that is i behind the next. */
	uint32_t (*frame_len)(uint32_t i);
	/* Bytes of payload of the same. */
	uint32_t (*size)(uint32_t i);
	/* Once the room is there: a descriptor to wait for with POLLOUT. */
	int (*fd)(void);
	/* When the next one left its capture, from the first on, in ns; NULL: it comes from none. */
	uint64_t (*captured_ns)(void);
	/* How many there are; 0: without end. */
	uint64_t (*n)(void);
};

/* flows_open - numbered datagrams by a plan.
 * address  of ours, or 0
 * Returns  NULL, having said why on stderr */
const struct traffic *flows_open(const struct plan *plan, uint32_t address);

/* flows_restart - the numbers begin again, as another run. Returns the run's number. */
uint16_t flows_restart(void);

/* replay_open - the frames of a capture, by a device.
 * Returns  NULL, having said why on stderr */
const struct traffic *replay_open(const char *file, const char *device);
