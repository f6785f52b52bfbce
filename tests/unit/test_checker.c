/* SPDX-License-Identifier: MIT
 * test_checker.c - numbered streams as they arrive: what was lost, came twice, late, and how evenly; stamps.
 * Not here: sockets (tests/boot/test_receiver.py).
 * cmocka calls in.
 * Source: RFC 3550 A.8, RFC 4737 4.2. */
#include "user/lib/checker.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define FROM(address) ((uint64_t)(address) << 16 | 4747)

static uint16_t run; /* each test is a run of its own; the checker keeps the earlier ones */

static void take(uint32_t number)
{
	const struct stamp stamp = { STAMP_DATA, run, 0, number, 0 };

	checker_take(FROM(10), &stamp, 0);
}

/* What these numbers add to the totals. */
static struct totals totals_of(const uint32_t *numbers, size_t n)
{
	struct totals before = checker_totals(), after;

	run++;
	for (size_t i = 0; i < n; i++)
		take(numbers[i]);
	after = checker_totals();
	return (struct totals){
		.streams = after.streams - before.streams,
		.received = after.received - before.received,
		.lost = after.lost - before.lost,
		.twice = after.twice - before.twice,
		.out_of_order = after.out_of_order - before.out_of_order,
		.old = after.old - before.old,
	};
}

#define TOTALS_OF(...)                                                                             \
	totals_of((const uint32_t[]){ __VA_ARGS__ }, sizeof((uint32_t[]){ __VA_ARGS__ }) / 4)

static void expect(struct totals t, uint64_t received, uint64_t lost, uint64_t twice, uint64_t late)
{
	assert_int_equal(t.streams, 1);
	assert_int_equal(t.received, received);
	assert_int_equal(t.lost, lost);
	assert_int_equal(t.twice, twice);
	assert_int_equal(t.out_of_order, late);
	assert_int_equal(t.old, 0);
}

static void test_short_streams(void **state)
{
	expect(TOTALS_OF(0), 1, 0, 0, 0);
	expect(TOTALS_OF(0, 1, 2, 3), 4, 0, 0, 0);
	expect(TOTALS_OF(1, 2, 3), 3, 1, 0, 0); /* it counts from 0 */
	expect(TOTALS_OF(0, 3), 2, 2, 0, 0);
	expect(TOTALS_OF(0, 0), 1, 0, 1, 0);
	expect(TOTALS_OF(0, 2, 1), 3, 0, 0, 1);
	expect(TOTALS_OF(0, 2, 1, 1, 2, 5), 4, 2, 2, 1);
	expect(TOTALS_OF(2, 1, 0), 3, 0, 0, 2);
}

static void test_edges_of_the_window(void **state)
{
	struct totals t = TOTALS_OF(0, CHECKER_WINDOW, 1);

	expect(t, 3, CHECKER_WINDOW - 2, 0, 1); /* the oldest that is still known */
	t = TOTALS_OF(0, CHECKER_WINDOW, 0);
	assert_int_equal(t.old, 1); /* one older: it may have come before */
	assert_int_equal(t.out_of_order, 1);
	assert_int_equal(t.twice, 0);
	t = TOTALS_OF(0, 1, CHECKER_WINDOW * 3, CHECKER_WINDOW * 3 - 1, CHECKER_WINDOW * 3);
	expect(t, 4, CHECKER_WINDOW * 3 - 3, 1, 1);
}

/* Against a model that remembers all: numbers shuffled, left out and repeated. */
static void test_random_streams(void **state)
{
	enum {
		N = 2 * CHECKER_WINDOW + 500
	};
	static uint32_t numbers[2 * N];

	srand(1);
	for (int round = 0; round < 60; round++) {
		bool seen[N] = { false };
		uint64_t received = 0, twice = 0, late = 0;
		uint32_t n = 0, next = 0;

		for (uint32_t i = 0; i < N; i++)
			for (int copies = rand() % 8 ? 1 : rand() % 3; copies > 0; copies--)
				numbers[n++] = i;
		for (uint32_t i = 0; i + 30 < n; i++) {
			uint32_t other = i + (uint32_t)(rand() % 30), kept = numbers[i];

			numbers[i] = numbers[other];
			numbers[other] = kept;
		}
		for (uint32_t i = 0; i < n; i++) {
			uint32_t number = numbers[i];

			twice += seen[number];
			received += !seen[number];
			late += !seen[number] && number < next;
			seen[number] = true;
			next = number >= next ? number + 1 : next;
		}
		expect(totals_of(numbers, n), received, next - received, twice, late);
	}
}

