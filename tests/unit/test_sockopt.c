/* SPDX-License-Identifier: MIT
 * test_sockopt.c - socket options: what each takes, tells, and refuses.
 * Not here: what they change on the wire (test_udp.c, test_udp_input.c).
 * cmocka calls in; it calls setsockopt and getsockopt.
 * Source: socket(7), ip(7). */
#include "kernel/lib/string.h"
#include "net/socket/sockopt.h"
#include "tests/unit/stack.h"

static int fd;

static int get(int level, int name)
{
	s32 len = sizeof(int);
	int value = -1;

	assert_int_equal(sys_getsockopt(fd, (u64)level, (u64)name, user(&value), user(&len)), 0);
	assert_int_equal(len, 4);
	return value;
}

static long set(int level, int name, int value)
{
	return set_int(fd, level, name, value);
}

static void switches(void **state)
{
	static const int names[] = { SO_REUSEADDR, SO_REUSEPORT, SO_BROADCAST, SO_NO_CHECK,
		SO_DONTROUTE, SO_KEEPALIVE, SO_TIMESTAMP, SO_TIMESTAMPNS, SO_RXQ_OVFL };

	fd = udp_socket();
	for (u32 i = 0; i < ARRAY_SIZE(names); i++) {
		assert_int_equal(get(SOL_SOCKET, names[i]), 0);
		assert_int_equal(set(SOL_SOCKET, names[i], 77), 0);
		assert_int_equal(get(SOL_SOCKET, names[i]), 1);
		assert_int_equal(set(SOL_SOCKET, names[i], 0), 0);
		assert_int_equal(get(SOL_SOCKET, names[i]), 0);
	}
}

static void what_a_socket_is(void **state)
{
	fd = udp_socket();
	assert_int_equal(get(SOL_SOCKET, SO_TYPE), SOCK_DGRAM);
	assert_int_equal(get(SOL_SOCKET, SO_PROTOCOL), IPPROTO_UDP);
	assert_int_equal(get(SOL_SOCKET, SO_DOMAIN), AF_INET);
	assert_int_equal(get(SOL_SOCKET, SO_ACCEPTCONN), 0);
	assert_int_equal(get(SOL_SOCKET, SO_SNDLOWAT), 1);
	assert_int_equal(set(SOL_SOCKET, SO_TYPE, 1), -ENOPROTOOPT);
	assert_int_equal(set(SOL_SOCKET, SO_ERROR, 1), -ENOPROTOOPT);
	assert_int_equal(set(SOL_SOCKET, SO_DOMAIN, 1), -ENOPROTOOPT);
	assert_int_equal(set(SOL_SOCKET, SO_PROTOCOL, 1), -ENOPROTOOPT);
	assert_int_equal(set(SOL_SOCKET, SO_ACCEPTCONN, 1), -ENOPROTOOPT);
	assert_int_equal(set(SOL_SOCKET, SO_SNDLOWAT, 1), -ENOPROTOOPT);
}

/* Taken, because programs set them; a datagram socket has no use for them. */
static void taken_and_ignored(void **state)
{
	fd = udp_socket();
	assert_int_equal(set(SOL_SOCKET, SO_DEBUG, 1), 0);
	assert_int_equal(set(SOL_SOCKET, SO_OOBINLINE, 1), 0);
	assert_int_equal(set(SOL_SOCKET, SO_RCVLOWAT, 100), 0);
	assert_int_equal(get(SOL_SOCKET, SO_RCVLOWAT), 1);
}

static void numbers_are_kept(void **state)
{
	fd = udp_socket();
	assert_int_equal(set(SOL_SOCKET, SO_PRIORITY, 6), 0);
	assert_int_equal(get(SOL_SOCKET, SO_PRIORITY), 6);
	assert_int_equal(set(SOL_SOCKET, SO_MARK, -2), 0);
	assert_int_equal(get(SOL_SOCKET, SO_MARK), -2);
}

/* One clock at a time: asking for one gives up the other. */
static void one_timestamp(void **state)
{
	fd = udp_socket();
	set(SOL_SOCKET, SO_TIMESTAMP, 1);
	set(SOL_SOCKET, SO_TIMESTAMPNS, 1);
	assert_int_equal(get(SOL_SOCKET, SO_TIMESTAMP), 0);
	assert_int_equal(get(SOL_SOCKET, SO_TIMESTAMPNS), 1);
}

