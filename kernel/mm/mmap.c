/* SPDX-License-Identifier: MIT
 * mmap.c - the program's address space: a sorted table of areas; equal neighbours are merged.
 * Not here: page tables (vm.c), the system calls' argument checks (sys_mm.c).
 * exec.c and sys_mm.c change it, fault.c asks it. Calls vm.c and page.c. Builds on the host, too.
 * Source: mmap(2), mprotect(2), munmap(2). */
#include "kernel/mm/mmap.h"
#include "kernel/lib/string.h"
#include "kernel/mm/page.h"
#include "kernel/mm/vm.h"

#define AREAS_FIRST 128 /* enough for nearly every program: they cost no allocation */
#define NOTHING     ~0u /* no area has such rights */

/* Sorted, without overlap, and with a gap where the last change was: calls that go through memory in
 * order, up or down, move no more than the few areas between two changes.
 *
 *   area[]  | 0 .. gap - 1 |  room - n unused  | gap .. n - 1 | */
static struct vm_area first_areas[AREAS_FIRST], *area = first_areas;
static u32 area_n, area_room = AREAS_FIRST, gap;

/* No free range of full_len bytes or more ends above full_above: the search for one begins there. */
static u64 full_len = ~0ull, full_above;

static struct vm_area *area_at(u32 i)
{
	return &area[i < gap ? i : i + (area_room - area_n)];
}

