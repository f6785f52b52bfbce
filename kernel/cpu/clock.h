/* SPDX-License-Identifier: MIT
 * clock.h - the time: the time-stamp counter, calibrated against the PC's own timers.
 * Not here: the tick (timer.h).
 * Used everywhere. net/core/machine.h declares clock_ns for the network stack.
 * Source: Intel SDM vol. 3B 17.17 (TSC); Intel 8254 data sheet; ACPI 4.8.3.3 (PM timer). */
#pragma once

#include "kernel/lib/types.h"

/* clock_start - let the 8254 count, for clock_init to compare with. */
void clock_start(void);

/* clock_init - measure the TSC over the time since clock_start, at least 2 ms: what the machine did
 * in between cost nothing. When that was too long for the 8254, or the CPU was held up while it read,
 * over up to 32 ms more. Every wait in it is bounded by a count. A second call does nothing. */
void clock_init(void);

/* A timer's count, and the TSC in the middle of its reading, which took `width` ticks. */
struct clock_sample {
	u64 tsc, width;
	u32 count;
};

/* clock_sample - the narrowest of a few readings of a timer. */
struct clock_sample clock_sample(u32 (*read)(void));

/* clock_span_ns - how long the TSC takes for so many ticks; right after clock_init. */
u64 clock_span_ns(u64 ticks);

/* clock_ns - nanoseconds since clock_start; 0 before it, by a guess until clock_init. It never goes back. */
u64 clock_ns(void);

/* clock_delay_us - spin; at least that long. Calls clock_init, if nobody has. */
void clock_delay_us(u64 us);

/* clock_describe - what was found and how far it may be off, in words. Returns false when nothing was
 * measured and times are a guess. */
bool clock_describe(char *buf, size_t size);
