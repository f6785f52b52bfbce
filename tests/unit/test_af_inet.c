/* SPDX-License-Identifier: MIT
 * test_af_inet.c - binding, connecting, names, shutting down: AF_INET's own rules.
 * Not here: which port is free (test_udp_port.c), options (test_sockopt.c).
 * cmocka calls in; it calls the system calls.
 * Source: bind(2), connect(2), shutdown(2), ip(7). */
#include "net/socket/sockopt.h"
#include "tests/unit/stack.h"

static long bind_to(int fd, struct sockaddr_in at)
{
	return sys_bind(fd, user(&at), sizeof(at));
}

static long connect_to(int fd, struct sockaddr_in to)
{
	return sys_connect(fd, user(&to), sizeof(to));
}

static struct sockaddr_in name_of(int fd)
{
	struct sockaddr_in name = { 0 };
	s32 len = sizeof(name);

	assert_int_equal(sys_getsockname(fd, user(&name), user(&len)), 0);
	return name;
}

static void addresses_one_may_bind_to(void **state)
{
	static const u32 ours[] = { 0, OUR_IP, 0x7f000001, 0x7f112233, 0x0a0000ff, 0xffffffff,
		0xe0000001 };
	static const u32 strange[] = { PEER_IP, 0x08080808, 0x0a000100 };

	for (u32 i = 0; i < ARRAY_SIZE(ours); i++)
		assert_int_equal(bind_to(udp_socket(), inet_addr_of(ours[i], (u16)(6000 + i))), 0);
	for (u32 i = 0; i < ARRAY_SIZE(strange); i++)
		assert_int_equal(
			bind_to(udp_socket(), inet_addr_of(strange[i], 7000)), -EADDRNOTAVAIL);
}

static void families_one_may_bind_to(void **state)
{
	struct sockaddr_in at = inet_addr_of(0, 7000);

	at.sin_family = 10;
	assert_int_equal(bind_to(udp_socket(), at), -EAFNOSUPPORT);
	at.sin_family = AF_UNSPEC; /* 4.2BSD's habit, for INADDR_ANY only */
	assert_int_equal(bind_to(udp_socket(), at), 0);
	at = inet_addr_of(OUR_IP, 7001);
	at.sin_family = AF_UNSPEC;
	assert_int_equal(bind_to(udp_socket(), at), -EAFNOSUPPORT);
}

static void binding_twice(void **state)
{
	int fd = udp_socket_at(OUR_IP, OUR_PORT), sent = udp_socket();

	assert_int_equal(bind_to(fd, inet_addr_of(0, 6000)), -EINVAL);
	assert_int_equal(be16_to_cpu(name_of(fd).sin_port), OUR_PORT);
	stack_know_peer();
	send_to(sent, "x", 1, 0, PEER_IP, PEER_PORT); /* bound itself */
	assert_int_equal(bind_to(sent, inet_addr_of(0, 6000)), -EINVAL);
}

/* A port that is taken must leave the socket as it was. */
static void binding_fails_cleanly(void **state)
{
	int fd = udp_socket();

	udp_socket_at(0, OUR_PORT);
	assert_int_equal(bind_to(fd, inet_addr_of(OUR_IP, OUR_PORT)), -EADDRINUSE);
	assert_int_equal(be32_to_cpu(name_of(fd).sin_addr), 0);
	assert_int_equal(bind_to(fd, inet_addr_of(OUR_IP, OUR_PORT + 1)), 0);
}

static void names(void **state)
{
	int fd = udp_socket();
	struct sockaddr_in peer;
	s32 len = sizeof(peer);

	assert_int_equal(be16_to_cpu(name_of(fd).sin_port), 0);
	assert_int_equal(connect_to(fd, inet_addr_of(PEER_IP, PEER_PORT)), 0);
	assert_int_equal(be32_to_cpu(name_of(fd).sin_addr), OUR_IP); /* routing chose it */
	assert_in_range(be16_to_cpu(name_of(fd).sin_port), 32768, 60999);
	assert_int_equal(sys_getpeername(fd, user(&peer), user(&len)), 0);
	assert_int_equal(be32_to_cpu(peer.sin_addr), PEER_IP);
	assert_int_equal(be16_to_cpu(peer.sin_port), PEER_PORT);
}

static void connecting(void **state)
{
	struct sockaddr_in to = inet_addr_of(PEER_IP, PEER_PORT);
	int fd = udp_socket();

	assert_int_equal(sys_connect(fd, user(&to), 15), -EINVAL);
	to.sin_family = 10;
	assert_int_equal(connect_to(fd, to), -EAFNOSUPPORT);
	to.sin_family = AF_UNSPEC;
	assert_int_equal(sys_connect(fd, user(&to), 2), 0);              /* the family is enough */
	assert_int_equal(connect_to(fd, inet_addr_of(0, PEER_PORT)), 0); /* this host */
	assert_int_equal(be32_to_cpu(name_of(fd).sin_addr), 0x7f000001);
}

