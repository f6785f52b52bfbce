/* SPDX-License-Identifier: MIT
 * chaos_calls.h - calls of sockets, descriptors and files, their arguments drawn by type.
 * Not here: the arguments (chaos_sockets.h, chaos_netlink.h), all other calls (chaos_machine.h).
 * chaos.c includes it.
 * Source: the Linux man pages, section 2. */
#pragma once

#include "chaos_world.h"

/* ---- sockets -------------------------------------------------------------------------------------- */

/* Most of those that can hear something do. */
static void make_useful(long fd, enum kind kind)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)(5000 + below(12))) };
	struct place_len m = listener();

	fd_keep(fd, kind);
	if (fd >= 0 && kind == INET && one_in(2))
		CALL(SYS_bind, fd, place_well(&in, sizeof(in)), sizeof(in));
	if (fd >= 0 && kind == NETFILTER && !one_in(4))
		CALL(SYS_sendto, fd, m.at, m.len, MSG_DONTWAIT);
}

static void call_socket(void)
{
	static const struct {
		int family, type, protocol;
		enum kind kind;
	} sorts[] = {
		{ AF_INET, SOCK_DGRAM, 0, INET },
		{ AF_INET, SOCK_DGRAM, 17, INET },
		{ AF_INET, SOCK_DGRAM, 0, INET },
		{ AF_PACKET, SOCK_RAW, 0x0300, PACKET_ },
		{ AF_PACKET, SOCK_DGRAM, 0x0008, PACKET_ },
		{ AF_NETLINK, SOCK_RAW, 0, ROUTE },
		{ AF_NETLINK, SOCK_RAW, 12, NETFILTER },
		{ AF_UNIX, SOCK_DGRAM, 0, UNIX },
	};
	size_t i = below(sizeof(sorts) / sizeof(*sorts));
	uint64_t flags = (one_in(6) ? 0 : SOCK_NONBLOCK) | (one_in(4) ? SOCK_CLOEXEC : 0);

	if (one_in(16))
		fd_keep(CALL(SYS_socket, number(), number(), number()), OTHER);
	else
		make_useful(CALL(SYS_socket, sorts[i].family, (uint64_t)sorts[i].type | flags,
				    sorts[i].protocol),
			sorts[i].kind);
}

static void call_named(void)
{
	static const long nrs[] = { SYS_bind, SYS_bind, SYS_connect };
	int fd = any_fd();
	struct place_len a = any_address(kind_of(fd));

	CALL(PICK(nrs), fd, a.at, a.len);
}

static void call_get_name(void)
{
	struct place_len a = address_room();

	CALL(one_in(2) ? SYS_getsockname : SYS_getpeername, any_fd(), a.at, a.len);
}

static void call_sendto(void)
{
	int fd = any_fd();
	struct place_len a = any_address(kind_of(fd));
	uint64_t len = any_len();

	CALL(SYS_sendto, fd, address(len < 4096 ? len : 4096), len, any_flags(),
		one_in(3) ? 0 : a.at, a.len);
}

static void call_recvfrom(void)
{
	struct place_len a = address_room();
	uint64_t len = any_len();

	CALL(SYS_recvfrom, any_fd(), address(len < 4096 ? len : 4096), len, any_flags(), a.at,
		a.len);
}

static void call_msg(void)
{
	int receive = one_in(2), fd = any_fd();
	struct msg m = make_msg(kind_of(fd), receive);

	CALL(receive ? SYS_recvmsg : SYS_sendmsg, fd, place(&m, sizeof(m)), any_flags());
}

static void call_mmsg(void)
{
	struct {
		struct msg m;
		uint64_t len;
	} vec[8];
	int receive = one_in(2), fd = any_fd();
	struct timespec t = { one_in(8) ? (time_t)number() : 0, (long)below(2000000) };
	uint64_t n = one_in(16) ? number() : below(9);

	for (int i = 0; i < 8; i++)
		vec[i].m = make_msg(kind_of(fd), receive);
	if (receive)
		CALL(SYS_recvmmsg, fd, place(vec, sizeof(vec)), n < 4096 ? n : 4096,
			any_flags() | MSG_DONTWAIT, one_in(2) ? 0 : place(&t, sizeof(t)));
	else
		CALL(SYS_sendmmsg, fd, place(vec, sizeof(vec)), n, any_flags());
}

