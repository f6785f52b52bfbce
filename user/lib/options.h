/* SPDX-License-Identifier: MIT
 * options.h - what a program is told on its command line, and what --help says of it.
 * Not here: what values mean (values.h).
 * Every program of user/ calls in.
 * Source: POSIX.1-2017 12.2 for options before operands and for --; name=value as the kernel's words. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The programs' exit statuses. */
enum status {
	STATUS_OK,
	STATUS_RESOLVE, /* a name cannot be resolved */
	STATUS_SOCKET,  /* no socket, or an option of it was refused */
	STATUS_SEND,    /* not sent, or not all */
	STATUS_USAGE,   /* an option is wrong, or a file cannot be read */
	STATUS_WRONG,   /* what arrived is not what was expected */
};

struct option;

/* Reads text into *option->to; false if it is not what the option expects. */
typedef bool option_take(const char *text, const struct option *option);

/* One option: `-c 10`, `-c10`, `count=10`, `--count=10` and `--count 10` are the same. */
struct option {
	char letter;       /* 0: has none */
	const char *name;  /* may stand without -- where it has a value */
	const char *value; /* what --help shows behind it, "<n>"; NULL: an option without a value */
	const char *help;  /* one line */
	option_take *take; /* NULL for one without a value: *(bool *)to becomes true */
	const char *expected; /* "a number .."; NULL with take_number: said from least and most */
	uint64_t least, most; /* of take_number and take_range */
	void *to;
};

struct program {
	const char *name;
	const char *operands;        /* behind the options in the usage: "<host> [<message>]" */
	const char *about;           /* what it does, with line ends */
	const char *more;            /* behind the options, with line ends; NULL: nothing */
	const struct option *option; /* the last one has no name */
};

#define OPTIONS_HELP (-1) /* --help was asked for and has been printed */
#define OPTIONS_BAD                                                                                \
	(-2) /* an option is wrong; what and what was expected has been said on stderr */

/* options_read - take the options; they end at the first word that is none, or behind `--`.
 * Returns  the index of the first operand in argv, argc if there is none; OPTIONS_HELP or OPTIONS_BAD */
int options_read(const struct program *program, int argc, char **argv);

/* What to points at: uint64_t, uint64_t (nanoseconds), struct rate, struct range, uint32_t (host byte order),
 * struct range, const char *. */
option_take take_number, take_duration, take_rate, take_range, take_address, take_addresses,
	take_text;

#define EXPECTED_DURATION  "a time: a number and ns, us, ms, s, m or h"
#define EXPECTED_RATE      "a number and k, M, pps, kpps, mpps, bit, kbit, mbit or gbit; or max"
#define EXPECTED_PORTS     "a port from 1 to 65535, or two and a hyphen between them"
#define EXPECTED_ADDRESS   "an IPv4 address"
#define EXPECTED_ADDRESSES "an IPv4 address, two and a hyphen between them, or a prefix"
