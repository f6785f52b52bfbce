/* SPDX-License-Identifier: MIT
 * e1000.h - Intel's 8254x Ethernet controllers: one adapter, between net_device and registers.
 * Not here: the registers themselves (regs.h), PCI (drivers/pci).
 * kernel/main.c calls e1000_probe_all; the stack calls e1000_netdev_ops.
 * Source: Intel SDM 317453; the order of initialisation is its chapter 14. */
#pragma once

#include "drivers/e1000/regs.h"
#include "drivers/pci/pci.h"
#include "net/device/dev.h"

/* Powers of two, multiples of 8 (RDLEN, TDLEN count 128 bytes). */
#define E1000_TX_RING 256
#define E1000_RX_RING 64
/* Every n-th frame asks for a report that it was sent: each report is a write by the device. */
#define E1000_RS_EVERY 32
/* A machine with few packets cannot leave 31 of them on an idle ring until the next report. */
#define E1000_RS_EVERY_SMALL 2
#define E1000_POOL_LARGE     (4 * E1000_TX_RING)
/* Frames between two looks at the link: a look reads two registers. */
#define E1000_LOOK_EVERY (E1000_TX_RING / 4)

/* Slot counters start one lap before they wrap, so that every run tests the wrap. */
#define E1000_COUNT_START(ring) (0u - (ring))

_Static_assert((E1000_TX_RING & (E1000_TX_RING - 1)) == 0 && E1000_TX_RING % 8 == 0, "13.4.38");
_Static_assert((E1000_RX_RING & (E1000_RX_RING - 1)) == 0 && E1000_RX_RING % 8 == 0, "13.4.27");
_Static_assert(E1000_TX_RING % E1000_RS_EVERY == 0, "a report stands at the same slots each lap");

struct e1000_adapter {
	volatile u8 *hw; /* BAR 0 */
	struct net_device netdev;

	/* Transmit: software owns the tail, hardware the head. netdev.tx_next: where the next frame
	 * goes; tx_clean: the oldest that has not been reported done. Both run freely, the ring's slot
	 * is the remainder. At most E1000_TX_RING - 1 are in flight: a full ring would look empty. */
	struct e1000_tx_desc *tx_ring;
	struct sk_buff *tx_skb[E1000_TX_RING]; /* or skb_none */
	u32 tx_clean;
	u32 rs_every; /* a power of two */
	bool keep;    /* sent packets stay in their slots */

	struct e1000_rx_desc *rx_ring;
	struct sk_buff *rx_skb[E1000_RX_RING];
	u32 rx_next;
	bool rx_broken; /* inside a frame that spans descriptors: it is dropped */
	u16 rx_len[RX_BURST];
	struct rx_burst rx_burst; /* of frames that are on their way up */

	struct pci_dev pci;
	u32 mta[E1000_MTA_N]; /* what the multicast filter holds: it survives a reset here */
	bool eeprom_large;    /* EERD's layout of 82571 and later */

	struct {
		u64 checked_ns; /* when the stack was told last */
		u32 seen;  /* frames before this one left with the link there, or are counted */
		bool up;   /* STATUS.LU at the last look */
		bool lost; /* it went, and the stack has not been told */
	} link;

	struct {
		u64 looked_ns;   /* when we looked last */
		u32 head, clean; /* where they stood then */
		u32 still;       /* how often in a row nothing had moved that should have */
		u32 base;        /* netdev.tx_next when the ring was empty ... */
		u32 sent;        /* ... and frames sent since, as the card counts them */
		struct sk_buff_head resend; /* to be sent again when the link is back */
		bool failed;                /* the last reset did; another follows */
	} watch;
};

static inline u32 er32(const struct e1000_adapter *a, u32 reg)
{
	return *(volatile u32 *)(a->hw + reg);
}

static inline void ew32(const struct e1000_adapter *a, u32 reg, u32 value)
{
	*(volatile u32 *)(a->hw + reg) = value;
}

/* Frames on the ring that the hardware has not fetched yet. */
static inline u32 e1000_unfetched(const struct e1000_adapter *a)
{
	return (a->netdev.tx_next - er32(a, E1000_TDH)) & (E1000_TX_RING - 1);
}

