/* SPDX-License-Identifier: MIT
 * ring.c - a card made of memory: a transmit ring whose frames are gone as soon as it is told, and a receive ring that
 * is filled by hand.
 * Not here: the stack above it (native.c).
 * dev.c calls its operations.
 * Source: struct net_device_ops; Intel 8254x SDM 3.2.3, 3.3.3 for the descriptors. Receiving takes the steps of
 * drivers/e1000/rx.c. */
#include "bench/native/ring.h"
#include "kernel/lib/string.h"
#include "net/device/dev_config.h"
#include "net/device/eth.h"

#define RING_N     256
#define TX_COMMAND 0x0b /* end of packet, insert FCS, report status */
#define RX_RING_N  64
#define RX_WHOLE   0x03 /* descriptor done, end of packet */

struct descriptor {
	u64 addr;
	u16 len;
	u8 checksum_offset, command;
	u32 status;
};

struct rx_descriptor {
	u64 addr;
	u16 len, checksum;
	u8 status, errors;
	u16 special;
};

struct card {
	struct net_device dev;
	volatile u32 tail_register; /* where dev.tx_next was when it was told */
	volatile u32 rx_tail_register;
	u32 rx_next, rx_head; /* the next slot that is read; that is filled */
	struct rx_descriptor rx_ring[RX_RING_N];
	struct sk_buff *rx_skb[RX_RING_N];
	u16 rx_len[RX_BURST];
	struct rx_burst rx_burst;
	struct descriptor ring[RING_N];
	struct sk_buff *kept[RING_N]; /* what was sent from a slot last, to be sent again */
};

static struct card cards[RING_CARDS];
static u32 cards_n;
static u64 doorbells;

static int ring_open(struct net_device *dev)
{
	struct card *card = netdev_priv(dev);

	BUG_ON(skb_pool_extend(RX_RING_N) != 0);
	for (u32 i = 0; i < RX_RING_N; i++) {
		BUG_ON(!(card->rx_skb[i] = skb_alloc(RX_HEADROOM)));
		card->rx_skb[i]->dev = dev;
		card->rx_ring[i].addr = (u64)(uintptr_t)card->rx_skb[i]->data;
	}
	card->rx_burst = (struct rx_burst){ .dev = dev, .len = card->rx_len };
	dev->flags |= IFF_RUNNING;
	dev->tx_room = RING_N - 1;
	return 0;
}

static void ring_flush(struct net_device *dev)
{
	struct card *card = netdev_priv(dev);

	__asm__ volatile("" ::: "memory"); /* descriptors before the tail */
	card->tail_register = dev->tx_next;
	doorbells++;
}

static void ring_xmit_again(struct net_device *dev, size_t n, size_t bytes)
{
	dev->tx_next += (u32)n;
	dev->tx_room -= (u32)n;
	dev->stats.tx_packets += n;
	dev->stats.tx_bytes += bytes;
	if (!netdev_xmit_more)
		ring_flush(dev);
}

static void ring_set_slot(struct net_device *dev, u32 slot, const struct sk_buff *skb)
{
	struct card *card = netdev_priv(dev);

	card->ring[slot] = (struct descriptor){
		.addr = (u64)(uintptr_t)skb->data, .len = skb->len, .command = TX_COMMAND
	};
}

static int ring_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct card *card = netdev_priv(dev);
	u32 slot = dev->tx_next % RING_N, len = eth_skb_pad(skb);

	if (card->kept[slot] != skb)
		skb_empty_slot(card->kept, slot);
	card->kept[slot] = skb;
	ring_set_slot(dev, slot, skb);
	ring_xmit_again(dev, 1, len);
	return 0;
}

/* All up to the tail has left. */
static void ring_reclaim(struct net_device *dev)
{
	const struct card *card = netdev_priv(dev);

	dev->tx_room = RING_N - 1 - (dev->tx_next - card->tail_register);
}

