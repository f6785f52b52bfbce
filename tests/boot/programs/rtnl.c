/* SPDX-License-Identifier: MIT
 * rtnl.c - addresses, routes, links and neighbours over rtnetlink, in a fresh namespace: each request's
 * answer, what listeners are told, and what is listed afterwards.
 * Not here: whether it is right: the table is compared with Linux's (tests/boot/test_rtnetlink.py).
 * Source: rtnetlink(7). Its structs stand here because musl has none of Linux's headers. */
#define _GNU_SOURCE
#include <stdio.h>

#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	NEWLINK = 16,
	NEWADDR = 20,
	DELADDR,
	GETADDR,
	NEWROUTE = 24,
	DELROUTE,
	GETROUTE,
	NEWNEIGH = 28,
	DELNEIGH
};
enum {
	LINKS = 1,
	NEIGHBOURS = 4,
	ADDRESSES = 0x10,
	ROUTES = 0x40
};
enum {
	REQUEST = 1,
	ACK = 4,
	REPLACE = 0x100,
	EXCL = 0x200,
	CREATE = 0x400,
	APPEND = 0x800,
	DUMP = 0x300
};
enum {
	DST = 1,
	OIF = 4,
	GATEWAY,
	PRIORITY,
	PREFSRC,
	METRICS,
	MULTIPATH,
	TABLE = 15,
	NESTED = 0x8000
};
enum {
	UNICAST = 1,
	LOCAL,
	BLACKHOLE = 6,
	UNREACHABLE,
	PROHIBIT,
	THROW
};
enum {
	UNIVERSE = 0,
	LINK = 253,
	HOST = 254,
	NOWHERE = 255
};

static struct {
	struct {
		uint32_t len;
		uint16_t type, flags;
		uint32_t seq, pid;
	} h;
	uint8_t body[1024];
} req;

struct rtmsg {
	uint8_t family, dst_len, src_len, tos, table, protocol, scope, type;
	uint32_t flags;
};

static int fd, watch; /* requests and their answers; what rtnetlink's groups are told */
static uint8_t answer[16384];

static void begin(uint16_t type, uint16_t flags, const void *header, uint32_t len)
{
	memset(&req, 0, sizeof(req));
	req.h.len = 16 + len;
	req.h.type = type;
	req.h.flags = flags;
	req.h.seq = 1;
	memcpy(req.body, header, len);
}

static void attr(uint16_t type, const void *value, uint16_t len)
{
	uint8_t *at = (uint8_t *)&req + ((req.h.len + 3) & ~3u);
	uint16_t head[2] = { (uint16_t)(len + 4), type };

	memcpy(at, head, 4);
	memcpy(at + 4, value, len);
	req.h.len = (uint32_t)(at - (uint8_t *)&req) + 4 + len;
}

static void attr_u32(uint16_t type, uint32_t value)
{
	attr(type, &value, 4);
}

static void attr_ip(uint16_t type, const char *ip)
{
	uint32_t addr = inet_addr(ip);

	if (ip)
		attr(type, &addr, 4);
}

/* Returns the length of what came back. */
static ssize_t ask(void)
{
	struct {
		uint16_t family, pad;
		uint32_t pid, groups;
	} kernel = { 16, 0, 0, 0 };

	req.h.flags |= REQUEST;
	if (sendto(fd, &req, req.h.len, 0, (void *)&kernel, sizeof(kernel)) < 0)
		return -1;
	return recv(fd, answer, sizeof(answer), 0);
}

/* ---- what is told ------------------------------------------------------------------------------ */

static char lines[256][160];
static int line_n;

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static const char *ip_text(const uint8_t *at)
{
	static char text[4][INET_ADDRSTRLEN];
	static int turn;

	turn = (turn + 1) % 4;
	return at ? inet_ntop(AF_INET, at, text[turn], sizeof(text[turn])) : "-";
}

static uint32_t u32_at(const uint8_t *at)
{
	uint32_t v = 0;

	if (at)
		memcpy(&v, at, 4);
	return v;
}

