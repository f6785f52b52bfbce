/* SPDX-License-Identifier: MIT
 * process.h - how the process ends.
 * Not here: how it starts (exec.h).
 * System calls and trap.c call in; the machine ends with the process.
 * Source: _exit(2); wait(2) for the meaning of signal numbers. */
#pragma once

#include "kernel/cpu/ptrace.h"

/* The machine's name: ip='s fifth field, else "muffin". */
extern char hostname[65];

/* process_exit - the program is done: drain the network, print dropped packets, power off.
 * status  the program's own, 0..255 */
void process_exit(u32 status) __noreturn;

/* process_kill - the program did something that ring 3 may not: print its registers and mappings, and stop.
 * what     in words, with the address
 * signal   what Linux would have sent */
void process_kill(const struct pt_regs *regs, const char *what, u32 signal) __noreturn;

/* process_out_of_memory - the program needs a page and none is left: the same end, by STATUS_NO_MEMORY.
 * va  the address it touched */
void process_out_of_memory(u64 va) __noreturn;

/* process_set_drain - what process_exit calls before the machine ends. It returns how many
 * datagrams that sendto had accepted were dropped. */
void process_set_drain(u64 (*drain)(void));
