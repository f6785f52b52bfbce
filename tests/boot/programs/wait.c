/* SPDX-License-Identifier: MIT
 * wait.c - stays for some time, optionally with a socket, so that others can talk to the machine.
 * Not here: what they say (test_arp.py, test_promises.py).
 * Usage: wait <milliseconds> [port]: with a port, what arrives there is sent back.
 * Source: poll(2), recvfrom(2). */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int echo_until(long end, int port)
{
	struct sockaddr_in here = { .sin_family = AF_INET,
		.sin_port = htons((unsigned short)port) };
	struct pollfd p = { .fd = socket(AF_INET, SOCK_DGRAM, 0), .events = POLLIN };
	static char buf[65536];

	if (bind(p.fd, (void *)&here, sizeof(here)) < 0)
		return 2;
	printf("listening\n");
	fflush(stdout);
	while (now_ms() < end) {
		struct sockaddr_in from;
		socklen_t len = sizeof(from);
		ssize_t n;

		if (poll(&p, 1, (int)(end - now_ms())) <= 0)
			continue;
		n = recvfrom(p.fd, buf, sizeof(buf), 0, (void *)&from, &len);
		if (n < 0 || sendto(p.fd, buf, (size_t)n, 0, (void *)&from, len) != n)
			return 3;
	}
	return 0;
}

int main(int argc, char **argv)
{
	long ms = argc > 1 ? atol(argv[1]) : 0;
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	if (argc > 2)
		return echo_until(now_ms() + ms, atoi(argv[2]));
	printf("waiting\n");
	fflush(stdout);
	return nanosleep(&t, NULL) == 0 ? 0 : 1;
}
