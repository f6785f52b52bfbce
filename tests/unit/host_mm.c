/* SPDX-License-Identifier: MIT
 * host_mm.c - physical pages, a CPU that walks page tables, and its TLB, for kernel/mm on the host.
 * Not here: what net/ needs of the machine (host_machine.c).
 * vm.c, mmap.c and exec.c call in; tests look through host_mm.h.
 * Source: kernel/mm/page.h; Intel SDM vol. 3A 4.5 (four-level paging), 4.10 (what a TLB may remember).
 *
 * A page is memory of its own from the C library, so that AddressSanitizer sees a page or a table that
 * is used after it was given back. The walk is written down a second time. */
#include "tests/unit/host_mm.h"
#include "kernel/cpu/asm.h"
#include "kernel/mm/mmap.h"
#include "kernel/mm/page.h"
#include "kernel/mm/vm.h"
#include "kernel/platform/random.h"

#include <stdlib.h>
#include <string.h>

#define LEVELS  4
#define ENTRIES 512

static const u64 *root;

/* ---- pages ------------------------------------------------------------------------------- */

static u64 pages_out, pages_left = HOST_NO_LIMIT;

/* Filled with something, so that what should be zero and is not shows. */
void *page_alloc(void)
{
	void *page = pages_left > 0 ? aligned_alloc(PAGE_SIZE, PAGE_SIZE) : NULL;

	if (!page)
		return NULL;
	pages_left -= pages_left != HOST_NO_LIMIT;
	pages_out++;
	return memset(page, 0xa5, PAGE_SIZE);
}

void *page_alloc_zeroed(void)
{
	void *page = page_alloc();

	return page ? memset(page, 0, PAGE_SIZE) : NULL;
}

void page_free(void *page)
{
	free(page);
	pages_left += pages_left != HOST_NO_LIMIT;
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

void host_mm_init(void)
{
	if (!root)
		root = phys_to_virt(vm_new());
	BUG_ON(!root);
}

/* ---- the CPU's walk ---------------------------------------------------------------------- */

static u64 span_of(int level)
{
	return PAGE_SIZE << 9 * (level - 1);
}

/* An entry above the last level: present, writable, the user's, and no large page. */
static const u64 *table_of(u64 entry)
{
	BUG_ON((entry & ~HOST_PTE_PA) != 7);
	return phys_to_virt(entry & HOST_PTE_PA);
}

u64 host_pte(u64 va)
{
	const u64 *table = root;

	for (int level = LEVELS; level > 1 && table; level--) {
		u64 entry = table[va / span_of(level) % ENTRIES];

		table = entry ? table_of(entry) : NULL;
	}
	return table ? table[va / PAGE_SIZE % ENTRIES] : 0;
}

struct visit {
	void (*fn)(u64 va, u64 pte, void *arg);
	void *arg;
	u64 tables;
};

static void visit(const u64 *table, int level, u64 va, u32 n, struct visit *v)
{
	for (u32 i = 0; i < n; i++, va += span_of(level)) {
		if (!table[i])
			continue;
		if (level == 1) {
			v->fn(va, table[i], v->arg);
			continue;
		}
		v->tables++;
		visit(table_of(table[i]), level - 1, va, ENTRIES, v);
	}
}

u64 host_each_page(void (*fn)(u64 va, u64 pte, void *arg), void *arg)
{
	struct visit v = { .fn = fn, .arg = arg };

	visit(root, LEVELS, 0, ENTRIES / 2, &v);
	return v.tables;
}

/* ---- the TLB: as much of one as the last accesses filled ---------------------------------- */

#define TLB_ENTRIES 64

static struct {
	u64 va, pte;
} tlb[TLB_ENTRIES];
static u32 tlb_next;

void host_access(u64 va)
{
	va = ALIGN_DOWN(va, PAGE_SIZE);
	tlb[tlb_next].va = va;
	tlb[tlb_next].pte = host_pte(va) & HOST_PTE_P ? host_pte(va) : 0;
	tlb_next = (tlb_next + 1) % TLB_ENTRIES;
}

void invlpg(const void *va)
{
	for (u32 i = 0; i < TLB_ENTRIES; i++)
		if (tlb[i].va == (u64)va)
			tlb[i].pte = 0;
}

void host_check_tlb(void)
{
	for (u32 i = 0; i < TLB_ENTRIES; i++)
		if (tlb[i].pte && host_pte(tlb[i].va) != tlb[i].pte)
			panic("the TLB remembers another entry for %lx", tlb[i].va);
}

/* ---- do areas and pages agree? ----------------------------------------------------------- */

static u64 expected_flags(u32 prot)
{
	u64 flags = HOST_PTE_P | HOST_PTE_U;

	if (prot & PROT_WRITE)
		flags |= HOST_PTE_W;
	return prot & PROT_EXEC ? flags : flags | HOST_PTE_NX;
}

static void check_page(u64 va, u64 pte, void *arg)
{
	const struct vm_area *a = mmap_find(va);

	BUG_ON(va < USER_MIN || va >= TASK_SIZE || !a);
	BUG_ON((pte & HOST_PTE_P) && (pte & HOST_PTE_W) && !(pte & HOST_PTE_NX));
	if (a->prot & PROT_ALL)
		BUG_ON((pte & ~HOST_PTE_PA) != expected_flags(a->prot));
	else
		BUG_ON(pte & HOST_PTE_P);
	++*(u64 *)arg;
}

/* How many tables of a level can lead to an area: neighbours may share one. */
static u64 most_tables(int level)
{
	u64 n = 0, beyond = 0; /* the first address that no table counted so far is for */

	for (u32 i = 0; mmap_area(i); i++) {
		u64 start = max(mmap_area(i)->start, beyond), end = mmap_area(i)->end;

		if (start >= end)
			continue;
		beyond = ALIGN_UP(end, span_of(level));
		n += (beyond - ALIGN_DOWN(start, span_of(level))) / span_of(level);
	}
	return n;
}

static void check_areas(void)
{
	const struct vm_area *below = NULL, *a;

	for (u32 i = 0; (a = mmap_area(i)); below = a, i++) {
		BUG_ON(a->start >= a->end || (a->start | a->end) % PAGE_SIZE);
		BUG_ON(a->start < USER_MIN || a->end > TASK_SIZE);
		BUG_ON((a->prot & PROT_WRITE) && (a->prot & PROT_EXEC));
		BUG_ON(below && below->end > a->start);
		BUG_ON(below && below->end == a->start && below->prot == a->prot);
	}
}

void host_check_program(void)
{
	u64 pages = 0, tables;

	check_areas();
	tables = host_each_page(check_page, &pages);
	BUG_ON(tables != vm_user_tables() || pages + tables + 1 != pages_out);
	BUG_ON(tables > most_tables(2) + most_tables(3) + most_tables(4));
	host_check_tlb();
}

void host_end_program(void)
{
	BUG_ON(mmap_remove(0, TASK_SIZE) < 0);
	BUG_ON(mmap_area_n() != 0);
	host_check_program();
}

/* ---- randomness -------------------------------------------------------------------------- */

void random_bytes(void *buf, size_t len)
{
	for (size_t i = 0; i < len; i++)
		((u8 *)buf)[i] = (u8)random_u32();
}
