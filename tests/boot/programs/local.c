/* SPDX-License-Identifier: MIT
 * local.c - AF_UNIX sockets without a peer: options, ioctls, and the errors of sending.
 * Not here: the expected answers: the build host's Linux gives them (test_programs.py); /dev/log (log.c).
 * Prints a table; must print the same on both kernels.
 * Source: unix(7), netdevice(7), if_nametoindex(3). */
#define _GNU_SOURCE
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "check.h"

static const struct {
	const char *name;
	int type;
} types[] = { { "datagram", SOCK_DGRAM }, { "stream", SOCK_STREAM } };

/* The end of a path that may hold zeros. */
static const struct peer {
	const char *name, *path;
	socklen_t len;
} peers[] = {
	{ "nobody", "/nobody/here", 12 },
	{ "nobody, closed", "/nobody/here", 13 },
	{ "relative", "nobody", 6 },
	{ "a file", "/etc/hosts", 10 },
	{ "abstract", "\0muffin", 7 },
	{ "empty", "", 1 },
	{ "none", "", 0 },
	{ "a long one", "/none", 108 },
	{ "too long", "/none", 109 },
};

static socklen_t address(struct sockaddr_un *un, const struct peer *p)
{
	memset(un, 0, sizeof(*un));
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, p->path, p->len > 13 ? 5 : p->len);
	return (socklen_t)offsetof(struct sockaddr_un, sun_path) + p->len;
}

static void check_types(void)
{
	RESULT("datagram", close(socket(AF_UNIX, SOCK_DGRAM, 0)));
	RESULT("with its protocol", close(socket(AF_UNIX, SOCK_DGRAM, PF_UNIX)));
	RESULT("stream", close(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)));
	RESULT("seqpacket", close(socket(AF_UNIX, SOCK_SEQPACKET, 0)));
	RESULT("raw", close(socket(AF_UNIX, SOCK_RAW, 0)));
	RESULT("another protocol", socket(AF_UNIX, SOCK_DGRAM, 2));
	RESULT("rdm", socket(AF_UNIX, SOCK_RDM, 0));
}

static void check_interfaces(void)
{
	struct ifreq r = { .ifr_name = "lo" };
	int s = socket(AF_UNIX, SOCK_DGRAM, 0);
	char name[IF_NAMESIZE];

	RESULT("index of lo", if_nametoindex("lo"));
	RESULT("index of none9", if_nametoindex("none9"));
	RESULT("name of 1", if_indextoname(1, name) ? strcmp(name, "lo") : -1);
	RESULT("name of 9999", if_indextoname(9999, name) ? 0 : -1);
	RESULT("flags", ioctl(s, SIOCGIFFLAGS, &r));
	RESULT("loopback", r.ifr_flags & IFF_LOOPBACK);
	RESULT("terminal", ioctl(s, 0x5401, &r));
	close(s);
}

static void check_itself(int s)
{
	struct pollfd p = { .fd = s, .events = POLLIN | POLLOUT };
	struct sockaddr_un un;
	socklen_t len = sizeof(un);
	struct stat st;
	char c;

	RESULT("getsockname", getsockname(s, (void *)&un, &len));
	RESULT("its length", len);
	RESULT("its family", un.sun_family);
	len = sizeof(un);
	RESULT("getpeername", getpeername(s, (void *)&un, &len));
	RESULT("fstat", fstat(s, &st));
	RESULT("a socket", S_ISSOCK(st.st_mode));
	RESULT("lseek", lseek(s, 0, SEEK_SET));
	RESULT("accept", accept(s, NULL, NULL));
	poll(&p, 1, 0);
	RESULT("writable", p.revents & POLLOUT);
	RESULT("readable", p.revents & POLLIN);
	RESULT("receive at once", recv(s, &c, 1, MSG_DONTWAIT));
}

static void check_options(int s)
{
	int on = 1, value = 0, size = 8192;
	socklen_t len = sizeof(value);
	struct timeval tv = { 0, 1000 };
	char c;

	RESULT("SO_REUSEADDR", setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)));
	RESULT("SO_SNDBUF", setsockopt(s, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)));
	RESULT("SO_TYPE", getsockopt(s, SOL_SOCKET, SO_TYPE, &value, &len));
	RESULT("it is", value);
	RESULT("SO_DOMAIN", getsockopt(s, SOL_SOCKET, SO_DOMAIN, &value, &len));
	RESULT("it is", value);
	RESULT("SO_ERROR", getsockopt(s, SOL_SOCKET, SO_ERROR, &value, &len));
	RESULT("it is", value);
	RESULT("another level, set", setsockopt(s, SOL_IP, 1, &on, sizeof(on)));
	RESULT("another level, get", getsockopt(s, SOL_IP, 1, &value, &len));
	RESULT("SO_RCVTIMEO", setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	RESULT("receive, wait", recv(s, &c, 1, 0));
}

static void check_peers(int s, int type)
{
	for (size_t i = 0; i < sizeof(peers) / sizeof(*peers); i++) {
		struct sockaddr_un un;
		socklen_t len = address(&un, &peers[i]);
		struct iovec iov = { "x", 1 };
		struct msghdr m = {
			.msg_name = &un, .msg_namelen = len, .msg_iov = &iov, .msg_iovlen = 1
		};

		printf("= to %s\n", peers[i].name);
		RESULT("connect", connect(s, (void *)&un, len));
		if (type != SOCK_DGRAM)
			continue;
		RESULT("sendto", sendto(s, "x", 1, 0, (void *)&un, len));
		RESULT("sendmsg", sendmsg(s, &m, MSG_DONTWAIT));
		RESULT("out of band", sendto(s, "x", 1, MSG_OOB, (void *)&un, len));
		un.sun_family = AF_INET;
		RESULT("another family", sendto(s, "x", 1, 0, (void *)&un, len));
		RESULT("connect to it", connect(s, (void *)&un, len));
	}
}

static void check_unconnected(int s)
{
	struct sockaddr un = { .sa_family = AF_UNSPEC };

	RESULT("send", send(s, "x", 1, MSG_NOSIGNAL));
	RESULT("send nothing", send(s, "", 0, MSG_NOSIGNAL));
	RESULT("write", write(s, "x", 1));
	RESULT("disconnect", connect(s, &un, sizeof(un)));
	RESULT("shutdown how", shutdown(s, 3));
	RESULT("shutdown", shutdown(s, SHUT_RDWR));
	RESULT("send then", send(s, "x", 1, MSG_NOSIGNAL));
}

int main(void)
{
	check_types();
	check_interfaces();
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		int s = socket(AF_UNIX, types[i].type, 0);

		printf("= %s\n", types[i].name);
		if (types[i].type == SOCK_DGRAM) {
			check_itself(s);
			check_options(s);
		}
		check_peers(s, types[i].type);
		if (types[i].type == SOCK_DGRAM)
			check_unconnected(s);
		RESULT("close", close(s));
	}
	printf("end of table\n");
	return checks_failed;
}
