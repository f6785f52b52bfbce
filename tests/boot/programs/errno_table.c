/* SPDX-License-Identifier: MIT
 * errno_table.c - socket and file calls with good and bad arguments: what each answers.
 * Not here: the expected answers: the build host's Linux gives them (test_programs.py).
 * Prints a table; must print the same on both kernels. Uses the loopback only.
 * Source: the man pages, section 2, and section 7 of socket, ip and udp. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

#define NOWHERE 99 /* a descriptor that is not open */

static struct sockaddr_in lo(unsigned short port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static void check_socket(void)
{
	RESULT("socket family -1", socket(-1, SOCK_DGRAM, 0));
	RESULT("socket family 45", socket(45, SOCK_DGRAM, 0));
	RESULT("socket family 1000", socket(1000, SOCK_DGRAM, 0));
	RESULT("socket type 0", socket(AF_INET, 0, 0));
	RESULT("socket type 11", socket(AF_INET, 11, 0));
	RESULT("socket type 15", socket(AF_INET, 15, 0));
	RESULT("socket type flags", socket(AF_INET, SOCK_DGRAM | 0x100000, 0));
	RESULT("socket seqpacket", socket(AF_INET, SOCK_SEQPACKET, 0));
	RESULT("socket protocol tcp", socket(AF_INET, SOCK_DGRAM, IPPROTO_TCP));
	RESULT("socket protocol 200", socket(AF_INET, SOCK_DGRAM, 200));
	RESULT("socket protocol 256", socket(AF_INET, SOCK_DGRAM, 256));
	RESULT("socket protocol -1", socket(AF_INET, SOCK_DGRAM, -1));
	RESULT("socket udp", close(socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP)));
	RESULT("socket cloexec nonblock",
		close(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)));
}

static void check_bind(int s)
{
	struct sockaddr_in a = lo(0), other = lo(0);
	socklen_t len = sizeof(a);
	int t = socket(AF_INET, SOCK_DGRAM, 0);

	RESULT("bind closed", bind(NOWHERE, (void *)&a, sizeof(a)));
	RESULT("bind stdout", bind(1, (void *)&a, sizeof(a)));
	RESULT("bind short", bind(s, (void *)&a, 8));
	RESULT("bind length 0", bind(s, (void *)&a, 0));
	RESULT("bind length -1", bind(s, (void *)&a, (socklen_t)-1));
	RESULT("bind length 200", bind(s, (void *)&a, 200));
	other.sin_family = AF_INET6;
	RESULT("bind family", bind(s, (void *)&other, sizeof(other)));
	other.sin_family = AF_UNSPEC;
	RESULT("bind unspec address", bind(s, (void *)&other, sizeof(other)));
	other = lo(0);
	other.sin_addr.s_addr = inet_addr("203.0.113.5");
	RESULT("bind not ours", bind(s, (void *)&other, sizeof(other)));
	RESULT("bind", bind(s, (void *)&a, sizeof(a)));
	RESULT("bind again", bind(s, (void *)&a, sizeof(a)));
	RESULT("getsockname", getsockname(s, (void *)&a, &len));
	RESULT("its length", len);
	RESULT("bind in use", bind(t, (void *)&a, sizeof(a)));
	other = a;
	other.sin_addr.s_addr = 0;
	RESULT("bind any, in use", bind(t, (void *)&other, sizeof(other)));
	close(t);
	t = socket(AF_INET, SOCK_DGRAM, 0);
	other.sin_family = AF_UNSPEC;
	other.sin_port = 0;
	RESULT("bind unspec any", bind(t, (void *)&other, sizeof(other)));
	close(t);
}

static void check_names(int s)
{
	struct sockaddr_in a;
	socklen_t len = 4;

	RESULT("getsockname short", getsockname(s, (void *)&a, &len));
	RESULT("full length told", len);
	len = (socklen_t)-1;
	RESULT("getsockname length -1", getsockname(s, (void *)&a, &len));
	len = sizeof(a);
	RESULT("getsockname closed", getsockname(NOWHERE, (void *)&a, &len));
	RESULT("getsockname stdout", getsockname(1, (void *)&a, &len));
	RESULT("getpeername unconnected", getpeername(s, (void *)&a, &len));
}

