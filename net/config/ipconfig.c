/* SPDX-License-Identifier: MIT
 * ipconfig.c - the network as the command line describes it: ip=, route=, neigh=, netns=, hosts=.
 * Not here: the command line itself (kernel/cmdline.c), bringing it about (ipconfig_apply.c).
 * kernel/cmdline.c calls the parsers, kernel/main.c asks for the files. Calls parse.c.
 * Source: Linux's Documentation/admin-guide/nfs/nfsroot (ip=); hosts(5), resolv.conf(5). */
#include "net/config/ipconfig.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "net/config/ipconfig_words.h"
#include "net/device/dev_config.h"
#include "net/wire/ip.h"

#define HOSTS_FILE_MAX 2048

struct ipconfig_words ipconfig_words;

static char hosts_file[HOSTS_FILE_MAX] = "127.0.0.1\tlocalhost\n";
static size_t hosts_len = sizeof("127.0.0.1\tlocalhost\n") - 1;
static char resolv_file[WORDS_MAX * 2 * sizeof("nameserver 255.255.255.255\n")];

static bool field_addr(struct text t, be32 *addr, const char *what, struct parse_error *error)
{
	if (t.len == 0 || parse_ipv4(t, addr))
		return true;
	return parse_fail(error, t, what, "an IPv4 address like 192.0.2.1");
}

bool ipconfig_name(
	struct text t, char *name, size_t size, const char *what, struct parse_error *error)
{
	for (size_t i = 0; i < t.len; i++)
		if (t.at[i] <= ' ' || t.at[i] > '~')
			return parse_fail(error, t, what, "printable characters");
	if (t.len >= size)
		return parse_fail(error, t, what,
			size == IFNAMSIZ ? "a name of at most 15 characters"
					 : "a name of at most 63 characters");
	memcpy(name, t.at, t.len);
	name[t.len] = '\0';
	return true;
}

bool ipconfig_follows(struct text rest)
{
	return rest.len > 0 || rest.at[-1] == ',';
}

/* ---- ip= -------------------------------------------------------------------------------- */

/* A mask is ones, then zeros. */
static bool mask_valid(be32 mask)
{
	u32 inverse = ~be32_to_cpu(mask);

	return (inverse & (inverse + 1)) == 0;
}

static u8 mask_len(be32 mask)
{
	u8 len = 0;

	while (len < 32 && !be32_eq(prefix_mask(len), mask))
		len++;
	return len;
}

static bool parse_autoconf(struct text t, struct ip_word *ip, struct parse_error *error)
{
	if (text_eq(t, "off") || text_eq(t, "none")) {
		ip->off = be32_is_zero(ip->client);
		return true;
	}
	/* with nothing said Linux would ask DHCP; an address makes that needless */
	if (t.len == 0 && !be32_is_zero(ip->client))
		return true;
	return parse_fail(
		error, t, "autoconf", "'off' (or 'none'): addresses are given here, not asked for");
}

static bool parse_mask(struct text t, struct ip_word *ip, struct parse_error *error)
{
	if (!field_addr(t, &ip->netmask, "netmask", error))
		return false;
	ip->has_netmask = t.len > 0;
	if (ip->has_netmask && !mask_valid(ip->netmask))
		return parse_fail(
			error, t, "netmask", "a mask like 255.255.255.0, ones before zeros");
	return true;
}

static bool parse_ip_fields(struct text rest, struct ip_word *ip, struct parse_error *error)
{
	struct text f[10];

	for (size_t i = 0; i < ARRAY_SIZE(f); i++)
		f[i] = text_cut(&rest, ':');
	if (rest.len > 0)
		return parse_fail(error, rest, "rest", "at most ten fields");
	return field_addr(f[0], &ip->client, "client address", error) &&
	       field_addr(f[1], &ip->server, "server address", error) &&
	       field_addr(f[2], &ip->gateway, "gateway", error) && parse_mask(f[3], ip, error) &&
	       ipconfig_name(f[4], ip->hostname, sizeof(ip->hostname), "host name", error) &&
	       ipconfig_name(f[5], ip->device, sizeof(ip->device), "device", error) &&
	       parse_autoconf(f[6], ip, error) &&
	       field_addr(f[7], &ip->dns[0], "first DNS server", error) &&
	       field_addr(f[8], &ip->dns[1], "second DNS server", error) &&
	       field_addr(f[9], &ip->server, "NTP server", error);
}

/* RFC 791 3.2: what Linux takes when no mask is given. */
static be32 classful_mask(be32 addr)
{
	u32 top = be32_to_cpu(addr) >> 24;

	return prefix_mask(top < 128 ? 8 : top < 192 ? 16 : 24);
}

/* RFC 1122 3.2.1.3: an address that one host on a link can have. RFC 3021: two hosts alone need neither a
 * number for their network nor a broadcast address. */
