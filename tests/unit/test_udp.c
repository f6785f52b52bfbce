/* SPDX-License-Identifier: MIT
 * test_udp.c - from a message to a datagram: its bytes, and every reason not to send it.
 * Not here: ports (test_udp_port.c), receiving (test_udp_input.c), fragments (test_ip_output.c).
 * cmocka calls in; it calls the system calls and looks at what the card got.
 * Source: RFC 768; RFC 1122 4.1.3; sendto(2), udp(7). */
#include "kernel/lib/string.h"
#include "net/socket/sockopt.h"
#include "net/socket/sockopt.h"
#include "net/udp/udp.h"
#include "tests/unit/stack.h"

#define SOL_SOCKET   1
#define SOL_IP       0
#define SO_BROADCAST 6
#define SO_NO_CHECK  11
#define SO_SNDTIMEO  21
#define IP_TOS       1
#define IP_TTL       2

static const char zero_check[2] = { (char)0xc5, (char)0xc4 };

static void header_and_checksum(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	stack_know_peer();
	assert_int_equal(send_to(fd, "muffin", 6, 0, PEER_IP, PEER_PORT), 6);
	assert_int_equal(send_to(fd, "", 0, 0, PEER_IP, PEER_PORT), 0);
	assert_int_equal(send_to(fd, "muffins", 7, 0, PEER_IP, PEER_PORT), 7);
	assert_int_equal(send_to(fd, zero_check, 2, 0, PEER_IP, PEER_PORT), 2);
	assert_int_equal(eth0.sent_n, 4);
	assert_frame(0, FRAME_MUFFIN);
	assert_frame(1, FRAME_EMPTY);
	assert_frame(2, FRAME_ODD);
	assert_frame(3, FRAME_ZERO_CHECK);
	assert_int_equal(init_net.mib.udp_out_datagrams + init_net.mib.udp_out_cached, 4);
}

static void options_reach_the_header(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	stack_know_peer();
	assert_int_equal(set_int(fd, SOL_SOCKET, SO_NO_CHECK, 1), 0);
	assert_int_equal(send_to(fd, "muffin", 6, 0, PEER_IP, PEER_PORT), 6);
	assert_frame(0, FRAME_NO_CHECK);
	assert_int_equal(set_int(fd, SOL_SOCKET, SO_NO_CHECK, 0), 0);
	assert_int_equal(set_int(fd, SOL_IP, IP_TTL, 7), 0);
	assert_int_equal(set_int(fd, SOL_IP, IP_TOS, 16), 0);
	assert_int_equal(send_to(fd, "muffin", 6, 0, PEER_IP, PEER_PORT), 6);
	assert_frame(1, FRAME_TTL7_TOS16);
}

static void behind_the_gateway(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	stack_know_peer();
	assert_int_equal(send_to(fd, "muffin", 6, 0, FAR_IP, PEER_PORT), 6);
	assert_frame(0, FRAME_TO_FAR);
}

static void too_long(void **state)
{
	static u8 payload[65508];
	int fd = udp_socket();

	stack_know_peer();
	assert_int_equal(send_to(fd, payload, 65508, 0, PEER_IP, PEER_PORT), -EMSGSIZE);
	assert_int_equal(send_to(fd, payload, 65507, 0, PEER_IP, PEER_PORT), 65507);
}

/* Path MTU discovery by force: nothing may be fragmented (ip(7), IP_MTU_DISCOVER). */
static void too_long_for_one_frame(void **state)
{
	static u8 payload[1473];
	int fd = udp_socket();

	stack_know_peer();
	assert_int_equal(set_int(fd, SOL_IP, 10, IP_PMTUDISC_DO), 0);
	assert_int_equal(send_to(fd, payload, 1473, 0, PEER_IP, PEER_PORT), -EMSGSIZE);
	assert_int_equal(send_to(fd, payload, 1472, 0, PEER_IP, PEER_PORT), 1472);
	assert_int_equal(eth0.sent[0].len, ETH_FRAME_LEN);
}

static void broadcast_needs_leave(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);
	struct sockaddr_in all = inet_addr_of(0x0a0000ff, PEER_PORT);

	assert_int_equal(send_to(fd, "muffin", 6, 0, 0x0a0000ff, PEER_PORT), -EACCES);
	assert_int_equal(sys_connect(fd, user(&all), sizeof(all)), -EACCES);
	assert_int_equal(send_to(fd, "muffin", 6, 0, 0xffffffff, PEER_PORT), -EACCES);
	assert_int_equal(set_int(fd, SOL_SOCKET, SO_BROADCAST, 1), 0);
	assert_int_equal(send_to(fd, "muffin", 6, 0, 0x0a0000ff, PEER_PORT), 6);
	assert_frame(0, FRAME_TO_BROADCAST);
	assert_int_equal(send_to(fd, "muffin", 6, 0, 0xffffffff, PEER_PORT), 6);
	assert_memory_equal(eth0.sent[1].bytes, "\377\377\377\377\377\377", ETH_ALEN);
	assert_int_equal(get16(eth0.sent[1].bytes + 12), ETH_P_IP);
}

