/* SPDX-License-Identifier: MIT
 * nlattr.c - netlink's messages and attributes: building them in a packet, taking them apart.
 * Not here: sockets (af_netlink.c), what a family's attributes mean.
 * The families call in. Calls nothing.
 * Source: RFC 3549 2.3. */
#include "net/netlink/nlattr.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

/* Zeroed room for len bytes and the padding after them, or NULL. */
static void *put_padded(struct sk_buff *skb, u32 len)
{
	u32 padded = NLMSG_ALIGN(len);
	u8 *at;

	if (len > skb_room(skb) || padded > skb_room(skb))
		return NULL;
	at = skb_put(skb, padded);
	return memset(at, 0, padded);
}

struct nlmsghdr *nlmsg_put(
	struct sk_buff *skb, u32 portid, u32 seq, u16 type, u32 header_len, u16 flags)
{
	struct nlmsghdr *nlh = put_padded(skb, NLMSG_HDRLEN + header_len);

	if (nlh)
		*nlh = (struct nlmsghdr){ .nlmsg_len = NLMSG_HDRLEN + header_len,
			.nlmsg_type = type,
			.nlmsg_flags = flags,
			.nlmsg_seq = seq,
			.nlmsg_pid = portid };
	return nlh;
}

void nlmsg_end(struct sk_buff *skb, struct nlmsghdr *nlh)
{
	nlh->nlmsg_len = (u32)(skb->data + skb->len - (u8 *)nlh);
}

void nlmsg_cancel(struct sk_buff *skb, const struct nlmsghdr *nlh)
{
	skb->len = (u16)((const u8 *)nlh - skb->data);
}

void *nla_reserve(struct sk_buff *skb, u16 type, u32 len)
{
	struct nlattr *nla =
		len > UINT16_MAX - NLA_HDRLEN ? NULL : put_padded(skb, NLA_HDRLEN + len);

	if (!nla)
		return NULL;
	*nla = (struct nlattr){ .nla_len = (u16)(NLA_HDRLEN + len), .nla_type = type };
	return nla + 1;
}

int nla_put(struct sk_buff *skb, u16 type, u32 len, const void *value)
{
	void *at = nla_reserve(skb, type, len);

	if (!at)
		return -EMSGSIZE;
	memcpy(at, value, len);
	return 0;
}

int nla_put_string(struct sk_buff *skb, u16 type, const char *value)
{
	return nla_put(skb, type, (u32)strlen(value) + 1, value);
}

struct nlattr *nla_nest_start(struct sk_buff *skb, u16 type)
{
	u8 *at = nla_reserve(skb, type | NLA_F_NESTED, 0);

	return at ? (struct nlattr *)(at - NLA_HDRLEN) : NULL;
}

void nla_nest_end(struct sk_buff *skb, struct nlattr *nest)
{
	nest->nla_len = (u16)(skb->data + skb->len - (u8 *)nest);
}

int nla_parse(const struct nlattr **tb, u16 max, const void *at, size_t len, const u16 *least)
{
	const struct nlattr *nla = at;

	memset(tb, 0, sizeof(*tb) * (max + 1u));
	while (len >= NLA_HDRLEN) {
		u16 type = nla->nla_type & NLA_TYPE_MASK;
		size_t whole = NLA_ALIGN((size_t)nla->nla_len);

		if (nla->nla_len < NLA_HDRLEN || nla->nla_len > len)
			return -EINVAL;
		if (type <= max) {
			if (least && nla_len(nla) < least[type])
				return -ERANGE;
			tb[type] = nla;
		}
		if (whole >= len)
			break;
		nla = (const void *)((const u8 *)nla + whole);
		len -= whole;
	}
	return 0;
}

int nlmsg_parse(const struct nlmsghdr *nlh, u32 header_len, const struct nlattr **tb, u16 max,
	const u16 *least)
{
	u32 before = NLMSG_HDRLEN + NLMSG_ALIGN(header_len);

	if (nlh->nlmsg_len < NLMSG_HDRLEN + header_len)
		return -EINVAL;
	return nla_parse(tb, max, (const u8 *)nlh + before,
		nlh->nlmsg_len > before ? nlh->nlmsg_len - before : 0, least);
}

int nla_parse_nested(const struct nlattr **tb, u16 max, const struct nlattr *nest, const u16 *least)
{
	return nla_parse(tb, max, nla_data(nest), nla_len(nest), least);
}
