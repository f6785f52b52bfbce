/* SPDX-License-Identifier: MIT
 * host_machine.c - the machine as net/ sees it, made of an ordinary process.
 * Not here: realism. Time is a number, randomness a fixed sequence, and a breach of the memory
 * contract aborts instead of working by luck.
 * net/ calls in through net/core/machine.h, tests through host_machine.h; it calls the C library.
 * Source: net/core/machine.h. */
#define _GNU_SOURCE
#include "tests/unit/host_machine.h"
#include "kernel/lib/format.h"
#include "net/fib/popcount.h"

/* After ours: the C library puts its own __always_inline in place without a complaint. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sanitizer/asan_interface.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE          4096ul
#define LARGE_PAGE    (2ul << 20)
#define NULL_PAGE_END 4096ul
#define IDLE_STEP_NS  (10 * NSEC_PER_MSEC)
#define IDLE_LEAST_NS NSEC_PER_USEC /* time passes even when there is nothing to rest for */
#define DEFAULT_TOTAL (64ull << 20)
#define DMA_ALIGN_MAX (64u << 10)
#define CAPTURE_MAX   (64u << 10)

bool cpu_has_popcnt;

__attribute__((constructor)) static void detect_cpu(void)
{
	cpu_has_popcnt = __builtin_cpu_supports("popcnt") != 0;
}

/* ---- memory ---------------------------------------------------------------------------- */

/* One entry per reservation, newest first; page_in[i] says whether its page i is committed. */
struct reservation {
	struct reservation *next;
	char *at;
	size_t bytes;
	bool page_in[];
};

static struct reservation *reservations;
static size_t mem_out;
static unsigned commits, fail_at;
static bool fail_again, plain_memory;
static u64 total_bytes = DEFAULT_TOTAL;

static struct reservation *reservation_of(const char *at, size_t bytes)
{
	struct reservation *r = reservations;

	while (r != NULL && (at < r->at || at >= r->at + r->bytes))
		r = r->next;
	if (r == NULL || bytes > (size_t)(r->at + r->bytes - at))
		panic("memory at %p, %zu bytes: not inside one reservation", (const void *)at,
			bytes);
	if ((size_t)at % PAGE != 0 || bytes % PAGE != 0)
		panic("memory at %p, %zu bytes: not whole pages", (const void *)at, bytes);
	return r;
}

/* Both directions: a page must change its state, or the caller has lost count of its memory. */
static void mark_pages(const char *at, size_t bytes, bool in)
{
	struct reservation *r = reservation_of(at, bytes);
	size_t first = (size_t)(at - r->at) / PAGE;

	for (size_t i = first; i < first + bytes / PAGE; i++) {
		if (r->page_in[i] == in)
			panic("page %p is %s already", (void *)(r->at + i * PAGE),
				in ? "committed" : "decommitted");
		r->page_in[i] = in;
	}
	mem_out = in ? mem_out + bytes : mem_out - bytes;
}

static bool commit_refused(void)
{
	commits++;
	return fail_at != 0 && (commits == fail_at || (fail_again && commits > fail_at));
}

