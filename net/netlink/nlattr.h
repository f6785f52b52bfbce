/* SPDX-License-Identifier: MIT
 * nlattr.h - netlink's messages and attributes: building them in a packet, taking them apart.
 * Not here: sockets (netlink.h), what a family's attributes mean.
 * The families call in. Calls nothing.
 * Source: RFC 3549 2.3. Names as in Linux's net/netlink.h.
 *
 *   | nlmsghdr 16 | family's header | nlattr 4 | value, padded to 4 | nlattr 4 | value ... |
 */
#pragma once

#include "net/core/skbuff.h"
#include "net/wire/netlink.h"

/* ---- building: each takes what skb_room leaves, or nothing ------------------------------- */

/* nlmsg_put - begin a message in skb. nlmsg_len grows with nlmsg_end.
 * portid, seq  whose request it answers; 0, 0 when nobody asked
 * header_len   of the family's own header behind it, zeroed
 * Returns      the message, or NULL: no room */
struct nlmsghdr *nlmsg_put(
	struct sk_buff *skb, u32 portid, u32 seq, u16 type, u32 header_len, u16 flags);

/* nlmsg_end - the message reaches to the end of what skb holds now. */
void nlmsg_end(struct sk_buff *skb, struct nlmsghdr *nlh);

/* nlmsg_cancel - take the message out again: it did not fit. */
void nlmsg_cancel(struct sk_buff *skb, const struct nlmsghdr *nlh);

/* nlmsg_data - the family's header. */
static inline void *nlmsg_data(const struct nlmsghdr *nlh)
{
	return (u8 *)(uintptr_t)nlh + NLMSG_HDRLEN;
}

/* nla_reserve - an attribute with room for len bytes of value, which are zero; NULL: no room. */
void *nla_reserve(struct sk_buff *skb, u16 type, u32 len);

/* nla_put - an attribute with a copy of the value. Returns 0 or -EMSGSIZE: no room. */
int nla_put(struct sk_buff *skb, u16 type, u32 len, const void *value) __must_check;

static inline __must_check int nla_put_u8(struct sk_buff *skb, u16 type, u8 value)
{
	return nla_put(skb, type, sizeof(value), &value);
}

static inline __must_check int nla_put_u32(struct sk_buff *skb, u16 type, u32 value)
{
	return nla_put(skb, type, sizeof(value), &value);
}

static inline __must_check int nla_put_be32(struct sk_buff *skb, u16 type, be32 value)
{
	return nla_put(skb, type, sizeof(value), &value);
}

/* nla_put_string - with its closing zero. */
int nla_put_string(struct sk_buff *skb, u16 type, const char *value) __must_check;

/* nla_nest_start - an attribute that holds attributes: those put until nla_nest_end. NULL: no room. */
struct nlattr *nla_nest_start(struct sk_buff *skb, u16 type);

/* nla_nest_end - it reaches to the end of what skb holds now. */
void nla_nest_end(struct sk_buff *skb, struct nlattr *nest);

/* ---- taking apart ------------------------------------------------------------------------ */

/* nla_parse - the attributes in len bytes, by type: tb[type], NULL where there is none; the last one of
 * a type wins. Types above max are skipped.
 * tb       [max + 1]
 * least    [max + 1]: how many bytes the value must have at least; NULL: any
 * Returns  0, or -EINVAL (an attribute that reaches past the end), -ERANGE (too short a value) */
int nla_parse(const struct nlattr **tb, u16 max, const void *at, size_t len,
	const u16 *least) __must_check;

/* nlmsg_parse - the same for what stands behind the family's header of header_len bytes.
 * Returns  as nla_parse; -EINVAL when the message is shorter than that */
int nlmsg_parse(const struct nlmsghdr *nlh, u32 header_len, const struct nlattr **tb, u16 max,
	const u16 *least) __must_check;

/* nla_parse_nested - the same for the attributes inside one. */
int nla_parse_nested(const struct nlattr **tb, u16 max, const struct nlattr *nest,
	const u16 *least) __must_check;

static inline const void *nla_data(const struct nlattr *nla)
{
	return (const u8 *)nla + NLA_HDRLEN;
}

static inline u32 nla_len(const struct nlattr *nla)
{
	return nla->nla_len - NLA_HDRLEN;
}

/* nla_get_u32, nla_get_be32 - for a value whose length was asked for. */
static inline u32 nla_get_u32(const struct nlattr *nla)
{
	return *(const u32 *)nla_data(nla);
}

static inline be32 nla_get_be32(const struct nlattr *nla)
{
	return *(const be32 *)nla_data(nla);
}
