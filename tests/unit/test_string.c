/* SPDX-License-Identifier: MIT
 * test_string.c - the kernel's memory and string functions beside the C library's.
 * Not here: strscpy (test_lib.c).
 * cmocka calls in; tests.mk builds the kernel's source with "our_" before every name, because on the
 * host the C library's functions take their place.
 * Source: C11 7.24. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "kernel/lib/types.h"

void *our_memcpy(void *dst, const void *src, size_t len);
void *our_memmove(void *dst, const void *src, size_t len);
void *our_memset(void *dst, int c, size_t len);
int our_memcmp(const void *a, const void *b, size_t len);
void *our_memchr(const void *s, int c, size_t len);
size_t our_strlen(const char *s);
int our_strcmp(const char *a, const char *b);
int our_strncmp(const char *a, const char *b, size_t len);
char *our_strchr(const char *s, int c);

#define ROOM 80

static u8 ours[ROOM], theirs[ROOM], source[ROOM];

static void fill(void)
{
	for (u32 i = 0; i < ROOM; i++) {
		source[i] = (u8)(i * 7 + 3);
		ours[i] = theirs[i] = (u8)(200 - i);
	}
}

static void copying(void **state)
{
	for (u32 at = 0; at < 9; at++) {
		for (u32 len = 0; len < 70; len++) {
			fill();
			assert_ptr_equal(our_memcpy(ours + at, source + 1, len), ours + at);
			memcpy(theirs + at, source + 1, len);
			assert_memory_equal(ours, theirs, ROOM);
		}
	}
}

static void moving(void **state)
{
	for (u32 from = 0; from < 20; from++) {
		for (u32 to = 0; to < 20; to++) {
			for (u32 len = 0; len < 50; len++) {
				fill();
				assert_ptr_equal(
					our_memmove(ours + to, ours + from, len), ours + to);
				memmove(theirs + to, theirs + from, len);
				assert_memory_equal(ours, theirs, ROOM);
			}
		}
	}
}

static void setting(void **state)
{
	for (u32 at = 0; at < 9; at++) {
		for (u32 len = 0; len < 70; len++) {
			fill();
			assert_ptr_equal(our_memset(ours + at, 0x1a5, len), ours + at);
			memset(theirs + at, 0x1a5, len);
			assert_memory_equal(ours, theirs, ROOM);
		}
	}
}

static int sign(int v)
{
	return (v > 0) - (v < 0);
}

static void comparing(void **state)
{
	static const char *const s[] = { "", "a", "ab", "abc", "abd", "b", "\xff", "a\xff" };

	for (u32 i = 0; i < ARRAY_SIZE(s); i++) {
		assert_int_equal(our_strlen(s[i]), strlen(s[i]));
		for (u32 j = 0; j < ARRAY_SIZE(s); j++) {
			size_t both = min(strlen(s[i]), strlen(s[j])) + 1;

			assert_int_equal(sign(our_strcmp(s[i], s[j])), sign(strcmp(s[i], s[j])));
			assert_int_equal(
				sign(our_memcmp(s[i], s[j], both)), sign(memcmp(s[i], s[j], both)));
			for (size_t n = 0; n < 4; n++)
				assert_int_equal(sign(our_strncmp(s[i], s[j], n)),
					sign(strncmp(s[i], s[j], n)));
		}
	}
}

static void searching(void **state)
{
	static const char s[] = "abcabc\xff";
	static const int wanted[] = { 'a', 'c', 'z', 0, 0xff, -1 };

	for (u32 i = 0; i < ARRAY_SIZE(wanted); i++) {
		assert_ptr_equal(our_strchr(s, wanted[i]), strchr(s, wanted[i]));
		for (size_t n = 0; n <= sizeof(s); n++)
			assert_ptr_equal(our_memchr(s, wanted[i], n), memchr(s, wanted[i], n));
	}
}

int main(void)
{
	const struct CMUnitTest string[] = {
		cmocka_unit_test(copying),
		cmocka_unit_test(moving),
		cmocka_unit_test(setting),
		cmocka_unit_test(comparing),
		cmocka_unit_test(searching),
	};

	return cmocka_run_group_tests(string, NULL, NULL);
}
