/* SPDX-License-Identifier: MIT
 * plan.h - what each datagram of a run is: its flow, its number, its length, where it goes.
 * Not here: when it leaves (pace.h), sending it (traffic.h).
 * muffin-blast's files call in.
 * Source: none; the mix of lengths is the simple IMIX: IP packets of 46, 576 and 1,500 bytes, 7 : 4 : 1. */
#pragma once

#include "user/lib/options.h"
#include "user/lib/values.h"

#define SIZE_MAX_UDP 65507

struct plan {
	struct range size;                  /* bytes of payload, each in turn; last is 0: IMIX */
	struct range port, address, source; /* swept: ports first, then addresses, then our ports */
	uint64_t flows;                     /* that many of them; 0: all combinations */
};

/* One datagram. */
struct item {
	uint32_t flow, size, address;
	uint64_t number;
	uint16_t port;
	uint32_t source_index; /* of our ports, from 0 */
};

/* plan_flows - how many flows there are. */
uint64_t plan_flows(const struct plan *plan);

/* plan_item - the k-th datagram, from 0: flows take turns. flows is plan_flows(). */
struct item plan_item(const struct plan *plan, uint64_t flows, uint64_t k);

/* plan_size - of the k-th, bytes of payload. */
uint32_t plan_size(const struct plan *plan, uint64_t k);

/* plan_size_max - of any. */
uint32_t plan_size_max(const struct plan *plan);

/* take_size - "imix", "18" or "18-1472", to a struct range (options.h). */
option_take take_size;

#define EXPECTED_SIZE "bytes from 18 to 65507, two such numbers and a hyphen between them, or imix"
