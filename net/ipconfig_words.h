/* SPDX-License-Identifier: MIT
 * ipconfig_words.h - what ip=, route= and neigh= said, between parsing and applying.
 * Not here: either of these.
 * ipconfig.c fills it, ipconfig_apply.c reads it.
 * Source: Linux's Documentation/admin-guide/nfs/nfsroot (ip=). */
#pragma once

#include "net/dev.h"
#include "net/route.h"

#define WORDS_MAX 16
#define NAME_MAX  64

struct ip_word {
	be32 client, server, gateway, netmask, dns[2];
	bool has_netmask, off;
	u8 prefix_len;
	char hostname[NAME_MAX], device[IFNAMSIZ];
};

struct route_word {
	struct route_spec spec;
	char device[IFNAMSIZ];
};

struct neigh_word {
	be32 addr;
	u8 mac[ETH_ALEN];
	char device[IFNAMSIZ];
};

struct ipconfig_words {
	struct ip_word ips[WORDS_MAX];
	struct route_word routes[WORDS_MAX];
	struct neigh_word neighs[WORDS_MAX];
	u32 ip_n, route_n, neigh_n;
};

extern struct ipconfig_words ipconfig_words;
