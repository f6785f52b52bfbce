/* SPDX-License-Identifier: MIT
 * lines.c - writes many numbered lines to the console, then sends a datagram; again for each number that is typed.
 * Not here: reading them (test_serial.py).
 * Usage: lines <address> <count>. A datagram carries how many lines were written before, 4 bytes, lowest first.
 *   A typed number is how many lines come next. It ends at an empty line.
 * Source: write(2), sendto(2). */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT 4747

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	const char *count = argc > 2 ? argv[2] : "";
	char text[64], typed[16];
	uint32_t written = 0;

	if (argc < 3 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1)
		return 1;
	do {
		for (int i = atoi(count); i > 0; i--) {
			int len = sprintf(text, "line %06u of the program's\n", written++);

			if (write(1, text, (size_t)len) != len)
				return 2;
		}
		if (sendto(fd, &written, sizeof(written), 0, (void *)&to, sizeof(to)) < 0)
			return 3;
		count = typed;
	} while (fgets(typed, sizeof(typed), stdin) && typed[0] != '\n');
	return 0;
}
