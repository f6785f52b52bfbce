/* SPDX-License-Identifier: MIT
 * idle.h - work that is done when the CPU has nothing else to do.
 * Not here: machine_idle (net/core/machine.h).
 * The console and the capture register theirs.
 * Source: design: everything is polled; a tick wakes the CPU. */
#pragma once

struct idle_work {
	void (*fn)(void); /* it must not wait */
	struct idle_work *next;
};

/* idle_add - work->fn is called each time before the CPU rests, from now on. */
void idle_add(struct idle_work *work);
