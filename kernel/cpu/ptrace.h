/* SPDX-License-Identifier: MIT
 * ptrace.h - the registers of the interrupted code, as entry.S leaves them on the stack.
 * Not here: how they got there (entry.S).
 * Used by trap.c; entry.S and user.S use the macros.
 * Names as in Linux's struct pt_regs for x86_64, member for member. */
#pragma once

#ifdef __ASSEMBLER__
/* clang-format off */
/* All but di, which the stub pushed before it put the vector there. */
	.macro PUSH_REGS
	pushq %rsi
	pushq %rdx
	pushq %rcx
	pushq %rax
	pushq %r8
	pushq %r9
	pushq %r10
	pushq %r11
	pushq %rbx
	pushq %rbp
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	.endm

	.macro POP_REGS
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbp
	popq %rbx
	popq %r11
	popq %r10
	popq %r9
	popq %r8
	popq %rax
	popq %rcx
	popq %rdx
	popq %rsi
	popq %rdi
	addq $8, %rsp			/* orig_ax */
	.endm
/* clang-format on */
#else
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
#endif
