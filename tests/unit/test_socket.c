/* SPDX-License-Identifier: MIT
 * test_socket.c - the system calls: descriptors, addresses across the border, each errno.
 * Not here: what a family does with a good call (test_af_inet.c, test_udp.c).
 * cmocka calls in; it calls sys_* as ring 3 would.
 * Source: the Linux man pages, section 2. */
#include "kernel/lib/string.h"
#include "tests/unit/stack.h"

/* struct msghdr as the program has it */
struct user_message {
	u64 name;
	u32 namelen, pad;
	u64 iov, iovlen, control, controllen;
	u32 flags, pad2;
};

#define BAD_POINTER 16ul

static const struct file_operations no_socket = { .mode = S_IFREG };

static int plain_file(void)
{
	int fd = fd_install(&init_task.files, file_new(&no_socket, NULL, O_RDWR), 0);

	assert_true(fd >= 0);
	return fd;
}

/* ---- socket -------------------------------------------------------------------------------- */

static void kinds_of_sockets(void **state)
{
	assert_int_equal(sys_socket(AF_INET, SOCK_DGRAM, 0), 0);
	assert_int_equal(sys_socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP), 1);
	assert_int_equal(sys_socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), 2);
	assert_true(fd_get(&init_task.files, 2)->flags & O_NONBLOCK);
	for (u32 flag = SOCK_TYPE_MASK + 1; flag != 0; flag <<= 1)
		if (!(flag & (SOCK_NONBLOCK | SOCK_CLOEXEC)))
			assert_int_equal(sys_socket(AF_INET, SOCK_DGRAM | flag, 0), -EINVAL);
	assert_int_equal(sys_socket(AF_INET, 12, 0), -EINVAL);
	assert_int_equal(sys_socket(1, SOCK_DGRAM, 0), -EAFNOSUPPORT);
	assert_int_equal(sys_socket(PF_MAX, SOCK_DGRAM, 0), -EAFNOSUPPORT);
	assert_int_equal(sys_socket(-1, SOCK_DGRAM, 0), -EAFNOSUPPORT);
	assert_int_equal(sys_socket(AF_INET, SOCK_STREAM, 0), -ESOCKTNOSUPPORT);
	assert_int_equal(sys_socket(AF_INET, 0, 0), -ESOCKTNOSUPPORT);
	assert_int_equal(sys_socket(AF_INET, SOCK_DGRAM, IPPROTO_TCP), -EPROTONOSUPPORT);
	assert_int_equal(sys_socket(AF_INET, SOCK_DGRAM, 262), -EPROTONOSUPPORT);
	assert_int_equal(sys_socket(AF_INET, SOCK_DGRAM, 263), -EINVAL);
	assert_int_equal(sys_socket(AF_INET, SOCK_DGRAM, -1), -EINVAL);
}

static void descriptors_run_out(void **state)
{
	long err = 0;

	for (int i = 0; i < FDS_MAX; i++)
		assert_int_equal(sys_socket(AF_INET, SOCK_DGRAM, 0), i);
	for (int i = 0; i < 1000; i++)
		err = sys_socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(err, -EMFILE);
	fd_close(&init_task.files, 7);
	assert_int_equal(sys_socket(AF_INET, SOCK_DGRAM, 0), 7);
}

/* Every refusal gives back what it had taken: memory stays where it is. */
static void closing_gives_back(void **state)
{
	size_t out;

	fd_close(&init_task.files, udp_socket());
	out = host_mem_out();
	for (int i = 0; i < 5000; i++) {
		fd_close(&init_task.files, udp_socket_at(0, OUR_PORT));
		sys_socket(AF_INET, SOCK_DGRAM, IPPROTO_TCP);
	}
	assert_int_equal(host_mem_out(), out);
}

