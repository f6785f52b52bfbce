/* SPDX-License-Identifier: MIT
 * skbuff.h - the packet: one buffer with room for its headers, from a pool sized at boot.
 * Not here: what is in it. Passing an skb gives it away, on success and on failure.
 * Used by every layer. Calls nothing.
 * Source: design: allocation-free sending. Names as in Linux's sk_buff.
 *
 *   slot                                                                    slot + SKB_SLOT
 *   | struct sk_buff | 2 | Ethernet 14 | IPv4 20 | UDP 8 | payload ...            |
 *   0               80  82            96        116     124                    2048
 *                   ^    ^ L2          ^ L3 on 16 bytes   ^ SKB_HEADROOM
 *                   SKB_FRAME_OFF
 *
 * A slot never crosses a page, so a device sees it as one piece. Slots of SKB_SMALL bytes are for short frames that
 * stay in a ring. For QEMU's emulator: a ring of 256 small packets lies on 16 pages, one of large packets on 128,
 * more than its emulated TLB holds at first.
 *
 * A packet longer than one slot is in pieces: headers and first bytes in the skb itself, up to SKB_DATA_END,
 * the rest in skb->frags, linked by ->next. Every piece but the last has an even number of bytes behind
 * the network header, so checksums need not ask where a piece begins. */
#pragma once

#include "kernel/lib/byteorder.h"
#include "net/core/machine.h"

struct net_device;
struct sock;
struct neighbour;

#define SKB_SLOT          2048
#define SKB_SMALL         256
#define SKB_FRAME_OFF     80 /* two bytes before the Ethernet header of a packet that is built */
#define SKB_NETWORK_OFF   96 /* where IPv4 headers start */
#define SKB_TRANSPORT_OFF 116
#define SKB_HEADROOM      124
#define SKB_DATA_END      (SKB_SLOT - 96) /* of a first piece: netfilter/nf_queue.h uses the rest */
#define SKB_FIRST_PIECE   (SKB_DATA_END - SKB_TRANSPORT_OFF) /* bytes behind its IPv4 header */
#define SKB_PIECE         (SKB_SLOT - SKB_FRAME_OFF)         /* bytes of each further piece */

enum pkt_type {
	PACKET_HOST,
	PACKET_BROADCAST,
	PACKET_MULTICAST,
	PACKET_OTHERHOST,
	PACKET_OUTGOING,
	PACKET_LOOPBACK /* a copy of what left by the device, for this host's sockets */
};

struct sk_buff {
	struct sk_buff *next;    /* in the list that holds it */
	struct net_device *dev;  /* sending: leaves by it; receiving: came by it */
	struct sock *sk;         /* sender; NULL from the driver on, and in fragments */
	struct neighbour *neigh; /* sending: bound at routing */
	u8 *data;                /* first byte of the current layer */
	union {
		u64 csum; /* building: of the payload, net/core/checksum.h; a fragment: its offset */
		u64 tstamp; /* received, if its socket asks: when, nanoseconds since 1970; sent: SKBTX_TIME */
	};
	struct sk_buff *frags; /* the rest of a datagram that does not fit one frame */
	/* skb_alloc sets these eight bytes at once: no bit may be left out */
	u16 frags_len;  /* bytes in frags */
	be16 protocol;  /* ethertype */
	u8 network_off; /* of the IPv4 header, from the slot's start */
	u8 transport_off;
	u8 pkt_type;
	bool owned : 1;        /* is or was queued: holds a reference to sk, charged to it */
	bool csum_partial : 1; /* the device adds the payload to the UDP checksum */
	bool to_many : 1;      /* received: for all sockets that share the port, not for one */
	u8 tx_flags : 3;       /* sending: enum skb_tx_flags */
	u8 spare : 2;
	u16 len;   /* bytes from data, without frags */
	u32 tskey; /* sending: its number among its sender's, if tx_flags is set */
	u64 tag; /* the flow and length (net/flow/flow_cache.h) whose headers and padding it carries; 0: none */
};

