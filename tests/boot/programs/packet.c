/* SPDX-License-Identifier: MIT
 * packet.c - packet sockets on lo: both ways, addresses, lengths, bounds, errors.
 * Not here: frames on a wire (arping in test_packet.py).
 * test_packet.py starts it, here and on the build host, and compares the tables.
 * Source: packet(7). */
#include <arpa/inet.h>
#include <errno.h>
#include <netpacket/packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "check.h"

#define EXPERIMENT 0x88b5 /* IEEE 802's ethertype for experiments: no other traffic has it */
#define FRAME_LEN  100

static unsigned char frame[70000], back[70000];
static struct sockaddr_ll lo = { .sll_family = AF_PACKET, .sll_halen = ETH_ALEN }, from;

static int open_on_lo(int type, unsigned short protocol)
{
	struct timeval wait = { 1, 0 };
	int s = socket(AF_PACKET, type, 0);

	lo.sll_protocol = htons(protocol);
	if (bind(s, (void *)&lo, sizeof(lo)) != 0 ||
		setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) != 0)
		perror("open_on_lo");
	return s;
}

static ssize_t receive(int s, size_t len, int flags)
{
	socklen_t room = sizeof(from);

	memset(&from, 0, sizeof(from));
	return recvfrom(s, back, len, flags, (void *)&from, &room);
}

static void say_received(const char *what, int s, size_t len, int flags)
{
	ssize_t n = receive(s, len, flags);

	printf("= %s: %zd, family %d protocol %04x lo %d hatype %d type %d halen %d, begins %02x\n",
		what, n, from.sll_family, ntohs(from.sll_protocol),
		from.sll_ifindex == lo.sll_ifindex, from.sll_hatype, from.sll_pkttype,
		from.sll_halen, n > 0 ? back[n < 14 ? 0 : n - 1] : 0);
}

static void hear_both_ways(void)
{
	int all = open_on_lo(SOCK_RAW, ETH_P_ALL), one = open_on_lo(SOCK_DGRAM, EXPERIMENT);
	struct pollfd p = { .fd = one, .events = POLLIN };

	RESULT("nothing yet", poll(&p, 1, 0));
	RESULT("send", send(all, frame, FRAME_LEN, 0));
	RESULT("poll", poll(&p, 1, 1000));
	printf("= revents %d\n", p.revents);
	say_received("one ethertype, no header", one, sizeof(back), 0);
	RESULT("only what comes in", recv(one, back, sizeof(back), MSG_DONTWAIT));
	send(one, frame + 14, FRAME_LEN - 14, 0);
	RESULT("send without an address", send(one, frame, 10, 0));
	lo.sll_protocol = htons(EXPERIMENT);
	RESULT("send with one", sendto(one, frame + 14, 86, 0, (void *)&lo, sizeof(lo)));
	say_received("its own comes back in", one, sizeof(back), 0);
	close(all);
	close(one);
}

static void lengths_and_flags(void)
{
	int s = open_on_lo(SOCK_RAW, EXPERIMENT);
	struct iovec iov = { back, 20 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_name = &from, .msg_namelen = sizeof(from)
	};

	for (int i = 0; i < 4; i++)
		send(s, frame, FRAME_LEN, 0);
	say_received("peek", s, sizeof(back), MSG_PEEK);
	say_received("cut", s, 20, 0);
	say_received("cut, and told the length", s, 20, MSG_TRUNC);
	RESULT("recvmsg", recvmsg(s, &msg, 0));
	printf("= flags %#x, name of %u\n", msg.msg_flags, msg.msg_namelen);
	RESULT("read", read(s, back, sizeof(back)));
	RESULT("empty", recv(s, back, sizeof(back), MSG_DONTWAIT));
	close(s);
}