static void call_netlink(void)
{
	enum kind kind = one_in(2) ? ROUTE : NETFILTER;
	int fd = fd_of(kind);
	struct place_len m = any_netlink(kind_of(fd));

	CALL(SYS_sendto, fd, m.at, m.len, MSG_DONTWAIT);
	if (one_in(2))
		CALL(SYS_recvfrom, fd, address(4096), 4096, MSG_DONTWAIT);
}

static void call_option(void)
{
	const struct option *o = &PICK(options);
	int level = one_in(30) ? (int)number() : o->level,
	    name = one_in(30) ? (int)number() : o->name;
	uint8_t value[32] = { 0 };
	size_t len = make_value(value, o);
	uint32_t room = (uint32_t)(one_in(8) ? number() : below(40));

	if (one_in(3))
		CALL(SYS_getsockopt, any_fd(), level, name, address(room < 4096 ? room : 4096),
			place(&room, sizeof(room)));
	else
		CALL(SYS_setsockopt, any_fd(), level, name, place(value, sizeof(value)),
			one_in(12) ? number() : len);
}

static void call_ioctl(void)
{
	static const uint32_t cmds[] = { 0x8910, 0x8912, 0x8913, 0x8914, 0x8914, 0x8915, 0x8919,
		0x891b, 0x891d, 0x8921, 0x8922, 0x8923, 0x8927, 0x8933, 0x8942, 0x8946, 0x8970,
		0x89b0, 0x541b, 0x5411, 0x5421, 0x5450, 0x5451 };
	static const char *const names[] = { "eth0", "lo", "eth1", "oven" };
	union {
		struct ifreq r;
		struct {
			int32_t len;
			uint64_t at;
		} conf;
		uint8_t bytes[64];
	} a = { .bytes = { 0 } };
	uint32_t cmd = one_in(20) ? (uint32_t)number() : PICK(cmds);

	fill(&a.r.ifr_ifru, 8);
	strcpy(a.r.ifr_name, PICK(names));
	if (cmd == 0x8922)
		a.r.ifr_mtu = one_in(4) ? (int)number() : 68 + (int)below(1500);
	if (cmd == 0x8923)
		strcpy(a.r.ifr_newname, PICK(names));
	if (cmd == 0x8912) {
		a.conf.len = (int32_t)number();
		a.conf.at = address(400);
	}
	CALL(SYS_ioctl, any_fd(), cmd, place(&a, sizeof(a)));
}

static void call_shutdown(void)
{
	CALL(one_in(3) ? SYS_listen : SYS_shutdown, any_fd(), one_in(4) ? number() : below(3));
}

/* A line of the console; more of them would be all that it shows. */
static void call_log(void)
{
	struct sockaddr_un un = { AF_UNIX, "/dev/log" };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	CALL(SYS_connect, fd, place(&un, 11), 11);
	CALL(SYS_sendto, fd, place("<14>oven: hot", 13), 13, any_flags(), 0, 0);
	close(fd);
}

/* ---- descriptors and files ---------------------------------------------------------------------- */

static void call_close(void)
{
	int fd = any_fd();

	fd_forget(fd);
	CALL(SYS_close, fd);
}

static void call_dup(void)
{
	static const int cmds[] = { 0, 1030, 1, 2, 3, 4, 9999 };
	int fd = any_fd(), cmd = PICK(cmds),
	    to = fd_n && one_in(2) ? any_fd() : 3 + (int)below(250);
	enum kind kind = kind_of(fd);
	long r;

	if (to == home || (to >= 0 && to < 3))
		return;
	switch (below(3)) {
	case 0:
		fd_keep(CALL(SYS_dup, fd), kind);
		break;
	case 1:
		r = one_in(2) ? CALL(SYS_dup2, fd, to)
			      : CALL(SYS_dup3, fd, to, one_in(2) ? 0 : number());
		if (r >= 0)
			fd_forget((int)r);
		fd_keep(r, kind);
		break;
	default:
		r = CALL(SYS_fcntl, fd, cmd,
			cmd == 0 || cmd == 1030 ? 3 + below(250) : number() & ~040000ull);
		if (cmd == 0 || cmd == 1030)
			fd_keep(r, kind);
	}
}

