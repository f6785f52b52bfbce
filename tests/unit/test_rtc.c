/* SPDX-License-Identifier: MIT
 * test_rtc.c - the time of day out of a battery clock's registers, as libc's timegm has it.
 * Not here: real machines (tests/boot/test_programs.py); where the century's register is (test_acpi.c).
 * cmocka calls in; the source is included with this file's ports.
 * Source: Motorola MC146818; POSIX.1-2017 4.16 (seconds since the epoch). */
#define _GNU_SOURCE
#include "kernel/cpu/clock.h"
#include "kernel/cpu/asm.h"
#include "kernel/platform/acpi_tables.h"
#include "tests/unit/stack.h"

#include <time.h>

static u8 cmos[128], fadt_century, next;
static u32 reads, tears_at; /* at this read of the clock's registers a second passes */

u8 acpi_century_register(void)
{
	return fadt_century;
}

static void sim_outb(u16 port, u8 v)
{
	assert_int_equal(port, 0x70);
	assert_true(v < 128); /* its upper bit would hold NMIs off */
	next = v;
}

/* 2029-12-31 23:59:59 becomes the next year, register by register or all at once. */
static void second_passes(void)
{
	static const u8 after[10] = { 0, 0, 0, 0, 0, 0, 0, 1, 1, 0x30 };

	memcpy(cmos, after, sizeof(after));
}

static u8 sim_inb(u16 port)
{
	assert_int_equal(port, 0x71);
	if (next < 10 && ++reads == tears_at)
		second_passes();
	return cmos[next];
}

void clock_init(void)
{
}

#define outb sim_outb
#define inb  sim_inb
/* The host has these, too. */
u64 rtc_realtime_ns(void);
void rtc_realtime_start(void);
#define clock_realtime_ns    rtc_realtime_ns
#define clock_realtime_start rtc_realtime_start
#include "kernel/platform/rtc.c"

enum {
	BCD_24 = 2,
	BCD_12 = 0,
	BINARY_24 = 6,
	BINARY_12 = 4
};

static u8 coded(u32 v, u8 status)
{
	return (u8)(status & 4 ? v : v / 10 * 16 + v % 10);
}

static void set_clock(const struct tm *t, u8 status, u8 century)
{
	u32 hour = (u32)t->tm_hour;

	memset(cmos, 0, sizeof(cmos));
	cmos[0] = coded((u32)t->tm_sec, status);
	cmos[2] = coded((u32)t->tm_min, status);
	cmos[4] = status & 2 ? coded(hour, status)
			     : (u8)(coded((hour + 11) % 12 + 1, status) | (hour >= 12 ? 0x80 : 0));
	cmos[7] = coded((u32)t->tm_mday, status);
	cmos[8] = coded((u32)t->tm_mon + 1, status);
	cmos[9] = coded((u32)(t->tm_year % 100), status);
	cmos[11] = status;
	cmos[50] = century;
}

static u64 shown(void)
{
	struct rtc_raw raw = read_all();

	return seconds_of(&raw, cmos[11]);
}

static void every_hour_and_code(void **state)
{
	static const u8 codes[] = { BCD_24, BCD_12, BINARY_24, BINARY_12 };

	for (time_t at = 951696000; at < 951955200; at += 1799) { /* 2000-02-28 .. 2000-03-02 */
		struct tm t;

		gmtime_r(&at, &t);
		for (u32 i = 0; i < ARRAY_SIZE(codes); i++) {
			set_clock(&t, codes[i], 0x20);
			assert_int_equal(shown(), at);
		}
	}
}

static void centuries(void **state)
{
	static const struct {
		u8 reg, value;
		int year, expected;
	} row[] = {
		{ 50, 0x20, 2026, 2026 },
		{ 50, 0x21, 2126, 2126 },
		{ 50, 0x99, 9926, 9926 },
		{ 50, 0x19, 1999, 1999 },
		{ 50, 0x19, 1969, 2069 }, /* before the epoch: nothing that a PC shows */
		{ 50, 0x00, 2026, 2026 }, /* not set */
		{ 50, 0xff, 2026, 2026 },
		{ 0, 0x21, 2026, 2026 }, /* no register: the default */
		{ 9, 0x21, 2026, 2026 }, /* no register for a century: the year's */
		{ 178, 0x21, 2026, 2026 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		struct tm t = { .tm_year = row[i].year, .tm_mon = 4, .tm_mday = 6, .tm_hour = 7 };

		fadt_century = row[i].reg;
		set_clock(&t, BCD_24, row[i].value);
		t.tm_year = row[i].expected - 1900;
		assert_int_equal(shown(), timegm(&t));
	}
}

/* Read while a second passes: the time before or after it, and none that is a mixture. */
static void update_in_between(void **state)
{
	struct tm last = { .tm_year = 129,
		.tm_mon = 11,
		.tm_mday = 31,
		.tm_hour = 23,
		.tm_min = 59,
		.tm_sec = 59 };
	time_t before = timegm(&last);

	for (u32 at = 1; at <= 30; at++) {
		set_clock(&last, BCD_24, 0);
		reads = 0;
		tears_at = at;
		assert_in_range(shown(), before, before + 1);
	}
	tears_at = 0;
}

/* An empty battery, or no clock at all. */
static void no_time(void **state)
{
	static const struct {
		u8 reg, value;
	} row[] = { { 0, 0x61 }, { 2, 0x60 }, { 4, 0x24 }, { 7, 0 }, { 7, 0x32 }, { 8, 0 },
		{ 8, 0x13 }, { 9, 0xff } };
	struct tm t = { .tm_year = 126, .tm_mon = 4, .tm_mday = 6 };

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		set_clock(&t, BCD_24, 0);
		cmos[row[i].reg] = row[i].value;
		assert_int_equal(shown(), 0);
	}
	memset(cmos, 0xff, sizeof(cmos));
	host_tick_clock(1000); /* it says that it is being updated, for ever */
	assert_int_equal(shown(), 0);
}

static void time_passes(void **state)
{
	struct tm t = { .tm_year = 126, .tm_mon = 4, .tm_mday = 6 };
	u64 start;

	host_set_clock(5 * NSEC_PER_SEC);
	set_clock(&t, BCD_24, 0);
	assert_int_equal(rtc_realtime_ns(), clock_ns());
	rtc_realtime_start();
	start = rtc_realtime_ns();
	assert_int_equal(start, (u64)timegm(&t) * NSEC_PER_SEC);
	host_advance_clock(123456789);
	set_clock(&t, BCD_24, 0x21);
	rtc_realtime_start(); /* it is not asked again */
	assert_int_equal(rtc_realtime_ns(), start + 123456789);
}

int main(void)
{
	const struct CMUnitTest rtc[] = {
		BARE_TEST(every_hour_and_code),
		BARE_TEST(centuries),
		BARE_TEST(update_in_between),
		BARE_TEST(no_time),
		BARE_TEST(time_passes),
	};

	return cmocka_run_group_tests(rtc, NULL, NULL);
}
