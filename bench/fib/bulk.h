/* SPDX-License-Identifier: MIT
 * bulk.h - many lookups by one call: what the trie gives when a batch of destinations is at hand.
 * Not here: a user in the kernel; a datagram is sent to one destination.
 * fib_bench.c calls in; it reads the trie.
 * Source: see net/fib/fib_trie.h. */
#pragma once

#include "net/fib/fib_trie.h"

/* fib_trie_find_bulk - n answers at once: while one address's block is on its way from memory,
 * the next one's root word is asked for. */
void fib_trie_find_bulk(const struct fib_trie *t, const u32 *addr, u16 *id, u32 n);
