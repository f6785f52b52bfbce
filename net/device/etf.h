/* SPDX-License-Identifier: MIT
 * etf.h - packets that leave at a time of their own (SO_TXTIME): their order, and those that are too late.
 * Not here: the queue and its timer (rate_queue.c), the option (net/udp/timestamping.c).
 * rate_queue.c and qdisc.c call in.
 * Source: tc-etf(8). */
#pragma once

#include "net/core/skbuff.h"

/* etf_leaves_at - when the packet may leave (clock_ns); 0: at once. */
u64 etf_leaves_at(const struct sk_buff *skb);

/* etf_insert - into the queue by its time: packets without one are before all others. Takes the skb. */
void etf_insert(struct sk_buff_head *queue, struct sk_buff *skb);

/* etf_refuse - a packet comes to the queue: if its time has passed, drop it and tell its sender. Returns 0, or -ENOBUFS
 * and the skb is gone. */
int etf_refuse(struct sk_buff *skb, u64 now);

/* etf_is_late - may it not leave any more? delta_ns: by how much it may be late. */
bool etf_is_late(const struct sk_buff *skb, u64 now, u64 delta_ns);

/* etf_drop_late - a packet that etf_is_late: drop it, and tell its sender. */
void etf_drop_late(struct sk_buff *skb);
