/* SPDX-License-Identifier: MIT
 * random.h - unpredictable bytes: ports, canaries, getrandom.
 * Not here: entropy from devices. net/core/machine.h declares random_u32 for the stack.
 * Used everywhere.
 * Source: RFC 8439 2.3 (ChaCha20 block function), RFC 4086 (what makes a seed). */
#pragma once

#include "kernel/lib/types.h"

/* random_init - seed from RDSEED or RDRAND where the CPU has them, and from timing. */
void random_init(void);

/* random_bytes - fill buf. */
void random_bytes(void *buf, size_t len);

/* random_copy_out - the same for the program's memory.
 * Returns  how many, fewer than len where that memory ends; or -EFAULT */
ssize random_copy_out(void __user *buf, size_t len);

/* random_u32 - 32 bits. */
u32 random_u32(void);

/* random_is_weak - the CPU has no generator: the seed is timing alone. */
bool random_is_weak(void);
