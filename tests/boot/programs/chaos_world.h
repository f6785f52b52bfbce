/* SPDX-License-Identifier: MIT
 * chaos_world.h - the machine put in order again, and how much of what can run out it then uses.
 * Not here: what brought it out of order (chaos.c).
 * chaos.c includes it.
 * Source: rtnetlink(7), netdevice(7); docs/manual.md for /proc/muffin, /proc/net/muffin, /proc/net/filter. */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/sysinfo.h>
#include <time.h>

#include "chaos_netlink.h"

enum {
	DELADDR = 21,
	GETADDR,
	DELROUTE = 25,
	GETROUTE,
	DELNEIGH = 29,
	GETNEIGH
};

#define LO   1
#define ETH0 2

static int home = -1; /* the namespace of the start */
static int lo_mtu;

static void rest_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/* ---- the network --------------------------------------------------------------------------------- */

static int order; /* a socket of rtnetlink */
static union {
	struct nlmsg m;
	uint8_t bytes[32768];
} answer;

/* Returns what the kernel says to it: 0 or a negative errno. */
static int tell(struct nlmsg *m)
{
	int32_t err;

	m->flags |= 5; /* request, acknowledge */
	send(order, m, m->len, 0);
	recv(order, &answer, sizeof(answer), 0);
	memcpy(&err, answer.m.body, sizeof(err));
	return answer.m.type == 2 ? err : -EPROTO;
}

/* Every entry of this kind is handed back with the type that deletes it. */
static void delete_all(uint16_t get, uint16_t delete)
{
	static struct nlmsg found[256];
	struct nlmsg m = { NL_HEADER + 12, get, 0x301, 1, 0, { AF_INET } };
	int n = 0, done = 0;

	send(order, &m, m.len, 0);
	while (!done) {
		ssize_t len = recv(order, &answer, sizeof(answer), 0);

		done = len <= 0;
		for (ssize_t at = 0; at + NL_HEADER <= len;) {
			struct nlmsg *e = (void *)(answer.bytes + at);

			done |= e->type == 3 || e->type == 2;
			if (!done && n < 256 && e->len <= sizeof(*e))
				memcpy(&found[n++], e, e->len);
			at += (ssize_t)((e->len + 3) & ~3u);
		}
	}
	for (int i = 0; i < n; i++) {
		found[i].type = delete;
		found[i].flags = 0;
		tell(&found[i]);
	}
}

static void right_attr(struct nlmsg *m, uint16_t type, const void *value, uint16_t len)
{
	put_attr(m, type, value, len, (uint16_t)(len + 4));
}

static int set_link(uint32_t index, const char *name, uint32_t mtu, uint32_t up)
{
	uint32_t header[4] = { 0, index, up, 1 };
	struct nlmsg m = { .len = NL_HEADER + sizeof(header), .type = 16 };

	memcpy(m.body, header, sizeof(header));
	right_attr(&m, 3, name, (uint16_t)(strlen(name) + 1));
	right_attr(&m, 4, &mtu, 4);
	return tell(&m);
}

static int add_address(uint32_t index, const char *ip, uint8_t prefix_len)
{
	struct nlmsg m = {
		.len = NL_HEADER + 8, .type = 20, .flags = 0x400, .body = { AF_INET, prefix_len }
	};
	uint32_t addr = inet_addr(ip);

	memcpy(m.body + 4, &index, 4);
	right_attr(&m, 2, &addr, 4);
	return tell(&m);
}

static int add_default_route(void)
{
	struct nlmsg m = { .len = NL_HEADER + 12,
		.type = 24,
		.flags = 0x400,
		.body = { AF_INET, 0, 0, 0, 254, 3, 0, 1 } };
	uint32_t via = inet_addr("10.0.2.2");

	right_attr(&m, 5, &via, 4);
	return tell(&m);
}

static int add_neighbour(void)
{
	uint32_t header[3] = { AF_INET, ETH0, 0x80 };
	struct nlmsg m = { .len = NL_HEADER + sizeof(header), .type = 28, .flags = 0x500 };
	uint32_t ip = inet_addr("10.0.2.2");

	memcpy(m.body, header, sizeof(header));
	right_attr(&m, 1, &ip, 4);
	right_attr(&m, 2, "\x52\x55\x0a\0\2\2", 6);
	return tell(&m);
}

/* A card whose namespace went away comes back a moment later. */
static int wait_for_card(void)
{
	struct ifreq r = { .ifr_ifindex = ETH0 };

	for (int i = 0; i < 100; i++) {
		if (ioctl(order, SIOCGIFNAME, &r) == 0)
			return 1;
		rest_ms(10);
	}
	return 0;
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd >= 0 && write(fd, text, strlen(text)) < 0)
		printf("%s: %s\n", path, strerror(errno));
	close(fd);
}

