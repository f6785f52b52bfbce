/* SPDX-License-Identifier: MIT
 * stamp.c - the first bytes of a numbered datagram: which stream, which number, when it was sent.
 * Not here: what became of a stream (checker.c).
 * muffin-send, muffin-blast and muffin-recv call in.
 * Source: none; big endian. */
#include "user/lib/stamp.h"

#define MAGIC 'm'

static void put(uint8_t *at, unsigned len, uint64_t value)
{
	for (unsigned i = 0; i < len; i++)
		at[i] = (uint8_t)(value >> 8 * (len - 1 - i));
}

static uint64_t get(const uint8_t *at, unsigned len)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < len; i++)
		value = value << 8 | at[i];
	return value;
}

void stamp_write(uint8_t *payload, const struct stamp *stamp)
{
	payload[0] = MAGIC;
	payload[1] = (uint8_t)stamp->kind;
	put(payload + 2, 2, stamp->run);
	put(payload + 4, 2, stamp->flow);
	put(payload + 6, 4, stamp->number);
	put(payload + 10, 8, stamp->sent_ns);
}

static bool is_kind(uint8_t kind)
{
	return kind == STAMP_DATA || kind == STAMP_ECHO || kind == STAMP_QUESTION ||
	       kind == STAMP_ANSWER;
}

bool stamp_read(const uint8_t *payload, size_t len, struct stamp *stamp)
{
	if (len < STAMP_LEN || payload[0] != MAGIC || !is_kind(payload[1]))
		return false;
	*stamp = (struct stamp){
		.kind = payload[1],
		.run = (uint16_t)get(payload + 2, 2),
		.flow = (uint16_t)get(payload + 4, 2),
		.number = (uint32_t)get(payload + 6, 4),
		.sent_ns = get(payload + 10, 8),
	};
	return (stamp->kind != STAMP_QUESTION && stamp->kind != STAMP_ANSWER) ||
	       len >= QUESTION_LEN;
}

void stamp_set_received(uint8_t *payload, uint64_t received)
{
	put(payload + STAMP_LEN, 8, received);
}

uint64_t stamp_received(const uint8_t *payload)
{
	return get(payload + STAMP_LEN, 8);
}
