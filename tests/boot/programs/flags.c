/* SPDX-License-Identifier: MIT
 * flags.c - makes a system call with every flag set that ring 3 can set and the kernel must not keep.
 * Not here: which flags the kernel has then (test_promises.py looks from outside).
 * Usage: flags. The call waits until a line is typed.
 * Source: Intel SDM vol. 1 3.4.3 (EFLAGS); AC and NT would open ring 3's memory to the kernel and break
 * its IRET, DF would turn its string instructions round. */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DF_NT_AC (1ul << 10 | 1ul << 14 | 1ul << 18)

static long read_with_flags(char *byte, unsigned long flags)
{
	long result;

	/* The red zone is the compiler's: the pushes go below it. */
	__asm__ volatile("sub $128, %%rsp; pushfq; pushfq; orq %2, (%%rsp); popfq; syscall\n\t"
			 "popfq; add $128, %%rsp"
			 : "=a"(result)
			 : "a"(SYS_read), "r"(flags), "D"(STDIN_FILENO), "S"(byte), "d"(1ul)
			 : "rcx", "r11", "memory", "cc");
	return result;
}

int main(void)
{
	char byte;

	printf("waiting\n");
	fflush(stdout);
	return read_with_flags(&byte, DF_NT_AC) == 1 ? 0 : 1;
}
