/* SPDX-License-Identifier: MIT
 * test_igmp.c - groups: joining, leaving, receivers of what is sent to them, IGMP's messages, what
 * the link is told and asks.
 * Not here: the options' own values (test_sockopt.c).
 * cmocka calls in; frames come from scapy.
 * Source: RFC 1112 6 and 7; RFC 2236; ip(7). */
#include "kernel/lib/string.h"
#include "net/ipv4/igmp.h"
#include "net/socket/sockopt.h"
#include "tests/unit/stack.h"

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

/* And forget that the link was told so. */
static void join_quietly(int fd)
{
	assert_int_equal(join(fd), 0);
	fake_forget(&eth0);
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

	to_group(GROUP);
	assert_false(got(fd));
	assert_int_equal(stack_dropped(SKB_DROP_NOT_LOCAL), 1);
	join_quietly(fd);
	to_group(GROUP);
	assert_true(got(fd));
	to_group(GROUP + 1);
	assert_false(got(fd));
	assert_int_equal(membership(fd, IP_DROP_MEMBERSHIP, GROUP, OUR_IP, 0), 0);
	to_group(GROUP);
	assert_false(got(fd));
	to_group(0xe0000001); /* all hosts: every host is in it */
	assert_true(got(fd));
	assert_int_equal(eth0.sent_n, 1); /* the leave: no ICMP error for groups */
}

