/* SPDX-License-Identifier: MIT
 * test_pmtu.c - path MTU: which ICMP errors are believed, what changes, when it expires.
 * Not here: which errors the program is told (test_icmp.c).
 * cmocka calls in; the router's message is built here, around what we have sent.
 * Source: RFC 1191 3, 6.3 and 7; RFC 5927 7.2 (forged messages). */
#include "kernel/lib/string.h"
#include "net/ipv4/pmtu.h"
#include "net/socket/sockopt.h"
#include "tests/unit/stack.h"

#define DF 0x4000

enum {
	IP = 14,
	QUOTED = IP + 20 + 8
};

static u8 payload[3000];

/* "Fragmentation needed" from the gateway, about the i-th frame that we have sent. */
static void too_big(u32 i, u16 mtu)
{
	static u8 message[QUOTED + 28];

	from_hex(FRAME_TOLD_FRAG_NEEDED, message);
	message[IP + 15] = 254;
	put16(message + IP + 2, sizeof(message) - IP);
	put16(message + IP + 20 + 6, mtu);
	memcpy(message + QUOTED, eth0.sent[i].bytes + IP, 28);
	fix_ip_checksum(message);
	put16(message + IP + 22, 0);
	put16(message + IP + 22, rfc1071(message + IP + 20, sizeof(message) - IP - 20, 0));
	fake_inject(&eth0, message, sizeof(message));
}

static int sender(void)
{
	int fd = udp_socket_at(0, OUR_PORT);

	stack_know_peer();
	return fd;
}

static long send_far(int fd, size_t len)
{
	fake_forget(&eth0);
	return send_to(fd, payload, len, 0, FAR_IP, PEER_PORT);
}

static u32 known(u32 ip)
{
	const struct pmtu *p = pmtu_lookup(&init_net, cpu_to_be32(ip));

	return p ? p->mtu : 0;
}

static void what_is_sent_gets_smaller(void **state)
{
	int fd = sender();

	assert_int_equal(send_far(fd, 1472), 1472);
	assert_int_equal(get16(eth0.sent[0].bytes + IP + 6), DF);
	too_big(0, 1400);
	assert_int_equal(send_far(fd, 1472), 1472);
	assert_int_equal(eth0.sent_n, 2);
	assert_int_equal(get16(eth0.sent[0].bytes + IP + 2), 1396); /* a multiple of 8 and 20 */
	assert_int_equal(send_far(fd, 1372), 1372);
	assert_int_equal(eth0.sent_n, 1);
	assert_int_equal(get16(eth0.sent[0].bytes + IP + 6), DF);
	assert_int_equal(send_to(fd, payload, 1472, 0, FAR_IP + 1, PEER_PORT), 1472);
	assert_int_equal(eth0.sent_n, 2); /* others are not concerned */
}

/* RFC 1191 6.3: the way may have become wider meanwhile. */
static void forgotten_after_ten_minutes(void **state)
{
	int fd = sender();

	send_far(fd, 1472);
	too_big(0, 1400);
	host_advance_clock(599 * NSEC_PER_SEC);
	net_poll();
	assert_int_equal(known(FAR_IP), 1400);
	send_far(fd, 1472);
	assert_int_equal(eth0.sent_n, 2);
	host_advance_clock(2 * NSEC_PER_SEC);
	net_poll();
	assert_int_equal(known(FAR_IP), 0);
	send_far(fd, 1472);
	assert_int_equal(eth0.sent_n, 1);
}

static void never_raised(void **state)
{
	int fd = sender();

	send_far(fd, 1472);
	too_big(0, 1000);
	send_far(fd, 1472); /* in fragments, without DF */
	too_big(0, 900);
	assert_int_equal(known(FAR_IP), 1000);
	pmtu_update(&init_net, cpu_to_be32(FAR_IP), 1500, 1200);
	assert_int_equal(known(FAR_IP), 1000);
}

/* Narrower than Linux believes: 552 bytes, and routers may fragment those. */
static void below_the_least(void **state)
{
	int fd = sender();

	send_far(fd, 1472);
	too_big(0, 300);
	assert_int_equal(known(FAR_IP), 552);
	send_far(fd, 500);
	assert_int_equal(eth0.sent_n, 1);
	assert_int_equal(get16(eth0.sent[0].bytes + IP + 6), 0);
	send_far(fd, 525);
	assert_int_equal(eth0.sent_n, 2);
	set_int(fd, SOL_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO); /* DF is set */
	send_far(fd, 500);
	assert_int_equal(get16(eth0.sent[0].bytes + IP + 6), DF);
}

static void plateaus(void **state)
{
	static const struct {
		u32 len, next;
	} rows[] = { { 65535, 32000 }, { 1500, 1492 }, { 1492, 1006 }, { 1006, PMTU_MIN },
		{ 69, PMTU_MIN }, { 68, 0 }, { 28, 0 } };
	int fd = sender();

	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		pmtu_update(&init_net, cpu_to_be32(FAR_IP + 1 + i), rows[i].len, 0);
		assert_int_equal(known(FAR_IP + 1 + i), rows[i].next);
	}
	send_far(fd, 1472);
	too_big(0, 0);
	assert_int_equal(known(FAR_IP), 1492);
}