static void check_sendto(int s)
{
	static char big[70000];
	struct sockaddr_in a = lo(9), other;
	int t = socket(AF_INET, SOCK_DGRAM, 0);

	RESULT("sendto closed", sendto(NOWHERE, "x", 1, 0, (void *)&a, sizeof(a)));
	RESULT("sendto -1", sendto(-1, "x", 1, 0, (void *)&a, sizeof(a)));
	RESULT("sendto stdout", sendto(1, "x", 1, 0, (void *)&a, sizeof(a)));
	RESULT("sendto no address", sendto(t, "x", 1, 0, NULL, 0));
	RESULT("sendto short address", sendto(t, "x", 1, 0, (void *)&a, 8));
	RESULT("sendto length 0 address", sendto(t, "x", 1, 0, (void *)&a, 0));
	RESULT("sendto length -1 address", sendto(t, "x", 1, 0, (void *)&a, (socklen_t)-1));
	RESULT("sendto length 129 address", sendto(t, "x", 1, 0, (void *)&a, 129));
	other = lo(0);
	RESULT("sendto port 0", sendto(t, "x", 1, 0, (void *)&other, sizeof(other)));
	other = lo(9);
	other.sin_family = AF_INET6;
	RESULT("sendto family", sendto(t, "x", 1, 0, (void *)&other, sizeof(other)));
	other.sin_family = AF_UNSPEC;
	RESULT("sendto family unspec", sendto(t, "x", 1, 0, (void *)&other, sizeof(other)));
	RESULT("sendto 65507", sendto(t, big, 65507, 0, (void *)&a, sizeof(a)));
	RESULT("sendto 65508", sendto(t, big, 65508, 0, (void *)&a, sizeof(a)));
	RESULT("sendto 70000", sendto(t, big, 70000, 0, (void *)&a, sizeof(a)));
	RESULT("sendto oob", sendto(t, "x", 1, MSG_OOB, (void *)&a, sizeof(a)));
	RESULT("sendto nothing", sendto(t, "", 0, 0, (void *)&a, sizeof(a)));
	other = lo(9);
	other.sin_addr.s_addr = htonl(INADDR_BROADCAST);
	RESULT("sendto broadcast", sendto(t, "x", 1, 0, (void *)&other, sizeof(other)));
	RESULT("write unconnected", write(t, "x", 1));
	RESULT("send unconnected", send(t, "x", 1, 0));
	(void)s;
	close(t);
}

static void check_connect(int s)
{
	struct sockaddr_in a = lo(9), peer;
	socklen_t len = sizeof(peer);
	int t = socket(AF_INET, SOCK_DGRAM, 0), error = 0;

	RESULT("connect closed", connect(NOWHERE, (void *)&a, sizeof(a)));
	RESULT("connect stdout", connect(1, (void *)&a, sizeof(a)));
	RESULT("connect short", connect(t, (void *)&a, 8));
	RESULT("connect length 1", connect(t, (void *)&a, 1));
	a.sin_family = AF_INET6;
	RESULT("connect family", connect(t, (void *)&a, sizeof(a)));
	a.sin_family = AF_INET;
	RESULT("connect", connect(t, (void *)&a, sizeof(a)));
	RESULT("getpeername", getpeername(t, (void *)&peer, &len));
	RESULT("it is the peer", memcmp(&peer, &a, sizeof(a)));
	RESULT("send", send(t, "x", 1, 0));
	usleep(50000);
	RESULT("send after refusal", send(t, "x", 1, 0));
	usleep(50000);
	len = sizeof(error);
	RESULT("SO_ERROR", getsockopt(t, SOL_SOCKET, SO_ERROR, &error, &len));
	RESULT("which is", error);
	getsockopt(t, SOL_SOCKET, SO_ERROR, &error, &len);
	RESULT("then", error);
	RESULT("connected sendto", sendto(t, "x", 1, 0, (void *)&a, sizeof(a)));
	usleep(50000);
	RESULT("recv after refusal", recv(t, &error, sizeof(error), MSG_DONTWAIT));
	RESULT("recv then", recv(t, &error, sizeof(error), MSG_DONTWAIT));
	a.sin_family = AF_UNSPEC;
	RESULT("disconnect", connect(t, (void *)&a, sizeof(a)));
	RESULT("getpeername then", getpeername(t, (void *)&peer, &len));
	RESULT("send then", send(t, "x", 1, 0));
	(void)s;
	close(t);
}