/* Index of the first area that ends above va. */
static u32 first_above(u64 va)
{
	u32 low = 0, high = area_n;

	while (low < high) {
		u32 middle = (low + high) / 2;

		if (area_at(middle)->end <= va)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct vm_area *mmap_area(u32 i)
{
	return i < area_n ? area_at(i) : NULL;
}

/* The first area that ends above va, or NULL. */
static const struct vm_area *area_above(u64 va)
{
	return mmap_area(first_above(va));
}

const struct vm_area *mmap_find(u64 va)
{
	const struct vm_area *a = area_above(va);

	return a && a->start <= va ? a : NULL;
}

u64 mmap_area_n(void)
{
	return area_n;
}

bool mmap_is_free(u64 start, u64 end)
{
	const struct vm_area *a = area_above(start);

	return !a || a->start >= end;
}

bool mmap_is_whole(u64 start, u64 end)
{
	const struct vm_area *a;

	for (u32 i = first_above(start); start < end; i++) {
		a = mmap_area(i);
		if (!a || a->start > start)
			return false;
		start = a->end;
	}
	return true;
}

/* ---- changing the table ------------------------------------------------------------------ */

static void move_gap(u32 to)
{
	u32 len = area_room - area_n;

	if (to < gap)
		memmove(&area[to + len], &area[to], (gap - to) * sizeof(*area));
	else
		memmove(&area[gap], &area[gap + len], (to - gap) * sizeof(*area));
	gap = to;
}

static int resize(u32 room)
{
	struct vm_area *to = room == AREAS_FIRST ? first_areas : mem_alloc(room * sizeof(*area));

	if (!to)
		return -ENOMEM;
	move_gap(area_n);
	memcpy(to, area, area_n * sizeof(*area));
	if (area != first_areas)
		mem_free(area, area_room * sizeof(*area));
	area = to;
	area_room = room;
	return 0;
}

static void shrink(void)
{
	u32 room = area_room;

	while (room > AREAS_FIRST && area_n < room / 4)
		room /= 2;
	if (room < area_room)
		(void)resize(room); /* no memory: it stays large */
}

/* Put n areas in place of those from i up to, not including, j. */
static int splice(u32 i, u32 j, const struct vm_area *new, u32 n)
{
	u32 total = area_n - (j - i) + n;

	if (total > area_n && total > VM_AREAS_MAX)
		return -ENOMEM;
	if (total > area_room && resize(2 * area_room) < 0)
		return -ENOMEM;
	move_gap(j);
	memcpy(&area[i], new, n * sizeof(*area));
	gap = i + n;
	area_n = total;
	shrink();
	return 0;
}

/* From now on [start, end) has these rights, or is NOTHING. What an area that reaches over one of the
 * ends loses is cut off; neighbours with the same rights become one with it. */
static int area_set(u64 start, u64 end, u32 prot)
{
	u32 i = first_above(start), j = i, n = 0;
	struct vm_area new[3], *a;

	while (j < area_n && area_at(j)->start < end)
		j++;
	if (i > 0 && area_at(i - 1)->end == start && area_at(i - 1)->prot == prot)
		i--;
	if (j < area_n && area_at(j)->start == end && area_at(j)->prot == prot)
		j++;
	if (i < j && (a = area_at(i))->start < start) {
		if (a->prot == prot)
			start = a->start;
		else
			new[n++] = (struct vm_area){ a->start, start, a->prot };
	}
	if (prot != NOTHING)
		new[n++] = (struct vm_area){ start, end, prot };
	if (i < j && (a = area_at(j - 1))->end > end) {
		if (a->prot == prot)
			new[n - 1].end = a->end;
		else
			new[n++] = (struct vm_area){ end, a->end, a->prot };
	}
	return splice(i, j, new, n);
}

int mmap_set(u64 start, u64 end, u32 prot)
{
	int err;

	if ((start | end) & PAGE_MASK || start < USER_MIN || start >= end || end > TASK_SIZE)
		return -ENOMEM;
	err = area_set(start, end, prot);
	if (!err)
		vm_unmap(start, end, start, end);
	return err;
}

int mmap_remove(u64 start, u64 end)
{
	int err = area_set(start, end, NOTHING);
	u32 above = first_above(start);

	if (err)
		return err;
	vm_unmap(start, end, above > 0 ? area_at(above - 1)->end : 0,
		above < area_n ? area_at(above)->start : USER_HALF_END);
	if (end > full_above)
		full_len = ~0ull;
	return 0;
}

/* VM_* for PROT_*. */
static u32 rights_of(u32 prot)
{
	u32 rights = VM_USER;

	if (!(prot & PROT_ALL)) /* the kernel must not read it for the program either */
		return VM_HIDDEN;
	if (prot & PROT_WRITE)
		rights |= VM_WRITE;
	if (prot & PROT_EXEC)
		rights |= VM_EXEC;
	return rights;
}

int mmap_protect(u64 start, u64 end, u32 prot)
{
	for (u64 next; start < end; start = next) {
		const struct vm_area *a = mmap_find(start);

		if (!a)
			return -ENOMEM;
		next = min(a->end, end);
		if (area_set(start, next, prot | (a->prot & AREA_SHARED)) < 0)
			return -ENOMEM;
		vm_protect(start, next, rights_of(prot));
	}
	return 0;
}

int mmap_move(u64 start, u64 len, u64 to, u64 new_len)
{
	int err = mmap_set(to, to + new_len, mmap_find(start)->prot);

	if (err)
		return err;
	if (vm_move(start, start + min(len, new_len), to) == 0)
		return 0;
	(void)!mmap_remove(to, to + new_len); /* it is zeros, should even that fail */
	return -ENOMEM;
}

void mmap_discard(u64 start, u64 end)
{
	const struct vm_area *a;

	for (u32 i = first_above(start); (a = mmap_area(i)) && a->start < end; i++) {
		u64 from = max(start, a->start), to = min(end, a->end);

		if (!(a->prot & AREA_SHARED))
			vm_unmap(from, to, from, to);
	}
}

u64 mmap_free_range(u64 len, u64 below)
{
	bool from_top = below >= USER_MMAP_TOP;
	u32 i;

	if (from_top && len >= full_len)
		below = full_above;
	i = first_above(below);
	if (i < area_n)
		below = min(below, area_at(i)->start);
	while (i > 0 && below - area_at(i - 1)->end < len)
		below = area_at(--i)->start;
	if (from_top && len <= full_len) {
		full_len = len;
		full_above = below;
	}
	return i > 0 || below >= USER_MIN + len ? below - len : 0;
}

static void *populate(u64 va, void *(*alloc)(void))
{
	const struct vm_area *a = mmap_find(va);
	u64 page_va = ALIGN_DOWN(va, PAGE_SIZE);
	u64 pa = vm_lookup(page_va);
	void *page;

	if (pa)
		return phys_to_virt(pa);
	page = a ? alloc() : NULL;
	if (!page)
		return NULL;
	if (vm_map(page_va, virt_to_phys(page), PAGE_SIZE, rights_of(a->prot)) < 0) {
		page_free(page);
		return NULL;
	}
	return page;
}

void *mmap_populate(u64 va)
{
	return populate(va, page_alloc_zeroed);
}

void *mmap_populate_unzeroed(u64 va)
{
	return populate(va, page_alloc);
}
