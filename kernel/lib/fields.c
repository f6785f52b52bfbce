/* SPDX-License-Identifier: MIT
 * fields.c - the parts of a word of configuration, read as a table says.
 * Not here: numbers and addresses (parse.c), what a word means (net/config).
 * net/config calls in. Calls parse.c.
 * Source: design: each refusal says which field, where, and what was expected. */
#include "kernel/lib/fields.h"
#include "kernel/lib/string.h"

bool field_u32(struct text t, const struct field *f, void *at)
{
	u32 value;

	if (!parse_u32(t, f->high, &value) || value < f->low)
		return false;
	memcpy(at, &value, f->size); /* x86_64 puts the low byte first */
	return true;
}

bool field_ipv4(struct text t, const struct field *f, void *at)
{
	return parse_ipv4(t, at);
}

bool field_name(struct text t, const struct field *f, void *at)
{
	if (t.len == 0 || t.len >= f->size)
		return false;
	for (size_t i = 0; i < t.len; i++)
		if (t.at[i] <= ' ' || t.at[i] > '~')
			return false;
	memcpy(at, t.at, t.len);
	((char *)at)[t.len] = '\0';
	return true;
}

bool field_choice(struct text t, const struct field *f, void *at)
{
	const struct choice *c = f->choices;

	while (c->name && !text_eq(t, c->name))
		c++;
	if (c->name)
		memcpy(at, &c->value, f->size);
	return c->name;
}

bool parse_field(struct text t, const struct field *f, void *into, struct parse_error *error)
{
	if (f->optional && t.len == 0)
		return true;
	if (f->inner)
		into = f->of(into, f);
	if (!into)
		return parse_fail(error, t, f->name, "fewer of them");
	return f->read(t, f, (u8 *)into + f->at) || parse_fail(error, t, f->name, f->expected);
}

bool parse_option(struct text option, const struct field *f, void *into, struct parse_error *error)
{
	struct text value = option, key = text_cut(&value, '=');

	while (f->name && !text_eq(key, f->name))
		f++;
	return f->name ? parse_field(value, f, into, error)
		       : parse_fail(error, option, "option", f->expected);
}

bool parse_word(struct text t, char separator, const struct field *f, u32 n, void *into,
	struct parse_error *error)
{
	const char *end = t.at + t.len;
	bool more = true;

	for (u32 i = 0; more || i < n; i++) {
		struct text part = text_cut(&t, separator);

		more = part.at + part.len < end;
		if (!(i < n ? parse_field(part, &f[i], into, error)
			    : parse_option(part, f + n, into, error)))
			return false;
	}
	return true;
}
