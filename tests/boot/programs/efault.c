/* SPDX-License-Identifier: MIT
 * efault.c - every system call that takes a pointer, with pointers that lead nowhere.
 * Not here: the expected results: the build host's Linux gives them (test_programs.py).
 * Prints a table; must print the same on both kernels.
 * Source: EFAULT in the man pages, section 2. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

#define PAGE               4096
#define SYS(name, nr, ...) RESULT(name, syscall(nr, ##__VA_ARGS__))

static struct sockaddr_in to = { .sin_family = AF_INET };
static char *edge; /* the last bytes of a page that nothing follows */
static char *hidden, *read_only;

static const struct {
	const char *name;
	uintptr_t at;
} wild[] = {
	{ "null", 8 },
	{ "low", 0xff00 },
	{ "hole", 0x7000000000 },
	{ "above user", 0x00007ffffffff000 },
	{ "not canonical", 0x0000800000000000 },
	{ "kernel", 0xffffffff80100000 },
	{ "direct map", 0xffff800000100000 },
	{ "last byte", 0xffffffffffffffff },
	{ "wrapping", 0xfffffffffffffff8 },
};

static void each(const char *where, char *p, int s)
{
	char name[64];

#define AT(call)           (snprintf(name, sizeof(name), "%s %s", #call, where), name)
#define ONE(call, nr, ...) SYS(AT(call), nr, __VA_ARGS__)
	ONE(write, SYS_write, 1, p, 16);
	ONE(sendto buffer, SYS_sendto, s, p, 16, 0, &to, sizeof(to));
	ONE(sendto address, SYS_sendto, s, "x", 1, 0, p, sizeof(to));
	ONE(bind, SYS_bind, s, p, sizeof(to));
	ONE(connect, SYS_connect, s, p, sizeof(to));
	ONE(sendmsg, SYS_sendmsg, s, p, 0);
	ONE(recvmsg, SYS_recvmsg, s, p, MSG_DONTWAIT);
	ONE(setsockopt, SYS_setsockopt, s, SOL_SOCKET, SO_BROADCAST, p, 4);
	ONE(writev, SYS_writev, 1, p, 1);
	ONE(readv, SYS_readv, 0, p, 1);
	ONE(open, SYS_open, p, O_RDONLY);
	ONE(stat, SYS_stat, p, edge - 200);
	ONE(access, SYS_access, p, 0);
	ONE(nanosleep, SYS_nanosleep, p, NULL);
	ONE(poll, SYS_poll, p, 1, 0);
	ONE(ppoll timeout, SYS_ppoll, NULL, 0, p, NULL, 8);
	ONE(rt_sigaction, SYS_rt_sigaction, 10, p, NULL, 8);
}

/* These write to the program. */
static void each_output(const char *where, char *p, int s)
{
	socklen_t len = sizeof(to);
	char name[64];
	char byte[64];

	ONE(clock_gettime, SYS_clock_gettime, CLOCK_MONOTONIC, p);
	ONE(clock_getres, SYS_clock_getres, CLOCK_MONOTONIC, p);
	ONE(gettimeofday, SYS_gettimeofday, p, NULL);
	ONE(time, SYS_time, p);
	ONE(uname, SYS_uname, p);
	ONE(fstat, SYS_fstat, 1, p);
	ONE(getrandom, SYS_getrandom, p, 16, 0);
	ONE(getcwd, SYS_getcwd, p, 100);
	ONE(prlimit64, SYS_prlimit64, 0, 7, NULL, p);
	ONE(rt_sigprocmask old, SYS_rt_sigprocmask, 0, NULL, p, 8);
	ONE(getsockname address, SYS_getsockname, s, p, &len);
	len = sizeof(to);
	ONE(getsockname length, SYS_getsockname, s, byte, p);
	len = 4;
	ONE(getsockopt value, SYS_getsockopt, s, SOL_SOCKET, SO_TYPE, p, &len);
	ONE(getsockopt length, SYS_getsockopt, s, SOL_SOCKET, SO_TYPE, byte, p);
}

