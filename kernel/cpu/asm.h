/* SPDX-License-Identifier: MIT
 * asm.h - single machine instructions as functions.
 * Not here: sequences of instructions; they are where they are used.
 * Used by kernel/ and drivers/. Calls nothing.
 * Source: Intel SDM vol. 2; vol. 4 (MSR numbers). */
#pragma once

#include "boot/boot.h"
#include "kernel/lib/types.h"

static inline void outb(u16 port, u8 v)
{
	__asm__ volatile("outb %0, %1" ::"a"(v), "Nd"(port));
}

static inline void outw(u16 port, u16 v)
{
	__asm__ volatile("outw %0, %1" ::"a"(v), "Nd"(port));
}

static inline void outl(u16 port, u32 v)
{
	__asm__ volatile("outl %0, %1" ::"a"(v), "Nd"(port));
}

static inline u8 inb(u16 port)
{
	u8 v;

	__asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline u16 inw(u16 port)
{
	u16 v;

	__asm__ volatile("inw %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline u32 inl(u16 port)
{
	u32 v;

	__asm__ volatile("inl %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline u64 rdmsr(u32 msr)
{
	u32 low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return (u64)high << 32 | low;
}

static inline void wrmsr(u32 msr, u64 v)
{
	__asm__ volatile("wrmsr" ::"c"(msr), "a"((u32)v), "d"((u32)(v >> 32)) : "memory");
}

static inline u64 rdtsc(void)
{
	u32 low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (u64)high << 32 | low;
}

struct cpuid {
	u32 eax, ebx, ecx, edx;
};

static inline struct cpuid cpuid(u32 leaf, u32 subleaf)
{
	struct cpuid r;

	__asm__ volatile("cpuid"
			 : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
			 : "a"(leaf), "c"(subleaf));
	return r;
}

#define CR_ACCESS(name)                                                                            \
	static inline u64 read_##name(void)                                                        \
	{                                                                                          \
		u64 v;                                                                             \
                                                                                                   \
		__asm__ volatile("mov %%" #name ", %0" : "=r"(v)::"memory");                       \
		return v;                                                                          \
	}                                                                                          \
	static inline void write_##name(u64 v)                                                     \
	{                                                                                          \
		__asm__ volatile("mov %0, %%" #name ::"r"(v) : "memory");                          \
	}

CR_ACCESS(cr0)
CR_ACCESS(cr2)
CR_ACCESS(cr3)
CR_ACCESS(cr4)

/* On the host: a TLB to look at (tests/unit/host_mm.c). */
#ifdef MUFFIN_HOST
void invlpg(const void *va);
#else
static inline void invlpg(const void *va)
{
	__asm__ volatile("invlpg (%0)" ::"r"(va) : "memory");
}
#endif

/* clear_page, copy_page - eight bytes an iteration. */
static inline void clear_page(void *to)
{
	u64 n = PAGE_BYTES / 8;

	__asm__ volatile("rep stosq" : "+D"(to), "+c"(n) : "a"(0ul) : "memory");
}

static inline void copy_page(void *to, const void *from)
{
	u64 n = PAGE_BYTES / 8;

	__asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(n)::"memory");
}

static inline void cpu_relax(void)
{
	__asm__ volatile("pause" ::: "memory");
}

/* Sleep until an interrupt: sti holds interrupts off for one more instruction, so none can slip
 * in between and be slept through. */
static inline void sti_hlt_cli(void)
{
	__asm__ volatile("sti; hlt; cli" ::: "memory");
}

#define CR0_WP (1ull << 16)

#define CR4_UMIP (1ull << 11)
#define CR4_SMEP (1ull << 20)
#define CR4_SMAP (1ull << 21)

#define MSR_APIC_BASE 0x1b
#define MSR_STAR      0xc0000081
#define MSR_LSTAR     0xc0000082
#define MSR_SFMASK    0xc0000084
#define MSR_FS_BASE   0xc0000100
#define MSR_GS_BASE   0xc0000101
#define MSR_KERNEL_GS 0xc0000102
#define MSR_X2APIC    0x800

#define RFLAGS_TF (1ull << 8)
#define RFLAGS_IF (1ull << 9)
#define RFLAGS_DF (1ull << 10)
#define RFLAGS_NT (1ull << 14)
#define RFLAGS_AC (1ull << 18)
