/* SPDX-License-Identifier: MIT
 * clock.c - clocks go forward, sleeps and timeouts last as long as asked.
 * Not here: what errors they have (errno_table.c).
 * test_programs.py starts it, here in guest time, and on the build host, which may be busy.
 * Usage: clock [how many milliseconds later something may be]
 * Source: clock_gettime(2), nanosleep(2), poll(2), recv(2). */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

#define MS    1000000ll
#define SLACK (20 * MS) /* two ticks */

static long long slack = SLACK;

static long long now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1000 * MS + t.tv_nsec;
}

static int lasts(long long start, long long expected)
{
	long long took = now(CLOCK_MONOTONIC) - start;

	printf("  took %lld us of %lld\n", took / 1000, expected / 1000);
	return took >= expected && took < expected + slack;
}

static void check_sleep(long long ns)
{
	struct timespec t = { ns / (1000 * MS), ns % (1000 * MS) };
	long long start = now(CLOCK_MONOTONIC);

	CHECK("nanosleep", nanosleep(&t, NULL) == 0 && lasts(start, ns));
}

static void check_absolute(void)
{
	long long start = now(CLOCK_MONOTONIC), end = start + 50 * MS;
	struct timespec t = { end / (1000 * MS), end % (1000 * MS) };

	CHECK("clock_nanosleep until",
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == 0 &&
			lasts(start, 50 * MS));
}

static void check_timeouts(void)
{
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in any = { .sin_family = AF_INET };
	struct timeval tv = { 0, 80000 };
	struct pollfd p = { .fd = s, .events = POLLIN };
	long long start = now(CLOCK_MONOTONIC);
	char byte;

	bind(s, (void *)&any, sizeof(any));
	CHECK("poll timeout", poll(&p, 1, 120) == 0 && lasts(start, 120 * MS));
	start = now(CLOCK_MONOTONIC);
	CHECK("poll without waiting", poll(&p, 1, 0) == 0 && lasts(start, 0));
	setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	start = now(CLOCK_MONOTONIC);
	CHECK("SO_RCVTIMEO",
		recv(s, &byte, 1, 0) == -1 && errno == EAGAIN && lasts(start, 80 * MS));
}

static void check_forward(clockid_t clock)
{
	long long last = now(clock), back = 0;

	for (int i = 0; i < 20000; i++) {
		long long t = now(clock);

		back += t < last;
		last = t;
	}
	CHECK("the clock never goes back", back == 0);
}

static void check_wall(void)
{
	struct timeval tv;
	long long real = now(CLOCK_REALTIME);

	gettimeofday(&tv, NULL);
	CHECK("gettimeofday is CLOCK_REALTIME",
		tv.tv_sec * 1000 * MS + tv.tv_usec * 1000 - real < 1000 * MS);
	CHECK("time is CLOCK_REALTIME", time(NULL) - real / (1000 * MS) <= 1);
	printf("wall %lld\n", (long long)time(NULL));
}

int main(int argc, char **argv)
{
	if (argc > 1)
		slack = atoi(argv[1]) * MS;
	check_forward(CLOCK_MONOTONIC);
	check_forward(CLOCK_REALTIME);
	check_sleep(1 * MS);
	check_sleep(20 * MS);
	check_sleep(300 * MS);
	check_absolute();
	check_timeouts();
	check_wall();
	return checks_failed != 0;
}
