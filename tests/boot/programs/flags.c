/* SPDX-License-Identifier: MIT
 * flags.c - makes a system call with every flag set that ring 3 can set and the kernel must not keep.
 * Not here: which flags the kernel has then (test_promises.py looks from outside).
 * Usage: flags <milliseconds>: how long it sleeps in that call.
 * Source: Intel SDM vol. 1 3.4.3 (EFLAGS); AC and NT would open ring 3's memory to the kernel and break
 * its IRET, DF would turn its string instructions round. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>

#define DF_NT_AC (1ul << 10 | 1ul << 14 | 1ul << 18)

static long sleep_with_flags(const struct timespec *t, unsigned long flags)
{
	long result;

	/* The red zone is the compiler's: the pushes go below it. */
	__asm__ volatile("sub $128, %%rsp; pushfq; pushfq; orq %2, (%%rsp); popfq; syscall\n\t"
			 "popfq; add $128, %%rsp"
			 : "=a"(result)
			 : "a"(SYS_nanosleep), "r"(flags), "D"(t), "S"(NULL)
			 : "rcx", "r11", "memory", "cc");
	return result;
}

int main(int argc, char **argv)
{
	long ms = argc > 1 ? atol(argv[1]) : 0;
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	printf("waiting\n");
	fflush(stdout);
	return sleep_with_flags(&t, DF_NT_AC) == 0 ? 0 : 1;
}
