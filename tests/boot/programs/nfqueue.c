/* SPDX-License-Identifier: MIT
 * nfqueue.c - sends datagrams that a rule puts into queues, and judges them itself: some go on, some do
 * not, some are changed.
 * Not here: the rules (filter= words), what must be on the wire (test_netlink.py).
 * Usage: nfqueue <address> [leave]: datagrams go there, port 4747 by queue 0 and 4748 by queue 2; those
 * to this machine's port 5000 come by queue 1. leave: end with packets unjudged.
 * Behaves as Linux's nfnetlink_queue. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "nfnl.h"

#define HEADERS 28 /* IPv4 and UDP */

static int nl, udp;
static struct sockaddr_in to;

/* The packet of the last message. */
static unsigned id, payload_len, cap_len;
static unsigned char *payload, hook, kept[8][HEADERS]; /* by id */

static int read_attr(const unsigned char *at)
{
	unsigned short len, type;

	memcpy(&len, at, 2);
	memcpy(&type, at + 2, 2);
	at += 4;
	if (type == A_PACKET_HDR) {
		memcpy(&id, at, 4);
		id = ntohl(id);
		hook = at[6];
	} else if (type == A_PAYLOAD) {
		payload = (unsigned char *)at;
		payload_len = len - 4u;
	} else if (type == A_CAP_LEN) {
		memcpy(&cap_len, at, 4);
		cap_len = ntohl(cap_len);
	}
	return (len + 3) & ~3;
}

/* The next packet, from its queue: -1 when none comes. */
static int next_packet(void)
{
	struct pollfd p = { .fd = nl, .events = POLLIN };
	long len;

	payload_len = cap_len = 0;
	if (poll(&p, 1, 1000) != 1)
		return -1;
	len = recv(nl, in, sizeof(in), 0);
	for (long at = 20; at < len;)
		at += read_attr(in + at);
	if (len <= 20)
		return -1;
	memcpy(kept[id % 8], payload, HEADERS);
	return in[18] << 8 | in[19];
}

static void show_next(const char *name)
{
	RESULT(name, next_packet());
	RESULT("  id", id);
	RESULT("  hook", hook);
	RESULT("  payload", payload_len);
	RESULT("  cut from", cap_len);
}

static unsigned short sum(const unsigned char *at, unsigned len, unsigned start)
{
	for (unsigned i = 0; i < len; i++)
		start += i % 2 ? at[i] : (unsigned)at[i] << 8;
	while (start >> 16)
		start = (start & 0xffff) + (start >> 16);
	return (unsigned short)~start;
}

static void put16(unsigned char *at, unsigned value)
{
	at[0] = (unsigned char)(value >> 8);
	at[1] = (unsigned char)value;
}

/* The packet with other contents, and checksums to them. Returns its length. */
static unsigned change(unsigned which, const char *text, unsigned len)
{
	static unsigned char copy[70000];
	unsigned whole = HEADERS + len;

	memcpy(copy, kept[which], HEADERS);
	for (unsigned i = 0; i < len; i++)
		copy[HEADERS + i] = (unsigned char)text[i % strlen(text)];
	put16(copy + 2, whole);
	if (whole > 1500)
		put16(copy + 6, 0); /* may be fragmented */
	put16(copy + 10, 0);
	put16(copy + 10, sum(copy, 20, 0));
	put16(copy + 24, len + 8);
	put16(copy + 26, 0);
	put16(copy + 26, sum(copy + 12, len + 16, 17 + len + 8));
	payload = copy;
	return whole;
}

static void send_one(const char *text, unsigned len, int port)
{
	static char buf[70000];

	for (unsigned i = 0; i < len; i++)
		buf[i] = text[i % strlen(text)];
	to.sin_port = htons((unsigned short)port);
	RESULT(text, sendto(udp, buf, len, 0, (void *)&to, sizeof(to)));
}

static int judge(int queue, unsigned which, unsigned v)
{
	return verdict(nl, VERDICT, queue, which, v, NULL, 0);
}

