/* SPDX-License-Identifier: MIT
 * net_machine.c - the kernel's side of net/core/machine.h that is not implemented elsewhere.
 * Not here: memory (mm/kernel_map.c), time (cpu/clock.c), random numbers (random.c), messages.
 * The stack and system calls that wait call in.
 * Source: design: the network is polled; a tick wakes the CPU. */
#include "kernel/console/console.h"
#include "kernel/cpu/timer.h"
#include "net/core/machine.h"
#include "net/packet/pcap.h"

#define IDLE_CAPTURE_BYTES (64u << 10)

void machine_idle(u64 until_ns)
{
	console_poll();
	pcap_poll(IDLE_CAPTURE_BYTES);
	timer_rest(until_ns);
}
