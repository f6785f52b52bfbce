/* SPDX-License-Identifier: MIT
 * sock_room.h - room to send: in the socket's buffer and pace, the device, the neighbour and the pool; waiting for it.
 * Not here: the queues that take what is sent (net/device/qdisc.c, net/neigh/neigh_queue.c), readers that wait (datagram.h).
 * ip_output.c and af_packet.c wait, poll asks. Calls net_poll while it waits.
 * Source: socket(7) for SO_SNDTIMEO; design: how long a sender waits without. */
#pragma once

#include "net/core/sock.h"
#include "net/socket/msg.h"

struct neighbour;

/* sock_has_room - would n frames of sk's be taken without waiting? By its send buffer, which what is queued
 * fills, and its pace, by the device and the neighbour, if they are known (or NULL); and has the pool the
 * packets that are still needed for them? Where POLLOUT comes from. */
bool sock_has_room(const struct sock *sk, struct net_device *dev, const struct neighbour *neigh,
	u32 n, u32 packets);

/* sock_wait_for_room - until n frames are taken, of `packets` packets more (sock_has_room).
 * how      SOCK_WAIT_BEGUN: only pool and device are asked
 * Returns  0, or -EAGAIN (may not wait, or waited as long as SO_SNDTIMEO says), -EINTR, a pending error,
 *          -ENOBUFS, -ENETDOWN
 * Blocks   for sk_sndtimeo, or else as long as a link may take to come back, or the slowest queue for
 *          n packets; of that at most three seconds for a neighbour that does not answer. Not with SOCK_DONT_WAIT */
int sock_wait_for_room(struct sock *sk, struct net_device *dev, const struct neighbour *neigh,
	enum sock_wait how, u32 n, u32 packets) __must_check;
