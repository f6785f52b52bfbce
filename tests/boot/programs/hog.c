/* SPDX-License-Identifier: MIT
 * hog.c - wants more memory than the machine has.
 * Not here: what the kernel says then (test_exit_status.py).
 * Usage: hog: touches 1 GiB of zeros that the file does not hold.
 * Source: none. */
#include <stdio.h>

#define PAGE 4096

static char much[1u << 30];

int main(void)
{
	printf("in main\n");
	fflush(stdout);
	for (unsigned long i = 0; i < sizeof(much); i += PAGE)
		*(volatile char *)(much + i) = 1;
	return 0;
}
