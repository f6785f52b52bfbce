/* SPDX-License-Identifier: MIT
 * test_errqueue.c - errors with their circumstances: IP_RECVERR and MSG_ERRQUEUE.
 * Not here: which errors there are (test_icmp.c).
 * cmocka calls in; frames come from scapy.
 * Source: ip(7), IP_RECVERR; RFC 792. */
#include "kernel/lib/string.h"
#include "net/socket/socket_user.h"
#include "net/socket/sockopt.h"
#include "net/udp/errqueue.h"
#include "tests/unit/stack.h"

enum {
	IP = 14,
	SADDR = IP + 12,
	ICMP = IP + 20,
	QUOTED = ICMP + 8,
	PAYLOAD = QUOTED + 28
};

/* What the program finds in its control message. */
struct told {
	struct cmsghdr header;
	u32 err;
	u8 origin, type, code, pad;
	u32 info, data;
	struct sockaddr_in offender;
};

static struct user_msghdr um;
static struct iovec piece;
static struct sockaddr_in to;
static u8 control[256];
static char payload[64];

static long read_error(int fd)
{
	piece = (struct iovec){ payload, sizeof(payload) };
	um = (struct user_msghdr){ .name = user(&to),
		.namelen = sizeof(to),
		.iov = user(&piece),
		.iovlen = 1,
		.control = user(control),
		.controllen = sizeof(control) };
	memset(control, 0, sizeof(control));
	return sys_recvmsg(fd, user(&um), MSG_ERRQUEUE);
}

static const struct told *told(u32 at)
{
	return (const void *)(control + at);
}

static int asking(void)
{
	int fd = udp_socket_at(0, OUR_PORT);

	stack_know_peer();
	assert_int_equal(set_int(fd, SOL_IP, IP_RECVERR, 1), 0);
	return fd;
}

/* A router at 10.0.0.254 complains; `more` bytes of the datagram's payload come back. */
static void router_complains(u8 type, u8 code, u32 rest, u32 more)
{
	u8 frame[FAKE_FRAME_MAX];
	u32 len = from_hex(FRAME_TOLD_PORT, frame);

	frame[SADDR + 3] = 254;
	frame[ICMP] = type;
	frame[ICMP + 1] = code;
	put16(frame + ICMP + 4, (u16)(rest >> 16));
	put16(frame + ICMP + 6, (u16)rest);
	memcpy(frame + len, "muffin", more);
	len += more;
	put16(frame + IP + 2, (u16)(len - IP));
	fix_ip_checksum(frame);
	put16(frame + ICMP + 2, 0);
	put16(frame + ICMP + 2, rfc1071(frame + ICMP, len - ICMP, 0));
	fake_inject(&eth0, frame, len);
}

static void the_whole_story(void **state)
{
	int fd = asking();

	router_complains(11, 0, 0, 6);
	assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT), -EHOSTUNREACH);
	assert_int_equal(read_error(fd), 6);
	assert_memory_equal(payload, "muffin", 6);
	assert_int_equal(um.flags, MSG_ERRQUEUE);
	assert_int_equal(um.controllen, sizeof(struct told));
	assert_int_equal(um.namelen, sizeof(to));
	assert_int_equal(be32_to_cpu(to.sin_addr), PEER_IP);
	assert_int_equal(be16_to_cpu(to.sin_port), PEER_PORT);
	assert_int_equal(told(0)->header.len, 48);
	assert_int_equal(told(0)->header.level, SOL_IP);
	assert_int_equal(told(0)->header.type, IP_RECVERR);
	assert_int_equal(told(0)->err, EHOSTUNREACH);
	assert_int_equal(told(0)->origin, 2); /* SO_EE_ORIGIN_ICMP */
	assert_int_equal(told(0)->type, 11);
	assert_int_equal(told(0)->code, 0);
	assert_int_equal(told(0)->offender.sin_family, AF_INET);
	assert_int_equal(be32_to_cpu(told(0)->offender.sin_addr), GATEWAY_IP);
	assert_int_equal(told(0)->offender.sin_port.raw, 0);
	assert_int_equal(read_error(fd), -EAGAIN);
	assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT), 1);
}

static void what_the_complaint_names(void **state)
{
	int fd = asking();

	router_complains(12, 0, 9u << 24, 0);
	assert_int_equal(read_error(fd), 0);
	assert_int_equal(told(0)->info, 9);
	assert_int_equal(told(0)->err, EPROTO);
	router_complains(3, 4, 1400, 0);
	assert_int_equal(read_error(fd), 0);
	assert_int_equal(told(0)->info, 1400);
	assert_int_equal(told(0)->err, EMSGSIZE);
}

/* The TTL that the complaint came with tells how far away its sender is. */
static void ttl_of_the_complaint(void **state)
{
	int fd = asking();
	s32 ttl;

	set_int(fd, SOL_IP, IP_RECVTTL, 1);
	router_complains(11, 0, 0, 0);
	assert_int_equal(read_error(fd), 0);
	assert_int_equal(((struct cmsghdr *)control)->type, IP_TTL);
	memcpy(&ttl, control + 16, sizeof(ttl));
	assert_int_equal(ttl, 64);
	assert_int_equal(told(24)->header.type, IP_RECVERR);
}