static void check_receive(int s)
{
	struct sockaddr_in a, from;
	socklen_t len = sizeof(a);
	struct timeval tv = { 0, 30000 };
	char buf[16] = "";

	getsockname(s, (void *)&a, &len);
	RESULT("recv empty", recv(s, buf, sizeof(buf), MSG_DONTWAIT));
	RESULT("SO_RCVTIMEO", setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	RESULT("recv timeout", recv(s, buf, sizeof(buf), 0));
	RESULT("recv oob", recv(s, buf, sizeof(buf), MSG_OOB));
	RESULT("recv errqueue", recv(s, buf, sizeof(buf), MSG_ERRQUEUE | MSG_DONTWAIT));
	RESULT("send to self", sendto(s, "datagram", 8, 0, (void *)&a, sizeof(a)));
	RESULT("peek", recv(s, buf, sizeof(buf), MSG_PEEK));
	RESULT("peek part", recv(s, buf, 3, MSG_PEEK));
	RESULT("peek trunc", recv(s, buf, 3, MSG_PEEK | MSG_TRUNC));
	len = 4;
	RESULT("recvfrom", recvfrom(s, buf, sizeof(buf), 0, (void *)&from, &len));
	RESULT("address length", len);
	RESULT("gone", recv(s, buf, sizeof(buf), MSG_DONTWAIT));
	sendto(s, "datagram", 8, 0, (void *)&a, sizeof(a));
	RESULT("recv part", recv(s, buf, 3, 0));
	RESULT("the rest is lost", recv(s, buf, sizeof(buf), MSG_DONTWAIT));
	sendto(s, "", 0, 0, (void *)&a, sizeof(a));
	RESULT("empty datagram", recv(s, buf, sizeof(buf), MSG_DONTWAIT));
	sendto(s, "datagram", 8, 0, (void *)&a, sizeof(a));
	len = (socklen_t)-1;
	RESULT("recvfrom length -1", recvfrom(s, buf, sizeof(buf), 0, (void *)&from, &len));
	while (recv(s, buf, sizeof(buf), MSG_DONTWAIT) >= 0)
		continue;
	RESULT("recvfrom closed", recv(NOWHERE, buf, sizeof(buf), 0));
	RESULT("recvfrom stdout", recv(1, buf, sizeof(buf), 0));
}

static void check_msg(int s)
{
	struct sockaddr_in a;
	socklen_t len = sizeof(a);
	char one[4], two[8];
	struct iovec out[2] = { { "data", 4 }, { "gram", 4 } }, in[2] = { { one, 4 }, { two, 8 } };
	struct msghdr m;

	getsockname(s, (void *)&a, &len);
	m = (struct msghdr){
		.msg_name = &a, .msg_namelen = sizeof(a), .msg_iov = out, .msg_iovlen = 2
	};
	RESULT("sendmsg", sendmsg(s, &m, 0));
	m = (struct msghdr){ .msg_iov = in, .msg_iovlen = 2 };
	RESULT("recvmsg", recvmsg(s, &m, 0));
	RESULT("in pieces", memcmp(one, "data", 4) || memcmp(two, "gram", 4));
	RESULT("flags", m.msg_flags);
	m = (struct msghdr){
		.msg_name = &a, .msg_namelen = sizeof(a), .msg_iov = out, .msg_iovlen = 2
	};
	sendmsg(s, &m, 0);
	m = (struct msghdr){ .msg_iov = in, .msg_iovlen = 1 };
	RESULT("recvmsg part", recvmsg(s, &m, 0));
	RESULT("MSG_TRUNC told", m.msg_flags == MSG_TRUNC);
	m = (struct msghdr){ .msg_name = &a, .msg_namelen = 8, .msg_iov = out, .msg_iovlen = 1 };
	RESULT("sendmsg short name", sendmsg(s, &m, 0));
	m = (struct msghdr){ .msg_iov = out, .msg_iovlen = 2 };
	RESULT("sendmsg no name", sendmsg(s, &m, 0));
	m = (struct msghdr){
		.msg_name = &a, .msg_namelen = sizeof(a), .msg_iov = out, .msg_iovlen = 1025
	};
	RESULT("sendmsg 1025 pieces", syscall(SYS_sendmsg, s, &m, 0));
	m = (struct msghdr){ .msg_name = &a, .msg_namelen = sizeof(a) };
	RESULT("sendmsg no pieces", sendmsg(s, &m, 0));
	RESULT("recv of it", recv(s, one, 4, MSG_DONTWAIT));
	RESULT("sendmsg closed", sendmsg(NOWHERE, &m, 0));
}

static void set(int s, const char *name, int level, int option, int value)
{
	RESULT(name, setsockopt(s, level, option, &value, sizeof(value)));
}

static void get(int s, const char *name, int level, int option)
{
	int value = -7;
	socklen_t len = sizeof(value);

	RESULT(name, getsockopt(s, level, option, &value, &len));
	RESULT("  value", value);
	RESULT("  length", len);
}

static void check_options(void)
{
	int s = socket(AF_INET, SOCK_DGRAM, 0), value = 1;
	struct timeval bad = { 0, 1000000 }, negative = { -1, 0 };
	socklen_t len = 2;

	get(s, "SO_TYPE", SOL_SOCKET, SO_TYPE);
	get(s, "SO_DOMAIN", SOL_SOCKET, SO_DOMAIN);
	get(s, "SO_PROTOCOL", SOL_SOCKET, SO_PROTOCOL);
	get(s, "SO_BROADCAST", SOL_SOCKET, SO_BROADCAST);
	set(s, "set SO_BROADCAST 5", SOL_SOCKET, SO_BROADCAST, 5);
	get(s, "SO_BROADCAST", SOL_SOCKET, SO_BROADCAST);
	set(s, "set SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR, 1);
	get(s, "SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR);
	set(s, "set SO_RCVBUF 5000", SOL_SOCKET, SO_RCVBUF, 5000);
	get(s, "SO_RCVBUF", SOL_SOCKET, SO_RCVBUF);
	set(s, "set SO_TYPE", SOL_SOCKET, SO_TYPE, 1);
	set(s, "set SO_ERROR", SOL_SOCKET, SO_ERROR, 1);
	set(s, "set option 9999", SOL_SOCKET, 9999, 1);
	get(s, "option 9999", SOL_SOCKET, 9999);
	set(s, "set level 9999", 9999, 1, 1);
	get(s, "level 9999", 9999, 1);
	RESULT("set length 2", setsockopt(s, SOL_SOCKET, SO_BROADCAST, &value, 2));
	RESULT("set length -1", setsockopt(s, SOL_SOCKET, SO_BROADCAST, &value, (socklen_t)-1));
	RESULT("get length 2", getsockopt(s, SOL_SOCKET, SO_TYPE, &value, &len));
	RESULT("  length", len);
	len = (socklen_t)-1;
	RESULT("get length -1", getsockopt(s, SOL_SOCKET, SO_TYPE, &value, &len));
	RESULT("set timeout", setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &bad, sizeof(bad)));
	RESULT("set timeout < 0", setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &negative, sizeof(bad)));
	RESULT("set timeout short", setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &negative, 4));
	get(s, "IP_TTL", IPPROTO_IP, IP_TTL);
	set(s, "set IP_TTL 0", IPPROTO_IP, IP_TTL, 0);
	set(s, "set IP_TTL 256", IPPROTO_IP, IP_TTL, 256);
	set(s, "set IP_TTL 7", IPPROTO_IP, IP_TTL, 7);
	get(s, "IP_TTL", IPPROTO_IP, IP_TTL);
	set(s, "set IP_TTL -1", IPPROTO_IP, IP_TTL, -1);
	get(s, "IP_TTL", IPPROTO_IP, IP_TTL);
	set(s, "set IP_TOS", IPPROTO_IP, IP_TOS, 0x10);
	get(s, "IP_TOS", IPPROTO_IP, IP_TOS);
	get(s, "IP_OPTIONS", IPPROTO_IP, IP_OPTIONS);
	set(s, "set IP_MTU_DISCOVER 9", IPPROTO_IP, IP_MTU_DISCOVER, 9);
	get(s, "IP_MTU_DISCOVER", IPPROTO_IP, IP_MTU_DISCOVER);
	set(NOWHERE, "set closed", SOL_SOCKET, SO_BROADCAST, 1);
	set(1, "set stdout", SOL_SOCKET, SO_BROADCAST, 1);
	close(s);
}

