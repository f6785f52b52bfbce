/* SPDX-License-Identifier: MIT
 * egress.c - tries to reach an address that egress= does not name, in every way it knows, and one it does.
 * Not here: what left the machine (test_egress.py).
 * Usage: egress <allowed> <forbidden>. What is allowed carries "yes", everything else "no".
 * Source: sendto(2), connect(2), packet(7), netlink(7). */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "check.h"

#define PORT              4747
#define NETLINK_NETFILTER 12

static struct sockaddr_in allowed, forbidden;

static struct sockaddr_in at(const char *address)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(PORT) };

	inet_pton(AF_INET, address, &a.sin_addr);
	return a;
}

static long to(int fd, const struct sockaddr_in *a, const char *text)
{
	return sendto(fd, text, strlen(text), 0, (const void *)a, sizeof(*a));
}

static void by_message(int fd)
{
	struct iovec iov = { "no", 2 };
	struct mmsghdr m[2] = {
		{ .msg_hdr = { .msg_name = &forbidden, .msg_namelen = sizeof(forbidden) } }
	};

	m[0].msg_hdr.msg_iov = &iov;
	m[0].msg_hdr.msg_iovlen = 1;
	m[1] = m[0];
	CHECK("sendmsg", sendmsg(fd, &m[0].msg_hdr, 0) == -1 && errno == EPERM);
	CHECK("sendmmsg", sendmmsg(fd, m, 2, 0) == -1 && errno == EPERM);
	iov = (struct iovec){ "yes", 3 };
	m[0].msg_hdr.msg_name = &allowed;
	m[1].msg_hdr.msg_iov = &(struct iovec){ "no", 2 };
	CHECK("sendmmsg, half", sendmmsg(fd, m, 2, 0) == 1);
}

/* What is still being put together keeps its destination. */
static void corked(int fd)
{
	CHECK("cork", sendto(fd, "y", 1, MSG_MORE, (void *)&allowed, sizeof(allowed)) == 1);
	CHECK("add", sendto(fd, "no", 2, MSG_MORE, (void *)&forbidden, sizeof(forbidden)) == -1 &&
			     errno == EPERM);
	CHECK("end away", to(fd, &forbidden, "no") == -1 && errno == EPERM);
	CHECK("end", to(fd, &allowed, "es") == 2);
}

static void by_odd_name(int fd)
{
	struct sockaddr_in a = forbidden;
	char longer[128] = "";

	a.sin_family = AF_UNSPEC;
	CHECK("sendto, family 0", to(fd, &a, "no") == -1 && errno == EPERM);
	memcpy(longer, &forbidden, sizeof(forbidden));
	CHECK("sendto, long name",
		sendto(fd, "no", 2, 0, (void *)longer, 128) == -1 && errno == EPERM);
	CHECK("sendto, more to come",
		sendto(fd, "no", 2, MSG_MORE, (void *)&forbidden, sizeof(forbidden)) == -1 &&
			errno == EPERM);
	CHECK("sendto, dontwait",
		sendto(fd, "no", 2, MSG_DONTWAIT, (void *)&forbidden, sizeof(forbidden)) == -1 &&
			errno == EPERM);
}

/* The flow of the last datagram is cached: by name, then connected. */
static void from_a_cached_flow(int fd)
{
	int on = 1;

	CHECK("allowed", to(fd, &allowed, "yes") == 3);
	CHECK("then not", to(fd, &forbidden, "no") == -1 && errno == EPERM);
	CHECK("connect",
		connect(fd, (void *)&forbidden, sizeof(forbidden)) == -1 && errno == EPERM);
	CHECK("connect to the allowed", connect(fd, (void *)&allowed, sizeof(allowed)) == 0);
	CHECK("send", send(fd, "yes", 3, 0) == 3);
	CHECK("name beside", to(fd, &forbidden, "no") == -1 && errno == EPERM);
	CHECK("connect away", connect(fd, (void *)&forbidden, sizeof(forbidden)) == -1);
	CHECK("write", write(fd, "yes", 3) == 3);
	setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
	forbidden.sin_addr.s_addr = htonl(INADDR_BROADCAST);
	CHECK("broadcast", to(fd, &forbidden, "no") == -1 && errno == EPERM);
	forbidden.sin_addr.s_addr = htonl(0xe0000001);
	CHECK("group", to(fd, &forbidden, "no") == -1 && errno == EPERM);
	forbidden.sin_addr.s_addr = 0;
	CHECK("this host", to(fd, &forbidden, "no") == -1 && errno == EPERM);
}

static void around(void)
{
	CHECK("packet", socket(AF_PACKET, SOCK_RAW, 0) == -1 && errno == EPERM);
	CHECK("raw", socket(AF_INET, SOCK_RAW, IPPROTO_UDP) == -1 && errno == EPERM);
	CHECK("queue", socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER) == -1 && errno == EPERM);
}

int main(int argc, char **argv)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (argc < 3 || fd < 0)
		return 1;
	allowed = at(argv[1]);
	forbidden = at(argv[2]);
	CHECK("sendto", to(fd, &forbidden, "no") == -1 && errno == EPERM);
	by_message(fd);
	by_odd_name(fd);
	corked(fd);
	from_a_cached_flow(fd);
	around();
	return checks_failed;
}
