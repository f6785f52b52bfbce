/* SPDX-License-Identifier: MIT
 * fake_device.c - an Ethernet card whose wire is an array.
 * Not here: the stack above it (stack.c).
 * dev.c calls its operations, tests the rest.
 * Source: struct net_device_ops; the order of steps is the e1000 driver's. */
#include "tests/unit/fake_device.h"
#include "kernel/lib/string.h"
#include "net/core/skb_owner.h"
#include "net/device/eth.h"

#define FAKES_MAX 16

static struct fake_device *fakes[FAKES_MAX];
static u32 fake_n;

static struct fake_device *fake_of(struct net_device *dev)
{
	return netdev_priv(dev);
}

#define SLOT(i) ((i) & (FAKE_RING - 1))

static u32 in_flight(const struct fake_device *fake)
{
	return fake->dev.tx_next - fake->clean;
}

static void update_room(struct fake_device *fake)
{
	bool ready = (fake->dev.flags & (IFF_UP | IFF_RUNNING)) == (IFF_UP | IFF_RUNNING);

	fake->dev.tx_room = ready ? fake->slots - min(fake->slots, in_flight(fake)) : 0;
}

static int fake_open(struct net_device *dev)
{
	struct fake_device *fake = fake_of(dev);

	if (fake->open_answer)
		return fake->open_answer;
	dev->flags |= IFF_RUNNING;
	dev->tx_room = fake->slots;
	return 0;
}

/* The pseudo-header's sum stands where the checksum goes, as the manual of the 8254x wants it. The length
 * is IP's: what follows is padding. */
static void complete_checksum(struct fake_frame *frame)
{
	u8 *ip = frame->bytes + ETH_HLEN;
	u32 end = ETH_HLEN + ((u32)ip[2] << 8 | ip[3]), sum = 0;

	for (u32 i = ETH_HLEN + 20; i < end; i++)
		sum += (i % 2 == 0 ? (u32)frame->bytes[i] << 8 : frame->bytes[i]);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	sum = sum == 0xffff ? sum : ~sum & 0xffff;
	ip[26] = (u8)(sum >> 8);
	ip[27] = (u8)sum;
}

static void keep_copy(struct fake_device *fake, const struct fake_desc *desc)
{
	u32 i = fake->sent_n++;

	if (i >= FAKE_FRAMES_MAX)
		return;
	fake->sent[i].at_ns = clock_ns();
	fake->sent[i].len = desc->len;
	memcpy(fake->sent[i].bytes, desc->data, desc->len);
	if (desc->csum_partial)
		complete_checksum(&fake->sent[i]);
}

static void doorbell(struct fake_device *fake)
{
	fake->told = fake->dev.tx_next;
	fake->doorbells++;
}

/* The descriptors of the next n slots are complete. */
static void advance(struct fake_device *fake, u32 n)
{
	struct net_device *dev = &fake->dev;

	for (u32 i = 0; i < n; i++) {
		const struct fake_desc *desc = &fake->desc[SLOT(dev->tx_next)];

		keep_copy(fake, desc);
		dev->tx_next++;
		dev->tx_room--;
		dev->stats.tx_packets++;
		dev->stats.tx_bytes += desc->len;
	}
	if (!netdev_xmit_more)
		doorbell(fake);
}

static int fake_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct fake_device *fake = fake_of(dev);
	u32 i = SLOT(dev->tx_next);

	BUG_ON(dev->tx_room == 0 || skb->owned || skb->sk);
	BUG_ON(skb->csum_partial && !(dev->features & NETIF_F_HW_CSUM));
	if (fake->xmit_answer) {
		kfree_skb(skb, SKB_DROP_TX_FULL);
		return fake->xmit_answer;
	}
	eth_skb_pad(skb);
	if (fake->slot[i] != skb)
		skb_empty_slot(fake->slot, i);
	fake->slot[i] = skb;
	fake->desc[i] = (struct fake_desc){ skb->data, skb->len, skb->csum_partial };
	advance(fake, 1);
	return 0;
}

static void fake_set_slot(struct net_device *dev, u32 slot, const struct sk_buff *skb)
{
	struct fake_device *fake = fake_of(dev);

	BUG_ON(fake->slot[slot] != skb || skb->len < ETH_ZLEN);
	BUG_ON(skb->csum_partial && !(dev->features & NETIF_F_HW_CSUM));
	fake->desc[slot] = (struct fake_desc){ skb->data, skb->len, skb->csum_partial };
}

