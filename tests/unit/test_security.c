/* SPDX-License-Identifier: MIT
 * test_security.c - security hooks: each of them refuses, the first refusal wins.
 * Not here: modules that ship.
 * cmocka calls in; the modules are this file's.
 * Behaves as Linux's LSM: hooks are lists. */
#include "kernel/security/security.h"
#include "tests/unit/stack.h"

static int asked, answer;
static u16 port_seen;

static int create(int family, int type, int protocol)
{
	assert_int_equal(family, AF_INET);
	assert_int_equal(type, SOCK_DGRAM);
	assert_int_equal(protocol, 0);
	asked++;
	return answer;
}

static int on_address(struct socket *sock, const struct sockaddr_storage *addr, u32 len)
{
	assert_non_null(sock);
	assert_int_equal(len, 16);
	port_seen = be16_to_cpu(addr->in.sin_port);
	asked++;
	return answer;
}

static int on_message(struct socket *sock, struct msghdr *msg, size_t len)
{
	assert_non_null(sock);
	assert_non_null(msg);
	assert_int_equal(len, 6);
	asked++;
	return answer;
}

static struct security_hook_list hooks[] = {
	{ .hook = SECURITY_SOCKET_CREATE, .socket_create = create },
	{ .hook = SECURITY_SOCKET_BIND, .socket_bind = on_address },
	{ .hook = SECURITY_SOCKET_CONNECT, .socket_connect = on_address },
	{ .hook = SECURITY_SOCKET_SENDMSG, .socket_sendmsg = on_message },
	{ .hook = SECURITY_SOCKET_RECVMSG, .socket_recvmsg = on_message },
};

static void each_hook(int refusal)
{
	struct sockaddr_in at = inet_addr_of(OUR_IP, OUR_PORT),
			   to = inet_addr_of(PEER_IP, PEER_PORT);
	char buf[6];
	int fd;

	answer = 0;
	fd = udp_socket();
	answer = refusal;
	assert_int_equal(sys_socket(AF_INET, SOCK_DGRAM, 0), refusal ? refusal : fd + 1);
	assert_int_equal(sys_bind(fd, user(&at), 16), refusal);
	assert_int_equal(port_seen, OUR_PORT);
	assert_int_equal(sys_connect(fd, user(&to), 16), refusal);
	assert_int_equal(port_seen, PEER_PORT);
	assert_int_equal(
		sys_sendto(fd, user("muffin"), 6, 0, user(&to), 16), refusal ? refusal : 6);
	assert_int_equal(
		sys_recvfrom(fd, user(buf), 6, MSG_DONTWAIT, 0, 0), refusal ? refusal : -EAGAIN);
}

static void refused(void **state)
{
	security_add_hooks(hooks, ARRAY_SIZE(hooks));
	each_hook(-EACCES);
	assert_int_equal(asked, 6);
	assert_int_equal(eth0.sent_n, 0);
	assert_int_equal(init_net.mib.ip_out_requests, 0);
}

static void let_pass(void **state)
{
	security_add_hooks(hooks, ARRAY_SIZE(hooks));
	each_hook(0);
	assert_int_equal(asked, 6);
}

/* A refused bind has bound nothing, and the next one may. */
static void refusal_changes_nothing(void **state)
{
	struct sockaddr_in at = inet_addr_of(OUR_IP, OUR_PORT);
	int fd = udp_socket();

	security_add_hooks(hooks, ARRAY_SIZE(hooks));
	answer = -EPERM;
	assert_int_equal(sys_bind(fd, user(&at), 16), -EPERM);
	answer = 0;
	assert_int_equal(sys_bind(fd, user(&at), 16), 0);
}

static int first_asked, second_asked, first_answer;

static int first(int family, int type, int protocol)
{
	first_asked++;
	return first_answer;
}

static int second(int family, int type, int protocol)
{
	second_asked++;
	return -EACCES;
}

static void first_refusal_wins(void **state)
{
	struct security_hook_list one[] = { { .hook = SECURITY_SOCKET_CREATE,
		.socket_create = first } },
				  two[] = { { .hook = SECURITY_SOCKET_CREATE,
					  .socket_create = second } };

	security_add_hooks(one, 1);
	security_add_hooks(two, 1);
	first_answer = -EPERM;
	assert_int_equal(sys_socket(AF_INET, SOCK_DGRAM, 0), -EPERM);
	assert_int_equal(second_asked, 0);
	first_answer = 0;
	assert_int_equal(sys_socket(AF_INET, SOCK_DGRAM, 0), -EACCES);
	assert_int_equal(first_asked, 2);
	assert_int_equal(second_asked, 1);
}

int main(void)
{
	const struct CMUnitTest security[] = {
		STACK_TEST(refused),
		STACK_TEST(let_pass),
		STACK_TEST(refusal_changes_nothing),
		STACK_TEST(first_refusal_wins),
	};

	return cmocka_run_group_tests(security, NULL, NULL);
}
