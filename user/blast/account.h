/* SPDX-License-Identifier: MIT
 * account.h - what a run has sent, what its time went to, and what limited it.
 * Not here: measuring (muffin-blast.c).
 * muffin-blast's files call in.
 * Source: none. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct account {
	uint64_t sent, bytes;
	uint64_t frame_bits; /* what a rate in bits counts */
	uint64_t wire_bits;  /* with all that a frame occupies */
	uint64_t run_ns;     /* so far */
	uint64_t paced_ns, ring_ns, window_ns,
		stopped_ns; /* of it: waited for the plan, for room, for the receiver,
							    * for "start" */
	uint64_t flows;
	bool kept;         /* there is a rate, and its plan was kept */
	bool asked;        /* a receiver was asked, and answered: */
	uint64_t received; /* so many had arrived then */
};

/* account_limit - "pacing", "link", "ring", "receiver" or "CPU".
 * link_bits  a second, that the link can carry */
const char *account_limit(const struct account *a, uint64_t link_bits);

/* account_json - all of it in one line, without a line end. Returns its length, below size. */
size_t account_json(const struct account *a, uint64_t link_bits, char *text, size_t size);

/* account_show - the line of each second. */
void account_show(const struct account *a);

/* account_finish - the lines at the end. */
void account_finish(const struct account *a, uint64_t link_bits);
