/* SPDX-License-Identifier: MIT
 * uaccess_copy.h - the copies from user memory that every datagram needs, as much of them inline as
 * pays.
 * Not here: all other copies (uaccess.c).
 * net/core/machine.h includes it, for the network stack. Calls uaccess_copy.S.
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

/* The end of a function whose accesses may fault: where they go on. */
#define USER_FAULTED(label)                                                                        \
	label:                                                                                     \
	__asm__ volatile(USER_SHUT ::: "memory");                                                  \
	return -EFAULT

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
	USER_FAULTED(fault);
}

/* copy_user_begun - see uaccess_copy.S; says which registers and which memory it changes, so that others stay
 * as the caller knows them. */
static __always_inline int copy_user_begun_call(void *dst, const void __user *src, size_t len)
{
	void *to = dst;
	long err;

	__asm__ volatile("call copy_user_begun"
			 : "=a"(err), "=m"(*(u8(*)[])dst), "+D"(to), "+S"(src), "+d"(len)
			 :
			 : "rcx", "cc");
	return (int)err;
}

/* user_access_begin, user_access_end - between these the unsafe_ functions below may touch user memory. One pair for
 * many accesses: with SMAP each costs as much as ten instructions. */
static __always_inline void user_access_begin(void)
{
	__asm__ volatile(USER_OPEN ::: "memory");
}

static __always_inline void user_access_end(void)
{
	__asm__ volatile(USER_SHUT ::: "memory");
}

/* user_starts_ok - may accesses of at most USER_GAP bytes begin at the place? The last USER_GAP bytes below 2^47 are never
 * mapped, so an access that begins below it is the program's or faults. Several places are asked at once, or-ed. */
#define USER_BITS 47
#define USER_GAP  0x10000ul

_Static_assert(TASK_SIZE == (1ul << USER_BITS) - USER_GAP, "what is mapped ends before the gap");

static __always_inline bool user_starts_ok(u64 places)
{
	return likely(places >> USER_BITS == 0);
}

/* unsafe_copy_4_8, unsafe_copy_8_16 - so many bytes as two words that may overlap. Return 0 or -EFAULT. */
#define USER_COPY_TWO_WORDS(name, word, type, bytes, a, c)                                         \
	static __always_inline int name(void *dst, const void __user *src, size_t len)             \
	{                                                                                          \
		u8 *to = dst;                                                                      \
                                                                                                   \
		__asm__ goto(USER_MAY_FAULT("mov" word " (%0), %%" a, fault) USER_MAY_FAULT(       \
			"mov" word " -" bytes "(%0, %1), %%" c, fault) "mov" word " %%" a ", %2\n" \
								       "mov" word " %%" c ", %3"   \
			     :                                                                     \
			     : "r"(src), "r"(len), "m"(*(type *)to),                               \
			     "m"(*(type *)(to + len - sizeof(type)))                               \
			     : a, c, "memory"                                                      \
			     : fault);                                                             \
		return 0;                                                                          \
	fault:                                                                                     \
		return -EFAULT;                                                                    \
	}

USER_COPY_TWO_WORDS(unsafe_copy_4_8, "l", u32, "4", "eax", "ecx")
USER_COPY_TWO_WORDS(unsafe_copy_8_16, "q", u64, "8", "rax", "rcx")

/* unsafe_copy_from_user - of a range that is the user's. Returns 0 or -EFAULT. */
static __always_inline int unsafe_copy_from_user(void *dst, const void __user *src, size_t len)
{
	int err;

	if (likely(len - 4 <= 4))
		return unsafe_copy_4_8(dst, src, len);
	if (len - 8 <= 8)
		return unsafe_copy_8_16(dst, src, len);
	err = copy_user_begun_call(dst, src, len);
	user_access_begin(); /* it has ended it */
	return err;
}

/* unsafe_get_words - words 0, 1, 2, 3 and 5 of a struct mmsghdr: all of a plain message. Returns 0 or
 * -EFAULT. */
static __always_inline int unsafe_get_words(u64 word[6], const void __user *src)
{
	u64 w0, w1, w2, w3, w5;

	__asm__ goto(USER_MAY_FAULT("movq (%5), %0", fault) USER_MAY_FAULT("movq 8(%5), %1", fault)
			     USER_MAY_FAULT("movq 16(%5), %2", fault)
				     USER_MAY_FAULT("movq 24(%5), %3", fault)
					     USER_MAY_FAULT("movq 40(%5), %4", fault)
		     : "=&r"(w0), "=&r"(w1), "=&r"(w2), "=&r"(w3), "=&r"(w5)
		     : "r"(src)
		     : "memory"
		     : fault);
	word[0] = w0, word[1] = w1, word[2] = w2, word[3] = w3, word[5] = w5;
	return 0;
fault:
	return -EFAULT;
}

/* unsafe_get_2 - two words. Returns 0 or -EFAULT. */
static __always_inline int unsafe_get_2(u64 *a, u64 *b, const void __user *src)
{
	u64 w0, w1;

	__asm__ goto(USER_MAY_FAULT("movq (%2), %0", fault) USER_MAY_FAULT("movq 8(%2), %1", fault)
		     : "=&r"(w0), "=&r"(w1)
		     : "r"(src)
		     : "memory"
		     : fault);
	*a = w0, *b = w1;
	return 0;
fault:
	return -EFAULT;
}

