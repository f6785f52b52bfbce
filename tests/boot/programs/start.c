/* SPDX-License-Identifier: MIT
 * start.c - what a program finds when it starts: arguments, environment, aux vector, TLS, registers.
 * Not here: memory (memory.c), files (files.c).
 * test_programs.py reads what it prints.
 * Source: x86-64 psABI 3.4.1, getauxval(3). */
#include <elf.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "check.h"

#define TLS_VALUE 0x5eed

extern char **environ;

static _Thread_local int initialised = TLS_VALUE;
static _Thread_local long zeroed[100];
static int constructed;

__attribute__((constructor)) static void construct(void)
{
	constructed = 1;
}

static void at_exit(void)
{
	printf("= ok atexit runs\n");
}

static int sum_zeroed(void)
{
	int sum = 0;

	for (size_t i = 0; i < sizeof(zeroed) / sizeof(*zeroed); i++)
		sum += zeroed[i] != 0;
	return sum;
}

static void show(int argc, char **argv)
{
	const unsigned char *random = (const void *)getauxval(AT_RANDOM);

	for (int i = 0; i < argc; i++)
		printf("argv[%d] %s\n", i, argv[i]);
	for (char **e = environ; *e; e++)
		printf("env %s\n", *e);
	printf("random ");
	for (int i = 0; random && i < 16; i++)
		printf("%02x", random[i]);
	printf("\nstack %p\n", (void *)argv);
	printf("code %p\n", (void *)(uintptr_t)show);
}

static void check_auxv(char **argv)
{
	const Elf64_Phdr *phdr = (const void *)getauxval(AT_PHDR);

	CHECK("AT_PAGESZ", getauxval(AT_PAGESZ) == 4096 && sysconf(_SC_PAGESIZE) == 4096);
	CHECK("AT_PHENT", getauxval(AT_PHENT) == sizeof(Elf64_Phdr));
	CHECK("AT_PHDR points at program headers",
		phdr && (phdr[0].p_type == PT_PHDR || phdr[0].p_type == PT_LOAD));
	CHECK("AT_PHNUM", getauxval(AT_PHNUM) > 1 && getauxval(AT_PHNUM) < 20);
	CHECK("AT_ENTRY", getauxval(AT_ENTRY) != 0);
	CHECK("AT_SECURE", getauxval(AT_SECURE) == 0);
	CHECK("AT_UID", getauxval(AT_UID) == getuid() && getauxval(AT_EUID) == geteuid());
	CHECK("AT_EXECFN", strcmp((const char *)getauxval(AT_EXECFN), argv[0]) == 0);
	CHECK("AT_CLKTCK", getauxval(AT_CLKTCK) == 100);
}

static void check_machine(void)
{
	struct utsname u;
	double x = 1.0;
	unsigned short control;
	unsigned int mxcsr;

	CHECK("uname", uname(&u) == 0 && strcmp(u.sysname, "Linux") == 0 &&
			       strcmp(u.machine, "x86_64") == 0);
	printf("nodename %s\n", u.nodename);
	for (int i = 0; i < 10; i++)
		x = x * 1.5 + 0.25;
	CHECK("floating point", x > 85 && x < 86);
	__asm__("fnstcw %0" : "=m"(control));
	__asm__("stmxcsr %0" : "=m"(mxcsr));
	CHECK("x87 control word of the psABI", control == 0x37f);
	CHECK("MXCSR of the psABI", (mxcsr & ~0x3fu) == 0x1f80);
}

int main(int argc, char **argv)
{
	show(argc, argv);
	check_auxv(argv);
	check_machine();
	CHECK("argv ends with NULL", argv[argc] == NULL);
	CHECK("constructors run", constructed);
	CHECK("TLS is initialised", initialised == TLS_VALUE);
	CHECK("TLS is zeroed", sum_zeroed() == 0);
	initialised++;
	errno = EDOM; /* lives in TLS, too */
	CHECK("TLS can be written", initialised == TLS_VALUE + 1 && errno == EDOM);
	CHECK("stack is aligned", ((uintptr_t)__builtin_frame_address(0) & 15) == 0);
	CHECK("getenv", getenv("HOME") && !getenv("NOT_THERE"));
	atexit(at_exit);
	return checks_failed != 0;
}
