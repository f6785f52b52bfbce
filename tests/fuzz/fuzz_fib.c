/* SPDX-License-Identifier: MIT
 * fuzz_fib.c - the input is a program of table operations; a list of routes must agree throughout.
 * Not here: the routes file's text (net/config/routes_file.c has unit tests only).
 * libFuzzer calls in; it calls the table and tests/unit/test_fib_oracle.c.
 * Source: see test_fib_oracle.h. */
#include "net/fib/table.h"
#include "tests/unit/host_machine.h"
#include "tests/unit/test_fib_oracle.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static struct oracle o;

#define CHECK(cond)                                                                                \
	do {                                                                                       \
		if (!(cond))                                                                       \
			panic("%s:%d: %s", __FILE__, __LINE__, #cond);                             \
	} while (0)

/* One step of the program, eight bytes of input. */
struct step {
	u8 op, flags, addr[4], len, shape;
};

/* Few values for each member, so that routes meet each other. */
static struct oracle_route route_of(const struct step *s)
{
	static const u8 types[] = { RTN_UNICAST, RTN_UNICAST, RTN_UNICAST, RTN_LOCAL, RTN_BLACKHOLE,
		RTN_UNREACHABLE, RTN_PROHIBIT, RTN_THROW };
	struct oracle_route r = {
		.plen = s->len % 33,
		.tos = s->shape & 0x80   ? 0x10
		       : s->shape & 0x40 ? 0x08
					 : 0,
		.priority = s->flags >> 6,
		.table = s->flags & 0x20 ? RT_TABLE_LOCAL : RT_TABLE_MAIN,
		.type = types[s->shape >> 3 & 7],
	};

	if (s->shape & 0x80 && s->len & 0x80)
		r.tos = 0;
	r.prefix =
		(u32)s->addr[0] << 24 | (u32)s->addr[1] << 16 | (u32)s->addr[2] << 8 | s->addr[3];
	if (s->op & 0x80) /* a dense corner */
		r.prefix = (r.prefix & 0x0003070f) | 0x0a000000;
	r.prefix &= (u32)(0xffffffff00000000ull >> r.plen);
	r.hops = r.type == RTN_UNICAST ? 1 + s->addr[3] % (ORACLE_HOPS - 1) : r.type == RTN_LOCAL;
	r.scope = r.type == RTN_LOCAL           ? RT_SCOPE_HOST
		  : r.hops == 1 && s->shape & 1 ? RT_SCOPE_LINK
						: RT_SCOPE_UNIVERSE;
	return r;
}

static void check_around(const struct oracle_route *r, u8 salt)
{
	u32 last = r->prefix | (u32)(0xffffffffull >> r->plen);
	const u32 at[] = { r->prefix, last, r->prefix - 1, last + 1, r->prefix ^ salt };

	for (u32 i = 0; i < ARRAY_SIZE(at); i++) {
		struct flowi4 plain = { .daddr = cpu_to_be32(at[i]) }, odd = plain;

		odd.tos = salt & 4 ? 0x10 : salt & 8 ? 0x08 : 0;
		odd.oif = salt & 16 ? salt % (ORACLE_DEVS + 1) : 0;
		odd.scope = salt & 32 ? RT_SCOPE_LINK : 0;
		CHECK(oracle_agrees(&o, &plain));
		CHECK(oracle_agrees(&o, &odd));
	}
}

static void sync_dev(const struct step *s)
{
	int dev = s->flags % ORACLE_DEVS;
	u8 set = s->len & (RTNH_F_DEAD | RTNH_F_LINKDOWN);
	u8 clear = s->shape & (RTNH_F_DEAD | RTNH_F_LINKDOWN);

	o.flags[dev] = (u8)((o.flags[dev] & ~clear) | set);
	fib_sync_dev(tb, oracle_dev(dev), set, clear);
}

/* New hops start alive in the table; so they do here, as devices are told again. */
static void tell_devices(void)
{
	for (int i = 0; i < ORACLE_DEVS; i++)
		fib_sync_dev(tb, oracle_dev(i), o.flags[i], 0);
}

static void insert(const struct step *s)
{
	struct oracle_route r = route_of(s);
	u32 nlflags = (u32)(s->flags & 15) << 8 | (s->flags & 16 ? FIB_CREATE : 0);
	struct fib_config cfg = oracle_config(&r, nlflags);
	int err = fib_table_insert(tb, &cfg);

	if (err != -ENOMEM)
		CHECK(err == oracle_insert(&o, &r, nlflags));
	tell_devices();
	check_around(&r, s->shape ^ s->addr[0]);
}

static void delete (const struct step *s)
{
	struct oracle_route r = route_of(s);

	/* Mostly a route that is there, with some members unset. */
	if (o.n > 0 && s->op & 0x40)
		r = o.r[(s->addr[0] << 8 | s->addr[1]) % o.n];
	if (s->shape & 1)
		r.type = 0;
	if (s->shape & 2)
		r.hops = 0;
	if (s->shape & 4)
		r.scope = RT_SCOPE_NOWHERE;
	if (s->flags & 1)
		r.priority = 0;
	struct fib_config cfg = oracle_config(&r, 0);
	CHECK(fib_table_delete(tb, &cfg) == oracle_delete(&o, &r));
	check_around(&r, s->addr[2]);
}

/* Nothing left: one interval, no blocks, no answers but the two that are always there. */
static void empty(void)
{
	host_fail_commit(0, false);
	while (o.n > 0) {
		struct oracle_route r = o.r[o.n / 2];
		struct fib_config cfg = oracle_config(&r, 0);
		CHECK(oracle_delete(&o, &r) == 0);
		CHECK(fib_table_delete(tb, &cfg) == 0);
	}
	CHECK(fib_table_count(tb) == 0 && tb->info_n == 0);
	CHECK(tb->linear || tb->trie.pool.live == 0);
	struct flowi4 any = { .daddr = cpu_to_be32(0x0a000001) };
	CHECK(oracle_agrees(&o, &any));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct step s;

	host_reset();
	memset(&o, 0, sizeof o);
	if (size > 0)
		cpu_has_popcnt = data[0] & 1;
	tb = fib_table_new();
	CHECK(tb != NULL);
	for (; size >= sizeof s && o.n < 512; data += sizeof s, size -= sizeof s) {
		memcpy(&s, data, sizeof s);
		switch (s.op & 7) {
		case 0:
		case 1:
			delete (&s);
			break;
		case 2:
			sync_dev(&s);
			break;
		case 3:
			host_fail_commit(s.flags % 8, s.flags & 0x80);
			break;
		default:
			insert(&s);
		}
	}
	for (int i = 0; i < o.n; i++)
		check_around(&o.r[i], (u8)i);
	empty();
	fib_table_free(tb);
	CHECK(host_mem_out() == 0);
	return 0;
}
