/* SPDX-License-Identifier: MIT
 * test_udp_port.c - ports: random ones, taken ones, and whose datagram it is.
 * Not here: addresses one may bind to (test_af_inet.c).
 * cmocka calls in; it calls the system calls and udp_lookup.
 * Source: RFC 6056 3.3.1. Behaves as Linux's ip_local_port_range, SO_REUSEADDR for UDP. */
#include "net/udp/af_inet.h"
#include "net/udp/udp.h"
#include "net/udp/udp_port.h"
#include "tests/unit/stack.h"

#define SO_REUSEADDR 2

enum {
	FIRST = 32768,
	LAST = 60999,
	PORTS = LAST - FIRST + 1
};

static long bind_to(int fd, u32 ip, u16 port)
{
	struct sockaddr_in at = inet_addr_of(ip, port);

	return sys_bind(fd, user(&at), sizeof(at));
}

static u16 port_of(int fd)
{
	return inet_sk(sk_of(fd))->inet_num;
}

/* Over many draws: all in range, spread over all of it, and no two alike in a row of equal steps. */
static void random_ports(void **state)
{
	u32 tenths[10] = { 0 }, neighbours = 0;
	u16 last = 0;

	for (u32 i = 0; i < 2000; i++) {
		int fd = udp_socket_at(0, 0);
		u16 port = port_of(fd);

		assert_in_range(port, FIRST, LAST);
		tenths[(port - FIRST) * 10 / PORTS]++;
		neighbours += (u16)(port - last) <= 2;
		last = port;
		fd_close(&init_task.files, fd);
	}
	for (u32 i = 0; i < 10; i++)
		assert_in_range(tenths[i], 120, 280); /* 200 each, six sigma around it */
	assert_true(neighbours < 10);
}

/* All ports but one are taken: it is found, and behind it there is none. */
static void every_port_is_found(void **state)
{
	static struct inet_sock sks[PORTS];
	u16 left = LAST;

	for (u32 i = 0; i < PORTS; i++) {
		sks[i].sk.sk_net = &init_net;
		sks[i].flow = &flow_none;
		list_init(&sks[i].bind_node);
		if (FIRST + i != left)
			assert_int_equal(udp_port_get(&sks[i].sk, (u16)(FIRST + i)), 0);
	}
	assert_int_equal(udp_port_get(&sks[left - FIRST].sk, 0), 0);
	assert_int_equal(sks[left - FIRST].inet_num, left);
	assert_int_equal(bind_to(udp_socket(), 0, 0), -EAGAIN);
	assert_int_equal(send_to(udp_socket(), "x", 1, 0, PEER_IP, PEER_PORT), -EAGAIN);
	assert_int_equal(bind_to(udp_socket(), 0, 80), 0);
	for (u32 i = 0; i < PORTS; i++)
		udp_port_put(&sks[i].sk);
}

static void conflicts(void **state)
{
	int any = udp_socket_at(0, OUR_PORT), other = udp_socket();

	assert_int_equal(bind_to(other, 0, OUR_PORT), -EADDRINUSE);
	assert_int_equal(bind_to(other, OUR_IP, OUR_PORT), -EADDRINUSE);
	fd_close(&init_task.files, any);
	assert_int_equal(bind_to(other, OUR_IP, OUR_PORT), 0);
	assert_int_equal(bind_to(udp_socket(), 0x7f000001, OUR_PORT), 0);  /* another address */
	assert_int_equal(bind_to(udp_socket(), OUR_IP, OUR_PORT + 64), 0); /* the same bucket */
}

static void both_may_share(void **state)
{
	int one = udp_socket(), two = udp_socket(), three = udp_socket();

	set_int(one, 1, SO_REUSEADDR, 1);
	set_int(two, 1, SO_REUSEADDR, 1);
	assert_int_equal(bind_to(one, 0, OUR_PORT), 0);
	assert_int_equal(bind_to(two, 0, OUR_PORT), 0);
	assert_int_equal(bind_to(three, 0, OUR_PORT), -EADDRINUSE);
}

static struct sock *lookup(u32 saddr, u16 sport, u32 daddr, u16 dport)
{
	const struct udp_tuple t = { cpu_to_be32(saddr), cpu_to_be32(daddr), cpu_to_be16(sport),
		cpu_to_be16(dport), eth0.dev.ifindex };

	return udp_lookup(&init_net, &t);
}

/* SO_REUSEADDR: of equals the one that was bound last. */
static void the_last_one_wins(void **state)
{
	int one = udp_socket(), two = udp_socket();

	set_int(one, 1, SO_REUSEADDR, 1);
	set_int(two, 1, SO_REUSEADDR, 1);
	bind_to(two, 0, OUR_PORT);
	bind_to(one, 0, OUR_PORT);
	for (u16 i = 0; i < 100; i++)
		assert_ptr_equal(lookup(PEER_IP, i, OUR_IP, OUR_PORT), sk_of(one));
}

