/* SPDX-License-Identifier: MIT
 * routes_file.c - /etc/routes of the initrd, a million lines of it if need be.
 * Not here: the table, and its bulk load (net/fib).
 * kernel/main.c finds the file and calls in.
 * Source: see routes_file.h. */
#include "net/config/routes_file.h"
#include "kernel/lib/string.h"
#include "net/config/ipconfig.h"
#include "net/config/ipconfig_words.h"
#include "net/core/part.h"

#define LINE_WORDS 5 /* one more than a line may have */

struct reader {
	struct net_device *(*dev_of)(void *arg, struct text name, int *oif);
	void *arg;
	struct fib_file_error *err;
	/* The last device, as most lines name the one of the line before. */
	struct text dev_name;
	struct net_device *dev;
	int oif;
};

static int refuse(struct reader *r, struct text word, const char *expected)
{
	r->err->word = word;
	r->err->expected = expected;
	return -EINVAL;
}

static bool is_digit(char c)
{
	return (u32)(c - '0') < 10;
}

/* Cut the next line off the text into its words, up to a '#'. What is no printable character parts
 * them. Returns how many, at most LINE_WORDS; the rest of words[] is empty text. */
static u32 split(struct text *rest, struct text words[LINE_WORDS])
{
	const char *at = rest->at, *end = rest->at + rest->len, *start;
	u32 n = 0;

	while (n < LINE_WORDS) {
		while (at < end && (u8)*at <= ' ' && *at != '\n')
			at++;
		for (start = at; at < end && (u8)*at > ' ' && *start != '#';)
			at++;
		if (at == start)
			break;
		words[n++] = (struct text){ start, (size_t)(at - start) };
	}
	while (at < end && *at != '\n')
		at++;
	for (u32 i = n; i < LINE_WORDS; i++)
		words[i] = (struct text){ at, 0 };
	at += at < end;
	*rest = (struct text){ at, (size_t)(end - at) };
	return n;
}

/* A type that has no hop. */
static u8 special_type(struct text word)
{
	u8 type;

	if (word.len == 0 || is_digit(word.at[0])) /* a gateway, as in nearly every line */
		return RTN_UNSPEC;
	type = fib_type_of(word);
	return type == RTN_UNICAST ? RTN_UNSPEC : type;
}

static bool find_dev(struct reader *r, struct text name)
{
	if (name.len == 0)
		return false;
	if (name.len == r->dev_name.len && memcmp(name.at, r->dev_name.at, name.len) == 0)
		return true;
	r->dev = r->dev_of(r->arg, name, &r->oif);
	r->dev_name = r->dev != NULL ? name : (struct text){ name.at, 0 };
	return r->dev != NULL;
}

static int read_hop(
	struct reader *r, const struct text *words, struct fib_config *cfg, struct fib_nh *nh)
{
	if (text_eq(words[1], "link"))
		cfg->scope = RT_SCOPE_LINK;
	else if (!parse_ipv4(words[1], &nh->gw) || be32_is_zero(nh->gw))
		return refuse(r, words[1],
			"a gateway a.b.c.d, link, blackhole, unreachable, prohibit or throw");
	if (!find_dev(r, words[2]))
		return refuse(r, words[2], "the name of a device");
	nh->dev = r->dev;
	nh->oif = r->oif;
	nh->weight = 1;
	cfg->nh = nh;
	cfg->nhs = 1;
	return 0;
}

static int read_route(
	struct reader *r, const struct text *words, struct fib_config *cfg, struct fib_nh *nh)
{
	u32 metric_at = 2;

	if (!parse_prefix(words[0], &cfg->dst, &cfg->dst_len))
		return refuse(
			r, words[0], "a prefix a.b.c.d/len with zeros behind len, or default");
	cfg->type = special_type(words[1]);
	if (cfg->type == RTN_UNSPEC) {
		cfg->type = RTN_UNICAST;
		metric_at = 3;
		int err = read_hop(r, words, cfg, nh);
		if (err != 0)
			return err;
	}
	if (words[metric_at].len != 0 && !parse_u32(words[metric_at], ~0u, &cfg->priority))
		return refuse(
			r, words[metric_at], "a metric 0..4294967295, or the end of the line");
	if (words[metric_at + 1].len != 0)
		return refuse(r, words[metric_at + 1], "the end of the line");
	return 0;
}

static const char *why(int err)
{
	return err == -EEXIST   ? "another prefix or metric: this route is there already"
	       : err == -ENOMEM ? "fewer routes: there is no memory for more"
	       : err == -ENOSPC ? "fewer different next hops"
				: "a route that makes sense";
}

static int load_line(struct fib_table *tb, struct reader *r, const struct text *words)
{
	struct fib_config cfg = { .nlflags = FIB_CREATE | FIB_EXCL, .protocol = RTPROT_BOOT };
	struct fib_nh nh = { 0 };
	int err = read_route(r, words, &cfg, &nh);

	if (err != 0)
		return err;
	err = fib_table_insert(tb, &cfg);
	if (err != 0)
		refuse(r, words[0], why(err));
	return err;
}

static ssize load_lines(struct fib_table *tb, struct text text, struct reader *r)
{
	struct text words[LINE_WORDS];
	ssize routes = 0;

	for (r->err->line = 1; text.len != 0; r->err->line++) {
		if (split(&text, words) == 0)
			continue;
		int err = load_line(tb, r, words);
		if (err != 0)
			return err;
		routes++;
	}
	return routes;
}

/* More than there are already: then it is cheaper to build the trie again than to change it. */
#define LINE_BYTES  32u
#define MANY_ROUTES 4096u

static bool are_many(const struct fib_table *tb, struct text text)
{
	return text.len / LINE_BYTES > fib_table_count(tb) + MANY_ROUTES;
}

ssize fib_file_load(struct fib_table *tb, struct text text,
	struct net_device *(*dev_of)(void *arg, struct text name, int *oif), void *arg,
	struct fib_file_error *err)
{
	struct reader r = { .dev_of = dev_of, .arg = arg, .err = err };
	bool many = are_many(tb, text);

	if (many)
		fib_table_defer(tb);
	ssize routes = load_lines(tb, text, &r);
	int committed = many ? fib_table_commit(tb) : 0;
	if (routes < 0 || committed == 0)
		return routes;
	refuse(&r, (struct text){ text.at + text.len, 0 }, why(committed));
	return committed;
}

/* ---- the initrd's ------------------------------------------------------------------------- */

static struct net_device *device_named(void *arg, struct text name, int *oif)
{
	struct net_device *dev = dev_get_by_name(arg, name.at, name.len);

	if (dev)
		*oif = dev->ifindex;
	return dev;
}

bool ipconfig_load_routes(struct net *net, struct text file, char *problem, size_t len)
{
	struct fib_file_error error;
	u64 start = clock_ns();
	ssize n = fib_file_load(net->fib, file, device_named, net, &error);

	if (n < 0)
		return ipconfig_refuse(problem, len, "line %u: '%.*s': expected %s", error.line,
			(int)error.word.len, error.word.at, error.expected);
	net_changed(net);
	pr_info("routes: %ld from the initrd, in %lu ms\n", n,
		(clock_ns() - start) / NSEC_PER_MSEC);
	return true;
}

PART(routesfile) = { .name = "routesfile", .load_routes = ipconfig_load_routes };
