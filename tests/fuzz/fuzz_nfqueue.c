/* SPDX-License-Identifier: MIT
 * fuzz_nfqueue.c - the input is what a program says about queued packets: messages, each behind its kind
 * and its length, while small and large packets of both ways wait in queue 0.
 * Not here: message headers (fuzz_netlink.c); whether a packet's new contents make sense to its receiver.
 * libFuzzer calls in; it calls the system calls.
 * Source: design: panic is for a broken invariant, never for input; nothing is lost in silence. */
#include "kernel/fs/task.h"
#include "net/device/account.h"
#include "net/ipv4/devinet.h"
#include "net/ipv4/route.h"
#include "net/neigh/arp.h"
#include "net/net_init.h"
#include "net/netfilter/netfilter.h"
#include "net/netlink/nfqnl_impl.h"
#include "net/socket/socket.h"
#include "tests/unit/fake_device.h"
#include "tests/unit/host_machine.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static struct fake_device eth0;
static struct nf_hook_ops ops[2];
static int udp;

static u64 user(const void *p)
{
	return (u64)(uintptr_t)p;
}

static u32 hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	return NF_QUEUE;
}

static void start(void)
{
	static const u8 mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 2 };
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = cpu_to_be16(4747),
		.sin_addr = cpu_to_be32(0x0a000002) };

	host_capture(true);
	BUG_ON(net_init() != 0);
	fake_register(&eth0, &init_net, 1);
	BUG_ON(inet_insert_ifa(&eth0.dev, cpu_to_be32(0x0a000001), 24) != 0);
	BUG_ON(neigh_set_permanent(init_net.arp_tbl, &eth0.dev, to.sin_addr, mac) != 0);
	udp = (int)sys_socket(AF_INET, SOCK_DGRAM, 0);
	BUG_ON(sys_connect(udp, user(&to), sizeof(to)) != 0);
	for (u32 i = 0; i < ARRAY_SIZE(ops); i++) {
		ops[i] = (struct nf_hook_ops){ .hook = hook,
			.hooknum = i ? NF_INET_LOCAL_IN : NF_INET_LOCAL_OUT };
		nf_register_net_hook(&init_net, &ops[i]);
	}
}

static void send_message(int fd, u8 kind, const u8 *data, size_t len)
{
	static u8 message[4200] __aligned(4);
	const struct nlmsghdr nlh = { .nlmsg_len = (u32)(NLMSG_HDRLEN + 4 + len),
		.nlmsg_type = (u16)(NFNL_SUBSYS_QUEUE << 8 | (kind & 3)),
		.nlmsg_flags = NLM_F_REQUEST };

	memcpy(message, &nlh, sizeof(nlh));
	memset(message + sizeof(nlh), 0, sizeof(struct nfgenmsg));
	message[sizeof(nlh) + 3] = kind >> 7; /* the queue's number */
	memcpy(message + NLMSG_HDRLEN + 4, data, len);
	BUG_ON(sys_sendto(fd, user(message), nlh.nlmsg_len, 0, 0, 0) != nlh.nlmsg_len);
}

static int bound_socket(void)
{
	int fd = (int)sys_socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);

	send_message(fd, NFQNL_MSG_CONFIG, (const u8 *)"\x8\0\1\0\1\0\0\0\x9\0\2\0\0\0\0\0\2", 17);
	return fd;
}

static void queue_packets(void)
{
	/* 10.0.0.2 to 10.0.0.1, UDP to a port without socket */
	static const u8 frame[60] = "\2\0\0\0\0\1\2\0\0\0\0\2\x8\0"
				    "\x45\0\0\x22\x12\x34\0\0\x40\x11\x54\x95\xa\0\0\2\xa\0\0\1"
				    "\x12\x8b\x13\x89\0\xe\0\0"
				    "crumbs";
	static u8 large[4000];

	sys_sendto(udp, user("muffin"), 6, MSG_DONTWAIT, 0, 0);
	fake_inject(&eth0, frame, sizeof(frame));
	sys_sendto(udp, user(large), sizeof(large), MSG_DONTWAIT, 0, 0);
	sys_sendto(udp, user("muffin"), 6, MSG_DONTWAIT, 0, 0);
}

static void check(void)
{
	struct net_account a;

	for (u32 s = 0; s < 40; s++) {
		host_advance_clock(NSEC_PER_SEC);
		net_poll();
	}
	a = net_account();
	BUG_ON(a.queued != 0 || a.waiting != 0 || a.accepted != a.sent + a.dropped);
	fake_give_back_all();
	BUG_ON(skb_pool.free_n != skb_pool.total_n);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static u8 answer[8192];
	static bool started;
	int fd;

	if (!started)
		start();
	started = true;
	host_capture(true);
	fd = bound_socket();
	queue_packets();
	while (size > 3) {
		size_t len = min((size_t)(data[1] << 8 | data[2]), size - 3);

		send_message(fd, data[0], data + 3, len);
		sys_recvfrom(fd, user(answer), sizeof(answer), MSG_DONTWAIT, 0, 0);
		data += 3 + len;
		size -= 3 + len;
		if (data[-1] & 1)
			queue_packets();
	}
	fake_forget(&eth0);
	fd_close(&init_task.files, fd);
	check();
	return 0;
}
