/* SPDX-License-Identifier: MIT
 * test_fib_file.c - a routes file is taken as meant, or refused with line, word and reason.
 * Not here: the initrd it lies in.
 * cmocka calls in; it calls routes_file.c and looks the routes up.
 * Source: the format in net/config/routes_file.h. */
#include "net/config/routes_file.h"
#include "net/fib/table.h"
#include "bench/fib/synth.h"
#include "tests/unit/host_machine.h"
#include "tests/unit/test_fib_oracle.h"
#include "tests/unit/trie_walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static unsigned asked;

/* There are eth0 and eth1. */
static struct net_device *dev_of(void *arg, struct text name, int *oif)
{
	asked++;
	if (!text_eq(name, "eth0") && !text_eq(name, "eth1"))
		return NULL;
	*oif = name.at[3] - '0' + 1;
	return (struct net_device *)(uintptr_t)(0x1000 * *oif);
}

/* The text without a closing zero, in memory of exactly its size, so that reading on is caught. */
static ssize load(const char *s, struct fib_file_error *err)
{
	size_t len = strlen(s);
	char *copy = malloc(len + 1);

	memmove(copy, s, len);
	copy = realloc(copy, len ? len : 1);
	ssize n = fib_file_load(tb, (struct text){ copy, len }, dev_of, NULL, err);
	if (n < 0) { /* the word points into the text, which ends here */
		static char word[64];
		size_t word_len = min(err->word.len, sizeof word);

		memcpy(word, err->word.at, word_len);
		err->word = (struct text){ word, word_len };
	}
	free(copy);
	return n;
}

static void good_lines(void **state)
{
	static const char text[] = "# routes\n"
				   "\n"
				   "default 10.0.2.2 eth0\n"
				   "  10.0.2.0/24\tlink   eth0   # on the link\r\n"
				   "192.0.2.0/24 10.0.2.3 eth1 20\n"
				   "192.0.2.0/24 10.0.2.4 eth0 10\n"
				   "198.51.100.7 blackhole\n"
				   "203.0.113.0/24 prohibit 5\n"
				   "255.255.255.255/32 link eth1";
	struct fib_file_error err;
	struct fib_result res;
	struct flowi4 fl = { .daddr = cpu_to_be32(0xc0000201) };

	asked = 0;
	assert_int_equal(load(text, &err), 7);
	assert_int_equal(asked, 4); /* eth0, eth1, eth0, eth1 */
	assert_int_equal(fib_table_lookup(tb, &fl, &res), 0);
	assert_int_equal(be32_to_cpu(fib_res_nh(&res)->gw), 0x0a000204);
	assert_int_equal(fib_res_nh(&res)->oif, 1);
	assert_int_equal(res.fi->priority, 10);
	fl.daddr = cpu_to_be32(0x0a000205);
	assert_int_equal(fib_table_lookup(tb, &fl, &res), 0);
	assert_int_equal(res.scope, RT_SCOPE_LINK);
	assert_true(be32_is_zero(fib_res_nh(&res)->gw));
	fl.daddr = cpu_to_be32(0xc6336407);
	assert_int_equal(fib_table_lookup(tb, &fl, &res), -EINVAL);
	fl.daddr = cpu_to_be32(0xcb007101);
	assert_int_equal(fib_table_lookup(tb, &fl, &res), -EACCES);
	fl.daddr = cpu_to_be32(0xffffffff);
	assert_int_equal(fib_table_lookup(tb, &fl, &res), 0);
	assert_int_equal(fib_res_nh(&res)->oif, 2);
	fl.daddr = cpu_to_be32(0x01010101);
	assert_int_equal(fib_table_lookup(tb, &fl, &res), 0);
	assert_int_equal(be32_to_cpu(fib_res_nh(&res)->gw), 0x0a000202);
}

static void nothing(void **state)
{
	struct fib_file_error err;

	assert_int_equal(load("", &err), 0);
	assert_int_equal(load("\n#\n \n", &err), 0);
}

static void bad_lines(void **state)
{
	static const struct {
		const char *text, *word, *expected;
		u32 line;
		int err;
	} bad[] = {
		{ "10.0.0.1/24 link eth0", "10.0.0.1/24", "a prefix", 1, -EINVAL },
		{ "10.0.0.0/33 link eth0", "10.0.0.0/33", "a prefix", 1, -EINVAL },
		{ "10.0.0/24 link eth0", "10.0.0/24", "a prefix", 1, -EINVAL },
		{ "#\n\n10.0.0.0/24 lnk eth0", "lnk", "a gateway", 3, -EINVAL },
		{ "10.0.0.0/24 0.0.0.0 eth0", "0.0.0.0", "a gateway", 1, -EINVAL },
		{ "10.0.0.0/24", "", "a gateway", 1, -EINVAL },
		{ "10.0.0.0/24 link", "", "the name of a device", 1, -EINVAL },
		{ "10.0.0.0/24 link eth2", "eth2", "the name of a device", 1, -EINVAL },
		{ "10.0.0.0/24 link eth0 x", "x", "a metric", 1, -EINVAL },
		{ "10.0.0.0/24 link eth0 4294967296", "4294967296", "a metric", 1, -EINVAL },
		{ "10.0.0.0/24 link eth0 1 2", "2", "the end of the line", 1, -EINVAL },
		{ "10.0.0.0/24 throw eth0", "eth0", "a metric", 1, -EINVAL },
		{ "10.0.0.0/24 throw 1 eth0", "eth0", "the end of the line", 1, -EINVAL },
		{ "10.0.0.0/24 link eth0\n10.0.0.0/24 throw", "10.0.0.0/24", "another prefix", 2,
			-EEXIST },
	};

	for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		struct fib_file_error err = { 0 };

		fib_table_free(tb);
		tb = fib_table_new();
		assert_int_equal(load(bad[i].text, &err), bad[i].err);
		assert_int_equal(err.line, bad[i].line);
		assert_true(text_eq(err.word, bad[i].word));
		assert_memory_equal(err.expected, bad[i].expected, strlen(bad[i].expected));
	}
}

