/* SPDX-License-Identifier: MIT
 * host_mm.h - physical pages and a TLB for kernel/mm on the host.
 * Not here: what net/ needs of the machine (host_machine.h).
 * Used by tests/unit and tests/fuzz.
 * Source: kernel/mm/page.h; Intel SDM vol. 3A 4.10 (what a TLB may remember). */
#pragma once

#include "kernel/mm/layout.h"

/* host_pages_out - pages that were taken and not given back. */
u64 host_pages_out(void);

/* host_limit_pages - from now on at most n pages more; ~0ull: as many as the host has. */
void host_limit_pages(u64 n);

/* host_access - the program uses va, whose page is mapped: the TLB remembers it. */
void host_access(u64 va);

/* host_check_tlb - panics when the TLB remembers a page that is mapped no more, or elsewhere. */
void host_check_tlb(void);

/* host_build_root - an empty map, once. */
void host_build_root(void);
