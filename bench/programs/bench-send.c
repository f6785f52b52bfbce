/* SPDX-License-Identifier: MIT
 * bench-send.c - what one call costs, seen from the program: the same static ELF runs here and on
 * Linux.
 * Not here: what the numbers should be (bench/budgets.toml), booting (bench/instructions.py).
 * Usage: bench-send [rounds]. Prints "<name> <median> <least> <most>" in time-stamp counter ticks;
 * under QEMU's -icount shift=0 one tick is one guest instruction.
 * Source: Intel SDM vol. 2B "RDTSC", "LFENCE". */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ROUNDS_DEFAULT 2001
#define ROUNDS_MAX     100001
#define WARM_UP        64
#define PORT           4747

static uint32_t ticks[ROUNDS_MAX];
static struct sockaddr_in to;
static int fd, connected_fd;

static inline uint64_t rdtsc(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high)::"memory");
	return (uint64_t)high << 32 | low;
}

static void check(int ok, const char *what)
{
	if (ok)
		return;
	printf("%s: %s\n", what, strerror(errno));
	exit(1);
}

static void call_nothing(void)
{
}

static void call_getppid(void)
{
	check(syscall(SYS_getppid) >= 0, "getppid");
}

static void call_sendto(void)
{
	check(sendto(fd, "muffin", 6, 0, (struct sockaddr *)&to, sizeof(to)) == 6, "sendto");
}

static void call_send(void)
{
	check(send(connected_fd, "muffin", 6, 0) == 6, "send");
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void measure(const char *name, void (*call)(void), int rounds)
{
	for (int i = 0; i < WARM_UP; i++)
		call();
	for (int i = 0; i < rounds; i++) {
		uint64_t start = rdtsc();

		call();
		ticks[i] = (uint32_t)(rdtsc() - start);
	}
	qsort(ticks, (size_t)rounds, sizeof(*ticks), compare);
	printf("%s %u %u %u\n", name, ticks[rounds / 2], ticks[0], ticks[rounds - 1]);
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : ROUNDS_DEFAULT;

	if (rounds < 1 || rounds > ROUNDS_MAX) {
		printf("rounds: '%s' is not a number from 1 to %d\n", argv[1], ROUNDS_MAX);
		return 2;
	}
	to.sin_family = AF_INET;
	to.sin_port = htons(PORT);
	to.sin_addr.s_addr = inet_addr("10.0.2.2");
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	connected_fd = socket(AF_INET, SOCK_DGRAM, 0);
	check(fd >= 0 && connected_fd >= 0, "socket");
	check(connect(connected_fd, (struct sockaddr *)&to, sizeof(to)) == 0, "connect");
	measure("nothing", call_nothing, rounds);
	measure("getppid", call_getppid, rounds);
	measure("sendto", call_sendto, rounds);
	measure("send", call_send, rounds);
	return 0;
}
