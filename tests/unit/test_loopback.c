/* SPDX-License-Identifier: MIT
 * test_loopback.c - datagrams to ourselves, of any length: sent as one packet, received whole, or refused.
 * Not here: what else looks at such a packet (test_pieces.c).
 * cmocka calls in; it calls the system calls.
 * Source: RFC 768, RFC 791; what Linux answered to the same calls (its lo has an MTU of 65,536). */
#include "kernel/lib/string.h"
#include "net/device/dev_config.h"
#include "net/device/ifaddr.h"
#include "net/device/qdisc.h"
#include "net/socket/sockopt.h"
#include "net/udp/ip_cmsg_send.h"
#include "net/udp/udp.h"
#include "tests/unit/datagrams.h"

#define LONGEST  65507u
#define HEADERS  42 /* Ethernet, IPv4, UDP */
#define SIOCINQ  0x541b
#define CMSG_HDR 16

static u8 buf[70000];

static long take(int fd, size_t len, u32 flags)
{
	memset(buf, 0xa5, sizeof(buf));
	return sys_recvfrom(fd, user(buf), len, flags | MSG_DONTWAIT, 0, 0);
}

static void assert_takes(int fd, const u8 *payload, u32 len)
{
	assert_int_equal(take(fd, sizeof(buf), 0), len);
	assert_memory_equal(buf, payload, len);
}

static long send_lo(int fd, const u8 *payload, size_t len, u32 flags)
{
	return send_to(fd, payload, len, flags, INADDR_LOOPBACK, OUR_PORT);
}

static int next_len(int fd)
{
	struct file *file = fd_get(&init_task.files, fd);
	int len = -1;

	assert_int_equal(file->ops->ioctl(file, SIOCINQ, user(&len)), 0);
	return len;
}

/* ---- one packet ---------------------------------------------------------------------------- */

/* Around every bound that the layout has; one frame each, nothing is fragmented. */
static void every_length(void **state)
{
	static const u32 edges[] = { 0, 8, 1472, SKB_FIRST_PIECE - 8, SKB_FIRST_PIECE,
		SKB_FIRST_PIECE + SKB_PIECE - 8, 20000, 32768, LONGEST - 1 };
	const struct net_device_stats *lo = &init_net.loopback_dev->stats;
	int fd = udp_socket_at(0, OUR_PORT);
	u64 n = 0, bytes = 0;

	for (u32 i = 0; i < ARRAY_SIZE(edges); i++)
		for (u32 len = edges[i]; len <= edges[i] + 1; len++) {
			u32 to = i & 1 ? OUR_IP : INADDR_LOOPBACK + len;
			const u8 *payload = noise(len, len);

			assert_int_equal(send_to(fd, payload, len, 0, to, OUR_PORT), len);
			net_poll();
			assert_int_equal(next_len(fd), len);
			assert_takes(fd, payload, len);
			assert_int_equal(lo->tx_packets, ++n);
			bytes += len + HEADERS;
		}
	assert_int_equal(lo->tx_bytes, bytes);
	assert_int_equal(lo->rx_bytes, bytes);
	assert_int_equal(lo->rx_packets, n);
	assert_int_equal(init_net.mib.ip_frag_creates, 0);
	assert_int_equal(init_net.mib.udp_in_datagrams, n);
	assert_int_equal(eth0.sent_n, 0);
	stack_check_accounts();
}

static void too_long(void **state)
{
	u8 control[256];
	struct user_msghdr um = { .control = user(control), .controllen = sizeof(control) };
	int fd = udp_socket_at(0, OUR_PORT);
	u32 info;

	set_int(fd, SOL_IP, IP_RECVERR, 1);
	assert_int_equal(send_lo(fd, noise(1, 65508), 65508, 0), -EMSGSIZE);
	assert_int_equal(sys_recvmsg(fd, user(&um), MSG_ERRQUEUE), 0);
	memcpy(&info, control + CMSG_HDR + 8, sizeof(info)); /* struct sock_extended_err: ee_info */
	assert_int_equal(info, 65535);
	set_int(fd, SOL_IP, IP_RECVERR, 0);
	assert_int_equal(send_lo(fd, noise(1, 65535), 65535, 0), -EMSGSIZE);
	assert_int_equal(send_lo(fd, noise(1, 65536), 65536, 0), -EMSGSIZE);
	assert_int_equal(init_net.loopback_dev->stats.tx_packets, 0);
}

