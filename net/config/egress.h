/* SPDX-License-Identifier: MIT
 * egress.h - a security module: the program reaches only the destinations that the operator named.
 * Not here: what packets may leave (nf_rules.h); the kernel's own, ARP's and ICMP's, are not asked.
 * kernel/cmdline.c parses egress=, kernel/main.c turns it on; the security hooks call in.
 * Source: design: egress=. Behaves as Linux's LSM for the hooks. */
#pragma once

#include "kernel/lib/parse.h"

struct net;

/* egress_parse_word - the value of egress=: <prefix>[:<port>[-<port>]][,..]; "default" is a prefix, too.
 * Several words add up. Returns false with *error filled. */
bool egress_parse_word(struct text value, struct parse_error *error);

/* egress_apply - struct part's: from now on connect, and sending to a name, answer -EPERM for everything else; so
 * does making a socket that goes around: AF_PACKET, AF_INET for other than datagrams, and
 * NETLINK_NETFILTER, which may change packets that were let pass. Without egress= nothing is refused,
 * and nothing costs anything. */
bool egress_apply(struct net *net, char *problem, size_t len);
