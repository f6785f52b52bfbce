/* SPDX-License-Identifier: MIT
 * chaos_netlink.h - messages for rtnetlink and nfnetlink_queue: well-formed, nearly so, or not.
 * Not here: how they are sent (chaos.c), the requests that put the world in order again (chaos_world.h).
 * chaos.c includes it.
 * Source: netlink(7), rtnetlink(7). Behaves as Linux's nfnetlink_queue. */
#pragma once

#include "chaos_sockets.h"

struct nlmsg {
	uint32_t len;
	uint16_t type, flags;
	uint32_t seq, pid;
	uint8_t body[496];
};

#define NL_HEADER 16

static void put_attr(
	struct nlmsg *m, uint16_t type, const void *value, uint16_t len, uint16_t said_len)
{
	uint32_t at = (m->len + 3) & ~3u;
	uint16_t head[2] = { said_len, type };

	if (at + 4 + len > sizeof(*m))
		return;
	memcpy((uint8_t *)m + at, head, 4);
	memcpy((uint8_t *)m + at + 4, value, len);
	m->len = at + 4 + len;
}

/* Its length is mostly right. */
static void add_attr(struct nlmsg *m, uint16_t type, const void *value, uint16_t len)
{
	put_attr(m, type, value, len, (uint16_t)(one_in(30) ? number() : len + 4u));
}

static void add_any_attr(struct nlmsg *m, uint16_t type)
{
	static const uint16_t lens[] = { 0, 1, 2, 4, 4, 4, 6, 8, 16, 32 };
	static const char *const names[] = { "eth0", "lo", "eth1", "oven" };
	uint32_t ip = htonl(any_ip()), n = (uint32_t)(one_in(2) ? below(5) : number());
	uint8_t bytes[32];

	fill(bytes, sizeof(bytes));
	switch (below(4)) {
	case 0:
		add_attr(m, type, &ip, 4);
		break;
	case 1:
		add_attr(m, type, &n, 4);
		break;
	case 2:
		add_attr(m, type, PICK(names), 5);
		break;
	default:
		add_attr(m, type, bytes, PICK(lens));
	}
}

/* The header of a link, an address, a route or a neighbour. */
static uint32_t make_header(uint8_t *body, uint16_t type)
{
	uint32_t index = (uint32_t)below(4), up = one_in(4) ? 0 : 1;
	uint32_t link[4] = { 0, index, up, one_in(2) ? 1 : (uint32_t)number() };
	uint8_t addr[8] = { AF_INET, (uint8_t)(one_in(8) ? number() : 8 + below(25)), 0, 0 };
	uint8_t route[12] = { AF_INET, (uint8_t)(one_in(8) ? number() : below(33)), 0,
		(uint8_t)below(2), (uint8_t)(one_in(4) ? 255 : 254), 99,
		(uint8_t)(one_in(4) ? 253 : 0), (uint8_t)(1 + below(9)) };
	uint32_t neigh[3] = { AF_INET, index, 0x80u | (1u << 16) };

	memcpy(addr + 4, &index, 4);
	switch (type / 4) {
	case 4: /* links are 16 to 19 */
		memcpy(body, link, 16);
		return 16;
	case 5:
		memcpy(body, addr, 8);
		return 8;
	case 6:
		memcpy(body, route, 12);
		return 12;
	default:
		memcpy(body, neigh, 12);
		return 12;
	}
}

