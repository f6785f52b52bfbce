/* SPDX-License-Identifier: MIT
 * tx.c - the transmit ring: the last step of a datagram's way, down to the tail register.
 * Not here: registers' meaning (regs.h), bringing the device up (hw.c, main.c).
 * dev.c and flow_cache.c call in through e1000_netdev_ops.
 * Source: Intel SDM 317453, 3.3 (transmit), 3.4 (ring), 13.4.33-13.4.42.
 *
 * The ring. Software owns the tail, the hardware the head:
 *
 *                 tx_clean             head           tx_next = tail
 *                    v                   v                  v
 *     |    free      |  fetched          |  to be fetched   |    free     |
 *                    '----------- in flight ---------------'
 *
 * Sending a frame: write its address, length and offload into the descriptor at tx_next, advance tx_next, write
 * the tail register (the doorbell). In a batch (netdev_xmit_more) only the last frame rings the doorbell.
 *
 * Finding what was sent: the head register is not reliable (3.4). A descriptor with RS set is marked done (DD) in
 * memory when it and all before it were sent. Each report is a write by the device, so only the last descriptor of
 * each group of rs_every slots asks for one, in the same slots every lap:
 *
 *     slot   0   1   ...  31  |  32  ...  63  |  64 ...        rs_every = 32
 *     RS                  *           *                        DD in slot 31: slots 0 to 31 are free
 *
 * So up to 31 frames that were sent still count as in flight until their group is full.
 *
 * What stays in a slot: the packet that was sent, and a descriptor that still describes it (tx_skb[i], tx_ring[i]).
 * A sender with the same headers a lap later writes a new payload into that packet; then the only work left is to
 * advance the tail (e1000_xmit_again). Another packet for the slot sends the old one back to the pool first. Where
 * the pool is small for the number of cards (keep is false), sent packets go back as soon as they are reported. */
#include "drivers/e1000/e1000.h"
#include "kernel/cpu/clock.h"
#include "kernel/lib/string.h"
#include "kernel/mm/layout.h"
#include "net/device/eth.h"
#include "net/wire/ip.h"
#include "net/wire/udp.h"

#define SLOT(i) ((i) & (E1000_TX_RING - 1))

#define DMA_TEST_MAX_US 100000

static inline u64 dma_addr(const void *at)
{
	return virt_to_phys(at);
}

/* ---- bringing it up ---------------------------------------------------------------------------- */

/* A ring keeps its packets while three times as many are left for all other uses. */
static void decide_what_stays(struct e1000_adapter *a)
{
	static u32 kept; /* by the cards so far */

	a->keep = skb_pool.total_n >= E1000_POOL_LARGE + kept;
	a->rs_every = a->keep ? E1000_RS_EVERY : E1000_RS_EVERY_SMALL;
	kept += a->keep ? E1000_TX_RING : 0;
}

/* Constant fields are written once: each frame is whole (EOP), gets its CRC (IFCS), and the last of each group
 * asks for a report (RS). Sending writes address, length and checksum offload. */
static void prepare_descriptors(struct e1000_adapter *a)
{
	a->netdev.tx_slot = a->tx_skb;
	a->netdev.tx_mask = E1000_TX_RING - 1;
	for (u32 i = 0; i < E1000_TX_RING; i++) {
		bool report = i % a->rs_every == a->rs_every - 1;

		a->tx_ring[i] = (struct e1000_tx_desc){ .type = TXD_TYPE_DATA,
			.cmd = TXD_CMD_DEXT | TXD_CMD_EOP | TXD_CMD_IFCS |
			       (report ? TXD_CMD_RS : 0) };
	}
}