static uint64_t any_path(void)
{
	static const char *const paths[] = { "/etc/hosts", "/etc/resolv.conf", "/proc/net/dev",
		"/proc/net/snmp", "/proc/net/route", "/proc/net/arp", "/proc/net/udp",
		"/proc/net/packet", "/proc/net/muffin", "/proc/muffin", "/proc/net/filter",
		"/proc/net/netfilter/nfnetlink_queue", "/proc/self/ns/net", "/dev/null",
		"/dev/urandom", "/etc/../etc//./hosts", "/etc", "/", "", "/none", "/etc/hosts/x",
		"hosts", "../etc/hosts" };
	static char path[5000];

	if (one_in(30)) {
		memset(path, one_in(2) ? '/' : 'a', sizeof(path));
		path[below(sizeof(path))] = '\0';
		path[sizeof(path) - 1] = '\0';
		return place(path, sizeof(path));
	}
	strcpy(path, PICK(paths));
	return place(path, strlen(path) + 1);
}

static void call_path(void)
{
	static const long nrs[] = { SYS_stat, SYS_lstat, SYS_readlink };

	if (one_in(2))
		fd_keep(CALL(SYS_openat, one_in(8) ? (uint64_t)any_fd() : (uint64_t)-100,
				any_path(), one_in(4) ? number() & ~3ull : below(3), number()),
			OTHER);
	else if (one_in(8))
		CALL(SYS_statx, (uint64_t)-100, any_path(), one_in(4) ? number() : 0, number(),
			address(256));
	else if (one_in(4))
		CALL(SYS_access, any_path(), one_in(8) ? number() : below(8));
	else if (one_in(8))
		CALL(one_in(2) ? SYS_chdir : SYS_getcwd, any_path(), number());
	else
		CALL(PICK(nrs), any_path(), one_in(4) ? number() : address(144), below(300));
}

/* Rules, most of them right: the kernel complains of each that is not. */
static void make_rule(char *text)
{
	static const char *const parts[] = { ",proto=udp", ",proto=udp,dport=5000-5005",
		",src=10.0.2.0/24", ",dst=127.0.0.1", ",dev=lo", ",proto=1", ",", ",rpoto=" };
	static const char *const hooks[] = { "in", "out", "post" };
	static const char *const verdicts[] = { "accept", "drop", "queue:0", "queue:1", "queue:9" };

	strcpy(text, PICK(hooks));
	if (one_in(6))
		strcat(text, ",policy=");
	else if (one_in(2))
		strcat(text, parts[below(one_in(40) ? 8 : 6)]);
	if (text[strlen(text) - 1] != '=')
		strcat(text, ",");
	strcat(text, PICK(verdicts));
}

static void call_filter(void)
{
	static char last[100];
	char text[120];
	int fd;

	if (one_in(6)) {
		strcpy(text, "flush\n");
		last[0] = '\0';
	} else if (last[0] && one_in(3)) {
		snprintf(text, sizeof(text), "delete %s\n", last);
		last[0] = '\0';
	} else {
		make_rule(last);
		snprintf(text, sizeof(text), "append %s\n", last);
		if (strstr(last, "policy"))
			last[0] = '\0';
	}
	fd = open("/proc/net/filter", O_WRONLY);
	CALL(SYS_write, fd, place_well(text, strlen(text)), strlen(text));
	close(fd);
}

static void call_move(void)
{
	static const long nrs[] = { SYS_read, SYS_write, SYS_readv, SYS_writev, SYS_lseek,
		SYS_fstat, SYS_fsync };
	long nr = PICK(nrs);
	int fd = any_fd();
	uint64_t len = any_len(), n = one_in(16) ? number() : below(5);

	if (nr == SYS_readv || nr == SYS_writev)
		CALL(nr, fd, any_iovec(n), n);
	else if (nr == SYS_lseek)
		CALL(nr, fd, number(), one_in(4) ? number() : below(3));
	else
		CALL(nr, fd, address(len < 4096 ? len : 4096), len);
}