static void take_attrs(const uint8_t *at, const uint8_t *end, const uint8_t *tb[64], uint16_t *lens)
{
	memset(tb, 0, 64 * sizeof(*tb));
	while (at + 4 <= end) {
		uint16_t head[2];

		memcpy(head, at, 4);
		if ((head[1] & 0x3fff) < 64) {
			tb[head[1] & 0x3fff] = at + 4;
			lens[head[1] & 0x3fff] = (uint16_t)(head[0] - 4);
		}
		at += (head[0] + 3) & ~3;
	}
}

static void show_route(const uint8_t *m, const uint8_t *end)
{
	struct rtmsg rtm;
	const uint8_t *tb[64];
	uint16_t lens[64];
	char *to = lines[line_n++];
	int n;

	memcpy(&rtm, m, sizeof(rtm));
	take_attrs(m + sizeof(rtm), end, tb, lens);
	n = sprintf(to,
		"table %u type %u proto %u scope %u %s/%u via %s oif %u metric %u src %s flags %#x",
		u32_at(tb[TABLE]), rtm.type, rtm.protocol, rtm.scope, ip_text(tb[DST]), rtm.dst_len,
		ip_text(tb[GATEWAY]), u32_at(tb[OIF]), u32_at(tb[PRIORITY]),
		ip_text(rtm.type == LOCAL ? NULL
					  : tb[PREFSRC]), /* a secondary one has another on Linux */
		rtm.flags);
	if (tb[METRICS])
		n += sprintf(to + n, " mtu %u", u32_at(tb[METRICS] + 4));
	for (uint16_t at = 0; tb[MULTIPATH] && at < lens[MULTIPATH]; at = (uint16_t)(at + 16))
		n += sprintf(to + n, " hop %s weight %u", ip_text(tb[MULTIPATH] + at + 12),
			tb[MULTIPATH][at + 3] + 1);
}

static void show_addr(const uint8_t *m, const uint8_t *end)
{
	const uint8_t *tb[64];
	uint16_t lens[64];

	take_attrs(m + 8, end, tb, lens);
	sprintf(lines[line_n++], "addr %s/%u flags %#x scope %u index %u", ip_text(tb[2]), m[1],
		m[2], m[3], u32_at(m + 4));
}

static void show_link(const uint8_t *m)
{
	sprintf(lines[line_n++], "link %u %s", u32_at(m + 4), m[8] & 1 ? "up" : "down");
}

/* On lo, where Linux has one for all addresses. */
static void show_neigh(const uint8_t *m)
{
	sprintf(lines[line_n++], "neighbour index %u state %#x", u32_at(m + 4), m[8]);
}

static void show(uint16_t type, const uint8_t *m, const uint8_t *end)
{
	int n = line_n;

	if ((type & ~1) == NEWLINK)
		show_link(m);
	else if ((type & ~1) == NEWADDR)
		show_addr(m, end);
	else if ((type & ~1) == NEWROUTE)
		show_route(m, end);
	else if ((type & ~1) == NEWNEIGH)
		show_neigh(m);
	if (line_n > n && (type & 1))
		strcat(lines[n], ", gone");
}

/* Returns whether that was the end of a dump. */
static int show_all(const uint8_t *at, ssize_t len)
{
	for (const uint8_t *end = at + len; at < end; at += (u32_at(at) + 3) & ~3u) {
		if ((uint16_t)u32_at(at + 4) == 3)
			return 1;
		show((uint16_t)u32_at(at + 4), at + 16, at + u32_at(at));
	}
	return 0;
}

/* Sorted, each once. */
static void print_lines(const char *title)
{
	qsort(lines, (size_t)line_n, sizeof(lines[0]), by_text);
	for (int i = 0; i < line_n; i++)
		if (!strstr(lines[i], "127.") && /* lo's broadcast is Linux's alone */
			(i == 0 || strcmp(lines[i], lines[i - 1])))
			printf("= %s: %s\n", title, lines[i]);
	line_n = 0;
}

