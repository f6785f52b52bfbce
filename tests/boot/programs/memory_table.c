/* SPDX-License-Identifier: MIT
 * memory_table.c - calls about memory with wrong and with strange arguments: what each answers.
 * Not here: the expected answers: the build host's Linux gives them (test_programs.py).
 * Prints a table; must print the same on both kernels.
 * Source: mmap(2), mprotect(2), munmap(2), mremap(2), madvise(2), brk(2). */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"

#define PAGE    4096ul
#define ANON    (MAP_PRIVATE | MAP_ANONYMOUS)
#define RW      (PROT_READ | PROT_WRITE)
#define KERNEL  0xffffffff80000000ul
#define HALF    (1ul << 47)
#define NOWHERE 99 /* a descriptor that is not open */
#define AT      0x200000000000ul

/* The calls themselves, for what libc would not pass on. */
static long map(unsigned long at, unsigned long len, unsigned long prot, unsigned long flags,
	long fd, unsigned long offset)
{
	return syscall(SYS_mmap, at, len, prot, flags, fd, offset);
}

static long unmap(unsigned long at, unsigned long len)
{
	return syscall(SYS_munmap, at, len);
}

static long protect(unsigned long at, unsigned long len, unsigned long prot)
{
	return syscall(SYS_mprotect, at, len, prot);
}

static long advise(unsigned long at, unsigned long len, long advice)
{
	return syscall(SYS_madvise, at, len, advice);
}

/* An address differs: only whether there is one, and whether it is where it was asked for. */
#define MAPPED(name, at, len, prot, flags, fd, offset)                                             \
	do {                                                                                       \
		long m_ = (errno = 0, map(at, len, prot, flags, fd, offset));                      \
                                                                                                   \
		printf("= mmap %s: %s\n", name,                                                    \
			m_ == -1                          ? strerror(errno)                        \
			: (unsigned long)m_ == (at)       ? "there"                                \
			: (unsigned long)m_ < (1ul << 31) ? "low"                                  \
							  : "elsewhere");                          \
		if (m_ != -1)                                                                      \
			munmap((void *)m_, len);                                                   \
	} while (0)

static void check_descriptor(void)
{
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	MAPPED("of a closed descriptor", 0, PAGE, RW, MAP_PRIVATE, NOWHERE, 0);
	MAPPED("of -1", 0, PAGE, RW, MAP_PRIVATE, -1, 0);
	MAPPED("of -1, shared", 0, PAGE, RW, MAP_SHARED, -1, 0);
	MAPPED("of a closed one, length 0", 0, 0, RW, MAP_PRIVATE, NOWHERE, 0);
	MAPPED("of a closed one, no type", 0, PAGE, RW, 0, NOWHERE, 0);
	MAPPED("of a closed one, offset", 0, PAGE, RW, MAP_PRIVATE, NOWHERE, 1);
	MAPPED("of a closed one, but anonymous", 0, PAGE, RW, ANON, NOWHERE, 0);
	MAPPED("of a closed one, too long", 0, HALF, RW, MAP_PRIVATE, NOWHERE, 0);
	MAPPED("of a socket", 0, PAGE, RW, MAP_PRIVATE, s, 0);
	MAPPED("of a socket, shared", 0, PAGE, RW, MAP_SHARED, s, 0);
	MAPPED("of a socket, type 3", 0, PAGE, RW, MAP_SHARED_VALIDATE, s, 0);
	MAPPED("of a socket, type 0", 0, PAGE, RW, 0, s, 0);
	MAPPED("of a socket, type 5", 0, PAGE, RW, 5, s, 0);
	MAPPED("of a socket, length 0", 0, 0, RW, MAP_PRIVATE, s, 0);
	MAPPED("of a socket, fixed in the kernel", KERNEL, PAGE, RW, MAP_PRIVATE | MAP_FIXED, s, 0);
	MAPPED("of a socket, offset", 0, PAGE, RW, MAP_PRIVATE, s, PAGE);
	MAPPED("of a socket, crooked offset", 0, PAGE, RW, MAP_PRIVATE, s, 7);
	close(s);
}

