/* SPDX-License-Identifier: MIT
 * datagram.c - a socket's waits: messages until they are read, readers for one, senders for room.
 * Not here: what is in them; each protocol knows where its payload starts.
 * udp_input.c, ip_output.c and af_packet.c call in. Calls net_poll while it waits.
 * Source: recv(2). Names as in Linux's net/core/datagram.c. */
#include "net/socket/datagram.h"
#include "net/core/qdisc.h"
#include "net/core/skb_owner.h"
#include "net/device/dev.h"
#include "net/neigh/neighbour.h"

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
static int wait_for_packet(const struct sock *sk, u32 flags)
{
	u64 start, deadline;

	if (sk->sk_receive_queue.n > 0 || sk->sk_err)
		return 0;
	start = clock_ns();
	deadline = sk->sk_rcvtimeo == UINT64_MAX ? UINT64_MAX : start + sk->sk_rcvtimeo;
	for (net_poll();; net_wait(start, deadline)) {
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

/* ---- room ------------------------------------------------------------------------------- */

/* How long a sender without SO_SNDTIMEO waits at most: as long as autonegotiation may take after a reset. A
 * neighbour keeps it waiting for three seconds at most, as ARP gives up then. */
#define SEND_WAIT_NS (15 * NSEC_PER_SEC)

static u64 send_deadline(const struct sock *sk, enum sock_wait how, u32 n)
{
	if (how == SOCK_DONT_WAIT)
		return 0;
	if (sk->sk_sndtimeo != UINT64_MAX)
		return clock_ns() + sk->sk_sndtimeo;
	return clock_ns() + SEND_WAIT_NS + n * NSEC_PER_SEC; /* the slowest queue needs as long */
}

bool sock_has_room(const struct sock *sk, struct net_device *dev, const struct neighbour *neigh,
	u32 n, u32 packets)
{
	return skb_pool.free_n >= packets && sk_tx_room(sk) >= n && (!dev || dev_room(dev) >= n) &&
	       (!neigh || neigh->connected || neigh_takes(neigh));
}

/* What a sender waits for: room for n frames, and packets of the pool that it still needs for them. */
struct room {
	struct net_device *dev;
	be32 next_hop; /* zero: none */
	enum sock_wait how;
	u32 n, packets;
	u64 deadline_ns; /* 0: it does not wait */
	bool had_link;
};

/* The next hop's neighbour may have made room for another one meanwhile. */
static bool room_is_there(const struct sock *sk, const struct room *r)
{
	struct net_device *dev = r->dev;

	dev->netdev_ops->ndo_flush(dev); /* what the hardware does not know it cannot send */
	dev_reclaim(dev);
	if (r->how == SOCK_WAIT_BEGUN)
		return skb_pool.free_n >= r->packets && dev_room(dev) >= r->n;
	return sock_has_room(sk, dev,
		be32_is_zero(r->next_hop) ? NULL
					  : neigh_lookup(dev->net->arp_tbl, dev, r->next_hop),
		r->n, r->packets);
}

/* Why a wait ends without room; 0: it goes on. */
static int wait_ends(struct sock *sk, const struct room *r)
{
	bool timed = sk->sk_sndtimeo != UINT64_MAX, link = r->dev->flags & IFF_RUNNING;

	if (!(r->dev->flags & IFF_UP))
		return -ENETDOWN;
	if (r->deadline_ns == 0)
		return -EAGAIN;
	if (r->had_link && !link)
		return -ENETDOWN;
	if (signal_pending(!timed) && r->how != SOCK_WAIT_BEGUN)
		return -EINTR;
	if (clock_ns() < r->deadline_ns)
		return 0;
	if (timed || sk_tx_room(sk) < r->n)
		return -EAGAIN; /* socket(7): what SO_SNDTIMEO's end answers */
	return link ? -ENOBUFS : -ENETDOWN;
}

/* Only time makes room in a queue whose ring has some, and in a socket's own. */
static bool waits_for_time(const struct sock *sk, const struct room *r)
{
	const struct Qdisc *q = r->dev->qdisc;

	return (q && q->ring_room > 0) || sk_tx_room(sk) < r->n;
}

static noinline int wait_for_room(struct sock *sk, struct room *r)
{
	u64 genid = r->dev->net->genid, start = clock_ns();
	int err;

	net_poll(); /* also for one that will not wait: nothing else empties the loopback's queue for it */
	r->had_link = r->dev->flags & IFF_RUNNING;
	if (r->dev->net->genid != genid && !r->had_link)
		return -ENETDOWN; /* the link went just now: there may be another way */
	r->deadline_ns = send_deadline(sk, r->how, r->n);
	for (;; net_wait(waits_for_time(sk, r) ? NET_WAIT_RESTING : start, r->deadline_ns)) {
		err = r->how == SOCK_WAIT_BEGUN ? 0 : sock_error(sk);
		if (err || room_is_there(sk, r))
			return err;
		err = wait_ends(sk, r);
		if (err)
			return err;
	}
}

int sock_wait_for_room(struct sock *sk, struct net_device *dev, const struct neighbour *neigh,
	enum sock_wait how, u32 n, u32 packets)
{
	struct room r = { .dev = dev, .how = how, .n = n, .packets = packets };

	if (likely(sock_has_room(sk, dev, neigh, n, packets)))
		return 0;
	if (neigh)
		r.next_hop = neigh->primary_key;
	return wait_for_room(sk, &r);
}
