/* SPDX-License-Identifier: MIT
 * lengths.c - datagrams of every length to addresses of our own: what sending and receiving answer.
 * Not here: shorter ones (loopback.c).
 * test_programs.py starts it, here and on the build host, and compares the tables. Usage: lengths address..
 * Source: udp(7), ip(7). */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define SOL_UDP     17
#define UDP_SEGMENT 103
#define LONGEST     65507
#define ORIGIN      4 /* of struct sock_extended_err: where these members stand */
#define INFO        8

static unsigned char out[70000], in[70000];
static struct sockaddr_in to;
static int receiver, sender;

static void row(const char *what, int number, long answer)
{
	if (answer < 0)
		printf("= %s %d: errno %d\n", what, number, errno);
	else
		printf("= %s %d: %ld\n", what, number, answer);
}

static int set(int s, int level, int name, int value)
{
	return setsockopt(s, level, name, &value, sizeof(value));
}

static int get(int s, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	return getsockopt(s, level, name, &value, &len) < 0 ? -1 : value;
}

static long send_len(size_t len, int flags)
{
	return sendto(sender, out, len, flags, (void *)&to, sizeof(to));
}

/* What waits now: lo has no delay. Returns the length if the bytes are those that were sent. */
static long receive(size_t len, int flags)
{
	long got;

	memset(in, 0, sizeof(in));
	got = recv(receiver, in, len, flags | MSG_DONTWAIT);
	if (got > 0 && memcmp(in, out, (size_t)got < len ? (size_t)got : len) != 0)
		return 999999;
	return got;
}

static void begin(const char *address)
{
	to = (struct sockaddr_in){ .sin_family = AF_INET };
	inet_pton(AF_INET, address, &to.sin_addr);
	receiver = socket(AF_INET, SOCK_DGRAM, 0);
	sender = socket(AF_INET, SOCK_DGRAM, 0);
	bind(receiver, (void *)&to, sizeof(to));
	getsockname(receiver, (void *)&to, &(socklen_t){ sizeof(to) });
}

static void end(void)
{
	close(receiver);
	close(sender);
}

/* ---- lengths ------------------------------------------------------------------------------- */

static const int lengths[] = { 0, 1, 1472, 1473, 1500, 1828, 1829, 1836, 1837, 1844, 1845, 3796,
	3797, 8000, 20000, 32768, 65000, 65506, LONGEST, 65508, 65515, 65535, 65536, 70000 };

static void every_length(void)
{
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		int len = lengths[i], waits = -1;

		row("send", len, send_len((size_t)len, 0));
		ioctl(receiver, FIONREAD, &waits);
		row("waits", len, waits);
		row("peek, cut to 9", len, receive(9, MSG_PEEK | MSG_TRUNC));
		row("receive", len, receive(sizeof(in), 0));
	}
}

static void discover(void)
{
	for (int d = IP_PMTUDISC_DONT; d <= IP_PMTUDISC_OMIT; d++) {
		row("IP_MTU_DISCOVER", d, set(sender, SOL_IP, IP_MTU_DISCOVER, d));
		for (int len = 1472; len <= LONGEST; len += 16008 + (len == 1472)) {
			row(" send", len, send_len((size_t)len, MSG_DONTWAIT));
			row(" receive", len, receive(sizeof(in), 0));
		}
	}
	set(sender, SOL_IP, IP_MTU_DISCOVER, IP_PMTUDISC_WANT);
	row("IP_MTU, unconnected", 0, get(sender, SOL_IP, IP_MTU));
	row("connect", 0, connect(sender, (void *)&to, sizeof(to)));
	row("IP_MTU", 0, get(sender, SOL_IP, IP_MTU));
	row("send, connected", LONGEST, send(sender, out, LONGEST, 0));
	row("receive", LONGEST, receive(sizeof(in), 0));
}

/* EMSGSIZE also goes to the error queue (IP_RECVERR), with the MTU. */
static void too_long_is_told(void)
{
	char control[256];
	struct msghdr m = { .msg_control = control, .msg_controllen = sizeof(control) };
	int info;

	set(sender, SOL_IP, IP_RECVERR, 1);
	row("send", 65508, send_len(65508, 0));
	row("error queue", 0, recvmsg(sender, &m, MSG_ERRQUEUE | MSG_DONTWAIT));
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
		if (c->cmsg_type != IP_RECVERR)
			continue;
		memcpy(&info, CMSG_DATA(c) + INFO, sizeof(info));
		row(" told by", CMSG_DATA(c)[ORIGIN], info);
	}
	set(sender, SOL_IP, IP_RECVERR, 0);
}

