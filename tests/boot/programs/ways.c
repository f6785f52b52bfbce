/* SPDX-License-Identifier: MIT
 * ways.c - every way to send: in GSO bursts, in pieces, many by one call, with control messages.
 * Not here: what then is on the wire (test_ways_to_send.py).
 * Usage: ways <address> shapes: bursts, pieces and refusals; what each call answers is a table, the same as
 * on Linux. ways <address> sums: all payloads of two bytes, so that every UDP checksum there is occurs.
 * Source: sendmsg(2), sendmmsg(2), udp(7), ip(7). */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "check.h"

#define PORT  4747
#define BATCH 64
#define PAUSE 1000 /* us */

static struct sockaddr_in to = { .sin_family = AF_INET };
static unsigned char payload[70000];
static int fd;

/* The listener on this host, if there is one, has read all that was sent. */
static void let_it_read(void)
{
	unsigned port, waiting, unread = 1;
	char line[256];

	while (unread) {
		FILE *sockets = fopen("/proc/net/udp", "r");

		unread = 0;
		while (sockets && fgets(line, sizeof(line), sockets))
			if (sscanf(line, " %*d: %*x:%x %*x:%*x %*x %*x:%x", &port, &waiting) == 2 &&
				port == PORT)
				unread += waiting;
		if (sockets)
			fclose(sockets);
		if (unread)
			usleep(PAUSE);
	}
}

static long message(
	int level, int type, const void *data, size_t size, size_t len, size_t cut, int flags)
{
	char control[64] __attribute__((aligned(8))) = { 0 };
	struct iovec iov[2] = { { payload, cut }, { payload + cut, len - cut } };
	struct msghdr m = {
		.msg_name = &to, .msg_namelen = sizeof(to), .msg_iov = iov, .msg_iovlen = 2
	};
	struct cmsghdr *c = (void *)control;

	if (size) {
		m.msg_control = control;
		m.msg_controllen = CMSG_SPACE(size);
		c->cmsg_len = CMSG_LEN(size);
		c->cmsg_level = level;
		c->cmsg_type = type;
		memcpy(CMSG_DATA(c), data, size);
	}
	let_it_read();
	return sendmsg(fd, &m, flags);
}

static long burst(size_t len, uint16_t size, size_t cut)
{
	return message(IPPROTO_UDP, UDP_SEGMENT, &size, sizeof(size), len, cut, 0);
}

static void bursts(void)
{
	static const uint16_t size[] = { 1, 7, 18, 100, 1471, 1472 };
	static const size_t n[] = { 1, 2, 17, 40 };
	char name[64];

	for (size_t s = 0; s < sizeof(size) / sizeof(*size); s++)
		for (size_t k = 0; k < sizeof(n) / sizeof(*n); k++)
			for (size_t rest = 0; rest < 3; rest++) {
				size_t len = n[k] * size[s] + rest - 1;

				sprintf(name, "burst of %zu by %u", len, size[s]);
				RESULT(name, burst(len, size[s], len / 3));
			}
	RESULT("burst, size 0", burst(1000, 0, 10));
	RESULT("burst of 128", burst(1280, 10, 10));
	RESULT("burst of 129", burst(1281, 10, 10));
	RESULT("burst, too long altogether", burst(65508, 1472, 10));
	RESULT("burst, longer than a frame", burst(4000, 1473, 10));
	RESULT("burst of one, which may be longer than a frame", burst(100, 1473, 10));
	RESULT("burst of one, longer than a frame", burst(1473, 2000, 10));
}

static int option(int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value));
}

static void train_options(void)
{
	RESULT("SO_NO_CHECK", option(SOL_SOCKET, SO_NO_CHECK, 1));
	RESULT("burst without checksums", burst(100, 10, 10));
	RESULT("burst of one without a checksum", burst(10, 10, 5));
	option(SOL_SOCKET, SO_NO_CHECK, 0);
	RESULT("UDP_SEGMENT", option(IPPROTO_UDP, UDP_SEGMENT, 33));
	RESULT("burst by option", message(0, 0, NULL, 0, 100, 50, 0));
	RESULT("one by option", message(0, 0, NULL, 0, 33, 3, 0));
	RESULT("UDP_SEGMENT, too large", option(IPPROTO_UDP, UDP_SEGMENT, 65536));
	option(IPPROTO_UDP, UDP_SEGMENT, 0);
}

static void in_pieces(size_t total, size_t step)
{
	char name[64];

	for (size_t at = 0; at < total; at += step) {
		size_t n = total - at < step ? total - at : step;

		if (sendto(fd, payload + at, n, MSG_MORE, (void *)&to, sizeof(to)) != (long)n)
			printf("= piece at %zu: %s\n", at, strerror(errno));
	}
	sprintf(name, "%zu in pieces of %zu", total, step);
	let_it_read();
	RESULT(name, sendto(fd, payload, 0, 0, (void *)&to, sizeof(to)));
}

