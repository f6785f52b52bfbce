/* SPDX-License-Identifier: MIT
 * acpi.h - turning the machine off.
 * Not here: where the tables say how (acpi_tables.h).
 * power.c calls in.
 * Source: ACPI 6.4, 4.8.3.2 (PM1 control), 16.1.5 (entering S5). */
#pragma once

/* acpi_power_off - enter S5. Returns when the tables do not say how or nothing happens. */
void acpi_power_off(void);
