/* SPDX-License-Identifier: MIT
 * flood.c - sends many numbered datagrams as fast as it can.
 * Not here: whether they arrive (test_promises.py, test_arp.py, test_link.py).
 * Usage: flood <address> <count> [asked]. Each carries its number, 4 bytes, lowest first.
 *   asked: as many each time a line is typed, until an empty one is.
 * Source: sendto(2). */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define PORT 4747

static uint32_t sent;

static int flood(int fd, const struct sockaddr_in *to, uint32_t count)
{
	for (uint32_t end = sent + count; sent != end; sent++) {
		if (sendto(fd, &sent, sizeof(sent), 0, (void *)to, sizeof(*to)) == sizeof(sent))
			continue;
		printf("number %u: %s\n", sent, strerror(errno));
		return 2;
	}
	printf("%u sent\n", sent);
	fflush(stdout);
	return 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), err = 0;
	uint32_t count = argc > 2 ? (uint32_t)atoi(argv[2]) : 0;
	char line[16];

	if (argc < 3 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1)
		return 1;
	if (argc == 3)
		return flood(fd, &to, count);
	while (!err && fgets(line, sizeof(line), stdin) && line[0] != '\n')
		err = flood(fd, &to, count);
	return err;
}
