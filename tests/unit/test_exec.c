/* SPDX-License-Identifier: MIT
 * test_exec.c - a program in its address space: where its segments go, what lies on its stack.
 * Not here: what is wrong with an ELF file as such (test_elf.c), a program that runs (tests/boot).
 * cmocka calls in; images are those of elf_image.c, a field changed at a time.
 * Source: x86-64 psABI 3.4.1; kernel/mm/layout.h. */
#include "kernel/mm/mmap.h"
#include "kernel/process/elf.h"
#include "kernel/process/exec.h"
#include "kernel/process/syscall.h"
#include "tests/unit/elf_image.h"
#include "tests/unit/host_mm.h"
#include "tests/unit/stack.h"

#include <string.h>

#define STACK_START (USER_STACK_TOP - USER_STACK_SIZE)
#define WORDS_MAX   200

static struct exec exec;
static u64 entry, sp;

static int up(void **state)
{
	host_reset();
	host_mm_init();
	exec = (struct exec){
		.name = "x", .image = elf_image, .len = ELF_IMAGE_LEN, .argc = 1, .argv = { "x" }
	};
	return 0;
}

static int down(void **state)
{
	host_limit_pages(HOST_NO_LIMIT);
	host_end_program();
	assert_int_equal(host_pages_out(), 1);
	return 0;
}

/* After success and refusal areas and pages agree, and nothing lies where no program may be. */
static const char *load(void)
{
	const char *problem = exec_load(&exec, &entry, &sp);
	const struct vm_area *a;

	host_check_program();
	for (u32 i = 0; (a = mmap_area(i)); i++)
		assert_true(a->end <= USER_MMAP_TOP || a->start >= STACK_START);
	return problem;
}

static void assert_refused(const char *why)
{
	const char *problem = load();

	assert_non_null(problem);
	if (!strstr(problem, why))
		fail_msg("'%s' is not in '%s'", why, problem);
	host_end_program();
}

static const u8 *memory(u64 va)
{
	u64 pte = host_pte(va);

	assert_true(pte & HOST_PTE_P);
	return (const u8 *)phys_to_virt(pte & HOST_PTE_PA) + va % PAGE_SIZE;
}

static u64 word_at(u64 va)
{
	u64 v;

	memcpy(&v, memory(va), sizeof(v));
	return v;
}

static void loaded(void **state)
{
	elf_good();
	memset(elf_image + 0x1000, 7, 0x200);
	assert_null(load());
	assert_int_equal(entry, ELF_TEXT + 0x200);
	assert_memory_equal(memory(ELF_TEXT), elf_image, 0x800);
	assert_int_equal(*memory(ELF_TEXT + 0x800), 0); /* behind its end in the file */
	assert_int_equal(*memory(ELF_TEXT + 0x10ff), 7);
	assert_int_equal(*memory(ELF_TEXT + 0x1100), 0);
	assert_int_equal(host_pte(ELF_TEXT + 0x2000), 0); /* zeros come when they are touched */
	assert_int_equal(exec_brk(), ELF_TEXT + 0x4000);
	assert_int_equal(mmap_area_n(), 3);
	assert_int_equal(mmap_find(STACK_START)->end, USER_STACK_TOP);
}

/* ---- where segments may be --------------------------------------------------------------- */

/* Fits where it counts from, not where it is moved to: by one page, by far, into the kernel's half. */
static void base_is_added_before_the_bound(void **state)
{
	const u64 far[] = { USER_MMAP_TOP - USER_PIE_BASE, 0x2aaaaaaac000 - (200ull << 20),
		USER_PIE_BASE - 0x10000, USER_MMAP_TOP - 0x4000, USER_MMAP_TOP - 0x3000 };

	for (size_t i = 0; i < ARRAY_SIZE(far); i++) {
		elf_good_pie();
		elf_put(PH + PH_LEN + P_VADDR, far[i], 8);
		elf_put(PH + PH_LEN + P_MEMSZ, 16ull << 20, 8);
		assert_refused("does not fit the address space");
	}
	elf_good_pie();
	elf_put(PH + PH_LEN + P_MEMSZ, USER_MMAP_TOP - USER_PIE_BASE - 0x1000, 8);
	assert_refused("does not fit the address space");
}

/* Moved to the last place below the stack's gap, and one page further. */
static void base_is_added_exactly(void **state)
{
	u64 room;

	elf_good_pie();
	host_seed(1);
	assert_null(load());
	room = USER_MMAP_TOP - (entry - 0x200);
	host_end_program();
	elf_put(PH + PH_LEN + P_VADDR, room - 0x3000, 8);
	host_seed(1);
	assert_null(load());
	assert_int_equal(exec_brk(), USER_MMAP_TOP);
	host_end_program();
	elf_put(PH + PH_LEN + P_VADDR, room - 0x2000, 8);
	host_seed(1);
	assert_refused("does not fit the address space");
}

static void highest_place(void **state)
{
	elf_good();
	elf_put(PH + PH_LEN + P_VADDR, USER_MMAP_TOP - 0x3000, 8);
	assert_null(load());
	assert_int_equal(exec_brk(), USER_MMAP_TOP);
	host_end_program();
	elf_put(PH + PH_LEN + P_VADDR, USER_MMAP_TOP - 0x2000, 8);
	assert_refused("does not fit the address space");
	elf_put(PH + PH_LEN + P_VADDR, STACK_START, 8);
	assert_refused("does not fit the address space");
}

static void moved_at_random(void **state)
{
	u64 first;

	elf_good_pie();
	assert_null(load());
	first = entry - 0x200;
	assert_true(first >= USER_PIE_BASE && first % PAGE_SIZE == 0);
	assert_int_equal(exec_brk(), first + 0x4000);
	host_end_program();
	assert_null(load());
	assert_int_not_equal(entry, first + 0x200);
}

