/* SPDX-License-Identifier: MIT
 * test_e1000_watchdog.c - a transmitter that hangs: when that is said, what is sent again, in which order;
 * the card's counters.
 * Not here: a card that really hangs (tests/boot/test_watchdog.py).
 * cmocka calls in. The driver's sources are included: their registers are an array here.
 * Source: Intel SDM 317453, 3.3 (DD, head and tail), 13.7 (statistics). */
#include "tests/unit/stack.h"
#include "net/device/dev_config.h"
#include "net/packet/af_packet.h"
#include "drivers/e1000/tx.c"
#undef SLOT
#include "drivers/e1000/rx.c"
#undef SLOT
#include "drivers/e1000/watchdog.c"
#include "drivers/e1000/link.c"

#define REGISTERS 0x8000
#define NUMBER_AT 14

static u8 registers[REGISTERS];
static struct e1000_adapter card;
static u32 starts_n;
static bool start_fails;

bool e1000_start(struct e1000_adapter *a, struct e1000_problem *problem)
{
	starts_n++;
	*problem = (struct e1000_problem){ "it was told to fail", "" };
	if (start_fails || !e1000_setup_tx(a))
		return false;
	ew32(a, E1000_GPTC, 0);
	return true;
}

static const struct net_device_ops ops = { .ndo_stop = e1000_stop,
	.ndo_start_xmit = e1000_xmit_frame,
	.ndo_flush = e1000_flush,
	.ndo_reclaim = e1000_reclaim,
	.ndo_check_link = e1000_check_link,
	.ndo_poll = e1000_poll,
	.ndo_tx_pending = e1000_tx_pending };

static void set_link(bool up)
{
	ew32(&card, E1000_STATUS, up ? STATUS_LU : 0);
}

static void card_up(void)
{
	struct e1000_problem problem;

	card.hw = registers;
	set_link(true);
	card.netdev = (struct net_device){ .netdev_ops = &ops, .priv = &card, .mtu = 1500 };
	list_init(&card.netdev.ifa_list);
	assert_true(e1000_setup_rx(&card));
	register_netdev(&init_net, &card.netdev, "card");
	card.netdev.flags |= IFF_UP;
	assert_true(e1000_start(&card, &problem));
	e1000_watch_start(&card);
	net_poll();
	assert_true(card.netdev.tx_room > 0);
}

static void card_down(void)
{
	card.netdev.flags &= ~(u32)(IFF_UP | IFF_RUNNING);
	card.netdev.tx_room = 0;
	for (u32 i = 0; i < E1000_TX_RING; i++)
		skb_empty_slot(card.tx_skb, i);
}

static void send_numbered(u16 number)
{
	struct sk_buff *skb = skb_alloc(SKB_NETWORK_OFF - ETH_HLEN);
	u8 *frame = skb_put(skb, 20);

	memset(frame, 0, 20);
	put16(frame + NUMBER_AT, number);
	skb->dev = &card.netdev;
	init_net.mib.arp_out++; /* count it as accepted */
	assert_int_equal(dev_queue_xmit(skb), 0);
}

static void send_all(u16 from, u16 to)
{
	for (u16 number = from; number < to; number++)
		send_numbered(number);
}

/* So many seconds, looking every tenth of one. */
static void seconds(u32 n)
{
	for (u32 i = 0; i < n * 10; i++) {
		host_advance_clock(NSEC_PER_SEC / 10);
		net_poll();
	}
}

/* What stands on the ring from its head on: these numbers and no more. */
static void assert_on_ring(u16 from, u16 to)
{
	u32 head = er32(&card, E1000_TDH);

	assert_int_equal(er32(&card, E1000_TDT) - head, (u32)(to - from));
	for (u32 i = 0; i < (u32)(to - from); i++)
		assert_int_equal(get16((u8 *)phys_to_virt(card.tx_ring[head + i].addr) + NUMBER_AT),
			from + i);
}

