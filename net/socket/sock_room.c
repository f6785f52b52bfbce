/* SPDX-License-Identifier: MIT
 * sock_room.c - room to send: in the socket's buffer and pace, the device, the neighbour and the pool; waiting for it.
 * Not here: the queues that take what is sent (net/device/qdisc.c, net/neigh/neigh_queue.c), readers that wait (datagram.c).
 * ip_output.c and af_packet.c wait, poll asks. Calls net_poll while it waits.
 * Source: socket(7) for SO_SNDTIMEO; design: how long a sender waits without. */
#include "net/socket/sock_room.h"
#include "net/core/qdisc.h"
#include "net/device/dev.h"
#include "net/neigh/neighbour.h"

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

	return (q && qdisc_ring_room(q, r->dev->tx_room) > 0) || sk_tx_room(sk) < r->n;
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
