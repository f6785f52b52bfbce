/* SPDX-License-Identifier: MIT
 * bytes.h - how much memory a routing table has committed.
 * Not here: the table. The bench shows it, unit tests compare it with what the machine gave out.
 * Source: none. */
#pragma once

#include "net/fib/table.h"

struct fib_bytes {
	size_t trie, total;
};

/* fib_table_bytes - memory of the table: the trie alone, and all of it. */
struct fib_bytes fib_table_bytes(const struct fib_table *tb);
