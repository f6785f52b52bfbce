/* SPDX-License-Identifier: MIT
 * link.c - whether the link is there, and how many frames may have been sent while it was not.
 * Not here: the rings (tx.c, rx.c), bringing the link up (hw.c).
 * watchdog.c calls e1000_look_now out of net_poll; tx.c calls e1000_look at least once a lap of the ring.
 * Source: Intel SDM 317453, 13.4.2 (STATUS.LU), 13.4.17 (ICR.LSC).
 *
 * A card without a link may go on fetching frames and reporting them done, and count them as good: QEMU's does.
 * So the card cannot tell which frames left; only the state of the link can. Two register bits cover the time since
 * the last look: LU says that the link is up now, LSC that it changed in between. LSC stays set until it is read,
 * although no interrupt is enabled. */
#include "drivers/e1000/e1000.h"
#include "kernel/cpu/clock.h"

#define LINK_CHECK_NS (10 * NSEC_PER_MSEC)

static u32 fetched(const struct e1000_adapter *a)
{
	return a->netdev.tx_next - e1000_unfetched(a);
}

void e1000_look(struct e1000_adapter *a, u32 left)
{
	bool changed = er32(a, E1000_ICR) & ICR_LSC;
	bool was_up = a->link.up;

	a->link.up = er32(a, E1000_STATUS) & STATUS_LU;
	if (changed || !was_up || !a->link.up) {
		left = fetched(a);
		a->netdev.stats.tx_carrier_errors += (u32)max((s32)(left - a->link.seen), 0);
		a->link.lost |= was_up;
	}
	if ((s32)(left - a->link.seen) > 0)
		a->link.seen = left;
}

bool e1000_look_now(struct e1000_adapter *a)
{
	u64 now = clock_ns();

	if (!a->link.lost && a->link.checked_ns && now - a->link.checked_ns < LINK_CHECK_NS)
		return false;
	a->link.checked_ns = now;
	e1000_look(a, fetched(a));
	return true;
}
