/* SPDX-License-Identifier: MIT
 * nfq.h - a program that judges queued packets, as short as it can be.
 * Not here: all that such a program may say (test_nfqueue.c).
 * Tests about the lives of packets use it.
 * Source: Linux's include/uapi/linux/netfilter/nfnetlink_queue.h. */
#pragma once

#include "tests/unit/stack.h"

/* nfq_open - a socket of the process's namespace that reads the queue of a number, packets and all. */
int nfq_open(u16 num);

/* nfq_judge - a verdict for packet id of that queue, or (batch) for all up to it. What it answers is not
 * asked for. */
void nfq_judge(int fd, u16 num, u32 id, u32 verdict, bool batch);