/* Of a hundred it fetched forty, and sent those. */
static void what_it_never_fetched(void **state)
{
	card_up();
	send_all(0, 100);
	ew32(&card, E1000_TDH, 40);
	ew32(&card, E1000_GPTC, 40);
	seconds(1);
	ew32(&card, E1000_GPTC, 0); /* reading cleared it */
	seconds(1);
	assert_int_equal(starts_n, 1);
	seconds(2);
	assert_int_equal(starts_n, 2);
	assert_int_equal(card.netdev.stats.tx_errors, 1);
	assert_non_null(strstr(host_captured(), "hangs: reset, 60 frames are sent again"));
	assert_on_ring(40, 100);
	assert_int_equal(card.netdev.stats.tx_packets, 100);
	stack_check_accounts();
	card_down();
}

static void hundred_fetched_thirty_sent(void)
{
	send_all(0, 100);
	ew32(&card, E1000_TDH, 100);
	ew32(&card, E1000_GPTC, 30);
	seconds(1);
	ew32(&card, E1000_GPTC, 0);
	seconds(3);
	assert_on_ring(30, 100);
}

/* It fetched them all, but its count says that thirty left. */
static void what_it_fetched_and_did_not_send(void **state)
{
	card_up();
	hundred_fetched_thirty_sent();
	card_down();
}

/* The link needs a second after the reset: nothing overtakes, nothing is lost from the account. */
static void waits_for_the_link(void **state)
{
	card_up();
	send_all(0, 10);
	seconds(2);
	set_link(false);
	host_advance_clock(NSEC_PER_SEC);
	net_poll();
	assert_int_equal(starts_n, 2);
	assert_int_equal(card.netdev.tx_room, 0);
	assert_int_equal(init_net.mib.queued, 10);
	assert_int_equal(card.netdev.stats.tx_packets, 0);
	stack_check_accounts();
	set_link(true);
	seconds(1);
	assert_int_equal(init_net.mib.queued, 0);
	send_all(10, 12);
	assert_on_ring(0, 12);
	card_down();
}

/* Set down meanwhile: what waited for the link is reported as dropped, and not sent later. */
static void set_down_while_frames_are_held(void **state)
{
	card_up();
	send_all(0, 10);
	seconds(2);
	set_link(false);
	host_advance_clock(NSEC_PER_SEC);
	net_poll();
	assert_int_equal(init_net.mib.queued, 10);
	dev_close(&card.netdev);
	assert_int_equal(init_net.mib.queued, 0);
	assert_int_equal(stack_dropped(SKB_DROP_DEV_DOWN), 10);
	stack_check_accounts();
	card_down();
}

/* Frames of a socket that is closed, and whose memory is another's, when they leave after all; or do not. */
static void their_sender_closed(void **state)
{
	static const u8 frame[60];
	struct sockaddr_ll to = { .sll_family = AF_PACKET };
	int fd = (int)sys_socket(AF_PACKET, SOCK_RAW, 0), other;

	card_up();
	to.sll_ifindex = card.netdev.ifindex;
	for (u32 i = 0; i < 5; i++)
		assert_int_equal(sys_sendto(fd, user(frame), 60, 0, user(&to), sizeof(to)), 60);
	seconds(2);
	set_link(false);
	host_advance_clock(NSEC_PER_SEC);
	net_poll();
	assert_int_equal(init_net.mib.queued, 5);
	fd_close(&init_task.files, fd);
	other = (int)sys_socket(AF_PACKET, SOCK_RAW, 0);
	for (const struct sk_buff *skb = card.watch.resend.first; skb; skb = skb->next)
		assert_null(skb->sk);
	set_link(true);
	seconds(3); /* they are sent, and hang again */
	set_link(false);
	seconds(1);
	dev_close(&card.netdev);
	assert_int_equal(init_net.mib.queued, 0);
	assert_int_equal(sk_of(other)->sk_refs, 1);
	assert_int_equal(sk_of(other)->sk_err, 0);
	stack_check_accounts();
	card_down();
}

static void reset_that_fails_is_tried_again(void **state)
{
	card_up();
	send_all(0, 3);
	start_fails = true;
	seconds(5);
	assert_true(starts_n > 2);
	assert_false(card.netdev.flags & IFF_RUNNING);
	assert_non_null(strstr(host_captured(), "the reset failed: it was told to fail"));
	start_fails = false;
	seconds(2);
	assert_on_ring(0, 3);
	card_down();
}

