/* SPDX-License-Identifier: MIT
 * test_af_packet.c - packet sockets: what they hear, what they send, and every way to refuse.
 * Not here: a real program with one (tests/boot/test_packet.py).
 * cmocka calls in; it injects frames, and reads what left.
 * Source: packet(7); what Linux 6.1 answered to the same calls. */
#include "kernel/lib/string.h"
#include "net/device/dev_config.h"
#include "net/packet/af_packet.h"
#include "net/socket/sockopt.h"
#include "tests/unit/stack.h"

#define PACKET_STATISTICS      6
#define PACKET_AUXDATA         8
#define PACKET_IGNORE_OUTGOING 23
#define SO_RCVBUF              8
#define VLAN_TPID              0x8100

static u8 buf[FAKE_FRAME_MAX];
static struct sockaddr_ll from;

static int packet_socket(int type, u16 protocol)
{
	long fd = sys_socket(AF_PACKET, (u64)type, cpu_to_be16(protocol).raw);

	assert_true(fd >= 0);
	return fd;
}

static long receive(int fd, size_t len, u32 flags)
{
	u32 room = sizeof(from);

	memset(&from, 0xa5, sizeof(from));
	return sys_recvfrom(fd, user(buf), len, flags, user(&from), user(&room));
}

static struct sockaddr_ll on_device(const struct net_device *dev, u16 protocol)
{
	return (struct sockaddr_ll){ .sll_family = AF_PACKET,
		.sll_protocol = cpu_to_be16(protocol),
		.sll_ifindex = dev->ifindex };
}

static long bind_to(int fd, const struct sockaddr_ll *sll)
{
	return sys_bind(fd, user(sll), sizeof(*sll));
}

static long send_frame(int fd, const void *frame, size_t len)
{
	struct sockaddr_ll to = on_device(&eth0.dev, ETH_P_IP);

	return sys_sendto(fd, user(frame), len, 0, user(&to), sizeof(to));
}

/* ---- hearing ------------------------------------------------------------------------------- */

static void assert_heard(int fd, const char *hex, u8 pkttype)
{
	u8 frame[FAKE_FRAME_MAX];
	u32 len = from_hex(hex, frame);

	assert_int_equal(receive(fd, sizeof(buf), MSG_DONTWAIT), len);
	assert_memory_equal(buf, frame, len);
	assert_int_equal(from.sll_family, AF_PACKET);
	assert_memory_equal(&from.sll_protocol, frame + 12, 2);
	assert_int_equal(from.sll_ifindex, eth0.dev.ifindex);
	assert_int_equal(from.sll_hatype, 1);
	assert_int_equal(from.sll_pkttype, pkttype);
	assert_int_equal(from.sll_halen, ETH_ALEN);
	assert_memory_equal(from.sll_addr, frame + 6, ETH_ALEN);
}

static void every_frame_both_ways(void **state)
{
	int fd = packet_socket(SOCK_RAW, ETH_P_ALL);

	inject_hex(FRAME_ARP_ASKED);
	inject_hex(FRAME_CRUMBS);
	assert_heard(fd, FRAME_ARP_ASKED, PACKET_BROADCAST);
	assert_heard(fd, FRAME_ARP_ANSWER, PACKET_OUTGOING);
	assert_heard(fd, FRAME_CRUMBS, PACKET_HOST);
}

/* packet(7): one ethertype, and only what comes in. */
static void one_ethertype(void **state)
{
	int fd = packet_socket(SOCK_RAW, ETH_P_ARP);

	inject_hex(FRAME_CRUMBS);
	inject_hex(FRAME_ARP_ASKED);
	assert_heard(fd, FRAME_ARP_ASKED, PACKET_BROADCAST);
	assert_int_equal(receive(fd, 64, MSG_DONTWAIT), -EAGAIN);
}

static void deaf_until_bound(void **state)
{
	struct sockaddr_ll at = on_device(&eth0.dev, ETH_P_ALL);
	int fd = packet_socket(SOCK_RAW, 0);

	inject_hex(FRAME_CRUMBS);
	assert_int_equal(bind_to(fd, &at), 0);
	inject_hex(FRAME_ARP_ASKED);
	assert_heard(fd, FRAME_ARP_ASKED, PACKET_BROADCAST);
}

