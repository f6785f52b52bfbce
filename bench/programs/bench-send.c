/* SPDX-License-Identifier: MIT
 * bench-send.c - what one call costs, seen from the program: the same static ELF runs here and on
 * Linux.
 * Not here: what the numbers should be (bench/budgets.toml), booting (bench/guest.py).
 * Usage: bench-send [rounds=N] [flood=N] [sockets=N] [neighbours=N] [only=name,..]
 *   rounds=  calls of each kind; prints "cost <name> <datagrams> <median> <least> <most> <mean>", per
 *            call, in ticks of the time-stamp counter (one guest instruction under -icount shift=0)
 *   flood=   instead, so many datagrams of each kind in one go: "begin <name>", then "flood <name>
 *            <datagrams> <ticks> <ns>"
 *   sockets=, neighbours=   so many more that are there meanwhile: open and bound, permanent
 * A call that the kernel does not have gives "unsupported <name> <why>".
 * Source: Intel SDM vol. 2B "RDTSC"; sendmmsg(2), udp(7) UDP_SEGMENT, rtnetlink(7). */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
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

#ifndef UDP_SEGMENT /* linux/udp.h; musl's netinet/udp.h has it from 1.2.5 on */
#define UDP_SEGMENT 103
#endif

#define ROUNDS_DEFAULT 2001
#define ROUNDS_MAX     100001
#define WARM_UP        64
#define LOOK_MS        100
#define PORT           4747
#define HOST_A         "10.0.2.2"
#define HOST_B         "10.0.2.3"
#define HOSTS          0x0a000400u /* addresses of neighbours= */

enum {
	MUFFIN_LEN = 6,
	BATCH = 64,      /* messages a sendmmsg, segments a UDP_SEGMENT call: Linux's most */
	FULL_LEN = 1472, /* fills an Ethernet frame: 1500 - 20 - 8 */
	FULL_BATCH = 44  /* 44 x 1472 is the most below 65507 */
};

static uint32_t ticks[ROUNDS_MAX];
static char payload[FULL_BATCH * FULL_LEN] = "muffin";
static struct sockaddr_in to_a, to_b;
static int fd, connected_fd, fresh_fd = -1;

static struct mmsghdr named[BATCH], unnamed[BATCH];
static struct iovec one_muffin = { payload, MUFFIN_LEN };

struct burst { /* one sendmsg that UDP_SEGMENT cuts up */
	struct iovec iov;
	struct msghdr msg;
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(uint16_t))];
};

static struct burst muffins, frames;

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

static long send_to(int from, size_t len, const struct sockaddr_in *to)
{
	return sendto(from, payload, len, 0, (const struct sockaddr *)to, sizeof(*to));
}

static long call_nothing(void)
{
	return 0;
}

static long call_getppid(void)
{
	return getppid() < 0;
}

static long call_sendto(void)
{
	return send_to(fd, MUFFIN_LEN, &to_a);
}

static long call_send(void)
{
	return send(connected_fd, payload, MUFFIN_LEN, 0);
}

static long call_sendto_1472(void)
{
	return send_to(fd, FULL_LEN, &to_a);
}

/* Not musl's sendmmsg, which calls sendmsg for each message. Its struct msghdr is the kernel's as long
 * as the padding beside its ints is zero. */
static long call_sendmmsg(void)
{
	return syscall(SYS_sendmmsg, fd, named, BATCH, 0);
}

static long call_sendmmsg_connected(void)
{
	return syscall(SYS_sendmmsg, connected_fd, unnamed, BATCH, 0);
}

static long call_segment(void)
{
	return sendmsg(fd, &muffins.msg, 0);
}

static long call_segment_1472(void)
{
	return sendmsg(fd, &frames.msg, 0);
}

static long call_first(void)
{
	return send_to(fresh_fd, MUFFIN_LEN, &to_a);
}

static long call_destinations(void)
{
	static unsigned n;

	return send_to(fd, MUFFIN_LEN, ++n % 2 ? &to_b : &to_a);
}

/* Even and odd lengths in turn; an answer of one byte more is as good. */
static long call_lengths(void)
{
	static unsigned n;
	size_t more = ++n % 2;

	return send_to(fd, MUFFIN_LEN + more, &to_a) - (long)more;
}

/* A socket that has sent nothing, but has its port: what is new is the flow. */
static void fresh_socket(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET };

	if (fresh_fd >= 0)
		close(fresh_fd);
	fresh_fd = socket(AF_INET, SOCK_DGRAM, 0);
	check(fresh_fd >= 0, "socket");
	check(bind(fresh_fd, (struct sockaddr *)&any, sizeof(any)) == 0, "bind");
}

static const struct what {
	const char *name;
	long (*call)(void);
	long result; /* when it worked */
	unsigned datagrams;
	void (*prepare)(void); /* before each call, not measured; or NULL */
} whats[] = {
	{ "nothing", call_nothing, 0, 1, NULL },
	{ "getppid", call_getppid, 0, 1, NULL },
	{ "sendto", call_sendto, MUFFIN_LEN, 1, NULL },
	{ "send", call_send, MUFFIN_LEN, 1, NULL },
	{ "sendmmsg", call_sendmmsg, BATCH, BATCH, NULL },
	{ "sendmmsg_connected", call_sendmmsg_connected, BATCH, BATCH, NULL },
	{ "segment", call_segment, BATCH *MUFFIN_LEN, BATCH, NULL },
	{ "segment_1472", call_segment_1472, FULL_BATCH *FULL_LEN, FULL_BATCH, NULL },
	{ "sendto_1472", call_sendto_1472, FULL_LEN, 1, NULL },
	{ "first", call_first, MUFFIN_LEN, 1, fresh_socket },
	{ "destinations", call_destinations, MUFFIN_LEN, 1, NULL },
	{ "lengths", call_lengths, MUFFIN_LEN, 1, NULL },
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
	uint64_t start, end;
	long result;

	if (what->prepare)
		what->prepare();
	start = rdtsc();
	result = what->call();
	end = rdtsc();
	check(result == what->result, what->name);
	return (uint32_t)(end - start);
}

