/* SPDX-License-Identifier: MIT
 * ip_cmsg_send.h - control messages of sendmsg: source, TTL, TOS and segment size of one message.
 * Not here: control messages of receiving (ip_cmsg.c).
 * udp_send.c calls in. Calls nothing.
 * Source: cmsg(3), ip(7), udp(7); RFC 3542 20.1 for the layout. */
#pragma once

#include "net/socket/msg.h"

/* IP_PKTINFO's data, both ways. */
struct in_pktinfo {
	s32 ifindex;
	be32 spec_dst; /* received: where an answer should come from; sent: the source */
	be32 addr;
};

/* Options of one message in place of its socket's. */
struct ipcm_cookie {
	be32 addr;    /* source address; zero: the socket's, unless any_addr */
	int oif;      /* device; 0: the socket's */
	s16 tos, ttl; /* -1: the socket's */
	s32 gso_size; /* payload of each datagram that the message becomes; 0: one; -1: the socket's */
	bool dontroute;
	bool any_addr; /* routing chooses the source, though the socket has one */
};

#define IPCM_USUAL                                                                                 \
	{                                                                                          \
		.tos = -1, .ttl = -1, .gso_size = -1                                               \
	}

/* ipcm_is_usual - are all of them the socket's own, but for the segment size? */
static inline bool ipcm_is_usual(const struct ipcm_cookie *ipc)
{
	return be32_is_zero(ipc->addr) && ipc->oif == 0 && ipc->tos < 0 && ipc->ttl < 0 &&
	       !ipc->dontroute && !ipc->any_addr;
}

/* ip_cmsg_send - read the control messages of msg (none is right, too) into *ipc, which holds the
 * socket's wishes.
 * Returns  0, or -EINVAL (a length, a value, an unknown type of a known level) */
int ip_cmsg_send(const struct msghdr *msg, struct ipcm_cookie *ipc) __must_check;
