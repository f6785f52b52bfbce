/* SPDX-License-Identifier: MIT
 * test_options.c - command lines of the programs of user/: ways to write an option, each refusal, values.
 * Not here: what the programs do with them (tests/boot/test_receiver.py).
 * cmocka calls in.
 * Source: POSIX.1-2017 12.2. */
#include "user/lib/options.h"
#include "user/lib/values.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static struct {
	uint64_t count, time_ns;
	struct rate rate;
	struct range ports, addresses;
	uint32_t address;
	const char *file;
	bool echo, quiet;
} got;

static const struct option options[] = {
	{ 'c', "count", "<n>", "how many", take_number, .least = 1, .most = 10, .to = &got.count },
	{ 't', "time", "<time>", "how long", take_duration, EXPECTED_DURATION, .to = &got.time_ns },
	{ 'r', "rate", "<rate>", "how fast", take_rate, EXPECTED_RATE, .to = &got.rate },
	{ 'p', "port", "<ports>", "where to", take_range, EXPECTED_PORTS, 1, 65535, &got.ports },
	{ 'a', "address", "<address>", "whose", take_address, EXPECTED_ADDRESS,
		.to = &got.address },
	{ 0, "hosts", "<addresses>", "whom", take_addresses, EXPECTED_ADDRESSES,
		.to = &got.addresses },
	{ 'f', "file", "<name>", "what", take_text, "a name", .to = &got.file },
	{ 'e', "echo", NULL, "back", .to = &got.echo },
	{ 'q', "quiet", NULL, "less", .to = &got.quiet },
	{ .name = NULL },
};

static const struct program program = { "test", "<host>", "Tests.\n", "More.\n", options };

static char said[4096];

/* options_read of these words; what it wrote to stdout and stderr is in said. */
static int read_words(char *words)
{
	char *argv[16] = { "test" };
	int argc = 1, result, out = dup(1), err = dup(2);
	FILE *file = tmpfile();

	memset(&got, 0, sizeof(got));
	for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	fflush(stdout);
	dup2(fileno(file), 1);
	dup2(fileno(file), 2);
	result = options_read(&program, argc, argv);
	fflush(stdout);
	dup2(out, 1);
	dup2(err, 2);
	close(out);
	close(err);
	rewind(file);
	said[fread(said, 1, sizeof(said) - 1, file)] = '\0';
	fclose(file);
	return result;
}

static int read_line(const char *line)
{
	char words[256];

	snprintf(words, sizeof(words), "%s", line);
	return read_words(words);
}

static void test_ways_to_write_one(void **state)
{
	static const char *const ways[] = { "count=7 host", "--count=7 host", "--count 7 host",
		"-c 7 host", "-c7 host", "-c 7 -- host" };

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		int at = read_line(ways[i]);

		assert_in_range(at, 2, 4);
		assert_int_equal(got.count, 7);
		assert_string_equal(said, "");
	}
}

static void test_flags(void **state)
{
	assert_int_equal(read_line("-eq host"), 2);
	assert_true(got.echo && got.quiet);
	assert_int_equal(read_line("--echo host"), 2);
	assert_true(got.echo && !got.quiet);
	assert_int_equal(read_line("-ec 3 host"), 3);
	assert_true(got.echo && got.count == 3);
}

static void test_where_they_end(void **state)
{
	assert_int_equal(read_line(""), 1);
	assert_int_equal(read_line("host count=5"), 1); /* an operand: not an option */
	assert_int_equal(got.count, 0);
	assert_int_equal(read_line("-- count=5"), 2);
	assert_int_equal(got.count, 0);
	assert_int_equal(read_line("-"), 1);
}

static void refused(const char *line, const char *what)
{
	assert_int_equal(read_line(line), OPTIONS_BAD);
	assert_string_equal(said, what);
}

static void test_refusals(void **state)
{
	refused("count=11", "test: count '11': expected a number from 1 to 10\n");
	refused("count=0", "test: count '0': expected a number from 1 to 10\n");
	refused("count=", "test: count '': expected a number from 1 to 10\n");
	refused("--count", "test: count has no value: expected a number from 1 to 10\n");
	refused("-c", "test: count has no value: expected a number from 1 to 10\n");
	refused("--echo=yes", "test: echo takes no value, but has 'yes'\n");
	refused("echo=yes", "test: echo takes no value, but has 'yes'\n");
	refused("time=1x", "test: time '1x': expected " EXPECTED_DURATION "\n");
	refused("address=10.0.0", "test: address '10.0.0': expected an IPv4 address\n");
	refused("cuont=1",
		"test: there is no option 'cuont=1': expected count=, time=, rate=, port=, "
		"address=, hosts=, file=, --echo, --quiet or --help\n");
	assert_int_equal(read_line("-z"), OPTIONS_BAD);
	assert_int_equal(read_line("--cou"), OPTIONS_BAD);
	assert_int_equal(read_line("-ez"), OPTIONS_BAD);
}

