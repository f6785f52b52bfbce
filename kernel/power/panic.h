/* SPDX-License-Identifier: MIT
 * panic.h - the end of a kernel that found itself broken.
 * Not here: how the machine stops (power.h). net/core/machine.h declares panic() for the stack.
 * Used where an invariant is checked. Calls printk and power.
 * Source: design rule: panic is never for input, a device or a full table. */
#pragma once

#include "kernel/cpu/ptrace.h"
#include "net/core/machine.h"

/* panic_regs - the same, with the registers of the moment. */
void panic_regs(const struct pt_regs *regs, const char *fmt, ...) __printf(2, 3) __noreturn;

/* registers_show - print them. */
void registers_show(const struct pt_regs *regs);

/* The canary of -fstack-protector. kmain sets it once. */
extern u64 __stack_chk_guard;
