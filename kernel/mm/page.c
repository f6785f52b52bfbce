/* SPDX-License-Identifier: MIT
 * page.c - physical memory in pages of 4096 bytes.
 * Not here: mapping it (vm.c).
 * Used by vm.c, exec.c and drivers' rings. Never on the transmit path.
 * Source: the boot loader's memory map.
 *
 *     range[]    | used  | never used ................ |   taken from the front, lowest range first
 *                        ^ start_pa                    ^ end_pa
 *     free_list  page -> page -> page -> NULL             freed pages, linked through their first word
 *
 * So start-up writes to no page, however large the machine is, and allocation and release take a few instructions.
 * Memory taken at boot (rings, pools) stays; only single pages come back. */
#include "kernel/mm/page.h"
#include "kernel/cpu/asm.h"
#include "kernel/mm/layout.h"

#define LOW_MEMORY_END 0x10000
#define RANGES_MAX     (BOOT_RANGES_MAX + BOOT_MODULES_MAX + 8)

struct range {
	u64 start_pa, end_pa; /* page aligned; start == end: used up */
};

struct free_page {
	struct free_page *next;
};

static struct range range[RANGES_MAX];
static u32 range_n;
static struct free_page *free_list;
static u64 total_bytes, free_bytes, ram_end;

extern const char _image_start_pa[], _image_end_pa[];

static void range_add(u64 start, u64 end)
{
	if (start >= end || range_n == RANGES_MAX)
		return;
	range[range_n++] = (struct range){ start, end };
	free_bytes += end - start;
}

void page_give(u64 start_pa, u64 end_pa)
{
	u64 before = free_bytes;

	range_add(ALIGN_UP(start_pa, PAGE_SIZE), ALIGN_DOWN(end_pa, PAGE_SIZE));
	total_bytes += free_bytes - before;
}

/* Take [start, end) out of every range; the rest on both sides stays. */
static void range_reserve(u64 start, u64 end)
{
	u32 n = range_n;

	start = ALIGN_DOWN(start, PAGE_SIZE);
	end = ALIGN_UP(end, PAGE_SIZE);
	for (u32 i = 0; i < n; i++) {
		struct range r = range[i];

		if (end <= r.start_pa || start >= r.end_pa)
			continue;
		free_bytes -= r.end_pa - r.start_pa;
		range[i].start_pa = range[i].end_pa;
		range_add(r.start_pa, max(start, r.start_pa));
		range_add(min(end, r.end_pa), r.end_pa);
	}
}

void page_init(const struct bootinfo *info)
{
	for (u32 i = 0; i < info->range_n; i++) {
		const struct boot_range *r = &info->range[i];

		if (r->type == BOOT_USABLE) {
			range_add(
				ALIGN_UP(r->start_pa, PAGE_SIZE), ALIGN_DOWN(r->end_pa, PAGE_SIZE));
			ram_end = max(ram_end, r->end_pa);
		}
	}
	/* loaders do not promise that no other range overlaps a usable one */
	for (u32 i = 0; i < info->range_n; i++)
		if (info->range[i].type != BOOT_USABLE)
			range_reserve(info->range[i].start_pa, info->range[i].end_pa);
	total_bytes = free_bytes;
	range_reserve(0, LOW_MEMORY_END);
	range_reserve((u64)_image_start_pa, (u64)_image_end_pa);
	for (u32 i = 0; i < info->module_n; i++)
		range_reserve(info->module[i].start_pa, info->module[i].end_pa);
}

static bool range_fits(const struct range *r, u64 bytes, u64 align)
{
	u64 start = ALIGN_UP(r->start_pa, align);

	return start < r->end_pa && r->end_pa - start >= bytes;
}

/* The lowest range that has room: the boot tables map no more than 4 GiB, and early allocations
 * happen before vm_init maps the rest. */
static struct range *range_choose(u64 bytes, u64 align)
{
	struct range *lowest = NULL;

	for (u32 i = 0; i < range_n; i++)
		if (range_fits(&range[i], bytes, align) &&
			(!lowest || range[i].start_pa < lowest->start_pa))
			lowest = &range[i];
	return lowest;
}

/* Take `bytes` from the front; bytes skipped for alignment become a range of their own. */
static u64 range_take(u64 bytes, u64 align)
{
	struct range *r = range_choose(bytes, align);
	u64 head, start;

	if (!r)
		return 0;
	head = r->start_pa;
	start = ALIGN_UP(head, align);
	free_bytes -= bytes + (start - head);
	r->start_pa = start + bytes;
	range_add(head, start);
	return start;
}

void *page_alloc(void)
{
	struct free_page *page = free_list;
	u64 pa;

	if (page) {
		free_list = page->next;
		free_bytes -= PAGE_SIZE;
		return page;
	}
	pa = range_take(PAGE_SIZE, PAGE_SIZE);
	return pa ? phys_to_virt(pa) : NULL;
}

void *page_alloc_zeroed(void)
{
	void *page = page_alloc();

	if (page)
		clear_page(page);
	return page;
}

void page_free(void *page)
{
	struct free_page *p = page;

	p->next = free_list;
	free_list = p;
	free_bytes += PAGE_SIZE;
}

void *page_alloc_contiguous(size_t bytes, u64 align)
{
	u64 len = ALIGN_UP((u64)bytes, PAGE_SIZE);
	u64 pa = range_take(len, align);

	return pa ? phys_to_virt(pa) : NULL;
}

u64 page_ram_end(void)
{
	return ram_end;
}

u64 page_total_bytes(void)
{
	return total_bytes;
}

u64 page_free_bytes(void)
{
	return free_bytes;
}