static void test_help(void **state)
{
	assert_int_equal(read_line("count=3 --help"), OPTIONS_HELP);
	assert_non_null(strstr(said, "usage: test [option ...] <host>\nTests.\n"));
	assert_non_null(strstr(said, "\n  -c, count=<n>            how many\n"));
	assert_non_null(strstr(said, "\n      hosts=<addresses>    whom\n"));
	assert_non_null(strstr(said, "\n  -e, --echo               back\n"));
	assert_non_null(strstr(said, "\nMore.\n"));
}

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		uint64_t number;
	} right[] = { { "0", 0 }, { "1k", 1000 }, { "2M", 2000000 }, { "1.5k", 1500 },
		{ "0x1f", 31 }, { "0xFF", 255 }, { "18446744073709551615", UINT64_MAX },
		{ "0xffffffffffffffff", UINT64_MAX }, { "007", 7 } };
	static const char *const wrong[] = { "", "-1", "+1", " 1", "1 ", "k", "0x", "0xg", "1e3",
		"18446744073709551616", "18446744073709551615k", "0x1ffffffffffffffff", "1.",
		"99999999999999999999999999999999", "1..5", ".5" };
	uint64_t number;

	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
		assert_true(value_number(right[i].text, 0, UINT64_MAX, &number));
		assert_int_equal(number, right[i].number);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(value_number(wrong[i], 0, UINT64_MAX, &number));
}

static void test_durations(void **state)
{
	uint64_t ns;

	assert_true(value_duration("2", &ns) && ns == 2 * NS_PER_S);
	assert_true(value_duration("1.25ms", &ns) && ns == 1250000);
	assert_true(value_duration("0.000000001s", &ns) && ns == 1);
	assert_true(value_duration("90m", &ns) && ns == 5400 * NS_PER_S);
	assert_false(value_duration("0", &ns));
	assert_false(value_duration("0.1ns", &ns));
	assert_false(value_duration("1001h", &ns));
	assert_false(value_duration("s", &ns));
}

static void test_rates(void **state)
{
	struct rate rate;

	assert_true(value_rate("max", &rate) && !rate.packets && !rate.bits);
	assert_true(value_rate("10", &rate) && rate.packets == 10 && !rate.bits);
	assert_true(value_rate("1.5mpps", &rate) && rate.packets == 1500000);
	assert_true(value_rate("100mbit", &rate) && rate.bits == 100000000 && !rate.packets);
	assert_false(value_rate("0", &rate));
	assert_false(value_rate("0bit", &rate));
	assert_false(value_rate("2000mpps", &rate)); /* less than a nanosecond each */
	assert_false(value_rate("10mb", &rate));
	assert_false(value_rate("", &rate));
}

static void test_ranges(void **state)
{
	struct range r;

	assert_true(value_range("9", 1, 10, &r) && r.first == 9 && r.last == 9);
	assert_true(value_range("2-9", 1, 10, &r) && r.first == 2 && r.last == 9);
	assert_false(value_range("9-2", 1, 10, &r));
	assert_false(value_range("2-11", 1, 10, &r));
	assert_false(value_range("2-", 1, 10, &r));
	assert_false(value_range("-2", 1, 10, &r));
	assert_false(value_range("2-3-4", 1, 10, &r));
	assert_false(value_range("000000000000000000000000000001", 1, 10, &r));
}

static void test_addresses(void **state)
{
	struct range r;
	uint32_t a;

	assert_true(value_address("10.0.2.15", &a) && a == 0x0a00020f);
	assert_false(value_address("10.0.2.256", &a));
	assert_true(value_addresses("10.0.0.1", &r) && r.first == 0x0a000001 && r.last == r.first);
	assert_true(value_addresses("10.0.0.1-10.0.1.0", &r) && r.last == 0x0a000100);
	assert_true(value_addresses("10.0.0.77/24", &r) && r.first == 0x0a000000 &&
		    r.last == 0x0a0000ff);
	assert_true(
		value_addresses("10.0.0.77/32", &r) && r.first == 0x0a00004d && r.last == r.first);
	assert_false(value_addresses("10.0.0.0/0", &r));
	assert_false(value_addresses("10.0.0.0/33", &r));
	assert_false(value_addresses("10.0.0.9-10.0.0.1", &r));
	assert_false(value_addresses("10.0.0.1-", &r));
	assert_false(value_addresses("", &r));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ways_to_write_one),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_where_they_end),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
