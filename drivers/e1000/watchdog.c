/* SPDX-License-Identifier: MIT
 * watchdog.c - periodic work of the driver: the link, and once a second the card's own counters and a check that the
 * transmitter makes progress.
 * Not here: the rings (tx.c, rx.c), the link's register (link.c), starting the card (start.c).
 * dev.c calls e1000_check_link out of net_poll.
 * Source: Intel SDM 317453, 13.7 (statistics: cleared by reading). Behaves as Linux's e1000_tx_timeout_task.
 *
 * A transmitter that hangs is reset. Frames it had not sent are put on the new ring, in order, as soon as the link is
 * back: those it never fetched, by the head register, and those it fetched and did not send, by its count of good
 * frames. Until then the account counts them as queued. */
#include "drivers/e1000/e1000.h"
#include "net/core/skb_owner.h"

#define LOOK_NS NSEC_PER_SEC
/* Checks without progress until it counts as hung: a full ring of the longest frames takes 0.3 s at 10 Mbit/s. Checks
 * are counted, not time: after a long pause a frame that was sent just now is no hang. */
#define HANG_LOOKS 3

#define SLOT(i) ((i) & (E1000_TX_RING - 1))

void e1000_watch_start(struct e1000_adapter *a)
{
	er32(a, E1000_GPTC);
	a->link.seen = a->netdev.tx_next;
	a->watch.base = a->netdev.tx_next;
	a->watch.sent = 0;
	a->watch.still = 0;
	a->watch.head = er32(a, E1000_TDH);
	a->watch.clean = a->tx_clean;
}

static void read_statistics(struct e1000_adapter *a)
{
	struct net_device_stats *stats = &a->netdev.stats;
	u32 crc = er32(a, E1000_CRCERRS);

	a->watch.sent += er32(a, E1000_GPTC);
	stats->rx_missed_errors += er32(a, E1000_MPC);
	stats->rx_crc_errors += crc;
	stats->rx_errors += crc; /* these never reach a descriptor */
}

/* Frames that the hardware should have fetched, or a report that is overdue. */
static bool has_work(const struct e1000_adapter *a)
{
	return e1000_unfetched(a) > 0 || a->netdev.tx_next - a->tx_clean >= a->rs_every;
}

static bool hangs(struct e1000_adapter *a)
{
	u32 head = er32(a, E1000_TDH);
	bool stands = head == a->watch.head && a->tx_clean == a->watch.clean && has_work(a) &&
		      (a->netdev.flags & IFF_RUNNING);

	a->watch.still = stands ? a->watch.still + 1 : 0;
	a->watch.head = head;
	a->watch.clean = a->tx_clean;
	return a->watch.still >= HANG_LOOKS;
}

/* How many of the last frames put on the ring have not left: never more than were in flight, even
 * if the card's counter says so. Counters wrap; one that is ahead of ours is ignored. */
static u32 unsent(const struct e1000_adapter *a)
{
	s32 by_count = (s32)(a->netdev.tx_next - a->watch.base - a->watch.sent);
	u32 n = max(e1000_unfetched(a), by_count > 0 ? (u32)by_count : 0);

	return min(n, a->netdev.tx_next - a->tx_clean);
}

/* Take the packets off the ring: queue the last n for sending again, free the others. */
static void empty_ring(struct e1000_adapter *a, u32 n)
{
	for (u32 i = a->netdev.tx_next - E1000_TX_RING; i != a->netdev.tx_next; i++) {
		struct sk_buff *skb = a->tx_skb[SLOT(i)];

		if (a->netdev.tx_next - i > n) {
			skb_empty_slot(a->tx_skb, SLOT(i));
			continue;
		}
		a->tx_skb[SLOT(i)] = &skb_none;
		a->netdev.stats.tx_packets--;
		a->netdev.stats.tx_bytes -= skb->len;
		a->netdev.net->mib.queued++;
		skb_queue_tail(&a->watch.resend, skb);
	}
	a->tx_clean = a->netdev.tx_next;
}

static void restart(struct e1000_adapter *a)
{
	struct e1000_problem problem;
	bool told = a->watch.failed;

	a->watch.failed = !e1000_start(a, &problem);
	if (!a->watch.failed) {
		e1000_watch_start(a);
		e1000_enable_rx(a);
	} else if (!told) {
		pr_err("%s: the reset failed: %s\n", a->netdev.name, problem.step);
	}
}

static void recover(struct e1000_adapter *a)
{
	u32 n = unsent(a);

	pr_warn("%s: the transmitter hangs: reset, %u frames are sent again\n", a->netdev.name, n);
	a->netdev.stats.tx_errors++;
	empty_ring(a, n);
	restart(a);
}

static void watch(struct e1000_adapter *a)
{
	u64 now = clock_ns();

	if (now - a->watch.looked_ns < LOOK_NS)
		return;
	a->watch.looked_ns = now;
	read_statistics(a);
	if (a->watch.failed)
		restart(a);
	else if (hangs(a))
		recover(a);
}

/* tx_room is zero until the link is reported; sending counts it down, so it is set to zero again. */
static void resend(struct e1000_adapter *a)
{
	struct sk_buff *skb;

	if (a->watch.resend.n == 0)
		return;
	while ((skb = skb_dequeue(&a->watch.resend))) {
		a->netdev.net->mib.queued--;
		e1000_xmit_frame(skb, &a->netdev);
	}
	a->netdev.tx_room = 0;
}

/* When the link comes, frames that a reset took off the ring are sent before any that this event causes. The caller
 * sets tx_room again. */
static void tell_link(struct e1000_adapter *a, bool up)
{
	up = up && !a->watch.failed;
	if (up)
		resend(a);
	dev_carrier(&a->netdev, up);
}

/* A link that was lost and is back is reported as both events: the cable may be in another port now. */
void e1000_check_link(struct net_device *dev)
{
	struct e1000_adapter *a = netdev_priv(dev);

	if (!e1000_look_now(a))
		return;
	watch(a);
	if (a->link.lost)
		tell_link(a, false);
	a->link.lost = false;
	tell_link(a, a->link.up);
}

void e1000_stop(struct net_device *dev)
{
	struct e1000_adapter *a = netdev_priv(dev);
	struct sk_buff *skb;

	while ((skb = skb_dequeue(&a->watch.resend))) {
		dev->net->mib.queued--;
		dev_drop(skb, SKB_DROP_DEV_DOWN, ENETDOWN);
	}
}
