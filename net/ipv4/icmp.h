/* SPDX-License-Identifier: MIT
 * icmp.h - ICMP: echo replies, errors sent and received.
 * Not here: a socket's reaction to an error (udp.h).
 * ip_input.c hands icmp_rcv what comes in; udp_input.c and ip_input.c send errors by icmp_send_unreach.
 * Source: RFC 792; RFC 1122 3.2.2; RFC 1812 4.3.2.8 (rate limit). */
#pragma once

#include "net/ipv4/ip.h"
#include "net/wire/icmp.h"

/* What an ICMP error says about a packet of ours. */
struct icmp_error {
	const struct sk_buff *skb;  /* the message, network header and all */
	const struct iphdr *quoted; /* the packet it is about, */
	size_t len;                 /* and how much of it came back */
	u8 type, code;
	bool fatal; /* told to connected sockets; otherwise only to those that asked (IP_RECVERR) */
	int err;    /* errno, positive */
	u32 info;   /* FRAG_NEEDED: the next hop's MTU; PARAMETERPROB: the octet that is wrong */
};

/* icmp_set_unreach - e says that a packet cannot be delivered, for this reason: type, code, err, fatal. */
void icmp_set_unreach(struct icmp_error *e, enum icmp_unreach code);

/* icmp_learn_pmtu - take "fragmentation needed" at its word, if it can be true: the packet it quotes,
 * which a socket of ours may have sent, carried DF and was larger than what would have fitted. */
void icmp_learn_pmtu(struct net *net, const struct icmp_error *e);

/* icmp_rcv - an ICMP message came in, data at its header. Takes the skb. */
void icmp_rcv(struct sk_buff *skb);

/* icmp_unreach_allowed - at most 100 errors a second are sent: is there one left in this second? */
bool icmp_unreach_allowed(void);

/* icmp_send_reassembly_time - the same that skb, the first fragment of a datagram, has waited too long for the rest. */
void icmp_send_reassembly_time(const struct sk_buff *skb);

/* icmp_send_unreach - tell the sender of skb that it could not be delivered, if RFC 1122 3.2.2
 * allows it: never about a broadcast, and at most 100 a second. skb stays the caller's. */
void icmp_send_unreach(const struct sk_buff *skb, enum icmp_unreach code);
