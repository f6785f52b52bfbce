/* SPDX-License-Identifier: MIT
 * string.h - the few memory and string functions a freestanding kernel must bring itself.
 * Not here: formatting (format.h), numbers (parse.h). The host build takes libc's.
 * Used by every file. Calls nothing.
 * Source: C11 7.24. */
#pragma once

/* MUFFIN_HOST is set for the unit tests, fuzzers and native benches, never for the kernel. */

#ifdef MUFFIN_HOST
#include <string.h>
#else
#include "kernel/lib/types.h"

/* memcpy - copy len bytes between areas that do not overlap. Returns dst. */
void *memcpy(void *dst, const void *src, size_t len);

/* memmove - copy len bytes, overlapping or not. Returns dst. */
void *memmove(void *dst, const void *src, size_t len);

/* memset - set len bytes to (u8)c. Returns dst. */
void *memset(void *dst, int c, size_t len);

/* memcmp - compare len bytes: below, equal to or above zero. */
int memcmp(const void *a, const void *b, size_t len);

/* memchr - the first byte equal to (u8)c among len, or NULL. */
void *memchr(const void *s, int c, size_t len);

/* strlen - bytes before the closing zero. */
size_t strlen(const char *s);

/* strcmp - compare two strings: below, equal to or above zero. */
int strcmp(const char *a, const char *b);

/* strncmp - the same over at most len bytes. */
int strncmp(const char *a, const char *b, size_t len);

/* strchr - the first c in s (the closing zero counts), or NULL. */
char *strchr(const char *s, int c);

/* Freestanding, the compiler takes these for functions like any other: tell it that it knows them,
 * so that a copy of known length becomes a few moves. */
#define memcpy  __builtin_memcpy
#define memmove __builtin_memmove
#define memset  __builtin_memset
#define memcmp  __builtin_memcmp
#define strlen  __builtin_strlen
#endif

#include <stddef.h>

/* strscpy - copy a string into size bytes (size > 0), always closed with a zero.
 * Returns  false when it had to be cut */
_Bool strscpy(char *dst, const char *src, size_t size);
