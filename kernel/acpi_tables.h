/* SPDX-License-Identifier: MIT
 * acpi_tables.h - what ACPI's tables say that we want to know: how to turn off, where the century is.
 * Not here: doing it (acpi.h); an AML interpreter: the one package we need is found by its name.
 * main.c, acpi.c and rtc.c call in.
 * Source: ACPI 6.4, 5.2.5 (RSDP), 5.2.8 (XSDT), 5.2.9 (FADT), 7.4.2 (_S5). */
#pragma once

#include "kernel/lib/types.h"

/* acpi_init - remember the root pointer. rsdp: 36 bytes, or NULL to search the BIOS area. */
void acpi_init(const u8 *rsdp);

/* What turns the machine off: S5's types go into the PM1 control registers (ports; b may be 0). */
struct acpi_off {
	u16 pm1a_control, pm1b_control;
	u32 type_a, type_b;
	u16 smi_command; /* a port, or 0: there is no legacy mode.. */
	u8 acpi_enable;  /* ..that this byte ends */
};

/* acpi_find_off - Returns false when the tables do not say. */
bool acpi_find_off(struct acpi_off *off);

/* acpi_century_register - the CMOS register of the century, or 0. */
u8 acpi_century_register(void);