static void one_device(void **state)
{
	struct sockaddr_ll at = on_device(init_net.loopback_dev, 0);
	int fd = packet_socket(SOCK_RAW, ETH_P_ALL);

	assert_int_equal(bind_to(fd, &at), 0);
	inject_hex(FRAME_ARP_ASKED);
	assert_int_equal(receive(fd, 64, MSG_DONTWAIT), -EAGAIN);
	send_to(udp_socket(), "muffin", 6, 0, INADDR_LOOPBACK, 9);
	assert_int_equal(receive(fd, sizeof(buf), 0), 48);
	assert_int_equal(from.sll_pkttype, PACKET_OUTGOING);
	assert_int_equal(from.sll_hatype, 772);
	assert_int_equal(receive(fd, sizeof(buf), 0), 48);
	assert_int_equal(from.sll_pkttype, PACKET_HOST);
}

static void own_namespace_only(void **state)
{
	static struct fake_device eth1;
	static struct net other;
	int fd = packet_socket(SOCK_RAW, ETH_P_ALL);
	u8 frame[64];

	assert_int_equal(setup_net(&other), 0);
	fake_register(&eth1, &other, 2);
	fake_inject(&eth1, frame, from_hex(FRAME_ARP_ASKED, frame));
	assert_int_equal(receive(fd, 64, MSG_DONTWAIT), -EAGAIN);
	current->nsproxy->net_ns = &other;
	fd = packet_socket(SOCK_RAW, ETH_P_ALL);
	current->nsproxy->net_ns = &init_net;
	fake_inject(&eth1, frame, from_hex(FRAME_ARP_ASKED, frame));
	inject_hex(FRAME_ARP_ASKED);
	assert_int_equal(receive(fd, 64, MSG_DONTWAIT), 42);
	assert_int_equal(receive(fd, 64, MSG_DONTWAIT), -EAGAIN);
}

static int next_len(int fd)
{
	struct file *file = fd_get(&init_task.files, fd);
	int len = -1;

	assert_int_equal(file->ops->ioctl(file, 0x541b /* SIOCINQ */, user(&len)), 0);
	return len;
}

static void without_its_header(void **state)
{
	int fd = packet_socket(SOCK_DGRAM, ETH_P_IP), raw = packet_socket(SOCK_RAW, ETH_P_IP);
	u8 frame[64];

	inject_hex(FRAME_CRUMBS);
	assert_int_equal(next_len(fd), 34);
	assert_int_equal(next_len(raw), 48);
	assert_int_equal(receive(fd, sizeof(buf), 0), from_hex(FRAME_CRUMBS, frame) - ETH_HLEN);
	assert_memory_equal(buf, frame + ETH_HLEN, 34);
	assert_memory_equal(from.sll_addr, frame + 6, ETH_ALEN);
}

static void truncation_and_peeking(void **state)
{
	int fd = packet_socket(SOCK_RAW, ETH_P_IP);

	inject_hex(FRAME_CRUMBS);
	assert_int_equal(receive(fd, 14, MSG_PEEK), 14);
	assert_int_equal(receive(fd, 14, MSG_PEEK | MSG_TRUNC), 48);
	assert_int_equal(receive(fd, 14, 0), 14);
	assert_int_equal(receive(fd, 14, MSG_DONTWAIT), -EAGAIN);
}

static void another_sockets_frames(void **state)
{
	int fd = packet_socket(SOCK_RAW, ETH_P_ALL), other = packet_socket(SOCK_RAW, ETH_P_ALL);
	u8 frame[64];
	u32 len = from_hex(FRAME_CRUMBS, frame), yes = 1;

	assert_int_equal(send_frame(fd, frame, len), len);
	assert_int_equal(receive(fd, 64, MSG_DONTWAIT), -EAGAIN); /* its own */
	assert_heard(other, FRAME_CRUMBS, PACKET_OUTGOING);
	assert_int_equal(
		sys_setsockopt(other, SOL_PACKET, PACKET_IGNORE_OUTGOING, user(&yes), 4), 0);
	assert_int_equal(send_frame(fd, frame, len), len);
	assert_int_equal(receive(other, 64, MSG_DONTWAIT), -EAGAIN);
}

