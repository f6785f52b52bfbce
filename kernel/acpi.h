/* SPDX-License-Identifier: MIT
 * acpi.h - the two things we need of ACPI: where its tables are, and turning the machine off.
 * Not here: an AML interpreter; the one package we need is found by its name.
 * power.c calls in.
 * Source: ACPI 6.4, 5.2.5 (RSDP), 5.2.9 (FADT), 7.4.2 (_S5), 4.8.3.2 (PM1 control). */
#pragma once

#include "kernel/lib/types.h"

/* acpi_init - remember the root pointer. rsdp: 36 bytes, or NULL to search the BIOS area. */
void acpi_init(const u8 *rsdp);

/* acpi_power_off - enter S5. Returns when the tables do not say how or nothing happens. */
void acpi_power_off(void);
