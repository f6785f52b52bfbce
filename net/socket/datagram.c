/* SPDX-License-Identifier: MIT
 * datagram.c - a socket's receive queues: messages until they are read, and readers that wait for one.
 * Not here: what is in them, each protocol knows where its payload starts; senders that wait (sock_room.c).
 * udp_input.c, ip_output.c and af_packet.c call in. Calls net_poll while it waits.
 * Source: recv(2). Names as in Linux's net/core/datagram.c. */
#include "net/socket/datagram.h"
#include "net/core/skb_owner.h"
#include "net/device/dev.h"

static u32 rmem_all; /* sk_rmem of all socks */

/* As on Linux an empty buffer takes any one packet. Of what may wait in all a socket holds no more than it
 * leaves to others: half, if it is the only one. */
static bool takes(const struct sock *sk, u32 size)
{
	return sk->sk_socket && (!sk->sk_rmem || sk->sk_rmem + size <= sk->sk_rcvbuf) &&
	       sk->sk_rmem + rmem_all + 2 * size <= skb_waiting_max() * SKB_SLOT;
}

static int queue_tail(struct sock *sk, struct sk_buff_head *queue, struct sk_buff *skb)
{
	if (skb) {
		u32 size;

		skb = skb_shrink(skb);
		size = skb_truesize(skb);
		if (takes(sk, size)) {
			sk->sk_rmem += size;
			rmem_all += size;
			skb_queue_tail(queue, skb);
			return 0;
		}
		kfree_skb(skb, SKB_DROP_RCVBUF_FULL);
	}
	sk->sk_drops++;
	return -ENOBUFS;
}

int sock_queue_rcv_skb(struct sock *sk, struct sk_buff *skb)
{
	return queue_tail(sk, &sk->sk_receive_queue, skb);
}

int sock_queue_err_skb(struct sock *sk, struct sk_buff *skb)
{
	return queue_tail(sk, &sk->sk_error_queue, skb);
}

struct sk_buff *sock_dequeue(struct sock *sk, struct sk_buff_head *queue)
{
	struct sk_buff *skb = skb_dequeue(queue);

	if (skb) {
		sk->sk_rmem -= skb_truesize(skb);
		rmem_all -= skb_truesize(skb);
	}
	return skb;
}

static void purge(struct sock *sk, struct sk_buff_head *queue)
{
	struct sk_buff *skb;

	while ((skb = sock_dequeue(sk, queue)))
		consume_skb(skb);
}

void sock_purge_errors(struct sock *sk)
{
	purge(sk, &sk->sk_error_queue);
}

void sock_purge_rcv(struct sock *sk)
{
	purge(sk, &sk->sk_receive_queue);
	purge(sk, &sk->sk_error_queue);
}

/* Wait for a packet or an error. Returns 0 when there is one of them. */
static int wait_for_packet(struct sock *sk, u32 flags)
{
	u64 start, deadline;

	if (sk->sk_receive_queue.n > 0 || sk->sk_err)
		return 0;
	start = clock_ns();
	deadline = sk->sk_rcvtimeo == UINT64_MAX ? UINT64_MAX : start + sk->sk_rcvtimeo;
	for (net_poll();; net_wait(start, deadline)) {
		if (sk->sk_prot->refill)
			sk->sk_prot->refill(sk);
		if (sk->sk_receive_queue.n > 0 || sk->sk_err)
			return 0;
		if ((flags & MSG_DONTWAIT) || clock_ns() >= deadline)
			return -EAGAIN;
		if (sk->sk_shutdown & RCV_SHUTDOWN)
			return 0;
		if (signal_pending(deadline == UINT64_MAX))
			return -EINTR;
	}
}

struct sk_buff *skb_recv_datagram(struct sock *sk, u32 flags, int *err)
{
	*err = flags & MSG_ERRQUEUE ? -EAGAIN : wait_for_packet(sk, flags);
	if (!*err)
		*err = sock_error(sk);
	return *err ? NULL : sk->sk_receive_queue.first;
}

/* A message may be in pieces. */
static int copy_pieces(struct msghdr *msg, const struct sk_buff *skb, u32 offset, size_t len)
{
	size_t n = min(len, (size_t)skb->len - offset);
	int err = memcpy_to_msg(msg, skb->data + offset, n);

	for (skb = skb->frags; !err && len > n; skb = skb->next) {
		len -= n;
		n = min(len, (size_t)skb->len);
		err = memcpy_to_msg(msg, skb->data, n);
	}
	return err;
}

ssize skb_copy_datagram(struct sock *sk, struct msghdr *msg, u32 offset, size_t len)
{
	const struct sk_buff *skb = sk->sk_receive_queue.first;
	size_t payload = (size_t)skb->len + skb->frags_len - offset, n = min(len, payload);
	int err = copy_pieces(msg, skb, offset, n);
	u32 flags = msg->flags;

	msg->flags = n < payload ? MSG_TRUNC : 0;
	if (!(flags & MSG_PEEK))
		consume_skb(sock_dequeue(sk, &sk->sk_receive_queue));
	return err ? err : (ssize)(flags & MSG_TRUNC ? payload : n);
}
