/* SPDX-License-Identifier: MIT
 * dev.c - network devices: how a packet gets onto one, and how one hands packets up.
 * Not here: what frames look like (eth.h), the drivers (drivers/).
 * neighbour.h, arp.c and packet sockets call dev_queue_xmit; drivers call netif_receive_skb.
 * Source: Linux's __dev_queue_xmit, dev_hard_start_xmit, netif_receive_skb: their roles. */
#include "net/device/dev.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "net/core/sock.h"
#include "net/device/sched.h"

#define POLL_BUDGET 64 /* frames a device may hand up in one step */
/* A wait spins so long before the CPU rests: an answer on the same wire takes less. */
#define SPIN_NS (2 * NSEC_PER_MSEC)

/* ---- registration ----------------------------------------------------------------------- */

static void choose_name(struct net *net, struct net_device *dev, const char *pattern)
{
	for (int i = 0;; i++) {
		size_t len = text_format(dev->name, IFNAMSIZ, pattern, i);

		if (!dev_get_by_name(net, dev->name, len))
			return;
	}
}

void register_netdev(struct net *net, struct net_device *dev, const char *name)
{
	choose_name(net, dev, name);
	list_init(&dev->ifa_list);
	dev->net = net;
	dev->ifindex = ++net->ifindex_last;
	list_add_tail(&dev->list, &net->dev_base);
	net_changed(net);
}

int dev_open(struct net_device *dev)
{
	int err = dev->flags & IFF_UP ? 0 : dev->netdev_ops->ndo_open(dev);

	if (err || (dev->flags & IFF_UP))
		return err;
	dev->flags |= IFF_UP;
	dev_reclaim(dev); /* its room, which a queueing discipline hides */
	net_changed(dev->net);
	dev_notify(dev, NETDEV_UP);
	return 0;
}

void dev_set_promiscuity(struct net_device *dev, int change)
{
	bool was = dev->promiscuity > 0;

	dev->promiscuity += (u32)change;
	if (was == (dev->promiscuity > 0))
		return;
	dev->flags ^= IFF_PROMISC;
	if (dev->netdev_ops->ndo_set_rx_mode)
		dev->netdev_ops->ndo_set_rx_mode(dev);
}

struct net_device *dev_get_by_name(struct net *net, const char *name, size_t len)
{
	struct net_device *dev;

	list_for_each(dev, &net->dev_base, list)
		if (strlen(dev->name) == len && memcmp(dev->name, name, len) == 0)
			return dev;
	return NULL;
}

struct net_device *dev_get_by_index(struct net *net, int ifindex)
{
	struct net_device *dev;

	list_for_each(dev, &net->dev_base, list)
		if (dev->ifindex == ifindex)
			return dev;
	return NULL;
}

static void (*notifier)(struct net_device *dev, enum netdev_event event);

void dev_set_notifier(void (*fn)(struct net_device *dev, enum netdev_event event))
{
	notifier = fn;
}

void dev_notify(struct net_device *dev, enum netdev_event event)
{
	if (notifier)
		notifier(dev, event);
}

void dev_carrier(struct net_device *dev, bool up)
{
	if (up == !!(dev->flags & IFF_RUNNING))
		return;
	dev->flags ^= IFF_RUNNING;
	pr_info("%s: link is %s\n", dev->name, up ? "up" : "down");
	net_changed(dev->net);
	dev_notify(dev, NETDEV_CHANGE);
}

/* ---- taps ------------------------------------------------------------------------------- */

static struct static_key taps_active;
static struct list_head taps = LIST_HEAD_INIT(taps);

/* Senders that keep what they found out look again, and see the taps. */
static void set_taps_active(bool active)
{
	struct net *net;

	static_key_set(&taps_active, active);
	for_each_net(net)
		net_changed(net);
}

void dev_add_tap(struct packet_tap *tap)
{
	list_add_tail(&tap->list, &taps);
	set_taps_active(true);
}

void dev_remove_tap(struct packet_tap *tap)
{
	list_del(&tap->list);
	set_taps_active(!list_empty(&taps));
}

