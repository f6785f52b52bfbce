/* SPDX-License-Identifier: MIT
 * test_mmap.c - areas and page tables: joined, split, bounded, all given back.
 * Not here: what the system calls answer as Linux does (tests/boot/programs/memory_table.c).
 * cmocka calls in; host_mm.c checks after each step that areas, tables and pages agree.
 * Source: kernel/mm/mmap.h; mmap(2), mprotect(2), munmap(2), madvise(2). */
#include "kernel/mm/mmap.h"
#include "kernel/mm/vm.h"
#include "kernel/process/syscall.h"
#include "tests/unit/host_mm.h"
#include "tests/unit/stack.h"

#include <string.h>

#define AT     0x300000000000ull
#define TABLE  (2ull << 20) /* what one page table is for, a directory, a directory's table */
#define DIR    (1ull << 30)
#define DIRS   (512ull << 30)
#define RW     (PROT_READ | PROT_WRITE)
#define PAGES  2000
#define MAP    0x22 /* MAP_PRIVATE | MAP_ANONYMOUS */
#define SHARED 0x21
#define FIXED  0x10

static int up(void **state)
{
	host_reset();
	host_mm_init();
	return 0;
}

static int down(void **state)
{
	host_limit_pages(HOST_NO_LIMIT);
	host_fail_commit(0, false);
	host_end_program();
	assert_int_equal(host_pages_out(), 1);
	assert_int_equal(host_mem_out(), 0);
	return 0;
}

static u64 page_at(u32 i)
{
	return AT + i * PAGE_SIZE;
}

static void set(u64 start, u64 end, u32 prot)
{
	assert_int_equal(mmap_set(start, end, prot), 0);
	host_check_program();
}

static void protect(u32 i, u32 n, u32 prot)
{
	assert_int_equal(mmap_protect(page_at(i), page_at(i + n), prot), 0);
}

static void touch(u64 va)
{
	u8 *page = mmap_populate(va);

	assert_non_null(page);
	page[0]++;
	host_access(va);
}

static void assert_area(u32 i, u64 start, u64 end, u32 prot)
{
	const struct vm_area *a = mmap_area(i);

	assert_non_null(a);
	assert_int_equal(a->start, start);
	assert_int_equal(a->end, end);
	assert_int_equal(a->prot, prot);
}

/* ---- joined ------------------------------------------------------------------------------ */

/* Every second page read-only, then back: as many areas as there must be, each time. */
static void joined_after_protect(void **state)
{
	set(AT, page_at(PAGES), RW);
	for (u32 i = 0; i < PAGES; i += 2)
		protect(i, 1, PROT_READ);
	assert_int_equal(mmap_area_n(), PAGES);
	host_check_program();
	for (u32 i = 0; i < PAGES; i++)
		protect(i, 1, RW);
	assert_int_equal(mmap_area_n(), 1);
	assert_area(0, AT, page_at(PAGES), RW);
}

static void joined_page_by_page(void **state)
{
	set(AT, page_at(PAGES), RW);
	for (u32 i = 0; i < PAGES; i++) {
		protect(i, 1, PROT_READ);
		assert_true(mmap_area_n() <= 3);
		protect(i, 1, RW);
		assert_int_equal(mmap_area_n(), 1);
	}
}

static void joined_with_both_neighbours(void **state)
{
	set(page_at(0), page_at(1), RW);
	set(page_at(2), page_at(3), RW);
	assert_int_equal(mmap_area_n(), 2);
	set(page_at(1), page_at(2), RW);
	assert_area(0, AT, page_at(3), RW);
	set(page_at(3), page_at(4), RW | AREA_SHARED); /* not alike */
	assert_int_equal(mmap_area_n(), 2);
	protect(0, 4, PROT_READ);
	assert_area(1, page_at(3), page_at(4), PROT_READ | AREA_SHARED);
}

static void set_over_others(void **state)
{
	set(page_at(0), page_at(4), RW);
	set(page_at(6), page_at(9), PROT_READ);
	for (u32 i = 0; i < 4; i++)
		touch(page_at(i));
	set(page_at(3), page_at(7), PROT_READ);
	assert_int_equal(mmap_area_n(), 2);
	assert_area(0, AT, page_at(3), RW);
	assert_area(1, page_at(3), page_at(9), PROT_READ);
	assert_int_equal(vm_lookup(page_at(3)), 0); /* a new mapping is zeros */
	assert_int_not_equal(vm_lookup(page_at(2)), 0);
}

