/* SPDX-License-Identifier: MIT
 * test_blast.c - muffin-blast's parts: plan, pace, search, commands, captures, what limited a run.
 * Not here: sockets (tests/boot/test_blast.py).
 * cmocka calls in.
 * Source: IEEE 802.3, RFC 2544 26.1, draft-ietf-opsawg-pcap. */
#include "user/blast/account.h"
#include "user/blast/control.h"
#include "user/blast/pace.h"
#include "user/blast/pcap.h"
#include "user/blast/plan.h"
#include "user/blast/search.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

/* ---- plan --------------------------------------------------------------------------------- */

static void test_flows_take_turns(void **state)
{
	const struct plan plan = { .size = { 18, 20 },
		.port = { 10, 11 },
		.address = { 100, 102 },
		.source = { 50, 53 } };
	uint64_t flows = plan_flows(&plan);

	assert_int_equal(flows, 2 * 3 * 4);
	for (uint64_t k = 0; k < 3 * flows; k++) {
		struct item item = plan_item(&plan, flows, k);

		assert_int_equal(item.flow, k % 24);
		assert_int_equal(item.number, k / 24);
		assert_int_equal(item.port, 10 + k % 2);
		assert_int_equal(item.address, 100 + k / 2 % 3);
		assert_int_equal(item.source_index, k / 6 % 4);
		assert_int_equal(item.size, 18 + k % 3);
	}
}

static void test_fewer_flows(void **state)
{
	struct plan plan = { .size = { 18, 18 }, .port = { 1, 100 }, .flows = 7 };

	assert_int_equal(plan_flows(&plan), 7);
	assert_int_equal(plan_item(&plan, 7, 7).port, 1);
	plan.flows = 1000;
	assert_int_equal(plan_flows(&plan), 100);
}

static void test_imix(void **state)
{
	struct plan plan = { .port = { 1, 1 } };
	unsigned small = 0, middle = 0, large = 0;

	for (uint64_t k = 0; k < 1200; k++) {
		uint32_t size = plan_size(&plan, k);

		small += size == 18;
		middle += size == 548;
		large += size == 1472;
	}
	assert_int_equal(small, 700);
	assert_int_equal(middle, 400);
	assert_int_equal(large, 100);
	assert_int_equal(plan_size_max(&plan), 1472);
}

/* ---- pace --------------------------------------------------------------------------------- */

static void test_plan_does_not_drift(void **state)
{
	struct pace pace;

	pace_start(&pace, (struct rate){ .packets = 3 }, 1000);
	for (uint64_t k = 0; k < 3000; k++) {
		assert_int_equal(pace_due_ns(&pace), 1000 + k * NS_PER_S / 3);
		pace_take(&pace, 60);
	}
	pace_start(&pace, (struct rate){ .bits = 10000000000 }, 0);
	for (uint64_t k = 0; k < 100; k++)
		pace_take(&pace, 1514);
	assert_int_equal(pace_due_ns(&pace), 100 * 1514 * 8 / 10);
	pace.done = 864000ull * 10000000000; /* ten days of it */
	assert_int_equal(pace_due_ns(&pace), 864000ull * NS_PER_S);
}

static void test_no_rate(void **state)
{
	struct pace pace;

	pace_start(&pace, (struct rate){ .packets = 0 }, 5);
	pace_take(&pace, 60);
	assert_int_equal(pace_due_ns(&pace), 0);
	pace_forgive(&pace, 99);
	assert_int_equal(pace_due_ns(&pace), 0);
}

static void test_what_is_forgiven(void **state)
{
	struct pace pace;

	pace_start(&pace, (struct rate){ .packets = 10 }, 0);
	pace_take(&pace, 60);
	pace_forgive(&pace, NS_PER_S);
	assert_int_equal(pace_due_ns(&pace), NS_PER_S);
	pace_take(&pace, 60);
	pace_forgive(&pace, NS_PER_S); /* it is not late: nothing changes */
	assert_int_equal(pace_due_ns(&pace), NS_PER_S + NS_PER_S / 10);
}

static void test_frames(void **state)
{
	assert_int_equal(frame_bytes(0), 60);
	assert_int_equal(frame_bytes(18), 60);
	assert_int_equal(frame_bytes(19), 61);
	assert_int_equal(frame_bytes(1472), 1514);
	assert_int_equal(frame_bytes(1473), 1514 + 60);    /* the last fragment has one byte */
	assert_int_equal(frame_bytes(2960 - 8), 2 * 1514); /* both full */
	assert_int_equal(frame_bytes(65507), 44 * 1514 + 34 + 395); /* 65515 = 44 * 1480 + 395 */
	assert_int_equal(wire_bits(60), 84 * 8);                    /* 14.88 Mpps at 10 Gbit/s */
	assert_int_equal(wire_bits(1514), 1538 * 8);
}

/* ---- search ------------------------------------------------------------------------------- */

