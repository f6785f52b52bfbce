/* SPDX-License-Identifier: MIT
 * options_table.c - socket options and ways to receive: what each takes, tells and refuses.
 * Not here: the expected answers: the build host's Linux gives them (test_inet.py).
 * Prints a table; must print the same on both kernels. Uses the loopback only.
 * Source: the man pages socket(7), ip(7), udp(7), recvmsg(2), recvmmsg(2), cmsg(3). */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/udp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

#define SOL_UDP                 17
#define UDP_SEGMENT             103
#define IP_BIND_ADDRESS_NO_PORT 24
#define IP_MULTICAST_ALL        49

static int s;
static struct sockaddr_in here;

static int udp(void)
{
	return socket(AF_INET, SOCK_DGRAM, 0);
}

static int bound(struct sockaddr_in *a)
{
	socklen_t len = sizeof(*a);
	int fd = udp();

	*a = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	bind(fd, (void *)a, sizeof(*a));
	getsockname(fd, (void *)a, &len);
	return fd;
}

/* ---- options ------------------------------------------------------------------------------- */

static void show(const char *name, int level, int option, socklen_t room)
{
	unsigned char value[32];
	socklen_t len = room;
	int r;

	memset(value, 0xee, sizeof(value));
	errno = 0;
	r = getsockopt(s, level, option, value, &len);
	printf("= %s get %u: %d %s", name, room, r, r ? strerror(errno) : "");
	for (socklen_t i = 0; r == 0 && i < len + 1; i++)
		printf(" %02x", value[i]);
	printf(" length %u\n", len);
}

static void set(const char *name, int level, int option, int value, socklen_t len)
{
	char text[64];

	snprintf(text, sizeof(text), "%s set %d in %u", name, value, len);
	RESULT(text, setsockopt(s, level, option, &value, len));
}

