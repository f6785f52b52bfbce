/* SPDX-License-Identifier: MIT
 * test_histogram.c - counts by duration: quantiles against sorted values, edges of buckets.
 * Not here: measuring (tests/boot/test_receiver.py).
 * cmocka calls in.
 * Source: none. */
#include "user/lib/histogram.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct histogram h;

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void test_empty_and_one(void **state)
{
	memset(&h, 0, sizeof(h));
	assert_int_equal(histogram_quantile(&h, 500), 0);
	histogram_add(&h, 123456);
	for (unsigned q = 0; q <= 1000; q += 100)
		assert_int_equal(histogram_quantile(&h, q), 123456);
	assert_int_equal(h.least, 123456);
}

/* Small ones have a bucket each. */
static void test_small_values_are_exact(void **state)
{
	memset(&h, 0, sizeof(h));
	for (uint64_t ns = 0; ns < 64; ns++)
		histogram_add(&h, ns);
	assert_int_equal(histogram_quantile(&h, 500), 31);
	assert_int_equal(histogram_quantile(&h, 1000), 63);
	assert_int_equal(h.least, 0);
}

/* Each value alone: the quantile is it, or at most 1/32 above, and never below. */
static void test_every_power_of_two_and_around(void **state)
{
	for (unsigned power = 1; power < 64; power++) {
		for (int64_t off = -1; off <= 1; off++) {
			uint64_t ns = (1ull << power) + (uint64_t)off, q;

			memset(&h, 0, sizeof(h));
			histogram_add(&h, ns);
			histogram_add(&h, UINT64_MAX);
			q = histogram_quantile(&h, 500);
			assert_true(q >= ns && q - ns <= ns / 32);
		}
	}
}

static void test_random_values(void **state)
{
	enum {
		N = 5000
	};
	static uint64_t values[N];

	srand(2);
	memset(&h, 0, sizeof(h));
	for (unsigned i = 0; i < N; i++) {
		values[i] = (uint64_t)rand() << (rand() % 20);
		histogram_add(&h, values[i]);
	}
	qsort(values, N, sizeof(values[0]), by_size);
	for (unsigned q = 1; q <= 1000; q++) {
		uint64_t exact = values[(N * q + 999) / 1000 - 1], told = histogram_quantile(&h, q);

		assert_true(told >= exact && told - exact <= exact / 32);
	}
	assert_int_equal(h.n, N);
	assert_int_equal(h.least, values[0]);
	assert_int_equal(h.most, values[N - 1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty_and_one),
		cmocka_unit_test(test_small_values_are_exact),
		cmocka_unit_test(test_every_power_of_two_and_around),
		cmocka_unit_test(test_random_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
