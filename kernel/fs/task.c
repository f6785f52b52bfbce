/* SPDX-License-Identifier: MIT
 * task.c - the one process, as data.
 * Not here: how it starts and ends (kernel/process).
 * All that say `current` read it. Calls nothing.
 * Behaves as Linux's init_task. */
#include "kernel/fs/task.h"

static struct nsproxy init_nsproxy;

struct task init_task;

void task_init(void)
{
	init_task.nsproxy = &init_nsproxy;
	init_task.pid = 1;
}
