/* SPDX-License-Identifier: MIT
 * test_elf.c - crafted images: what is accepted, and each refusal in its words.
 * Not here: mapping (tests/boot).
 * cmocka calls in; images are built from the ABI's figures, a field changed at a time.
 * Source: System V ABI, figures 4-3 and 5-1. */
#include "tests/unit/stack.h"
#include "kernel/process/elf.h"
#include "kernel/lib/string.h"

#define VA_MAX 0x00007fffffff0000ull

enum {
	IMAGE_LEN = 0x2000,
	TEXT = 0x400000
};
/* Where a field stands in the header, and in the first program header. */
enum {
	E_CLASS = 4,
	E_DATA = 5,
	E_VERSION = 6,
	E_TYPE = 16,
	E_MACHINE = 18,
	E_ENTRY = 24,
	E_PHOFF = 32,
	E_PHENTSIZE = 54,
	E_PHNUM = 56
};
enum {
	PH = 64,
	P_TYPE = 0,
	P_FLAGS = 4,
	P_OFFSET = 8,
	P_VADDR = 16,
	P_FILESZ = 32,
	P_MEMSZ = 40,
	PH_LEN = 56
};

static u8 image[IMAGE_LEN];
static struct elf_program program;

static void put(u32 at, u64 value, u32 bytes)
{
	for (u32 i = 0; i < bytes; i++)
		image[at + i] = (u8)(value >> 8 * i);
}

static void segment(u32 i, u32 flags, u64 offset, u64 va, u64 file_len, u64 mem_len)
{
	u32 at = PH + i * PH_LEN;

	put(at + P_TYPE, 1, 4);
	put(at + P_FLAGS, flags, 4);
	put(at + P_OFFSET, offset, 8);
	put(at + P_VADDR, va, 8);
	put(at + P_FILESZ, file_len, 8);
	put(at + P_MEMSZ, mem_len, 8);
}

/* Text r-x with the headers in it, data rw- with some zeros behind. */
static void good(void)
{
	memset(image, 0, sizeof(image));
	memcpy(image, "\177ELF\2\1\1", 7);
	put(E_TYPE, 2, 2);
	put(E_MACHINE, 62, 2);
	put(E_ENTRY, TEXT + 0x200, 8);
	put(E_PHOFF, PH, 8);
	put(E_PHENTSIZE, PH_LEN, 2);
	put(E_PHNUM, 2, 2);
	segment(0, 5, 0, TEXT, 0x800, 0x800);
	segment(1, 6, 0x1000, TEXT + 0x1000, 0x100, 0x3000);
}

static const char *read_image(size_t len)
{
	return elf_read(image, len, VA_MAX, &program);
}

static void assert_refused(const char *why)
{
	const char *problem = read_image(IMAGE_LEN);

	assert_non_null(problem);
	if (!strstr(problem, why))
		fail_msg("'%s' is not in '%s'", why, problem);
}

/* One field of the good image changed: it must be refused so. */
static void change(u32 at, u64 value, u32 bytes, const char *why)
{
	good();
	put(at, value, bytes);
	assert_refused(why);
}

static void accepted(void **state)
{
	good();
	assert_null(read_image(IMAGE_LEN));
	assert_int_equal(program.entry, TEXT + 0x200);
	assert_int_equal(program.segment_n, 2);
	assert_int_equal(program.low, TEXT);
	assert_int_equal(program.high, TEXT + 0x4000);
	assert_int_equal(program.phdr_va, TEXT + PH);
	assert_int_equal(program.phdr_n, 2);
	assert_int_equal(program.phdr_len, PH_LEN);
	assert_false(program.position_independent);
	assert_int_equal(program.segment[0].prot, 5); /* PROT_READ | PROT_EXEC */
	assert_int_equal(program.segment[1].prot, 3); /* PROT_READ | PROT_WRITE */
	assert_int_equal(program.segment[1].mem_len, 0x3000);
	assert_int_equal(program.segment[1].file_len, 0x100);
	put(PH + PH_LEN + P_MEMSZ, 0, 8); /* empty segments are passed over */
	put(PH + PH_LEN + P_FILESZ, 0, 8);
	assert_null(read_image(IMAGE_LEN));
	assert_int_equal(program.segment_n, 1);
}

static void position_independent(void **state)
{
	good();
	put(E_TYPE, 3, 2);
	put(E_ENTRY, 0x200, 8);
	put(PH + P_VADDR, 0, 8);
	put(PH + PH_LEN + P_VADDR, 0x1000, 8);
	assert_null(read_image(IMAGE_LEN));
	assert_true(program.position_independent);
	assert_int_equal(program.low, 0);
}

static void not_elf(void **state)
{
	good();
	assert_string_equal(read_image(0), "empty");
	assert_string_equal(read_image(3), "not an ELF file");
	assert_true(elf_is(image, 4));
	assert_false(elf_is(image, 3));
	change(1, 'X', 1, "not an ELF file");
	assert_false(elf_is(image, IMAGE_LEN));
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
	good();
	assert_non_null(strstr(read_image(4), "ELF header"));
	assert_non_null(strstr(read_image(63), "ELF header"));
	assert_non_null(strstr(read_image(64), "program headers"));
	assert_non_null(strstr(read_image(PH + 2 * PH_LEN - 1), "program headers"));
	assert_non_null(strstr(read_image(PH + 2 * PH_LEN), "segment"));
	assert_non_null(strstr(read_image(0x10ff), "segment"));
	assert_null(read_image(0x1100));
	change(E_PHOFF, IMAGE_LEN, 8, "program headers");
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
	change(PH + P_VADDR, TEXT + 8, 8, "within the page");
	change(PH + P_FLAGS, 7, 4, "writable and executable");
	change(PH + PH_LEN + P_VADDR, TEXT, 8, "overlap");
	change(PH + PH_LEN + P_VADDR, TEXT - 0x1000, 8, "overlap");
	change(PH + P_FLAGS, 4, 4, "entry point");
	change(E_ENTRY, TEXT + 0x800, 8, "entry point");
	change(E_ENTRY, TEXT - 1, 8, "entry point");
	change(E_ENTRY, 0, 8, "entry point");
	good();
	put(PH + P_TYPE, 4, 4);
	put(PH + PH_LEN + P_TYPE, 4, 4);
	assert_refused("nothing in it is to be loaded");
}

static void too_many_segments(void **state)
{
	good();
	put(E_PHNUM, 17, 2);
	for (u32 i = 0; i < 17; i++)
		segment(i, 5, 0, TEXT + i * 0x1000, 0x800, 0x800);
	assert_refused("more than 16");
	put(E_PHNUM, 16, 2);
	assert_null(read_image(IMAGE_LEN));
}

/* Headers outside every segment: the program cannot be told where they are. */
static void headers_not_loaded(void **state)
{
	good();
	segment(0, 5, 0x1000, TEXT, 0x800, 0x800);
	segment(1, 6, 0x1000, TEXT + 0x1000, 0x100, 0x100);
	assert_null(read_image(IMAGE_LEN));
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
