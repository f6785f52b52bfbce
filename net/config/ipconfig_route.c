/* SPDX-License-Identifier: MIT
 * ipconfig_route.c - the word route=: one route, and its hops.
 * Not here: the default route of ip= (ipconfig_apply.c), /etc/routes (routes_file.c).
 * kernel/cmdline.c calls the parser, ipconfig_apply.c what it applies.
 * Source: docs/routes.md; ip-route(8) for the options. */
#include "kernel/lib/format.h"
#include "net/config/ipconfig.h"
#include "net/config/ipconfig_words.h"
#include "net/core/part.h"
#include "net/device/dev_config.h"

static bool read_dst(struct text t, const struct field *f, void *at)
{
	struct fib_config *cfg = at;

	return parse_prefix(t, &cfg->dst, &cfg->dst_len);
}

static bool read_type(struct text t, const struct field *f, void *at)
{
	u8 *type = at;

	*type = fib_type_of(t);
	return *type != RTN_UNSPEC;
}

/* The hop that an option belongs to: the last one, or a further one when that one has it already. */
static void *hop_of(void *into, const struct field *f)
{
	struct route_word *r = into;
	u32 n = max(r->cfg.nhs, 1u);
	const u8 *member = (u8 *)&r->hop[n - 1] + f->at;
	bool given = false;

	for (u32 i = 0; i < f->size; i++)
		given |= member[i] != 0;
	if (n + given > ROUTE_HOPS_MAX)
		return NULL;
	r->cfg.nhs = n + given;
	return &r->hop[r->cfg.nhs - 1];
}

static const struct field route_fields[] = {
	{ "prefix", read_dst, FIELD(struct route_word, cfg), .expected = PARSE_PREFIX_EXPECTED },
	{ "via", FIELD_IPV4(struct route_hop, nh.gw), .inner = true, .of = hop_of },
	{ "dev", FIELD_DEV(struct route_hop, device), .inner = true, .of = hop_of },
	{ "weight", FIELD_U32(struct route_hop, nh.weight, 1, 255), .inner = true, .of = hop_of },
	{ "src", FIELD_IPV4(struct route_word, cfg.prefsrc) },
	{ "metric", FIELD_U32(struct route_word, cfg.priority, 0, 4294967295) },
	{ "mtu", FIELD_U32(struct route_word, cfg.mtu, 68, 65535) },
	{ "type", read_type, FIELD(struct route_word, cfg.type),
		.expected = "unicast, blackhole, unreachable, prohibit or throw" },
	{ .expected = "via=, dev=, weight=, src=, metric=, mtu= or type=" },
};

/* A unicast route has hops, each with a gateway or a device; others have none. */
static bool check_hops(struct text prefix, const struct route_word *r, struct parse_error *error)
{
	if (r->cfg.type != RTN_UNICAST)
		return r->cfg.nhs == 0 ||
		       parse_fail(error, prefix, "route", "no next hop: it is not a unicast route");
	for (u32 i = 0; i < max(r->cfg.nhs, 1u); i++)
		if (be32_is_zero(r->hop[i].nh.gw) && !r->hop[i].device[0])
			return parse_fail(
				error, prefix, "route", "a via= or a dev= behind the prefix");
	return true;
}

bool ipconfig_parse_route(struct text value, struct parse_error *error)
{
	struct route_word *r = &ipconfig_words.routes[ipconfig_words.route_n];
	struct text rest = value, prefix = text_cut(&rest, ',');

	if (ipconfig_words.route_n == WORDS_MAX)
		return parse_fail(error, prefix,
			"route=", "at most 16 of them; more fit the initrd's /etc/routes");
	*r = (struct route_word){ .cfg.type = RTN_UNICAST };
	if (!parse_word(value, ',', route_fields, 1, r, error) || !check_hops(prefix, r, error))
		return false;
	ipconfig_words.route_n++;
	return true;
}

/* ---- applied ----------------------------------------------------------------------------- */

/* Every hop's device, by name; all are in one namespace, which *net becomes. */
static bool find_hops(
	struct net **net, struct route_word *r, struct fib_nh *nh, char *problem, size_t len)
{
	for (u32 i = 0; i < r->cfg.nhs; i++) {
		const char *name = r->hop[i].device;
		struct net_device *dev = name[0] ? ipconfig_device(*net, name) : NULL;

		nh[i] = r->hop[i].nh;
		if (!name[0])
			continue;
		if (!dev || (i > 0 && dev->net != *net))
			return ipconfig_refuse(problem, len, "route=: there is no device '%s'%s",
				name, dev ? " in the namespace of the others" : "");
		nh[i].oif = dev->ifindex;
		*net = dev->net;
	}
	return true;
}

static void explain(
	const struct route_word *r, const struct fib_nh *nh, int err, char *problem, size_t len)
{
	u32 i = 0;

	while (i + 1 < r->cfg.nhs && nh[i].dev)
		i++;
	if (err == -ENETUNREACH)
		text_format(problem, len, "route=: via %pI4 is on no device's link", &nh[i].gw);
	else
		text_format(problem, len, "route=: %pI4/%u: %s", &r->cfg.dst, r->cfg.dst_len,
			err == -EEXIST   ? "there already"
			: err == -EINVAL ? "src= is not an address of this host"
					 : "no memory");
}

static bool apply_route(struct net *net, struct route_word *r, char *problem, size_t len)
{
	struct fib_nh nh[ROUTE_HOPS_MAX];
	int err;

	if (!find_hops(&net, r, nh, problem, len))
		return false;
	err = ipconfig_add_route(net, &r->cfg, nh);
	if (err)
		explain(r, nh, err, problem, len);
	else
		pr_info("route: %s %pI4/%u\n", fib_type_names[r->cfg.type], &r->cfg.dst,
			r->cfg.dst_len);
	return err == 0;
}

static bool apply(struct net *net, char *problem, size_t len)
{
	for (u32 i = 0; i < ipconfig_words.route_n; i++)
		if (!apply_route(net, &ipconfig_words.routes[i], problem, len))
			return false;
	return true;
}

PART(route) = { .name = "route",
	.words = BOOT_WORDS({ "route=", .take = ipconfig_parse_route }),
	.apply = apply };