static bool is_a_hosts(be32 addr, u8 prefix_len)
{
	u32 a = be32_to_cpu(addr), host_bits = ~be32_to_cpu(prefix_mask(prefix_len));

	if (a >> 24 == 0 || ipv4_is_loopback(addr) || ipv4_is_multicast(addr) || a >> 28 == 15)
		return false;
	return prefix_len >= 31 || ((a & host_bits) != 0 && (a & host_bits) != host_bits);
}

bool ipconfig_parse_ip(struct text value, struct parse_error *error)
{
	struct ip_word *ip;

	if (ipconfig_words.ip_n == WORDS_MAX)
		return parse_fail(error, value, "ip=", "at most 16 of them");
	ip = &ipconfig_words.ips[ipconfig_words.ip_n];
	*ip = (struct ip_word){ .off = false };
	if (text_eq(value, "off") || text_eq(value, "none"))
		ip->off = true;
	else if (!memchr(value.at, ':', value.len) && !parse_ipv4(value, &ip->client))
		return parse_fail(error, value, "value",
			"'off', or <client>:<server>:<gateway>:<netmask>:<host>:<device>:off "
			"(no DHCP here)");
	else if (!ip->client.raw && !parse_ip_fields(value, ip, error))
		return false;
	if (!be32_is_zero(ip->client) && !ip->has_netmask)
		ip->netmask = classful_mask(ip->client);
	ip->prefix_len = mask_len(ip->netmask);
	if (!be32_is_zero(ip->client) && !is_a_hosts(ip->client, ip->prefix_len))
		return parse_fail(error, text_cut(&value, ':'), "client address",
			"an address that one host of its network can have");
	ipconfig_words.ip_n++;
	return true;
}

/* ---- route= ------------------------------------------------------------------------------ */

static bool parse_type(struct text t, u8 *type, struct parse_error *error)
{
	*type = fib_type_of(t);
	return *type != RTN_UNSPEC ||
	       parse_fail(error, t, "type", "unicast, blackhole, unreachable, prohibit or throw");
}

static bool needed_addr(struct text t, be32 *addr, const char *what, struct parse_error *error)
{
	return parse_ipv4(t, addr) ? true
				   : parse_fail(error, t, what, "an IPv4 address like 192.0.2.1");
}

enum hop_option {
	HOP_VIA = 1,
	HOP_DEV = 2,
	HOP_WEIGHT = 4
};

/* The hop that an option belongs to: the last one, or a further one when that one has it already. */
static struct route_hop *hop_for(struct route_word *r, enum hop_option option)
{
	struct route_hop *h = r->cfg.nhs > 0 ? &r->hop[r->cfg.nhs - 1] : NULL;

	if (!h || (h->given & option)) {
		if (r->cfg.nhs == ROUTE_HOPS_MAX)
			return NULL;
		h = &r->hop[r->cfg.nhs++];
	}
	h->given |= (u8)option;
	return h;
}

static bool needed_number(
	struct text t, u32 low, u32 high, u32 *n, const char *what, struct parse_error *error)
{
	if (parse_u32(t, high, n) && *n >= low)
		return true;
	return parse_fail(error, t, what,
		low == 0   ? "a number from 0 to 4294967295"
		: low == 1 ? "a number from 1 to 255"
			   : "a number from 68 to 65535");
}

static bool parse_hop_option(
	struct text key, struct text value, struct route_word *r, struct parse_error *error)
{
	bool via = text_eq(key, "via"), dev = text_eq(key, "dev");
	struct route_hop *h = hop_for(r, via ? HOP_VIA : dev ? HOP_DEV : HOP_WEIGHT);
	u32 weight;

	if (!h)
		return parse_fail(error, value, "next hop", "at most 8 of them");
	if (via)
		return needed_addr(value, &h->nh.gw, "via", error);
	if (dev)
		return dev_name_parse(value, h->device, error);
	if (!needed_number(value, 1, FIB_NHS_MAX, &weight, "weight", error))
		return false;
	h->nh.weight = (u8)weight;
	return true;
}

static bool parse_route_option(struct text option, struct route_word *r, struct parse_error *error)
{
	struct text value = option;
	struct text key = text_cut(&value, '=');

	if (text_eq(key, "via") || text_eq(key, "dev") || text_eq(key, "weight"))
		return parse_hop_option(key, value, r, error);
	if (text_eq(key, "src"))
		return needed_addr(value, &r->cfg.prefsrc, "src", error);
	if (text_eq(key, "type"))
		return parse_type(value, &r->cfg.type, error);
	if (text_eq(key, "metric"))
		return needed_number(value, 0, UINT32_MAX, &r->cfg.priority, "metric", error);
	if (text_eq(key, "mtu"))
		return needed_number(value, 68, 65535, &r->cfg.mtu, "mtu", error);
	return parse_fail(
		error, option, "option", "via=, dev=, weight=, src=, metric=, mtu= or type=");
}

