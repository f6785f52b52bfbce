/* SPDX-License-Identifier: MIT
 * ipconfig.c - the network as the command line describes it: ip=, neigh=, hosts=.
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

static char hosts_file[HOSTS_FILE_MAX];
static size_t hosts_len;
static char resolv_file[WORDS_MAX * 2 * sizeof("nameserver 255.255.255.255\n")];

bool ipconfig_room(u32 n, struct text value, const char *word, struct parse_error *error)
{
	return n < WORDS_MAX ||
	       parse_fail(error, text_cut(&value, ','), word, "at most 16 of them");
}

/* ---- ip= -------------------------------------------------------------------------------- */

/* Ones, then zeros. */
static bool read_mask(struct text t, const struct field *f, void *at)
{
	u8 *prefix_len = at;
	be32 mask;

	if (!parse_ipv4(t, &mask))
		return false;
	for (*prefix_len = 0; *prefix_len <= 32; ++*prefix_len)
		if (be32_eq(prefix_mask(*prefix_len), mask))
			return true;
	return false;
}

static bool is_off(struct text t)
{
	return text_eq(t, "off") || text_eq(t, "none");
}

/* With nothing said Linux would ask DHCP; an address makes that needless. */
static bool read_autoconf(struct text t, const struct field *f, void *into)
{
	struct ip_word *ip = into;
	bool off = is_off(t), addressed = !be32_is_zero(ip->client);

	ip->off = off && !addressed;
	return off || (t.len == 0 && addressed);
}

#define IP_ADDR(member) FIELD_IPV4(struct ip_word, member), .optional = true

static const struct field ip_fields[] = {
	{ "client address", IP_ADDR(client) },
	{ "server address", IP_ADDR(server) },
	{ "gateway", IP_ADDR(gateway) },
	{ "netmask", read_mask, FIELD(struct ip_word, prefix_len), .optional = true,
		.expected = "a mask: an IPv4 address like 255.255.255.0, ones before zeros" },
	{ "host name", field_name, FIELD(struct ip_word, hostname), .optional = true,
		.expected = "a name of at most 63 printable characters" },
	{ "device", FIELD_DEV(struct ip_word, device), .optional = true },
	{ "autoconf", read_autoconf,
		.expected = "'off' (or 'none'): addresses are given here, not asked for" },
	{ "first DNS server", IP_ADDR(dns[0]) },
	{ "second DNS server", IP_ADDR(dns[1]) },
	{ "NTP server", IP_ADDR(server) },
	{ .expected = "at most ten fields" },
};

#define IP_FIELDS 10

/* RFC 791 3.2: what Linux takes when no mask is given. */
static u8 classful_len(be32 addr)
{
	u32 top = be32_to_cpu(addr) >> 24;

	return top < 128 ? 8 : top < 192 ? 16 : 24;
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
	struct ip_word *ip = &ipconfig_words.ips[ipconfig_words.ip_n];

	if (!ipconfig_room(ipconfig_words.ip_n, value, "ip=", error))
		return false;
	*ip = (struct ip_word){ .off = is_off(value), .prefix_len = NO_MASK };
	if (memchr(value.at, ':', value.len)) {
		if (!parse_word(value, ':', ip_fields, IP_FIELDS, ip, error))
			return false;
	} else if (!ip->off && !parse_ipv4(value, &ip->client)) {
		return parse_fail(error, value, "value",
			"'off', or <client>:<server>:<gateway>:<netmask>:<host>:<device>:off "
			"(no DHCP here)");
	}
	if (ip->prefix_len == NO_MASK)
		ip->prefix_len = classful_len(ip->client);
	if (!be32_is_zero(ip->client) && !is_a_hosts(ip->client, ip->prefix_len))
		return parse_fail(error, text_cut(&value, ':'), "client address",
			"an address that one host of its network can have");
	ipconfig_words.ip_n++;
	return true;
}

/* ---- neigh= ------------------------------------------------------------------------------ */

static bool read_mac(struct text t, const struct field *f, void *at)
{
	return parse_mac(t, at);
}

static const struct field neigh_fields[] = {
	{ "address", FIELD_IPV4(struct neigh_word, addr) },
	{ "Ethernet address", read_mac, FIELD(struct neigh_word, mac),
		.expected = "six bytes like 52:54:00:12:34:56" },
	{ "dev", FIELD_DEV(struct neigh_word, device) },
	{ .expected = "dev=<name>" },
};

bool ipconfig_parse_neigh(struct text value, struct parse_error *error)
{
	struct neigh_word *n = &ipconfig_words.neighs[ipconfig_words.neigh_n];

	if (!ipconfig_room(ipconfig_words.neigh_n, value, "neigh=", error))
		return false;
	*n = (struct neigh_word){ .device = "" };
	if (!parse_word(value, ',', neigh_fields, 2, n, error))
		return false;
	ipconfig_words.neigh_n++;
	return true;
}

/* ---- hosts= ------------------------------------------------------------------------------ */

struct host {
	char name[NAME_MAX];
	be32 addr;
};

static const struct field host_fields[] = {
	{ "name", field_name, FIELD(struct host, name),
		.expected = "<name>:<address>, the name of at most 63 printable characters" },
	{ "address", FIELD_IPV4(struct host, addr) },
	{ .expected = "a comma between two entries" },
};

static void add_host(const char *name, be32 addr)
{
	hosts_len += text_format(
		hosts_file + hosts_len, sizeof(hosts_file) - hosts_len, "%pI4\t%s\n", &addr, name);
}

/* The first line. */
static void add_localhost(void)
{
	if (hosts_len == 0)
		add_host("localhost", cpu_to_be32(INADDR_LOOPBACK));
}

static bool parse_host(struct text entry, struct parse_error *error)
{
	struct host host;

	if (!parse_word(entry, ':', host_fields, 2, &host, error))
		return false;
	add_localhost();
	if (hosts_len + NAME_MAX + sizeof("255.255.255.255\t\n") > sizeof(hosts_file))
		return parse_fail(error, entry, "entry", "fewer names: /etc/hosts is full");
	add_host(host.name, host.addr);
	return true;
}

bool ipconfig_parse_hosts(struct text value, struct parse_error *error)
{
	do {
		if (!parse_host(text_cut(&value, ','), error))
			return false;
	} while (text_follows(value));
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
	add_localhost();
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
