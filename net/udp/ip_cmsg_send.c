/* SPDX-License-Identifier: MIT
 * ip_cmsg_send.c - control messages of sendmsg: source, TTL, TOS and segment size of one message.
 * Not here: control messages of receiving (ip_cmsg.c).
 * udp_send.c calls in. Calls nothing.
 * Source: cmsg(3), ip(7), udp(7). Behaves as Linux's ip_cmsg_send, udp_cmsg_send and sock_cmsg_send: what each
 * refuses. */
#include "net/udp/ip_cmsg_send.h"
#include "kernel/lib/string.h"
#include "net/socket/sockopt.h"

enum scm_type {
	SCM_RIGHTS = 1,
	SCM_CREDENTIALS = 2
};

static int want_pktinfo(struct ipcm_cookie *ipc, const void *data, size_t len)
{
	struct in_pktinfo info;

	if (len != sizeof(info))
		return -EINVAL;
	memcpy(&info, data, sizeof(info));
	if (info.ifindex)
		ipc->oif = info.ifindex;
	ipc->addr = info.spec_dst;
	ipc->any_addr = be32_is_zero(info.spec_dst);
	return 0;
}

/* A number from low to 255; TOS may also come as a byte. */
static int want_number(s16 *number, const void *data, size_t len, s32 low)
{
	s32 value;

	if (len == sizeof(value))
		memcpy(&value, data, sizeof(value));
	else if (len == sizeof(u8) && low == 0)
		value = *(const u8 *)data;
	else
		return -EINVAL;
	if (value < low || value > (s32)UINT8_MAX)
		return -EINVAL;
	*number = (s16)value;
	return 0;
}

static int want_segment(struct ipcm_cookie *ipc, const void *data, size_t len)
{
	u16 size;

	if (len != sizeof(size))
		return -EINVAL;
	memcpy(&size, data, sizeof(size));
	ipc->gso_size = size;
	return 0;
}

static int want(struct ipcm_cookie *ipc, const struct cmsghdr *c)
{
	const void *data = c + 1;
	size_t len = c->len - sizeof(*c);

	switch (c->level) {
	case SOL_UDP:
		return c->type == UDP_SEGMENT ? want_segment(ipc, data, len) : -EINVAL;
	case SOL_IP:
		if (c->type == IP_PKTINFO)
			return want_pktinfo(ipc, data, len);
		if (c->type == IP_TTL)
			return want_number(&ipc->ttl, data, len, 1);
		return c->type == IP_TOS ? want_number(&ipc->tos, data, len, 0) : -EINVAL;
	case SOL_SOCKET:
		if (c->type == SCM_RIGHTS || c->type == SCM_CREDENTIALS)
			return 0; /* AF_UNIX's */
		return (c->type == SO_MARK || c->type == SO_PRIORITY) && len == sizeof(u32)
			       ? 0
			       : -EINVAL;
	default:
		return 0; /* another level's */
	}
}

int ip_cmsg_send(const struct msghdr *msg, struct ipcm_cookie *ipc)
{
	size_t left = msg->controllen;
	const u8 *at = msg->control;
	int err = 0;

	while (!err && left >= sizeof(struct cmsghdr)) {
		const struct cmsghdr *c = (const void *)at;
		size_t step;

		if (c->len < sizeof(*c) || c->len > left)
			return -EINVAL;
		err = want(ipc, c);
		step = min(CMSG_ALIGN(c->len), left);
		at += step;
		left -= step;
	}
	return err;
}