/* The next error in the queue is the pending one; when the last was read nothing is pending. */
static void pending_while_they_wait(void **state)
{
	int fd = asking();

	router_complains(3, 1, 0, 0);
	router_complains(3, 3, 0, 0);
	read_error(fd);
	assert_int_equal(sk_of(fd)->sk_err, ECONNREFUSED);
	read_error(fd);
	assert_int_equal(sk_of(fd)->sk_err, 0);
	router_complains(3, 3, 0, 0);
	sock_error(sk_of(fd));
	assert_int_equal(
		fd_get(&init_task.files, fd)->ops->poll(fd_get(&init_task.files, fd), POLL_ALL) &
			POLLERR,
		POLLERR);
	set_int(fd, SOL_IP, IP_RECVERR, 0); /* forgets them */
	assert_int_equal(read_error(fd), -EAGAIN);
}

static void local_errors(void **state)
{
	int fd = asking();

	ip_local_error(sk_of(fd), EMSGSIZE, cpu_to_be32(PEER_IP), cpu_to_be16(PEER_PORT), 1500);
	assert_int_equal(sk_of(fd)->sk_err, 0);
	assert_int_equal(read_error(fd), 0);
	assert_int_equal(told(0)->origin, 1); /* SO_EE_ORIGIN_LOCAL */
	assert_int_equal(told(0)->info, 1500);
	assert_int_equal(told(0)->offender.sin_family, 0);
	assert_int_equal(be16_to_cpu(to.sin_port), PEER_PORT);
	set_int(fd, SOL_IP, IP_RECVERR, 0);
	ip_local_error(sk_of(fd), EMSGSIZE, cpu_to_be32(PEER_IP), cpu_to_be16(PEER_PORT), 1500);
	assert_int_equal(read_error(fd), -EAGAIN);
}

/* No answer to ARP: as if this host had sent the ICMP error. */
static void nobody_on_the_link(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	set_int(fd, SOL_IP, IP_RECVERR, 1);
	assert_int_equal(send_to(fd, "muffin", 6, 0, PEER_IP, PEER_PORT), 6);
	stack_step(3100);
	assert_int_equal(sk_of(fd)->sk_err, EHOSTUNREACH);
	assert_int_equal(read_error(fd), 6);
	assert_memory_equal(payload, "muffin", 6);
	assert_int_equal(be32_to_cpu(to.sin_addr), PEER_IP);
	assert_int_equal(be16_to_cpu(to.sin_port), PEER_PORT);
	assert_int_equal(told(0)->err, EHOSTUNREACH);
	assert_int_equal(told(0)->type, 3);
	assert_int_equal(told(0)->code, 1);
	assert_int_equal(be32_to_cpu(told(0)->offender.sin_addr), OUR_IP);
	assert_int_equal(sk_of(fd)->sk_err, 0);
}

/* Errors and datagrams are on one account, the receive buffer's. */
static void bounded(void **state)
{
	int fd = asking();

	assert_int_equal(set_int(fd, SOL_SOCKET, SO_RCVBUF, 1), 0); /* 2304: nine small packets */
	for (u32 i = 0; i < 20; i++)
		router_complains(3, 3, 0, 0);
	assert_int_equal(sk_of(fd)->sk_error_queue.n, 9);
	assert_int_equal(sk_of(fd)->sk_drops, 11);
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(sk_of(fd)->sk_drops, 12);
	read_error(fd);
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(sk_of(fd)->sk_receive_queue.n, 1);
	fd_close(&init_task.files, fd); /* with all of them */
}

/* Errors after close: nothing is queued, no packet leaks. */
static void closed_before_the_error(void **state)
{
	for (u32 i = 0; i < 70; i++) {
		int fd = udp_socket();

		assert_int_equal(set_int(fd, SOL_IP, IP_RECVERR, 1), 0);
		assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP + 20 + i, PEER_PORT), 1);
		fd_close(&init_task.files, fd);
	}
	assert_true(skb_pool.free_n < skb_pool.total_n - 70);
	stack_step(4000);
	fake_give_back_all();
	assert_int_equal(skb_pool.free_n, skb_pool.total_n);
	assert_int_equal(stack_dropped(SKB_DROP_NEIGH_FAILED), 70);
	assert_int_equal(stack_dropped(SKB_DROP_RCVBUF_FULL), 70); /* the errors */
}

static void little_room(void **state)
{
	int fd = asking();

	router_complains(3, 3, 0, 6);
	piece = (struct iovec){ payload, 2 };
	um = (struct user_msghdr){
		.iov = user(&piece), .iovlen = 1, .control = user(control), .controllen = 20
	};
	assert_int_equal(sys_recvmsg(fd, user(&um), MSG_ERRQUEUE), 2);
	assert_int_equal(um.flags, MSG_ERRQUEUE | MSG_TRUNC | MSG_CTRUNC);
	assert_int_equal(um.controllen, 20);
	assert_int_equal(((struct cmsghdr *)control)->len, 20);
	router_complains(3, 3, 0, 6);
	piece.base = (void *)8;
	assert_int_equal(sys_recvmsg(fd, user(&um), MSG_ERRQUEUE), -EFAULT);
}

int main(void)
{
	const struct CMUnitTest errqueue[] = {
		STACK_TEST(the_whole_story),
		STACK_TEST(what_the_complaint_names),
		STACK_TEST(ttl_of_the_complaint),
		STACK_TEST(pending_while_they_wait),
		STACK_TEST(local_errors),
		STACK_TEST(nobody_on_the_link),
		STACK_TEST(bounded),
		STACK_TEST(closed_before_the_error),
		STACK_TEST(little_room),
	};

	return cmocka_run_group_tests(errqueue, NULL, NULL);
}
