/* SPDX-License-Identifier: MIT
 * mmap.h - what the program's address space holds: a short sorted table of areas.
 * Not here: page tables (vm.h), the system calls' argument checks (sys_mm.c).
 * exec.c and sys_mm.c change it, fault.c asks it.
 * Source: mmap(2), mprotect(2), munmap(2). */
#pragma once

#include "kernel/mm/layout.h"
#include "kernel/lib/errno.h"

/* Bits of an area's rights: PROT_* of the system-call ABI. */
#define PROT_NONE  0
#define PROT_READ  1
#define PROT_WRITE 2
#define PROT_EXEC  4
#define PROT_ALL   7

struct vm_area {
	u64 start, end; /* whole pages */
	u32 prot;
};

/* Enough for a static program; one more answers ENOMEM, as Linux's max_map_count does. */
#define VM_AREAS_MAX 128

/* mmap_find - the area that holds va, or NULL. */
const struct vm_area *mmap_find(u64 va);

/* mmap_area - area i in address order, or NULL past the last. */
const struct vm_area *mmap_area(u32 i);

/* mmap_area_n - how many areas there are. */
u64 mmap_area_n(void);

/* mmap_add - a new area where nothing is. Pages come when they are touched, zeroed.
 * Returns  0; -EEXIST when something is there; -ENOMEM when the table is full */
int mmap_add(u64 start, u64 end, u32 prot) __must_check;

/* mmap_remove - unmap everything in [start, end), splitting areas at its ends.
 * Returns  0, or -ENOMEM when a split does not fit the table (nothing changed) */
int mmap_remove(u64 start, u64 end) __must_check;

/* mmap_protect - new rights for [start, end), all of which must be mapped.
 * Returns  0; -ENOMEM for a hole or a full table (nothing changed) */
int mmap_protect(u64 start, u64 end, u32 prot) __must_check;

/* mmap_free_range - the highest free range of len bytes below `below`, or 0. */
u64 mmap_free_range(u64 len, u64 below);

/* mmap_populate - give the page at va memory now, zeroed.
 * Returns  its direct-map address, or NULL without memory */
void *mmap_populate(u64 va);
