/* SPDX-License-Identifier: MIT
 * test_dev.c - the device core: taps, room, link; the padding of frames; lo; timers; draining.
 * Not here: a real card (tests/boot).
 * cmocka calls in.
 * Source: IEEE 802.3 3.2.8; RFC 1122 3.2.1.3 (g); net/device/dev.h. */
#include "kernel/lib/string.h"
#include "net/core/timer.h"
#include "net/device/account.h"
#include "net/device/dev_config.h"
#include "net/device/loopback.h"
#include "net/device/eth.h"
#include "net/device/ifaddr.h"
#include "net/device/tap.h"
#include "net/socket/sock_room.h"
#include "tests/unit/stack.h"

/* ---- taps ---------------------------------------------------------------------------------- */

static struct {
	bool outgoing;
	u32 len;
	u8 bytes[64];
} seen[8];
static u32 seen_n;

static void look(struct packet_tap *tap, const struct sk_buff *skb, bool outgoing)
{
	seen[seen_n].outgoing = outgoing;
	seen[seen_n].len = skb->len;
	memcpy(seen[seen_n++].bytes, skb->data, min((u32)skb->len, 64u));
}

static void look_and_leave(struct packet_tap *tap, const struct sk_buff *skb, bool outgoing)
{
	look(tap, skb, outgoing);
	dev_remove_tap(tap);
}

static void taps_see_both_ways(void **state)
{
	struct packet_tap tap = { .fn = look }, once = { .fn = look_and_leave };
	u8 frame[64];

	inject_hex(FRAME_ARP_ASKED);
	assert_int_equal(seen_n, 0);
	dev_add_tap(&once);
	dev_add_tap(&tap);
	assert_true(xmit_watched.enabled);
	inject_hex(FRAME_ARP_ASKED);
	assert_int_equal(seen_n, 3); /* one left after the first frame */
	assert_false(seen[1].outgoing);
	assert_memory_equal(seen[1].bytes, frame, from_hex(FRAME_ARP_ASKED, frame));
	assert_true(seen[2].outgoing);
	assert_memory_equal(seen[2].bytes, frame, from_hex(FRAME_ARP_ANSWER, frame));
	dev_remove_tap(&tap);
	assert_false(xmit_watched.enabled); /* nobody looks, and nobody pays */
	inject_hex(FRAME_ARP_ASKED);
	assert_int_equal(seen_n, 3);
}

/* ---- out ----------------------------------------------------------------------------------- */

static struct sk_buff *frame_of(u32 len)
{
	struct sk_buff *skb = skb_alloc(SKB_NETWORK_OFF - ETH_HLEN);

	memset(skb->data, 0x11, skb_room(skb)); /* also where the padding will be */
	skb_put(skb, len);
	skb->dev = &eth0.dev;
	init_net.mib.arp_out++; /* count it as accepted */
	return skb;
}

static void no_room(void **state)
{
	eth0.stuck = true;
	while (eth0.dev.tx_room > 0)
		assert_int_equal(dev_queue_xmit(frame_of(60)), 0);
	assert_int_equal(dev_queue_xmit(frame_of(60)), -ENOBUFS);
	assert_int_equal(stack_dropped(SKB_DROP_TX_FULL), 1);
	assert_int_equal(eth0.dev.stats.tx_dropped, 1);
	eth0.stuck = false;
	assert_int_equal(dev_queue_xmit(frame_of(60)), 0); /* asking makes the card look again */
	stack_check_accounts();
}

static void poll_of_a_card_that_is_down(struct fake_device *fake)
{
	fail();
}

static void down(void **state)
{
	eth0.dev.flags &= ~(u32)IFF_UP;
	eth0.dev.tx_room = 0;
	assert_int_equal(dev_queue_xmit(frame_of(60)), -ENETDOWN);
	assert_int_equal(stack_dropped(SKB_DROP_DEV_DOWN), 1);
	eth0.on_poll = poll_of_a_card_that_is_down;
	net_poll();
	eth0.dev.flags |= IFF_UP;
}

static void driver_says_no(void **state)
{
	eth0.xmit_answer = -EIO;
	assert_int_equal(dev_queue_xmit(frame_of(60)), -EIO);
	stack_check_accounts();
	eth0.xmit_answer = 0;
}

static void padding(void **state)
{
	u8 zeros[ETH_ZLEN] = { 0 };

	for (u32 len = ETH_HLEN; len <= 64; len++) {
		fake_forget(&eth0);
		assert_int_equal(dev_queue_xmit(frame_of(len)), 0);
		assert_int_equal(eth0.sent[0].len, max(len, (u32)ETH_ZLEN));
		if (len < ETH_ZLEN)
			assert_memory_equal(eth0.sent[0].bytes + len, zeros, ETH_ZLEN - len);
		net_poll();
	}
}

