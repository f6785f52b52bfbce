/* SPDX-License-Identifier: MIT
 * ask.h - asking a muffin-recv how many datagrams of a run have arrived; how long its answers take.
 * Not here: what follows from it (muffin-blast.c).
 * muffin-blast.c calls in.
 * Source: user/lib/stamp.h. */
#pragma once

#include "user/lib/histogram.h"
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/* What the latest answer told. */
struct told {
	uint64_t sent;     /* by us, when the question left */
	uint64_t received; /* by the receiver, when it answered */
	uint64_t answers;
};

/* ask_open - questions go to this address. Returns the descriptor that answers come to, or -1, having said why. */
int ask_open(const struct sockaddr_in *to, uint32_t our_address);

/* ask_restart - another run: earlier questions' answers do not count. */
void ask_restart(uint16_t run);

/* ask - a question leaves, after so many datagrams. */
void ask(uint64_t sent);

/* ask_read - take all answers that have come. */
void ask_read(void);

/* ask_told - what is known. */
const struct told *ask_told(void);

/* ask_round_trips - how long the answers took. */
const struct histogram *ask_round_trips(void);
