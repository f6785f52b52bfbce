/* SPDX-License-Identifier: MIT
 * dev_ioctl.c - the ioctls of devices: SIOCGIF* and SIOCSIF*.
 * Not here: the changes (dev_config.c), all that only rtnetlink can.
 * socket_calls.c calls in.
 * Source: netdevice(7); the numbers and layouts are Linux's for x86_64. */
#include "kernel/lib/string.h"
#include "net/core/part.h"
#include "net/device/dev_config.h"
#include "net/device/eth.h"
#include "net/device/ifaddr.h"
#include "net/socket/msg.h"
#include "net/socket/socket.h"

#define SIOC_TYPE 0x89 /* the upper byte of all of these */

enum {
	SIOCGIFNAME = 0x8910,
	SIOCGIFCONF = 0x8912,
	SIOCGIFFLAGS = 0x8913,
	SIOCSIFFLAGS = 0x8914,
	SIOCGIFADDR = 0x8915,
	SIOCGIFDSTADDR = 0x8917,
	SIOCGIFBRDADDR = 0x8919,
	SIOCGIFNETMASK = 0x891b,
	SIOCGIFMETRIC = 0x891d,
	SIOCGIFMTU = 0x8921,
	SIOCSIFMTU = 0x8922,
	SIOCSIFNAME = 0x8923,
	SIOCGIFHWADDR = 0x8927,
	SIOCGIFINDEX = 0x8933,
	SIOCGIFTXQLEN = 0x8942,
	SIOCETHTOOL = 0x8946,
	SIOCGMIIPHY = 0x8947,
	SIOCGMIIREG = 0x8948,
	SIOCSMIIREG = 0x8949,
	SIOCGIFMAP = 0x8970,
	SIOCSHWTSTAMP = 0x89b0,
	SIOCGHWTSTAMP = 0x89b1,
	SIOCDEVPRIVATE = 0x89f0,
	SIOCDEVPRIVATE_LAST = 0x89ff
};

struct ifreq {
	char name[IFNAMSIZ];
	union {
		struct sockaddr_in addr;
		struct {
			u16 family;
			u8 mac[14];
		} hwaddr;
		s32 value;
		u16 flags;
		u8 bytes[24]; /* a struct ifmap is the longest */
	};
};

struct ifconf {
	s32 len;
	u64 req; /* struct ifreq[], or NULL to learn how long it would be */
};

_Static_assert(
	sizeof(struct ifreq) == 40 && sizeof(struct ifconf) == 16, "bits of the system-call ABI");

static int put_address(struct ifreq *r, const struct net_device *dev, be32 addr)
{
	if (be32_is_zero(dev->ip_addr))
		return -EADDRNOTAVAIL;
	r->addr = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr = addr };
	return 0;
}

static int answer(const struct net_device *dev, u32 cmd, struct ifreq *r)
{
	const struct in_ifaddr *ifa = inet_first_ifa(dev);

	memset(r->bytes, 0, sizeof(r->bytes));
	switch (cmd) {
	case SIOCGIFFLAGS:
		r->flags = (u16)dev->flags;
		return 0;
	case SIOCGIFADDR:
	case SIOCGIFDSTADDR:
		return put_address(r, dev, dev->ip_addr);
	case SIOCGIFBRDADDR:
		return put_address(r, dev, ifa ? ifa->broadcast : BE32_ZERO);
	case SIOCGIFNETMASK:
		return put_address(r, dev, prefix_mask(ifa ? ifa->prefix_len : 0));
	case SIOCGIFMTU:
		r->value = (s32)dev->mtu;
		return 0;
	case SIOCGIFHWADDR:
		r->hwaddr.family = eth_hatype(dev);
		memcpy(r->hwaddr.mac, dev->dev_addr, ETH_ALEN);
		return 0;
	case SIOCGIFINDEX:
		r->value = dev->ifindex;
		return 0;
	case SIOCGIFTXQLEN:
		r->value = TX_QUEUE_LEN;
		return 0;
	case SIOCGIFMETRIC: /* there is none, nor are there jumpers: zeros */
	case SIOCGIFMAP:
		return 0;
	case SIOCETHTOOL ... SIOCSMIIREG: /* a device may do these; none here does */
	case SIOCSHWTSTAMP:
	case SIOCGHWTSTAMP:
	case SIOCDEVPRIVATE ... SIOCDEVPRIVATE_LAST:
		return -EOPNOTSUPP;
	}
	return -ENOTTY;
}

/* Returns 1: it is no change. */
static int change(struct net_device *dev, u32 cmd, struct ifreq *r)
{
	switch (cmd) {
	case SIOCSIFFLAGS:
		if (r->flags & IFF_UP)
			return dev_open(dev);
		dev_close(dev);
		return 0;
	case SIOCSIFMTU:
		return dev_set_mtu(dev, (u32)r->value);
	case SIOCSIFNAME:
		r->bytes[IFNAMSIZ - 1] = '\0';
		return dev_change_name(dev, (const char *)r->bytes);
	}
	return 1;
}

/* The devices that have an address, as many as there is room for. */
static long list_addresses(struct net *net, u64 arg)
{
	struct net_device *dev;
	struct ifconf c;
	s32 len = 0;

	if (copy_from_user(&c, (const void *)arg, sizeof(c)) < 0)
		return -EFAULT;
	list_for_each(dev, &net->dev_base, list) {
		struct ifreq r = { 0 };

		if (be32_is_zero(dev->ip_addr) || (c.req && len + (s32)sizeof(r) > c.len))
			continue;
		memcpy(r.name, dev->name, IFNAMSIZ);
		put_address(&r, dev, dev->ip_addr);
		if (c.req && copy_to_user((void *)(c.req + (u64)len), &r, sizeof(r)) < 0)
			return -EFAULT;
		len += (s32)sizeof(r);
	}
	c.len = len;
	return copy_to_user((void *)arg, &c, sizeof(c));
}

static long netdevice_ioctl(struct net *net, u32 cmd, u64 arg)
{
	struct net_device *dev;
	struct ifreq r;
	int err;

	if (cmd == SIOCGIFCONF)
		return list_addresses(net, arg);
	if (cmd >> 8 != SIOC_TYPE)
		return -ENOTTY;
	if (copy_from_user(&r, (const void *)arg, sizeof(r)) < 0)
		return -EFAULT;
	r.name[IFNAMSIZ - 1] = '\0';
	dev = cmd == SIOCGIFNAME ? dev_get_by_index(net, r.value)
				 : dev_get_by_name(net, r.name, strlen(r.name));
	if (!dev)
		return -ENODEV;
	err = change(dev, cmd, &r);
	if (err <= 0)
		return err;
	err = cmd == SIOCGIFNAME ? 0 : answer(dev, cmd, &r);
	memcpy(r.name, dev->name, IFNAMSIZ);
	return err ? err : copy_to_user((void *)arg, &r, sizeof(r));
}

static void dev_ioctl_init(void)
{
	dev_ioctl = netdevice_ioctl;
}

PART(ioctl) = { .name = "ioctl", .init = dev_ioctl_init };
