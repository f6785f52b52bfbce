/* SPDX-License-Identifier: MIT
 * test_clock.c - the clock and the tick on a simulated PC whose CPU is held up wherever it hurts: time
 * never goes back, and what was measured is as right as it says.
 * Not here: real machines (tests/boot/test_clock.py).
 * cmocka calls in; the sources are included with ports, MSRs and the TSC of this file.
 * Source: Intel 8254 data sheet (mode 0); Intel SDM vol. 3A 10.5.4. */
#include "kernel/cpu/asm.h"
#include "kernel/lib/string.h"
#include "tests/unit/stack.h"

/* ---- the PC -------------------------------------------------------------------------------- */

#define PORT_NS      1000 /* what an access takes: the bus is old */
#define TSC_NS       100
#define PIT_LAP      65535
#define APIC_HZ      62500000ull
#define ACCESSES_MAX 4000000

static struct {
	u64 ns; /* since it was turned on */
	u64 tsc_hz;
	u64 accesses;  /* of a port, an MSR or the TSC */
	u64 held_at;   /* before which access.. */
	u64 held_each; /* ..and whether it comes again after so many.. */
	u64 held_n;    /* ..and how often at most; 0: always.. */
	u64 held_ns;   /* ..and for how long */
	u64 pit_started_ns, apic_started_ns;
	u16 latch;
	bool pit_is_dead, high_byte_next;
	u64 last_ns; /* what the clock showed at last */
} pc;

static u64 sim_rdtsc(void);
u64 measured_ns(void);

/* Time passes, and the clock is looked at: whenever that is, it has not gone back. */
static void access_takes(u64 ns)
{
	static bool looking;
	u64 shown;

	if (looking) /* the look itself takes no time */
		return;
	pc.accesses++;
	assert_true(pc.accesses < ACCESSES_MAX);
	if (pc.accesses == pc.held_at) {
		pc.ns += pc.held_ns;
		pc.held_at += pc.held_n == 1 ? 0 : pc.held_each;
		pc.held_n -= pc.held_n > 0;
	}
	pc.ns += ns;
	looking = true;
	shown = measured_ns();
	looking = false;
	assert_true(shown >= pc.last_ns);
	pc.last_ns = shown;
}

static u64 sim_rdtsc(void)
{
	access_takes(TSC_NS);
	return 12345 + (u64)((unsigned __int128)pc.ns * pc.tsc_hz / NSEC_PER_SEC);
}

static u64 pit_counts(void)
{
	return pc.pit_is_dead ? 0 : (pc.ns - pc.pit_started_ns) * 1193182 / NSEC_PER_SEC;
}

static void sim_outb(u16 port, u8 v)
{
	access_takes(PORT_NS);
	if (port == 0x43 && v == 0x80) {
		pc.latch = (u16)(PIT_LAP - pit_counts());
	} else if (port == 0x43) {
		assert_int_equal(v, 0xb0);
	} else if (port == 0x42) {
		pc.high_byte_next = !pc.high_byte_next;
		pc.pit_started_ns = pc.ns;
	}
}

static u8 sim_inb(u16 port)
{
	access_takes(PORT_NS);
	if (port == 0x61)
		return pit_counts() >= PIT_LAP ? 0x20 : 0;
	assert_int_equal(port, 0x42);
	pc.high_byte_next = !pc.high_byte_next;
	return (u8)(pc.high_byte_next ? pc.latch : pc.latch >> 8);
}

static u64 sim_rdmsr(u32 msr)
{
	access_takes(PORT_NS);
	if (msr == MSR_APIC_BASE)
		return 1 << 10; /* x2APIC mode is on */
	assert_int_equal(msr, 0x839);
	return UINT32_MAX - (pc.ns - pc.apic_started_ns) * APIC_HZ / NSEC_PER_SEC;
}

static void sim_wrmsr(u32 msr, u64 v)
{
	access_takes(PORT_NS);
	if (msr == 0x838)
		pc.apic_started_ns = pc.ns;
}

#define inb           sim_inb
#define outb          sim_outb
#define rdtsc         sim_rdtsc
#define rdmsr         sim_rdmsr
#define wrmsr         sim_wrmsr
#define sti_hlt_cli() fail()
#define clock_ns      measured_ns /* the host has one of its own */
#include "kernel/cpu/clock.c"
#undef PORT_B
#include "kernel/cpu/timer.c"

static void turn_on(u64 tsc_hz)
{
	memset(&pc, 0, sizeof(pc));
	memset(&tsc, 0, sizeof(tsc));
	pc.tsc_hz = tsc_hz;
}

static void pass(u64 ns)
{
	pc.ns += ns;
	measured_ns();
}

/* The start of a machine, which takes some time between its two parts; returns when the first one was. */
static u64 start(u64 between_ns)
{
	u64 at;

	clock_start();
	at = pc.ns;
	pass(between_ns);
	clock_init();
	return at;
}

/* No further off than it says, and no further than the kernel is content with. */
static void assert_measured(u32 ppm_max)
{
	u64 off = tsc.hz > pc.tsc_hz ? tsc.hz - pc.tsc_hz : pc.tsc_hz - tsc.hz;

	assert_true(tsc.measured);
	assert_in_range(tsc.bound_ppm, 1, ppm_max);
	assert_true(off * 1000000 / pc.tsc_hz <= tsc.bound_ppm);
}

