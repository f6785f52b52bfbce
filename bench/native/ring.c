/* SPDX-License-Identifier: MIT
 * ring.c - a card made of memory: a descriptor ring whose frames are gone as soon as it is told.
 * Not here: the stack above it (native.c).
 * dev.c calls its operations.
 * Source: struct net_device_ops; Intel 8254x SDM 3.3.3 for the descriptor. */
#include "bench/native/ring.h"
#include "kernel/lib/string.h"
#include "net/eth.h"

#define RING_N     256
#define TX_COMMAND 0x0b /* end of packet, insert FCS, report status */

struct descriptor {
	u64 addr;
	u16 len;
	u8 checksum_offset, command;
	u32 status;
};

static struct descriptor ring[RING_N];
static struct sk_buff *buffers[RING_N];
static volatile u32 tail_register;
static u32 tail, clean;
static u64 doorbells;
static struct net_device eth0;

static void update_room(struct net_device *dev)
{
	dev->tx_room = RING_N - 1 - (tail - clean);
}

static int ring_open(struct net_device *dev)
{
	dev->flags |= IFF_RUNNING;
	update_room(dev);
	return 0;
}

static void ring_flush(struct net_device *dev)
{
	(void)dev;
	__asm__ volatile("" ::: "memory"); /* descriptors before the tail */
	tail_register = tail % RING_N;
	doorbells++;
}

static int ring_xmit(struct sk_buff *skb, struct net_device *dev)
{
	u32 slot = tail % RING_N;

	ring[slot] = (struct descriptor){ .addr = (u64)(uintptr_t)skb->data,
		.len = (u16)eth_skb_pad(skb),
		.command = TX_COMMAND };
	buffers[slot] = skb;
	tail++;
	dev->tx_room--;
	dev->stats.tx_packets++;
	dev->stats.tx_bytes += skb->len;
	if (!skb->xmit_more)
		ring_flush(dev);
	return 0;
}

/* Whatever was rung for has left. */
static void ring_reclaim(struct net_device *dev)
{
	for (; clean % RING_N != tail_register; clean++)
		skb_release(buffers[clean % RING_N]);
	update_room(dev);
}

static int ring_poll(struct net_device *dev, int budget)
{
	(void)dev;
	(void)budget;
	return 0;
}

static u32 ring_pending(struct net_device *dev)
{
	(void)dev;
	return 0;
}

static const struct net_device_ops ring_ops = {
	.ndo_open = ring_open,
	.ndo_start_xmit = ring_xmit,
	.ndo_flush = ring_flush,
	.ndo_reclaim = ring_reclaim,
	.ndo_poll = ring_poll,
	.ndo_tx_pending = ring_pending,
};

struct net_device *ring_register(struct net *net)
{
	static const u8 mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 1 };

	eth0 = (struct net_device){ .netdev_ops = &ring_ops,
		.mtu = ETH_DATA_LEN,
		.tx_ring_n = RING_N - 1,
		.flags = IFF_BROADCAST | IFF_MULTICAST };
	memcpy(eth0.dev_addr, mac, sizeof(mac));
	register_netdev(net, &eth0, "eth%d");
	BUG_ON(dev_open(&eth0) != 0);
	return &eth0;
}

u64 ring_doorbells(void)
{
	return doorbells;
}
