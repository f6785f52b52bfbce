/* SPDX-License-Identifier: MIT
 * txtime.c - SO_TXTIME: packets that shall leave at their times, and what becomes of those that cannot.
 * Not here: when they leave (test_txtime.py); who keeps them until then: qdisc=etf, or nobody.
 * Usage: txtime table                 what the option and its control message take: the same on Linux
 *        txtime errors                times that have passed, and are missed: needs qdisc=etf
 *        txtime plan <count> <gap ns> <clock> <how>   numbered datagrams at times of their own; how: rest (all
 *                                     are queued, then it sleeps), poll (it receives until they have left)
 * Source: tc-etf(8), cmsg(3). */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

#define TXTIME    61
#define DEADLINE  1
#define REPORT    2
#define AHEAD_NS  20000000
#define ANSWER_MS 60000
#define ORIGIN    6
#define INVALID   1
#define MISSED    2

struct txtime {
	int clockid;
	unsigned flags;
};

struct extended_err {
	unsigned err;
	unsigned char origin, type, code, pad;
	unsigned info, data;
	struct sockaddr_in offender;
};

static struct sockaddr_in to = { .sin_family = AF_INET };

static uint64_t now(int clockid)
{
	struct timespec t;

	clock_gettime(clockid, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static int udp(int clockid, unsigned flags)
{
	struct txtime t = { clockid, flags };
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	if (setsockopt(s, SOL_SOCKET, TXTIME, &t, sizeof(t)) < 0)
		printf("= SO_TXTIME: %s\n", strerror(errno));
	return s;
}

static long send_at(int s, uint32_t number, uint64_t time, size_t len)
{
	char control[CMSG_SPACE(8)] = { 0 };
	struct iovec iov = { &number, sizeof(number) };
	struct msghdr m = { .msg_name = &to,
		.msg_namelen = sizeof(to),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = TXTIME;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), &time, 8);
	return sendmsg(s, &m, 0);
}

/* ---- what is taken ------------------------------------------------------------------------------ */

static void get(int s, socklen_t room)
{
	struct txtime t = { -1, 99 };
	socklen_t len = room;
	int r = getsockopt(s, SOL_SOCKET, TXTIME, &t, &len);

	printf("= get of %u: %d length %u clock %d flags %u\n", room, r, len, t.clockid, t.flags);
}

static void table(void)
{
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	get(s, 8);
	RESULT("a time without the option", send_at(s, 0, 1, 8));
	for (int clock = -1; clock < 13; clock++)
		for (unsigned flags = 0; flags < 5; flags++) {
			struct txtime t = { clock, flags };

			RESULT("set", setsockopt(s, SOL_SOCKET, TXTIME, &t, sizeof(t)));
			get(s, 8);
		}
	for (socklen_t len = 0; len < 17; len += 4) {
		struct txtime t[2] = { { CLOCK_TAI, 0 }, { 0, 0 } };

		RESULT("set some", setsockopt(s, SOL_SOCKET, TXTIME, t, len));
		get(s, len);
	}
	RESULT("fault", setsockopt(s, SOL_SOCKET, TXTIME, (void *)8, 8));
	for (size_t len = 0; len < 9; len += 4)
		RESULT("a time's length", send_at(s, 0, now(CLOCK_TAI), len));
	RESULT("no time", sendto(s, "x", 1, 0, (void *)&to, sizeof(to)));
	RESULT("passed", send_at(s, 0, 1, 8)); /* nobody looks at it */
	RESULT("pending", recv(s, &s, 1, MSG_ERRQUEUE | MSG_DONTWAIT));
}

/* ---- what cannot leave ---------------------------------------------------------------------------- */

static struct extended_err ee;
static char frame[128];

static long read_error(int s, int ms)
{
	struct pollfd p = { .fd = s };
	char control[256];
	struct iovec iov = { frame, sizeof(frame) };
	struct msghdr m = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control) };
	long n;

	poll(&p, 1, ms);
	memset(&ee, 0, sizeof(ee));
	n = recvmsg(s, &m, MSG_ERRQUEUE | MSG_DONTWAIT);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); n >= 0 && c; c = CMSG_NXTHDR(&m, c))
		if (c->cmsg_level == SOL_IP && c->cmsg_type == IP_RECVERR)
			memcpy(&ee, CMSG_DATA(c), sizeof(ee));
	return n;
}

static int told(unsigned err, unsigned code, uint64_t time)
{
	return ee.err == err && ee.origin == ORIGIN && ee.type == 0 && ee.code == code &&
	       ((uint64_t)ee.data << 32 | ee.info) == time;
}

static void compute(uint64_t until)
{
	while (now(CLOCK_MONOTONIC) < until)
		;
}

