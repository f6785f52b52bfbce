/* SPDX-License-Identifier: MIT
 * rx.c - the receive ring, polled.
 * Not here: what frames mean (net/device/dev_receive.c).
 * dev_poll.c calls e1000_poll through e1000_netdev_ops.
 * Source: Intel SDM 317453, 3.2 (receive), 13.4.22-13.4.29.
 *
 * Every slot always has a buffer. A full one goes up the stack and an empty one takes its place; if no buffer is free,
 * the frame is dropped and its buffer stays. So reception never stops for lack of memory. */
#include "drivers/e1000/e1000.h"
#include "kernel/mm/layout.h"
#include "net/core/machine.h"

#define SLOT(i) ((i) & (E1000_RX_RING - 1))

/* Frames are written here so that the IPv4 header lies on 16 bytes. */
#define RX_HEADROOM (SKB_NETWORK_OFF - ETH_HLEN)
/* BSIZE says 2048; what hardware really writes is bounded by the longest frame it takes, 1522 bytes
 * without LPE (13.4.22), so the room behind the head is enough. */
_Static_assert(SKB_SLOT - RX_HEADROOM >= 1522, "a frame must fit behind the headroom");

static void give(struct e1000_adapter *a, u32 i, struct sk_buff *skb)
{
	a->rx_skb[i] = skb;
	a->rx_ring[i] = (struct e1000_rx_desc){ .addr = virt_to_phys(skb->data) };
}

/* The ring and its buffers, once; they stay. */
static bool alloc_ring(struct e1000_adapter *a)
{
	a->rx_ring = dma_alloc(E1000_RX_RING * sizeof(*a->rx_ring));
	if (!a->rx_ring || skb_pool_extend(E1000_RX_RING) < 0)
		return false;
	for (u32 i = 0; i < E1000_RX_RING; i++)
		if (!(a->rx_skb[i] = skb_alloc(RX_HEADROOM)))
			return false;
	return true;
}

__cold bool e1000_setup_rx(struct e1000_adapter *a)
{
	u64 base;

	if (!a->rx_ring && !alloc_ring(a))
		return false;
	for (u32 i = 0; i < E1000_RX_RING; i++)
		give(a, i, a->rx_skb[i]);
	a->rx_broken = false;
	a->rx_next = E1000_COUNT_START(E1000_RX_RING);
	base = virt_to_phys(a->rx_ring);
	ew32(a, E1000_RDBAL, (u32)base);
	ew32(a, E1000_RDBAH, (u32)(base >> 32));
	ew32(a, E1000_RDLEN, E1000_RX_RING * sizeof(*a->rx_ring));
	ew32(a, E1000_RDTR, 0);
	ew32(a, E1000_RDH, 0);
	ew32(a, E1000_RDT, 0);
	return true;
}

/* RCTL is written only on a change: QEMU's model stops receiving for a second after each write. */
void e1000_set_rx_mode(struct net_device *dev)
{
	u32 filter_off = dev->flags & IFF_PROMISC ? RCTL_UPE | RCTL_MPE : 0;

	ew32(container_of(dev, struct e1000_adapter, netdev), E1000_RCTL,
		RCTL_EN | RCTL_BAM | RCTL_SECRC | filter_off);
}

/* Called last, when all else is set. All slots but one belong to the hardware: a tail equal to the head would mean
 * that none do. */
void e1000_enable_rx(struct e1000_adapter *a)
{
	e1000_set_rx_mode(&a->netdev);
	ew32(a, E1000_RDT, SLOT(a->rx_next - 1));
}

/* One full descriptor: the frame goes up if it is whole and there is a buffer to replace it. */
static void receive_one(struct e1000_adapter *a, u32 i, const struct e1000_rx_desc *desc)
{
	struct sk_buff *skb = a->rx_skb[i], *fresh;
	bool end = desc->status & RXD_STAT_EOP;

	if (!end || a->rx_broken || (desc->errors & RXD_ERRORS)) {
		a->rx_broken = !end;
		a->netdev.stats.rx_errors++;
		skb_pool.dropped[SKB_DROP_RX_ERROR]++;
		give(a, i, skb);
		return;
	}
	fresh = skb_alloc_reserved(RX_HEADROOM);
	if (!fresh) {
		a->netdev.stats.rx_dropped++;
		skb_pool.dropped[SKB_DROP_RX_NO_BUFFER]++;
		give(a, i, skb);
		return;
	}
	give(a, i, fresh);
	skb->dev = &a->netdev;
	skb->len = (u16)min((u32)desc->len, (u32)(SKB_SLOT - RX_HEADROOM));
	netif_receive_skb(skb);
}

int e1000_poll(struct net_device *dev, int budget)
{
	struct e1000_adapter *a = netdev_priv(dev);
	int n = 0;

	while (n < budget) {
		u32 i = SLOT(a->rx_next);
		struct e1000_rx_desc desc;

		if (!(READ_ONCE(a->rx_ring[i].status) & RXD_STAT_DD))
			break;
		barrier(); /* the rest of the descriptor is read after its DD bit */
		desc = a->rx_ring[i];
		a->rx_next++;
		n++;
		receive_one(a, i, &desc);
	}
	if (n > 0) {
		barrier(); /* the fresh descriptors are written before the tail */
		ew32(a, E1000_RDT, SLOT(a->rx_next - 1));
	}
	return n;
}