/* A unicast route has hops, each with a gateway or a device; others have none. */
static bool check_hops(struct text prefix, const struct route_word *r, struct parse_error *error)
{
	if (r->cfg.type != RTN_UNICAST)
		return r->cfg.nhs == 0 ||
		       parse_fail(error, prefix, "route", "no next hop: it is not a unicast route");
	for (u32 i = 0; i < max(r->cfg.nhs, 1u); i++)
		if (!(r->hop[i].given & (HOP_VIA | HOP_DEV)))
			return parse_fail(
				error, prefix, "route", "a via= or a dev= behind the prefix");
	return true;
}

bool ipconfig_parse_route(struct text value, struct parse_error *error)
{
	struct route_word *r;
	struct text prefix = text_cut(&value, ',');

	if (ipconfig_words.route_n == WORDS_MAX)
		return parse_fail(error, prefix,
			"route=", "at most 16 of them; more fit the initrd's /etc/routes");
	r = &ipconfig_words.routes[ipconfig_words.route_n];
	*r = (struct route_word){ .cfg.type = RTN_UNICAST };
	if (!parse_prefix(prefix, &r->cfg.dst, &r->cfg.dst_len))
		return parse_fail(error, prefix, "prefix", PARSE_PREFIX_EXPECTED);
	while (ipconfig_follows(value))
		if (!parse_route_option(text_cut(&value, ','), r, error))
			return false;
	if (!check_hops(prefix, r, error))
		return false;
	ipconfig_words.route_n++;
	return true;
}

/* ---- neigh= ------------------------------------------------------------------------------ */

bool ipconfig_parse_neigh(struct text value, struct parse_error *error)
{
	struct text addr = text_cut(&value, ','), mac = text_cut(&value, ',');
	struct neigh_word *n;

	if (ipconfig_words.neigh_n == WORDS_MAX)
		return parse_fail(error, addr, "neigh=", "at most 16 of them");
	n = &ipconfig_words.neighs[ipconfig_words.neigh_n];
	*n = (struct neigh_word){ .device = "" };
	if (!needed_addr(addr, &n->addr, "address", error))
		return false;
	if (!parse_mac(mac, n->mac))
		return parse_fail(
			error, mac, "Ethernet address", "six bytes like 52:54:00:12:34:56");
	if (ipconfig_follows(value) && !text_starts(value, "dev="))
		return parse_fail(error, value, "option", "dev=<name>");
	if (text_cut(&value, '=').len > 0 && !dev_name_parse(value, n->device, error))
		return false;
	ipconfig_words.neigh_n++;
	return true;
}

/* ---- hosts= ------------------------------------------------------------------------------ */

static bool parse_host(struct text entry, struct parse_error *error)
{
	struct text value = entry;
	struct text name = text_cut(&value, ':');
	char copy[NAME_MAX];
	be32 addr;

	if (name.len == 0)
		return parse_fail(error, entry, "entry", "<name>:<address>");
	if (!ipconfig_name(name, copy, sizeof(copy), "name", error) ||
		!needed_addr(value, &addr, "address", error))
		return false;
	if (hosts_len + NAME_MAX + sizeof("255.255.255.255\t\n") > sizeof(hosts_file))
		return parse_fail(error, entry, "entry", "fewer names: /etc/hosts is full");
	hosts_len += text_format(
		hosts_file + hosts_len, sizeof(hosts_file) - hosts_len, "%pI4\t%s\n", &addr, copy);
	return true;
}

bool ipconfig_parse_hosts(struct text value, struct parse_error *error)
{
	if (value.len == 0)
		return parse_fail(error, value, "value", "<name>:<address>[,<name>:<address>]...");
	while (ipconfig_follows(value))
		if (!parse_host(text_cut(&value, ','), error))
			return false;
	return true;
}

/* ---- what the program finds -------------------------------------------------------------- */

const char *ipconfig_hostname(void)
{
	for (u32 i = 0; i < ipconfig_words.ip_n; i++)
		if (ipconfig_words.ips[i].hostname[0])
			return ipconfig_words.ips[i].hostname;
	return NULL;
}

void ipconfig_hosts_show(void)
{
	struct text lines = { hosts_file, hosts_len };

	text_cut(&lines, '\n'); /* localhost */
	while (lines.len > 0) {
		struct text name = text_cut(&lines, '\n'), addr = text_cut(&name, '\t');

		pr_info("hosts: %.*s is %.*s\n", (int)name.len, name.at, (int)addr.len, addr.at);
	}
}

const char *ipconfig_hosts_file(size_t *len)
{
	*len = hosts_len;
	return hosts_file;
}

const char *ipconfig_resolv_file(size_t *len)
{
	*len = 0;
	for (u32 i = 0; i < ipconfig_words.ip_n; i++)
		for (u32 j = 0; j < ARRAY_SIZE(ipconfig_words.ips[i].dns); j++)
			if (!be32_is_zero(ipconfig_words.ips[i].dns[j]))
				*len += text_format(resolv_file + *len, sizeof(resolv_file) - *len,
					"nameserver %pI4\n", &ipconfig_words.ips[i].dns[j]);
	if (*len == 0) /* no server: names that are in no file are not waited for */
		*len = text_format(resolv_file, sizeof(resolv_file), "options timeout:0\n");
	return resolv_file;
}
