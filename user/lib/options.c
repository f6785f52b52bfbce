/* SPDX-License-Identifier: MIT
 * options.c - what a program is told on its command line, and what --help says of it.
 * Not here: what values mean (values.c).
 * Every program of user/ calls in.
 * Source: POSIX.1-2017 12.2 for options before operands and for --; name=value as the kernel's words. */
#include "user/lib/options.h"
#include "user/lib/values.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COLUMN 26 /* where --help's explanations begin */

/* ---- values ------------------------------------------------------------------------------- */

bool take_number(const char *text, const struct option *option)
{
	return value_number(text, option->least, option->most, option->to);
}

bool take_duration(const char *text, const struct option *option)
{
	return value_duration(text, option->to);
}

bool take_rate(const char *text, const struct option *option)
{
	return value_rate(text, option->to);
}

bool take_range(const char *text, const struct option *option)
{
	return value_range(text, (uint32_t)option->least, (uint32_t)option->most, option->to);
}

bool take_address(const char *text, const struct option *option)
{
	return value_address(text, option->to);
}

bool take_addresses(const char *text, const struct option *option)
{
	return value_addresses(text, option->to);
}

bool take_text(const char *text, const struct option *option)
{
	*(const char **)option->to = text;
	return true;
}

/* ---- --help ------------------------------------------------------------------------------- */

static void show_option(const struct option *o)
{
	char word[64];
	char letter[] = { '-', o->letter, ',', ' ', '\0' };

	snprintf(word, sizeof(word), "  %s%s%s%s%s", o->letter ? letter : "    ",
		o->value ? "" : "--", o->name, o->value ? "=" : "", o->value ? o->value : "");
	printf("%-*s %s\n", COLUMN, word, o->help);
}

static int show_help(const struct program *program)
{
	printf("usage: %s [option ...] %s\n%s\n", program->name, program->operands, program->about);
	for (const struct option *o = program->option; o->name; o++)
		show_option(o);
	printf("%-*s this text\n", COLUMN, "      --help");
	if (program->more)
		printf("\n%s", program->more);
	return OPTIONS_HELP;
}

/* ---- reading ------------------------------------------------------------------------------ */

static const struct option *by_letter(const struct program *program, char letter)
{
	for (const struct option *o = program->option; o->name; o++)
		if (o->letter && o->letter == letter)
			return o;
	return NULL;
}

static const struct option *by_name(const struct program *program, const char *name, size_t len)
{
	for (const struct option *o = program->option; o->name; o++)
		if (strlen(o->name) == len && memcmp(o->name, name, len) == 0)
			return o;
	return NULL;
}

static int unknown(const struct program *program, const char *word)
{
	fprintf(stderr, "%s: there is no option '%s': expected ", program->name, word);
	for (const struct option *o = program->option; o->name; o++)
		fprintf(stderr, "%s%s%s%s", o == program->option ? "" : ", ", o->value ? "" : "--",
			o->name, o->value ? "=" : "");
	fprintf(stderr, " or --help\n");
	return OPTIONS_BAD;
}

static int refuse(const struct program *program, const struct option *o, const char *text)
{
	fprintf(stderr, "%s: %s %s%s%s: expected ", program->name, o->name, text ? "'" : "",
		text ? text : "has no value", text ? "'" : "");
	if (o->expected)
		fprintf(stderr, "%s\n", o->expected);
	else
		fprintf(stderr, "a number from %" PRIu64 " to %" PRIu64 "\n", o->least, o->most);
	return OPTIONS_BAD;
}

/* An option and the value that its own word has, or NULL. Returns how many words it takes, or OPTIONS_BAD. */
static int take(
	const struct program *program, const struct option *o, const char *text, const char *next)
{
	int words = 1;

	if (!o->value) {
		if (text) {
			fprintf(stderr, "%s: %s takes no value, but has '%s'\n", program->name,
				o->name, text);
			return OPTIONS_BAD;
		}
		*(bool *)o->to = true;
		return 1;
	}
	if (!text) {
		text = next;
		words = 2;
	}
	return text && o->take(text, o) ? words : refuse(program, o, text);
}

/* -c 10, -c10, -xe. As take(). */
static int take_letters(const struct program *program, const char *word, const char *next)
{
	for (const char *at = word + 1; *at; at++) {
		const struct option *o = by_letter(program, *at);
		int words;

		if (!o)
			return unknown(program, word);
		if (o->value)
			return take(program, o, at[1] ? at + 1 : NULL, next);
		words = take(program, o, NULL, NULL);
		if (words < 0)
			return words;
	}
	return 1;
}

/* A word that may be an option. As take(); 0: it is an operand, which has no = in it. */
static int take_word(const struct program *program, const char *word, const char *next)
{
	const char *name = strncmp(word, "--", 2) == 0 ? word + 2 : word;
	const char *equals = strchr(name, '=');
	size_t len = equals ? (size_t)(equals - name) : strlen(name);
	const struct option *o = by_name(program, name, len);

	if (strcmp(word, "--help") == 0)
		return show_help(program);
	if (name != word)
		return o ? take(program, o, equals ? equals + 1 : NULL, next)
			 : unknown(program, word);
	if (word[0] == '-' && word[1])
		return take_letters(program, word, next);
	if (!equals)
		return 0;
	return o ? take(program, o, equals + 1, NULL) : unknown(program, word);
}

int options_read(const struct program *program, int argc, char **argv)
{
	int at = 1;

	while (at < argc) {
		int words;

		if (strcmp(argv[at], "--") == 0)
			return at + 1;
		words = take_word(program, argv[at], argv[at + 1]);
		if (words < 0)
			return words;
		if (words == 0)
			break;
		at += words;
	}
	return at;
}
