/* SPDX-License-Identifier: MIT
 * rtc.c - the time of day: the battery clock, read once, and the time that has passed since.
 * Not here: how much has passed (cpu/clock.c).
 * Declared in net/machine.h; system calls and captures ask. Calls port I/O.
 * Source: Motorola MC146818. */
#include "kernel/cpu/asm.h"
#include "net/machine.h"

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