/* Memory ends at each of the pages a socket needs: its socket, its sock, its file. */
static void no_memory(void **state)
{
	long answers[3] = { 0 };

	for (unsigned n = 1; n <= 3; n++) {
		host_fail_commit(min(n, 2u), true); /* the page before is there by now */
		answers[n - 1] = sys_socket(AF_INET, SOCK_DGRAM, 0);
		host_fail_commit(0, false);
	}
	assert_int_equal(answers[0], -ENOMEM);
	assert_int_equal(answers[1], -ENOBUFS);
	assert_int_equal(answers[2], -ENOMEM);
	assert_true(sys_socket(AF_INET, SOCK_DGRAM, 0) >= 0);
}

/* ---- descriptors --------------------------------------------------------------------------- */

static void each_call_wants_a_socket(u64 fd, long err)
{
	u8 room[64] = { 0 };

	assert_int_equal(sys_bind(fd, user(room), 16), err);
	assert_int_equal(sys_connect(fd, user(room), 16), err);
	assert_int_equal(sys_getsockname(fd, user(room), user(room)), err);
	assert_int_equal(sys_getpeername(fd, user(room), user(room)), err);
	assert_int_equal(sys_shutdown(fd, 0), err);
	assert_int_equal(sys_setsockopt(fd, 1, 6, user(room), 4), err);
	assert_int_equal(sys_getsockopt(fd, 1, 6, user(room), user(room)), err);
	assert_int_equal(sys_sendto(fd, user(room), 1, 0, 0, 0), err);
	assert_int_equal(sys_recvfrom(fd, user(room), 1, MSG_DONTWAIT, 0, 0), err);
	assert_int_equal(sys_sendmsg(fd, user(room), 0), err);
	assert_int_equal(sys_recvmsg(fd, user(room), MSG_DONTWAIT), err);
}

static void bad_descriptors(void **state)
{
	each_call_wants_a_socket(0, -EBADF);
	each_call_wants_a_socket(FDS_MAX, -EBADF);
	each_call_wants_a_socket((u64)-1, -EBADF);
	each_call_wants_a_socket((u64)plain_file(), -ENOTSOCK);
}

/* ---- addresses ----------------------------------------------------------------------------- */

static void addresses_in(void **state)
{
	int fd = udp_socket();
	struct sockaddr_storage a = { .in = inet_addr_of(OUR_IP, OUR_PORT) };

	assert_int_equal(sys_bind(fd, user(&a), 129), -EINVAL);
	assert_int_equal(sys_bind(fd, user(&a), UINT32_MAX), -EINVAL);
	assert_int_equal(sys_bind(fd, BAD_POINTER, 16), -EFAULT);
	assert_int_equal(sys_bind(fd, user(&a), 15), -EINVAL);
	assert_int_equal(sys_bind(fd, 0, 0), -EINVAL);
	assert_int_equal(sys_connect(fd, user(&a), 129), -EINVAL);
	assert_int_equal(sys_connect(fd, BAD_POINTER, 16), -EFAULT);
	assert_int_equal(sys_connect(fd, user(&a), 1), -EINVAL);
	assert_int_equal(sys_sendto(fd, user("x"), 1, 0, user(&a), 129), -EINVAL);
	assert_int_equal(sys_sendto(fd, user("x"), 1, 0, BAD_POINTER, 16), -EFAULT);
	assert_int_equal(sys_bind(fd, user(&a), 128), 0); /* longer than it need be */
}

static void addresses_out(void **state)
{
	int fd = udp_socket_at(OUR_IP, OUR_PORT);
	struct sockaddr_in a, untouched;
	s32 len = sizeof(a);

	assert_int_equal(sys_getsockname(fd, user(&a), user(&len)), 0);
	assert_int_equal(len, 16);
	assert_int_equal(a.sin_family, AF_INET);
	assert_int_equal(be16_to_cpu(a.sin_port), OUR_PORT);
	assert_int_equal(be32_to_cpu(a.sin_addr), OUR_IP);
	memset(&untouched, 0x77, sizeof(untouched));
	a = untouched;
	len = 4; /* cut, and the real length told */
	assert_int_equal(sys_getsockname(fd, user(&a), user(&len)), 0);
	assert_int_equal(len, 16);
	assert_memory_equal((u8 *)&a + 4, &untouched, 12);
	len = -1;
	assert_int_equal(sys_getsockname(fd, user(&a), user(&len)), -EINVAL);
	len = 16;
	assert_int_equal(sys_getsockname(fd, BAD_POINTER, user(&len)), -EFAULT);
	assert_int_equal(sys_getsockname(fd, user(&a), BAD_POINTER), -EFAULT);
	assert_int_equal(sys_getpeername(fd, user(&a), user(&len)), -ENOTCONN);
}

