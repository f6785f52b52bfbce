/* SPDX-License-Identifier: MIT
 * control.h - steering a run from afar: small text datagrams that are obeyed, and who may send them.
 * Not here: what a command does (muffin-blast.c).
 * muffin-blast.c calls in.
 * Source: none. */
#pragma once

#include "user/lib/options.h"
#include "user/lib/values.h"
#include <netinet/in.h>

#define ALLOW_MAX 16

struct command {
	enum {
		COMMAND_START,
		COMMAND_STOP,
		COMMAND_RATE,
		COMMAND_COUNTERS,
		COMMAND_END
	} kind;
	struct rate rate; /* of COMMAND_RATE */
};

/* Whose commands are obeyed. */
struct allowed {
	uint32_t n;
	struct range address[ALLOW_MAX];
};

/* control_parse - a datagram's text; blanks and line ends around it do not count.
 * problem  of size bytes: what is wrong and what was expected, if it returns false */
bool control_parse(
	const char *text, size_t len, struct command *command, char *problem, size_t size);

/* control_allows - whether this address (host byte order) may steer. */
bool control_allows(const struct allowed *allowed, uint32_t address);

/* take_allowed - addresses with commas between them, to a struct allowed; take_endpoint - "10.0.2.2:99", to a struct
 * sockaddr_in (options.h). */
option_take take_allowed, take_endpoint;

#define EXPECTED_ALLOWED  "IPv4 addresses, ranges or prefixes with commas between them, 16 at most"
#define EXPECTED_ENDPOINT "an IPv4 address, a colon and a port"
