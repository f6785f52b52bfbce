/* SPDX-License-Identifier: MIT
 * memory.c - malloc, mmap, munmap, mprotect, brk: what they promise.
 * Not here: faults (fault.c).
 * test_programs.py starts it, here and on the build host.
 * Source: mmap(2), mprotect(2), munmap(2), brk(2), madvise(2). */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"

#define PAGE 4096ul
#define MIB  (1ul << 20)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define RW   (PROT_READ | PROT_WRITE)

static int all_zero(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i])
			return 0;
	return 1;
}

static void check_malloc(void)
{
	char *blocks[200], *large = malloc(8 * MIB);
	int good = 1;

	CHECK("malloc of 8 MiB", large);
	memset(large, 0xaa, 8 * MIB);
	CHECK("all of it can be written", (unsigned char)large[8 * MIB - 1] == 0xaa);
	free(large);
	for (size_t i = 0; i < 200; i++) {
		blocks[i] = malloc(i * 37 + 1);
		memset(blocks[i], (int)i, i * 37 + 1);
	}
	for (size_t i = 0; i < 200; i++) {
		good &= blocks[i][0] == (char)i && blocks[i][i * 37] == (char)i;
		free(blocks[i]);
	}
	CHECK("200 blocks keep what they hold", good);
	large = calloc(1, 4 * MIB);
	CHECK("calloc is zero", large && all_zero(large, 4 * MIB));
	large = realloc(large, 6 * MIB);
	CHECK("realloc keeps", large && all_zero(large, 4 * MIB));
	free(large);
	CHECK("an impossible malloc fails", !malloc(1ul << 60) && errno == ENOMEM);
	good = 1;
	for (int i = 0; i < 300; i++) { /* 1.2 GiB in all: memory must come back */
		char *p = malloc(4 * MIB);

		good &= p != NULL;
		if (p)
			memset(p, 1, 4 * MIB);
		free(p);
	}
	CHECK("freed memory comes back", good);
}

static void check_mmap(void)
{
	char *p = mmap(NULL, 4 * PAGE, RW, ANON, -1, 0);

	CHECK("mmap", p != MAP_FAILED && ((uintptr_t)p & (PAGE - 1)) == 0);
	CHECK("mmap is zero", all_zero(p, 4 * PAGE));
	memset(p, 1, 4 * PAGE);
	CHECK("munmap of the middle", munmap(p + PAGE, PAGE) == 0);
	CHECK("its neighbours stay", p[0] == 1 && p[2 * PAGE] == 1);
	CHECK("munmap of a hole", munmap(p + PAGE, PAGE) == 0);
	CHECK("mmap fixed into the hole",
		mmap(p + PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0) == p + PAGE);
	CHECK("new pages are zero", all_zero(p + PAGE, PAGE) && p[0] == 1 && p[2 * PAGE] == 1);
	CHECK("mmap fixed replaces",
		mmap(p + 2 * PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0) == p + 2 * PAGE);
	CHECK("and clears", all_zero(p + 2 * PAGE, PAGE) && p[3 * PAGE] == 1);
	CHECK("noreplace does not",
		mmap(p, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED &&
			errno == EEXIST && p[0] == 1);
	CHECK("madvise DONTNEED clears", madvise(p, PAGE, MADV_DONTNEED) == 0 && all_zero(p, PAGE));
	CHECK("munmap of all", munmap(p, 4 * PAGE) == 0);
}

static void check_mprotect(void)
{
	char *p = mmap(NULL, 3 * PAGE, RW, ANON, -1, 0);
	static const unsigned char code[] = { 0xb8, 0x2a, 0, 0, 0, 0xc3 }; /* mov $42, %eax; ret */

	memset(p, 7, 3 * PAGE);
	CHECK("mprotect of the middle", mprotect(p + PAGE, PAGE, PROT_READ) == 0);
	CHECK("it can be read", p[PAGE] == 7);
	CHECK("neighbours can be written", (p[0] = 1, p[2 * PAGE] = 1));
	CHECK("and back", mprotect(p + PAGE, PAGE, RW) == 0 && (p[PAGE] = 9));
	CHECK("none and back",
		mprotect(p, PAGE, PROT_NONE) == 0 && mprotect(p, PAGE, RW) == 0 && p[0] == 1);
	memcpy(p, code, sizeof(code));
	CHECK("written, then executable", mprotect(p, PAGE, PROT_READ | PROT_EXEC) == 0 &&
						  ((int (*)(void))(uintptr_t)p)() == 42);
	munmap(p, 3 * PAGE);
}

static void check_errors(void)
{
	CHECK("mmap of nothing", mmap(NULL, 0, RW, ANON, -1, 0) == MAP_FAILED && errno == EINVAL);
	CHECK("mmap without kind",
		mmap(NULL, PAGE, RW, MAP_ANONYMOUS, -1, 0) == MAP_FAILED && errno == EINVAL);
	CHECK("mmap too large",
		mmap(NULL, 1ul << 60, RW, ANON, -1, 0) == MAP_FAILED && errno == ENOMEM);
	CHECK("mmap fixed crooked",
		mmap((void *)0x10000001, PAGE, RW, ANON | MAP_FIXED, -1, 0) == MAP_FAILED &&
			errno == EINVAL);
	CHECK("mmap fixed in the kernel",
		mmap((void *)0xffffffff80000000, PAGE, RW, ANON | MAP_FIXED, -1, 0) == MAP_FAILED &&
			errno == ENOMEM);
	CHECK("mprotect crooked", syscall(SYS_mprotect, 1, PAGE, RW) == -1 && errno == EINVAL);
	CHECK("mprotect of a hole",
		mprotect((void *)0x7000000000, PAGE, RW) == -1 && errno == ENOMEM);
	CHECK("munmap crooked", munmap((void *)1, PAGE) == -1 && errno == EINVAL);
	CHECK("munmap of the kernel",
		munmap((void *)0xffffffff80000000, PAGE) == -1 && errno == EINVAL);
	CHECK("munmap of nothing", munmap((void *)0x10000000, 0) == -1 && errno == EINVAL);
}

/* musl's sbrk only tells: ask the kernel. */
static char *set_brk(char *to)
{
	char *at;

	__asm__ volatile("syscall" : "=a"(at) : "a"(12), "D"(to) : "rcx", "r11", "memory");
	return at;
}

static void check_brk(void)
{
	char *start = set_brk(NULL);

	CHECK("brk grows", set_brk(start + MIB) == start + MIB);
	memset(start, 5, MIB);
	CHECK("brk shrinks", set_brk(start + PAGE) == start + PAGE && start[0] == 5);
	CHECK("brk grows again, zero",
		set_brk(start + MIB) == start + MIB && all_zero(start + 2 * PAGE, MIB - 2 * PAGE));
	CHECK("brk below its start", set_brk(start - PAGE * 100000) == start + MIB);
	CHECK("brk to the kernel", set_brk((char *)0xffffffff80000000) == start + MIB);
	set_brk(start);
}

int main(void)
{
	check_malloc();
	check_mmap();
	check_mprotect();
	check_errors();
	check_brk();
	return checks_failed != 0;
}
