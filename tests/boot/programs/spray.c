/* SPDX-License-Identifier: MIT
 * spray.c - many flows, again and again, and a route that is replaced and deleted under them.
 * Not here: which way each went (tests/boot/test_multipath.py reads the wires).
 * spray <flows> <rounds> <ms> [<via>]: a datagram with the round's number to 198.51.100.<flow> port 4747,
 * for each flow from a socket of its own; ms between rounds, or a line typed before each ("asked"). With via, 198.51.100.0/24 is replaced by
 * that gateway after a third of the rounds, and deleted after two thirds.
 * Source: rtnetlink(7). */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define FLOWS_MAX 200

enum {
	RTM_NEWROUTE = 24,
	RTM_DELROUTE
};

static int change_route(int type, int flags, const char *via)
{
	struct {
		uint32_t len;
		uint16_t type, flags;
		uint32_t seq, pid;
		uint8_t family, dst_len, src_len, tos, table, protocol, scope, kind;
		uint32_t rflags;
		uint16_t dlen, dtype;
		uint32_t dst;
		uint16_t glen, gtype;
		uint32_t gateway;
	} m = { sizeof(m), (uint16_t)type, (uint16_t)(flags | 5), 1, 0, AF_INET, 24, 0, 0, 254, 3,
		type == RTM_DELROUTE ? 255 : 0, type == RTM_DELROUTE ? 0 : 1, 0, 8, 1,
		inet_addr("198.51.100.0"), 8, 5, 0 };
	int fd = socket(16, SOCK_RAW, 0), answer[64] = { 0 };

	if (via)
		m.gateway = inet_addr(via);
	else
		m.len -= 8;
	if (send(fd, &m, m.len, 0) < 0 || recv(fd, answer, sizeof(answer), 0) < 20)
		return -1;
	return answer[4];
}

int main(int argc, char **argv)
{
	int fd[FLOWS_MAX], flows, rounds, unsent = 0;
	struct timespec pause = { 0 };
	char line[8];

	if (argc < 4 || (flows = atoi(argv[1])) > FLOWS_MAX)
		return 1;
	rounds = atoi(argv[2]);
	pause.tv_nsec = atoi(argv[3]) * 1000000l;
	for (int i = 0; i < flows; i++)
		fd[i] = socket(AF_INET, SOCK_DGRAM, 0);
	for (int round = 0; round < rounds; round++) {
		if (strcmp(argv[3], "asked") == 0 && !fgets(line, sizeof(line), stdin))
			return 2;
		if (argc > 4 && round == rounds / 3)
			printf("replaced: %d\n", change_route(RTM_NEWROUTE, 0x100, argv[4]));
		if (argc > 4 && round == rounds * 2 / 3)
			printf("deleted: %d\n", change_route(RTM_DELROUTE, 0, NULL));
		for (int i = 0; i < flows; i++) {
			struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(4747) };
			char text[16];
			int len = sprintf(text, "%d", round);

			to.sin_addr.s_addr = htonl(0xc6336400u + (uint32_t)i);
			unsent += sendto(fd[i], text, (size_t)len, 0, (void *)&to, sizeof(to)) < 0;
		}
		printf("round %d\n", round);
		fflush(stdout);
		nanosleep(&pause, NULL);
	}
	printf("unsent %d\n", unsent);
	return 0;
}
