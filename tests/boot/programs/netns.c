/* SPDX-License-Identifier: MIT
 * netns.c - one program in two network namespaces at once, and in fresh ones.
 * Not here: what goes over the wires (tests/boot/test_netns.py).
 * netns <name> <peer> <port>: a socket in the first namespace, one in /run/netns/<name>, each bound to
 * the same port, sends three datagrams in turn and tells what comes back.
 * Source: setns(2), unshare(2). */
#define _GNU_SOURCE
#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define OWN_PORT 5000
#define ROUNDS   3
#define WAIT_MS  60000

static int bound_socket(void)
{
	struct sockaddr_in own = { .sin_family = AF_INET, .sin_port = htons(OWN_PORT) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	CHECK("bind the same port", bind(fd, (struct sockaddr *)&own, sizeof(own)) == 0);
	return fd;
}

static void enter(const char *path)
{
	int fd = open(path, O_RDONLY);

	CHECK("open the namespace", fd >= 0);
	CHECK("setns", setns(fd, CLONE_NEWNET) == 0);
	close(fd);
}

/* A fresh namespace: no way out, and after it none is left. */
static void visit_fresh_one(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	int home = open("/proc/self/ns/net", O_RDONLY), fd;

	CHECK("unshare", unshare(CLONE_NEWNET) == 0);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	to.sin_addr.s_addr = inet_addr("192.0.2.1");
	CHECK("no way out",
		sendto(fd, "x", 1, 0, (void *)&to, sizeof(to)) == -1 && errno == ENETUNREACH);
	to.sin_addr.s_addr = inet_addr("127.0.0.1");
	CHECK("lo is down",
		sendto(fd, "x", 1, 0, (void *)&to, sizeof(to)) == -1 && errno == ENETUNREACH);
	close(fd);
	CHECK("and home again", setns(home, 0) == 0);
	close(home);
}

static void hear(const char *name, int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char buf[64];
	ssize_t n = poll(&p, 1, WAIT_MS) == 1 ? recv(fd, buf, sizeof(buf), 0) : -1;

	printf("%s heard '%.*s'\n", name, n > 0 ? (int)n : 0, buf);
}

int main(int argc, char **argv)
{
	struct sockaddr_in peer = { .sin_family = AF_INET };
	char path[128];
	int first, second;

	if (argc != 4)
		return 1;
	peer.sin_addr.s_addr = inet_addr(argv[2]);
	peer.sin_port = htons((uint16_t)atoi(argv[3]));
	snprintf(path, sizeof(path), "/run/netns/%s", argv[1]);
	for (int i = 0; i < 10; i++)
		visit_fresh_one();
	first = bound_socket();
	enter(path);
	second = bound_socket();
	for (int i = 0; i < ROUNDS; i++) {
		CHECK("send here", sendto(first, "first", 5, 0, (void *)&peer, sizeof(peer)) == 5);
		CHECK("send there",
			sendto(second, "second", 6, 0, (void *)&peer, sizeof(peer)) == 6);
	}
	hear("first", first);
	hear("second", second);
	return checks_failed != 0;
}
