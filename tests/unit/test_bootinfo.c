/* SPDX-License-Identifier: MIT
 * test_bootinfo.c - what three boot protocols hand over, and what malformed information does.
 * Not here: real loaders (tests/boot).
 * cmocka calls in; the source itself is included with the direct map over an array.
 * Source: Multiboot 0.6.96 3.3; Multiboot2 2.0 3.6; Xen hvm_start_info. */
#include "boot/boot.h"
#include "kernel/lib/string.h"
#include "tests/unit/stack.h"

#define MEMORY_LEN 0x8000
static u8 memory[MEMORY_LEN] __aligned(4096);

#undef DIRECT_MAP
#undef BOOT_DIRECT_END
#define DIRECT_MAP      ((uintptr_t)memory)
#define BOOT_DIRECT_END MEMORY_LEN
#include "boot/bootinfo.c"

enum {
	INFO = 0x1000,
	TEXT = 0x2000,
	MODS = 0x3000,
	MMAP = 0x4000,
	RSDP = 0x5000
};

static struct bootinfo info;

static u32 put(u32 at_pa, u64 value, u32 bytes)
{
	for (u32 i = 0; i < bytes; i++)
		memory[at_pa + i] = (u8)(value >> 8 * i);
	return at_pa + bytes;
}

static void put_text(u32 at_pa, const char *s)
{
	memcpy(memory + at_pa, s, strlen(s) + 1);
}

static void read_info(u32 magic)
{
	memset(&info, 0, sizeof(info));
	bootinfo_read(&info, magic, INFO);
}

static void assert_range(u32 i, u64 start, u64 end, u32 type)
{
	assert_int_equal(info.range[i].start_pa, start);
	assert_int_equal(info.range[i].end_pa, end);
	assert_int_equal(info.range[i].type, type);
}

/* ---- multiboot 1 --------------------------------------------------------------------------- */

/* flags, and offsets of Multiboot 3.3: 16 cmdline, 20 mods, 44 mmap, 64 loader's name */
static void mb1(u32 flags, const char *cmdline, const char *loader)
{
	u32 p = MMAP;

	memset(memory, 0, sizeof(memory));
	put(INFO, flags, 4);
	put(INFO + 16, TEXT, 4);
	put_text(TEXT, cmdline);
	put(INFO + 20, 2, 4);
	put(INFO + 24, MODS, 4);
	put(INFO + 44, 2 * 24, 4);
	put(INFO + 48, MMAP, 4);
	put(INFO + 64, TEXT + 0x800, 4);
	put_text(TEXT + 0x800, loader);
	for (u32 i = 0; i < 2; i++) {
		p = put(p, 20, 4);
		p = put(p, i * 0x100000, 8);
		p = put(p, 0x9f000, 8);
		p = put(p, 1 + i, 4);
	}
	put(MODS, 0x200000, 4);
	put(MODS + 4, 0x201234, 4);
	put(MODS + 8, TEXT + 0x900, 4);
	put_text(TEXT + 0x900, "prog arg");
	put(MODS + 16, 0x300000, 4);
	put(MODS + 20, 0x300000, 4); /* empty, and without a string */
}

enum {
	CMDLINE = 1 << 2,
	MODULES = 1 << 3,
	MAP = 1 << 6,
	LOADER = 1 << 9
};

static void multiboot_1(void **state)
{
	mb1(CMDLINE | MODULES | MAP | LOADER, "muffin.elf quiet -- b", "qemu");
	read_info(0x2badb002);
	assert_null(info.problem);
	assert_string_equal(info.protocol, "multiboot 1");
	assert_string_equal(info.cmdline, "muffin.elf quiet -- b");
	assert_true(info.name_first);
	assert_int_equal(info.range_n, 2);
	assert_range(0, 0, 0x9f000, BOOT_USABLE);
	assert_range(1, 0x100000, 0x19f000, BOOT_RESERVED);
	assert_int_equal(info.module_n, 2);
	assert_int_equal(info.module[0].start_pa, 0x200000);
	assert_int_equal(info.module[0].end_pa, 0x201234);
	assert_string_equal(info.module[0].args, "prog arg");
	assert_int_equal(info.module[1].end_pa, info.module[1].start_pa);
	assert_string_equal(info.module[1].args, "");
	mb1(CMDLINE | MAP | LOADER, "quiet", "GRUB 2.06");
	read_info(0x2badb002);
	assert_string_equal(info.cmdline, "quiet");
	assert_false(info.name_first);
	assert_int_equal(info.module_n, 0);
	mb1(CMDLINE | MAP, "quiet", "GRUB 2.06");
	read_info(0x2badb002);
	assert_true(info.name_first); /* what is no loader's name according to its flag is none */
	mb1(MODULES, "", "");
	read_info(0x2badb002);
	assert_string_equal(info.problem, "no memory map");
}

