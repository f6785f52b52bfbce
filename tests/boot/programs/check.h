/* SPDX-License-Identifier: MIT
 * check.h - how test programs report: one line a check.
 * Not here: what is checked.
 * Every program that includes it prints lines which tests/boot/support.py reads by table().
 * Source: none. */
#pragma once

#include <stdio.h>

static int checks_failed;

/* CHECK - say "ok" or "FAILED" with the name; returns to its caller either way. */
#define CHECK(name, condition)                                                                     \
	do {                                                                                       \
		int good_ = !!(condition);                                                         \
                                                                                                   \
		printf("= %s %s\n", good_ ? "ok" : "FAILED", name);                                \
		if (!good_)                                                                        \
			printf("  line %d: %s\n", __LINE__, #condition);                           \
		checks_failed += !good_;                                                           \
	} while (0)

/* RESULT - say what a call returned, and its errno if that was -1. */
#define RESULT(name, call)                                                                         \
	do {                                                                                       \
		long r_;                                                                           \
                                                                                                   \
		errno = 0;                                                                         \
		r_ = (long)(call);                                                                 \
		printf("= %s: %ld%s%s\n", name, r_, r_ == -1 ? " " : "",                           \
			r_ == -1 ? strerror(errno) : "");                                          \
	} while (0)
