/* SPDX-License-Identifier: MIT
 * pace.h - when the next datagram is due: a plan of absolute times, so that no lateness adds up.
 * Not here: waiting.
 * muffin-blast's files call in.
 * Source: none. */
#pragma once

#include "user/lib/values.h"

struct pace {
	struct rate rate;
	uint64_t start_ns;
	uint64_t done; /* packets or bits so far, whichever the rate counts */
};

/* pace_start - the plan begins now. */
void pace_start(struct pace *pace, struct rate rate, uint64_t now_ns);

/* pace_limits - whether there is a rate at all. */
bool pace_limits(const struct pace *pace);

/* pace_due_ns - when the next one may leave; 0 if it need not wait. */
uint64_t pace_due_ns(const struct pace *pace);

/* pace_take - one of so many bytes leaves: of its frame, short ones padded, without the check sequence. */
void pace_take(struct pace *pace, uint32_t frame_len);

/* pace_forgive - what could not leave in time is not made up for: the plan goes on from now. */
void pace_forgive(struct pace *pace, uint64_t now_ns);

/* frame_bytes, wire_bits - of a datagram with so many bytes of payload, fragments counted: bytes of its Ethernet
 * frames; bits on the wire with preamble, check sequence and gap (IEEE 802.3). */
uint32_t frame_bytes(uint32_t payload_len);
uint64_t wire_bits(uint32_t frame_len);
