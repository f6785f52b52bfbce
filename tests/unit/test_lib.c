/* SPDX-License-Identifier: MIT
 * test_lib.c - the kernel's own library: parsing, formatting, slabs, lists.
 * Not here: its memory and string functions (test_string.c), which the host takes from libc.
 * cmocka calls in; what formatting must give is what the C library's snprintf gives.
 * Source: C11 7.21.6.1; inet_pton(3); RFC 4632 3.1. */
#include "kernel/lib/format.h"
#include "kernel/lib/list.h"
#include "kernel/lib/parse.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "tests/unit/stack.h"

#include <stdio.h>

/* The C library's; its header and ours both name struct iovec. */
int inet_pton(int family, const char *text, void *addr);

/* ---- parsing ------------------------------------------------------------------------------- */

static void cutting(void **state)
{
	struct text rest = text_of("a,,b");

	assert_true(text_eq(text_cut(&rest, ','), "a"));
	assert_true(text_eq(text_cut(&rest, ','), ""));
	assert_int_equal(rest.len, 1);
	assert_true(text_eq(text_cut(&rest, ','), "b"));
	assert_int_equal(rest.len, 0);
	assert_true(text_eq(text_cut(&rest, ','), ""));
	assert_true(text_starts(text_of("abc"), "ab"));
	assert_true(text_starts(text_of("abc"), ""));
	assert_false(text_starts(text_of("ab"), "abc"));
	assert_false(text_eq(text_of("ab"), "abc"));
	assert_false(text_eq(text_of("abc"), "ab"));
	assert_false(text_eq((struct text){ "ab\0c", 4 }, "ab")); /* as a file may have it */
}

