/* SPDX-License-Identifier: MIT
 * test_e1000_link.c - a cable that is pulled: how many frames may have been sent without a link, that it is never
 * more than a lap of the ring, and what the stack is told.
 * Not here: a card that computes (QEMU's, in tests/boot/test_link.py).
 * cmocka calls in. The driver's sources are included: their registers are an array here, so that what reading
 * clears (ICR) is cleared by the test.
 * Source: Intel SDM 317453, 13.4.2 (STATUS.LU), 13.4.17 (ICR.LSC). */
#define __ASSEMBLER__ /* of this header only the limit of user memory: the rest is for the kernel */
#include "kernel/mm/uaccess_copy.h"
#undef __ASSEMBLER__
#undef TASK_SIZE
#include "net/device/account.h"
#include "tests/unit/stack.h"
#include "drivers/e1000/tx.c"
#undef SLOT
#include "drivers/e1000/rx.c"
#undef SLOT
#include "drivers/e1000/watchdog.c"
#include "drivers/e1000/link.c"

#define REGISTERS 0x8000
#define LAP       (E1000_TX_RING - 1)

static u8 registers[REGISTERS];
static struct e1000_adapter card;

/* No transmitter hangs here. */
bool e1000_start(struct e1000_adapter *a, struct e1000_problem *problem)
{
	*problem = (struct e1000_problem){ "not tried here", "" };
	return false;
}

static const struct net_device_ops ops = { .ndo_start_xmit = e1000_xmit_frame,
	.ndo_flush = e1000_flush,
	.ndo_reclaim = e1000_reclaim,
	.ndo_check_link = e1000_check_link,
	.ndo_poll = e1000_poll,
	.ndo_tx_pending = e1000_tx_pending };

static void set_link(bool up)
{
	ew32(&card, E1000_STATUS, up ? STATUS_LU : 0);
	ew32(&card, E1000_ICR, ICR_LSC);
}

/* A step of the stack, in which the driver looks. */
static void look(void)
{
	host_advance_clock(LINK_CHECK_NS);
	net_poll();
	ew32(&card, E1000_ICR, 0);
}

static void card_up(void)
{
	card.hw = registers;
	card.link = (typeof(card.link)){ 0 };
	card.netdev = (struct net_device){ .netdev_ops = &ops, .priv = &card, .mtu = 1500 };
	list_init(&card.netdev.ifa_list);
	assert_true(e1000_setup_tx(&card));
	assert_true(e1000_setup_rx(&card));
	e1000_watch_start(&card);
	register_netdev(&init_net, &card.netdev, "card");
	card.netdev.flags |= IFF_UP;
	set_link(true);
	look();
	assert_int_equal(card.netdev.tx_room, LAP);
}

static void card_down(void)
{
	card.netdev.flags &= ~(u32)(IFF_UP | IFF_RUNNING);
	card.netdev.tx_room = 0;
	for (u32 i = 0; i < E1000_TX_RING; i++)
		skb_empty_slot(card.tx_skb, i & (E1000_TX_RING - 1));
}

/* Hardware takes n frames off the ring, with a link or without. */
static void hardware_takes(u32 n)
{
	for (; n > 0; n--) {
		u32 head = er32(&card, E1000_TDH);

		assert_int_not_equal(head, er32(&card, E1000_TDT));
		if (card.tx_ring[head].cmd & TXD_CMD_RS)
			card.tx_ring[head].status = TXD_STAT_DD;
		ew32(&card, E1000_TDH, (head + 1) & (E1000_TX_RING - 1));
	}
}

static void send_frames(u32 n)
{
	for (; n > 0; n--) {
		struct sk_buff *skb = skb_alloc(SKB_NETWORK_OFF - ETH_HLEN);

		memset(skb_put(skb, 20), 0, 20);
		skb->dev = &card.netdev;
		init_net.mib.arp_out++; /* count it as accepted */
		assert_int_equal(dev_queue_xmit(skb), 0);
	}
}

