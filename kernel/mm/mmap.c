/* SPDX-License-Identifier: MIT
 * mmap.c - what the program's address space holds: a short sorted table of areas.
 * Not here: page tables (vm.c), the system calls' argument checks (sys_mm.c).
 * exec.c and sys_mm.c change it, fault.c asks it. Calls vm.c and page.c.
 * Source: mmap(2), mprotect(2), munmap(2). */
#include "kernel/mm/mmap.h"
#include "kernel/lib/string.h"
#include "kernel/mm/page.h"
#include "kernel/mm/vm.h"

static struct vm_area area[VM_AREAS_MAX]; /* sorted, without overlap */
static u32 area_n;

/* Index of the first area that ends above va. */
static u32 first_above(u64 va)
{
	u32 i = 0;

	while (i < area_n && area[i].end <= va)
		i++;
	return i;
}

const struct vm_area *mmap_find(u64 va)
{
	u32 i = first_above(va);

	return i < area_n && area[i].start <= va ? &area[i] : NULL;
}

const struct vm_area *mmap_area(u32 i)
{
	return i < area_n ? &area[i] : NULL;
}

u64 mmap_area_n(void)
{
	return area_n;
}

static void insert_at(u32 i, struct vm_area a)
{
	memmove(&area[i + 1], &area[i], (area_n - i) * sizeof(*area));
	area[i] = a;
	area_n++;
}

/* Two neighbours that have become alike are one. */
static void join_next(u32 i)
{
	if (i + 1 == area_n || area[i].end != area[i + 1].start || area[i].prot != area[i + 1].prot)
		return;
	area[i].end = area[i + 1].end;
	area_n--;
	memmove(&area[i + 1], &area[i + 2], (area_n - i - 1) * sizeof(*area));
}

int mmap_add(u64 start, u64 end, u32 prot)
{
	u32 i = first_above(start);

	if (i < area_n && area[i].start < end)
		return -EEXIST;
	if (i > 0 && area[i - 1].end == start && area[i - 1].prot == prot) {
		area[i - 1].end = end; /* grows the area below: brk does this all the time */
		join_next(i - 1);
		return 0;
	}
	if (i < area_n && area[i].start == end && area[i].prot == prot) {
		area[i].start = start; /* the one above: mmap goes downwards */
		return 0;
	}
	if (area_n == VM_AREAS_MAX)
		return -ENOMEM;
	insert_at(i, (struct vm_area){ start, end, prot });
	return 0;
}

/* Make va a boundary between areas. The caller has checked that there is room. */
static void split_at(u64 va)
{
	u32 i = first_above(va);

	if (i == area_n || area[i].start >= va)
		return;
	insert_at(i + 1, (struct vm_area){ va, area[i].end, area[i].prot });
	area[i].end = va;
}

#define SPLITS 2 /* one at each end */

int mmap_remove(u64 start, u64 end)
{
	u32 first, last;

	if (area_n + SPLITS > VM_AREAS_MAX)
		return -ENOMEM;
	split_at(start);
	split_at(end);
	first = first_above(start);
	last = first;
	while (last < area_n && area[last].start < end) {
		for (u64 va = area[last].start; va < area[last].end;
			va = vm_next(va, area[last].end)) {
			u64 pa = vm_unmap(va);

			if (pa)
				page_free(phys_to_virt(pa));
		}
		last++;
	}
	memmove(&area[first], &area[last], (area_n - last) * sizeof(*area));
	area_n -= last - first;
	return 0;
}

static bool fully_mapped(u64 start, u64 end)
{
	for (u32 i = first_above(start); start < end; i++) {
		if (i == area_n || area[i].start > start)
			return false;
		start = area[i].end;
	}
	return true;
}

/* VM_* for PROT_*. */
static u32 rights_of(u32 prot)
{
	u32 rights = VM_USER;

	if (prot == PROT_NONE) /* the kernel must not read it for the program either */
		return VM_HIDDEN;
	if (prot & PROT_WRITE)
		rights |= VM_WRITE;
	if (prot & PROT_EXEC)
		rights |= VM_EXEC;
	return rights;
}

int mmap_protect(u64 start, u64 end, u32 prot)
{
	if (!fully_mapped(start, end) || area_n + SPLITS > VM_AREAS_MAX)
		return -ENOMEM;
	split_at(start);
	split_at(end);
	for (u32 i = first_above(start); i < area_n && area[i].start < end; i++) {
		area[i].prot = prot;
		for (u64 va = area[i].start; va < area[i].end; va = vm_next(va, area[i].end))
			vm_protect(va, rights_of(prot));
	}
	return 0;
}

u64 mmap_free_range(u64 len, u64 below)
{
	for (u32 i = area_n; i > 0; i--) {
		if (area[i - 1].start >= below)
			continue;
		if (area[i - 1].end <= below && below - area[i - 1].end >= len)
			return below - len;
		below = area[i - 1].start;
	}
	return below >= USER_MIN + len ? below - len : 0;
}

void *mmap_populate(u64 va)
{
	const struct vm_area *a = mmap_find(va);
	u64 page_va = ALIGN_DOWN(va, PAGE_SIZE);
	u64 pa = vm_lookup(page_va);
	void *page;

	if (pa)
		return phys_to_virt(pa);
	page = a ? page_alloc_zeroed() : NULL;
	if (!page)
		return NULL;
	if (vm_map(page_va, virt_to_phys(page), rights_of(a->prot)) < 0) {
		page_free(page);
		return NULL;
	}
	return page;
}
