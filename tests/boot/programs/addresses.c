/* SPDX-License-Identifier: MIT
 * addresses.c - every kind of address as source and as destination: what bind, sendto, connect and
 * IP_PKTINFO answer; which sockets hear what this host sends to all or to itself.
 * Not here: the expected answers: the build host's Linux gives them (test_addresses.py); what comes in
 * from the wire (hears.c).
 * Prints a table; must print the same on both kernels. Needs eth0 with 10.0.2.15/24 and a default route.
 * Source: RFC 1122 3.2.1.3, RFC 6890: which addresses are special; ip(7), udp(7). */
#define _GNU_SOURCE
#include <poll.h>
#include <unistd.h>

#include "check.h"
#include "listeners.h"

#define PORT      9
#define MARK_PORT 5001
#define MARK_MS   5000

static const char *const sources[] = { "0.0.0.0", "10.0.2.15", "127.0.0.1", "127.5.6.7",
	"127.0.0.0", "127.255.255.255", "10.0.2.255", "10.0.2.2", "10.0.2.0", "0.0.0.5", "8.8.8.8",
	"224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255" };

static const char *const destinations[] = { "0.0.0.0", "0.0.0.5", "10.0.2.15", "10.0.2.2",
	"10.0.2.255", "10.0.2.0", "127.0.0.1", "127.5.6.7", "127.0.0.0", "127.255.255.255",
	"8.8.8.8", "100.64.0.1", "169.254.1.1", "192.0.0.1", "192.0.2.1", "192.88.99.1",
	"198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "224.0.0.5", "232.1.1.1",
	"239.1.2.3", "240.0.0.1", "255.255.255.254", "255.255.255.255" };

#define N(array) (sizeof(array) / sizeof((array)[0]))

/* ---- what is answered ---------------------------------------------------------------------- */

static void say(const char *how, long r)
{
	printf(", %s %d", how, r < 0 ? -errno : 0);
}

static const char *name(int s, int (*get)(int, struct sockaddr *, socklen_t *))
{
	struct sockaddr_in a;
	socklen_t len = sizeof(a);

	return get(s, (void *)&a, &len) < 0 ? "nobody" : inet_ntoa(a.sin_addr);
}

static long send_with(int s, const char *from, int ifindex, const struct sockaddr_in *to)
{
	struct {
		struct cmsghdr header;
		struct in_pktinfo info;
	} control = { .header = { .cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo)),
			      .cmsg_level = SOL_IP,
			      .cmsg_type = IP_PKTINFO },
		.info = { .ipi_ifindex = ifindex } };
	struct iovec iov = { "x", 1 };
	struct msghdr msg = { .msg_name = (void *)to,
		.msg_namelen = sizeof(*to),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };

	inet_pton(AF_INET, from, &control.info.ipi_spec_dst);
	return sendmsg(s, &msg, 0);
}

static void send_bound(const char *from, const struct sockaddr_in *to)
{
	const struct sockaddr_in nobody = { .sin_family = AF_UNSPEC };
	int s = bound(from, 0);

	say("sendto", sendto(s, "x", 1, 0, (const void *)to, sizeof(*to)));
	set(s, SOL_SOCKET, SO_BROADCAST, 1);
	say("broadcast", sendto(s, "x", 1, 0, (const void *)to, sizeof(*to)));
	say("pktinfo 0", send_with(s, "0.0.0.0", 0, to));
	say("connect", connect(s, (const void *)to, sizeof(*to)));
	printf(" from %s to", name(s, getsockname));
	printf(" %s", name(s, getpeername));
	say("send", send(s, "x", 1, 0));
	say("disconnect", connect(s, (const void *)&nobody, sizeof(nobody)));
	printf(" from %s", name(s, getsockname));
	close(s);
}

static void send_marked(const char *from, const struct sockaddr_in *to)
{
	static const char *const devices[] = { NULL, "eth0", "lo" };
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	set(s, SOL_SOCKET, SO_BROADCAST, 1);
	for (unsigned i = 0; i < N(devices); i++) {
		printf(", pktinfo %s", devices[i] ? devices[i] : "any");
		say("", send_with(s, from, devices[i] ? index_of(devices[i]) : 0, to));
	}
	close(s);
}

static void send_by(const char *device, const char *from, const struct sockaddr_in *to)
{
	int s = bound(from, 0);

	set(s, SOL_SOCKET, SO_BROADCAST, 1);
	setsockopt(s, SOL_SOCKET, SO_BINDTODEVICE, device, strlen(device));
	say(device, sendto(s, "x", 1, 0, (const void *)to, sizeof(*to)));
	say("connect", connect(s, (const void *)to, sizeof(*to)));
	printf(" from %s", name(s, getsockname));
	close(s);
}

