/* SPDX-License-Identifier: MIT
 * rtnetlink.h - NETLINK_ROUTE's messages: links, addresses, routes, neighbours. All in host order but
 * for addresses.
 * Not here: code; this folder holds layouts only.
 * Used by net/netlink/.
 * Source: rtnetlink(7); RFC 3549 3; Linux's include/uapi/linux/rtnetlink.h, if_link.h for the numbers. */
#pragma once

#include "kernel/lib/types.h"

enum rtnl_type {
	RTM_NEWLINK = 16,
	RTM_DELLINK,
	RTM_GETLINK,
	RTM_SETLINK,
	RTM_NEWADDR,
	RTM_DELADDR,
	RTM_GETADDR,
	RTM_NEWROUTE = 24,
	RTM_DELROUTE,
	RTM_GETROUTE,
	RTM_NEWNEIGH = 28,
	RTM_DELNEIGH,
	RTM_GETNEIGH
};

/* Multicast groups. The last one that programs ask for is 36. */
enum rtnl_group {
	RTNLGRP_LINK = 1,
	RTNLGRP_NEIGH = 3,
	RTNLGRP_IPV4_IFADDR = 5,
	RTNLGRP_IPV4_ROUTE = 7,
	RTNLGRP_MAX = 36
};

struct ifinfomsg {
	u8 family, pad;
	u16 type; /* ARPHRD_* */
	s32 index;
	u32 flags, change;
};

enum ifla_attr {
	IFLA_ADDRESS = 1,
	IFLA_BROADCAST,
	IFLA_IFNAME,
	IFLA_MTU,
	IFLA_QDISC = 6,
	IFLA_TXQLEN = 13,
	IFLA_OPERSTATE = 16,
	IFLA_STATS64 = 23,
	IFLA_NET_NS_FD = 28,
	IFLA_CARRIER = 33,
	IFLA_MAX = 33
};

enum operstate {
	IF_OPER_UNKNOWN = 0,
	IF_OPER_DOWN = 2,
	IF_OPER_UP = 6
};

struct rtnl_link_stats64 {
	u64 rx_packets, tx_packets, rx_bytes, tx_bytes, rx_errors, tx_errors, rx_dropped,
		tx_dropped, multicast, collisions, rx_length_errors, rx_over_errors, rx_crc_errors,
		rx_frame_errors, rx_fifo_errors, rx_missed_errors, tx_aborted_errors,
		tx_carrier_errors, more[6];
};

struct ifaddrmsg {
	u8 family, prefixlen, flags, scope;
	s32 index;
};

enum ifa_attr {
	IFA_ADDRESS = 1,
	IFA_LOCAL,
	IFA_LABEL,
	IFA_BROADCAST,
	IFA_CACHEINFO = 6,
	IFA_FLAGS = 8,
	IFA_MAX = 8
};

#define IFA_F_SECONDARY 0x01
#define IFA_F_PERMANENT 0x80

struct ifa_cacheinfo {
	u32 preferred, valid; /* seconds; all ones: for ever */
	u32 cstamp, tstamp;
};

struct rtmsg {
	u8 family, dst_len, src_len, tos, table, protocol, scope, type;
	u32 flags;
};

#define RTM_F_CLONED 0x200 /* the answer to one destination */

enum rta_attr {
	RTA_DST = 1,
	RTA_SRC,
	RTA_OIF = 4,
	RTA_GATEWAY,
	RTA_PRIORITY,
	RTA_PREFSRC,
	RTA_METRICS,
	RTA_MULTIPATH,
	RTA_TABLE = 15,
	RTA_MAX = 15
};

enum rtax_metric {
	RTAX_MTU = 2,
	RTAX_MAX = 2
};

struct rtnexthop {
	u16 len;        /* with its attributes */
	u8 flags, hops; /* RTNH_F_*; weight - 1 */
	s32 ifindex;
};

struct ndmsg {
	u8 family, pad[3];
	s32 ifindex;
	u16 state; /* NUD_* */
	u8 flags, type;
};

enum nda_attr {
	NDA_DST = 1,
	NDA_LLADDR,
	NDA_CACHEINFO,
	NDA_PROBES,
	NDA_MAX = 4
};

_Static_assert(sizeof(struct ifinfomsg) == 16 && sizeof(struct ifaddrmsg) == 8 &&
		       sizeof(struct rtmsg) == 12 && sizeof(struct rtnexthop) == 8 &&
		       sizeof(struct ndmsg) == 12 && sizeof(struct rtnl_link_stats64) == 192,
	"bits of the system-call ABI");