static void multicast(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	assert_int_equal(send_to(fd, "muffin", 6, 0, 0xef810203, PEER_PORT), 6);
	assert_frame(0, FRAME_TO_GROUP);
}

/* Bound to a group or the broadcast address one receives; what is sent has our own address. */
static void bound_to_a_group(void **state)
{
	int fd = udp_socket_at(0xef810203, OUR_PORT);

	stack_know_peer();
	assert_int_equal(send_to(fd, "muffin", 6, 0, PEER_IP, PEER_PORT), 6);
	assert_frame(0, FRAME_MUFFIN);
}

/* SO_BROADCAST taken back counts at once, with everything cached. */
static void leave_taken_back(void **state)
{
	int fd = udp_socket();

	assert_int_equal(set_int(fd, SOL_SOCKET, SO_BROADCAST, 1), 0);
	assert_int_equal(send_to(fd, "x", 1, 0, 0x0a0000ff, PEER_PORT), 1);
	assert_int_equal(set_int(fd, SOL_SOCKET, SO_BROADCAST, 0), 0);
	assert_int_equal(send_to(fd, "x", 1, 0, 0x0a0000ff, PEER_PORT), -EACCES);
}

static void destinations_refused(void **state)
{
	struct sockaddr_in to = inet_addr_of(PEER_IP, PEER_PORT);
	int fd = udp_socket();

	assert_int_equal(sys_sendto(fd, user("x"), 1, 0, 0, 0), -EDESTADDRREQ);
	assert_int_equal(sys_sendto(fd, user("x"), 1, 0, user(&to), 15), -EINVAL);
	assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, 0), -EINVAL);
	to.sin_family = 10;
	assert_int_equal(sys_sendto(fd, user("x"), 1, 0, user(&to), 16), -EAFNOSUPPORT);
	assert_int_equal(send_to(fd, "x", 1, MSG_OOB, PEER_IP, PEER_PORT), -EOPNOTSUPP);
	assert_int_equal(eth0.sent_n, 0);
}

/* Linux takes AF_UNSPEC for AF_INET here, for old programs. */
static void unspecified_family(void **state)
{
	struct sockaddr_in to = inet_addr_of(PEER_IP, PEER_PORT);
	int fd = udp_socket_at(0, OUR_PORT);

	stack_know_peer();
	to.sin_family = AF_UNSPEC;
	assert_int_equal(sys_sendto(fd, user("muffin"), 6, 0, user(&to), 16), 6);
	assert_frame(0, FRAME_MUFFIN);
}

static void bad_memory(void **state)
{
	int fd = udp_socket();

	stack_know_peer();
	assert_int_equal(send_to(fd, (void *)16, 6, 0, PEER_IP, PEER_PORT), -EFAULT);
	assert_int_equal(send_to(fd, (void *)16, 6000, 0, PEER_IP, PEER_PORT), -EFAULT);
	assert_int_equal(init_net.mib.ip_out_requests, 0);
}

/* A route whose packets could not even hold a header (RFC 791 3.2: 68 bytes). */
static void route_with_a_tiny_mtu(void **state)
{
	static const u8 payload[1000];
	int fd = udp_socket();

	stack_know_peer();
	for (u32 mtu = 1; mtu < 68; mtu++) {
		struct route_spec spec = { .dst = cpu_to_be32(FAR_IP + mtu),
			.dst_len = 32,
			.via = cpu_to_be32(GATEWAY_IP),
			.type = RTN_UNICAST,
			.mtu = mtu };

		assert_int_equal(ip_route_add(&init_net, &spec), 0);
		assert_int_equal(
			send_to(fd, payload, 1000, 0, FAR_IP + mtu, PEER_PORT), -ENETUNREACH);
		assert_int_equal(send_to(fd, payload, 0, 0, FAR_IP + mtu, PEER_PORT), -ENETUNREACH);
	}
}