/* Every way to look at a message: before it is taken, in parts, cut short. */
static void reading(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);
	const u8 *payload = noise(3, LONGEST);
	struct iovec piece[3] = { { buf, 1 }, { buf + 1, 3000 }, { buf + 3001, 65000 } };
	struct user_msghdr um = { .iov = user(piece), .iovlen = 3 };

	for (u32 i = 0; i < 3; i++) {
		assert_int_equal(send_lo(fd, payload, LONGEST, 0), LONGEST);
		net_poll();
	}
	assert_int_equal(take(fd, 10, MSG_PEEK | MSG_TRUNC), LONGEST);
	assert_int_equal(take(fd, LONGEST, MSG_PEEK), LONGEST);
	assert_memory_equal(buf, payload, LONGEST);
	assert_int_equal(take(fd, 40001, 0), 40001);
	assert_memory_equal(buf, payload, 40001);
	assert_int_equal(buf[40001], 0xa5);
	assert_int_equal(sys_recvmsg(fd, user(&um), 0), LONGEST);
	assert_memory_equal(buf, payload, LONGEST);
	assert_int_equal(um.flags, 0);
	um.iovlen = 2;
	assert_int_equal(sys_recvmsg(fd, user(&um), MSG_TRUNC), LONGEST);
	assert_int_equal(um.flags, MSG_TRUNC);
	assert_int_equal(take(fd, 1, 0), -EAGAIN);
}

static void in_several_messages(void **state)
{
	static const u32 piece[] = { 40000, 25507, 1, 999, 1828, 1829, 7001 };
	int fd = udp_socket_at(0, OUR_PORT);
	const u8 *payload = noise(4, LONGEST + 1);

	for (u32 i = 0; i < ARRAY_SIZE(piece); i++) {
		u32 total = min(LONGEST, 40 * piece[i]);

		for (u32 at = 0; at < total; at += piece[i])
			assert_int_equal(send_lo(fd, payload + at, min(piece[i], total - at),
						 at + piece[i] < total ? MSG_MORE : 0),
				min(piece[i], total - at));
		net_poll();
		assert_takes(fd, payload, total);
	}
	assert_int_equal(send_lo(fd, payload, LONGEST, MSG_MORE), LONGEST);
	assert_int_equal(send_lo(fd, payload, 1, 0), -EMSGSIZE);
	net_poll();
	assert_int_equal(take(fd, 1, 0), -EAGAIN);
}

/* What is begun for lo cannot end on a card, whose packets are shorter; the other way round it can. */
static void the_way_changes_in_between(void **state)
{
	int fd = udp_socket_at(OUR_IP, OUR_PORT), in = udp_socket_at(0, PEER_PORT);
	const u8 *payload = noise(5, 9000);

	stack_know_peer();
	assert_int_equal(send_to(fd, payload, 9000, MSG_MORE, 0x0a000009, PEER_PORT), 9000);
	assert_int_equal(inet_insert_ifa(&eth0.dev, cpu_to_be32(0x0a000009), 24), 0);
	assert_int_equal(send_to(fd, payload, 5000, 0, 0x0a000009, PEER_PORT), 5000);
	net_poll();
	assert_int_equal(take(in, sizeof(buf), 0), 14000);
	assert_memory_equal(buf, payload, 9000);
	assert_memory_equal(buf + 9000, payload, 5000);
	assert_int_equal(send_to(fd, payload, 9000, MSG_MORE, 0x0a000009, PEER_PORT), 9000);
	inet_del_ifa(&eth0.dev, inet_find_ifa(&eth0.dev, cpu_to_be32(0x0a000009), IFA_ANY_LEN));
	assert_int_equal(send_to(fd, payload, 5000, 0, 0x0a000009, PEER_PORT), -EMSGSIZE);
	assert_int_equal(take(in, 1, 0), -EAGAIN);
}