/* ---- multiboot 2 --------------------------------------------------------------------------- */

static u32 tag_at;

static void tag(u32 type, u32 size)
{
	tag_at = ALIGN_UP(tag_at, 8u);
	put(tag_at, type, 4);
	put(tag_at + 4, size, 4);
}

static void mb2_begin(void)
{
	memset(memory, 0, sizeof(memory));
	tag_at = INFO + 8;
}

static void mb2_end(void)
{
	tag(0, 8);
	put(INFO, tag_at + 8 - INFO, 4);
}

static void mb2_text(u32 type, const char *s)
{
	tag(type, (u32)(9 + strlen(s)));
	put_text(tag_at + 8, s);
	tag_at += (u32)(9 + strlen(s));
}

static void mb2_map(u32 entry_size, u32 n)
{
	u32 p;

	tag(6, 16 + entry_size * n);
	p = put(tag_at + 8, entry_size, 4);
	p = put(p, 0, 4);
	for (u32 i = 0; i < n; i++, p += entry_size) {
		put(p, i * 0x100000, 8);
		put(p + 8, 0x80000, 8);
		put(p + 16, 1, 4);
	}
	tag_at = p;
}

static void mb2_module(u32 start, u32 end, const char *args)
{
	tag(3, (u32)(17 + strlen(args)));
	put(tag_at + 8, start, 4);
	put(tag_at + 12, end, 4);
	put_text(tag_at + 16, args);
	tag_at += (u32)(17 + strlen(args));
}

static void multiboot_2(void **state)
{
	mb2_begin();
	mb2_text(1, "quiet -- b");
	mb2_text(99, "something unknown");
	mb2_map(24, 3);
	mb2_module(0x200000, 0x201000, "prog");
	mb2_text(14, "RSD PTR and twelve bytes more");
	mb2_end();
	read_info(0x36d76289);
	assert_null(info.problem);
	assert_string_equal(info.protocol, "multiboot 2");
	assert_string_equal(info.cmdline, "quiet -- b");
	assert_int_equal(info.range_n, 3);
	assert_range(2, 0x200000, 0x280000, BOOT_USABLE);
	assert_int_equal(info.module_n, 1);
	assert_string_equal(info.module[0].args, "prog");
	assert_true(info.has_rsdp);
	assert_memory_equal(info.rsdp, "RSD PTR", 7);
}

/* Entries may grow (a larger entry_size), and may not be of no size. */
static void multiboot_2_entry_sizes(void **state)
{
	mb2_begin();
	mb2_map(40, 2);
	mb2_end();
	read_info(0x36d76289);
	assert_int_equal(info.range_n, 2);
	assert_range(1, 0x100000, 0x180000, BOOT_USABLE);
	mb2_begin();
	mb2_map(24, 1);
	put(INFO + 8 + 8, 0, 4);
	mb2_end();
	read_info(0x36d76289);
	assert_non_null(strstr(info.problem, "malformed"));
	mb2_begin();
	tag(77, 4); /* a tag shorter than its header ends the list */
	put(INFO, 0x100, 4);
	read_info(0x36d76289);
	assert_string_equal(info.problem, "no memory map");
}

static void assert_bad_line(u32 module, const char *what)
{
	assert_non_null(info.line_problem);
	assert_non_null(strstr(info.line_problem, what));
	assert_int_equal(info.line_module, module);
}

