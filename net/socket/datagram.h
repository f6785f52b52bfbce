/* SPDX-License-Identifier: MIT
 * datagram.h - a socket's receive queues: messages until they are read, and readers that wait for one.
 * Not here: what is in them, each protocol knows where its payload starts; senders that wait (sock_room.h).
 * udp_input.c, ip_output.c and af_packet.c call in. Calls net_poll while it waits.
 * Source: recv(2). Names as in Linux's net/core/datagram.c. */
#pragma once

#include "net/core/sock.h"
#include "net/socket/msg.h"

extern u32 sock_rmem_all; /* sk_rmem of all socks */

/* sock_takes - may a packet that occupies size bytes wait in sk? As on Linux an empty buffer takes any one packet. Of
 * what may wait in all a socket holds no more than it leaves to others: half, if it is the only one. */
static inline bool sock_takes(const struct sock *sk, u32 size)
{
	return sk->sk_socket && (!sk->sk_rmem || sk->sk_rmem + size <= sk->sk_rcvbuf) &&
	       sk->sk_rmem + sock_rmem_all + 2 * size <= skb_waiting_max() * SKB_SLOT;
}

/* sock_charge_rcv - size bytes more, or fewer, wait in sk. */
static inline void sock_charge_rcv(struct sock *sk, u32 size)
{
	sk->sk_rmem += size;
	sock_rmem_all += size;
}

static inline void sock_uncharge_rcv(struct sock *sk, u32 size)
{
	sk->sk_rmem -= size;
	sock_rmem_all -= size;
}

/* A call that receives, and looks for frames itself (net_look): its messages may get payloads straight from them, while
 * nothing waits in its socket. */
struct sock_reader {
	struct sock *sk;                 /* NULL: there is none */
	struct user_mmsghdr __user *vec; /* the next message of recvmmsg's; NULL: it is `one` */
	u32 n;                           /* messages left */
	struct plain_message one;        /* recvfrom's; its len is the datagram's afterwards */
};

extern struct sock_reader sock_reader;

/* msg_give - a datagram to a plain message, after user_access_begin: the sender's name if it is asked for, and as many
 * bytes of the payload as there is room for: *len, in and out. Returns false when the memory is not there. */
static __always_inline bool msg_give(
	const struct plain_message *m, u64 name_key, const void *payload, size_t *len)
{
	*len = min(m->len, *len);
	if (m->name && unsafe_put_2(name_key, 0, (void *)m->name) < 0)
		return false;
	return unsafe_copy_to_user((void *)m->base, payload, *len) == 0;
}

/* mmsg_give - the same to one of recvmmsg's messages, which has been checked to be the user's, if it is plain: with all
 * that the call tells about it. */
static __always_inline bool mmsg_give(
	struct user_mmsghdr __user *umsg, u64 name_key, const void *payload, size_t len)
{
	struct plain_message m;
	size_t n = len;

	if (unlikely(!msg_read_piece(&m, umsg) || (s64)m.len < 0))
		return false;
	if (m.name && ((s32)m.namelen < (s32)sizeof(struct sockaddr_in) ||
			      unsafe_put_u32(sizeof(struct sockaddr_in), &umsg->hdr.namelen) < 0))
		return false;
	return msg_give(&m, name_key, payload, &n) &&
	       unsafe_put_received(n < len ? MSG_TRUNC : 0, (u32)n, umsg) == 0;
}

/* reader_give - a datagram to the reader's next message. Returns false when there is none that is plain. */
static __always_inline bool reader_give(
	struct sock_reader *reader, u64 name_key, const void *payload, size_t len)
{
	bool given;

	if (unlikely(!reader->n))
		return false;
	user_access_begin();
	if (reader->vec)
		given = mmsg_give(reader->vec, name_key, payload, len);
	else
		given = msg_give(&reader->one, name_key, payload, &len);
	user_access_end();
	if (unlikely(!given))
		return false;
	if (reader->vec)
		reader->vec++;
	else
		reader->one.len = len;
	reader->n--;
	return true;
}

/* sock_queue_rcv_taken - the same for a packet without owner, whose size sock_takes has accepted. */
static inline void sock_queue_rcv_taken(struct sock *sk, struct sk_buff *skb, u32 size)
{
	struct sk_buff_head *queue = &sk->sk_receive_queue;

	sock_charge_rcv(sk, size);
	skb->next = NULL;
	if (queue->first)
		queue->last->next = skb;
	else
		queue->first = skb;
	queue->last = skb;
	queue->n++;
}

/* sock_queue_rcv_skb - append to sk's receive queue, in as little memory as it needs (skb_shrink): what it
 * then occupies is charged to sk_rmem. Takes the skb; NULL: there was no memory for it.
 * Returns  0, or -ENOBUFS: dropped, counted in sk_drops. sk_rcvbuf is full, or sk's share of
 *          skb_waiting_max; or sk is closed */
int sock_queue_rcv_skb(struct sock *sk, struct sk_buff *skb);

/* sock_queue_err_skb - the same for sk's error queue, on the same account. */
int sock_queue_err_skb(struct sock *sk, struct sk_buff *skb);

/* sock_dequeue - the first packet of one of these queues, which is charged no longer; or NULL. */
struct sk_buff *sock_dequeue(struct sock *sk, struct sk_buff_head *queue);

/* sock_consume_first - the first packet of sk's receive queue, of which there is one, has been read. */
void sock_consume_first(struct sock *sk);

/* sock_purge_errors - nobody will read what waits in sk's error queue. */
void sock_purge_errors(struct sock *sk);

/* sock_purge_rcv - nobody will read what waits in sk, in either queue. */
void sock_purge_rcv(struct sock *sk);

/* skb_recv_datagram - the first packet that waits, which stays in the queue.
 * flags    MSG_*; with MSG_ERRQUEUE there never is one
 * Returns  the packet, or NULL with *err: 0 shut down, the socket's pending error, -EAGAIN
 * Blocks   until there is one, for sk_rcvtimeo at most; not with MSG_DONTWAIT */
struct sk_buff *skb_recv_datagram(struct sock *sk, u32 flags, int *err);

/* skb_copy_pieces - len bytes of skb, the first at offset, which lies in its first piece, into the message. Returns 0 or
 * -EFAULT. */
int skb_copy_pieces(struct msghdr *msg, const struct sk_buff *skb, u32 offset, size_t len);

/* skb_copy_datagram - the first packet's bytes from offset on into the message, which has room for
 * len; what does not fit is lost, and MSG_TRUNC says so. The packet is taken, but for MSG_PEEK.
 * Returns  what recv returns: bytes copied, or under MSG_TRUNC all there were; or -EFAULT */
ssize skb_copy_datagram(struct sock *sk, struct msghdr *msg, u32 offset, size_t len);