/* ---- UDP_SEGMENT --------------------------------------------------------------------------- */

/* Each segment is a datagram of its own, as for a receiver without UDP_GRO. */
static void segments(void **state)
{
	static const u32 size[] = { 600, 1472, 1473, 1828, 1829, 8000, 20000, 32000, LONGEST };
	static const u32 total[] = { 599, 1473, 8000, 60000, LONGEST };
	int fd = udp_socket_at(0, OUR_PORT), in = udp_socket_at(0, PEER_PORT);

	/* 110 of 600 bytes are more than the usual buffer holds */
	set_int(in, SOL_SOCKET, SO_RCVBUFFORCE, 200000);
	for (u32 s = 0; s < ARRAY_SIZE(size); s++)
		for (u32 t = 0; t < ARRAY_SIZE(total); t++) {
			const u8 *payload = noise(s * 8 + t, total[t]);

			set_int(fd, SOL_UDP, UDP_SEGMENT, (int)size[s]);
			assert_int_equal(
				send_to(fd, payload, total[t], 0, INADDR_LOOPBACK, PEER_PORT),
				total[t]);
			net_poll();
			for (u32 at = 0; at < total[t]; at += size[s])
				assert_takes(in, payload + at, min(size[s], total[t] - at));
			assert_int_equal(take(in, 1, 0), -EAGAIN);
		}
	set_int(fd, SOL_UDP, UDP_SEGMENT, 1);
	assert_int_equal(send_lo(fd, noise(1, 1472), 1472, 0), -EINVAL);
	set_int(fd, SOL_UDP, UDP_SEGMENT, 65508);
	assert_int_equal(send_lo(fd, noise(1, 65508), 65508, 0), -EMSGSIZE);
}

/* All of a message's segments leave or none: their pieces are counted. */
static void segments_and_few_packets(void **state)
{
	struct sk_buff_head held = { .n = 0 };
	int fd = udp_socket_at(0, OUR_PORT);
	const u8 *payload = noise(11, 60000);

	set_int(fd, SOL_UDP, UDP_SEGMENT, 20000);
	stack_take_packets(&held, 32); /* 3 x 11 are needed */
	assert_int_equal(send_lo(fd, payload, 60000, MSG_DONTWAIT), -EAGAIN);
	assert_int_equal(init_net.loopback_dev->stats.tx_packets, 0);
	stack_give_packets(&held);
	stack_take_packets(&held, 33);
	assert_int_equal(send_lo(fd, payload, 60000, MSG_DONTWAIT), 60000);
	assert_int_equal(init_net.loopback_dev->stats.tx_packets, 3);
	stack_give_packets(&held);
}

/* A neighbour on lo whose address was set by hand is no reason to fragment. */
static void a_neighbour_by_hand(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);
	const u8 *payload = noise(12, 20000);

	assert_int_equal(neigh_set(init_net.arp_tbl, init_net.loopback_dev,
				 cpu_to_be32(INADDR_LOOPBACK), peer_mac, NUD_STALE),
		0);
	assert_int_equal(send_lo(fd, payload, 20000, 0), 20000);
	net_poll();
	assert_int_equal(init_net.loopback_dev->stats.tx_packets, 1);
}

/* A rate counts the bytes of all pieces. */
static void at_a_rate(void **state)
{
	const struct qdisc_spec spec = { .rate = 8000000, .burst = 1 };
	int fd = udp_socket_at(0, OUR_PORT);
	const u8 *payload = noise(13, LONGEST);

	assert_int_equal(dev_set_qdisc(init_net.loopback_dev, &spec), 0);
	for (u32 i = 0; i < 2; i++)
		assert_int_equal(send_lo(fd, payload, LONGEST, 0), LONGEST);
	stack_step(60); /* 65,549 bytes at a megabyte a second */
	assert_takes(fd, payload, LONGEST);
	assert_int_equal(take(fd, 1, 0), -EAGAIN);
	stack_step(10);
	assert_takes(fd, payload, LONGEST);
}

