/* SPDX-License-Identifier: MIT
 * part.h - optional parts register themselves, so that `make OMIT=` can leave them out of the link.
 * Not here: the parts. Code that is always linked calls none by name.
 * main.c, cmdline.c and net_init.c go through the list.
 * Behaves as Linux's initcalls: pointers that the linker collects (linker.ld, section "parts").
 *
 *     PART(pacing) = { .name = "pacing", .words = words, .init = pacing_init };
 *
 * A part that the transmit path calls fills in a table of functions. Its own header declares the table's pointer and
 * part.c defines it; the pointer is NULL in a kernel without the part. Parts do not depend on their order. */
#pragma once

#include "kernel/lib/parse.h"
#include "net/core/net_namespace.h"

struct fib_multipath_ops;
struct fib_trie_ops;
struct net_device;

/* A word of the kernel's command line. */
struct boot_word {
	const char *key; /* with its '=', if it takes a value; NULL: the list ends */
	/* false: it is refused, and *error filled */
	bool (*take)(struct text value, struct parse_error *error);
	const char *part; /* nothing takes it: the part that would was left out */
};

/* A part's list of them. */
#define BOOT_WORDS(...) ((const struct boot_word[]){ __VA_ARGS__, {} })

/* What happened to a device. */
enum netdev_event {
	NETDEV_UP,
	NETDEV_DOWN,
	NETDEV_CHANGE,    /* its link came or went */
	NETDEV_UNREGISTER /* it leaves its namespace; it is down already */
};

/* All members but the name may be NULL. */
struct part {
	const char *name; /* the word of OMIT=; several parts may share one */
	const struct boot_word *words;
	/* once, before there is a namespace: tables, families, files */
	void (*init)(void);
	/* for each namespace that comes and goes */
	struct pernet_operations pernet;
	/* on each event of a device, after net/ipv4 and net/neigh have handled it */
	void (*netdev_event)(struct net_device *dev, enum netdev_event event);
	/* devices are not up; false: the machine must end, and the reason is printed */
	bool (*start)(void);
	/* carry out the command line: before devices get their addresses, and after. false: problem
	 * (at most len bytes) says why */
	bool (*prepare)(struct net *net, char *problem, size_t len);
	bool (*apply)(struct net *net, char *problem, size_t len);
	/* on each tick, also while the program computes; it must not wait */
	void (*tick)(void);
	/* the initrd has /etc/routes, with this text; false: problem says why it cannot be loaded */
	bool (*load_routes)(struct net *net, struct text file, char *problem, size_t len);
	/* searching tables of many routes */
	const struct fib_trie_ops *trie;
	/* routes with several hops, several default routes */
	const struct fib_multipath_ops *multipath;
	/* the program has ended */
	void (*end)(void);
};

/* Not static: host tests link an archive, and the linker takes only objects that are named (tests.mk). */
#define PART(id)                                                                                   \
	extern const struct part part_##id; /* host tests name it */                               \
	static const struct part *const entry_##id __attribute__((used, section("parts"))) =       \
		&part_##id;                                                                        \
	const struct part part_##id

extern const struct part *const __start_parts[], *const __stop_parts[];

#define for_each_part(p)                                                                           \
	for (const struct part *const *at_ = __start_parts, *p;                                    \
		at_ < __stop_parts && (p = *at_, true); at_++)
