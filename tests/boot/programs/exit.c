/* SPDX-License-Identifier: MIT
 * exit.c - ends with the status it is told, or the way it is told.
 * Not here: faults (fault.c).
 * test_exit_status.py starts it. Usage: exit <0..255|abort|main|_exit|stop|ignored>
 * Source: exit(3), abort(3). */
#define _POSIX_C_SOURCE 200809L
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[argc - 1] : "0";

	if (strcmp(how, "abort") == 0)
		abort();
	if (strcmp(how, "stop") == 0)
		return raise(SIGSTOP);
	if (strcmp(how, "ignored") == 0) {
		signal(SIGUSR1, SIG_IGN);
		return raise(SIGUSR1) || raise(SIGCHLD);
	}
	if (strcmp(how, "main") == 0)
		return 9;
	if (strcmp(how, "_exit") == 0)
		_exit(10);
	printf("exit: %s", how); /* without a newline: exit(3) must flush it */
	exit(atoi(how));
}
