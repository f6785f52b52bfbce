/* SPDX-License-Identifier: MIT
 * filter.c - sends datagrams and gives orders to /proc/net/filter in between, as its arguments say.
 * Not here: which of them must leave (test_filter.py).
 * Usage: filter <step> ...: <address>:<port> sends a datagram with its step's number; "show" prints the
 * file; anything else is a line for it.
 * Source: sendto(2), proc(5). */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

#define FILTER "/proc/net/filter"

static int file, fd; /* the order file, the socket */

static void show(void)
{
	char line[256];
	FILE *in = fopen(FILTER, "r");

	while (in && fgets(line, sizeof(line), in))
		printf("rule %s", line);
	if (in)
		fclose(in);
}

static void send_number(const char *step, int number)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	char address[32];
	const char *colon = strchr(step, ':');

	snprintf(address, sizeof(address), "%.*s", (int)(colon - step), step);
	inet_pton(AF_INET, address, &to.sin_addr);
	to.sin_port = htons((unsigned short)atoi(colon + 1));
	RESULT(step, sendto(fd, &number, sizeof(number), 0, (void *)&to, sizeof(to)));
}

int main(int argc, char **argv)
{
	file = open(FILTER, O_WRONLY | O_CREAT | O_TRUNC, 0644); /* as a shell's > does */
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "show") == 0)
			show();
		else if (argv[i][0] >= '0' && argv[i][0] <= '9')
			send_number(argv[i], i);
		else
			RESULT(argv[i], write(file, argv[i], strlen(argv[i])));
	}
	return checks_failed;
}
