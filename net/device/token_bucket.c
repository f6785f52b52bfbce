/* SPDX-License-Identifier: MIT
 * token_bucket.c - a rate, and when the next packet may leave under it.
 * Not here: the packets that wait until then (rate_queue.c).
 * rate_queue.c asks. Calls nothing.
 * Source: ITU-T I.371 (GCRA, the virtual scheduling algorithm). */
#include "net/device/token_bucket.h"
#include "net/core/machine.h"
#include "net/wire/ethernet.h"

#define TB_SHIFT 20
#define TB_HALF  (1u << (TB_SHIFT - 1))
/* A tick: nobody looks for so long while a program computes. What was missed is made up for. */
#define LATE_NS (10 * NSEC_PER_MSEC)

/* No packet waits longer than a second for its time (tc-fq has the same bound). A short frame is
 * padded later. */
static u64 cost(const struct token_bucket *tb, u32 len)
{
	len = max(len, (u32)ETH_ZLEN);
	return min((tb->per_packet + len * tb->per_byte + TB_HALF) >> TB_SHIFT, NSEC_PER_SEC);
}

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
	u64 spare = tb->burst_ns - min(tb->burst_ns, cost(tb, len));

	return tb->full_ns - min(tb->full_ns, spare);
}

void tb_rest(struct token_bucket *tb, u64 now_ns)
{
	tb->full_ns = max(tb->full_ns, now_ns);
}

void tb_take(struct token_bucket *tb, u32 len, u64 now_ns)
{
	tb->full_ns = max(tb->full_ns, now_ns - min(now_ns, LATE_NS)) + cost(tb, len);
}
