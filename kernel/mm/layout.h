/* SPDX-License-Identifier: MIT
 * layout.h - the map of the address space.
 * Not here: the mappings themselves (kernel_map.c, mmap.c, exec.c).
 * Used by kernel/mm, kernel/process.
 * Source: Intel SDM vol. 3A 3.3.7.1 (canonical addresses); the upper half is placed as Linux does.
 *
 *   0000000000000000  64 KiB never mapped: a null pointer faults
 *   0000000000400000  the program (ET_EXEC where it wants to be), then its heap (brk)
 *   0000555555554000  the program when it is position independent, moved by a random offset
 *   ....              mmap, downwards from 1 MiB below the stack
 *   00007fffffff0000  the program's stack, downwards, 8 MiB; TASK_SIZE
 *   -- not canonical --
 *   ffff800000000000  DIRECT_MAP: all physical memory, rw-, the kernel's image r-- in it
 *   ffffc00000000000  VMALLOC: mem_reserve's and device registers (uncached)
 *   ffffffff80000000  KERNEL_VMA: the image: text r-x, rodata r--, data rw-, stacks with guards
 */
#pragma once

#include "boot/boot.h"
#include "kernel/lib/types.h"
#include "net/core/machine.h" /* TASK_SIZE */

#define PAGE_SIZE ((u64)PAGE_BYTES)
#define PAGE_MASK (PAGE_SIZE - 1)

#define USER_MIN        0x0000000000010000ull
#define USER_STACK_TOP  TASK_SIZE
#define USER_STACK_SIZE (8ull << 20)
#define USER_PIE_BASE   0x0000555555554000ull
#define USER_HALF_END   (1ull << 47) /* of the page tables' half; above TASK_SIZE nothing is mapped */

/* Gap between the stack and mappings below it, as on Linux (stack_guard_gap): a function's frame would have to be as
 * large to step over it. */
#define USER_STACK_GAP (256 * PAGE_SIZE)
#define USER_MMAP_TOP  (USER_STACK_TOP - USER_STACK_SIZE - USER_STACK_GAP)

#define VMALLOC_START 0xffffc00000000000ull
#define VMALLOC_END   0xffffe00000000000ull

/* What is added to a physical address. On the host pages are the allocator's, and both are the same. */
#ifdef MUFFIN_HOST
#define PHYS_OFFSET 0ull
#else
#define PHYS_OFFSET DIRECT_MAP
#endif

/* phys_to_virt - the address in the direct map. For RAM, and firmware tables in its last 2 MiB. */
static inline void *phys_to_virt(u64 pa)
{
	return (void *)(PHYS_OFFSET + pa);
}

/* virt_to_phys - of an address in the direct map. */
static inline u64 virt_to_phys(const void *va)
{
	return (u64)va - PHYS_OFFSET;
}