/* Control messages that end where the room for them does: nothing is read behind it. */
static void control_to_the_last_byte(void **state)
{
	static u64 control[1024 / sizeof(u64)] = { 1024 - 16,
		999 }; /* of a level that is not ours */
	struct sockaddr_in to = inet_addr_of(PEER_IP, PEER_PORT);
	struct iovec iov = { "x", 1 };
	struct user_msghdr m = { .name = user(&to),
		.namelen = sizeof(to),
		.iov = user(&iov),
		.iovlen = 1,
		.control = user(control),
		.controllen = sizeof(control) };
	struct cmsghdr *last = (struct cmsghdr *)(control + 126);
	int fd = udp_socket();

	stack_know_peer();
	*last = (struct cmsghdr){ .len = 16, .level = SOL_IP, .type = IP_TTL };
	assert_int_equal(sys_sendmsg(fd, user(&m), 0), -EINVAL);
}

/* A burst that needs more packets than there are at once, on a ring that would take it. */
static void train_longer_than_the_pool(void **state)
{
	static const u8 payload[1280];
	u32 total = skb_pool.total_n;
	struct sk_buff_head held = { .n = 0 };
	int fd = udp_socket();
	u64 start = clock_ns();

	stack_know_peer();
	assert_int_equal(set_int(fd, SOL_UDP, UDP_SEGMENT, 20), 0);
	stack_take_packets(&held, 54);
	skb_pool.total_n = 64;
	assert_int_equal(send_to(fd, payload, 1280, 0, PEER_IP, PEER_PORT), 1280);
	assert_true(clock_ns() - start < NSEC_PER_SEC);
	assert_int_equal(eth0.sent_n, 64);
	skb_pool.total_n = total;
	stack_give_packets(&held);
}

static void after_shutdown(void **state)
{
	struct sockaddr_in to = inet_addr_of(PEER_IP, PEER_PORT);
	int fd = udp_socket();

	assert_int_equal(sys_connect(fd, user(&to), sizeof(to)), 0);
	assert_int_equal(sys_shutdown(fd, 1), 0);
	assert_int_equal(sys_sendto(fd, user("x"), 1, 0, 0, 0), -EPIPE);
}

static void connected(void **state)
{
	struct sockaddr_in to = inet_addr_of(PEER_IP, PEER_PORT),
			   none = { .sin_family = AF_UNSPEC };
	int fd = udp_socket_at(0, OUR_PORT);

	stack_know_peer();
	assert_int_equal(sys_connect(fd, user(&to), sizeof(to)), 0);
	assert_int_equal(sys_sendto(fd, user("muffin"), 6, 0, 0, 0), 6);
	assert_frame(0, FRAME_MUFFIN);
	assert_int_equal(send_to(fd, "muffin", 6, 0, FAR_IP, PEER_PORT), 6); /* an address wins */
	assert_frame(1, FRAME_TO_FAR);
	assert_int_equal(sys_connect(fd, user(&none), sizeof(none)), 0);
	assert_int_equal(sys_sendto(fd, user("muffin"), 6, 0, 0, 0), -EDESTADDRREQ);
}

static void connect_without_a_route(void **state)
{
	struct route_spec hole = {
		.dst = cpu_to_be32(0xc0000200), .dst_len = 24, .type = RTN_UNREACHABLE
	};
	struct sockaddr_in to = inet_addr_of(FAR_IP, PEER_PORT);
	int fd = udp_socket();

	assert_int_equal(ip_route_add(&init_net, &hole), 0);
	assert_int_equal(sys_connect(fd, user(&to), sizeof(to)), -EHOSTUNREACH);
}

/* Disconnecting takes back what connecting chose, and leaves what bind was told (connect(2)). */
static void disconnect_keeps_what_was_bound(void **state)
{
	struct sockaddr_in to = inet_addr_of(PEER_IP, PEER_PORT),
			   none = { .sin_family = AF_UNSPEC }, name;
	int fd = udp_socket_at(0, OUR_PORT), other = udp_socket_at(OUR_IP, 0);
	s32 len = sizeof(name);

	assert_int_equal(sys_connect(fd, user(&to), sizeof(to)), 0);
	assert_int_equal(sys_connect(fd, user(&none), sizeof(none)), 0);
	assert_int_equal(sys_getsockname(fd, user(&name), user(&len)), 0);
	assert_int_equal(be16_to_cpu(name.sin_port), OUR_PORT);
	assert_int_equal(be32_to_cpu(name.sin_addr), 0);
	assert_int_equal(sys_connect(other, user(&to), sizeof(to)), 0);
	assert_int_equal(sys_connect(other, user(&none), sizeof(none)), 0);
	assert_int_equal(sys_getsockname(other, user(&name), user(&len)), 0);
	assert_int_equal(be16_to_cpu(name.sin_port), 0);
	assert_int_equal(be32_to_cpu(name.sin_addr), OUR_IP);
}