/* The stamp has 32 bits; the stream goes on. */
static void test_number_that_begins_again(void **state)
{
	struct totals before, after;

	run++;
	before = checker_totals();
	for (uint64_t n = 0; n <= 0x180000000; n += 0x40000000)
		take((uint32_t)n);
	after = checker_totals();
	assert_int_equal(after.received - before.received, 7);
	assert_int_equal(after.lost - before.lost, 0x180000001 - 7);
	assert_int_equal(after.out_of_order - before.out_of_order, 0);
}

static void test_streams_are_told_apart(void **state)
{
	struct totals before = checker_totals(), after;

	run++;
	for (uint32_t number = 0; number < 3; number++) {
		for (uint16_t flow = 0; flow < 5; flow++) {
			const struct stamp stamp = { STAMP_DATA, run, flow, number, 0 };

			checker_take(FROM(10), &stamp, 0);
			checker_take(FROM(10) + 1, &stamp, 0); /* another port */
			checker_take(FROM(11), &stamp, 0);
		}
	}
	after = checker_totals();
	assert_int_equal(after.streams - before.streams, 15);
	assert_int_equal(after.received - before.received, 45);
	assert_int_equal(after.lost + after.twice + after.out_of_order,
		before.lost + before.twice + before.out_of_order);
	assert_int_equal(checker_received(10, run), 30);
	assert_int_equal(checker_received(11, run), 15);
	assert_int_equal(checker_received(11, (uint16_t)(run + 1)), 0);
}

/* RFC 3550 A.8, worked out by hand: the transit times are 5, 21, 5 ms: |D| 16, 16; J = 1, 1 + 15/16. */
static void test_jitter(void **state)
{
	static const uint64_t sent[] = { 0, 1000000, 2000000 };
	static const uint64_t arrived[] = { 5000000, 22000000, 7000000 };

	run++;
	for (uint32_t i = 0; i < 3; i++) {
		const struct stamp stamp = { STAMP_DATA, run, 0, i, sent[i] };

		checker_take(FROM(12), &stamp, arrived[i]);
	}
	assert_in_range(checker_totals().jitter_ns, 1937499, 1937501);
}

static void test_stamps(void **state)
{
	const struct stamp stamp = { STAMP_QUESTION, 0x1234, 0x5678, 0x9abcdef0,
		0x1122334455667788 };
	static const uint8_t wire[] = { 'm', 'q', 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0,
		0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88 };
	uint8_t payload[QUESTION_LEN] = { 0 };
	struct stamp read;

	stamp_write(payload, &stamp);
	assert_memory_equal(payload, wire, sizeof(wire));
	assert_true(stamp_read(payload, QUESTION_LEN, &read));
	assert_int_equal(read.kind, stamp.kind);
	assert_int_equal(read.run, stamp.run);
	assert_int_equal(read.flow, stamp.flow);
	assert_int_equal(read.number, stamp.number);
	assert_int_equal(read.sent_ns, stamp.sent_ns);
	stamp_set_received(payload, 0x0102030405060708);
	assert_int_equal(payload[18], 1);
	assert_int_equal(stamp_received(payload), 0x0102030405060708);
	assert_false(stamp_read(payload, QUESTION_LEN - 1, &read)); /* no room for the answer */
	payload[1] = 'd';
	assert_true(stamp_read(payload, STAMP_LEN, &read));
	assert_false(stamp_read(payload, STAMP_LEN - 1, &read));
	payload[1] = 'x';
	assert_false(stamp_read(payload, STAMP_LEN, &read));
	assert_false(stamp_read((const uint8_t *)"muffin muffin muffin", 20, &read));
}

/* Last: the table is full after it. */
static void test_more_streams_than_there_is_room_for(void **state)
{
	uint64_t free = CHECKER_STREAMS - checker_totals().streams;
	struct stamp stamp = { STAMP_DATA, 0, 0, 0, 0 };

	for (uint32_t i = 0; i < free + 3; i++)
		checker_take(FROM(1000 + i), &stamp, 0);
	assert_int_equal(checker_totals().streams, CHECKER_STREAMS);
	assert_int_equal(checker_totals().unknown, 3);
	stamp.number = 1;
	checker_take(FROM(1000), &stamp, 0); /* those that are known go on */
	assert_int_equal(checker_totals().unknown, 3);
	assert_int_equal(checker_received(1000, 0), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_short_streams),
		cmocka_unit_test(test_edges_of_the_window),
		cmocka_unit_test(test_random_streams),
		cmocka_unit_test(test_number_that_begins_again),
		cmocka_unit_test(test_streams_are_told_apart),
		cmocka_unit_test(test_jitter),
		cmocka_unit_test(test_stamps),
		cmocka_unit_test(test_more_streams_than_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
