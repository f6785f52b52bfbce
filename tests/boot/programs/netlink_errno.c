/* SPDX-License-Identifier: MIT
 * netlink_errno.c - AF_NETLINK's calls and nfnetlink_queue's requests with good and bad arguments: what
 * each answers.
 * Not here: the expected answers: the build host's Linux gives them (test_netlink.py).
 * Prints a table; must print the same on both kernels. No packet is sent.
 * Source: netlink(7). Behaves as Linux in the order of checks. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "check.h"
#include "nfnl.h"

static int s, t; /* two sockets */

static int open_socket(void)
{
	return socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
}

static void check_create(void)
{
	RESULT("type stream", socket(AF_NETLINK, SOCK_STREAM, NETLINK_NETFILTER));
	RESULT("type packet", socket(AF_NETLINK, 10, NETLINK_NETFILTER));
	RESULT("protocol -1", socket(AF_NETLINK, SOCK_RAW, -1));
	RESULT("protocol 32", socket(AF_NETLINK, SOCK_RAW, 32));
	RESULT("protocol 31", socket(AF_NETLINK, SOCK_RAW, 31));
	RESULT("dgram", close(socket(AF_NETLINK, SOCK_DGRAM, NETLINK_NETFILTER)));
}

/* Queues are not told: as little as by a file that is no socket. */
static void check_ioctl(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER), n = 0;

	RESULT("how much waits to be read", ioctl(fd, FIONREAD, &n));
	RESULT("and to be sent", ioctl(fd, TIOCOUTQ, &n));
	close(fd);
}

static void check_bind(void)
{
	struct nl_addr a = { AF_NETLINK, 0, 12345, 0 }, b = { AF_INET, 0, 0, 0 };
	socklen_t len = sizeof(a);

	RESULT("bind short", bind(s, (void *)&a, 8));
	RESULT("bind family", bind(s, (void *)&b, sizeof(b)));
	RESULT("bind length 0", bind(s, (void *)&a, 0));
	RESULT("getsockname unbound", getsockname(s, (void *)&b, &len));
	RESULT("its length", len);
	RESULT("its family", b.family);
	RESULT("its pid", b.pid);
	RESULT("bind", bind(s, (void *)&a, sizeof(a)));
	RESULT("bind again", bind(s, (void *)&a, sizeof(a)));
	RESULT("bind in use", bind(t, (void *)&a, sizeof(a)));
	a.pid = 4;
	RESULT("bind another", bind(s, (void *)&a, sizeof(a)));
	a.pid = 0;
	RESULT("bind 0 when bound", bind(s, (void *)&a, sizeof(a)));
	RESULT("autobind", bind(t, (void *)&a, sizeof(a)));
	getsockname(t, (void *)&b, &len);
	RESULT("to my pid", (int)b.pid - getpid());
	len = 4;
	RESULT("getsockname short", getsockname(t, (void *)&b, &len));
	RESULT("full length told", len);
	RESULT("getpeername", getpeername(t, (void *)&b, &len));
}

static void check_connect(void)
{
	struct nl_addr a = { AF_NETLINK, 0, 0, 0 };

	RESULT("connect length 1", connect(s, (void *)&a, 1));
	RESULT("connect short", connect(s, (void *)&a, 8));
	RESULT("connect", connect(s, (void *)&a, sizeof(a)));
	a.family = AF_INET;
	RESULT("connect family", connect(s, (void *)&a, sizeof(a)));
	a.family = AF_UNSPEC;
	RESULT("disconnect", connect(s, (void *)&a, 2));
	RESULT("listen", listen(s, 1));
	RESULT("accept", accept(s, NULL, NULL));
	RESULT("shutdown", shutdown(s, SHUT_WR));
}

static void check_send(void)
{
	static unsigned char big[300000];
	struct nl_addr a = { AF_NETLINK, 0, 99999, 0 };

	begin(CONFIG, 0);
	RESULT("send nothing", send(s, out, 0, 0));
	RESULT("send 4 bytes", send(s, out, 4, 0));
	RESULT("send oob", send(s, out, 20, MSG_OOB));
	RESULT("send too much", send(s, big, sizeof(big), 0));
	RESULT("send from nowhere", send(s, NULL, 20, 0));
	RESULT("send to nobody", sendto(s, out, 20, 0, (void *)&a, sizeof(a)));
	RESULT("send short address", sendto(s, out, 20, 0, (void *)&a, 8));
	a.family = AF_INET;
	RESULT("send family", sendto(s, out, 20, 0, (void *)&a, sizeof(a)));
	RESULT("write", write(s, out, 4));
	RESULT("nothing came", recv(s, in, sizeof(in), MSG_DONTWAIT));
}

