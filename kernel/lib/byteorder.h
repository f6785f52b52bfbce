/* SPDX-License-Identifier: MIT
 * byteorder.h - network byte order as a type: mixing it with host order does not compile.
 * Not here: unaligned access (wire structs are packed, the compiler does it).
 * Used by net/ and drivers/. Calls nothing.
 * Source: RFC 1700 "data notation"; x86 and every host we test on is little endian. */
#pragma once

#include "kernel/lib/types.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "be16/be32 swap unconditionally: this build needs a little-endian target"
#endif

/* .raw holds the bytes as they stand on the wire. Only equality makes sense on it. */
typedef struct {
	u16 raw;
} be16;

typedef struct {
	u32 raw;
} be32;

static inline be16 cpu_to_be16(u16 v)
{
	return (be16){ __builtin_bswap16(v) };
}

static inline be32 cpu_to_be32(u32 v)
{
	return (be32){ __builtin_bswap32(v) };
}

static inline u16 be16_to_cpu(be16 v)
{
	return __builtin_bswap16(v.raw);
}

static inline u32 be32_to_cpu(be32 v)
{
	return __builtin_bswap32(v.raw);
}

static inline bool be16_eq(be16 a, be16 b)
{
	return a.raw == b.raw;
}

static inline bool be32_eq(be32 a, be32 b)
{
	return a.raw == b.raw;
}

static inline bool be16_is_zero(be16 a)
{
	return a.raw == 0;
}

static inline bool be32_is_zero(be32 a)
{
	return a.raw == 0;
}

static inline be32 be32_and(be32 a, be32 b)
{
	return (be32){ a.raw & b.raw };
}

static inline be32 be32_or(be32 a, be32 b)
{
	return (be32){ a.raw | b.raw };
}

/* The mask of a prefix: prefix_mask(24) is 255.255.255.0. len: 0..32 bits. */
static inline be32 prefix_mask(u8 len)
{
	return cpu_to_be32(len == 0 ? 0 : ~0u << (32 - len));
}

#define BE32_ZERO ((be32){ 0 })
#define BE16_ZERO ((be16){ 0 })
