/* SPDX-License-Identifier: MIT
 * groups.c - joins a group, hears it and nothing else, sends to it.
 * Not here: the other end (test_inet.py).
 * Usage: groups
 * Source: ip(7): IP_ADD_MEMBERSHIP, IP_MULTICAST_LOOP, IP_MULTICAST_TTL. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "check.h"

#define ANSWER_MS 60000
#define QUERY_MS  400 /* a query that comes is answered within 100 */

static struct sockaddr_in group = { .sin_family = AF_INET };
static int s;

/* Is this the next that is heard? */
static int hears(const char *text)
{
	struct pollfd p = { .fd = s, .events = POLLIN };
	char buf[16] = "";

	if (poll(&p, 1, ANSWER_MS) != 1)
		return 0;
	return recv(s, buf, sizeof(buf), 0) == (long)strlen(text) && strcmp(buf, text) == 0;
}

static int sends(const char *text)
{
	return sendto(s, text, strlen(text), 0, (void *)&group, sizeof(group)) ==
	       (long)strlen(text);
}

int main(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(4747) };
	struct ip_mreq mreq = { .imr_interface.s_addr = 0 };
	int off = 0, on = 1, ttl = 0;

	inet_pton(AF_INET, "239.129.2.3", &group.sin_addr);
	group.sin_port = htons(4747);
	mreq.imr_multiaddr = group.sin_addr;
	s = socket(AF_INET, SOCK_DGRAM, 0);
	CHECK("bind", bind(s, (void *)&at, sizeof(at)) == 0);
	CHECK("not joined, not heard", sends("ready 1") && hears("after one"));
	CHECK("join", setsockopt(s, SOL_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof(mreq)) == 0);
	CHECK("ask", sends("ready 2"));
	CHECK("hears itself", hears("ready 2"));
	CHECK("hears the group", hears("two"));
	CHECK("no loop", setsockopt(s, SOL_IP, IP_MULTICAST_LOOP, &off, sizeof(off)) == 0);
	CHECK("not itself", sends("alone") && hears("after alone"));
	poll(NULL, 0, QUERY_MS);
	setsockopt(s, SOL_IP, IP_MULTICAST_LOOP, &on, sizeof(on));
	setsockopt(s, SOL_IP, IP_MULTICAST_TTL, &ttl, sizeof(ttl));
	CHECK("only itself", sends("inside") && hears("inside"));
	CHECK("leave", setsockopt(s, SOL_IP, IP_DROP_MEMBERSHIP, &mreq, sizeof(mreq)) == 0);
	return checks_failed != 0;
}