/* SO_REUSEPORT: all of them share, and a flow stays with its socket. */
static void flows_are_shared(void **state)
{
	struct sock *sk[3];
	u32 got[3] = { 0 };

	for (u32 i = 0; i < 3; i++) {
		int fd = udp_socket();

		set_int(fd, 1, 15 /* SO_REUSEPORT */, 1);
		assert_int_equal(bind_to(fd, 0, OUR_PORT), 0);
		sk[i] = sk_of(fd);
	}
	assert_int_equal(bind_to(udp_socket(), 0, OUR_PORT), -EADDRINUSE);
	for (u16 port = 1; port <= 3000; port++) {
		struct sock *found = lookup(PEER_IP, port, OUR_IP, OUR_PORT);

		assert_ptr_equal(lookup(PEER_IP, port, OUR_IP, OUR_PORT), found);
		for (u32 i = 0; i < 3; i++)
			got[i] += found == sk[i];
	}
	for (u32 i = 0; i < 3; i++)
		assert_in_range(got[i], 850, 1150); /* 1000 each */
}

/* SO_BINDTODEVICE: what comes by another device is not for it, and the port is free there. */
static void bound_to_devices(void **state)
{
	int lo = udp_socket(), eth = udp_socket(), any = udp_socket();

	set_int(lo, 1, 62 /* SO_BINDTOIFINDEX */, init_net.loopback_dev->ifindex);
	set_int(eth, 1, 62, eth0.dev.ifindex);
	assert_int_equal(bind_to(lo, 0, OUR_PORT), 0);
	assert_null(lookup(PEER_IP, PEER_PORT, OUR_IP, OUR_PORT));
	assert_int_equal(bind_to(eth, 0, OUR_PORT), 0);
	assert_ptr_equal(lookup(PEER_IP, PEER_PORT, OUR_IP, OUR_PORT), sk_of(eth));
	assert_int_equal(bind_to(any, 0, OUR_PORT), -EADDRINUSE);
}

/* The more a socket names of a datagram the more it is for it. */
static void whose_datagram(void **state)
{
	struct sockaddr_in to = inet_addr_of(PEER_IP, PEER_PORT);
	int any = udp_socket(), bound = udp_socket(), connected = udp_socket();

	set_int(any, 1, SO_REUSEADDR, 1);
	set_int(bound, 1, SO_REUSEADDR, 1);
	set_int(connected, 1, SO_REUSEADDR, 1);
	assert_int_equal(
		bind_to(connected, OUR_IP, OUR_PORT), 0); /* of equals it would be the last */
	assert_int_equal(sys_connect(connected, user(&to), 16), 0);
	assert_int_equal(bind_to(bound, OUR_IP, OUR_PORT), 0);
	assert_int_equal(bind_to(any, 0, OUR_PORT), 0);
	assert_ptr_equal(lookup(PEER_IP, PEER_PORT, OUR_IP, OUR_PORT), sk_of(connected));
	assert_ptr_equal(lookup(PEER_IP, PEER_PORT + 1, OUR_IP, OUR_PORT), sk_of(bound));
	assert_ptr_equal(lookup(FAR_IP, PEER_PORT, OUR_IP, OUR_PORT), sk_of(bound));
	assert_ptr_equal(lookup(PEER_IP, PEER_PORT, 0x7f000001, OUR_PORT), sk_of(any));
	assert_null(lookup(PEER_IP, PEER_PORT, OUR_IP, OUR_PORT + 64));
	fd_close(&init_task.files, connected);
	assert_ptr_equal(lookup(PEER_IP, PEER_PORT, OUR_IP, OUR_PORT), sk_of(bound));
}

static void no_memory(void **state)
{
	struct net net = { .genid = 1 };
	int err = 0;

	host_fail_commit(1, true);
	for (u32 i = 0; i < 8 && !err; i++) /* a page has room for a few */
		err = udp_init(&net);
	assert_int_equal(err, -ENOMEM);
	host_fail_commit(0, false);
}

int main(void)
{
	const struct CMUnitTest udp_port[] = {
		STACK_TEST(random_ports),
		STACK_TEST(every_port_is_found),
		STACK_TEST(conflicts),
		STACK_TEST(both_may_share),
		STACK_TEST(the_last_one_wins),
		STACK_TEST(flows_are_shared),
		STACK_TEST(bound_to_devices),
		STACK_TEST(whose_datagram),
		STACK_TEST(no_memory),
	};

	return cmocka_run_group_tests(udp_port, NULL, NULL);
}