_Static_assert(sizeof(struct sk_buff) <= SKB_FRAME_OFF, "headers follow");
_Static_assert(SKB_FRAME_OFF % 16 == 0, "a frame's headers are copied in whole words");
_Static_assert(SKB_NETWORK_OFF % 16 == 0, "IPv4 header aligned");

#define SKB_SMALL_FRAME (SKB_SMALL - SKB_FRAME_OFF - 2)

/* Why a packet ended without having been sent or received. Names in skbuff.c. */
enum skb_drop_reason {
	/* on the way out: packets that sendto accepted */
	SKB_DROP_NETFILTER,
	SKB_DROP_QUEUE_NO_HANDLER,
	SKB_DROP_QUEUE_FULL,
	SKB_DROP_QUEUE_GONE,
	SKB_DROP_NEIGH_FAILED,
	SKB_DROP_NEIGH_QUEUE_FULL,
	SKB_DROP_TTL,
	SKB_DROP_DEV_DOWN,
	SKB_DROP_TX_FULL,
	SKB_DROP_QDISC_FULL,
	SKB_DROP_QDISC_GONE,
	SKB_DROP_TXTIME,
	SKB_DROP_POWER_OFF,
	SKB_DROP_TX_REASONS, /* how many so far */
	/* on the way in */
	SKB_DROP_RX_NO_BUFFER = SKB_DROP_TX_REASONS,
	SKB_DROP_RX_ERROR,
	SKB_DROP_OTHERHOST,
	SKB_DROP_VLAN,
	SKB_DROP_UNKNOWN_PROTOCOL,
	SKB_DROP_HEADER,
	SKB_DROP_CHECKSUM,
	SKB_DROP_MARTIAN_SOURCE,
	SKB_DROP_SOURCE_ROUTE,
	SKB_DROP_NOT_LOCAL,
	SKB_DROP_FRAGMENT,
	SKB_DROP_NETFILTER_IN,
	SKB_DROP_ARP_INVALID,
	SKB_DROP_NO_SOCKET,
	SKB_DROP_RCVBUF_FULL,
	SKB_DROP_REASONS,
	/* sent or received */
	SKB_NOT_DROPPED_YET
};

#define SKB_RESERVE 8

struct skb_pool {
	struct sk_buff *free; /* freed slots, last in first out: the last is still in the cache */
	u8 *fresh;            /* slots that were never used, nor touched at start-up */
	u32 fresh_n;
	u32 free_n, total_n; /* free_n counts the fresh ones, too */
	/* Not counted above: used by receiving and ARP when the pool is empty, so that answers
	 * can come in while everything waits for them. */
	struct sk_buff *reserve;
	u32 reserve_n;
	struct sk_buff *small_free; /* of SKB_SMALL bytes, not counted above either */
	u8 *small[2];               /* two areas of small_bytes: the first is used up first */
	u8 *small_fresh;            /* slots from here to the end of its area were never used ... */
	u32 small_fresh_n;          /* ... so many with the second area's, if it is not the one */
	size_t small_bytes;
	u32 small_free_n, small_total_n; /* the fresh ones, too */
	u64 dropped[SKB_DROP_REASONS];
	u64 lost; /* of these: datagrams that sendto had accepted, and that waited */
};

extern struct skb_pool skb_pool;

/* skb_pool_init - get the pool's memory. Returns 0 or -ENOMEM.
 * n  packets, each SKB_SLOT bytes */
int skb_pool_init(u32 n) __must_check;

/* skb_pool_extend - n more packets, for a receive ring that will keep as many for good. Returns 0 or
 * -ENOMEM. */
int skb_pool_extend(u32 n) __must_check;

/* skb_alloc_small - a packet that has room for a frame of SKB_SMALL_FRAME bytes, built at SKB_FRAME_OFF.
 * Unless it has a tag, skb_init has to follow. NULL when none is free; one of skb_alloc does as well. */
static inline struct sk_buff *skb_alloc_small(void);

/* skb_take_fresh_small - a small slot that was never used, or NULL. For skb_alloc_small. */
struct sk_buff *skb_take_fresh_small(void);

/* skb_alloc_reserved - skb_alloc, out of the reserve when the pool is empty. For answers: receiving
 * and ARP. */
