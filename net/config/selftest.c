/* SPDX-License-Identifier: MIT
 * selftest.c - the word selftest: before anything is sent, the forwarding table is compared with a linear search.
 * Not here: the comparison (net/fib/selftest.c).
 * kernel/cmdline.c and kernel/main.c call in.
 * Source: design. */
#include "net/core/machine.h"
#include "net/core/part.h"
#include "net/fib/fib.h"

static bool asked_for;

static bool take(struct text value, struct parse_error *error)
{
	asked_for = true;
	return true;
}

static bool start(void)
{
	if (!asked_for)
		return true;
	if (fib_selftest() != 0)
		panic("the route trie does not answer as a linear search does");
	pr_info("selftest: the route trie answers as a linear search does\n");
	return true;
}

PART(selftest) = {
	.name = "selftest", .words = BOOT_WORDS({ "selftest", .take = take }), .start = start
};