/* What the listeners were told meanwhile. */
static void told(const char *name)
{
	static uint8_t news[16384];
	char title[100];
	ssize_t len;

	while ((len = recv(watch, news, sizeof(news), MSG_DONTWAIT)) > 0)
		show_all(news, len);
	snprintf(title, sizeof(title), "%s, told", name);
	print_lines(title);
}

static void result(const char *name)
{
	int err = 0;

	req.h.flags |= ACK;
	if (ask() < 20)
		printf("= %s: no answer\n", name);
	memcpy(&err, answer + 16, 4);
	printf("= %s: %s\n", name, err ? strerror(-err) : "done");
	told(name);
}

/* ---- requests ------------------------------------------------------------------------------ */

static void link_up(int up)
{
	struct {
		uint8_t family, pad;
		uint16_t type;
		int32_t index;
		uint32_t flags, change;
	} ifi = { 0, 0, 0, 1, (uint32_t)up, 1 };

	begin(NEWLINK, 0, &ifi, sizeof(ifi));
	result(up ? "lo up" : "lo down");
}

static void addr(
	const char *name, uint16_t type, uint16_t flags, const char *ip, uint8_t len, int index)
{
	struct {
		uint8_t family, len, flags, scope;
		int32_t index;
	} ifa = { AF_INET, len, 0, 0, index };

	begin(type, flags, &ifa, sizeof(ifa));
	if (ip)
		attr_ip(2, ip);
	result(name);
}

static void route_begin(
	uint16_t type, uint16_t flags, const char *dst, uint8_t len, uint8_t scope, uint8_t kind)
{
	struct rtmsg rtm = { AF_INET, len, 0, 0, 254, 3, scope, kind, 0 };

	begin(type, flags, &rtm, sizeof(rtm));
	if (len)
		attr_ip(DST, dst);
}

static void route(const char *name, uint16_t type, uint16_t flags, const char *dst, uint8_t len,
	const char *via, int oif)
{
	route_begin(type, flags, dst, len,
		type == DELROUTE ? NOWHERE
		: via            ? UNIVERSE
				 : LINK,
		UNICAST);
	if (via)
		attr_ip(GATEWAY, via);
	if (oif)
		attr_u32(OIF, (uint32_t)oif);
	result(name);
}

static void refusing(const char *name, const char *dst, uint8_t kind, int oif)
{
	route_begin(NEWROUTE, CREATE | EXCL, dst, 24, UNIVERSE, kind);
	if (oif)
		attr_u32(OIF, (uint32_t)oif);
	result(name);
}

static void with_attr(const char *name, const char *dst, uint16_t type, uint32_t value)
{
	route_begin(NEWROUTE, CREATE | EXCL, dst, 24, UNIVERSE, UNICAST);
	attr_ip(GATEWAY, "10.4.0.9");
	attr_u32(type, value);
	result(name);
}

static void multipath(const char *name, const char *dst, const char *a, const char *b, int with_oif)
{
	struct {
		uint16_t len;
		uint8_t flags, hops;
		int32_t index;
		uint16_t alen, atype;
		uint32_t gw;
	} hop[2] = { { 16, 0, 0, 0, 8, GATEWAY, inet_addr(a) },
		{ 16, 0, 2, 0, 8, GATEWAY, inet_addr(b) } };

	route_begin(NEWROUTE, CREATE | EXCL, dst, 24, UNIVERSE, UNICAST);
	attr(MULTIPATH, hop, sizeof(hop));
	if (with_oif)
		attr_u32(OIF, 1);
	result(name);
}

static void mtu(const char *name, const char *dst, uint32_t value)
{
	uint32_t inner[2] = { 8 | 2 << 16, value };

	route_begin(NEWROUTE, CREATE | EXCL, dst, 24, UNIVERSE, UNICAST);
	attr_ip(GATEWAY, "10.4.0.9");
	attr(METRICS | NESTED, inner, sizeof(inner));
	result(name);
}

