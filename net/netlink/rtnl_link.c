/* SPDX-License-Identifier: MIT
 * rtnl_link.c - links over rtnetlink: shown; up, down, MTU, name, namespace.
 * Not here: what a change does (dev_config.c).
 * rtnetlink.c calls the handlers.
 * Behaves as Linux's rtnl_fill_ifinfo and do_setlink: the order of its changes. */
#include "kernel/fs/task.h"
#include "kernel/lib/parse.h"
#include "kernel/lib/string.h"
#include "net/core/net_namespace.h"
#include "net/device/dev_config.h"
#include "net/device/eth.h"
#include "net/netlink/rtnetlink.h"

#define IFF_LOWER_UP 0x10000

/* IFF_NOARP of lo is ours alone; the link of a device that is down is not known. */
static u32 shown_flags(const struct net_device *dev)
{
	u32 flags = dev->flags & ~(u32)(dev->flags & IFF_LOOPBACK ? IFF_NOARP : 0);

	if (!(flags & IFF_UP))
		return flags & ~(u32)IFF_RUNNING;
	return flags & IFF_RUNNING ? flags | IFF_LOWER_UP : flags;
}

static u8 operstate(const struct net_device *dev)
{
	if (dev->flags & IFF_LOOPBACK)
		return IF_OPER_UNKNOWN;
	return shown_flags(dev) & IFF_RUNNING ? IF_OPER_UP : IF_OPER_DOWN;
}

static int put_stats(struct sk_buff *skb, const struct net_device *dev)
{
	const struct net_device_stats *s = &dev->stats;
	struct rtnl_link_stats64 stats = { .rx_packets = s->rx_packets,
		.tx_packets = s->tx_packets,
		.rx_bytes = s->rx_bytes,
		.tx_bytes = s->tx_bytes,
		.rx_errors = s->rx_errors,
		.tx_errors = s->tx_errors,
		.rx_dropped = s->rx_dropped,
		.tx_dropped = s->tx_dropped,
		.multicast = s->multicast,
		.rx_crc_errors = s->rx_crc_errors,
		.rx_missed_errors = s->rx_missed_errors,
		.tx_carrier_errors = s->tx_carrier_errors };

	return nla_put(skb, IFLA_STATS64, sizeof(stats), &stats);
}

static int put_attributes(struct sk_buff *skb, const struct net_device *dev)
{
	bool lo = dev->flags & IFF_LOOPBACK;
	u8 broadcast[ETH_ALEN];

	memset(broadcast, lo ? 0 : 0xff, ETH_ALEN);
	return nla_put_string(skb, IFLA_IFNAME, dev->name)
		       ?: nla_put_u32(skb, IFLA_TXQLEN, TX_QUEUE_LEN)
		       ?: nla_put_u8(skb, IFLA_OPERSTATE, operstate(dev))
		       ?: nla_put_u32(skb, IFLA_MTU, dev->mtu)
		       ?: nla_put_string(skb, IFLA_QDISC, "noqueue")
		       ?: nla_put_u8(skb, IFLA_CARRIER, !!(dev->flags & IFF_RUNNING))
		       ?: nla_put(skb, IFLA_ADDRESS, ETH_ALEN, dev->dev_addr)
		       ?: nla_put(skb, IFLA_BROADCAST, ETH_ALEN, broadcast)
		       ?: put_stats(skb, dev);
}

static int fill_link(const struct rtnl_fill *f, void *what)
{
	const struct net_device *dev = what;
	const struct ifinfomsg ifi = {
		.type = eth_hatype(dev), .index = dev->ifindex, .flags = shown_flags(dev)
	};
	struct nlmsghdr *nlh = rtnl_fill_begin(f, &ifi, sizeof(ifi));

	return rtnl_fill_end(f, nlh, nlh ? put_attributes(f->skb, dev) : 0);
}

void rtnl_notify_link(u16 type, struct net_device *dev)
{
	rtnl_notify(dev->net, RTNLGRP_LINK, type, fill_link, dev);
}

static int dump_links(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct net_device *dev;
	struct rtnl_dump d;

	rtnl_dump_start(&d, skb, cb);
	list_for_each(dev, &cb->net->dev_base, list)
		if (rtnl_dump_one(&d, fill_link, dev))
			break;
	return d.err;
}

/* ---- changing ------------------------------------------------------------------------------ */

/* The device a request names: by index, else by name. */
static struct net_device *link_of(const struct rtnl_request *r, int *err)
{
	const struct ifinfomsg *ifi = nlmsg_data(r->nlh);
	struct net_device *dev;

	if (ifi->index == 0 && r->tb[IFLA_IFNAME]) {
		struct text name = rtnl_text(r->tb[IFLA_IFNAME]);

		dev = dev_get_by_name(r->net, name.at, name.len);
		*err = dev ? 0 : -ENODEV;
		return dev;
	}
	return rtnl_dev_get(r->net, ifi->index, err);
}

static int set_flags(struct net_device *dev, const struct ifinfomsg *ifi)
{
	u32 change = ifi->change ? ifi->change : ifi->flags ? ~0u : 0;

	if (!(change & IFF_UP))
		return 0;
	if (ifi->flags & IFF_UP)
		return dev_open(dev);
	dev_close(dev);
	return 0;
}

static int set_name(struct net_device *dev, const struct nlattr *nla)
{
	struct text t = rtnl_text(nla);
	char name[IFNAMSIZ] = "";

	if (t.len >= IFNAMSIZ)
		return -ERANGE;
	memcpy(name, t.at, t.len);
	return dev_change_name(dev, name);
}

static int set_namespace(struct net_device *dev, const struct nlattr *nla)
{
	const struct file *file = file_of((int)nla_get_u32(nla));
	struct net *net = file ? nsfs_of(file) : NULL;

	return net ? dev_change_net_namespace(dev, net) : -EINVAL;
}

static int set_link(struct rtnl_request *r)
{
	const struct ifinfomsg *ifi = nlmsg_data(r->nlh);
	int err;
	struct net_device *dev = link_of(r, &err);

	if (!dev) /* nothing is made here: a link is a card, or lo */
		return err == -ENODEV && (r->nlh->nlmsg_flags & NLM_F_CREATE) ? -EOPNOTSUPP : err;
	if (r->nlh->nlmsg_type == RTM_NEWLINK && (r->nlh->nlmsg_flags & NLM_F_EXCL))
		return -EEXIST;
	if (r->tb[IFLA_NET_NS_FD])
		err = set_namespace(dev, r->tb[IFLA_NET_NS_FD]);
	if (!err && r->tb[IFLA_MTU])
		err = dev_set_mtu(dev, nla_get_u32(r->tb[IFLA_MTU]));
	if (!err && ifi->index && r->tb[IFLA_IFNAME])
		err = set_name(dev, r->tb[IFLA_IFNAME]);
	return err ?: set_flags(dev, ifi);
}

static int get_link(struct rtnl_request *r)
{
	int err;
	struct net_device *dev = link_of(r, &err);

	return dev ? rtnl_answer(r, fill_link, dev) : err;
}

static const u16 least[IFLA_MAX + 1] = { [IFLA_MTU] = 4, [IFLA_NET_NS_FD] = 4 };

const struct rtnl_kind rtnl_link = { .header_len = sizeof(struct ifinfomsg),
	.attr_max = IFLA_MAX,
	.least = least,
	.doit = { set_link, NULL, get_link, set_link },
	.dumpit = dump_links };
