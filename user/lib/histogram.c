/* SPDX-License-Identifier: MIT
 * histogram.c - how long round trips took: counts by duration, and what follows from them.
 * Not here: measuring one (the programs).
 * muffin-send and muffin-blast call in.
 * Source: none; buckets as HdrHistogram has them. */
#include "user/lib/histogram.h"
#include <inttypes.h>
#include <stdio.h>

#define SUB_BITS 5
#define SUB      (1u << SUB_BITS)
#define BAR      40 /* characters of the longest */

static unsigned bucket_of(uint64_t ns)
{
	unsigned shift = ns < 2 * SUB ? 0 : 63u - (unsigned)__builtin_clzll(ns) - SUB_BITS;

	return shift * SUB + (unsigned)(ns >> shift);
}

/* The largest value that falls into it. */
static uint64_t end_of(unsigned bucket)
{
	unsigned shift = bucket < 2 * SUB ? 0 : bucket / SUB - 1;

	return ((uint64_t)(bucket - shift * SUB + 1) << shift) - 1;
}

void histogram_add(struct histogram *h, uint64_t ns)
{
	h->least = h->n == 0 || ns < h->least ? ns : h->least;
	h->most = ns > h->most ? ns : h->most;
	h->sum += ns;
	h->n++;
	h->bucket[bucket_of(ns)]++;
}

uint64_t histogram_quantile(const struct histogram *h, unsigned thousandths)
{
	uint64_t rank = (h->n * thousandths + 999) / 1000, below = 0;

	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		below += h->bucket[i];
		if (below >= rank && below > 0)
			return end_of(i) < h->most ? end_of(i) : h->most;
	}
	return h->most;
}

static void show_bar(uint64_t from_ns, uint64_t n, uint64_t largest)
{
	printf("%12.1f us %10" PRIu64 " ", (double)from_ns / 1000, n);
	for (uint64_t i = 0; i < (n * BAR + largest - 1) / largest; i++)
		putchar('#');
	putchar('\n');
}

/* By powers of two, from the first that has some to the last. */
static void show_bars(const struct histogram *h)
{
	uint64_t counts[64] = { 0 }, largest = 0;
	unsigned first = 64, last = 0;

	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		unsigned power = i == 0 ? 0 : 63u - (unsigned)__builtin_clzll(end_of(i));

		if (!h->bucket[i])
			continue;
		counts[power] += h->bucket[i];
		largest = counts[power] > largest ? counts[power] : largest;
		first = power < first ? power : first;
		last = power;
	}
	for (unsigned power = first; power <= last; power++)
		show_bar(1ull << power, counts[power], largest);
}

void histogram_show(const struct histogram *h)
{
	if (h->n == 0)
		return;
	printf("round trips in us: least %.1f, mean %.1f, median %.1f, 90 %% %.1f, 99 %% %.1f, "
	       "most %.1f\n",
		(double)h->least / 1000, (double)h->sum / (double)h->n / 1000,
		(double)histogram_quantile(h, 500) / 1000,
		(double)histogram_quantile(h, 900) / 1000,
		(double)histogram_quantile(h, 990) / 1000, (double)h->most / 1000);
	show_bars(h);
}