/* However many pieces it has, in a queue it is one packet. */
static void one_place_in_a_queue(void **state)
{
	const struct qdisc_spec spec = { .rate = 1, .packets = true, .limit = 2 };
	int fd = udp_socket_at(0, OUR_PORT);
	const u8 *payload = noise(14, LONGEST);

	assert_int_equal(dev_set_qdisc(init_net.loopback_dev, &spec), 0);
	for (u32 i = 0; i < 2; i++) /* one leaves, one waits */
		assert_int_equal(send_lo(fd, payload, LONGEST, MSG_DONTWAIT), LONGEST);
	set_int(fd, SOL_UDP, UDP_CORK, 1);
	assert_int_equal(send_lo(fd, payload, LONGEST, MSG_DONTWAIT), LONGEST);
	fd_get(&init_task.files, fd)->flags |= O_NONBLOCK;
	assert_int_equal(set_int(fd, SOL_UDP, UDP_CORK, 0), 0);
	assert_int_equal(send_lo(fd, payload, 1, MSG_DONTWAIT), -EAGAIN);
	for (u32 i = 0; i < 3; i++, stack_step(1000)) {
		net_poll();
		assert_takes(fd, payload, LONGEST);
	}
}

/* ---- the MTU ------------------------------------------------------------------------------- */

static long mtu_of(int fd)
{
	u32 len = 4;
	int mtu = -1;
	long err = sys_getsockopt(fd, SOL_IP, IP_MTU, user(&mtu), user(&len));

	return err ? err : mtu;
}

/* Linux's lo has 65,536, of which IPv4 can use one byte less. */
static void what_is_told(void **state)
{
	struct sockaddr_in self = inet_addr_of(OUR_IP, OUR_PORT);
	int fd = udp_socket();

	assert_int_equal(init_net.loopback_dev->mtu, 65536);
	assert_int_equal(sys_connect(fd, user(&self), sizeof(self)), 0);
	assert_int_equal(mtu_of(fd), 65535);
	assert_int_equal(dev_set_mtu(init_net.loopback_dev, 65537), -EINVAL);
	assert_int_equal(dev_set_mtu(&eth0.dev, 1501), -EINVAL);
	assert_int_equal(dev_set_mtu(init_net.loopback_dev, 1500), 0);
	assert_int_equal(mtu_of(fd), 1500);
	assert_int_equal(dev_set_mtu(init_net.loopback_dev, 65536), 0);
}

/* A smaller one is a limit for datagrams with DF; for the others lo carries the whole, which
 * it would have to put together again. */
static void a_smaller_one(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);
	const u8 *payload = noise(6, 4000);

	assert_int_equal(dev_set_mtu(init_net.loopback_dev, 1500), 0);
	for (int d = IP_PMTUDISC_DONT; d <= IP_PMTUDISC_OMIT; d++) {
		bool may = d <= IP_PMTUDISC_WANT || d == IP_PMTUDISC_OMIT;

		set_int(fd, SOL_IP, IP_MTU_DISCOVER, d);
		assert_int_equal(send_lo(fd, payload, 1472, 0), 1472);
		assert_int_equal(send_lo(fd, payload, 1473, 0), may ? 1473 : -EMSGSIZE);
		assert_int_equal(send_lo(fd, payload, 4000, 0), may ? 4000 : -EMSGSIZE);
		net_poll();
		assert_takes(fd, payload, 1472);
		if (may) {
			assert_takes(fd, payload, 1473);
			assert_takes(fd, payload, 4000);
		}
		assert_int_equal(take(fd, 1, 0), -EAGAIN);
	}
}

/* ---- room ---------------------------------------------------------------------------------- */

