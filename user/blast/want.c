/* SPDX-License-Identifier: MIT
 * want.c - what muffin-blast was told.
 * Not here: doing it.
 * muffin-blast.c calls in.
 * Source: docs/man/muffin-blast.1. */
#include "user/blast/want.h"
#include <stdio.h>

struct want want = {
	.plan = { .size = { 18, 18 }, .port = { 4747, 4747 } },
	.link.bits = 1000000000,
	.interval_ns = NS_PER_S,
	.trial_ns = NS_PER_S,
	.device = "eth0",
};

static const struct option options[] = {
	{ 'r', "rate", "<rate>", "how fast (max)", take_rate, EXPECTED_RATE, .to = &want.rate },
	{ 'c', "count", "<n>", "how many", take_number, .least = 1, .most = UINT64_MAX,
		.to = &want.count },
	{ 't', "time", "<time>", "for how long", take_duration, EXPECTED_DURATION,
		.to = &want.time_ns },
	{ 's', "size", "<n>[-<n>]", "bytes of payload (18), or imix", take_size, EXPECTED_SIZE,
		.to = &want.plan.size },
	{ 'p', "port", "<port>[-<port>]", "of the host, in turn (4747)", take_range, EXPECTED_PORTS,
		1, 65535, &want.plan.port },
	{ 'S', "source", "<port>[-<port>]", "our ports, in turn", take_range, EXPECTED_PORTS, 1,
		65535, &want.plan.source },
	{ 'f', "flows", "<n>", "at most so many of all combinations", take_number, .least = 1,
		.most = UINT32_MAX, .to = &want.plan.flows },
	{ 'a', "address", "<address>", "our address", take_address, EXPECTED_ADDRESS,
		.to = &want.address },
	{ 'w', "window", "<n>", "so many may be under way to a muffin-recv", take_number,
		.least = 1, .most = UINT32_MAX, .to = &want.window },
	{ 'x', "search", NULL, "the highest rate at which a muffin-recv gets all",
		.to = &want.search },
	{ 'T', "trial", "<time>", "for each rate of a search (1s)", take_duration,
		EXPECTED_DURATION, .to = &want.trial_ns },
	{ 'P', "pcap", "<file>", "frames of a capture instead of datagrams", take_text, "a file",
		.to = &want.pcap },
	{ 'd', "device", "<name>", "by which they leave (eth0)", take_text, "a name",
		.to = &want.device },
	{ 0, "timed", NULL, "at the times of the capture", .to = &want.timed },
	{ 'l', "link", "<rate>", "what the link can carry (1gbit)", take_rate, EXPECTED_RATE,
		.to = &want.link },
	{ 0, "control", "<port>", "wait for start, stop, rate, counters, end", take_number,
		.least = 1, .most = 65535, .to = &want.control },
	{ 0, "allow", "<addresses>", "who may steer", take_allowed, EXPECTED_ALLOWED,
		.to = &want.allow },
	{ 0, "report", "<address>:<port>", "send the account there, each second", take_endpoint,
		EXPECTED_ENDPOINT, .to = &want.report },
	{ 'i', "interval", "<time>", "a line of counts each so often (1s)", take_duration,
		EXPECTED_DURATION, .to = &want.interval_ns },
	{ 'q', "quiet", NULL, "no such lines", .to = &want.quiet },
	{ 'j', "json", NULL, "the account at the end as a line of JSON", .to = &want.json },
	{ .name = NULL },
};

static const struct program program = {
	.name = "muffin-blast",
	.operands = "<host, addresses or prefix>",
	.about = "Sends numbered UDP datagrams, or the frames of a capture, at an exact rate or as "
		 "fast as it goes.\n",
	.more = "Built into muffin it is chosen, and told, on the kernel's command line:\n"
		"  ip=10.0.2.15::10.0.2.2:255.255.255.0 init=muffin-blast -- rate=10kpps time=5s "
		"10.0.2.16\n"
		"Exit status: 0 well, 1 the name cannot be resolved, 2 no socket, 3 not sent,\n"
		"4 an option is wrong, 5 the receiver did not get all.\n",
	.option = options,
};

static bool refuse(const char *problem)
{
	fprintf(stderr, "muffin-blast: %s\n", problem);
	return false;
}

/* What single options do not show. */
static bool check_options(int operand_n)
{
	if (operand_n > 1 || (operand_n == 0) != (want.pcap != NULL))
		return refuse(
			want.pcap ? "pcap= takes no host: its frames have their addresses"
				  : "expected one host, addresses a-b, or a prefix; see --help");
	if (want.control && !want.allow.n)
		return refuse("control=: expected allow=<addresses>, too: who may steer");
	if (want.allow.n && !want.control)
		return refuse("allow=: expected control=<port>, too");
	if (want.timed && (!want.pcap || want.rate.packets || want.rate.bits))
		return refuse("--timed: expected pcap=<file>, and no rate=");
	if (want.pcap && (want.window || want.search))
		return refuse("pcap=: expected no window= and no --search: frames have no numbers");
	return true;
}

int want_read(int argc, char **argv, const char **host)
{
	int at = options_read(&program, argc, argv), more = 0;

	if (at < 0)
		return at;
	*host = at < argc ? argv[at] : NULL;
	if (*host) {
		more = options_read(&program, argc - at, argv + at);
		if (more < 0)
			return more;
	}
	return check_options(at + more < argc ? 2 : *host != NULL) ? 0 : OPTIONS_BAD;
}
