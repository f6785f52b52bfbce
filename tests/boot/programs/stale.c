/* SPDX-License-Identifier: MIT
 * stale.c - laps of one datagram, then something changes, then one that says what: each must be as it is
 * from then on.
 * Not here: what is right (tests/boot/test_stale.py reads the wire).
 * Source: send(2), sendmmsg(2), udp(7), ip(7), netdevice(7), rtnetlink(7). */
#define _GNU_SOURCE
#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PORT  4747
#define LEN   16
#define LAP   300 /* more than the ring has slots */
#define BURST 2
#define WILD  9 /* pointers */
#define WAYS  6 /* in which each is given */

static int fd;
static struct sockaddr_in peer = { .sin_family = AF_INET };

/* ---- sending ------------------------------------------------------------------------------- */

static void lap_of(int len)
{
	int sent = 0;

	for (int i = 0; i < LAP; i++)
		sent += send(fd, "as it always was", (size_t)len, 0) == len;
	CHECK("a lap", sent == LAP);
}

static void lap(void)
{
	lap_of(LEN);
}

/* By each of the three ways: 1 + 2 + 2 datagrams. */
static void say(const char *what, int way)
{
	char text[BURST * LEN] = { 0 };
	struct iovec iov[BURST], whole = { text, sizeof(text) };
	struct mmsghdr vec[BURST] = { 0 };
	struct {
		struct cmsghdr h;
		uint16_t size, pad[3];
	} segment = { { .cmsg_len = 18, .cmsg_level = 17, .cmsg_type = 103 }, LEN, { 0 } };
	struct msghdr burst = { .msg_iov = &whole,
		.msg_iovlen = 1,
		.msg_control = &segment,
		.msg_controllen = sizeof(segment) };

	for (int i = 0; i < BURST; i++) {
		snprintf(text + i * LEN, LEN, "%s", what);
		iov[i] = (struct iovec){ text + i * LEN, LEN };
		vec[i].msg_hdr = (struct msghdr){ .msg_iov = &iov[i], .msg_iovlen = 1 };
	}
	if (way & 1)
		CHECK(what, send(fd, text, LEN, 0) == LEN);
	if (way & 2)
		CHECK(what, sendmmsg(fd, vec, BURST, 0) == BURST);
	if (way & 4)
		CHECK(what, sendmsg(fd, &burst, 0) == BURST * LEN);
}

static void refused(const char *what, int err)
{
	CHECK(what, send(fd, "must not be seen", LEN, 0) == -1 && errno == err);
}

static void set(int level, int name, int value)
{
	CHECK("setsockopt", setsockopt(fd, level, name, &value, sizeof(value)) == 0);
}

/* ---- changing ------------------------------------------------------------------------------ */

static struct {
	struct {
		uint32_t len;
		uint16_t type, flags;
		uint32_t seq, pid;
	} h;
	uint8_t body[256];
} req;

