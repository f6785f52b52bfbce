/* SPDX-License-Identifier: MIT
 * mmap.h - the program's address space: a sorted table of areas; equal neighbours are merged.
 * Not here: page tables (vm.h), the system calls' argument checks (sys_mm.c).
 * exec.c and sys_mm.c change it, fault.c asks it.
 * Source: mmap(2), mprotect(2), munmap(2). */
#pragma once

#include "kernel/lib/errno.h"
#include "kernel/mm/layout.h"

/* Bits of an area's rights: PROT_* of the system-call ABI. */
#define PROT_NONE  0
#define PROT_READ  1
#define PROT_WRITE 2
#define PROT_EXEC  4
#define PROT_ALL   7

/* Beside them: MAP_SHARED, whose contents outlive MADV_DONTNEED. */
#define AREA_SHARED 8

struct vm_area {
	u64 start, end; /* whole pages */
	u32 prot;       /* PROT_*, AREA_SHARED */
};

/* Linux's max_map_count. The table takes its memory as it grows: 24 bytes each. */
#define VM_AREAS_MAX 65530

/* mmap_find - the area that holds va, or NULL. It moves when the table changes. */
const struct vm_area *mmap_find(u64 va);

/* mmap_area - area i in address order, or NULL past the last. */
const struct vm_area *mmap_area(u32 i);

/* mmap_area_n - how many areas there are. */
u64 mmap_area_n(void);

/* mmap_is_free - is nothing in [start, end)? */
bool mmap_is_free(u64 start, u64 end);

/* mmap_is_whole - is there no hole in [start, end)? */
bool mmap_is_whole(u64 start, u64 end);

/* mmap_set - an area, in place of what is there: the one way into the program's address space. Pages
 * come when they are touched, zeroed.
 * Returns  0; -ENOMEM when it does not lie between USER_MIN and TASK_SIZE in whole pages, when there
 *          would be more than VM_AREAS_MAX areas, or no memory for one more (nothing changed) */
int mmap_set(u64 start, u64 end, u32 prot) __must_check;

/* mmap_remove - unmap everything in [start, end).
 * Returns  0, or -ENOMEM when it is the middle of an area, and there is no room for one more (nothing
 *          changed) */
int mmap_remove(u64 start, u64 end) __must_check;

/* mmap_protect - new rights for [start, end).
 * Returns  0; -ENOMEM for a hole, or when there is no room for one more area. As on Linux what lies
 *          below that has changed. */
int mmap_protect(u64 start, u64 end, u32 prot) __must_check;

/* mmap_move - an area of new_len bytes at `to`, in place of what is there, with the rights and pages of
 * [start, start + len), which is part of one area and stays, empty. The two do not overlap.
 * Returns  0; -ENOMEM as mmap_set's, or for want of a page table (then nothing is at `to`) */
int mmap_move(u64 start, u64 len, u64 to, u64 new_len) __must_check;

/* mmap_discard - give back the pages of [start, end), but for those of shared areas: they are zeros
 * when they are touched again. */
void mmap_discard(u64 start, u64 end);

/* mmap_free_range - the highest free range of len bytes below `below`, or 0. */
u64 mmap_free_range(u64 len, u64 below);

/* mmap_populate - give the page at va memory now, zeroed.
 * Returns  its direct-map address, or NULL without memory */
void *mmap_populate(u64 va);

/* mmap_populate_unzeroed - the same for a caller who writes the whole page before ring 3 runs: it still holds what
 * somebody left in it. */
void *mmap_populate_unzeroed(u64 va);