static int wait_for(int fd, u32 n, u32 flags)
{
	return sock_wait_for_room(sk_of(fd), &eth0.dev, NULL,
		flags & MSG_DONTWAIT ? SOCK_DONT_WAIT : SOCK_WAIT, n, 0);
}

static void waiting_for_room(void **state)
{
	int fd = udp_socket();

	host_tick_clock(NSEC_PER_USEC);
	assert_int_equal(wait_for(fd, 64, MSG_DONTWAIT), 0);
	assert_int_equal(wait_for(fd, 65, MSG_DONTWAIT), -EAGAIN);
	assert_int_equal(wait_for(fd, 65, 0), -ENOBUFS);
	fake_set_link(&eth0, false);
	assert_int_equal(wait_for(fd, 1, 0), -ENETDOWN);
	eth0.dev.flags &= ~(u32)IFF_UP;
	assert_int_equal(wait_for(fd, 1, MSG_DONTWAIT), -ENETDOWN);
	eth0.dev.flags |= IFF_UP;
}

/* ---- in ------------------------------------------------------------------------------------ */

/* Shorter than Ethernet's header: there is nothing to look at. Frames to a group are counted, others not. */
static void frames_that_come(void **state)
{
	u8 frame[ETH_ZLEN] = { 0x01, 0x00, 0x5e, 0, 0, 1 };

	for (u32 len = 1; len < ETH_HLEN; len++)
		fake_inject(&eth0, frame, len);
	assert_int_equal(stack_dropped(SKB_DROP_HEADER), ETH_HLEN - 1);
	assert_int_equal(eth0.dev.stats.multicast, 0);
	fake_inject(&eth0, frame, sizeof(frame));
	assert_int_equal(eth0.dev.stats.multicast, 1);
	memset(frame, 0xff, ETH_ALEN);
	fake_inject(&eth0, frame, sizeof(frame));
	memcpy(frame, eth0.dev.dev_addr, ETH_ALEN);
	fake_inject(&eth0, frame, sizeof(frame));
	assert_int_equal(eth0.dev.stats.multicast, 1);
	assert_int_equal(eth0.dev.stats.rx_packets, ETH_HLEN - 1 + 3);
}

/* ---- what can be set ------------------------------------------------------------------------ */

static void mtu_has_bounds(void **state)
{
	assert_int_equal(dev_set_mtu(&eth0.dev, IP_MIN_MTU - 1), -EINVAL);
	assert_int_equal(dev_set_mtu(&eth0.dev, ETH_DATA_LEN + 1), -EINVAL);
	assert_int_equal(eth0.dev.mtu, ETH_DATA_LEN);
	assert_int_equal(dev_set_mtu(&eth0.dev, IP_MIN_MTU), 0);
	assert_int_equal(eth0.dev.mtu, IP_MIN_MTU);
	assert_int_equal(dev_set_mtu(init_net.loopback_dev, LOOPBACK_MTU + 1), -EINVAL);
	assert_int_equal(dev_set_mtu(init_net.loopback_dev, ETH_DATA_LEN + 1), 0);
}

/* The first address of a network goes: the second one takes over, with the network's routes. */
static void second_address_takes_over(void **state)
{
	struct in_ifaddr *ifa;

	assert_int_equal(inet_insert_ifa(&eth0.dev, cpu_to_be32(0x0a000005), 24), 0);
	ifa = inet_find_ifa(&eth0.dev, cpu_to_be32(0x0a000005), 24);
	assert_true(ifa->secondary);
	inet_del_ifa(&eth0.dev, inet_find_ifa(&eth0.dev, cpu_to_be32(OUR_IP), 24));
	assert_false(ifa->secondary);
	assert_int_equal(be32_to_cpu(eth0.dev.ip_addr), 0x0a000005);
	assert_int_equal(ip_addr_type(&init_net, cpu_to_be32(0x0a0000ff)), RTN_BROADCAST);
	assert_int_equal(send_to(udp_socket(), "x", 1, 0, PEER_IP, PEER_PORT), 1);
}

/* RFC 3021: both addresses of a network of two are hosts'. */
static void network_of_two(void **state)
{
	const be32 us = cpu_to_be32(0xc6336400), other = cpu_to_be32(0xc6336401);
	u8 mac[ETH_ALEN];

	assert_int_equal(inet_insert_ifa(&eth0.dev, us, 31), 0);
	assert_false(inet_is_broadcast(&eth0.dev, other));
	assert_false(arp_is_needless(&eth0.dev, other, mac));
	assert_int_equal(ip_addr_type(&init_net, other), RTN_UNICAST);
	assert_true(inet_is_broadcast(&eth0.dev, cpu_to_be32(0x0a0000ff)));
}

