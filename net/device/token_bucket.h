/* SPDX-License-Identifier: MIT
 * token_bucket.h - a rate, and when the next packet may leave under it.
 * Not here: the packets that wait until then (rate_queue.c).
 * rate_queue.c asks. Calls nothing.
 * Source: ITU-T I.371 (GCRA, the virtual scheduling algorithm). */
#pragma once

#include "kernel/lib/types.h"

/* A bucket holds time: each packet takes what it costs at the rate, and may leave when that much is
 * in it, or when it is full, however large the packet. Kept as the moment at which it will be full
 * again, so that nothing has to fill it. */
struct token_bucket {
	u64 per_packet, per_byte; /* what each costs, in 2^-20 ns; both zero: no rate */
	u64 burst_ns;             /* what it holds */
	u64 full_ns;
};

/* tb_set_rate - so many a second, so much at once; the bucket stays as full as it is.
 * rate     bits, or packets, a second; 0: any
 * burst    bytes, or packets, that may leave at once after a pause; 0: one frame */
void tb_set_rate(struct token_bucket *tb, u64 rate, bool packets, u32 burst);

/* tb_ready - when a packet of len bytes may leave (clock_ns). */
u64 tb_ready(const struct token_bucket *tb, u32 len);

/* tb_rest - nothing waits: time that passes now is no credit but for the burst. */
void tb_rest(struct token_bucket *tb, u64 now_ns);

/* tb_take - a packet leaves. Time lost while it waited, because nobody looked, is made up for. */
void tb_take(struct token_bucket *tb, u32 len, u64 now_ns);