/* The answer for a receiver that takes so many. */
static uint64_t found(uint64_t most, uint64_t capacity, unsigned *trials)
{
	struct search s;

	search_start(&s, most);
	*trials = 0;
	do {
		assert_in_range(s.rate, 1, most);
		assert_true(++*trials < 70);
	} while (search_next(&s, s.rate <= capacity));
	return s.low;
}

static void test_search(void **state)
{
	unsigned trials;

	assert_int_equal(found(1000000, 2000000, &trials), 1000000); /* one trial is enough */
	assert_int_equal(trials, 1);
	for (uint64_t capacity = 1; capacity < 1000000; capacity = capacity * 3 + 1) {
		uint64_t answer = found(1000000, capacity, &trials);

		assert_in_range(answer, capacity - capacity / 100, capacity);
		assert_true(trials <= 28);
	}
	assert_int_equal(found(1000, 0, &trials), 0);
	assert_int_equal(found(1, 1, &trials), 1);
}

/* ---- commands ----------------------------------------------------------------------------- */

static char problem[256];

static bool parse(const char *text, struct command *command)
{
	problem[0] = '\0';
	return control_parse(text, strlen(text), command, problem, sizeof(problem));
}

static void test_commands(void **state)
{
	struct command c;

	assert_true(parse("start", &c) && c.kind == COMMAND_START);
	assert_true(parse(" stop\r\n", &c) && c.kind == COMMAND_STOP);
	assert_true(parse("counters\n", &c) && c.kind == COMMAND_COUNTERS);
	assert_true(parse("end", &c) && c.kind == COMMAND_END);
	assert_true(
		parse("rate 10kpps\n", &c) && c.kind == COMMAND_RATE && c.rate.packets == 10000);
	assert_true(parse("rate max", &c) && !c.rate.packets && !c.rate.bits);
	assert_false(parse("rate fast", &c));
	assert_string_equal(problem, "rate 'fast': expected " EXPECTED_RATE);
	assert_false(parse("go", &c));
	assert_string_equal(problem, "there is no command 'go': expected start, stop, rate <rate>, "
				     "counters or end");
	assert_false(parse("", &c));
	assert_false(parse("start\nstop", &c));
	assert_false(control_parse("start", 4, &c, problem, sizeof(problem)));
	assert_false(parse(
		"rate 111111111111111111111111111111111111111111111111111111111111111111", &c));
	assert_string_equal(problem, "expected a line of at most 63 printable characters");
}

static void test_who_may_steer(void **state)
{
	struct allowed allowed;
	const struct option option = { .to = &allowed };

	assert_true(take_allowed("10.0.0.1,10.0.2.0/24,10.0.3.5-10.0.3.7", &option));
	assert_int_equal(allowed.n, 3);
	assert_true(control_allows(&allowed, 0x0a000001));
	assert_false(control_allows(&allowed, 0x0a000002));
	assert_true(control_allows(&allowed, 0x0a0002ff));
	assert_true(control_allows(&allowed, 0x0a000306));
	assert_false(control_allows(&allowed, 0x0a000308));
	assert_false(take_allowed("10.0.0.1,", &option));
	assert_false(take_allowed(",", &option));
	assert_false(take_allowed(
		"1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,"
		"1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1",
		&option));
}

static void test_endpoints(void **state)
{
	struct sockaddr_in to;
	const struct option option = { .to = &to };

	assert_true(take_endpoint("10.0.2.2:99", &option));
	assert_int_equal(ntohl(to.sin_addr.s_addr), 0x0a000202);
	assert_int_equal(ntohs(to.sin_port), 99);
	assert_false(take_endpoint("10.0.2.2", &option));
	assert_false(take_endpoint("10.0.2.2:", &option));
	assert_false(take_endpoint("10.0.2.2:0", &option));
	assert_false(take_endpoint(":99", &option));
	assert_false(take_endpoint("1000.1000.1000.1000:99", &option));
}

/* ---- captures ----------------------------------------------------------------------------- */

static uint8_t file[256];
static size_t file_len;

static void put(uint32_t value, bool swapped)
{
	value = swapped ? __builtin_bswap32(value) : value;
	memcpy(file + file_len, &value, 4);
	file_len += 4;
}

static void put_header(uint32_t magic, uint32_t link, bool swapped)
{
	file_len = 0;
	put(magic, swapped);
	for (int i = 0; i < 4; i++)
		put(0, swapped);
	put(link, swapped);
}

static void put_frame(uint32_t s, uint32_t unit, uint32_t len, uint32_t whole, bool swapped)
{
	put(s, swapped);
	put(unit, swapped);
	put(len, swapped);
	put(whole, swapped);
	memset(file + file_len, (int)len, len);
	file_len += len;
}

