/* SPDX-License-Identifier: MIT
 * cpu.c - the processor: its features, its segments, its protections.
 * Not here: exceptions (trap.c), time (clock.c), memory (kernel/mm).
 * kmain calls the init functions; calls text.c to patch SMAP's instructions in.
 * Source: Intel SDM vol. 3A 2.5, 3.4, 7.7; vol. 2A "CPUID". */
#include "kernel/cpu/cpu.h"
#include "boot/boot.h"
#include "kernel/cpu/asm.h"
#include "kernel/cpu/percpu.h"
#include "kernel/cpu/text.h"
#include "kernel/lib/string.h"

struct cpu_features cpu_features;
bool cpu_has_popcnt; /* net/fib/popcount.h asks for it */

enum cpuid_leaf {
	CPUID_VENDOR = 0,
	CPUID_FEATURES = 1,
	CPUID_EXTENDED = 7,
	CPUID_POWER = 0x80000007
};

static bool bit(u32 word, int n)
{
	return word >> n & 1;
}

void cpu_detect(void)
{
	struct cpuid id = cpuid(CPUID_VENDOR, 0);
	u32 leaf_max = id.eax;
	struct cpu_features *f = &cpu_features;

	memcpy(f->vendor, &id.ebx, 4);
	memcpy(f->vendor + 4, &id.edx, 4);
	memcpy(f->vendor + 8, &id.ecx, 4);
	id = cpuid(CPUID_FEATURES, 0);
	cpu_has_popcnt = bit(id.ecx, 23);
	f->rdrand = bit(id.ecx, 30);
	f->hypervisor = bit(id.ecx, 31);
	if (leaf_max >= CPUID_EXTENDED) {
		id = cpuid(CPUID_EXTENDED, 0);
		f->smep = bit(id.ebx, 7);
		f->rdseed = bit(id.ebx, 18);
		f->smap = bit(id.ebx, 20);
		f->umip = bit(id.ecx, 2);
	}
	f->invariant_tsc = bit(cpuid(CPUID_POWER, 0).edx, 8);
}

/* ---- segments --------------------------------------------------------------------------- */

#define IST_DOUBLE_FAULT 1
#define IST_NMI          2

struct tss {
	u32 reserved0;
	u64 rsp[3];
	u64 reserved1;
	u64 ist[7]; /* ist[0] is IST 1 */
	u64 reserved2;
	u16 reserved3, iomap_base;
} __packed;

_Static_assert(sizeof(struct tss) == 104, "SDM vol. 3A figure 7-11");

extern char kernel_stack_top[], df_stack_top[], nmi_stack_top[];

static struct tss tss = { .iomap_base = sizeof(struct tss) };
static struct percpu percpu;

u64 cpu_user_rsp(void)
{
	return percpu.user_rsp;
}

/* The last and the second of the nine words that entry.S pushes first. */
u64 cpu_syscall_nr(void)
{
	return ((const u64 *)percpu.kernel_rsp)[-9];
}

u64 cpu_syscall_ip(void)
{
	return ((const u64 *)percpu.kernel_rsp)[-2];
}

/* Accessed bits are set already, so that the CPU never writes here. */
static u64 gdt[] = {
	[KERNEL_CS / 8] = 0x00af9b000000ffff,
	[KERNEL_DS / 8] = 0x00cf93000000ffff,
	[USER_DS / 8] = 0x00cff3000000ffff,
	[USER_CS / 8] = 0x00affb000000ffff,
	[TSS_SEL / 8] = 0,
	[TSS_SEL / 8 + 1] = 0,
};

static void gdt_set_tss(u64 base, u64 limit)
{
	gdt[TSS_SEL / 8] =
		limit | (base & 0xffffff) << 16 | 0x89ull << 40 | (base >> 24 & 0xff) << 56;
	gdt[TSS_SEL / 8 + 1] = base >> 32;
}

void cpu_segments_init(void)
{
	struct {
		u16 limit;
		u64 base;
	} __packed pointer = { sizeof(gdt) - 1, (u64)gdt };

	tss.rsp[0] = (u64)kernel_stack_top;
	tss.ist[IST_DOUBLE_FAULT - 1] = (u64)df_stack_top;
	tss.ist[IST_NMI - 1] = (u64)nmi_stack_top;
	gdt_set_tss((u64)&tss, sizeof(tss) - 1);
	__asm__ volatile("lgdt %0; ltr %w1" ::"m"(pointer), "r"(TSS_SEL) : "memory");

	percpu.kernel_rsp = (u64)kernel_stack_top;
	wrmsr(MSR_GS_BASE, (u64)&percpu);
	wrmsr(MSR_KERNEL_GS, 0); /* the program's, swapped in on the way out */
}

/* ---- protections ------------------------------------------------------------------------ */

void cpu_protect(void)
{
	u64 cr4 = read_cr4();

	if (cpu_features.umip)
		cr4 |= CR4_UMIP;
	if (cpu_features.smep)
		cr4 |= CR4_SMEP;
	if (cpu_features.smap) {
		text_apply_alternatives();
		cr4 |= CR4_SMAP;
	}
	write_cr4(cr4);
}

void cpu_syscall_init(const char *entry)
{
	/* SYSRET loads ss = base + 8 and cs = base + 16, both with RPL 3. */
	u64 star = (u64)(USER_DS - 8) << 48 | (u64)KERNEL_CS << 32;

	wrmsr(MSR_STAR, star);
	wrmsr(MSR_LSTAR, (u64)entry);
	wrmsr(MSR_SFMASK, RFLAGS_IF | RFLAGS_DF | RFLAGS_TF | RFLAGS_NT | RFLAGS_AC);
}
