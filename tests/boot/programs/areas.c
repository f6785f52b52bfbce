/* SPDX-License-Identifier: MIT
 * areas.c - many areas of memory: split, joined, unmapped, bounded; all that they cost comes back.
 * Not here: what calls answer to wrong arguments (memory_table.c).
 * test_programs.py starts it, here and on the build host.
 * Source: mmap(2), mprotect(2), munmap(2), madvise(2). Behaves as Linux's vm.max_map_count. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"

#define PAGE      4096ul
#define ANON      (MAP_PRIVATE | MAP_ANONYMOUS)
#define RW        (PROT_READ | PROT_WRITE)
#define TABLE     (2ul << 20) /* what one page table is for */
#define PAGES     2000
#define MOST      65530
#define FAR_APART 8000ul /* page tables for so many would be more memory than there is */

/* One number of /proc/muffin; -1 on a kernel that has no such file. */
static long count_of(const char *name)
{
	char line[128];
	long n = -1;
	FILE *f = fopen("/proc/muffin", "r");

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, name, strlen(name)) == 0)
			sscanf(line + strlen(name), " %ld", &n);
	if (f)
		fclose(f);
	return n;
}

/* mprotect of one page after another, n times: how many succeeded. */
static long protect_each(char *p, long n, long step, int prot)
{
	long done = 0;

	for (long i = 0; i < n; i += step, done++)
		if (mprotect(p + (size_t)i * PAGE, PAGE, prot) != 0)
			return done;
	return done;
}

static void check_split_and_joined(void)
{
	char *p = mmap(NULL, PAGES * PAGE, RW, ANON, -1, 0);
	long areas = count_of("areas");

	CHECK("every second page read-only", protect_each(p, PAGES, 2, PROT_READ) == PAGES / 2);
	CHECK("every page as before", protect_each(p, PAGES, 1, RW) == PAGES);
	CHECK("as many areas as before", count_of("areas") == areas);
	for (long i = 0, good = 1; i < PAGES; i++) {
		good &= protect_each(p + (size_t)i * PAGE, 1, 1, PROT_READ) == 1;
		good &= protect_each(p + (size_t)i * PAGE, 1, 1, RW) == 1;
		if (i == PAGES - 1)
			CHECK("page by page there and back", good);
	}
	CHECK("a page can be unmapped", munmap(p + 7 * PAGE, PAGE) == 0);
	CHECK("and the whole", munmap(p, PAGES * PAGE) == 0);
	CHECK("and once more", munmap(p, PAGE) == 0);
}

/* As many areas as Linux allows: another split answers ENOMEM, and nothing is stuck. */
static void check_most(void)
{
	char *p = mmap(NULL, 2 * MOST * PAGE, RW, ANON, -1, 0);
	long n = protect_each(p, 2 * MOST, 2, PROT_READ);

	CHECK("no memory for one more", errno == ENOMEM);
	CHECK("the most areas", 2 * n > MOST - 200 && 2 * n <= MOST);
	munmap(p + (MOST + 999) * PAGE,
		PAGE); /* mprotect makes two of one: there may be one left */
	CHECK("the middle of one cannot go",
		munmap(p + (MOST + 1999) * PAGE, PAGE) == -1 && errno == ENOMEM);
	CHECK("a whole one can", munmap(p + 2 * PAGE, PAGE) == 0);
	CHECK("the end of one can", munmap(p + (2 * MOST - 1) * PAGE, PAGE) == 0);
	CHECK("all can", munmap(p, 2 * MOST * PAGE) == 0);
	p = mmap(NULL, PAGE, RW, ANON, -1, 0);
	CHECK("there is room again", p != MAP_FAILED && (p[0] = 1) && munmap(p, PAGE) == 0);
}

/* Each page needs up to three tables of its own, which go with it. */
static void check_tables(void)
{
	char *at = (char *)0x100000000000;
	long tables = count_of("page tables"), most = 0, good = 1;

	for (unsigned long i = 0; i < FAR_APART; i++) {
		char *p = mmap(at + i * TABLE, PAGE, RW, ANON | MAP_FIXED, -1, 0);

		good &= p == at + i * TABLE && (p[0] = 1);
		if (i == 0)
			most = count_of("page tables");
		good &= munmap(p, PAGE) == 0;
	}
	CHECK("pages far apart", good);
	CHECK("had tables", most >= tables);
	CHECK("and gave them back", count_of("page tables") == tables);
}

static void check_two_areas(void)
{
	char *p = mmap(NULL, 5 * PAGE, RW, ANON, -1, 0);

	memset(p, 7, 5 * PAGE);
	mprotect(p + PAGE, PAGE, PROT_READ);
	CHECK("DONTNEED of three areas", madvise(p, 3 * PAGE, MADV_DONTNEED) == 0);
	CHECK("clears them", p[0] == 0 && p[PAGE] == 0 && p[2 * PAGE] == 0 && p[3 * PAGE] == 7);
	memset(p + 2 * PAGE, 7, PAGE);
	munmap(p + 3 * PAGE, PAGE);
	CHECK("DONTNEED over a hole",
		madvise(p + 2 * PAGE, 3 * PAGE, MADV_DONTNEED) == -1 && errno == ENOMEM);
	CHECK("clears both sides", p[2 * PAGE] == 0 && p[4 * PAGE] == 0);
	munmap(p, 5 * PAGE);
}

static void check_shared(void)
{
	char *p = mmap(NULL, 2 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	p[0] = 7;
	CHECK("DONTNEED of shared memory", madvise(p, PAGE, MADV_DONTNEED) == 0);
	CHECK("keeps it", p[0] == 7);
	CHECK("after mprotect, too", mprotect(p, PAGE, PROT_READ) == 0 &&
					     madvise(p, PAGE, MADV_DONTNEED) == 0 && p[0] == 7);
	munmap(p, 2 * PAGE);
}

static void check_protect_over_a_hole(void)
{
	char *p = mmap(NULL, 4 * PAGE, PROT_READ, ANON, -1, 0);

	munmap(p + 2 * PAGE, PAGE);
	CHECK("mprotect over a hole", mprotect(p, 4 * PAGE, RW) == -1 && errno == ENOMEM);
	CHECK("what lies below it has changed", (p[0] = 1) && (p[PAGE] = 1));
	munmap(p, 4 * PAGE);
}

/* As on Linux without protection keys, which QEMU's CPU and ours do not have. */
static void check_executable_alone(void)
{
	volatile char *p = mmap(NULL, PAGE, PROT_EXEC, ANON, -1, 0);

	CHECK("what can be executed can be read", p[0] == 0);
	munmap((void *)p, PAGE);
}

int main(void)
{
	long areas, free_pages;

	check_most(); /* once before: the kernel's own map and libc have what they need from then on */
	areas = count_of("areas");
	free_pages = count_of("pages free");
	check_split_and_joined();
	check_most();
	check_tables();
	check_two_areas();
	check_shared();
	check_protect_over_a_hole();
	if (areas >= 0)
		check_executable_alone();
	CHECK("all areas are back", count_of("areas") == areas);
	CHECK("all pages are back", count_of("pages free") == free_pages);
	return checks_failed != 0;
}
