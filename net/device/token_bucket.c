/* SPDX-License-Identifier: MIT
 * token_bucket.c - a rate, and when the next packet may leave under it.
 * Not here: the packets that wait until then (rate_queue.c).
 * rate_queue.c asks. Calls nothing.
 * Source: ITU-T I.371 (GCRA, the virtual scheduling algorithm).
 *
 * The bucket holds time, at most burst_ns. A packet costs len / rate of it. One number describes the bucket: full_ns,
 * the moment at which it will be full again if no packet leaves. It then holds burst_ns - (full_ns - now), so a
 * packet may leave when that is at least its cost:
 *
 *                       tb_ready                 full_ns
 *     ---------------------|------------------------|--------------> time
 *        too early         |<--- burst_ns - cost -->|
 *
 * and when it leaves, full_ns moves right by its cost. No timer fills the bucket.
 *
 * Example: 1,000 packets a second, burst 3: a packet costs 1 ms, the bucket holds 3 ms. After a pause three packets
 * leave at once and full_ns is 3 ms ahead; the fourth leaves when it is 2 ms ahead, 1 ms later, and so on each ms. */
#include "net/device/token_bucket.h"

/* One tick: while a program computes, queues are looked at only so often. Packets late by less make up for it. */
#define LATE_NS (10 * NSEC_PER_MSEC)

void tb_set_rate(struct token_bucket *tb, u64 rate, bool packets, u32 burst)
{
	u64 unit = rate ? (NSEC_PER_SEC << TB_SHIFT) / rate : 0;

	tb->per_packet = packets ? unit : 0;
	/* eight bits; bounded so that no length overflows, far above a second for the shortest */
	tb->per_byte = packets ? 0 : min(unit, (NSEC_PER_SEC << TB_SHIFT) / 256) * 8;
	tb->burst_ns =
		(u64)((unsigned __int128)(tb->per_packet + tb->per_byte) * burst >> TB_SHIFT);
	if (unit == 0)
		tb->full_ns = 0;
}

u64 tb_ready(const struct token_bucket *tb, u32 len)
{
	return tb_ready_at(tb, tb_cost(tb, len));
}

void tb_take(struct token_bucket *tb, u32 len, u64 now_ns)
{
	tb->full_ns = max(tb->full_ns, now_ns - min(now_ns, LATE_NS)) + tb_cost(tb, len);
}