/* A card that drains its ring at once, as QEMU's, and a sender that needs more room each time it has none. */
static u32 flood_until_no_room(void)
{
	u32 n = 0, room;

	while ((room = dev_room(&card.netdev)) > 0 && n < 10 * E1000_TX_RING) {
		send_frames(room);
		hardware_takes(room);
		n += room;
	}
	return n;
}

static u64 counted(void)
{
	return card.netdev.stats.tx_carrier_errors;
}

/* At full speed there is no poll: the link is looked at when the ring is full. */
static void pulled_at_full_speed(void **state)
{
	card_up();
	assert_true(flood_until_no_room() >= 10 * E1000_TX_RING);
	assert_int_equal(counted(), 0);
	set_link(false);
	assert_in_range(flood_until_no_room(), 0, LAP);
	assert_in_range(counted(), 1, LAP);
	assert_int_equal(card.netdev.tx_room, 0);
	assert_int_equal(net_account().no_link, counted());
	look();
	assert_false(card.netdev.flags & IFF_RUNNING);
	set_link(true);
	look();
	assert_true(card.netdev.tx_room > LAP - E1000_RS_EVERY); /* a group may be incomplete */
	card_down();
}

/* However many were sent since the last look, and in whichever pieces: not more than a lap is at stake. */
static void never_more_than_a_lap(void **state)
{
	card_up();
	for (u32 pull = 0; pull < 200; pull++) {
		u64 before = counted();
		u32 sent = 0;

		for (u32 part = random_u32() % 20; part > 0; part--) {
			u32 n = min(random_u32() % 100, dev_room(&card.netdev));

			send_frames(n);
			hardware_takes(n);
			if (random_u32() % 3 == 0)
				e1000_reclaim(&card.netdev);
		}
		set_link(false);
		sent = flood_until_no_room();
		look();
		assert_in_range(counted() - before, sent, LAP);
		set_link(true);
		look();
	}
	card_down();
}

/* Out and in again between two looks: LU alone would not tell. */
static void gone_and_back(void **state)
{
	card_up();
	host_capture(true);
	send_frames(100);
	hardware_takes(100);
	set_link(false);
	set_link(true);
	e1000_reclaim(&card.netdev);
	ew32(&card, E1000_ICR, 0);
	assert_int_equal(counted(), 100);
	assert_true(card.netdev.tx_room > LAP - E1000_RS_EVERY);
	net_poll(); /* told at once, not after 10 ms */
	assert_non_null(strstr(host_captured(), "card: link is down\ncard: link is up\n"));
	send_frames(50);
	hardware_takes(50);
	look();
	assert_int_equal(counted(), 100);
	card_down();
}

/* Frames that had left before the last look are safe, also those that were never reported done. */
static void left_before_the_last_look(void **state)
{
	card_up();
	send_frames(5);
	hardware_takes(5);
	look();
	set_link(false);
	look();
	assert_int_equal(counted(), 0);
	card_down();
}

/* A card that keeps them until the link is back loses none of them; one that drains them meanwhile does. */
static void kept_on_the_ring(void **state)
{
	card_up();
	send_frames(30);
	hardware_takes(10);
	set_link(false);
	look();
	assert_int_equal(counted(), 10);
	hardware_takes(5);
	look();
	assert_int_equal(counted(), 15);
	card_down();
}

/* The last frames of all, and nothing polls any more. */
static void pulled_at_the_end(void **state)
{
	card_up();
	send_frames(7);
	hardware_takes(7);
	set_link(false);
	assert_int_equal(dev_tx_pending(), 0);
	assert_int_equal(counted(), 7);
	assert_int_equal(net_drain(), 7);
	net_stats_show();
	assert_non_null(
		strstr(host_captured(), "= sent 7 (of these without a link, at most: 7) +"));
	card_down();
}

int main(void)
{
	const struct CMUnitTest link[] = {
		STACK_TEST(pulled_at_full_speed),
		STACK_TEST(never_more_than_a_lap),
		STACK_TEST(gone_and_back),
		STACK_TEST(left_before_the_last_look),
		STACK_TEST(kept_on_the_ring),
		STACK_TEST(pulled_at_the_end),
	};

	return cmocka_run_group_tests(link, NULL, NULL);
}
