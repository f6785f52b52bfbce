/* SPDX-License-Identifier: MIT
 * test_igmp.c - groups: joining, leaving, who gets what is sent to them, what they send themselves.
 * Not here: the options' own values (test_sockopt.c).
 * cmocka calls in; frames come from scapy.
 * Source: RFC 1112 6 and 7; ip(7). */
#include "tests/unit/stack.h"
#include "kernel/lib/string.h"
#include "net/igmp.h"
#include "net/sockopt.h"

#define GROUP 0xef810203u /* 239.129.2.3: FRAME_TO_GROUP's */

enum {
	IP = 14,
	DADDR = IP + 16,
	UDP_CHECK = IP + 26
};

struct mreq {
	be32 group, address;
	s32 index;
};

static long membership(int fd, int name, u32 group, u32 address, s32 index)
{
	struct mreq m = { cpu_to_be32(group), cpu_to_be32(address), index };

	return sys_setsockopt(fd, SOL_IP, (u64)name, user(&m), index ? 12 : 8);
}

static long join(int fd)
{
	return membership(fd, IP_ADD_MEMBERSHIP, GROUP, OUR_IP, 0);
}

/* The peer sends to the group, our port. */
static void to_group(u32 group)
{
	u8 frame[FAKE_FRAME_MAX];
	u32 len = from_hex(FRAME_CRUMBS, frame);

	memcpy(frame,
		(const u8[]){ 1, 0, 0x5e, (u8)(group >> 16 & 0x7f), (u8)(group >> 8), (u8)group },
		6);
	put16(frame + DADDR, (u16)(group >> 16));
	put16(frame + DADDR + 2, (u16)group);
	put16(frame + UDP_CHECK, 0);
	fix_ip_checksum(frame);
	fake_inject(&eth0, frame, len);
}

static bool got(int fd)
{
	char buf[8];

	return sys_recvfrom(fd, user(buf), 8, MSG_DONTWAIT, 0, 0) == 6;
}

static int sharing(void)
{
	int fd = udp_socket();
	struct sockaddr_in at = inet_addr_of(0, OUR_PORT);

	set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	assert_int_equal(sys_bind(fd, user(&at), sizeof(at)), 0);
	return fd;
}

static void only_what_was_joined(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	(void)state;
	to_group(GROUP);
	assert_false(got(fd));
	assert_int_equal(stack_dropped(SKB_DROP_NOT_LOCAL), 1);
	assert_int_equal(join(fd), 0);
	to_group(GROUP);
	assert_true(got(fd));
	to_group(GROUP + 1);
	assert_false(got(fd));
	assert_int_equal(membership(fd, IP_DROP_MEMBERSHIP, GROUP, OUR_IP, 0), 0);
	to_group(GROUP);
	assert_false(got(fd));
	to_group(0xe0000001); /* all hosts: everybody is in it */
	assert_true(got(fd));
	assert_int_equal(eth0.sent_n, 0); /* nobody complains about groups */
}

/* Each socket on the port has its copy; who wants its own groups only says so. */
static void all_of_them(void **state)
{
	int one = sharing(), two = sharing(), three = sharing();

	(void)state;
	set_int(two, SOL_IP, IP_MULTICAST_ALL, 0);
	assert_int_equal(join(one), 0);
	to_group(GROUP);
	assert_true(got(one));
	assert_false(got(two));
	assert_true(got(three));
	assert_int_equal(join(two), 0);
	to_group(GROUP);
	assert_true(got(one) && got(two) && got(three));
	assert_false(got(one) || got(two) || got(three));
	fd_close(&init_task.files, one);
	to_group(GROUP);
	assert_true(got(two) && got(three));
	fd_close(&init_task.files, two); /* the last member */
	to_group(GROUP);
	assert_false(got(three));
}