static char wrong[80]; /* the first step that failed */

static void step(const char *name, int err)
{
	if (err && !wrong[0])
		snprintf(wrong, sizeof(wrong), "%s: %s", name, strerror(-err));
}

/* Addresses, routes, neighbours, links and rules as at the start. */
static void order_network(void)
{
	step("namespace", setns(home, 0));
	order = socket(AF_NETLINK, SOCK_RAW, 0);
	step("card", wait_for_card() ? 0 : -ENODEV);
	write_file("/proc/net/filter", "flush\n");
	step("lo's name",
		set_link(LO, "one-of-two", (uint32_t)lo_mtu, 0)); /* each may have the other's */
	step("eth0 down", set_link(ETH0, "eth0", 1500, 0));
	step("lo down", set_link(LO, "lo", (uint32_t)lo_mtu, 0));
	delete_all(GETADDR, DELADDR);
	step("lo up", set_link(LO, "lo", (uint32_t)lo_mtu, 1));
	step("eth0 up", set_link(ETH0, "eth0", 1500, 1));
	delete_all(GETROUTE, DELROUTE);
	delete_all(GETNEIGH, DELNEIGH);
	add_address(LO, "127.0.0.1", 8); /* perhaps lo has it already */
	step("address", add_address(ETH0, "10.0.2.15", 24));
	step("default route", add_default_route());
	step("neighbour", add_neighbour());
	close(order);
}

/* ---- pools ---------------------------------------------------------------------------------------- */

#define POOLS_MAX 32

static struct pool {
	char name[40];
	long n;
} pools[2][POOLS_MAX]; /* at the start, now */

/* "name n", perhaps with "of m" behind it. What lies in rings' slots is as good as free: a slot keeps its
 * packet until another frame needs it. Returns how many lines there are then. */
static int note_pool(struct pool *to, int n, const char *line)
{
	size_t len = strcspn(line, "0123456789"), kind = len;
	const char *rings = strstr(line, " in rings ");

	if (len < 2 || len >= sizeof(to->name) || !line[len] || n == POOLS_MAX)
		return n;
	if (rings)
		kind = (size_t)(rings - line);
	for (int i = 0; rings && i < n; i++) {
		if (strncmp(to[i].name, line, kind) != 0 || strcmp(to[i].name + kind, " free") != 0)
			continue;
		to[i].n += atol(line + len);
		return n;
	}
	memcpy(to[n].name, line, len - 1);
	to[n].n = atol(line + len);
	return n + 1;
}

static void read_pools(struct pool *to)
{
	static const char *const files[] = { "/proc/muffin", "/proc/net/muffin" };
	static char text[8192];
	int n = 0;

	memset(to, 0, sizeof(pools[0]));
	for (int f = 0; f < 2; f++) {
		int fd = open(files[f], O_RDONLY);
		ssize_t len = read(fd, text, sizeof(text) - 1);

		close(fd);
		text[len > 0 ? len : 0] = '\0';
		for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
			if (f == 0 || strncmp(line, "waiting", 7) == 0 ||
				strncmp(line, "queued", 6) == 0)
				n = note_pool(to, n, line);
	}
}

/* The first of them: pages. A page once taken for sockets, routes or texts stays theirs: so many may be missing. */
static long pages_kept(void)
{
	struct sysinfo info;

	sysinfo(&info);
	return (long)(info.totalram / PAGE / 16);
}

static int as_before(const struct pool *before, const struct pool *now)
{
	if (strcmp(now->name, "pages free") == 0)
		return now->n >= before->n - pages_kept();
	return now->n == before->n && strcmp(now->name, before->name) == 0;
}

static int pools_as_before(int say)
{
	int good = 1;

	read_pools(pools[1]);
	for (int i = 0; i < POOLS_MAX; i++) {
		const struct pool *before = &pools[0][i], *now = &pools[1][i];

		if (say && before->name[0])
			dprintf(1, "= pool %s: %ld, at the start %ld\n", now->name, now->n,
				before->n);
		good &= as_before(before, now);
	}
	return good;
}

#define DRAIN_MS 30000 /* pacing and ARP give up before */

/* What was accepted leaves or is given up; then all pools are as they were. */
static int wait_for_pools(void)
{
	for (int ms = 0; ms < DRAIN_MS; ms += 10) {
		if (pools_as_before(0))
			return 1;
		rest_ms(10);
	}
	return 0;
}
