/* SPDX-License-Identifier: MIT
 * uaccess_copy.S - the only instructions of the kernel that touch user memory.
 * Not here: the range check of most (uaccess.c); what every datagram needs checks for itself.
 * uaccess.c and the network stack call in. A fault here continues at the fixup, which answers -EFAULT.
 * Source: Intel SDM vol. 2 "STAC": with SMAP other accesses to user pages fault. */

#include "kernel/mm/uaccess_copy.h"

#define EFAULT 14

/* Three bytes of no-op, replaced by stac (open) or clac (shut) when the CPU has SMAP. */
	.macro ALTERNATIVE b0, b1, b2
98:	.byte 0x0f, 0x1f, 0x00
	.pushsection .alternatives, "a"
	.balign 8
	.quad 98b
	.byte \b0, \b1, \b2, 0, 0, 0, 0, 0
	.popsection
	.endm

	.macro USER_OPEN
	ALTERNATIVE 0x0f, 0x01, 0xcb
	.endm

	.macro USER_SHUT
	ALTERNATIVE 0x0f, 0x01, 0xca
	.endm

/* An instruction that may fault. */
	.macro USER instruction:vararg
99:	\instruction
	.pushsection .ex_table, "a"
	.balign 8
	.quad 99b, user_fault
	.popsection
	.endm

	.text

/* int copy_user(dst rdi, src rsi, len rdx): either side may be the user's; the range has been
 * checked against TASK_SIZE. 32 bytes at a time, then eight, then the rest. Every access carries a
 * fixup: the kernel's side never faults. Uses no registers but rax, rcx, rdx, rsi, rdi. */
	.balign 16
	.globl copy_user
copy_user:
	USER_OPEN
	.globl copy_user_begun		/* after user_access_begin, which this ends, too */
copy_user_begun:
	subq $32, %rdx
	jb 2f
1:	USER movq (%rsi), %rax
	USER movq 8(%rsi), %rcx
	USER movq %rax, (%rdi)
	USER movq 16(%rsi), %rax
	USER movq %rcx, 8(%rdi)
	USER movq 24(%rsi), %rcx
	USER movq %rax, 16(%rdi)
	USER movq %rcx, 24(%rdi)
	addq $32, %rsi
	addq $32, %rdi
	subq $32, %rdx
	jae 1b
2:	addq $24, %rdx			/* len - 8 */
	js 4f
3:	USER movq (%rsi), %rax
	USER movq %rax, (%rdi)
	addq $8, %rsi
	addq $8, %rdi
	subq $8, %rdx
	jae 3b
4:	testb $7, %dl
	jz 7f
	testb $4, %dl
	jz 5f
	USER movl (%rsi), %eax
	USER movl %eax, (%rdi)
	addq $4, %rsi
	addq $4, %rdi
5:	testb $2, %dl
	jz 6f
	USER movzwl (%rsi), %eax
	USER movw %ax, (%rdi)
	addq $2, %rsi
	addq $2, %rdi
6:	testb $1, %dl
	jz 7f
	USER movb (%rsi), %al
	USER movb %al, (%rdi)
7:	USER_SHUT
	xorl %eax, %eax
	ret

.Lbad_range:
	movq $-EFAULT, %rax
	ret

/* s64 copy_user_csum(dst rdi, src rsi, len rdx), csum_and_copy_from_user in net/core/machine.h: copy, and
 * sum up the bytes as 16-bit words. Uses no registers but rax, rcx, rdx, rsi, rdi. */
	.balign 16
	.globl copy_user_csum
copy_user_csum:
	movabsq $TASK_SIZE, %rax
	leaq (%rsi, %rdx), %rcx
	cmpq %rsi, %rcx			/* beyond the end of all addresses, and back */
	jb .Lbad_range
	cmpq %rax, %rcx
	ja .Lbad_range
	USER_OPEN
	xorl %eax, %eax
	subq $8, %rdx
	jae 3f
1:	andl $7, %edx			/* what was subtracted were eights */
	jmp *.Ltail_table(, %rdx, 8)	/* the last 0 to 7 bytes */
2:	USER_SHUT
	ret

3:	subq $24, %rdx
	jb 5f
4:	USER movq (%rsi), %rcx
	movq %rcx, (%rdi)
	addq %rcx, %rax
	USER movq 8(%rsi), %rcx
	movq %rcx, 8(%rdi)
	adcq %rcx, %rax
	USER movq 16(%rsi), %rcx
	movq %rcx, 16(%rdi)
	adcq %rcx, %rax
	USER movq 24(%rsi), %rcx
	movq %rcx, 24(%rdi)
	adcq %rcx, %rax
	adcq $0, %rax
	addq $32, %rsi
	addq $32, %rdi
	subq $32, %rdx
	jae 4b
5:	addq $24, %rdx			/* what is left - 8 */
	js 7f
6:	USER movq (%rsi), %rcx
	movq %rcx, (%rdi)
	addq %rcx, %rax
	adcq $0, %rax
	addq $8, %rsi
	addq $8, %rdi
	subq $8, %rdx
	jae 6b
7:	movl %eax, %ecx			/* 64 bits to 33: the halves are congruent */
	shrq $32, %rax
	addq %rcx, %rax
	jmp 1b

	.macro TAIL_4
	USER movl (%rsi), %ecx
	movl %ecx, (%rdi)
	addq %rcx, %rax
	.endm

	.macro TAIL_2 at
	USER movzwl \at(%rsi), %edx
	movw %dx, \at(%rdi)
	addq %rdx, %rax
	.endm

	.macro TAIL_1 at
	USER movzbl \at(%rsi), %edx
	movb %dl, \at(%rdi)
	addq %rdx, %rax
	.endm

.Ltail_1:	TAIL_1 0
	jmp 2b
.Ltail_2:	TAIL_2 0
	jmp 2b
.Ltail_3:	TAIL_2 0
	TAIL_1 2
	jmp 2b
.Ltail_4:	TAIL_4
	jmp 2b
.Ltail_5:	TAIL_4
	TAIL_1 4
	jmp 2b
.Ltail_6:	TAIL_4
	TAIL_2 4
	jmp 2b
.Ltail_7:	TAIL_4
	TAIL_2 4
	TAIL_1 6
	jmp 2b

	.pushsection .rodata, "a"
	.balign 8
.Ltail_table:
	.quad 2b, .Ltail_1, .Ltail_2, .Ltail_3, .Ltail_4, .Ltail_5, .Ltail_6, .Ltail_7
	.popsection

/* long copy_user_string(dst rdi, src rsi, size rdx): up to the zero, which is copied, too. Returns
 * its length, or size when there was none. */
	.globl copy_user_string
copy_user_string:
	USER_OPEN
	xorl %eax, %eax
1:	cmpq %rdx, %rax
	jae 2f
	USER movb (%rsi, %rax), %cl
	movb %cl, (%rdi, %rax)
	testb %cl, %cl
	jz 2f
	incq %rax
	jmp 1b
2:	USER_SHUT
	ret

user_fault:
	USER_SHUT
	movq $-EFAULT, %rax
	ret