struct sk_buff *skb_alloc_reserved(u32 headroom);

/* skb_drop_name - a reason in words. */
const char *skb_drop_name(enum skb_drop_reason reason);

/* skb_none - stands in ring slots without a packet, so that a tag can be compared without a test for NULL: its tag
 * is no flow's. It is never sent and never released. */
extern struct sk_buff skb_none;

static inline u8 *skb_slot(const struct sk_buff *skb)
{
	return (u8 *)(uintptr_t)skb;
}

/* skb_take_fresh - a slot that was never used, or NULL. For skb_alloc. */
struct sk_buff *skb_take_fresh(void);

/* skb_init - make a slot an empty packet whose data starts `headroom` into it. Its header offsets are
 * those of a packet being built. */
static inline void skb_init(struct sk_buff *skb, u32 headroom)
{
	skb->sk = NULL;
	skb->frags = NULL;
	skb->data = skb_slot(skb) + headroom;
	skb->frags_len = 0;
	skb->protocol = BE16_ZERO;
	skb->network_off = SKB_NETWORK_OFF;
	skb->transport_off = SKB_TRANSPORT_OFF;
	skb->pkt_type = PACKET_OUTGOING;
	skb->owned = false;
	skb->csum_partial = false;
	skb->to_many = false;
	skb->tx_flags = 0;
	skb->spare = 0;
	skb->len = 0;
	skb->tag = 0;
}

/* skb_alloc - an empty packet (skb_init), or NULL. */
static inline struct sk_buff *skb_alloc(u32 headroom)
{
	struct sk_buff *skb = skb_pool.free;

	if (likely(skb)) {
		skb_pool.free = skb->next;
		mem_unpoison(skb, SKB_SLOT);
	} else if (!(skb = skb_take_fresh())) {
		return NULL;
	}
	skb_pool.free_n--;
	skb_init(skb, headroom);
	return skb;
}

static inline struct sk_buff *skb_alloc_small(void)
{
	struct sk_buff *skb = skb_pool.small_free;

	if (likely(skb)) {
		skb_pool.small_free = skb->next;
		mem_unpoison(skb, SKB_SMALL);
	} else if (!(skb = skb_take_fresh_small())) {
		return NULL;
	}
	skb_pool.small_free_n--;
	return skb;
}

/* skb_truesize - bytes of memory that it occupies, with its fragments: what its socket is charged. */
u32 skb_truesize(const struct sk_buff *skb);

/* skb_frames - how many packets of the pool it is: itself and its fragments. */
static inline u32 skb_frames(const struct sk_buff *skb)
{
	u32 n = 1;

	for (const struct sk_buff *frag = skb->frags; frag; frag = frag->next)
		n++;
	return n;
}

/* skb_is_small - is it one of skb_alloc_small? */
static inline bool skb_is_small(const struct sk_buff *skb)
{
	uintptr_t slot = (uintptr_t)skb;

	return slot - (uintptr_t)skb_pool.small[0] < skb_pool.small_bytes ||
	       slot - (uintptr_t)skb_pool.small[1] < skb_pool.small_bytes;
}

/* skb_slot_len - bytes of memory that it occupies, without its fragments. */
static inline u32 skb_slot_len(const struct sk_buff *skb)
{
	return skb_is_small(skb) ? SKB_SMALL : SKB_SLOT;
}

/* skb_release_small - a small packet back to the pool. */
static inline void skb_release_small(struct sk_buff *skb)
{
	mem_poison(&skb->next + 1, SKB_SMALL - sizeof(skb->next));
	skb->next = skb_pool.small_free;
	skb_pool.small_free = skb;
	skb_pool.small_free_n++;
}

/* skb_release - one slot back to the pool; no counter changes. */
void skb_release(struct sk_buff *skb);

/* skb_release_all - the same with its fragments. */
void skb_release_all(struct sk_buff *skb);

/* skb_empty_slot - release the packet in slot[i], if there is one, and leave skb_none there. */
static inline void skb_empty_slot(struct sk_buff **slot, u32 i)
{
	if (slot[i] != &skb_none)
		skb_release(slot[i]);
	slot[i] = &skb_none;
}