static void linger(void **state)
{
	s32 value[2] = { 1, 7 }, len = sizeof(value);

	fd = udp_socket();
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_LINGER, user(value), 7), -EINVAL);
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_LINGER, 8, 8), -EFAULT);
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_LINGER, user(value), 8), 0);
	value[0] = value[1] = 0;
	assert_int_equal(sys_getsockopt(fd, SOL_SOCKET, SO_LINGER, user(value), user(&len)), 0);
	assert_int_equal(len, 8);
	assert_int_equal(value[0], 1);
	assert_int_equal(value[1], 7);
}

/* socket(7): by name, with or without its zero; an empty name unbinds. */
static void bound_to_a_device(void **state)
{
	char name[16] = "";
	s32 len = sizeof(name);

	fd = udp_socket();
	assert_int_equal(
		sys_getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, user(name), user(&len)), 0);
	assert_int_equal(len, 0);
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, user("eth0"), 4), 0);
	assert_int_equal(get(SOL_SOCKET, SO_BINDTOIFINDEX), eth0.dev.ifindex);
	len = 15;
	assert_int_equal(
		sys_getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, user(name), user(&len)), -EINVAL);
	len = 16;
	assert_int_equal(
		sys_getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, user(name), user(&len)), 0);
	assert_int_equal(len, 5);
	assert_string_equal(name, "eth0");
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, user("eth9"), 5), -ENODEV);
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, 8, 5), -EFAULT);
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, user(""), 1), 0);
	assert_int_equal(get(SOL_SOCKET, SO_BINDTOIFINDEX), 0);
	assert_int_equal(set(SOL_SOCKET, SO_BINDTOIFINDEX, 99), -ENODEV);
	assert_int_equal(set(SOL_SOCKET, SO_BINDTOIFINDEX, -1), -EINVAL);
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, user("lo"), 3), 0);
	assert_int_equal(get(SOL_SOCKET, SO_BINDTOIFINDEX), init_net.loopback_dev->ifindex);
}

static void pending_error(void **state)
{
	fd = udp_socket();
	sk_report_error(sk_of(fd), ECONNREFUSED);
	assert_int_equal(get(SOL_SOCKET, SO_ERROR), ECONNREFUSED);
	assert_int_equal(get(SOL_SOCKET, SO_ERROR), 0);
}

/* socket(7): the kernel doubles the value; what is forced may go beyond the usual end. */
static void buffers(void **state)
{
	static const struct {
		int name, force, least;
	} rows[] = { { SO_SNDBUF, SO_SNDBUFFORCE, 4608 }, { SO_RCVBUF, SO_RCVBUFFORCE, 2304 } };

	fd = udp_socket();
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(get(SOL_SOCKET, rows[i].name), 212992);
		assert_int_equal(set(SOL_SOCKET, rows[i].name, 100000), 0);
		assert_int_equal(get(SOL_SOCKET, rows[i].name), 200000);
		assert_int_equal(set(SOL_SOCKET, rows[i].name, 1), 0);
		assert_int_equal(get(SOL_SOCKET, rows[i].name), rows[i].least);
		assert_int_equal(set(SOL_SOCKET, rows[i].name, -5), 0);
		assert_int_equal(get(SOL_SOCKET, rows[i].name), 425984);
		assert_int_equal(set(SOL_SOCKET, rows[i].force, 1 << 20), 0);
		assert_int_equal(get(SOL_SOCKET, rows[i].name), 2 << 20);
		assert_int_equal(set(SOL_SOCKET, rows[i].force, 0x7fffffff), 0);
		assert_int_equal(get(SOL_SOCKET, rows[i].name), 0x7ffffffe);
		assert_int_equal(set(SOL_SOCKET, rows[i].force, -5), 0);
		assert_int_equal(get(SOL_SOCKET, rows[i].name), rows[i].least);
	}
}

static long set_time(int name, s64 sec, s64 usec, u32 len)
{
	s64 t[2] = { sec, usec };

	return sys_setsockopt(fd, SOL_SOCKET, (u64)name, user(t), len);
}

