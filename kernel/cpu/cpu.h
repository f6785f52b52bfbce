/* SPDX-License-Identifier: MIT
 * cpu.h - the processor: its features, its segments, its protections.
 * Not here: exceptions (trap.h), time (clock.h), memory (kernel/mm).
 * kmain calls the init functions in the order they stand here.
 * Source: Intel SDM vol. 3A 2.5, 3.4, 7.7; vol. 2A "CPUID". */
#pragma once

#include "kernel/lib/types.h"

struct cpu_features {
	bool smep, smap, umip, rdrand, rdseed, invariant_tsc, hypervisor;
	char vendor[13];
};

extern struct cpu_features cpu_features;

/* cpu_detect - ask CPUID; fills cpu_features. */
void cpu_detect(void);

/* cpu_segments_init - GDT, TSS with its own stacks for double fault and NMI, %gs. */
void cpu_segments_init(void);

/* cpu_protect - turn on SMEP, SMAP and UMIP where the CPU has them. Patches text for SMAP, so it
 * must run before vm_init seals the text. */
void cpu_protect(void);

/* cpu_user_rsp - the program's stack pointer, of the system call that runs. */
u64 cpu_user_rsp(void);

/* cpu_syscall_nr, cpu_syscall_ip - its number, and where it returns to. */
u64 cpu_syscall_nr(void);
u64 cpu_syscall_ip(void);

/* cpu_syscall_init - SYSCALL enters at `entry`. */
void cpu_syscall_init(const char *entry);
