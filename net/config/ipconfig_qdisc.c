/* SPDX-License-Identifier: MIT
 * ipconfig_qdisc.c - the word qdisc=: how fast a device may send, what may wait. And the part "pacing" as a whole.
 * Not here: what a discipline does (net/device/qdisc.c), a socket's pacing (net/device/sk_pacing.c).
 * kernel/cmdline.c calls the parser, ipconfig_apply.c what it applies.
 * Source: tc-tbf(8), tc-pfifo(8), tc(8) for the units. */
#include "kernel/lib/string.h"
#include "net/config/ipconfig.h"
#include "net/config/ipconfig_words.h"
#include "net/core/part.h"
#include "net/core/sock.h"
#include "net/device/dev_config.h"
#include "net/device/sk_pacing.h"

/* tc's; and packets, which a packet source counts in. */
static const struct {
	const char *name;
	u64 factor;
	bool packets;
} units[] = {
	{ "bit", 1, false },
	{ "kbit", 1000, false },
	{ "mbit", 1000000, false },
	{ "gbit", 1000000000, false },
	{ "pps", 1, true },
	{ "kpps", 1000, true },
	{ "mpps", 1000000, true },
};

static struct text cut_digits(struct text *rest)
{
	struct text digits = { rest->at, 0 };

	while (digits.len < rest->len && digits.at[digits.len] >= '0' &&
		digits.at[digits.len] <= '9')
		digits.len++;
	*rest = (struct text){ rest->at + digits.len, rest->len - digits.len };
	return digits;
}

static bool parse_rate(struct text value, struct qdisc_spec *spec, struct parse_error *error)
{
	struct text unit = value;
	u32 number = 0;
	bool good = parse_u32(cut_digits(&unit), UINT32_MAX, &number);

	for (size_t i = 0; good && i < ARRAY_SIZE(units); i++) {
		if (!text_eq(unit, units[i].name))
			continue;
		spec->rate = number * units[i].factor;
		spec->packets = units[i].packets;
	}
	if (spec->rate >= (spec->packets ? QDISC_PACKETS_MIN : QDISC_BITS_MIN))
		return true;
	return parse_fail(error, value, "rate",
		"at least 16kbit or 1pps, in bit, kbit, mbit, gbit, pps, kpps or mpps");
}

/* Bytes, or packets; k is 1024, as in tc's sizes. */
static bool parse_burst(struct text value, u32 *burst, struct parse_error *error)
{
	struct text k = value;

	if (parse_u32(cut_digits(&k), QDISC_BURST_MAX / 1024, burst) && text_eq(k, "k"))
		*burst *= 1024;
	else if (!parse_u32(value, QDISC_BURST_MAX, burst))
		return parse_fail(error, value, "burst",
			"bytes, or packets if that is what the rate counts: 0 to 16777216, or with "
			"k");
	return true;
}

static bool parse_option(struct text option, struct qdisc_word *word, struct parse_error *error)
{
	struct text value = option, key = text_cut(&value, '=');

	if (text_eq(key, "rate"))
		return parse_rate(value, &word->spec, error);
	if (text_eq(key, "burst"))
		return parse_burst(value, &word->spec.burst, error);
	if (text_eq(key, "limit")) {
		if (parse_u32(value, UINT32_MAX, &word->spec.limit) && word->spec.limit > 0)
			return true;
		return parse_fail(error, value, "limit", "a number of packets above 0");
	}
	if (text_eq(key, "dev"))
		return dev_name_parse(value, word->device, error);
	return parse_fail(error, option, "option", "rate=, burst=, limit= or dev=<name>");
}

bool ipconfig_parse_qdisc(struct text value, struct parse_error *error)
{
	struct text kind = text_cut(&value, ',');
	bool tbf = text_eq(kind, "tbf");
	struct qdisc_word *word;

	if (ipconfig_words.qdisc_n == WORDS_MAX)
		return parse_fail(error, kind, "qdisc=", "at most 16 of them");
	if (!tbf && !text_eq(kind, "pfifo"))
		return parse_fail(
			error, kind, "kind", "tbf,rate=... or pfifo, and options behind it");
	word = &ipconfig_words.qdiscs[ipconfig_words.qdisc_n];
	*word = (struct qdisc_word){ .device = "" };
	while (value.len > 0 || value.at[-1] == ',')
		if (!parse_option(text_cut(&value, ','), word, error))
			return false;
	if (tbf != (word->spec.rate > 0))
		return parse_fail(error, kind, "kind", "rate= behind tbf, none behind pfifo");
	ipconfig_words.qdisc_n++;
	return true;
}

static bool apply_qdisc(struct net *net, const struct qdisc_word *q, char *problem, size_t len)
{
	struct net_device *dev = ipconfig_device(net, q->device);

	if (!dev)
		return ipconfig_refuse(problem, len, "qdisc=: there is no device '%s'", q->device);
	if (dev_set_qdisc(dev, &q->spec) < 0)
		return ipconfig_refuse(problem, len, "qdisc=: no memory");
	qdisc_show(dev, &q->spec);
	return true;
}

static bool apply(struct net *net, char *problem, size_t len)
{
	for (u32 i = 0; i < ipconfig_words.qdisc_n; i++)
		if (!apply_qdisc(net, &ipconfig_words.qdiscs[i], problem, len))
			return false;
	return true;
}

static const struct boot_word words[] = { { "qdisc=", ipconfig_parse_qdisc }, { .key = NULL } };

static void pacing_init(void)
{
	sk_pacing_set = sk_set_pacing_rate;
}

PART(pacing) = { .name = "pacing", .words = words, .init = pacing_init, .apply = apply };