/* A datagram waits; where it should go to does not exist. It stays, or is lost, as on Linux. */
static void receive_into(const char *where, char *p, int s)
{
	char name[64], byte[64];
	socklen_t len = sizeof(to);

	sendto(s, "datagram", 8, 0, (void *)&to, sizeof(to));
	ONE(recvfrom buffer, SYS_recvfrom, s, p, 16, MSG_DONTWAIT, NULL, NULL);
	while (recv(s, byte, sizeof(byte), MSG_DONTWAIT) >= 0)
		continue;
	sendto(s, "datagram", 8, 0, (void *)&to, sizeof(to));
	ONE(recvfrom address, SYS_recvfrom, s, byte, 16, MSG_DONTWAIT, p, &len);
	while (recv(s, byte, sizeof(byte), MSG_DONTWAIT) >= 0)
		continue;
	sendto(s, "datagram", 8, 0, (void *)&to, sizeof(to));
	ONE(recvfrom length, SYS_recvfrom, s, byte, 16, MSG_DONTWAIT, byte, p);
	while (recv(s, byte, sizeof(byte), MSG_DONTWAIT) >= 0)
		continue;
}

static void make_pages(void)
{
	char *p = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memset(p, 'x', 4 * PAGE);
	munmap(p + PAGE, PAGE);
	edge = p + PAGE;
	hidden = p + 2 * PAGE;
	read_only = p + 3 * PAGE;
	mprotect(hidden, PAGE, PROT_NONE);
	mprotect(read_only, PAGE, PROT_READ);
}

/* Half inside, half outside: as much as one can say without naming partial progress. */
static void across_the_edge(int s)
{
	struct iovec iov[2] = { { edge - 4, 4 }, { edge, 4 } };
	struct msghdr msg = {
		.msg_name = &to, .msg_namelen = sizeof(to), .msg_iov = iov, .msg_iovlen = 2
	};

	SYS("sendto across the edge", SYS_sendto, s, edge - 4, 8, 0, &to, sizeof(to));
	SYS("sendto up to the edge", SYS_sendto, s, edge - 8, 8, 0, &to, sizeof(to));
	SYS("sendto address across", SYS_sendto, s, "x", 1, 0, edge - 8, sizeof(to));
	SYS("sendmsg across", SYS_sendmsg, s, &msg, 0);
	SYS("clock_gettime across", SYS_clock_gettime, CLOCK_MONOTONIC, edge - 8);
	memcpy(edge - 4, "/etc", 4);
	SYS("open name across", SYS_open, edge - 4, O_RDONLY);
	SYS("recv into read-only", SYS_recvfrom, s, read_only, 8, MSG_DONTWAIT, NULL, NULL);
	SYS("clock_gettime into read-only", SYS_clock_gettime, CLOCK_MONOTONIC, read_only);
	SYS("clock_gettime into text", SYS_clock_gettime, CLOCK_MONOTONIC, (void *)across_the_edge);
	SYS("sendto huge length", SYS_sendto, s, edge - 8, -1ul, 0, &to, sizeof(to));
	SYS("poll too many", SYS_poll, edge - 8, 1ul << 60, 0);
	SYS("write nothing from nowhere", SYS_write, 1, 0x7000000000, 0);
	SYS("sendto nothing from nowhere", SYS_sendto, s, 0x7000000000, 0, 0, &to, sizeof(to));
}

int main(void)
{
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	socklen_t len = sizeof(to);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	make_pages();
	if (bind(s, (void *)&to, sizeof(to)) < 0 || getsockname(s, (void *)&to, &len) < 0)
		return 1;
	for (size_t i = 0; i < sizeof(wild) / sizeof(*wild); i++) {
		each(wild[i].name, (char *)wild[i].at, s);
		each_output(wild[i].name, (char *)wild[i].at, s);
		receive_into(wild[i].name, (char *)wild[i].at, s);
	}
	each("hidden page", hidden, s);
	each_output("hidden page", hidden, s);
	receive_into("hidden page", hidden, s);
	each_output("read-only page", read_only, s);
	across_the_edge(s);
	printf("end of table\n");
	return checks_failed;
}
