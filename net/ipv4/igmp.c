/* SPDX-License-Identifier: MIT
 * igmp.c - groups: which socket has joined which by which device, and IGMP's reports of it.
 * Not here: frames' addresses (arp.c).
 * inet_sockopt.c joins and leaves; ip_input.c and udp_input.c ask. Calls ip_local_out.
 * Source: RFC 1112 7; RFC 2236 (IGMP version 2, which version 3's routers and switches understand: RFC 3376
 * 7.3). Behaves as Linux's ip_mc_join_group: its checks and bounds. */
#include "net/ipv4/igmp.h"
#include "kernel/mm/slab.h"
#include "net/core/part.h"
#include "net/core/skb_owner.h"
#include "net/core/timer.h"
#include "net/device/ifaddr.h"
#include "net/ipv4/ip.h"
#include "net/neigh/arp.h"
#include "net/wire/igmp.h"

#define INADDR_ALLROUTERS 0xe0000002u

struct ip_mc_socklist {
	struct list_head list; /* in net->mc_list */
	struct sock *sk;
	struct net_device *dev;
	be32 group;
	/* The first of a group's members by a device speaks for all of them. */
	struct timer timer; /* when it reports next */
	u8 unsolicited_n;   /* unsolicited reports still to send */
	bool reporter;      /* no other host has reported the group since we did */
};

static struct slab mc_slab = SLAB(struct ip_mc_socklist);

static int igmp_net_init(struct net *net)
{
	list_init(&net->mc_list);
	return 0;
}

static struct ip_mc_socklist *speaker(const struct net_device *dev, be32 group)
{
	struct ip_mc_socklist *m;

	list_for_each(m, &dev->net->mc_list, list)
		if (m->dev == dev && be32_eq(m->group, group))
			return m;
	return NULL;
}

/* ---- the protocol ------------------------------------------------------------------------ */

#define ROBUSTNESS     2     /* RFC 2236 8.1: so often it is said, as messages may be lost */
#define UNSOLICITED_MS 10000 /* 8.10: within this it is said again */
#define V1_RESPONSE    100   /* tenths of a second; version 1's queries do not say */
#define IPTOS_CONTROL  0xc0  /* RFC 791 3.1: internetwork control */

struct igmp_packet {
	struct iphdr ip;
	be32 option;
	struct igmphdr igmp;
} __packed;

/* A report that cannot leave is not sent: it is sent when the link comes, or repeated. */
static void igmp_send(struct net_device *dev, u8 type, be32 group, be32 to)
{
	const u32 ready = IFF_UP | IFF_RUNNING;
	struct neighbour *n = NULL;
	struct igmp_packet *p;
	struct sk_buff *skb;

	if ((dev->flags & ready) == ready && dev_room(dev) > 0)
		n = neigh_lookup_create(dev->net->arp_tbl, dev, to);
	skb = n ? skb_alloc(SKB_NETWORK_OFF) : NULL;
	if (!skb)
		return;
	p = skb_put(skb, sizeof(*p));
	*p = (struct igmp_packet){ .ip = { .version_ihl = IP_VERSION_IHL + 1,
					   .tos = IPTOS_CONTROL,
					   .tot_len = cpu_to_be16(sizeof(*p)),
					   .frag_off = cpu_to_be16(IP_DF),
					   .ttl = 1,
					   .protocol = IPPROTO_IGMP,
					   .saddr = inet_select_addr(dev, to),
					   .daddr = to },
		.option = cpu_to_be32(IPOPT_ROUTER_ALERT),
		.igmp = { .type = type, .group = group } };
	p->igmp.checksum = csum_fold(csum_add(0, &p->igmp, sizeof(p->igmp)));
	p->ip.check = csum_fold(csum_add(0, p, offsetof(struct igmp_packet, igmp)));
	skb->dev = dev;
	skb->neigh = n;
	ip_local_out(dev->net, skb);
}

static void report_within(struct ip_mc_socklist *m, u32 ms)
{
	mod_timer(&m->timer, clock_ns() + random_u32() % ms * NSEC_PER_MSEC);
}

static void igmp_timer_expire(struct timer *timer)
{
	struct ip_mc_socklist *m = container_of(timer, struct ip_mc_socklist, timer);

	igmp_send(m->dev, IGMP_V2_MEMBERSHIP_REPORT, m->group, m->group);
	m->reporter = true;
	if (m->unsolicited_n > 0 && --m->unsolicited_n > 0)
		report_within(m, UNSOLICITED_MS);
}

static bool is_reported(const struct ip_mc_socklist *m)
{
	return speaker(m->dev, m->group) == m && be32_to_cpu(m->group) != INADDR_ALLHOSTS &&
	       !(m->dev->flags & IFF_LOOPBACK);
}

static void report_unasked(struct ip_mc_socklist *m)
{
	if (!is_reported(m))
		return;
	m->unsolicited_n = ROBUSTNESS;
	igmp_timer_expire(&m->timer);
}

/* The next member, if there is one, goes on where this one was. */
static void fall_silent(struct ip_mc_socklist *m)
{
	struct ip_mc_socklist *next = speaker(m->dev, m->group);

	if (next && !list_empty(&m->timer.list))
		mod_timer(&next->timer, m->timer.expires_ns);
	del_timer(&m->timer);
	if (next) {
		next->unsolicited_n = (u8)(next->unsolicited_n + m->unsolicited_n);
		next->reporter |= m->reporter;
	} else if (m->reporter) {
		igmp_send(m->dev, IGMP_LEAVE_GROUP, m->group, cpu_to_be32(INADDR_ALLROUTERS));
	}
}