/* ---- bounds -------------------------------------------------------------------------------- */

static void assert_statistics(int fd, u32 packets, u32 drops)
{
	u32 stats[2], len = sizeof(stats);

	assert_int_equal(
		sys_getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, user(stats), user(&len)), 0);
	assert_int_equal(len, 8);
	assert_int_equal(stats[0], packets);
	assert_int_equal(stats[1], drops);
}

static void drops_are_counted(void **state)
{
	int fd = packet_socket(SOCK_RAW, ETH_P_IP);

	assert_int_equal(set_int(fd, 1, SO_RCVBUF, 1), 0); /* 2304 bytes: 9 short frames */
	for (u32 i = 0; i < 50; i++)
		inject_hex(FRAME_CRUMBS);
	assert_statistics(fd, 50, 41);
	assert_statistics(fd, 0, 0);
	inject_hex(FRAME_CRUMBS);
	assert_statistics(fd, 1, 1);
	assert_int_equal(receive(fd, 64, 0), 48);
}

/* Each has its buffer, together they leave packets to others; sending goes on. */
static void unread_frames_are_bounded(void **state)
{
	int fd = packet_socket(SOCK_RAW, ETH_P_ALL), udp = udp_socket_at(0, OUR_PORT);

	stack_know_peer();
	for (u32 i = 0; i < skb_pool.total_n; i++)
		inject_hex(FRAME_CRUMBS);
	assert_in_range(sk_of(fd)->sk_rmem, SK_RCVBUF_DEFAULT - SKB_SLOT, SK_RCVBUF_DEFAULT);
	assert_in_range(sk_of(udp)->sk_rmem, SK_RCVBUF_DEFAULT - SKB_SLOT, SK_RCVBUF_DEFAULT);
	assert_int_equal(send_to(udp, "muffin", 6, MSG_DONTWAIT, PEER_IP, PEER_PORT), 6);
}

/* ---- sending ------------------------------------------------------------------------------- */

static void a_whole_frame(void **state)
{
	struct sockaddr_ll at = on_device(&eth0.dev, ETH_P_IP);
	int fd = packet_socket(SOCK_RAW, 0);
	u8 frame[64];
	u32 len = from_hex(FRAME_CRUMBS, frame);

	assert_int_equal(send_frame(fd, frame, len), len);
	assert_frame(0, FRAME_CRUMBS);
	assert_int_equal(sys_sendto(fd, user(frame), len, 0, 0, 0), -ENXIO);
	assert_int_equal(bind_to(fd, &at), 0);
	assert_int_equal(sys_sendto(fd, user(frame), len, 0, 0, 0), len);
	assert_int_equal(eth0.sent_n, 2);
	stack_check_accounts();
}

static void a_header_is_made(void **state)
{
	struct sockaddr_ll to = on_device(&eth0.dev, 0x88b5); /* IEEE 802: for experiments */
	int fd = packet_socket(SOCK_DGRAM, 0);

	assert_int_equal(sys_sendto(fd, user("muffin"), 6, 0, user(&to), sizeof(to)), -EINVAL);
	to.sll_halen = ETH_ALEN;
	memcpy(to.sll_addr, peer_mac, ETH_ALEN);
	assert_int_equal(sys_sendto(fd, user("muffin"), 6, 0, user(&to), sizeof(to)), 6);
	assert_frame(0, "020000000002"
			"020000000001"
			"88b5"
			"6d756666696e");
	assert_int_equal(sys_sendto(fd, user(buf), 1500, 0, user(&to), sizeof(to)), 1500);
	assert_int_equal(sys_sendto(fd, user(buf), 1501, 0, user(&to), sizeof(to)), -EMSGSIZE);
	assert_int_equal(eth0.sent_n, 2);
}

