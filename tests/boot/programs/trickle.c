/* SPDX-License-Identifier: MIT
 * trickle.c - sends numbered datagrams, one every so many milliseconds, until a line is typed.
 * Not here: whether they arrive (test_watchdog.py).
 * Usage: trickle <address> <milliseconds>. Each carries its number, 4 bytes, lowest first.
 * Source: sendto(2). */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT 4747

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct pollfd typed = { .fd = STDIN_FILENO, .events = POLLIN };
	uint32_t count = 0;

	if (argc != 3 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1)
		return 1;
	for (; poll(&typed, 1, atoi(argv[2])) == 0; count++) {
		if (sendto(fd, &count, sizeof(count), 0, (void *)&to, sizeof(to)) == sizeof(count))
			continue;
		printf("number %u: %s\n", count, strerror(errno));
		return 2;
	}
	printf("%u sent\n", count);
	return 0;
}