/* Port 0 is a port: datagrams go there, and only getpeername takes it for none. */
static void connecting_to_port_0(void **state)
{
	struct sockaddr_in peer;
	s32 len = sizeof(peer);
	int fd = udp_socket_at(0, OUR_PORT);

	stack_know_peer();
	assert_int_equal(connect_to(fd, inet_addr_of(PEER_IP, 0)), 0);
	assert_int_equal(be32_to_cpu(name_of(fd).sin_addr), OUR_IP);
	assert_int_equal(sys_getpeername(fd, user(&peer), user(&len)), -ENOTCONN);
	for (u32 i = 0; i < 2; i++)
		assert_int_equal(sys_sendto(fd, user("muffin"), 6, 0, 0, 0), 6);
	assert_int_equal(eth0.sent_n, 2);
	assert_int_equal(get16(eth0.sent[1].bytes + 36), 0);
	inject_hex(FRAME_CRUMBS); /* from any port of the peer's */
	assert_int_equal(sk_of(fd)->sk_receive_queue.n, 1);
	assert_int_equal(send_to(fd, "muffin", 6, 0, PEER_IP, 0), -EINVAL); /* by name it is none */
}

/* What a disconnect takes away: the peer, the address that came with it, and the device. */
static void disconnecting(void **state)
{
	struct sockaddr_in nobody = { .sin_family = AF_UNSPEC };
	int fd = udp_socket_at(0, OUR_PORT);

	set_int(fd, SOL_SOCKET, SO_BINDTOIFINDEX, eth0.dev.ifindex);
	assert_int_equal(connect_to(fd, inet_addr_of(PEER_IP, PEER_PORT)), 0);
	assert_int_equal(connect_to(fd, nobody), 0);
	assert_int_equal(sk_of(fd)->sk_bound_dev_if, 0);
	assert_int_equal(be32_to_cpu(name_of(fd).sin_addr), 0);
	assert_int_equal(be16_to_cpu(name_of(fd).sin_port), OUR_PORT);
	assert_int_equal(sys_sendto(fd, user("x"), 1, 0, 0, 0), -EDESTADDRREQ);
}

static void shutting_down(void **state)
{
	int fd = udp_socket(), unconnected = udp_socket();
	struct file *file = fd_get(&init_task.files, fd);
	char buf[8];

	assert_int_equal(sys_shutdown(unconnected, 2), -ENOTCONN); /* and yet it is */
	assert_int_equal(send_to(unconnected, "x", 1, 0, PEER_IP, PEER_PORT), -EPIPE);
	assert_int_equal(connect_to(fd, inet_addr_of(PEER_IP, PEER_PORT)), 0);
	assert_int_equal(sys_shutdown(fd, 3), -EINVAL);
	assert_int_equal(sys_shutdown(fd, -1), -EINVAL);
	assert_int_equal(sys_shutdown(fd, 0), 0);
	assert_int_equal(sys_recvfrom(fd, user(buf), 8, 0, 0, 0), 0);
	assert_int_equal(
		file->ops->poll(file, POLL_ALL), POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM);
	assert_int_equal(sys_shutdown(fd, 1), 0);
	assert_int_equal(file->ops->poll(file, POLL_ALL) & POLLHUP, POLLHUP);
	assert_int_equal(sys_sendto(fd, user("x"), 1, 0, 0, 0), -EPIPE);
}

/* ---- ourselves ----------------------------------------------------------------------------- */

static void to_ourselves_over_lo(void **state)
{
	static const u32 we[] = { 0, OUR_IP, 0x7f000001, 0x7f010203 };
	int fd = udp_socket_at(0, OUR_PORT);
	struct sockaddr_in from;
	s32 len = sizeof(from);
	char buf[8];

	for (u32 i = 0; i < ARRAY_SIZE(we); i++) {
		assert_int_equal(send_to(fd, "muffin", 6, 0, we[i], OUR_PORT), 6);
		assert_int_equal(sys_recvfrom(fd, user(buf), 8, 0, user(&from), user(&len)), 6);
		assert_memory_equal(buf, "muffin", 6);
		assert_int_equal(be32_to_cpu(from.sin_addr), we[i] == OUR_IP ? OUR_IP : 0x7f000001);
	}
	assert_int_equal(eth0.sent_n, 0);
	assert_int_equal(init_net.loopback_dev->stats.tx_packets, 4);
	assert_int_equal(init_net.loopback_dev->stats.rx_packets, 4);
}

static void nobody_at_home(void **state)
{
	struct sockaddr_in to = inet_addr_of(0x7f000001, 9);
	int fd = udp_socket();

	assert_int_equal(sys_connect(fd, user(&to), 16), 0);
	assert_int_equal(sys_sendto(fd, user("x"), 1, 0, 0, 0), 1);
	stack_step(20);
	assert_int_equal(sys_sendto(fd, user("x"), 1, 0, 0, 0), -ECONNREFUSED);
}

int main(void)
{
	const struct CMUnitTest af_inet[] = {
		STACK_TEST(addresses_one_may_bind_to),
		STACK_TEST(families_one_may_bind_to),
		STACK_TEST(binding_twice),
		STACK_TEST(binding_fails_cleanly),
		STACK_TEST(names),
		STACK_TEST(connecting),
		STACK_TEST(connecting_to_port_0),
		STACK_TEST(disconnecting),
		STACK_TEST(shutting_down),
		STACK_TEST(to_ourselves_over_lo),
		STACK_TEST(nobody_at_home),
	};

	return cmocka_run_group_tests(af_inet, NULL, NULL);
}
