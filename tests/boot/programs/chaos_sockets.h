/* SPDX-License-Identifier: MIT
 * chaos_sockets.h - descriptors, addresses, messages and options as sockets know them, good and bad.
 * Not here: what netlink's messages say (chaos_netlink.h), which calls get them (chaos.c).
 * chaos.c includes it.
 * Source: socket(7), ip(7), udp(7), packet(7), netlink(7), unix(7), cmsg(3). */
#pragma once

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "chaos_random.h"

/* ---- descriptors ------------------------------------------------------------------------------ */

enum kind {
	INET,
	PACKET_,
	ROUTE,
	NETFILTER,
	UNIX,
	OTHER,
	KINDS
};

#define FD_MOST 100

static struct {
	int fd;
	enum kind kind;
} fds[FD_MOST];
static unsigned fd_n;

/* What a call answered. One too many is closed again. */
static void fd_keep(long fd, enum kind kind)
{
	if (fd < 0)
		return;
	if (fd_n == FD_MOST) {
		close((int)fd);
		return;
	}
	fds[fd_n].fd = (int)fd;
	fds[fd_n++].kind = kind;
}

static void fd_forget(int fd)
{
	for (unsigned i = 0; i < fd_n; i++)
		if (fds[i].fd == fd)
			fds[i--] = fds[--fd_n];
}

static enum kind kind_of(int fd)
{
	for (unsigned i = 0; i < fd_n; i++)
		if (fds[i].fd == fd)
			return fds[i].kind;
	return OTHER;
}

/* Mostly open, never 0 to 2: those are the console's. */
static int any_fd(void)
{
	static const int none[] = { -1, 200, 255, 256, INT32_MAX, INT32_MIN };

	return fd_n == 0 || one_in(20) ? PICK(none) : fds[below(fd_n)].fd;
}

/* One of a kind, if a few looks find one. */
static int fd_of(enum kind kind)
{
	for (int i = 0; i < 8 && fd_n > 0; i++) {
		unsigned at = (unsigned)below(fd_n);

		if (fds[at].kind == kind)
			return fds[at].fd;
	}
	return any_fd();
}

/* ---- addresses ---------------------------------------------------------------------------------- */

static uint32_t any_ip(void)
{
	static const uint32_t ips[] = { 0x0a000202, 0x0a000202, 0x0a000202, 0x7f000001, 0x7f000001,
		0x0a00020f, 0x0a0002ff, 0xffffffff, 0xe00000fb, 0xe0000001, 0xefffffff, 0,
		0x0a000200, 0x7f010203, 0xc0000201, 0xf0000001, 0x00000005 };

	if (one_in(200))
		return 0x0a000200 +
		       (uint32_t)below(256); /* most of them are not there: ARP asks in vain */
	return one_in(30) ? (uint32_t)next() : PICK(ips);
}

static uint16_t any_port(void)
{
	return (uint16_t)(one_in(10) ? number() : 5000 + below(12));
}

static socklen_t make_address(struct sockaddr_storage *to, enum kind kind)
{
	static const char *const paths[] = { "/dev/none", "/none", "/etc/hosts", "", "\0abstract",
		"dev/log" };
	struct {
		uint16_t family, protocol;
		int32_t ifindex;
		uint16_t hatype;
		uint8_t pkttype, halen, addr[8];
	} ll = { AF_PACKET, htons((uint16_t)(one_in(2) ? 3 : 0x800)), (int)below(4), 1, 0, 6,
		{ 0xff } };
	struct {
		uint16_t family, pad;
		uint32_t pid, groups;
	} nl = { AF_NETLINK, 0, one_in(4) ? (uint32_t)number() : 0,
		one_in(4) ? (uint32_t)next() : 0 };
	struct sockaddr_in *in = (struct sockaddr_in *)to;
	struct sockaddr_un *un = (struct sockaddr_un *)to;

	memset(to, 0, sizeof(*to));
	switch (one_in(20) ? (enum kind)below(KINDS) : kind) {
	case PACKET_:
		memcpy(to, &ll, sizeof(ll));
		return sizeof(ll);
	case ROUTE:
	case NETFILTER:
		memcpy(to, &nl, sizeof(nl));
		return sizeof(nl);
	case UNIX:
		un->sun_family = AF_UNIX;
		memcpy(un->sun_path, PICK(paths), 9);
		return (socklen_t)(2 + below(12));
	default:
		in->sin_family = AF_INET;
		in->sin_port = htons(any_port());
		in->sin_addr.s_addr = htonl(any_ip());
		return sizeof(*in);
	}
}

struct place_len {
	uint64_t at, len;
};

/* For a socket of that kind, with a length that is mostly right. */
static struct place_len any_address(enum kind kind)
{
	struct sockaddr_storage a;
	socklen_t len = make_address(&a, kind);