static void earlier_lines_stay(void **state)
{
	struct fib_file_error err;

	assert_int_equal(load("10.0.0.0/8 link eth0\n11.0.0.0/8 link eth1\nx", &err), -EINVAL);
	assert_int_equal(err.line, 3);
	assert_int_equal(fib_table_count(tb), 2);
}

static void no_memory(void **state)
{
	char text[4096] = "";
	struct fib_file_error err;

	for (int i = 0; i < 60; i++)
		sprintf(text + strlen(text), "10.%d.0.0/16 10.0.0.%d eth0\n", i * 2, i + 1);
	host_fail_commit(1, true);
	assert_int_equal(load(text, &err), -ENOMEM);
	assert_memory_equal(err.expected, "fewer routes", 12);
	assert_int_equal(fib_table_count(tb), err.line - 1);
}

/* ---- more lines than the table has routes: the trie is built once, behind the last --------------- */

#define MANY 9000

/* Lines of `n` routes in any order, each prefix by a gateway that tells which one it is. */
static char *lines(u32 n, u32 gateways)
{
	struct synth_route *r = calloc(n, sizeof *r);
	char *text = malloc(n * 64ul), *at = text;

	synth_table(r, n);
	synth_shuffle(r, n, 3);
	for (u32 i = 0; i < n; i++) {
		u32 p = r[i].prefix, gw = (p >> 8) * 2654435761u % gateways;

		at += sprintf(at, "%u.%u.%u.%u/%u 10.0.%u.%u eth0 %u\n", p >> 24, p >> 16 & 255,
			p >> 8 & 255, p & 255, r[i].plen, gw >> 8, gw & 255, 1 + i % 3);
	}
	free(r);
	return text;
}

/* Each address has the same answer in both. */
static void assert_equal_tables(struct fib_table *a, struct fib_table *b)
{
	u32 at = 0, last_a, last_b;

	do {
		const struct fib_dst *x = fib_dst_at(a, trie_interval(&a->trie, at, &last_a));
		const struct fib_dst *y = fib_dst_at(b, trie_interval(&b->trie, at, &last_b));
		const struct fib_info *fx = (const struct fib_info *)x->fi;
		const struct fib_info *fy = (const struct fib_info *)y->fi;

		assert_int_equal(x->plen, y->plen);
		assert_true(be32_eq(fx->nh[0].gw, fy->nh[0].gw));
		assert_int_equal(fx->priority, fy->priority);
		at = min(last_a, last_b) + 1;
	} while (at != 0);
}

static void many_lines(void **state)
{
	struct fib_table *at_once = tb;
	char *text = lines(MANY, 2000), *rest = text;
	struct fib_file_error err;

	assert_int_equal(load(text, &err), MANY);
	assert_false(tb->linear);
	assert_int_equal(tb->trie.root->width, FIB_ROOT_FULL);
	tb = fib_table_new();
	while (*rest != '\0') { /* line by line */
		char *end = strchr(rest, '\n');

		*end = '\0';
		assert_int_equal(load(rest, &err), 1);
		rest = end + 1;
	}
	assert_equal_tables(at_once, tb);
	fib_table_free(at_once);
	free(text);
}

/* What is wrong with the last line leaves the others in a table that works. */
static void many_lines_and_a_mistake(void **state)
{
	char *text = lines(MANY, 2000);
	struct fib_file_error err;

	strcat(text, "nonsense\n");
	assert_int_equal(load(text, &err), -EINVAL);
	assert_int_equal(err.line, MANY + 1);
	assert_false(tb->linear);
	assert_int_equal(fib_table_count(tb), MANY);
	free(text);
}

/* More gateways than the trie can name: the line that asks for one too many is named, the routes
 * before it answer. */
static void many_gateways(void **state)
{
	char *text = lines(60000, 60000);
	struct flowi4 fl = { .daddr = cpu_to_be32(0x0b000001) };
	struct fib_file_error err;
	struct fib_result res;

	assert_int_equal(load(text, &err), -ENOSPC);
	assert_memory_equal(err.expected, "fewer different", 15);
	assert_true(err.line > 20000);
	assert_int_equal(fib_table_count(tb), err.line - 1);
	assert_false(tb->linear);
	assert_int_equal(fib_table_lookup(tb, &fl, &res), 0);
	free(text);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		FIB_TEST(good_lines),
		FIB_TEST(nothing),
		FIB_TEST(bad_lines),
		FIB_TEST(earlier_lines_stay),
		FIB_TEST(no_memory),
		FIB_TEST(many_lines),
		FIB_TEST(many_lines_and_a_mistake),
		FIB_TEST(many_gateways),
	};

	cmocka_set_test_filter(argc > 1 ? argv[1] : NULL); /* one test by name */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