static void limits(void **state)
{
	static char text[3000];

	memset(text, 'x', sizeof(text) - 1);
	mb2_begin();
	mb2_text(1, text);
	mb2_map(24, 1);
	for (u32 i = 0; i < BOOT_MODULES_MAX + 3; i++)
		mb2_module(0x200000, 0x100000, "m"); /* ends before it begins: empty */
	mb2_end();
	read_info(0x36d76289);
	assert_null(info.problem);
	assert_bad_line(0, "longer than 2047");
	assert_int_equal(strlen(info.cmdline), 2047);
	assert_int_equal(info.module_n, BOOT_MODULES_MAX);
	assert_int_equal(info.modules_dropped, 3);
	assert_int_equal(info.module[0].end_pa, info.module[0].start_pa);
	mb2_begin();
	mb2_map(24, BOOT_RANGES_MAX + 1);
	mb2_end();
	read_info(0x36d76289);
	assert_non_null(strstr(info.problem, "more ranges"));
	for (u32 len = 2046; len <= 2048; len++) {
		text[len] = '\0';
		mb2_begin();
		mb2_map(24, 1);
		mb2_module(0, 0, "first");
		mb2_module(0, 0, text);
		mb2_end();
		read_info(0x36d76289);
		if (len > 2047)
			assert_bad_line(2, "longer than 2047");
		else
			assert_string_equal(info.module[1].args, text);
		assert_int_equal(info.line_problem != NULL, len > 2047);
		text[len] = 'x';
	}
}

static void ranges_that_are_none(void **state)
{
	mb2_begin();
	mb2_map(24, 3);
	put(INFO + 8 + 16 + 8, 0, 8);          /* empty */
	put(INFO + 8 + 16 + 24 + 8, ~0ull, 8); /* beyond the end of the world */
	mb2_end();
	read_info(0x36d76289);
	assert_int_equal(info.range_n, 1);
	assert_range(0, 0x200000, 0x280000, BOOT_USABLE);
}

/* ---- PVH ----------------------------------------------------------------------------------- */

static void pvh(u32 version)
{
	u32 p = INFO;

	memset(memory, 0, sizeof(memory));
	p = put(p, 0x336ec578, 4);
	p = put(p, version, 4);
	p = put(p, 0, 4);
	p = put(p, 1, 4);
	p = put(p, MODS, 8);
	p = put(p, TEXT, 8);
	p = put(p, RSDP, 8);
	p = put(p, MMAP, 8);
	put(p, 1, 4);
	put_text(TEXT, "quiet");
	put_text(RSDP, "RSD PTR ");
	put(MODS, 0x200000, 8);
	put(MODS + 8, 0x1000, 8);
	put(MMAP, 0x100000, 8);
	put(MMAP + 8, 0x300000, 8);
	put(MMAP + 16, 1, 4);
}

static void pvh_start(void **state)
{
	pvh(1);
	read_info(0x336ec578);
	assert_null(info.problem);
	assert_string_equal(info.protocol, "PVH");
	assert_string_equal(info.cmdline, "quiet");
	assert_range(0, 0x100000, 0x400000, BOOT_USABLE);
	assert_int_equal(info.module[0].end_pa, 0x201000);
	assert_string_equal(info.module[0].args, "");
	assert_memory_equal(info.rsdp, "RSD PTR ", 8);
	pvh(0);
	read_info(0x336ec578);
	assert_non_null(strstr(info.problem, "version 1"));
}

static void unknown_loader(void **state)
{
	read_info(0x12345678);
	assert_non_null(strstr(info.problem, "neither multiboot"));
	assert_string_equal(info.protocol, "unknown");
}

/* ---- hostile loaders ----------------------------------------------------------------------- */

static void assert_malformed(u32 magic)
{
	read_info(magic);
	assert_non_null(info.problem);
	assert_non_null(strstr(info.problem, "malformed"));
}

static void multiboot_1_outside_memory(void **state)
{
	mb1(CMDLINE | MODULES | MAP | LOADER, "quiet", "x");
	put(INFO + 64, MEMORY_LEN - 3, 4); /* a loader's name across the end is none */
	memset(memory + MEMORY_LEN - 5, 'x', 5);
	put(INFO + 16, MEMORY_LEN - 5, 4);
	read_info(0x2badb002);
	assert_null(info.problem);
	assert_bad_line(0, "outside memory");
	mb1(CMDLINE | MODULES | MAP, "quiet", "");
	put(MODS + 8, 0xfffffff0, 4);
	read_info(0x2badb002);
	assert_bad_line(1, "outside memory");
	mb1(MODULES | MAP, "", "");
	put(INFO + 24, 0xfffffff8, 4); /* wraps where 32 bits are added */
	assert_malformed(0x2badb002);
	mb1(MODULES | MAP, "", "");
	put(INFO + 20, UINT32_MAX, 4); /* that many modules end where memory does */
	assert_malformed(0x2badb002);
	mb1(MAP, "", "");
	put(INFO + 48, MEMORY_LEN - 8, 4);
	assert_malformed(0x2badb002);
	mb1(MAP, "", "");
	put(INFO + 44, UINT32_MAX, 4); /* behind the entries there are entries of size zero */
	assert_malformed(0x2badb002);
	memset(&info, 0, sizeof(info));
	bootinfo_read(&info, 0x2badb002, MEMORY_LEN - 8);
	assert_non_null(info.problem);
}

