/* SPDX-License-Identifier: MIT
 * power.h - how the machine ends, and with which status.
 * Not here: when (process.c, panic.c, main.c).
 * Used by all that end the machine. Calls acpi.c.
 * Source: QEMU's isa-debug-exit; ACPI 4.8.3.2 (sleep control). Behaves as Linux's panic= parameter. */
#pragma once

#include "kernel/lib/types.h"

/* The machine's exit status. docs/manual.md's table is made from these lines. */
enum machine_status {
	STATUS_OK = 0,           /* the program ended with 0, and everything it sent has left */
	STATUS_PROGRAM_MAX = 63, /* the program's own status; a larger one becomes 63 */
	STATUS_CMDLINE = 64,     /* the kernel command line is malformed, or cannot be applied */
	STATUS_NO_NIC = 65,      /* no supported network card: the PCI devices are listed */
	STATUS_NIC_FAILED =
		66, /* a card was found and did not work: the step that failed is named */
	STATUS_NO_PROGRAM = 67, /* the program cannot be loaded: not a static x86_64 ELF file, .. */
	STATUS_NO_MEMORY = 68,  /* out of memory */
	STATUS_KILLED = 69,     /* the program did what it may not (a fault) and was killed */
	STATUS_DROPPED =
		70, /* the program ended with 0, but datagrams it had sent were dropped later, or met no link */
	STATUS_PANIC = 71,  /* the kernel found itself broken */
	STATUS_NO_CPU = 72, /* the CPU has no 64-bit mode or no NX bit */
	STATUS_LINE =
		73 /* the program ended with 0, but a serial line stood still: output or a capture is not whole */
};

/* power_set_panic - panic=<seconds>: 0 stay, above 0 reboot after that long, below 0 at once. */
void power_set_panic(s32 seconds);

/* power_at_end - a function to call before the machine stops, however it ends. fn returns false when
 * it could not do all of it, having said so: the status is not 0 then. */
void power_at_end(bool (*fn)(void));

/* power_off - the program has ended with this status. 0: ACPI power-off, or halt if the machine stays
 * on. Anything else: power_fail. A serial line that stood still and lost something: STATUS_LINE. */
void power_off(enum machine_status status) __noreturn;

/* power_fail - the kernel cannot go on: isa-debug-exit, else what panic= says. */
void power_fail(enum machine_status status) __noreturn;