/* With too few packets free a sender waits, or is told; nothing is lost. */
static void few_packets(void **state)
{
	struct sk_buff_head held = { .n = 0 };
	int fd = udp_socket_at(0, OUR_PORT);
	u32 needed = 1 + (LONGEST + 8 - SKB_FIRST_PIECE + SKB_PIECE - 1) / SKB_PIECE;
	const u8 *payload = noise(7, LONGEST);

	host_tick_clock(NSEC_PER_USEC);
	stack_take_packets(&held, needed - 1);
	assert_int_equal(send_lo(fd, payload, LONGEST, MSG_DONTWAIT), -EAGAIN);
	assert_int_equal(send_lo(fd, payload, LONGEST, 0), -ENOBUFS);
	assert_int_equal(send_lo(fd, payload, LONGEST, MSG_MORE | MSG_DONTWAIT), -EAGAIN);
	assert_int_equal(skb_pool.free_n, needed - 1);
	stack_give_packets(&held);
	stack_take_packets(&held, needed);
	assert_int_equal(send_lo(fd, payload, LONGEST, MSG_DONTWAIT), LONGEST);
	assert_int_equal(skb_pool.free_n, 0);
	net_poll();
	assert_takes(fd, payload, LONGEST);
	stack_give_packets(&held);
	stack_check_accounts();
}

/* 4 MiB: of 128 packets 16 may wait in one socket. A datagram that they cannot hold could never be received. */
static void a_small_machine(void **state)
{
	const u32 most = SKB_FIRST_PIECE + 15 * SKB_PIECE - 8;
	const u8 *payload = noise(8, LONGEST);
	int fd;

	host_set_mem_total(4u << 20);
	host_capture(true);
	assert_int_equal(net_init(), 0);
	fd = udp_socket_at(0, OUR_PORT);
	assert_int_equal(skb_pool.total_n, 128);
	for (u32 flags = 0; flags <= MSG_DONTWAIT; flags += MSG_DONTWAIT) {
		assert_int_equal(send_lo(fd, payload, LONGEST, flags), -ENOBUFS);
		assert_int_equal(send_lo(fd, payload, most + 1, flags), -ENOBUFS);
		assert_int_equal(send_lo(fd, payload, most, flags), most);
		net_poll();
		assert_takes(fd, payload, most);
	}
	assert_int_equal(skb_pool.free_n, 128);
	stack_check_accounts();
}

/* Linux: fragments beyond twice SO_SNDBUF are refused, however long one would wait; a packet that is one
 * for its device may be any length. */
static void tiny_send_buffer(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);
	const u8 *payload = noise(9, LONGEST);

	stack_know_peer();
	set_int(fd, SOL_SOCKET, SO_SNDBUF, 1);
	assert_int_equal(send_lo(fd, payload, LONGEST, 0), LONGEST);
	net_poll();
	assert_takes(fd, payload, LONGEST);
	assert_int_equal(send_to(fd, payload, 4000, 0, PEER_IP, PEER_PORT), 4000);
	assert_int_equal(send_to(fd, payload, 6000, 0, PEER_IP, PEER_PORT), -ENOBUFS);
	assert_int_equal(send_to(fd, payload, LONGEST, MSG_DONTWAIT, PEER_IP, PEER_PORT), -ENOBUFS);
	set_int(fd, SOL_SOCKET, SO_SNDBUF, 20000);
	assert_int_equal(send_to(fd, payload, LONGEST, 0, PEER_IP, PEER_PORT), -ENOBUFS);
	set_int(fd, SOL_SOCKET, SO_SNDBUF, 30000);
	fake_forget(&eth0);
	assert_int_equal(send_to(fd, payload, LONGEST, 0, PEER_IP, PEER_PORT), LONGEST);
	assert_int_equal(eth0.sent_n, 45);
}

int main(void)
{
	const struct CMUnitTest loopback[] = {
		STACK_TEST(every_length),
		STACK_TEST(too_long),
		STACK_TEST(reading),
		STACK_TEST(in_several_messages),
		STACK_TEST(the_way_changes_in_between),
		STACK_TEST(segments),
		STACK_TEST(segments_and_few_packets),
		STACK_TEST(a_neighbour_by_hand),
		STACK_TEST(at_a_rate),
		STACK_TEST(one_place_in_a_queue),
		STACK_TEST(what_is_told),
		STACK_TEST(a_smaller_one),
		STACK_TEST(few_packets),
		BARE_TEST(a_small_machine),
		STACK_TEST(tiny_send_buffer),
	};

	return cmocka_run_group_tests(loopback, NULL, NULL);
}
