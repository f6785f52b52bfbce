/* SPDX-License-Identifier: MIT
 * stamp.h - the first bytes of a numbered datagram: which stream, which number, when it was sent.
 * Not here: what became of a stream (checker.h).
 * muffin-send, muffin-blast and muffin-recv call in.
 * Source: none; big endian. 18 bytes are what a frame of the least length (IEEE 802.3) has room for.
 *
 *   | 'm' kind | run: 2 | flow: 2 | number: 4 | sent: 8, ns of CLOCK_REALTIME |
 *
 * A question and its answer have the number of received datagrams behind that, 8 bytes more. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STAMP_LEN    18
#define QUESTION_LEN 26

enum stamp_kind {
	STAMP_DATA = 'd',
	STAMP_ECHO = 'e',     /* a datagram that came back */
	STAMP_QUESTION = 'q', /* how many datagrams of this run have arrived? */
	STAMP_ANSWER = 'a',
};

struct stamp {
	enum stamp_kind kind;
	uint16_t
		run; /* a start of a sender: random, so that its numbers are not taken for an earlier one's */
	uint16_t flow;   /* each flow of a run counts from 0 */
	uint32_t number; /* begins again at 0 after the last */
	uint64_t sent_ns;
};

/* stamp_write - to the first STAMP_LEN bytes. */
void stamp_write(uint8_t *payload, const struct stamp *stamp);

/* stamp_read - false if these bytes do not begin with a stamp. */
bool stamp_read(const uint8_t *payload, size_t len, struct stamp *stamp);

/* stamp_set_received, stamp_received - how many have arrived, of a question's answer of QUESTION_LEN bytes. */
void stamp_set_received(uint8_t *payload, uint64_t received);
uint64_t stamp_received(const uint8_t *payload);
