/* SPDX-License-Identifier: MIT
 * fib_ask.c - the routing table as a filter: changes and questions in, errno and answers out.
 * Not here: what is right; test_fib_linux.py asks a Linux the same.
 * test_fib_linux.py starts it; it calls the table.
 * Source: the lines of main below. */
#include "net/fib/fib.h"
#include "tests/unit/host_machine.h"

#include <stdio.h>
#include <stdlib.h>

#define HOPS_MAX 4

/* "<flags> <type> <table> <scope> <prefix> <len> <tos> <metric> <hops> {<oif> <gateway> <weight>}":
 * all are numbers, the gateway in host byte order. */
static int read_route(struct fib_config *cfg, struct fib_nh nh[HOPS_MAX])
{
	unsigned v[9];

	for (int i = 0; i < 9; i++)
		if (scanf("%u", &v[i]) != 1)
			return -1;
	*cfg = (struct fib_config){ .nlflags = v[0],
		.type = (u8)v[1],
		.table_id = (u8)v[2],
		.scope = (u8)v[3],
		.dst = cpu_to_be32(v[4]),
		.dst_len = (u8)v[5],
		.tos = (u8)v[6],
		.priority = v[7],
		.nhs = v[8],
		.nh = nh };
	for (u32 i = 0; i < cfg->nhs && i < HOPS_MAX; i++) {
		unsigned oif, gw, weight;

		if (scanf("%u %u %u", &oif, &gw, &weight) != 3)
			return -1;
		nh[i] = (struct fib_nh){ .dev = (struct net_device *)(uintptr_t)(0x1000u * oif),
			.oif = (int)oif,
			.gw = cpu_to_be32(gw),
			.weight = (u8)weight };
	}
	return 0;
}

/* "<address> <tos> <oif>" */
static void answer(struct fib_table *tb)
{
	unsigned addr, tos, oif;
	struct fib_result res;

	if (scanf("%u %u %u", &addr, &tos, &oif) != 3)
		exit(2);
	struct flowi4 fl = { .daddr = cpu_to_be32(addr), .tos = (u8)tos, .oif = (int)oif };
	int err = fib_table_lookup(tb, &fl, &res);
	if (err != 0)
		printf("%d\n", err);
	else
		printf("0 %u %u %u %u %u %u %d %u\n", be32_to_cpu(res.prefix), res.prefixlen,
			res.type, res.table_id, res.fi->priority, res.fi->nhs, res.fi->nh[0].oif,
			be32_to_cpu(res.fi->nh[0].gw));
}

int main(void)
{
	struct fib_table *tb = fib_table_new();
	struct fib_nh nh[HOPS_MAX];
	struct fib_config cfg;
	char word[8];

	while (tb != NULL && scanf("%7s", word) == 1) {
		if (word[0] == 'g') {
			answer(tb);
			continue;
		}
		if (read_route(&cfg, nh) != 0)
			return 2;
		printf("%d\n",
			word[0] == 'a' ? fib_table_insert(tb, &cfg) : fib_table_delete(tb, &cfg));
	}
	return 0;
}
