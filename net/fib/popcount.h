/* SPDX-License-Identifier: MIT
 * popcount.h - count the bits of a word, by the instruction or without it.
 * Not here: finding out which; the machine sets cpu_has_popcnt before the first table is made.
 * Used by fib_trie.h and what is built on it. Calls nothing.
 * Source: CPUID.01H:ECX.POPCNT[bit 23] (SDM vol. 2A, CPUID). */
#pragma once

#include "kernel/lib/types.h"

/* cpu_has_popcnt - POPCNT may be executed. Defined and set by the machine: not every virtual CPU
 * has it, QEMU's default model does not. Tries are laid out by it, so it may not change while
 * there are any. */
extern bool cpu_has_popcnt;

/* The compiler may not be told -mpopcnt, since the kernel has to run without: hence by hand. */
static __always_inline u32 popcount_hw(u64 x)
{
#ifdef __x86_64__
	u64 n;

	__asm__("popcnt %1, %0" : "=r"(n) : "r"(x) : "cc");
	return (u32)n;
#else
	return (u32)__builtin_popcountll(x);
#endif
}

/* Of each byte's value a word: its byte k counts the bits set from k upward. Filled when the first table
 * is made. */
extern u64 fib_ends_from[256];

static __always_inline u32 ends_from(u8 bits, u32 bit)
{
	return ((const u8 *)&fib_ends_from[bits])[bit];
}

/* A whole word by the table, where speed does not matter. */
static inline u32 popcount_sw(u64 x)
{
	u32 n = 0;

	for (; x != 0; x >>= 8)
		n += ends_from(x & 255, 0);
	return n;
}

/* fib_popcount_init - fill the table; again does no harm. */
void fib_popcount_init(void);
