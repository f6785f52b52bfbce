/* SPDX-License-Identifier: MIT
 * stamps.c - time stamps of what is received and sent: what sockets ask for, and what recvmsg tells.
 * Not here: the expected answers: the build host's Linux gives them (test_stamps.py).
 * Prints a table; must print the same on both kernels. Sends to 10.0.2.2, whose MAC address is known, and over lo.
 * Source: Linux's Documentation/networking/timestamping; packet(7). */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

#define TX_HARD    (1 << 0)
#define TX_SOFT    (1 << 1)
#define RX_SOFT    (1 << 3)
#define SOFT       (1 << 4)
#define OPT_ID     (1 << 7)
#define TX_SCHED   (1 << 8)
#define OPT_CMSG   (1 << 10)
#define OPT_TSONLY (1 << 11)
#define OPT_STATS  (1 << 12)
#define BIND_PHC   (1 << 15)
#define OPT_ID_TCP (1 << 16)
#define RX_FILTER  (1 << 17)
#define UNKNOWN    (1 << 19)

#define STAMPING     37
#define STAMP_NEW    63
#define STAMPNS_NEW  64
#define STAMPING_NEW 65
#define TS_OPT_ID    81
#define SOL_UDP      17
#define UDP_SEGMENT  103

struct extended_err {
	unsigned err;
	unsigned char origin, type, code, pad;
	unsigned info, data;
	struct sockaddr_in offender;
};

static struct sockaddr_in gateway = { .sin_family = AF_INET }, here = { .sin_family = AF_INET };

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static long long started;

/* ---- what recvmsg tells ---------------------------------------------------------------------- */

/* But for what may differ: identification, the header's checksum, and UDP's, which the card may complete. */
static void show_frame(const unsigned char *text, long n)
{
	for (long i = 0; i < n && i < 60; i++)
		if (i == 18 || i == 19 || i == 24 || i == 25 || i == 40 || i == 41)
			printf("--");
		else
			printf("%02x", text[i]);
}

static void show_control(struct cmsghdr *c)
{
	const long long *t = (void *)CMSG_DATA(c);
	struct extended_err ee;

	printf(" [%d %d %zu", c->cmsg_level, c->cmsg_type, (size_t)c->cmsg_len);
	if (c->cmsg_level == SOL_SOCKET && c->cmsg_len >= CMSG_LEN(16)) {
		long long unit =
			c->cmsg_type == SO_TIMESTAMP || c->cmsg_type == STAMP_NEW ? 1000 : 1;
		long long ns = t[0] * 1000000000 + t[1] * unit;

		printf(" %s", ns >= started - 1000 && ns <= now() ? "right" : "wrong");
		for (size_t i = 2; i < (c->cmsg_len - CMSG_LEN(0)) / 8; i++)
			printf(" %lld", t[i]);
	} else if (c->cmsg_len <= CMSG_LEN(sizeof(ee)) &&
		   (c->cmsg_type == IP_RECVERR || c->cmsg_level == SOL_PACKET)) {
		memset(&ee, 0, sizeof(ee));
		memcpy(&ee, CMSG_DATA(c), c->cmsg_len - CMSG_LEN(0));
		printf(" %s origin %u type %u code %u info %u data %u from %u %s", strerror(ee.err),
			ee.origin, ee.type, ee.code, ee.info, ee.data, ee.offender.sin_family,
			inet_ntoa(ee.offender.sin_addr));
	} else {
		char name[IF_NAMESIZE] = "";

		if (c->cmsg_type == IP_PKTINFO)
			printf(" %s", if_indextoname(*(unsigned *)CMSG_DATA(c), name));
		for (size_t i = name[0] ? 4 : 0; i < c->cmsg_len - CMSG_LEN(0); i++)
			printf(" %u", CMSG_DATA(c)[i]);
	}
	printf("]");
}

/* One message. Returns its bytes or -1. */
static long show(const char *name, int s, int flags, size_t room)
{
	unsigned char text[2048];
	char control[512];
	struct sockaddr_storage from;
	struct iovec iov = { text, sizeof(text) };
	struct msghdr m = { .msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = room };
	long n = recvmsg(s, &m, flags | MSG_DONTWAIT);

	if (n < 0)
		return n;
	printf("= %s: %ld name %u flags %x ", name, n, m.msg_namelen, m.msg_flags);
	if (flags & MSG_ERRQUEUE)
		show_frame(text, n);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c))
		show_control(c);
	printf("\n");
	return n;
}