static void options_across_the_border(void **state)
{
	int fd = udp_socket();
	int value = 1;
	s32 len = 4;

	assert_int_equal(sys_setsockopt(fd, 1, 6, user(&value), UINT32_MAX), -EINVAL);
	assert_int_equal(sys_setsockopt(fd, 1, 6, BAD_POINTER, 4), -EFAULT);
	assert_int_equal(sys_getsockopt(fd, 1, 6, user(&value), BAD_POINTER), -EFAULT);
	assert_int_equal(sys_getsockopt(fd, 1, 6, BAD_POINTER, user(&len)), -EFAULT);
	len = -1;
	assert_int_equal(sys_getsockopt(fd, 1, 6, user(&value), user(&len)), -EINVAL);
}

/* ---- messages ------------------------------------------------------------------------------ */

static void message_in_pieces(void **state)
{
	struct sockaddr_in to = inet_addr_of(PEER_IP, PEER_PORT);
	struct iovec iov[5] = { { NULL, 0 }, { "mu", 2 }, { NULL, 0 }, { "f", 1 }, { "fin", 3 } };
	struct user_message m = { .name = user(&to), .namelen = 16, .iov = user(iov), .iovlen = 5 };
	int fd = udp_socket_at(0, OUR_PORT);

	stack_know_peer();
	assert_int_equal(sys_sendmsg(fd, user(&m), 0), 6);
	assert_frame(0, FRAME_MUFFIN);
}

static void messages_refused(void **state)
{
	static struct iovec many[1025];
	struct sockaddr_in to = inet_addr_of(PEER_IP, PEER_PORT);
	struct iovec iov[2] = { { "x", 1 }, { "y", 1 } };
	const struct user_message good = {
		.name = user(&to), .namelen = 16, .iov = user(iov), .iovlen = 1
	};
	struct user_message m = good;
	int fd = udp_socket();

	assert_int_equal(sys_sendmsg(fd, BAD_POINTER, 0), -EFAULT);
	m.iov = BAD_POINTER;
	assert_int_equal(sys_sendmsg(fd, user(&m), 0), -EFAULT);
	m = good;
	m.iov = user(many);
	m.iovlen = 1025;
	assert_int_equal(sys_sendmsg(fd, user(&m), 0), -EMSGSIZE);
	m = good;
	m.name = BAD_POINTER;
	assert_int_equal(sys_sendmsg(fd, user(&m), 0), -EFAULT);
	m = good;
	m.namelen = (u32)-1;
	assert_int_equal(sys_sendmsg(fd, user(&m), 0), -EINVAL);
	m = good;
	m.controllen = 16;
	assert_int_equal(sys_sendmsg(fd, user(&m), 0), -EFAULT);
	m = good;
	iov[0].len = (size_t)-1;
	assert_int_equal(sys_sendmsg(fd, user(&m), 0), -EINVAL);
	m.name = 0;
	iov[0].len = 1;
	assert_int_equal(sys_sendmsg(fd, user(&m), 0), -EDESTADDRREQ);
}

/* Lengths beyond what one call may take are cut (readv(2)), then too long for a datagram. */
static void lengths_do_not_wrap(void **state)
{
	struct iovec iov[3] = { { "x", INT64_MAX }, { "y", INT64_MAX }, { "z", 2 } };
	struct sockaddr_in to = inet_addr_of(PEER_IP, PEER_PORT);
	struct user_message m = { .name = user(&to), .namelen = 16, .iov = user(iov), .iovlen = 3 };
	int fd = udp_socket();

	assert_int_equal(sys_sendmsg(fd, user(&m), 0), -EMSGSIZE);
	assert_int_equal(sys_sendto(fd, user("x"), (u64)-1, 0, user(&to), 16), -EMSGSIZE);
}

