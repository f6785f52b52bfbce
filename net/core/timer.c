/* SPDX-License-Identifier: MIT
 * timer.c - functions to be called later, out of net_poll.
 * Not here: the tick.
 * Used by neigh_state.c, rate_queue.c, pmtu.c, igmp.c; net_poll runs them.
 *
 * A list sorted by time. Most insertions are at its end: neighbours that have answered, half a minute ahead, in the
 * order in which they did. Few other timers are due before them. */
#include "net/core/timer.h"

static struct list_head timers = LIST_HEAD_INIT(timers);

void timer_setup(struct timer *timer, void (*fn)(struct timer *timer))
{
	list_init(&timer->list);
	timer->fn = fn;
}

void mod_timer(struct timer *timer, u64 expires_ns)
{
	struct timer *later, *last;

	list_del(&timer->list);
	timer->expires_ns = expires_ns;
	last = list_entry(timers.prev, struct timer, list);
	if (list_empty(&timers) || last->expires_ns <= expires_ns) {
		list_add_tail(&timer->list, &timers);
		return;
	}
	list_for_each(later, &timers, list)
		if (later->expires_ns > expires_ns)
			break;
	list_add_tail(&timer->list, &later->list);
}

void del_timer(struct timer *timer)
{
	list_del(&timer->list);
}

void run_timers(void)
{
	u64 now;

	if (list_empty(&timers))
		return;
	now = clock_ns();
	while (!list_empty(&timers)) {
		struct timer *first = list_first_entry(&timers, struct timer, list);

		if (first->expires_ns > now)
			return;
		list_del(&first->list);
		first->fn(first);
	}
}

u64 timers_next(void)
{
	return list_empty(&timers) ? UINT64_MAX
				   : list_first_entry(&timers, struct timer, list)->expires_ns;
}

u32 timer_n(void)
{
	const struct timer *timer;
	u32 n = 0;

	list_for_each(timer, &timers, list)
		n++;
	return n;
}
