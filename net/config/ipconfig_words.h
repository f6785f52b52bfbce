/* SPDX-License-Identifier: MIT
 * ipconfig_words.h - what ip=, route=, neigh=, netns= and qdisc= said, between parsing and applying.
 * Not here: either of these.
 * ipconfig.c and ipconfig_qdisc.c fill it, ipconfig_apply.c reads it.
 * Source: Linux's Documentation/admin-guide/nfs/nfsroot (ip=). */
#pragma once

#include "kernel/lib/fields.h"
#include "net/device/dev.h"
#include "net/device/qdisc.h"
#include "net/ipv4/fib_frontend.h"

#define WORDS_MAX         16
#define NAME_MAX          64
#define NO_MASK           255
#define NETNS_DEVICES_MAX 8u

struct ip_word {
	be32 client, server, gateway, dns[2];
	bool off;
	u8 prefix_len; /* NO_MASK while it is not known */
	char hostname[NAME_MAX], device[IFNAMSIZ];
};

struct route_hop {
	struct fib_nh nh;
	char device[IFNAMSIZ];
};

struct route_word {
	struct fib_config cfg;
	struct route_hop hop[ROUTE_HOPS_MAX]; /* cfg.nhs of them */
};

struct neigh_word {
	be32 addr;
	u8 mac[ETH_ALEN];
	char device[IFNAMSIZ];
};

struct netns_word {
	char name[NAME_MAX];
	char device[NETNS_DEVICES_MAX][IFNAMSIZ];
	u32 device_n;
};

enum qdisc_kind {
	QDISC_PFIFO,
	QDISC_TBF,
	QDISC_ETF
};

struct qdisc_word {
	u8 kind; /* enum qdisc_kind */
	struct qdisc_spec spec;
	char device[IFNAMSIZ];
};

struct ipconfig_words {
	struct ip_word ips[WORDS_MAX];
	struct route_word routes[WORDS_MAX];
	struct neigh_word neighs[WORDS_MAX];
	struct netns_word netns[WORDS_MAX];
	struct qdisc_word qdiscs[WORDS_MAX];
	u32 ip_n, route_n, neigh_n, netns_n, qdisc_n;
};

extern struct ipconfig_words ipconfig_words;

/* ipconfig_refuse - what keeps a word from being applied. Returns false. */
bool ipconfig_refuse(char *problem, size_t len, const char *fmt, ...) __printf(3, 4);

/* ipconfig_device - the device of a name, wherever it is, or net's first one that is not lo; or NULL. */
struct net_device *ipconfig_device(struct net *net, const char *name);

/* ipconfig_add_route - a route of the command line; cfg and nh as for inet_rtm_newroute. */
int ipconfig_add_route(struct net *net, struct fib_config *cfg, struct fib_nh *nh);

/* ipconfig_room - is there room for one more of a word that was said n times? Returns false with *error filled */
bool ipconfig_room(u32 n, struct text value, const char *word, struct parse_error *error);
