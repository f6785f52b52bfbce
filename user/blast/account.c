/* SPDX-License-Identifier: MIT
 * account.c - what a run has sent, what its time went to, and what limited it.
 * Not here: measuring (muffin-blast.c).
 * muffin-blast's files call in.
 * Source: none. */
#include "user/blast/account.h"
#include "user/lib/values.h"
#include <inttypes.h>
#include <stdio.h>

#define NOTICEABLE 20 /* a twentieth of the time */

static uint64_t running_ns(const struct account *a)
{
	return a->run_ns > a->stopped_ns ? a->run_ns - a->stopped_ns : 0;
}

static double seconds(const struct account *a)
{
	return (double)running_ns(a) / NS_PER_S;
}

static double per_second(const struct account *a, uint64_t n)
{
	return running_ns(a) ? (double)n / seconds(a) : 0;
}

static unsigned percent(const struct account *a, uint64_t ns)
{
	return running_ns(a) ? (unsigned)(ns * 100 / running_ns(a)) : 0;
}

/* Who waited for room met the link, if it was full, or else a slow card. */
const char *account_limit(const struct account *a, uint64_t link_bits)
{
	uint64_t noticeable = running_ns(a) / NOTICEABLE;

	if (a->kept)
		return "pacing";
	if (a->window_ns > noticeable && a->window_ns >= a->ring_ns)
		return "receiver";
	if (a->ring_ns > noticeable)
		return per_second(a, a->wire_bits) >= 0.9 * (double)link_bits ? "link" : "ring";
	return "CPU";
}

size_t account_json(const struct account *a, uint64_t link_bits, char *text, size_t size)
{
	int len = snprintf(text, size,
		"{\"sent\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"seconds\":%.6f,\"per_second\":%.1f"
		",\"mbit\":%.3f,\"flows\":%" PRIu64 ",\"limit\":\"%s\",\"paced_percent\":%u"
		",\"ring_percent\":%u,\"receiver_percent\":%u",
		a->sent, a->bytes, seconds(a), per_second(a, a->sent),
		per_second(a, a->frame_bits) / 1e6, a->flows, account_limit(a, link_bits),
		percent(a, a->paced_ns), percent(a, a->ring_ns), percent(a, a->window_ns));

	len += a->asked ? snprintf(text + len, size - (size_t)len, ",\"received\":%" PRIu64 "}",
				  a->received)
			: snprintf(text + len, size - (size_t)len, "}");
	return (size_t)len;
}

void account_show(const struct account *a)
{
	printf("%.3f s: %" PRIu64 " sent, %.1f a second, %.3f Mbit/s of frames\n", seconds(a),
		a->sent, per_second(a, a->sent), per_second(a, a->frame_bits) / 1e6);
}

void account_finish(const struct account *a, uint64_t link_bits)
{
	printf("%" PRIu64 " datagram%s, %" PRIu64 " bytes, %" PRIu64
	       " flow%s in %.3f s: %.1f a second, "
	       "%.3f Mbit/s of frames\n",
		a->sent, a->sent == 1 ? "" : "s", a->bytes, a->flows, a->flows == 1 ? "" : "s",
		seconds(a), per_second(a, a->sent), per_second(a, a->frame_bits) / 1e6);
	printf("limited by: %s (waited %u %% of the time for the plan, %u %% for room, %u %% for "
	       "the "
	       "receiver)\n",
		account_limit(a, link_bits), percent(a, a->paced_ns), percent(a, a->ring_ns),
		percent(a, a->window_ns));
	if (a->asked)
		printf("the receiver has %" PRIu64 " of them\n", a->received);
}
