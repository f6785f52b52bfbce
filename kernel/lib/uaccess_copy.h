/* SPDX-License-Identifier: MIT
 * uaccess_copy.h - the copies from user memory that every datagram needs, as much of them inline as
 * pays.
 * Not here: all other copies (uaccess.c).
 * net/machine.h includes it, for the network stack. Calls uaccess_copy.S.
 * Source: Intel SDM vol. 2 "STAC"; gcc's extended asm. */
#pragma once

#define TASK_SIZE 0x00007fffffff0000 /* where user memory ends */

#ifndef __ASSEMBLER__
#include "kernel/lib/errno.h"
#include "kernel/lib/types.h"

/* As in uaccess_copy.S: no-ops until the CPU is known to have SMAP. */
#define USER_OPEN USER_ALTERNATIVE("0x0f, 0x01, 0xcb")
#define USER_SHUT USER_ALTERNATIVE("0x0f, 0x01, 0xca")
#define USER_ALTERNATIVE(bytes)                                                                    \
	"98: .byte 0x0f, 0x1f, 0x00\n"                                                             \
	".pushsection .alternatives, \"a\"\n"                                                      \
	".balign 8\n"                                                                              \
	".quad 98b\n"                                                                              \
	".byte " bytes ", 0, 0, 0, 0, 0\n"                                                         \
	".popsection\n"

/* An instruction that may fault, and then goes on at a label of the C function. */
#define USER_MAY_FAULT(instruction, label)                                                         \
	"99: " instruction "\n"                                                                    \
	".pushsection .ex_table, \"a\"\n"                                                          \
	".balign 8\n"                                                                              \
	".quad 99b, %l[" #label "]\n"                                                              \
	".popsection\n"

/* copy_from_user_16 - 16 bytes, the length of an address. Returns 0 or -EFAULT. */
static __always_inline int copy_from_user_16(void *dst, const void __user *src)
{
	if (unlikely((u64)src > TASK_SIZE - 16))
		return -EFAULT;
	__asm__ goto(USER_OPEN USER_MAY_FAULT("movq (%0), %%rax", fault) USER_MAY_FAULT(
		"movq 8(%0), %%rcx", fault) USER_SHUT "movq %%rax, (%1)\n"
						      "movq %%rcx, 8(%1)"
		     :
		     : "r"(src), "r"(dst)
		     : "rax", "rcx", "memory"
		     : fault);
	return 0;
fault:
	__asm__ volatile(USER_SHUT ::: "memory");
	return -EFAULT;
}

/* csum_and_copy_from_user - see net/machine.h. A call that says which registers and which memory it
 * changes leaves the others as the caller knows them. */
static __always_inline s64 csum_and_copy_from_user(void *dst, const void __user *src, size_t len)
{
	void *to = dst;
	s64 sum;

	__asm__ volatile("call copy_user_csum"
			 : "=a"(sum), "=m"(*(u8(*)[])dst), "+D"(to), "+S"(src), "+d"(len)
			 :
			 : "rcx", "r8", "cc");
	return sum;
}
#endif
