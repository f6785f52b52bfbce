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

/* Every third frame has a checksum that the card must finish. */
static bool wants_checksum(u32 number)
{
	return number % 3 == 0;
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
		assert_int_equal(desc->popts, wants_checksum(fetched_n) ? TXD_POPTS_TXSM : 0);
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
	skb->csum_partial = wants_checksum(number);
	init_net.mib.arp_out++; /* count it as accepted */
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
	assert_int_equal(card.netdev.stats.tx_packets, frames);
	assert_int_equal(card.netdev.stats.tx_bytes, frames * ETH_ZLEN);
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
	u32 free_n;

	card_up(true);
	free_n = skb_pool.free_n;
	send_laps(10 * E1000_TX_RING);
	e1000_reclaim(&card.netdev);
	assert_int_equal(
		skb_pool.free_n, free_n); /* the packets are back, not kept in their slots */
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

/* The doorbell is a write over a bus: a batch rings it once. */
static void one_doorbell_for_a_batch(void **state)
{
	u32 tail;

	card_up(false);
	tail = er32(&card, E1000_TDT);
	netdev_xmit_more = true;
	for (u32 number = 0; number < 5; number++)
		send_numbered(number);
	assert_int_equal(er32(&card, E1000_TDT), tail);
	netdev_xmit_more = false;
	e1000_flush(&card.netdev);
	assert_int_equal(er32(&card, E1000_TDT), TX_SLOT(tail + 5));
	hardware_sends(5);
	assert_int_equal(fetched_n, 5);
	card_down();
}

/* ---- receiving ----------------------------------------------------------------------------- */

static u32 heard_n, heard_len;

static void hear(struct packet_tap *tap, const struct sk_buff *skb, bool outgoing)
{
	assert_false(outgoing);
	assert_int_equal(number_of(skb->data), heard_n);
	heard_len = skb->len;
	heard_n++;
}

static u32 head;

/* Hardware fills the slots up to the tail, but for the last. Returns how many frames that was. */
static u32 hardware_receives(u32 n, u32 number)
{
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

/* One frame, of which the hardware says this. Returns how many were heard of it. */
static u32 receive_as(u16 len, u8 status, u8 errors)
{
	u32 before = heard_n;
	struct e1000_rx_desc *desc = &card.rx_ring[head];

	assert_int_equal(hardware_receives(1, heard_n), 1);
	desc->len = len;
	desc->status = RXD_STAT_DD | status;
	desc->errors = errors;
	assert_int_equal(e1000_poll(&card.netdev, 64), 1);
	return heard_n - before;
}

/* Neither a damaged frame nor a part of one goes up; each is counted, and its buffer is used again. */
static void frames_that_are_not_whole(void **state)
{
	struct packet_tap tap = { .fn = hear };
	const struct net_device_stats *stats = &card.netdev.stats;

	card_up(false);
	dev_add_tap(&tap);
	for (u32 bit = 0; bit < 8; bit++)
		if (RXD_ERRORS >> bit & 1)
			assert_int_equal(receive_as(ETH_ZLEN, RXD_STAT_EOP, (u8)(1 << bit)), 0);
	assert_int_equal(stats->rx_errors, __builtin_popcount(RXD_ERRORS));
	assert_int_equal(receive_as(2048, 0, 0), 0);
	assert_int_equal(receive_as(2048, 0, 0), 0);
	assert_int_equal(receive_as(ETH_ZLEN, RXD_STAT_EOP, 0), 0); /* its end */
	assert_int_equal(stats->rx_errors, __builtin_popcount(RXD_ERRORS) + 3);
	assert_int_equal(skb_pool.dropped[SKB_DROP_RX_ERROR], stats->rx_errors);
	assert_int_equal(receive_as(ETH_ZLEN, RXD_STAT_EOP, 0), 1);
	assert_int_equal(receive_as(UINT16_MAX, RXD_STAT_EOP, 0), 1);
	assert_int_equal(heard_len, SKB_SLOT - RX_HEADROOM); /* no card writes more */
	dev_remove_tap(&tap);
	card_down();
}

/* Without another buffer for the slot the frame is dropped, and counted; the slot keeps its own. */
static void no_buffer_left(void **state)
{
	struct packet_tap tap = { .fn = hear };
	struct sk_buff *taken = NULL, *skb;

	card_up(false);
	dev_add_tap(&tap);
	while ((skb = skb_alloc_reserved(SKB_NETWORK_OFF))) {
		skb->next = taken;
		taken = skb;
	}
	assert_int_equal(receive_as(ETH_ZLEN, RXD_STAT_EOP, 0), 0);
	assert_int_equal(card.netdev.stats.rx_dropped, 1);
	assert_int_equal(skb_pool.dropped[SKB_DROP_RX_NO_BUFFER], 1);
	while ((skb = taken)) {
		taken = skb->next;
		skb_release(skb);
	}
	assert_int_equal(receive_as(ETH_ZLEN, RXD_STAT_EOP, 0), 1);
	dev_remove_tap(&tap);
	card_down();
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
static u32 tails_n; /* different tails that were seen while frames went up */

static void watch_tail(struct packet_tap *tap, const struct sk_buff *skb, bool outgoing)
{
	static u32 last;

	tails_n += er32(&card, E1000_RDT) != last;
	last = er32(&card, E1000_RDT);
}

/* The card gets buffers back while a long look still goes on, so it never runs out of all of them. */
static void refills_before_it_runs_dry(void **state)
{
	struct packet_tap tap = { .fn = watch_tail };

	card_up(false);
	dev_add_tap(&tap);
	assert_int_equal(hardware_receives(E1000_RX_RING - 1, 0), E1000_RX_RING - 1);
	assert_int_equal(e1000_poll(&card.netdev, E1000_RX_RING), E1000_RX_RING - 1);
	assert_true(tails_n >= E1000_RX_RING / RX_BURST);
	dev_remove_tap(&tap);
	card_down();
}

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
		STACK_TEST(refills_before_it_runs_dry),
		STACK_TEST(receives_after_each_opening),
		STACK_TEST(one_doorbell_for_a_batch),
		STACK_TEST(frames_that_are_not_whole),
		STACK_TEST(no_buffer_left),
	};

	return cmocka_run_group_tests(rings, NULL, NULL);
}
