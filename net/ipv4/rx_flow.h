/* SPDX-License-Identifier: MIT
 * rx_flow.h - received flows: for which socket a datagram is, cached for all sockets of a namespace.
 * Not here: the answers themselves (ip_input.c, udp_input.c); waiting packets (net/socket/datagram.h).
 * dev_receive.c offers rx_flow_receive each frame; ip_input.c and udp_input.c keep their answers here.
 * Behaves as Linux's early demux, one step further.
 *
 * The next datagram of the same sender to the same port gets the same answers: its addresses are possible, it is for
 * this host, this is its socket. A table of a namespace keeps them, so that a frame costs a comparison, its two
 * checksums, and a copy of a short one into a small packet in the socket's queue. Its buffer never leaves the ring.
 * Five rules keep that correct:
 *
 *   key         Source and destination address, both ports, the device. A datagram to one of the card's
 *               own addresses only (Ethernet and IPv4), not a broadcast's or a group's, and not out of lo.
 *   valid       flow->genid == net->rx_genid. What changes an answer moves rx_genid: everything that moves genid
 *               (addresses, routes, devices, namespaces: net_changed), and whatever changes the choice of a
 *               socket: a port taken or given back, connect, disconnect, any option (net_rx_changed).
 *               So a socket that is gone is never found.
 *   long way    Everything that is not plain takes it, and it alone counts and answers what is wrong: IPv4
 *               options, fragments, other protocols, lengths that disagree, a wrong checksum, no packet free.
 *   asked       What may see any packet is asked for each: taps and netfilter's hooks (static keys). What a
 *               socket wants of its own (time stamps) is in the socket.
 *   counted     Both ways count the same: /proc/net/snmp, the device's and the socket's counters, drops by reason.
 *
 * A flow may also be one that is dropped: to a port without socket, or not for an address of this host. */
#pragma once

#include "net/device/dev.h"
#include "net/wire/ip.h"
#include "net/wire/udp.h"

struct sock;

/* The part's functions; NULL in a kernel without: each datagram takes the long way. */
struct rx_flow_ops {
	/* frames that came in, in their slots: as many as need not go the long way */
	void (*receive)(struct rx_burst *burst);
	/* the device that the last frame came by, if it was a valid flow's of net; or NULL */
	struct net_device *(*device)(const struct net *net);
	/* keep the long way's answer for a datagram, data at its UDP header: sk; NULL: no socket */
	void (*socket)(const struct sk_buff *skb, struct sock *sk);
	/* the same for a packet, data at its IPv4 header, that is dropped: SKB_DROP_NOT_LOCAL */
	void (*drop)(const struct sk_buff *skb, enum skb_drop_reason reason);
	/* a program waits for datagrams in net: from now on there is a table, if there is memory */
	void (*start)(struct net *net);
	/* the namespace ends */
	void (*exit)(struct net *net);
};

extern const struct rx_flow_ops *rx_flow_ops;

static inline struct net_device *rx_flow_device(const struct net *net)
{
	return likely(rx_flow_ops) ? rx_flow_ops->device(net) : NULL;
}

static inline void rx_flow_socket(const struct sk_buff *skb, struct sock *sk)
{
	if (likely(rx_flow_ops))
		rx_flow_ops->socket(skb, sk);
}

static inline void rx_flow_drop(const struct sk_buff *skb, enum skb_drop_reason reason)
{
	if (likely(rx_flow_ops))
		rx_flow_ops->drop(skb, reason);
}

static inline void rx_flow_start(struct net *net)
{
	if (likely(rx_flow_ops))
		rx_flow_ops->start(net);
}

static inline void rx_flow_exit(struct net *net)
{
	if (rx_flow_ops)
		rx_flow_ops->exit(net);
}
