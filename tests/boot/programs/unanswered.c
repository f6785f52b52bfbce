/* SPDX-License-Identifier: MIT
 * unanswered.c - sending to hosts that do not answer ARP: which calls report it, which wait, and how long.
 * Not here: what is on the wire (test_unanswered.py).
 * Usage: unanswered hears <dead> | waits <dead> <another> <live> | turns <dead> <live> <ms> |
 *        scan <first> <count> | late <host>
 * Source: send(2), socket(7), ip(7) IP_RECVERR, poll(2); RFC 1122 2.3.2.2. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

#define QUEUE_MAX 64 /* muffin's NEIGH_QUEUE_MAX */

#ifndef IP_RECVERR
#define IP_RECVERR 11
#endif

static struct sockaddr_in address(const char *ip)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons(4747), .sin_addr.s_addr = inet_addr(ip)
	};
}

static long milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static long send_number(int fd, const struct sockaddr_in *to, uint32_t i, int flags)
{
	return sendto(fd, &i, sizeof(i), flags, (const void *)to, sizeof(*to));
}

/* ---- errors ------------------------------------------------------------------------------ */

static int errors_in_queue(int fd)
{
	char bytes[64], control[256];
	struct iovec iov = { bytes, sizeof(bytes) };
	int n = 0;

	for (;; n++) {
		struct msghdr m = { .msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control) };

		if (recvmsg(fd, &m, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
			return n;
	}
}

static void show_heard(const char *name, int fd)
{
	int error = 0;
	socklen_t len = sizeof(error);

	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
	printf("= %s: %s, %d in its error queue\n", name, error ? strerror(error) : "nothing",
		errors_in_queue(fd));
}

static int connected(const struct sockaddr_in *to)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	connect(fd, (const void *)to, sizeof(*to));
	return fd;
}

static struct {
	const char *name;
	int fd;
} socket_of[4];

/* Two of them have a peer, two ask for errors. */
static void send_to_dead(const struct sockaddr_in *dead)
{
	static const char *const name[4] = { "plain", "connected", "asked", "connected and asked" };
	int one = 1;

	for (int i = 0; i < 4; i++) {
		int fd = i & 1 ? connected(dead) : socket(AF_INET, SOCK_DGRAM, 0);

		socket_of[i].name = name[i];
		socket_of[i].fd = fd;
		if (i & 2)
			setsockopt(fd, SOL_IP, IP_RECVERR, &one, sizeof(one));
		RESULT(name[i], send_number(fd, dead, 0, 0));
		RESULT(name[i], send_number(fd, dead, 1, 0));
	}
}

/* As long as those that asked have heard nothing the others have not either. */
static void show_who_heard(void)
{
	for (int i = 2; i < 4; i++)
		poll(&(struct pollfd){ .fd = socket_of[i].fd }, 1, 10000);
	for (int i = 0; i < 4; i++)
		show_heard(socket_of[i].name, socket_of[i].fd);
}

/* ---- waiting ------------------------------------------------------------------------------ */

static volatile int signals;

static void handler(int signal)
{
	(void)signal;
	signals++;
}

