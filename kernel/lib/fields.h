/* SPDX-License-Identifier: MIT
 * fields.h - the parts of a word of configuration, read as a table says.
 * Not here: numbers and addresses (parse.h), what a word means (net/config).
 * net/config calls in. Calls parse.c.
 * Source: design: each refusal says which field, where, and what was expected.
 *
 *     static const struct field fields[] = {
 *         { "prefix", read_prefix, .expected = "<address>/<0..32>" },
 *         { "via", FIELD_IPV4(struct route, gateway) },
 *         { "mtu", FIELD_U32(struct route, mtu, 68, 65535) },
 *         { .expected = "via= or mtu=" },
 *     };
 *
 *     parse_word(text, ',', fields, 1, &route, error)      reads "10.0.0.0/8,mtu=600,via=10.0.0.1" */
#pragma once

#include "kernel/lib/parse.h"

/* A name and the number it stands for. A list of choices ends with a NULL name. */
struct choice {
	const char *name;
	u32 value;
};

struct field {
	const char *name; /* an option's key; what a refusal says is wrong */
	/* false: not as expected. at: the member, in the struct that is filled */
	bool (*read)(struct text t, const struct field *f, void *at);
	u16 at, size;  /* of the member, in bytes; 0, 0: read gets the struct */
	u32 low, high; /* field_u32's bounds; a number for a reader of the table's own */
	bool optional; /* it may be empty: the member stays as it is */
	bool inner;    /* the member is in a struct inside the one being filled: of says which */
	union {
		const struct choice *choices;
		/* NULL: there are too many of them */
		void *(*of)(void *into, const struct field *f);
	};
	const char *expected;
};

#define FIELD(type, member) offsetof(type, member), sizeof(((type *)NULL)->member)

/* field_u32 - a number from low to high, into a member of 1, 2 or 4 bytes. */
bool field_u32(struct text t, const struct field *f, void *at);

/* field_ipv4 - an address, into a be32. */
bool field_ipv4(struct text t, const struct field *f, void *at);

/* field_name - 1 to size - 1 printable characters, and a zero behind them. */
bool field_name(struct text t, const struct field *f, void *at);

/* field_choice - the value of one of the choices, into a member of 1, 2 or 4 bytes. */
bool field_choice(struct text t, const struct field *f, void *at);

#define FIELD_IPV4(type, member)                                                                   \
	field_ipv4, FIELD(type, member), .expected = "an IPv4 address like 192.0.2.1"

#define FIELD_U32(type, member, from, to)                                                          \
	field_u32, FIELD(type, member), from, to, .expected = "a number from " #from " to " #to

/* A device's name; whether there is such a device is asked later. */
#define FIELD_DEV(type, member)                                                                    \
	field_name, FIELD(type, member), .expected = "a name of at most 15 printable characters"

/* parse_field - read one field into a struct. Returns false with *error filled. */
bool parse_field(struct text t, const struct field *f, void *into, struct parse_error *error);

/* parse_option - an option by its row. Returns false with *error filled. */
bool parse_option(struct text option, const struct field *f, void *into, struct parse_error *error);

/* parse_word - n fields in the order of their rows, and behind them options, in any order.
 * Returns  false with *error filled */
bool parse_word(struct text t, char separator, const struct field *f, u32 n, void *into,
	struct parse_error *error);
