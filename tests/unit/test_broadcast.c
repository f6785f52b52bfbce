/* SPDX-License-Identifier: MIT
 * test_broadcast.c - broadcasts of this host: which sockets here receive them, by which device, and what it costs.
 * Not here: broadcasts from the wire (test_martians.c), groups (test_igmp.c).
 * cmocka calls in.
 * Source: RFC 919 7, RFC 1122 3.3.6. Behaves as Linux's ip_mc_output. */
#include "kernel/lib/string.h"
#include "net/device/dev_config.h"
#include "net/device/loopback.h"
#include "net/socket/sockopt.h"
#include "tests/unit/datagrams.h"

#define SUBNET    0x0a0000ffu
#define LIMITED   0xffffffffu
#define LOCAL_ALL 0x7fffffffu /* lo's network's broadcast address */

static int sharing(u32 ip)
{
	struct sockaddr_in at = inet_addr_of(ip, OUR_PORT);
	int fd = udp_socket();

	set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	set_int(fd, SOL_SOCKET, SO_BROADCAST, 1);
	assert_int_equal(sys_bind(fd, user(&at), sizeof(at)), 0);
	return fd;
}

/* How many datagrams waited for it. */
static u32 got(int fd)
{
	char buf[8];
	u32 n = 0;

	while (sys_recvfrom(fd, user(buf), 8, MSG_DONTWAIT, 0, 0) == 6)
		n++;
	return n;
}

static void everybody_hears_it(void **state)
{
	static const u32 to[] = { SUBNET, LIMITED, LOCAL_ALL };
	int sender = sharing(0), other = sharing(0), ours = sharing(OUR_IP);

	for (u32 i = 0; i < ARRAY_SIZE(to); i++) {
		int bound = sharing(to[i]);

		for (u32 k = 0; k < 2; k++) { /* the second time the flow is known */
			assert_int_equal(send_to(sender, "muffin", 6, 0, to[i], OUR_PORT), 6);
			net_poll();
			assert_int_equal(got(sender), 1);
			assert_int_equal(got(other), 1);
			assert_int_equal(got(bound), 1);
			assert_int_equal(got(ours), 0);
		}
		fd_close(&init_task.files, bound);
	}
	assert_int_equal(eth0.sent_n, 4); /* and so does the link, but for lo's */
	stack_check_accounts();
}

/* It comes by the device that it leaves by, as on Linux, and is answered from there. */
static void by_its_device(void **state)
{
	int sender = sharing(0), on_eth0 = sharing(0), on_lo = sharing(0);
	struct {
		struct cmsghdr header;
		s32 ifindex;
		be32 spec_dst, addr;
	} control;
	struct message m;

	set_int(on_eth0, SOL_SOCKET, SO_BINDTOIFINDEX, eth0.dev.ifindex);
	set_int(on_lo, SOL_SOCKET, SO_BINDTOIFINDEX, init_net.loopback_dev->ifindex);
	set_int(sender, SOL_IP, IP_PKTINFO, 1);
	set_int(sender, SOL_IP, IP_MULTICAST_LOOP, 0); /* says nothing about broadcasts */
	assert_int_equal(send_to(sender, "muffin", 6, 0, SUBNET, OUR_PORT), 6);
	net_poll();
	assert_int_equal(got(on_eth0), 1);
	assert_int_equal(got(on_lo), 0);
	message_to(&m, &control, 0, 0, 0);
	m.m.hdr.control = user(&control);
	m.m.hdr.controllen = sizeof(control);
	assert_int_equal(sys_recvmsg(sender, user(&m.m.hdr), MSG_DONTWAIT), 0);
	assert_int_equal(control.ifindex, eth0.dev.ifindex);
	assert_int_equal(be32_to_cpu(control.spec_dst), OUR_IP);
	assert_int_equal(be32_to_cpu(control.addr), SUBNET);
}

/* What goes to an address of ours comes by the device that has it. */
static void ours_by_its_device(void **state)
{
	int sender = udp_socket(), on_eth0 = sharing(0), on_lo = sharing(0);

	set_int(on_eth0, SOL_SOCKET, SO_BINDTOIFINDEX, eth0.dev.ifindex);
	set_int(on_lo, SOL_SOCKET, SO_BINDTOIFINDEX, init_net.loopback_dev->ifindex);
	assert_int_equal(send_to(sender, "muffin", 6, 0, OUR_IP, OUR_PORT), 6);
	assert_int_equal(send_to(sender, "muffin", 6, 0, 0x7f000001, OUR_PORT), 6);
	assert_int_equal(send_to(sender, "muffin", 6, 0, 0x7f010203, OUR_PORT), 6);
	net_poll();
	assert_int_equal(got(on_eth0), 1);
	assert_int_equal(got(on_lo), 2);
}

