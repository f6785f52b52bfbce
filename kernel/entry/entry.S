/* SPDX-License-Identifier: MIT
 * entry.S - entry to the kernel and exit: system calls, exceptions, interrupts.
 * Not here: handling them (syscall.c, trap.c); entering ring 3 first (kernel/cpu/user.S).
 * Entered by the CPU; calls do_syscall_64 and trap_handler.
 * Source: Intel SDM vol. 2B "SYSCALL", "SYSRET", "SWAPGS"; vol. 3A 6.14. The ABI is Linux's:
 * rcx and r11 are lost, all other registers come back as they were.
 *
 * What ring 3 controls when the CPU arrives here, and what is done about it:
 *
 *     registers   any value. The kernel uses none before it has saved or overwritten it; arguments are checked by
 *                 the calls themselves.
 *     rsp         any value. SYSCALL does not change it, so the kernel's is loaded before anything is pushed; SFMASK
 *                 has cleared IF and TF, so no interrupt comes before. An exception in ring 3 loads rsp from the
 *                 TSS. Double fault, machine check and NMI have stacks of their own (IST): they may come while rsp
 *                 is still the program's.
 *     gs          its base is the program's (arch_prctl). swapgs exchanges it with the address of struct percpu, which
 *                 can so be reached without a register: it has the kernel's stack and a place for the program's rsp.
 *     flags       DF: C code wants it clear. AC: with SMAP it opens user memory. NT: iretq would fault. TF, IF.
 *                 SYSCALL clears them all (SFMASK, cpu.c); after an exception the CPU clears IF, TF and NT, and
 *                 cld and clac do the rest.
 *
 *     system call                                  exception or interrupt out of ring 3
 *
 *     kernel_stack_top                             kernel_stack_top
 *      r11 = flags                                  ss, rsp, rflags, cs, rip      by the CPU
 *      rcx = return address                         error code, or 0 by the stub
 *      rdi rsi rdx r8 r9 r10                        rdi                           by the stub
 *      rax = number, 7th argument                   rsi .. r15                    PUSH_REGS
 *      do_syscall_64 runs here                      trap_handler runs here, regs = rsp (struct pt_regs)
 *
 * An exception in the kernel (a copy of user memory) pushes the same frame where rsp stands.
 * There is one CPU, and IF stays clear in the kernel but while it waits, so one stack is enough, and percpu holds
 * one program's rsp. */

#include "boot/boot.h"
#include "kernel/cpu/percpu.h"
#include "kernel/cpu/ptrace.h"

#define MSR_GS_BASE 0xc0000101
#define PT_REGS_CS      136

	.section .entry.text, "ax"

/* rax = number, rdi rsi rdx r10 r8 r9 = arguments, rcx = return address, r11 = flags. Only the registers that the
 * ABI keeps and a C function may change are saved; rbx, rbp, r12 to r15 are kept by the C code. */
	.balign 64
	.globl entry_SYSCALL_64
entry_SYSCALL_64:
	swapgs
	movq %rsp, %gs:PERCPU_USER_RSP
	movq %gs:PERCPU_KERNEL_RSP, %rsp
	pushq %r11
	pushq %rcx
	pushq %rdi
	pushq %rsi
	pushq %rdx
	pushq %r8
	pushq %r9
	pushq %r10
	pushq %rax			/* the seventh argument: the number */
	movq %r10, %rcx			/* the fourth, where C expects it */
	call do_syscall_64
	addq $8, %rsp
	popq %r10
	popq %r9
	popq %r8
	popq %rdx
	popq %rsi
	popq %rdi
	popq %rcx
	popq %r11

	/* SYSRET to a non-canonical address faults in ring 0 with the program's stack (on Intel's
	 * CPUs), and IRET is no better. The CPU put rcx there itself: the address after a SYSCALL in
	 * the lower half, so the only bit above that half that can be set is the first. */
	btq $47, %rcx
	jc 1f
	movq %gs:PERCPU_USER_RSP, %rsp
	swapgs
	sysretq
1:	movq %rcx, %rdi
	movq %gs:PERCPU_USER_RSP, %rsi
	call syscall_bad_return

/* AC may be set: by ring 3, or by a copy of user memory that has faulted. With SMAP it would let the handler read user
 * memory. Three bytes of no-op, which become clac when the CPU has SMAP. */
	.macro CLEAR_AC
98:	.byte 0x0f, 0x1f, 0x00
	.pushsection .alternatives, "a"
	.balign 8
	.quad 98b
	.byte 0x0f, 0x01, 0xca, 0, 0, 0, 0, 0
	.popsection
	.endm

/* trap_handler(regs, vector); edi = vector. */
trap_common:
	CLEAR_AC
	cld
	PUSH_REGS
	movl %edi, %esi
	movq %rsp, %rdi
	testb $3, PT_REGS_CS(%rsp)
	jz 1f
	swapgs
	lfence				/* no speculation with the program's gs */
	call trap_handler
	swapgs
	POP_REGS
	iretq
1:	call trap_handler
	POP_REGS
	iretq

/* Double fault, NMI and machine check may arrive between SYSCALL and its swapgs, with the kernel's cs and the
 * program's gs. So the gs base itself is read: kernel addresses have their top bit set. */
trap_paranoid:
	CLEAR_AC
	cld
	PUSH_REGS
	movl $MSR_GS_BASE, %ecx
	rdmsr
	xorl %ebx, %ebx
	testl %edx, %edx
	js 1f
	swapgs
	incl %ebx
1:	movl %edi, %esi
	movq %rsp, %rdi
	call trap_handler
	testl %ebx, %ebx
	jz 2f
	swapgs
2:	POP_REGS
	iretq

/* One stub a vector: an error code (or zero), di, and the vector in edi. */
	.macro STUB vector, has_error, common
	.balign 16
	.if !\has_error
	pushq $0
	.endif
	pushq %rdi
	movl $\vector, %edi
	jmp \common
	.endm

#define HAS_ERROR_CODE(v) ((v) == 8 || ((v) >= 10 && (v) <= 14) || (v) == 17 || (v) == 21 || \
			   (v) == 29 || (v) == 30)
#define IS_PARANOID(v)    ((v) == 2 || (v) == 8 || (v) == 18)

	.balign 16
	.globl trap_stubs
trap_stubs:
	.set v, 0
	.rept 34			/* 0..31 exceptions, 32 timer, 33 everything else */
	.if IS_PARANOID(v)
	STUB v, HAS_ERROR_CODE(v), trap_paranoid
	.else
	STUB v, HAS_ERROR_CODE(v), trap_common
	.endif
	.set v, v + 1
	.endr
