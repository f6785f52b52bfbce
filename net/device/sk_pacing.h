/* SPDX-License-Identifier: MIT
 * sk_pacing.h - SO_MAX_PACING_RATE: packets of one socket leave at its rate.
 * Not here: the queue and its rate (rate_queue.h), a device's discipline (qdisc.h).
 * net_init.c wires it; the option reaches it through sk_pacing_set (net/core/sock.h).
 * Source: socket(7); tc-fq(8). */
#pragma once

#include "kernel/lib/types.h"

struct sock;

/* sk_set_pacing_rate - bytes of frames a second that may leave for sk; UINT64_MAX: any. What is above the rate
 * waits in a queue of the socket's own.
 * Returns  0 or -ENOMEM */
int sk_set_pacing_rate(struct sock *sk, u64 rate);
