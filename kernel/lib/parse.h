/* SPDX-License-Identifier: MIT
 * parse.h - numbers and addresses out of bounded text.
 * Not here: tables of fields (fields.h), what the text means (cmdline, net/config/ipconfig.c, net/config/routes_file.c).
 * Everything that reads configuration calls in. Calls nothing.
 * Source: RFC 4632 3.1 (prefixes); the dotted quad of inet_pton(3). */
#pragma once

#include "kernel/lib/byteorder.h"

/* A piece of text that somebody else owns; no closing zero. */
struct text {
	const char *at;
	size_t len;
};

/* What is wrong with a text, and where. */
struct parse_error {
	const char *at;   /* the first character that does not fit, inside the text */
	size_t len;       /* how much of it to show */
	const char *what; /* the field, for "netmask '...'" */
	const char *expected;
};

/* parse_fail - fill in *error. Returns false, for the caller to return. */
bool parse_fail(struct parse_error *error, struct text at, const char *what, const char *expected);

/* text_of - the whole of a string. */
struct text text_of(const char *s);

/* text_eq - are these the very same characters? */
bool text_eq(struct text t, const char *s);

/* text_starts - does it begin with s? */
bool text_starts(struct text t, const char *s);

/* text_cut - take the part before the first separator off the front of *rest.
 * rest       in: the text; out: what follows the separator, or empty at its end
 * Returns    the part, perhaps empty */
struct text text_cut(struct text *rest, char separator);

/* text_follows - must text_cut be called once more? Also when a comma was the last character; at least one
 * character was cut before. */
bool text_follows(struct text rest);

/* parse_u32 - decimal digits only, the whole text, 0..max.
 * Returns   false on anything else; *value is then untouched. The same for all below. */
bool parse_u32(struct text t, u32 max, u32 *value);

/* parse_s32 - the same with an optional minus sign. */
bool parse_s32(struct text t, s32 *value);

/* parse_range - "<low>" or "<low>-<high>", 0..max, low <= high. */
bool parse_range(struct text t, u32 max, u32 *low, u32 *high);

/* parse_ipv4 - "a.b.c.d", each 0..255 without leading zeros (inet_pton's rule). */
bool parse_ipv4(struct text t, be32 *addr);

/* parse_prefix - "a.b.c.d/len", "a.b.c.d" (a host) or "default"; bits below len must be zero. */
bool parse_prefix(struct text t, be32 *addr, u8 *len);
#define PARSE_PREFIX_EXPECTED                                                                      \
	"'default', <address> or <address>/<0..32> with no bits below the mask"

/* parse_mac - six pairs of hexadecimal digits joined by ':' or '-'. */
bool parse_mac(struct text t, u8 mac[6]);
