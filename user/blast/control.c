/* SPDX-License-Identifier: MIT
 * control.c - steering a run from afar: small text datagrams that are obeyed, and who may send them.
 * Not here: what a command does (muffin-blast.c).
 * muffin-blast.c calls in.
 * Source: none. */
#include "user/blast/control.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define COMMAND_LEN_MAX 63

static const struct {
	const char *word;
	struct command command;
} commands[] = {
	{ "start", { .kind = COMMAND_START } },
	{ "stop", { .kind = COMMAND_STOP } },
	{ "counters", { .kind = COMMAND_COUNTERS } },
	{ "end", { .kind = COMMAND_END } },
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* A copy without what is around it, ended by a zero; false if it is too long, or not text. */
static bool trim(const char *text, size_t len, char *copy)
{
	while (len > 0 && is_blank(text[len - 1]))
		len--;
	while (len > 0 && is_blank(*text)) {
		text++;
		len--;
	}
	if (len > COMMAND_LEN_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return true;
}

bool control_parse(
	const char *text, size_t len, struct command *command, char *problem, size_t size)
{
	char line[COMMAND_LEN_MAX + 1];

	if (!trim(text, len, line)) {
		snprintf(problem, size, "expected a line of at most %u printable characters",
			COMMAND_LEN_MAX);
		return false;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(line, commands[i].word) == 0) {
			*command = commands[i].command;
			return true;
		}
	}
	if (strncmp(line, "rate ", 5) == 0) {
		command->kind = COMMAND_RATE;
		if (value_rate(line + 5, &command->rate))
			return true;
		snprintf(problem, size, "rate '%s': expected " EXPECTED_RATE, line + 5);
		return false;
	}
	snprintf(problem, size,
		"there is no command '%s': expected start, stop, rate <rate>, counters or end",
		line);
	return false;
}

bool control_allows(const struct allowed *allowed, uint32_t address)
{
	for (uint32_t i = 0; i < allowed->n; i++)
		if (address >= allowed->address[i].first && address <= allowed->address[i].last)
			return true;
	return false;
}

/* Up to a separator, copied; false if it does not fit. */
static bool split_at(const char **text, char separator, char *part, size_t size)
{
	const char *end = strchr(*text, separator);
	size_t len = end ? (size_t)(end - *text) : strlen(*text);

	if (len >= size)
		return false;
	memcpy(part, *text, len);
	part[len] = '\0';
	*text = end ? end + 1 : NULL;
	return true;
}

bool take_allowed(const char *text, const struct option *option)
{
	struct allowed *allowed = option->to;
	char part[40];

	allowed->n = 0;
	while (text) {
		if (allowed->n == ALLOW_MAX || !split_at(&text, ',', part, sizeof(part)) ||
			!value_addresses(part, &allowed->address[allowed->n++]))
			return false;
	}
	return true;
}

bool take_endpoint(const char *text, const struct option *option)
{
	struct sockaddr_in *to = option->to;
	char address[INET_ADDRSTRLEN];
	uint32_t host;
	uint64_t port;

	if (!split_at(&text, ':', address, sizeof(address)) || !text ||
		!value_address(address, &host) || !value_number(text, 1, 65535, &port))
		return false;
	*to = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(host),
		.sin_port = htons((uint16_t)port) };
	return true;
}