/* Address space of more than is needed, then both ends cut off. */
static void *map_aligned(size_t bytes, size_t align)
{
	int prot = plain_memory ? PROT_READ | PROT_WRITE : PROT_NONE;
	char *at =
		mmap(NULL, bytes + align, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (at == MAP_FAILED)
		return NULL;
	char *start = (char *)ALIGN_UP((uintptr_t)at, align);
	if (start != at)
		munmap(at, (size_t)(start - at));
	munmap(start + bytes, (size_t)(at + align - start));
	return start;
}

void mem_poison(const void *at, size_t bytes)
{
	ASAN_POISON_MEMORY_REGION(at, bytes);
}

void mem_unpoison(const void *at, size_t bytes)
{
	ASAN_UNPOISON_MEMORY_REGION(at, bytes);
}

void host_plain_memory(bool on)
{
	plain_memory = on;
}

void *mem_reserve(size_t bytes)
{
	bytes = ALIGN_UP(bytes, plain_memory ? LARGE_PAGE : PAGE);
	void *at = map_aligned(bytes, plain_memory ? LARGE_PAGE : PAGE);
	if (at == NULL)
		return NULL;
	struct reservation *r = calloc(1, sizeof *r + bytes / PAGE);
	if (r == NULL)
		panic("the test host is out of memory");
	r->at = at;
	r->bytes = bytes;
	r->next = reservations;
	reservations = r;
	return at;
}

int mem_commit(void *at, size_t bytes)
{
	if (commit_refused())
		return -ENOMEM;
	mark_pages(at, bytes, true);
	if (!plain_memory && mprotect(at, bytes, PROT_READ | PROT_WRITE) != 0)
		panic("mprotect: the test host is out of memory");
	return 0;
}

void mem_decommit(void *at, size_t bytes)
{
	mark_pages(at, bytes, false);
	if (plain_memory) {
		memset(at, 0, bytes);
		return;
	}
	/* A fresh mapping: a later commit finds zeroes, an access before it faults. */
	if (mmap(at, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
		    0) == MAP_FAILED)
		panic("mmap: cannot decommit");
}

void mem_release(void *at, size_t bytes)
{
	struct reservation **link = &reservations;

	while ((*link)->at != at)
		link = &(*link)->next;
	struct reservation *r = *link;
	*link = r->next;
	munmap(r->at, r->bytes);
	free(r);
}

void *mem_alloc(size_t bytes)
{
	bytes = ALIGN_UP(bytes, PAGE);
	void *at = mem_reserve(bytes);
	if (at != NULL && mem_commit(at, bytes) == 0)
		return at;
	if (at != NULL)
		mem_release(at, bytes);
	return NULL;
}

void mem_free(void *at, size_t bytes)
{
	mem_decommit(at, ALIGN_UP(bytes, PAGE));
	mem_release(at, bytes);
}

/* Aligned as the contract says, by cutting a larger reservation; like there, it never comes back. */
void *dma_alloc(size_t bytes)
{
	size_t align = is_power_of_two(bytes) && bytes <= DMA_ALIGN_MAX ? max(bytes, PAGE) : PAGE;

	bytes = ALIGN_UP(bytes, PAGE);
	uintptr_t at = (uintptr_t)mem_reserve(bytes + align);
	if (at == 0)
		return NULL;
	at = ALIGN_UP(at, align);
	if (mem_commit((void *)at, bytes) < 0)
		return NULL;
	return memset((void *)at, 0xa5, bytes); /* its contents are unknown, says the contract */
}

u64 mem_total(void)
{
	return total_bytes;
}

void host_fail_commit(unsigned n, bool again)
{
	fail_at = n == 0 ? 0 : commits + n;
	fail_again = again;
}

unsigned host_commits(void)
{
	return commits;
}

size_t host_mem_out(void)
{
	return mem_out;
}

void host_set_mem_total(u64 bytes)
{
	total_bytes = bytes;
}

/* ---- time ------------------------------------------------------------------------------ */

static u64 now_ns, tick_ns;
static unsigned idles;
static void (*idle_fn)(void *arg);
static void *idle_arg;

u64 clock_ns(void)
{
	now_ns += tick_ns;
	return now_ns;
}

static u64 booted_ns;

void clock_realtime_start(void)
{
	booted_ns = HOST_BOOTED_NS;
}

u64 clock_realtime_ns(void)
{
	return booted_ns + now_ns;
}

void host_tick_clock(u64 ns)
{
	tick_ns = ns;
}

void host_set_clock(u64 ns)
{
	now_ns = ns;
}

void host_advance_clock(u64 ns)
{
	now_ns += ns;
}

static bool signalled;

void host_signal(bool on)
{
	signalled = on;
}

bool signal_pending(bool restart)
{
	return signalled;
}

void machine_idle(u64 until_ns)
{
	u64 left = until_ns > now_ns ? until_ns - now_ns : 0;

	idles++;
	now_ns += min(max(left, IDLE_LEAST_NS), IDLE_STEP_NS);
	if (idle_fn != NULL)
		idle_fn(idle_arg);
}

void host_on_idle(void (*fn)(void *arg), void *arg)
{
	idle_fn = fn;
	idle_arg = arg;
}

unsigned host_idles(void)
{
	return idles;
}

/* ---- randomness ------------------------------------------------------------------------ */

static u64 random_state;

void host_seed(u64 seed)
{
	random_state = seed;
}

/* A 64-bit congruential generator (Knuth's MMIX constants); its upper half is the good one. */
u32 random_u32(void)
{
	random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)(random_state >> 32);
}

