/* SPDX-License-Identifier: MIT
 * test_sockopt.c - socket options: what each takes, tells, and refuses.
 * Not here: what they change on the wire (test_udp.c, test_udp_input.c).
 * cmocka calls in; it calls setsockopt and getsockopt.
 * Source: socket(7), ip(7). */
#include "tests/unit/stack.h"
#include "net/sockopt.h"
#include "kernel/lib/string.h"

enum {
	SOL_IP = 0,
	SOL_SOCKET = 1,
	SOL_UDP = 17
};
enum {
	SO_REUSEADDR = 2,
	SO_TYPE = 3,
	SO_ERROR = 4,
	SO_BROADCAST = 6,
	SO_SNDBUF = 7,
	SO_RCVBUF = 8,
	SO_NO_CHECK = 11,
	SO_RCVTIMEO = 20,
	SO_SNDTIMEO = 21,
	SO_PROTOCOL = 38,
	SO_DOMAIN = 39
};
enum {
	IP_TOS = 1,
	IP_TTL = 2,
	IP_MTU_DISCOVER = 10,
	IP_MULTICAST_TTL = 33
};

static int fd;

static int get(int level, int name)
{
	s32 len = sizeof(int);
	int value = -1;

	assert_int_equal(
		sys_getsockopt((u64)fd, (u64)level, (u64)name, user(&value), user(&len)), 0);
	assert_int_equal(len, 4);
	return value;
}

static long set(int level, int name, int value)
{
	return set_int(fd, level, name, value);
}

static void switches(void **state)
{
	static const int names[] = { SO_REUSEADDR, SO_BROADCAST, SO_NO_CHECK };

	(void)state;
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
	(void)state;
	fd = udp_socket();
	assert_int_equal(get(SOL_SOCKET, SO_TYPE), SOCK_DGRAM);
	assert_int_equal(get(SOL_SOCKET, SO_PROTOCOL), IPPROTO_UDP);
	assert_int_equal(get(SOL_SOCKET, SO_DOMAIN), AF_INET);
	assert_int_equal(set(SOL_SOCKET, SO_TYPE, 1), -ENOPROTOOPT);
	assert_int_equal(set(SOL_SOCKET, SO_ERROR, 1), -ENOPROTOOPT);
}

static void pending_error(void **state)
{
	(void)state;
	fd = udp_socket();
	sk_report_error(sk_of(fd), ECONNREFUSED);
	assert_int_equal(get(SOL_SOCKET, SO_ERROR), ECONNREFUSED);
	assert_int_equal(get(SOL_SOCKET, SO_ERROR), 0);
}

/* socket(7): the kernel doubles the value; the least is 2304 here. */
static void buffers(void **state)
{
	static const int names[] = { SO_SNDBUF, SO_RCVBUF };

	(void)state;
	fd = udp_socket();
	for (u32 i = 0; i < ARRAY_SIZE(names); i++) {
		assert_int_equal(get(SOL_SOCKET, names[i]), 212992);
		assert_int_equal(set(SOL_SOCKET, names[i], 100000), 0);
		assert_int_equal(get(SOL_SOCKET, names[i]), 200000);
		assert_int_equal(set(SOL_SOCKET, names[i], 1), 0);
		assert_int_equal(get(SOL_SOCKET, names[i]), 2304);
		assert_int_equal(set(SOL_SOCKET, names[i], -5), 0);
		assert_int_equal(get(SOL_SOCKET, names[i]), 2304);
		assert_int_equal(set(SOL_SOCKET, names[i], 0x7fffffff), 0);
		assert_int_equal(get(SOL_SOCKET, names[i]), 2 << 20);
	}
}

static long set_time(int name, s64 sec, s64 usec, u32 len)
{
	s64 t[2] = { sec, usec };

	return sys_setsockopt((u64)fd, SOL_SOCKET, (u64)name, user(t), len);
}