static void lengths(void **state)
{
	int fd = packet_socket(SOCK_RAW, 0);

	memset(buf, 0, sizeof(buf));
	assert_int_equal(send_frame(fd, buf, 0), -EINVAL);
	assert_int_equal(send_frame(fd, buf, ETH_HLEN - 1), -EINVAL);
	assert_int_equal(send_frame(fd, buf, ETH_HLEN), ETH_HLEN);
	assert_int_equal(send_frame(fd, buf, ETH_FRAME_LEN), ETH_FRAME_LEN);
	assert_int_equal(send_frame(fd, buf, ETH_FRAME_LEN + 1), -EMSGSIZE);
	put16(buf + 12, VLAN_TPID);
	assert_int_equal(send_frame(fd, buf, ETH_FRAME_LEN + 4), ETH_FRAME_LEN + 4);
	assert_int_equal(send_frame(fd, buf, ETH_FRAME_LEN + 5), -EMSGSIZE);
	assert_int_equal(send_frame(fd, buf, 65536), -EMSGSIZE);
	eth0.dev.mtu = 60000; /* more than a packet holds is no packet */
	assert_int_equal(send_frame(fd, buf, 2000), -EMSGSIZE);
	eth0.dev.mtu = ETH_DATA_LEN;
	assert_int_equal(eth0.sent_n, 3);
}

static void a_full_ring(void **state)
{
	int fd = packet_socket(SOCK_RAW, 0);
	struct sockaddr_ll to = on_device(&eth0.dev, 0);

	host_tick_clock(NSEC_PER_USEC);
	eth0.stuck = true;
	memset(buf, 0, sizeof(buf));
	for (u32 i = 0; i < 64; i++)
		assert_int_equal(send_frame(fd, buf, 60), 60);
	assert_int_equal(
		sys_sendto(fd, user(buf), 60, MSG_DONTWAIT, user(&to), sizeof(to)), -EAGAIN);
	assert_int_equal(send_frame(fd, buf, 60), -ENOBUFS);
}

/* ---- refusing ------------------------------------------------------------------------------ */

static void wrong_sockets_and_names(void **state)
{
	struct sockaddr_ll at = on_device(&eth0.dev, 0);
	int fd = packet_socket(SOCK_RAW, 0);

	assert_int_equal(sys_socket(AF_PACKET, SOCK_STREAM, 0), -ESOCKTNOSUPPORT);
	assert_int_equal(sys_bind(fd, user(&at), sizeof(at) - 1), -EINVAL);
	at.sll_family = AF_INET;
	assert_int_equal(bind_to(fd, &at), -EINVAL);
	at.sll_family = AF_PACKET;
	at.sll_ifindex = 99;
	assert_int_equal(bind_to(fd, &at), -ENODEV);
	assert_int_equal(sys_sendto(fd, user(buf), 60, 0, user(&at), sizeof(at)), -ENXIO);
	assert_int_equal(sys_sendto(fd, user(buf), 60, 0, user(&at), 19), -EINVAL);
	at.sll_halen = 9;
	assert_int_equal(sys_sendto(fd, user(buf), 60, 0, user(&at), sizeof(at)), -EINVAL);
	assert_int_equal(sys_connect(fd, user(&at), sizeof(at)), -EOPNOTSUPP);
	assert_int_equal(send_frame(fd, NULL, 60), -EFAULT);
}

static void a_device_that_is_down(void **state)
{
	struct sockaddr_ll at = on_device(&eth0.dev, 0);
	int fd = packet_socket(SOCK_RAW, ETH_P_ALL);

	eth0.dev.flags &= ~(u32)IFF_UP;
	assert_int_equal(bind_to(fd, &at), 0);
	assert_int_equal(receive(fd, 64, 0), -ENETDOWN);
	assert_int_equal(send_frame(fd, buf, 60), -ENETDOWN);
	eth0.dev.flags |= IFF_UP;
}

