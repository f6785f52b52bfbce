/* SPDX-License-Identifier: MIT
 * machine.h - all that the network stack needs from the machine under it.
 * Not here: anything x86. The kernel implements this in kernel/, the unit tests,
 * fuzzers and native benches in tests/unit/host_machine.c.
 * Used by net/ only. */
#pragma once

#include "kernel/lib/errno.h"
#include "kernel/lib/types.h"

/* ---- time ------------------------------------------------------------------------------ */

/* clock_ns - monotonic time since boot, in nanoseconds. */
u64 clock_ns(void);

/* clock_realtime_ns - nanoseconds since 1970 (UTC). Before clock_realtime_start: since boot. */
u64 clock_realtime_ns(void);

/* clock_realtime_start - read the time of day, once. That may take milliseconds and memory, so it happens when a
 * socket asks for time stamps, not when a packet gets one. */
void clock_realtime_start(void);

#define NSEC_PER_USEC 1000ul
#define NSEC_PER_MSEC 1000000ul
#define NSEC_PER_SEC  1000000000ul

/* ---- randomness ------------------------------------------------------------------------ */

/* random_u32 - 32 unpredictable bits (RFC 4086: seeded from the CPU where it can). */
u32 random_u32(void);

/* ---- messages -------------------------------------------------------------------------- */

/* printk - one line to the console and its log. Levels as in Linux: 3 err .. 7 debug. */
void printk(const char *fmt, ...) __printf(1, 2);

#define KERN_ERR     "\0013"
#define KERN_WARNING "\0014"
#define KERN_NOTICE  "\0015"
#define KERN_INFO    "\0016"
#define KERN_DEBUG   "\0017"

#define pr_err(...)    printk(KERN_ERR __VA_ARGS__)
#define pr_warn(...)   printk(KERN_WARNING __VA_ARGS__)
#define pr_notice(...) printk(KERN_NOTICE __VA_ARGS__)
#define pr_info(...)   printk(KERN_INFO __VA_ARGS__)
#define pr_debug(...)  printk(KERN_DEBUG __VA_ARGS__)

/* panic - a broken invariant: say what and where, stop. Never for input, a device, a full table. */
void panic(const char *fmt, ...) __printf(1, 2) __noreturn;

