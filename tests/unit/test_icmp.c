/* SPDX-License-Identifier: MIT
 * test_icmp.c - echoes, complaints, complaints about us.
 * Not here: IPv4's checks (test_ip_input.c).
 * cmocka calls in; frames come from scapy.
 * Source: RFC 792; RFC 1122 3.2.2; RFC 1812 4.3.2.8. */
#include "kernel/lib/string.h"
#include "net/socket/sockopt.h"
#include "tests/unit/stack.h"

enum {
	IP = 14,
	SADDR = IP + 12,
	DADDR = IP + 16,
	ICMP = IP + 20,
	QUOTED = ICMP + 8
};

static u8 frame[FAKE_FRAME_MAX];
static u32 len;

static void fix_icmp_checksum(void)
{
	put16(frame + ICMP + 2, 0);
	put16(frame + ICMP + 2, rfc1071(frame + ICMP, len - ICMP, 0));
}

static void echo_is_answered(void **state)
{
	stack_know_peer();
	inject_hex(FRAME_ECHO);
	assert_int_equal(eth0.sent_n, 1);
	assert_frame(0, FRAME_ECHO_REPLY);
	assert_int_equal(init_net.mib.icmp_in_msgs, 1);
	assert_int_equal(init_net.mib.icmp_out_msgs, 1);
}

/* Ethernet's padding is not data that is to come back. */
static void short_echo(void **state)
{
	stack_know_peer();
	len = from_hex(FRAME_ECHO, frame);
	memset(frame + QUOTED + 2, 0xa5, ETH_ZLEN);
	len = ETH_ZLEN;
	put16(frame + IP + 2, QUOTED + 2 - IP);
	fix_ip_checksum(frame);
	put16(frame + ICMP + 2, 0);
	put16(frame + ICMP + 2, rfc1071(frame + ICMP, QUOTED + 2 - ICMP, 0));
	fake_inject(&eth0, frame, len);
	assert_int_equal(eth0.sent_n, 1);
	assert_int_equal(get16(eth0.sent[0].bytes + IP + 2), QUOTED + 2 - IP);
	assert_int_equal(rfc1071(eth0.sent[0].bytes + ICMP, QUOTED + 2 - ICMP, 0), 0);
}

static void largest_echo(void **state)
{
	stack_know_peer();
	len = from_hex(FRAME_ECHO, frame);
	for (; len < 1514; len++)
		frame[len] = (u8)len;
	put16(frame + IP + 2, (u16)(len - IP));
	fix_ip_checksum(frame);
	fix_icmp_checksum();
	fake_inject(&eth0, frame, len);
	assert_int_equal(eth0.sent_n, 1);
	assert_int_equal(eth0.sent[0].len, 1514);
	assert_memory_equal(eth0.sent[0].bytes + QUOTED, frame + QUOTED, 1514 - QUOTED);
	assert_int_equal(rfc1071(eth0.sent[0].bytes + ICMP, 1514 - ICMP, 0), 0);
	eth0.dev.mtu = 1400;
	fake_inject(&eth0, frame, len); /* too long to send back: no answer, no leak */
	assert_int_equal(eth0.sent_n, 1);
}

static void inject_from(const char *hex, u32 at, u32 addr)
{
	len = from_hex(hex, frame);
	put16(frame + at, (u16)(addr >> 16));
	put16(frame + at + 2, (u16)addr);
	fix_ip_checksum(frame);
	fake_inject(&eth0, frame, len);
}

static void no_answer_to_everybody(void **state)
{
	stack_know_peer();
	inject_from(FRAME_ECHO, DADDR, 0x0a0000ff);
	inject_from(FRAME_ECHO, DADDR, 0xffffffff);
	assert_int_equal(eth0.sent_n, 0);
}

/* RFC 1122 3.2.2: nothing is sent back to an address that is no single host's. */
static void no_answer_to_nobody(void **state)
{
	inject_from(FRAME_ECHO, SADDR, 0);
	inject_from(FRAME_ECHO, SADDR, 0x0a0000ff);
	inject_from(FRAME_CRUMBS, SADDR, 0);
	net_poll();
	assert_int_equal(eth0.sent_n, 0);
	assert_int_equal(init_net.mib.icmp_out_msgs, 0);
}

static void no_way_back(void **state)
{
	struct route_spec hole = {
		.dst = cpu_to_be32(PEER_IP), .dst_len = 32, .type = RTN_UNREACHABLE
	};

	assert_int_equal(ip_route_add(&init_net, &hole), 0);
	inject_hex(FRAME_ECHO);
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(init_net.mib.icmp_out_msgs, 0);
}

