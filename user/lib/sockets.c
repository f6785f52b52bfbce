/* SPDX-License-Identifier: MIT
 * sockets.c - what the programs of user/ do with sockets alike: names, options, clocks.
 * Not here: what is sent (the programs).
 * Every program of user/ calls in.
 * Source: getaddrinfo(3), ip(7), socket(7). */
#include "user/lib/sockets.h"
#include "user/lib/values.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

bool socket_resolve(const char *host, struct sockaddr_in *address)
{
	const struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_DGRAM };
	struct addrinfo *list;
	int err = getaddrinfo(host, NULL, &hints, &list);

	if (err) {
		printf("cannot resolve '%s': %s (the kernel's word hosts=%s:<address> names it)\n",
			host, gai_strerror(err), host);
		return false;
	}
	memcpy(address, list->ai_addr, sizeof(*address));
	freeaddrinfo(list);
	return true;
}

bool socket_set(int fd, int level, int name, int value, const char *what)
{
	if (setsockopt(fd, level, name, &value, sizeof(value)) == 0)
		return true;
	fprintf(stderr, "%s %d: %s\n", what, value, strerror(errno));
	return false;
}

int socket_open(uint32_t address, uint16_t port)
{
	const struct sockaddr_in local = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(address), .sin_port = htons(port)
	};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0) {
		printf("no socket: %s\n", strerror(errno));
		return -1;
	}
	if ((!address && !port) || bind(fd, (const void *)&local, sizeof(local)) == 0)
		return fd;
	fprintf(stderr, "cannot use address %s, port %u: %s\n", inet_ntoa(local.sin_addr), port,
		strerror(errno));
	close(fd);
	return -1;
}

bool socket_join(int fd, uint32_t group, uint32_t device_address)
{
	const struct ip_mreq request = { .imr_multiaddr.s_addr = htonl(group),
		.imr_interface.s_addr = htonl(device_address) };

	if (setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof(request)) == 0)
		return true;
	fprintf(stderr, "cannot join group %s: %s\n", inet_ntoa(request.imr_multiaddr),
		strerror(errno));
	return false;
}

bool socket_leave_by(int fd, uint32_t device_address)
{
	const struct in_addr device = { htonl(device_address) };

	if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &device, sizeof(device)) == 0)
		return true;
	fprintf(stderr, "cannot send to groups by %s: %s\n", inet_ntoa(device), strerror(errno));
	return false;
}

static uint64_t clock_of(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

uint64_t clock_now(void)
{
	return clock_of(CLOCK_MONOTONIC);
}

uint64_t clock_real(void)
{
	return clock_of(CLOCK_REALTIME);
}
