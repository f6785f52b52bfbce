/* SPDX-License-Identifier: MIT
 * run.h - traffic at a rate, for a time: waits, hands over batches, keeps the account.
 * Not here: what is sent (traffic.h), steering's sockets (steer.h).
 * muffin-blast.c calls in.
 * Source: none. */
#pragma once

#include "user/blast/account.h"
#include "user/blast/traffic.h"
#include <signal.h>

extern volatile sig_atomic_t run_ended; /* a signal, or the command "end", ends a run */

/* run_open - what the runs send; a muffin-recv that is asked, or -1 (ask.h). With control= they begin stopped. */
void run_open(const struct traffic *traffic, int ask_fd);

/* run_traffic - a run until most have left (0: want.count, or what there is to send), or time_ns is over (0: never).
 * Returns  false, having said on stderr why it could not go on */
bool run_traffic(struct rate rate, uint64_t most, uint64_t time_ns);

/* run_find_receiver - ask the receiver until it answers, so that its address is known before a run that counts.
 * Returns  false, having said on stderr that it does not */
bool run_find_receiver(void);

/* run_ask_at_the_end - ask the receiver until it has all, or no more come. */
void run_ask_at_the_end(void);

/* run_account - of the latest run. */
const struct account *run_account(void);
