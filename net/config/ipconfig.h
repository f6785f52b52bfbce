/* SPDX-License-Identifier: MIT
 * ipconfig.h - the network as the command line describes it: ip=, route=, neigh=, netns=,
 * hosts=.
 * Not here: the command line itself (kernel/cmdline.h), what the settings do (route.h, neighbour.h).
 * kernel/main.c parses first, then applies, when the devices are there.
 * Source: Linux's Documentation/admin-guide/nfs/nfsroot (ip=); hosts(5). */
#pragma once

#include "kernel/lib/parse.h"
#include "net/core/net_namespace.h"

/* ipconfig_parse_ip - the value of ip=. Several devices: several words.
 * Returns  false with *error filled. The same for all below. */
bool ipconfig_parse_ip(struct text value, struct parse_error *error);

/* ipconfig_parse_route - <prefix>[,via=<addr>][,dev=<name>][,weight=<n>][,src=<addr>][,metric=<n>]
 * [,mtu=<n>][,type=unicast|blackhole|unreachable|prohibit|throw]; <prefix> may be "default". An
 * option of a next hop (via, dev, weight) that the last one has already begins a further one. */
bool ipconfig_parse_route(struct text value, struct parse_error *error);

/* ipconfig_parse_netns - <name>:<device>[,<device>]... */
bool ipconfig_parse_netns(struct text value, struct parse_error *error);

/* ipconfig_parse_neigh - <addr>,<mac>[,dev=<name>]. */
bool ipconfig_parse_neigh(struct text value, struct parse_error *error);

/* ipconfig_parse_qdisc - tbf,rate=<n><unit>[,burst=<n>[k]][,limit=<n>][,dev=<name>], or
 * pfifo[,limit=<n>][,dev=<name>]; <unit> is bit, kbit, mbit, gbit, pps, kpps or mpps. */
bool ipconfig_parse_qdisc(struct text value, struct parse_error *error);

/* ipconfig_parse_hosts - <name>:<addr>[,<name>:<addr>]... */
bool ipconfig_parse_hosts(struct text value, struct parse_error *error);

/* ipconfig_apply - put devices into their namespaces; give them their addresses, then routes, then
 * neighbours, each in the namespace of the device it names, or in net; say each.
 * problem   filled (at most len bytes) when the answer is false: which word could not be applied */
bool ipconfig_apply(struct net *net, char *problem, size_t len);

/* ipconfig_load_routes - every route of a routes file (net/config/routes_file.h).
 * problem   filled (at most len bytes) when the answer is false: which line, and what was expected */
bool ipconfig_load_routes(struct net *net, struct text file, char *problem, size_t len);

/* ipconfig_hostname - ip='s fifth field, or NULL. */
const char *ipconfig_hostname(void);

/* ipconfig_hosts_show - say what hosts= said. */
void ipconfig_hosts_show(void);

/* ipconfig_hosts_file, ipconfig_resolv_file - /etc/hosts and /etc/resolv.conf as text; *len bytes.
 * They live for ever. */
const char *ipconfig_hosts_file(size_t *len);
const char *ipconfig_resolv_file(size_t *len);
