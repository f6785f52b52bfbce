/* SPDX-License-Identifier: MIT
 * bytes.h - a fuzzer's input as a source of choices: bytes until there are none, zeros from then on.
 * Not here: what is chosen.
 * fuzz_calls.c and what it is made of use it.
 * Source: none. */
#pragma once

#include "kernel/lib/byteorder.h"
#include "kernel/lib/string.h"

struct bytes {
	const u8 *at;
	size_t left;
};

static inline u8 take(struct bytes *b)
{
	if (b->left == 0)
		return 0;
	b->left--;
	return *b->at++;
}

static inline u16 take_u16(struct bytes *b)
{
	u16 high = take(b);

	return (u16)(high << 8 | take(b));
}

static inline u32 take_u32(struct bytes *b)
{
	u32 high = take_u16(b);

	return high << 16 | take_u16(b);
}

/* pick - a number below n. */
static inline u32 pick(struct bytes *b, u32 n)
{
	return take(b) % n;
}

/* now_and_then - true for one byte of sixteen. */
static inline bool now_and_then(struct bytes *b)
{
	return take(b) % 16 == 15;
}

#define PICK_OF(b, table) ((table)[pick(b, ARRAY_SIZE(table))])

/* take_data - len bytes, zeros where the input has ended. */
static inline void take_data(struct bytes *b, void *to, size_t len)
{
	size_t n = min(len, b->left);

	memcpy(to, b->at, n);
	memset((u8 *)to + n, 0, len - n);
	b->at += n;
	b->left -= n;
}
