/* SPDX-License-Identifier: MIT
 * test_page.c - which pages are handed out: of each memory map all that nobody else uses, each once.
 * Not here: what is mapped (test_mmap.c).
 * cmocka calls in; the source is included. Addresses are those of an array that nobody writes to, but for
 * the pages that are zeroed.
 * Source: kernel/mm/page.h; ACPI 15 (memory maps: what is reserved may lie inside what is usable). */
#include "tests/unit/stack.h"

#define PAGES    128
#define IMAGE_AT 40 /* pages, from the first */
#define IMAGE_N  5
#define LAYOUTS  3000

/* The kernel's image begins and ends inside a page, as a linker may leave it. */
char memory[PAGES * 4096] __attribute__((aligned(65536)));
__asm__(".globl _image_start_pa, _image_end_pa\n"
	".set _image_start_pa, memory + 40 * 4096 + 16\n"
	".set _image_end_pa, memory + 45 * 4096 - 16\n");

#include "kernel/mm/page.c"

static void begin(void)
{
	range_n = 0;
	free_list = NULL;
	total_bytes = free_bytes = ram_end = 0;
}

static u64 at(u64 offset)
{
	return (u64)memory + offset;
}

/* ---- what must be handed out, page by page ------------------------------------------------- */

static bool expected[PAGES];

static bool touches(u64 page, u64 start, u64 end)
{
	return start < end && start < page + PAGE_SIZE && end > page;
}

static bool is_free(const struct bootinfo *info, u64 page)
{
	bool usable = false;

	for (u32 i = 0; i < info->range_n; i++) {
		const struct boot_range *r = &info->range[i];

		if (r->type == BOOT_USABLE)
			usable |= r->start_pa <= page && page + PAGE_SIZE <= r->end_pa;
		else if (touches(page, r->start_pa, r->end_pa))
			return false;
	}
	for (u32 i = 0; i < info->module_n; i++)
		if (touches(page, info->module[i].start_pa, info->module[i].end_pa))
			return false;
	return usable &&
	       !touches(page, at(IMAGE_AT * PAGE_SIZE), at((IMAGE_AT + IMAGE_N) * PAGE_SIZE));
}

static u32 expect(const struct bootinfo *info)
{
	u32 n = 0;

	for (u32 i = 0; i < PAGES; i++)
		n += expected[i] = is_free(info, at(i * PAGE_SIZE));
	return n;
}

/* ---- maps ----------------------------------------------------------------------------------- */

static struct bootinfo info;

static void add(u64 start, u64 end, enum boot_memory type)
{
	info.range[info.range_n++] = (struct boot_range){ at(start), at(end), type };
}

/* A few usable pieces behind each other, with other kinds of memory over them; borders lie anywhere. */
static void any_map(void)
{
	u64 below = 0;

	info.range_n = info.module_n = 0;
	for (u32 n = random_u32() % 4 + 1; n > 0 && below < sizeof(memory); n--) {
		u64 start = below + random_u32() % (8 * PAGE_SIZE);

		below = min(start + random_u32() % (sizeof(memory) / 2), sizeof(memory));
		if (start < below)
			add(start, below, BOOT_USABLE);
	}
	for (u32 n = random_u32() % 5; n > 0; n--) {
		u64 start = random_u32() % sizeof(memory);

		add(start, min(start + random_u32() % (20 * PAGE_SIZE), sizeof(memory)),
			BOOT_RESERVED + random_u32() % 4);
	}
	for (; info.module_n < random_u32() % 4; info.module_n++) {
		u64 start = random_u32() % sizeof(memory);

		info.module[info.module_n].start_pa = at(start);
		info.module[info.module_n].end_pa =
			at(min(start + random_u32() % (9 * PAGE_SIZE), sizeof(memory)));
	}
}

