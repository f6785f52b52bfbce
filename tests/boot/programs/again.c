/* SPDX-License-Identifier: MIT
 * again.c - what a program may do again and again without the machine's memory getting less.
 * Not here: the program's own memory (memory.c).
 * test_small.py starts it on the smallest machine, where a lost page table in a hundred rounds shows.
 * Source: packet(7), netlink(7), unshare(2). */
#define _GNU_SOURCE
#include "check.h"

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROUNDS     160000
#define NAMESPACES 3000
#define LONG       20000 /* a message that needs memory of its own */
#define MANY       700   /* instructions of a filter that needs two pages */

#ifndef SO_ATTACH_FILTER
#define SO_ATTACH_FILTER 26
#endif

struct instruction {
	uint16_t code;
	uint8_t jt, jf;
	uint32_t k;
};

struct filter {
	uint16_t n;
	const struct instruction *at;
};

static bool filters_come_and_go(void)
{
	static const struct instruction all[MANY] = { [0 ... MANY - 1] = { 6, 0, 0, 1 } };
	const struct filter few = { 1, all }, many = { MANY, all };
	int s = socket(AF_PACKET, SOCK_RAW, 0);
	bool good = s >= 0;

	for (int i = 0; i < ROUNDS && good; i++)
		good = setsockopt(s, SOL_SOCKET, SO_ATTACH_FILTER, i % 2 ? &few : &many,
			       sizeof(few)) == 0;
	close(s);
	return good;
}

static bool long_requests(void)
{
	static char request[LONG];
	int s = socket(AF_NETLINK, SOCK_RAW, 0);
	bool good = s >= 0;

	for (int i = 0; i < ROUNDS / 5 && good; i++)
		good = send(s, request, sizeof(request), 0) == sizeof(request);
	close(s);
	return good;
}

static bool namespaces_come_and_go(void)
{
	bool good = true;

	for (int i = 0; i < NAMESPACES && good; i++)
		good = unshare(CLONE_NEWNET) == 0;
	return good;
}

int main(void)
{
	CHECK("filters", filters_come_and_go());
	CHECK("requests", long_requests());
	CHECK("namespaces", namespaces_come_and_go());
	return checks_failed;
}
