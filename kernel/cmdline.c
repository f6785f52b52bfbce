/* SPDX-License-Identifier: MIT
 * cmdline.c - the kernel command line: words, who takes them, and what is wrong with them.
 * Not here: what the network's words mean (net/config/ipconfig.c).
 * main.c parses it once. Calls what a word is for.
 * Source: Linux's Documentation/admin-guide/kernel-parameters for the words that are Linux's. */
#include "kernel/cmdline.h"
#include "kernel/console/printk.h"
#include "kernel/console/serial.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "kernel/power/power.h"
#include "net/config/ipconfig.h"
#include "net/core/part.h"

#define LEVEL_QUIET 4
#define LEVEL_DEBUG 8
#define LEVEL_MAX   8

static struct cmdline *line; /* being filled */
static bool console_serial, console_vga;

/* ttyS0, ttyS0,115200 (also with parity and bits behind it, as in 115200n8), tty0. */
static bool take_console(struct text value, struct parse_error *error)
{
	struct text rest = value;
	struct text name = text_cut(&rest, ',');
	u32 baud;

	if (text_eq(value, "tty0") || text_eq(value, "tty1")) {
		console_vga = true;
	} else if (text_eq(name, "ttyS0")) {
		console_serial = true;
		while (rest.len > 0 &&
			text_starts((struct text){ rest.at + rest.len - 2, 2 }, "n8"))
			rest.len -= 2;
		if (rest.len > 0 &&
			(!parse_u32(rest, 115200, &baud) || !serial_set_baud(&serial_com1, baud)))
			return parse_fail(error, rest, "speed", "115200 or a whole part of it");
	} else {
		return parse_fail(error, value, "console", "ttyS0, ttyS0,<baud> or tty0");
	}
	console_select(console_serial, console_vga);
	return true;
}

static bool take_panic(struct text value, struct parse_error *error)
{
	s32 seconds;

	if (!parse_s32(value, &seconds))
		return parse_fail(error, value, "seconds",
			"a number: 0 stay, 10 reboot after ten, -1 at once");
	power_set_panic(seconds);
	return true;
}

static bool take_loglevel(struct text value, struct parse_error *error)
{
	u32 level;

	if (!parse_u32(value, LEVEL_MAX, &level))
		return parse_fail(error, value, "level", "a number from 0 to 8");
	printk_set_level(level);
	return true;
}

static bool take_quiet(struct text value, struct parse_error *error)
{
	printk_set_level(LEVEL_QUIET);
	return true;
}

static bool take_debug(struct text value, struct parse_error *error)
{
	printk_set_level(LEVEL_DEBUG);
	console_set_sync(true); /* in a hang the last line is the one that counts */
	return true;
}

static bool take_init(struct text value, struct parse_error *error)
{
	if (value.len == 0)
		return parse_fail(error, value, "path", "the name of a program in the initrd");
	line->init = value.at; /* a zero ends the word */
	return true;
}

static const struct boot_word words[] = {
	{ "ip=", .take = ipconfig_parse_ip },
	{ "route=", .part = "route" },
	{ "neigh=", .take = ipconfig_parse_neigh },
	{ "hosts=", .take = ipconfig_parse_hosts },
	{ "console=", .take = take_console },
	{ "panic=", .take = take_panic },
	{ "loglevel=", .take = take_loglevel },
	{ "quiet", .take = take_quiet },
	{ "debug", .take = take_debug },
	{ "init=", .take = take_init },
	{ "rdinit=", .take = take_init },
	/* launchers pass these to every kernel; they say nothing that concerns this one */
	{ .key = "BOOT_IMAGE=" },
	{ .key = "root=" },
	{ .key = "ro" },
	{ .key = "rw" },
	/* of parts: their own rows take them, if they are there */
	{ "netns=", .part = "namespaces" },
	{ "qdisc=", .part = "pacing" },
	{ "filter=", .part = "netfilter" },
	{ "egress=", .part = "egress" },
	{ "selftest", .part = "selftest" },
	{ "pcap=", .part = "pcap" },
	{ "pcap", .part = "pcap" },
	{ .key = NULL },
};