/* A broadcast, too, is for all sockets on the port. */
static void broadcasts(void **state)
{
	int one = sharing(), two = sharing();
	u8 frame[FAKE_FRAME_MAX];
	u32 len = from_hex(FRAME_CRUMBS, frame);

	(void)state;
	memset(frame, 0xff, 6);
	memset(frame + DADDR, 0xff, 4);
	put16(frame + UDP_CHECK, 0);
	fix_ip_checksum(frame);
	fake_inject(&eth0, frame, len);
	assert_true(got(one) && got(two));
}

static void refused(void **state)
{
	int fd = udp_socket();
	struct mreq m = { cpu_to_be32(GROUP), BE32_ZERO, 0 };

	(void)state;
	assert_int_equal(sys_setsockopt(fd, SOL_IP, IP_ADD_MEMBERSHIP, user(&m), 7), -EINVAL);
	assert_int_equal(sys_setsockopt(fd, SOL_IP, IP_ADD_MEMBERSHIP, 8, 8), -EFAULT);
	assert_int_equal(membership(fd, IP_ADD_MEMBERSHIP, PEER_IP, OUR_IP, 0), -EINVAL);
	assert_int_equal(membership(fd, IP_ADD_MEMBERSHIP, GROUP, PEER_IP, 0), -ENODEV);
	assert_int_equal(membership(fd, IP_ADD_MEMBERSHIP, GROUP, 0, 99), -ENODEV);
	assert_int_equal(membership(fd, IP_DROP_MEMBERSHIP, GROUP, 0, 99), -ENODEV);
	assert_int_equal(membership(fd, IP_DROP_MEMBERSHIP, GROUP, 0, 0), -EADDRNOTAVAIL);
	assert_int_equal(join(fd), 0);
	assert_int_equal(join(fd), -EADDRINUSE);
	assert_int_equal(
		membership(fd, IP_ADD_MEMBERSHIP, GROUP, 0, eth0.dev.ifindex), -EADDRINUSE);
	for (u32 i = 1; i < IP_MAX_MEMBERSHIPS; i++)
		assert_int_equal(membership(fd, IP_ADD_MEMBERSHIP, GROUP + i, 0, 0), 0);
	assert_int_equal(membership(fd, IP_ADD_MEMBERSHIP, GROUP + 99, OUR_IP, 0), -ENOBUFS);
	assert_int_equal(membership(fd, IP_DROP_MEMBERSHIP, GROUP + 1, 0, 0), 0);
}

/* ---- sending ------------------------------------------------------------------------------- */

static long send_group(int fd)
{
	return send_to(fd, "muffin", 6, 0, GROUP, OUR_PORT);
}

/* RFC 1112 6.1: members on this host have a copy, unless the sender does not want that. */
static void a_copy_for_us(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	(void)state;
	assert_int_equal(join(fd), 0);
	assert_int_equal(send_group(fd), 6);
	assert_int_equal(eth0.sent_n, 1);
	net_poll();
	assert_true(got(fd));
	assert_int_equal(send_group(fd), 6); /* the flow is known now */
	net_poll();
	assert_true(got(fd));
	set_int(fd, SOL_IP, IP_MULTICAST_LOOP, 0);
	assert_int_equal(send_group(fd), 6);
	assert_int_equal(eth0.sent_n, 3);
	net_poll();
	assert_false(got(fd));
	set_int(fd, SOL_IP, IP_MULTICAST_LOOP, 1);
	assert_int_equal(membership(fd, IP_DROP_MEMBERSHIP, GROUP, 0, 0), 0);
	send_group(fd);
	net_poll();
	assert_false(got(fd));
	stack_check_accounts();
}

/* A time to live of 0 does not leave this host. */
static void never_on_the_wire(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	(void)state;
	assert_int_equal(join(fd), 0);
	set_int(fd, SOL_IP, IP_MULTICAST_TTL, 0);
	for (u32 i = 0; i < 2; i++) {
		assert_int_equal(send_group(fd), 6);
		net_poll();
		assert_true(got(fd));
	}
	set_int(fd, SOL_IP, IP_MULTICAST_LOOP, 0);
	assert_int_equal(send_group(fd), 6);
	net_poll();
	assert_false(got(fd));
	assert_int_equal(eth0.sent_n, 0);
	assert_int_equal(stack_dropped(SKB_DROP_TTL), 1);
	stack_check_accounts();
}