static void neigh(
	const char *name, uint16_t type, uint16_t flags, const char *ip, int with_mac, int index)
{
	struct {
		uint8_t family, pad[3];
		int32_t index;
		uint16_t state;
		uint8_t flags, type;
	} nd = { AF_INET, { 0 }, index, 0x80, 0, 0 };

	begin(type, flags, &nd, sizeof(nd));
	if (ip)
		attr_ip(1, ip);
	if (with_mac)
		attr(2, "\x02\0\0\0\0\x09", 6);
	result(name);
}

static void list(const char *title, uint16_t type)
{
	uint8_t family[20] = { AF_INET };
	int done = 0;

	begin(type, DUMP, family, type == GETROUTE ? 12 : 8);
	for (ssize_t len = ask(); !done; len = done ? 0 : recv(fd, answer, sizeof(answer), 0))
		done = len <= 0 || show_all(answer, len);
	print_lines(title);
}

/* ---- the table --------------------------------------------------------------------------------- */

static void addresses(void)
{
	addr("address on nothing", NEWADDR, CREATE | EXCL, "10.1.0.1", 24, 77);
	addr("address without index", NEWADDR, CREATE | EXCL, "10.1.0.1", 24, 0);
	addr("no address", NEWADDR, CREATE | EXCL, NULL, 24, 1);
	addr("length 33", NEWADDR, CREATE | EXCL, "10.1.0.1", 33, 1);
	addr("10.1.0.1/24", NEWADDR, CREATE | EXCL, "10.1.0.1", 24, 1);
	addr("10.1.0.1/24 again", NEWADDR, CREATE | EXCL, "10.1.0.1", 24, 1);
	addr("10.1.0.1/24 replaced", NEWADDR, CREATE | REPLACE, "10.1.0.1", 24, 1);
	addr("10.1.0.2/24, secondary", NEWADDR, CREATE | EXCL, "10.1.0.2", 24, 1);
	addr("10.3.0.1/32", NEWADDR, CREATE | EXCL, "10.3.0.1", 32, 1);
	list("addresses", GETADDR);
	addr("delete what is not there", DELADDR, 0, "10.9.0.1", 24, 1);
	addr("delete with another length", DELADDR, 0, "10.1.0.2", 25, 1);
	addr("delete 10.3.0.1/32", DELADDR, 0, "10.3.0.1", 32, 1);
	list("fewer", GETADDR);
}

static void routes(void)
{
	route("on no link", NEWROUTE, CREATE | EXCL, "192.0.2.0", 24, "10.8.0.1", 0);
	route("no device", NEWROUTE, CREATE | EXCL, "192.0.2.0", 24, NULL, 0);
	route("unknown device", NEWROUTE, CREATE | EXCL, "192.0.2.0", 24, NULL, 77);
	route("bits below the mask", NEWROUTE, CREATE | EXCL, "192.0.2.1", 24, NULL, 1);
	route("length 33", NEWROUTE, CREATE | EXCL, "192.0.2.1", 33, NULL, 1);
	route("on link", NEWROUTE, CREATE | EXCL, "192.0.2.0", 24, NULL, 1);
	route("again", NEWROUTE, CREATE | EXCL, "192.0.2.0", 24, NULL, 1);
	route("appended, the same", NEWROUTE, CREATE | APPEND, "192.0.2.0", 24, NULL, 1);
	route("not to be created", NEWROUTE, 0, "198.51.100.0", 24, NULL, 1);
	route("replace what is not there", NEWROUTE, REPLACE, "198.51.100.0", 24, NULL, 1);
	route("replace or create", NEWROUTE, REPLACE | CREATE, "198.51.100.0", 24, NULL, 1);
	refusing("blackhole", "203.0.113.0", BLACKHOLE, 0);
	refusing("blackhole with device", "203.0.114.0", BLACKHOLE, 1);
	refusing("unreachable", "203.0.115.0", UNREACHABLE, 0);
	refusing("prohibit", "203.0.116.0", PROHIBIT, 0);
	refusing("throw", "203.0.117.0", THROW, 0);
	refusing("a type that is none", "203.0.118.0", 77, 0);
	list("routes", GETROUTE);
	route("delete", DELROUTE, 0, "192.0.2.0", 24, NULL, 1);
	route("delete again", DELROUTE, 0, "192.0.2.0", 24, NULL, 1);
	route("delete by another device", DELROUTE, 0, "198.51.100.0", 24, NULL, 77);
	route("delete any", DELROUTE, 0, "198.51.100.0", 24, NULL, 0);
	list("fewer routes", GETROUTE);
}

