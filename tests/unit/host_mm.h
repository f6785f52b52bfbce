/* SPDX-License-Identifier: MIT
 * host_mm.h - physical pages, a CPU that walks page tables, and its TLB, for kernel/mm on the host.
 * Not here: what net/ needs of the machine (host_machine.h).
 * Used by tests/unit and tests/fuzz.
 * Source: kernel/mm/page.h; Intel SDM vol. 3A 4.5 (four-level paging), 4.10 (what a TLB may remember). */
#pragma once

#include "kernel/mm/layout.h"

/* host_mm_init - begin with an empty map, the first time it is called. */
void host_mm_init(void);

/* host_pages_out - pages that were taken and not given back, the root table among them. */
u64 host_pages_out(void);

/* host_limit_pages - from now on there are n pages more; HOST_NO_LIMIT: as many as are asked for. */
#define HOST_NO_LIMIT ~0ull
void host_limit_pages(u64 n);

/* host_pte - the last-level entry for va as the CPU finds it; 0: none. */
u64 host_pte(u64 va);

#define HOST_PTE_P  (1ull << 0)
#define HOST_PTE_W  (1ull << 1)
#define HOST_PTE_U  (1ull << 2)
#define HOST_PTE_NX (1ull << 63)
#define HOST_PTE_PA 0x000ffffffffff000ull

/* host_each_page - fn gets each last-level entry of the program's half that is not 0, in order. Panics
 * when a table is not one.
 * Returns  how many tables are below the root */
u64 host_each_page(void (*fn)(u64 va, u64 pte, void *arg), void *arg);

/* host_access - the program uses va, whose page is mapped: the TLB remembers its entry. */
void host_access(u64 va);

/* host_check_tlb - panics when the TLB remembers an entry that is another one now. */
void host_check_tlb(void);

/* host_check_program - panics unless areas, page tables, TLB and the pages that are out agree:
 * areas sorted, joined, in the program's half; a page for its area, with its rights and never both
 * writable and executable; no table but those that lead to an area. */
void host_check_program(void);

/* host_end_program - unmap all of it; panics unless everything is back. */
void host_end_program(void);