static void receive_a_message(void **state)
{
	struct sockaddr_in from;
	char a[2], b[10];
	struct iovec iov[2] = { { a, 2 }, { b, 10 } };
	struct user_message m = {
		.name = user(&from), .namelen = 16, .iov = user(iov), .iovlen = 2, .controllen = 99
	};
	int fd = udp_socket_at(0, OUR_PORT);

	inject_hex(FRAME_CRUMBS);
	assert_int_equal(sys_recvmsg(fd, user(&m), 0), 6);
	assert_memory_equal(a, "cr", 2);
	assert_memory_equal(b, "umbs", 4);
	assert_int_equal(be32_to_cpu(from.sin_addr), PEER_IP);
	assert_int_equal(m.namelen, 16);
	assert_int_equal(m.controllen, 0);
	assert_int_equal(m.flags, 0);
	inject_hex(FRAME_CRUMBS);
	m.iovlen = 1;
	assert_int_equal(sys_recvmsg(fd, user(&m), 0), 2);
	assert_int_equal(m.flags, MSG_TRUNC);
}

static void receptions_refused(void **state)
{
	char buf[8];
	struct iovec iov[1] = { { buf, 8 } };
	struct user_message m = { .iov = user(iov), .iovlen = 1 };
	int fd = udp_socket_at(0, OUR_PORT);
	struct sockaddr_in from;
	s32 len = -1;

	assert_int_equal(sys_recvmsg(fd, BAD_POINTER, 0), -EFAULT);
	m.iov = BAD_POINTER;
	assert_int_equal(sys_recvmsg(fd, user(&m), 0), -EFAULT);
	m.iov = user(iov);
	assert_int_equal(sys_recvmsg(fd, user(&m), MSG_DONTWAIT), -EAGAIN);
	inject_hex(FRAME_CRUMBS);
	m.name = BAD_POINTER;
	m.namelen = 16;
	assert_int_equal(sys_recvmsg(fd, user(&m), 0), -EFAULT);
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(sys_recvfrom(fd, BAD_POINTER, 8, 0, 0, 0), -EFAULT);
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(sys_recvfrom(fd, user(buf), 8, 0, user(&from), user(&len)), -EINVAL);
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(sys_recvfrom(fd, user(buf), 8, 0, user(&from), BAD_POINTER), -EFAULT);
}

static void received_from(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);
	struct sockaddr_in from;
	s32 len = sizeof(from);
	char buf[8];

	inject_hex(FRAME_CRUMBS);
	assert_int_equal(sys_recvfrom(fd, user(buf), 8, 0, user(&from), user(&len)), 6);
	assert_int_equal(from.sin_family, AF_INET);
	assert_int_equal(be32_to_cpu(from.sin_addr), PEER_IP);
	assert_int_equal(be16_to_cpu(from.sin_port), PEER_PORT);
	assert_int_equal(len, 16);
}

/* ---- a socket is a file -------------------------------------------------------------------- */

static void read_write_poll(void **state)
{
	struct sockaddr_in to = inet_addr_of(PEER_IP, PEER_PORT);
	int fd = udp_socket_at(0, OUR_PORT);
	struct file *file = fd_get(&init_task.files, fd);
	char buf[8];

	stack_know_peer();
	assert_int_equal(file->ops->mode, S_IFSOCK | 0777);
	assert_int_equal(file->ops->write(file, "muffin", 6), -EDESTADDRREQ);
	assert_int_equal(sys_connect(fd, user(&to), 16), 0);
	assert_int_equal(file->ops->write(file, "muffin", 6), 6);
	assert_frame(0, FRAME_MUFFIN);
	assert_int_equal(file->ops->poll(file, POLL_ALL), POLLOUT | POLLWRNORM);
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(
		file->ops->poll(file, POLL_ALL), POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM);
	assert_int_equal(file->ops->read(file, buf, 8), 6);
	file->flags |= O_NONBLOCK;
	assert_int_equal(file->ops->read(file, buf, 8), -EAGAIN);
	inject_hex(FRAME_TOLD_PORT);
	assert_int_equal(file->ops->poll(file, POLL_ALL), POLLERR | POLLOUT | POLLWRNORM);
	eth0.stuck = true;
	assert_int_equal(file->ops->write(file, "muffin", 6), -ECONNREFUSED);
	while (eth0.dev.tx_room > 0)
		file->ops->write(file, "muffin", 6);
	assert_int_equal(file->ops->write(file, "muffin", 6), -EAGAIN);
	assert_int_equal(sys_sendto(fd, user("x"), 1, 0, 0, 0), -EAGAIN);
	assert_int_equal(file->ops->poll(file, POLL_ALL), 0);
}

