/* SPDX-License-Identifier: MIT
 * acpi.h - turning the machine off.
 * Not here: where the tables say how (kernel/platform/acpi_tables.h).
 * kmain says who reads the tables, which is not needed before the end. power.c calls in.
 * Source: ACPI 6.4, 4.8.3.2 (PM1 control), 16.1.5 (entering S5). */
#pragma once

#include "kernel/lib/types.h"

/* How to turn the machine off: S5's types go into the PM1 control registers (ports; b may be 0). */
struct acpi_off {
	u16 pm1a_control, pm1b_control;
	u32 type_a, type_b;
	u16 smi_command; /* a port, or 0: there is no legacy mode.. */
	u8 acpi_enable;  /* ..that this byte ends */
};

/* acpi_set_finder - find fills in how the machine is turned off, or returns false. It is called at the
 * end of a program that succeeded; after a panic nothing is read. */
void acpi_set_finder(bool (*find)(struct acpi_off *off));

/* acpi_power_off - enter S5. Returns when the tables do not say how, or nothing happens. */
void acpi_power_off(void);
