/* SPDX-License-Identifier: MIT
 * rx.c - the receive ring, polled.
 * Not here: what frames mean (net/device/dev_receive.c).
 * dev_poll.c calls e1000_poll through e1000_netdev_ops.
 * Source: Intel SDM 317453, 3.2 (receive), 13.4.22-13.4.29.
 *
 * Every slot always has a buffer, which goes up the stack only when an empty one takes its place (netif_receive_slots).
 * So reception never stops for lack of memory. */
#include "drivers/e1000/e1000.h"
#include "kernel/mm/layout.h"
#include "net/core/machine.h"

#define SLOT(i) ((i) & (E1000_RX_RING - 1))

/* BSIZE says 2048; what hardware really writes is bounded by the longest frame it takes, 1522 bytes
 * without LPE (13.4.22), so the room behind the head is enough. */
_Static_assert(RX_BURST <= E1000_RX_RING / 4, "the card has buffers while a burst goes up");
_Static_assert(SKB_SLOT - RX_HEADROOM >= 1522, "a frame must fit behind the headroom");

static void give(struct e1000_adapter *a, u32 i, struct sk_buff *skb)
{
	skb->dev = &a->netdev;
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
	a->rx_burst = (struct rx_burst){ .dev = &a->netdev, .len = a->rx_len };
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

static void refill(struct e1000_adapter *a)
{
	barrier(); /* the descriptors are written before the tail */
	ew32(a, E1000_RDT, SLOT(a->rx_next - 1));
}

/* Called last, when all else is set. All slots but one belong to the hardware: a tail equal to the head would mean
 * that none do. */
void e1000_enable_rx(struct e1000_adapter *a)
{
	e1000_set_rx_mode(&a->netdev);
	refill(a);
}

/* A frame that is not whole, or damaged; or the rest of one. */
static noinline void drop_broken(struct e1000_adapter *a)
{
	u32 i = SLOT(a->rx_next);

	a->rx_broken = !(a->rx_ring[i].status & RXD_STAT_EOP);
	a->rx_ring[i].status = 0;
	a->rx_next++;
	a->netdev.stats.rx_errors++;
	skb_pool.dropped[SKB_DROP_RX_ERROR]++;
}

/* How many of the next most descriptors, which follow each other in memory, hold whole frames: their lengths to len. */
static __always_inline u32 whole_frames(struct e1000_rx_desc *desc, u32 most, u16 len[])
{
	u32 n = 0;

	for (; n < most; n++, desc++) {
		u8 status = READ_ONCE(desc->status);

		if ((status & (RXD_STAT_DD | RXD_STAT_EOP)) != (RXD_STAT_DD | RXD_STAT_EOP))
			break;
		barrier(); /* the rest of the descriptor is read after its DD bit */
		if (unlikely(desc->errors & RXD_ERRORS))
			break;
		len[n] = (u16)min((u32)desc->len, (u32)(SKB_SLOT - RX_HEADROOM));
		desc->status = 0;
	}
	return n;
}

/* n frames go up, and their descriptors are the card's again, with the packets that the slots have now. */
static __always_inline void receive_burst(struct e1000_adapter *a, u32 first, u32 n)
{
	struct rx_burst *burst = &a->rx_burst;

	burst->n = n;
	burst->slot = &a->rx_skb[first];
	burst->done = burst->replaced = 0;
	netif_receive_slots(burst);
	for (u32 i = 0; unlikely(burst->replaced >> i); i++)
		if (burst->replaced >> i & 1)
			a->rx_ring[first + i].addr = virt_to_phys(burst->slot[i]->data);
	a->rx_next += n;
}

/* The tail moves after each burst, so that the card never waits for the end of a long look. */
int e1000_poll(struct net_device *dev, int budget)
{
	struct e1000_adapter *a = netdev_priv(dev);
	u32 left = (u32)budget, first, most, n;

	while (left > 0) {
		first = SLOT(a->rx_next);
		if (!(READ_ONCE(a->rx_ring[first].status) & RXD_STAT_DD))
			break;
		most = min(left, (u32)RX_BURST);
		most = min(most, E1000_RX_RING - first);
		n = a->rx_broken ? 0 : whole_frames(&a->rx_ring[first], most, a->rx_len);
		if (likely(n > 0))
			receive_burst(a, first, n);
		else
			drop_broken(a);
		refill(a);
		left -= max(n, 1u);
	}
	return budget - (int)left;
}
