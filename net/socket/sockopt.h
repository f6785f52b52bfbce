/* SPDX-License-Identifier: MIT
 * sockopt.h - socket options: those of every socket, and AF_INET's.
 * Not here: what they change; each layer reads its own member.
 * socket_calls.c calls in; a family's operations name its tables.
 * Source: socket(7), ip(7), udp(7). */
#pragma once

#include "net/socket/socket.h"

enum sockopt_level {
	SOL_IP = 0,
	SOL_SOCKET = 1,
	SOL_UDP = 17,
	SOL_PACKET = 263
};

enum socket_option {
	SO_DEBUG = 1,
	SO_REUSEADDR = 2,
	SO_TYPE = 3,
	SO_ERROR = 4,
	SO_DONTROUTE = 5,
	SO_BROADCAST = 6,
	SO_SNDBUF = 7,
	SO_RCVBUF = 8,
	SO_KEEPALIVE = 9,
	SO_OOBINLINE = 10,
	SO_NO_CHECK = 11,
	SO_PRIORITY = 12,
	SO_LINGER = 13,
	SO_REUSEPORT = 15,
	SO_RCVLOWAT = 18,
	SO_SNDLOWAT = 19,
	SO_RCVTIMEO = 20,
	SO_SNDTIMEO = 21,
	SO_BINDTODEVICE = 25,
	SO_ATTACH_FILTER = 26, /* packet sockets have them */
	SO_DETACH_FILTER = 27,
	SO_TIMESTAMP = 29,
	SO_ACCEPTCONN = 30,
	SO_SNDBUFFORCE = 32,
	SO_RCVBUFFORCE = 33,
	SO_TIMESTAMPNS = 35,
	SO_MARK = 36,
	SO_TIMESTAMPING = 37,
	SO_PROTOCOL = 38,
	SO_DOMAIN = 39,
	SO_RXQ_OVFL = 40,
	SO_MAX_PACING_RATE = 47,
	SO_TXTIME = 61,
	SO_BINDTOIFINDEX = 62,
	SO_TIMESTAMP_NEW = 63,
	SO_TIMESTAMPNS_NEW = 64,
	SO_TIMESTAMPING_NEW = 65,
	SCM_TS_OPT_ID = 81 /* a control message alone */
};

enum ip_option {
	IP_TOS = 1,
	IP_TTL = 2,
	IP_OPTIONS = 4,
	IP_PKTINFO = 8,
	IP_MTU_DISCOVER = 10,
	IP_RECVERR = 11,
	IP_RECVTTL = 12,
	IP_RECVTOS = 13,
	IP_MTU = 14,
	IP_FREEBIND = 15,
	IP_BIND_ADDRESS_NO_PORT = 24,
	IP_MULTICAST_IF = 32,
	IP_MULTICAST_TTL = 33,
	IP_MULTICAST_LOOP = 34,
	IP_ADD_MEMBERSHIP = 35,
	IP_DROP_MEMBERSHIP = 36,
	IP_MULTICAST_ALL = 49
};

enum udp_option {
	UDP_CORK = 1,
	UDP_SEGMENT = 103
};

enum ip_pmtudisc {
	IP_PMTUDISC_DONT,      /* never set DF */
	IP_PMTUDISC_WANT,      /* set it where the packet fits, fragment where it does not */
	IP_PMTUDISC_DO,        /* set it always; what does not fit is refused */
	IP_PMTUDISC_PROBE,     /* the same, by the device's MTU alone */
	IP_PMTUDISC_INTERFACE, /* never set DF, the device's MTU alone, what does not fit is refused */
	IP_PMTUDISC_OMIT       /* the same, but larger ones are fragmented */
};

/* What each of them means. */
enum pmtu_ways {
	PMTU_FRAGMENT = 1, /* a datagram that does not fit may leave in pieces */
	PMTU_HEEDED = 2,   /* the path's MTU counts, not the device's alone */
	PMTU_DF = 4,       /* one that fits carries DF, ... */
	PMTU_DF_LOCKED = 8 /* ... also where the path's MTU is known and stays */
};

