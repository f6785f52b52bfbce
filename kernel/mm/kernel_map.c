/* SPDX-License-Identifier: MIT
 * kernel_map.c - the kernel's half of the address space: its image, all physical memory, what
 * mem_reserve hands out, registers of devices.
 * Not here: page tables as such (vm.c), the program's half (mmap.c).
 * main.c calls vm_init; net/, kernel/ and drivers/ call the rest. Calls vm.c and page.c.
 * Source: Intel SDM vol. 3A 4.5 (four-level paging), 4.9 (memory types).
 *
 * The image is mapped twice, and no page of it can be written and executed:
 *
 *     physical             as the image (KERNEL_VMA +)     in the direct map (DIRECT_MAP +)
 *     .boot, .boot.bss     not mapped                      rw-   free pages after vm_init
 *     .text                r-x                             r--
 *     .rodata, .program    r--                             r--
 *     .data, .bss          rw-   guard pages absent        rw-
 *     all other RAM        not mapped                      rw-   2 MiB pages
 */
#include "kernel/cpu/asm.h"
#include "kernel/mm/page.h"
#include "kernel/mm/vm.h"
#include "net/core/machine.h"

#define LARGE_PAGE (2ull << 20)

extern char _text[], _etext[], _erodata[], _end[];
extern char kernel_stack_guard[], df_stack_guard[], nmi_stack_guard[];
extern const char _image_start_pa[], _boot_end_pa[], _boot_bss_pa[], _image_end_pa[];

static void must_map(u64 va, u64 pa, u64 len, u32 rights)
{
	if (vm_map(va, pa, len, rights) < 0)
		panic("no memory for page tables (%lu bytes of RAM in all)", page_total_bytes());
}

static u64 image_pa(const void *va)
{
	return (u64)va - KERNEL_VMA;
}

/* The pages between are the stacks' guards. */
static const struct {
	char *start, *end;
	u32 rights;
} section[] = {
	{ _text, _etext, VM_READ | VM_EXEC },
	{ _etext, _erodata, VM_READ },
	{ _erodata, kernel_stack_guard, VM_WRITE },
	{ kernel_stack_guard + PAGE_BYTES, df_stack_guard, VM_WRITE },
	{ df_stack_guard + PAGE_BYTES, nmi_stack_guard, VM_WRITE },
	{ nmi_stack_guard + PAGE_BYTES, _end, VM_WRITE },
};

static void map_image(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(section); i++)
		must_map((u64)section[i].start, image_pa(section[i].start),
			(u64)(section[i].end - section[i].start), section[i].rights);
}

/* Where the direct map shows the image's read-only part it is read-only, too. */
static void map_direct_pages(u64 start, u64 end)
{
	u64 sealed = max(start, image_pa(_text)), sealed_end = min(end, image_pa(_erodata));

	must_map(DIRECT_MAP + start, start, sealed - start, VM_WRITE);
	must_map(DIRECT_MAP + sealed, sealed, sealed_end - sealed, VM_READ);
	must_map(DIRECT_MAP + sealed_end, sealed_end, end - sealed_end, VM_WRITE);
}

static u64 direct_map_end(void)
{
	return ALIGN_UP(page_ram_end(), LARGE_PAGE);
}

static void map_direct(void)
{
	for (u64 pa = 0; pa < direct_map_end(); pa += LARGE_PAGE) {
		if (pa < image_pa(_erodata) && pa + LARGE_PAGE > image_pa(_text)) {
			map_direct_pages(pa, pa + LARGE_PAGE);
			continue;
		}
		if (vm_map_large(DIRECT_MAP + pa, pa) < 0)
			panic("no memory for the direct map of %lu MiB", direct_map_end() >> 20);
	}
}

void vm_init(void)
{
	u64 root_pa = vm_new();

	if (!root_pa)
		panic("no memory for the first page table");
	map_image();
	map_direct();
	write_cr3(root_pa);
	page_give((u64)_image_start_pa, (u64)_boot_end_pa);
	page_give((u64)_boot_bss_pa, (u64)_image_end_pa);
}