/* ---- bounded ----------------------------------------------------------------------------- */

static void only_the_programs_half(void **state)
{
	const u64 bad[][2] = {
		{ TASK_SIZE, TASK_SIZE + PAGE_SIZE },
		{ TASK_SIZE - PAGE_SIZE, TASK_SIZE + PAGE_SIZE },
		{ AT, DIRECT_MAP + PAGE_SIZE },
		{ DIRECT_MAP, DIRECT_MAP + PAGE_SIZE },
		{ VMALLOC_START, VMALLOC_START + PAGE_SIZE },
		{ 0, PAGE_SIZE },
		{ USER_MIN - PAGE_SIZE, USER_MIN + PAGE_SIZE },
		{ AT, AT },
		{ AT + PAGE_SIZE, AT },
		{ AT + 1, AT + PAGE_SIZE },
		{ AT, AT + PAGE_SIZE + 1 },
		{ -PAGE_SIZE, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(mmap_set(bad[i][0], bad[i][1], RW), -ENOMEM);
	assert_int_equal(mmap_area_n(), 0);
	set(USER_MIN, USER_MIN + PAGE_SIZE, RW);
	set(TASK_SIZE - PAGE_SIZE, TASK_SIZE, RW);
	touch(USER_MIN);
	touch(TASK_SIZE - 1);
	host_check_program();
}

/* As the direct map has them: no table, and never taken for one. */
static void large_page(void **state)
{
	u64 pages = host_pages_out();

	assert_int_equal(vm_map_large(DIRECT_MAP, 0x200000), 0);
	assert_int_equal(host_pages_out(), pages + 2);
	assert_int_equal(vm_map(DIRECT_MAP + PAGE_SIZE, 0x1000, PAGE_SIZE, VM_WRITE), -ENOMEM);
	assert_int_equal(vm_lookup(DIRECT_MAP + PAGE_SIZE), 0);
	vm_protect(DIRECT_MAP, DIRECT_MAP + TABLE, VM_READ);
	vm_unmap(DIRECT_MAP, DIRECT_MAP + TABLE, 0, 0);
	assert_int_equal(vm_map(DIRECT_MAP, 0x1000, PAGE_SIZE, VM_WRITE), -ENOMEM);
	assert_int_equal(host_pages_out(), pages + 2);
}

static void most_areas(void **state)
{
	u64 end = page_at(2 * VM_AREAS_MAX);

	for (u32 i = 0; i < VM_AREAS_MAX; i++)
		assert_int_equal(mmap_set(page_at(2 * i), page_at(2 * i + 1), RW), 0);
	assert_int_equal(mmap_area_n(), VM_AREAS_MAX);
	assert_int_equal(mmap_set(end, end + PAGE_SIZE, RW), -ENOMEM);
	/* one that grows, and one that fills a gap, make no new one */
	assert_int_equal(mmap_set(page_at(2 * VM_AREAS_MAX - 1), end + 2 * PAGE_SIZE, RW), 0);
	assert_int_equal(mmap_set(page_at(1), page_at(2), RW), 0);
	assert_int_equal(mmap_area_n(), VM_AREAS_MAX - 1);
	assert_int_equal(mmap_set(AT - DIR, AT - DIR + PAGE_SIZE, RW), 0);
	/* the middle of an area would leave one more; an end, a whole one, several do not */
	assert_int_equal(mmap_remove(end, end + PAGE_SIZE), -ENOMEM);
	assert_int_equal(mmap_protect(end, end + PAGE_SIZE, PROT_READ), -ENOMEM);
	assert_area(VM_AREAS_MAX - 1, page_at(2 * VM_AREAS_MAX - 2), end + 2 * PAGE_SIZE, RW);
	assert_int_equal(mmap_remove(end + PAGE_SIZE, end + 2 * PAGE_SIZE), 0);
	assert_int_equal(mmap_remove(end, end + PAGE_SIZE), 0);
	assert_int_equal(mmap_remove(page_at(0), page_at(3)), 0);
	assert_int_equal(mmap_area_n(), VM_AREAS_MAX - 1);
	assert_true(host_mem_out() >= VM_AREAS_MAX * sizeof(struct vm_area));
	assert_int_equal(mmap_remove(page_at(9), end), 0);
	assert_int_equal(mmap_area_n(), 4);
	host_check_program();
}

/* The table cannot grow: nothing has changed, and what needs no room still works. */
static void no_memory_for_an_area(void **state)
{
	u32 n = 0;

	host_fail_commit(1, true);
	while (mmap_set(page_at(4 * n), page_at(4 * n + 3), RW) == 0)
		n++;
	assert_int_equal(n, 128);
	assert_int_equal(mmap_area_n(), n);
	assert_int_equal(mmap_remove(page_at(1), page_at(2)), -ENOMEM);
	assert_int_equal(mmap_protect(page_at(1), page_at(2), PROT_READ), -ENOMEM);
	assert_area(0, page_at(0), page_at(3), RW);
	assert_int_equal(mmap_remove(page_at(0), page_at(1)), 0);
	assert_int_equal(mmap_remove(page_at(2), page_at(5)), 0);
	assert_int_equal(mmap_area_n(), n);
	host_fail_commit(0, false);
	assert_int_equal(mmap_set(page_at(4 * n), page_at(4 * n + 1), RW), 0);
	/* nor can it shrink: it stays as large as it is */
	for (u32 i = n + 1; i < 4 * n; i++)
		assert_int_equal(mmap_set(page_at(4 * i), page_at(4 * i + 1), RW), 0);
	host_fail_commit(1, true);
	assert_int_equal(mmap_remove(page_at(8), page_at(16 * n)), 0);
	assert_int_equal(mmap_area_n(), 2);
	host_check_program();
}

/* ---- page tables --------------------------------------------------------------------------- */

static void tables_go_with_their_pages(void **state)
{
	for (u32 i = 0; i < 1000; i++) {
		u64 at = AT + i * TABLE;

		assert_int_equal(mmap_set(at, at + PAGE_SIZE, RW), 0);
		touch(at);
		assert_int_equal(mmap_remove(at, at + PAGE_SIZE), 0);
		assert_int_equal(vm_user_tables(), 0);
	}
	assert_int_equal(host_pages_out(), 1);
}

/* Two areas that share tables of one level: it stays with the last of them. */
static void tables_stay_for_a_neighbour(void **state)
{
	static const struct {
		u64 apart;
		u32 tables, left;
	} level[] = { { PAGE_SIZE * 8, 3, 3 }, { TABLE, 4, 3 }, { DIR, 5, 3 }, { DIRS, 6, 3 } };

	for (size_t i = 0; i < ARRAY_SIZE(level); i++) {
		u64 other = AT + level[i].apart;

		set(AT, AT + PAGE_SIZE, RW);
		set(other, other + PAGE_SIZE, RW);
		touch(AT);
		touch(other);
		assert_int_equal(vm_user_tables(), level[i].tables);
		assert_int_equal(mmap_remove(AT, AT + PAGE_SIZE), 0);
		assert_int_equal(vm_user_tables(), level[i].left);
		assert_int_not_equal(vm_lookup(other), 0);
		host_check_program();
		assert_int_equal(mmap_remove(AT, other + PAGE_SIZE), 0);
		assert_int_equal(vm_user_tables(), 0);
	}
}

/* No memory for a page, or for one of its three tables: those that are there go with the area. */
static void no_memory_for_a_page(void **state)
{
	for (u32 n = 0; n < 4; n++) {
		set(AT, AT + PAGE_SIZE, RW);
		host_limit_pages(n);
		assert_null(mmap_populate(AT));
		host_check_program();
		host_limit_pages(HOST_NO_LIMIT);
		host_end_program();
	}
	set(AT, AT + PAGE_SIZE, RW);
	host_limit_pages(4);
	assert_non_null(mmap_populate(AT));
}

static void rights_of_pages(void **state)
{
	set(AT, page_at(3), RW);
	for (u32 i = 0; i < 3; i++)
		touch(page_at(i));
	protect(1, 1, PROT_NONE);
	host_check_program();
	assert_false(host_pte(page_at(1)) & HOST_PTE_P);
	protect(0, 3, PROT_READ | PROT_EXEC);
	host_check_program();
	assert_int_equal(
		host_pte(page_at(1)) & (HOST_PTE_P | HOST_PTE_W | HOST_PTE_NX), HOST_PTE_P);
	assert_int_equal(*(u8 *)mmap_populate(page_at(1)), 1); /* what it held */
}

static void discarded(void **state)
{
	set(page_at(0), page_at(2), RW);
	set(page_at(2), page_at(4), RW | AREA_SHARED);
	set(page_at(5), page_at(6), PROT_READ);
	for (u32 i = 0; i < 6; i++)
		if (i != 4)
			touch(page_at(i));
	mmap_discard(page_at(1), page_at(6));
	host_check_program();
	assert_int_not_equal(vm_lookup(page_at(0)), 0);
	assert_int_equal(vm_lookup(page_at(1)), 0);
	assert_int_not_equal(vm_lookup(page_at(2)), 0); /* shared: its contents stay */
	assert_int_equal(vm_lookup(page_at(5)), 0);
	assert_int_equal(mmap_area_n(), 3);
}

/* ---- moved --------------------------------------------------------------------------------- */

static void moved(void **state)
{
	const u64 to = AT + DIRS;
	u64 pa;

	set(AT, page_at(4), RW);
	touch(page_at(1));
	touch(page_at(3));
	protect(3, 1, PROT_NONE);
	pa = vm_lookup(page_at(1));
	assert_int_equal(mmap_move(AT, 3 * PAGE_SIZE, to, 5 * PAGE_SIZE), 0);
	host_check_program();
	assert_area(2, to, to + 5 * PAGE_SIZE, RW);
	assert_int_equal(vm_lookup(to + PAGE_SIZE), pa);
	assert_int_equal(vm_lookup(page_at(1)), 0);
	assert_int_not_equal(vm_lookup(page_at(3)), 0);
	/* back, and shorter: what does not fit stays where it was */
	assert_int_equal(mmap_move(to, 5 * PAGE_SIZE, page_at(8), PAGE_SIZE), 0);
	assert_int_equal(vm_lookup(to + PAGE_SIZE), pa);
}

/* Pages in many tables, and memory for some of those they need: all are where they were. */
static void no_memory_to_move(void **state)
{
	const u64 len = 8 * TABLE, to = AT + DIRS;
	u32 n = 0;

	set(AT, AT + len, RW);
	for (u64 va = AT; va < AT + len; va += TABLE / 2)
		touch(va);
	for (host_limit_pages(n); mmap_move(AT, len, to, len) < 0; host_limit_pages(++n)) {
		host_check_program();
		assert_int_equal(mmap_area_n(), 1);
		for (u64 va = AT; va < AT + len; va += TABLE / 2)
			assert_int_not_equal(vm_lookup(va), 0);
	}
	host_check_program();
	assert_int_equal(n, 2 + 8);
}

/* ---- where the kernel puts things ---------------------------------------------------------- */

static void below_the_stack(void **state)
{
	const u64 stack = USER_STACK_TOP - USER_STACK_SIZE, gap = 256 * PAGE_SIZE;
	long at;

	set(stack, USER_STACK_TOP, RW);
	at = sys_mmap(0, PAGE_SIZE, RW, MAP, -1ul, 0);
	assert_int_equal(at, stack - gap - PAGE_SIZE);
	at = sys_mmap(stack - PAGE_SIZE, PAGE_SIZE, RW, MAP, -1ul, 0); /* a hint does not help */
	assert_int_equal(at, stack - gap - 2 * PAGE_SIZE);
	at = sys_mmap(stack - PAGE_SIZE, PAGE_SIZE, RW, MAP | FIXED, -1ul, 0); /* an order does */
	assert_int_equal(at, stack - PAGE_SIZE);
}

static void free_ranges(void **state)
{
	set(page_at(0), page_at(2), RW);
	set(page_at(5), page_at(6), RW);
	set(page_at(7), page_at(9), RW);
	assert_int_equal(mmap_free_range(PAGE_SIZE, page_at(20)), page_at(19));
	assert_int_equal(mmap_free_range(PAGE_SIZE, page_at(9)), page_at(6));
	assert_int_equal(mmap_free_range(PAGE_SIZE, page_at(8)), page_at(6)); /* inside an area */
	assert_int_equal(mmap_free_range(2 * PAGE_SIZE, page_at(9)), page_at(3));
	assert_int_equal(mmap_free_range(4 * PAGE_SIZE, page_at(9)), AT - 4 * PAGE_SIZE);
	assert_int_equal(mmap_free_range(AT - USER_MIN, page_at(9)), USER_MIN);
	assert_int_equal(mmap_free_range(AT, page_at(9)), 0);
	assert_int_equal(mmap_free_range(TASK_SIZE, page_at(9)), 0);
}

/* The search begins where the last one ended, as long as nothing above has become free. */
static void free_range_found_again(void **state)
{
	long at[10];

	for (u32 i = 0; i < 10; i++)
		at[i] = sys_mmap(0, 2 * PAGE_SIZE, i % 2 ? RW : PROT_READ, MAP, -1ul, 0);
	assert_int_equal(sys_munmap((u64)at[3], 2 * PAGE_SIZE), 0);
	assert_int_equal(sys_mmap(0, 3 * PAGE_SIZE, RW, MAP, -1ul, 0), at[9] - 3 * PAGE_SIZE);
	assert_int_equal(sys_mmap(0, PAGE_SIZE, RW, MAP, -1ul, 0), at[3] + PAGE_SIZE);
	assert_int_equal(sys_mmap(0, PAGE_SIZE, RW, MAP, -1ul, 0), at[3]);
	assert_int_equal(sys_mmap(0, PAGE_SIZE, RW, MAP, -1ul, 0), at[9] - 4 * PAGE_SIZE);
	assert_int_equal(sys_munmap((u64)at[0], 2 * PAGE_SIZE), 0);
	assert_int_equal(sys_mmap(0, 2 * PAGE_SIZE, RW, MAP, -1ul, 0), at[0]);
}

/* ---- system calls: what has no counterpart on Linux, or needs a look inside ----------------- */

static void refused(void **state)
{
	assert_int_equal(sys_mmap(0, PAGE_SIZE, PROT_ALL, MAP, -1ul, 0), -EACCES);
	assert_int_equal(sys_mmap(AT, PAGE_SIZE, RW, MAP | FIXED, -1ul, 0), AT);
	assert_int_equal(sys_mprotect(AT, PAGE_SIZE, PROT_ALL), -EACCES);
	assert_int_equal(sys_mmap(TASK_SIZE, PAGE_SIZE, RW, MAP | FIXED, -1ul, 0), -ENOMEM);
	assert_int_equal(
		sys_mmap(TASK_SIZE - PAGE_SIZE, 2 * PAGE_SIZE, RW, MAP | FIXED, -1ul, 0), -ENOMEM);
	assert_int_equal(sys_mmap(0, TASK_SIZE, RW, MAP, -1ul, 0), -ENOMEM);
	assert_int_equal(sys_mmap(0, -1ul, RW, MAP, -1ul, 0), -ENOMEM);
	assert_int_equal(sys_mmap(0xf000, PAGE_SIZE, RW, MAP | FIXED, -1ul, 0), -EPERM);
	assert_int_equal(sys_madvise(AT, PAGE_SIZE, 102), -EINVAL); /* GUARD_INSTALL: not kept */
}

static void shared_keeps_its_contents(void **state)
{
	assert_int_equal(sys_mmap(AT, 2 * PAGE_SIZE, RW, SHARED | FIXED, -1ul, 0), AT);
	touch(AT);
	assert_int_equal(sys_mprotect(AT, PAGE_SIZE, PROT_READ), 0);
	assert_int_equal(sys_madvise(AT, 2 * PAGE_SIZE, 4), 0);
	assert_int_not_equal(vm_lookup(AT), 0);
}

int main(void)
{
#define MM_TEST(fn) cmocka_unit_test_setup_teardown(fn, up, down)
	const struct CMUnitTest mm[] = {
		MM_TEST(joined_after_protect),
		MM_TEST(joined_page_by_page),
		MM_TEST(joined_with_both_neighbours),
		MM_TEST(set_over_others),
		MM_TEST(only_the_programs_half),
		MM_TEST(most_areas),
		MM_TEST(no_memory_for_an_area),
		MM_TEST(tables_go_with_their_pages),
		MM_TEST(tables_stay_for_a_neighbour),
		MM_TEST(no_memory_for_a_page),
		MM_TEST(rights_of_pages),
		MM_TEST(discarded),
		MM_TEST(moved),
		MM_TEST(no_memory_to_move),
		MM_TEST(below_the_stack),
		MM_TEST(free_ranges),
		MM_TEST(free_range_found_again),
		MM_TEST(refused),
		MM_TEST(shared_keeps_its_contents),
		BARE_TEST(large_page),
	};

	return cmocka_run_group_tests(mm, NULL, NULL);
}
