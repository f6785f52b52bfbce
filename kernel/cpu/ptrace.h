/* SPDX-License-Identifier: MIT
 * ptrace.h - the registers of whoever was interrupted, as entry.S leaves them on the stack.
 * Not here: how they got there (entry.S).
 * Used by trap.c.
 * Source: Linux's struct pt_regs for x86_64, member for member. */
#pragma once

#include "kernel/lib/types.h"

struct pt_regs {
	u64 r15, r14, r13, r12, bp, bx;
	u64 r11, r10, r9, r8, ax, cx, dx, si, di;
	u64 orig_ax; /* the exception's error code */
	u64 ip, cs, flags, sp, ss;
};

static inline bool from_user(const struct pt_regs *regs)
{
	return (regs->cs & 3) == 3;
}