/* Word and character first, so that they are found in a long line. */
static void complain(const char *word, u32 number, const struct parse_error *error)
{
	u32 at = (u32)(error->at - word);

	pr_err("command line, word %u, character %u: %s '%.*s' in '%s'\n", number, at + 1,
		error->what, (int)error->len, error->at, word);
	pr_err("  expected %s\n", error->expected);
}

static bool has_part(const char *name)
{
	for_each_part(p)
		if (strcmp(p->name, name) == 0)
			return true;
	return false;
}

static const char *known_words(void)
{
	static char text[512];
	size_t len = 0;

	for (const struct boot_word *w = words; w->key; w++)
		if (w->take || (w->part && has_part(w->part)))
			len += text_format(text + len, sizeof(text) - len, "%s ", w->key);
	text_format(text + len, sizeof(text) - len, "or -- and the program's arguments");
	return text;
}

static bool is_word(struct text t, const char *key)
{
	return text_starts(t, key) && (t.len == strlen(key) || key[strlen(key) - 1] == '=');
}

static const struct boot_word *find_in(const struct boot_word *list, struct text t)
{
	for (const struct boot_word *w = list; w && w->key; w++)
		if (is_word(t, w->key))
			return w;
	return NULL;
}

/* A word's row, or NULL; the part's own before the one that says that it was left out. */
static const struct boot_word *find_word(struct text t)
{
	const struct boot_word *found = NULL;

	for_each_part(p)
		found = found ?: find_in(p->words, t);
	return found ?: find_in(words, t);
}

static void complain_unknown(const char *word, u32 number, const char *part)
{
	pr_err("command line, word %u, character 1: %s word '%s'\n", number,
		part ? "this kernel does not take the" : "unknown", word);
	if (part)
		pr_err("  expected a kernel with '%s', which was left out of this one (make "
		       "OMIT=)\n",
			part);
	else
		pr_err("  expected %s\n", known_words());
}

static bool take_word(const char *text, u32 number)
{
	const struct boot_word *word = find_word(text_of(text));
	struct parse_error error;

	if (!word || word->part) {
		complain_unknown(text, number, word ? word->part : NULL);
		return false;
	}
	if (word->take && !word->take(text_of(text + strlen(word->key)), &error)) {
		complain(text, number, &error);
		return false;
	}
	pr_debug("command line: %s\n", text);
	return true;
}

/* A '=' before any slash: it is a word, known or mistyped, and no path. */
static bool has_value(struct text word)
{
	const char *slash = memchr(word.at, '/', word.len),
		   *equals = memchr(word.at, '=', word.len);

	return equals && !(slash && slash < equals);
}

static bool looks_like_a_path(struct text word)
{
	return memchr(word.at, '/', word.len) ||
	       (word.len > 4 && memcmp(word.at + word.len - 4, ".elf", 4) == 0);
}

/* A name may hold blanks: the last word that looks like a path ends it. */
char *cmdline_skip_file_name(char *text)
{
	struct text rest = text_of(text);
	char *end = text;

	while (rest.len > 0) {
		struct text word = text_cut(&rest, ' ');

		if (find_word(word) || text_eq(word, "--") || has_value(word))
			break;
		if (end == text || looks_like_a_path(word))
			end = text + (word.at - text) + word.len;
	}
	if (end > text && *end)
		*end++ = '\0';
	return end;
}

char *cmdline_next_word(char **rest)
{
	char *from = *rest, *to, *word;
	bool quoted = false;

	while (*from == ' ' || *from == '\t' || *from == '\n')
		from++;
	if (!*from)
		return NULL;
	word = to = from;
	for (; *from && (quoted || (*from != ' ' && *from != '\t' && *from != '\n')); from++) {
		if (*from == '"')
			quoted = !quoted;
		else
			*to++ = *from;
	}
	*rest = *from ? from + 1 : from;
	*to = '\0';
	return word;
}

bool cmdline_parse(char *text, struct cmdline *result)
{
	bool program = false;
	char *word;

	line = result;
	for (u32 number = 1; (word = cmdline_next_word(&text)); number++) {
		if (program && result->argc == CMDLINE_ARGS_MAX) {
			pr_err("command line: more than %u arguments for the program\n",
				CMDLINE_ARGS_MAX);
			return false;
		}
		if (program)
			result->argv[result->argc++] = word;
		else if (strcmp(word, "--") == 0)
			program = true;
		else if (!take_word(word, number))
			return false;
	}
	return true;
}
