/* SPDX-License-Identifier: MIT
 * test_stamps.c - SO_TIMESTAMPING: which packets get a stamp, when, and that it costs nothing else.
 * Not here: each option's answers and control messages, line by line beside Linux (tests/boot/test_stamps.py).
 * cmocka calls in; frames come from scapy.
 * Source: Linux's Documentation/networking/timestamping. */
#include "net/core/timestamping.h"
#include "net/socket/socket_user.h"
#include "net/socket/sockopt.h"
#include "net/udp/udp.h"
#include "tests/unit/datagrams.h"

#define SND_STAMPS (SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_TX_SOFTWARE)

/* What the program finds: the stamp, then the reason. */
struct stamped {
	struct cmsghdr header;
	u64 sec, nsec, others[4];
	struct cmsghdr why;
	u32 err;
	u8 origin, type, code, pad;
	u32 info, data;
	struct sockaddr_in offender;
};

static struct stamped s;
static u8 frame[FAKE_FRAME_MAX];

/* The oldest entry of the error queue: bytes of the frame, or -EAGAIN. */
static long read_stamp(int fd)
{
	struct iovec piece = { frame, sizeof(frame) };
	struct user_msghdr um = {
		.iov = user(&piece), .iovlen = 1, .control = user(&s), .controllen = sizeof(s)
	};

	memset(&s, 0, sizeof(s));
	return sys_recvmsg(fd, user(&um), MSG_ERRQUEUE);
}

static u64 stamp_ns(void)
{
	return s.sec * NSEC_PER_SEC + s.nsec - HOST_BOOTED_NS;
}

static int asking(u32 flags)
{
	int fd = udp_socket_at(0, OUR_PORT);

	stack_know_peer();
	assert_int_equal(set_int(fd, SOL_SOCKET, SO_TIMESTAMPING, (int)flags), 0);
	return fd;
}

static long send_muffin(int fd)
{
	return send_to(fd, "muffin", 6, 0, PEER_IP, PEER_PORT);
}

static void assert_stamp(int fd, long len, u32 where, u32 number)
{
	assert_int_equal(read_stamp(fd), len);
	assert_int_equal(s.why.type, IP_RECVERR);
	assert_int_equal(s.err, ENOMSG);
	assert_int_equal(s.origin, 4); /* SO_EE_ORIGIN_TIMESTAMPING */
	assert_int_equal(s.info, where);
	assert_int_equal(s.data, number);
}

static void the_frame_comes_back(void **state)
{
	int fd = asking(SND_STAMPS | SOF_TIMESTAMPING_OPT_ID);

	for (u32 i = 0; i < 5; i++) {
		host_advance_clock(1000);
		assert_int_equal(send_muffin(fd), 6);
		assert_stamp(fd, 48, SCM_TSTAMP_SND, i);
		assert_memory_equal(frame, eth0.sent[i].bytes, 40);
		assert_int_equal(stamp_ns(), eth0.sent[i].at_ns);
	}
	assert_int_equal(read_stamp(fd), -EAGAIN);
	assert_int_equal(sk_of(fd)->sk_wmem, 0);
	assert_int_equal(sk_of(fd)->sk_refs, 1);
}

/* It leaves when its neighbour has answered, and is stamped then. */
static void after_arp(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	set_int(fd, SOL_SOCKET, SO_TIMESTAMPING,
		SND_STAMPS | SOF_TIMESTAMPING_TX_SCHED | SOF_TIMESTAMPING_OPT_TSONLY);
	assert_int_equal(send_muffin(fd), 6);
	assert_int_equal(read_stamp(fd), -EAGAIN);
	host_advance_clock(5000000);
	stack_answer_arp(PEER_IP, peer_mac);
	assert_stamp(fd, 0, SCM_TSTAMP_SCHED, 0);
	assert_stamp(fd, 0, SCM_TSTAMP_SND, 0);
	assert_true(stamp_ns() >= 5000000);
}

/* The number is the message's; a burst's first datagram carries the stamp, though a cached header is there. */
static void bursts(void **state)
{
	int fd = asking(
		SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY);
	u32 flags = SOF_TIMESTAMPING_TX_SOFTWARE;
	const u32 none = 0;
	struct message m;
	u16 size = 10;

	for (u32 i = 0; i < 3; i++) {
		message_to(&m, noise(1, 100), 100, PEER_IP, PEER_PORT);
		message_control(&m, SOL_UDP, UDP_SEGMENT, &size, sizeof(size));
		assert_int_equal(message_send(fd, &m, 0), 100); /* fills the flow */
		message_control(&m, SOL_SOCKET, SO_TIMESTAMPING, &none, sizeof(none));
		assert_int_equal(message_send(fd, &m, 0), 100);
		message_control(&m, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof(flags));
		assert_int_equal(message_send(fd, &m, 0), 100);
		assert_stamp(fd, 0, SCM_TSTAMP_SND, i);
		assert_int_equal(read_stamp(fd), -EAGAIN);
	}
	assert_int_equal(eth0.sent_n, 90);
}

