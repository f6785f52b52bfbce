/* SPDX-License-Identifier: MIT
 * dev.h - network devices: how a packet gets onto one, and how one hands packets up.
 * Not here: what frames look like (eth.h), the drivers (drivers/).
 * neighbour.h, arp.c and packet sockets call dev_queue_xmit; drivers call netif_receive_skb.
 * Names as in Linux's net_device and net_device_ops, the members this stack needs. */
#pragma once

#include "kernel/lib/list.h"
#include "kernel/lib/static_key.h"
#include "net/core/machine.h"
#include "net/core/part.h"
#include "net/core/skbuff.h"
#include "net/wire/ethernet.h"

#define IFNAMSIZ     16
#define TX_QUEUE_LEN 1000  /* what is told of an Ethernet card, as on Linux */
#define LOOPBACK_MTU 65536 /* Linux's: every IPv4 packet fits */

enum dev_flags {
	IFF_UP = 0x1,
	IFF_BROADCAST = 0x2,
	IFF_LOOPBACK = 0x8,
	IFF_RUNNING = 0x40, /* the link is there: frames can leave */
	IFF_NOARP = 0x80,
	IFF_PROMISC = 0x100, /* hears frames for others as well */
	IFF_MULTICAST = 0x1000
};

enum dev_features {
	NETIF_F_HW_CSUM = 1, /* completes the checksum of packets that are csum_partial */
	NETIF_F_FRAGLIST = 2 /* takes a packet in pieces (skb->frags) as one frame */
};

/* A driver's operations. */
struct net_device_ops {
	/* start the hardware; 0 or negative errno, having said why */
	int (*ndo_open)(struct net_device *dev);
	/* it has been set down: drop frames that are queued in the driver; NULL: none are */
	void (*ndo_stop)(struct net_device *dev);
	/* one frame; tx_room was not zero. Takes the skb; 0 or -EIO */
	int (*ndo_start_xmit)(struct sk_buff *skb, struct net_device *dev);
	/* the packets in the next n slots as they are now, frames of so many bytes in all; NULL in a driver that
	 * keeps none. n is at most tx_room */
	void (*ndo_xmit_again)(struct net_device *dev, size_t n, size_t bytes);
	/* skb is the packet in a slot, free by tx_room, with its final length: describe it to the hardware, so that
	 * ndo_xmit_again can send it */
	void (*ndo_set_slot)(struct net_device *dev, u32 slot, const struct sk_buff *skb);
	/* the frames that netdev_xmit_more promised are all there: tell the hardware */
	void (*ndo_flush)(struct net_device *dev);
	/* take back what the hardware has sent, set tx_room anew */
	void (*ndo_reclaim)(struct net_device *dev);
	/* report a change of the link (dev_carrier); ndo_reclaim follows. Never while a packet is on
	 * its way: routes may go with a link, and that allocates. NULL: it is always there */
	void (*ndo_check_link)(struct net_device *dev);
	/* receive at most budget frames, handing each to netif_receive_skb; returns how many */
	int (*ndo_poll)(struct net_device *dev, int budget);
	/* receive frames to this group from now on, as 224.0.0.1's always; NULL: it receives all. Never taken
	 * back: IP drops frames to groups that were not joined */
	void (*ndo_add_multicast)(struct net_device *dev, const u8 mac[ETH_ALEN]);
	/* frames that the hardware has not fetched yet */
	u32 (*ndo_tx_pending)(struct net_device *dev);
	/* IFF_PROMISC changed; NULL: it has no filter */
	void (*ndo_set_rx_mode)(struct net_device *dev);
};

struct net_device_stats {
	u64 tx_packets, tx_bytes, tx_dropped;
	u64 tx_errors;         /* times the transmitter hung */
	u64 tx_carrier_errors; /* of tx_packets, those that may have met no link, at most */
	u64 rx_packets, rx_bytes, rx_dropped, multicast;
	u64 rx_errors; /* those below among them */
	u64 rx_crc_errors;
	u64 rx_missed_errors; /* the card had no buffer left; not among rx_errors, as on Linux */
};

