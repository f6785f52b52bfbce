/* SPDX-License-Identifier: MIT
 * ipconfig_words.h - what ip=, route=, neigh=, netns= and qdisc= said, between parsing and applying.
 * Not here: either of these.
 * ipconfig.c and ipconfig_qdisc.c fill it, ipconfig_apply.c reads it.
 * Source: Linux's Documentation/admin-guide/nfs/nfsroot (ip=). */
#pragma once

#include "kernel/lib/parse.h"
#include "net/device/dev.h"
#include "net/device/qdisc.h"
#include "net/ipv4/fib_frontend.h"

#define WORDS_MAX         16
#define NAME_MAX          64
#define NETNS_DEVICES_MAX 8u

struct ip_word {
	be32 client, server, gateway, netmask, dns[2];
	bool has_netmask, off;
	u8 prefix_len;
	char hostname[NAME_MAX], device[IFNAMSIZ];
};

/* A next hop, and which options named it so far. */
struct route_hop {
	struct fib_nh nh;
	u8 given;
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

struct qdisc_word {
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

/* ipconfig_device - the device of a name, wherever it is, or net's first one that can reach somebody else; or NULL. */
struct net_device *ipconfig_device(struct net *net, const char *name);

/* ipconfig_name - a name of less than size printable characters, copied with a zero behind it. what: for *error.
 * Returns  false with *error filled */
bool ipconfig_name(
	struct text t, char *name, size_t size, const char *what, struct parse_error *error);

/* ipconfig_follows - must something follow? Also where a comma was the last character. */
bool ipconfig_follows(struct text rest);
