/* SPDX-License-Identifier: MIT
 * pending_error.c - what a socket learns about a datagram that was accepted and could not leave.
 * Not here: the packets (test_arp.py).
 * Usage: pending_error <address that does not answer>
 * Source: sendto(2), socket(7) SO_ERROR, ip(7) IP_RECVERR, poll(2). */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "check.h"

#ifndef IP_RECVERR
#define IP_RECVERR 11
#endif

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(4747) };
	struct pollfd p = { .fd = socket(AF_INET, SOCK_DGRAM, 0), .events = POLLIN };
	int error = 0, one = 1;
	socklen_t len = sizeof(error);

	setsockopt(p.fd, SOL_IP, IP_RECVERR, &one, sizeof(one));
	inet_pton(AF_INET, argv[argc - 1], &to.sin_addr);
	CHECK("sendto succeeds: the datagram waits for ARP",
		sendto(p.fd, "muffin", 6, 0, (void *)&to, sizeof(to)) == 6);
	CHECK("no error yet", getsockopt(p.fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 && !error);
	CHECK("poll reports the error within four seconds",
		poll(&p, 1, 4500) == 1 && p.revents & POLLERR);
	CHECK("the next sendto says EHOSTUNREACH",
		sendto(p.fd, "muffin", 6, MSG_DONTWAIT, (void *)&to, sizeof(to)) == -1 &&
			errno == EHOSTUNREACH);
	recv(p.fd, NULL, 0, MSG_ERRQUEUE);
	CHECK("said once", getsockopt(p.fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 && !error);
	return checks_failed != 0;
}