/* An address of a device. */
struct in_ifaddr {
	struct list_head list; /* net_device.ifa_list */
	be32 addr, broadcast;
	u8 prefix_len;
	bool secondary; /* another one of the same network came before */
};

struct net_device {
	/* what the transmit path reads */
	const struct net_device_ops *netdev_ops;
	u32 tx_room; /* frames the ring still takes; 0 also while the link is down */
	/* The ring as senders see it: tx_slot[(tx_next + i) & tx_mask], i below tx_room, is a packet that
	 * was sent a lap ago and lies there still, so that its descriptor need not be written when it is
	 * changed and sent again (ndo_xmit_again); or skb_none. */
	u32 tx_next, tx_mask;
	struct sk_buff **tx_slot;
	u32 mtu; /* bytes of IPv4 packet */
	u32 flags;
	int ifindex;
	struct Qdisc *
		qdisc; /* NULL: straight to the ring. It decides about tx_room (net/core/qdisc.h) */
	struct net_device_stats stats;

	u8 dev_addr[ETH_ALEN];
	u32 features;              /* NETIF_F_* */
	u32 tx_ring_n;             /* frames that fit when nothing is on the way */
	be32 ip_addr;              /* the first of ifa_list; zero: no address */
	struct list_head ifa_list; /* of struct in_ifaddr: primary ones before secondary ones */
	char name[IFNAMSIZ];
	u32 promiscuity; /* users of IFF_PROMISC */
	struct net *net;
	struct list_head list; /* net->dev_base */
	void *priv;            /* the driver's */
};

static inline void *netdev_priv(const struct net_device *dev)
{
	return dev->priv;
}

/* register_netdev - make the device known: an index, a place in net's list. name may be a pattern
 * like "eth%d"; the first free number is taken. */
void register_netdev(struct net *net, struct net_device *dev, const char *name);

/* dev_set_promiscuity - one more (1) or one less (-1) user of IFF_PROMISC. */
void dev_set_promiscuity(struct net_device *dev, int change);

/* dev_get_by_name, dev_get_by_index - or NULL. name: len characters. */
struct net_device *dev_get_by_name(struct net *net, const char *name, size_t len);
struct net_device *dev_get_by_index(struct net *net, int ifindex);

/* dev_carrier - the driver saw the link come or go. Says so and makes cached routes stale. */
void dev_carrier(struct net_device *dev, bool up);

/* dev_set_notifier - the function that is told of events (net_init.c's). */
void dev_set_notifier(void (*fn)(struct net_device *dev, enum netdev_event event));

/* dev_notify - tell it of one. */
void dev_notify(struct net_device *dev, enum netdev_event event);

/* dev_reclaim - take back what the hardware has sent; a queue fills the room. Not while it is down. */
void dev_reclaim(struct net_device *dev);

/* dev_room - frames that dev takes now, in its queue or its ring. */
u32 dev_room(struct net_device *dev);

/* dev_queue_xmit - a complete frame to its device (skb->dev). Takes the skb.
 * Returns  0, or -ENETDOWN, -ENOBUFS (no room: a sender that may wait has done so before), -EIO */
int dev_queue_xmit(struct sk_buff *skb);

/* dev_tx_slot - the packet in the i-th slot from the next one, or skb_none. i is below tx_room. */
static inline struct sk_buff *dev_tx_slot(const struct net_device *dev, u32 i)
{
	return dev->tx_slot[(dev->tx_next + i) & dev->tx_mask];
}

/* netdev_xmit_more - another frame follows at once: drivers put off telling the hardware. One for all devices, as
 * Linux has one for each CPU: a batch's frames may leave by several devices, and dev_xmit_end flushes all. */
extern bool netdev_xmit_more;

/* dev_xmit_begin - a batch begins; it ends with dev_xmit_end. Returns the argument for that: whether it lies within
 * another batch. */
static inline bool dev_xmit_begin(void)
{
	bool outer = netdev_xmit_more;

	netdev_xmit_more = true;
	return outer;
}

/* dev_xmit_end - ring the doorbells of net's devices, unless an outer batch will. */
void dev_xmit_end(struct net *net, bool outer);