#define BUG_ON(cond)                                                                               \
	do {                                                                                       \
		if (unlikely(cond))                                                                \
			panic("%s:%d: %s", __FILE__, __LINE__, #cond);                             \
	} while (0)

/* ---- memory: control path only, never between sendto and the doorbell ------------------ */

/* mem_reserve - address space without memory behind it.
 * bytes    rounded up to whole 4096-byte pages
 * Returns  a page-aligned address, or NULL when the address space is used up */
void *mem_reserve(size_t bytes);

/* mem_commit - put zeroed memory behind part of a reservation.
 * at, bytes   whole pages inside one reservation, not committed yet
 * Returns     0, or -ENOMEM with nothing committed */
int mem_commit(void *at, size_t bytes) __must_check;

/* mem_decommit - give the memory back, keep the address space. Same argument rules. */
void mem_decommit(void *at, size_t bytes);

/* mem_release - give a reservation back after mem_decommit; bytes as for mem_reserve. */
void mem_release(void *at, size_t bytes);

/* mem_alloc - a reservation with all its memory: zeroed, page-aligned; NULL when there is none. */
void *mem_alloc(size_t bytes);

/* mem_free - the opposite of mem_alloc; the same number of bytes. */
void mem_free(void *at, size_t bytes);

/* mem_total - physical memory of the machine in bytes. Pools derive their sizes from it. */
u64 mem_total(void);

/* dma_alloc - memory that a device can read and write: physically contiguous, aligned to a page (to
 * its own size when that is a power of two up to 64 KiB). Its contents are unknown: large pools are
 * not touched before they are used. Never given back. NULL when there is none. */
void *dma_alloc(size_t bytes);

/* mem_poison, mem_unpoison - a free object must not be touched before it is allocated again: on the host
 * AddressSanitizer checks that; in the kernel these do nothing. */
#ifdef MUFFIN_HOST
void mem_poison(const void *at, size_t bytes);
void mem_unpoison(const void *at, size_t bytes);
#else
static inline void mem_poison(const void *at, size_t bytes)
{
}
static inline void mem_unpoison(const void *at, size_t bytes)
{
}
#endif

/* ---- user memory ----------------------------------------------------------------------- */

/* access_ok - does [at, at + len) lie in the program's half of the address space? The copies below ask
 * themselves; this is for calls that refuse before they copy. */
bool access_ok(const void __user *at, size_t len);

/* copy_from_user - the only way in. Returns 0 or -EFAULT (then dst is undefined). */
int copy_from_user(void *dst, const void __user *src, size_t len) __must_check;

/* copy_to_user - the only way out. Returns 0 or -EFAULT (some bytes may have been written). */
int copy_to_user(void __user *dst, const void *src, size_t len) __must_check;

#ifdef MUFFIN_HOST
#define TASK_SIZE (1ull << 47)

/* copy_from_user_16 - the same for 16 bytes, the length of an address. */
static inline int copy_from_user_16(void *dst, const void __user *src)
{
	return copy_from_user(dst, src, 16);
}

/* user_access_begin, user_access_end, user_starts_ok, unsafe_copy_4_8, unsafe_copy_from_user, unsafe_get_words, unsafe_get_2,
 * unsafe_put_u32, unsafe_get_u32, unsafe_put_2, unsafe_put_received, unsafe_copy_to_user - see kernel/mm/uaccess_copy.h. */
static inline void user_access_begin(void)
{
}

static inline void user_access_end(void)
{
}

static inline bool user_starts_ok(u64 places)
{
	return places >> 47 == 0;
}

static inline int unsafe_copy_4_8(void *dst, const void __user *src, size_t len)
{
	return copy_from_user(dst, src, len);
}

static inline int unsafe_copy_from_user(void *dst, const void __user *src, size_t len)
{
	return copy_from_user(dst, src, len);
}

static inline int unsafe_get_words(u64 word[6], const void __user *src)
{
	return copy_from_user(word, src, 6 * sizeof(u64));
}

static inline int unsafe_get_2(u64 *a, u64 *b, const void __user *src)
{
	return copy_from_user(a, src, sizeof(*a)) < 0
		       ? -EFAULT
		       : copy_from_user(b, (const u64 *)src + 1, sizeof(*b));
}

static inline int unsafe_put_u32(u32 value, void __user *dst)
{
	return copy_to_user(dst, &value, sizeof(value));
}

static inline int unsafe_get_u32(u32 *value, const void __user *src)
{
	return copy_from_user(value, src, sizeof(*value));
}

static inline int unsafe_put_2(u64 a, u64 b, void __user *dst)
{
	const u64 both[2] = { a, b };

	return copy_to_user(dst, both, sizeof(both));
}

static inline int unsafe_put_received(u32 flags, u32 len, void __user *dst)
{
	const u64 none = 0;

	return copy_to_user((u8 *)dst + 40, &none, sizeof(none)) < 0 ||
			       copy_to_user((u8 *)dst + 48, &flags, sizeof(flags)) < 0 ||
			       copy_to_user((u8 *)dst + 56, &len, sizeof(len)) < 0
		       ? -EFAULT
		       : 0;
}

static inline int unsafe_copy_to_user(void __user *dst, const void *src, size_t len)
{
	return copy_to_user(dst, src, len);
}

/* csum_and_copy_from_user - the same as copy_from_user, and the sum of the bytes on the way
 * (net/core/checksum.h: 16-bit words as they stand in memory, an odd last byte as if followed by zero).
 * Returns  the unfolded sum, below 2^34; or -EFAULT */
s64 csum_and_copy_from_user(void *dst, const void __user *src, size_t len) __must_check;
#else
/* copy_user, copy_user_begun, copy_user_csum - the copies themselves, but for callers that know which registers they use. */
int copy_user(void *dst, const void *src, size_t len);
int copy_user_begun(void *dst, const void *src, size_t len);
s64 copy_user_csum(void *dst, const void __user *src, size_t len);
#include "kernel/mm/uaccess_copy.h" /* all of these, inline */
#endif

/* ---- waiting --------------------------------------------------------------------------- */

/* machine_idle - let the CPU rest until an interrupt or until_ns (clock_ns), at most 10 ms. When
 * that is too near to fall asleep for, it returns at once. */
void machine_idle(u64 until_ns);

/* signal_pending - whether a signal ends the wait that a system call is in: the caller then leaves with
 * -EINTR. A signal that kills does not come back from here.
 * restart  the call may begin anew afterwards, where the handler was set up so (SA_RESTART) */
bool signal_pending(bool restart);