static void pending_error_is_told_once(void **state)
{
	int fd = udp_socket();

	stack_know_peer();
	sk_report_error(sk_of(fd), EHOSTUNREACH);
	assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT), -EHOSTUNREACH);
	assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT), 1);
}

/* ---- a ring that is full ----------------------------------------------------------------- */

static void fill_ring(int fd)
{
	host_tick_clock(NSEC_PER_USEC);
	eth0.stuck = true;
	while (eth0.dev.tx_room > 0)
		assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT), 1);
}

static void unstick(void *arg)
{
	if (host_idles() == 3)
		eth0.stuck = false;
}

static void full_ring_does_not_block_those_who_asked(void **state)
{
	int fd = udp_socket();

	stack_know_peer();
	fill_ring(fd);
	assert_false(udp_writable(sk_of(fd)));
	assert_int_equal(send_to(fd, "x", 1, MSG_DONTWAIT, PEER_IP, PEER_PORT), -EAGAIN);
	assert_int_equal(host_idles(), 0);
	eth0.stuck = false;
	assert_true(udp_writable(sk_of(fd)));
	assert_int_equal(send_to(fd, "x", 1, MSG_DONTWAIT, PEER_IP, PEER_PORT), 1);
}

static void full_ring_blocks(void **state)
{
	int fd = udp_socket();
	u32 before;

	stack_know_peer();
	fill_ring(fd);
	before = eth0.sent_n;
	host_on_idle(unstick, NULL);
	assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT), 1);
	assert_int_equal(host_idles(), 3);
	assert_int_equal(eth0.sent_n, before + 1);
	assert_true(eth0.flushes > 0);
}

static void full_ring_has_an_end(void **state)
{
	s64 timeout[2] = { 1, 500000 };
	int fd = udp_socket();
	u64 start;

	stack_know_peer();
	fill_ring(fd);
	start = clock_ns();
	assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT), -ENOBUFS);
	assert_in_range(clock_ns() - start, 16 * NSEC_PER_SEC, 17 * NSEC_PER_SEC);
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, user(timeout), 16), 0);
	start = clock_ns();
	assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT), -EAGAIN);
	assert_in_range(clock_ns() - start, 1500 * NSEC_PER_MSEC, 1600 * NSEC_PER_MSEC);
}

static void tables_change(struct fake_device *fake)
{
	net_changed(fake->dev.net);
}

/* A wait that finds other tables begins anew, but not for ever. */
static void tables_that_never_rest(void **state)
{
	int fd = udp_socket();

	stack_know_peer();
	host_tick_clock(NSEC_PER_MSEC);
	eth0.stuck = true;
	eth0.on_poll = tables_change;
	while (eth0.dev.tx_room > 0)
		assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT), 1);
	assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT), -ENOBUFS);
}

static void link_down(void **state)
{
	int fd = udp_socket();

	stack_know_peer();
	host_tick_clock(NSEC_PER_USEC);
	fake_set_link(&eth0, false);
	assert_int_equal(send_to(fd, "x", 1, MSG_DONTWAIT, PEER_IP, PEER_PORT), -EAGAIN);
	assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT), -ENETDOWN);
	fake_set_link(&eth0, true);
	assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT), 1);
	assert_int_equal(init_net.mib.ip_out_requests + init_net.mib.udp_out_cached, 1);
}

static void device_down(void **state)
{
	int fd = udp_socket();

	stack_know_peer();
	eth0.dev.flags &= ~(u32)IFF_UP;
	net_changed(&init_net);
	assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT), -ENETDOWN);
	eth0.dev.flags |= IFF_UP;
}

/* The pool can be empty while the ring is not: others hold the packets. */
static void empty_pool(void **state)
{
	struct sk_buff_head held = { .n = 0 };
	int fd = udp_socket();

	stack_know_peer();
	host_tick_clock(NSEC_PER_USEC);
	stack_take_packets(&held, 0);
	assert_false(udp_writable(sk_of(fd)));
	assert_int_equal(send_to(fd, "x", 1, MSG_DONTWAIT, PEER_IP, PEER_PORT), -EAGAIN);
	assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT), -ENOBUFS);
	stack_give_packets(&held);
	assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT), 1);
}

/* ---- the cached route -------------------------------------------------------------------- */

static void move_peer(void *arg)
{
	struct route_spec detour = { .dst = cpu_to_be32(PEER_IP),
		.dst_len = 32,
		.via = cpu_to_be32(GATEWAY_IP),
		.type = RTN_UNICAST };

	if (host_idles() != 2)
		return;
	eth0.stuck = false;
	assert_int_equal(ip_route_add(&init_net, &detour), 0);
}

