/* SPDX-License-Identifier: MIT
 * timer.c - the tick: the local APIC's timer, TIMER_HZ times a second.
 * Not here: the time (clock.c).
 * trap.c calls timer_tick.
 * Source: Intel SDM vol. 3A 10.4 (local APIC), 10.5.4 (its timer), 10.12 (x2APIC). */
#include "kernel/cpu/timer.h"
#include "kernel/cpu/asm.h"
#include "kernel/cpu/clock.h"
#include "kernel/cpu/idt.h"
#include "kernel/lib/format.h"

enum apic_register {
	APIC_EOI = 0xb0,
	APIC_SPURIOUS = 0xf0,
	APIC_IRR_TIMER = 0x210, /* the interrupt request register's word of TRAP_TIMER's bit */
	APIC_ICR = 0x300,
	APIC_LVT_TIMER = 0x320,
	APIC_LVT_LINT0 = 0x350,
	APIC_LVT_ERROR = 0x370,
	APIC_TIMER_INITIAL = 0x380,
	APIC_TIMER_CURRENT = 0x390,
	APIC_TIMER_DIVIDE = 0x3e0
};

#define ICR_SELF         BIT(18)
#define IPI_LOOKS        1000
#define APIC_BASE_ENABLE BIT(11)
#define APIC_BASE_X2APIC BIT(10)
#define APIC_BASE_MASK   0xffffff000ull
#define SPURIOUS_VECTOR  0xff
#define SPURIOUS_ENABLE  BIT(8)
#define LVT_MASKED       BIT(16)
#define LVT_PERIODIC     BIT(17)
#define DIVIDE_BY_16     3
#define CALIBRATE_US     500
#define TICK_NS          (1000000000ull / TIMER_HZ)
/* A shorter wait does not halt: setting the timer, halting and waking take about as long. */
#define REST_MIN_NS 20000

/* The 8259s' mask registers: all their interrupts are masked. */
#define PIC1_DATA    0x21
#define PIC2_DATA    0xa1
#define PIC_MASK_ALL 0xff

static volatile u8 *apic; /* NULL: x2APIC mode, through MSRs */
static u32 tick_counts;   /* of the APIC's timer; 0: no tick yet */

static void apic_write(enum apic_register reg, u32 v)
{
	if (apic)
		*(volatile u32 *)(apic + reg) = v;
	else
		wrmsr(MSR_X2APIC + (u32)reg / 16, v);
}

static u32 apic_read(enum apic_register reg)
{
	if (apic)
		return *(volatile u32 *)(apic + reg);
	return (u32)rdmsr(MSR_X2APIC + (u32)reg / 16);
}

u64 timer_apic_pa(void)
{
	u64 base = rdmsr(MSR_APIC_BASE);

	return base & APIC_BASE_X2APIC ? 0 : base & APIC_BASE_MASK;
}

static void apic_enable(void *registers)
{
	apic = registers;
	if (apic)
		wrmsr(MSR_APIC_BASE, rdmsr(MSR_APIC_BASE) | APIC_BASE_ENABLE);
	apic_write(APIC_LVT_LINT0, LVT_MASKED);
	apic_write(APIC_LVT_ERROR, LVT_MASKED);
	apic_write(APIC_SPURIOUS, SPURIOUS_ENABLE | SPURIOUS_VECTOR);
}

static u32 apic_count(void)
{
	return apic_read(APIC_TIMER_CURRENT);
}

static struct clock_sample started;

void timer_start(void *registers)
{
	outb(PIC1_DATA, PIC_MASK_ALL);
	outb(PIC2_DATA, PIC_MASK_ALL);
	apic_enable(registers);
	apic_write(APIC_TIMER_DIVIDE, DIVIDE_BY_16);
	apic_write(APIC_LVT_TIMER, LVT_MASKED);
	apic_write(APIC_TIMER_INITIAL, UINT32_MAX);
	started = clock_sample(apic_count);
}

/* How far the timer counts in a second, by the TSC. */
static u64 apic_timer_hz(void)
{
	u64 ns = clock_span_ns(rdtsc() - started.tsc);
	struct clock_sample now;

	if (ns < CALIBRATE_US * 1000)
		clock_delay_us(CALIBRATE_US - ns / 1000);
	now = clock_sample(apic_count);
	return (u64)(started.count - now.count) * 1000000000ull /
	       clock_span_ns(now.tsc - started.tsc);
}

void timer_init(void)
{
	u64 count = max(apic_timer_hz() / TIMER_HZ, (u64)1);

	tick_counts = (u32)min(count, (u64)UINT32_MAX);
	apic_write(APIC_LVT_TIMER, LVT_PERIODIC | TRAP_TIMER);
	apic_write(APIC_TIMER_INITIAL, tick_counts);
}

void timer_describe(char *buf, size_t size)
{
	text_format(buf, size, "local APIC%s, %u counts a tick, %d ticks a second",
		apic ? "" : " (x2APIC)", tick_counts, TIMER_HZ);
}

static u64 rested_ns;

u64 timer_busy_ns(void)
{
	return clock_ns() - rested_ns;
}

/* Writing the initial count starts a lap of that length at once (10.5.4). */
void timer_rest(u64 until_ns)
{
	u64 now = clock_ns(), left = until_ns > now ? until_ns - now : 0;
	bool early = left < TICK_NS;

	if (left < REST_MIN_NS || !tick_counts) {
		cpu_relax();
		return;
	}
	if (early)
		apic_write(APIC_TIMER_INITIAL, (u32)(left * tick_counts / TICK_NS) + 1);
	sti_hlt_cli();
	rested_ns += clock_ns() - now;
	if (early)
		apic_write(APIC_TIMER_INITIAL, tick_counts);
}

void timer_tick_now(void)
{
	apic_write(APIC_ICR, ICR_SELF | TRAP_TIMER);
	/* The interrupt takes a while to arrive on a PC. The caller returns to ring 3; it must come before that. */
	for (u32 i = 0; i < IPI_LOOKS && !(apic_read(APIC_IRR_TIMER) & BIT(TRAP_TIMER % 32)); i++)
		cpu_relax();
}

void timer_tick(void)
{
	apic_write(APIC_EOI, 0);
}