static void measure(const struct what *what, unsigned rounds)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < rounds; i++)
		sum += ticks[i] = once(what);
	qsort(ticks, rounds, sizeof(*ticks), compare);
	printf("cost %s %u %u %u %u %u\n", what->name, what->datagrams, ticks[rounds / 2], ticks[0],
		ticks[rounds - 1], (unsigned)(sum / rounds));
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* The reader looks at QEMU's CPU time now, and may be late. */
static void let_others_look(void)
{
	const struct timespec moment = { 0, LOOK_MS * 1000000 };

	fflush(stdout);
	nanosleep(&moment, NULL);
}

static void flood(const struct what *what, unsigned count)
{
	unsigned calls = (count + what->datagrams - 1) / what->datagrams;
	uint64_t start_ns, start, end;

	printf("begin %s\n", what->name);
	let_others_look();
	start_ns = now_ns();
	start = rdtsc();
	for (unsigned i = 0; i < calls; i++)
		check(what->call() == what->result, what->name);
	end = rdtsc();
	printf("flood %s %u %llu %llu\n", what->name, calls * what->datagrams,
		(unsigned long long)(end - start), (unsigned long long)(now_ns() - start_ns));
	let_others_look();
}

/* Whether the kernel has it: a first try, whose failure may say that it has not. */
static int supported(const struct what *what)
{
	if (what->prepare)
		what->prepare();
	errno = 0;
	if (what->call() == what->result)
		return 1;
	printf("unsupported %s %s\n", what->name,
		errno ? strerror(errno) : "it did not take all it was given");
	return 0;
}

/* ---- before ------------------------------------------------------------------------------ */

static void prepare_burst(struct burst *burst, size_t len, uint16_t segment)
{
	struct cmsghdr *cmsg;

	burst->iov = (struct iovec){ payload, len };
	burst->msg = (struct msghdr){ .msg_name = &to_a,
		.msg_namelen = sizeof(to_a),
		.msg_iov = &burst->iov,
		.msg_iovlen = 1,
		.msg_control = burst->control,
		.msg_controllen = sizeof(burst->control) };
	cmsg = CMSG_FIRSTHDR(&burst->msg);
	cmsg->cmsg_level = IPPROTO_UDP;
	cmsg->cmsg_type = UDP_SEGMENT;
	cmsg->cmsg_len = CMSG_LEN(sizeof(segment));
	memcpy(CMSG_DATA(cmsg), &segment, sizeof(segment));
}

static struct sockaddr_in address(const char *host)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = inet_addr(host)
	};
}

static void prepare_all(unsigned sockets, unsigned neighbours)
{
	to_a = address(HOST_A);
	to_b = address(HOST_B);
	for (; sockets; sockets--, fresh_fd = -1)
		fresh_socket();
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	connected_fd = socket(AF_INET, SOCK_DGRAM, 0);
	check(fd >= 0 && connected_fd >= 0, "socket");
	if (neighbours)
		check(add_neighbours("eth0", HOSTS, neighbours) == 0, "neighbours");
	check(connect(connected_fd, (struct sockaddr *)&to_a, sizeof(to_a)) == 0, "connect");
	for (int i = 0; i < BATCH; i++) {
		unnamed[i].msg_hdr = (struct msghdr){ .msg_iov = &one_muffin, .msg_iovlen = 1 };
		named[i].msg_hdr = unnamed[i].msg_hdr;
		named[i].msg_hdr.msg_name = &to_a;
		named[i].msg_hdr.msg_namelen = sizeof(to_a);
	}
	prepare_burst(&muffins, BATCH * MUFFIN_LEN, MUFFIN_LEN);
	prepare_burst(&frames, sizeof(payload), FULL_LEN);
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
	unsigned rounds = ROUNDS_DEFAULT, count = 0, sockets = 0, neighbours = 0;
	char only[256] = "";

	for (int i = 1; i < argc; i++)
		if (sscanf(argv[i], "rounds=%u", &rounds) != 1 &&
			sscanf(argv[i], "flood=%u", &count) != 1 &&
			sscanf(argv[i], "sockets=%u", &sockets) != 1 &&
			sscanf(argv[i], "neighbours=%u", &neighbours) != 1 &&
			sscanf(argv[i], "only=%255s", only) != 1)
			rounds = 0;
	if (rounds < 1 || rounds > ROUNDS_MAX) {
		printf("usage: bench-send [rounds=1..%d] [flood=N] [sockets=N] [neighbours=N] "
		       "[only=name,..]\n",
			ROUNDS_MAX);
		return 2;
	}
	prepare_all(sockets, neighbours);
	for (const struct what *what = whats; what < whats + sizeof(whats) / sizeof(*whats);
		what++) {
		if (!listed(only, what->name) || !supported(what))
			continue;
		for (int i = 1; i < WARM_UP; i++)
			once(what);
		if (count)
			flood(what, count);
		else
			measure(what, rounds);
	}
	return 0;
}
