/* SPDX-License-Identifier: MIT
 * user.S - to ring 3 with registers that entry.S did not save: the program's first, and those after a signal handler.
 * Not here: system calls and exceptions (kernel/entry/entry.S).
 * kmain and sys_rt_sigreturn jump here.
 * Source: Intel SDM vol. 2A "IRET", vol. 2B "SWAPGS". */

#include "boot/boot.h"
#include "kernel/cpu/ptrace.h"

	.section .entry.text, "ax"

/* enter_user(ip, sp): start the program with clean registers. */
	.globl enter_user
enter_user:
	pushq $USER_DS
	pushq %rsi
	pushq $0x202			/* interrupts on */
	pushq $USER_CS
	pushq %rdi
	xorl %eax, %eax
	xorl %ebx, %ebx
	xorl %ecx, %ecx
	xorl %edx, %edx
	xorl %esi, %esi
	xorl %edi, %edi
	xorl %ebp, %ebp
	xorl %r8d, %r8d
	xorl %r9d, %r9d
	xorl %r10d, %r10d
	xorl %r11d, %r11d
	xorl %r12d, %r12d
	xorl %r13d, %r13d
	xorl %r14d, %r14d
	xorl %r15d, %r15d
	swapgs
	iretq

/* return_to_user(regs): as trap_common (entry.S) does at its end. */
	.globl return_to_user
return_to_user:
	movq %rdi, %rsp
	swapgs
	POP_REGS
	iretq