static void fake_xmit_again(struct net_device *dev, size_t n, size_t bytes)
{
	struct fake_device *fake = fake_of(dev);

	BUG_ON(n > dev->tx_room);
	for (u32 i = 0; i < n; i++) {
		const struct sk_buff *skb = dev_tx_slot(dev, i);
		const struct fake_desc *desc = &fake->desc[SLOT(dev->tx_next + i)];

		BUG_ON(desc->data != skb->data || desc->len != skb->len);
		bytes -= desc->len;
	}
	BUG_ON(bytes != 0);
	fake->again_n += n;
	advance(fake, n);
}

static void fake_flush(struct net_device *dev)
{
	fake_of(dev)->flushes++;
	doorbell(fake_of(dev));
}

static void give_back(struct fake_device *fake, u32 from, u32 n)
{
	for (u32 i = from; i != from + n; i++)
		skb_empty_slot(fake->slot, SLOT(i));
}

/* What no doorbell has told of the card does not send. */
static void fake_reclaim(struct net_device *dev)
{
	struct fake_device *fake = fake_of(dev);

	if (!fake->stuck) {
		if (!fake->keep)
			give_back(fake, fake->clean, fake->told - fake->clean);
		fake->clean = fake->told;
	}
	update_room(fake);
}

static int fake_poll(struct net_device *dev, int budget)
{
	struct fake_device *fake = fake_of(dev);

	if (fake->on_poll)
		fake->on_poll(fake);
	return 0;
}

static u32 fake_pending(struct net_device *dev)
{
	return fake_of(dev)->stuck ? in_flight(fake_of(dev)) : 0;
}

static const struct net_device_ops fake_ops = {
	.ndo_open = fake_open,
	.ndo_start_xmit = fake_xmit,
	.ndo_xmit_again = fake_xmit_again,
	.ndo_set_slot = fake_set_slot,
	.ndo_flush = fake_flush,
	.ndo_reclaim = fake_reclaim,
	.ndo_poll = fake_poll,
	.ndo_tx_pending = fake_pending,
};

void fake_register(struct fake_device *fake, struct net *net, u8 last)
{
	const u8 mac[ETH_ALEN] = { 2, 0, 0, 0, 0, last };

	*fake = (struct fake_device){ .slots = FAKE_RING };
	for (u32 i = 0; i < FAKE_RING; i++)
		fake->slot[i] = &skb_none;
	BUG_ON(fake_n == FAKES_MAX);
	fakes[fake_n++] = fake;
	fake->dev = (struct net_device){ .netdev_ops = &fake_ops,
		.mtu = ETH_DATA_LEN,
		.tx_ring_n = FAKE_RING,
		.tx_slot = fake->slot,
		.tx_mask = FAKE_RING - 1,
		.flags = IFF_BROADCAST | IFF_MULTICAST,
		.priv = fake };
	memcpy(fake->dev.dev_addr, mac, ETH_ALEN);
	register_netdev(net, &fake->dev, "eth%d");
	BUG_ON(dev_open(&fake->dev) != 0);
}

void fake_set_link(struct fake_device *fake, bool up)
{
	dev_carrier(&fake->dev, up);
	update_room(fake);
}

/* The ring has no packets between two bursts: so none is missing from the pool. */
void fake_inject_burst(struct fake_device *fake, const struct fake_frame *frame, u32 n)
{
	struct sk_buff *slot[RX_BURST];
	u16 len[RX_BURST];
	struct rx_burst burst = { &fake->dev, slot, len, 0, 0, 0 };

	BUG_ON(n > RX_BURST);
	for (u32 i = 0; i < n; i++) {
		struct sk_buff *skb = skb_alloc(RX_HEADROOM);

		if (!skb) {
			skb_pool.dropped[SKB_DROP_RX_NO_BUFFER]++;
			continue;
		}
		BUG_ON(frame[i].len > skb_room(skb));
		/* what stood in the buffer before must not matter */
		memset(skb->data, 0xa5, skb_room(skb));
		memcpy(skb->data, frame[i].bytes, frame[i].len);
		skb->dev = &fake->dev;
		slot[burst.n] = skb;
		len[burst.n++] = (u16)frame[i].len;
	}
	netif_receive_slots(&burst);
	BUG_ON(burst.done != burst.n);
	for (u32 i = 0; i < burst.n; i++) {
		fake->stayed_n += !(burst.replaced >> i & 1);
		skb_release(slot[i]);
	}
}

void fake_inject(struct fake_device *fake, const void *bytes, u32 len)
{
	static struct fake_frame frame;

	frame.len = len;
	BUG_ON(len > sizeof(frame.bytes));
	memcpy(frame.bytes, bytes, len);
	fake_inject_burst(fake, &frame, 1);
}

void fake_give_back_all(void)
{
	for (u32 i = 0; i < fake_n; i++)
		give_back(fakes[i], 0, FAKE_RING);
}

void fake_forget(struct fake_device *fake)
{
	fake->sent_n = 0;
}
