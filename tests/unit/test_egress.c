/* SPDX-License-Identifier: MIT
 * test_egress.c - the allow-list: what may be reached, and every way around it that was thought of.
 * Not here: that hooks are asked (test_security.c).
 * cmocka calls in, as a program would the system calls.
 * Source: design: egress=; sendto(2), connect(2), ip(7). */
#include "net/config/egress.h"
#include "net/core/part.h"
#include "net/packet/af_packet.h"
#include "net/wire/netlink.h"
#include "tests/unit/stack.h"

#include <string.h>

extern const struct part part_egress;

static bool parse(const char *value, struct parse_error *error)
{
	return egress_parse_word(text_of(value), error);
}

static void only(const char *value)
{
	struct parse_error error;

	assert_true(parse(value, &error));
	assert_true(egress_apply(NULL, NULL, 0));
	stack_know_peer();
}

static long send_x(int fd, u32 ip, u16 port)
{
	return send_to(fd, "x", 1, 0, ip, port);
}

static long connect_to(int fd, u32 ip, u16 port)
{
	struct sockaddr_in to = inet_addr_of(ip, port);

	return sys_connect(fd, user(&to), sizeof(to));
}

static void prefixes_and_ports(void **state)
{
	int fd = udp_socket();

	only("10.0.0.2:4000-5000,10.0.0.8/31,192.0.2.0/24:53");
	assert_int_equal(send_x(fd, PEER_IP, 4000), 1);
	assert_int_equal(send_x(fd, PEER_IP, 5000), 1);
	assert_int_equal(send_x(fd, PEER_IP, 3999), -EPERM);
	assert_int_equal(send_x(fd, PEER_IP, 5001), -EPERM);
	assert_int_equal(send_x(fd, 0x0a000001, 4000), -EPERM);
	assert_int_equal(send_x(fd, 0x0a000003, 4000), -EPERM);
	assert_int_equal(send_x(fd, 0x0a000007, 1), -EPERM);
	assert_int_equal(send_x(fd, 0x0a00000a, 1), -EPERM);
	assert_int_equal(send_x(fd, 0x0a000009, 65535), 1); /* it waits: no host is there */
	assert_int_equal(send_x(fd, FAR_IP, 53), 1);
	assert_int_equal(send_x(fd, FAR_IP, 54), -EPERM);
	assert_int_equal(eth0.sent_n, 4); /* and an ARP request for 10.0.0.9 */
	stack_step(5000);
}

/* Every system call that sends, with and without a name. */
static void each_way_to_send(void **state)
{
	struct sockaddr_in to = inet_addr_of(FAR_IP, PEER_PORT);
	struct iovec iov = { "x", 1 };
	struct user_msghdr {
		u64 name;
		u32 namelen, pad0;
		u64 iov, iovlen, control, controllen;
		u32 flags, pad1;
	} m = { .name = user(&to), .namelen = 16, .iov = user(&iov), .iovlen = 1 };
	int fd = udp_socket();

	only("10.0.0.2");
	assert_int_equal(send_x(fd, FAR_IP, PEER_PORT), -EPERM);
	assert_int_equal(sys_sendmsg(fd, user(&m), 0), -EPERM);
	assert_int_equal(connect_to(fd, FAR_IP, PEER_PORT), -EPERM);
	assert_int_equal(sys_sendto(fd, user("x"), 1, 0, 0, 0), -EDESTADDRREQ);
	assert_int_equal(connect_to(fd, PEER_IP, PEER_PORT), 0);
	assert_int_equal(sys_sendto(fd, user("x"), 1, 0, 0, 0), 1);
	assert_int_equal(send_x(fd, FAR_IP, PEER_PORT), -EPERM); /* a name, though connected */
	assert_int_equal(sys_sendmsg(fd, user(&m), 0), -EPERM);
	assert_int_equal(connect_to(fd, FAR_IP, PEER_PORT), -EPERM);
	assert_int_equal(sys_sendto(fd, user("x"), 1, 0, 0, 0), 1); /* still the peer's */
	m.name = 0;
	assert_int_equal(sys_sendmsg(fd, user(&m), 0), 1);
	assert_int_equal(eth0.sent_n, 3);
}

/* Sending takes AF_UNSPEC for AF_INET; connect gives the peer up by it. */
static void family_unspecified(void **state)
{
	struct sockaddr_in to = inet_addr_of(FAR_IP, PEER_PORT);
	int fd = udp_socket();

	only("10.0.0.2");
	to.sin_family = AF_UNSPEC;
	assert_int_equal(sys_sendto(fd, user("x"), 1, 0, user(&to), 16), -EPERM);
	assert_int_equal(connect_to(fd, PEER_IP, PEER_PORT), 0);
	assert_int_equal(sys_connect(fd, user(&to), 2), 0);
	assert_int_equal(sys_sendto(fd, user("x"), 1, 0, 0, 0), -EDESTADDRREQ);
	assert_int_equal(sys_connect(fd, user(&to), 16), 0);
	assert_int_equal(sys_sendto(fd, user("x"), 1, 0, 0, 0), -EDESTADDRREQ);
	to.sin_family = 10;
	assert_int_equal(sys_sendto(fd, user("x"), 1, 0, user(&to), 16), -EAFNOSUPPORT);
	assert_int_equal(sys_connect(fd, user(&to), 16), -EAFNOSUPPORT);
	assert_int_equal(eth0.sent_n, 0);
}

