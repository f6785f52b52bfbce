/* SPDX-License-Identifier: MIT
 * vm.h - page tables: the kernel's own, device registers, and pages of the program.
 * Not here: physical memory (page.h), the program's areas (mmap.h).
 * Used by kernel/ and drivers/.
 * Source: Intel SDM vol. 3A 4.5 (four-level paging), 4.9 (memory types). */
#pragma once

#include "kernel/lib/errno.h"
#include "kernel/mm/layout.h"

/* Rights of a mapping; readable always. */
enum vm_rights {
	VM_READ = 0,
	VM_WRITE = 1,
	VM_EXEC = 2,
	VM_USER = 4,
	VM_UNCACHED = 8,
	VM_HIDDEN = 16 /* mapped, but every access faults: PROT_NONE */
};

/* vm_init - leave the boot tables: direct map of all RAM, kernel image with sealed text, guard
 * pages. Gives .boot back to the page allocator. Panics without memory for the tables. */
void vm_init(void);

/* vm_new - begin with an empty map. Returns its physical address, for CR3, or 0 without memory. */
u64 vm_new(void) __must_check;

/* vm_map - len bytes, whole pages that lie together in both.
 * Returns  0, or -ENOMEM: no memory for a page table, or a large page is there (some may be mapped) */
int vm_map(u64 va, u64 pa, u64 len, u32 rights) __must_check;

/* vm_map_large - 2 MiB of the direct map, both addresses multiples of that. Returns 0 or -ENOMEM. */
int vm_map_large(u64 va, u64 pa) __must_check;

/* vm_unmap - give back the pages of [start, end), which are the page allocator's, and page tables that
 * nothing needs any more; what is not mapped is passed over, a table's whole stretch at once.
 * floor, ceiling  nothing else is mapped between them, so a table in there goes; both 0: tables stay */
void vm_unmap(u64 start, u64 end, u64 floor, u64 ceiling);

/* vm_protect - change the rights of the pages that are mapped in [start, end). */
void vm_protect(u64 start, u64 end, u32 rights);

/* vm_move - the pages of [start, end) are mapped from `to` on instead, where none is, with their rights.
 * Returns  0, or -ENOMEM for want of a page table: then all are where they were */
int vm_move(u64 start, u64 end, u64 to) __must_check;

/* vm_lookup - the physical address behind a page, or 0 when none is mapped. */
u64 vm_lookup(u64 va);

/* vm_user_tables - how many page tables the program's half of the address space has. */
u64 vm_user_tables(void);

/* vm_map_device - registers of a device, uncached.
 * pa, len  any alignment; the mapping lives for ever
 * Returns  the address of pa, or NULL */
void *vm_map_device(u64 pa, size_t len);

/* vm_map_firmware - tables of the firmware, to be read, at any address; as above. */
const void *vm_map_firmware(u64 pa, size_t len);