static void check_ack(const char *name)
{
	unsigned short flags;

	RESULT(name, recv(s, in, sizeof(in), MSG_DONTWAIT));
	memcpy(&flags, in + 6, 2);
	RESULT("its flags", flags);
	RESULT("its error", *(int *)(in + 16));
}

static void check_receive(void)
{
	struct pollfd p = { .fd = s, .events = POLLIN | POLLOUT };
	struct nl_addr a = { 0 };
	struct iovec iov = { in, 10 };
	struct msghdr m = {
		.msg_name = &a, .msg_namelen = sizeof(a), .msg_iov = &iov, .msg_iovlen = 1
	};
	socklen_t len = sizeof(a);
	int on = 1;

	RESULT("poll", poll(&p, 1, 0));
	RESULT("its revents", p.revents);
	RESULT("recv oob", recv(s, in, 10, MSG_OOB | MSG_DONTWAIT));
	begin(CONFIG, 0);
	send_out(s); /* answers ENODEV */
	RESULT("poll", poll(&p, 1, 0));
	RESULT("its revents", p.revents);
	RESULT("peek", recv(s, in, sizeof(in), MSG_PEEK));
	RESULT("peek trunc", recv(s, in, 4, MSG_PEEK | MSG_TRUNC));
	RESULT("recvfrom part", recvfrom(s, in, 10, 0, (void *)&a, &len));
	RESULT("from family", a.family);
	RESULT("from pid", a.pid);
	RESULT("the rest is lost", recv(s, in, sizeof(in), MSG_DONTWAIT));
	send_out(s);
	RESULT("recvmsg", recvmsg(s, &m, 0));
	RESULT("its flags", m.msg_flags);
	RESULT("its name", m.msg_namelen);
	send_out(s);
	check_ack("an error with its request");
	RESULT("cap ack", setsockopt(s, SOL_NETLINK, 10, &on, sizeof(on)));
	send_out(s);
	check_ack("an error without");
	command(s, 0, CMD_PF_BIND);
	command(s, 7, CMD_BIND);
	begin(CONFIG, 7);
	send_out(s);
	check_ack("a success");
	command(s, 7, CMD_UNBIND);
}

static void option(const char *name, int option, int value)
{
	socklen_t len = sizeof(value);

	RESULT(name, setsockopt(s, SOL_NETLINK, option, &value, sizeof(value)));
	value = -7;
	RESULT("  get", getsockopt(s, SOL_NETLINK, option, &value, &len));
	RESULT("  value", value);
	RESULT("  length", len);
}

static void check_options(void)
{
	int value = 1;
	socklen_t len = 2;

	option("broadcast error", 4, 3);
	option("no enobufs", 5, 1);
	option("cap ack", 10, 1);
	option("ext ack", 11, 1);
	option("strict", 12, 1);
	option("cap ack off", 10, 0);
	option("ext ack off", 11, 0);
	option("option 99", 99, 1);
	RESULT("membership 0", setsockopt(s, SOL_NETLINK, 1, &(int){ 0 }, 4));
	RESULT("membership 999", setsockopt(s, SOL_NETLINK, 1, &(int){ 999 }, 4));
	RESULT("set at level 9999", setsockopt(s, 9999, 10, &value, 4));
	RESULT("get at level 9999", getsockopt(s, 9999, 10, &value, &len));
	RESULT("get length 2", getsockopt(s, SOL_NETLINK, 10, &value, &len));
	len = sizeof(value);
	RESULT("SO_DOMAIN", getsockopt(s, SOL_SOCKET, SO_DOMAIN, &value, &len) ?: value);
	RESULT("SO_PROTOCOL", getsockopt(s, SOL_SOCKET, SO_PROTOCOL, &value, &len) ?: value);
	RESULT("SO_TYPE", getsockopt(s, SOL_SOCKET, SO_TYPE, &value, &len) ?: value);
}

