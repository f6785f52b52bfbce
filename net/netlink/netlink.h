/* SPDX-License-Identifier: MIT
 * netlink.h - AF_NETLINK: sockets between a program and those parts of the kernel that it may ask.
 * Not here: what they answer; each family is a file of its own. Attributes are in nlattr.h.
 * socket.c calls its operations; families register (net_init.c wires them).
 * Source: netlink(7); RFC 3549. Names as in Linux's net/netlink/af_netlink.c.
 *
 * A family is a const struct, registered once:
 *
 *     static int demo_rcv(struct netlink_sock *nlk, const struct nlmsghdr *nlh)
 *     {
 *         if (nlh->nlmsg_flags & NLM_F_DUMP)
 *             return netlink_dump_start(nlk, nlh, demo_dump);
 *         ... nlmsg_parse(nlh, sizeof(struct demo), tb, DEMO_MAX, demo_least) ...
 *         return err;
 *     }
 *     const struct netlink_family demo_family = { .protocol = NETLINK_DEMO, .rcv = demo_rcv };
 *
 * rcv gets one request at a time, checked to be whole. What it returns is told to the program: an
 * error always, success when NLM_F_ACK asked for it. An answer of its own it builds in nlmsg_new's
 * packet and hands to netlink_unicast before it returns. A dump is made piece by piece, as the
 * program reads: see netlink_dump_start. Everything here is control path. */
#pragma once

#include "net/core/sock.h"
#include "net/netlink/nlattr.h"

struct netlink_sock;
struct netlink_callback;

struct netlink_family {
	u16 protocol; /* NETLINK_* */
	u16 groups;   /* multicast groups are numbered 1 to this, at most 64 */
	/* one request; 0 or a negative errno, -EINTR when the program shall not be told */
	int (*rcv)(struct netlink_sock *nlk, const struct nlmsghdr *nlh);
	/* nothing waits to be read: netlink_unicast the next of what is made when it is read, if
	 * there is one; may be NULL */
	void (*next)(struct netlink_sock *nlk);
	/* the program closed it; may be NULL */
	void (*release)(struct netlink_sock *nlk);
};

/* Puts messages into skb, from where cb->args say it stopped (zeros at first), with NLM_F_MULTI and
 * cb->nlh's sequence number.
 * Returns  0 all has been told; -EMSGSIZE skb is full, call again; another error ends the dump */
typedef int (*netlink_dump_fn)(struct sk_buff *skb, struct netlink_callback *cb);

#define NETLINK_DUMP_REQUEST_MAX 256

struct netlink_callback {
	netlink_dump_fn dump;                      /* NULL: none is under way */
	void (*done)(struct netlink_callback *cb); /* it has ended, however; may be NULL */
	struct net *net;
	u64 args[4];
	bool told; /* all of it, but for NLMSG_DONE, which will say err */
	s32 err;
	union { /* the request */
		struct nlmsghdr nlh;
		u32 request[NETLINK_DUMP_REQUEST_MAX / sizeof(u32)];
	};
};

struct netlink_sock {
	struct sock sk; /* first: a sock is cast to it */
	struct list_head list;
	const struct netlink_family *family;
	u32 portid, dst_portid;
	bool broadcast_error, no_enobufs, cap_ack, ext_ack, strict_chk; /* options */
	u64 groups; /* bit n: member of group n + 1 */
	bool bound;
	bool congested; /* a message was lost, and the program was told so */
	struct netlink_callback cb;
};

/* netlink_kernel_create - a family makes itself known; it stays the caller's.
 * Returns  0, -EINVAL (number), -EEXIST */
int netlink_kernel_create(const struct netlink_family *family) __must_check;

/* nlmsg_new - an empty packet for messages, about 1900 bytes. Returns it, or NULL: the pool is empty. */
struct sk_buff *nlmsg_new(void);

/* netlink_unicast - to one socket. Takes the skb; NULL means that there was no memory for it.
 * Returns  0, or -ENOBUFS: lost, which the program's next recv tells (once, until it has read all) */
int netlink_unicast(struct netlink_sock *nlk, struct sk_buff *skb);

/* netlink_broadcast - a copy to each member of a group. Takes the skb; NULL as for netlink_unicast.
 * group  1 to 64 */
void netlink_broadcast(struct net *net, u16 protocol, u32 group, struct sk_buff *skb);

/* netlink_has_listeners - is there anybody to broadcast to? */
bool netlink_has_listeners(const struct net *net, u16 protocol, u32 group);

/* netlink_dump_start - answer a request with as many messages as dump makes; it is called again
 * whenever the program has read what there was.
 * nlh      at most NETLINK_DUMP_REQUEST_MAX bytes: kept for dump
 * Returns  what rcv has to return: -EINTR; or -EBUSY (one is under way), -EINVAL (too long) */
int netlink_dump_start(
	struct netlink_sock *nlk, const struct nlmsghdr *nlh, netlink_dump_fn dump) __must_check;

/* netlink_dump_end - it is over, or nobody will read the rest. */
void netlink_dump_end(struct netlink_callback *cb);

/* netlink_refill - something new can be told by family->next: do so if nothing else waits. */
void netlink_refill(struct netlink_sock *nlk);