/* skb_total_len - bytes in all pieces. */
static inline u32 skb_total_len(const struct sk_buff *skb)
{
	return (u32)skb->len + skb->frags_len;
}

/* skb_next_piece - of skb, the one behind `piece`, or NULL. */
static inline struct sk_buff *skb_next_piece(const struct sk_buff *skb, const struct sk_buff *piece)
{
	return piece == skb ? skb->frags : piece->next;
}

/* skb_extend - room for more bytes behind skb's last piece: in it, or in a piece more.
 * last     skb's last piece, the new one afterwards
 * len      bytes wanted, not zero; out: how many there is room for in one place
 * Returns  where they go; NULL: no packet is free */
void *skb_extend(struct sk_buff *skb, struct sk_buff **last, u32 *len);

/* skb_append - len bytes of `from`, the first at offset, behind skb's, which has no frags yet. Returns 0 or
 * -ENOBUFS with some appended. */
int skb_append(struct sk_buff *skb, const struct sk_buff *from, u32 offset, u32 len) __must_check;

/* skb_bits - n bytes at offset, which may lie in several pieces. Returns false beyond the packet. */
bool skb_bits(const struct sk_buff *skb, u32 offset, u8 *to, u32 n);

/* skb_trim - keep the first len bytes. */
void skb_trim(struct sk_buff *skb, u32 len);

/* skb_checksum - add the bytes of all pieces to a sum (net/core/checksum.h's csum). */
u64 skb_checksum(const struct sk_buff *skb, u64 sum);

/* skb_copy - a second packet like it from the network header on, without owner; NULL when there are too few
 * free. */
struct sk_buff *skb_copy(const struct sk_buff *skb);

/* skb_small_plenty - may a small packet wait in a socket? Half of them are the rings'. */
static inline bool skb_small_plenty(void)
{
	return skb_pool.small_free_n > skb_pool.small_total_n / 2;
}

/* skb_shrink - the packet itself, or a small one in its place with the same bytes, if they fit and there are plenty.
 * Takes the skb, which has no owner. */
struct sk_buff *skb_shrink(struct sk_buff *skb);

/* skb_put - room for len more bytes at the end; returns where they go. */
static inline void *skb_put(struct sk_buff *skb, u32 len)
{
	u8 *at = skb->data + skb->len;

	skb->len = (u16)(skb->len + len);
	return at;
}

/* skb_push - room for len bytes of header in front; returns the new data. */
static inline void *skb_push(struct sk_buff *skb, u32 len)
{
	skb->data -= len;
	skb->len = (u16)(skb->len + len);
	return skb->data;
}

/* skb_pull - go past len bytes of header; returns the new data. */
static inline void *skb_pull(struct sk_buff *skb, u32 len)
{
	skb->data += len;
	skb->len = (u16)(skb->len - len);
	return skb->data;
}

/* skb_room - bytes that skb_put may still add. */
static inline u32 skb_room(const struct sk_buff *skb)
{
	return (u32)(skb_slot(skb) + SKB_SLOT - (skb->data + skb->len));
}

static inline void skb_set_network_header(struct sk_buff *skb)
{
	skb->network_off = (u8)(skb->data - skb_slot(skb));
}

static inline void skb_set_transport_header(struct sk_buff *skb)
{
	skb->transport_off = (u8)(skb->data - skb_slot(skb));
}

static inline void *skb_network_header(const struct sk_buff *skb)
{
	return skb_slot(skb) + skb->network_off;
}

static inline void *skb_transport_header(const struct sk_buff *skb)
{
	return skb_slot(skb) + skb->transport_off;
}

/* A first-in first-out list of packets, linked through ->next. */
struct sk_buff_head {
	struct sk_buff *first, *last;
	u32 n;
};

/* skb_dequeue - take the first, or NULL. */
static inline struct sk_buff *skb_dequeue(struct sk_buff_head *list)
{
	struct sk_buff *skb = list->first;

	if (skb) {
		list->first = skb->next;
		skb->next = NULL;
		list->n--;
	}
	return skb;
}
