/* SPDX-License-Identifier: MIT
 * signal.h - signals that the process sends itself, and its alarm clock.
 * Not here: faults, which end the process (process.h); net/core/machine.h declares signal_pending.
 * trap.c calls signal_deliver, alarm.c signal_raise; waits ask signal_pending, those with a mask lend it.
 * Source: signal(7). */
#pragma once

#include "kernel/cpu/ptrace.h"

#define SIGALRM 14

/* signal_raise - it is sent, and acted upon when a wait asks, or on the way back to ring 3. */
void signal_raise(u32 signal);

/* signal_deliver - on the way back to ring 3: let a handler run if one is due, or end the process. */
void signal_deliver(struct pt_regs *regs);

/* signal_mask_lend - what a call holds back while it waits, instead of what the program does.
 * set  the program's memory, set_len bytes of it; 0: nothing changes
 * Returns  0, -EINVAL (length), -EFAULT */
int signal_mask_lend(u64 set, u64 set_len) __must_check;

/* signal_mask_return - the call is over and answers ret, which comes back: the program's own mask is in
 * force again, but after EINTR only when the handler is over. */
long signal_mask_return(long ret);
