/* SPDX-License-Identifier: MIT
 * test_sock_share.c - what one socket may hold of all that may wait, on a small machine and a usual one:
 * one that does not read, or sends to a host that is not there, leaves room for another.
 * Not here: what each kind of socket does when its buffer is full (test_udp_input.c and others).
 * cmocka calls in.
 * Source: socket(7), SO_RCVBUFFORCE and SO_SNDBUFFORCE; docs/decisions.md. */
#include "kernel/lib/string.h"
#include "net/core/sock.h"
#include "net/netlink/rtnetlink.h"
#include "net/packet/af_packet.h"
#include "net/socket/sockopt.h"
#include "tests/unit/stack.h"

#define LO_IP 0x7f000001u

static u8 payload[2000];

static void up(u32 mib)
{
	host_reset();
	host_capture(true);
	host_set_mem_total((u64)mib << 20);
	assert_int_equal(net_init(), 0);
	get_net(&init_net);
	fake_register(&eth0, &init_net, 1);
	assert_int_equal(inet_insert_ifa(&eth0.dev, cpu_to_be32(OUR_IP), 24), 0);
}

static u32 may_wait(void)
{
	return skb_waiting_max() * SKB_SLOT;
}

/* It would take everything. */
static int greedy(int fd)
{
	assert_int_equal(set_int(fd, SOL_SOCKET, SO_RCVBUFFORCE, INT32_MAX), 0);
	return fd;
}

static void send_over_lo(int fd, u32 len, u16 port)
{
	assert_int_equal(send_to(fd, payload, len, MSG_DONTWAIT, LO_IP, port), len);
	net_poll();
}

static u32 read_all(int fd)
{
	u32 n = 0;

	while (sys_recvfrom(fd, user(payload), sizeof(payload), MSG_DONTWAIT, 0, 0) >= 0)
		n++;
	return n;
}

/* What was read holds nothing: however many come, one after the other, none is refused. */
static void read_at_once(void **state)
{
	int fd, sender;

	up(4);
	fd = udp_socket_at(0, 7000);
	sender = udp_socket();
	for (u32 n = 0; n < 4 * skb_pool.total_n; n++) {
		send_over_lo(sender, 1400, 7000);
		assert_int_equal(read_all(fd), 1);
	}
	assert_int_equal(sk_of(fd)->sk_drops, 0);
}

/* The first holds half, the second half of what is left, and so on; so there is always some left. */
static void unread_datagrams(u32 mib, u32 len)
{
	int fd[4], sender;
	u32 left;

	up(mib);
	sender = udp_socket();
	left = may_wait();
	for (u32 i = 0; i < ARRAY_SIZE(fd); i++) {
		fd[i] = greedy(udp_socket_at(0, (u16)(7000 + i)));
		for (u32 n = 0; n < 2 * skb_pool.total_n; n++)
			send_over_lo(sender, len, (u16)(7000 + i));
		assert_in_range(sk_of(fd[i])->sk_rmem, left / 2 - SKB_SLOT, left / 2);
		assert_true(sk_of(fd[i])->sk_receive_queue.n > 0);
		left -= sk_of(fd[i])->sk_rmem;
	}
	assert_true(read_all(fd[0]) >= skb_waiting_max() / 2 - 1);
	send_over_lo(sender, len, 7003); /* there is room again, also for the last */
	assert_int_equal(read_all(fd[3]) + sk_of(fd[3])->sk_drops, 2 * skb_pool.total_n + 1);
}

static void large_ones_on_a_small_machine(void **state)
{
	unread_datagrams(4, 1472);
}

static void short_ones_on_a_small_machine(void **state)
{
	unread_datagrams(4, 1);
}

static void large_ones(void **state)
{
	unread_datagrams(64, 1472);
}

static void short_ones(void **state)
{
	unread_datagrams(64, 1);
}

/* It takes more datagrams of one byte than Linux 6.18 does (256), and more of 1472 (92). */
static void default_buffer(void **state)
{
	int fd, sender;

	up(64);
	fd = udp_socket_at(0, 7000);
	sender = udp_socket();
	for (u32 i = 0; i < 400; i++)
		send_over_lo(sender, 1, 7000);
	assert_in_range(read_all(fd), 256, 400);
	for (u32 i = 0; i < 400; i++)
		send_over_lo(sender, 1472, 7000);
	assert_in_range(read_all(fd), 92, 110);
}

/* ---- other kinds of sockets ---------------------------------------------------------------------- */

static int packet_socket(void)
{
	long fd = sys_socket(AF_PACKET, SOCK_RAW, cpu_to_be16(ETH_P_ALL).raw);

	assert_true(fd >= 0);
	return (int)fd;
}

static int listens_to_neighbours(void)
{
	long fd = sys_socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

	assert_true(fd >= 0);
	assert_int_equal(set_int((int)fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, RTNLGRP_NEIGH), 0);
	return (int)fd;
}

static int asks_for_errors(void)
{
	int fd = udp_socket();

	assert_int_equal(set_int(fd, SOL_IP, IP_RECVERR, 1), 0);
	assert_int_equal(set_int(fd, SOL_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO), 0);
	return fd;
}

static void frame_is_heard(int fd)
{
	send_over_lo(udp_socket(), 1000, 9);
	fd_close(&init_task.files, fd + 1); /* that one */
}

static void neighbour_changes(int fd)
{
	struct neighbour *n =
		neigh_lookup_create(init_net.arp_tbl, &eth0.dev, cpu_to_be32(PEER_IP));

	assert_int_equal(neigh_set(init_net.arp_tbl, &eth0.dev, cpu_to_be32(PEER_IP), peer_mac,
				 NUD_PERMANENT),
		0);
	neigh_delete(n);
}