static void names_are_told(void **state)
{
	struct sockaddr_ll at = on_device(&eth0.dev, ETH_P_ARP), name;
	int fd = packet_socket(SOCK_RAW, ETH_P_ALL);
	u32 room = sizeof(name);

	assert_int_equal(sys_getsockname(fd, user(&name), user(&room)), 0);
	assert_int_equal(room, 12); /* no device, no address */
	assert_int_equal(name.sll_ifindex, 0);
	assert_int_equal(bind_to(fd, &at), 0);
	room = sizeof(name);
	assert_int_equal(sys_getsockname(fd, user(&name), user(&room)), 0);
	assert_int_equal(room, 18);
	assert_int_equal(name.sll_ifindex, eth0.dev.ifindex);
	assert_int_equal(be16_to_cpu(name.sll_protocol), ETH_P_ARP);
	assert_int_equal(name.sll_halen, ETH_ALEN);
	assert_memory_equal(name.sll_addr, eth0.dev.dev_addr, ETH_ALEN);
	assert_int_equal(sys_getpeername(fd, user(&name), user(&room)), -EOPNOTSUPP);
}

/* Frames of 48 bytes only, and the first 20 of them; a second program takes the place of the first. */
static void filters(void **state)
{
	struct sock_filter some[] = { { 0x80, 0, 0, 0 }, { 0x15, 0, 1, 48 }, { 6, 0, 0, 20 },
		{ 6, 0, 0, 0 } };
	struct {
		u16 len;
		u64 filter;
	} prog = { 4, user(some) };
	int fd = packet_socket(SOCK_RAW, ETH_P_ALL);

	assert_int_equal(set_int(fd, SOL_SOCKET, SO_DETACH_FILTER, 0), -ENOENT);
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, user(&prog), 16), 0);
	inject_hex(FRAME_ARP_ASKED);
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(receive(fd, sizeof(buf), MSG_TRUNC), 20);
	assert_int_equal(receive(fd, sizeof(buf), MSG_DONTWAIT), -EAGAIN);
	assert_statistics(fd, 1, 0);
	prog.len = 2; /* without its end */
	assert_int_equal(
		sys_setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, user(&prog), 16), -EINVAL);
	prog.len = 0;
	assert_int_equal(
		sys_setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, user(&prog), 16), -EINVAL);
	prog.len = 4;
	assert_int_equal(
		sys_setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, user(&prog), 15), -EINVAL);
	prog.filter = 0;
	assert_int_equal(
		sys_setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, user(&prog), 16), -EFAULT);
	inject_hex(FRAME_ARP_ASKED);
	assert_int_equal(receive(fd, sizeof(buf), MSG_DONTWAIT), -EAGAIN); /* the old one holds */
	prog.filter = user(some);
	some[1].k = 42;
	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, user(&prog), 16), 0);
	inject_hex(FRAME_ARP_ASKED); /* and its answer */
	assert_int_equal(receive(fd, sizeof(buf), MSG_DONTWAIT), 20);
	assert_int_equal(receive(fd, sizeof(buf), MSG_DONTWAIT), 20);
	assert_int_equal(set_int(fd, SOL_SOCKET, SO_DETACH_FILTER, 0), 0);
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(receive(fd, sizeof(buf), MSG_DONTWAIT), 48);
}

static void memberships(void **state)
{
	struct {
		int ifindex;
		u16 type, alen;
		u8 address[8];
	} mreq = { .ifindex = eth0.dev.ifindex, .type = 1 };
	int fd = packet_socket(SOCK_RAW, ETH_P_ALL), one = packet_socket(SOCK_RAW, 0);

	assert_int_equal(sys_setsockopt(fd, SOL_PACKET, 1, user(&mreq), 15), -EINVAL);
	for (u32 i = 0; i < 2; i++)
		assert_int_equal(sys_setsockopt(fd, SOL_PACKET, 1, user(&mreq), 16), 0);
	assert_int_equal(sys_setsockopt(one, SOL_PACKET, 1, user(&mreq), 16), 0);
	assert_true(eth0.dev.flags & IFF_PROMISC);
	assert_int_equal(eth0.dev.promiscuity, 2);
	for (u32 i = 0; i < 3; i++) /* once more than joined is no error, as on Linux */
		assert_int_equal(sys_setsockopt(fd, SOL_PACKET, 2, user(&mreq), 16), 0);
	assert_true(eth0.dev.flags & IFF_PROMISC);
	fd_close(&init_task.files, one);
	assert_false(eth0.dev.flags & IFF_PROMISC);
	mreq.alen = 7;
	assert_int_equal(sys_setsockopt(fd, SOL_PACKET, 1, user(&mreq), 16), -EINVAL);
	mreq.ifindex = 99;
	assert_int_equal(sys_setsockopt(fd, SOL_PACKET, 1, user(&mreq), 16), -ENODEV);
	assert_int_equal(sys_setsockopt(fd, SOL_PACKET, 2, user(&mreq), 16), 0);
}

