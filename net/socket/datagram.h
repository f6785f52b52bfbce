/* SPDX-License-Identifier: MIT
 * datagram.h - a socket's receive queues: messages until they are read, and readers that wait for one.
 * Not here: what is in them, each protocol knows where its payload starts; senders that wait (sock_room.h).
 * udp_input.c, ip_output.c and af_packet.c call in. Calls net_poll while it waits.
 * Source: recv(2). Names as in Linux's net/core/datagram.c. */
#pragma once

#include "net/core/sock.h"
#include "net/socket/msg.h"

/* sock_queue_rcv_skb - append to sk's receive queue, in as little memory as it needs (skb_shrink): what it
 * then occupies is charged to sk_rmem. Takes the skb; NULL: there was no memory for it.
 * Returns  0, or -ENOBUFS: dropped, counted in sk_drops. sk_rcvbuf is full, or sk's share of
 *          skb_waiting_max; or sk is closed */
int sock_queue_rcv_skb(struct sock *sk, struct sk_buff *skb);

/* sock_queue_err_skb - the same for sk's error queue, on the same account. */
int sock_queue_err_skb(struct sock *sk, struct sk_buff *skb);

/* sock_dequeue - the first packet of one of these queues, which is charged no longer; or NULL. */
struct sk_buff *sock_dequeue(struct sock *sk, struct sk_buff_head *queue);

/* sock_purge_errors - nobody will read what waits in sk's error queue. */
void sock_purge_errors(struct sock *sk);

/* sock_purge_rcv - nobody will read what waits in sk, in either queue. */
void sock_purge_rcv(struct sock *sk);

/* skb_recv_datagram - the first packet that waits, which stays in the queue.
 * flags    MSG_*; with MSG_ERRQUEUE there never is one
 * Returns  the packet, or NULL with *err: 0 shut down, the socket's pending error, -EAGAIN
 * Blocks   until there is one, for sk_rcvtimeo at most; not with MSG_DONTWAIT */
struct sk_buff *skb_recv_datagram(struct sock *sk, u32 flags, int *err);

/* skb_copy_datagram - the first packet's bytes from offset on into the message, which has room for
 * len; what does not fit is lost, and MSG_TRUNC says so. The packet is taken, but for MSG_PEEK.
 * Returns  what recv returns: bytes copied, or under MSG_TRUNC all there were; or -EFAULT */
ssize skb_copy_datagram(struct sock *sk, struct msghdr *msg, u32 offset, size_t len);