static void numbers(void **state)
{
	static const char *const bad[] = { "", "-1", "+1", " 1", "1 ", "1x", "4294967296",
		"00000000001", "99999999999", "0x1" };
	u32 v = 77;
	s32 s = 77;

	for (u32 i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(parse_u32(text_of(bad[i]), UINT32_MAX, &v));
	assert_int_equal(v, 77);
	assert_true(parse_u32(text_of("4294967295"), UINT32_MAX, &v));
	assert_int_equal(v, UINT32_MAX);
	assert_false(parse_u32(text_of("256"), 255, &v));
	assert_true(parse_u32(text_of("0255"), 255, &v));
	assert_true(parse_s32(text_of("-2147483647"), &s));
	assert_int_equal(s, -2147483647);
	assert_true(parse_s32(text_of("5"), &s));
	assert_int_equal(s, 5);
	assert_false(parse_s32(text_of("-"), &s));
	assert_false(parse_s32(text_of("--1"), &s));
	assert_false(parse_s32(text_of("2147483648"), &s));
	assert_int_equal(s, 5);
}

/* What inet_pton takes is taken, with the same result; what it refuses is refused. */
static void addresses(void **state)
{
	static const char *const texts[] = { "0.0.0.0", "255.255.255.255", "1.2.3.4", "10.0.0.1",
		"", "1", "1.2", "1.2.3", "1.2.3.", "1.2.3.4.", "1.2.3.4.5", ".1.2.3", "1..2.3",
		"1.2.3.256", "1.2.3.04", "01.2.3.4", "1.2.3.-4", "1.2.3.4 ", " 1.2.3.4", "1.2.3.4x",
		"1.2.3.1000", "a.b.c.d", "00.0.0.0", "1.2.3.0", "...", "1.2.3.4/8" };

	for (u32 i = 0; i < ARRAY_SIZE(texts); i++) {
		u32 expected = 0;
		be32 got = { 0 };
		bool good = inet_pton(AF_INET, texts[i], &expected) == 1;

		assert_int_equal(parse_ipv4(text_of(texts[i]), &got), good);
		assert_int_equal(got.raw, expected);
	}
}

static void prefixes(void **state)
{
	static const struct {
		const char *text;
		u32 addr;
		int len; /* -1: refused */
	} texts[] = {
		{ "default", 0, 0 },
		{ "0.0.0.0/0", 0, 0 },
		{ "10.0.0.0/8", 0x0a000000, 8 },
		{ "10.0.0.1", 0x0a000001, 32 },
		{ "10.0.0.1/32", 0x0a000001, 32 },
		{ "128.0.0.0/1", 0x80000000, 1 },
		{ "10.0.0.0/33", 0, -1 },
		{ "10.0.0.1/8", 0, -1 },
		{ "10.0.0.0/", 0, -1 },
		{ "/8", 0, -1 },
		{ "10.0.0/8", 0, -1 },
		{ "10.0.0.0/-1", 0, -1 },
		{ "Default", 0, -1 },
		{ "10.0.0.0/8/8", 0, -1 },
	};

	for (u32 i = 0; i < ARRAY_SIZE(texts); i++) {
		be32 addr = { 0 };
		u8 len = 99;

		assert_int_equal(
			parse_prefix(text_of(texts[i].text), &addr, &len), texts[i].len >= 0);
		assert_int_equal(be32_to_cpu(addr), texts[i].addr);
		assert_int_equal(len, texts[i].len >= 0 ? texts[i].len : 99);
	}
}

static void ranges(void **state)
{
	u32 low = 7, high = 7;

	assert_false(parse_range(text_of("5-4"), 9, &low, &high));
	assert_false(parse_range(text_of("5-10"), 9, &low, &high));
	assert_false(parse_range(text_of("5-"), 9, &low, &high));
	assert_false(parse_range(text_of("-5"), 9, &low, &high));
	assert_int_equal(low + high, 14);
	assert_true(parse_range(text_of("5-5"), 9, &low, &high));
	assert_true(low == 5 && high == 5);
	assert_true(parse_range(text_of("0-9"), 9, &low, &high));
	assert_true(low == 0 && high == 9);
	assert_true(parse_range(text_of("3"), 9, &low, &high));
	assert_true(low == 3 && high == 3);
}

static void macs(void **state)
{
	static const char *const bad[] = { "", "52:54:00:12:34", "52:54:00:12:34:5",
		"52:54:00:12:34:567", "52:54:00:12:34:g6", "52:54:00:12:34:6g", "525400123456",
		"52.54.00.12.34.56", "52:54:00:12:34 56" };
	u8 mac[6] = { 0 };

	for (u32 i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(parse_mac(text_of(bad[i]), mac));
	for (u32 i = 0; i < 17; i++) { /* no character may be another one */
		char text[] = "52:54:00:12:34:56";

		text[i] = '.';
		assert_false(parse_mac(text_of(text), mac));
	}
	assert_true(parse_mac(text_of("52:54:00:aB:Cd:fF"), mac));
	assert_memory_equal(mac, "\x52\x54\0\xab\xcd\xff", 6);
	assert_true(parse_mac(text_of("01-02-03-04-05-06"), mac));
	assert_memory_equal(mac, "\1\2\3\4\5\6", 6);
}

/* ---- formatting ---------------------------------------------------------------------------- */

#define SAME(...)                                                                                  \
	do {                                                                                       \
		char ours[128], theirs[128];                                                       \
		size_t n = text_format(ours, sizeof(ours), __VA_ARGS__);                           \
		assert_int_equal(n, snprintf(theirs, sizeof(theirs), __VA_ARGS__));                \
		assert_string_equal(ours, theirs);                                                 \
	} while (0)

static void as_the_c_library_has_it(void **state)
{
	SAME("plain");
	SAME("%d %d %d", 0, -1, INT32_MIN);
	SAME("%u %u", 0u, UINT32_MAX);
	SAME("%x %x", 0u, 0xdeadbeefu);
	SAME("%08X %X %x", 0xbeefu, 0xdeadu, 0xdeadu);
	SAME("%ld %lu %lx", INT64_MIN, UINT64_MAX, UINT64_MAX);
	SAME("%zu %zx", (size_t)1 << 40, (size_t)-1);
	SAME("[%5d] [%-5d] [%05d] [%05d]", 42, 42, 42, -42);
	SAME("[%8x] [%08x] [%-8x]", 0xabcu, 0xabcu, 0xabcu);
	SAME("[%2d] [%02d]", 12345, 12345);
	SAME("[%*d] [%*s]", 6, 7, 4, "ab");
	SAME("%s [%5s] [%-5s] [%.*s] [%.*s]", "", "ab", "ab", 2, "abcdef", 9, "ab");
	SAME("%c%c%%", 'o', 'k');
}

static size_t format_with(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	size_t n;

	va_start(args, fmt);
	n = text_vformat(buf, size, fmt, args);
	va_end(args);
	return n;
}

static void our_own_conversions(void **state)
{
	const be32 addr = cpu_to_be32(0xc0a800ff);
	const u8 mac[6] = { 0x52, 0x54, 0, 0x0a, 0xbc, 0xff };
	char buf[64];

	text_format(buf, sizeof(buf), "%pI4|%pM", &addr, mac);
	assert_string_equal(buf, "192.168.0.255|52:54:00:0a:bc:ff");
	text_format(buf, sizeof(buf), "%p", (void *)0xabcdul);
	assert_string_equal(buf, "000000000000abcd");
}

/* More zeros are asked for than a number has room for: blanks do for the rest. */
static void width_has_no_bound(void **state)
{
	char buf[64];

	assert_int_equal(format_with(buf, sizeof(buf), "%040x", 0xabcu), 40);
	assert_string_equal(buf, "                000000000000000000000abc");
}

static void unknown_conversions_show_themselves(void **state)
{
	char buf[16];

	assert_int_equal(format_with(buf, sizeof(buf), "%q %"), 4);
	assert_string_equal(buf, "%q %");
	format_with(buf, sizeof(buf), "%s", NULL);
	assert_string_equal(buf, "(null)");
}

static void text_is_cut(void **state)
{
	char buf[8] = "1234567";

	assert_int_equal(text_format(buf, 1, "abc"), 0);
	assert_string_equal(buf, "");
	assert_int_equal(text_format(buf, 4, "%d", 123456), 3);
	assert_string_equal(buf, "123");
	assert_memory_equal(buf + 4, "567", 4); /* nothing behind its room was touched */
}

static void strings_are_cut(void **state)
{
	char buf[4];

	assert_true(strscpy(buf, "abc", 4));
	assert_string_equal(buf, "abc");
	assert_false(strscpy(buf, "abcd", 4));
	assert_string_equal(buf, "abc");
	assert_false(strscpy(buf, "a", 1));
	assert_string_equal(buf, "");
}

/* ---- slabs and lists ------------------------------------------------------------------------ */

struct object {
	u8 bytes[100];
};

static void slab_objects(void **state)
{
	static struct slab slab = SLAB(struct object);
	struct object *objects[100];
	static const struct object zero;
	size_t out;

	for (u32 i = 0; i < 100; i++) {
		objects[i] = slab_alloc(&slab);
		assert_memory_equal(objects[i], &zero, sizeof(zero));
		assert_int_equal((uintptr_t)objects[i] % 16, 0);
		memset(objects[i], (int)i + 1, sizeof(zero));
	}
	for (u32 i = 0; i < 100; i++)
		for (u32 j = 0; j < sizeof(zero); j++)
			assert_int_equal(objects[i]->bytes[j], (u8)(i + 1));
	assert_int_equal(slab.in_use, 100);
	out = host_mem_out();
	for (u32 i = 0; i < 100; i++)
		slab_free(&slab, objects[i]);
	slab_free(&slab, NULL);
	assert_int_equal(slab.in_use, 0);
	for (u32 i = 0; i < 100; i++) /* zeroed again, and from the same pages */
		assert_memory_equal(slab_alloc(&slab), &zero, sizeof(zero));
	assert_int_equal(host_mem_out(), out);
}

static void slab_without_memory(void **state)
{
	static struct slab slab = SLAB(struct object);

	host_fail_commit(1, true);
	assert_null(slab_alloc(&slab));
	assert_int_equal(slab.in_use, 0);
	host_fail_commit(0, false);
	assert_non_null(slab_alloc(&slab));
}

struct node {
	struct list_head list;
	int value;
};

static void lists(void **state)
{
	struct list_head head = LIST_HEAD_INIT(head);
	struct node n[4] = { { .value = 0 }, { .value = 1 }, { .value = 2 }, { .value = 3 } }, *at,
		    *tmp;
	int order = 0;

	assert_true(list_empty(&head));
	list_add_tail(&n[1].list, &head);
	list_add_tail(&n[2].list, &head);
	list_add(&n[0].list, &head);
	list_add_tail(&n[3].list, &head);
	list_for_each(at, &head, list)
		assert_int_equal(at->value, order++);
	assert_int_equal(order, 4);
	list_for_each_safe(at, tmp, &head, list)
		if (at->value % 2)
			list_del(&at->list);
	list_del(&n[1].list); /* twice is harmless */
	assert_ptr_equal(list_first_entry(&head, struct node, list), &n[0]);
	assert_ptr_equal(head.prev, &n[2].list);
	list_del(&n[0].list);
	list_del(&n[2].list);
	assert_true(list_empty(&head));
}

int main(void)
{
	const struct CMUnitTest lib[] = {
		BARE_TEST(cutting),
		BARE_TEST(numbers),
		BARE_TEST(addresses),
		BARE_TEST(prefixes),
		BARE_TEST(ranges),
		BARE_TEST(macs),
		BARE_TEST(as_the_c_library_has_it),
		BARE_TEST(our_own_conversions),
		BARE_TEST(width_has_no_bound),
		BARE_TEST(unknown_conversions_show_themselves),
		BARE_TEST(text_is_cut),
		BARE_TEST(strings_are_cut),
		BARE_TEST(slab_objects),
		BARE_TEST(slab_without_memory),
		BARE_TEST(lists),
	};

	return cmocka_run_group_tests(lib, NULL, NULL);
}
