/* SPDX-License-Identifier: MIT
 * search.c - the highest rate at which nothing is lost: which rate to try next.
 * Not here: a trial (muffin-blast.c).
 * muffin-blast.c calls in.
 * Source: RFC 2544 26.1. */
#include "user/blast/search.h"

#define PRECISION 100

void search_start(struct search *search, uint64_t most)
{
	*search = (struct search){ .high = most + 1, .rate = most };
}

bool search_next(struct search *search, bool passed)
{
	uint64_t gap;

	if (passed)
		search->low = search->rate;
	else
		search->high = search->rate;
	gap = search->high - search->low;
	search->rate = search->low + gap / 2;
	return gap > 1 && gap > search->high / PRECISION;
}
