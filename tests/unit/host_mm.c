/* SPDX-License-Identifier: MIT
 * host_mm.c - physical pages and a TLB for kernel/mm on the host.
 * Not here: what net/ needs of the machine (host_machine.c).
 * vm.c, mmap.c and exec.c call in; tests look through host_mm.h.
 * Source: kernel/mm/page.h; Intel SDM vol. 3A 4.10 (what a TLB may remember).
 *
 * A page is memory of its own from the C library, so that AddressSanitizer sees a page or a table that
 * is used after it was given back. */
#include "tests/unit/host_mm.h"
#include "kernel/cpu/asm.h"
#include "kernel/mm/page.h"
#include "kernel/mm/vm.h"
#include "kernel/random.h"

#include <stdlib.h>
#include <string.h>

static u64 pages_out, pages_left = ~0ull;

void *page_alloc_zeroed(void)
{
	void *page = pages_left > 0 ? aligned_alloc(PAGE_SIZE, PAGE_SIZE) : NULL;

	if (!page)
		return NULL;
	pages_left--;
	pages_out++;
	return memset(page, 0, PAGE_SIZE);
}

void page_free(void *page)
{
	free(page);
	pages_left++;
	pages_out--;
}

u64 host_pages_out(void)
{
	return pages_out;
}

void host_limit_pages(u64 n)
{
	pages_left = n;
}

void host_build_root(void)
{
	static u64 root_pa;

	if (!root_pa)
		root_pa = vm_new();
	BUG_ON(!root_pa);
}

/* ---- the TLB: as much of one as the last accesses filled ---------------------------------- */

#define TLB_ENTRIES 64

static struct {
	u64 va, pa;
} tlb[TLB_ENTRIES];
static u32 tlb_next;

void host_access(u64 va)
{
	va = ALIGN_DOWN(va, PAGE_SIZE);
	tlb[tlb_next].va = va;
	tlb[tlb_next].pa = vm_lookup(va);
	tlb_next = (tlb_next + 1) % TLB_ENTRIES;
}

void invlpg(const void *va)
{
	for (u32 i = 0; i < TLB_ENTRIES; i++)
		if (tlb[i].va == (u64)va)
			tlb[i].pa = 0;
}

void host_check_tlb(void)
{
	for (u32 i = 0; i < TLB_ENTRIES; i++)
		if (tlb[i].pa && vm_lookup(tlb[i].va) != tlb[i].pa)
			panic("the TLB remembers a page at %lx that is not there", tlb[i].va);
}

/* ---- randomness -------------------------------------------------------------------------- */

void random_bytes(void *buf, size_t len)
{
	for (size_t i = 0; i < len; i++)
		((u8 *)buf)[i] = (u8)random_u32();
}