/* After 200 milliseconds, once. */
static void signal_later(int flags)
{
	struct itimerval timer = { .it_value = { .tv_usec = 200000 } };

	sigaction(SIGALRM, &(struct sigaction){ .sa_handler = handler, .sa_flags = flags }, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

static void bounds(int fd, const struct sockaddr_in *dead)
{
	struct timeval tv = { .tv_usec = 200000 };
	long start = milliseconds();

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	CHECK("SO_SNDTIMEO ends the wait", send_number(fd, dead, 0, 0) == -1 && errno == EAGAIN);
	CHECK("not before its time", milliseconds() - start >= 190);
	tv.tv_usec = 0;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
	signal_later(0);
	CHECK("a signal ends the wait", send_number(fd, dead, 0, 0) == -1 && errno == EINTR);
}

static void waits(const struct sockaddr_in *dead, const struct sockaddr_in *live)
{
	int peer = connected(dead), plain = socket(AF_INET, SOCK_DGRAM, 0), n = 0;
	struct pollfd p = { .fd = peer, .events = POLLOUT };
	long start = milliseconds();

	while (n < 1000 && send(peer, &n, sizeof(n), MSG_DONTWAIT) == sizeof(n))
		n++;
	CHECK("as many as are queued are taken", n == QUEUE_MAX && errno == EAGAIN);
	CHECK("poll does not say POLLOUT", poll(&p, 1, 0) == 0);
	CHECK("another host is sent to at once", send_number(plain, live, 0, MSG_DONTWAIT) == 4);
	bounds(plain, dead);
	signal_later(SA_RESTART);
	CHECK("without a peer it succeeds", send_number(plain, dead, 0, 0) == 4);
	CHECK("a handler may run meanwhile", signals == 2);
	CHECK("when ARP has given up", milliseconds() - start >= 2900);
	CHECK("then poll says POLLOUT", poll(&p, 1, 0) == 1 && p.revents == POLLOUT);
	CHECK("with a peer it is refused", send(peer, "x", 1, 0) == -1 && errno == EHOSTUNREACH);
	CHECK("one more goes at once", send_number(plain, dead, 0, MSG_DONTWAIT) == 4);
}

/* A live host and a dead one in turn, for so many milliseconds: how many rounds, and of these after ARP has given
 * up for the first time. */
static void turns(const struct sockaddr_in *dead, const struct sockaddr_in *live, long ms)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	long start = milliseconds(), all = 0, later = 0, errors = 0, at;

	while ((at = milliseconds() - start) < ms) {
		errors += send_number(fd, live, (uint32_t)all, 0) != 4;
		errors += send_number(fd, dead, (uint32_t)all, 0) != 4;
		all++;
		later += at > 3200;
	}
	printf("= %ld rounds, %ld of them later, %ld errors\n", all, later, errors);
}

/* Until SIGALRM kills it, a second later: there is not room for all. */
static void scan(struct sockaddr_in to, uint32_t count)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	uint32_t first = ntohl(to.sin_addr.s_addr);

	alarm(1);
	for (uint32_t i = 0; i < count; i++) {
		to.sin_addr.s_addr = htonl(first + i);
		CHECK("taken", send_number(fd, &to, i, 0) == 4);
	}
}

/* ---- an answer that comes while the link is down ------------------------------------------- */

static int has_link(int fd)
{
	struct ifreq req = { .ifr_name = "eth0" };

	return ioctl(fd, SIOCGIFFLAGS, &req) == 0 && (req.ifr_flags & IFF_RUNNING);
}

/* By rtnetlink: from now on the host is at 02:00:00:00:00:02. */
static int make_known(int fd, const struct sockaddr_in *host)
{
	struct ifreq eth0 = { .ifr_name = "eth0" };
	struct {
		uint32_t len;
		uint16_t type, flags;
		uint32_t seq, pid;
		uint8_t family, pad[3];
		int32_t index;
		uint16_t state;
		uint8_t ndm_flags, ndm_type;
		uint16_t dst_len, dst;
		uint32_t addr;
		uint16_t mac_len, mac;
		uint8_t bytes[8];
	} req = { .len = sizeof(req),
		.type = 28,
		.flags = 1 | 4 | 0x400,
		.family = AF_INET,
		.state = 0x80,
		.dst_len = 8,
		.dst = 1,
		.addr = host->sin_addr.s_addr,
		.mac_len = 10,
		.mac = 2,
		.bytes = { 2, 0, 0, 0, 0, 2 } };
	int nl = socket(AF_NETLINK, SOCK_RAW, 0), answer[64] = { 0 };

	ioctl(fd, SIOCGIFINDEX, &eth0);
	req.index = eth0.ifr_ifindex;
	return send(nl, &req, sizeof(req), 0) > 0 && recv(nl, answer, sizeof(answer), 0) >= 20 &&
	       answer[4] == 0;
}

static void late(const struct sockaddr_in *host)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	uint32_t i = 0;

	while (send_number(fd, host, i, MSG_DONTWAIT) == 4)
		i++;
	printf("queued %u\n", i);
	while (has_link(fd))
		usleep(1000);
	CHECK("known", make_known(fd, host));
	CHECK("the next one waits for the link", send_number(fd, host, i, MSG_DONTWAIT) == -1);
	CHECK("and follows", send_number(fd, host, i, 0) == 4);
}

int main(int argc, char **argv)
{
	struct sockaddr_in first = address(argv[2]), second = address(argv[argc > 3 ? 3 : 2]);
	const char *mode = argv[1];

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (strcmp(mode, "hears") == 0 || strcmp(mode, "waits") == 0)
		send_to_dead(&first);
	if (strcmp(mode, "waits") == 0) {
		struct sockaddr_in live = address(argv[4]);

		waits(&second, &live);
	}
	if (strcmp(mode, "hears") == 0 || strcmp(mode, "waits") == 0)
		show_who_heard();
	if (strcmp(mode, "turns") == 0)
		turns(&first, &second, atol(argv[4]));
	if (strcmp(mode, "scan") == 0)
		scan(first, (uint32_t)atoi(argv[3]));
	if (strcmp(mode, "late") == 0)
		late(&first);
	return checks_failed != 0;
}
