/* SPDX-License-Identifier: MIT
 * loopback.c - the device that hands every frame back.
 * Not here: its address (devinet.c).
 * dev.c calls its operations.
 * Source: RFC 1122 3.2.1.3 (g).
 *
 * Frames wait in a short ring of their own until the next poll: handing them up at once would
 * run the receive path inside the transmit path, and an answer inside that. */
#include "net/device/loopback.h"
#include "kernel/mm/slab.h"
#include "net/core/skb_owner.h"
#include "net/core/sock.h"

#define LOOPBACK_QUEUE 64

static struct slab loopback_slab = SLAB(struct net_device);
static struct slab queue_slab = SLAB(struct sk_buff_head);

static int loopback_open(struct net_device *dev)
{
	dev->tx_room = LOOPBACK_QUEUE;
	dev->flags |= IFF_RUNNING;
	return 0;
}

static u32 loopback_pending(struct net_device *dev)
{
	return ((struct sk_buff_head *)netdev_priv(dev))->n;
}

static int loopback_xmit(struct sk_buff *skb, struct net_device *dev)
{
	dev->stats.tx_packets++;
	dev->stats.tx_bytes += skb_total_len(skb);
	dev->tx_room--;
	skb_queue_tail(netdev_priv(dev), skb);
	return 0;
}

void dev_loopback_xmit(struct sk_buff *skb)
{
	struct net_device *lo = skb->dev->net->loopback_dev;

	if (!(lo->flags & IFF_UP) || loopback_pending(lo) >= LOOPBACK_QUEUE) {
		kfree_skb(skb, SKB_DROP_TX_FULL);
		return;
	}
	skb_orphan(skb);
	skb->pkt_type = PACKET_LOOPBACK;
	loopback_xmit(skb, lo);
	dev_reclaim(lo);
}

static void loopback_flush(struct net_device *dev)
{
}

static void loopback_reclaim(struct net_device *dev)
{
	dev->tx_room = LOOPBACK_QUEUE - loopback_pending(dev);
}

/* Taps have seen the original. Its device may have left the namespace. */
static void receive_copy(struct net_device *dev, struct sk_buff *skb)
{
	dev->stats.rx_packets++;
	dev->stats.rx_bytes += skb_total_len(skb);
	if (skb->dev->net == dev->net)
		dev_deliver_skb(skb);
	else
		consume_skb(skb);
}

/* At most the frames that wait now: answers to them wait for the next poll. */
static int loopback_poll(struct net_device *dev, int budget)
{
	struct sk_buff_head *queue = netdev_priv(dev);
	int n = min(budget, (int)queue->n);

	if (likely(n == 0))
		return 0;
	for (int i = 0; i < n; i++) {
		struct sk_buff *skb = skb_dequeue(queue);

		if (skb->pkt_type == PACKET_LOOPBACK) {
			receive_copy(dev, skb);
			continue;
		}
		dev->stats.rx_bytes += skb->frags_len; /* the rest is counted below */
		netif_receive_skb(skb);
	}
	return n;
}

static const struct net_device_ops loopback_ops = {
	.ndo_open = loopback_open,
	.ndo_start_xmit = loopback_xmit,
	.ndo_flush = loopback_flush,
	.ndo_reclaim = loopback_reclaim,
	.ndo_poll = loopback_poll,
	.ndo_tx_pending = loopback_pending,
};

int loopback_init(struct net *net)
{
	struct net_device *dev = slab_alloc(&loopback_slab);

	if (!dev)
		return -ENOMEM;
	dev->priv = slab_alloc(&queue_slab);
	if (!dev->priv) {
		slab_free(&loopback_slab, dev);
		return -ENOMEM;
	}
	dev->netdev_ops = &loopback_ops;
	dev->mtu = LOOPBACK_MTU;
	dev->features = NETIF_F_FRAGLIST;
	dev->tx_ring_n = LOOPBACK_QUEUE;
	dev->flags = IFF_LOOPBACK | IFF_NOARP;
	register_netdev(net, dev, "lo");
	net->loopback_dev = dev;
	return 0;
}

void loopback_exit(struct net *net)
{
	struct net_device *dev = net->loopback_dev;
	struct sk_buff *skb;

	dev_drop_waiting(dev, SKB_DROP_DEV_DOWN);
	while ((skb = skb_dequeue(netdev_priv(dev))))
		consume_skb(skb); /* it was sent, and no receiver is left */
	net_gone.sent += dev->stats.tx_packets;
	slab_free(&queue_slab, dev->priv);
	slab_free(&loopback_slab, dev);
}
