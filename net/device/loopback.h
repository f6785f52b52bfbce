/* SPDX-License-Identifier: MIT
 * loopback.h - the device that hands every frame back.
 * Not here: its address (devinet.c).
 * net_init.c and ip_output.c call in.
 * Source: RFC 1122 3.2.1.3 (g). */
#pragma once

#include "net/device/dev.h"

/* loopback_init - add "lo" to a namespace; it is down. Returns 0 or -ENOMEM. */
int loopback_init(struct net *net) __must_check;

/* dev_loopback_xmit - a copy of an IPv4 packet that leaves by skb->dev, for this host's sockets: it waits in
 * lo's ring and then comes in by skb->dev. Takes the skb; it is dropped without room, or while lo is down. */
void dev_loopback_xmit(struct sk_buff *skb);

/* loopback_exit - the opposite, when it has left its namespace already. */
void loopback_exit(struct net *net);
