/* SPDX-License-Identifier: MIT
 * clock.c - what time it is: the time-stamp counter, calibrated against the PC's own timers.
 * Not here: the tick (timer.c).
 * Used everywhere. Calls nothing but port I/O.
 * Source: Intel SDM vol. 3B 17.17 (TSC); Intel 8254 data sheet; Motorola MC146818 (RTC). */
#include "kernel/cpu/clock.h"
#include "kernel/console/printk.h"
#include "kernel/cpu/asm.h"

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

/* When no timer answers, time runs by a clock that real CPUs are rarely below, so that delays
 * come out too long rather than too short. */
#define TSC_HZ_FALLBACK 4000000000ull
#define TSC_HZ_MAX      10000000000ull

static struct {
	u64 start_tsc;
	u64 hz;
	u64 mult; /* nanoseconds a tick, times 2^32 */
	u32 bound_ppm;
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

/* One reading of both clocks: tsc in the middle of the read, width: how long that took. */
struct sample {
	u64 tsc, width;
	u32 pit;
};

/* Of a few readings the narrowest: the others were interrupted by the host or by SMM. */
static struct sample sample_clocks(void)
{
	struct sample best = { .width = UINT64_MAX };

	for (int i = 0; i < SAMPLE_TRIES; i++) {
		u64 before = rdtsc();
		u32 pit = pit_elapsed();
		u64 width = rdtsc() - before;

		if (width < best.width)
			best = (struct sample){ before + width / 2, width, pit };
	}
	return best;
}

static struct sample first;

static void set_rate(u64 hz)
{
	tsc.hz = hz;
	tsc.mult = (1000000000ull << 32) / hz;
}

/* Whoever must wait before clock_init has measured waits by the guess: too long, but not for ever. */
void clock_start(void)
{
	pit_start();
	first = sample_clocks();
	tsc.start_tsc = first.tsc;
	set_rate(TSC_HZ_FALLBACK);
}

static bool pit_calibrate(void)
{
	struct sample last;
	u32 reads = 0;

	while (pit_elapsed() - first.pit < PIT_WINDOW)
		if (++reads == PIT_READS_MAX)
			return false;
	last = sample_clocks();
	/* Its output rises when the count has run out, after 55 ms: what it shows then is another lap. */
	if (inb(PORT_B) & PORT_B_OUT2)
		return false;
	if (last.pit <= first.pit || last.tsc <= first.tsc)
		return false;
	set_rate((last.tsc - first.tsc) * PIT_HZ / (last.pit - first.pit));
	tsc.bound_ppm = (u32)((first.width + last.width) * 1000000 / (last.tsc - first.tsc)) +
			1000000 / (last.pit - first.pit);
	return tsc.hz < TSC_HZ_MAX;
}

/* Once more, without anything in between, if the first time went wrong. */
void clock_init(void)
{
	tsc.measured = pit_calibrate();
	if (!tsc.measured) {
		clock_start();
		tsc.measured = pit_calibrate();
	}
	if (!tsc.measured)
		set_rate(TSC_HZ_FALLBACK);
}

u64 clock_ns(void)
{
	if (!tsc.mult)
		return 0;
	return (u64)((unsigned __int128)(rdtsc() - tsc.start_tsc) * tsc.mult >> 32);
}

void clock_delay_us(u64 us)
{
	u64 end = clock_ns() + us * 1000;

	while (clock_ns() < end)
		cpu_relax();
}

void clock_show(void)
{
	if (tsc.measured)
		pr_info("clock: TSC at %lu.%03lu MHz, within %u ppm of the 8254\n",
			tsc.hz / 1000000, tsc.hz / 1000 % 1000, tsc.bound_ppm);
	else
		pr_warn("clock: the 8254 timer does not count; times assume %lu MHz\n",
			tsc.hz / 1000000);
}

/* ---- the battery clock ------------------------------------------------------------------ */

enum rtc_register {
	RTC_SECONDS = 0,
	RTC_MINUTES = 2,
	RTC_HOURS = 4,
	RTC_DAY = 7,
	RTC_MONTH = 8,
	RTC_YEAR = 9,
	RTC_STATUS_A = 10,
	RTC_STATUS_B = 11
};

#define RTC_INDEX    0x70
#define RTC_DATA     0x71
#define RTC_UPDATING BIT(7)
#define RTC_BINARY   BIT(2)
#define RTC_24_HOURS BIT(1)
#define RTC_PM       0x80
#define RTC_WAIT_US  3000 /* an update takes at most 1984 us */

struct rtc_time {
	u32 second, minute, hour, day, month, year;
};

static u32 rtc_read(enum rtc_register reg)
{
	outb(RTC_INDEX, (u8)reg);
	return inb(RTC_DATA);
}

static u32 from_bcd(u32 v)
{
	return (v >> 4) * 10 + (v & 15);
}

static struct rtc_time rtc_now(void)
{
	u32 status = rtc_read(RTC_STATUS_B);
	u64 end = clock_ns() + RTC_WAIT_US * 1000;
	u32 v[RTC_YEAR + 1], hour;

	while ((rtc_read(RTC_STATUS_A) & RTC_UPDATING) && clock_ns() < end)
		cpu_relax();
	for (enum rtc_register r = RTC_SECONDS; r <= RTC_YEAR; r++)
		v[r] = rtc_read(r);
	hour = v[RTC_HOURS] & ~(u32)RTC_PM;
	if (!(status & RTC_BINARY)) {
		for (enum rtc_register r = RTC_SECONDS; r <= RTC_YEAR; r++)
			v[r] = from_bcd(v[r]);
		hour = from_bcd(hour);
	}
	if (!(status & RTC_24_HOURS))
		hour = hour % 12 + (rtc_read(RTC_HOURS) & RTC_PM ? 12 : 0);
	return (struct rtc_time){ v[RTC_SECONDS], v[RTC_MINUTES], hour, v[RTC_DAY], v[RTC_MONTH],
		2000 + v[RTC_YEAR] };
}

/* Days since 1970-01-01 in the Gregorian calendar, years counted from March. */
static u64 days_since_1970(u32 year, u32 month, u32 day)
{
	u64 y = month > 2 ? year : year - 1;
	u64 m = month > 2 ? month - 3 : month + 9;

	return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 - 719468;
}

u64 clock_realtime_ns(void)
{
	static u64 offset_ns; /* of the monotonic clock; read once, the battery clock is slow */

	if (!offset_ns) {
		struct rtc_time t = rtc_now();
		u64 seconds = days_since_1970(t.year, t.month, t.day) * 86400 + t.hour * 3600 +
			      t.minute * 60 + t.second;

		offset_ns = seconds * 1000000000ull - clock_ns();
	}
	return offset_ns + clock_ns();
}
