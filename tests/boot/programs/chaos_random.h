/* SPDX-License-Identifier: MIT
 * chaos_random.h - random numbers, memory to point at, and the system call itself, which is logged.
 * Not here: arguments of sockets (chaos_sockets.h), which calls there are (chaos.c).
 * chaos.c includes it.
 * Source: none. */
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE        4096ull
#define PICK(array) ((array)[below(sizeof(array) / sizeof(*(array)))])

static uint64_t state;

/* Marsaglia's xorshift, with a multiplication behind it. */
static uint64_t next(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 2685821657736338717ull;
}

static void seed(uint64_t n)
{
	state = n * 0x9e3779b97f4a7c15ull | 1;
	for (int i = 0; i < 8; i++)
		next();
}

static uint64_t below(uint64_t n)
{
	return (next() >> 16) % n;
}

static int one_in(uint64_t n)
{
	return below(n) == 0;
}

/* Small, at an edge, or anything. */
static uint64_t number(void)
{
	static const uint64_t edges[] = { 0, 1, 2, 15, 16, 127, 128, 255, 256, 4095, 4096, 65507,
		65535, 65536, INT32_MAX, 0x80000000, UINT32_MAX, INT64_MAX, (uint64_t)INT64_MIN,
		UINT64_MAX };

	switch (below(4)) {
	case 0:
		return PICK(edges);
	case 1:
		return below(2000);
	case 2:
		return below(32);
	default:
		return one_in(4) ? next() : below(300);
	}
}

/* ---- the call ------------------------------------------------------------------------------- */

#define LOG_N 64

static struct logged {
	long nr, result;
	uint64_t arg[6];
} calls[LOG_N];

static uint64_t call_n;
static int verbose;

static void show_call(const struct logged *l)
{
	dprintf(1, "  %ld(%lx, %lx, %lx, %lx, %lx, %lx) = %ld\n", l->nr, l->arg[0], l->arg[1],
		l->arg[2], l->arg[3], l->arg[4], l->arg[5], l->result);
}

static void show_last_calls(void)
{
	for (uint64_t i = call_n > LOG_N ? call_n - LOG_N : 0; i < call_n; i++)
		show_call(&calls[i % LOG_N]);
}

/* Returns what libc's syscall returns. */
static long do_call(long nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f)
{
	struct logged *l = &calls[call_n++ % LOG_N];

	*l = (struct logged){ nr, 0, { a, b, c, d, e, f } };
	if (verbose)
		show_call(l);
	l->result = syscall(nr, a, b, c, d, e, f);
	return l->result;
}

/* CALL - with as many arguments as it has, at most six. */
#define CALL(nr, ...) CALL_(nr, __VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define CALL_(nr, a, b, c, d, e, f, ...)                                                           \
	do_call(nr, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), (uint64_t)(d), (uint64_t)(e),     \
		(uint64_t)(f))

/* ---- memory ----------------------------------------------------------------------------------- */

/* Nothing of the program's own lies near these two, so that no call can harm it. One stays; behind it there
 * is a hole. The pages of the other one come and go, and change their rights. */
#define SCRATCH     0x300000000000ull
#define SCRATCH_LEN (64 * PAGE)
#define ARENA       0x200000000000ull
#define ARENA_PAGES 64

static uint8_t writable[ARENA_PAGES]; /* as far as this program knows */

static int can_store(uint64_t at)
{
	if (at >= SCRATCH && at < SCRATCH + SCRATCH_LEN)
		return 1;
	return at >= ARENA && at < ARENA + ARENA_PAGES * PAGE && writable[(at - ARENA) / PAGE];
}

/* As much of it as there is memory for. */
static void store(uint64_t at, const void *data, size_t len)
{
	for (size_t n; len > 0; at += n, data = (const char *)data + n, len -= n) {
		n = PAGE - at % PAGE < len ? PAGE - at % PAGE : len;
		if (can_store(at))
			memcpy((void *)at, data, n);
	}
}

static uint64_t bad_address(void)
{
	static const uint64_t bad[] = { 0, 1, 8, 0xfff, 0x1000, 0x7fffffff0000, 0x7ffffffeffff,
		0x7ffffffefff8, 0x800000000000, 0xffff800000000000, 0xffff800000100000,
		0xffffffff80000000, 0xffffffff80101000, UINT64_MAX, UINT64_MAX - 7,
		SCRATCH + SCRATCH_LEN, SCRATCH - 1 };

	return PICK(bad);
}

static uint64_t arena_address(void)
{
	return ARENA + below(ARENA_PAGES) * PAGE;
}

/* Where len bytes may be: mostly they can. */
static uint64_t address(size_t len)
{
	uint64_t at = SCRATCH + below(SCRATCH_LEN - (len < SCRATCH_LEN ? len : SCRATCH_LEN) + 1);

	switch (below(24)) {
	case 0:
		return bad_address();
	case 1:
		return arena_address() + below(PAGE);
	case 2: /* across the end of a page, or up to it */
		return arena_address() + PAGE - below(len + 1);
	case 3:
		return SCRATCH + SCRATCH_LEN - below(len + 2);
	case 4:
		return at;
	default:
		return at & ~7ull;
	}
}

/* These bytes, somewhere. */
static uint64_t place(const void *data, size_t len)
{
	uint64_t at = address(len);

	store(at, data, len);
	return at;
}

/* The same where they can be read for certain. */
static uint64_t place_well(const void *data, size_t len)
{
	uint64_t at = SCRATCH + below(SCRATCH_LEN - len) / 8 * 8;

	store(at, data, len);
	return at;
}

static void fill(void *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		((uint8_t *)at)[i] = (uint8_t)next();
}
