/* SPDX-License-Identifier: MIT
 * fuzz_steer.c - the input is a datagram to muffin-blast's control=: obeyed, or refused in printable words; the same
 * text as a stamp, and as the values of options.
 * Not here: what is right (tests/unit/test_blast.c, test_options.c).
 * libFuzzer calls in.
 * Source: user/blast/control.h, user/lib/values.h, user/lib/stamp.h. */
#include "user/blast/control.h"
#include "user/blast/plan.h"
#include "user/lib/stamp.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool true_one)
{
	if (!true_one)
		abort();
}

static void check_command(const char *text, size_t len)
{
	struct command command = { .kind = COMMAND_STOP };
	char problem[256] = "";

	if (control_parse(text, len, &command, problem, sizeof(problem))) {
		require(command.kind <= COMMAND_END && !*problem);
		require(command.rate.packets <= NS_PER_S || command.kind != COMMAND_RATE);
		return;
	}
	require(*problem && strlen(problem) < sizeof(problem));
	for (const char *c = problem; *c; c++)
		require(*c >= ' ' && *c <= '~');
}

static void check_stamp(const uint8_t *data, size_t len)
{
	uint8_t again[STAMP_LEN];
	struct stamp stamp;

	if (!stamp_read(data, len, &stamp))
		return;
	stamp_write(again, &stamp);
	require(memcmp(again, data, STAMP_LEN) == 0);
}

static void check_values(const char *text)
{
	struct allowed allowed;
	struct sockaddr_in endpoint;
	struct range range;
	struct rate rate;
	uint64_t number;
	uint32_t address;

	if (value_number(text, 3, 500, &number))
		require(number >= 3 && number <= 500);
	if (value_duration(text, &number))
		require(number > 0);
	if (value_rate(text, &rate))
		require(!rate.packets || !rate.bits);
	if (value_range(text, 1, 65535, &range))
		require(range.first >= 1 && range.first <= range.last && range.last <= 65535);
	if (value_addresses(text, &range))
		require(range.first <= range.last);
	value_address(text, &address);
	if (take_allowed(text, &(struct option){ .to = &allowed }))
		require(allowed.n >= 1 && allowed.n <= ALLOW_MAX);
	if (take_endpoint(text, &(struct option){ .to = &endpoint }))
		require(endpoint.sin_port != 0);
	if (take_size(text, &(struct option){ .to = &range }))
		require(range.last <= SIZE_MAX_UDP);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1); /* its end is where reading too far shows */

	memcpy(text, data, size);
	text[size] = '\0';
	check_values(text);
	text = realloc(text, size ? size : 1);
	check_command(text, size);
	check_stamp((const uint8_t *)text, size);
	free(text);
	return 0;
}
