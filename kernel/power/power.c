/* SPDX-License-Identifier: MIT
 * power.c - how the machine ends, and with which status.
 * Not here: when (process.c, panic.c, main.c).
 * Used by all that end the machine. Calls acpi.c.
 * Source: QEMU hw/misc/debugexit.c (ports, status = value * 2 + 1). Behaves as Linux's panic= parameter. */
#include "kernel/power/power.h"
#include "kernel/console/printk.h"
#include "kernel/cpu/asm.h"
#include "kernel/cpu/clock.h"
#include "kernel/cpu/cpu.h"
#include "kernel/power/acpi.h"

#define KBD_COMMAND     0x64
#define KBD_PULSE_RESET 0xfe
#define RESET_CONTROL   0xcf9 /* PCI chip sets: bit 1 system reset, bit 2 do it */
#define RESET_SYSTEM    0x06

/* Where people put the device: iobase=0xf4 by custom, 0x501 by QEMU's default. */
static const u16 debug_exit_port[] = { 0xf4, 0x501 };

static s32 panic_seconds;

void power_set_panic(s32 seconds)
{
	panic_seconds = seconds;
}

/* The device reads as zero, a missing one as all ones. Only virtual machines are asked: on a real
 * PC these ports may be anything. */
static void debug_exit(enum machine_status status)
{
	if (!cpu_features.hypervisor)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(debug_exit_port); i++)
		if (inb(debug_exit_port[i]) == 0)
			outb(debug_exit_port[i], (u8)status);
}

static void __noreturn halt(void)
{
	for (;;)
		__asm__ volatile("cli; hlt");
}

static void __noreturn reboot(void)
{
	outb(RESET_CONTROL, RESET_SYSTEM);
	outb(KBD_COMMAND, KBD_PULSE_RESET);
	clock_delay_us(100000);
	pr_err("the machine does not reset; turn it off by hand\n");
	console_flush();
	halt();
}

static bool (*at_end)(void);

void power_at_end(bool (*fn)(void))
{
	at_end = fn;
}

/* Once: it may fail itself, and then end here again. Returns whether all is whole that goes by a serial line. */
static bool finish(void)
{
	static bool begun;
	bool whole = !begun;
	u64 lost = 0;

	if (!begun) {
		begun = true;
		whole = !at_end || at_end();
		lost = console_end();
	}
	if (lost)
		pr_err("console: %lu characters lost, at most: the serial line stood still\n",
			lost);
	console_flush();
	return whole && !lost;
}

void power_off(enum machine_status status)
{
	if (status != STATUS_OK)
		power_fail(status);
	if (!finish())
		power_fail(STATUS_LINE);
	acpi_power_off();
	pr_notice("halted: this machine does not turn itself off, do it by hand\n");
	console_flush();
	halt();
}

void power_fail(enum machine_status status)
{
	pr_err("stopped with status %d\n", (int)status);
	finish();
	debug_exit(status);
	if (panic_seconds > 0)
		clock_delay_us((u64)panic_seconds * 1000000);
	if (panic_seconds != 0)
		reboot();
	pr_notice("halted: reset or turn it off (panic=<seconds> reboots)\n");
	console_flush();
	halt();
}
