/* SPDX-License-Identifier: MIT
 * rx_stale.c - what a program changes decides about the very next datagram, however many have come the same way before.
 * Not here: the two cards and the namespace of the second (tests/boot/test_rx_stale.py); random changes
 * (tests/unit/test_rx_oracle.c).
 * rx_stale <namespace> <address>: sends from the namespace to the address, and receives here.
 * Source: bind(2), connect(2), socket(7), ip(7), packet(7), rtnetlink(7). */
#define _GNU_SOURCE
#include "check.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	PORT = 7000,
	WARM = 5
};

static struct sockaddr_in to;
static int sender, number;

static int socket_at(int reuse)
{
	struct sockaddr_in own = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof(reuse));
	CHECK("bind", bind(fd, (struct sockaddr *)&own, sizeof(own)) == 0);
	return fd;
}

/* One is sent. Does it come to fd? */
static int comes(int fd)
{
	int got = 0;

	number++;
	if (sendto(sender, &number, sizeof(number), 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		return -1;
	return recv(fd, &got, sizeof(got), MSG_DONTWAIT) == sizeof(got) && got == number;
}

static void warm(int fd)
{
	int all = 0;

	for (int i = 0; i < WARM; i++)
		all += comes(fd);
	CHECK("as before", all == WARM);
}

static void ports(int fd)
{
	int second = socket_at(1);

	CHECK("to the socket bound last",
		comes(second) == 1 && comes(fd) == 0 && comes(second) == 0);
	while (recv(second, &number, sizeof(number), MSG_DONTWAIT) > 0)
		;
	close(second);
	warm(fd);
}

static void connections(int fd)
{
	struct sockaddr_in elsewhere = { AF_INET, htons(9), to.sin_addr, { 0 } };

	CHECK("connect", connect(fd, (struct sockaddr *)&elsewhere, sizeof(elsewhere)) == 0);
	CHECK("of another peer", comes(fd) == 0);
	elsewhere.sin_family = AF_UNSPEC;
	CHECK("disconnect", connect(fd, (struct sockaddr *)&elsewhere, sizeof(elsewhere)) == 0);
	warm(fd);
}

static void devices(int fd)
{
	CHECK("bind to lo", setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3) == 0);
	CHECK("by another device", comes(fd) == 0);
	CHECK("bind to eth0", setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "eth0", 5) == 0);
	CHECK("by this one", comes(fd) == 1);
	CHECK("bind to none", setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "", 0) == 0);
	warm(fd);
}

static void options(int fd)
{
	char room[8], control[64];
	struct iovec iov = { room, sizeof(room) };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control) };

	CHECK("IP_RECVTTL", setsockopt(fd, IPPROTO_IP, IP_RECVTTL, &(int){ 1 }, sizeof(int)) == 0);
	sendto(sender, "ttl", 3, 0, (struct sockaddr *)&to, sizeof(to));
	CHECK("with its TTL", recvmsg(fd, &msg, MSG_DONTWAIT) == 3 && CMSG_FIRSTHDR(&msg) &&
				      CMSG_FIRSTHDR(&msg)->cmsg_type == IP_TTL);
	setsockopt(fd, IPPROTO_IP, IP_RECVTTL, &(int){ 0 }, sizeof(int));
	warm(fd);
}

static void taps(int fd)
{
	int tap = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_IP)), seen = 0;
	char room[64];

	CHECK("packet socket", tap >= 0);
	warm(fd);
	while (recv(tap, room, sizeof(room), MSG_DONTWAIT) > 0)
		seen++;
	CHECK("it has seen them, going and coming", seen == 2 * WARM || seen == WARM);
	close(tap);
	warm(fd);
}

/* rtnetlink, whose header musl does not bring. */
enum {
	RTM_NEWADDR = 20,
	RTM_DELADDR = 21,
	REQUEST_ACK_CREATE = 0x001 | 0x004 | 0x400,
	IFA_LOCAL = 2
};

static int change_address(uint16_t type)
{
	struct {
		uint32_t len;
		uint16_t type, flags;
		uint32_t seq, port;
		uint8_t family, prefix_len, ifa_flags, scope;
		uint32_t index;
		uint16_t attr_len, attr_type;
		uint32_t address;
	} request = { sizeof(request), type, REQUEST_ACK_CREATE, 1, 0, AF_INET, 24, 0, 0, 0, 8,
		IFA_LOCAL, to.sin_addr.s_addr };
	struct ifreq card = { .ifr_name = "eth0" };
	int32_t answer[64];
	int netlink = socket(AF_NETLINK, SOCK_RAW, 0), any = socket(AF_INET, SOCK_DGRAM, 0), good;

	good = ioctl(any, SIOCGIFINDEX, &card) == 0;
	request.index = (uint32_t)card.ifr_ifindex;
	good = good && send(netlink, &request, sizeof(request), 0) == sizeof(request) &&
	       recv(netlink, answer, sizeof(answer), 0) >= 20 && answer[4] == 0;
	close(netlink);
	close(any);
	return good;
}

static void addresses(int fd)
{
	CHECK("the address goes", change_address(RTM_DELADDR));
	CHECK("not ours", comes(fd) == 0);
	CHECK("the address again", change_address(RTM_NEWADDR));
	warm(fd);
}

int main(int argc, char **argv)
{
	int here = open("/proc/self/ns/net", O_RDONLY), there, fd;
	char path[64];

	CHECK("usage", argc == 3);
	snprintf(path, sizeof(path), "/run/netns/%s", argv[1]);
	there = open(path, O_RDONLY);
	CHECK("enter the namespace", there >= 0 && setns(there, CLONE_NEWNET) == 0);
	sender = socket(AF_INET, SOCK_DGRAM, 0);
	CHECK("and leave it", sender >= 0 && setns(here, CLONE_NEWNET) == 0);
	to = (struct sockaddr_in){ AF_INET, htons(PORT), { inet_addr(argv[2]) }, { 0 } };
	fd = socket_at(1);
	/* a card hears nothing in the second after it was set up; frames wait for it */
	sendto(sender, "first", 5, 0, (struct sockaddr *)&to, sizeof(to));
	CHECK("a first one comes", recv(fd, path, sizeof(path), 0) == 5);
	warm(fd);
	ports(fd);
	connections(fd);
	devices(fd);
	options(fd);
	taps(fd);
	addresses(fd);
	close(fd);
	fd = socket_at(0);
	warm(fd);
	return checks_failed;
}
