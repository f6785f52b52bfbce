/* SPDX-License-Identifier: MIT
 * outlive.c - datagrams that are still under way when their socket is closed, and its memory is another's.
 * Not here: each place where they may be (tests/unit/test_packet_owner.c).
 * test_outlive.py starts it with filter=in,dport=4747,queue:0. The last check leaves one in the queue.
 * Source: Linux's include/uapi/linux/netfilter/nfnetlink_queue.h. */
#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "check.h"
#include "nfnl.h"

#define SIOCOUTQ 0x5411

static int queue, receiver;

static struct sockaddr_in lo(int port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons((unsigned short)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static void send_and_close(int port)
{
	struct sockaddr_in to = lo(port);
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	CHECK("sent", sendto(s, "muffin", 6, 0, (void *)&to, sizeof(to)) == 6);
	close(s);
}

/* The number of the packet that the queue tells of next. */
static unsigned told(void)
{
	struct pollfd p = { .fd = queue, .events = POLLIN };
	unsigned id = 0;

	CHECK("told", poll(&p, 1, 5000) == 1 && recv(queue, in, sizeof(in), 0) > 32);
	memcpy(&id, in + 24, 4);
	return ntohl(id);
}

static int waits_for_out(int s)
{
	int n = -1;

	return ioctl(s, SIOCOUTQ, &n) < 0 ? -1 : n;
}

static void accepted_later(void)
{
	char buf[16];
	int other;
	unsigned id;

	send_and_close(4747);
	other = socket(AF_INET, SOCK_DGRAM, 0);
	id = told();
	CHECK("nothing waits for another socket", waits_for_out(other) == 0);
	CHECK("verdict", verdict(queue, VERDICT, 0, id, ACCEPT, NULL, 0) == 0);
	CHECK("nor after the verdict", waits_for_out(other) == 0);
	CHECK("received", recv(receiver, buf, sizeof(buf), MSG_DONTWAIT) == 6);
	CHECK("nor at the end", waits_for_out(other) == 0);
	close(other);
}

int main(void)
{
	struct nl_addr kernel = { .family = 16 };
	struct sockaddr_in at = lo(4747);

	queue = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
	receiver = socket(AF_INET, SOCK_DGRAM, 0);
	CHECK("bound", bind(queue, (void *)&kernel, sizeof(kernel)) == 0 &&
			       bind(receiver, (void *)&at, sizeof(at)) == 0);
	CHECK("queue", command(queue, 0, CMD_BIND) == 0 && copy_mode(queue, 0, 2, 0) == 0);
	begin(CONFIG, 0);
	attr_be32(CFG_MAXLEN, 8);
	CHECK("few", ask(queue) == 0);
	for (int i = 0; i < 4; i++)
		accepted_later();
	send_and_close(4747);
	told();
	close(queue);
	return checks_failed != 0;
}
