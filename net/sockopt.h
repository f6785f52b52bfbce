/* SPDX-License-Identifier: MIT
 * sockopt.h - socket options: those of every socket, and AF_INET's.
 * Not here: what they change; each layer reads its own member.
 * af_inet.c's operations point here.
 * Source: socket(7), ip(7), udp(7). */
#pragma once

#include "net/socket.h"

enum ip_pmtudisc {
	IP_PMTUDISC_DONT,
	IP_PMTUDISC_WANT,
	IP_PMTUDISC_DO,
	IP_PMTUDISC_PROBE
};

/* sock_setsockopt, sock_getsockopt - SOL_SOCKET, for any family. Returns as those below. */
int sock_setsockopt(struct socket *sock, int name, const void __user *val, u32 len);
int sock_getsockopt(struct socket *sock, int name, void __user *val, u32 *len);

/* inet_setsockopt - Returns 0, -ENOPROTOOPT (unknown), -EINVAL (length or value), -EFAULT, ... */
int inet_setsockopt(struct socket *sock, int level, int name, const void __user *val, u32 len);

/* inet_getsockopt - *len: in room, out what was written; the same errors. */
int inet_getsockopt(struct socket *sock, int level, int name, void __user *val, u32 *len);
