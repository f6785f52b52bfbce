/* SPDX-License-Identifier: MIT
 * fuzz_netlink.c - the input is what a program sends to the kernel on a netlink socket: its first byte
 * chooses the family, one of which does nothing but take all attributes apart.
 * Not here: whether an answer is right (tests/unit).
 * libFuzzer calls in; it calls the system calls.
 * Source: design: panic is for a broken invariant, never for input. */
#include "net/net_init.h"
#include "net/netlink/netlink.h"
#include "net/socket/socket.h"
#include "tests/unit/fake_device.h"
#include "tests/unit/host_machine.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#define ATTR_MAX 15

static struct fake_device eth0;
static int fd[NETLINK_PROTOCOLS];
static u32 fd_n;
static volatile u32 sum;

static void take_apart(const struct nlattr **tb, u32 depth)
{
	const struct nlattr *inner[ATTR_MAX + 1];

	for (u32 i = 0; i <= ATTR_MAX; i++) {
		if (!tb[i])
			continue;
		for (u32 at = 0; at < nla_len(tb[i]); at++)
			sum += ((const u8 *)nla_data(tb[i]))[at];
		if (depth > 0 && nla_parse_nested(inner, ATTR_MAX, tb[i], NULL) == 0)
			take_apart(inner, depth - 1);
	}
}

static int rcv(struct netlink_sock *nlk, const struct nlmsghdr *nlh)
{
	static const u16 least[ATTR_MAX + 1] = { [3] = 4, [5] = 1 };
	const struct nlattr *tb[ATTR_MAX + 1];
	int err = nlmsg_parse(nlh, nlh->nlmsg_type % 21, tb, ATTR_MAX, least);

	if (!err && tb[3])
		sum += nla_get_u32(tb[3]);
	if (!err)
		take_apart(tb, 2);
	return err;
}

static const struct netlink_family family = { .protocol = NETLINK_PROTOCOLS - 1, .rcv = rcv };

static u64 user(const void *p)
{
	return (u64)(uintptr_t)p;
}

static void start(void)
{
	const struct sockaddr_nl all = { .nl_family = AF_NETLINK, .nl_groups = UINT32_MAX };

	host_capture(true);
	BUG_ON(net_init() != 0 || netlink_kernel_create(&family) != 0);
	fake_register(&eth0, &init_net, 1);
	for (u32 i = 0; i < NETLINK_PROTOCOLS; i++) {
		long s = sys_socket(AF_NETLINK, SOCK_RAW, i);

		if (s < 0)
			continue;
		BUG_ON(sys_bind((int)s, user(&all), sizeof(all)) != 0);
		fd[fd_n++] = (int)s;
	}
}

/* One message that ends where its memory does, so that the sanitizer sees a read beyond it. */
static void parse_alone(const u8 *data, size_t size)
{
	struct nlmsghdr *nlh = malloc(size);

	memcpy(nlh, data, size);
	if (size >= sizeof(*nlh)) {
		nlh->nlmsg_len = (u32)size;
		rcv(NULL, nlh);
	}
	free(nlh);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static u8 answer[2048];
	int s;

	if (fd_n == 0)
		start();
	if (size < 2)
		return 0;
	host_capture(true);
	s = fd[data[0] % fd_n];
	sys_sendto(s, user(data + 1), size - 1, 0, 0, 0);
	parse_alone(data + 1, size - 1);
	for (long err = 1; err > 0 || err == -ENOBUFS;)
		err = sys_recvfrom(s, user(answer), sizeof(answer), MSG_DONTWAIT, 0, 0);
	BUG_ON(skb_pool.free_n != skb_pool.total_n);
	return 0;
}
