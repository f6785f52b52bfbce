/* SPDX-License-Identifier: MIT
 * token_bucket.h - a rate, and when the next packet may leave under it.
 * Not here: the packets that wait until then (rate_queue.c).
 * rate_queue.c asks. Calls nothing.
 * Source: ITU-T I.371 (GCRA, the virtual scheduling algorithm). */
#pragma once

#include "kernel/lib/types.h"

/* A bucket of time. A packet takes what it costs at the rate; it may leave when the bucket holds that much, or is
 * full, however large the packet is. token_bucket.c has the picture. */
struct token_bucket {
	u64 per_packet, per_byte; /* what each costs, in 2^-20 ns; both zero: no rate */
	u64 burst_ns;             /* capacity */
	u64 full_ns;              /* clock_ns at which it is full again */
};

/* tb_set_rate - so many a second, so much at once; the bucket stays as full as it is.
 * rate     bits, or packets, a second; 0: any
 * burst    bytes, or packets, that may leave at once after a pause; 0: one frame */
void tb_set_rate(struct token_bucket *tb, u64 rate, bool packets, u32 burst);

/* tb_ready - when a packet of len bytes may leave (clock_ns). */
u64 tb_ready(const struct token_bucket *tb, u32 len);

/* tb_rest - the queue was empty until now: the pause is credit up to the burst, and no lateness. */
void tb_rest(struct token_bucket *tb, u64 now_ns);

/* tb_take - a packet leaves. If it leaves late, by up to a tick, the next ones leave earlier. */
void tb_take(struct token_bucket *tb, u32 len, u64 now_ns);