/* ---- names and links ----------------------------------------------------------------------- */

static u32 flushes_before_poll;

static void poll_within_a_batch(struct fake_device *fake)
{
	assert_false(netdev_xmit_more);
	flushes_before_poll = fake->flushes;
}

/* A sender waits with frames on the ring before the doorbell: it is rung; and what is sent while
 * waiting (ARP's questions) does not wait with them. */
static void a_batch_that_waits(void **state)
{
	bool outer = dev_xmit_begin();

	eth0.flushes = 0;
	eth0.on_poll = poll_within_a_batch;
	net_poll();
	assert_int_equal(flushes_before_poll, 1);
	assert_true(netdev_xmit_more);
	dev_xmit_end(&init_net, outer);
	net_poll();
	assert_int_equal(flushes_before_poll, 2);
}

static void names(void **state)
{
	static struct fake_device eth1;

	fake_register(&eth1, &init_net, 2);
	assert_ptr_equal(dev_get_by_name(&init_net, "lo", 2), init_net.loopback_dev);
	assert_ptr_equal(dev_get_by_name(&init_net, "eth0:", 4), &eth0.dev);
	assert_ptr_equal(dev_get_by_name(&init_net, "eth1", 4), &eth1.dev);
	assert_null(dev_get_by_name(&init_net, "eth", 3));
	assert_null(dev_get_by_name(&init_net, "eth2", 4));
	assert_ptr_equal(dev_get_by_index(&init_net, eth1.dev.ifindex), &eth1.dev);
	assert_null(dev_get_by_index(&init_net, 99));
}

static void open_fails(void **state)
{
	eth0.dev.flags &= ~(u32)IFF_UP;
	eth0.open_answer = -EIO;
	assert_int_equal(dev_open(&eth0.dev), -EIO);
	assert_false(eth0.dev.flags & IFF_UP);
	eth0.open_answer = 0;
	assert_int_equal(dev_open(&eth0.dev), 0);
}

static void link_changes_are_told_once(void **state)
{
	u64 genid;

	fake_set_link(&eth0, false);
	assert_non_null(strstr(host_captured(), "eth0: link is down"));
	genid = init_net.genid;
	host_capture(true);
	fake_set_link(&eth0, false);
	assert_string_equal(host_captured(), "");
	assert_int_equal(init_net.genid, genid);
	fake_set_link(&eth0, true);
	assert_non_null(strstr(host_captured(), "eth0: link is up"));
}

/* ---- lo ------------------------------------------------------------------------------------ */

static void loopback_waits_for_the_poll(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	assert_int_equal(send_to(fd, "x", 1, 0, 0x7f000001, OUR_PORT), 1);
	assert_int_equal(sk_of(fd)->sk_receive_queue.n, 0);
	net_poll();
	assert_int_equal(sk_of(fd)->sk_receive_queue.n, 1);
}

/* Its queue is bounded; a sender that finds it full lets it flow, even if it does not wait. */
static void loopback_is_bounded(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	for (u32 n = 0; n < 64; n++)
		assert_int_equal(send_to(fd, "x", 1, MSG_DONTWAIT, 0x7f000001, OUR_PORT), 1);
	assert_int_equal(sk_of(fd)->sk_receive_queue.n, 0);
	assert_int_equal(send_to(fd, "x", 1, MSG_DONTWAIT, 0x7f000001, OUR_PORT), 1);
	assert_int_equal(sk_of(fd)->sk_receive_queue.n, 64);
	net_poll();
	assert_int_equal(sk_of(fd)->sk_receive_queue.n, 65);
}

/* The copies that a card's broadcasts leave for this host have no sender that could wait. */
static void loopback_of_copies_is_bounded(void **state)
{
	for (u32 n = 0; n < 65; n++)
		dev_loopback_xmit(frame_of(60));
	assert_int_equal(stack_dropped(SKB_DROP_TX_FULL), 1);
	assert_int_equal(init_net.loopback_dev->stats.tx_packets, 64);
	assert_int_equal(init_net.loopback_dev->tx_room, 0);
	net_poll();
	assert_int_equal(init_net.loopback_dev->stats.rx_packets, 64);
	stack_check_accounts();
}

/* ---- timers -------------------------------------------------------------------------------- */

static char fired[16];
static struct timer timers[4];

static void fire(struct timer *timer)
{
	char name[2] = { (char)('a' + (timer - timers)), 0 };

	strcat(fired, name);
}

static void fire_again(struct timer *timer)
{
	fire(timer);
	if (strlen(fired) < 3)
		mod_timer(timer, clock_ns() + 100);
}

static void set_up_timers(void (*fn)(struct timer *timer))
{
	for (u32 i = 0; i < ARRAY_SIZE(timers); i++)
		timer_setup(&timers[i], fn);
}