/* ---- address space for mem_reserve and devices ------------------------------------------- */

static u64 vmalloc_next = VMALLOC_START;

/* Freed address space, reused for requests of the same length, with its page tables, which are never freed. */
#define HOLES_MAX 128

static struct hole {
	u64 va, len;
} holes[HOLES_MAX];
static u32 hole_n;

static struct hole take_hole(u32 i)
{
	struct hole hole = holes[i];

	holes[i] = holes[--hole_n];
	return hole;
}

static u64 with_guard(size_t bytes)
{
	return ALIGN_UP((u64)bytes, PAGE_SIZE) + PAGE_SIZE;
}

static u64 vmalloc_take(size_t bytes)
{
	u64 len = with_guard(bytes), va = vmalloc_next;

	for (u32 i = 0; i < hole_n; i++)
		if (holes[i].len == len)
			return take_hole(i).va;
	if (len > VMALLOC_END - vmalloc_next)
		return 0;
	vmalloc_next += len;
	return va;
}

void mem_release(void *at, size_t bytes)
{
	if (hole_n == HOLES_MAX)
		return; /* 32 TiB outlast these */
	holes[hole_n++] = (struct hole){ (u64)at, with_guard(bytes) };
	for (u32 i = hole_n; i-- > 0;) {
		if (holes[i].va + holes[i].len != vmalloc_next)
			continue;
		vmalloc_next = take_hole(i).va;
		i = hole_n; /* another one may be the last now */
	}
}

static void *map_physical(u64 pa, size_t len, u32 rights)
{
	u64 first = ALIGN_DOWN(pa, PAGE_SIZE), end = ALIGN_UP(pa + len, PAGE_SIZE);
	u64 va = vmalloc_take(end - first);

	if (!va)
		return NULL;
	if (vm_map(va, first, end - first, rights) < 0)
		return NULL;
	return (void *)(va + (pa - first));
}

void *vm_map_device(u64 pa, size_t len)
{
	return map_physical(pa, len, VM_WRITE | VM_UNCACHED);
}

/* The direct map ends with the last 2 MiB that hold RAM: most firmware has its tables in there. */
const void *vm_map_firmware(u64 pa, size_t len)
{
	if (pa + len <= direct_map_end())
		return phys_to_virt(pa);
	return map_physical(pa, len, VM_READ);
}

void *mem_reserve(size_t bytes)
{
	return (void *)vmalloc_take(bytes);
}

int mem_commit(void *at, size_t bytes)
{
	for (u64 done = 0; done < bytes; done += PAGE_SIZE) {
		void *page = page_alloc_zeroed();

		if (!page || vm_map((u64)at + done, virt_to_phys(page), PAGE_SIZE, VM_WRITE) < 0) {
			if (page)
				page_free(page);
			mem_decommit(at, done);
			return -ENOMEM;
		}
	}
	return 0;
}

void mem_decommit(void *at, size_t bytes)
{
	vm_unmap((u64)at, (u64)at + bytes, 0, 0);
}

void *mem_alloc(size_t bytes)
{
	void *at = mem_reserve(bytes);

	if (!at || mem_commit(at, ALIGN_UP(bytes, PAGE_SIZE)) == 0)
		return at;
	mem_release(at, bytes);
	return NULL;
}

void mem_free(void *at, size_t bytes)
{
	if (!at)
		return;
	mem_decommit(at, ALIGN_UP(bytes, PAGE_SIZE));
	mem_release(at, bytes);
}

u64 mem_total(void)
{
	return page_total_bytes();
}

/* Chips that cannot cross a 64 KiB line in a ring exist (82545EM, erratum 23). */
#define DMA_ALIGN_MAX (64u << 10)

void *dma_alloc(size_t bytes)
{
	size_t align = PAGE_SIZE;

	if (is_power_of_two(bytes))
		align = max(align, min(bytes, (size_t)DMA_ALIGN_MAX));
	return page_alloc_contiguous(bytes, align);
}