static void test_captures(void **state)
{
	struct pcap pcap;
	struct pcap_frame frame;

	for (int way = 0; way < 4; way++) {
		bool swapped = way & 1, ns = way & 2;

		put_header(ns ? 0xa1b23c4d : 0xa1b2c3d4, 1, swapped);
		put_frame(5, 7, 14, 14, swapped);
		put_frame(6, 0, 60, 60, swapped);
		assert_int_equal(pcap_open(&pcap, file, file_len, problem, sizeof(problem)), 0);
		assert_int_equal(pcap_next(&pcap, &frame, problem, sizeof(problem)), 1);
		assert_int_equal(frame.len, 14);
		assert_int_equal(frame.bytes[13], 14);
		assert_int_equal(frame.ns, 5 * NS_PER_S + (ns ? 7 : 7000));
		assert_int_equal(pcap_next(&pcap, &frame, problem, sizeof(problem)), 1);
		assert_int_equal(frame.len, 60);
		assert_int_equal(pcap_next(&pcap, &frame, problem, sizeof(problem)), 0);
	}
}

static void refused(const char *what)
{
	struct pcap pcap;
	struct pcap_frame frame;
	int answer = pcap_open(&pcap, file, file_len, problem, sizeof(problem));

	while (answer == 0 && pcap_next(&pcap, &frame, problem, sizeof(problem)) == 1)
		;
	assert_non_null(strstr(problem, what));
}

static void test_captures_that_are_refused(void **state)
{
	put_header(0xa1b2c3d4, 1, false);
	file_len--;
	refused("expected a header of 24 bytes");
	put_header(0x0a0d0d0a, 1, false);
	refused("expected pcap ('editcap -F pcap' converts it)");
	put_header(0x12345678, 1, false);
	refused("expected it to begin with a1b2c3d4");
	put_header(0xa1b2c3d4, 113, false);
	refused("expected link type 1");
	put_header(0xa1b2c3d4, 1, false);
	put_frame(0, 0, 60, 60, false);
	put_frame(0, 0, 60, 61, false);
	refused("frame 2: only 60 of its 61 bytes are there");
	put_header(0xa1b2c3d4, 1, false);
	put_frame(0, 0, 13, 13, false);
	refused("frame 1: 13 bytes, expected 14 to 65535");
	put_header(0xa1b2c3d4, 1, false);
	put_frame(0, 0, 60, 60, false);
	file_len--;
	refused("frame 1: the file ends inside it");
	file_len = 24 + 15;
	refused("frame 1: the file ends inside it");
	put_header(0xa1b2c3d4, 1, false);
	put(0, false);
	put(0, false);
	put(UINT32_MAX, false);
	put(UINT32_MAX, false);
	refused("frame 1: the file ends inside it");
}

/* ---- the account -------------------------------------------------------------------------- */

static void test_what_limited(void **state)
{
	struct account a = { .run_ns = 100 };

	assert_string_equal(account_limit(&a, 1000), "CPU");
	a.ring_ns = 5; /* not more than a twentieth */
	assert_string_equal(account_limit(&a, 1000), "CPU");
	a.ring_ns = 60;
	a.wire_bits = 1;
	assert_string_equal(account_limit(&a, 11000000), "link"); /* one bit in 100 ns */
	assert_string_equal(account_limit(&a, 1000), "link");
	a.wire_bits = 0;
	assert_string_equal(account_limit(&a, 1000000000), "ring");
	a.window_ns = 70;
	assert_string_equal(account_limit(&a, 1000), "receiver");
	a.kept = true;
	assert_string_equal(account_limit(&a, 1000), "pacing");
}

static void test_json(void **state)
{
	struct account a = { .sent = 5,
		.bytes = 90,
		.frame_bits = 2400,
		.run_ns = 3 * NS_PER_S,
		.stopped_ns = NS_PER_S,
		.paced_ns = NS_PER_S,
		.kept = true,
		.flows = 2 };
	char text[512];
	size_t len = account_json(&a, 1, text, sizeof(text));

	assert_int_equal(len, strlen(text));
	assert_string_equal(text,
		"{\"sent\":5,\"bytes\":90,\"seconds\":2.000000,\"per_second\":2.5,"
		"\"mbit\":0.001,\"flows\":2,\"limit\":\"pacing\",\"paced_percent\":50,"
		"\"ring_percent\":0,\"receiver_percent\":0}");
	memset(&a, 0xff, sizeof(a)); /* the longest there can be */
	a.asked = true;
	a.kept = false;
	a.stopped_ns = 0;
	assert_true(account_json(&a, 1, text, sizeof(text)) < sizeof(text) - 2);
	assert_int_equal(text[strlen(text) - 1], '}');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flows_take_turns),
		cmocka_unit_test(test_fewer_flows),
		cmocka_unit_test(test_imix),
		cmocka_unit_test(test_plan_does_not_drift),
		cmocka_unit_test(test_no_rate),
		cmocka_unit_test(test_what_is_forgiven),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_search),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_who_may_steer),
		cmocka_unit_test(test_endpoints),
		cmocka_unit_test(test_captures),
		cmocka_unit_test(test_captures_that_are_refused),
		cmocka_unit_test(test_what_limited),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
