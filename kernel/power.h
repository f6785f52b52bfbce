/* SPDX-License-Identifier: MIT
 * power.h - how the machine ends, and with which status.
 * Not here: when (process.c, panic.c, main.c).
 * Used by whoever ends the machine. Calls acpi.c.
 * Source: QEMU's isa-debug-exit; ACPI 4.8.3.2 (sleep control); Linux's panic= parameter. */
#pragma once

#include "kernel/lib/types.h"

/* The machine's exit status. 1..63 are the program's own; README.md lists them for people. */
enum machine_status {
	STATUS_OK = 0,
	STATUS_PROGRAM_MAX = 63,
	STATUS_CMDLINE = 64,
	STATUS_NO_NIC = 65,
	STATUS_NIC_FAILED = 66,
	STATUS_NO_PROGRAM = 67,
	STATUS_NO_MEMORY = 68,
	STATUS_KILLED = 69,
	STATUS_DROPPED = 70,
	STATUS_PANIC = 71,
	STATUS_NO_CPU = 72 /* start.S */
};

/* power_set_panic - panic=<seconds>: 0 stay, above 0 reboot after that long, below 0 at once. */
void power_set_panic(s32 seconds);

/* power_off - the program has ended with this status. 0: ACPI power-off. Anything else:
 * isa-debug-exit where there is one, else power-off as well. Halts if the machine stays on. */
void power_off(enum machine_status status) __noreturn;

/* power_fail - the kernel cannot go on: isa-debug-exit, else what panic= says. */
void power_fail(enum machine_status status) __noreturn;
