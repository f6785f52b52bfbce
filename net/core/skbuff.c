/* SPDX-License-Identifier: MIT
 * skbuff.c - the packet pool: slots are taken and given back.
 * Not here: packets longer than a slot (skbuff_pieces.c), packets that wait or end (skb_owner.c).
 * Used by every layer. Calls dma_alloc at boot.
 * Source: design: allocation-free sending, nothing lost in silence. */
#include "net/core/skbuff.h"
#include "kernel/lib/string.h"
#include "net/core/machine.h"

struct skb_pool skb_pool;
struct sk_buff skb_none;

static const char *const drop_name[SKB_DROP_REASONS] = {
	[SKB_DROP_NETFILTER] = "refused by netfilter",
	[SKB_DROP_QUEUE_NO_HANDLER] = "queued by netfilter without a listener",
	[SKB_DROP_QUEUE_FULL] = "netfilter's queue full",
	[SKB_DROP_QUEUE_GONE] = "in a netfilter queue when it was closed",
	[SKB_DROP_NEIGH_FAILED] = "neighbour did not answer ARP",
	[SKB_DROP_NEIGH_QUEUE_FULL] = "too many queued on one neighbour",
	[SKB_DROP_TTL] = "to a group with a time to live of 0, without a copy for this host",
	[SKB_DROP_DEV_DOWN] = "device down",
	[SKB_DROP_TX_FULL] = "transmit ring full or link down",
	[SKB_DROP_QDISC_FULL] = "queueing discipline full",
	[SKB_DROP_QDISC_GONE] = "queueing discipline taken away",
	[SKB_DROP_TXTIME] = "its time to leave had passed",
	[SKB_DROP_POWER_OFF] = "still waiting when the machine ended",
	[SKB_DROP_RX_NO_BUFFER] = "no buffer to receive into",
	[SKB_DROP_RX_ERROR] = "received with an error",
	[SKB_DROP_OTHERHOST] = "for another host",
	[SKB_DROP_VLAN] = "of a VLAN",
	[SKB_DROP_UNKNOWN_PROTOCOL] = "of a protocol not spoken here",
	[SKB_DROP_HEADER] = "malformed header",
	[SKB_DROP_CHECKSUM] = "wrong checksum",
	[SKB_DROP_MARTIAN_SOURCE] = "from an address that no host can have",
	[SKB_DROP_SOURCE_ROUTE] = "with a source route",
	[SKB_DROP_NOT_LOCAL] = "not for an address of ours",
	[SKB_DROP_FRAGMENT] = "fragment of a datagram that did not become whole",
	[SKB_DROP_NETFILTER_IN] = "refused by netfilter on the way in",
	[SKB_DROP_ARP_INVALID] = "malformed ARP",
	[SKB_DROP_NO_SOCKET] = "no socket on that port",
	[SKB_DROP_RCVBUF_FULL] = "socket's receive buffer full",
};

const char *skb_drop_name(enum skb_drop_reason reason)
{
	return reason < SKB_DROP_REASONS ? drop_name[reason] : "consumed";
}

void skb_release(struct sk_buff *skb)
{
	if (skb_is_small(skb)) {
		skb_release_small(skb);
		return;
	}
	mem_poison(&skb->next + 1, SKB_SLOT - sizeof(skb->next));
	if (unlikely(skb_pool.reserve_n < SKB_RESERVE)) {
		skb->next = skb_pool.reserve;
		skb_pool.reserve = skb;
		skb_pool.reserve_n++;
		return;
	}
	skb->next = skb_pool.free;
	skb_pool.free = skb;
	skb_pool.free_n++;
}

void skb_release_all(struct sk_buff *skb)
{
	struct sk_buff *next;

	skb->next = skb->frags;
	for (; skb; skb = next) {
		next = skb->next;
		skb_release(skb);
	}
}

/* Two sets of n/4 small packets: one can fill a transmit ring that keeps its packets (which has at most n/4 slots),
 * the other can wait in sockets. Without memory for the first the second serves both.
 * For QEMU's emulator: the first set is allocated by itself, so that it lies in the lowest memory as the ring does
 * (e1000_setup_tx); and no slot is written before it is used (fresh), as the host clears 2 MiB at a first touch. */
int skb_pool_init(u32 n)
{
	size_t large = (size_t)(n + SKB_RESERVE) * SKB_SLOT, small = n / 4 * SKB_SMALL;

	skb_pool.fresh = dma_alloc(large + small);
	if (!skb_pool.fresh)
		return -ENOMEM;
	skb_pool.small[1] = skb_pool.fresh + large;
	skb_pool.small[0] = skb_pool.small_fresh = dma_alloc(small) ?: skb_pool.small[1];
	skb_pool.small_bytes = small;
	skb_pool.small_free_n = skb_pool.small_total_n = skb_pool.small_fresh_n =
		(skb_pool.small[0] == skb_pool.small[1] ? 1 : 2) * (n / 4);
	skb_pool.fresh_n = n + SKB_RESERVE;
	for (u32 i = 0; i < SKB_RESERVE; i++)
		skb_release(skb_take_fresh());
	skb_pool.total_n = skb_pool.free_n = n;
	return 0;
}

int skb_pool_extend(u32 n)
{
	u8 *slots = dma_alloc((size_t)n * SKB_SLOT);

	if (!slots)
		return -ENOMEM;
	for (u32 i = 0; i < n; i++)
		skb_release((struct sk_buff *)(slots + (size_t)i * SKB_SLOT));
	return 0;
}

/* The packet is counted as if it came out of the pool; where it goes back to decides skb_release. */
struct sk_buff *skb_alloc_reserved(u32 headroom)
{
	struct sk_buff *skb = skb_pool.reserve;

	if (skb_pool.free_n > 0 || !skb)
		return skb_alloc(headroom);
	skb_pool.reserve = skb->next;
	skb_pool.reserve_n--;
	skb->next = NULL;
	skb_pool.free = skb;
	skb_pool.free_n = 1;
	return skb_alloc(headroom);
}

struct sk_buff *skb_take_fresh(void)
{
	struct sk_buff *skb = (struct sk_buff *)skb_pool.fresh;

	if (skb_pool.fresh_n == 0)
		return NULL;
	skb_pool.fresh += SKB_SLOT;
	skb_pool.fresh_n--;
	return skb;
}

struct sk_buff *skb_take_fresh_small(void)
{
	struct sk_buff *skb;

	if (skb_pool.small_fresh_n == 0)
		return NULL;
	if (skb_pool.small_fresh_n-- == skb_pool.small_bytes / SKB_SMALL)
		skb_pool.small_fresh = skb_pool.small[1];
	skb = (struct sk_buff *)skb_pool.small_fresh;
	skb_pool.small_fresh += SKB_SMALL;
	skb->tag = 0;
	return skb;
}

struct sk_buff *skb_shrink(struct sk_buff *skb)
{
	size_t at = (size_t)(skb->data - skb_slot(skb)), len = at + skb->len;
	struct sk_buff *small;

	if (len > SKB_SMALL || skb->frags || skb_is_small(skb) || !skb_small_plenty())
		return skb;
	small = skb_alloc_small();
	memcpy(small, skb, len);
	small->data = skb_slot(small) + at;
	skb_release(skb);
	return small;
}

u32 skb_truesize(const struct sk_buff *skb)
{
	u32 bytes = skb_slot_len(skb);

	for (const struct sk_buff *frag = skb->frags; frag; frag = frag->next)
		bytes += skb_slot_len(frag);
	return bytes;
}