static int revents(int s)
{
	struct pollfd p = { .fd = s, .events = POLLIN };

	poll(&p, 1, 0);
	return p.revents;
}

static void show_errors(const char *name, int s)
{
	int n = 0;

	printf("= %s: poll %x\n", name, revents(s));
	while (show(name, s, MSG_ERRQUEUE, 512) >= 0)
		n++;
	printf("= %s: %d in the error queue, poll %x\n", name, n, revents(s));
}

/* ---- sockets ----------------------------------------------------------------------------------- */

static int udp(unsigned flags)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(5000) };
	int s = socket(AF_INET, SOCK_DGRAM, 0), one = 1;

	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(s, (void *)&any, sizeof(any)) < 0 ||
		setsockopt(s, SOL_SOCKET, STAMPING, &flags, sizeof(flags)) < 0)
		printf("= a socket: %s\n", strerror(errno));
	return s;
}

static long to_gateway(int s, const char *text, size_t len, int flags)
{
	return sendto(s, text, len, flags, (void *)&gateway, sizeof(gateway));
}

/* With one or two control messages; types below 0: none. */
static long with_control(int s, int type, unsigned value, int type2, unsigned value2, int flags)
{
	char control[64] = { 0 };
	struct iovec iov = { "control", 7 };
	struct msghdr m = { .msg_name = &gateway,
		.msg_namelen = sizeof(gateway),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = CMSG_SPACE(4) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	*c = (struct cmsghdr){
		.cmsg_len = CMSG_LEN(4), .cmsg_level = SOL_SOCKET, .cmsg_type = type
	};
	memcpy(CMSG_DATA(c), &value, 4);
	if (type2 >= 0) {
		m.msg_controllen += CMSG_SPACE(4);
		c = CMSG_NXTHDR(&m, c);
		*c = (struct cmsghdr){
			.cmsg_len = CMSG_LEN(4), .cmsg_level = SOL_SOCKET, .cmsg_type = type2
		};
		memcpy(CMSG_DATA(c), &value2, 4);
	}
	return sendmsg(s, &m, flags);
}

/* ---- options ----------------------------------------------------------------------------------- */

static void get_stamping(const char *name, int s, int option, socklen_t room)
{
	unsigned char v[16];
	socklen_t len = room;
	int r;

	memset(v, 0xee, sizeof(v));
	r = getsockopt(s, SOL_SOCKET, option, v, &len);
	printf("= %s get %d of %u: %d %s length %u:", name, option, room, r,
		r ? strerror(errno) : "", len);
	for (int i = 0; i < 9; i++)
		printf(" %02x", v[i]);
	printf("\n");
}

static void get_all(const char *name, int s)
{
	static const int option[] = { SO_TIMESTAMP, SO_TIMESTAMPNS, STAMP_NEW, STAMPNS_NEW };
	int value;
	socklen_t len;

	for (int i = 0; i < 4; i++) {
		len = sizeof(value);
		value = -1;
		RESULT(name, getsockopt(s, SOL_SOCKET, option[i], &value, &len));
		printf("= %s get %d: %d\n", name, option[i], value);
	}
	get_stamping(name, s, STAMPING, 8);
	get_stamping(name, s, STAMPING_NEW, 8);
}

static void options(void)
{
	static const unsigned flags[] = { 0, SOFT | RX_SOFT, OPT_ID_TCP, OPT_ID_TCP | OPT_ID,
		OPT_STATS, OPT_STATS | OPT_TSONLY, BIND_PHC, UNKNOWN, UNKNOWN - 1,
		UNKNOWN - 1 - BIND_PHC, ~0u };
	int s = udp(0), zero = 0, one = 1, number[] = { STAMPING, STAMPING_NEW };

	for (int k = 0; k < 2; k++)
		for (int i = 0; i < 11; i++) {
			unsigned v[2] = { flags[i], 5 };

			RESULT("set", setsockopt(s, SOL_SOCKET, number[k], v, 4));
			get_all("int", s);
			RESULT("set 8", setsockopt(s, SOL_SOCKET, number[k], v, 8));
			get_stamping("struct", s, number[k], 8);
		}
	RESULT("of 3", setsockopt(s, SOL_SOCKET, STAMPING, &one, 3));
	RESULT("of 5", setsockopt(s, SOL_SOCKET, STAMPING, "\x10\0\0\0", 5));
	RESULT("fault", setsockopt(s, SOL_SOCKET, STAMPING, (void *)8, 8));
	for (socklen_t room = 0; room < 10; room += 3)
		get_stamping("room", s, STAMPING, room);
	for (int i = 0; i < 2; i++) {
		RESULT("new", setsockopt(s, SOL_SOCKET, i ? STAMPNS_NEW : STAMP_NEW, &one, 4));
		get_all("new", s);
		RESULT("old off",
			setsockopt(s, SOL_SOCKET, i ? SO_TIMESTAMPNS : SO_TIMESTAMP, &zero, 4));
		get_all("old off", s);
		RESULT("old",
			setsockopt(s, SOL_SOCKET, i ? SO_TIMESTAMPNS : SO_TIMESTAMP, &one, 4));
		get_all("old", s);
	}
	close(s);
}

/* ---- receiving --------------------------------------------------------------------------------- */

/* To itself over lo, and read. */
static void hear(const char *name, int s, size_t room)
{
	sendto(s, "muffin", 6, 0, (void *)&here, sizeof(here));
	if (show(name, s, 0, room) < 0)
		printf("= %s: nothing\n", name);
}

/* Linux begins to stamp what it receives a little after the first socket asked. */
static int first_stamp(void)
{
	int s = udp(SOFT | RX_SOFT);
	char text[8], control[128];
	struct iovec iov = { text, 8 };

	for (long long until = now() + 10000000000ll; now() < until;) {
		struct msghdr m = { .msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = 128 };

		sendto(s, "x", 1, 0, (void *)&here, sizeof(here));
		if (recvmsg(s, &m, 0) == 1 && CMSG_FIRSTHDR(&m))
			return s;
	}
	return s;
}

static void receiving(void)
{
	static const unsigned flags[] = { SOFT | RX_SOFT, RX_SOFT, SOFT | RX_SOFT | RX_FILTER,
		SOFT | RX_FILTER, SOFT | RX_SOFT | TX_HARD | OPT_CMSG, 0 };
	int one = 1, watch = first_stamp();

	close(watch);
	watch = socket(AF_INET, SOCK_DGRAM, 0); /* another socket keeps it on */
	setsockopt(watch, SOL_SOCKET, SO_TIMESTAMP, &one, 4);
	for (int i = 0; i < 6; i++) {
		int s = udp(flags[i]);

		printf("= flags %x\n", flags[i]);
		hear("old", s, 512);
		setsockopt(s, SOL_SOCKET, STAMPING_NEW, &flags[i], 4);
		hear("new", s, 512);
		setsockopt(s, SOL_SOCKET, SO_TIMESTAMPNS, &one, 4);
		hear("and SO_TIMESTAMPNS", s, 512);
		setsockopt(s, SOL_SOCKET, STAMP_NEW, &one, 4);
		hear("and SO_TIMESTAMP_NEW", s, 512);
		setsockopt(s, SOL_IP, IP_PKTINFO, &one, 4);
		hear("and IP_PKTINFO", s, 512);
		hear("little room", s, 40);
		close(s);
	}
	close(watch);
}

/* ---- sending ----------------------------------------------------------------------------------- */

static void sending(void)
{
	static const unsigned more[] = { 0, OPT_TSONLY, OPT_ID, OPT_ID | OPT_TSONLY, OPT_CMSG,
		OPT_CMSG | OPT_TSONLY, TX_SCHED, TX_SCHED | OPT_ID, TX_HARD | OPT_ID };
	int one = 1, s, mtu_frames = 1472;
	static char large[3000];

	for (int i = 0; i < 9; i++) {
		s = udp(SOFT | TX_SOFT | more[i]);
		printf("= more %x\n", more[i]);
		for (int k = 0; k < 3; k++)
			RESULT("send", to_gateway(s, "muffin", 6, 0));
		show_errors("three", s);
		setsockopt(s, SOL_IP, IP_PKTINFO, &one, 4);
		setsockopt(s, SOL_IP, IP_RECVTTL, &one, 4);
		setsockopt(s, SOL_SOCKET, SO_TIMESTAMPNS, &one, 4);
		RESULT("send", to_gateway(s, "muffin", 6, 0));
		show_errors("with IP_PKTINFO", s);
		RESULT("over lo", sendto(s, "muffin", 6, 0, (void *)&here, sizeof(here)));
		show("over lo", s, MSG_ERRQUEUE, 512);
		show("received", s, 0, 512);
		close(s);
	}
	s = udp(SOFT | TX_SOFT | TX_SCHED | OPT_ID | OPT_TSONLY);
	RESULT("in fragments", to_gateway(s, large, sizeof(large), 0));
	show_errors("in fragments", s);
	RESULT("in two calls", to_gateway(s, "muf", 3, MSG_MORE));
	RESULT("in two calls", to_gateway(s, "fin", 3, 0));
	show_errors("in two calls", s);
	setsockopt(s, SOL_UDP, UDP_SEGMENT, &mtu_frames, 4);
	RESULT("segments", to_gateway(s, large, sizeof(large), 0));
	show_errors("segments", s);
	RESULT("after them", to_gateway(s, "muffin", 6, 0));
	show_errors("after them", s);
	close(s);
	s = udp(TX_SOFT); /* stamps are made and not told */
	RESULT("untold", to_gateway(s, "muffin", 6, 0));
	show_errors("untold", s);
	close(s);
}

static void by_control(void)
{
	int s = udp(SOFT | OPT_ID | OPT_TSONLY), number[] = { STAMPING, STAMPING_NEW };

	for (int i = 0; i < 2; i++) {
		RESULT("none", to_gateway(s, "muffin", 6, 0));
		show_errors("none", s);
		RESULT("one", with_control(s, number[i], TX_SOFT, -1, 0, 0));
		show_errors("one", s);
		RESULT("none again", to_gateway(s, "muffin", 6, 0));
		show_errors("none again", s);
		RESULT("scheduled", with_control(s, number[i], TX_SCHED | TX_SOFT, -1, 0, 0));
		show_errors("scheduled", s);
		RESULT("refused", with_control(s, number[i], SOFT, -1, 0, 0));
		RESULT("half refused", with_control(s, number[i], TX_SOFT, 199, 0, 0));
		RESULT("after it", to_gateway(s, "muffin", 6, 0));
		show_errors("refused", s);
		RESULT("numbered", with_control(s, number[i], TX_SOFT, TS_OPT_ID, 4711, 0));
		RESULT("not numbered", with_control(s, number[i], TX_SOFT, -1, 0, 0));
		show_errors("numbered", s);
		RESULT("open", with_control(s, number[i], TX_SOFT, -1, 0, MSG_MORE));
		RESULT("closed", to_gateway(s, "muffin", 6, 0));
		RESULT("none", to_gateway(s, "muffin", 6, 0));
		show_errors("open", s);
	}
	close(s);
	s = udp(SOFT | TX_SOFT);
	RESULT("not this one", with_control(s, STAMPING, 0, -1, 0, 0));
	RESULT("no number", with_control(s, TS_OPT_ID, 4711, -1, 0, 0));
	RESULT("a plain one", to_gateway(s, "muffin", 6, 0));
	show_errors("a plain one", s);
	close(s);
}

/* ---- packet sockets ---------------------------------------------------------------------------- */

static void packets(void)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
		.sll_protocol = htons(0x88b5),
		.sll_ifindex = (int)if_nametoindex("eth0"),
		.sll_halen = 6 };
	unsigned flags = SOFT | TX_SOFT | TX_SCHED | OPT_ID;
	int s = socket(AF_PACKET, SOCK_DGRAM, 0);

	RESULT("packet set", setsockopt(s, SOL_SOCKET, STAMPING, &flags, 4));
	RESULT("packet send", sendto(s, "muffin", 6, 0, (void *)&to, sizeof(to)));
	RESULT("packet send", sendto(s, "muffin", 6, 0, (void *)&to, sizeof(to)));
	show_errors("packet", s);
	close(s);
}

int main(void)
{
	inet_pton(AF_INET, "10.0.2.2", &gateway.sin_addr);
	gateway.sin_port = htons(4747);
	here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	here.sin_port = htons(5000);
	started = now();
	options();
	receiving();
	sending();
	by_control();
	packets();
	printf("end of table\n");
	return checks_failed;
}