static void malformed(void **state)
{
	len = from_hex(FRAME_ECHO, frame);
	put16(frame + IP + 2, 20 + 7);
	fix_ip_checksum(frame);
	fake_inject(&eth0, frame, len);
	assert_int_equal(stack_dropped(SKB_DROP_HEADER), 1);
	len = from_hex(FRAME_ECHO, frame);
	frame[len - 1] ^= 1;
	fake_inject(&eth0, frame, len);
	assert_int_equal(stack_dropped(SKB_DROP_CHECKSUM), 1);
	len = from_hex(FRAME_ECHO, frame);
	frame[ICMP] = 13; /* a timestamp request is not answered */
	fix_icmp_checksum();
	fake_inject(&eth0, frame, len);
	assert_int_equal(eth0.sent_n, 0);
}

/* ---- complaining --------------------------------------------------------------------------- */

static void closed_port(void **state)
{
	stack_know_peer();
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(eth0.sent_n, 1);
	assert_frame(0, FRAME_PORT_UNREACH);
	assert_int_equal(stack_dropped(SKB_DROP_NO_SOCKET), 1);
	assert_int_equal(init_net.mib.udp_no_ports, 1);
	inject_hex(FRAME_CRUMBS_OPTIONS);
	assert_frame(1, FRAME_PORT_UNREACH_OPTIONS);
}

static void no_complaint_about_broadcasts(void **state)
{
	stack_know_peer();
	len = from_hex(FRAME_CRUMBS, frame);
	memset(frame, 0xff, 6); /* on the link */
	fake_inject(&eth0, frame, len);
	len = from_hex(FRAME_CRUMBS, frame);
	put16(frame + IP + 26, 0);
	inject_from(FRAME_CRUMBS, DADDR, 0x0a0000ff);
	assert_int_equal(eth0.sent_n, 0);
}

static void a_hundred_a_second(void **state)
{
	stack_know_peer();
	for (u32 i = 0; i < 150; i++)
		inject_hex(FRAME_CRUMBS), net_poll();
	assert_int_equal(init_net.mib.icmp_out_msgs, 100);
	assert_int_equal(stack_dropped(SKB_DROP_NO_SOCKET), 150);
	host_advance_clock(NSEC_PER_SEC);
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(init_net.mib.icmp_out_msgs, 101);
}

static void no_packet_to_complain_with(void **state)
{
	struct sk_buff_head held = { .n = 0 };

	stack_know_peer();
	stack_take_packets(&held, 1);
	inject_hex(FRAME_CRUMBS);
	inject_hex(FRAME_ECHO);
	assert_int_equal(eth0.sent_n, 0);
	stack_give_packets(&held);
}

/* ---- complaints about us ------------------------------------------------------------------- */

static int connected(void)
{
	struct sockaddr_in to = inet_addr_of(PEER_IP, PEER_PORT);
	int fd = udp_socket_at(0, OUR_PORT);

	stack_know_peer();
	assert_int_equal(sys_connect(fd, user(&to), sizeof(to)), 0);
	return fd;
}

/* A complaint of this type and code about the datagram of ours that FRAME_TOLD_PORT quotes. */
static void told(u8 type, u8 code, u32 rest)
{
	len = from_hex(FRAME_TOLD_PORT, frame);
	frame[ICMP] = type;
	frame[ICMP + 1] = code;
	put16(frame + ICMP + 4, (u16)(rest >> 16));
	put16(frame + ICMP + 6, (u16)rest);
	fix_icmp_checksum();
	fake_inject(&eth0, frame, len);
}

static int pending(int fd)
{
	return sock_error(sk_of(fd));
}

/* icmp(7), RFC 1812 5.2.7.1: what a connected socket is told, and what only with IP_RECVERR. */
static void each_code_has_its_errno(void **state)
{
	static const struct {
		int err;
		bool fatal;
	} codes[] = {
		{ ENETUNREACH, false },
		{ EHOSTUNREACH, false },
		{ ENOPROTOOPT, true },
		{ ECONNREFUSED, true },
		{ EMSGSIZE, true },
		{ EOPNOTSUPP, false },
		{ ENETUNREACH, true },
		{ 112 /* EHOSTDOWN */, true },
		{ 64 /* ENONET */, true },
		{ ENETUNREACH, true },
		{ EHOSTUNREACH, true },
		{ ENETUNREACH, false },
		{ EHOSTUNREACH, false },
		{ EHOSTUNREACH, true },
		{ EHOSTUNREACH, true },
		{ EHOSTUNREACH, true },
	};
	int fd = connected();

	for (u8 i = 0; i < ARRAY_SIZE(codes); i++) {
		told(3, i, 0);
		assert_int_equal(pending(fd), codes[i].fatal ? -codes[i].err : 0);
	}
	set_int(fd, SOL_IP, IP_RECVERR, 1);
	for (u8 i = 0; i < ARRAY_SIZE(codes); i++) {
		told(3, i, 0);
		assert_int_equal(pending(fd), -codes[i].err);
	}
	told(3, 16, 0);
	assert_int_equal(pending(fd), 0);
}

