/* SPDX-License-Identifier: MIT
 * loopback.c - datagrams from a socket to another one on 127.0.0.1, and on our own address.
 * Not here: the outside (wait.c).
 * test_programs.py starts it, here and on the build host. Usage: loopback [own address]
 * Source: udp(7), ip(7). */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

static char big[60000], back[65536];

static int bound(const char *address, struct sockaddr_in *a)
{
	socklen_t len = sizeof(*a);
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	*a = (struct sockaddr_in){ .sin_family = AF_INET };
	inet_pton(AF_INET, address, &a->sin_addr);
	CHECK("bind", bind(s, (void *)a, sizeof(*a)) == 0);
	CHECK("getsockname", getsockname(s, (void *)a, &len) == 0 && ntohs(a->sin_port) >= 32768);
	return s;
}

static void check_pair(const char *address)
{
	struct sockaddr_in a, b, from;
	socklen_t len = sizeof(from);
	int one = bound(address, &a), two = bound(address, &b);
	struct pollfd p = { .fd = two, .events = POLLIN };

	CHECK("ports differ", a.sin_port != b.sin_port);
	CHECK("nothing yet", poll(&p, 1, 0) == 0);
	CHECK("send", sendto(one, "muffin", 6, 0, (void *)&b, sizeof(b)) == 6);
	CHECK("poll says so", poll(&p, 1, 1000) == 1 && p.revents == POLLIN);
	CHECK("receive", recvfrom(two, back, sizeof(back), 0, (void *)&from, &len) == 6);
	CHECK("the same bytes", memcmp(back, "muffin", 6) == 0);
	CHECK("from its sender", len == sizeof(from) && memcmp(&from, &a, sizeof(a)) == 0);
	for (int i = 0; i < 10; i++)
		sendto(one, &i, sizeof(i), 0, (void *)&b, sizeof(b));
	for (int i = 0, got = -1; i < 10; i++) {
		if (recv(two, &got, sizeof(got), 0) != sizeof(got) || got != i)
			CHECK("in order", 0);
	}
	close(one);
	close(two);
}

static void check_connected(void)
{
	struct sockaddr_in a, b;
	int one = bound("127.0.0.1", &a), two = bound("127.0.0.1", &b);
	int three = socket(AF_INET, SOCK_DGRAM, 0);

	CHECK("connect", connect(one, (void *)&b, sizeof(b)) == 0 &&
				 connect(two, (void *)&a, sizeof(a)) == 0);
	sendto(three, "stranger", 8, 0, (void *)&b, sizeof(b));
	CHECK("write", write(one, "friend", 6) == 6);
	CHECK("only the peer is heard",
		read(two, back, sizeof(back)) == 6 && memcmp(back, "friend", 6) == 0);
	CHECK("nobody else", recv(two, back, sizeof(back), MSG_DONTWAIT) == -1 && errno == EAGAIN);
	close(one);
	close(two);
	close(three);
}

static void check_big(void)
{
	struct sockaddr_in a;
	int s = bound("127.0.0.1", &a);

	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (char)(i * 7);
	CHECK("send 1472", sendto(s, big, 1472, 0, (void *)&a, sizeof(a)) == 1472);
	CHECK("receive 1472", recv(s, back, sizeof(back), 0) == 1472 && !memcmp(big, back, 1472));
	CHECK("send to closed port is no error at once",
		(close(bound("127.0.0.1", &a)), sendto(s, "x", 1, 0, (void *)&a, sizeof(a)) == 1));
	CHECK("nor later, unconnected",
		recv(s, back, sizeof(back), MSG_DONTWAIT) == -1 && errno == EAGAIN);
	close(s);
}

int main(int argc, char **argv)
{
	check_pair("127.0.0.1");
	check_pair("127.1.2.3");
	if (argc > 1)
		check_pair(argv[1]);
	check_connected();
	check_big();
	return checks_failed != 0;
}
