/* SPDX-License-Identifier: MIT
 * synth.c - deterministic routing tables and traces; see synth.h.
 * Not here: measuring.
 * fib_bench.c and tests call in; it calls the C library.
 * Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014. */
#include "bench/fib/synth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How long the blocks are that holders announce, of 64, and how long the pieces of them, of 16.
 * The outcome has a full table's usual features: two thirds are /24, a tenth each /23 and /22;
 * half of the prefixes lie right behind one of their length; 33,000 /16s and 64,000 /18s are used;
 * the trie takes as many bytes as a real table's (measured on 901,899 prefixes). */
static const u8 block_lens[64] = { 16, 16, 16, 17, 17, 18, 18, 18, 19, 19, 19, 19, 19, 19, 20, 20,
	20, 20, 20, 20, 20, 20, 20, 20, 21, 21, 21, 21, 21, 21, 21, 21, 21, 21, 22, 22, 22, 22, 22,
	22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 22, 23, 23, 23, 23, 23, 23, 24, 24, 24, 24, 24, 24,
	24, 24 };
static const u8 piece_lens[16] = { 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 23, 23, 22, 22 };

/* /16s are handed out from 1.0.0.0 up to 223.255.255.255; five of eight are in use. */
#define FIRST_16      0x0100u
#define LAST_16       0xdfffu
#define USED_OF_8     5u
#define CROWD_MAX     330u
#define COVER_OF_8    4u  /* the whole block is announced as well */
#define WHOLE_OF_8    4u  /* it is not announced in pieces */
#define RUN_ON_OF_16  15u /* a piece mostly lies right behind the one before it */
#define LONG_OF_1K    3u  /* longer than /24: somebody's mistake, or a host */
#define SHORT_OF_1K   2u
#define SAME_HOP_OF_2 1u