/* O_NONBLOCK is MSG_DONTWAIT for every call. */
static void nonblocking(void **state)
{
	struct sockaddr_in to = inet_addr_of(PEER_IP, PEER_PORT);
	int fd = (int)sys_socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	char buf[8];
	struct iovec iov[1] = { { buf, 8 } };
	struct user_message m = { .iov = user(iov), .iovlen = 1 };

	stack_know_peer();
	assert_int_equal(sys_recvfrom(fd, user(buf), 8, 0, 0, 0), -EAGAIN);
	assert_int_equal(sys_recvmsg(fd, user(&m), 0), -EAGAIN);
	eth0.stuck = true;
	while (eth0.dev.tx_room > 0)
		assert_int_equal(sys_sendto(fd, user("x"), 1, 0, user(&to), 16), 1);
	assert_int_equal(sys_sendto(fd, user("x"), 1, 0, user(&to), 16), -EAGAIN);
	m.name = user(&to);
	m.namelen = 16;
	assert_int_equal(sys_sendmsg(fd, user(&m), 0), -EAGAIN);
	assert_int_equal(host_idles(), 0);
}

/* ---- families ------------------------------------------------------------------------------ */

static void registering_families(void **state)
{
	static const struct net_proto_family beyond = { .family = PF_MAX }, again = { .family = 2 },
					     negative = { .family = -1 };

	assert_int_equal(sock_register(&beyond), -ENOBUFS);
	assert_int_equal(sock_register(&negative), -ENOBUFS);
	assert_int_equal(sock_register(&again), -EEXIST);
}

/* A family that can do nothing: what is missing is said, not called. */
static void poor_release(struct socket *sock)
{
}

static const struct proto_ops poor_ops = { .family = 5, .release = poor_release };

static int poor_create(struct net *net, struct socket *sock, int protocol)
{
	sock->ops = &poor_ops;
	return 0;
}

static void missing_operations(void **state)
{
	static const struct net_proto_family poor = { .family = 5, .create = poor_create };
	struct sockaddr_in a = inet_addr_of(0, 0);
	long fd;

	assert_int_equal(sock_register(&poor), 0);
	fd = sys_socket(5, SOCK_DGRAM, 0);
	assert_true(fd >= 0);
	assert_int_equal(sys_bind(fd, user(&a), 16), -EOPNOTSUPP);
	assert_int_equal(sys_connect(fd, user(&a), 16), -EOPNOTSUPP);
	assert_int_equal(sys_shutdown(fd, 0), -EOPNOTSUPP);
}

int main(void)
{
	const struct CMUnitTest sockets[] = {
		STACK_TEST(kinds_of_sockets),
		STACK_TEST(descriptors_run_out),
		STACK_TEST(closing_gives_back),
		STACK_TEST(no_memory),
		STACK_TEST(bad_descriptors),
		STACK_TEST(addresses_in),
		STACK_TEST(addresses_out),
		STACK_TEST(options_across_the_border),
		STACK_TEST(message_in_pieces),
		STACK_TEST(messages_refused),
		STACK_TEST(lengths_do_not_wrap),
		STACK_TEST(receive_a_message),
		STACK_TEST(receptions_refused),
		STACK_TEST(received_from),
		STACK_TEST(read_write_poll),
		STACK_TEST(nonblocking),
		STACK_TEST(registering_families),
		STACK_TEST(missing_operations),
	};

	return cmocka_run_group_tests(sockets, NULL, NULL);
}
