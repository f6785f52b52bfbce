/* SPDX-License-Identifier: MIT
 * ipconfig_qdisc.c - the word qdisc=: how fast a device may send, what may wait. And the part "pacing" as a whole.
 * Not here: what a discipline does (net/device/qdisc.c), a socket's pacing (net/device/sk_pacing.c).
 * kernel/cmdline.c calls the parser, ipconfig_apply.c what it applies.
 * Source: tc-tbf(8), tc-pfifo(8), tc-etf(8), tc(8) for the units. */
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

static bool read_rate(struct text unit, const struct field *f, void *at)
{
	struct qdisc_spec *spec = at;
	u32 number = 0;
	bool good = parse_u32(cut_digits(&unit), UINT32_MAX, &number);

	for (size_t i = 0; good && i < ARRAY_SIZE(units); i++) {
		if (!text_eq(unit, units[i].name))
			continue;
		spec->rate = number * units[i].factor;
		spec->packets = units[i].packets;
	}
	return spec->rate >= (spec->packets ? QDISC_PACKETS_MIN : QDISC_BITS_MIN);
}

/* Bytes, or packets; k is 1024, as in tc's sizes. */
static bool read_burst(struct text value, const struct field *f, void *at)
{
	u32 *burst = at;
	struct text k = value;
	bool good = parse_u32(cut_digits(&k), QDISC_BURST_MAX / 1024, burst) && text_eq(k, "k");

	if (good)
		*burst *= 1024;
	return good || parse_u32(value, QDISC_BURST_MAX, burst);
}

static const struct choice kinds[] = { { "pfifo", QDISC_PFIFO }, { "tbf", QDISC_TBF },
	{ "etf", QDISC_ETF }, { .name = NULL } };

#define DELTA_DEFAULT 100000 /* longer than a kernel that rests or polls looks away */

static const struct field fields[] = {
	{ "kind", field_choice, FIELD(struct qdisc_word, kind), .choices = kinds,
		.expected = "tbf,rate=..., etf or pfifo, and options behind it" },
	{ "rate", read_rate, FIELD(struct qdisc_word, spec),
		.expected =
			"at least 16kbit or 1pps, in bit, kbit, mbit, gbit, pps, kpps or mpps" },
	{ "burst", read_burst, FIELD(struct qdisc_word, spec.burst),
		.expected = "bytes, or packets if that is what the rate counts: 0 to 16777216, or "
			    "with k" },
	{ "limit", field_u32, FIELD(struct qdisc_word, spec.limit), 1, UINT32_MAX,
		.expected = "a number of packets above 0" },
	{ "delta", FIELD_U32(struct qdisc_word, spec.delta_ns, 0, 1000000000) },
	{ "dev", FIELD_DEV(struct qdisc_word, device) },
	{ .expected = "rate=, burst=, limit=, delta= or dev=<name>" },
};

bool ipconfig_parse_qdisc(struct text value, struct parse_error *error)
{
	struct qdisc_word *word = &ipconfig_words.qdiscs[ipconfig_words.qdisc_n];

	if (!ipconfig_room(ipconfig_words.qdisc_n, value, "qdisc=", error))
		return false;
	*word = (struct qdisc_word){ .spec.delta_ns = DELTA_DEFAULT };
	if (!parse_word(value, ',', fields, 1, word, error))
		return false;
	word->spec.timed = word->kind == QDISC_ETF;
	if ((word->kind == QDISC_TBF) != (word->spec.rate > 0))
		return parse_fail(error, text_cut(&value, ','), "kind",
			"rate= behind tbf, none behind pfifo and etf");
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

static void pacing_init(void)
{
	sk_pacing_set = sk_set_pacing_rate;
}

PART(pacing) = { .name = "pacing",
	.words = BOOT_WORDS({ "qdisc=", .take = ipconfig_parse_qdisc }),
	.init = pacing_init,
	.apply = apply };
