/* SPDX-License-Identifier: MIT
 * plan.c - what each datagram of a run is: its flow, its number, its length, where it goes.
 * Not here: when it leaves (pace.c), sending it (flows.c).
 * muffin-blast's files call in.
 * Source: none. */
#include "user/blast/plan.h"
#include "user/lib/stamp.h"
#include <string.h>

static const uint16_t imix[] = { 18, 548, 18, 18, 548, 18, 1472, 18, 548, 18, 548, 18 };

#define IMIX_N (sizeof(imix) / sizeof(imix[0]))

static uint64_t width(const struct range *r)
{
	return (uint64_t)r->last - r->first + 1;
}

uint64_t plan_flows(const struct plan *plan)
{
	uint64_t all = width(&plan->port) * width(&plan->address) * width(&plan->source);

	return plan->flows && plan->flows < all ? plan->flows : all;
}

uint32_t plan_size(const struct plan *plan, uint64_t k)
{
	if (!plan->size.last)
		return imix[k % IMIX_N];
	if (plan->size.first == plan->size.last)
		return plan->size.first;
	return plan->size.first + (uint32_t)(k % width(&plan->size));
}

uint32_t plan_size_max(const struct plan *plan)
{
	return plan->size.last ? plan->size.last : 1472;
}

struct item plan_item(const struct plan *plan, uint64_t flows, uint64_t k)
{
	uint64_t flow = k % flows;
	uint64_t above = flow / width(&plan->port);

	return (struct item){
		.flow = (uint32_t)flow,
		.number = k / flows,
		.size = plan_size(plan, k),
		.port = (uint16_t)(plan->port.first + flow % width(&plan->port)),
		.address = plan->address.first + (uint32_t)(above % width(&plan->address)),
		.source_index = (uint32_t)(above / width(&plan->address)),
	};
}

bool take_size(const char *text, const struct option *option)
{
	struct range *size = option->to;

	if (strcmp(text, "imix") == 0) {
		*size = (struct range){ 0, 0 };
		return true;
	}
	return value_range(text, STAMP_LEN, SIZE_MAX_UDP, size);
}
