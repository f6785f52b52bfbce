/* SPDX-License-Identifier: MIT
 * soak.c - numbered datagrams without end, by each call that sends.
 * Not here: whether they arrive (tests/soak/check.c).
 * Usage: soak <address> sendto|sendmmsg|segment <count>. Each carries its number, 8 bytes, lowest
 * first, and as many bytes more as its number says (0 to 15): frames of all lengths near the shortest.
 * A GSO burst's datagrams are of one length each.
 * Source: sendto(2), sendmmsg(2), udp(7). */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PORT     4747
#define BATCH    64
#define LEN(n)   (8 + ((n)&15))
#define BURST(n) (8 + ((n) / BATCH & 15)) /* the length of the datagrams in a burst */

static struct sockaddr_in to = { .sin_family = AF_INET };
static unsigned char payload[BATCH][32];

static long by_sendto(int fd, uint64_t n)
{
	ssize_t len = LEN(n);

	memcpy(payload[0], &n, 8);
	return sendto(fd, payload[0], LEN(n), 0, (void *)&to, sizeof(to)) == len ? 1 : -1;
}

static long by_sendmmsg(int fd, uint64_t n)
{
	struct mmsghdr m[BATCH];
	struct iovec iov[BATCH];

	for (uint64_t i = 0; i < BATCH; i++) {
		memcpy(payload[i], &(uint64_t){ n + i }, 8);
		iov[i] = (struct iovec){ payload[i], LEN(n + i) };
		m[i].msg_hdr = (struct msghdr){ .msg_name = &to,
			.msg_namelen = sizeof(to),
			.msg_iov = &iov[i],
			.msg_iovlen = 1 };
	}
	return syscall(SYS_sendmmsg, fd, m, BATCH, 0); /* musl's own is a loop of sendmsg */
}

static long by_segment(int fd, uint64_t n)
{
	static unsigned char burst[BATCH * 32];
	int len = BURST(n);

	for (uint64_t i = 0; i < BATCH; i++)
		memcpy(burst + i * len, &(uint64_t){ n + i }, 8);
	if (setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &len, sizeof(len)) != 0)
		return -1;
	return sendto(fd, burst, BATCH * len, 0, (void *)&to, sizeof(to)) == BATCH * len ? BATCH
											 : -1;
}

static const struct {
	const char *name;
	long (*send)(int fd, uint64_t n); /* number n and perhaps more; returns how many */
} modes[] = { { "sendto", by_sendto }, { "sendmmsg", by_sendmmsg }, { "segment", by_segment } };

int main(int argc, char **argv)
{
	uint64_t count = argc > 3 ? strtoull(argv[3], NULL, 10) : 0, n = 0;
	int fd = socket(AF_INET, SOCK_DGRAM, 0), mode = 0;

	to.sin_port = htons(PORT);
	if (argc < 4 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1)
		return 1;
	while (strcmp(modes[mode].name, argv[2]) != 0)
		if (++mode == 3)
			return 1;
	while (n < count) {
		long sent = modes[mode].send(fd, n);

		if (sent < 0) {
			printf("number %llu: %s\n", (unsigned long long)n, strerror(errno));
			return 2;
		}
		n += (uint64_t)sent;
	}
	printf("%llu sent\n", (unsigned long long)n);
	return 0;
}