	if (one_in(24))
		a.ss_family = (sa_family_t)number();
	if (one_in(16))
		return (struct place_len){ place(&a, len), number() };
	return (struct place_len){ one_in(16) ? 0 : place(&a, len), len };
}

/* Room for an address, and the length that stands for it. */
static struct place_len address_room(void)
{
	uint32_t len = (uint32_t)(one_in(8) ? number() : 128);

	return (struct place_len){ one_in(4) ? 0 : address(128), place(&len, sizeof(len)) };
}

/* ---- messages ----------------------------------------------------------------------------------- */

static uint64_t any_len(void)
{
	static const uint64_t lens[] = { 0, 1, 6, 18, 1458, 1472, 1473, 2000, 9000, 65507, 65508,
		65535, 65536 };

	return one_in(3) ? PICK(lens) : one_in(30) ? number() : below(64);
}

static uint32_t any_flags(void)
{
	static const uint32_t flags[] = { 0x1, 0x2, 0x20, 0x40, 0x100, 0x800, 0x2000, 0x4000,
		0x8000, 0x10000, 0x4000000, 0x80000000 };
	uint32_t f = one_in(12) ? 0 : MSG_DONTWAIT;

	while (one_in(4))
		f |= PICK(flags);
	return one_in(60) ? (uint32_t)next() : f;
}

/* Control messages into buf; their lengths are mostly right. */
static size_t make_control(uint8_t *buf, size_t room)
{
	static const int types[][2] = { { SOL_IP, IP_PKTINFO }, { SOL_IP, IP_TTL },
		{ SOL_IP, IP_TOS }, { 17, 103 }, { SOL_SOCKET, 61 }, { SOL_IP, 99 }, { 9999, 1 } };
	size_t at = 0;

	while (at + 32 <= room && !one_in(3)) {
		const int *type = PICK(types);
		struct {
			uint64_t len;
			int32_t level, type;
			uint32_t data[4];
		} c = { 16 + (type[1] == IP_PKTINFO   ? 12
				     : type[1] == 103 ? 2
						      : 4),
			type[0], type[1],
			{ (uint32_t)below(300), htonl(any_ip()), htonl(any_ip()), 0 } };

		if (one_in(8))
			c.len = number();
		memcpy(buf + at, &c, sizeof(c));
		at += c.len > 32 ? 32 : (c.len + 7) & ~7ull;
	}
	return at;
}

static uint64_t any_iovec(uint64_t n)
{
	uint64_t iov[8][2];

	for (int i = 0; i < 8; i++) {
		iov[i][1] = n > 8 ? below(32) : any_len();
		iov[i][0] = address(iov[i][1] < 4096 ? iov[i][1] : 4096);
	}
	return place(iov, sizeof(iov));
}

struct msg {
	uint64_t name;
	uint32_t namelen, pad;
	uint64_t iov, iovlen, control, controllen;
	uint32_t flags, pad2;
};

static struct msg make_msg(enum kind kind, int receive)
{
	static const uint64_t ns[] = { 0, 1, 1, 1, 1, 1, 2, 3, 8 };
	struct place_len name = any_address(kind);
	uint8_t control[160];
	size_t len = make_control(control, sizeof(control));
	struct msg m = { .name = name.at, .namelen = (uint32_t)name.len, .iovlen = PICK(ns) };

	if (one_in(40))
		m.iovlen = number();
	if (one_in(3))
		m.name = m.namelen = 0;
	m.iov = any_iovec(m.iovlen);
	if (receive)
		len = below(sizeof(control));
	if (len && one_in(2)) {
		m.control = place(control, len);
		m.controllen = one_in(20) ? number() : len;
	}
	return m;
}

/* ---- options ------------------------------------------------------------------------------------- */

