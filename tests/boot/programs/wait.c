/* SPDX-License-Identifier: MIT
 * wait.c - stays until a line is typed, optionally with a socket, so that others can talk to the machine.
 * Not here: what they say (test_arp.py, test_promises.py).
 * Usage: wait [port]: with a port, what arrives there is sent back.
 * Source: poll(2), recvfrom(2). */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int send_back(int s)
{
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	static char buf[65536];
	ssize_t n = recvfrom(s, buf, sizeof(buf), 0, (void *)&from, &len);

	return n >= 0 && sendto(s, buf, (size_t)n, 0, (void *)&from, len) == n;
}

int main(int argc, char **argv)
{
	struct sockaddr_in here = { .sin_family = AF_INET };
	struct pollfd p[2] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = -1 } };

	if (argc > 1) {
		here.sin_port = htons((unsigned short)atoi(argv[1]));
		p[1] = (struct pollfd){ socket(AF_INET, SOCK_DGRAM, 0), POLLIN, 0 };
		if (bind(p[1].fd, (void *)&here, sizeof(here)) < 0)
			return 2;
	}
	printf(argc > 1 ? "listening\n" : "waiting\n");
	fflush(stdout);
	while (!(p[0].revents & POLLIN)) {
		poll(p, 2, -1);
		if ((p[1].revents & POLLIN) && !send_back(p[1].fd))
			return 3;
	}
	return 0;
}
