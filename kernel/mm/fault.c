/* SPDX-License-Identifier: MIT
 * fault.c - page faults that are not errors: pages on demand, and bad pointers from ring 3.
 * Not here: reporting the others (trap.c).
 * trap.c calls in. Calls mmap.c.
 * Source: Intel SDM vol. 3A 4.7. */
#include "kernel/mm/fault.h"
#include "kernel/mm/mmap.h"
#include "net/core/machine.h"

#define PF_PRESENT BIT(0)
#define PF_WRITE   BIT(1)
#define PF_FETCH   BIT(4)

struct ex_entry {
	u64 at, fixup;
};

extern const struct ex_entry _ex_table[], _ex_table_end[];

static u32 needed_prot(u64 error)
{
	if (error & PF_FETCH)
		return PROT_EXEC;
	/* there are no pages on x86 that can be written or executed, and not read */
	return error & PF_WRITE ? PROT_WRITE : PROT_ALL;
}

enum fault_result fault_demand(u64 va, u64 error)
{
	const struct vm_area *area = va < TASK_SIZE ? mmap_find(va) : NULL;

	if (!area || (error & PF_PRESENT) || !(area->prot & needed_prot(error)))
		return FAULT_FORBIDDEN;
	return mmap_populate(va) ? FAULT_DONE : FAULT_NO_MEMORY;
}

bool fault_fixup(struct pt_regs *regs)
{
	for (const struct ex_entry *e = _ex_table; e < _ex_table_end; e++) {
		if (regs->ip == e->at) {
			regs->ip = e->fixup;
			return true;
		}
	}
	return false;
}
