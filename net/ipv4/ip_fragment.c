/* SPDX-License-Identifier: MIT
 * ip_fragment.c - fragments received: kept until their datagram is whole.
 * Not here: cutting (ip_output.c), the checks of each fragment's header (ip_input.c).
 * ip_input.c calls through ip_defrag_fn; calls icmp_send_time_exceeded.
 * Source: RFC 791 3.2, RFC 815, RFC 1122 3.3.2, RFC 5722 (overlaps). Behaves as Linux's ip_defrag.
 *
 * What waits is bounded: in packets by half of what queues of one kind may hold, in datagrams by QUEUES, in time by
 * FRAG_TIME_NS. Beyond the first two the oldest datagram is given up, so that one that comes quickly is put together
 * also while others never become whole. A fragment that overlaps another one, but for the same bytes once more, ends its
 * datagram. */
#include "kernel/lib/string.h"
#include "net/core/checksum.h"
#include "net/core/part.h"
#include "net/core/skb_owner.h"
#include "net/core/sock.h"
#include "net/core/timer.h"
#include "net/ipv4/icmp.h"
#include "net/ipv4/ip.h"

#define QUEUES       64
#define FRAG_TIME_NS (30 * NSEC_PER_SEC) /* RFC 791 says 15 at least, Linux 30 */

/* The fragments of one datagram. */
struct ipq {
	struct list_head list; /* oldest first; or free */
	u64 expires_ns;
	struct net *net;
	be32 saddr, daddr;
	be16 id;
	u8 protocol;
	bool last_in; /* the last fragment is there: len is the datagram's */
	u32 len;      /* where the last byte so far ends */
	u32 meat;     /* bytes there */
	u32 packets;
	struct sk_buff *first; /* by offset, linked */
};

static struct ipq queues[QUEUES];
static struct list_head used = LIST_HEAD_INIT(used), unused = LIST_HEAD_INIT(unused);
static u32 packets_n; /* in all of them */
static struct timer expiry;

/* Where a fragment's bytes stand in the datagram; its data is its payload then. */
static u32 offset_of(const struct sk_buff *skb)
{
	return (u32)skb->csum;
}

static u32 end_of(const struct sk_buff *skb)
{
	return offset_of(skb) + skb_total_len(skb);
}

/* ---- the end of a datagram that did not become whole ---------------------------------------- */

static void set_timer(void)
{
	if (list_empty(&used))
		del_timer(&expiry);
	else
		mod_timer(&expiry, list_first_entry(&used, struct ipq, list)->expires_ns);
}

static void give_back(struct ipq *q)
{
	packets_n -= q->packets;
	list_del(&q->list);
	list_add(&q->list, &unused);
	set_timer();
}

static void give_up(struct ipq *q)
{
	struct sk_buff *next;

	q->net->mib.ip_reasm_fails++;
	for (struct sk_buff *skb = q->first; skb; skb = next) {
		next = skb->next;
		kfree_skb(skb, SKB_DROP_FRAGMENT);
	}
	give_back(q);
}

/* RFC 1122 3.3.2: the sender is told, if the first fragment is there. */
static void expire(struct timer *timer)
{
	u64 now = clock_ns();

	while (!list_empty(&used)) {
		struct ipq *q = list_first_entry(&used, struct ipq, list);

		if (q->expires_ns > now)
			break;
		q->net->mib.ip_reasm_timeout++;
		if (q->first && offset_of(q->first) == 0)
			icmp_send_reassembly_time(q->first);
		give_up(q);
	}
	set_timer();
}

/* ---- a fragment ----------------------------------------------------------------------------- */

static struct ipq *find(const struct net *net, const struct iphdr *iph)
{
	struct ipq *q;

	list_for_each(q, &used, list)
		if (q->net == net && be16_eq(q->id, iph->id) && be32_eq(q->saddr, iph->saddr) &&
			be32_eq(q->daddr, iph->daddr) && q->protocol == iph->protocol)
			return q;
	return NULL;
}

static struct ipq *begin(struct net *net, const struct iphdr *iph)
{
	struct ipq *q;

	if (list_empty(&unused))
		give_up(list_first_entry(&used, struct ipq, list));
	q = list_first_entry(&unused, struct ipq, list);
	list_del(&q->list);
	*q = (struct ipq){ .expires_ns = clock_ns() + FRAG_TIME_NS,
		.net = net,
		.saddr = iph->saddr,
		.daddr = iph->daddr,
		.id = iph->id,
		.protocol = iph->protocol };
	list_add_tail(&q->list, &used);
	set_timer();
	return q;
}

/* Does its end agree with what is known of the datagram's? */
static bool end_is_possible(struct ipq *q, u32 end, bool last)
{
	if (last) {
		if (end < q->len || (q->last_in && end != q->len))
			return false;
		q->last_in = true;
	} else if (q->last_in && end > q->len) {
		return false;
	}
	q->len = max(q->len, end);
	return true;
}

enum place {
	FREE,
	SAME,
	OVERLAP
};

/* Is there place for it, or are all its bytes there already? *before: the fragment that it comes after, or NULL. */
static enum place place_of(const struct ipq *q, u32 offset, u32 end, struct sk_buff **before)
{
	u32 begin_of_run = 0, end_of_run = 0;
	bool overlaps = false;