/* By lo it comes back as it is, once, whatever its time to live. */
static void over_loopback(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);
	struct mreq m = { BE32_ZERO, BE32_ZERO, init_net.loopback_dev->ifindex };

	(void)state;
	assert_int_equal(join(fd), 0);
	assert_int_equal(sys_setsockopt(fd, SOL_IP, IP_MULTICAST_IF, user(&m), 12), 0);
	for (int ttl = 1; ttl >= 0; ttl--) {
		set_int(fd, SOL_IP, IP_MULTICAST_TTL, ttl);
		assert_int_equal(send_group(fd), 6);
		net_poll();
		assert_true(got(fd));
		assert_false(got(fd));
	}
	assert_int_equal(eth0.sent_n, 0);
	stack_check_accounts();
}

/* In fragments it goes out, but nobody here could put a copy together. */
static void large_ones(void **state)
{
	static u8 payload[4000];
	int fd = udp_socket_at(0, OUR_PORT);

	(void)state;
	assert_int_equal(join(fd), 0);
	assert_int_equal(send_to(fd, payload, 4000, 0, GROUP, OUR_PORT), 4000);
	assert_int_equal(eth0.sent_n, 3);
	net_poll();
	assert_int_equal(sk_of(fd)->sk_receive_queue.n, 0);
	set_int(fd, SOL_IP, IP_MULTICAST_TTL, 0);
	assert_int_equal(send_to(fd, payload, 4000, 0, GROUP, OUR_PORT), 4000);
	assert_int_equal(eth0.sent_n, 3);
	stack_check_accounts();
}

/* IP_MULTICAST_IF: by that device and from its address, whatever the routes say. */
static void by_another_device(void **state)
{
	static struct fake_device eth1;
	int fd = udp_socket_at(0, OUR_PORT);
	struct mreq m = { BE32_ZERO, BE32_ZERO, 0 };

	(void)state;
	fake_register(&eth1, &init_net, 9);
	assert_int_equal(inet_insert_ifa(&eth1.dev, cpu_to_be32(0x0a090001), 24), 0);
	m.index = eth1.dev.ifindex;
	assert_int_equal(sys_setsockopt(fd, SOL_IP, IP_MULTICAST_IF, user(&m), 12), 0);
	fake_forget(&eth1);
	assert_int_equal(send_group(fd), 6);
	assert_int_equal(eth1.sent_n, 1);
	assert_int_equal(get16(eth1.sent[0].bytes + IP + 14), 1);
	m.index = 0;
	m.address = cpu_to_be32(OUR_IP);
	assert_int_equal(sys_setsockopt(fd, SOL_IP, IP_MULTICAST_IF, user(&m), 12), 0);
	assert_int_equal(send_group(fd), 6);
	assert_int_equal(eth0.sent_n, 1);
	assert_memory_equal(eth0.sent[0].bytes, "\x01\x00\x5e\x01\x02\x03", 6);
	assert_int_equal(eth1.sent_n, 1);
	assert_int_equal(membership(fd, IP_ADD_MEMBERSHIP, GROUP, 0, eth1.dev.ifindex), 0);
	to_group(GROUP); /* it comes by eth0, which nobody joined it by */
	assert_false(got(fd));
	assert_int_equal(membership(fd, IP_DROP_MEMBERSHIP, GROUP, OUR_IP, 0), -EADDRNOTAVAIL);
}

int main(void)
{
	const struct CMUnitTest igmp[] = {
		STACK_TEST(only_what_was_joined),
		STACK_TEST(all_of_them),
		STACK_TEST(broadcasts),
		STACK_TEST(refused),
		STACK_TEST(a_copy_for_us),
		STACK_TEST(never_on_the_wire),
		STACK_TEST(over_loopback),
		STACK_TEST(large_ones),
		STACK_TEST(by_another_device),
	};

	return cmocka_run_group_tests(igmp, NULL, NULL);
}
