/* SPDX-License-Identifier: MIT
 * idle.c - the CPU rests, after deferred work was done.
 * Not here: how long it may rest (timer.c), the work itself.
 * The network stack, the console and system calls that wait call machine_idle.
 * Source: design: everything is polled; a tick wakes the CPU. */
#include "kernel/cpu/idle.h"
#include "kernel/cpu/timer.h"
#include "kernel/lib/types.h"
#include "net/core/machine.h"

static struct idle_work *works;

void idle_add(struct idle_work *work)
{
	work->next = works;
	works = work;
}

void machine_idle(u64 until_ns)
{
	for (const struct idle_work *work = works; work; work = work->next)
		work->fn();
	timer_rest(until_ns);
}