__cold bool e1000_setup_tx(struct e1000_adapter *a)
{
	u64 base;

	if (!a->tx_ring) {
		/* For QEMU's emulator: the lowest free memory, on the same side of 1 MiB as the pool's small
		 * packets (skb_pool_init), so that the region it found last holds both. */
		a->tx_ring = dma_alloc(E1000_TX_RING * sizeof(*a->tx_ring));
		decide_what_stays(a);
		for (u32 i = 0; i < E1000_TX_RING; i++)
			a->tx_skb[i] = &skb_none;
	}
	if (!a->tx_ring)
		return false;
	prepare_descriptors(a);
	a->netdev.tx_next = a->tx_clean = E1000_COUNT_START(E1000_TX_RING);
	base = dma_addr(a->tx_ring);
	ew32(a, E1000_TCTL, 0); /* head and tail may only be set while it rests (13.4.39) */
	ew32(a, E1000_TDBAL, (u32)base);
	ew32(a, E1000_TDBAH, (u32)(base >> 32));
	ew32(a, E1000_TDLEN, E1000_TX_RING * sizeof(*a->tx_ring));
	ew32(a, E1000_TDH, 0); /* a reset does not clear them everywhere */
	ew32(a, E1000_TDT, 0);
	ew32(a, E1000_TXDCTL, 0); /* write back each report at once */
	ew32(a, E1000_TIDV, 0);
	ew32(a, E1000_TADV, 0);
	ew32(a, E1000_TIPG, TIPG_COPPER);
	ew32(a, E1000_TCTL, TCTL_EN | TCTL_PSP | TCTL_CT_15 | TCTL_COLD_FULL);
	return true;
}

/* A context descriptor tells the hardware where the checksums are; that is the same in every frame, so one is enough
 * for good. It sends nothing and still reports, so it shows, before the link is up, whether the card reads and
 * writes memory. It takes slot 0. */
__cold bool e1000_test_dma(struct e1000_adapter *a, struct e1000_problem *problem)
{
	u64 end = clock_ns() + DMA_TEST_MAX_US * NSEC_PER_USEC;
	struct e1000_tx_desc data = a->tx_ring[0];
	struct e1000_tx_context context = { .ip_start = ETH_HLEN,
		.ip_at = ETH_HLEN + offsetof(struct iphdr, check),
		.ip_end = ETH_HLEN + IP_HLEN - 1,
		.tu_start = ETH_HLEN + IP_HLEN,
		.tu_at = ETH_HLEN + IP_HLEN + offsetof(struct udphdr, check),
		.type = TXD_TYPE_CONTEXT,
		.cmd = TXD_CMD_DEXT | TXD_CMD_RS };

	memcpy(&a->tx_ring[0], &context, sizeof(context));
	barrier(); /* the descriptor is written before the tail */
	ew32(a, E1000_TDT, 1);
	while (!(READ_ONCE(a->tx_ring[0].status) & TXD_STAT_DD)) {
		if (clock_ns() < end)
			continue;
		*problem = er32(a, E1000_TDH) == 0
				   ? (struct e1000_problem){ "the transmitter does not fetch "
							     "descriptors",
					     "is another driver or firmware holding the card?" }
				   : (struct e1000_problem){
					     "descriptors are fetched but never reported done",
					     "bus mastering seems blocked: look for an IOMMU or a "
					     "bridge"
				     };
		return false;
	}
	a->tx_ring[0] = data;
	a->tx_clean = ++a->netdev.tx_next;
	return true;
}

/* ---- sending ----------------------------------------------------------------------------------- */

static inline void ring_doorbell(struct e1000_adapter *a, u32 tail)
{
	/* The descriptors are written before the tail: x86 keeps stores to memory and the uncached
	 * store to the register in order; the compiler must, too. */
	barrier();
	ew32(a, E1000_TDT, tail);
}

/* The descriptors of the next n slots are complete: frames of so many bytes in all. */
static inline void advance(struct e1000_adapter *a, size_t n, size_t bytes)
{
	struct net_device *dev = &a->netdev;
	u32 next = dev->tx_next + (u32)n;

	dev->tx_next = next;
	dev->tx_room -= (u32)n;
	dev->stats.tx_packets += n;
	dev->stats.tx_bytes += bytes;
	if (likely(!netdev_xmit_more))
		ring_doorbell(a, SLOT(next));
}