static int number(int fd, int queue, int type, unsigned value)
{
	begin(CONFIG, queue);
	attr_be32(type, value);
	return ask(fd);
}

static int flags(int fd, unsigned value, unsigned mask)
{
	begin(CONFIG, 0);
	attr_be32(CFG_MASK, mask);
	attr_be32(CFG_FLAGS, value);
	return ask(fd);
}

static void check_config(void)
{
	RESULT("params before bind", copy_mode(s, 0, 2, 0));
	RESULT("unbind before bind", command(s, 0, CMD_UNBIND));
	RESULT("pf bind", command(s, 0, CMD_PF_BIND));
	RESULT("pf unbind", command(s, 0, CMD_PF_UNBIND));
	RESULT("command 0", command(s, 0, 0));
	RESULT("command 9", command(s, 0, 9));
	RESULT("bind", command(s, 0, CMD_BIND));
	RESULT("bind again", command(s, 0, CMD_BIND));
	RESULT("another binds", command(t, 0, CMD_BIND));
	RESULT("another unbinds", command(t, 0, CMD_UNBIND));
	RESULT("another configures", copy_mode(t, 0, 2, 0));
	RESULT("another queue", command(t, 65535, CMD_BIND));
	RESULT("none", copy_mode(s, 0, 0, 0));
	RESULT("packet", copy_mode(s, 0, 2, 0xffffffff));
	RESULT("mode 3", copy_mode(s, 0, 3, 0));
	RESULT("maxlen", number(s, 0, CFG_MAXLEN, 3));
	RESULT("flags without mask", number(s, 0, CFG_FLAGS, 1));
	RESULT("mask without flags", number(s, 0, CFG_MASK, 1));
	RESULT("fail open", flags(s, 1, 1));
	RESULT("flag 32", flags(s, 32, 32));
	RESULT("flag gso", flags(s, 4, 4));
	begin(CONFIG, 0);
	attr(CFG_CMD, "\1", 1);
	RESULT("short command", ask(s));
	begin(CONFIG, 0);
	attr(CFG_PARAMS, "\1", 1);
	RESULT("short params", ask(s));
	begin(CONFIG, 0);
	attr(CFG_MAXLEN, "\1", 2);
	RESULT("short maxlen", ask(s));
	begin(CONFIG, 0);
	attr(77, "\1", 2);
	RESULT("unknown attribute", ask(s));
	begin(CONFIG, 0);
	out_len = 16;
	RESULT("no family header", ask(s));
	begin(9, 0);
	RESULT("message 9", ask(s));
	begin(CONFIG, 0);
	out[5] = 200;
	RESULT("subsystem 200", ask(s));
}

static void check_verdicts(void)
{
	RESULT("unknown id", verdict(s, VERDICT, 0, 1, ACCEPT, NULL, 0));
	RESULT("batch of none", verdict(s, VERDICT_BATCH, 0, 1, ACCEPT, NULL, 0));
	RESULT("stolen", verdict(s, VERDICT, 0, 1, STOLEN, NULL, 0));
	RESULT("verdict 6", verdict(s, VERDICT, 0, 1, 6, NULL, 0));
	RESULT("batch verdict 6", verdict(s, VERDICT_BATCH, 0, 1, 6, NULL, 0));
	RESULT("another's", verdict(t, VERDICT, 0, 1, ACCEPT, NULL, 0));
	RESULT("another's batch", verdict(t, VERDICT_BATCH, 0, 1, ACCEPT, NULL, 0));
	RESULT("no such queue", verdict(s, VERDICT, 3, 1, ACCEPT, NULL, 0));
	begin(VERDICT, 0);
	RESULT("no header", ask(s));
	begin(VERDICT, 0);
	attr(A_VERDICT_HDR, "abcd", 4);
	RESULT("short header", ask(s));
	RESULT("unbind", command(s, 0, CMD_UNBIND));
	RESULT("another binds then", command(t, 0, CMD_BIND));
	close(t);
	RESULT("it is gone with its socket", command(s, 0, CMD_BIND));
}

int main(void)
{
	s = open_socket();
	t = open_socket();
	check_create();
	check_ioctl();
	check_bind();
	check_connect();
	check_send();
	check_receive();
	check_options();
	check_config();
	check_verdicts();
	printf("end of table\n");
	return checks_failed;
}
