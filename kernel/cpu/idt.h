/* SPDX-License-Identifier: MIT
 * idt.h - the interrupt descriptor table: where the CPU goes at each vector.
 * Not here: what happens there (kernel/entry).
 * kmain calls in once; trap.c and timer.c use the vectors.
 * Source: Intel SDM vol. 3A 6.3 (vectors), 6.14 (IDT). */
#pragma once

#include "kernel/lib/types.h"

/* 0 to 31 are the CPU's own. */
#define TRAP_NMI        2
#define TRAP_PAGE_FAULT 14
#define TRAP_TIMER      32
#define TRAP_SPURIOUS   33 /* this and all above */

/* idt_init - load the table. Until then an exception resets the machine.
 * stubs  code of the vectors up to TRAP_SPURIOUS, 16 bytes each */
void idt_init(const char *stubs);