static void bounds(void)
{
	int s = open_on_lo(SOCK_RAW, EXPERIMENT), small = 1;
	struct {
		unsigned tp_packets, tp_drops;
	} stats = { 0, 0 };
	socklen_t len = sizeof(stats);
	unsigned n = 0;

	setsockopt(s, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	for (int i = 0; i < 100; i++)
		send(s, frame, FRAME_LEN, 0);
	while (recv(s, back, sizeof(back), MSG_DONTWAIT) == FRAME_LEN)
		n++;
	RESULT("statistics", getsockopt(s, SOL_PACKET, PACKET_STATISTICS, &stats, &len));
	CHECK("all were counted", stats.tp_packets == 100);
	CHECK("what is missing was dropped", n > 0 && n < 100 && stats.tp_drops == 100 - n);
	getsockopt(s, SOL_PACKET, PACKET_STATISTICS, &stats, &len);
	CHECK("counts begin anew", stats.tp_packets == 0 && stats.tp_drops == 0);
	close(s);
}

/* Of frames whose byte 20 is even all but the last 30 bytes, of others nothing. */
static void filters(void)
{
	struct insn {
		unsigned short code;
		unsigned char jt, jf;
		unsigned k;
	} code[] = { { 0x30, 0, 0, 20 }, { 0x45, 3, 0, 1 }, { 0x80, 0, 0, 0 }, { 0x14, 0, 0, 30 },
		{ 0x16, 0, 0, 0 }, { 0x06, 0, 0, 0 } };
	struct {
		unsigned short len;
		struct insn *filter;
	} prog = { 6, code };
	int raw = open_on_lo(SOCK_RAW, EXPERIMENT), datagram = open_on_lo(SOCK_DGRAM, EXPERIMENT);
	int none = 0;

	RESULT("attach", setsockopt(raw, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)));
	RESULT("again", setsockopt(datagram, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)));
	for (unsigned char i = 0; i < 4; i++) {
		frame[20] = i;
		send(raw, frame, FRAME_LEN, 0);
	}
	for (int i = 0; i < 3; i++)
		say_received("filtered", raw, sizeof(back), MSG_DONTWAIT | MSG_TRUNC);
	for (int i = 0; i < 5; i++)
		say_received("without header", datagram, sizeof(back), MSG_DONTWAIT | MSG_TRUNC);
	frame[20] = 20;
	code[5].code = 0x26;
	RESULT("no such return",
		setsockopt(raw, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)));
	prog.len = 5000;
	RESULT("too long", setsockopt(raw, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)));
	RESULT("detach", setsockopt(raw, SOL_SOCKET, SO_DETACH_FILTER, &none, sizeof(none)));
	RESULT("once more", setsockopt(raw, SOL_SOCKET, SO_DETACH_FILTER, &none, sizeof(none)));
	close(raw);
	close(datagram);
}

static void errors(void)
{
	struct sockaddr_ll at = lo;
	socklen_t len = sizeof(at);
	struct ifreq mtu = { .ifr_name = "lo" };
	int s = socket(AF_PACKET, SOCK_RAW, 0);

	RESULT("stream", socket(AF_PACKET, SOCK_STREAM, 0));
	RESULT("send unbound", send(s, frame, FRAME_LEN, 0));
	RESULT("short address", bind(s, (void *)&at, sizeof(at) - 1));
	at.sll_family = AF_INET;
	RESULT("other family", bind(s, (void *)&at, sizeof(at)));
	at.sll_family = AF_PACKET;
	at.sll_ifindex = 4711;
	RESULT("no such device", bind(s, (void *)&at, sizeof(at)));
	RESULT("send there", sendto(s, frame, FRAME_LEN, 0, (void *)&at, sizeof(at)));
	RESULT("bind", bind(s, (void *)&lo, sizeof(lo)));
	RESULT("getsockname", getsockname(s, (void *)&at, &len));
	printf("= %u bytes, halen %d, type %d\n", len, at.sll_halen, at.sll_hatype);
	RESULT("getpeername", getpeername(s, (void *)&at, &len));
	RESULT("connect", connect(s, (void *)&lo, sizeof(lo)));
	RESULT("shutdown", shutdown(s, SHUT_RDWR));
	RESULT("13 bytes", send(s, frame, 13, 0));
	RESULT("14 bytes", send(s, frame, 14, 0));
	RESULT("MTU", ioctl(s, SIOCGIFMTU, &mtu));
	RESULT("too long", send(s, frame, (size_t)mtu.ifr_mtu + 19, 0));
	RESULT("bad memory", send(s, (void *)1, FRAME_LEN, 0));
	RESULT("unknown option", setsockopt(s, SOL_PACKET, 99, &len, sizeof(len)));
	close(s);
}

int main(void)
{
	struct ifreq index = { .ifr_name = "lo" };

	/* not if_nametoindex: musl's asks a Unix socket */
	ioctl(socket(AF_INET, SOCK_DGRAM, 0), SIOCGIFINDEX, &index);
	lo.sll_ifindex = index.ifr_ifindex;
	frame[12] = EXPERIMENT >> 8;
	frame[13] = EXPERIMENT & 255;
	for (int i = 14; i < FRAME_LEN; i++)
		frame[i] = (unsigned char)i;
	hear_both_ways();
	lengths_and_flags();
	bounds();
	filters();
	errors();
	return checks_failed != 0;
}
