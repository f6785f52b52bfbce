/* SPDX-License-Identifier: MIT
 * datagram.c - a socket's receive queues: messages until they are read, and readers that wait for one.
 * Not here: what is in them, each protocol knows where its payload starts; senders that wait (sock_room.c).
 * udp_input.c, ip_output.c and af_packet.c call in. Calls net_poll while it waits.
 * Source: recv(2). Names as in Linux's net/core/datagram.c. */
#include "net/socket/datagram.h"
#include "net/core/skb_owner.h"
#include "net/device/dev.h"

u32 sock_rmem_all;
struct sock_reader sock_reader;

static int queue_tail(struct sock *sk, struct sk_buff_head *queue, struct sk_buff *skb)
{
	if (skb) {
		u32 size;

		skb = skb_shrink(skb);
		size = skb_truesize(skb);
		if (sock_takes(sk, size)) {
			sock_charge_rcv(sk, size);
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

	if (skb)
		sock_uncharge_rcv(sk, skb_truesize(skb));
	return skb;
}

void sock_consume_first(struct sock *sk)
{
	struct sk_buff *skb = skb_dequeue(&sk->sk_receive_queue);

	if (likely(skb_is_small(skb) && !skb->owned && !skb->frags)) {
		sock_uncharge_rcv(sk, SKB_SMALL);
		skb_release_small(skb);
		return;
	}
	sock_uncharge_rcv(sk, skb_truesize(skb));
	consume_skb(skb);
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

static bool something_came(struct sock *sk)
{
	if (sk->sk_prot->refill)
		sk->sk_prot->refill(sk);
	return sk->sk_receive_queue.n > 0 || sk->sk_err;
}

/* Wait for a packet or an error. Returns 0 when there is one of them. */
static noinline int wait_for_packet(struct sock *sk, u32 flags)
{
	u64 start, deadline;

	net_look(sk->sk_net);
	if (something_came(sk))
		return 0;
	if (flags & MSG_DONTWAIT)
		return -EAGAIN;
	start = clock_ns();
	deadline = sk->sk_rcvtimeo == UINT64_MAX ? UINT64_MAX : start + sk->sk_rcvtimeo;
	while (clock_ns() < deadline) {
		if (sk->sk_shutdown & RCV_SHUTDOWN)
			return 0;
		if (signal_pending(deadline == UINT64_MAX))
			return -EINTR;
		net_wait(start, deadline);
		if (something_came(sk))
			return 0;
	}
	return -EAGAIN;
}

struct sk_buff *skb_recv_datagram(struct sock *sk, u32 flags, int *err)
{
	struct sk_buff *skb = sk->sk_receive_queue.first;

	*err = 0;
	if (likely(skb && !sk->sk_err && !(flags & MSG_ERRQUEUE)))
		return skb;
	if (flags & MSG_ERRQUEUE)
		*err = -EAGAIN;
	else if (!skb && !sk->sk_err)
		*err = wait_for_packet(sk, flags);
	if (!*err)
		*err = sock_error(sk);
	return *err ? NULL : sk->sk_receive_queue.first;
}

noinline int skb_copy_pieces(struct msghdr *msg, const struct sk_buff *skb, u32 offset, size_t len)
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
	struct sk_buff *skb = sk->sk_receive_queue.first;
	size_t payload = (size_t)skb->len + skb->frags_len - offset, n = min(len, payload);
	u32 flags = msg->flags;
	int err;

	if (likely(!skb->frags && n <= msg->at_len))
		err = copy_to_user(msg->at, skb->data + offset, n);
	else
		err = skb_copy_pieces(msg, skb, offset, n);
	msg->flags = n < payload ? MSG_TRUNC : 0;
	if (!(flags & MSG_PEEK))
		sock_consume_first(sk);
	return err ? err : (ssize)(flags & MSG_TRUNC ? payload : n);
}