static void check_shutdown(void)
{
	struct sockaddr_in a = lo(9);
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	char byte;

	RESULT("shutdown unconnected", shutdown(s, SHUT_WR));
	connect(s, (void *)&a, sizeof(a));
	RESULT("shutdown 3", shutdown(s, 3));
	RESULT("shutdown write", shutdown(s, SHUT_WR));
	RESULT("send then", send(s, "x", 1, MSG_NOSIGNAL));
	RESULT("shutdown read", shutdown(s, SHUT_RD));
	RESULT("recv then", recv(s, &byte, 1, MSG_DONTWAIT));
	RESULT("shutdown closed", shutdown(NOWHERE, SHUT_WR));
	RESULT("shutdown stdout", shutdown(1, SHUT_WR));
	close(s);
}

static void check_stream_calls(int s)
{
	RESULT("listen", listen(s, 5));
	RESULT("accept", accept(s, NULL, NULL));
	RESULT("accept4", accept4(s, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK));
	RESULT("accept4 flag", syscall(SYS_accept4, s, NULL, NULL, 1));
	RESULT("accept4 flag, closed", syscall(SYS_accept4, NOWHERE, NULL, NULL, 1));
	RESULT("recvmsg flag", recvmsg(s, &(struct msghdr){ 0 }, (int)0x80000000));
	RESULT("recvmmsg flag", recvmmsg(s, &(struct mmsghdr){ 0 }, 1, 0x80000000, NULL));
	RESULT("lseek socket", lseek(s, 0, SEEK_SET));
	RESULT("socket ioctl 0", ioctl(s, 0x12345678, 0));
}

