/* SPDX-License-Identifier: MIT
 * test_e1000_rings.c - the driver's two rings against a card made of memory: order, room, buffers, over
 * many laps and across the wrap of what counts slots.
 * Not here: a card that computes (QEMU's, in tests/boot).
 * cmocka calls in. The driver's sources are included: their registers are an array here.
 * Source: Intel SDM 317453, 3.2 and 3.3: what hardware does with a descriptor. */
#include "net/device/tap.h"
#include "tests/unit/stack.h"
#include "drivers/e1000/tx.c"
#undef SLOT
#include "drivers/e1000/rx.c"
#include "drivers/e1000/link.c"

#define REGISTERS  0x8000
#define TX_SLOT(i) ((i) & (E1000_TX_RING - 1))
#define NUMBER_AT  14

static u8 registers[REGISTERS];
static struct e1000_adapter card;
static u32 fetched_n; /* frames that hardware has taken */

static int always_open(struct net_device *dev)
{
	dev->flags |= IFF_RUNNING;
	return 0;
}

static const struct net_device_ops ops = { .ndo_open = always_open,
	.ndo_start_xmit = e1000_xmit_frame,
	.ndo_flush = e1000_flush,
	.ndo_reclaim = e1000_reclaim,
	.ndo_poll = e1000_poll,
	.ndo_tx_pending = e1000_tx_pending };

/* few: as in a machine with little memory, where sent packets go back at once. */
static void card_up(bool few)
{
	u32 total = skb_pool.total_n;

	skb_pool.total_n = few ? 128 : E1000_POOL_LARGE;
	card.hw = registers;
	card.netdev = (struct net_device){ .netdev_ops = &ops, .priv = &card, .mtu = 1500 };
	assert_true(e1000_setup_tx(&card));
	card.link.seen = card.netdev.tx_next;
	ew32(&card, E1000_STATUS, STATUS_LU);
	card.link.up = true;
	skb_pool.total_n = total;
	assert_true(e1000_setup_rx(&card));
	register_netdev(&init_net, &card.netdev, "card");
	assert_int_equal(dev_open(&card.netdev), 0);
	e1000_enable_rx(&card);
	e1000_reclaim(&card.netdev);
}

/* ---- sending ------------------------------------------------------------------------------- */

static u32 number_of(const u8 *frame)
{
	return (u32)get16(frame + NUMBER_AT) << 16 | get16(frame + NUMBER_AT + 2);
}

/* Hardware takes at most n frames: in order, each complete, done where a report was asked for. */
static void hardware_sends(u32 n)
{
	for (; n > 0 && er32(&card, E1000_TDH) != er32(&card, E1000_TDT); n--) {
		u32 head = er32(&card, E1000_TDH);
		struct e1000_tx_desc *desc = &card.tx_ring[head];

		assert_int_equal(desc->len, ETH_ZLEN);
		assert_int_equal(number_of(phys_to_virt(desc->addr)), fetched_n);
		assert_int_equal(desc->status, 0); /* what was done before is forgotten */
		fetched_n++;
		if (desc->cmd & TXD_CMD_RS)
			desc->status = TXD_STAT_DD;
		ew32(&card, E1000_TDH, TX_SLOT(head + 1));
	}
}

static void send_numbered(u32 number)
{
	struct sk_buff *skb = skb_alloc(SKB_NETWORK_OFF - ETH_HLEN);
	u8 *frame = skb_put(skb, 20);

	memset(frame, 0, 20);
	put16(frame + NUMBER_AT, (u16)(number >> 16));
	put16(frame + NUMBER_AT + 2, (u16)number);
	skb->dev = &card.netdev;
	init_net.mib.arp_out++; /* somebody has accepted it */
	assert_int_equal(dev_queue_xmit(skb), 0);
}

static void card_down(void)
{
	card.netdev.flags &= ~(u32)(IFF_UP | IFF_RUNNING);
	card.netdev.tx_room = 0;
	for (u32 i = 0; i < E1000_TX_RING; i++)
		skb_empty_slot(card.tx_skb, i);
}

