/* SPDX-License-Identifier: MIT
 * nothing.c - reading and writing no bytes: which calls take a datagram, send one, wait, tell an error.
 * Not here: how much of a datagram is read otherwise (unread.c, loopback.c).
 * test_programs.py compares what it prints here and under the build host's Linux.
 * Source: read(2), readv(2), recv(2), send(2). Behaves as Linux's sock_read_iter and vfs_readv. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "check.h"

static char buf[64];
static struct iovec none[2] = { { buf, 0 }, { buf, 0 } };
static int in, out;

static struct sockaddr_in lo(int port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons((unsigned short)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static int connected(int port)
{
	struct sockaddr_in to = lo(port);
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	connect(s, (void *)&to, sizeof(to));
	return s;
}

static void wait_for(int s, short events)
{
	struct pollfd p = { .fd = s, .events = events };

	poll(&p, 1, 5000);
}

/* What came or was left: all that is in front of a last one. */
static void tell_what_waits(void)
{
	long n;

	send(out, "the last", 8, 0);
	while ((n = recv(in, buf, sizeof(buf), 0)) != 8)
		printf("=   and then there is %ld\n", n);
}

#define THEN(name, call)                                                                           \
	do {                                                                                       \
		RESULT(name, call);                                                                \
		tell_what_waits();                                                                 \
	} while (0)

#define AMONG_ONE(name, call)                                                                      \
	do {                                                                                       \
		send(out, "hello", 5, 0);                                                          \
		wait_for(in, POLLIN);                                                              \
		THEN(name, call);                                                                  \
	} while (0)

static void reading(void)
{
	struct msghdr empty = { .msg_iov = NULL };

	AMONG_ONE("read 0", read(in, buf, 0));
	AMONG_ONE("read 0 at NULL", read(in, NULL, 0));
	AMONG_ONE("read 0 at -1", read(in, (void *)-1, 0));
	AMONG_ONE("readv of none", readv(in, none, 0));
	AMONG_ONE("readv of none at NULL", readv(in, NULL, 0));
	AMONG_ONE("readv of two empty", readv(in, none, 2));
	AMONG_ONE("readv of two at 8", readv(in, (void *)8, 2));
	AMONG_ONE("readv of too many", readv(in, none, 1025));
	AMONG_ONE("recv 0 peeks", recv(in, buf, 0, MSG_PEEK));
	AMONG_ONE("recv 0", recv(in, buf, 0, 0));
	AMONG_ONE("recv 0 of all", recv(in, buf, 0, MSG_TRUNC));
	AMONG_ONE("recvmsg of none", recvmsg(in, &empty, 0));
	RESULT("read 0, none waits", read(in, buf, 0));
	RESULT("readv of none, none waits", readv(in, NULL, 0));
	RESULT("recv 0, none waits", recv(in, buf, 0, MSG_DONTWAIT));
	fcntl(in, F_SETFL, O_NONBLOCK);
	RESULT("read 0 without waiting", read(in, buf, 0));
	RESULT("read 1 without waiting", read(in, buf, 1));
	fcntl(in, F_SETFL, 0);
}

static void writing(void)
{
	struct msghdr empty = { .msg_iov = NULL };

	THEN("write 0", write(out, buf, 0));
	THEN("write 0 at NULL", write(out, NULL, 0));
	THEN("send 0", send(out, buf, 0, 0));
	THEN("sendmsg of none", sendmsg(out, &empty, 0));
	THEN("writev of none", writev(out, none, 0));
	THEN("writev of two empty", writev(out, none, 2));
	THEN("writev of two at 8", writev(out, (void *)8, 2));
	THEN("writev of -1", writev(out, none, -1));
}

static void without(const char *what, int s)
{
	printf("= %s\n", what);
	RESULT("read 0", read(s, buf, 0));
	RESULT("readv of none", readv(s, NULL, 0));
	RESULT("write 0", write(s, buf, 0));
	RESULT("writev of none", writev(s, NULL, 0));
}

int main(void)
{
	struct sockaddr_in at = lo(42000);
	int error, s;
	socklen_t len = sizeof(error);

	in = socket(AF_INET, SOCK_DGRAM, 0);
	out = connected(42000);
	RESULT("bind", bind(in, (void *)&at, sizeof(at)));
	reading();
	writing();
	without("not connected", socket(AF_INET, SOCK_DGRAM, 0));
	s = connected(42000);
	shutdown(s, SHUT_RDWR);
	without("shut down", s);
	without("not open", 99);
	s = connected(9);
	send(s, "x", 1, 0);
	wait_for(s, POLLERR);
	RESULT("read 0 with an error", read(s, buf, 0));
	RESULT("writev of none with an error", writev(s, NULL, 0));
	getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &len);
	printf("= still there: %s\n", strerror(error));
	send(s, "x", 1, 0);
	wait_for(s, POLLERR);
	RESULT("write 0 with an error", write(s, buf, 0));
	puts("end of table");
	return checks_failed;
}
