/* SPDX-License-Identifier: MIT
 * values.c - values of options, from text: numbers, durations, rates, ranges, addresses.
 * Not here: which option takes which (options.c).
 * Programs and options.c call in.
 * Source: inet(3); rates and their units as the kernel's qdisc= has them. */
#include "user/lib/values.h"
#include <arpa/inet.h>
#include <string.h>

#define DURATION_MAX (1000 * 3600 * NS_PER_S)

struct unit {
	const char *name;
	uint64_t size;
};

static const struct unit thousands[] = { { "", 1 }, { "k", 1000 }, { "M", 1000000 },
	{ "G", 1000000000 }, { NULL, 0 } };

static const struct unit times[] = { { "", NS_PER_S }, { "ns", 1 }, { "us", 1000 },
	{ "ms", 1000000 }, { "s", NS_PER_S }, { "m", 60 * NS_PER_S }, { "h", 3600 * NS_PER_S },
	{ NULL, 0 } };

static const struct unit packets[] = { { "", 1 }, { "k", 1000 }, { "M", 1000000 }, { "pps", 1 },
	{ "kpps", 1000 }, { "mpps", 1000000 }, { NULL, 0 } };

static const struct unit bits[] = { { "bit", 1 }, { "kbit", 1000 }, { "mbit", 1000000 },
	{ "gbit", 1000000000 }, { NULL, 0 } };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool find_unit(const struct unit *units, const char *name, uint64_t *size)
{
	for (const struct unit *u = units; u->name; u++) {
		if (strcmp(u->name, name) == 0) {
			*size = u->size;
			return true;
		}
	}
	return false;
}

/* Digits times unit. Returns where they end, or NULL for none or an overflow. */
static const char *whole_part(const char *text, uint64_t unit, uint64_t *value)
{
	*value = 0;
	if (!is_digit(*text))
		return NULL;
	for (; is_digit(*text); text++)
		if (__builtin_mul_overflow(*value, 10u, value) ||
			__builtin_add_overflow(*value, (uint64_t)(*text - '0'), value))
			return NULL;
	return __builtin_mul_overflow(*value, unit, value) ? NULL : text;
}

/* A decimal number with one of these units. What a fraction has below 1 is cut off. */
static bool with_unit(const char *text, const struct unit *units, uint64_t *value)
{
	size_t digits = strspn(text, "0123456789");
	size_t fraction = text[digits] == '.' ? strspn(text + digits + 1, "0123456789") : 0;
	const char *name = text + digits + (fraction ? fraction + 1 : 0);
	uint64_t unit, part;

	if (!find_unit(units, name, &unit) || !whole_part(text, unit, value))
		return false;
	for (const char *d = text + digits + 1; fraction && is_digit(*d); d++) {
		part = unit / 10 * (uint64_t)(*d - '0') + unit % 10 * (uint64_t)(*d - '0') / 10;
		unit /= 10;
		if (__builtin_add_overflow(*value, part, value))
			return false;
	}
	return true;
}

static bool hexadecimal(const char *text, uint64_t *value)
{
	static const char digits[] = "0123456789abcdef";
	const char *d;

	if (strncmp(text, "0x", 2) != 0 || strlen(text) < 3 || strlen(text) > 2 + 16)
		return false;
	*value = 0;
	for (text += 2; *text; text++) {
		d = strchr(digits, *text >= 'A' && *text <= 'F' ? *text | 0x20 : *text);
		if (!d)
			return false;
		*value = *value << 4 | (uint64_t)(d - digits);
	}
	return true;
}

bool value_number(const char *text, uint64_t least, uint64_t most, uint64_t *number)
{
	return (hexadecimal(text, number) || with_unit(text, thousands, number)) &&
	       *number >= least && *number <= most;
}

bool value_duration(const char *text, uint64_t *ns)
{
	return with_unit(text, times, ns) && *ns > 0 && *ns <= DURATION_MAX;
}

bool value_rate(const char *text, struct rate *rate)
{
	*rate = (struct rate){ .packets = 0 };
	if (strcmp(text, "max") == 0)
		return true;
	if (with_unit(text, packets, &rate->packets))
		return rate->packets > 0 && rate->packets <= NS_PER_S;
	rate->packets = 0;
	return with_unit(text, bits, &rate->bits) && rate->bits > 0;
}

/* Text up to a separator, copied, so that it ends there. Returns what is behind, or NULL. */
static const char *split(const char *text, char separator, char *first, size_t size)
{
	const char *at = strchr(text, separator);
	size_t len = at ? (size_t)(at - text) : strlen(text);

	if (len >= size) /* longer than anything that is right */
		len = 0;
	memcpy(first, text, len);
	first[len] = '\0';
	return at ? at + 1 : NULL;
}

bool value_range(const char *text, uint32_t least, uint32_t most, struct range *range)
{
	char first[24];
	const char *last = split(text, '-', first, sizeof(first));
	uint64_t low, high;

	if (!value_number(first, least, most, &low) ||
		!value_number(last ? last : first, least, most, &high) || low > high)
		return false;
	*range = (struct range){ (uint32_t)low, (uint32_t)high };
	return true;
}

bool value_address(const char *text, uint32_t *address)
{
	struct in_addr in;

	if (inet_pton(AF_INET, text, &in) != 1)
		return false;
	*address = ntohl(in.s_addr);
	return true;
}

static bool prefix(const char *address, const char *len_text, struct range *range)
{
	uint64_t len;
	uint32_t host;

	if (!value_number(len_text, 1, 32, &len) || !value_address(address, &range->first))
		return false;
	host = len == 32 ? 0 : UINT32_MAX >> len;
	range->first &= ~host;
	range->last = range->first | host;
	return true;
}

bool value_addresses(const char *text, struct range *range)
{
	char first[INET_ADDRSTRLEN];
	const char *rest = split(text, '/', first, sizeof(first));

	if (rest)
		return prefix(first, rest, range);
	rest = split(text, '-', first, sizeof(first));
	return value_address(first, &range->first) &&
	       value_address(rest ? rest : first, &range->last) && range->first <= range->last;
}