static void pieces(void)
{
	static const size_t total[] = { 0, 1, 19, 1471, 1472, 1473, 2953, 9001, 65507 };
	static const size_t step[] = { 7, 501, 1473, 4099 };

	for (size_t t = 0; t < sizeof(total) / sizeof(*total); t++)
		for (size_t s = 0; s < sizeof(step) / sizeof(*step); s++)
			if (total[t] / step[s] < 500)
				in_pieces(total[t], step[s]);
	option(IPPROTO_UDP, UDP_CORK, 1);
	RESULT("corked", sendto(fd, payload, 100, 0, (void *)&to, sizeof(to)));
	RESULT("corked, another address",
		sendto(fd, payload + 100, 100, 0, (void *)"xxxxxxxxxxxxxxxx", 16));
	RESULT("corked, a bad piece", sendto(fd, (void *)8, 10, 0, NULL, 0));
	RESULT("uncorked after it", option(IPPROTO_UDP, UDP_CORK, 0));
	option(IPPROTO_UDP, UDP_CORK, 1);
	RESULT("corked again", sendto(fd, payload, 1111, 0, (void *)&to, sizeof(to)));
	RESULT("uncorked", option(IPPROTO_UDP, UDP_CORK, 0));
	RESULT("more", sendto(fd, payload, 60000, MSG_MORE, (void *)&to, sizeof(to)));
	RESULT("too much", sendto(fd, payload, 5508, 0, (void *)&to, sizeof(to)));
	RESULT("one after it", sendto(fd, payload, 3, 0, (void *)&to, sizeof(to)));
}

/* What it began with says how it is cut. */
static void bursts_in_pieces(void)
{
	static const int size[] = { 1, 7, 100, 1472 };
	static const size_t total[] = { 0, 1, 100, 101, 900, 9001, 60000 };

	for (size_t s = 0; s < sizeof(size) / sizeof(*size); s++)
		for (size_t t = 0; t < sizeof(total) / sizeof(*total); t++) {
			if (total[t] > 120 * (size_t)size[s])
				continue;
			option(IPPROTO_UDP, UDP_SEGMENT, size[s]);
			in_pieces(total[t], total[t] > 1000 ? 4099 : 33);
		}
	option(IPPROTO_UDP, UDP_SEGMENT, 100);
	option(IPPROTO_UDP, UDP_CORK, 1);
	RESULT("corked burst", burst(250, 60, 10));
	RESULT("corked, another size", burst(100, 70, 10));
	RESULT("uncorked", option(IPPROTO_UDP, UDP_CORK, 0));
	option(IPPROTO_UDP, UDP_SEGMENT, 2);
	in_pieces(258, 129);
	option(IPPROTO_UDP, UDP_SEGMENT, 1473);
	in_pieces(1473, 700);
	RESULT("empty burst", burst(0, 1473, 0));
	option(IPPROTO_UDP, UDP_SEGMENT, 0);
}

static void controls(void)
{
	int number = 5;
	unsigned char byte = 8;

	RESULT("TTL", message(IPPROTO_IP, IP_TTL, &number, 4, 20, 1, 0));
	RESULT("TTL, one byte", message(IPPROTO_IP, IP_TTL, &byte, 1, 20, 1, 0));
	RESULT("TOS", message(IPPROTO_IP, IP_TOS, &number, 4, 20, 1, 0));
	RESULT("TOS, one byte", message(IPPROTO_IP, IP_TOS, &byte, 1, 20, 1, 0));
	number = 256;
	RESULT("TTL 256", message(IPPROTO_IP, IP_TTL, &number, 4, 20, 1, 0));
	RESULT("TOS 256", message(IPPROTO_IP, IP_TOS, &number, 4, 20, 1, 0));
	RESULT("unknown of IP", message(IPPROTO_IP, 99, &number, 4, 20, 1, 0));
	RESULT("unknown of UDP", message(IPPROTO_UDP, 99, &number, 4, 20, 1, 0));
	RESULT("unknown of sockets", message(SOL_SOCKET, 99, &number, 4, 20, 1, 0));
	RESULT("unknown level", message(77, 99, &number, 4, 20, 1, 0));
	RESULT("UDP_SEGMENT, four bytes", message(IPPROTO_UDP, UDP_SEGMENT, &number, 4, 20, 1, 0));
	RESULT("dontroute", message(0, 0, NULL, 0, 20, 1, MSG_DONTROUTE));
}

/* Number n in two bytes. */
static int sums(void)
{
	static struct mmsghdr m[BATCH];
	static struct iovec iov[BATCH];
	static unsigned char word[BATCH][2];

	for (unsigned n = 0; n < 65536; n += BATCH) {
		for (unsigned i = 0; i < BATCH; i++) {
			word[i][0] = (unsigned char)(n + i);
			word[i][1] = (unsigned char)((n + i) >> 8);
			iov[i] = (struct iovec){ word[i], 2 };
			m[i].msg_hdr = (struct msghdr){ .msg_name = &to,
				.msg_namelen = sizeof(to),
				.msg_iov = &iov[i],
				.msg_iovlen = 1 };
		}
		if (syscall(SYS_sendmmsg, fd, m, BATCH, 0) != BATCH)
			return 2;
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc < 3 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1)
		return 1;
	to.sin_port = htons(PORT);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	for (size_t i = 0; i < sizeof(payload); i++)
		payload[i] = (unsigned char)((i * 2654435761u) >> 13);
	if (strcmp(argv[2], "sums") == 0)
		return sums();
	bursts();
	train_options();
	pieces();
	bursts_in_pieces();
	controls();
	return checks_failed;
}
