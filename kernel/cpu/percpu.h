/* SPDX-License-Identifier: MIT
 * percpu.h - the few words that entry.S reaches through %gs before it has a stack.
 * Not here: other data; there is one CPU, so C code uses plain variables.
 * Used by entry.S and cpu.c.
 * Source: Intel SDM vol. 2B "SWAPGS". */
#pragma once

#define PERCPU_USER_RSP   0
#define PERCPU_KERNEL_RSP 8

#ifndef __ASSEMBLER__
#include "kernel/lib/types.h"

struct percpu {
	u64 user_rsp;   /* the program's, during a system call */
	u64 kernel_rsp; /* top of the stack that system calls run on */
};

_Static_assert(offsetof(struct percpu, user_rsp) == PERCPU_USER_RSP, "entry.S knows it");
_Static_assert(offsetof(struct percpu, kernel_rsp) == PERCPU_KERNEL_RSP, "entry.S knows it");
#endif
