/* SPDX-License-Identifier: MIT
 * neighbours.h - permanent neighbours by the thousand, for programs that send to them.
 * Not here: measuring. bench-send.c and bench-many.c include it.
 * Source: rtnetlink(7), whose header musl does not bring. */
#pragma once

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

struct new_neighbour {
	uint32_t len;
	uint16_t type, flags;
	uint32_t seq, port;
	uint8_t family, pad1;
	uint16_t pad2;
	int32_t ifindex;
	uint16_t state;
	uint8_t ntf_flags, ntf_type;
	uint16_t dst_len, dst_type;
	uint32_t dst;
	uint16_t mac_len, mac_type;
	uint8_t mac[8];
};

struct netlink_answer {
	uint32_t len;
	uint16_t type, flags;
	uint32_t seq, port;
	int32_t error;
	char request[256];
};

enum {
	RTM_NEWNEIGH = 28,
	NLM_F_REQUEST_ACK_CREATE = 0x001 | 0x004 | 0x400,
	NUD_PERMANENT = 0x80,
	NDA_DST = 1,
	NDA_LLADDR = 2
};

static inline int add_neighbour(int netlink, int ifindex, uint32_t address, unsigned i)
{
	struct new_neighbour add = { sizeof(add) - 2, RTM_NEWNEIGH, NLM_F_REQUEST_ACK_CREATE, i, 0,
		AF_INET, 0, 0, ifindex, NUD_PERMANENT, 0, 0, 8, NDA_DST, htonl(address), 10,
		NDA_LLADDR, { 0x52, 0x55, 0, 0, (uint8_t)(i >> 8), (uint8_t)i } };
	struct netlink_answer answer;

	if (send(netlink, &add, sizeof(add), 0) != sizeof(add) ||
		recv(netlink, &answer, sizeof(answer), 0) <= 0)
		return -1;
	errno = -answer.error;
	return answer.error;
}

/* n hosts from an address (host order) on, on a card. Returns 0, or not, with errno set. */
static inline int add_neighbours(const char *card, uint32_t first, unsigned n)
{
	struct ifreq request = { .ifr_name = "" };
	int netlink = socket(AF_NETLINK, SOCK_RAW, 0), problem;

	strncpy(request.ifr_name, card, sizeof(request.ifr_name) - 1);
	problem = netlink < 0 || ioctl(netlink, SIOCGIFINDEX, &request) != 0;
	for (unsigned i = 0; i < n && !problem; i++)
		problem = add_neighbour(netlink, request.ifr_ifindex, first + i, i);
	close(netlink);
	return problem;
}
