/* SPDX-License-Identifier: MIT
 * string.c - memory and string functions; gcc also calls the first four on its own.
 * Not here: copies from and to user memory (kernel/mm/uaccess_copy.S).
 * Used by every file. Calls nothing.
 * Source: C11 7.24. */
#include "kernel/lib/string.h"
#include "kernel/lib/types.h"

#ifndef MUFFIN_HOST

#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef strlen

/* For QEMU's emulator: words in a loop. There each iteration of `rep movsb` costs as much as one instruction and copies
 * one byte. */
typedef u64 __attribute__((may_alias, aligned(1))) word;

typedef u32 __attribute__((may_alias, aligned(1))) half;

/* The last word, or half, may overlap the one before. It is loaded first, so that memmove's source may lie behind its
 * destination. */
void *memcpy(void *restrict dst, const void *restrict src, size_t len)
{
	u8 *d = dst, *end = d + len;
	const u8 *s = src;

	if (len >= sizeof(word)) {
		word last = *(const word *)(s + len - sizeof(word));

		for (; len >= 4 * sizeof(word); len -= 4 * sizeof(word)) {
			((word *)d)[0] = ((const word *)s)[0];
			((word *)d)[1] = ((const word *)s)[1];
			((word *)d)[2] = ((const word *)s)[2];
			((word *)d)[3] = ((const word *)s)[3];
			d += 4 * sizeof(word);
			s += 4 * sizeof(word);
		}
		for (; len > sizeof(word); len -= sizeof(word)) {
			*(word *)d = *(const word *)s;
			d += sizeof(word);
			s += sizeof(word);
		}
		*(word *)(end - sizeof(word)) = last;
		return dst;
	}
	if (len >= sizeof(half)) {
		half last = *(const half *)(s + len - sizeof(half));

		*(half *)d = *(const half *)s;
		*(half *)(end - sizeof(half)) = last;
		return dst;
	}
	while (len-- > 0)
		*d++ = *s++;
	return dst;
}

void *memmove(void *dst, const void *src, size_t len)
{
	u8 *d = dst;
	const u8 *s = src;

	if (d <= s || d >= s + len)
		return memcpy(dst, src, len);
	for (; len >= sizeof(word); len -= sizeof(word))
		*(word *)(d + len - sizeof(word)) = *(const word *)(s + len - sizeof(word));
	while (len-- > 0)
		d[len] = s[len];
	return dst;
}

void *memset(void *dst, int c, size_t len)
{
	u8 *d = dst;
	word pattern = 0x0101010101010101ull * (u8)c;

	for (; len >= sizeof(word); len -= sizeof(word)) {
		*(word *)d = pattern;
		d += sizeof(word);
	}
	while (len-- > 0)
		*d++ = (u8)c;
	return dst;
}

int memcmp(const void *a, const void *b, size_t len)
{
	const u8 *x = a, *y = b;

	for (; len > 0; len--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

void *memchr(const void *s, int c, size_t len)
{
	const u64 ones = 0x0101010101010101ull, tops = ones << 7;
	const u8 *p = s;

	/* A byte equal to c is zero after the exclusive or, and only a zero byte borrows into its own
	 * top bit: eight bytes are looked at together until one of them may be it. */
	for (; len >= sizeof(word); len -= sizeof(word), p += sizeof(word)) {
		u64 v = *(const word *)p ^ ones * (u8)c;

		if ((v - ones) & ~v & tops)
			break;
	}
	for (; len > 0; len--, p++)
		if (*p == (u8)c)
			return (void *)(uintptr_t)p;
	return NULL;
}

size_t strlen(const char *s)
{
	const char *p = s;

	while (*p)
		p++;
	return (size_t)(p - s);
}

int strncmp(const char *a, const char *b, size_t len)
{
	for (; len > 0; len--, a++, b++)
		if (*a != *b || !*a)
			return (u8)*a - (u8)*b;
	return 0;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

char *strchr(const char *s, int c)
{
	for (;; s++) {
		if (*s == (char)c)
			return (char *)(uintptr_t)s;
		if (!*s)
			return NULL;
	}
}

#endif

bool strscpy(char *dst, const char *src, size_t size)
{
	size_t len = strlen(src);
	bool fits = len < size;

	if (!fits)
		len = size - 1;
	memcpy(dst, src, len);
	dst[len] = '\0';
	return fits;
}