static void check_flags(void)
{
	MAPPED("offset", 0, PAGE, RW, ANON, -1, PAGE);
	MAPPED("crooked offset", 0, PAGE, RW, ANON, -1, 1);
	MAPPED("crooked offset, length 0", 0, 0, RW, ANON, -1, 4095);
	for (unsigned long type = 0; type < 16; type++) {
		char name[32];

		if (type == 8) /* MAP_DROPPABLE, on newer ones */
			continue;
		sprintf(name, "type %lu", type);
		MAPPED(name, 0, PAGE, RW, MAP_ANONYMOUS | type, -1, 0);
	}
	for (int bit = 21; bit < 64;
		bit += bit == 25 ? 7 : 1) { /* 26 to 31: sizes of large pages */
		char name[32];

		sprintf(name, "flag %d", bit);
		MAPPED(name, 0, PAGE, RW, ANON | 1ul << bit, -1, 0);
	}
	for (int bit = 3; bit < 64; bit++) {
		char name[32];

		sprintf(name, "prot %d", bit);
		MAPPED(name, 0, PAGE, RW | 1ul << bit, ANON, -1, 0);
	}
	MAPPED("populated, without reserve, for a stack", 0, PAGE, RW,
		ANON | MAP_POPULATE | MAP_NORESERVE | MAP_STACK, -1, 0);
	MAPPED("in the low 2 GiB", 0, PAGE, RW, ANON | MAP_32BIT, -1, 0);
	MAPPED("in the low 2 GiB, too long", 0, 1ul << 31, RW, ANON | MAP_32BIT, -1, 0);
}

static void check_lengths(void)
{
	MAPPED("length 0", 0, 0, RW, ANON, -1, 0);
	MAPPED("length 1", 0, 1, RW, ANON, -1, 0);
	MAPPED("length 2^47", 0, HALF, RW, ANON, -1, 0);
	MAPPED("length 2^63", 0, 1ul << 63, RW, ANON, -1, 0);
	MAPPED("length -1", 0, -1ul, RW, ANON, -1, 0);
	MAPPED("length -4096", 0, -PAGE, RW, ANON, -1, 0);
	MAPPED("length -4095", 0, 1 - PAGE, RW, ANON, -1, 0);
	MAPPED("length -1, no type", 0, -1ul, RW, MAP_ANONYMOUS, -1, 0);
}

