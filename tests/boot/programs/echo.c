/* SPDX-License-Identifier: MIT
 * echo.c - sends numbered datagrams to an echo service and waits for each to come back.
 * Not here: the service (test_programs.py).
 * Usage: echo <address> <port> <count>
 * Source: udp(7). */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "check.h"

#define WAIT_S 60

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct timeval wait = { WAIT_S, 0 };
	int s = socket(AF_INET, SOCK_DGRAM, 0), good = 0;
	int count = argc > 3 ? atoi(argv[3]) : 0;
	char out[1400], in[2048];

	if (argc < 4)
		return 1;
	to.sin_port = htons((unsigned short)atoi(argv[2]));
	inet_pton(AF_INET, argv[1], &to.sin_addr);
	setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	CHECK("connect", connect(s, (void *)&to, sizeof(to)) == 0);
	for (int i = 0; i < count; i++) {
		size_t len = (size_t)(i * 97 % 1400) + 1;

		memset(out, i, len);
		if (send(s, out, len, 0) != (ssize_t)len)
			break;
		good += recv(s, in, sizeof(in), 0) == (ssize_t)len && memcmp(in, out, len) == 0;
	}
	CHECK("all came back", good == count);
	return checks_failed != 0;
}