static const struct option {
	int level, name;
	enum {
		NUMBER,
		GROUP,
		TIME,
		DEVICE,
		FILTER,
		MEMBER
	} value;
} options[] = {
	{ SOL_SOCKET, 2, NUMBER },
	{ SOL_SOCKET, 3, NUMBER },
	{ SOL_SOCKET, 4, NUMBER },
	{ SOL_SOCKET, 5, NUMBER },
	{ SOL_SOCKET, 6, NUMBER },
	{ SOL_SOCKET, 7, NUMBER },
	{ SOL_SOCKET, 8, NUMBER },
	{ SOL_SOCKET, 11, NUMBER },
	{ SOL_SOCKET, 12, NUMBER },
	{ SOL_SOCKET, 13, TIME },
	{ SOL_SOCKET, 15, NUMBER },
	{ SOL_SOCKET, 20, TIME },
	{ SOL_SOCKET, 21, TIME },
	{ SOL_SOCKET, 25, DEVICE },
	{ SOL_SOCKET, 26, FILTER },
	{ SOL_SOCKET, 27, NUMBER },
	{ SOL_SOCKET, 29, NUMBER },
	{ SOL_SOCKET, 32, NUMBER },
	{ SOL_SOCKET, 33, NUMBER },
	{ SOL_SOCKET, 35, NUMBER },
	{ SOL_SOCKET, 36, NUMBER },
	{ SOL_SOCKET, 38, NUMBER },
	{ SOL_SOCKET, 39, NUMBER },
	{ SOL_SOCKET, 40, NUMBER },
	{ SOL_SOCKET, 47, NUMBER },
	{ SOL_SOCKET, 62, NUMBER },
	{ SOL_IP, 1, NUMBER },
	{ SOL_IP, 2, NUMBER },
	{ SOL_IP, 4, NUMBER },
	{ SOL_IP, 8, NUMBER },
	{ SOL_IP, 10, NUMBER },
	{ SOL_IP, 11, NUMBER },
	{ SOL_IP, 12, NUMBER },
	{ SOL_IP, 13, NUMBER },
	{ SOL_IP, 14, NUMBER },
	{ SOL_IP, 15, NUMBER },
	{ SOL_IP, 24, NUMBER },
	{ SOL_IP, 32, GROUP },
	{ SOL_IP, 33, NUMBER },
	{ SOL_IP, 34, NUMBER },
	{ SOL_IP, 35, GROUP },
	{ SOL_IP, 35, GROUP },
	{ SOL_IP, 36, GROUP },
	{ SOL_IP, 49, NUMBER },
	{ 17, 1, NUMBER },
	{ 17, 103, NUMBER },
	{ 17, 999, NUMBER },
	{ 263, 1, MEMBER },
	{ 263, 2, MEMBER },
	{ 263, 6, NUMBER },
	{ 263, 23, NUMBER },
	{ 270, 1, NUMBER },
	{ 270, 2, NUMBER },
	{ 270, 4, NUMBER },
	{ 270, 5, NUMBER },
	{ 270, 9, NUMBER },
	{ 270, 10, NUMBER },
	{ 270, 11, NUMBER },
	{ 270, 12, NUMBER },
};

/* A classic BPF program: some of them pass the check. */
static size_t make_filter(uint8_t *value)
{
	struct insn {
		uint16_t code;
		uint8_t jt, jf;
		uint32_t k;
	} insns[8];
	static const uint16_t codes[] = { 0x28, 0x30, 0x20, 0x15, 0x25, 0x45, 0x06, 0x06, 0x16,
		0x04, 0x54, 0x60, 0x61, 0x02, 0x80, 0xb1, 0x48, 0x34, 0x07, 0x87 };
	struct {
		uint16_t len, pad[3];
		uint64_t at;
	} prog = { .len = (uint16_t)(1 + below(8)) };

	for (int i = 0; i < 8; i++)
		insns[i] = (struct insn){ PICK(codes), (uint8_t)below(4), (uint8_t)below(4),
			one_in(4) ? (uint32_t)next() : (uint32_t)below(64) };
	if (!one_in(3))
		insns[prog.len - 1] = (struct insn){ 0x06, 0, 0, (uint32_t)number() };
	if (one_in(16))
		prog.len = (uint16_t)number();
	prog.at = place(insns, sizeof(insns));
	memcpy(value, &prog, sizeof(prog));
	return sizeof(prog);
}

/* Returns its length. Rates are either none or so that the end need not be waited for. */
static size_t make_value(uint8_t *value, const struct option *o)
{
	static const char *const names[] = { "eth0", "lo", "none", "" };
	int32_t n = (int32_t)number();
	uint32_t group[3] = { htonl(any_ip()), htonl(one_in(2) ? 0 : 0x0a00020f),
		(uint32_t)below(4) };
	int64_t time[2] = { one_in(6) ? (int64_t)number() : 0, (int64_t)below(5000) };
	struct {
		int32_t ifindex;
		uint16_t type, alen;
		uint8_t addr[8];
	} member = { (int)below(4), (uint16_t)below(4), 6, { 1, 0, 0x5e } };

	switch (o->value) {
	case GROUP:
		memcpy(value, group, sizeof(group));
		return sizeof(group);
	case TIME:
		memcpy(value, time, sizeof(time));
		return o->name == 13 ? 8 : sizeof(time);
	case DEVICE:
		strcpy((char *)value, PICK(names));
		return 5;
	case FILTER:
		return make_filter(value);
	case MEMBER:
		memcpy(value, &member, sizeof(member));
		return sizeof(member);
	default:
		if (o->name == 47)
			n = one_in(2) ? -1 : 10000000;
		memcpy(value, &n, sizeof(n));
		return sizeof(n);
	}
}
