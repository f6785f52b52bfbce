/* SPDX-License-Identifier: MIT
 * bench-many.c - what sending costs away from one flow and one length: the same static ELF runs here and on Linux.
 * Not here: one flow (bench-send.c), what the numbers should be (bench/budgets.toml), booting (bench/many.py).
 * Usage: bench-many [rounds=N] [tap=1] [rest=MS] [sockets=N] [hosts=N] [only=name,..]
 *   rounds=  calls of each kind; prints "cost <name> <datagrams> <median> <least> <most> <mean>", per call, in
 *            ticks of the time-stamp counter (one guest instruction under -icount shift=0)
 *   tap=1    a packet socket takes every frame meanwhile; it is read between the calls
 *   sockets=, hosts=  that send, and that are sent to, in turn; the hosts are permanent neighbours
 *   rest=MS  a pause between the calls, for what leaves in pauses
 * Source: Intel SDM vol. 2B "RDTSC"; sendmmsg(2), packet(7). The simple mix of sizes (IMIX): 7 frames of 64, 4 of 590,
 * 1 of 1,514 bytes. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "neighbours.h"

#define ROUNDS_DEFAULT 1001
#define ROUNDS_MAX     100001
#define WARM_UP        1200 /* calls: every slot of the ring, and every destination */
#define PORT           5000
#define HOST           "10.0.2.2"
#define HOSTS          0x0a000280u /* 10.0.2.128 and those that follow */

enum {
	MUFFIN_LEN = 6,
	FULL_LEN = 1472,
	BATCH = 64,
	UNEVEN = 61,   /* destinations: no ring's size is a multiple of it */
	SOCKETS = 100, /* if sockets= does not say otherwise */
	SOCKETS_MAX = 250,
	HOSTS_MAX = 1000
};

struct batch {
	struct mmsghdr messages[BATCH];
	struct iovec iov[BATCH];
};

static uint32_t ticks[ROUNDS_MAX];
static char payload[FULL_LEN] = "muffin";
static struct sockaddr_in to[BATCH];
static struct sockaddr_in host[HOSTS_MAX];
static int fd, connected[SOCKETS_MAX], tap_fd = -1;
static unsigned sockets = SOCKETS, hosts = BATCH;
static char frame[2048];
static struct timespec rest;
static struct batch one, many, uneven, mix, many_mix;

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

/* ---- the calls --------------------------------------------------------------------------- */

static long send_len(size_t len)
{
	return sendto(fd, payload, len, 0, (const struct sockaddr *)to, sizeof(*to)) == (long)len;
}

static long to_in_turn(unsigned destinations)
{
	static unsigned n;
	const struct sockaddr_in *at = &to[n++ % destinations];

	return sendto(fd, payload, MUFFIN_LEN, 0, (const struct sockaddr *)at, sizeof(*at)) ==
	       MUFFIN_LEN;
}

/* Not musl's sendmmsg, which calls sendmsg for each message. */
static long send_batch(struct batch *batch)
{
	return syscall(SYS_sendmmsg, fd, batch->messages, BATCH, 0);
}

static long call_nothing(void)
{
	return 1;
}

static long call_sendto_6(void)
{
	return send_len(MUFFIN_LEN);
}

static long call_sendto_1(void)
{
	return send_len(1);
}

static long call_sendto_64(void)
{
	return send_len(64);
}

static long call_sendto_512(void)
{
	return send_len(512);
}

static long call_sendto_1472(void)
{
	return send_len(FULL_LEN);
}

static long call_lengths(void)
{
	static unsigned n;

	return send_len(n++ % 2 ? 20 : 40);
}

static long call_to_64(void)
{
	return to_in_turn(BATCH);
}

static long call_to_61(void)
{
	return to_in_turn(UNEVEN);
}

static long call_sockets(void)
{
	static unsigned n;

	return send(connected[n++ % sockets], payload, MUFFIN_LEN, 0) == MUFFIN_LEN;
}

static long call_hosts(void)
{
	static unsigned n;
	const struct sockaddr_in *at = &host[n++ % hosts];

	return sendto(fd, payload, MUFFIN_LEN, 0, (const struct sockaddr *)at, sizeof(*at)) ==
	       MUFFIN_LEN;
}

static long call_batch(void)
{
	return send_batch(&one);
}

static long call_batch_64(void)
{
	return send_batch(&many);
}

static long call_batch_61(void)
{
	return send_batch(&uneven);
}

static long call_imix(void)
{
	return send_batch(&mix);
}

static long call_imix_64(void)
{
	return send_batch(&many_mix);
}

static const struct what {
	const char *name;
	long (*call)(void);
	unsigned datagrams; /* and the result, when it worked */
} whats[] = {
	{ "nothing", call_nothing, 1 },
	{ "sendto_6", call_sendto_6, 1 },
	{ "sendto_1", call_sendto_1, 1 },
	{ "sendto_64", call_sendto_64, 1 },
	{ "sendto_512", call_sendto_512, 1 },
	{ "sendto_1472", call_sendto_1472, 1 },
	{ "lengths", call_lengths, 1 },
	{ "to_64", call_to_64, 1 },
	{ "to_61", call_to_61, 1 },
	{ "sockets", call_sockets, 1 },
	{ "hosts", call_hosts, 1 },
	{ "batch", call_batch, BATCH },
	{ "batch_64", call_batch_64, BATCH },
	{ "batch_61", call_batch_61, BATCH },
	{ "imix", call_imix, BATCH },
	{ "imix_64", call_imix_64, BATCH },
};

