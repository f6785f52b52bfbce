/* SPDX-License-Identifier: MIT
 * listeners.h - sockets that share one port and differ in what they are bound to, and which of them heard a
 * datagram.
 * Not here: the senders (addresses.c, and the test's frames through hears.c).
 * Those two include it.
 * Source: ip(7): IP_PKTINFO, IP_MULTICAST_ALL; socket(7): SO_BINDTODEVICE. */
#pragma once

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define LISTEN_PORT      5000
#define JOINED_GROUP     "239.1.2.3"
#define IP_FREEBIND      15
#define IP_MULTICAST_ALL 49

enum listener {
	ANY,
	ANY_TOO,
	OURS,
	LOCALHOST,
	SUBNET,
	LIMITED,
	ON_ETH0,
	ON_LO,
	CONNECTED,
	JOINED,
	OWN_GROUPS,
	LISTENERS
};

static const char *const listener_name[LISTENERS] = { "any", "any-too", "ours", "localhost",
	"subnet", "limited", "on-eth0", "on-lo", "connected", "joined", "own-groups" };
static int listener[LISTENERS];

static struct sockaddr_in address(const char *ip, int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };

	inet_pton(AF_INET, ip, &a.sin_addr);
	return a;
}

static int set(int s, int level, int option, int value)
{
	return setsockopt(s, level, option, &value, sizeof(value));
}

static int index_of(const char *device)
{
	struct ifreq r = { .ifr_ifindex = 0 };
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	strcpy(r.ifr_name, device);
	ioctl(s, SIOCGIFINDEX, &r);
	close(s);
	return r.ifr_ifindex;
}

static const char *device_of(int index)
{
	static struct ifreq r;
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	r = (struct ifreq){ .ifr_ifindex = index };
	ioctl(s, SIOCGIFNAME, &r);
	close(s);
	return r.ifr_name;
}

/* A socket that shares its port, at an address that need not be one of ours. */
static int bound(const char *ip, int port)
{
	struct sockaddr_in a = address(ip, port);
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	set(s, SOL_SOCKET, SO_REUSEADDR, 1);
	set(s, SOL_IP, IP_FREEBIND, 1);
	if (bind(s, (void *)&a, sizeof(a)) < 0)
		printf("  bind %s: %s\n", ip, strerror(errno));
	return s;
}

static void listen_all(void)
{
	static const char *const at[LISTENERS] = { [OURS] = "10.0.2.15",
		[LOCALHOST] = "127.0.0.1",
		[SUBNET] = "10.0.2.255",
		[LIMITED] = "255.255.255.255" };
	struct sockaddr_in peer = address("10.0.2.2", LISTEN_PORT);
	struct ip_mreqn mreq = { .imr_ifindex = index_of("eth0") };

	for (int i = 0; i < LISTENERS; i++) {
		listener[i] = bound(at[i] ? at[i] : "0.0.0.0", LISTEN_PORT);
		set(listener[i], SOL_IP, IP_PKTINFO, 1);
	}
	setsockopt(listener[ON_ETH0], SOL_SOCKET, SO_BINDTODEVICE, "eth0", 4);
	setsockopt(listener[ON_LO], SOL_SOCKET, SO_BINDTODEVICE, "lo", 2);
	connect(listener[CONNECTED], (void *)&peer, sizeof(peer));
	inet_pton(AF_INET, JOINED_GROUP, &mreq.imr_multiaddr);
	setsockopt(listener[JOINED], SOL_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof(mreq));
	set(listener[OWN_GROUPS], SOL_IP, IP_MULTICAST_ALL, 0);
}

/* hear - the next datagram of a listener, if there is one: buf gets its text, where what the listener knows
 * of its addresses. Returns its length or -1. */
static long hear(enum listener i, char *buf, size_t size, char where[64])
{
	struct {
		struct cmsghdr header;
		struct in_pktinfo info;
	} control = { .info.ipi_ifindex = 0 };
	struct sockaddr_in from;
	struct iovec iov = { buf, size };
	struct msghdr msg = { .msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	long n = recvmsg(listener[i], &msg, MSG_DONTWAIT);
	char *at = where;

	if (n < 0)
		return -1;
	at += sprintf(at, "%s>", inet_ntoa(from.sin_addr));
	at += sprintf(at, "%s,", inet_ntoa(control.info.ipi_addr));
	sprintf(at, "%s,%s", inet_ntoa(control.info.ipi_spec_dst),
		device_of(control.info.ipi_ifindex));
	return n;
}
