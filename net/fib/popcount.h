/* SPDX-License-Identifier: MIT
 * popcount.h - count the bits of a word, by the instruction or without it.
 * Not here: finding out which; the machine sets cpu_has_popcnt before the first table is made.
 * Used by fib_trie.c. Calls nothing.
 * Source: CPUID.01H:ECX.POPCNT[bit 23] (SDM vol. 2A, CPUID); Warren, "Hacker's Delight", 5-1. */
#pragma once

#include "kernel/lib/types.h"

/* cpu_has_popcnt - POPCNT may be executed. Defined and set by the machine: not every virtual CPU
 * has it, QEMU's default model does not. */
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

/* Sums of 2, then 4, then 8 bits side by side; the product adds the eight bytes in its top one. */
static __always_inline u32 popcount_sw(u64 x)
{
	x -= (x >> 1) & 0x5555555555555555ull;
	x = (x & 0x3333333333333333ull) + ((x >> 2) & 0x3333333333333333ull);
	x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0full;
	return (u32)((x * 0x0101010101010101ull) >> 56);
}
