/* SPDX-License-Identifier: MIT
 * cards.c - laps of short datagrams by each card, then a large one by each: packets are left for it.
 * Not here: what is on the wires (tests/boot/test_small.py).
 * Usage: cards <how many>. Card i is on 10.<i>.0.0/24, its peer is 10.<i>.0.2.
 * Source: sendto(2). */
#include "check.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>

#define LAPS  600 /* more than two of a ring */
#define LARGE 20000

static char payload[LARGE];

static int send_by(int fd, int card, size_t len)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(4747) };

	to.sin_addr.s_addr = htonl(0x0a000002u + ((uint32_t)card << 16));
	return sendto(fd, payload, len, 0, (void *)&to, sizeof(to)) == (ssize_t)len;
}

int main(int argc, char **argv)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), cards = argc > 1 ? atoi(argv[1]) : 0;

	for (int card = 0; card < cards; card++) {
		int sent = 0;

		for (int i = 0; i < LAPS; i++)
			sent += send_by(fd, card, 20);
		CHECK("short ones", sent == LAPS);
	}
	for (int card = 0; card < cards; card++)
		CHECK("a large one", send_by(fd, card, LARGE));
	return checks_failed != 0;
}
