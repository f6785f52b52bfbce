/* SPDX-License-Identifier: MIT
 * timer.h - the tick: the local APIC's timer, TIMER_HZ times a second.
 * Not here: the time (clock.h).
 * trap.c calls timer_tick; kmain calls timer_start once it can map memory, timer_init after clock_init.
 * Source: Intel SDM vol. 3A 10.5.4 (APIC timer), 10.12 (x2APIC). */
#pragma once

#include "kernel/lib/types.h"

#define TIMER_HZ 100

/* timer_apic_pa - where the local APIC's registers are, a page; 0: they are reached without memory. */
u64 timer_apic_pa(void);

/* timer_start - enable the local APIC and let its timer count, for timer_init to measure.
 * registers  that page, mapped uncached; NULL when there is none */
void timer_start(void *registers);

/* timer_init - work out the APIC timer's frequency since timer_start and start the tick. Interrupts
 * stay off in the kernel; they are on in ring 3 and while the CPU rests. */
void timer_init(void);

/* timer_describe - what timer_init found, in words. */
void timer_describe(char *buf, size_t size);

/* timer_tick - one tick has arrived: the next may. */
void timer_tick(void);

/* timer_tick_now - one more tick, before ring 3's next instruction. */
void timer_tick_now(void);

/* timer_rest - halt the CPU until an interrupt, the next tick, or until_ns (clock_ns) if that is
 * sooner: then the tick comes early. Returns at once when it is nearer than halting takes. */
void timer_rest(u64 until_ns);

/* timer_busy_ns - since boot, without the time in timer_rest: the CPU time of the process. */
u64 timer_busy_ns(void);
