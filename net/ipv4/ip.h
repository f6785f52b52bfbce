/* SPDX-License-Identifier: MIT
 * ip.h - IPv4: building packets and sending them down, taking them in.
 * Not here: routing (route.h), what the payload means (udp.h, icmp.h).
 * net/udp and icmp.c call the upper functions, dev_receive.c hands ip_rcv what comes in.
 * Source: RFC 791; RFC 1122 3.2; RFC 6864 (identification). */
#pragma once

#include "net/core/checksum.h"
#include "net/device/dev.h"
#include "net/ipv4/route.h"
#include "net/socket/msg.h"
#include "net/wire/ip.h"

struct icmp_error;
struct sock;

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

/* ipcm_same_flow - would both route a message, and fill its headers, alike? */
static inline bool ipcm_same_flow(const struct ipcm_cookie *a, const struct ipcm_cookie *b)
{
	return be32_eq(a->addr, b->addr) && a->oif == b->oif && a->tos == b->tos &&
	       a->ttl == b->ttl && a->dontroute == b->dontroute && a->any_addr == b->any_addr;
}

/* The header of a flow, made once. */
struct ip_template {
	struct iphdr iph; /* without tot_len and check */
	bool df;
	u32 sum; /* of its bytes, below 2^16 */
};

/* ip_template_init - df: routers may not fragment it; not set in packets that this host fragments. */
void ip_template_init(
	struct ip_template *t, const struct rtable *rt, u8 protocol, u8 tos, u8 ttl, bool df);

/* ip_template_header - the header of one packet of the flow, len bytes with it. */
static inline void ip_template_header(struct iphdr *iph, const struct ip_template *t, u16 len)
{
	*iph = t->iph;
	iph->tot_len = cpu_to_be16(len);
	iph->check = csum_fold_32(t->sum + iph->tot_len.raw);
}

/* A datagram that is being put together: packets that each fit the route's MTU, or the pieces of one
 * (NETIF_F_FRAGLIST, and what is cut later). */
struct cork {
	struct sk_buff *first,
		*last; /* first: with the others in its frags; data at their payload */
	u32 len;       /* bytes in them, the transport header's room included */
	u32 n;         /* how many packets */
	u32 segment;   /* bytes of each datagram that it will be cut into; 0: it is one */
};

/* ip_append_data - len bytes of msg more.
 * sk             who sends: how long it may wait (sk_sndtimeo)
 * transport_len  bytes to leave free for the transport header when this is the beginning
 * Returns        0; or, with nothing appended, -EMSGSIZE (beyond 65,535, or must not be fragmented),
 *                -EAGAIN (would have to wait), -EINTR, -ENOBUFS (waited in vain, or more than the machine can
 *                hold), -ENETDOWN (waited in vain), -ESTALE (the route changed while waiting: ask
 *                again); or -EFAULT with some of it appended
 * Blocks         as sock_wait_for_room, unless MSG_DONTWAIT is among msg->flags */
int ip_append_data(struct sock *sk, const struct rtable *rt, struct cork *cork, struct msghdr *msg,
	size_t len, u32 transport_len) __must_check;

/* ip_flush_pending - drop the cork's packets. */
void ip_flush_pending(struct cork *cork);

/* ip_make_skb - a datagram of msg's next len bytes: data at the transport header, skb->csum of the
 * payload, more packets in skb->frags when one does not hold it. Or an error pointer: ip_append_data's. */
struct sk_buff *ip_make_skb(struct sock *sk, const struct rtable *rt, struct msghdr *msg,
	size_t len, u32 transport_len);

/* ip_packets_for - packets of the pool that a datagram takes; total: bytes behind the IPv4 header. */
u32 ip_packets_for(const struct rtable *rt, size_t total);

/* ip_wait_for_room - until device and neighbour have room for n frames, and the pool `packets` packets more.
 * Returns 0 or as ip_append_data. */
int ip_wait_for_room(struct sock *sk, const struct rtable *rt, enum sock_wait how, u32 n,
	u32 packets) __must_check;

/* ip_send_skb - put the IPv4 header before a packet of ip_make_skb's and send it. Takes the skb.
 * Returns  0, or -EPERM (netfilter), or what neigh_output says */
int ip_send_skb(
	struct net *net, struct sk_buff *skb, const struct rtable *rt, const struct ip_template *t);

/* ip_local_out - a packet whose header is complete, with its device and neighbour: to the hooks of what
 * leaves, and out. Takes the skb. Returns as ip_send_skb. */
int ip_local_out(struct net *net, struct sk_buff *skb);

/* ip_rcv - an IPv4 packet came in, data at its header. Takes the skb. */
void ip_rcv(struct sk_buff *skb);

/* ip_defrag_fn - of a part: a fragment came in, data at its IPv4 header, which is its network header. Takes the skb.
 * Returns  the whole datagram, if this was what it lacked: the same for it; or NULL. NULL itself without the part */
extern struct sk_buff *(*ip_defrag_fn)(struct net *net, struct sk_buff *skb);

/* inet_iif - the device that a packet to daddr came by, as its socket sees it: what this host sends to an
 * address of its own came by the device that has it, not by lo. Returns its index. */
int inet_iif(const struct net_device *dev, be32 daddr);

/* A protocol above IPv4. */
struct net_protocol {
	struct list_head list;
	u8 protocol;
	/* data at the transport header, skb_network_header() behind it; takes the skb */
	void (*handler)(struct sk_buff *skb);
	/* an ICMP error about a packet of ours (icmp.h). Does not take anything. */
	void (*err_handler)(struct net *net, const struct icmp_error *e);
};

/* inet_add_protocol - register it; the struct stays the caller's. */
void inet_add_protocol(struct net_protocol *protocol);

/* ip_protocol_find - by number, or NULL. */
const struct net_protocol *ip_protocol_find(u8 protocol);
