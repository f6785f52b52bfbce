/* SPDX-License-Identifier: MIT
 * static_key.h - a condition that costs one no-op while it is off.
 * Not here: the patching itself (kernel/cpu/text.c).
 * Used by hooks on the transmit path: security, netfilter, taps. Host builds test a bool.
 * Source: gcc's asm goto. Behaves as Linux's jump labels. */
#pragma once

#include "kernel/lib/types.h"

struct static_key {
	bool enabled;
};

/* static_key_set - turn every branch on this key into a jump, or back into a no-op.
 * May be called at any time: there is one CPU, and the kernel is not preempted. */
void static_key_set(struct static_key *key, bool enabled);

#ifdef MUFFIN_HOST
static inline bool static_branch_unlikely(const struct static_key *key)
{
	return unlikely(key->enabled);
}
#else
/* The five-byte no-op is replaced by "jmp on" when the key is on (struct static_branch). */
#define static_branch_unlikely(key)                                                                \
	({                                                                                         \
		__label__ on, out;                                                                 \
		bool _taken = false;                                                               \
		__asm__ goto("1: .byte 0x0f, 0x1f, 0x44, 0x00, 0x00\n"                             \
			     ".pushsection .static_branch, \"a\"\n"                                \
			     ".balign 8\n"                                                         \
			     ".quad 1b, %l[on], %c0\n"                                             \
			     ".popsection"                                                         \
			     :                                                                     \
			     : "i"(key)                                                            \
			     :                                                                     \
			     : on);                                                                \
		goto out;                                                                          \
	on:                                                                                        \
		_taken = true;                                                                     \
	out:                                                                                       \
		_taken;                                                                            \
	})
#endif