static const struct row {
	const char *name;
	int level, option;
} integers[] = {
	{ "SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR },
	{ "SO_REUSEPORT", SOL_SOCKET, SO_REUSEPORT },
	{ "SO_BROADCAST", SOL_SOCKET, SO_BROADCAST },
	{ "SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE },
	{ "SO_DONTROUTE", SOL_SOCKET, SO_DONTROUTE },
	{ "SO_TYPE", SOL_SOCKET, SO_TYPE },
	{ "SO_PROTOCOL", SOL_SOCKET, SO_PROTOCOL },
	{ "SO_DOMAIN", SOL_SOCKET, SO_DOMAIN },
	{ "SO_ERROR", SOL_SOCKET, SO_ERROR },
	{ "SO_ACCEPTCONN", SOL_SOCKET, SO_ACCEPTCONN },
	{ "SO_NO_CHECK", SOL_SOCKET, SO_NO_CHECK },
	{ "SO_PRIORITY", SOL_SOCKET, SO_PRIORITY },
	{ "SO_TIMESTAMP", SOL_SOCKET, SO_TIMESTAMP },
	{ "SO_TIMESTAMPNS", SOL_SOCKET, SO_TIMESTAMPNS },
	{ "SO_RXQ_OVFL", SOL_SOCKET, SO_RXQ_OVFL },
	{ "SO_SNDLOWAT", SOL_SOCKET, SO_SNDLOWAT },
	{ "SOL_SOCKET 9999", SOL_SOCKET, 9999 },
	{ "IP_TOS", SOL_IP, IP_TOS },
	{ "IP_TTL", SOL_IP, IP_TTL },
	{ "IP_PKTINFO", SOL_IP, IP_PKTINFO },
	{ "IP_MTU_DISCOVER", SOL_IP, IP_MTU_DISCOVER },
	{ "IP_RECVERR", SOL_IP, IP_RECVERR },
	{ "IP_RECVTTL", SOL_IP, IP_RECVTTL },
	{ "IP_RECVTOS", SOL_IP, IP_RECVTOS },
	{ "IP_FREEBIND", SOL_IP, IP_FREEBIND },
	{ "IP_BIND_ADDRESS_NO_PORT", SOL_IP, IP_BIND_ADDRESS_NO_PORT },
	{ "IP_MULTICAST_TTL", SOL_IP, IP_MULTICAST_TTL },
	{ "IP_MULTICAST_LOOP", SOL_IP, IP_MULTICAST_LOOP },
	{ "IP_MULTICAST_ALL", SOL_IP, IP_MULTICAST_ALL },
	{ "SOL_IP 9999", SOL_IP, 9999 },
	{ "UDP_CORK", SOL_UDP, UDP_CORK },
	{ "UDP_SEGMENT", SOL_UDP, UDP_SEGMENT },
	{ "SOL_UDP 9999", SOL_UDP, 9999 },
	{ "level 6", 6, 1 },
};

static void check_integers(void)
{
	static const int values[] = { 1, 0, -1, 5, 6, 255, 256, 70000, -2 };

	for (size_t i = 0; i < sizeof(integers) / sizeof(*integers); i++) {
		const struct row *o = &integers[i];

		s = udp();
		show(o->name, o->level, o->option, 4);
		for (size_t j = 0; j < sizeof(values) / sizeof(*values); j++) {
			set(o->name, o->level, o->option, values[j], 4);
			show(o->name, o->level, o->option, 4);
		}
		for (socklen_t len = 0; len < 4; len++) {
			set(o->name, o->level, o->option, 1, len);
			show(o->name, o->level, o->option, len);
		}
		set(o->name, o->level, o->option, 1, 8);
		show(o->name, o->level, o->option, 8);
		RESULT("no memory", setsockopt(s, o->level, o->option, (void *)8, 4));
		close(s);
	}
}

/* Their largest value is a setting of each host's. */
static void check_buffers(void)
{
	static const int options[] = { SO_SNDBUF, SO_RCVBUF }, values[] = { 0, 1, 5000, 100000 };

	s = udp();
	for (int i = 0; i < 2; i++) {
		for (int j = 0; j < 4; j++) {
			set("buffer", SOL_SOCKET, options[i], values[j], 4);
			show("buffer", SOL_SOCKET, options[i], 4);
		}
		show("buffer", SOL_SOCKET, options[i], 2);
	}
	close(s);
}

static void check_others(void)
{
	struct linger l = { 1, 5 };
	struct timeval tv = { 1, 500000 };
	struct ip_mreqn mreq = { .imr_address.s_addr = htonl(INADDR_LOOPBACK) };
	char name[16] = "lo";

	s = udp();
	RESULT("linger", setsockopt(s, SOL_SOCKET, SO_LINGER, &l, sizeof(l)));
	RESULT("linger short", setsockopt(s, SOL_SOCKET, SO_LINGER, &l, 7));
	show("SO_LINGER", SOL_SOCKET, SO_LINGER, 8);
	show("SO_LINGER", SOL_SOCKET, SO_LINGER, 5);
	RESULT("timeout", setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	show("SO_RCVTIMEO", SOL_SOCKET, SO_RCVTIMEO, 16);
	RESULT("multicast if", setsockopt(s, SOL_IP, IP_MULTICAST_IF, &mreq.imr_address, 4));
	show("IP_MULTICAST_IF", SOL_IP, IP_MULTICAST_IF, 4);
	RESULT("multicast if short", setsockopt(s, SOL_IP, IP_MULTICAST_IF, &mreq, 3));
	mreq.imr_ifindex = 1;
	RESULT("multicast if mreqn", setsockopt(s, SOL_IP, IP_MULTICAST_IF, &mreq, sizeof(mreq)));
	mreq.imr_ifindex = 9999;
	RESULT("multicast if none", setsockopt(s, SOL_IP, IP_MULTICAST_IF, &mreq, sizeof(mreq)));
	RESULT("join no group", setsockopt(s, SOL_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof(mreq)));
	mreq.imr_multiaddr.s_addr = htonl(0xef010203);
	RESULT("join nowhere", setsockopt(s, SOL_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof(mreq)));
	RESULT("join short", setsockopt(s, SOL_IP, IP_ADD_MEMBERSHIP, &mreq, 7));
	mreq.imr_ifindex = 1;
	RESULT("leave before", setsockopt(s, SOL_IP, IP_DROP_MEMBERSHIP, &mreq, sizeof(mreq)));
	RESULT("join", setsockopt(s, SOL_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof(mreq)));
	RESULT("join again", setsockopt(s, SOL_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof(mreq)));
	RESULT("leave", setsockopt(s, SOL_IP, IP_DROP_MEMBERSHIP, &mreq, sizeof(mreq)));
	show("IP_ADD_MEMBERSHIP", SOL_IP, IP_ADD_MEMBERSHIP, 12);
	show("SO_BINDTODEVICE", SOL_SOCKET, SO_BINDTODEVICE, 16);
	RESULT("no such device", setsockopt(s, SOL_SOCKET, SO_BINDTODEVICE, "none9", 5));
	RESULT("bind to lo", setsockopt(s, SOL_SOCKET, SO_BINDTODEVICE, name, sizeof(name)));
	show("SO_BINDTODEVICE", SOL_SOCKET, SO_BINDTODEVICE, 16);
	show("SO_BINDTODEVICE", SOL_SOCKET, SO_BINDTODEVICE, 8);
	show("IP_MTU", SOL_IP, IP_MTU, 4);
	RESULT("set IP_MTU", setsockopt(s, SOL_IP, IP_MTU, name, 4));
	close(s);
}

/* ---- binding together ----------------------------------------------------------------------- */

static void check_binds(void)
{
	static const struct {
		const char *name;
		int one[2], two[2]; /* SO_REUSEADDR, SO_REUSEPORT */
	} rows[] = {
		{ "nothing", { 0, 0 }, { 0, 0 } },
		{ "address", { 1, 0 }, { 1, 0 } },
		{ "address of one", { 1, 0 }, { 0, 0 } },
		{ "port", { 0, 1 }, { 0, 1 } },
		{ "port of one", { 0, 1 }, { 0, 0 } },
		{ "one each", { 1, 0 }, { 0, 1 } },
		{ "both", { 1, 1 }, { 1, 1 } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct sockaddr_in a;
		int one = udp(), two = udp();
		socklen_t len = sizeof(a);

		a = (struct sockaddr_in){ .sin_family = AF_INET };
		setsockopt(one, SOL_SOCKET, SO_REUSEADDR, &rows[i].one[0], 4);
		setsockopt(one, SOL_SOCKET, SO_REUSEPORT, &rows[i].one[1], 4);
		setsockopt(two, SOL_SOCKET, SO_REUSEADDR, &rows[i].two[0], 4);
		setsockopt(two, SOL_SOCKET, SO_REUSEPORT, &rows[i].two[1], 4);
		bind(one, (void *)&a, sizeof(a));
		getsockname(one, (void *)&a, &len);
		a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		RESULT(rows[i].name, bind(two, (void *)&a, sizeof(a)));
		close(one);
		close(two);
	}
}

/* ---- receiving ------------------------------------------------------------------------------- */

static void send_one(const char *text, int ttl)
{
	struct pollfd p = { .fd = s, .events = POLLIN };
	int t = udp();

	setsockopt(t, SOL_IP, IP_TTL, &ttl, sizeof(ttl));
	sendto(t, text, strlen(text), 0, (void *)&here, sizeof(here));
	poll(&p, 1, 1000);
	close(t);
}

static void receive(const char *name, size_t room, size_t control_room, int flags)
{
	char text[16], control[128];
	struct iovec iov = { text, room };
	struct msghdr m = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = control_room };

	RESULT(name, recvmsg(s, &m, flags));
	printf("= flags %x control %zu\n", m.msg_flags, (size_t)m.msg_controllen);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c))
		printf("= level %d type %d length %zu first %d\n", c->cmsg_level, c->cmsg_type,
			(size_t)c->cmsg_len, c->cmsg_level == SOL_IP ? CMSG_DATA(c)[0] : 0);
}

static void check_receiving(void)
{
	static const int asked[] = { IP_PKTINFO, IP_RECVTTL, IP_RECVTOS };
	int one = 1;

	s = bound(&here);
	receive("nothing there", 16, 128, MSG_DONTWAIT);
	receive("no error there", 16, 128, MSG_ERRQUEUE);
	send_one("muffin", 33);
	receive("plain", 16, 128, 0);
	for (int i = 0; i < 3; i++)
		setsockopt(s, SOL_IP, asked[i], &one, sizeof(one));
	for (size_t room = 0; room <= 88; room += 4) {
		send_one("muffin", 33);
		receive("room for control", 16, room, 0);
	}
	setsockopt(s, SOL_SOCKET, SO_TIMESTAMP, &one, sizeof(one));
	send_one("muffin", 33);
	receive("with the time", 4, 128, MSG_PEEK);
	receive("truncated", 4, 128, MSG_TRUNC);
	send_one("", 33);
	receive("empty", 16, 0, MSG_WAITALL);
	shutdown(s, SHUT_RD);
	close(s);
}

/* A socket that is not connected says so, and is shut down all the same. */
static void check_shutdown(void)
{
	static const char *const names[] = { "for reading", "for writing" };
	struct pollfd p = { .events = POLLIN | POLLOUT };

	s = bound(&here);
	p.fd = s;
	for (int how = SHUT_RD; how <= SHUT_WR; how++) {
		RESULT(names[how], shutdown(s, how));
		poll(&p, 1, 0);
		printf("= events %x\n", p.revents);
		RESULT("send", sendto(s, "", 0, 0, (void *)&here, sizeof(here)));
	}
	RESULT("receive", recv(s, NULL, 0, MSG_DONTWAIT));
	close(s);
}

static void check_several(void)
{
	char text[4][16];
	struct iovec iov[4];
	struct mmsghdr m[4];
	struct timespec t = { 0, 50000000 }, bad = { 0, 1000000000 };

	for (int i = 0; i < 4; i++) {
		iov[i] = (struct iovec){ text[i], sizeof(text[i]) };
		m[i] = (struct mmsghdr){ .msg_hdr = { .msg_iov = &iov[i], .msg_iovlen = 1 } };
	}
	s = bound(&here);
	RESULT("none", recvmmsg(s, m, 4, MSG_DONTWAIT, NULL));
	RESULT("bad time", recvmmsg(s, m, 4, 0, &bad));
	for (int i = 0; i < 6; i++)
		send_one("muffin" + i, 64);
	RESULT("four of six", recvmmsg(s, m, 4, 0, &t));
	for (int i = 0; i < 4; i++)
		printf("= %u %.*s\n", m[i].msg_len, (int)m[i].msg_len, text[i]);
	RESULT("two of two", recvmmsg(s, m, 4, MSG_WAITFORONE, NULL));
	RESULT("no socket", recvmmsg(1, m, 4, 0, NULL));
	RESULT("no vector", recvmmsg(s, m, 0, 0, NULL));
	send_one("muffin", 64);
	iov[0].iov_base = (void *)8;
	RESULT("no memory", recvmmsg(s, m, 4, MSG_DONTWAIT, NULL));
	close(s);
}

int main(void)
{
	check_integers();
	check_buffers();
	check_others();
	check_binds();
	check_receiving();
	check_shutdown();
	check_several();
	printf("end of table\n");
	return checks_failed;
}
