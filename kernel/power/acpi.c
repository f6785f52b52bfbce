/* SPDX-License-Identifier: MIT
 * acpi.c - turning the machine off.
 * Not here: where the tables say how (kernel/platform/acpi_tables.c).
 * power.c calls in.
 * Source: ACPI 6.4, 4.8.3.2 (PM1 control), 16.1.5 (entering S5). */
#include "kernel/power/acpi.h"
#include "kernel/cpu/asm.h"
#include "kernel/cpu/clock.h"
#include "net/core/machine.h"

#define PM1_SCI_EN     BIT(0)
#define PM1_SLP_EN     BIT(13)
#define PM1_SLP_SHIFT  10
#define PM1_SLP_MASK   (7u << PM1_SLP_SHIFT)
#define ENABLE_WAIT_MS 300
#define OFF_WAIT_MS    200

static struct acpi_off off;
static bool (*find_off)(struct acpi_off *off);

void acpi_set_finder(bool (*find)(struct acpi_off *off))
{
	find_off = find;
}

/* Firmware may hold the machine in legacy mode, where SLP_EN does nothing. */
static void acpi_enable(void)
{
	u64 end = clock_ns() + ENABLE_WAIT_MS * NSEC_PER_MSEC;

	if ((inw(off.pm1a_control) & PM1_SCI_EN) || !off.smi_command)
		return;
	outb(off.smi_command, off.acpi_enable);
	while (!(inw(off.pm1a_control) & PM1_SCI_EN) && clock_ns() < end)
		cpu_relax();
}

static void sleep_write(u16 port, u32 type)
{
	u32 v = inw(port) & ~PM1_SLP_MASK;

	outw(port, (u16)(v | (type & 7) << PM1_SLP_SHIFT | PM1_SLP_EN));
}

void acpi_power_off(void)
{
	if (!find_off || !find_off(&off))
		return;
	acpi_enable();
	sleep_write(off.pm1a_control, off.type_a);
	if (off.pm1b_control)
		sleep_write(off.pm1b_control, off.type_b);
	clock_delay_us(OFF_WAIT_MS * 1000);
}