/* What comes back to this host has a socket, so that no ICMP error arrives late; it is not read. */
static void empty(int sink)
{
	char c;

	while (recv(sink, &c, 1, MSG_DONTWAIT) >= 0)
		;
}

static void pairs(void)
{
	int sink = bound("0.0.0.0", PORT);

	for (unsigned i = 0; i < N(sources); i++)
		for (unsigned j = 0; j < N(destinations); j++) {
			struct sockaddr_in to = address(destinations[j], PORT);

			printf("= %s > %s", sources[i], destinations[j]);
			send_bound(sources[i], &to);
			send_marked(sources[i], &to);
			send_by("eth0", sources[i], &to);
			send_by("lo", sources[i], &to);
			printf("\n");
			empty(sink);
		}
	close(sink);
}

static void binds(void)
{
	for (unsigned i = 0; i < N(sources); i++) {
		struct sockaddr_in a = address(sources[i], 0);
		int s = socket(AF_INET, SOCK_DGRAM, 0);

		printf("= %s", sources[i]);
		say("bind", bind(s, (void *)&a, sizeof(a)));
		close(s);
	}
}

/* Port zero, and what a disconnect takes away. */
static void port_zero(void)
{
	struct sockaddr_in to = address("10.0.2.2", 0);
	char device[IFNAMSIZ] = "";
	socklen_t len = sizeof(device);
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	RESULT("sendto port 0", sendto(s, "x", 1, 0, (void *)&to, sizeof(to)));
	RESULT("connect to port 0", connect(s, (void *)&to, sizeof(to)));
	printf("= from %s", name(s, getsockname));
	printf(" to %s\n", name(s, getpeername));
	RESULT("send", send(s, "x", 1, 0));
	RESULT("sendto no name", sendto(s, "x", 1, 0, NULL, 0));
	setsockopt(s, SOL_SOCKET, SO_BINDTODEVICE, "eth0", 4);
	to.sin_family = AF_UNSPEC;
	RESULT("disconnect", connect(s, (void *)&to, sizeof(to)));
	RESULT("device", getsockopt(s, SOL_SOCKET, SO_BINDTODEVICE, device, &len));
	printf("= device '%.*s'\n", (int)len, device);
	RESULT("send, disconnected", send(s, "x", 1, 0));
	close(s);
}

/* ---- receivers ---------------------------------------------------------------------------- */

static int mark;

/* What is sent to this host comes in the order in which it was sent: the last one ends the wait. */
static void wait_for_mark(int s)
{
	struct sockaddr_in to = address("127.0.0.1", MARK_PORT);
	struct pollfd p = { .fd = mark, .events = POLLIN };
	char c;

	sendto(s, "m", 1, 0, (void *)&to, sizeof(to));
	if (poll(&p, 1, MARK_MS) != 1 || recv(mark, &c, 1, 0) != 1)
		printf(" no mark");
}

static void show_listeners(void)
{
	char c, where[64];

	for (int i = 0; i < LISTENERS; i++)
		while (hear((enum listener)i, &c, 1, where) == 1)
			printf(" %s(%s)", listener_name[i], where);
	printf("\n");
}

static void heard(const char *from, const char *device)
{
	for (unsigned j = 0; j < N(destinations); j++) {
		struct sockaddr_in to = address(destinations[j], LISTEN_PORT);
		int s = bound(from, 0), marker = socket(AF_INET, SOCK_DGRAM, 0);

		set(s, SOL_SOCKET, SO_BROADCAST, 1);
		if (device)
			setsockopt(s, SOL_SOCKET, SO_BINDTODEVICE, device, strlen(device));
		printf("= %s%s > %s heard by", from, device ? device : "", destinations[j]);
		sendto(s, "x", 1, 0, (void *)&to, sizeof(to));
		wait_for_mark(marker);
		show_listeners();
		close(s);
		close(marker);
	}
}

int main(void)
{
	binds();
	pairs();
	port_zero();
	listen_all();
	mark = bound("127.0.0.1", MARK_PORT);
	heard("0.0.0.0", NULL);
	heard("10.0.2.15", NULL);
	heard("127.0.0.1", NULL);
	heard("0.0.0.0", "eth0");
	heard("0.0.0.0", "lo");
	printf("end of table\n");
	return checks_failed;
}
