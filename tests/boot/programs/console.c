/* SPDX-License-Identifier: MIT
 * console.c - stdout, stderr and stdin, as stdio and as system calls.
 * Not here: files (files.c).
 * test_programs.py starts it and reads what came out.
 * Source: write(2), writev(2), stdio(3). */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define LONG 5000

static char text[LONG + 1];

int main(void)
{
	const struct iovec pieces[3] = { { "one ", 4 }, { NULL, 0 }, { "two\n", 4 } };

	printf("to %s\n", "stdout");
	fprintf(stderr, "to stderr\n");
	fflush(stdout);
	write(2, "by write\n", 9);
	printf("written %zd\n", writev(1, pieces, 3));
	memset(text, '.', LONG);
	printf("%s|\n", text);
	printf("%d %x %5.2f %c %s %ld\n", -1, 0xbeef, 3.14159, 'c', "string", 1l << 40);
	printf("no newline at the end");
	return 0;
}
