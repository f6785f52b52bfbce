/* SPDX-License-Identifier: MIT
 * netlink_impl.h - what AF_NETLINK's two files share.
 * Not here: what families use (netlink.h).
 * af_netlink.c and netlink.c include it.
 * Source: netlink(7). */
#pragma once

#include "net/netlink/netlink.h"
#include "net/socket/socket.h"

#define NETLINK_SNDBUF_OVERHEAD 32 /* what Linux keeps of sk_sndbuf */

/* In the packet, where IPv4 headers stand in others. */
struct netlink_skb_parms {
	u32 dst_group; /* 0: to this socket alone */
};

#define NETLINK_CB_ROOM 16

static inline struct netlink_skb_parms *NETLINK_CB(const struct sk_buff *skb)
{
	return skb_network_header(skb);
}

static inline struct netlink_sock *nlk_sk(const struct socket *sock)
{
	return (struct netlink_sock *)sock->sk;
}

extern struct list_head netlink_socks; /* of all namespaces */

/* netlink_rcv_msg - what a program sent to the kernel: len bytes of requests.
 * Returns  0, -EFAULT, -ENOBUFS. What became of each request is told by messages. */
int netlink_rcv_msg(struct netlink_sock *nlk, struct msghdr *msg, size_t len) __must_check;
