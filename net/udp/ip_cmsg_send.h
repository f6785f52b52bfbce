/* SPDX-License-Identifier: MIT
 * ip_cmsg_send.h - control messages of sendmsg: source, TTL, TOS and segment size of one message.
 * Not here: control messages of receiving (ip_cmsg.c).
 * udp_send.c calls in. Calls nothing.
 * Source: cmsg(3), ip(7), udp(7); RFC 3542 20.1 for the layout. */
#pragma once

#include "net/ipv4/ip.h"
#include "net/socket/msg.h"

/* IP_PKTINFO's data, both ways. */
struct in_pktinfo {
	s32 ifindex;
	be32 spec_dst; /* received: where an answer should come from; sent: the source */
	be32 addr;
};

/* ip_cmsg_send - read the control messages of msg (none is right, too) into *ipc, which holds the
 * socket's wishes.
 * Returns  0, or -EINVAL (a length, a value, an unknown type of a known level) */
int ip_cmsg_send(const struct msghdr *msg, struct ipcm_cookie *ipc) __must_check;
