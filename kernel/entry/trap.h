/* SPDX-License-Identifier: MIT
 * trap.h - exceptions and interrupts; those that cannot be handled end the program or the machine.
 * Not here: the stubs (entry.S), page tables (kernel/mm).
 * entry.S calls trap_handler; kmain says what a tick polls.
 * Source: Intel SDM vol. 3A chapter 6. */
#pragma once

#include "kernel/cpu/ptrace.h"

/* entry.S: 16 bytes a vector, for idt_init; and where SYSCALL enters. */
extern const char trap_stubs[], entry_SYSCALL_64[];

/* trap_set_poll - what a tick out of ring 3 calls. */
void trap_set_poll(void (*poll)(void));

/* trap_handler - an exception or interrupt, with interrupts off.
 * regs     of the interrupted code; changes to them take effect on return
 * vector   0..31 exceptions, TRAP_TIMER, anything above: spurious */
void trap_handler(struct pt_regs *regs, u64 vector);