static void timeouts(void **state)
{
	static const int names[] = { SO_RCVTIMEO, SO_SNDTIMEO };
	s64 t[2];

	fd = udp_socket();
	for (u32 i = 0; i < ARRAY_SIZE(names); i++) {
		s32 len = sizeof(t);

		assert_int_equal(set_time(names[i], 3, 250000, 16), 0);
		assert_int_equal(
			sys_getsockopt(fd, SOL_SOCKET, (u64)names[i], user(t), user(&len)), 0);
		assert_int_equal(len, 16);
		assert_int_equal(t[0], 3);
		assert_int_equal(t[1], 250000);
		assert_int_equal(set_time(names[i], 0, 0, 16), 0); /* for ever */
		assert_int_equal(
			sys_getsockopt(fd, SOL_SOCKET, (u64)names[i], user(t), user(&len)), 0);
		assert_int_equal(t[0] | t[1], 0);
		assert_int_equal(set_time(names[i], INT64_MAX, 0, 16), 0);
		assert_int_equal(set_time(names[i], 0, 1000000, 16), -EDOM);
		assert_int_equal(set_time(names[i], 0, -1, 16), -EDOM);
		assert_int_equal(set_time(names[i], 0, 0, 15), -EINVAL);
		assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, (u64)names[i], 8, 16), -EFAULT);
		len = 16;
		assert_int_equal(
			sys_getsockopt(fd, SOL_SOCKET, (u64)names[i], 8, user(&len)), -EFAULT);
	}
	assert_int_equal(set_time(SO_RCVTIMEO, -1, 0, 16), 0); /* at once */
	assert_int_equal(sys_recvfrom(fd, user(t), 8, 0, 0, 0), -EAGAIN);
	assert_int_equal(host_idles(), 0);
}

static void ip_options(void **state)
{
	fd = udp_socket();
	assert_int_equal(get(SOL_IP, IP_TTL), 64);
	assert_int_equal(set(SOL_IP, IP_TTL, 255), 0);
	assert_int_equal(get(SOL_IP, IP_TTL), 255);
	assert_int_equal(set(SOL_IP, IP_TTL, 0), -EINVAL);
	assert_int_equal(set(SOL_IP, IP_TTL, 256), -EINVAL);
	assert_int_equal(set(SOL_IP, IP_TTL, -2), -EINVAL);
	assert_int_equal(set(SOL_IP, IP_TTL, -1), 0); /* back to the default */
	assert_int_equal(get(SOL_IP, IP_TTL), 64);
	assert_int_equal(get(SOL_IP, IP_MULTICAST_TTL), 1);
	assert_int_equal(set(SOL_IP, IP_MULTICAST_TTL, 0), 0);
	assert_int_equal(get(SOL_IP, IP_MULTICAST_TTL), 0);
	assert_int_equal(set(SOL_IP, IP_MULTICAST_TTL, 256), -EINVAL);
	assert_int_equal(set(SOL_IP, IP_TOS, 0x10), 0);
	assert_int_equal(get(SOL_IP, IP_TOS), 0x10);
	assert_int_equal(get(SOL_IP, IP_MTU_DISCOVER), IP_PMTUDISC_WANT);
	assert_int_equal(set(SOL_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE), 0);
	assert_int_equal(get(SOL_IP, IP_MTU_DISCOVER), IP_PMTUDISC_PROBE);
	assert_int_equal(set(SOL_IP, IP_MTU_DISCOVER, 5), 0);
	assert_int_equal(set(SOL_IP, IP_MTU_DISCOVER, 6), -EINVAL);
	assert_int_equal(set(SOL_IP, IP_MTU_DISCOVER, -1), -EINVAL);
}

/* ip(7): BSD's one byte, Linux's int, and no byte for 0. */
static void ip_in_one_byte(void **state)
{
	u8 byte = 33;

	fd = udp_socket();
	assert_int_equal(sys_setsockopt(fd, SOL_IP, IP_TTL, user(&byte), 1), 0);
	assert_int_equal(get(SOL_IP, IP_TTL), 33);
	assert_int_equal(sys_setsockopt(fd, SOL_IP, IP_TTL, 8, 1), -EFAULT);
	assert_int_equal(sys_setsockopt(fd, SOL_IP, IP_MULTICAST_TTL, 0, 0), -EINVAL);
	assert_int_equal(sys_setsockopt(fd, SOL_IP, IP_MTU_DISCOVER, 0, 0), 0);
	assert_int_equal(get(SOL_IP, IP_MTU_DISCOVER), IP_PMTUDISC_DONT);
}

