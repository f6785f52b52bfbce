/* SPDX-License-Identifier: MIT
 * acpi_tables.h - ACPI's tables: how to turn the machine off, where the RTC has the century.
 * Not here: doing it (kernel/power/acpi.h); an AML interpreter: the one package we need is found by its name.
 * main.c and rtc.c call in.
 * Source: ACPI 6.4, 5.2.5 (RSDP), 5.2.8 (XSDT), 5.2.9 (FADT), 7.4.2 (_S5). */
#pragma once

#include "kernel/power/acpi.h"

/* acpi_init - remember the root pointer. rsdp: 36 bytes, or NULL to search the BIOS area. */
void acpi_init(const u8 *rsdp);

/* acpi_find_off - Returns false when the tables do not say. */
bool acpi_find_off(struct acpi_off *off);

/* acpi_century_register - the CMOS register of the century, or 0. */
u8 acpi_century_register(void);
