/* SPDX-License-Identifier: MIT
 * pace.c - when the next datagram is due: a plan of absolute times, so that no lateness adds up.
 * Not here: waiting.
 * muffin-blast's files call in.
 * Source: IEEE 802.3 for what a frame occupies on the wire. */
#include "user/blast/pace.h"

#define ETH_HEADER 14
#define IP_HEADER  20
#define UDP_HEADER 8
#define FRAME_MIN  60
#define MTU        1500
#define BETWEEN    24 /* preamble 8, check sequence 4, gap 12 */

void pace_start(struct pace *pace, struct rate rate, uint64_t now_ns)
{
	*pace = (struct pace){ .rate = rate, .start_ns = now_ns };
}

bool pace_limits(const struct pace *pace)
{
	return pace->rate.packets > 0 || pace->rate.bits > 0;
}

/* 128 bits: a day of 10 Gbit/s times a billion does not fit 64. */
static uint64_t plan_ns(const struct pace *pace)
{
	uint64_t per_s = pace->rate.packets ? pace->rate.packets : pace->rate.bits;

	return (uint64_t)((unsigned __int128)pace->done * NS_PER_S / per_s);
}

uint64_t pace_due_ns(const struct pace *pace)
{
	return pace_limits(pace) ? pace->start_ns + plan_ns(pace) : 0;
}

void pace_take(struct pace *pace, uint32_t frame_len)
{
	pace->done += pace->rate.bits ? 8ull * frame_len : 1;
}

void pace_forgive(struct pace *pace, uint64_t now_ns)
{
	if (pace_limits(pace) && pace_due_ns(pace) < now_ns)
		pace->start_ns = now_ns - plan_ns(pace);
}

static uint32_t padded(uint32_t frame_len)
{
	return frame_len < FRAME_MIN ? FRAME_MIN : frame_len;
}

uint32_t frame_bytes(uint32_t payload_len)
{
	uint32_t ip_payload = payload_len + UDP_HEADER, most = (MTU - IP_HEADER) / 8 * 8;
	uint32_t bytes = 0;

	for (; ip_payload > MTU - IP_HEADER; ip_payload -= most)
		bytes += ETH_HEADER + IP_HEADER + most;
	return bytes + padded(ETH_HEADER + IP_HEADER + ip_payload);
}

uint64_t wire_bits(uint32_t frame_len)
{
	uint32_t frames = (frame_len + MTU + ETH_HEADER - 1) / (MTU + ETH_HEADER);

	return 8ull * (frame_len + BETWEEN * (frames ? frames : 1));
}
