/* SPDX-License-Identifier: MIT
 * flow_cache.h - a flow: route, neighbour and headers for one sender and destination, cached in a table.
 * Not here: asking them (net/udp/udp_route.c), filling packets of the ring (flow_xmit.h).
 * udp_route.c looks flows up and routes them; udp_send.c, udp_output.c and udp_segment.c send by them.
 * Behaves as Linux's sk_dst_cache and hh_cache, one step further.
 *
 * Who sends to the same destination again gets the same answers again: the same route, neighbour and hooks, no
 * queue, the same 42 bytes of headers. A flow keeps them. Then a datagram costs a copy of its payload into a
 * packet that is on the ring already, and a new tail. Seven rules keep that correct; everything that relies on
 * one of them points here.
 *
 *   key         flow->owner and flow->to. An owner is a socket with the options and the port that it has now: each
 *               change of one that a datagram's headers or way depend on gives the socket a new owner number
 *               (inet_forget_route), and no number is given twice. So a flow that another owner took the place
 *               of, or that was routed by older options, is never found.
 *   valid       flow->rt.genid == net->genid (rt_valid). Every change of an answer (route, address,
 *               neighbour, link, hook, rule, tap, queueing discipline, a socket's pacing) increments net->genid
 *               (net_changed), so one comparison asks for all of them.
 *   tx_room     Of flow->dev; zero stops the fast path, for any reason: ring full, device down, no carrier, a queueing
 *               discipline that must be asked; or a layer below UDP wants to delay this flow's packets, then dev is flow_closed
 *               (flow_open). What wants to see them is shown them (flow_watch). What a socket itself wants
 *               otherwise is in sk_tx_unusual. The driver sets tx_room; senders only count it down.
 *   len_end     Payloads shorter than this may carry the header.
 *   slot        A packet that was sent stays in its ring slot. Until the slot is used again it belongs to the
 *               driver; from then on, while tx_room covers the slot, to the sender, who may fill it and send it again
 *               or put another one in its place.
 *   tag         skb->tag == (flow->tag | len) means: the packet's headers and padding are this flow's for len
 *               bytes of payload, and the descriptor of its slot holds address, length and checksum offload for
 *               it. Tags are never given twice, so a flow that was routed anew, or that another one took the place
 *               of, meets no packet of its predecessor. Zero is no flow's: the packet's bytes are anything.
 *   preset      What never differs between packets of one kind is written once: descriptors' command bits and report
 *               requests (e1000_setup_tx), a packet's device, Ethernet type and offsets (put_packet).
 *
 *      packet in slot i                               descriptor i
 *      | Ethernet | IPv4 | UDP | payload | padding |  <---- address, length, options: written when the header was,
 *       '---- header[48] ----'  ^                           read by the card at every lap
 *                               written for every datagram
 *
 * One function sends packets with a cached header, flow_xmit; one writes the header where another flow's or another
 * length's is, flow_put_header. */
#pragma once

#include "net/core/checksum.h"
#include "net/ipv4/ip.h"
#include "net/netfilter/nf_hooks.h"
#include "net/wire/udp.h"

/* Two bytes of padding, then Ethernet's, IPv4's and UDP's header, then room: whole words, as they are copied. */
#define FLOW_HEADER_BYTES 48

/* Hooks that count a flow's packets: one list of rules at LOCAL_OUT, one at POST_ROUTING. */
#define FLOW_COUNTERS_MAX 2

struct flow_cache {
	/* what every datagram asks */
	u64 to; /* sockaddr_key of the destination as the program gave it */
	u64 owner; /* whose: inet_sock.flow_owner, one more if ipc is not usual; 0: it is not in the table,
			  * and its packets take the slow path */
	u64 tag; /* of packets that carry this flow's headers, without their length */
	struct net_device *dev; /* rt.dev, or flow_closed */
	u32 len_end;       /* payloads below this may take the fast path; zero with flow_closed */
	u32 header_len;    /* of the payload that header[] is for; FLOW_NO_HEADER: there is none */
	u32 udp_sum;       /* of pseudo-header and ports, without the lengths */
	bool csum_partial; /* the device completes the UDP checksum */
	be16 source, dest;
	struct rtable rt;
	u8 header[FLOW_HEADER_BYTES] __attribute__((aligned(8)));
	/* what building a header and routing again ask */
	struct ip_template ip;
	struct ipcm_cookie ipc; /* the control messages that it was routed with */
	struct nf_counter *counter[FLOW_COUNTERS_MAX]; /* of the rules that accept its packets */
	struct flow_cache *next;                       /* in its bucket */
	struct flow_cache *
		*user; /* the socket's pointer that has it as its last flow; NULL: none */
};

