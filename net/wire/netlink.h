/* SPDX-License-Identifier: MIT
 * netlink.h - netlink's addresses, message headers and attributes. All in host order.
 * Not here: code; this folder holds layouts only.
 * Used by net/netlink/.
 * Source: netlink(7); RFC 3549 2.3; Linux's include/uapi/linux/netlink.h for the numbers. */
#pragma once

#include "kernel/lib/types.h"

#define AF_NETLINK  16
#define SOL_NETLINK 270

enum netlink_protocol {
	NETLINK_ROUTE = 0,
	NETLINK_NETFILTER = 12,
	NETLINK_PROTOCOLS = 32
};

struct sockaddr_nl {
	u16 nl_family, nl_pad;
	u32 nl_pid;    /* 0: the kernel */
	u32 nl_groups; /* bit n: group n + 1 */
};

_Static_assert(sizeof(struct sockaddr_nl) == 12, "bits of the system-call ABI");

struct nlmsghdr {
	u32 nlmsg_len; /* this header and all that follows, without the padding at the end */
	u16 nlmsg_type, nlmsg_flags;
	u32 nlmsg_seq, nlmsg_pid;
};

_Static_assert(sizeof(struct nlmsghdr) == 16, "RFC 3549 2.3.2");

#define NLMSG_ALIGN(len) ALIGN_UP(len, 4u)
#define NLMSG_HDRLEN     16u

enum nlmsg_type {
	NLMSG_NOOP = 1,
	NLMSG_ERROR,
	NLMSG_DONE,
	NLMSG_OVERRUN,
	NLMSG_MIN_TYPE = 16 /* below: netlink's own */
};

enum nlmsg_flags {
	NLM_F_REQUEST = 0x1,
	NLM_F_MULTI = 0x2,
	NLM_F_ACK = 0x4,
	NLM_F_ECHO = 0x8,
	/* of a request that reads */
	NLM_F_ROOT = 0x100,
	NLM_F_MATCH = 0x200,
	NLM_F_DUMP = NLM_F_ROOT | NLM_F_MATCH,
	/* of one that makes something */
	NLM_F_REPLACE = 0x100,
	NLM_F_EXCL = 0x200,
	NLM_F_CREATE = 0x400,
	NLM_F_APPEND = 0x800,
	/* of NLMSG_ERROR */
	NLM_F_CAPPED = 0x100
};

struct nlmsgerr {
	s32 error; /* 0: it was done; else a negative errno */
	struct nlmsghdr msg;
};

struct nlattr {
	u16 nla_len; /* this header and the value, without padding */
	u16 nla_type;
};

#define NLA_ALIGN(len)      ALIGN_UP(len, 4u)
#define NLA_HDRLEN          4u
#define NLA_F_NESTED        0x8000
#define NLA_F_NET_BYTEORDER 0x4000
#define NLA_TYPE_MASK       0x3fff

enum netlink_option {
	NETLINK_ADD_MEMBERSHIP = 1,
	NETLINK_DROP_MEMBERSHIP,
	NETLINK_PKTINFO,
	NETLINK_BROADCAST_ERROR,
	NETLINK_NO_ENOBUFS,
	NETLINK_LIST_MEMBERSHIPS = 9,
	NETLINK_CAP_ACK,
	NETLINK_EXT_ACK,
	NETLINK_GET_STRICT_CHK
};
