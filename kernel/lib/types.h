/* SPDX-License-Identifier: MIT
 * types.h - the words everything else is written in: integers, byte order, small helpers.
 * Not here: anything that needs the machine; this file also builds into the host tests.
 * Used by every file. Calls nothing.
 * Source: C11. Names as in Linux, where it has them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

typedef ptrdiff_t ssize;

#define likely(x)      __builtin_expect(!!(x), 1)
#define unlikely(x)    __builtin_expect(!!(x), 0)
#define ARRAY_SIZE(a)  (sizeof(a) / sizeof((a)[0]))
#define BIT(n)         (1u << (n))
#define __packed       __attribute__((packed))
#define __aligned(n)   __attribute__((aligned(n)))
#define __must_check   __attribute__((warn_unused_result))
#define __noreturn     __attribute__((noreturn))
#define __printf(f, a) __attribute__((format(printf, f, a)))
#undef __always_inline /* host builds: the C library has its own */
#define __always_inline inline __attribute__((always_inline))
#define noinline        __attribute__((noinline))
#define __cold          __attribute__((cold)) /* runs once: built small */
#define CACHE_LINE      64

/* A pointer into user memory: never dereferenced, only handed to the copy functions. */
#define __user

#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

#define min(a, b)                                                                                  \
	({                                                                                         \
		__typeof__(a) _a = (a);                                                            \
		__typeof__(b) _b = (b);                                                            \
		_a < _b ? _a : _b;                                                                 \
	})
#define max(a, b)                                                                                  \
	({                                                                                         \
		__typeof__(a) _c = (a);                                                            \
		__typeof__(b) _d = (b);                                                            \
		_c > _d ? _c : _d;                                                                 \
	})

#define ALIGN_UP(x, a)   (((x) + ((a)-1)) & ~((__typeof__(x))(a)-1))
#define ALIGN_DOWN(x, a) ((x) & ~((__typeof__(x))(a)-1))

static inline bool is_power_of_two(u64 x)
{
	return x != 0 && (x & (x - 1)) == 0;
}

/* One volatile access: for memory a device or another context also touches. */
#define READ_ONCE(x)     (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))
#define barrier()        __asm__ volatile("" ::: "memory")

/* Error pointers, as Linux has them: a pointer that is really a negative errno. */
#define MAX_ERRNO 4095

static inline void *ERR_PTR(long err)
{
	return (void *)err;
}

static inline long PTR_ERR(const void *p)
{
	return (long)p;
}

static inline bool IS_ERR(const void *p)
{
	return (unsigned long)p >= (unsigned long)-MAX_ERRNO;
}
