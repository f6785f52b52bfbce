/* SPDX-License-Identifier: MIT
 * signal.h - signals that the process sends itself, and the one its alarm clock sends.
 * Not here: faults, which end the process (process.h); net/machine.h declares signal_pending.
 * trap.c calls signal_deliver, waits ask signal_pending.
 * Source: signal(7). */
#pragma once

#include "kernel/cpu/ptrace.h"

/* signal_deliver - on the way back to ring 3: let a handler run if one is due, or end the process. */
void signal_deliver(struct pt_regs *regs);