/* What it was asked to hear ends with its leaving; it may come back with the same number. */
static void device_leaves(void **state)
{
	struct {
		int ifindex;
		u16 type, alen;
		u8 address[8];
	} mreq = { .ifindex = eth0.dev.ifindex, .type = 1 };
	int fd = packet_socket(SOCK_RAW, ETH_P_ALL), bound = packet_socket(SOCK_RAW, ETH_P_ALL);
	struct sockaddr_ll sll = { .sll_family = AF_PACKET, .sll_ifindex = eth0.dev.ifindex };
	struct net *other = net_create();

	assert_int_equal(sys_bind(bound, user(&sll), sizeof(sll)), 0);
	assert_int_equal(sys_setsockopt(fd, SOL_PACKET, 1, user(&mreq), 16), 0);
	assert_int_equal(eth0.dev.promiscuity, 1);
	assert_int_equal(dev_change_net_namespace(&eth0.dev, other), 0);
	assert_int_equal(eth0.dev.promiscuity, 0);
	assert_false(eth0.dev.flags & IFF_PROMISC);
	assert_int_equal(sys_sendto(bound, user(FRAME_ARP_ASKED), 60, 0, 0, 0), -ENETDOWN);
	assert_int_equal(sys_sendto(bound, user(FRAME_ARP_ASKED), 60, 0, 0, 0), -ENXIO);
	assert_int_equal(dev_change_net_namespace(&eth0.dev, &init_net), 0);
	assert_int_equal(sys_setsockopt(fd, SOL_PACKET, 2, user(&mreq), 16), 0);
	fd_close(&init_task.files, fd);
	assert_int_equal(eth0.dev.promiscuity, 0);
	put_net(other);
	net_poll();
}

static void options(void **state)
{
	int fd = packet_socket(SOCK_RAW, ETH_P_ALL), value = 2;
	u32 len = sizeof(value);

	assert_int_equal(sys_setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, 0, 0), -EINVAL);
	assert_int_equal(set_int(fd, SOL_PACKET, PACKET_AUXDATA, 1), -ENOPROTOOPT);
	assert_int_equal(set_int(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 2), -EINVAL);
	assert_int_equal(set_int(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1), 0);
	assert_int_equal(
		sys_setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, user(&value), 3), -EINVAL);
	assert_int_equal(sys_setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 0, 4), -EFAULT);
	assert_int_equal(
		sys_getsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, user(&value), user(&len)),
		0);
	assert_int_equal(value, 1);
	assert_int_equal(sys_getsockopt(fd, SOL_PACKET, PACKET_AUXDATA, user(&value), user(&len)),
		-ENOPROTOOPT);
}

int main(void)
{
	const struct CMUnitTest af_packet[] = {
		STACK_TEST(every_frame_both_ways),
		STACK_TEST(one_ethertype),
		STACK_TEST(deaf_until_bound),
		STACK_TEST(one_device),
		STACK_TEST(own_namespace_only),
		STACK_TEST(without_its_header),
		STACK_TEST(truncation_and_peeking),
		STACK_TEST(another_sockets_frames),
		STACK_TEST(drops_are_counted),
		STACK_TEST(unread_frames_are_bounded),
		STACK_TEST(a_whole_frame),
		STACK_TEST(a_header_is_made),
		STACK_TEST(lengths),
		STACK_TEST(a_full_ring),
		STACK_TEST(wrong_sockets_and_names),
		STACK_TEST(a_device_that_is_down),
		STACK_TEST(names_are_told),
		STACK_TEST(filters),
		STACK_TEST(memberships),
		STACK_TEST(device_leaves),
		STACK_TEST(options),
	};

	return cmocka_run_group_tests(af_packet, NULL, NULL);
}
