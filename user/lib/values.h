/* SPDX-License-Identifier: MIT
 * values.h - values of options, from text: numbers, durations, rates, ranges, addresses.
 * Not here: which option takes which (options.h).
 * Programs and options.c call in.
 * Source: inet(3); rates and their units as the kernel's qdisc= has them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define NS_PER_S 1000000000ull

/* From first to last, both in it. */
struct range {
	uint32_t first, last;
};

/* Packets or bits a second; both zero: as fast as it goes. */
struct rate {
	uint64_t packets, bits;
};

/* value_number - decimal, or hexadecimal behind 0x; decimal ones may end with k, M or G (thousands).
 * Returns  false unless all of text is one number from least to most */
bool value_number(const char *text, uint64_t least, uint64_t most, uint64_t *number);

/* value_duration - a decimal number, with a fraction or not, and ns, us, ms, s, m or h; alone: seconds.
 * Returns  false unless it is above 0 and at most a thousand hours */
bool value_duration(const char *text, uint64_t *ns);

/* value_rate - "max", or a number and pps, kpps, mpps, bit, kbit, mbit or gbit; alone: packets. */
bool value_rate(const char *text, struct rate *rate);

/* value_range - "4747" or "4747-4810", each from least to most, the first not above the last. */
bool value_range(const char *text, uint32_t least, uint32_t most, struct range *range);

/* value_address - dotted quad, in host byte order. */
bool value_address(const char *text, uint32_t *address);

/* value_addresses - "10.0.0.1", "10.0.0.1-10.0.0.9" or "10.0.0.0/24", which are all 256.
 * Host byte order. */
bool value_addresses(const char *text, struct range *range);