static void begin(uint16_t type, const void *header, uint32_t len)
{
	memset(&req, 0, sizeof(req));
	req.h.len = 16 + len;
	req.h.type = type;
	req.h.flags = 1 | 4 | (type % 4 == 0 ? 0x400 | 0x100 : 0); /* new: create or replace */
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

static void attr_ip(uint16_t type, const char *ip)
{
	uint32_t addr = inet_addr(ip);

	attr(type, &addr, 4);
}

static void ask(const char *what)
{
	int nl = socket(16, SOCK_RAW, 0), answer[64] = { 0 };

	CHECK(what, send(nl, &req, req.h.len, 0) > 0 && recv(nl, answer, sizeof(answer), 0) >= 20 &&
			    answer[4] == 0);
	close(nl);
}

static void neighbour(const char *ip, uint8_t last)
{
	struct {
		uint8_t family, pad[3];
		int32_t index;
		uint16_t state;
		uint8_t flags, type;
	} ndm = { .family = AF_INET, .index = 2, .state = 0x80 };
	uint8_t mac[6] = { 2, 0, 0, 0, 0, last };

	begin(28, &ndm, sizeof(ndm));
	attr_ip(1, ip);
	attr(2, mac, 6);
	ask("neighbour");
}

static void route(int add, const char *dst, const char *via)
{
	struct {
		uint8_t family, dst_len, src_len, tos, table, protocol, scope, type;
		uint32_t flags;
	} rtm = { AF_INET, 32, 0, 0, 254, 3, add ? 0 : 255, 1, 0 };

	begin(add ? 24 : 25, &rtm, sizeof(rtm));
	attr_ip(1, dst);
	if (add)
		attr_ip(5, via);
	ask("route");
}

static void address(int add, const char *ip, uint8_t len)
{
	struct {
		uint8_t family, len, flags, scope;
		int32_t index;
	} ifa = { AF_INET, len, 0, 0, 2 };

	begin(add ? 20 : 21, &ifa, sizeof(ifa));
	attr_ip(2, ip);
	ask("address");
}

static void interface(unsigned long cmd, int value)
{
	struct ifreq r = { .ifr_name = "eth0" };

	if (cmd == SIOCSIFMTU)
		r.ifr_mtu = value;
	else
		r.ifr_flags = (short)value;
	CHECK("interface", ioctl(fd, cmd, &r) == 0);
}

static void filter(const char *line)
{
	int f = open("/proc/net/filter", O_WRONLY);

	CHECK(line, write(f, line, strlen(line)) == (ssize_t)strlen(line));
	close(f);
}

static int heard(int tap)
{
	char frame[2048];
	int n = 0;

	while (recv(tap, frame, sizeof(frame), MSG_DONTWAIT) > 0)
		n++;
	return n;
}

/* ---- one thing after the other --------------------------------------------------------------- */

static void options(void)
{
	lap();
	set(IPPROTO_IP, IP_TTL, 3);
	say("ttl 3", 7);
	set(IPPROTO_IP, IP_TTL, 64);
	lap();
	set(IPPROTO_IP, IP_TOS, 0x28);
	say("tos 0x28", 7);
	set(IPPROTO_IP, IP_TOS, 0);
	lap();
	set(IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
	say("no df", 7);
	set(IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_WANT);
	lap();
	set(SOL_SOCKET, SO_NO_CHECK, 1);
	say("no checksum", 3);
	set(SOL_SOCKET, SO_NO_CHECK, 0);
	lap();
	CHECK("bind to eth1", setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "eth1", 5) == 0);
	say("by eth1", 7);
	CHECK("bind to none", setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "", 1) == 0);
	lap();
}

static void tables(void)
{
	neighbour("10.1.0.2", 0x77);
	say("to 77", 7);
	neighbour("10.1.0.2", 2);
	lap();
	route(1, "10.1.0.2", "10.1.0.254");
	say("by 254", 7);
	route(0, "10.1.0.2", NULL);
	lap();
	interface(SIOCSIFMTU, 68);
	CHECK("fragments",
		send(fd, "in fragments: longer than the forty bytes that fit", 50, 0) == 50);
	say("mtu 68", 7);
	interface(SIOCSIFMTU, 1500);
	lap();
	address(0, "10.1.0.1", 24);
	refused("address is gone", ENETUNREACH);
	address(1, "10.1.0.1", 24);
	say("address is back", 7);
	lap();
	interface(SIOCSIFFLAGS, 0);
	refused("down", ENETUNREACH);
	interface(SIOCSIFFLAGS, IFF_UP);
	neighbour("10.1.0.2", 2);
	say("up", 7);
	lap();
}

static void watchers(void)
{
	int tap;

	filter("append out,proto=udp,drop");
	refused("filter", EPERM);
	filter("flush");
	say("no filter", 7);
	lap();
	filter("append post,dport=4747,queue:7");
	refused("queue", EPERM);
	filter("flush");
	lap();
	tap = socket(AF_PACKET, SOCK_RAW, htons(3));
	say("heard", 7);
	CHECK("the tap hears", heard(tap) == 5);
	lap();
	heard(tap);
	close(tap);
	say("not heard", 7);
	lap();
}

/* A page that cannot be read, in the middle: a burst is sent whole or not at all, of many messages those
 * before it; nothing of them shows up later. */