/* How many of the next most descriptors, which follow each other in memory, hold whole frames: their lengths to len. */
static __always_inline u32 whole_frames(struct rx_descriptor *desc, u32 most, u16 len[])
{
	u32 n = 0;

	for (; n < most; n++, desc++) {
		if (READ_ONCE(desc->status) != RX_WHOLE)
			break;
		barrier(); /* the rest of the descriptor is read after its DD bit */
		if (unlikely(desc->errors))
			break;
		len[n] = (u16)min((u32)desc->len, (u32)(SKB_SLOT - RX_HEADROOM));
		desc->status = 0;
	}
	return n;
}

static __always_inline void receive_burst(struct card *card, u32 first, u32 n)
{
	struct rx_burst *burst = &card->rx_burst;

	burst->n = n;
	burst->slot = &card->rx_skb[first];
	burst->done = burst->replaced = 0;
	netif_receive_slots(burst);
	for (u32 i = 0; unlikely(burst->replaced >> i); i++)
		if (burst->replaced >> i & 1)
			card->rx_ring[first + i].addr = (u64)(uintptr_t)burst->slot[i]->data;
	card->rx_next += n;
}

static int ring_poll(struct net_device *dev, int budget)
{
	struct card *card = netdev_priv(dev);
	u32 left = (u32)budget, first, n;

	while (left > 0) {
		first = card->rx_next % RX_RING_N;
		n = min(left, (u32)RX_BURST);
		n = min(n, RX_RING_N - first);
		n = whole_frames(&card->rx_ring[first], n, card->rx_len);
		if (n == 0)
			break;
		receive_burst(card, first, n);
		barrier(); /* the descriptors are written before the tail */
		card->rx_tail_register = (card->rx_next - 1) % RX_RING_N;
		left -= n;
	}
	return budget - (int)left;
}

void ring_arrive(struct net_device *dev, const void *frame, u16 len)
{
	struct card *card = netdev_priv(dev);
	struct rx_descriptor *desc = &card->rx_ring[card->rx_head++ % RX_RING_N];

	BUG_ON(desc->status != 0 || card->rx_head - card->rx_next >= RX_RING_N);
	memcpy((void *)(uintptr_t)desc->addr, frame, len);
	desc->len = len;
	desc->status = RX_WHOLE;
}

static u32 ring_pending(struct net_device *dev)
{
	return 0;
}

static const struct net_device_ops ring_ops = {
	.ndo_open = ring_open,
	.ndo_start_xmit = ring_xmit,
	.ndo_xmit_again = ring_xmit_again,
	.ndo_set_slot = ring_set_slot,
	.ndo_flush = ring_flush,
	.ndo_reclaim = ring_reclaim,
	.ndo_poll = ring_poll,
	.ndo_tx_pending = ring_pending,
};

struct net_device *ring_register(struct net *net, u32 features)
{
	struct card *card = &cards[cards_n++];
	struct net_device *dev = &card->dev;

	BUG_ON(cards_n > RING_CARDS);
	for (u32 i = 0; i < RING_N; i++)
		card->kept[i] = &skb_none;
	*dev = (struct net_device){ .netdev_ops = &ring_ops,
		.mtu = ETH_DATA_LEN,
		.features = features,
		.tx_ring_n = RING_N - 1,
		.tx_slot = card->kept,
		.tx_mask = RING_N - 1,
		.flags = IFF_BROADCAST | IFF_MULTICAST,
		.priv = card };
	memcpy(dev->dev_addr, (const u8[]){ 2, 0, 0, 0, 0, (u8)cards_n }, ETH_ALEN);
	register_netdev(net, dev, "eth%d");
	BUG_ON(dev_open(dev) != 0);
	return dev;
}

u64 ring_frames(void)
{
	u64 frames = 0;

	for (u32 i = 0; i < cards_n; i++)
		frames += cards[i].dev.stats.tx_packets;
	return frames;
}

u64 ring_doorbells(void)
{
	return doorbells;
}
