/* SPDX-License-Identifier: MIT
 * log.c - syslog(3), and the same by the calls it is made of.
 * Not here: what the lines must look like (test_programs.py); AF_UNIX without /dev/log (local.c).
 * test_programs.py starts it.
 * Source: syslog(3), unix(7). */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "check.h"

#define LONG_LEN 3000

static struct sockaddr_un dev_log = { .sun_family = AF_UNIX, .sun_path = "/dev/log" };

static void by_libc(void)
{
	openlog("oven", LOG_PID, LOG_DAEMON);
	syslog(LOG_ERR, "it %s", "burns");
	syslog(LOG_DEBUG, "not yet: %m");
	closelog();
}

/* glibc's ends without a newline. */
static void by_calls(void)
{
	char text[LONG_LEN];
	struct iovec pieces[2] = { { "<12>two ", 8 }, { "pieces", 6 } };
	struct msghdr m = { .msg_name = &dev_log,
		.msg_namelen = sizeof(dev_log),
		.msg_iov = pieces,
		.msg_iovlen = 2 };
	struct sockaddr_un un;
	socklen_t len = sizeof(un);
	int s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memset(text, '.', sizeof(text));
	CHECK("connect", connect(s, (void *)&dev_log, sizeof(dev_log)) == 0);
	CHECK("peer", getpeername(s, (void *)&un, &len) == 0 &&
			      len == offsetof(struct sockaddr_un, sun_path) + sizeof("/dev/log") &&
			      strcmp(un.sun_path, "/dev/log") == 0);
	printf("inside a line");
	fflush(stdout);
	CHECK("send", send(s, "<11>without an end", 18, MSG_NOSIGNAL) == 18);
	CHECK("sendmsg", sendmsg(s, &m, 0) == 14);
	CHECK("write", write(s, "<13>written\n", 12) == 12);
	CHECK("sendto", sendto(s, text, sizeof(text), 0, (void *)&dev_log, 11) == LONG_LEN);
	CHECK("no memory", send(s, (void *)8, 5, 0) == -1 && errno == EFAULT);
	dev_log.sun_family = AF_UNSPEC;
	connect(s, (void *)&dev_log, sizeof(dev_log));
	CHECK("disconnected", send(s, "x", 1, 0) == -1 && errno == ENOTCONN);
	dev_log.sun_family = AF_UNIX;
	close(s);
	s = socket(AF_UNIX, SOCK_STREAM, 0);
	CHECK("stream", connect(s, (void *)&dev_log, 11) == -1 && errno == EPROTOTYPE);
	close(s);
}

int main(void)
{
	by_libc();
	by_calls();
	return checks_failed;
}