static void error_is_found(int fd)
{
	assert_int_equal(send_to(fd, payload, 2000, 0, PEER_IP, 9), -EMSGSIZE);
}

static void kind(u32 mib, int (*open)(void), void (*happen)(int fd))
{
	int fd, other;

	up(mib);
	other = udp_socket_at(0, 7000);
	fd = greedy(open());
	for (u32 i = 0; i < 4 * skb_pool.total_n; i++)
		happen(fd);
	assert_in_range(sk_of(fd)->sk_rmem, may_wait() / 2 - SKB_SLOT, may_wait() / 2);
	assert_true(sk_of(fd)->sk_drops > 0);
	send_over_lo(other, 1472, 7000);
	assert_int_equal(read_all(other), 1);
	fd_close(&init_task.files, fd);
	fake_give_back_all();
	assert_int_equal(skb_pool.free_n, skb_pool.total_n);
}

static void frames_4(void **state)
{
	kind(4, packet_socket, frame_is_heard);
}

static void messages_4(void **state)
{
	kind(4, listens_to_neighbours, neighbour_changes);
}

static void errors_4(void **state)
{
	kind(4, asks_for_errors, error_is_found);
}

static void frames_64(void **state)
{
	kind(64, packet_socket, frame_is_heard);
}

static void messages_64(void **state)
{
	kind(64, listens_to_neighbours, neighbour_changes);
}

static void errors_64(void **state)
{
	kind(64, asks_for_errors, error_is_found);
}

/* ---- sending ------------------------------------------------------------------------------------- */

/* As much as one may to hosts that are not there, then another one to another. */
static void unanswered(u32 mib)
{
	int fd, other;
	u32 n = 0;

	up(mib);
	fd = udp_socket();
	other = udp_socket();
	assert_int_equal(set_int(fd, SOL_SOCKET, SO_SNDBUFFORCE, INT32_MAX), 0);
	while (n < 1000 && send_to(fd, "x", 1, MSG_DONTWAIT, PEER_IP + n / 32, 9) == 1)
		n++;
	assert_int_equal(n, skb_waiting_max() / 2);
	assert_int_equal(send_to(fd, "x", 1, MSG_DONTWAIT, PEER_IP + 100, 9), -EAGAIN);
	assert_int_equal(send_to(other, "x", 1, MSG_DONTWAIT, PEER_IP + 100, 9), 1);
	fd_close(&init_task.files, fd);
	stack_step(4000);
	assert_int_equal(stack_dropped(SKB_DROP_NEIGH_FAILED), n + 1);
}

static void unanswered_4(void **state)
{
	unanswered(4);
}

static void unanswered_64(void **state)
{
	unanswered(64);
}

/* ---- a datagram that is kept open ------------------------------------------------------------------ */

static int outq(int fd)
{
	struct file *file = fd_get(&init_task.files, fd);
	int n = -1;

	assert_int_equal(file->ops->ioctl(file, 0x5411 /* SIOCOUTQ */, user(&n)), 0);
	return n;
}

/* What has come of it waits: charged, and no more than a share; in all sockets no more than may. */
static void kept_open(void **state)
{
	u32 n = 0, share;
	int fd, other;

	up(4);
	share = skb_share_max();
	fd = udp_socket();
	assert_int_equal(send_to(fd, payload, 6, MSG_MORE, LO_IP, 9), 6);
	assert_int_equal(outq(fd), SKB_SLOT);
	assert_int_equal(send_to(fd, payload, 2000, MSG_MORE, LO_IP, 9), 2000);
	assert_int_equal(outq(fd), 2 * SKB_SLOT);
	while (n < 1000 && send_to(fd, payload, 1000, MSG_MORE, LO_IP, 9) == 1000)
		n++;
	assert_in_range(n * 1000, (share - 2) * SKB_PIECE - 1000, (share - 1) * SKB_PIECE);
	assert_int_equal(
		send_to(fd, payload, 6, MSG_MORE, LO_IP, 9), 6); /* -ENOBUFS: it was given up */
	assert_int_equal(outq(fd), SKB_SLOT);
	assert_int_equal(send_to(fd, payload, 6, 0, LO_IP, 9), 6);
	assert_int_equal(outq(fd), 0);
	for (n = 0; send_to(udp_socket(), payload, 6, MSG_MORE, LO_IP, 9) == 6; n++)
		assert_true(n < 1000);
	assert_int_equal(n, skb_waiting_max());
	other = udp_socket();
	assert_int_equal(send_to(other, payload, 6, MSG_MORE, LO_IP, 9), -ENOBUFS);
	assert_int_equal(send_to(other, payload, 6, 0, LO_IP, 9), 6);
	fd_close_all(&init_task.files);
	stack_step(100);
	fake_give_back_all();
	assert_int_equal(skb_pool.free_n, skb_pool.total_n);
	assert_int_equal(sock_n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BARE_TEST(large_ones_on_a_small_machine),
		BARE_TEST(short_ones_on_a_small_machine),
		BARE_TEST(large_ones),
		BARE_TEST(short_ones),
		BARE_TEST(default_buffer),
		BARE_TEST(frames_4),
		BARE_TEST(messages_4),
		BARE_TEST(errors_4),
		BARE_TEST(frames_64),
		BARE_TEST(messages_64),
		BARE_TEST(errors_64),
		BARE_TEST(unanswered_4),
		BARE_TEST(unanswered_64),
		BARE_TEST(kept_open),
		BARE_TEST(read_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
