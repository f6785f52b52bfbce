/* SPDX-License-Identifier: MIT
 * trap.h - exceptions and interrupts: who is told, and what is said when nobody can help.
 * Not here: the stubs (entry.S), page tables (kernel/mm).
 * kmain calls trap_init; entry.S calls trap_handler.
 * Source: Intel SDM vol. 3A chapter 6. */
#pragma once

#include "kernel/cpu/ptrace.h"

/* trap_init - load the IDT. Until then an exception resets the machine. */
void trap_init(void);

/* trap_handler - an exception or interrupt, with interrupts off.
 * regs     of whoever was interrupted; changes to them take effect on return
 * vector   0..31 exceptions, TRAP_TIMER, anything above: spurious */
void trap_handler(struct pt_regs *regs, u64 vector);

#define TRAP_PAGE_FAULT 14
#define TRAP_TIMER      32
#define TRAP_SPURIOUS   33

/* registers_show - print them, with the symbol of a kernel instruction. level: KERN_*. */
void registers_show(const struct pt_regs *regs);