/* Errors that cannot be true, or are about no packet of ours. */
static void forged(void **state)
{
	int fd = sender();

	send_far(fd, 1000);
	too_big(0, 1028); /* it would have fitted */
	too_big(0, 1500);
	assert_int_equal(known(FAR_IP), 0);
	eth0.sent[0].bytes[IP + 20 + 1] ^= 1; /* another port */
	too_big(0, 900);
	eth0.sent[0].bytes[IP + 20 + 1] ^= 1;
	eth0.sent[0].bytes[IP + 15] ^= 2; /* not from us */
	too_big(0, 900);
	eth0.sent[0].bytes[IP + 15] ^= 2;
	eth0.sent[0].bytes[IP + 6] = 0; /* any router could have fragmented it */
	too_big(0, 900);
	assert_true(!init_net.pmtu || init_net.pmtu->n == 0);
}

/* ip(7), IP_MTU_DISCOVER. */
static void every_mode(void **state)
{
	static const struct {
		int mode;
		u16 df;      /* of one that fits */
		bool learns; /* from routers */
		bool heeds;  /* what has been learned */
		bool splits; /* what does not fit */
	} rows[] = {
		{ IP_PMTUDISC_DONT, 0, true, true, true },
		{ IP_PMTUDISC_WANT, DF, true, true, true },
		{ IP_PMTUDISC_DO, DF, true, true, false },
		{ IP_PMTUDISC_PROBE, DF, true, false, false },
		{ IP_PMTUDISC_INTERFACE, 0, false, false, false },
		{ IP_PMTUDISC_OMIT, 0, false, false, true },
	};
	int fd = sender();

	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		u32 ip = FAR_IP + i;

		set_int(fd, SOL_IP, IP_MTU_DISCOVER, rows[i].mode);
		fake_forget(&eth0);
		assert_int_equal(send_to(fd, payload, 1400, 0, ip, PEER_PORT), 1400);
		assert_int_equal(get16(eth0.sent[0].bytes + IP + 6), rows[i].df);
		put16(eth0.sent[0].bytes + IP + 6, DF);
		too_big(0, 1300);
		assert_int_equal(known(ip), rows[i].learns ? 1300 : 0);
		pmtu_update(&init_net, cpu_to_be32(ip), 1500, 1300);
		fake_forget(&eth0);
		assert_int_equal(send_to(fd, payload, 1400, 0, ip, PEER_PORT),
			rows[i].heeds && !rows[i].splits ? -EMSGSIZE : 1400);
		assert_int_equal(eth0.sent_n, !rows[i].heeds ? 1 : rows[i].splits ? 2 : 0);
		assert_int_equal(send_to(fd, payload, 1600, 0, ip, PEER_PORT),
			rows[i].splits ? 1600 : -EMSGSIZE);
	}
}

static void told_to_the_connected(void **state)
{
	struct sockaddr_in to = inet_addr_of(FAR_IP, PEER_PORT);
	s32 len = sizeof(int);
	int fd = sender(), value;

	assert_int_equal(sys_connect(fd, user(&to), sizeof(to)), 0);
	fake_forget(&eth0);
	assert_int_equal(sys_sendto(fd, user(payload), 1472, 0, 0, 0), 1472);
	too_big(0, 1400);
	assert_int_equal(sys_sendto(fd, user(payload), 1472, 0, 0, 0), -EMSGSIZE);
	assert_int_equal(sys_getsockopt(fd, SOL_IP, IP_MTU, user(&value), user(&len)), 0);
	assert_int_equal(value, 1400);
	assert_int_equal(sys_sendto(fd, user(payload), 1472, 0, 0, 0), 1472);
}

/* A datagram that is too long here is reported with the MTU, with IP_RECVERR (tracepath). */
static void local_error(void **state)
{
	int fd = sender();

	set_int(fd, SOL_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
	set_int(fd, SOL_IP, IP_RECVERR, 1);
	assert_int_equal(send_far(fd, 1473), -EMSGSIZE);
	assert_int_equal(sk_of(fd)->sk_error_queue.n, 1);
	assert_int_equal(*(u32 *)(sk_of(fd)->sk_error_queue.first->data + 8), 1500);
	set_int(fd, SOL_IP, IP_RECVERR, 0);
}

static void the_table_is_bounded(void **state)
{
	for (u32 i = 0; i < PMTU_MAX + 5; i++) {
		host_advance_clock(1);
		pmtu_update(&init_net, cpu_to_be32(FAR_IP + i), 1500, 1000);
	}
	assert_int_equal(init_net.pmtu->n, PMTU_MAX);
	for (u32 i = 0; i < PMTU_MAX + 5; i++)
		assert_int_equal(known(FAR_IP + i), i < 5 ? 0 : 1000);
	host_advance_clock(PMTU_EXPIRES_NS);
	net_poll();
	assert_true(!init_net.pmtu || init_net.pmtu->n == 0);
}

int main(void)
{
	const struct CMUnitTest pmtu[] = {
		STACK_TEST(what_is_sent_gets_smaller),
		STACK_TEST(forgotten_after_ten_minutes),
		STACK_TEST(never_raised),
		STACK_TEST(below_the_least),
		STACK_TEST(plateaus),
		STACK_TEST(forged),
		STACK_TEST(every_mode),
		STACK_TEST(told_to_the_connected),
		STACK_TEST(local_error),
		STACK_TEST(the_table_is_bounded),
	};

	return cmocka_run_group_tests(pmtu, NULL, NULL);
}