/* Each socket on the port has its copy; with IP_MULTICAST_ALL off only of its own groups. */
static void all_of_them(void **state)
{
	int one = sharing(), two = sharing(), three = sharing();

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

	join_quietly(fd);
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

	join_quietly(fd);
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

/* By lo it comes back as it is, once, with any time to live, if it was joined there. */
static void over_loopback(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);
	struct mreq m = { BE32_ZERO, BE32_ZERO, init_net.loopback_dev->ifindex };

	join_quietly(fd);
	assert_int_equal(sys_setsockopt(fd, SOL_IP, IP_MULTICAST_IF, user(&m), 12), 0);
	assert_int_equal(send_group(fd), 6);
	net_poll();
	assert_false(got(fd));
	assert_int_equal(membership(fd, IP_ADD_MEMBERSHIP, GROUP, 0, m.index), 0);
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

/* IP_MULTICAST_IF: by that device and from its address, against what the routes say. */
static void by_another_device(void **state)
{
	static struct fake_device eth1;
	int fd = udp_socket_at(0, OUR_PORT);
	struct mreq m = { BE32_ZERO, BE32_ZERO, 0 };

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
	to_group(GROUP); /* it comes by eth0, by which no socket joined it */
	assert_false(got(fd));
	assert_int_equal(membership(fd, IP_DROP_MEMBERSHIP, GROUP, OUR_IP, 0), -EADDRNOTAVAIL);
}

/* ---- telling the link ---------------------------------------------------------------------- */

static void drop(int fd)
{
	assert_int_equal(membership(fd, IP_DROP_MEMBERSHIP, GROUP, OUR_IP, 0), 0);
}

static void settle(void)
{
	stack_step(10000);
	fake_forget(&eth0);
}

/* At once, and once more within ten seconds; the last member says that there is none left. */
static void reported(void **state)
{
	int one = sharing(), two = sharing();

	assert_int_equal(join(one), 0);
	assert_int_equal(join(two), 0);
	assert_int_equal(eth0.sent_n, 1);
	stack_step(10000);
	assert_int_equal(eth0.sent_n, 2);
	stack_step(60000);
	assert_int_equal(eth0.sent_n, 2);
	for (u32 i = 0; i < 2; i++)
		assert_frame(i, FRAME_IGMP_REPORT);
	fake_forget(&eth0);
	drop(one);
	assert_int_equal(eth0.sent_n, 0);
	fd_close(&init_task.files, two);
	assert_int_equal(eth0.sent_n, 1);
	assert_frame(0, FRAME_IGMP_LEAVE);
	stack_check_accounts();
}

/* The member that reports may leave before it repeats the report. */
static void another_goes_on(void **state)
{
	int one = sharing(), two = sharing();

	assert_int_equal(join(one), 0);
	assert_int_equal(join(two), 0);
	drop(one);
	stack_step(10000);
	assert_int_equal(eth0.sent_n, 2);
	inject_hex(FRAME_IGMP_QUERY);
	drop(two);
	assert_int_equal(eth0.sent_n, 3);
	assert_frame(2, FRAME_IGMP_LEAVE);
	stack_step(60000);
	assert_int_equal(eth0.sent_n, 3);
}

/* Within the time asked for, not all at once, and once. */
static void asked(void **state)
{
	static const struct {
		const char *query;
		u32 ms;
	} q[] = { { FRAME_IGMP_QUERY, 2000 }, { FRAME_IGMP_QUERY_V1, 10000 },
		{ FRAME_IGMP_QUERY_V3, 24800 }, { FRAME_IGMP_QUERY_GROUP, 1000 } };
	int fd = udp_socket();

	join_quietly(fd);
	settle();
	for (u32 i = 0; i < ARRAY_SIZE(q); i++) {
		u64 least = UINT64_MAX, most = 0;

		for (u32 n = 0; n < 20; n++) {
			u64 start = clock_ns(), after;

			inject_hex(q[i].query);
			stack_step(q[i].ms / 2);
			inject_hex(q[i].query); /* does not put it off */
			stack_step(q[i].ms / 2 + 10);
			assert_true(eth0.sent_n >= 1);
			assert_frame(0, FRAME_IGMP_REPORT);
			after = eth0.sent[0].at_ns - start;
			least = min(least, after);
			most = max(most, after);
			stack_step(q[i].ms);
			fake_forget(&eth0);
		}
		assert_true(least < q[i].ms * NSEC_PER_MSEC / 4);
		assert_in_range(
			most, q[i].ms * NSEC_PER_MSEC * 3 / 4, (q[i].ms + 10) * NSEC_PER_MSEC);
	}
	inject_hex(FRAME_IGMP_QUERY_OTHER);
	stack_step(10000);
	assert_int_equal(eth0.sent_n, 0);
}

/* A sooner answer that is asked for comes sooner. */
static void asked_to_hurry(void **state)
{
	int fd = udp_socket();

	join_quietly(fd);
	settle();
	for (u32 i = 0; i < 20; i++) {
		inject_hex(FRAME_IGMP_QUERY_V3);
		inject_hex(FRAME_IGMP_QUERY_GROUP);
		stack_step(1010);
		assert_int_equal(eth0.sent_n, 1);
		fake_forget(&eth0);
	}
}

/* A query of version 3 may want its answers at once; of version 1 they are those that do not say. */
static void asked_to_answer_at_once(void **state)
{
	u8 frame[FAKE_FRAME_MAX], *igmp;
	u32 len = from_hex(FRAME_IGMP_QUERY_V3, frame);
	int fd = udp_socket();

	igmp = frame + IP + (frame[IP] & 15) * 4;
	put16(igmp + 2, (u16)(get16(igmp + 2) + igmp[1])); /* the sum of both stays */
	igmp[1] = 0;
	join_quietly(fd);
	settle();
	for (u32 i = 0; i < 5; i++) {
		fake_inject(&eth0, frame, len);
		stack_step(10);
		assert_int_equal(eth0.sent_n, 1);
		fake_forget(&eth0);
	}
}

/* RFC 2236 3: another host's report is enough; the last reporter sends the leave. */
static void others_reported(void **state)
{
	int fd = udp_socket();

	join_quietly(fd);
	inject_hex(FRAME_IGMP_REPORTED);
	settle();
	inject_hex(FRAME_IGMP_QUERY);
	inject_hex(FRAME_IGMP_REPORTED);
	stack_step(10000);
	drop(fd);
	assert_int_equal(eth0.sent_n, 0);
	inject_hex(FRAME_IGMP_QUERY);
	stack_step(10000);
	assert_int_equal(eth0.sent_n, 0);
}

/* Not without a link, but with it; nothing about all hosts, nothing on lo. */
static void what_is_told(void **state)
{
	struct mreq m = { cpu_to_be32(GROUP), BE32_ZERO, init_net.loopback_dev->ifindex };
	int fd = udp_socket();

	assert_int_equal(membership(fd, IP_ADD_MEMBERSHIP, 0xe0000001, OUR_IP, 0), 0);
	assert_int_equal(sys_setsockopt(fd, SOL_IP, IP_ADD_MEMBERSHIP, user(&m), 12), 0);
	inject_hex(FRAME_IGMP_QUERY);
	settle();
	fake_set_link(&eth0, false);
	assert_int_equal(join(fd), 0);
	stack_step(10000);
	assert_int_equal(eth0.sent_n, 0);
	fake_set_link(&eth0, true);
	stack_step(10000);
	assert_int_equal(eth0.sent_n, 3); /* an announcement, by ARP, and two reports */
	assert_frame(1, FRAME_IGMP_REPORT);
	assert_frame(2, FRAME_IGMP_REPORT);
	stack_check_accounts();
}

static void damaged(void **state)
{
	int fd = udp_socket();
	u8 frame[FAKE_FRAME_MAX];
	u32 len = from_hex(FRAME_IGMP_QUERY, frame);

	join_quietly(fd);
	settle();
	frame[len - 1] ^= 1;
	fake_inject(&eth0, frame, len);
	assert_int_equal(stack_dropped(SKB_DROP_CHECKSUM), 1);
	put16(frame + IP + 2, 24 + 7);
	fix_ip_checksum(frame);
	fake_inject(&eth0, frame, len - 1);
	assert_int_equal(stack_dropped(SKB_DROP_HEADER), 1);
	stack_step(10000);
	assert_int_equal(eth0.sent_n, 0);
}

/* The copy for ourselves needs a neighbour, too, and the only one that can make room for it is the group's
 * own: what leaves has its address all the same. */
static void a_full_table(void **state)
{
	static const u8 group_mac[ETH_ALEN] = { 0x01, 0x00, 0x5e, 1, 2, 3 };
	be32 mreq[2] = { cpu_to_be32(0xef010203), cpu_to_be32(OUR_IP) };
	u32 others = 0;
	int fd = udp_socket_at(0, OUR_PORT);

	assert_int_equal(
		sys_setsockopt(fd, SOL_IP, IP_ADD_MEMBERSHIP, user(mreq), sizeof(mreq)), 0);
	fake_forget(&eth0);
	assert_int_equal(send_to(fd, "muffin", 6, 0, PEER_IP, PEER_PORT), 6);
	while (neigh_set(init_net.arp_tbl, &eth0.dev, cpu_to_be32(0x0b000000 + others), peer_mac,
		       NUD_PERMANENT) == 0)
		others++;
	neigh_delete(neigh_lookup(init_net.arp_tbl, &eth0.dev, cpu_to_be32(0x0b000000)));
	fake_forget(&eth0);
	assert_int_equal(send_to(fd, "muffin", 6, 0, 0xef010203, PEER_PORT), 6);
	assert_int_equal(eth0.sent_n, 1);
	assert_memory_equal(eth0.sent[0].bytes, group_mac, ETH_ALEN);
	for (u32 i = 0; i < others; i++) {
		struct neighbour *n =
			neigh_lookup(init_net.arp_tbl, &eth0.dev, cpu_to_be32(0x0b000000 + i));

		if (n)
			neigh_delete(n);
	}
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
		STACK_TEST(by_another_device),
		STACK_TEST(reported),
		STACK_TEST(another_goes_on),
		STACK_TEST(asked),
		STACK_TEST(asked_to_hurry),
		STACK_TEST(asked_to_answer_at_once),
		STACK_TEST(others_reported),
		STACK_TEST(what_is_told),
		STACK_TEST(damaged),
		STACK_TEST(a_full_table),
	};

	return cmocka_run_group_tests(igmp, NULL, NULL);
}