bool dev_is_direct(const struct net_device *dev)
{
	return !taps_active.enabled && !dev->qdisc;
}

static noinline void show_taps(const struct sk_buff *skb, bool outgoing)
{
	struct packet_tap *tap, *tmp;

	list_for_each_safe(tap, tmp, &taps, list)
		tap->fn(tap, skb, outgoing);
}

/* ---- out -------------------------------------------------------------------------------- */

/* dev_hard_start_xmit - the last common step: the driver has it, and it has no sender any more. Taps see the
 * frame as the wire will. */
static inline int dev_hard_start_xmit(struct sk_buff *skb, struct net_device *dev)
{
	if (static_branch_unlikely(&taps_active))
		show_taps(skb, true);
	skb_orphan(skb);
	return dev->netdev_ops->ndo_start_xmit(skb, dev);
}

int dev_xmit_direct(struct sk_buff *skb, struct net_device *dev)
{
	return dev_hard_start_xmit(skb, dev);
}

int dev_drop(struct sk_buff *skb, enum skb_drop_reason reason, int err)
{
	skb->dev->stats.tx_dropped++;
	kfree_skb(skb, reason);
	return -err;
}

void dev_reclaim(struct net_device *dev)
{
	if (!(dev->flags & IFF_UP))
		return;
	dev->netdev_ops->ndo_reclaim(dev);
	if (dev->qdisc)
		qdisc_reclaimed(dev->qdisc);
}

/* A queue, no room, or a packet that has waited and has an owner to tell. */
static noinline int dev_queue_xmit_slow(struct sk_buff *skb, struct net_device *dev)
{
	if (dev->qdisc)
		return qdisc_enqueue(dev->qdisc, skb);
	if (dev->tx_room == 0)
		dev_reclaim(dev);
	if (dev->tx_room == 0)
		return dev->flags & IFF_UP ? dev_drop(skb, SKB_DROP_TX_FULL, ENOBUFS)
					   : dev_drop(skb, SKB_DROP_DEV_DOWN, ENETDOWN);
	return dev_hard_start_xmit(skb, dev);
}

static inline int dev_xmit(struct sk_buff *skb, struct net_device *dev)
{
	/* tx_room is zero unless the device is up, its link is there, and it has no queue */
	if (unlikely(dev->tx_room == 0 || skb->owned))
		return dev_queue_xmit_slow(skb, dev);
	return dev_hard_start_xmit(skb, dev);
}

static struct static_key pacing_active;

void dev_pacing_start(void)
{
	static_key_set(&pacing_active, true);
}

static noinline int dev_queue_xmit_pacing(struct sk_buff *skb)
{
	if (!skb->sk || !(skb->sk->sk_tx_modes & SK_TX_PACED))
		return dev_xmit(skb, skb->dev);
	sk_pace(skb);
	return 0;
}

int dev_queue_xmit(struct sk_buff *skb)
{
	if (static_branch_unlikely(&pacing_active))
		return dev_queue_xmit_pacing(skb);
	return dev_xmit(skb, skb->dev);
}

int dev_xmit_paced(struct sk_buff *skb)
{
	return dev_xmit(skb, skb->dev);
}

u32 dev_room(struct net_device *dev)
{
	if (dev->qdisc)
		return qdisc_room(dev->qdisc);
	if (dev->tx_room == 0)
		dev_reclaim(dev);
	return dev->tx_room;
}

bool netdev_xmit_more;

void dev_xmit_end(struct net *net, bool outer)
{
	struct net_device *dev;

	if (outer)
		return;
	netdev_xmit_more = false;
	list_for_each(dev, &net->dev_base, list)
		dev->netdev_ops->ndo_flush(dev);
}

/* ---- in --------------------------------------------------------------------------------- */

static const struct packet_type *ptypes;
static size_t ptype_n;

void dev_set_protocols(const struct packet_type *types, size_t n)
{
	ptypes = types;
	ptype_n = n;
}