static void multiboot_2_outside_memory(void **state)
{
	mb2_begin();
	mb2_map(24, 1);
	tag(1, 0xffffffff); /* rounded up in 32 bits it would be of no size */
	put(INFO, 0xffffffff, 4);
	assert_malformed(0x36d76289);
	mb2_begin();
	mb2_map(24, 1);
	mb2_text(1, "quiet");
	put(INFO, 8 + 40 + 10, 4); /* all of it ends within the command line */
	assert_malformed(0x36d76289);
	mb2_begin();
	mb2_map(24, 1);
	put(INFO + 8 + 8, 0xfffffff8, 4); /* an entry's size */
	mb2_end();
	read_info(0x36d76289);
	assert_string_equal(info.problem, "no memory map");
	mb2_begin();
	tag(3, 12); /* a module without an end, a map without a size: passed over */
	tag_at += 12;
	tag(6, 12);
	tag_at += 12;
	mb2_map(24, 1);
	mb2_end();
	read_info(0x36d76289);
	assert_null(info.problem);
	assert_int_equal(info.module_n, 0);
	mb2_begin();
	mb2_map(24, 1);
	tag(3, 16 + 2); /* its line ends with the tag */
	memcpy(memory + tag_at + 16, "abc", 3);
	tag_at += 18;
	mb2_end();
	read_info(0x36d76289);
	assert_string_equal(info.module[0].args, "ab");
	memset(&info, 0, sizeof(info));
	bootinfo_read(&info, 0x36d76289, 0xfffffffc);
	assert_string_equal(info.problem, "no memory map");
}

static void pvh_outside_memory(void **state)
{
	static const struct {
		u32 at, bytes;
		u64 value;
		const char *problem;
	} row[] = {
		{ INFO + 16, 8, 1ull << 32, "malformed" },     /* modules */
		{ INFO + 40, 8, UINT64_MAX - 8, "malformed" }, /* memory map */
		{ INFO + 48, 4, UINT32_MAX, "malformed" },     /* its entries */
		{ INFO + 12, 4, UINT32_MAX, "malformed" },     /* modules */
		{ INFO + 0, 4, 0, "version 1" },
	};

	for (u32 i = 0; i < ARRAY_SIZE(row); i++) {
		pvh(1);
		memset(memory + 0x6000, 0xff, MEMORY_LEN - 0x6000);
		put(row[i].at, row[i].value, row[i].bytes);
		read_info(0x336ec578);
		assert_non_null(info.problem);
		assert_non_null(strstr(info.problem, row[i].problem));
	}
	pvh(1);
	put(INFO + 24, 1ull << 40, 8);
	read_info(0x336ec578);
	assert_bad_line(0, "outside memory");
	pvh(1);
	put(INFO + 32, MEMORY_LEN - 35, 8); /* not all of the RSDP: none */
	read_info(0x336ec578);
	assert_null(info.problem);
	assert_false(info.has_rsdp);
	pvh(1);
	put(MODS + 8, UINT64_MAX, 8); /* a size that wraps: empty */
	read_info(0x336ec578);
	assert_int_equal(info.module[0].end_pa, info.module[0].start_pa);
}

int main(void)
{
	const struct CMUnitTest bootinfo[] = {
		BARE_TEST(multiboot_1),
		BARE_TEST(multiboot_2),
		BARE_TEST(multiboot_2_entry_sizes),
		BARE_TEST(limits),
		BARE_TEST(ranges_that_are_none),
		BARE_TEST(pvh_start),
		BARE_TEST(unknown_loader),
		BARE_TEST(multiboot_1_outside_memory),
		BARE_TEST(multiboot_2_outside_memory),
		BARE_TEST(pvh_outside_memory),
	};

	return cmocka_run_group_tests(bootinfo, NULL, NULL);
}