/* All that there is, page by page; each must be one that was expected and was not given before. */
static void take_all(void)
{
	for (u8 *page; (page = page_alloc_contiguous(PAGE_SIZE, PAGE_SIZE));) {
		u64 i = (u64)(page - (u8 *)memory) / PAGE_SIZE;

		assert_in_range((u64)page, at(0), at(sizeof(memory) - 1));
		assert_true(expected[i]);
		expected[i] = false;
	}
}

static void every_page_once(void **state)
{
	for (u32 i = 0; i < LAYOUTS; i++) {
		u32 n;

		begin();
		any_map();
		n = expect(&info);
		page_init(&info);
		assert_int_equal(page_free_bytes(), n * PAGE_SIZE);
		assert_true(page_total_bytes() >= page_free_bytes());
		take_all();
		assert_int_equal(page_free_bytes(), 0);
		for (u32 p = 0; p < PAGES; p++)
			assert_false(expected[p]);
	}
}

static void aligned_for_devices(void **state)
{
	for (u32 i = 0; i < LAYOUTS; i++) {
		u64 align = PAGE_SIZE << random_u32() % 5,
		    bytes = random_u32() % (9 * PAGE_SIZE) + 1;
		u64 before, start;

		begin();
		any_map();
		expect(&info);
		page_init(&info);
		before = page_free_bytes();
		start = (u64)page_alloc_contiguous(bytes, align);
		if (!start)
			continue;
		assert_int_equal(start % align, 0);
		bytes = ALIGN_UP(bytes, PAGE_SIZE);
		for (u64 p = (start - at(0)) / PAGE_SIZE; bytes > 0; bytes -= PAGE_SIZE, p++) {
			before -= PAGE_SIZE;
			assert_true(expected[p]);
			expected[p] = false;
		}
		assert_int_equal(page_free_bytes(), before);
		take_all();
	}
}

/* The first 64 KiB belong to firmware, also if the map says otherwise; nothing of it is touched here. */
static void low_memory_stays(void **state)
{
	begin();
	info = (struct bootinfo){ .range = { { 0, 0x20000, BOOT_USABLE } }, .range_n = 1 };
	page_init(&info);
	assert_int_equal(page_total_bytes(), 0x20000);
	assert_int_equal(page_free_bytes(), 0x10000);
	assert_int_equal((u64)page_alloc_contiguous(0x10000, PAGE_SIZE), 0x10000);
	assert_null(page_alloc_contiguous(PAGE_SIZE, PAGE_SIZE));
}

/* A page comes as zeros, however it was left, and goes back to be taken again. */
static void pages_go_round(void **state)
{
	u8 *page;

	begin();
	info = (struct bootinfo){ .range_n = 0 };
	add(0, 2 * PAGE_SIZE, BOOT_USABLE);
	page_init(&info);
	for (u32 i = 0; i < 5; i++) {
		page = page_alloc_zeroed();
		assert_non_null(page);
		assert_int_equal(page_free_bytes(), PAGE_SIZE);
		for (u32 b = 0; b < PAGE_SIZE; b++)
			assert_int_equal(page[b], 0);
		memset(page, 0xa5, PAGE_SIZE);
		page_free(page);
		assert_int_equal(page_free_bytes(), 2 * PAGE_SIZE);
	}
	assert_non_null(page_alloc_zeroed());
	assert_non_null(page_alloc_zeroed());
	assert_null(page_alloc_zeroed());
	page_give(at(3 * PAGE_SIZE + 1), at(5 * PAGE_SIZE + 1)); /* one whole page */
	assert_int_equal(page_free_bytes(), PAGE_SIZE);
	assert_int_equal(page_total_bytes(), 3 * PAGE_SIZE);
	assert_int_equal(page_ram_end(), at(2 * PAGE_SIZE));
}

int main(void)
{
	const struct CMUnitTest page[] = {
		BARE_TEST(every_page_once),
		BARE_TEST(aligned_for_devices),
		BARE_TEST(low_memory_stays),
		BARE_TEST(pages_go_round),
	};

	return cmocka_run_group_tests(page, NULL, NULL);
}