static void check_descriptors(int s)
{
	static char name[6000];
	int d = dup(s);

	RESULT("close nowhere", close(NOWHERE));
	RESULT("close -1", close(-1));
	RESULT("dup nowhere", dup(NOWHERE));
	RESULT("dup takes the lowest", d == s + 1);
	RESULT("dup2 -1", dup2(s, -1));
	RESULT("dup2 huge", dup2(s, 1 << 30));
	RESULT("dup2 same", dup2(s, s) == s);
	RESULT("dup2 same, closed", dup2(NOWHERE, NOWHERE));
	RESULT("dup2", dup2(s, d) == d);
	RESULT("dup3 same", dup3(s, s, 0));
	RESULT("dup3 flags", dup3(s, d, 1));
	RESULT("close", close(d));
	RESULT("close again", close(d));
	RESULT("fcntl nowhere", fcntl(NOWHERE, F_GETFL));
	RESULT("fcntl command", fcntl(s, 9999));
	RESULT("fcntl flags", fcntl(s, F_GETFL) & O_NONBLOCK);
	RESULT("fcntl nonblock", fcntl(s, F_SETFL, O_NONBLOCK));
	RESULT("fcntl flags then", fcntl(s, F_GETFL) & O_NONBLOCK ? 1 : 0);
	RESULT("recv nonblock", recv(s, &d, 1, 0));
	RESULT("fcntl dupfd", close(fcntl(s, F_DUPFD, 50) == 50 ? 50 : -1));
	RESULT("fcntl dupfd -1", fcntl(s, F_DUPFD, -1));
	RESULT("cloexec set", fcntl(s, F_SETFD, FD_CLOEXEC));
	RESULT("cloexec get", fcntl(s, F_GETFD));
	d = open("/etc/hosts", O_RDONLY | O_NOCTTY | 0x20000024);
	RESULT("flags that are none", fcntl(d, F_GETFL) & ~0x8000);
	close(d);
	RESULT("lseek whence", lseek(s, 0, 9));
	RESULT("read nowhere", read(NOWHERE, &d, 1));
	RESULT("write nowhere", write(NOWHERE, &d, 1));
	memset(name, 'n', sizeof(name) - 1);
	RESULT("open long", open(name, O_RDONLY));
	RESULT("access long", access(name, R_OK));
	name[300] = '\0';
	RESULT("open long part", open(name, O_RDONLY));
	RESULT("open missing", open("/does/not/exist", O_RDONLY));
	RESULT("open empty", open("", O_RDONLY));
	RESULT("access missing", access("/does/not/exist", R_OK));
}

static void check_poll(int s)
{
	struct pollfd p[2] = { { .fd = NOWHERE, .events = POLLIN },
		{ .fd = -1, .events = POLLIN } };

	RESULT("poll closed", poll(p, 2, 0));
	RESULT("its revents", p[0].revents);
	RESULT("-1's revents", p[1].revents);
	p[0] = (struct pollfd){ .fd = s, .events = POLLIN | POLLOUT };
	RESULT("poll socket", poll(p, 1, 0));
	RESULT("its revents", p[0].revents);
	RESULT("poll nothing", poll(NULL, 0, 10));
}

static void check_time(void)
{
	struct timespec t = { 0, 1000000000 };

	RESULT("clock 99", clock_gettime(99, &t));
	t = (struct timespec){ 0, 1000000000 };
	RESULT("nanosleep 1e9", nanosleep(&t, NULL));
	t = (struct timespec){ -1, 0 };
	RESULT("nanosleep -1", nanosleep(&t, NULL));
	t = (struct timespec){ 0, 0 };
	RESULT("clock_nanosleep absolute past",
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL));
	for (int clock = 4; clock < 7; clock++)
		RESULT("clock_nanosleep raw or coarse", clock_nanosleep(clock, 0, &t, NULL));
	RESULT("clock_nanosleep clock", clock_nanosleep(99, 0, &t, NULL));
}

int main(void)
{
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	check_socket();
	check_bind(s);
	check_names(s);
	check_sendto(s);
	check_connect(s);
	check_receive(s);
	check_msg(s);
	check_options();
	check_shutdown();
	check_stream_calls(s);
	check_poll(s);
	check_descriptors(s);
	check_time();
	printf("end of table\n");
	return checks_failed;
}