static void other_complaints(void **state)
{
	int fd = connected();

	told(11, 0, 0);         /* time exceeded passes by itself */
	told(4, 0, 0);          /* source quench: RFC 6633 */
	told(5, 0, 0x0a0000fe); /* redirect */
	assert_int_equal(pending(fd), 0);
	told(12, 0, 0); /* parameter problem */
	assert_int_equal(pending(fd), -EPROTO);
	set_int(fd, SOL_IP, IP_RECVERR, 1);
	told(11, 1, 0);
	assert_int_equal(pending(fd), -EHOSTUNREACH);
	told(4, 0, 0);
	told(5, 0, 0x0a0000fe);
	assert_int_equal(pending(fd), 0);
}

/* A socket that sends without DF did not send the quoted packet. */
static void too_big_is_not_told_without_df(void **state)
{
	int fd = connected();

	set_int(fd, SOL_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
	told(3, 4, 1400);
	assert_int_equal(pending(fd), 0);
}

static void receivers_hear_it_too(void **state)
{
	int fd = connected();
	char buf[8];

	inject_hex(FRAME_TOLD_PORT);
	assert_int_equal(sys_recvfrom(fd, user(buf), 8, MSG_DONTWAIT, 0, 0), -ECONNREFUSED);
	assert_int_equal(sys_recvfrom(fd, user(buf), 8, MSG_DONTWAIT, 0, 0), -EAGAIN);
}

static void only_the_connected_are_told(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	inject_hex(FRAME_TOLD_PORT);
	assert_int_equal(sk_of(fd)->sk_err, 0);
}

/* Quotes of what we never sent, and quotes that are none. */
static void false_quotes(void **state)
{
	static const struct {
		u32 at;
		u8 value;
	} changes[] = {
		{ QUOTED, 0x65 },
		{ QUOTED, 0x44 },
		{ QUOTED, 0x4f },
		{ QUOTED + 9, 6 },
		{ QUOTED + 9, 1 },
		{ QUOTED + 19, 3 },
		{ QUOTED + 21, 0x89 },
		{ QUOTED + 23, 0x8c },
		{ ICMP + 1, 16 },
		{ QUOTED + 15, 2 },
		{ ICMP + 1, 255 },
	};
	int fd = connected();

	for (u32 i = 0; i < ARRAY_SIZE(changes); i++) {
		len = from_hex(FRAME_TOLD_PORT, frame);
		frame[changes[i].at] = changes[i].value;
		fix_icmp_checksum();
		fake_inject(&eth0, frame, len);
		assert_int_equal(sk_of(fd)->sk_err, 0);
	}
}

/* What was never sent from here is no news, not even to a socket of any address that wants all errors. */
static void others_datagrams(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	set_int(fd, SOL_IP, IP_RECVERR, 1);
	len = from_hex(FRAME_TOLD_PORT, frame);
	frame[QUOTED + 15] = 77;
	fix_icmp_checksum();
	fake_inject(&eth0, frame, len);
	assert_int_equal(pending(fd), 0);
	inject_hex(FRAME_TOLD_PORT);
	assert_int_equal(pending(fd), -ECONNREFUSED);
}

static void quotes_cut_short(void **state)
{
	int fd = connected();

	for (u32 quoted = 0; quoted < 28; quoted++) {
		from_hex(FRAME_TOLD_PORT, frame);
		len = QUOTED + quoted;
		put16(frame + IP + 2, (u16)(len - IP));
		fix_ip_checksum(frame);
		fix_icmp_checksum();
		fake_inject(&eth0, frame, len);
		assert_int_equal(sk_of(fd)->sk_err, 0);
	}
}

int main(void)
{
	const struct CMUnitTest icmp[] = {
		STACK_TEST(echo_is_answered),
		STACK_TEST(short_echo),
		STACK_TEST(largest_echo),
		STACK_TEST(no_answer_to_everybody),
		STACK_TEST(no_answer_to_nobody),
		STACK_TEST(no_way_back),
		STACK_TEST(malformed),
		STACK_TEST(closed_port),
		STACK_TEST(no_complaint_about_broadcasts),
		STACK_TEST(a_hundred_a_second),
		STACK_TEST(no_packet_to_complain_with),
		STACK_TEST(each_code_has_its_errno),
		STACK_TEST(other_complaints),
		STACK_TEST(too_big_is_not_told_without_df),
		STACK_TEST(receivers_hear_it_too),
		STACK_TEST(only_the_connected_are_told),
		STACK_TEST(false_quotes),
		STACK_TEST(others_datagrams),
		STACK_TEST(quotes_cut_short),
	};

	return cmocka_run_group_tests(icmp, NULL, NULL);
}
