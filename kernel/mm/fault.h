/* SPDX-License-Identifier: MIT
 * fault.h - page faults that are not errors: pages on demand, and bad pointers from ring 3.
 * Not here: reporting the others (trap.c).
 * trap.c calls in.
 * Source: Intel SDM vol. 3A 4.7. */
#pragma once

#include "kernel/cpu/ptrace.h"

enum fault_result {
	FAULT_DONE,
	FAULT_FORBIDDEN,
	FAULT_NO_MEMORY /* it may, and no page is left */
};

/* fault_demand - give the program the page it touched, if its areas allow the access.
 * va     the address (cr2)
 * error  the exception's error code
 * Returns  FAULT_DONE: the instruction can run again */
enum fault_result fault_demand(u64 va, u64 error);

/* fault_fixup - did one of the copies from or to user memory fault? Then it goes on at its fixup,
 * which returns -EFAULT. */
bool fault_fixup(struct pt_regs *regs);