/* ---- messages -------------------------------------------------------------------------- */

static bool capturing;
static char captured[CAPTURE_MAX];
static size_t captured_len;

void printk(const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	text_vformat(line, sizeof line, fmt, ap);
	va_end(ap);
	/* A level is two bytes: SOH and a digit. */
	const char *text = line[0] == '\001' && line[1] != '\0' ? line + 2 : line;
	if (!capturing) {
		fputs(text, stderr);
		return;
	}
	size_t len = min(strlen(text), CAPTURE_MAX - 1 - captured_len);
	memcpy(captured + captured_len, text, len);
	captured_len += len;
	captured[captured_len] = '\0';
}

void panic(const char *fmt, ...)
{
	va_list ap;

	fputs("panic: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}

void host_capture(bool on)
{
	capturing = on;
	if (on) {
		captured_len = 0;
		captured[0] = '\0';
	}
}

const char *host_captured(void)
{
	return captured;
}

/* ---- user memory ----------------------------------------------------------------------- */

bool access_ok(const void __user *at, size_t len)
{
	return len == 0 || (uintptr_t)at + len > (uintptr_t)at;
}

static const u8 *forbidden;
static size_t forbidden_len;

void host_forbid(const void *at, size_t len)
{
	forbidden = at;
	forbidden_len = len;
}

/* How many of len bytes can be reached. All of the process counts as user memory, but for the page that
 * null pointers point into and what a test has forbidden. */
static size_t reachable(const void __user *user, size_t len)
{
	const u8 *at = user;

	if (!access_ok(at, len) || (uintptr_t)at < NULL_PAGE_END)
		return 0;
	if (forbidden_len == 0 || at + len <= forbidden || at >= forbidden + forbidden_len)
		return len;
	return at < forbidden ? (size_t)(forbidden - at) : 0;
}

int copy_from_user(void *dst, const void __user *src, size_t len)
{
	size_t n = reachable(src, len);

	if (n > 0)
		memcpy(dst, src, n);
	return n < len ? -EFAULT : 0;
}

s64 csum_and_copy_from_user(void *dst, const void __user *src, size_t len)
{
	const u8 *bytes = src;
	u64 sum = 0;

	if (copy_from_user(dst, src, len) < 0)
		return -EFAULT;
	for (size_t i = 0; i < len; i++)
		sum += (u64)bytes[i] << (i % 2 * 8);
	return (s64)sum;
}

int copy_to_user(void __user *dst, const void *src, size_t len)
{
	size_t n = reachable(dst, len);

	if (n > 0)
		memcpy(dst, src, n);
	return n < len ? -EFAULT : 0;
}

void host_reset(void)
{
	host_fail_commit(0, false);
	commits = 0;
	total_bytes = DEFAULT_TOTAL;
	now_ns = 0;
	tick_ns = 0;
	idles = 0;
	host_on_idle(NULL, NULL);
	host_forbid(NULL, 0);
	host_seed(0);
	host_capture(false);
}