/* A wish is one message's, however that ends. */
static void wishes_end(void **state)
{
	int fd = asking(SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY);
	u32 flags = SOF_TIMESTAMPING_TX_SOFTWARE;
	struct message m;

	message_to(&m, "muffin", 6, PEER_IP, PEER_PORT);
	message_control(&m, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof(flags));
	assert_int_equal(message_send(fd, &m, MSG_MORE), 6);
	assert_int_equal(send_to(fd, noise(1, 65507), 65507, 0, PEER_IP, PEER_PORT), -EMSGSIZE);
	assert_int_equal(send_muffin(fd), 6);
	assert_int_equal(read_stamp(fd), -EAGAIN);
	assert_int_equal(message_send(fd, &m, MSG_MORE), 6);
	assert_int_equal(read_stamp(fd), -EAGAIN);
	assert_int_equal(send_to(fd, "!", 1, 0, PEER_IP, PEER_PORT), 1);
	assert_stamp(fd, 0, SCM_TSTAMP_SND, 0);
	assert_int_equal(send_muffin(fd), 6);
	assert_int_equal(read_stamp(fd), -EAGAIN);
}

/* Others keep their cached headers, and who stops asking gets them back. */
static void others_do_not_pay(void **state)
{
	int fd = asking(SND_STAMPS), other = udp_socket_at(0, OUR_PORT + 1);

	eth0.keep = true;
	for (u32 i = 0; i < 4 * FAKE_RING; i++)
		assert_int_equal(send_muffin(other), 6);
	assert_true(eth0.again_n > 2 * FAKE_RING);
	eth0.again_n = 0;
	for (u32 i = 0; i < 8; i++)
		assert_int_equal(send_muffin(fd), 6);
	assert_int_equal(eth0.again_n, 0);
	set_int(fd, SOL_SOCKET, SO_TIMESTAMPING, 0);
	for (u32 i = 0; i < 4 * FAKE_RING; i++)
		assert_int_equal(send_muffin(fd), 6);
	assert_true(eth0.again_n > 2 * FAKE_RING);
}

/* Nobody reads them: they fill the receive buffer, the rest is counted, and sending goes on. */
static void unread(void **state)
{
	int fd = asking(SND_STAMPS | SOF_TIMESTAMPING_OPT_TSONLY);

	set_int(fd, SOL_SOCKET, SO_RCVBUF, 1); /* 2304: nine small packets */
	for (u32 i = 0; i < 20; i++)
		assert_int_equal(send_muffin(fd), 6);
	assert_int_equal(sk_of(fd)->sk_error_queue.n, 9);
	assert_int_equal(sk_of(fd)->sk_drops, 11);
	assert_int_equal(eth0.sent_n, 20);
	fd_close(&init_task.files, fd); /* with all of them */
}

/* Without a packet for it there is no stamp; what is sent is sent. */
static void no_memory_for_it(void **state)
{
	int fd = asking(SND_STAMPS);
	struct sk_buff_head held = { .n = 0 };

	stack_take_packets(&held, 1);
	assert_int_equal(send_muffin(fd), 6);
	stack_give_packets(&held);
	assert_int_equal(eth0.sent_n, 1);
	assert_int_equal(read_stamp(fd), -EAGAIN);
	assert_int_equal(sk_of(fd)->sk_drops, 1);
}

static void received(void **state)
{
	int fd = asking(SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE);
	struct iovec piece = { frame, sizeof(frame) };
	struct user_msghdr um = {
		.iov = user(&piece), .iovlen = 1, .control = user(&s), .controllen = sizeof(s)
	};

	host_set_clock(77);
	inject_hex(FRAME_CRUMBS);
	host_advance_clock(1000);
	assert_true(sys_recvmsg(fd, user(&um), 0) > 0);
	assert_int_equal(um.controllen, 64);
	assert_int_equal(s.header.type, SO_TIMESTAMPING);
	assert_int_equal(stamp_ns(), 77);
	assert_int_equal(s.others[0] | s.others[1] | s.others[2] | s.others[3], 0);
}

int main(void)
{
	const struct CMUnitTest stamps[] = {
		STACK_TEST(the_frame_comes_back),
		STACK_TEST(after_arp),
		STACK_TEST(bursts),
		STACK_TEST(wishes_end),
		STACK_TEST(others_do_not_pay),
		STACK_TEST(unread),
		STACK_TEST(no_memory_for_it),
		STACK_TEST(received),
	};

	return cmocka_run_group_tests(stamps, NULL, NULL);
}
