/* SPDX-License-Identifier: MIT
 * test_elf.c - crafted images: what is accepted, and each refusal in its words.
 * Not here: mapping (tests/boot).
 * cmocka calls in; images are those of elf_image.c, a field changed at a time.
 * Source: System V ABI, figures 4-3 and 5-1. */
#include "kernel/lib/string.h"
#include "kernel/process/elf.h"
#include "tests/unit/elf_image.h"
#include "tests/unit/stack.h"

#define VA_MAX 0x00007fffffff0000ull

static struct elf_program program;

static const char *read_image(size_t len)
{
	return elf_read(elf_image, len, VA_MAX, &program);
}

static void assert_refused(const char *why)
{
	const char *problem = read_image(ELF_IMAGE_LEN);

	assert_non_null(problem);
	if (!strstr(problem, why))
		fail_msg("'%s' is not in '%s'", why, problem);
}

/* One field of the good image changed: it must be refused so. */
static void change(u32 at, u64 value, u32 bytes, const char *why)
{
	elf_good();
	elf_put(at, value, bytes);
	assert_refused(why);
}

static void accepted(void **state)
{
	elf_good();
	assert_null(read_image(ELF_IMAGE_LEN));
	assert_int_equal(program.entry, ELF_TEXT + 0x200);
	assert_int_equal(program.segment_n, 2);
	assert_int_equal(program.low, ELF_TEXT);
	assert_int_equal(program.high, ELF_TEXT + 0x4000);
	assert_int_equal(program.phdr_va, ELF_TEXT + PH);
	assert_int_equal(program.phdr_n, 2);
	assert_int_equal(program.phdr_len, PH_LEN);
	assert_false(program.position_independent);
	assert_int_equal(program.segment[0].prot, 5); /* PROT_READ | PROT_EXEC */
	assert_int_equal(program.segment[1].prot, 3); /* PROT_READ | PROT_WRITE */
	assert_int_equal(program.segment[1].mem_len, 0x3000);
	assert_int_equal(program.segment[1].file_len, 0x100);
	elf_put(PH + PH_LEN + P_MEMSZ, 0, 8); /* empty segments are passed over */
	elf_put(PH + PH_LEN + P_FILESZ, 0, 8);
	assert_null(read_image(ELF_IMAGE_LEN));
	assert_int_equal(program.segment_n, 1);
}

static void position_independent(void **state)
{
	elf_good_pie();
	assert_null(read_image(ELF_IMAGE_LEN));
	assert_true(program.position_independent);
	assert_int_equal(program.low, 0);
	assert_int_equal(program.align, 0x1000);
	elf_put(PH + PH_LEN + P_ALIGN, 0x200000, 8);
	assert_null(read_image(ELF_IMAGE_LEN));
	assert_int_equal(program.align, 0x200000);
	elf_put(PH + PH_LEN + P_ALIGN, 0x201000, 8); /* impossible */
	assert_null(read_image(ELF_IMAGE_LEN));
	assert_int_equal(program.align, 0x1000);
}

static void not_elf(void **state)
{
	elf_good();
	assert_string_equal(read_image(0), "empty");
	assert_string_equal(read_image(3), "not an ELF file");
	assert_true(elf_is(elf_image, 4));
	assert_false(elf_is(elf_image, 3));
	change(1, 'X', 1, "not an ELF file");
	assert_false(elf_is(elf_image, ELF_IMAGE_LEN));
}

static void wrong_kind(void **state)
{
	change(E_CLASS, 1, 1, "64-bit");
	change(E_DATA, 2, 1, "little-endian");
	change(E_MACHINE, 183, 2, "another machine");
	change(E_VERSION, 2, 1, "unknown version");
	change(E_TYPE, 1, 2, "not an executable");
	change(E_TYPE, 4, 2, "not an executable");
	change(PH + P_TYPE, 3, 4, "link it with -static");
}

static void truncated(void **state)
{
	elf_good();
	assert_non_null(strstr(read_image(4), "ELF header"));
	assert_non_null(strstr(read_image(63), "ELF header"));
	assert_non_null(strstr(read_image(64), "program headers"));
	assert_non_null(strstr(read_image(PH + 2 * PH_LEN - 1), "program headers"));
	assert_non_null(strstr(read_image(PH + 2 * PH_LEN), "segment"));
	assert_non_null(strstr(read_image(0x10ff), "segment"));
	assert_null(read_image(0x1100));
	change(E_PHOFF, ELF_IMAGE_LEN, 8, "program headers");
	change(E_PHOFF, ~0ull, 8, "program headers");
	change(PH + P_OFFSET, ~0ull, 8, "segment");
	change(PH + P_FILESZ, ~0ull, 8, "segment");
}

static void malformed(void **state)
{
	change(E_PHENTSIZE, 32, 2, "program headers of the right size");
	change(E_PHNUM, 0, 2, "program headers of the right size");
	change(PH + P_MEMSZ, 0x7ff, 8, "longer in the file");
	change(PH + PH_LEN + P_MEMSZ, VA_MAX, 8, "address space");
	change(PH + PH_LEN + P_MEMSZ, ~0ull, 8, "address space");
	change(PH + PH_LEN + P_VADDR, VA_MAX + 0x1000, 8, "address space");
	change(PH + PH_LEN + P_VADDR, 0xffffffff80000000, 8, "address space");
	change(PH + P_VADDR, 0xf000, 8, "below 64 KiB");
	change(PH + P_VADDR, ELF_TEXT + 8, 8, "within the page");
	change(PH + P_FLAGS, 7, 4, "writable and executable");
	change(PH + PH_LEN + P_VADDR, ELF_TEXT, 8, "overlap");
	change(PH + PH_LEN + P_VADDR, ELF_TEXT - 0x1000, 8, "overlap");
	change(PH + P_FLAGS, 4, 4, "entry point");
	change(E_ENTRY, ELF_TEXT + 0x800, 8, "entry point");
	change(E_ENTRY, ELF_TEXT - 1, 8, "entry point");
	change(E_ENTRY, 0, 8, "entry point");
	elf_good();
	elf_put(PH + P_TYPE, 4, 4);
	elf_put(PH + PH_LEN + P_TYPE, 4, 4);
	assert_refused("nothing in it is to be loaded");
}

static void too_many_segments(void **state)
{
	elf_good();
	elf_put(E_PHNUM, 17, 2);
	for (u32 i = 0; i < 17; i++)
		elf_segment(i, 5, 0, ELF_TEXT + i * 0x1000, 0x800, 0x800);
	assert_refused("more than 16");
	elf_put(E_PHNUM, 16, 2);
	assert_null(read_image(ELF_IMAGE_LEN));
}

/* Headers outside every segment: the program cannot be told where they are. */
static void headers_not_loaded(void **state)
{
	elf_good();
	elf_segment(0, 5, 0x1000, ELF_TEXT, 0x800, 0x800);
	elf_segment(1, 6, 0x1000, ELF_TEXT + 0x1000, 0x100, 0x100);
	assert_null(read_image(ELF_IMAGE_LEN));
	assert_int_equal(program.phdr_va, 0);
}

int main(void)
{
	const struct CMUnitTest elf[] = {
		BARE_TEST(accepted),
		BARE_TEST(position_independent),
		BARE_TEST(not_elf),
		BARE_TEST(wrong_kind),
		BARE_TEST(truncated),
		BARE_TEST(malformed),
		BARE_TEST(too_many_segments),
		BARE_TEST(headers_not_loaded),
	};

	return cmocka_run_group_tests(elf, NULL, NULL);
}