	*before = NULL;
	for (struct sk_buff *skb = q->first; skb; skb = skb->next) {
		if (offset_of(skb) != end_of_run)
			begin_of_run = offset_of(skb);
		end_of_run = end_of(skb);
		if (offset >= begin_of_run && end <= end_of_run)
			return SAME;
		overlaps |= offset < end_of_run && end > offset_of(skb);
		if (offset_of(skb) < offset)
			*before = skb;
	}
	return overlaps ? OVERLAP : FREE;
}

static void insert(struct ipq *q, struct sk_buff *skb, struct sk_buff *before)
{
	struct sk_buff **link = before ? &before->next : &q->first;

	skb->next = *link;
	*link = skb;
	q->meat += skb_total_len(skb);
	q->packets += skb_frames(skb);
	packets_n += skb_frames(skb);
}

/* ---- a datagram that is whole --------------------------------------------------------------- */

/* The first fragment with its header, and the pieces of the others behind it. */
static struct sk_buff *put_together(struct ipq *q)
{
	struct sk_buff *head = q->first, **link = &head->frags, *next;
	struct iphdr *iph = skb_network_header(head);
	u32 header_len = (iph->version_ihl & 15) * 4u, rest = q->len - skb_total_len(head);

	for (; *link; link = &(*link)->next)
		;
	for (struct sk_buff *skb = head->next; skb; skb = next) {
		next = skb->next;
		skb->next = skb->frags;
		skb->frags = NULL;
		skb->frags_len = 0;
		for (*link = skb; *link; link = &(*link)->next)
			;
	}
	head->next = NULL;
	head->frags_len = (u16)(head->frags_len + rest);
	skb_push(head, header_len);
	iph->tot_len = cpu_to_be16((u16)(header_len + q->len));
	iph->frag_off = BE16_ZERO;
	iph->check = BE16_ZERO;
	iph->check = csum_fold(csum_add(0, iph, header_len));
	q->net->mib.ip_reasm_oks++;
	give_back(q);
	return head;
}

static bool too_long(const struct ipq *q)
{
	const struct iphdr *iph = skb_network_header(q->first);

	return (iph->version_ihl & 15) * 4u + q->len > IP_MAX_LEN;
}

/* The fragment into its datagram. Returns false when that ends the datagram; *kept: the fragment is its. */
static bool add(struct ipq *q, struct sk_buff *skb, bool last, bool *kept)
{
	u32 end = end_of(skb);
	struct sk_buff *before;

	*kept = false;
	if (end == offset_of(skb) || !end_is_possible(q, end, last))
		return false;
	switch (place_of(q, offset_of(skb), end, &before)) {
	case OVERLAP:
		return false;
	case SAME:
		return true;
	default:
		insert(q, skb, before);
		*kept = true;
		return true;
	}
}

/* Its data becomes its payload, of which all fragments but the last have whole units. */
static bool prepare(struct sk_buff *skb)
{
	const struct iphdr *iph = skb_network_header(skb);
	u32 frag_off = be16_to_cpu(iph->frag_off), offset = (frag_off & IP_OFFSET) * FRAGMENT_UNIT;
	bool last = !(frag_off & IP_MF);

	skb_pull(skb, (iph->version_ihl & 15) * 4u);
	if (!last)
		skb_trim(skb, ALIGN_DOWN(skb_total_len(skb), FRAGMENT_UNIT));
	skb->csum = offset;
	return last;
}

static struct sk_buff *ip_defrag(struct net *net, struct sk_buff *skb)
{
	const struct iphdr *iph = skb_network_header(skb);
	struct ipq *q = find(net, iph);
	bool last, kept;

	net->mib.ip_reasm_reqds++;
	if (!q)
		q = begin(net, iph);
	last = prepare(skb);
	if (!add(q, skb, last, &kept)) {
		give_up(q);
		kfree_skb(skb, SKB_DROP_FRAGMENT);
		return NULL;
	}
	if (!kept)
		kfree_skb(skb, SKB_DROP_FRAGMENT);
	if (q->last_in && q->meat == q->len) {
		if (!too_long(q))
			return put_together(q);
		give_up(q);
	}
	while (packets_n > skb_share_max())
		give_up(list_first_entry(&used, struct ipq, list));
	return NULL;
}

/* ---- the part ------------------------------------------------------------------------------- */

static bool is_of(const struct ipq *q, const struct net *net, const struct net_device *dev)
{
	if (q->net == net && !dev)
		return true;
	for (const struct sk_buff *skb = q->first; skb; skb = skb->next)
		if (skb->dev == dev)
			return true;
	return false;
}

static void give_up_all(const struct net *net, const struct net_device *dev)
{
	struct ipq *q, *tmp;

	list_for_each_safe(q, tmp, &used, list)
		if (is_of(q, net, dev))
			give_up(q);
}

static void fragments_exit(struct net *net)
{
	give_up_all(net, NULL);
}

/* Fragments point to the device that they came by. */
static void fragments_netdev_event(struct net_device *dev, enum netdev_event event)
{
	if (event == NETDEV_DOWN || event == NETDEV_UNREGISTER)
		give_up_all(NULL, dev);
}

static void fragments_init(void)
{
	timer_setup(&expiry, expire);
	for (u32 i = 0; i < QUEUES; i++)
		list_add_tail(&queues[i].list, &unused);
	ip_defrag_fn = ip_defrag;
}

PART(fragments) = { .name = "fragments",
	.init = fragments_init,
	.pernet = { .exit = fragments_exit },
	.netdev_event = fragments_netdev_event };