/* A group that is not complete is not reported; without a link nothing moves; a slow one does. */
static void no_false_alarm(void **state)
{
	card_up();
	seconds(5);
	send_all(0, 1);
	ew32(&card, E1000_TDH, 1);
	seconds(5);
	send_all(1, 20);
	for (u32 head = 2; head <= 20; head++) {
		ew32(&card, E1000_TDH, head);
		seconds(1);
	}
	send_all(20, 25);
	set_link(false);
	seconds(5);
	assert_int_equal(starts_n, 1);
	card_down();
}

/* No check for a long time, then a frame is sent: that is no hang. */
static void nobody_looked_for_long(void **state)
{
	card_up();
	seconds(1);
	host_advance_clock(10 * NSEC_PER_SEC);
	send_all(0, 3);
	net_poll();
	assert_int_equal(starts_n, 1);
	ew32(&card, E1000_TDH, 3);
	seconds(5);
	assert_int_equal(starts_n, 1);
	card_down();
}

/* A full ring, and an address that is announced when the link comes: the frames held go first, and fit. */
static void full_ring_and_an_announcement(void **state)
{
	card_up();
	assert_int_equal(inet_insert_ifa(&card.netdev, cpu_to_be32(0x0a010001), 24), 0);
	ew32(&card, E1000_TDH, SLOT(card.netdev.tx_next));
	card.tx_clean = card.netdev.tx_next;
	net_poll();
	send_all(0, E1000_TX_RING - 1);
	assert_int_equal(card.netdev.tx_room, 0);
	seconds(2);
	set_link(false);
	host_advance_clock(NSEC_PER_SEC);
	net_poll();
	assert_int_equal(init_net.mib.queued, E1000_TX_RING - 1);
	set_link(true);
	seconds(1);
	assert_int_equal(init_net.mib.queued, 0);
	assert_on_ring(0, E1000_TX_RING - 1);
	assert_int_equal(card.netdev.tx_room, 0);
	stack_check_accounts();
	card_down();
}

/* A head that cannot be: no more is sent again than was on the way. */
static void head_is_garbage(void **state)
{
	card_up();
	send_all(0, 3);
	ew32(&card, E1000_TDH, SLOT(card.netdev.tx_next) + 1);
	seconds(5);
	assert_int_equal(starts_n, 2);
	assert_on_ring(0, 3);
	stack_check_accounts();
	card_down();
}

/* The card has counted 2^32 frames, and so have we. */
static void count_wraps(void **state)
{
	card_up();
	card.watch.base = card.netdev.tx_next - 5;
	card.watch.sent = (typeof(card.watch.sent))((1ull << 32) + 5);
	hundred_fetched_thirty_sent();
	card_down();
}

static void counters_add_up(void **state)
{
	card_up();
	ew32(&card, E1000_CRCERRS, 3);
	ew32(&card, E1000_MPC, 5);
	seconds(1);
	seconds(1);
	assert_int_equal(card.netdev.stats.rx_crc_errors, 6);
	assert_int_equal(card.netdev.stats.rx_errors, 6);
	assert_int_equal(card.netdev.stats.rx_missed_errors, 10);
	card_down();
}

int main(void)
{
	const struct CMUnitTest watchdog[] = {
		STACK_TEST(what_it_never_fetched),
		STACK_TEST(what_it_fetched_and_did_not_send),
		STACK_TEST(waits_for_the_link),
		STACK_TEST(set_down_while_frames_are_held),
		STACK_TEST(their_sender_closed),
		STACK_TEST(reset_that_fails_is_tried_again),
		STACK_TEST(no_false_alarm),
		STACK_TEST(nobody_looked_for_long),
		STACK_TEST(full_ring_and_an_announcement),
		STACK_TEST(head_is_garbage),
		STACK_TEST(count_wraps),
		STACK_TEST(counters_add_up),
	};

	return cmocka_run_group_tests(watchdog, NULL, NULL);
}