static enum pkt_type classify(const struct net_device *dev, const struct ethhdr *eth)
{
	static const u8 broadcast[ETH_ALEN] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	if (memcmp(eth->h_dest, dev->dev_addr, ETH_ALEN) == 0)
		return PACKET_HOST;
	if (memcmp(eth->h_dest, broadcast, ETH_ALEN) == 0)
		return PACKET_BROADCAST;
	return eth->h_dest[0] & 1 ? PACKET_MULTICAST : PACKET_OTHERHOST;
}

void netif_receive_skb(struct sk_buff *skb)
{
	const struct ethhdr *eth = (const void *)skb->data;
	struct net_device *dev = skb->dev;

	BUG_ON(skb->sk);
	dev->stats.rx_packets++;
	dev->stats.rx_bytes += skb->len;
	if (skb->len < ETH_HLEN) {
		kfree_skb(skb, SKB_DROP_HEADER);
		return;
	}
	skb->protocol = eth->h_proto;
	skb->pkt_type = (u8)classify(dev, eth);
	dev->stats.multicast += skb->pkt_type == PACKET_MULTICAST;
	if (static_branch_unlikely(&taps_active))
		show_taps(skb, false);
	skb_pull(skb, ETH_HLEN);
	dev_deliver_skb(skb);
}

/* IEEE 802.1Q 9.6: VLAN 0 is none, its tag says a priority alone. Returns SKB_CONSUMED when what is behind a
 * tag may be looked at, or why the frame ends here. */
static enum skb_drop_reason untag(struct sk_buff *skb)
{
	const struct vlan_hdr *vlan = (const void *)skb->data;
	u16 type = be16_to_cpu(skb->protocol);

	if (type != ETH_P_8021Q && type != ETH_P_8021AD)
		return SKB_DROP_UNKNOWN_PROTOCOL;
	if (skb->len < sizeof(*vlan))
		return SKB_DROP_HEADER;
	if (be16_to_cpu(vlan->h_tci) & VLAN_VID_MASK)
		return SKB_DROP_VLAN;
	skb->protocol = vlan->h_proto;
	skb_pull(skb, sizeof(*vlan));
	return SKB_CONSUMED;
}

void dev_deliver_skb(struct sk_buff *skb)
{
	enum skb_drop_reason problem;

	do {
		for (size_t i = 0; i < ptype_n; i++) {
			if (ptypes[i].type == be16_to_cpu(skb->protocol)) {
				ptypes[i].func(skb);
				return;
			}
		}
		problem = untag(skb);
	} while (problem == SKB_CONSUMED);
	kfree_skb(skb, problem);
}

/* ---- polling ---------------------------------------------------------------------------- */

static void poll_devices(struct net *net, bool batch)
{
	struct net_device *dev;

	list_for_each(dev, &net->dev_base, list) {
		if (!(dev->flags & IFF_UP))
			continue;
		if (batch) /* what the hardware does not know it cannot send */
			dev->netdev_ops->ndo_flush(dev);
		if (dev->netdev_ops->ndo_check_link)
			dev->netdev_ops->ndo_check_link(dev);
		dev_reclaim(dev);
		dev->netdev_ops->ndo_poll(dev, POLL_BUDGET);
	}
}

/* Within a batch somebody waits: what he has put on a ring leaves, and what is sent from here (answers,
 * ARP's questions) is not his to tell the hardware of. */
void net_poll(void)
{
	bool batch = netdev_xmit_more;
	struct net *net;

	netdev_xmit_more = false;
	for_each_net(net)
		poll_devices(net, batch);
	run_timers();
	netdev_xmit_more = batch;
}

void net_wait(u64 since_ns, u64 until_ns)
{
	if (clock_ns() - since_ns > SPIN_NS)
		machine_idle(min(until_ns, timers_next()));
	net_poll();
}

u32 dev_tx_pending(void)
{
	struct net_device *dev;
	struct net *net;
	u32 n = 0;

	for_each_net(net)
		list_for_each(dev, &net->dev_base, list)
			n += dev->netdev_ops->ndo_tx_pending(dev);
	return n;
}