#define FLOW_NO_HEADER UINT32_MAX

/* flow_init - the table, sized by the machine's memory. Returns 0 or -ENOMEM.
 * n        flows that it holds; one more takes the place of the oldest */
int flow_init(u32 n) __must_check;

/* flow_new_owner - a number for inet_sock.flow_owner: even, not zero, never given before. */
u64 flow_new_owner(void);

/* The flow of sockets that have sent nothing yet: nobody's, to nowhere. */
extern struct flow_cache flow_none;

/* A device without room: that of flows whose packets may not take the fast path. */
extern struct net_device flow_closed;

/* flow_bucket - where the chain of flows with this key begins. */
struct flow_table {
	struct flow_cache **bucket;
	u32 shift;                /* of the hash, down to a bucket's number */
	struct flow_cache *entry; /* memory that no flow needs is never touched */
};

extern struct flow_table flow_table;

static __always_inline struct flow_cache **flow_bucket(u64 owner, u64 to)
{
	/* The upper bits of the product depend on all of the key's (the factor is 2^64 / golden ratio). */
	return &flow_table.bucket[(to ^ owner << 1) * 0x9e3779b97f4a7c15u >> flow_table.shift];
}

/* flow_lookup - the flow with this key, which may not be valid any more; NULL: there is none. */
static __always_inline struct flow_cache *flow_lookup(u64 owner, u64 to)
{
	struct flow_cache *flow = *flow_bucket(owner, to);

	while (flow && !(flow->to == to && flow->owner == owner))
		flow = flow->next;
	return flow;
}

/* flow_create - a flow with this key, which has none, in the place of the oldest one, whose user has flow_none from now
 * on. It has no route yet. */
struct flow_cache *flow_create(u64 owner, u64 to);

/* flow_forget - the next message routes again. */
static inline void flow_forget(struct flow_cache *flow)
{
	flow->rt.genid = 0; /* never a namespace's */
}

/* flow_close - its packets may not take the fast path. */
static inline void flow_close(struct flow_cache *flow)
{
	flow->dev = &flow_closed;
	flow->len_end = 0;
}

/* flow_begin - the flow has a new route, ports and template. */
void flow_begin(struct flow_cache *flow);

/* flow_open - may its packets take the fast path? Sets dev and len_end. */
void flow_open(struct flow_cache *flow);

/* flow_set_len - header[] is for len bytes of payload, below len_end, from now on. */
void flow_set_len(struct flow_cache *flow, u32 len);

/* A tag:
 *
 *   63                      28 27        16   15    14           0
 *   | how often a flow was   | its place  | card  | length of the |
 *   | routed until now       | in table   | sums  | payload       |
 *                                         '------- kind ---------'
 *
 * Packets of one kind have the same descriptor and the same padding. */
#define FLOW_TAG_CSUM     (1ul << 15)
#define FLOW_INDEX_SHIFT  16
#define FLOW_INDEX_BITS   12
#define FLOW_NUMBER_SHIFT (FLOW_INDEX_SHIFT + FLOW_INDEX_BITS)

static inline u32 flow_tag_len(u64 tag)
{
	return tag & (FLOW_TAG_CSUM - 1);
}

/* flow_tag_same_kind - zero, no flow's tag, is of no kind that one has. */
static inline bool flow_tag_same_kind(u64 a, u64 b)
{
	return (u16)(a ^ b) == 0 && a != 0;
}

/* flow_of_tag - the flow, in the table, whose headers a packet with this tag carries; it must not have been routed
 * again or replaced since. */
static inline const struct flow_cache *flow_of_tag(u64 tag)
{
	return &flow_table.entry[tag >> FLOW_INDEX_SHIFT & ((1u << FLOW_INDEX_BITS) - 1)];
}
