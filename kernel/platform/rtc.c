/* SPDX-License-Identifier: MIT
 * rtc.c - the time of day: the battery clock, read once, and the time that has passed since.
 * Not here: how much has passed (cpu/clock.c).
 * Declared in net/core/machine.h; system calls and captures ask. Calls acpi_tables.c for the century.
 * Source: Motorola MC146818; ACPI 6.4, 5.2.9 (CENTURY, always in BCD). */
#include "kernel/cpu/asm.h"
#include "kernel/cpu/clock.h"
#include "kernel/lib/string.h"
#include "kernel/platform/acpi_tables.h"
#include "net/core/machine.h"

enum rtc_register {
	RTC_SECONDS = 0,
	RTC_MINUTES = 2,
	RTC_HOURS = 4,
	RTC_DAY = 7,
	RTC_MONTH = 8,
	RTC_YEAR = 9,
	RTC_STATUS_A = 10,
	RTC_STATUS_B = 11,
	RTC_RAM = 14, /* where the century may be; QEMU: 50 */
	RTC_REGISTERS = 128
};

#define RTC_INDEX       0x70
#define RTC_DATA        0x71
#define RTC_UPDATING    BIT(7)
#define RTC_BINARY      BIT(2)
#define RTC_24_HOURS    BIT(1)
#define RTC_PM          0x80
#define RTC_WAIT_US     3000 /* an update takes at most 1984 us */
#define RTC_READS_MAX   4
#define DEFAULT_CENTURY 20

/* The registers, undecoded. */
struct rtc_raw {
	u8 v[RTC_YEAR + 1], century; /* century 0: it has no register */
};

static u8 rtc_read(u32 reg)
{
	outb(RTC_INDEX, (u8)reg);
	return inb(RTC_DATA);
}

static u32 from_bcd(u32 v)
{
	return (v >> 4) * 10 + (v & 15);
}

static struct rtc_raw read_once(u32 century_register)
{
	u64 end = clock_ns() + RTC_WAIT_US * NSEC_PER_USEC;
	struct rtc_raw raw = { .century = 0 };

	while ((rtc_read(RTC_STATUS_A) & RTC_UPDATING) && clock_ns() < end)
		cpu_relax();
	for (u32 r = RTC_SECONDS; r <= RTC_YEAR; r++)
		raw.v[r] = rtc_read(r);
	if (century_register >= RTC_RAM && century_register < RTC_REGISTERS)
		raw.century = rtc_read(century_register);
	return raw;
}

/* Twice the same: an update may come in between, when the CPU is held up. */
static struct rtc_raw read_all(void)
{
	u32 century_register = acpi_century_register();
	struct rtc_raw before, raw = read_once(century_register);

	for (int i = 1; i < RTC_READS_MAX; i++) {
		before = raw;
		raw = read_once(century_register);
		if (memcmp(&before, &raw, sizeof(raw)) == 0)
			break;
	}
	return raw;
}

/* Days since 1970-01-01 in the Gregorian calendar, years counted from March. */
static u64 days_since_1970(u32 year, u32 month, u32 day)
{
	u64 y = month > 2 ? year : year - 1;
	u64 m = month > 2 ? month - 3 : month + 9;

	return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 - 719468;
}

/* Seconds since 1970; 0 when it says no time at all. */
static u64 seconds_of(const struct rtc_raw *raw, u8 status_b)
{
	u32 v[RTC_YEAR + 1], hour = raw->v[RTC_HOURS] & ~(u32)RTC_PM,
			     century = from_bcd(raw->century);

	for (u32 r = RTC_SECONDS; r <= RTC_YEAR; r++)
		v[r] = status_b & RTC_BINARY ? raw->v[r] : from_bcd(raw->v[r]);
	if (!(status_b & RTC_BINARY))
		hour = from_bcd(hour);
	if (!(status_b & RTC_24_HOURS))
		hour = hour % 12 + (raw->v[RTC_HOURS] & RTC_PM ? 12 : 0);
	if (v[RTC_SECONDS] > 60 || v[RTC_MINUTES] > 59 || hour > 23 || v[RTC_DAY] - 1 > 30 ||
		v[RTC_MONTH] - 1 > 11 || v[RTC_YEAR] > 99)
		return 0;
	if (century > 99 || century * 100 + v[RTC_YEAR] < 1970)
		century = DEFAULT_CENTURY;
	return days_since_1970(century * 100 + v[RTC_YEAR], v[RTC_MONTH], v[RTC_DAY]) * 86400 +
	       hour * 3600 + v[RTC_MINUTES] * 60 + v[RTC_SECONDS];
}

static u64 offset_ns; /* of the monotonic clock; read once, the battery clock is slow */

void clock_realtime_start(void)
{
	struct rtc_raw raw;

	if (offset_ns)
		return;
	clock_init(); /* it may move the clock */
	raw = read_all();
	offset_ns = seconds_of(&raw, rtc_read(RTC_STATUS_B)) * NSEC_PER_SEC - clock_ns();
}

u64 clock_realtime_ns(void)
{
	return offset_ns + clock_ns();
}