/* Which step of bringing the device up failed, and what the user can try. */
struct e1000_problem {
	const char *step, *advice;
};

/* e1000_reset_hw - quiet, reset, quiet again; the reset is left out when the
 * card was not used since power-on. Every wait has a bound. */
bool e1000_reset_hw(struct e1000_adapter *a, struct e1000_problem *problem);

/* e1000_read_mac - the station address into netdev.dev_addr. */
bool e1000_read_mac(struct e1000_adapter *a, struct e1000_problem *problem);

/* e1000_add_multicast - ndo_add_multicast. */
void e1000_add_multicast(struct net_device *dev, const u8 mac[ETH_ALEN]);

/* e1000_init_filters - accept our address, broadcasts, 224.0.0.1 and groups that were joined before, no VLANs. */
void e1000_init_filters(struct e1000_adapter *a);

/* e1000_setup_link - let MAC and PHY negotiate. Does not wait. */
void e1000_setup_link(struct e1000_adapter *a);

/* e1000_check_link - ndo_check_link: look at the link, once a second at the transmitter, then tell the stack if
 * the link came or went. */
void e1000_check_link(struct net_device *dev);

/* e1000_look_now - look at the link; at most every 10 ms, unless e1000_look has found it gone. Returns whether
 * it looked. */
bool e1000_look_now(struct e1000_adapter *a);

/* e1000_look - was the link there since the last look? If not, frames that left the ring since then are counted in
 * tx_carrier_errors: as many frames at most were sent without a link. The stack is not told: see ndo_check_link.
 * left  frames before this one have left the ring, as the caller knew before this look */
void e1000_look(struct e1000_adapter *a, u32 left);

/* e1000_setup_tx - an empty transmit ring, running. Returns false without memory. */
bool e1000_setup_tx(struct e1000_adapter *a);

/* e1000_xmit_frame - ndo_start_xmit: the frame onto the ring, and the doorbell unless more follow. */
int e1000_xmit_frame(struct sk_buff *skb, struct net_device *dev);

/* e1000_xmit_again - ndo_xmit_again: the packets in the next n slots, sent again as they are now. */
void e1000_xmit_again(struct net_device *dev, size_t n, size_t bytes);

/* e1000_set_slot - ndo_set_slot: a slot's descriptor describes skb. */
void e1000_set_slot(struct net_device *dev, u32 slot, const struct sk_buff *skb);

/* e1000_flush - ndo_flush: the doorbell, if it was put off. */
void e1000_flush(struct net_device *dev);

/* e1000_reclaim - ndo_reclaim: free the slots that were reported as sent, set tx_room. */
void e1000_reclaim(struct net_device *dev);

/* e1000_tx_pending - ndo_tx_pending: frames that the hardware has not fetched yet. */
u32 e1000_tx_pending(struct net_device *dev);

/* e1000_test_dma - tell the hardware where checksums are, and see whether it answers. Right after
 * e1000_setup_tx. */
bool e1000_test_dma(struct e1000_adapter *a, struct e1000_problem *problem);

/* e1000_watch_start - the transmit ring is empty, the card has counted nothing yet. */
void e1000_watch_start(struct e1000_adapter *a);

/* e1000_stop - ndo_stop: drop the frames that were to be sent again. */
void e1000_stop(struct net_device *dev);

/* e1000_start - from any state to rings that are empty and a transmitter that runs. The link takes its
 * time. */
bool e1000_start(struct e1000_adapter *a, struct e1000_problem *problem);

/* e1000_setup_rx - a receive ring full of buffers, not yet running. Returns false without memory. */
bool e1000_setup_rx(struct e1000_adapter *a);

/* e1000_enable_rx - start receiving: last, and each time the device is opened. */
void e1000_enable_rx(struct e1000_adapter *a);

/* e1000_set_rx_mode - ndo_set_rx_mode: frames for others, too, or not. */
void e1000_set_rx_mode(struct net_device *dev);

/* e1000_poll - ndo_poll: hand up at most budget frames. Returns how many. */
int e1000_poll(struct net_device *dev, int budget);

/* e1000_probe_all - register every supported controller with net.
 * Returns  how many work; *failed: how many were found and did not (each has said why) */
u32 e1000_probe_all(struct net *net, u32 *failed);
