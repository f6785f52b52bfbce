/* SPDX-License-Identifier: MIT
 * unread.c - one socket that is never read, and others that are: each of these still receives.
 * Not here: exact shares (tests/unit/test_sock_share.c).
 * test_outlive.py starts it, here with little and with usual memory, and on the build host.
 * Source: socket(7), SO_RCVBUF; udp(7). */
#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

#define OTHERS 3

static char big[1472];

static int bound(struct sockaddr_in *at)
{
	socklen_t len = sizeof(*at);
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	*at = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	if (bind(s, (void *)at, sizeof(*at)) < 0 || getsockname(s, (void *)at, &len) < 0)
		exit(2);
	return s;
}

static int read_all(int s)
{
	int n = 0;

	while (recv(s, big, sizeof(big), MSG_DONTWAIT) >= 0)
		n++;
	return n;
}

/* least: how many the unread one holds at least, most: at most. */
static void check(size_t len, int least, int most)
{
	struct sockaddr_in unread, at[OTHERS];
	int s = socket(AF_INET, SOCK_DGRAM, 0), never = bound(&unread), other[OTHERS], n;

	for (int i = 0; i < OTHERS; i++)
		other[i] = bound(&at[i]);
	for (int i = 0; i < 1000; i++)
		sendto(s, big, len, 0, (void *)&unread, sizeof(unread));
	for (int i = 0; i < OTHERS; i++) {
		int next = -1;

		sendto(s, big, len, 0, (void *)&at[i], sizeof(at[i]));
		usleep(1000);
		CHECK("FIONREAD is the payload",
			ioctl(other[i], FIONREAD, &next) == 0 && next == (int)len);
		CHECK("another receives", read_all(other[i]) == 1);
	}
	n = read_all(never);
	printf("%d of 1000 datagrams of %zu bytes\n", n, len);
	CHECK("it held what it may", n >= least && n <= most);
	CHECK("and receives again", sendto(s, "x", 1, 0, (void *)&unread, sizeof(unread)) == 1 &&
					    recv(never, big, sizeof(big), 0) == 1);
	close(never);
	close(s);
	for (int i = 0; i < OTHERS; i++)
		close(other[i]);
}

int main(int argc, char **argv)
{
	if (argc != 5)
		return 2;
	check(1, atoi(argv[1]), atoi(argv[2]));
	check(sizeof(big), atoi(argv[3]), atoi(argv[4]));
	return checks_failed != 0;
}
