/* SPDX-License-Identifier: MIT
 * trickle.c - sends numbered datagrams, one every so many milliseconds.
 * Not here: whether they arrive (test_watchdog.py).
 * Usage: trickle <address> <count> <milliseconds>. Each carries its number, 4 bytes, lowest first.
 * Source: sendto(2). */
#include <arpa/inet.h>
#include <errno.h>
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
	uint32_t count = argc == 4 ? (uint32_t)atoi(argv[2]) : 0;

	if (argc != 4 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1)
		return 1;
	for (uint32_t i = 0; i < count; i++) {
		usleep((useconds_t)atoi(argv[3]) * 1000);
		if (sendto(fd, &i, sizeof(i), 0, (void *)&to, sizeof(to)) == sizeof(i))
			continue;
		printf("number %u: %s\n", i, strerror(errno));
		return 2;
	}
	printf("%u sent\n", count);
	return 0;
}