/* Hardware is fast, slow, or stands for a while; the ring is full, empty and all between. */
static void send_laps(u32 frames)
{
	for (u32 number = 0; number < frames; number++) {
		while (card.netdev.tx_room == 0) {
			hardware_sends(1 + random_u32() % 100);
			e1000_reclaim(&card.netdev);
		}
		send_numbered(number);
		assert_true(card.netdev.tx_room < E1000_TX_RING);
		assert_int_equal(e1000_tx_pending(&card.netdev), number + 1 - fetched_n);
		if (random_u32() % 50 == 0)
			hardware_sends(random_u32() % 300);
		if (random_u32() % 20 == 0)
			e1000_reclaim(&card.netdev);
	}
	hardware_sends(E1000_TX_RING);
	assert_int_equal(fetched_n, frames);
	assert_int_equal(card.netdev.stats.tx_carrier_errors, 0);
	assert_int_equal(e1000_tx_pending(&card.netdev), 0);
}

/* One lap from the wrap is where every start begins. */
static void starts_before_the_wrap(void **state)
{
	card_up(false);
	assert_int_equal(card.netdev.tx_next, 0xffffff00);
	assert_int_equal(card.rx_next, 0xffffffc0);
	card_down();
}

static void sends_across_the_wrap(void **state)
{
	card_up(false);
	send_laps(10 * E1000_TX_RING);
	assert_in_range(card.netdev.tx_next, 1, 10 * E1000_TX_RING); /* it has wrapped */
	card_down();
}

static void sends_across_the_wrap_with_few_packets(void **state)
{
	card_up(true);
	send_laps(10 * E1000_TX_RING);
	e1000_reclaim(&card.netdev);
	card_down();
}

/* A ring that hardware does not empty takes all but one slot, wherever it starts. */
static void full_at_every_slot(void **state)
{
	card_up(false);
	for (u32 lap = 0, number = 0; lap < 20; lap++) {
		while (card.netdev.tx_room > 0)
			send_numbered(number++);
		assert_int_equal(card.netdev.tx_next - card.tx_clean, E1000_TX_RING - 1);
		hardware_sends(E1000_TX_RING);
		e1000_reclaim(&card.netdev);
	}
	card_down();
}

/* ---- receiving ----------------------------------------------------------------------------- */

static u32 heard_n;

static void hear(struct packet_tap *tap, const struct sk_buff *skb, bool outgoing)
{
	assert_false(outgoing);
	assert_int_equal(number_of(skb->data), heard_n);
	heard_n++;
}

/* Hardware fills the slots up to the tail, but for the last. Returns how many frames that was. */
static u32 hardware_receives(u32 n, u32 number)
{
	static u32 head;
	u32 done = 0;

	for (; done < n && head != er32(&card, E1000_RDT); done++) {
		struct e1000_rx_desc *desc = &card.rx_ring[head];
		u8 *frame = phys_to_virt(desc->addr);

		memset(frame, 0, ETH_ZLEN);
		put16(frame + NUMBER_AT, (u16)((number + done) >> 16));
		put16(frame + NUMBER_AT + 2, (u16)(number + done));
		desc->len = ETH_ZLEN;
		desc->status = RXD_STAT_DD | RXD_STAT_EOP;
		head = (head + 1) % E1000_RX_RING;
	}
	return done;
}

static void receives_across_the_wrap(void **state)
{
	struct packet_tap tap = { .fn = hear };
	u32 number = 0;

	card_up(false);
	dev_add_tap(&tap);
	while (number < 10 * E1000_RX_RING) {
		number += hardware_receives(random_u32() % (2 * E1000_RX_RING), number);
		e1000_poll(&card.netdev, (int)(random_u32() % E1000_RX_RING));
	}
	while (e1000_poll(&card.netdev, 64) > 0)
		;
	assert_int_equal(heard_n, number);
	dev_remove_tap(&tap);
	card_down();
}

/* A device that is set down and up again receives on, wherever its ring stands. */
static void receives_after_each_opening(void **state)
{
	struct packet_tap tap = { .fn = hear };
	u32 number = 0;

	card_up(false);
	dev_add_tap(&tap);
	for (u32 opened = 0; opened < 2 * E1000_RX_RING; opened++) {
		e1000_enable_rx(&card);
		assert_int_equal(hardware_receives(1, number), 1);
		number++;
		assert_int_equal(e1000_poll(&card.netdev, 64), 1);
	}
	assert_int_equal(heard_n, number);
	dev_remove_tap(&tap);
	card_down();
}

int main(void)
{
	const struct CMUnitTest rings[] = {
		STACK_TEST(starts_before_the_wrap),
		STACK_TEST(sends_across_the_wrap),
		STACK_TEST(sends_across_the_wrap_with_few_packets),
		STACK_TEST(full_at_every_slot),
		STACK_TEST(receives_across_the_wrap),
		STACK_TEST(receives_after_each_opening),
	};

	return cmocka_run_group_tests(rings, NULL, NULL);
}
