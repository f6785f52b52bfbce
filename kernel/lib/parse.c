/* SPDX-License-Identifier: MIT
 * parse.c - numbers and addresses out of bounded text.
 * Not here: tables of fields (fields.c), what the text means (cmdline, net/config/ipconfig.c, net/config/routes_file.c).
 * Everything that reads configuration calls in. Calls nothing.
 * Source: RFC 4632 3.1 (prefixes); the dotted quad of inet_pton(3). */
#include "kernel/lib/parse.h"
#include "kernel/lib/string.h"

bool parse_fail(struct parse_error *error, struct text at, const char *what, const char *expected)
{
	*error = (struct parse_error){ at.at, at.len, what, expected };
	return false;
}

struct text text_of(const char *s)
{
	return (struct text){ s, strlen(s) };
}

bool text_eq(struct text t, const char *s)
{
	for (size_t i = 0; i < t.len; i++)
		if (s[i] == '\0' || t.at[i] != s[i]) /* a file's text may hold zeros, too */
			return false;
	return s[t.len] == '\0';
}

bool text_starts(struct text t, const char *s)
{
	for (; *s; s++, t.at++, t.len--)
		if (t.len == 0 || *t.at != *s)
			return false;
	return true;
}

struct text text_cut(struct text *rest, char separator)
{
	const char *end = rest->len ? memchr(rest->at, separator, rest->len) : NULL;
	struct text part = *rest;

	if (!end) {
		rest->at += rest->len;
		rest->len = 0;
		return part;
	}
	part.len = (size_t)(end - part.at);
	rest->at = end + 1;
	rest->len -= part.len + 1;
	return part;
}

bool text_follows(struct text rest)
{
	return rest.len > 0 || rest.at[-1] == ',';
}

bool parse_u32(struct text t, u32 max, u32 *value)
{
	u64 v = 0;

	if (t.len == 0 || t.len > 10)
		return false;
	for (size_t i = 0; i < t.len; i++) {
		if (t.at[i] < '0' || t.at[i] > '9')
			return false;
		v = v * 10 + (u64)(t.at[i] - '0');
	}
	if (v > max)
		return false;
	*value = (u32)v;
	return true;
}

bool parse_s32(struct text t, s32 *value)
{
	bool negative = t.len > 0 && t.at[0] == '-';
	u32 v;

	if (negative) {
		t.at++;
		t.len--;
	}
	if (!parse_u32(t, INT32_MAX, &v))
		return false;
	*value = negative ? -(s32)v : (s32)v;
	return true;
}

bool parse_range(struct text t, u32 max, u32 *low, u32 *high)
{
	struct text last = t;
	struct text first = text_cut(&last, '-');
	u32 from, to;

	if (first.len == t.len)
		last = first;
	if (!parse_u32(first, max, &from) || !parse_u32(last, max, &to) || from > to)
		return false;
	*low = from;
	*high = to;
	return true;
}

/* One number of a dotted quad: 0..255 without leading zeros. Returns where it ends, or NULL. */
static inline const char *parse_byte(const char *at, const char *end, u32 *byte)
{
	u32 v, digit;

	if (at == end || (v = (u32)(*at++ - '0')) > 9)
		return NULL;
	while (at < end && (digit = (u32)(*at - '0')) <= 9) {
		if (v == 0 || (v = v * 10 + digit) > 255)
			return NULL;
		at++;
	}
	*byte = v;
	return at;
}

/* One pass over the text: a million lines of routes have two of these each. */
bool parse_ipv4(struct text t, be32 *addr)
{
	const char *at = t.at, *end = t.at + t.len;
	u32 v = 0;

	for (int i = 0; i < 4; i++) {
		u32 byte;

		if (i > 0 && (at == end || *at++ != '.'))
			return false;
		at = parse_byte(at, end, &byte);
		if (!at)
			return false;
		v = v << 8 | byte;
	}
	if (at != end)
		return false;
	*addr = cpu_to_be32(v);
	return true;
}

bool parse_prefix(struct text t, be32 *addr, u8 *len)
{
	struct text host = t, bits_text;
	be32 a;
	u32 bits = 32;

	if (text_eq(t, "default")) {
		*addr = BE32_ZERO;
		*len = 0;
		return true;
	}
	for (size_t n = 2; n <= 3 && n <= t.len; n++) /* "/8" or "/24" at the end */
		if (t.at[t.len - n] == '/')
			host.len = t.len - n;
	if (!parse_ipv4(host, &a))
		return false;
	bits_text = (struct text){ t.at + host.len + 1, t.len - host.len - 1 };
	if (host.len != t.len && !parse_u32(bits_text, 32, &bits))
		return false;
	if (!be32_eq(be32_and(a, prefix_mask((u8)bits)), a))
		return false;
	*addr = a;
	*len = (u8)bits;
	return true;
}

/* Returns 16 or more for what is no digit. */
static u32 hex_digit(char c)
{
	u32 letter = (u32)(c | 0x20) - 'a';

	return (u32)(c - '0') <= 9 ? (u32)(c - '0') : letter < 6 ? letter + 10 : 16;
}

bool parse_mac(struct text t, u8 mac[6])
{
	u8 bytes[6];

	for (size_t i = 0; i < 6; i++) {
		const char *at = t.at + 3 * i;
		u32 value;

		if (t.len != 17 || (i < 5 && at[2] != ':' && at[2] != '-'))
			return false;
		value = hex_digit(at[0]) << 4 | hex_digit(at[1]);
		if (hex_digit(at[0]) > 15 || hex_digit(at[1]) > 15)
			return false;
		bytes[i] = (u8)value;
	}
	memcpy(mac, bytes, sizeof(bytes));
	return true;
}