static void check_places(void)
{
	const unsigned long fixed = ANON | MAP_FIXED, noreplace = ANON | MAP_FIXED_NOREPLACE;

	MAPPED("fixed", AT, PAGE, RW, fixed, -1, 0);
	MAPPED("fixed, crooked", AT + 1, PAGE, RW, fixed, -1, 0);
	MAPPED("fixed, crooked, no type", AT + 1, PAGE, RW, MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	MAPPED("fixed in the kernel", KERNEL, PAGE, RW, fixed, -1, 0);
	MAPPED("fixed in the kernel, crooked", KERNEL + 1, PAGE, RW, fixed, -1, 0);
	MAPPED("fixed at 2^47", HALF, PAGE, RW, fixed, -1, 0);
	MAPPED("fixed below 2^47", HALF - PAGE, PAGE, RW, fixed, -1, 0);
	MAPPED("fixed over 2^47", HALF - (1ul << 40), 2ul << 40, RW, fixed, -1, 0);
	MAPPED("fixed at the end", -PAGE, PAGE, RW, fixed, -1, 0);
	MAPPED("fixed at the end, around it", -PAGE, 2 * PAGE, RW, fixed, -1, 0);
	MAPPED("fixed, length -1", AT, -1ul, RW, fixed, -1, 0);
	MAPPED("fixed, length 0", AT, 0, RW, fixed, -1, 0);
	MAPPED("where nothing is", AT, PAGE, RW, ANON, -1, 0);
	MAPPED("where nothing is, crooked", AT + 5, PAGE, RW, ANON, -1, 0);
	MAPPED("in the kernel", KERNEL, PAGE, RW, ANON, -1, 0);
	MAPPED("not fixed at 2^47", HALF, PAGE, RW, ANON, -1, 0);
	MAPPED("without replacing", AT, PAGE, RW, noreplace, -1, 0);
	MAPPED("without replacing, crooked", AT + 1, PAGE, RW, noreplace, -1, 0);
	MAPPED("without replacing, in the kernel", KERNEL, PAGE, RW, noreplace, -1, 0);
	map(AT, 4 * PAGE, RW, fixed, -1, 0);
	MAPPED("where something is", AT, PAGE, RW, ANON, -1, 0);
	MAPPED("where something ends", AT + 3 * PAGE, 2 * PAGE, RW, ANON, -1, 0);
	MAPPED("without replacing something", AT, PAGE, RW, noreplace, -1, 0);
	MAPPED("without replacing its end", AT + 3 * PAGE, 2 * PAGE, RW, noreplace, -1, 0);
	MAPPED("without replacing its start", AT - PAGE, 2 * PAGE, RW, noreplace, -1, 0);
	MAPPED("without replacing, no type", AT, PAGE, RW, noreplace & ~2ul, -1, 0);
	MAPPED("without replacing, beside it", AT + 4 * PAGE, PAGE, RW, noreplace, -1, 0);
	RESULT("munmap of what was kept", unmap(AT, 4 * PAGE));
}

static void check_munmap(void)
{
	map(AT, 4 * PAGE, RW, ANON | MAP_FIXED, -1, 0);
	RESULT("munmap crooked", unmap(AT + 1, PAGE));
	RESULT("munmap crooked, length 0", unmap(AT + 1, 0));
	RESULT("munmap length 0", unmap(AT, 0));
	RESULT("munmap length -1", unmap(AT, -1ul));
	RESULT("munmap length -4096", unmap(AT, -PAGE));
	RESULT("munmap wrapping", unmap(AT, -AT));
	RESULT("munmap of the kernel", unmap(KERNEL, PAGE));
	RESULT("munmap of the last page", unmap(-PAGE, PAGE));
	RESULT("munmap of nothing, length 0", unmap(AT + 100 * PAGE, 0));
	RESULT("munmap over 2^47", unmap(AT, HALF));
	RESULT("mprotect: still there", protect(AT, 4 * PAGE, RW));
	RESULT("munmap length 1", unmap(AT, 1));
	RESULT("mprotect: a page is gone", protect(AT, PAGE, RW));
	RESULT("munmap of a hole and three pages", unmap(AT, 4 * PAGE));
	RESULT("munmap of a hole", unmap(AT, 4 * PAGE));
	RESULT("munmap of page 0", unmap(0, PAGE));
}

static void check_mprotect(void)
{
	map(AT, 4 * PAGE, PROT_READ, ANON | MAP_FIXED, -1, 0);
	RESULT("mprotect crooked", protect(AT + 1, PAGE, RW));
	RESULT("mprotect crooked, length 0", protect(AT + 1, 0, RW));
	RESULT("mprotect length 0", protect(AT, 0, RW));
	RESULT("mprotect length 0 of a hole", protect(AT - PAGE, 0, RW));
	RESULT("mprotect length 0, unknown bit", protect(AT, 0, 0x10));
	RESULT("mprotect length 1", protect(AT, 1, RW));
	RESULT("mprotect length -1", protect(AT, -1ul, RW));
	RESULT("mprotect length -4096", protect(AT, -PAGE, RW));
	RESULT("mprotect wrapping", protect(AT, -AT + PAGE, RW));
	RESULT("mprotect to 2^64", protect(AT, -AT, RW));
	RESULT("mprotect length -1, unknown bit", protect(AT, -1ul, 0x10));
	RESULT("mprotect of a hole", protect(AT - PAGE, PAGE, RW));
	RESULT("mprotect of a hole and a page", protect(AT - PAGE, 2 * PAGE, RW));
	RESULT("mprotect of a page and a hole", protect(AT + 3 * PAGE, 2 * PAGE, RW));
	RESULT("mprotect of a hole, unknown bit", protect(AT - PAGE, PAGE, 0x10));
	RESULT("mprotect of the kernel", protect(KERNEL, PAGE, RW));
	RESULT("mprotect of 2^47", protect(HALF, PAGE, RW));
	RESULT("mprotect of the last page", protect(-PAGE, PAGE, RW));
	for (int bit = 3; bit < 64; bit++) {
		char name[32];

		if (bit == 24 || bit == 25) /* PROT_GROWSDOWN, PROT_GROWSUP */
			continue;
		sprintf(name, "mprotect bit %d", bit);
		RESULT(name, protect(AT, PAGE, RW | 1ul << bit));
	}
	RESULT("mprotect growing down", protect(AT, PAGE, RW | PROT_GROWSDOWN));
	RESULT("mprotect growing up", protect(AT, PAGE, RW | PROT_GROWSUP));
	RESULT("mprotect growing both ways", protect(AT, PAGE, RW | PROT_GROWSDOWN | PROT_GROWSUP));
	RESULT("mprotect none", protect(AT, 4 * PAGE, PROT_NONE));
	unmap(AT, 4 * PAGE);
}

static void check_madvise(void)
{
	/* those that every configuration of Linux answers alike */
	static const signed char advice[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 17, 18, 19,
		20, 21, 24, 26, 27, 31, 32, 36, 64, 99, 127, -1, -128 };

	map(AT, 4 * PAGE, RW, ANON | MAP_FIXED, -1, 0);
	for (size_t i = 0; i < sizeof(advice); i++) {
		char name[48];

		sprintf(name, "madvise %d", advice[i]);
		RESULT(name, advise(AT, PAGE, advice[i]));
		sprintf(name, "madvise %d, length 0", advice[i]);
		RESULT(name, advise(AT, 0, advice[i]));
		sprintf(name, "madvise %d, crooked", advice[i]);
		RESULT(name, advise(AT + 1, PAGE, advice[i]));
		sprintf(name, "madvise %d over a hole", advice[i]);
		RESULT(name, advise(AT + 3 * PAGE, 2 * PAGE, advice[i]));
	}
	for (int i = 0; i < 5; i += 4) { /* NORMAL and DONTNEED */
		RESULT("madvise length 1", advise(AT, 1, i));
		RESULT("madvise length -1", advise(AT, -1ul, i));
		RESULT("madvise length -4096", advise(AT, -PAGE, i));
		RESULT("madvise length -4095", advise(AT, 1 - PAGE, i));
		RESULT("madvise wrapping", advise(AT, -AT + PAGE, i));
		RESULT("madvise to 2^64", advise(AT, -AT, i));
		RESULT("madvise crooked, length 0", advise(AT + 1, 0, i));
		RESULT("madvise of a hole", advise(AT - PAGE, PAGE, i));
		RESULT("madvise of a hole and a page", advise(AT - PAGE, 2 * PAGE, i));
		RESULT("madvise of the kernel", advise(KERNEL, PAGE, i));
		RESULT("madvise of the kernel, length 0", advise(KERNEL, 0, i));
		RESULT("madvise over two areas",
			(protect(AT, PAGE, PROT_READ), advise(AT, 4 * PAGE, i)));
	}
	unmap(AT, 4 * PAGE);
}

/* A mapping of four pages, the second of which holds something, remapped: where it is afterwards, and what
 * has become of its page. */
#define REMAPPED(name, at, old_len, new_len, flags, to)                                            \
	do {                                                                                       \
		long m_;                                                                           \
                                                                                                   \
		map(AT, 4 * PAGE, RW, ANON | MAP_FIXED, -1, 0);                                    \
		((char *)AT)[PAGE] = 7;                                                            \
		errno = 0;                                                                         \
		m_ = syscall(SYS_mremap, at, old_len, new_len, flags, to);                         \
		printf("= mremap %s: %s", name,                                                    \
			m_ == -1                    ? strerror(errno)                              \
			: (unsigned long)m_ == (at) ? "in place"                                   \
			: (unsigned long)m_ == (to) ? "there"                                      \
						    : "elsewhere");                                \
		if (m_ != -1 && (new_len) > PAGE)                                                  \
			printf(", %d", ((char *)m_)[PAGE]);                                        \
		printf("%s\n", protect(AT, 4 * PAGE, RW) == 0 ? ", all still there"                \
			       : protect(AT, PAGE, RW) == 0   ? ", its start still there"          \
							      : "");                                 \
		unmap(AT, 64 * PAGE);                                                              \
		if (m_ != -1 && (new_len) < HALF)                                                  \
			unmap(m_, new_len);                                                        \
	} while (0)

static void check_mremap(void)
{
	const int may = MREMAP_MAYMOVE;

	REMAPPED("same length", AT, 4 * PAGE, 4 * PAGE, 0, 0);
	REMAPPED("shorter", AT, 4 * PAGE, 2 * PAGE, 0, 0);
	REMAPPED("longer", AT, 4 * PAGE, 8 * PAGE, 0, 0);
	REMAPPED("its start, longer", AT, 2 * PAGE, 8 * PAGE, 0, 0);
	REMAPPED("its start, longer, may move", AT, 2 * PAGE, 8 * PAGE, may, 0);
	REMAPPED("its middle, longer, may move", AT + PAGE, 2 * PAGE, 8 * PAGE, may, 0);
	REMAPPED("its middle, shorter", AT + PAGE, 2 * PAGE, PAGE, 0, 0);
	REMAPPED("crooked", AT + 1, PAGE, 2 * PAGE, may, 0);
	REMAPPED("to nothing", AT, PAGE, 0, may, 0);
	REMAPPED("of nothing", AT, 0, PAGE, may, 0);
	REMAPPED("of nothing to nothing", AT, 0, 0, may, 0);
	REMAPPED("crooked lengths", AT, 4 * PAGE - 5, 5 * PAGE - 7, 0, 0);
	REMAPPED("crooked lengths, shorter", AT, 4 * PAGE - 5, PAGE + 1, 0, 0);
	REMAPPED("unknown flag", AT, PAGE, 2 * PAGE, may | 8, 0);
	REMAPPED("unknown flag 31", AT, PAGE, 2 * PAGE, may | 1ul << 31, 0);
	REMAPPED("unknown flag 32", AT, 4 * PAGE, 5 * PAGE, may | 1ul << 32, 0);
	REMAPPED("where nothing is", AT - 4 * PAGE, PAGE, 2 * PAGE, may, 0);
	REMAPPED("where nothing is, shorter", AT - 4 * PAGE, 2 * PAGE, PAGE, may, 0);
	REMAPPED("over its end", AT, 5 * PAGE, 6 * PAGE, may, 0);
	REMAPPED("over its end, same length", AT, 5 * PAGE, 5 * PAGE, may, 0);
	REMAPPED("over its end, shorter", AT, 6 * PAGE, 2 * PAGE, may, 0);
	REMAPPED("over its start", AT - PAGE, 3 * PAGE, 4 * PAGE, may, 0);
	REMAPPED("in the kernel", KERNEL, PAGE, 2 * PAGE, may, 0);
	REMAPPED("old length -1", AT, -1ul, PAGE, may, 0);
	REMAPPED("old length wrapping", AT, -AT, PAGE, may, 0);
	REMAPPED("new length -1", AT, PAGE, -1ul, may, 0);
	REMAPPED("new length -4096", AT, PAGE, -PAGE, may, 0);
	REMAPPED("new length 2^47", AT, PAGE, HALF, may, 0);
	REMAPPED("new length 3 * 2^45", AT, PAGE, HALF / 4 * 3, may, 0);
}

static void check_mremap_fixed(void)
{
	const unsigned long to = AT + 32 * PAGE;
	const int fixed = MREMAP_MAYMOVE | MREMAP_FIXED;

	REMAPPED("fixed", AT, 4 * PAGE, 4 * PAGE, fixed, to);
	REMAPPED("fixed, shorter", AT, 4 * PAGE, 2 * PAGE, fixed, to);
	REMAPPED("fixed, longer", AT, 4 * PAGE, 6 * PAGE, fixed, to);
	REMAPPED("fixed, without may move", AT, 4 * PAGE, 4 * PAGE, MREMAP_FIXED, to);
	REMAPPED("fixed, crooked", AT, 4 * PAGE, 4 * PAGE, fixed, to + 1);
	REMAPPED("fixed, onto itself", AT, 4 * PAGE, 4 * PAGE, fixed, AT);
	REMAPPED("fixed, over its end", AT, 4 * PAGE, 4 * PAGE, fixed, AT + 2 * PAGE);
	REMAPPED("fixed, over its start", AT, 4 * PAGE, 4 * PAGE, fixed, AT - 2 * PAGE);
	REMAPPED("fixed, behind it", AT, 4 * PAGE, 4 * PAGE, fixed, AT + 4 * PAGE);
	REMAPPED("fixed, into what is not moved", AT, PAGE, PAGE, fixed, AT + 2 * PAGE);
	REMAPPED("fixed in the kernel", AT, 4 * PAGE, 4 * PAGE, fixed, KERNEL);
	REMAPPED("fixed at 2^47", AT, 4 * PAGE, 4 * PAGE, fixed, HALF);
	REMAPPED("fixed over 2^47", AT, PAGE, 2ul << 40, fixed, HALF - (1ul << 40));
	REMAPPED("fixed, where nothing is", AT - 8 * PAGE, PAGE, PAGE, fixed, to);
	REMAPPED("fixed, of nothing", AT, 0, PAGE, fixed, to);
}

/* The end of the heap against where it was. */
static void check_brk(void)
{
	unsigned long start = (unsigned long)syscall(SYS_brk, 0), end;

	start = (start + PAGE - 1) & ~(PAGE - 1);
	end = (unsigned long)syscall(SYS_brk, start);
	RESULT("brk to a page", end - start);
	map(start + 4 * PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0);
	for (unsigned long to = 0; to < 7 * PAGE; to += PAGE / 2) {
		char name[32];

		sprintf(name, "brk by %lu", to);
		RESULT(name, (unsigned long)syscall(SYS_brk, start + to) - start);
	}
	RESULT("brk back", (unsigned long)syscall(SYS_brk, start) - start);
	RESULT("munmap above it", unmap(start + 4 * PAGE, PAGE));
	RESULT("brk to the kernel", (unsigned long)syscall(SYS_brk, KERNEL) - start);
	RESULT("brk to 2^47", (unsigned long)syscall(SYS_brk, HALF) - start);
	RESULT("brk to -1", (unsigned long)syscall(SYS_brk, -1ul) - start);
	RESULT("brk to 1", (unsigned long)syscall(SYS_brk, 1) - start);
}

int main(void)
{
	check_descriptor();
	check_flags();
	check_lengths();
	check_places();
	check_munmap();
	check_mprotect();
	check_madvise();
	check_mremap();
	check_mremap_fixed();
	check_brk();
	puts("end of table");
	return checks_failed;
}