static void errors(void)
{
	static const int clocks[] = { CLOCK_MONOTONIC, CLOCK_TAI };
	int s, one = 1;

	for (int i = 0; i < 2; i++) {
		uint64_t time = now(clocks[i]) - 1000;

		s = udp(clocks[i], REPORT);
		CHECK("a time that has passed is taken", send_at(s, 1, time, 8) == 4);
		CHECK("the frame comes back", read_error(s, ANSWER_MS) == 46);
		CHECK("with its payload", !memcmp(frame + 42, "\1\0\0\0", 4));
		CHECK("as an invalid time", told(EINVAL, INVALID, time));
		CHECK("no time is invalid", sendto(s, "x", 1, 0, (void *)&to, sizeof(to)) == 1 &&
						    read_error(s, ANSWER_MS) == 43 &&
						    told(EINVAL, INVALID, 0));
		time = now(clocks[i]) + 2000000;
		CHECK("a time to come is taken", send_at(s, 2, time, 8) == 4);
		compute(now(CLOCK_MONOTONIC) + 60000000);
		CHECK("it was missed",
			read_error(s, ANSWER_MS) == 46 && told(ECANCELED, MISSED, time));
		setsockopt(s, SOL_IP, IP_RECVERR, &one, sizeof(one));
		CHECK("IP_RECVERR hears it from the call",
			send_at(s, 1, 1, 8) == -1 && errno == ENOBUFS && read_error(s, 0) == 46);
		close(s);
	}
	s = udp(CLOCK_MONOTONIC, 0);
	CHECK("who did not ask", send_at(s, 3, 1, 8) == 4);
	CHECK("is not told", read_error(s, 0) == -1);
	close(s);
	s = udp(CLOCK_MONOTONIC, DEADLINE | REPORT);
	CHECK("a deadline", send_at(s, 4, now(CLOCK_MONOTONIC) + 1000000000, 8) == 4);
	CHECK("is met", read_error(s, 0) == -1);
	close(s);
}

/* ---- a plan -------------------------------------------------------------------------------------- */

#define STAMPING 37
#define WISHES   (1 << 1 | 1 << 4 | 1 << 7 | 1 << 11) /* when each left, its number, not the frame */

/* The next packet that left: how late, in nanoseconds, after its time. Returns 0, or -1: there is none. */
static int lateness(int s, uint64_t start, uint64_t gap, int64_t *late)
{
	char control[256];
	struct msghdr m = { .msg_control = control, .msg_controllen = sizeof(control) };
	struct timespec t = { 0, 0 };

	if (recvmsg(s, &m, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
		return -1;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
		if (c->cmsg_level == SOL_SOCKET)
			memcpy(&t, CMSG_DATA(c), sizeof(t));
		else
			memcpy(&ee, CMSG_DATA(c), sizeof(ee));
	}
	*late = (int64_t)((uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec - start -
			  (ee.data ^ 1) * gap);
	return 0;
}

/* Its own numbers count messages: 0 is sent at the second time, 1 at the first, and so on. */
static void plan(uint32_t count, uint64_t gap, int clockid, int polls)
{
	int s = udp(clockid, REPORT), other = socket(AF_INET, SOCK_DGRAM, 0), wishes = WISHES;
	uint64_t start, real;
	int64_t late, least = INT64_MAX, most = INT64_MIN;
	uint32_t left = 0;
	char byte;

	setsockopt(s, SOL_SOCKET, STAMPING, &wishes, sizeof(wishes));
	recv(other, &byte, 1, MSG_DONTWAIT); /* the first one gets memory, for 50 us */
	start = real = now(clockid) + AHEAD_NS;
	if (clockid == CLOCK_MONOTONIC)
		real += now(CLOCK_REALTIME) - now(CLOCK_MONOTONIC);
	for (uint32_t i = 0; i < count; i++)
		if (send_at(s, i ^ 1, start + (i ^ 1) * gap, 8) < 0)
			printf("= %u: %s\n", i ^ 1, strerror(errno));
	while (polls && now(clockid) < start + count * gap)
		recv(other, &byte, 1, MSG_DONTWAIT);
	while (now(clockid) < start + count * gap)
		usleep(10000);
	for (; lateness(s, real, gap, &late) == 0; left++) {
		least = late < least ? late : least;
		most = late > most ? late : most;
	}
	printf("= %u left, from %ld to %ld ns late, %ld ns planned\n", left, (long)least,
		(long)most, (long)(count * gap));
}

int main(int argc, char **argv)
{
	inet_pton(AF_INET, "10.0.2.2", &to.sin_addr);
	to.sin_port = htons(4747);
	if (argc == 6)
		plan((uint32_t)atoi(argv[2]), strtoull(argv[3], NULL, 10), atoi(argv[4]),
			!strcmp(argv[5], "poll"));
	else if (argc == 2 && !strcmp(argv[1], "errors"))
		errors();
	else
		table();
	printf("end of table\n");
	return checks_failed != 0;
}
