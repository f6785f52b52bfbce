/* SPDX-License-Identifier: MIT
 * udp.h - UDP: from a message to a datagram and back.
 * Not here: sockets' addresses (inet_sock.h), IPv4 (ip.h).
 * af_inet.c calls udp_prot's functions, ip_input.c and icmp.c call udp_rcv and udp_err.
 * Source: RFC 768; RFC 1122 4.1; RFC 6056 (ephemeral ports). */
#pragma once

#include "net/ipv4/ip.h"
#include "net/udp/inet_sock.h"

extern const struct proto udp_prot;

/* udp_init, udp_exit - the port table of a namespace. Returns 0 or -ENOMEM. */
int udp_init(struct net *net) __must_check;
void udp_exit(struct net *net);

/* udp_sendmsg - send one datagram.
 * sk       bound socket
 * msg      destination, unless connected, and pieces of user memory
 * len      0..65507 bytes in them
 * Returns  len, or -EMSGSIZE, -EDESTADDRREQ, -EINVAL (address), -EAFNOSUPPORT, -EACCES (broadcast
 *          without SO_BROADCAST), -EPIPE (shut down), a pending error, or what routing, netfilter
 *          or the neighbour said
 * Blocks   while there is no room in the ring or the pool, or on the neighbour until ARP gives up (three
 *          seconds); at most SO_SNDTIMEO, or until a signal: -EINTR. With MSG_DONTWAIT -EAGAIN
 * Source   RFC 768; RFC 1122 4.1.3 */
ssize udp_sendmsg(struct sock *sk, struct msghdr *msg, size_t len);

/* udp_send_batch - as many of the first of n messages as are plain, of one length and to one place, and
 * whose flow has a cached header: filled in one by one, handed to the device together.
 * vec      has been checked to be the user's
 * Returns  how many were sent; each one's len is set */
u32 udp_send_batch(struct sock *sk, struct user_mmsghdr __user *vec, u32 n, u32 flags);

#define UDP_MAX_SEGMENTS 128 /* datagrams of one message, as on Linux */

/* udp_push_pending_frames - send the datagram that MSG_MORE or UDP_CORK kept open, if there is one.
 * Returns  0, or why it could not be: but for -EAGAIN it is gone then
 * Blocks   as udp_sendmsg */
int udp_push_pending_frames(struct sock *sk, enum sock_wait how);

/* udp_recvmsg - the oldest datagram; bytes that do not fit are lost and msg->flags has MSG_TRUNC.
 * Returns  its bytes (the whole length with MSG_TRUNC asked), or a pending error, -EAGAIN
 * Blocks   until one comes or SO_RCVTIMEO has passed, unless MSG_DONTWAIT */
ssize udp_recvmsg(struct sock *sk, struct msghdr *msg, size_t len);

/* udp_recv_batch - of n messages of recvmmsg without flags, the first for which there is a datagram already, as far
 * as they are plain. vec: the user's. Returns how many. */
u32 udp_recv_batch(struct sock *sk, struct user_mmsghdr __user *vec, u32 n);

/* udp_writable - would a datagram be taken without waiting? Where poll's POLLOUT comes from. */
bool udp_writable(struct sock *sk);

/* udp_rcv - a datagram came in, data at its header. Takes the skb. */
void udp_rcv(struct sk_buff *skb);

/* udp_link_failure - struct proto's: the socket hears of it as if our own IP had sent "host unreachable", as on
 * Linux. */
void udp_link_failure(struct sock *sk, const struct sk_buff *skb);

/* udp_err - ICMP complains about a datagram of ours. See struct net_protocol. */
void udp_err(struct net *net, const struct icmp_error *e);

/* udp_recv_plain - the oldest datagram into sock_reader.one: its name, room for 16 bytes or NULL, and its base and len.
 * flags: only such as do not keep it from the shortest way (MSG_USUAL).
 * Returns  its bytes, or -EAGAIN with MSG_DONTWAIT; RECV_LONG_WAY: nothing has happened, ask udp_recvmsg */
ssize udp_recv_plain(struct sock *sk, u32 flags);