void e1000_xmit_again(struct net_device *dev, size_t n, size_t bytes)
{
	advance(container_of(dev, struct e1000_adapter, netdev), n, bytes);
}

static inline void describe(struct e1000_tx_desc *desc, const struct sk_buff *skb)
{
	desc->addr = dma_addr(skb->data);
	desc->len = skb->len;
	desc->popts = skb->csum_partial ? TXD_POPTS_TXSM : 0;
}

void e1000_set_slot(struct net_device *dev, u32 slot, const struct sk_buff *skb)
{
	describe(&container_of(dev, struct e1000_adapter, netdev)->tx_ring[slot], skb);
}

/* The slot holds another packet. A function of its own, so that the common case saves no registers. */
static noinline int xmit_in_its_place(struct sk_buff *skb, struct net_device *dev)
{
	struct e1000_adapter *a = container_of(dev, struct e1000_adapter, netdev);
	u32 i = SLOT(dev->tx_next);

	skb_empty_slot(a->tx_skb, i);
	a->tx_skb[i] = skb;
	return e1000_xmit_frame(skb, dev);
}

int e1000_xmit_frame(struct sk_buff *skb, struct net_device *dev)
{
	struct e1000_adapter *a = container_of(dev, struct e1000_adapter, netdev);
	u32 i = SLOT(dev->tx_next);

	if (unlikely(a->tx_skb[i] != skb))
		return xmit_in_its_place(skb, dev);
	eth_skb_pad(skb);
	describe(&a->tx_ring[i], skb);
	advance(a, 1, skb->len);
	return 0;
}

void e1000_flush(struct net_device *dev)
{
	struct e1000_adapter *a = netdev_priv(dev);

	ring_doorbell(a, SLOT(a->netdev.tx_next)); /* writing the same tail again is harmless */
}

/* ---- reclaiming sent frames ------------------------------------------------------------------------ */

/* On the ring and not reported as sent. */
static u32 in_flight(const struct e1000_adapter *a)
{
	return a->netdev.tx_next - a->tx_clean;
}

/* No more than a lap is sent between two looks at the link. */
static void update_room(struct e1000_adapter *a)
{
	bool ready = (~a->netdev.flags & (IFF_UP | IFF_RUNNING)) == 0 && a->link.up;
	u32 used = max(in_flight(a), a->netdev.tx_next - a->link.seen);

	a->netdev.tx_room = ready ? E1000_TX_RING - 1 - used : 0;
}

/* Has slot i been sent? The last slot of its group says so. */
static bool reported_done(const struct e1000_adapter *a, u32 i)
{
	u32 report = i | (a->rs_every - 1);

	if (a->netdev.tx_next - i <= report - i) /* the group's last slot is still unused */
		return false;
	return READ_ONCE(a->tx_ring[SLOT(report)].status) & TXD_STAT_DD;
}

/* Slots tx_clean to end - 1 have been sent. */
static void release_group(struct e1000_adapter *a, u32 end)
{
	for (u32 i = a->tx_clean; i != end; i++)
		skb_empty_slot(a->tx_skb, SLOT(i));
}

void e1000_reclaim(struct net_device *dev)
{
	struct e1000_adapter *a = netdev_priv(dev);

	while (in_flight(a) > 0 && reported_done(a, a->tx_clean)) {
		u32 end = (a->tx_clean | (a->rs_every - 1)) + 1;

		if (!a->keep)
			release_group(a, end);
		a->tx_clean = end;
		a->tx_ring[SLOT(end - 1)].status = 0; /* read, and not done again yet */
	}
	if (a->netdev.tx_next - a->link.seen >= E1000_LOOK_EVERY)
		e1000_look(a, a->tx_clean);
	update_room(a);
}

/* Before power-off. The head register is good enough here, because no slot is reused by it. The last look at the
 * link. */
u32 e1000_tx_pending(struct net_device *dev)
{
	struct e1000_adapter *a = netdev_priv(dev);
	u32 n;

	e1000_flush(dev);
	n = e1000_unfetched(a);
	e1000_look(a, a->netdev.tx_next - n);
	return n;
}