static void timeouts(void **state)
{
	static const int names[] = { SO_RCVTIMEO, SO_SNDTIMEO };
	s64 t[2];

	(void)state;
	fd = udp_socket();
	for (u32 i = 0; i < ARRAY_SIZE(names); i++) {
		s32 len = sizeof(t);

		assert_int_equal(set_time(names[i], 3, 250000, 16), 0);
		assert_int_equal(
			sys_getsockopt((u64)fd, SOL_SOCKET, (u64)names[i], user(t), user(&len)), 0);
		assert_int_equal(len, 16);
		assert_int_equal(t[0], 3);
		assert_int_equal(t[1], 250000);
		assert_int_equal(set_time(names[i], 0, 0, 16), 0); /* for ever */
		assert_int_equal(
			sys_getsockopt((u64)fd, SOL_SOCKET, (u64)names[i], user(t), user(&len)), 0);
		assert_int_equal(t[0] | t[1], 0);
		assert_int_equal(set_time(names[i], INT64_MAX, 0, 16), 0);
		assert_int_equal(set_time(names[i], 0, 1000000, 16), -EDOM);
		assert_int_equal(set_time(names[i], 0, -1, 16), -EDOM);
		assert_int_equal(set_time(names[i], 0, 0, 15), -EINVAL);
		assert_int_equal(
			sys_setsockopt((u64)fd, SOL_SOCKET, (u64)names[i], 8, 16), -EFAULT);
		len = 16;
		assert_int_equal(
			sys_getsockopt((u64)fd, SOL_SOCKET, (u64)names[i], 8, user(&len)), -EFAULT);
	}
	assert_int_equal(set_time(SO_RCVTIMEO, -1, 0, 16), 0); /* at once */
	assert_int_equal(sys_recvfrom((u64)fd, user(t), 8, 0, 0, 0), -EAGAIN);
	assert_int_equal(host_idles(), 0);
}

static void ip_options(void **state)
{
	(void)state;
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
	assert_int_equal(set(SOL_IP, IP_MTU_DISCOVER, 4), -EINVAL);
	assert_int_equal(set(SOL_IP, IP_MTU_DISCOVER, -1), -EINVAL);
}

static void refused(void **state)
{
	s32 len = 4;
	int value = 1;

	(void)state;
	fd = udp_socket();
	assert_int_equal(set(SOL_SOCKET, 9999, 1), -ENOPROTOOPT);
	assert_int_equal(set(SOL_IP, 9999, 1), -ENOPROTOOPT);
	assert_int_equal(set(6, 1, 1), -ENOPROTOOPT);
	assert_int_equal(
		sys_getsockopt((u64)fd, SOL_SOCKET, 9999, user(&value), user(&len)), -ENOPROTOOPT);
	assert_int_equal(
		sys_getsockopt((u64)fd, SOL_IP, 9999, user(&value), user(&len)), -ENOPROTOOPT);
	assert_int_equal(sys_getsockopt((u64)fd, 6, 1, user(&value), user(&len)), -EOPNOTSUPP);
	assert_int_equal(
		sys_setsockopt((u64)fd, SOL_SOCKET, SO_BROADCAST, user(&value), 3), -EINVAL);
	assert_int_equal(sys_setsockopt((u64)fd, SOL_SOCKET, SO_BROADCAST, 8, 4), -EFAULT);
}

/* Less room than the value: as much as fits, and how much that was. */
static void little_room(void **state)
{
	u8 value[4] = { 9, 9, 9, 9 };
	s32 len = 2;

	(void)state;
	fd = udp_socket();
	assert_int_equal(sys_getsockopt((u64)fd, SOL_IP, IP_TTL, user(value), user(&len)), 0);
	assert_int_equal(len, 2);
	assert_memory_equal(value, "\x40\0\x9\x9", 4);
}

int main(void)
{
	const struct CMUnitTest sockopt[] = {
		STACK_TEST(switches),
		STACK_TEST(what_a_socket_is),
		STACK_TEST(pending_error),
		STACK_TEST(buffers),
		STACK_TEST(timeouts),
		STACK_TEST(ip_options),
		STACK_TEST(refused),
		STACK_TEST(little_room),
	};

	return cmocka_run_group_tests(sockopt, NULL, NULL);
}