/* ip_pmtu_ways - of one of enum ip_pmtudisc. */
static inline u8 ip_pmtu_ways(u8 pmtudisc)
{
	static const u8 ways[] = { [IP_PMTUDISC_DONT] = PMTU_FRAGMENT | PMTU_HEEDED,
		[IP_PMTUDISC_WANT] = PMTU_FRAGMENT | PMTU_HEEDED | PMTU_DF,
		[IP_PMTUDISC_DO] = PMTU_HEEDED | PMTU_DF | PMTU_DF_LOCKED,
		[IP_PMTUDISC_PROBE] = PMTU_DF | PMTU_DF_LOCKED,
		[IP_PMTUDISC_INTERFACE] = 0,
		[IP_PMTUDISC_OMIT] = PMTU_FRAGMENT };

	return ways[pmtudisc];
}

/* ---- tables of options ------------------------------------------------------------------- */

enum sockopt_flags {
	OPT_FLAG = 1,  /* anything but 0 is 1 */
	OPT_RO = 2,    /* cannot be set */
	OPT_WO = 4,    /* cannot be asked for */
	OPT_BYTES = 8, /* not an int: set_bytes and get_bytes know, or it is the member as it is */
	OPT_NONEMPTY = 16, /* no bytes do not mean 0 */
	OPT_NAME = 32,     /* with OPT_BYTES: may be shorter than an int */
	OPT_TIMEOUT = 64 /* a struct timeval; the member counts nanoseconds, UINT64_MAX for ever */
};

/* One option: an int that is a member of the sock's, or that functions know. */
struct sockopt {
	u8 name, flags;
	u8 size; /* of the member: 1, 2 or 4 bytes; 0: nothing is stored, and it is 0 */
	u16 at;  /* where it is, from the sock's start */
	s32 low, high;
	union { /* instead of storing; NULL: store */
		int (*set)(struct sock *sk, s32 value);
		int (*set_bytes)(struct sock *sk, const void __user *val, u32 len);
	};
	union { /* instead of reading it; negative: an errno */
		int (*get)(struct sock *sk);
		int (*get_bytes)(struct sock *sk, void __user *val, u32 *len);
	};
};

#define OPT_MEMBER(type, member)                                                                   \
	.size = sizeof(((type *)NULL)->member), .at = offsetof(type, member)

/* All options of a level. A family has an array of pointers to those it knows, which ends with NULL. */
struct sockopt_table {
	s16 level;
	u8 n;
	u8 least; /* bytes of a value; below 4: the level takes BSD's one-byte form, too */
	u8 room;  /* bytes that getsockopt of a number wants to have */
	const struct sockopt *option;
};

#define SOCKOPT_TABLE(options) .option = (options), .n = ARRAY_SIZE(options)

extern const struct sockopt_table socket_options; /* SOL_SOCKET, of every family */
extern struct sockopt_table part_options;         /* the same; empty in a kernel without the part */

/* sock_set_stamps - SO_TIMESTAMP or SO_TIMESTAMPNS, one of the two at a time: the later. new: by its new number, which
 * the control messages have then. Returns 0. */
int sock_set_stamps(struct sock *sk, s32 value, enum sk_timestamp kind, bool new);

/* sock_setsockopt - setsockopt. Returns 0, -ENOPROTOOPT (unknown, or cannot be set), -EINVAL (length or
 * value), -EFAULT, or what the option says */
int sock_setsockopt(struct socket *sock, int level, int name, const void __user *val, u32 len);

/* sock_getsockopt - the same for getsockopt. *len: in room, out what was written. Also -EOPNOTSUPP: a
 * level that AF_INET does not know. */
int sock_getsockopt(struct socket *sock, int level, int name, void __user *val, u32 *len);

/* sockopt_put - len_is bytes of an answer, as many as *len allows. Returns 0 or -EFAULT. */
int sockopt_put(const void *value, u32 len_is, void __user *val, u32 *len);
