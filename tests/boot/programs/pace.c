/* SPDX-License-Identifier: MIT
 * pace.c - sends numbered datagrams, paced or not, in several ways of waiting.
 * Not here: when they leave (test_rates.py).
 * Usage: pace <address> <count> <payload bytes> <bytes a second, or 0> <how>, where how is
 *   block   sendto waits
 *   poll    MSG_DONTWAIT, and poll for POLLOUT when that says EAGAIN
 *   busy    half a packet's time at 10,000 packets a second is computed in ring 3 before each
 *   close   as fast as it is taken, then close at once
 * Source: socket(7), SO_MAX_PACING_RATE; poll(2). */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PORT    4747
#define BUSY_NS 50000

static long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000l + t.tv_nsec;
}

static int wait_for_room(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	return errno == EAGAIN && poll(&p, 1, 5000) == 1 && p.revents == POLLOUT;
}

int main(int argc, char **argv)
{
	static char payload[1472];
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	uint32_t count = argc == 6 ? (uint32_t)atoi(argv[2]) : 0, refused = 0;
	uint64_t rate = argc == 6 ? strtoull(argv[4], NULL, 10) : 0;
	int polls = argc == 6 && strcmp(argv[5], "poll") == 0;
	int busy = argc == 6 && strcmp(argv[5], "busy") == 0;

	if (argc != 6 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1)
		return 1;
	if (rate && setsockopt(fd, SOL_SOCKET, SO_MAX_PACING_RATE, &rate, sizeof(rate)) < 0)
		return 2;
	for (uint32_t i = 0; i < count;) {
		long start = now_ns();

		while (busy && now_ns() - start < BUSY_NS)
			;
		memcpy(payload, &i, sizeof(i));
		if (sendto(fd, payload, (size_t)atoi(argv[3]), polls ? MSG_DONTWAIT : 0,
			    (void *)&to, sizeof(to)) >= 0) {
			i++;
			continue;
		}
		refused++;
		if (!polls || !wait_for_room(fd)) {
			printf("number %u: %s\n", i, strerror(errno));
			return 3;
		}
	}
	if (strcmp(argv[5], "close") == 0)
		close(fd);
	printf("%u sent, %u times told to wait\n", count, refused);
	return 0;
}