/* Without a listener there is no copy, and its headers stay ready; the first one is heard from then on. */
static void nobody_listens(void **state)
{
	struct net_device *lo = init_net.loopback_dev;
	int sender = udp_socket(), late;

	card_is(true, false);
	set_int(sender, SOL_SOCKET, SO_BROADCAST, 1);
	for (u32 i = 0; i < 3; i++)
		assert_int_equal(send_to(sender, "muffin", 6, 0, SUBNET, OUR_PORT), 6);
	assert_int_equal(lo->stats.tx_packets, 0);
	assert_true(init_net.mib.udp_out_cached > 0);
	late = sharing(0);
	for (u32 i = 0; i < 3; i++)
		assert_int_equal(send_to(sender, "muffin", 6, 0, SUBNET, OUR_PORT), 6);
	net_poll();
	assert_int_equal(got(late), 3);
	assert_int_equal(eth0.sent_n, 6);
}

/* lo's ring holds 64, like the card's: a sender of more waits for it, and one that must not wait has it
 * served. Something else is in it, so that it is full first. */
static void many_in_a_row(void **state)
{
	int sender = sharing(0), other = sharing(0);
	u32 n = 64;

	for (u32 flags = 0; flags <= MSG_DONTWAIT; flags += MSG_DONTWAIT) {
		assert_int_equal(send_to(sender, "muffin", 6, 0, 0x7f000001, 9), 6);
		for (u32 i = 0; i < n; i++)
			assert_int_equal(send_to(sender, "muffin", 6, flags, LIMITED, OUR_PORT), 6);
		net_poll();
		assert_int_equal(got(other), n);
		assert_int_equal(got(sender), n);
	}
	assert_int_equal(stack_dropped(SKB_DROP_TX_FULL), 0);
	assert_int_equal(eth0.sent_n, 2 * n);
	stack_check_accounts();
}

/* As lo is down in a new namespace: what would never be received is not made. */
static void without_lo(void **state)
{
	int sender = sharing(0);

	init_net.loopback_dev->flags &= ~(u32)IFF_UP;
	assert_int_equal(send_to(sender, "muffin", 6, 0, SUBNET, OUR_PORT), 6);
	assert_int_equal(eth0.sent_n, 1);
	assert_int_equal(init_net.loopback_dev->stats.tx_packets, 0);
	init_net.loopback_dev->flags |= IFF_UP;
	stack_check_accounts();
}

/* It goes down while netfilter has the copy: the copy is dropped, and lo is as it was. */
static void without_lo_later(void **state)
{
	struct net_device *lo = init_net.loopback_dev;
	struct sk_buff *skb = skb_alloc(SKB_NETWORK_OFF);

	skb->dev = &eth0.dev;
	init_net.mib.ip_out_requests++;
	dev_close(lo);
	dev_loopback_xmit(skb);
	assert_int_equal(stack_dropped(SKB_DROP_TX_FULL), 1);
	assert_int_equal(lo->tx_room, 0);
	assert_int_equal(dev_open(lo), 0);
	stack_check_accounts();
}

/* No packet for the copy: the datagram leaves all the same. */
static void without_a_packet(void **state)
{
	struct sk_buff_head held = { 0 };
	int sender = sharing(0);

	stack_take_packets(&held, 1);
	assert_int_equal(send_to(sender, "muffin", 6, 0, SUBNET, OUR_PORT), 6);
	assert_int_equal(eth0.sent_n, 1);
	stack_give_packets(&held);
	net_poll();
	assert_int_equal(got(sender), 0);
	assert_int_equal(stack_dropped(SKB_DROP_TX_FULL), 1);
	stack_check_accounts();
}

int main(void)
{
	const struct CMUnitTest broadcast[] = {
		STACK_TEST(everybody_hears_it),
		STACK_TEST(by_its_device),
		STACK_TEST(ours_by_its_device),
		STACK_TEST(nobody_listens),
		STACK_TEST(many_in_a_row),
		STACK_TEST(without_lo),
		STACK_TEST(without_lo_later),
		STACK_TEST(without_a_packet),
	};

	return cmocka_run_group_tests(broadcast, NULL, NULL);
}
