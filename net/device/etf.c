/* SPDX-License-Identifier: MIT
 * etf.c - packets that leave at a time of their own (SO_TXTIME): their order, and those that are too late.
 * Not here: the queue and its timer (rate_queue.c), the option (net/udp/timestamping.c).
 * rate_queue.c and qdisc.c call in; calls dev_drop.
 * Source: tc-etf(8). Behaves as Linux's sch_etf.c in what it refuses and reports. Not so: a packet leaves at its time, not up
 * to delta before; packets without a time leave at once, as with fq, so that ARP works behind it; a packet's clock and mode are its
 * socket's. */
#include "net/device/etf.h"
#include "net/core/skb_owner.h"
#include "net/core/timestamping.h"
#include "net/device/dev.h"

/* By clock_ns. */
static u64 time_of(const struct sk_buff *skb)
{
	u64 ahead = skb->sk->sk_txtime.ahead_ns;

	return skb->tstamp > ahead ? min(skb->tstamp - ahead, (u64)INT64_MAX) : 0;
}

static bool leaves_early(const struct sk_buff *skb)
{
	return skb->sk->sk_txtime.flags & SOF_TXTIME_DEADLINE_MODE;
}

/* Their order: without a time, then deadlines, which may leave at once, then the others. */
static s64 place_of(const struct sk_buff *skb)
{
	if (!(skb->tx_flags & SKBTX_TIME))
		return INT64_MIN;
	return (s64)time_of(skb) + (leaves_early(skb) ? INT64_MIN : 0);
}

u64 etf_leaves_at(const struct sk_buff *skb)
{
	return (u64)max(place_of(skb), (s64)0);
}

void etf_insert(struct sk_buff_head *queue, struct sk_buff *skb)
{
	s64 place = place_of(skb);
	struct sk_buff **at = &queue->first;

	if (!queue->first || place_of(queue->last) <= place) {
		skb_queue_tail(queue, skb);
		return;
	}
	while (place_of(*at) <= place)
		at = &(*at)->next;
	skb_set_owner_w(skb);
	skb->next = *at;
	*at = skb;
	queue->n++;
}

static int drop(struct sk_buff *skb, u32 err, enum so_ee_txtime code)
{
	timestamping_ops->txtime_error(skb, err, code);
	return dev_drop(skb, SKB_DROP_TXTIME, ENOBUFS);
}

int etf_refuse(struct sk_buff *skb, u64 now)
{
	if (!(skb->tx_flags & SKBTX_TIME) || time_of(skb) >= now)
		return 0;
	return drop(skb, EINVAL, SO_EE_CODE_TXTIME_INVALID_PARAM);
}

bool etf_is_late(const struct sk_buff *skb, u64 now, u64 delta_ns)
{
	return (skb->tx_flags & SKBTX_TIME) && time_of(skb) + delta_ns < now;
}

void etf_drop_late(struct sk_buff *skb)
{
	drop(skb, ECANCELED, SO_EE_CODE_TXTIME_MISSED);
}
