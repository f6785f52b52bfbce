/* SPDX-License-Identifier: MIT
 * fuzz_routes.c - the input is a routes file; what is wrong with it must be shown inside it, and all that was
 * loaded goes with its namespace.
 * Not here: whether the right lines are refused (tests/unit/test_fib_file.c), the table (fuzz_fib.c).
 * libFuzzer calls in.
 * Source: net/config/routes_file.h, net/config/ipconfig.h. */
#include "kernel/fs/task.h"
#include "kernel/lib/format.h"
#include "net/config/ipconfig.h"
#include "net/config/routes_file.h"
#include "net/ipv4/route.h"
#include "tests/fuzz/bytes.h"
#include "tests/fuzz/host_net.h"
#include "tests/unit/host_machine.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static struct net_device *any_device(void *arg, struct text name, int *oif)
{
	static struct net_device device[4] = { { .flags = IFF_UP }, { .flags = IFF_UP },
		{ .flags = IFF_UP }, { .flags = IFF_UP } };

	BUG_ON(name.at < (const char *)arg);
	*oif = (u8)name.at[name.len - 1] % 4 + 1;
	return name.len == 4 ? &device[*oif - 1] : NULL;
}

static void check_refusal(struct text text, const struct fib_file_error *err)
{
	BUG_ON(!err->expected || err->line == 0);
	BUG_ON(err->word.at < text.at || err->word.at > text.at + text.len);
	BUG_ON(err->word.len > (size_t)(text.at + text.len - err->word.at));
}

static void compare_at(struct fib_table *grown, struct fib_table *built, u32 addr)
{
	struct flowi4 fl4 = { .daddr = cpu_to_be32(addr) };
	struct fib_result a, b;
	int err = fib_table_lookup(grown, &fl4, &a);

	BUG_ON(fib_table_lookup(built, &fl4, &b) != err);
	BUG_ON(err == 0 && (a.prefixlen != b.prefixlen || a.type != b.type));
}

/* The same answers from a trie that grew by a route at a time and from one that was built at once? Each prefix
 * is tried at its edges. */
static void compare(struct fib_table *grown, struct fib_table *built)
{
	struct fib_config route;
	struct fib_cursor c;

	BUG_ON(fib_table_count(grown) != fib_table_count(built) || fib_dump_start(grown, &c) != 0);
	while (fib_dump_next(&c, &route)) {
		u32 first = be32_to_cpu(route.dst);
		u32 last = first | ~be32_to_cpu(prefix_mask(route.dst_len));

		compare_at(grown, built, first - 1);
		compare_at(grown, built, first);
		compare_at(grown, built, last);
		compare_at(grown, built, last + 1);
	}
	fib_dump_end(&c);
}

/* In tables of their own, where every name of four letters is a device's. */
static void load_alone(struct text text)
{
	struct fib_table *grown = fib_table_new(), *built = fib_table_new();
	struct fib_file_error err = { 0 };
	void *arg = (void *)(uintptr_t)text.at;

	if (fib_file_load(grown, text, any_device, arg, &err) < 0)
		check_refusal(text, &err);
	fib_table_defer(built);
	(void)!fib_file_load(built, text, any_device, arg, &err);
	BUG_ON(fib_table_commit(built) != 0);
	compare(grown, built);
	fib_table_free(grown);
	fib_table_free(built);
}

static void look_up(u32 addr)
{
	struct flowi4 fl4 = { .daddr = cpu_to_be32(addr) };
	struct rtable rt;

	(void)!ip_route_output_flow(current->nsproxy->net_ns, &fl4, &rt);
}

/* In a namespace of its own, by the devices that it has. */
static void load_at_boot(struct text text)
{
	char problem[64] = "";

	host_net_begin();
	if (!ipconfig_load_routes(current->nsproxy->net_ns, text, problem, sizeof(problem)))
		BUG_ON(problem[0] == '\0');
	for (u32 i = 0; i < 64; i++)
		look_up(i << 26 | i);
	look_up(0xc0000201);
	host_net_end();
}

/* Slabs keep their pages, so memory may grow once. An input that makes it grow again and again leaks. */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char *copy = malloc(size); /* its own, so that reading beyond it is seen */
	static bool tested;
	u32 grown = 0;
	size_t before;

	if (!tested)
		BUG_ON(fib_selftest() != 0);
	tested = true;
	memcpy(copy, data, size);
	do {
		before = host_mem_out();
		load_alone((struct text){ copy, size });
		load_at_boot((struct text){ copy, size });
		BUG_ON(++grown > 4);
	} while (host_mem_out() > before);
	free(copy);
	return 0;
}
