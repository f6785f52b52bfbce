/* SPDX-License-Identifier: MIT
 * host_machine.h - the strings by which a test pulls at the host's stand-in for the machine.
 * Not here: what net/ may call; that is net/core/machine.h, and host_machine.c implements it.
 * Used by tests/unit, tests/fuzz and bench/ only.
 * Source: the contract of net/core/machine.h. */
#pragma once

#include "net/core/machine.h"

/* host_reset - everything back to how a test finds it: clock at 0, first random number, no armed
 * failure, printk to stderr, machine_idle steps of 10 ms. Memory that is out stays out. */
void host_reset(void);

/* ---- memory ---------------------------------------------------------------------------- */

/* host_fail_commit - make a coming commit (mem_commit, mem_alloc, dma_alloc) answer "no memory".
 * n      1: the very next one, 2: the one after ...; 0: disarm
 * again  true: from the n-th on every one fails, until disarmed */
void host_fail_commit(unsigned n, bool again);

/* host_commits - how many commits were tried since host_reset: the range of n above. */
unsigned host_commits(void);

/* host_mem_out - bytes committed and not given back; a leak check compares before and after. */
size_t host_mem_out(void);

/* host_plain_memory - for benches: reservations are ordinary memory from their start, aligned to
 * 2 MiB, so that the host may back them by large pages. Only touches memory once asked for, but
 * a read before the commit is no longer caught. */
void host_plain_memory(bool on);

/* host_set_mem_total - what mem_total answers; 64 MiB until set. */
void host_set_mem_total(u64 bytes);

/* host_forbid - from now on these bytes are not mapped for the program; len 0: all are again. A copy that
 * meets them has done its part up to there. */
void host_forbid(const void *at, size_t len);

/* ---- time ------------------------------------------------------------------------------ */

/* When, in nanoseconds since 1970, the clock was 0: known after clock_realtime_start. */
#define HOST_BOOTED_NS 1700000000000000000ull

/* host_set_clock, host_advance_clock - time stands still but for these and machine_idle. */
void host_set_clock(u64 ns);
void host_advance_clock(u64 ns);

/* host_tick_clock - from now on each look at the clock takes ns, so that loops which wait for it come
 * to their end; 0: it stands still again. */
void host_tick_clock(u64 ns);

/* host_on_idle - fn runs inside every machine_idle, after the clock moved: a test's way to let a
 * device answer while the stack waits. NULL: nothing. */
void host_on_idle(void (*fn)(void *arg), void *arg);

/* host_signal - whether a signal with a handler is pending: signal_pending says so. */
void host_signal(bool on);

/* host_idles - calls of machine_idle since host_reset. */
unsigned host_idles(void);

/* ---- randomness and messages ----------------------------------------------------------- */

/* host_seed - where random_u32's fixed sequence starts. */
void host_seed(u64 seed);

/* host_capture - printk goes into a buffer (true: emptied first) instead of to stderr. */
void host_capture(bool on);

/* host_captured - what printk wrote since host_capture(true), levels taken off, NUL-terminated. */
const char *host_captured(void);