/* unsafe_put_u32 - one word of four bytes. Returns 0 or -EFAULT. */
static __always_inline int unsafe_put_u32(u32 value, void __user *dst)
{
	__asm__ goto(USER_MAY_FAULT("movl %1, (%0)", fault)
		     :
		     : "r"(dst), "r"(value)
		     : "memory"
		     : fault);
	return 0;
fault:
	return -EFAULT;
}

/* unsafe_get_u32, unsafe_get_u64, unsafe_put_u16 - the same for others. */
#define USER_GET_WORD(name, type, instruction)                                                     \
	static __always_inline int name(type *value, const void __user *src)                       \
	{                                                                                          \
		type v;                                                                            \
                                                                                                   \
		__asm__ goto(USER_MAY_FAULT(instruction " (%1), %0", fault)                        \
			     : "=&r"(v)                                                            \
			     : "r"(src)                                                            \
			     : "memory"                                                            \
			     : fault);                                                             \
		*value = v;                                                                        \
		return 0;                                                                          \
	fault:                                                                                     \
		return -EFAULT;                                                                    \
	}

USER_GET_WORD(unsafe_get_u32, u32, "movl")
USER_GET_WORD(unsafe_get_u64, u64, "movq")

static __always_inline int unsafe_put_u16(u16 value, u16 __user *dst)
{
	__asm__ goto(USER_MAY_FAULT("movw %w1, %0", fault)
		     :
		     : "m"(*dst), "r"(value)
		     : "memory"
		     : fault);
	return 0;
fault:
	return -EFAULT;
}

/* unsafe_put_2 - two words. Returns 0 or -EFAULT. */
static __always_inline int unsafe_put_2(u64 a, u64 b, void __user *dst)
{
	__asm__ goto(USER_MAY_FAULT("movq %1, (%0)", fault) USER_MAY_FAULT("movq %2, 8(%0)", fault)
		     :
		     : "r"(dst), "r"(a), "r"(b)
		     : "memory"
		     : fault);
	return 0;
fault:
	return -EFAULT;
}

/* unsafe_put_received - what a received message changes of a struct mmsghdr beside namelen: no control data, flags, len.
 * Returns 0 or -EFAULT. */
static __always_inline int unsafe_put_received(u32 flags, u32 len, void __user *dst)
{
	__asm__ goto(USER_MAY_FAULT("movq $0, 40(%0)", fault) USER_MAY_FAULT(
		"movl %1, 48(%0)", fault) USER_MAY_FAULT("movl %2, 56(%0)", fault)
		     :
		     : "r"(dst), "r"(flags), "r"(len)
		     : "memory"
		     : fault);
	return 0;
fault:
	return -EFAULT;
}

/* unsafe_put_4_8, unsafe_put_8_16 - so many bytes, as two words that may overlap. Return 0 or -EFAULT. */
#define USER_PUT_TWO_WORDS(name, word, bytes, a, c)                                                \
	static __always_inline int name(void __user *dst, const void *src, size_t len)             \
	{                                                                                          \
		__asm__ goto(                                                                      \
			"mov" word " (%0), %%" a "\n"                                              \
			"mov" word " -" bytes "(%0, %2), %%" c                                     \
			"\n" USER_MAY_FAULT("mov" word " %%" a ", (%1)", fault)                    \
				USER_MAY_FAULT("mov" word " %%" c ", -" bytes "(%1, %2)", fault)   \
			:                                                                          \
			: "r"(src), "r"(dst), "r"(len)                                             \
			: "rax", "rcx", "memory"                                                   \
			: fault);                                                                  \
		return 0;                                                                          \
	fault:                                                                                     \
		return -EFAULT;                                                                    \
	}

USER_PUT_TWO_WORDS(unsafe_put_4_8, "l", "4", "eax", "ecx")
USER_PUT_TWO_WORDS(unsafe_put_8_16, "q", "8", "rax", "rcx")

/* unsafe_copy_to_user - to a range that is the user's. Returns 0 or -EFAULT. */
static __always_inline int unsafe_copy_to_user(void __user *dst, const void *src, size_t len)
{
	long err;

	if (likely(len - 4 <= 4))
		return unsafe_put_4_8(dst, src, len);
	if (len - 8 <= 8)
		return unsafe_put_8_16(dst, src, len);
	__asm__ volatile("call copy_user_begun"
			 : "=a"(err), "+D"(dst), "+S"(src), "+d"(len)
			 :
			 : "rcx", "cc", "memory");
	user_access_begin(); /* it has ended it */
	return (int)err;
}

/* csum_and_copy_from_user - see net/core/machine.h. A call that says which registers and which memory it
 * changes leaves the others as the caller knows them. */
static __always_inline s64 csum_and_copy_from_user(void *dst, const void __user *src, size_t len)
{
	void *to = dst;
	s64 sum;

	__asm__ volatile("call copy_user_csum"
			 : "=a"(sum), "=m"(*(u8(*)[])dst), "+D"(to), "+S"(src), "+d"(len)
			 :
			 : "rcx", "cc");
	return sum;
}
#endif