static void small_ones(void)
{
	unsigned len;

	send_one("accepted", 8, 4747);
	send_one("dropped", 7, 4747);
	send_one("changed", 7, 4747);
	send_one("grown", 5, 4747);
	show_next("first");
	show_next("second");
	show_next("third");
	show_next("fourth");
	RESULT("accept the first", judge(0, 1, ACCEPT));
	RESULT("again", judge(0, 1, ACCEPT));
	RESULT("drop the second", judge(0, 2, DROP));
	len = change(3, "another text", 12);
	RESULT("change it", verdict(nl, VERDICT, 0, 3, ACCEPT, payload, len));
	len = change(4, "0123456789", 3000);
	RESULT("let it grow", verdict(nl, VERDICT, 0, 4, ACCEPT, payload, len));
}

static void large_and_later(void)
{
	send_one("large", 4000, 4747);
	show_next("large");
	RESULT("accept it", judge(0, 5, ACCEPT));
	RESULT("cut from now on", copy_mode(nl, 0, 2, 33));
	send_one("cut short", 9, 4747);
	show_next("cut");
	ack = 0; /* on Linux it would come behind the packet */
	RESULT("into queue 2", judge(0, 6, QUEUE | 2 << 16));
	ack = F_ACK;
	show_next("there");
	RESULT("accept it there", judge(2, 1, ACCEPT));
	send_one("post", 4, 4748);
	show_next("post");
	RESULT("accept it", judge(2, 2, ACCEPT));
}

static void incoming(void)
{
	struct sockaddr_in here = { .sin_family = AF_INET,
		.sin_port = htons(5000),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	char buf[16] = "";

	bind(s, (void *)&here, sizeof(here));
	sendto(udp, "to myself", 9, 0, (void *)&here, sizeof(here));
	show_next("incoming");
	RESULT("not there yet", recv(s, buf, sizeof(buf), MSG_DONTWAIT));
	RESULT("accept it", judge(1, 1, ACCEPT));
	RESULT("there", recv(s, buf, sizeof(buf), MSG_DONTWAIT));
	RESULT("as sent", strcmp(buf, "to myself"));
	close(s);
}

/* The line of queue 0, but for its reader. */
static void show_proc(void)
{
	FILE *file = fopen("/proc/net/netfilter/nfnetlink_queue", "r");
	char line[128];

	while (file && fgets(line, sizeof(line), file))
		if (atoi(line) == 0)
			printf("= %.5s%s", line, line + 12);
	if (file)
		fclose(file);
}

static void full_queue(void)
{
	begin(CONFIG, 0);
	attr_be32(CFG_MAXLEN, 1);
	attr_be32(CFG_MASK, 1);
	attr_be32(CFG_FLAGS, 1);
	RESULT("one, then fail open", ask(nl));
	send_one("waits", 5, 4747);
	send_one("passes", 6, 4747);
	show_proc();
	RESULT("batch", verdict(nl, VERDICT_BATCH, 0, 7, ACCEPT, NULL, 0));
	RESULT("batch of none", verdict(nl, VERDICT_BATCH, 0, 7, ACCEPT, NULL, 0));
}

int main(int argc, char **argv)
{
	struct sockaddr_in from = { .sin_family = AF_INET, .sin_port = htons(4000) };

	if (argc < 2)
		return 1;
	to.sin_family = AF_INET;
	inet_pton(AF_INET, argv[1], &to.sin_addr);
	udp = socket(AF_INET, SOCK_DGRAM, 0);
	bind(udp, (void *)&from, sizeof(from));
	nl = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
	for (int queue = 0; queue < 3; queue++) {
		RESULT("bind", command(nl, queue, CMD_BIND));
		RESULT("copy all", copy_mode(nl, queue, 2, 0));
	}
	small_ones();
	large_and_later();
	incoming();
	full_queue();
	if (argc > 2) {
		send_one("left behind", 11, 4747);
		send_one("left, too", 9, 4748);
	}
	close(nl);
	printf("end of table\n");
	return checks_failed;
}