/* ---- measuring --------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* One call, timed; what did not work ends the program: a failure is no measurement. */
static uint32_t once(const struct what *what)
{
	uint64_t start = rdtsc(), end;
	long result = what->call();

	end = rdtsc();
	check(result == (long)what->datagrams, what->name);
	while (tap_fd >= 0 && recv(tap_fd, frame, sizeof(frame), MSG_DONTWAIT) > 0)
		continue;
	if (rest.tv_nsec)
		nanosleep(&rest, NULL);
	return (uint32_t)(end - start);
}

static void measure(const struct what *what, unsigned rounds)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < WARM_UP / what->datagrams + BATCH; i++)
		once(what);
	for (unsigned i = 0; i < rounds; i++)
		sum += ticks[i] = once(what);
	qsort(ticks, rounds, sizeof(*ticks), compare);
	printf("cost %s %u %u %u %u %u\n", what->name, what->datagrams, ticks[rounds / 2], ticks[0],
		ticks[rounds - 1], (unsigned)(sum / rounds));
}

/* ---- before ------------------------------------------------------------------------------ */

static void prepare_batch(struct batch *batch, unsigned destinations, int mixed)
{
	static const unsigned short imix[] = { 22, 22, 22, 22, 22, 22, 22, 548, 548, 548, 548,
		FULL_LEN };

	for (unsigned i = 0; i < BATCH; i++) {
		batch->iov[i] = (struct iovec){ payload,
			mixed ? imix[i % (sizeof(imix) / sizeof(*imix))] : MUFFIN_LEN };
		batch->messages[i].msg_hdr = (struct msghdr){ .msg_name = &to[i % destinations],
			.msg_namelen = sizeof(*to),
			.msg_iov = &batch->iov[i],
			.msg_iovlen = 1 };
	}
}

static void prepare_all(int tap)
{
	for (unsigned i = 0; i < BATCH; i++)
		to[i] = (struct sockaddr_in){ .sin_family = AF_INET,
			.sin_port = htons((uint16_t)(PORT + i)),
			.sin_addr.s_addr = inet_addr(HOST) };
	if (tap) {
		tap_fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
		check(tap_fd >= 0, "packet socket");
	}
	for (unsigned i = 0; i < hosts; i++)
		host[i] = (struct sockaddr_in){ .sin_family = AF_INET,
			.sin_port = htons(PORT),
			.sin_addr.s_addr = htonl(HOSTS + i) };
	check(add_neighbours("eth0", HOSTS, hosts) == 0, "neighbours");
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	check(fd >= 0, "socket");
	for (unsigned i = 0; i < sockets; i++) {
		connected[i] = socket(AF_INET, SOCK_DGRAM, 0);
		check(connected[i] >= 0 && connect(connected[i], (struct sockaddr *)&to[i % BATCH],
						   sizeof(*to)) == 0,
			"connect");
	}
	prepare_batch(&one, 1, 0);
	prepare_batch(&many, BATCH, 0);
	prepare_batch(&uneven, UNEVEN, 0);
	prepare_batch(&mix, 1, 1);
	prepare_batch(&many_mix, BATCH, 1);
}

/* Is name one of those in a list with commas? An empty list has them all. */
static int listed(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = list; *at; at += strcspn(at, ","), at += *at == ',')
		if (strcspn(at, ",") == len && strncmp(at, name, len) == 0)
			return 1;
	return !*list;
}

int main(int argc, char **argv)
{
	unsigned rounds = ROUNDS_DEFAULT;
	int tap = 0, rest_ms = 0;
	char only[256] = "";

	for (int i = 1; i < argc; i++)
		if (sscanf(argv[i], "rounds=%u", &rounds) != 1 &&
			sscanf(argv[i], "tap=%d", &tap) != 1 &&
			sscanf(argv[i], "rest=%d", &rest_ms) != 1 &&
			sscanf(argv[i], "sockets=%u", &sockets) != 1 &&
			sscanf(argv[i], "hosts=%u", &hosts) != 1 &&
			sscanf(argv[i], "only=%255s", only) != 1)
			rounds = 0;
	if (rounds < 1 || rounds > ROUNDS_MAX || sockets < 1 || sockets > SOCKETS_MAX ||
		hosts < 1 || hosts > HOSTS_MAX) {
		printf("usage: bench-many [rounds=1..%d] [tap=1] [rest=MS] [only=name,..]\n",
			ROUNDS_MAX);
		return 2;
	}
	rest.tv_nsec = rest_ms * 1000000;
	prepare_all(tap);
	for (const struct what *what = whats; what < whats + sizeof(whats) / sizeof(*whats); what++)
		if (listed(only, what->name))
			measure(what, rounds);
	return 0;
}
