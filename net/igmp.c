/* SPDX-License-Identifier: MIT
 * igmp.c - which groups this host has joined, by which device, for which socket.
 * Not here: telling routers about it (no IGMP is spoken); frames' addresses (arp.c).
 * inet_sockopt.c joins and leaves; ip_input.c and udp_input.c ask.
 * Source: RFC 1112 7; Linux's ip_mc_join_group: its checks and bounds. */
#include "net/igmp.h"
#include "kernel/lib/slab.h"
#include "net/arp.h"

#define INADDR_ALLHOSTS 0xe0000001u /* RFC 1112 4: every host is in it */

struct ip_mc_socklist {
	struct list_head list; /* in net->mc_list */
	struct sock *sk;
	struct net_device *dev;
	be32 group;
};

static struct slab mc_slab = SLAB(struct ip_mc_socklist);

int igmp_net_init(struct net *net)
{
	list_init(&net->mc_list);
	return 0;
}

static bool comes_by(const struct ip_mc_socklist *m, const struct net_device *dev)
{
	return !dev || m->dev == dev || (dev->flags & IFF_LOOPBACK);
}

static struct ip_mc_socklist *find(const struct sock *sk, const struct net_device *dev, be32 group)
{
	struct ip_mc_socklist *m;

	list_for_each(m, &sk->sk_net->mc_list, list)
		if (m->sk == sk && be32_eq(m->group, group) && comes_by(m, dev))
			return m;
	return NULL;
}

int ip_mc_join_group(struct sock *sk, struct net_device *dev, be32 group)
{
	struct ip_mc_socklist *m;
	u8 mac[ETH_ALEN];
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
	list_add_tail(&m->list, &sk->sk_net->mc_list);
	multicast_mac(group, mac);
	if (dev->netdev_ops->ndo_add_multicast)
		dev->netdev_ops->ndo_add_multicast(dev, mac);
	net_changed(sk->sk_net); /* what is sent there has a copy for us from now on */
	return 0;
}

static void leave(struct ip_mc_socklist *m)
{
	net_changed(m->sk->sk_net);
	list_del(&m->list);
	slab_free(&mc_slab, m);
}

int ip_mc_leave_group(struct sock *sk, const struct net_device *dev, be32 group)
{
	struct ip_mc_socklist *m = find(sk, dev, group);

	if (!m)
		return -EADDRNOTAVAIL;
	leave(m);
	return 0;
}

void ip_mc_device_gone(const struct net_device *dev)
{
	struct ip_mc_socklist *m, *tmp;

	list_for_each_safe(m, tmp, &dev->net->mc_list, list)
		if (m->dev == dev)
			leave(m);
}

void ip_mc_drop_socket(struct sock *sk)
{
	struct ip_mc_socklist *m, *tmp;

	list_for_each_safe(m, tmp, &sk->sk_net->mc_list, list)
		if (m->sk == sk)
			leave(m);
}

bool ip_check_mc(const struct net_device *dev, be32 group)
{
	const struct ip_mc_socklist *m;

	if (be32_to_cpu(group) == INADDR_ALLHOSTS)
		return true;
	list_for_each(m, &dev->net->mc_list, list)
		if (be32_eq(m->group, group) && comes_by(m, dev))
			return true;
	return false;
}

bool ip_mc_joined(const struct sock *sk, const struct net_device *dev, be32 group)
{
	return find(sk, dev, group);
}
