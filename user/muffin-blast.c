/* SPDX-License-Identifier: MIT
 * muffin-blast.c - a traffic source: many flows, an exact rate or as fast as it goes, steered from afar.
 * Not here: what is sent (blast/plan.h), how (blast/traffic.h), when (blast/pace.h), one run (blast/run.h).
 * Built in, chosen by init=muffin-blast; runs on Linux as well. See docs/man/muffin-blast.1.
 * Source: RFC 2544 26.1 for --search. */
#include "user/blast/ask.h"
#include "user/blast/pace.h"
#include "user/blast/run.h"
#include "user/blast/search.h"
#include "user/blast/steer.h"
#include "user/blast/want.h"
#include "user/lib/sockets.h"
#include <arpa/inet.h>
#include <stdio.h>

/* A trial that takes longer by more was not at its rate: a fiftieth, and what a busy host may take away. */
#define LATE    50
#define LATE_NS 20000000ull

static int ask_fd = -1;

/* One rate. Returns whether all arrived; *broken: it cannot go on. */
static bool try_rate(uint64_t packets, bool *broken)
{
	const struct account *a = run_account();
	bool at_rate;

	*broken = !run_traffic((struct rate){ .packets = packets },
		(uint64_t)((unsigned __int128)packets * want.trial_ns / NS_PER_S) + 1, 0);
	if (*broken)
		return false;
	run_ask_at_the_end();
	at_rate = a->run_ns <= want.trial_ns + want.trial_ns / LATE + LATE_NS;
	if (!want.json)
		printf("%llu a second: %llu sent, %llu received%s\n", (unsigned long long)packets,
			(unsigned long long)a->sent, (unsigned long long)a->received,
			at_rate ? "" : "; slower than that, limited by this sender");
	return at_rate && a->received >= a->sent;
}

static uint64_t most_packets(void)
{
	uint64_t bits = want.rate.bits ? want.rate.bits : want.link.bits;

	return want.rate.packets ? want.rate.packets
				 : bits / wire_bits(frame_bytes(plan_size_max(&want.plan)));
}

static enum status search(void)
{
	struct search s;
	bool passed, broken;

	if (!run_find_receiver())
		return STATUS_SEND;
	search_start(&s, most_packets());
	do {
		passed = try_rate(s.rate, &broken);
		if (broken || run_ended)
			return STATUS_SEND;
	} while (search_next(&s, passed));
	printf(want.json ? "{\"throughput\":%llu,\"size\":%u}\n"
			 : "throughput: %llu datagrams a second, %u bytes each\n",
		(unsigned long long)s.low, plan_size_max(&want.plan));
	return s.low ? STATUS_OK : STATUS_WRONG;
}

/* ---- start and end ------------------------------------------------------------------------ */

static void interrupted(int number)
{
	run_ended = number;
}

static bool resolve(const char *host)
{
	struct sockaddr_in address;

	if (value_addresses(host, &want.plan.address))
		return true;
	if (!socket_resolve(host, &address))
		return false;
	want.plan.address.first = want.plan.address.last = ntohl(address.sin_addr.s_addr);
	return true;
}

static bool open_sockets(void)
{
	const struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(want.plan.address.first),
		.sin_port = htons((uint16_t)want.plan.port.last) };
	const struct traffic *traffic;

	if (!steer_open() ||
		((want.window || want.search) && (ask_fd = ask_open(&to, want.address)) < 0))
		return false;
	traffic = want.pcap ? replay_open(want.pcap, want.device)
			    : flows_open(&want.plan, want.address);
	if (traffic)
		run_open(traffic, ask_fd);
	return traffic;
}

static enum status blast(void)
{
	const struct account *a = run_account();
	bool ok = run_traffic(want.rate, 0, want.time_ns);
	char text[512];

	if (ask_fd >= 0)
		run_ask_at_the_end();
	if (steer_reports())
		steer_report(a);
	if (want.json) {
		account_json(a, want.link.bits, text, sizeof(text));
		puts(text);
	} else {
		account_finish(a, want.link.bits);
		if (ask_fd >= 0)
			histogram_show(ask_round_trips());
	}
	if (!ok)
		return STATUS_SEND;
	return ask_fd >= 0 && a->received < a->sent ? STATUS_WRONG : STATUS_OK;
}

int main(int argc, char **argv)
{
	const char *host;
	int bad = want_read(argc, argv, &host);

	if (bad)
		return bad == OPTIONS_HELP ? STATUS_OK : STATUS_USAGE;
	if (host && !resolve(host))
		return STATUS_RESOLVE;
	if (!open_sockets())
		return STATUS_SOCKET;
	signal(SIGINT, interrupted);
	signal(SIGTERM, interrupted);
	return (int)(want.search ? search() : blast());
}
