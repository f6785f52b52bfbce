/* SPDX-License-Identifier: MIT
 * uaccess_copy.S - the only instructions of the kernel that touch user memory.
 * Not here: the range check (uaccess.c).
 * uaccess.c calls in. A fault here continues at the fixup, which answers -EFAULT.
 * Source: Intel SDM vol. 2 "STAC": with SMAP other accesses to user pages fault. */

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
 * checked against TASK_SIZE. Eight bytes at a time, then what is left. Every access carries a
 * fixup: the kernel's side never faults. */
	.balign 16
	.globl copy_user
copy_user:
	USER_OPEN
	cmpq $16, %rdx			/* an address of AF_INET, with every datagram */
	jne 2f
	USER movq (%rsi), %rax
	USER movq 8(%rsi), %rcx
	USER movq %rax, (%rdi)
	USER movq %rcx, 8(%rdi)
	USER_SHUT
	xorl %eax, %eax
	ret
2:	subq $8, %rdx
	jb 4f
3:	USER movq (%rsi), %rax
	USER movq %rax, (%rdi)
	addq $8, %rsi
	addq $8, %rdi
	subq $8, %rdx
	jae 3b
4:	testb $4, %dl
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

/* s64 copy_user_csum(dst rdi, src rsi, len rdx): the same, and the sum of the bytes as 16-bit words
 * (net/checksum.h), below 2^33; or -EFAULT. */
	.balign 16
	.globl copy_user_csum
copy_user_csum:
	USER_OPEN
	xorl %eax, %eax
	subq $8, %rdx
	jb 4f
3:	USER movq (%rsi), %rcx
	USER movq %rcx, (%rdi)
	addq %rcx, %rax
	adcq $0, %rax
	addq $8, %rsi
	addq $8, %rdi
	subq $8, %rdx
	jae 3b
	movl %eax, %ecx			/* 64 bits to 33: the halves are congruent */
	shrq $32, %rax
	addq %rcx, %rax
4:	testb $4, %dl
	jz 5f
	USER movl (%rsi), %ecx
	USER movl %ecx, (%rdi)
	addq %rcx, %rax
	addq $4, %rsi
	addq $4, %rdi
5:	testb $2, %dl
	jz 6f
	USER movzwl (%rsi), %ecx
	USER movw %cx, (%rdi)
	addq %rcx, %rax
	addq $2, %rsi
	addq $2, %rdi
6:	testb $1, %dl
	jz 7f
	USER movzbl (%rsi), %ecx
	USER movb %cl, (%rdi)
	addq %rcx, %rax
7:	USER_SHUT
	ret

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
