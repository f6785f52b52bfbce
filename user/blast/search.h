/* SPDX-License-Identifier: MIT
 * search.h - the highest rate at which nothing is lost: which rate to try next.
 * Not here: a trial (muffin-blast.c).
 * muffin-blast.c calls in.
 * Source: RFC 2544 26.1, by halving the interval. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct search {
	uint64_t low, high; /* low passed (0: none yet), high did not */
	uint64_t rate;      /* to try */
};

/* search_start - the first trial is at most. */
void search_start(struct search *search, uint64_t most);

/* search_next - the trial at search->rate has passed, or not. Returns false at the end: low is the answer, to a
 * hundredth; 0 if even one a second did not pass. */
bool search_next(struct search *search, bool passed);