/* From 128 on version 3 has a floating-point number, and means 0 (RFC 3376 4.1.1, 7.1). */
static u32 max_response_ms(const struct igmphdr *ih, u32 len)
{
	u32 code = ih->code;

	if (len < IGMPV3_QUERY_LEN)
		return (code ?: V1_RESPONSE) * 100;
	if (code >= 128)
		code = ((code & 15) | 16) << ((code >> 4 & 7) + 3);
	return max(code * 100, 1u);
}

static void heard_query(const struct net_device *dev, const struct igmphdr *ih, u32 len)
{
	u32 ms = max_response_ms(ih, len);
	u64 latest = clock_ns() + ms * NSEC_PER_MSEC;
	struct ip_mc_socklist *m;

	list_for_each(m, &dev->net->mc_list, list) {
		if (m->dev != dev || (!be32_is_zero(ih->group) && !be32_eq(ih->group, m->group)) ||
			!is_reported(m))
			continue;
		if (list_empty(&m->timer.list) || m->timer.expires_ns > latest)
			report_within(m, ms);
	}
}

/* One report for all members on the link is enough. */
static void heard_report(const struct net_device *dev, be32 group)
{
	struct ip_mc_socklist *m = speaker(dev, group);

	if (!m)
		return;
	del_timer(&m->timer);
	m->unsolicited_n = 0;
	m->reporter = false;
}

static void igmp_rcv(struct sk_buff *skb)
{
	const struct igmphdr *ih = (const void *)skb->data;
	bool whole = skb->len >= sizeof(*ih);

	if (!whole || !csum_ok(csum_add(0, ih, skb->len))) {
		kfree_skb(skb, whole ? SKB_DROP_CHECKSUM : SKB_DROP_HEADER);
		return;
	}
	if (ih->type == IGMP_MEMBERSHIP_QUERY)
		heard_query(skb->dev, ih, skb->len);
	else if (ih->type == IGMP_V1_MEMBERSHIP_REPORT || ih->type == IGMP_V2_MEMBERSHIP_REPORT)
		heard_report(skb->dev, ih->group);
	consume_skb(skb);
}

/* ---- members ----------------------------------------------------------------------------- */

static struct ip_mc_socklist *find(const struct sock *sk, const struct net_device *dev, be32 group)
{
	struct ip_mc_socklist *m;

	list_for_each(m, &sk->sk_net->mc_list, list)
		if (m->sk == sk && be32_eq(m->group, group) && (!dev || m->dev == dev))
			return m;
	return NULL;
}

static void let_in(struct net_device *dev, be32 group)
{
	u8 mac[ETH_ALEN];

	multicast_mac(group, mac);
	if (dev->netdev_ops->ndo_add_multicast)
		dev->netdev_ops->ndo_add_multicast(dev, mac);
}

static int join_group(struct sock *sk, struct net_device *dev, be32 group)
{
	struct ip_mc_socklist *m;
	u32 n = 0;

	list_for_each(m, &sk->sk_net->mc_list, list) {
		n += m->sk == sk;
		if (m->sk == sk && m->dev == dev && be32_eq(m->group, group))
			return -EADDRINUSE;
	}
	if (n >= IP_MAX_MEMBERSHIPS)
		return -ENOBUFS;
	m = slab_alloc(&mc_slab);
	if (!m)
		return -ENOMEM;
	m->sk = sk;
	m->dev = dev;
	m->group = group;
	timer_setup(&m->timer, igmp_timer_expire);
	list_add_tail(&m->list, &sk->sk_net->mc_list);
	let_in(dev, group);
	net_changed(sk->sk_net); /* datagrams to the group have a copy for us from now on */
	report_unasked(m);
	return 0;
}

static void leave(struct ip_mc_socklist *m)
{
	net_changed(m->sk->sk_net);
	list_del(&m->list);
	fall_silent(m);
	slab_free(&mc_slab, m);
}

static int leave_group(struct sock *sk, const struct net_device *dev, be32 group)
{
	struct ip_mc_socklist *m = find(sk, dev, group);

	if (!m)
		return -EADDRNOTAVAIL;
	leave(m);
	return 0;
}

static void igmp_netdev_event(struct net_device *dev, enum netdev_event event)
{
	struct ip_mc_socklist *m, *tmp;

	list_for_each_safe(m, tmp, &dev->net->mc_list, list) {
		if (m->dev != dev)
			continue;
		if (event == NETDEV_UNREGISTER)
			leave(m);
		else if (event != NETDEV_DOWN)
			report_unasked(m);
	}
}

static void drop_socket(struct sock *sk)
{
	struct ip_mc_socklist *m, *tmp;

	list_for_each_safe(m, tmp, &sk->sk_net->mc_list, list)
		if (m->sk == sk)
			leave(m);
}

static bool check_mc(const struct net_device *dev, be32 group)
{
	const struct ip_mc_socklist *m;

	if (be32_to_cpu(group) == INADDR_ALLHOSTS)
		return true;
	list_for_each(m, &dev->net->mc_list, list)
		if (be32_eq(m->group, group) && m->dev == dev)
			return true;
	return false;
}

static bool joined(const struct sock *sk, const struct net_device *dev, be32 group)
{
	return find(sk, dev, group);
}

static const struct ip_mc_ops igmp_ops = {
	.join = join_group,
	.leave = leave_group,
	.drop_socket = drop_socket,
	.check = check_mc,
	.joined = joined,
};

static void igmp_init(void)
{
	static struct net_protocol igmp = { .protocol = IPPROTO_IGMP, .handler = igmp_rcv };

	ip_mc_ops = &igmp_ops;
	inet_add_protocol(&igmp);
}

PART(groups) = {
	.name = "groups",
	.init = igmp_init,
	.pernet = { .init = igmp_net_init },
	.netdev_event = igmp_netdev_event,
};
