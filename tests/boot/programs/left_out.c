/* SPDX-License-Identifier: MIT
 * left_out.c - what a program is told that asks for a part which its kernel does not have.
 * Not here: the parts.
 * test_omit.py reads the table.
 * Source: Linux's answers without CONFIG_NETLINK_DIAG and its like: socket(2), ip(7), unshare(2). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "check.h"

#ifndef SO_MAX_PACING_RATE
#define SO_MAX_PACING_RATE 47
#endif

int main(void)
{
	struct ip_mreq group = { .imr_multiaddr.s_addr = htonl(0xe0000105) };
	struct ifreq eth0 = { .ifr_name = "eth0" };
	int s = socket(AF_INET, SOCK_DGRAM, 0), on = 1;
	char byte;

	RESULT("AF_NETLINK", socket(AF_NETLINK, SOCK_RAW, 0));
	RESULT("AF_PACKET", socket(AF_PACKET, SOCK_RAW, 0));
	RESULT("AF_UNIX", socket(AF_UNIX, SOCK_DGRAM, 0));
	RESULT("IP_ADD_MEMBERSHIP",
		setsockopt(s, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof(group)));
	RESULT("IP_RECVERR", setsockopt(s, IPPROTO_IP, IP_RECVERR, &on, sizeof(on)));
	RESULT("SO_TIMESTAMPING", setsockopt(s, SOL_SOCKET, SO_TIMESTAMPING, &on, sizeof(on)));
	RESULT("SO_MAX_PACING_RATE",
		setsockopt(s, SOL_SOCKET, SO_MAX_PACING_RATE, &on, sizeof(on)));
	RESULT("MSG_ERRQUEUE", recv(s, &byte, 1, MSG_ERRQUEUE | MSG_DONTWAIT));
	RESULT("SIOCGIFMTU", ioctl(s, SIOCGIFMTU, &eth0));
	RESULT("unshare", unshare(CLONE_NEWNET));
	RESULT("/proc/net/dev", open("/proc/net/dev", O_RDONLY));
	return checks_failed;
}
