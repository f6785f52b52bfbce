/* SPDX-License-Identifier: MIT
 * histogram.h - how long round trips took: counts by duration, and what follows from them.
 * Not here: measuring one (the programs).
 * muffin-send and muffin-blast call in.
 * Source: none; buckets as HdrHistogram has them: 32 for each power of two, so a quantile is exact to 1/32. */
#pragma once

#include <stdint.h>

#define HISTOGRAM_BUCKETS (60 * 32)

struct histogram {
	uint64_t n, sum, least, most;
	uint64_t bucket[HISTOGRAM_BUCKETS];
};

/* histogram_add - one more; all zero is an empty histogram. */
void histogram_add(struct histogram *h, uint64_t ns);

/* histogram_quantile - so many thousandths took at most this long, in ns; 0 of an empty one. */
uint64_t histogram_quantile(const struct histogram *h, unsigned thousandths);

/* histogram_show - quantiles, and a bar for each power of two, on stdout. */
void histogram_show(const struct histogram *h);
