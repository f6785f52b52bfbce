/* SPDX-License-Identifier: MIT
 * timer.h - functions to be called later, out of net_poll.
 * Not here: the tick.
 * Used by neigh_state.c, rate_queue.c, pmtu.c, igmp.c; net_poll runs them.
 * Names as in Linux's timer_list. */
#pragma once

#include "kernel/lib/list.h"
#include "net/core/machine.h"

struct timer {
	struct list_head list; /* pointing at itself: not set */
	u64 expires_ns;
	void (*fn)(struct timer *timer);
};

/* timer_setup - before first use. */
void timer_setup(struct timer *timer, void (*fn)(struct timer *timer));

/* mod_timer - call fn once when clock_ns() has passed expires_ns; a timer already set moves. */
void mod_timer(struct timer *timer, u64 expires_ns);

/* del_timer - do not call it. */
void del_timer(struct timer *timer);

/* run_timers - call all that are due. */
void run_timers(void);

/* timer_n - how many are set. */
u32 timer_n(void);

/* timers_next - when the next one is due (clock_ns); UINT64_MAX: none is set. */
u64 timers_next(void);