static void timers_in_order(void **state)
{
	set_up_timers(fire);
	run_timers();
	mod_timer(&timers[2], 300);
	mod_timer(&timers[0], 100);
	mod_timer(&timers[1], 100);
	mod_timer(&timers[3], 200);
	del_timer(&timers[3]);
	del_timer(&timers[3]); /* twice is harmless */
	host_set_clock(99);
	run_timers();
	assert_string_equal(fired, "");
	host_set_clock(100);
	run_timers();
	assert_string_equal(fired, "ab");
	mod_timer(&timers[2], 400); /* moves */
	mod_timer(&timers[3], 400);
	host_set_clock(399);
	run_timers();
	assert_string_equal(fired, "ab");
	host_set_clock(500);
	run_timers();
	run_timers();
	assert_string_equal(fired, "abcd");
}

static void timers_that_set_themselves(void **state)
{
	set_up_timers(fire_again);
	mod_timer(&timers[0], 100);
	host_set_clock(1000);
	run_timers();
	assert_string_equal(fired, "a"); /* the next one is not due yet */
	host_set_clock(2000);
	run_timers();
	assert_string_equal(fired, "aa");
}

/* ---- waiting ------------------------------------------------------------------------------- */

/* It spins for 2 ms, then rests: 10 ms, but no longer than until the next timer, nor the end. */
static void a_wait_rests_until_something_is_due(void **state)
{
	u64 start;

	set_up_timers(fire);
	assert_int_equal(timers_next(), UINT64_MAX);
	host_set_clock(NSEC_PER_SEC);
	start = clock_ns();
	net_wait(start, UINT64_MAX);
	assert_int_equal(host_idles(), 0);
	net_wait(NET_WAIT_RESTING, UINT64_MAX);
	assert_int_equal(clock_ns() - start, 10 * NSEC_PER_MSEC);
	net_wait(start, start + 14 * NSEC_PER_MSEC);
	assert_int_equal(clock_ns() - start, 14 * NSEC_PER_MSEC);
	mod_timer(&timers[0], start + 15 * NSEC_PER_MSEC);
	assert_int_equal(timers_next(), start + 15 * NSEC_PER_MSEC);
	net_wait(start, UINT64_MAX);
	assert_int_equal(clock_ns() - start, 15 * NSEC_PER_MSEC);
	assert_string_equal(fired, "a"); /* and then the network moves */
}

/* ---- before power-off ---------------------------------------------------------------------- */

static void draining(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	host_tick_clock(NSEC_PER_USEC);
	assert_int_equal(net_drain(), 0);
	send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT);
	assert_int_equal(net_drain(), 1);
	assert_non_null(strstr(host_captured(), "did not answer ARP"));
	assert_in_range(clock_ns(), 3 * NSEC_PER_SEC, 5 * NSEC_PER_SEC);
}

static void draining_a_card_that_sends_nothing(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	host_tick_clock(NSEC_PER_USEC);
	stack_know_peer();
	eth0.stuck = true;
	send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT);
	assert_int_equal(net_drain(), 1);
	assert_non_null(strstr(host_captured(), "1 packets never left the ring"));
}

static void accounts_in_words(void **state)
{
	int fd = udp_socket_at(0, OUR_PORT);

	send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT);
	net_stats_show();
	assert_non_null(
		strstr(host_captured(), "accepted 2 packets (1 datagram, 1 ARP) = "
					"sent 1 + waiting for ARP 1 + queued 0 + dropped 0\n"));
}

int main(void)
{
	const struct CMUnitTest dev[] = {
		STACK_TEST(taps_see_both_ways),
		STACK_TEST(no_room),
		STACK_TEST(down),
		STACK_TEST(driver_says_no),
		STACK_TEST(padding),
		STACK_TEST(waiting_for_room),
		STACK_TEST(a_batch_that_waits),
		STACK_TEST(frames_that_come),
		STACK_TEST(mtu_has_bounds),
		STACK_TEST(second_address_takes_over),
		STACK_TEST(network_of_two),
		STACK_TEST(names),
		STACK_TEST(open_fails),
		STACK_TEST(link_changes_are_told_once),
		STACK_TEST(loopback_waits_for_the_poll),
		STACK_TEST(loopback_is_bounded),
		STACK_TEST(loopback_of_copies_is_bounded),
		BARE_TEST(timers_in_order),
		BARE_TEST(timers_that_set_themselves),
		STACK_TEST(a_wait_rests_until_something_is_due),
		STACK_TEST(draining),
		STACK_TEST(draining_a_card_that_sends_nothing),
		STACK_TEST(accounts_in_words),
	};

	return cmocka_run_group_tests(dev, NULL, NULL);
}