static void odd_lengths(void **state)
{
	struct sockaddr_storage to = { .in = inet_addr_of(FAR_IP, PEER_PORT) };
	int fd = udp_socket();

	only("10.0.0.2");
	for (u64 len = 0; len <= 128; len++) {
		long sent = sys_sendto(fd, user("x"), 1, 0, user(&to), len);

		assert_int_equal(sent, len < 16 ? -EINVAL : -EPERM);
		sent = sys_connect(fd, user(&to), len);
		assert_int_equal(sent, len < 16 ? -EINVAL : -EPERM);
		assert_int_equal(sys_sendto(fd, user("x"), 1, 0, 0, 0), -EDESTADDRREQ);
	}
	assert_int_equal(eth0.sent_n, 0);
}

/* Broadcast and groups are addresses like any other; 0.0.0.0 is this host, by its loopback address. */
static void special_addresses(void **state)
{
	struct parse_error error;
	int fd = udp_socket();

	only("10.0.0.2");
	set_int(fd, 1, 6, 1); /* SO_BROADCAST */
	assert_int_equal(send_x(fd, 0xffffffff, 1), -EPERM);
	assert_int_equal(send_x(fd, 0x0a0000ff, 1), -EPERM);
	assert_int_equal(send_x(fd, 0xe0000001, 1), -EPERM);
	assert_int_equal(send_x(fd, 0x7f000001, 1), -EPERM);
	assert_int_equal(send_x(fd, OUR_IP, 1), -EPERM);
	assert_int_equal(send_x(fd, 0, 1), -EPERM);
	assert_int_equal(connect_to(fd, 0, 1), -EPERM);
	assert_int_equal(send_x(fd, PEER_IP, 0), -EINVAL);
	assert_true(parse("127.0.0.0/8:7,255.255.255.255", &error));
	assert_int_equal(send_x(fd, 0, 7), 1);
	assert_int_equal(send_x(fd, 0, 8), -EPERM);
	assert_int_equal(send_x(fd, 0xffffffff, 1), 1);
	assert_int_equal(connect_to(fd, PEER_IP, 0), 0);
}

static void port_zero_is_a_port(void **state)
{
	int fd = udp_socket();

	only("10.0.0.2:1-65535");
	assert_int_equal(send_x(fd, PEER_IP, 0), -EPERM);
	assert_int_equal(connect_to(fd, PEER_IP, 0), -EPERM);
}

static void ways_around(void **state)
{
	only("default");
	assert_int_equal(sys_socket(AF_PACKET, SOCK_RAW, 0), -EPERM);
	assert_int_equal(sys_socket(AF_PACKET, SOCK_DGRAM, 0), -EPERM);
	assert_int_equal(sys_socket(AF_INET, SOCK_RAW, 255), -EPERM);
	assert_int_equal(sys_socket(AF_INET, 10, 3), -EPERM); /* SOCK_PACKET */
	assert_int_equal(sys_socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER), -EPERM);
	assert_int_equal(sys_socket(10, SOCK_DGRAM, 0), -EAFNOSUPPORT); /* as resolvers expect */
	assert_int_not_equal(sys_socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), -EPERM);
	assert_int_equal(send_x(udp_socket(), FAR_IP, 1), 1);
}

/* The first of a burst is told; what was not told is, with the next burst. */
static void told_once_a_burst(void **state)
{
	int fd = udp_socket();

	only("10.0.0.2");
	host_capture(true);
	for (int i = 0; i < 100; i++)
		send_x(fd, FAR_IP, (u16)(1000 + i));
	assert_string_equal(host_captured(), "egress: refused 192.0.2.1:1000\n");
	host_advance_clock(5 * NSEC_PER_SEC);
	host_capture(true);
	send_x(fd, FAR_IP, 2000);
	sys_socket(AF_PACKET, SOCK_RAW, 0);
	assert_string_equal(
		host_captured(), "egress: refused 99 more\negress: refused 192.0.2.1:2000\n");
	host_capture(true);
	part_egress.end();
	assert_string_equal(host_captured(), "egress: refused 102\n");
}

static void off(void **state)
{
	stack_know_peer();
	host_capture(true);
	assert_true(egress_apply(NULL, NULL, 0));
	assert_int_equal(send_x(udp_socket(), FAR_IP, 1), 1);
	part_egress.end();
	assert_string_equal(host_captured(), "");
}

static void refused_words(void **state)
{
	static const struct {
		const char *value, *at;
	} rows[] = { { "", "" }, { ",", "," }, { "10.0.0.2,", "" },
		{ "10.0.0.2,,10.0.0.3", ",10.0.0.3" }, { "10.0.0.1/24", "10.0.0.1/24" },
		{ "10.0.0.2/33", "10.0.0.2/33" }, { "10.0.0.2:", "" },
		{ "10.0.0.2:65536", "65536" }, { "10.0.0.2:5-4", "5-4" }, { "10.0.0.2:5:6", "5:6" },
		{ "b:53", "b:53" }, { ":53", ":53" } };
	struct parse_error error;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (parse(rows[i].value, &error))
			fail_msg("taken: '%s'", rows[i].value);
		assert_string_equal(error.at, rows[i].at);
	}
}

static void too_many(void **state)
{
	struct parse_error error;

	for (int i = 0; i < 64; i++)
		assert_true(parse("10.0.0.2", &error));
	assert_false(parse("10.0.0.2", &error));
}

int main(void)
{
	const struct CMUnitTest egress[] = {
		STACK_TEST(prefixes_and_ports),
		STACK_TEST(each_way_to_send),
		STACK_TEST(family_unspecified),
		STACK_TEST(odd_lengths),
		STACK_TEST(special_addresses),
		STACK_TEST(port_zero_is_a_port),
		STACK_TEST(ways_around),
		STACK_TEST(told_once_a_burst),
		STACK_TEST(off),
		BARE_TEST(refused_words),
		BARE_TEST(too_many),
	};

	return cmocka_run_group_tests(egress, NULL, NULL);
}
