/* SPDX-License-Identifier: MIT
 * vm.c - page tables: a page or a range is mapped, changed, unmapped, looked up.
 * Not here: physical memory (page.c), the kernel's mappings (kernel_map.c) and the program's (mmap.c).
 * kernel_map.c and mmap.c call in. Calls page.c. Builds on the host, too.
 * Source: Intel SDM vol. 3A 4.5 (four-level paging), 4.9 (memory types). */
#include "kernel/mm/vm.h"
#include "kernel/cpu/asm.h"
#include "kernel/mm/page.h"

#define PTE_P      (1ull << 0)
#define PTE_W      (1ull << 1)
#define PTE_U      (1ull << 2)
#define PTE_PWT    (1ull << 3)
#define PTE_PCD    (1ull << 4)
#define PTE_PS     (1ull << 7)
#define PTE_HIDDEN (1ull << 9) /* ours: the CPU ignores all bits of an absent page */
#define PTE_NX     (1ull << 63)
#define PTE_PA     0x000ffffffffff000ull
#define LEVELS     4
#define ENTRIES    512
#define LEVEL_BITS 9
#define TABLE_SPAN (PAGE_SIZE << LEVEL_BITS) /* bytes that one page table maps */

static u64 *pml4;
static u64 user_table_n;

u64 vm_user_tables(void)
{
	return user_table_n;
}

u64 vm_new(void)
{
	pml4 = page_alloc_zeroed();
	return pml4 ? virt_to_phys(pml4) : 0;
}

/* The table that an entry leads to; NULL: none, or a large page, which is no table. */
static noinline u64 *table_of(u64 entry)
{
	return (entry & (PTE_P | PTE_PS)) == PTE_P ? phys_to_virt(entry & PTE_PA) : NULL;
}

/* The entry for va in a table of this level (4: PML4 .. 1: page table). */
static u64 *entry_in(u64 *table, u64 va, int level)
{
	return &table[va >> (12 + LEVEL_BITS * (level - 1)) & (ENTRIES - 1)];
}

static u64 *next_table(u64 *entry, u64 va, bool create)
{
	void *table;

	if (*entry || !create)
		return table_of(*entry);
	table = page_alloc_zeroed();
	if (!table)
		return NULL;
	/* rights are decided by the last level; user: where both agree */
	*entry = virt_to_phys(table) | PTE_P | PTE_W | PTE_U;
	user_table_n += va < TASK_SIZE;
	return table;
}

/* The entry for va at `level`, with the tables above it; NULL when missing and not created. */
static u64 *walk(u64 va, int level, bool create)
{
	u64 *table = pml4;

	for (int l = LEVELS; l > level && table; l--)
		table = next_table(entry_in(table, va, l), va, create);
	return table ? entry_in(table, va, level) : NULL;
}

static u64 flags_of(u32 rights)
{
	u64 flags = PTE_P;

	if (rights & VM_HIDDEN)
		return PTE_HIDDEN;
	if (rights & VM_WRITE)
		flags |= PTE_W;
	if (!(rights & VM_EXEC))
		flags |= PTE_NX;
	if (rights & VM_USER)
		flags |= PTE_U;
	if (rights & VM_UNCACHED)
		flags |= PTE_PCD | PTE_PWT;
	return flags;
}

int vm_map(u64 va, u64 pa, u64 len, u32 rights)
{
	u64 *entry = NULL, flags = flags_of(rights);

	for (u64 end = va + len; va < end; va += PAGE_SIZE, pa += PAGE_SIZE, entry++) {
		u64 old;

		if (!entry || va % TABLE_SPAN == 0)
			entry = walk(va, 1, true);
		if (!entry)
			return -ENOMEM;
		old = *entry;
		*entry = pa | flags;
		/* The TLB holds no absent pages (SDM vol. 3A 4.10.2.3). For QEMU's emulator: so none is flushed,
		 * where each flush is slow. */
		if (old & PTE_P)
			invlpg((void *)va);
	}
	return 0;
}

int vm_map_large(u64 va, u64 pa)
{
	u64 *entry = walk(va, 2, true);

	if (!entry)
		return -ENOMEM;
	*entry = pa | PTE_P | PTE_W | PTE_PS | PTE_NX;
	return 0;
}

/* A change to the pages of a range. */
struct change {
	u32 rights; /* the new ones, or .. */
#define UNMAP ~0u
#define MOVE  (~0u - 1)
	union {
		struct { /* UNMAP: a table that lies in between serves nothing else */
			u64 floor, ceiling;
		};
		struct { /* MOVE; failed: no memory for a table, the pages from there on stay */
			u64 distance;
			bool failed;
		};
	};
};

/* Page or table: gone from the map and from the CPU's memory of it before it is anything else. An
 * invlpg drops all that the CPU remembers of tables (SDM vol. 3A 4.10.4.1). */
static noinline void take_out(u64 *entry, u64 va)
{
	void *page = phys_to_virt(*entry & PTE_PA);

	*entry = 0;
	invlpg((void *)va);
	page_free(page);
}

static void change_page(u64 *entry, u64 va, struct change *change)
{
	u64 *to;

	if (change->rights == UNMAP) {
		take_out(entry, va);
		return;
	}
	if (change->rights == MOVE) {
		to = change->failed ? NULL : walk(va + change->distance, 1, true);
		change->failed = !to;
		if (!to)
			return;
		*to = *entry;
		*entry = 0;
	} else {
		*entry = (*entry & PTE_PA) | flags_of(change->rights);
	}
	invlpg((void *)va);
}

static void change_table(u64 *table, int level, u64 va, u64 end, struct change *change)
{
	u64 span = PAGE_SIZE << LEVEL_BITS * (level - 1);

	for (u64 next; va < end; va = next) {
		u64 *entry = entry_in(table, va, level), base = ALIGN_DOWN(va, span);

		next = min(base + span, end);
		if (level == 1 && *entry) {
			change_page(entry, va, change);
		} else if (level > 1 && table_of(*entry)) {
			change_table(table_of(*entry), level - 1, va, next, change);
			if (change->rights == UNMAP && base >= change->floor &&
				base + span <= change->ceiling) {
				take_out(entry, va);
				user_table_n--;
			}
		}
	}
}

static bool change_range(u64 start, u64 end, u32 rights, u64 floor_or_distance, u64 ceiling)
{
	struct change change = { rights, { { floor_or_distance, ceiling } } };

	change_table(pml4, LEVELS, start, end, &change);
	return !change.failed;
}

void vm_unmap(u64 start, u64 end, u64 floor, u64 ceiling)
{
	change_range(start, end, UNMAP, floor, ceiling);
}

void vm_protect(u64 start, u64 end, u32 rights)
{
	change_range(start, end, rights, 0, 0);
}

int vm_move(u64 start, u64 end, u64 to)
{
	if (change_range(start, end, MOVE, to - start, false))
		return 0;
	change_range(to, to + (end - start), MOVE, start - to, false);
	return -ENOMEM;
}

u64 vm_lookup(u64 va)
{
	u64 *entry = walk(va, 1, false);

	return entry ? *entry & PTE_PA : 0;
}