/* dev_xmit_paced - dev_queue_xmit for a packet that leaves its socket's pacing queue. */
int dev_xmit_paced(struct sk_buff *skb);

/* dev_xmit_direct - a frame to the driver, whose tx_room is not zero. Takes the skb. */
int dev_xmit_direct(struct sk_buff *skb, struct net_device *dev);

/* skb_is_fragmented - will its pieces leave as IPv4 fragments, each a frame? */
static inline bool skb_is_fragmented(const struct sk_buff *skb)
{
	return skb->frags && !(skb->dev->features & NETIF_F_FRAGLIST);
}

/* dev_drop - drop a frame that its device (skb->dev) does not take. It is counted; as on Linux no socket is told
 * later. err: positive. Returns -err. */
int dev_drop(struct sk_buff *skb, enum skb_drop_reason reason, int err);

/* dev_drop_waiting - the device went down, or the machine will: drop packets that wait for it, in its queue and in
 * sockets'. */
void dev_drop_waiting(struct net_device *dev, enum skb_drop_reason reason);

/* dev_pacing_start - from now on dev_queue_xmit looks whether a packet's socket is paced, or its sender wants to know
 * when it leaves (skb->tx_flags). */
void dev_pacing_start(void);

/* netif_receive_skb - a frame came in: Ethernet header at data. Takes the skb. */
void netif_receive_skb(struct sk_buff *skb);

#define RX_HEADROOM (SKB_NETWORK_OFF - ETH_HLEN) /* so that the IPv4 header lies on 16 bytes */
#define RX_BURST    16

/* Frames that came in, in the packets of a receive ring's slots, which follow each other. */
struct rx_burst {
	struct net_device *dev; /* of all packets, too */
	struct sk_buff **slot;  /* the frame lies RX_HEADROOM into its packet's data */
	const u16 *len;
	u32 n;        /* at most RX_BURST */
	u32 done;     /* those before it are done */
	u32 replaced; /* bits of slots that have another packet now */
};

/* netif_receive_slots - all of a burst. Short frames are copied, and where no packet is free they are dropped and
 * counted: the packet stays in its slot. Otherwise it goes up, and another one takes its place. */
void netif_receive_slots(struct rx_burst *burst);

/* dev_deliver_skb - data is at the header behind Ethernet's, skb->protocol says which: to its handler. Takes
 * the skb. */
void dev_deliver_skb(struct sk_buff *skb);

/* net_poll - one step for all devices of all namespaces: receive, reclaim, timers. */
void net_poll(void);

/* net_look - what may bring a packet for a socket of this namespace at once: receive from its devices, run timers that
 * are due. Every 16th time all of net_poll, and the tick does that, too: what else there is never waits long. */
void net_look(struct net *net);

/* net_look_at - the same, but only this device's frames, where a socket's datagrams usually come from; not when it is
 * time for a net_poll. Returns whether any came. */
bool net_look_at(struct net_device *dev);

/* net_wait - one step of every wait in the kernel: rest, then net_poll. The caller checks its condition
 * before each step, having polled once before the first.
 * since_ns  when the wait began (clock_ns): it spins for a moment before the CPU rests; or
 *           NET_WAIT_RESTING: it waits for a time, so it does not spin
 * until_ns  when it ends; it rests no longer than that, nor than the next timer, nor than 10 ms */
void net_wait(u64 since_ns, u64 until_ns);

#define NET_WAIT_RESTING 0

/* dev_tx_pending - frames that the rings of all namespaces hold and no hardware has fetched yet. */
u32 dev_tx_pending(void);

/* ---- protocols above --------------------------------------------------------------------- */

struct packet_type {
	u16 type;                          /* ethertype, host order */
	void (*func)(struct sk_buff *skb); /* data at the layer-3 header; takes the skb */
	/* of the first protocol of the table: frames in their slots, as far as they need not go the long way */
	void (*early)(struct rx_burst *burst);
};

/* dev_set_protocols - the handler of each ethertype (net_init.c's table). */
void dev_set_protocols(const struct packet_type *types, size_t n);