static void corked(void)
{
	row("MSG_MORE", 40000, send_len(40000, MSG_MORE));
	row("the rest", 25507, sendto(sender, out + 40000, 25507, 0, NULL, 0));
	row("receive", LONGEST, receive(sizeof(in), 0));
	row("MSG_MORE", 40000, send_len(40000, MSG_MORE));
	row("too much", 25508, sendto(sender, out + 40000, 25508, 0, NULL, 0));
	row("receive", 0, receive(sizeof(in), 0));
}

static void send_buffer(void)
{
	int was = get(sender, SOL_SOCKET, SO_SNDBUF);

	set(sender, SOL_SOCKET, SO_SNDBUF, 1);
	row("SO_SNDBUF, the least", 0, get(sender, SOL_SOCKET, SO_SNDBUF));
	for (int flags = 0; flags <= MSG_DONTWAIT; flags += MSG_DONTWAIT) {
		row("send", LONGEST, send_len(LONGEST, flags));
		row("receive", LONGEST, receive(sizeof(in), 0));
	}
	set(sender, SOL_SOCKET, SO_SNDBUF, was / 2);
}

static void receive_buffer(void)
{
	int was = get(receiver, SOL_SOCKET, SO_RCVBUF);

	set(receiver, SOL_SOCKET, SO_RCVBUF, 1);
	row("SO_RCVBUF, the least", 0, get(receiver, SOL_SOCKET, SO_RCVBUF));
	send_len(LONGEST, 0);
	send_len(LONGEST, 0); /* finds it full */
	row("receive", LONGEST, receive(sizeof(in), 0));
	row("receive", LONGEST, receive(sizeof(in), 0));
	set(receiver, SOL_SOCKET, SO_RCVBUF, was / 2);
}

static void several_at_once(void)
{
	struct iovec piece[3] = { { in, 1472 }, { in + 1472, 20000 }, { in + 21472, 1000 } };
	struct mmsghdr m[3] = { 0 };
	const int len[3] = { 1472, 20000, LONGEST };

	for (int i = 0; i < 3; i++) {
		m[i].msg_hdr.msg_iov = &piece[i];
		m[i].msg_hdr.msg_iovlen = 1;
		row("send", len[i], send_len((size_t)len[i], 0));
	}
	row("recvmmsg", 3, recvmmsg(receiver, m, 3, MSG_DONTWAIT, NULL));
	for (int i = 0; i < 3; i++) {
		row(" its length", len[i], m[i].msg_len);
		row(" its flags", len[i], m[i].msg_hdr.msg_flags);
		row(" its bytes", len[i], memcmp(piece[i].iov_base, out, piece[i].iov_len));
	}
}

/* ---- UDP_SEGMENT --------------------------------------------------------------------------- */

static void segments(void)
{
	static const int sizes[] = { 1, 1472, 1473, 8000, 20000, 32000, LONGEST, 65508, 65535 };
	static const int totals[] = { 1, 1472, 1473, 8000, 60000, LONGEST, 65508 };

	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		row("UDP_SEGMENT", sizes[s], set(sender, SOL_UDP, UDP_SEGMENT, sizes[s]));
		for (size_t t = 0; t < sizeof(totals) / sizeof(totals[0]); t++) {
			long got, at = 0;
			int n = 0;

			row(" send", totals[t], send_len((size_t)totals[t], 0));
			while ((got = recv(receiver, in, sizeof(in), MSG_DONTWAIT)) >= 0) {
				n += memcmp(in, out + at, (size_t)got) == 0;
				at += got;
			}
			row(" datagrams", n, at);
		}
	}
	set(sender, SOL_UDP, UDP_SEGMENT, 0);
}

static void device(void)
{
	struct ifreq r = { .ifr_name = "lo" };

	row("SIOCGIFMTU of lo", 0, ioctl(sender, SIOCGIFMTU, &r));
	row("MTU of lo", 0, r.ifr_mtu);
}

int main(int argc, char **argv)
{
	for (unsigned i = 0; i < sizeof(out); i++)
		out[i] = (unsigned char)(i * 7 + i / 251);
	for (int i = 1; i < argc; i++) {
		begin(argv[i]);
		every_length();
		too_long_is_told();
		corked();
		send_buffer();
		receive_buffer();
		several_at_once();
		segments();
		device();
		discover();
		end();
	}
	puts("end of table");
	return 0;
}
