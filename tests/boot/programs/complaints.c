/* SPDX-License-Identifier: MIT
 * complaints.c - what sockets learn from routers and hosts that do not like their datagrams.
 * Not here: the ICMP messages (test_inet.py answers each datagram with the one that its text names).
 * Usage: complaints <address of the other end>
 * Source: ip(7), IP_RECVERR and IP_MTU_DISCOVER; udp(7). */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

#define ORIGIN_ICMP 2
#define ANSWER_MS   60000

struct extended_err { /* linux/errqueue.h's, which musl does not have */
	unsigned err;
	unsigned char origin, type, code, pad;
	unsigned info, data;
	struct sockaddr_in offender;
};

static struct sockaddr_in to = { .sin_family = AF_INET };
static char large[1400];

/* A connected socket, or one that asks for errors. */
static int udp(int connected, int asking)
{
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	setsockopt(s, SOL_IP, IP_RECVERR, &asking, sizeof(asking));
	setsockopt(s, SOL_IP, IP_RECVTTL, &asking, sizeof(asking));
	if (connected)
		connect(s, (void *)&to, sizeof(to));
	return s;
}

static int has_error(int s, int ms)
{
	struct pollfd p = { .fd = s };

	return poll(&p, 1, ms) == 1 && (p.revents & POLLERR);
}

static int complained(int s, const char *text)
{
	sendto(s, text, strlen(text), 0, (void *)&to, sizeof(to));
	return has_error(s, ANSWER_MS);
}

static int pending(int s)
{
	int err = -1;
	socklen_t len = sizeof(err);

	getsockopt(s, SOL_SOCKET, SO_ERROR, &err, &len);
	return err;
}

/* Complaints come in the order in which they are asked for: when another socket knows of the next one, this
 * one does not know of its own. */
static int untold(int s, const char *text)
{
	int other = udp(1, 0), told;

	sendto(s, text, strlen(text), 0, (void *)&to, sizeof(to));
	told = complained(other, "port");
	close(other);
	return told && !has_error(s, 0);
}

static void check_errors(void)
{
	int s = udp(1, 0), unconnected = udp(0, 0);
	char buf[8];

	CHECK("a refused port is told", complained(s, "port"));
	CHECK("to the next call", send(s, "x", 1, 0) == -1 && errno == ECONNREFUSED);
	CHECK("a filter is told", complained(s, "filtered"));
	CHECK("to who receives, too", recv(s, buf, 8, 0) == -1 && errno == EHOSTUNREACH);
	CHECK("what may pass is not told", untold(s, "host"));
	CHECK("nor that it took too long", untold(s, "time"));
	CHECK("nothing to the unconnected", untold(unconnected, "port"));
}

/* As traceroute and tracepath do. */
static void check_queue(void)
{
	int s = udp(0, 1);
	struct extended_err *ee = NULL;
	struct sockaddr_in dest;
	char control[256], text[16];
	struct iovec iov = { text, sizeof(text) };
	struct msghdr m = { .msg_name = &dest,
		.msg_namelen = sizeof(dest),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control) };
	int ttl = 0;

	CHECK("who asks is told all of it", complained(s, "time"));
	CHECK("the datagram comes back",
		recvmsg(s, &m, MSG_ERRQUEUE) == 4 && !memcmp(text, "time", 4));
	CHECK("said to be an error", m.msg_flags == MSG_ERRQUEUE);
	CHECK("where it was going",
		dest.sin_addr.s_addr == to.sin_addr.s_addr && dest.sin_port == to.sin_port);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
		if (c->cmsg_level == SOL_IP && c->cmsg_type == IP_RECVERR)
			ee = (void *)CMSG_DATA(c);
		if (c->cmsg_level == SOL_IP && c->cmsg_type == IP_TTL)
			memcpy(&ttl, CMSG_DATA(c), sizeof(ttl));
	}
	CHECK("there is a reason", ee);
	CHECK("time exceeded",
		ee && ee->err == EHOSTUNREACH && ee->type == 11 && ee->origin == ORIGIN_ICMP);
	CHECK("a router says so", ee && ee->offender.sin_addr.s_addr == htonl(0x0a0002fe));
	CHECK("from so far away", ttl == 61);
	CHECK("nothing is pending now", pending(s) == 0);
	CHECK("nor waits", recvmsg(s, &m, MSG_ERRQUEUE) == -1 && errno == EAGAIN);
}

static void check_path_mtu(void)
{
	int s = udp(1, 0), mtu = 0, mode = IP_PMTUDISC_DO;
	socklen_t len = sizeof(mtu);

	memset(large, 'x', sizeof(large));
	memcpy(large, "narrow", 6);
	send(s, large, sizeof(large), 0);
	CHECK("too large is told", has_error(s, ANSWER_MS));
	CHECK("as EMSGSIZE", pending(s) == EMSGSIZE);
	CHECK("the path's MTU is known",
		getsockopt(s, SOL_IP, IP_MTU, &mtu, &len) == 0 && mtu == 1000);
	large[0] = 'N'; /* no ICMP error for this one */
	CHECK("now it goes in fragments", send(s, large, sizeof(large), 0) == sizeof(large));
	setsockopt(s, SOL_IP, IP_MTU_DISCOVER, &mode, sizeof(mode));
	CHECK("who insists is refused",
		send(s, large, sizeof(large), 0) == -1 && errno == EMSGSIZE);
	CHECK("what fits still goes", send(s, large, 972, 0) == 972);
}

int main(int argc, char **argv)
{
	inet_pton(AF_INET, argv[argc - 1], &to.sin_addr);
	to.sin_port = htons(4747);
	check_errors();
	check_queue();
	check_path_mtu();
	return checks_failed != 0;
}
