/* SPDX-License-Identifier: MIT
 * ip.h - IPv4: building packets and sending them down, taking them in.
 * Not here: routing (route.h), what the payload means (udp.h, icmp.h).
 * udp.c and icmp.c call the upper functions, dev.c hands ip_rcv what comes in.
 * Source: RFC 791; RFC 1122 3.2; RFC 6864 (identification). */
#pragma once

#include "net/dev.h"
#include "net/route.h"
#include "net/wire/ip.h"

struct msghdr;
struct icmp_error;

/* The header of a flow, made once, and complete for packets as long as the last one. */
struct ip_template {
	struct iphdr iph;
	u16 len; /* of the packets it is complete for; 0: tot_len and check are not there */
	bool df;
	u32 sum; /* of its bytes without tot_len and check, below 2^16 */
};

/* ip_template_init - df: routers may not fragment it; a packet that we had to fragment ourselves
 * goes without. */
void ip_template_init(
	struct ip_template *t, const struct rtable *rt, u8 protocol, u8 tos, u8 ttl, bool df);

/* ip_template_set_len - complete it for packets of len bytes, header and all; 0: for none. */
void ip_template_set_len(struct ip_template *t, u16 len);

/* ip_make_skb_slow - what ip_make_skb (ip_output.h) does, for all that it gives up: waits for room,
 * answers a chain of packets (skb->frags) when the message does not fit the route's MTU.
 * sk             who sends: how long it may wait (sk_sndtimeo)
 * transport_len  bytes of transport header to leave free before the payload
 * Returns        the packet, data at the transport header, skb->csum of the payload; or an error
 *                pointer: -EFAULT, -EMSGSIZE, -EAGAIN (would have to wait), -ENOBUFS, -ENETDOWN
 *                (waited in vain), -ESTALE (the route changed while waiting: ask again)
 * Blocks         while ring or pool have no room, unless MSG_DONTWAIT is among msg->flags */
struct sk_buff *ip_make_skb_slow(const struct sock *sk, const struct rtable *rt, struct msghdr *msg,
	size_t len, u32 transport_len);

/* ip_rcv - an IPv4 packet came in, data at its header. Takes the skb. */
void ip_rcv(struct sk_buff *skb);

/* What ip_rcv passes a packet to. */
struct net_protocol {
	u8 protocol;
	/* data at the transport header, skb_network_header() behind it; takes the skb */
	void (*handler)(struct sk_buff *skb);
	/* an ICMP error about a packet of ours (icmp.h). Does not take anything. */
	void (*err_handler)(struct net *net, const struct icmp_error *e);
};

/* ip_set_protocols - who gets what (net_init.c wires it). */
void ip_set_protocols(const struct net_protocol *protocols, size_t n);

/* ip_protocol_find - or NULL. */
const struct net_protocol *ip_protocol_find(u8 protocol);
