/* SPDX-License-Identifier: MIT
 * token_bucket.h - a rate, and when the next packet may leave under it.
 * Not here: the packets that wait until then (rate_queue.c).
 * rate_queue.c asks. Calls nothing.
 * Source: ITU-T I.371 (GCRA, the virtual scheduling algorithm). */
#pragma once

#include "net/core/machine.h"
#include "net/wire/ethernet.h"

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

/* tb_has_rate - does anything cost something? */
static inline bool tb_has_rate(const struct token_bucket *tb)
{
	return tb->per_packet | tb->per_byte;
}

/* tb_ready - when a packet of len bytes may leave (clock_ns). */
u64 tb_ready(const struct token_bucket *tb, u32 len);

/* tb_take - a packet leaves. If it leaves late, by up to a tick, the next ones leave earlier. */
void tb_take(struct token_bucket *tb, u32 len, u64 now_ns);

#define TB_SHIFT 20
#define TB_HALF  (1u << (TB_SHIFT - 1))

/* tb_cost - of a packet. None waits longer than a second (tc-fq has the same bound). A short frame counts with its
 * padding. */
static inline u64 tb_cost(const struct token_bucket *tb, u32 len)
{
	len = max(len, (u32)ETH_ZLEN);
	return min((tb->per_packet + len * tb->per_byte + TB_HALF) >> TB_SHIFT, NSEC_PER_SEC);
}

/* tb_ready_at - when a packet may leave that costs so much. */
static inline u64 tb_ready_at(const struct token_bucket *tb, u64 cost_ns)
{
	u64 spare = tb->burst_ns - min(tb->burst_ns, cost_ns);

	return tb->full_ns - min(tb->full_ns, spare);
}

/* tb_rest - the queue was empty until now: the pause is credit up to the burst, and no lateness. */
static inline void tb_rest(struct token_bucket *tb, u64 now_ns)
{
	tb->full_ns = max(tb->full_ns, now_ns);
}

/* tb_allows - the queue is empty, as with tb_rest: how many packets of at most len bytes may leave now? tb_take_many
 * follows when some have left. */
static inline u64 tb_allows(struct token_bucket *tb, u32 len, u64 now_ns)
{
	u64 cost_ns = tb_cost(tb, len), ready;

	tb_rest(tb, now_ns);
	ready = tb_ready_at(tb, cost_ns);
	return ready > now_ns ? 0 : (now_ns - ready) / max(cost_ns, 1ul) + 1;
}

/* tb_take_many - n packets have left, of so many bytes in all. */
static inline void tb_take_many(struct token_bucket *tb, u64 n, u64 bytes)
{
	tb->full_ns += (n * tb->per_packet + bytes * tb->per_byte + TB_HALF) >> TB_SHIFT;
}