/* The clock shows what has passed; more only if it had shown that before, by the guess of 4 GHz. */
static void assert_passed(u64 ns)
{
	u64 most = pc.tsc_hz > TSC_HZ_FALLBACK ? ns / 1000 * (pc.tsc_hz / 4000000) : ns;

	assert_in_range(measured_ns(), ns / 100 * 98, most / 100 * 102);
}

/* ---- the clock ----------------------------------------------------------------------------- */

static const u64 rates[] = { 800000000, 2600000000, 5200000000 };

static void undisturbed(void **state)
{
	for (u32 i = 0; i < ARRAY_SIZE(rates); i++) {
		turn_on(rates[i]);
		start(200000);
		assert_measured(5000);
		assert_in_range(pc.ns, 2000000, 2300000); /* two milliseconds, and a few readings */
		assert_passed(pc.ns);
	}
}

/* What comes between the first reading and the last may take longer than the 8254's lap of 55 ms. */
static void read_too_late(void **state)
{
	static const u64 between_ms[] = { 3, 40, 54, 55, 56, 60, 100, 109, 111, 300, 5000 };

	for (u32 i = 0; i < ARRAY_SIZE(between_ms) * ARRAY_SIZE(rates); i++) {
		u64 between = between_ms[i % ARRAY_SIZE(between_ms)] * NSEC_PER_MSEC, at;

		turn_on(rates[i / ARRAY_SIZE(between_ms)]);
		at = start(between);
		assert_measured(GOOD_PPM);
		assert_true(pc.ns - at < between + 60 * NSEC_PER_MSEC);
		assert_passed(pc.ns - at);
	}
}

/* At every single access the host takes the CPU away, for less and for more than a lap. */
static void held_up_once(void **state)
{
	static const u64 held_us[] = { 30, 500, 5000, 54000, 56000, 200000 };
	u64 accesses;

	turn_on(2600000000);
	start(200000);
	accesses = pc.accesses;
	for (u32 i = 0; i < ARRAY_SIZE(held_us); i++) {
		for (u64 at = 1; at <= accesses; at++) {
			turn_on(2600000000);
			pc.held_at = at;
			pc.held_ns = held_us[i] * NSEC_PER_USEC;
			start(200000);
			assert_measured(GOOD_PPM);
			if (held_us[i] <=
				5000) /* one reading of eight is of no use: no reason to repeat it */
				assert_true(pc.ns < 2300000 + pc.held_ns);
		}
	}
}

/* A busy time in which no reading of a sample is of use: measured again after it. */
static void held_up_for_a_while(void **state)
{
	for (u64 at = 1; at < 2500; at += 8) {
		turn_on(2600000000);
		pc.held_at = at;
		pc.held_each = 2;
		pc.held_n = 40;
		pc.held_ns = 50 * NSEC_PER_USEC;
		start(200000);
		assert_measured(GOOD_PPM);
	}
}

/* A host that is never quiet: the best is taken, and how good that is is said. */
static void held_up_always(void **state)
{
	for (u64 each = 2; each < 40; each++) {
		turn_on(2600000000);
		pc.held_at = pc.held_each = each;
		pc.held_ns = 300 * NSEC_PER_USEC;
		start(200000);
		assert_measured(1000000);
		assert_true(pc.ns < NSEC_PER_SEC);
	}
}

/* Who has to wait before clock_init measures first: the guess would be twice as long. */
static void delay_measures(void **state)
{
	u64 at;

	turn_on(2000000000);
	clock_start();
	pass(100000);
	clock_delay_us(1);
	assert_true(tsc.measured);
	at = pc.ns;
	clock_delay_us(5000);
	assert_in_range(pc.ns - at, 4950000, 5100000);
	clock_init(); /* takes no time any more */
	assert_in_range(pc.ns - at, 4950000, 5100000);
}

static void no_timer(void **state)
{
	char what[80];

	turn_on(2600000000);
	pc.pit_is_dead = true;
	start(200000);
	assert_false(tsc.measured);
	assert_int_equal(tsc.hz, TSC_HZ_FALLBACK);
	assert_false(clock_describe(what, sizeof(what)));
	assert_non_null(strstr(what, "does not count"));
}

/* ---- the tick ------------------------------------------------------------------------------ */

static void assert_tick(void)
{
	assert_int_equal(timer_apic_pa(), 0);
	timer_start(NULL);
	pass(100000);
	timer_init();
	assert_in_range(tick_counts, APIC_HZ / TIMER_HZ * 95 / 100, APIC_HZ / TIMER_HZ * 105 / 100);
}

static void tick_held_up_once(void **state)
{
	u64 before, accesses;

	turn_on(2600000000);
	start(200000);
	before = pc.accesses;
	assert_tick();
	accesses = pc.accesses;
	for (u64 at = before + 1; at <= accesses; at++) {
		turn_on(2600000000);
		pc.held_at = at;
		pc.held_ns = 50 * NSEC_PER_MSEC;
		start(200000);
		assert_tick();
	}
}

int main(void)
{
	const struct CMUnitTest clock[] = {
		BARE_TEST(undisturbed),
		BARE_TEST(read_too_late),
		BARE_TEST(held_up_once),
		BARE_TEST(held_up_for_a_while),
		BARE_TEST(held_up_always),
		BARE_TEST(delay_measures),
		BARE_TEST(no_timer),
		BARE_TEST(tick_held_up_once),
	};

	return cmocka_run_group_tests(clock, NULL, NULL);
}