static void moved_by_its_alignment(void **state)
{
	elf_good_pie();
	elf_put(PH + P_ALIGN, 2ull << 20, 8);
	assert_null(load());
	assert_int_equal((entry - 0x200) % (2ull << 20), 0);
	host_end_program();
	elf_put(PH + P_ALIGN, 1ull << 63, 8); /* its base is 0: below 64 KiB */
	assert_refused("does not fit the address space");
	elf_put(PH + P_ALIGN, 0, 8);
	assert_null(load());
}

/* ---- memory ------------------------------------------------------------------------------ */

/* With n pages: at each point where one is missing it is said, and all of them come back. */
static void no_memory(void **state)
{
	u64 n = 0;

	elf_good();
	host_limit_pages(n);
	while (load()) {
		assert_refused("too large for this machine's memory");
		host_limit_pages(++n);
	}
	assert_int_equal(n, 2 + 1 + 3 * 2); /* text, data; stack; their tables */
}

static void arguments_that_do_not_fit(void **state)
{
	static char long_one[64 << 10];

	elf_good();
	memset(long_one, 'a', sizeof(long_one) - 1);
	exec.argv[0] = long_one;
	assert_refused("too large");
	long_one[60 << 10] = '\0';
	assert_null(load());
}

/* ---- the stack --------------------------------------------------------------------------- */

static u64 aux[40];

/* argc, argv, environment, aux vector, each where the one before it ends. */
static void read_stack(u64 argc, const char *const *argv)
{
	u64 at = sp;

	assert_int_equal(sp % 16, 0);
	assert_int_equal(word_at(at), argc);
	for (u64 i = 0; i < argc; i++)
		assert_string_equal(memory(word_at(at += 8)), argv[i]);
	assert_int_equal(word_at(at += 8), 0);
	assert_string_equal(memory(word_at(at += 8)), "HOME=/");
	while (word_at(at += 8))
		assert_non_null(strchr((const char *)memory(word_at(at)), '='));
	memset(aux, 0, sizeof(aux));
	for (at += 8; word_at(at); at += 16)
		aux[word_at(at)] = word_at(at + 8);
}

static void stack(void **state)
{
	elf_good();
	for (u32 argc = 1; argc <= 3; argc++) { /* odd and even: sp is a multiple of 16 */
		exec.argc = argc;
		exec.argv[1] = "one";
		exec.argv[2] = "";
		assert_null(load());
		read_stack(argc, exec.argv);
		assert_int_equal(aux[3], ELF_TEXT + PH); /* AT_PHDR, PHENT, PHNUM, PAGESZ, ENTRY */
		assert_int_equal(aux[4], PH_LEN);
		assert_int_equal(aux[5], 2);
		assert_int_equal(aux[6], PAGE_SIZE);
		assert_int_equal(aux[9], entry);
		assert_non_null(memory(aux[25])); /* AT_RANDOM */
		assert_string_equal(memory(aux[31]), "x");
		host_end_program();
	}
	exec.argc = EXEC_ARGS_MAX;
	for (u32 i = 0; i < EXEC_ARGS_MAX; i++)
		exec.argv[i] = "argument";
	assert_null(load());
	read_stack(EXEC_ARGS_MAX, exec.argv);
}

/* ---- the heap ---------------------------------------------------------------------------- */

static void heap(void **state)
{
	u64 start;

	elf_good();
	assert_null(load());
	start = exec_brk();
	assert_int_equal(sys_brk(0), start);
	assert_int_equal(sys_brk(start + 5), start + 5);
	assert_int_equal(sys_brk(start + PAGE_SIZE), start + PAGE_SIZE);
	assert_int_equal(sys_brk(start - 1), start + PAGE_SIZE);
	assert_int_equal(sys_brk(TASK_SIZE), start + PAGE_SIZE);
	assert_int_equal(sys_brk(USER_MMAP_TOP + 1), start + PAGE_SIZE);
	assert_int_equal(sys_brk(~0ull), start + PAGE_SIZE);
	assert_int_equal(sys_brk(DIRECT_MAP), start + PAGE_SIZE);
	/* it keeps a page from what is above */
	assert_int_equal(mmap_set(start + 4 * PAGE_SIZE, start + 5 * PAGE_SIZE, PROT_READ), 0);
	assert_int_equal(sys_brk(start + 3 * PAGE_SIZE + 1), start + PAGE_SIZE);
	assert_int_equal(sys_brk(start + 3 * PAGE_SIZE), start + 3 * PAGE_SIZE);
	assert_int_equal(sys_brk(start), start);
	host_check_program();
	assert_int_equal(mmap_remove(start + 4 * PAGE_SIZE, start + 5 * PAGE_SIZE), 0);
	assert_int_equal(sys_brk(USER_MMAP_TOP), USER_MMAP_TOP); /* all there is */
	assert_int_equal(sys_mmap(0, PAGE_SIZE, PROT_READ, 0x22, -1ul, 0), ELF_TEXT - PAGE_SIZE);
	assert_int_equal(sys_brk(start), start);
}

int main(void)
{
#define EXEC_TEST(fn) cmocka_unit_test_setup_teardown(fn, up, down)
	const struct CMUnitTest tests[] = {
		EXEC_TEST(loaded),
		EXEC_TEST(base_is_added_before_the_bound),
		EXEC_TEST(base_is_added_exactly),
		EXEC_TEST(highest_place),
		EXEC_TEST(moved_at_random),
		EXEC_TEST(moved_by_its_alignment),
		EXEC_TEST(no_memory),
		EXEC_TEST(arguments_that_do_not_fit),
		EXEC_TEST(stack),
		EXEC_TEST(heap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