static void make_rtnl(struct nlmsg *m)
{
	static const uint16_t types[] = { 16, 17, 18, 19, 20, 20, 21, 22, 24, 24, 24, 25, 26, 26,
		28, 28, 29, 30 };
	static const uint16_t flags[] = { 0x1, 0x5, 0x5, 0x301, 0x305, 0x405, 0x505, 0x605, 0xc05,
		0x401 };
	static const uint16_t attrs[] = { 1, 1, 2, 2, 3, 4, 4, 5, 5, 6, 7, 8, 9, 12, 15, 28,
		0x8001 };
	uint32_t ip = htonl(one_in(2) ? 0x0a000000 + ((uint32_t)below(8) << 8) : any_ip());

	m->type = one_in(20) ? (uint16_t)number() : PICK(types);
	m->flags = one_in(20) ? (uint16_t)number() : PICK(flags);
	m->len = NL_HEADER + make_header(m->body, m->type);
	if (m->type >= 20 && !one_in(8)) /* what it is about */
		add_attr(m, m->type < 24 ? 2 : 1, &ip, 4);
	if (m->type == 24 && one_in(2))
		add_attr(m, 4, &(uint32_t){ 1 + (uint32_t)below(2) }, 4);
	if (m->type == 28)
		add_attr(m, 2, "\2\0\0\0\0\1", 6);
	while (!one_in(3))
		add_any_attr(m, PICK(attrs));
}

static void make_nfqueue(struct nlmsg *m)
{
	static const uint16_t attrs[] = { 1, 2, 3, 4, 5, 10 };
	uint8_t command[4] = { (uint8_t)(1 + below(5)), 0, 0, AF_INET };
	uint32_t verdict[2] = { htonl((uint32_t)(one_in(8) ? number() : below(6))),
		htonl((uint32_t)(1 + below(40))) };
	uint8_t header[4] = { (uint8_t)(one_in(16) ? AF_INET : 0), 0, 0, (uint8_t)below(3) };
	uint8_t params[5] = { 0, 0, (uint8_t)(one_in(4) ? 0 : 1), 0, (uint8_t)below(4) };
	uint8_t packet[64];

	m->type = (uint16_t)(0x300 + below(5));
	m->flags = one_in(4) ? (uint16_t)number() : 0x5;
	m->len = NL_HEADER + 4;
	memcpy(m->body, header, 4);
	if ((m->type == 0x301 || m->type == 0x303) && !one_in(8))
		add_attr(m, m->type == 0x301 ? 2 : 1, verdict, 8);
	if (m->type == 0x301 && one_in(3)) {
		fill(packet, sizeof(packet));
		add_attr(m, 10, packet, (uint16_t)below(65));
	}
	if (m->type == 0x302 && !one_in(4))
		add_attr(m, 1, command, 4);
	if (m->type == 0x302 && one_in(2))
		add_attr(m, 2, params, 5);
	while (one_in(4))
		add_any_attr(m, PICK(attrs));
}

/* A listener for a queue: the packets that rules queue come to it. */
static struct place_len listener(void)
{
	const uint8_t command[4] = { 1, 0, 0, AF_INET },
		      params[5] = { 0, 0, 1, 0, (uint8_t)(1 + below(2)) };
	struct nlmsg m = { .len = NL_HEADER + 4, .type = 0x302, .flags = 5 };

	m.body[3] = (uint8_t)below(2);
	put_attr(&m, 1, command, 4, 8);
	put_attr(&m, 2, params, 5, 9);
	return (struct place_len){ place_well(&m, sizeof(m)), m.len };
}

/* One or two, as a socket of that kind wants them; their lengths are mostly right. */
static struct place_len any_netlink(enum kind kind)
{
	struct nlmsg m[2] = { 0 };
	uint32_t len;

	if (kind == NETFILTER)
		make_nfqueue(&m[0]);
	else
		make_rtnl(&m[0]);
	m[0].seq = (uint32_t)next();
	len = (m[0].len + 3) & ~3u;
	if (one_in(6) && len <= sizeof(m[0])) {
		make_rtnl(&m[1]);
		memmove((uint8_t *)m + len, &m[1],
			m[1].len <= sizeof(m[1]) ? m[1].len : sizeof(m[1]));
		len += m[1].len;
	}
	if (one_in(16))
		m[0].len = (uint32_t)number();
	if (len > sizeof(m))
		len = sizeof(m);
	return (struct place_len){ place(m, len), one_in(24) ? number() % 4096 : len };
}
