/* SPDX-License-Identifier: MIT
 * net_machine.c - the kernel's side of net/machine.h that is not implemented elsewhere.
 * Not here: memory (mm/vm.c), time (cpu/clock.c), random numbers (random.c), messages.
 * The stack and system calls that wait call in.
 * Source: design: the network is polled; a tick wakes the CPU. */
#include "kernel/console/console.h"
#include "kernel/cpu/asm.h"
#include "net/dev.h"

void machine_idle(void)
{
	console_poll();
	sti_hlt_cli();
}

void machine_poll(void)
{
	net_poll();
}
