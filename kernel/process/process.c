/* SPDX-License-Identifier: MIT
 * process.c - the one process and how it ends.
 * Not here: how it starts (exec.c).
 * System calls and trap.c call in; the machine ends with the process.
 * Source: _exit(2); wait(2) for the meaning of signal numbers. */
#include "kernel/process/process.h"
#include "kernel/console/printk.h"
#include "kernel/fs/task.h"
#include "kernel/mm/mmap.h"
#include "kernel/power/panic.h"
#include "kernel/power/power.h"

char hostname[65] = "muffin";

static u64 (*drain_network)(void);

void process_set_drain(u64 (*drain)(void))
{
	drain_network = drain;
}

static u64 end_network(void)
{
	fd_close_all(&current->files);
	return drain_network ? drain_network() : 0;
}

void process_exit(u32 status)
{
	u64 dropped = end_network();

	if (status > STATUS_PROGRAM_MAX) {
		pr_notice("program ended with status %u; the machine's is %d, its largest\n",
			status, STATUS_PROGRAM_MAX);
		power_off(STATUS_PROGRAM_MAX);
	}
	if (status != 0) {
		pr_notice("program ended with status %u\n", status);
		power_off((enum machine_status)status);
	}
	if (dropped > 0) {
		pr_err("program ended with status 0, but datagrams it had sent were dropped, or "
		       "met no link: %lu\n",
			dropped);
		power_off(STATUS_DROPPED);
	}
	pr_info("program ended with status 0, everything it sent has left\n");
	power_off(STATUS_OK);
}

#define MAPPINGS_SHOWN 64 /* half of them from each end */

static void mappings_show(void)
{
	const struct vm_area *a;
	u64 n = mmap_area_n();

	pr_err("its mappings:\n");
	for (u32 i = 0; (a = mmap_area(i)); i++) {
		pr_err("  %012lx-%012lx %c%c%c\n", a->start, a->end,
			a->prot & PROT_READ ? 'r' : '-', a->prot & PROT_WRITE ? 'w' : '-',
			a->prot & PROT_EXEC ? 'x' : '-');
		if (n > MAPPINGS_SHOWN && i == MAPPINGS_SHOWN / 2 - 1) {
			pr_err("  .. %lu more ..\n", n - MAPPINGS_SHOWN);
			i = (u32)n - MAPPINGS_SHOWN / 2 - 1;
		}
	}
}

void process_kill(const struct pt_regs *regs, const char *what, u32 signal)
{
	pr_err("program killed: %s (signal %u)\n", what, signal);
	registers_show(regs);
	mappings_show();
	end_network();
	power_off(STATUS_KILLED);
}

void process_out_of_memory(u64 va)
{
	pr_err("out of memory: the program touched address %lx, no page is left\n", va);
	pr_err("give the machine more memory (QEMU: -m), or the program less\n");
	end_network();
	power_off(STATUS_NO_MEMORY);
}
