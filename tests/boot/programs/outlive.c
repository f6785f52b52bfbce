/* SPDX-License-Identifier: MIT
 * outlive.c - datagrams that are still under way when their socket is closed, and its memory is another's.
 * Not here: each place where they may be (tests/unit/test_packet_owner.c).
 * test_outlive.py starts it with filter=in,dport=4747,queue:0.
 * Source: Linux's include/uapi/linux/netfilter/nfnetlink_queue.h. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "nfnl.h"

#define SIOCOUTQ   0x5411
#define IP_RECVERR 11
#define HOSTS      70
#define WAIT_S     20

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

/* One number of /proc/muffin. */
static int count(const char *name)
{
	static char text[4096];
	int fd = open("/proc/muffin", O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);
	const char *at;

	close(fd);
	text[n > 0 ? n : 0] = 0;
	for (at = text; at && strncmp(at, name, strlen(name)) != 0;)
		at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL;
	return at ? atoi(at + strlen(name)) : -1;
}

struct pools {
	int packets, small, sockets, socks;
};

static struct pools pools(void)
{
	return (struct pools){ count("packets free") + count("packets in rings"),
		count("small packets free") + count("small packets in rings"), count("sockets"),
		count("socks") };
}

static int all_came_back(const struct pools *before)
{
	struct pools now = pools();

	return memcmp(&now, before, sizeof(now)) == 0;
}

/* Hosts that are not there: their errors, which come when ARP gives up, are never read. */
static void errors_for_nobody(const struct pools *before)
{
	struct timespec tick = { 0, 50000000 };
	int one = 1, waiting;

	for (int i = 0; i < HOSTS; i++) {
		struct sockaddr_in to = lo(9);
		int s = socket(AF_INET, SOCK_DGRAM, 0);

		to.sin_addr.s_addr = htonl(0x0a000264 + (unsigned)i);
		setsockopt(s, SOL_IP, IP_RECVERR, &one, sizeof(one));
		for (int k = 0; k < 4; k++)
			sendto(s, "x", 1, MSG_DONTWAIT, (void *)&to, sizeof(to));
		close(s);
	}
	waiting = before->packets - pools().packets;
	CHECK("they wait", waiting >= HOSTS && count("socks") == before->socks + HOSTS);
	for (int i = 0; i < WAIT_S * 20 && !all_came_back(before); i++)
		nanosleep(&tick, NULL);
	CHECK("every packet came back", all_came_back(before));
}

int main(void)
{
	struct pools before;
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
	before = pools();
	for (int i = 0; i < 4; i++)
		accepted_later();
	CHECK("all came back", all_came_back(&before));
	errors_for_nobody(&before);
	send_and_close(4747);
	told();
	close(queue); /* and what is in it */
	before.sockets--;
	before.socks--;
	CHECK("the last, too", all_came_back(&before));
	return checks_failed != 0;
}