/* While a sender waits for room the table changes: it must take the new way. */
static void tables_change_while_waiting(void **state)
{
	int fd = udp_socket();
	u32 last;

	stack_know_peer();
	fill_ring(fd);
	last = eth0.sent_n;
	host_on_idle(move_peer, NULL);
	assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT), 1);
	assert_memory_equal(eth0.sent[0].bytes, peer_mac, ETH_ALEN);
	assert_memory_equal(eth0.sent[last].bytes, gateway_mac, ETH_ALEN);
}

/* The same, and the new table has no way at all. */
static void take_peer_away(void *arg)
{
	struct route_spec hole = {
		.dst = cpu_to_be32(PEER_IP), .dst_len = 32, .type = RTN_PROHIBIT
	};

	eth0.stuck = false;
	if (host_idles() == 1)
		assert_int_equal(ip_route_add(&init_net, &hole), 0);
}

static void way_vanishes_while_waiting(void **state)
{
	int fd = udp_socket();

	stack_know_peer();
	fill_ring(fd);
	host_on_idle(take_peer_away, NULL);
	assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT), -EACCES);
}

static void route_change_is_seen(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);
	struct route_spec detour = { .dst = cpu_to_be32(PEER_IP),
		.dst_len = 32,
		.via = cpu_to_be32(GATEWAY_IP),
		.type = RTN_UNICAST };

	stack_know_peer();
	send_to(fd, "muffin", 6, 0, PEER_IP, PEER_PORT);
	assert_int_equal(ip_route_add(&init_net, &detour), 0);
	send_to(fd, "muffin", 6, 0, PEER_IP, PEER_PORT);
	assert_memory_equal(eth0.sent[0].bytes, peer_mac, ETH_ALEN);
	assert_memory_equal(eth0.sent[1].bytes, gateway_mac, ETH_ALEN);
}

/* Design rule 1: from the system call to the card nothing allocates. */
static void sending_allocates_nothing(void **state)
{
	static u8 payload[65507];
	int fd = udp_socket();
	unsigned commits;

	stack_know_peer();
	send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT);
	commits = host_commits();
	for (u32 i = 0; i < 100; i++)
		assert_int_equal(
			send_to(fd, payload, i * 655, 0, PEER_IP, PEER_PORT), (int)(i * 655));
	assert_int_equal(host_commits(), commits);
}

static void writable_until_the_buffer_is_full(void **state)
{
	int fd = udp_socket();

	assert_true(udp_writable(sk_of(fd)));
	sk_of(fd)->sk_wmem = sk_of(fd)->sk_sndbuf;
	sock_update_wmem(sk_of(fd));
	assert_false(udp_writable(sk_of(fd)));
	sk_of(fd)->sk_wmem = 0;
	sock_update_wmem(sk_of(fd));
	assert_true(udp_writable(sk_of(fd)));
}

int main(void)
{
	const struct CMUnitTest udp[] = {
		STACK_TEST(header_and_checksum),
		STACK_TEST(options_reach_the_header),
		STACK_TEST(behind_the_gateway),
		STACK_TEST(too_long),
		STACK_TEST(too_long_for_one_frame),
		STACK_TEST(broadcast_needs_leave),
		STACK_TEST(multicast),
		STACK_TEST(bound_to_a_group),
		STACK_TEST(leave_taken_back),
		STACK_TEST(destinations_refused),
		STACK_TEST(unspecified_family),
		STACK_TEST(bad_memory),
		STACK_TEST(route_with_a_tiny_mtu),
		STACK_TEST(control_to_the_last_byte),
		STACK_TEST(train_longer_than_the_pool),
		STACK_TEST(after_shutdown),
		STACK_TEST(connected),
		STACK_TEST(connect_without_a_route),
		STACK_TEST(disconnect_keeps_what_was_bound),
		STACK_TEST(pending_error_is_told_once),
		STACK_TEST(full_ring_does_not_block_those_who_asked),
		STACK_TEST(full_ring_blocks),
		STACK_TEST(full_ring_has_an_end),
		STACK_TEST(tables_that_never_rest),
		STACK_TEST(link_down),
		STACK_TEST(device_down),
		STACK_TEST(empty_pool),
		STACK_TEST(tables_change_while_waiting),
		STACK_TEST(way_vanishes_while_waiting),
		STACK_TEST(route_change_is_seen),
		STACK_TEST(sending_allocates_nothing),
		STACK_TEST(writable_until_the_buffer_is_full),
	};

	return cmocka_run_group_tests(udp, NULL, NULL);
}
