/* SPDX-License-Identifier: MIT
 * whole.c - one datagram of 60,000 bytes, and a moment in which the emulator can hand over what its
 * socket did not take at once.
 * Not here: its fragments (test_inet.py).
 * Usage: whole <address>
 * Source: sendto(2). */
#include <arpa/inet.h>
#include <sys/socket.h>
#include <time.h>

static char payload[60000];

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(4747) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	inet_pton(AF_INET, argv[argc - 1], &to.sin_addr);
	if (sendto(fd, payload, sizeof(payload), 0, (void *)&to, sizeof(to)) != sizeof(payload))
		return 1;
	return nanosleep(&(struct timespec){ .tv_sec = 2 }, NULL);
}