u64 synth_random(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

static u32 below(u64 *state, u32 n)
{
	return (u32)((synth_random(state) >> 32) * n >> 32);
}

static u32 mask(u8 len)
{
	return (u32)(0xffffffff00000000ull >> len);
}

static int by_address(const void *a, const void *b)
{
	const struct synth_route *x = a, *y = b;

	if (x->prefix != y->prefix)
		return x->prefix < y->prefix ? -1 : 1;
	return x->plen - y->plen;
}

/* How many prefixes a /16 holds: half of them at most two, one in twenty more than a hundred.
 * That is the eighth power of a uniform number. */
static u32 draw_crowd(u64 *state)
{
	u64 u = below(state, 1u << 16);

	u = u * u >> 16;
	u = u * u >> 16;
	u = u * u >> 16;
	return 1 + (u32)(u * CROWD_MAX >> 16);
}

static u32 put(struct synth_route *out, u32 prefix, u8 plen)
{
	*out = (struct synth_route){ prefix & mask(plen), plen, 0 };
	return 1;
}

/* A block, whole or in pieces or both. Returns how many prefixes, at most room. */
static u32 fill_block(struct synth_route *out, u32 room, u32 net, u32 *cursor, u64 *state)
{
	u8 len = block_lens[below(state, 64)], piece = piece_lens[below(state, 16)];
	u32 start = (net << 16 | ((*cursor + ~mask(len)) & 0xffff)) & mask(len);
	u32 end = start | ~mask(len), n = 0;

	*cursor = end + 1; /* blocks lie side by side, round and round the /16 */
	if (below(state, 8) < WHOLE_OF_8)
		piece = len;
	if (piece <= len || below(state, 8) < COVER_OF_8)
		n += put(out, start, len);
	for (u64 at = start; piece > len && at < end && n < room; at += 1u << (32 - piece))
		if (below(state, 16) < RUN_ON_OF_16)
			n += put(out + n, (u32)at, piece);
		else if (below(state, 2) == 0)
			break;
	return n;
}

static u32 fill_16(struct synth_route *out, u32 room, u32 net, u64 *state)
{
	u32 crowd = min(draw_crowd(state), room), n = 0, cursor = below(state, 1u << 16);

	while (n < crowd) {
		u32 odd = below(state, 1000), host = below(state, 1u << 16);

		if (odd < LONG_OF_1K)
			n += put(out + n, net << 16 | host, (u8)(25 + below(state, 8)));
		else if (odd < LONG_OF_1K + SHORT_OF_1K)
			n += put(out + n, net << 16, (u8)(8 + below(state, 8)));
		else
			n += fill_block(out + n, crowd - n, net, &cursor, state);
	}
	return n;
}

/* Equal neighbours out, after sorting. */
static u32 unique(struct synth_route *r, u32 n)
{
	u32 kept = 0;

	qsort(r, n, sizeof *r, by_address);
	for (u32 i = 0; i < n; i++)
		if (kept == 0 || by_address(&r[i], &r[kept - 1]) != 0)
			r[kept++] = r[i];
	return kept;
}

static void give_hops(struct synth_route *r, u32 n, u64 *state)
{
	for (u32 i = 0; i < n; i++) {
		r[i].hop = (u8)below(state, SYNTH_HOPS);
		if (i > 0 && below(state, 2) < SAME_HOP_OF_2)
			r[i].hop = r[i - 1].hop;
	}
}

static void full_table(struct synth_route *out)
{
	u64 state = 1;
	u32 room = 2 * SYNTH_FULL, n = 0;
	struct synth_route *r = calloc(room, sizeof *r);

	if (r == NULL)
		abort();
	n = 1; /* r[0] is the default route: all zero */
	while (n < SYNTH_FULL) {
		for (u32 net = FIRST_16; net <= LAST_16 && n < room; net++)
			if (below(&state, 8) < USED_OF_8)
				n += fill_16(r + n, room - n, net, &state);
		n = unique(r, n);
	}
	/* Too many now: leave out at random, but never the default route. */
	synth_shuffle(r + 1, n - 1, 2);
	n = unique(r, SYNTH_FULL);
	give_hops(r, n, &state);
	memcpy(out, r, n * sizeof *r);
	free(r);
}

void synth_shuffle(struct synth_route *routes, u32 n, u64 seed)
{
	for (u32 i = n; i > 1; i--) {
		u32 j = below(&seed, i);
		struct synth_route r = routes[i - 1];

		routes[i - 1] = routes[j];
		routes[j] = r;
	}
}

void synth_table(struct synth_route *out, u32 n)
{
	static struct synth_route full[SYNTH_FULL], mixed[SYNTH_FULL]; /* made once */

	if (full[1].plen == 0) {
		full_table(full);
		memcpy(mixed, full, sizeof mixed);
		synth_shuffle(mixed + 1, SYNTH_FULL - 1, 3);
	}
	memcpy(out, n < SYNTH_FULL ? mixed : full, n * sizeof *out);
	qsort(out, n, sizeof *out, by_address);
}

void synth_trace(
	enum synth_kind kind, const struct synth_route *routes, u32 routes_n, u32 *out, u32 n)
{
	u64 state = 4 + (u64)kind;
	struct synth_route *r = calloc(routes_n, sizeof *r);

	if (r == NULL)
		abort();
	memcpy(r, routes, routes_n * sizeof *r);
	synth_shuffle(r, routes_n, 5); /* popularity has nothing to do with the address */
	for (u32 i = 0; i < n; i++) {
		u32 rank = below(&state, routes_n), host = (u32)synth_random(&state);

		/* Zipf with exponent 1: ranks are uniform on a logarithmic scale. */
		if (kind == SYNTH_ZIPF)
			rank = (u32)(exp(below(&state, 1u << 30) / (double)(1u << 30) *
					     log(routes_n + 1.0)) -
				     1.0);
		rank = min(rank, routes_n - 1);
		out[i] = r[rank].prefix | (host & ~mask(r[rank].plen));
		if (kind == SYNTH_UNIFORM)
			out[i] = host;
	}
	free(r);
}
