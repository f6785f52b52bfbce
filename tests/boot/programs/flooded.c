/* SPDX-License-Identifier: MIT
 * flooded.c - a port that nobody reads is flooded, another one gets a numbered stream; then 64 senders in turn.
 * Not here: the two cards and the namespace of the second (tests/boot/test_flooded.py).
 * flooded <namespace> <address> <datagrams>: sends from the namespace to the address, and receives here.
 * Source: recvmmsg(2), setns(2), proc(5) /proc/net/udp. */
#define _GNU_SOURCE
#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* One of many: only a failure is told, and ends the program. */
#define MUST(name, condition)                                                                      \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			CHECK(name, 0);                                                            \
			exit(1);                                                                   \
		}                                                                                  \
	} while (0)

enum {
	FLOODED_PORT = 7000,
	STREAM_PORT = 7001,
	BATCH = 32,
	NUMBERED = 2, /* of a batch; the rest is the flood */
	SENDERS = 64,
	AT_ONCE = 8, /* as many wait also on a machine of 4 MiB */
	ROOM = 16
};

static struct sockaddr_in to[BATCH];
static struct mmsghdr out[BATCH], in[BATCH];
static struct iovec out_iov[BATCH], in_iov[BATCH];
static uint64_t out_number[BATCH], in_number[BATCH][ROOM / sizeof(uint64_t)];
static struct sockaddr_in from[BATCH];
static uint64_t last[SENDERS]; /* number of each sender */
static int senders[SENDERS];
static uint16_t first_port;

static int socket_at(uint16_t port)
{
	struct sockaddr_in own = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	CHECK("bind", bind(fd, (struct sockaddr *)&own, sizeof(own)) == 0);
	return fd;
}

static void prepare(const char *address)
{
	for (int i = 0; i < BATCH; i++) {
		uint16_t port = i < BATCH - NUMBERED ? FLOODED_PORT : STREAM_PORT;

		to[i] = (struct sockaddr_in){ AF_INET, htons(port), { inet_addr(address) }, { 0 } };
		out_iov[i] = (struct iovec){ &out_number[i], sizeof(out_number[i]) };
		out[i].msg_hdr = (struct msghdr){ .msg_name = &to[i],
			.msg_namelen = sizeof(to[i]),
			.msg_iov = &out_iov[i],
			.msg_iovlen = 1 };
		in_iov[i] = (struct iovec){ in_number[i], ROOM };
		in[i].msg_hdr = (struct msghdr){ .msg_name = &from[i],
			.msg_namelen = sizeof(from[i]),
			.msg_iov = &in_iov[i],
			.msg_iovlen = 1 };
	}
}

static void send_all(int fd, unsigned n)
{
	for (unsigned done = 0; done < n;) {
		long more = syscall(SYS_sendmmsg, fd, out + done, n - done, 0);

		MUST("sendmmsg", more > 0);
		done += (unsigned)more;
	}
}

/* Those that are there. Returns how many. */
static long receive(int fd)
{
	long n = syscall(SYS_recvmmsg, fd, in, BATCH, MSG_DONTWAIT, NULL);

	MUST("recvmmsg", n >= 0 || errno == EAGAIN);
	return n > 0 ? n : 0;
}

/* The numbered stream beside the flood: none is lost, none comes twice, all in order. */
static uint64_t stream_beside_flood(int sender, int fd, uint64_t n)
{
	uint64_t sent = 0, next = 0, flood = 0;

	while (sent < n) {
		for (int i = BATCH - NUMBERED; i < BATCH; i++)
			out_number[i] = sent++;
		send_all(sender, BATCH);
		flood += BATCH - NUMBERED;
		for (long got; (got = receive(fd)) > 0;)
			for (long i = 0; i < got; i++)
				MUST("the next of the stream", in_number[i][0] == next++);
	}
	CHECK("all of the stream has come", next == n);
	return flood;
}

/* /proc/net/udp's last column. */
static uint64_t drops_of(uint16_t port)
{
	unsigned long long drops = 0;
	unsigned at;
	char line[512];
	FILE *file = fopen("/proc/net/udp", "r");

	CHECK("/proc/net/udp", file != NULL);
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, " %*u: %*8x:%4x", &at) == 1 && at == port)
			drops = strtoull(strrchr(line, ' '), NULL, 10);
	fclose(file);
	return drops;
}

static void count_flood(int fd, uint64_t flood)
{
	uint64_t waited = 0, drops = drops_of(FLOODED_PORT);

	for (long got; (got = receive(fd)) > 0;)
		waited += (uint64_t)got;
	printf("flood %llu = %llu waited + %llu dropped\n", (unsigned long long)flood,
		(unsigned long long)waited, (unsigned long long)drops);
	CHECK("all of the flood is counted", waited > 0 && waited + drops == flood);
}

/* 64 senders in turn, each with numbers of its own. */
static void many_senders(int fd, uint64_t rounds)
{
	for (uint64_t number = 1; number <= rounds; number++) {
		for (int s = 0; s < SENDERS; s++) {
			out_number[BATCH - 1] = number;
			MUST("sendmsg", sendmsg(senders[s], &out[BATCH - 1].msg_hdr, 0) > 0);
			if (s % AT_ONCE < AT_ONCE - 1)
				continue;
			for (long got; (got = receive(fd)) > 0;)
				for (long i = 0; i < got; i++)
					MUST("the next of its sender",
						in_number[i][0] == ++last[ntohs(from[i].sin_port) -
									   first_port]);
		}
	}
	for (int s = 0; s < SENDERS; s++)
		MUST("all of each sender have come", last[s] == rounds);
	printf("%llu from %d senders\n", (unsigned long long)rounds * SENDERS, SENDERS);
}

int main(int argc, char **argv)
{
	int here = open("/proc/self/ns/net", O_RDONLY), there, sender, flooded, stream;
	char path[64];
	uint64_t n, flood;

	CHECK("usage", argc == 4);
	n = strtoull(argv[3], NULL, 10) / NUMBERED * NUMBERED;
	snprintf(path, sizeof(path), "/run/netns/%s", argv[1]);
	there = open(path, O_RDONLY);
	CHECK("enter the namespace", there >= 0 && setns(there, CLONE_NEWNET) == 0);
	sender = socket_at(0);
	first_port = 8000;
	for (int s = 0; s < SENDERS; s++)
		senders[s] = socket_at((uint16_t)(first_port + s));
	CHECK("and leave it", setns(here, CLONE_NEWNET) == 0);
	flooded = socket_at(FLOODED_PORT);
	CHECK("it would take everything", setsockopt(flooded, SOL_SOCKET, SO_RCVBUFFORCE,
						  &(int){ 1 << 30 }, sizeof(int)) == 0);
	stream = socket_at(STREAM_PORT);
	prepare(argv[2]);
	/* a card hears nothing in the second after it was set up; frames wait for it */
	CHECK("a first one", sendmsg(sender, &out[BATCH - 1].msg_hdr, 0) > 0);
	CHECK("comes", recv(stream, in_number[0], ROOM, 0) == sizeof(uint64_t));
	flood = stream_beside_flood(sender, stream, n);
	count_flood(flooded, flood);
	many_senders(stream, n / SENDERS);
	return checks_failed;
}