static void faults(void)
{
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *at = page + 4096 - LEN - 5;
	uint16_t size = LEN;
	struct {
		struct cmsghdr h;
		uint16_t size, pad[3];
	} segment = { { .cmsg_len = 18, .cmsg_level = 17, .cmsg_type = 103 }, size, { 0 } };
	struct iovec whole = { at, 4 * LEN }, iov[3];
	struct msghdr burst = { .msg_iov = &whole,
		.msg_iovlen = 1,
		.msg_control = &segment,
		.msg_controllen = sizeof(segment) };
	struct mmsghdr vec[3] = { 0 };

	memset(page, '!', 8192);
	memcpy(at, "before the fault", LEN);
	CHECK("mprotect", mprotect(page + 4096, 4096, PROT_NONE) == 0);
	CHECK("send", send(fd, at + LEN, LEN, 0) == -1 && errno == EFAULT);
	CHECK("burst", sendmsg(fd, &burst, 0) == -1 && errno == EFAULT);
	for (int i = 0; i < 3; i++) {
		iov[i] = (struct iovec){ at + i * LEN, LEN };
		vec[i].msg_hdr = (struct msghdr){ .msg_iov = &iov[i], .msg_iovlen = 1 };
	}
	CHECK("sendmmsg", sendmmsg(fd, vec, 3, 0) == 1);
	lap();
}

static const uintptr_t wild_at[WILD] = { 8, 0x7000000000, 0x00007ffffffff000, 0x00007ffffffffffd,
	0x0000800000000000, 0xffff800000100000, 0xffffffff80100000, 0xfffffffffffffff8,
	0xffffffffffffffff };

/* The next slot carries the flow's headers: its last packet was not refused. Not through libc, which would look into the
 * message itself. */
static int is_refused(int len, long nr, const void *at, long n)
{
	if (send(fd, "as it always was", (size_t)len, 0) != len)
		return 0;
	return syscall(nr, fd, at, n, 0, NULL, 0) == -1 && errno == EFAULT;
}

/* Pointers that are not the program's, where nothing but the payload is looked at any more. */
static void wild(int len)
{
	struct segment {
		struct cmsghdr h;
		uint16_t size, pad[3];
	} segment = { { .cmsg_len = 18, .cmsg_level = 17, .cmsg_type = 103 }, (uint16_t)len,
		{ 0 } };
	int refused = 0;

	lap_of(len);
	for (int i = 0; i < WILD; i++) {
		void *p = (void *)wild_at[i];
		struct iovec iov = { p, (size_t)len }, two = { p, 2 * (size_t)len },
			     good = { &segment, (size_t)len };
		struct mmsghdr buffer = { .msg_hdr = { .msg_iov = &iov, .msg_iovlen = 1 } },
			       pieces = { .msg_hdr = { .msg_iov = p, .msg_iovlen = 1 } },
			       name = { .msg_hdr = { .msg_name = p,
						.msg_namelen = sizeof(peer),
						.msg_iov = &good,
						.msg_iovlen = 1 } };
		struct msghdr burst = { .msg_iov = &two,
			.msg_iovlen = 1,
			.msg_control = &segment,
			.msg_controllen = sizeof(segment) };

		refused += is_refused(len, SYS_sendto, p, len);
		refused += is_refused(len, SYS_sendmmsg, &buffer, 1);
		refused += is_refused(len, SYS_sendmmsg, &pieces, 1);
		refused += is_refused(len, SYS_sendmmsg, &name, 1);
		refused += is_refused(len, SYS_sendmmsg, p, 1);
		refused += is_refused(len, SYS_sendmsg, &burst, 0);
	}
	CHECK("wild pointers", refused == WILD * WAYS);
}

/* And where it is a burst's. */
static void wild_train(int len)
{
	int refused = 0;

	set(17, 103, len);
	lap_of(len);
	for (int i = 0; i < WILD; i++)
		refused += is_refused(len, SYS_sendto, (void *)wild_at[i], 2l * len);
	CHECK("wild bursts", refused == WILD);
	set(17, 103, 0);
}

/* Lengths one after the other over the same slots, the longest first. */
static void lengths(void)
{
	static const int len[] = { 1472, 0, 1473, 1, 18, 2, 17, 3, 9, 4, 8, 5, 19, 6, 1471, 7 };
	static char text[1473];

	memset(text, '#', sizeof(text));
	for (unsigned i = 0; i < sizeof(len) / sizeof(*len); i++)
		for (int k = 0; k < 260; k++)
			if (send(fd, text, (size_t)len[i], 0) != len[i])
				CHECK("lengths", 0);
}

int main(void)
{
	peer.sin_port = htons(PORT);
	peer.sin_addr.s_addr = inet_addr("10.1.0.2");
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	CHECK("connect", connect(fd, (void *)&peer, sizeof(peer)) == 0);
	options();
	tables();
	watchers();
	faults();
	wild(LEN);
	wild_train(LEN);
	wild(6);
	wild_train(6);
	lap();
	lengths();
	return checks_failed != 0;
}
