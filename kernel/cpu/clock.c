/* SPDX-License-Identifier: MIT
 * clock.c - the time: the time-stamp counter, calibrated against the PC's own timers.
 * Not here: the tick (timer.c).
 * Used everywhere. Calls nothing but port I/O.
 * Source: Intel SDM vol. 3B 17.17 (TSC); Intel 8254 data sheet; Motorola MC146818 (RTC). */
#include "kernel/cpu/clock.h"
#include "kernel/cpu/asm.h"
#include "kernel/lib/format.h"

/* ---- the 8254's channel 2, gated by port 0x61 ------------------------------------------- */

#define PIT_HZ           1193182ull
#define PIT_CHANNEL2     0x42
#define PIT_COMMAND      0x43
#define PIT_CH2_ONE_SHOT 0xb0 /* low byte, high byte, mode 0 */
#define PIT_CH2_LATCH    0x80
#define PORT_B           0x61
#define PORT_B_GATE2     BIT(0)
#define PORT_B_SPEAKER   BIT(1)
#define PORT_B_OUT2      BIT(5)
#define PIT_START        0xffff
#define PIT_WINDOW       2386 /* counts: 2 ms */
#define PIT_READS_MAX    200000
#define SAMPLE_TRIES     8

/* A sample's reads take a few microseconds; longer when the host or SMM was busy with something else. */
#define GOOD_PPM         10000
#define CALIBRATIONS_MAX 5 /* 2, 2, 4, 8 and 16 ms: below the 8254's lap */

/* When no timer answers, time runs by a clock that real CPUs are rarely below, so that delays
 * come out too long rather than too short. */
#define TSC_HZ_FALLBACK 4000000000ull
#define TSC_HZ_MAX      10000000000ull

static struct {
	u64 start_tsc;
	u64 hz;
	u64 mult;      /* nanoseconds a tick, times 2^32 */
	u32 bound_ppm; /* 0: clock_init was not called yet */
	bool measured;
} tsc;

static void pit_start(void)
{
	u8 port = inb(PORT_B);

	outb(PORT_B, (u8)((port & ~PORT_B_SPEAKER) | PORT_B_GATE2));
	outb(PIT_COMMAND, PIT_CH2_ONE_SHOT);
	outb(PIT_CHANNEL2, PIT_START & 0xff);
	outb(PIT_CHANNEL2, PIT_START >> 8);
}

static u32 pit_elapsed(void)
{
	u32 count;

	outb(PIT_COMMAND, PIT_CH2_LATCH);
	count = inb(PIT_CHANNEL2);
	count |= (u32)inb(PIT_CHANNEL2) << 8;
	return PIT_START - count;
}

/* The others may have been interrupted by the host or by SMM. */
struct clock_sample clock_sample(u32 (*read)(void))
{
	struct clock_sample best = { .width = UINT64_MAX };

	for (int i = 0; i < SAMPLE_TRIES; i++) {
		u64 before = rdtsc();
		u32 count = read();
		u64 width = rdtsc() - before;

		if (width < best.width)
			best = (struct clock_sample){ before + width / 2, width, count };
	}
	return best;
}

static struct clock_sample first;

static u64 ns_of(u64 ticks, u64 mult)
{
	return (u64)((unsigned __int128)ticks * mult >> 32);
}

/* The clock never goes back: if the new rate is faster, the start moves back instead. */
static void set_rate(u64 hz)
{
	u64 now = rdtsc(), shown = ns_of(now - tsc.start_tsc, tsc.mult), ns;
	u64 mult = (1000000000ull << 32) / hz;

	while ((ns = ns_of(now - tsc.start_tsc, mult)) < shown)
		tsc.start_tsc -= ((shown - ns) / 1000 + 1) * (hz / 1000000);
	tsc.hz = hz;
	tsc.mult = mult;
}

/* Waits before clock_init use the guessed rate: too long, but bounded. */
void clock_start(void)
{
	pit_start();
	first = clock_sample(pit_elapsed);
	tsc.start_tsc = first.tsc;
	set_rate(TSC_HZ_FALLBACK);
}

enum calibration {
	NO_TIMER,
	UNUSABLE,
	MEASURED
};

/* The TSC's rate from `first` to now, over at least `window` counts. */
static enum calibration calibrate(u32 window, u64 *hz, u32 *bound_ppm)
{
	struct clock_sample last;
	u32 reads = 0;
	u64 ticks;

	while (pit_elapsed() - first.count < window)
		if (++reads == PIT_READS_MAX)
			return NO_TIMER;
	last = clock_sample(pit_elapsed);
	/* Its output rises when the count has run out, after 55 ms: what it shows then is another lap. */
	if ((inb(PORT_B) & PORT_B_OUT2) || last.count <= first.count || last.tsc <= first.tsc)
		return UNUSABLE;
	ticks = last.tsc - first.tsc;
	*hz = ticks * PIT_HZ / (last.count - first.count);
	*bound_ppm = (u32)min((first.width + last.width) * 1000000 / ticks, 1000000ul) +
		     1000000 / (last.count - first.count);
	return *hz < TSC_HZ_MAX ? MEASURED : UNUSABLE;
}

/* Again, at once and over a longer time, if the 8254 was read too late, or if the CPU was held up within
 * a sample; the best is taken. */
void clock_init(void)
{
	u64 hz, best_hz = TSC_HZ_FALLBACK;
	u32 ppm, window = PIT_WINDOW;

	if (tsc.bound_ppm)
		return;
	tsc.bound_ppm = UINT32_MAX;
	for (u32 tries = 1; tries <= CALIBRATIONS_MAX; tries++) {
		enum calibration result = calibrate(window, &hz, &ppm);

		if (result == MEASURED && ppm < tsc.bound_ppm) {
			tsc.bound_ppm = ppm;
			best_hz = hz;
		}
		if (tsc.bound_ppm <= GOOD_PPM || (result == NO_TIMER && tries > 1))
			break;
		if (tries > 1)
			window *= 2;
		pit_start();
		first = clock_sample(pit_elapsed);
	}
	tsc.measured = tsc.bound_ppm < UINT32_MAX;
	set_rate(best_hz);
}

u64 clock_span_ns(u64 ticks)
{
	return ns_of(ticks, tsc.mult);
}

u64 clock_ns(void)
{
	return tsc.mult ? ns_of(rdtsc() - tsc.start_tsc, tsc.mult) : 0;
}

void clock_delay_us(u64 us)
{
	u64 end;

	clock_init();
	end = clock_ns() + us * 1000;
	while (clock_ns() < end)
		cpu_relax();
}

bool clock_describe(char *buf, size_t size)
{
	if (tsc.measured)
		text_format(buf, size, "TSC at %lu.%03lu MHz, within %u ppm of the 8254",
			tsc.hz / 1000000, tsc.hz / 1000 % 1000, tsc.bound_ppm);
	else
		text_format(buf, size, "the 8254 timer does not count; times assume %lu MHz",
			tsc.hz / 1000000);
	return tsc.measured;
}