static void ip_switches(void **state)
{
	static const int names[] = { IP_PKTINFO, IP_RECVERR, IP_RECVTTL, IP_RECVTOS, IP_FREEBIND,
		IP_BIND_ADDRESS_NO_PORT, IP_MULTICAST_LOOP };

	fd = udp_socket();
	assert_int_equal(get(SOL_IP, IP_MULTICAST_LOOP), 1);
	assert_int_equal(get(SOL_IP, IP_MULTICAST_ALL), 1);
	assert_int_equal(set(SOL_IP, IP_MULTICAST_ALL, 2), -EINVAL);
	for (u32 i = 0; i < ARRAY_SIZE(names); i++) {
		assert_int_equal(set(SOL_IP, names[i], 0), 0);
		assert_int_equal(get(SOL_IP, names[i]), 0);
		assert_int_equal(set(SOL_IP, names[i], 2), 0);
		assert_int_equal(get(SOL_IP, names[i]), 1);
	}
}

static void mtu_of_the_peer(void **state)
{
	struct sockaddr_in to = inet_addr_of(PEER_IP, PEER_PORT);
	s32 len = sizeof(int);
	int value;

	fd = udp_socket();
	assert_int_equal(sys_getsockopt(fd, SOL_IP, IP_MTU, user(&value), user(&len)), -ENOTCONN);
	assert_int_equal(sys_connect(fd, user(&to), sizeof(to)), 0);
	assert_int_equal(get(SOL_IP, IP_MTU), 1500);
	assert_int_equal(set(SOL_IP, IP_MTU, 1), -ENOPROTOOPT);
}

/* in_addr, ip_mreq or ip_mreqn. */
static void device_for_groups(void **state)
{
	struct {
		be32 group, address;
		s32 index;
	} m = { BE32_ZERO, cpu_to_be32(OUR_IP), 0 };
	be32 told = BE32_ZERO;
	s32 len = sizeof(told);

	fd = udp_socket();
	assert_int_equal(sys_setsockopt(fd, SOL_IP, IP_MULTICAST_IF, user(&m), 3), -EINVAL);
	assert_int_equal(sys_setsockopt(fd, SOL_IP, IP_MULTICAST_IF, 8, 12), -EFAULT);
	assert_int_equal(sys_setsockopt(fd, SOL_IP, IP_MULTICAST_IF, user(&m.address), 4), 0);
	assert_int_equal(sys_getsockopt(fd, SOL_IP, IP_MULTICAST_IF, user(&told), user(&len)), 0);
	assert_int_equal(be32_to_cpu(told), OUR_IP);
	assert_int_equal(sys_setsockopt(fd, SOL_IP, IP_MULTICAST_IF, user(&m), 8), 0);
	m.address = cpu_to_be32(PEER_IP);
	assert_int_equal(sys_setsockopt(fd, SOL_IP, IP_MULTICAST_IF, user(&m), 12), -EADDRNOTAVAIL);
	m.index = eth0.dev.ifindex;
	assert_int_equal(sys_setsockopt(fd, SOL_IP, IP_MULTICAST_IF, user(&m), 12), 0);
	set(SOL_SOCKET, SO_BINDTOIFINDEX, init_net.loopback_dev->ifindex);
	assert_int_equal(sys_setsockopt(fd, SOL_IP, IP_MULTICAST_IF, user(&m), 12), -EINVAL);
	m.index = 99;
	assert_int_equal(sys_setsockopt(fd, SOL_IP, IP_MULTICAST_IF, user(&m), 12), -EADDRNOTAVAIL);
	m.address = BE32_ZERO;
	assert_int_equal(sys_setsockopt(fd, SOL_IP, IP_MULTICAST_IF, user(&m), 8), 0);
}

