/* SPDX-License-Identifier: MIT
 * full_console.c - a console that takes nothing: what a write answers that must not wait, what poll says, and that
 * a signal ends the wait.
 * Not here: the reader (test_serial.py), which does not read before the datagram.
 * Usage: full_console <address>
 * Source: write(2), poll(2), signal(7). */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "check.h"

#define PORT    4747
#define LONG_MS 20000

static volatile int alarms;

static void on_alarm(int signal)
{
	(void)signal;
	alarms++;
}

static short ready(int ms)
{
	struct pollfd p = { .fd = 1, .events = POLLOUT };

	return poll(&p, 1, ms) == 1 ? p.revents : 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	const struct sigaction action = { .sa_handler = on_alarm };
	const struct itimerval soon = { .it_value = { .tv_usec = 100000 } };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), full, interrupted;
	static char text[4096];
	short before, after;

	if (argc < 2 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1)
		return 1;
	memset(text, '.', sizeof(text));
	before = ready(0);
	fcntl(1, F_SETFL, O_RDWR | O_NONBLOCK);
	while (write(1, text, sizeof(text)) > 0)
		;
	full = errno;
	after = ready(0);
	fcntl(1, F_SETFL, O_RDWR);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	interrupted = write(1, text, sizeof(text)) == -1 ? errno : 0;
	sendto(fd, "full", 4, 0, (void *)&to, sizeof(to));
	CHECK("room at first", before == POLLOUT);
	CHECK("would have to wait", full == EAGAIN);
	CHECK("no room", after == 0);
	CHECK("interrupted", interrupted == EINTR && alarms == 1);
	fflush(stdout);
	CHECK("room again", ready(LONG_MS) == POLLOUT);
	return checks_failed != 0;
}