/* 10.1.0.0/24 is "on lo's link" by this route: gateways need one that is not local. */
static void gateways(void)
{
	route("a link for gateways", NEWROUTE, CREATE | EXCL, "10.4.0.0", 24, NULL, 1);
	route("gateway", NEWROUTE, CREATE | EXCL, "192.0.2.0", 24, "10.4.0.9", 0);
	route("another gateway", NEWROUTE, CREATE | EXCL, "192.0.2.0", 24, "10.4.0.8", 0);
	route("appended", NEWROUTE, CREATE | APPEND, "192.0.2.0", 24, "10.4.0.8", 0);
	route("replaced", NEWROUTE, CREATE | REPLACE, "192.0.2.0", 24, "10.4.0.7", 0);
	with_attr("not our source", "198.51.101.0", PREFSRC, inet_addr("10.77.0.1"));
	multipath("two gateways", "198.51.102.0", "10.4.0.9", "10.4.0.8", 0);
	multipath("two, one on no link", "198.51.103.0", "10.4.0.9", "10.8.0.8", 0);
	list("by gateways", GETROUTE);
	route("delete the first", DELROUTE, 0, "192.0.2.0", 24, NULL, 0);
	route("delete by gateway", DELROUTE, 0, "192.0.2.0", 24, "10.4.0.9", 0);
	list("by gateways, fewer", GETROUTE);
}

static void neighbours(void)
{
	neigh("neighbour on nothing", NEWNEIGH, CREATE | EXCL, "10.4.0.9", 1, 77);
	neigh("no neighbour", NEWNEIGH, CREATE | EXCL, NULL, 1, 1);
	neigh("not to be created", NEWNEIGH, 0, "10.4.0.9", 1, 1);
	neigh("neighbour", NEWNEIGH, CREATE | EXCL, "10.4.0.9", 1, 1);
	neigh("replaced", NEWNEIGH, CREATE | REPLACE, "10.4.0.9", 1, 1);
	neigh("delete what is not there", DELNEIGH, 0, "10.4.0.8", 0, 1);
}

int main(void)
{
	struct {
		uint16_t family, pad;
		uint32_t pid, groups;
	} groups = { 16, 0, 0, LINKS | NEIGHBOURS | ADDRESSES | ROUTES };

	if (unshare(CLONE_NEWNET) < 0)
		return 1;
	fd = socket(16, SOCK_RAW, 0);
	watch = socket(16, SOCK_RAW, 0);
	if (bind(watch, (void *)&groups, sizeof(groups)) < 0)
		return 1;
	list("at first", GETROUTE);
	list("at first", GETADDR);
	addr("address while it is down", NEWADDR, CREATE | EXCL, "10.2.0.1", 24, 1);
	list("down", GETROUTE);
	route("route while it is down", NEWROUTE, CREATE | EXCL, "192.0.2.0", 24, NULL, 1);
	link_up(1);
	link_up(1);
	addresses();
	routes();
	gateways();
	mtu("mtu", "198.51.104.0", 1400);
	with_attr("metric", "198.51.105.0", PRIORITY, 100);
	neighbours();
	link_up(0);
	list("down again", GETROUTE);
	puts("= end of table");
	return 0;
}