static void udp_options(void **state)
{
	fd = udp_socket();
	assert_int_equal(set(SOL_UDP, UDP_CORK, 5), 0);
	assert_int_equal(get(SOL_UDP, UDP_CORK), 1);
	assert_int_equal(set(SOL_UDP, UDP_CORK, 0), 0);
	assert_int_equal(set(SOL_UDP, UDP_SEGMENT, 1400), 0);
	assert_int_equal(get(SOL_UDP, UDP_SEGMENT), 1400);
	assert_int_equal(set(SOL_UDP, UDP_SEGMENT, 65536), -EINVAL);
	assert_int_equal(set(SOL_UDP, UDP_SEGMENT, -1), -EINVAL);
	assert_int_equal(set(SOL_UDP, 9999, 1), -ENOPROTOOPT);
	assert_int_equal(sys_setsockopt(fd, SOL_UDP, UDP_CORK, user("abc"), 3), -EINVAL);
}

/* bind(2) with an address that is not ours yet; and with an address alone. */
static void binding(void **state)
{
	struct sockaddr_in far = inet_addr_of(FAR_IP, OUR_PORT), us = inet_addr_of(OUR_IP, 0);

	fd = udp_socket();
	assert_int_equal(sys_bind(fd, user(&far), sizeof(far)), -EADDRNOTAVAIL);
	set(SOL_IP, IP_FREEBIND, 1);
	assert_int_equal(sys_bind(fd, user(&far), sizeof(far)), 0);
	fd = udp_socket();
	set(SOL_IP, IP_BIND_ADDRESS_NO_PORT, 1);
	assert_int_equal(sys_bind(fd, user(&us), sizeof(us)), 0);
	assert_true(sk_of(fd)->sk_unbound);
	assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT), 1);
	assert_false(sk_of(fd)->sk_unbound);
}

static void refused(void **state)
{
	s32 len = 4;
	int value = 1;

	fd = udp_socket();
	assert_int_equal(set(SOL_SOCKET, 9999, 1), -ENOPROTOOPT);
	assert_int_equal(set(SOL_SOCKET, 42 /* SO_PEEK_OFF */, 1), -ENOPROTOOPT);
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, 9999, user(&value), 3), -EINVAL);
	assert_int_equal(sys_getsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, user(&value), user(&len)),
		-ENOPROTOOPT);
	assert_int_equal(set(SOL_IP, 9999, 1), -ENOPROTOOPT);
	assert_int_equal(set(6, 1, 1), -ENOPROTOOPT);
	assert_int_equal(
		sys_getsockopt(fd, SOL_SOCKET, 9999, user(&value), user(&len)), -ENOPROTOOPT);
	assert_int_equal(sys_getsockopt(fd, SOL_IP, 9999, user(&value), user(&len)), -ENOPROTOOPT);
	assert_int_equal(sys_getsockopt(fd, 6, 1, user(&value), user(&len)), -EOPNOTSUPP);
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_BROADCAST, user(&value), 3), -EINVAL);
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_BROADCAST, 8, 4), -EFAULT);
}

/* Less room than the value: as much as fits, and how much that was. Of IP's small ones BSD's byte. */
static void little_room(void **state)
{
	u8 value[4] = { 9, 9, 9, 9 };
	s32 len = 2;

	fd = udp_socket();
	assert_int_equal(sys_getsockopt(fd, SOL_IP, IP_TTL, user(value), user(&len)), 0);
	assert_int_equal(len, 1);
	assert_memory_equal(value, "\x40\x9\x9\x9", 4);
	len = 2;
	assert_int_equal(sys_getsockopt(fd, SOL_SOCKET, SO_RCVBUF, user(value), user(&len)), 0);
	assert_int_equal(len, 2);
	assert_memory_equal(value, "\0\x40\x9\x9", 4); /* 212992 is 0x34000 */
}

int main(void)
{
	const struct CMUnitTest sockopt[] = {
		STACK_TEST(switches),
		STACK_TEST(what_a_socket_is),
		STACK_TEST(taken_and_ignored),
		STACK_TEST(numbers_are_kept),
		STACK_TEST(one_timestamp),
		STACK_TEST(linger),
		STACK_TEST(bound_to_a_device),
		STACK_TEST(pending_error),
		STACK_TEST(buffers),
		STACK_TEST(timeouts),
		STACK_TEST(ip_options),
		STACK_TEST(ip_in_one_byte),
		STACK_TEST(ip_switches),
		STACK_TEST(mtu_of_the_peer),
		STACK_TEST(device_for_groups),
		STACK_TEST(udp_options),
		STACK_TEST(binding),
		STACK_TEST(refused),
		STACK_TEST(little_room),
	};

	return cmocka_run_group_tests(sockopt, NULL, NULL);
}
