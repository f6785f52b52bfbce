/* SPDX-License-Identifier: MIT
 * messages.c - netlink messages with attributes of the right types, made from a fuzzer's bytes.
 * Not here: sending them.
 * fuzz_calls.c calls in.
 * Source: rtnetlink(7), netlink(7); what libnetfilter_queue sends. */
#include "tests/fuzz/messages.h"
#include "net/fib/fib.h"
#include "net/neigh/neighbour.h"
#include "net/netfilter/netfilter.h"
#include "net/wire/netlink.h"
#include "net/wire/nfnetlink_queue.h"
#include "net/wire/rtnetlink.h"
#include "tests/fuzz/values.h"

/* A message, while it grows. */
struct message {
	u8 *at;
	u32 len;
};

static void put(struct message *m, const void *data, u32 len)
{
	if (m->len + len > MESSAGE_MAX)
		return;
	memcpy(m->at + m->len, data, len);
	m->len += len;
	while (m->len % 4 && m->len < MESSAGE_MAX)
		m->at[m->len++] = 0;
}

static void put_attr(struct message *m, u16 type, const void *data, u32 len)
{
	const struct nlattr nla = { .nla_len = (u16)(NLA_HDRLEN + len), .nla_type = type };

	if (m->len + NLA_HDRLEN + len > MESSAGE_MAX)
		return;
	put(m, &nla, NLA_HDRLEN);
	put(m, data, len);
}

/* ---- attributes -------------------------------------------------------------------------- */

enum kind {
	U8,
	U32,
	IPV4,
	NAME,
	MAC,
	INDEX,
	METRICS,
	HOPS,
	BYTES,
	KINDS
};

/* Next hops, each with a gateway or none. */
static void put_hops(struct bytes *b, struct message *m, u16 type)
{
	u8 room[160];
	struct message hops = { room, 0 };

	for (u32 n = pick(b, 4); n > 0; n--) {
		bool gateway = pick(b, 2);
		struct rtnexthop hop = { .len = (u16)(sizeof(hop) + (gateway ? 8 : 0)),
			.flags = (u8)(pick(b, 2) ? RTNH_F_ONLINK : 0),
			.hops = (u8)pick(b, 4),
			.ifindex = value_ifindex(b) };
		be32 via = value_ipv4(b);

		if (now_and_then(b))
			hop.len = take(b);
		put(&hops, &hop, sizeof(hop));
		if (gateway)
			put_attr(&hops, RTA_GATEWAY, &via, sizeof(via));
	}
	put_attr(m, type, room, hops.len);
}

static void put_metrics(struct bytes *b, struct message *m, u16 type)
{
	u8 room[64];
	struct message metrics = { room, 0 };

	for (u32 n = pick(b, 3); n > 0; n--) {
		u32 value = pick(b, 2) ? 1400 : take_u16(b);

		put_attr(&metrics, (u16)(1 + pick(b, 3)), &value, sizeof(value));
	}
	put_attr(m, type, room, metrics.len);
}

static void put_kind(struct bytes *b, struct message *m, u16 type, enum kind kind)
{
	static const u32 numbers[] = { 0, 1, 100, 254, 255, 1500, 1400, 68, 67, 65536, 0xffffffff };
	u8 bytes[64];
	u32 number;
	be32 addr;

	switch (kind) {
	case U8:
		bytes[0] = take(b);
		return put_attr(m, type, bytes, 1);
	case IPV4:
		addr = value_ipv4(b);
		return put_attr(m, type, &addr, sizeof(addr));
	case NAME:
		value_name(b, (char *)bytes);
		return put_attr(m, type, bytes, (u32)strnlen((char *)bytes, 16) + 1);
	case MAC:
		value_mac(b, bytes);
		return put_attr(m, type, bytes, 6);
	case INDEX:
		number = (u32)value_ifindex(b);
		return put_attr(m, type, &number, sizeof(number));
	case METRICS:
		return put_metrics(b, m, type);
	case HOPS:
		return put_hops(b, m, type);
	case BYTES:
		take_data(b, bytes, sizeof(bytes));
		return put_attr(m, type, bytes, pick(b, sizeof(bytes)));
	default:
		number = now_and_then(b) ? take_u32(b) : PICK_OF(b, numbers);
		return put_attr(m, type, &number, sizeof(number));
	}
}

/* The attributes that a kind of message knows, and what they are. */
struct known {
	u8 type, kind;
};

static void put_attrs(struct bytes *b, struct message *m, const struct known *known, u32 known_n)
{
	for (u32 n = pick(b, 6); n > 0; n--) {
		const struct known *k = &known[pick(b, known_n)];
		u16 type = now_and_then(b) ? (u16)pick(b, 40) : k->type;

		put_kind(b, m, type, now_and_then(b) ? pick(b, KINDS) : k->kind);
	}
}

#define PUT_ATTRS(b, m, known) put_attrs(b, m, known, ARRAY_SIZE(known))

static void begin(struct message *m, u8 *at, u16 type, u16 flags)
{
	const struct nlmsghdr nlh = { .nlmsg_type = type, .nlmsg_flags = flags, .nlmsg_seq = 7 };

	*m = (struct message){ at, 0 };
	put(m, &nlh, sizeof(nlh));
}

static u32 end(struct bytes *b, struct message *m)
{
	u32 len = now_and_then(b) ? take(b) : m->len;

	memcpy(m->at, &len, sizeof(len));
	return m->len;
}

/* ---- NETLINK_ROUTE ------------------------------------------------------------------------ */

static void put_link(struct bytes *b, struct message *m)
{
	static const struct known known[] = { { IFLA_IFNAME, NAME }, { IFLA_MTU, U32 },
		{ IFLA_NET_NS_FD, INDEX }, { IFLA_ADDRESS, MAC }, { IFLA_TXQLEN, U32 } };
	const struct ifinfomsg ifi = {
		.index = value_ifindex(b), .flags = pick(b, 2), .change = pick(b, 4) ? 1 : take(b)
	};

	put(m, &ifi, sizeof(ifi));
	PUT_ATTRS(b, m, known);
}

static void put_addr(struct bytes *b, struct message *m)
{
	static const u8 lengths[] = { 24, 32, 8, 0, 31, 33 };
	static const struct known known[] = { { IFA_LOCAL, IPV4 }, { IFA_ADDRESS, IPV4 },
		{ IFA_BROADCAST, IPV4 }, { IFA_LABEL, NAME }, { IFA_FLAGS, U32 } };
	const struct ifaddrmsg ifa = {
		.family = AF_INET, .prefixlen = PICK_OF(b, lengths), .index = value_ifindex(b)
	};

	put(m, &ifa, sizeof(ifa));
	PUT_ATTRS(b, m, known);
}

static void put_route(struct bytes *b, struct message *m)
{
	static const u8 lengths[] = { 24, 32, 0, 8, 16, 33 };
	static const u8 scopes[] = { RT_SCOPE_UNIVERSE, RT_SCOPE_LINK, RT_SCOPE_HOST,
		RT_SCOPE_NOWHERE };
	static const u8 tables[] = { RT_TABLE_MAIN, RT_TABLE_LOCAL, 0, 100 };
	static const struct known known[] = { { RTA_DST, IPV4 }, { RTA_GATEWAY, IPV4 },
		{ RTA_OIF, INDEX }, { RTA_PRIORITY, U32 }, { RTA_PREFSRC, IPV4 },
		{ RTA_METRICS, METRICS }, { RTA_MULTIPATH, HOPS }, { RTA_TABLE, U32 },
		{ RTA_SRC, IPV4 } };
	const struct rtmsg rtm = { .family = AF_INET,
		.dst_len = PICK_OF(b, lengths),
		.tos = (u8)(now_and_then(b) ? take(b) : 0),
		.table = PICK_OF(b, tables),
		.protocol = (u8)pick(b, 5),
		.scope = PICK_OF(b, scopes),
		.type = (u8)pick(b, RTN_MAX + 2),
		.flags = now_and_then(b) ? RTNH_F_ONLINK : 0 };

	put(m, &rtm, sizeof(rtm));
	PUT_ATTRS(b, m, known);
}

static void put_neigh(struct bytes *b, struct message *m)
{
	static const u16 states[] = { NUD_PERMANENT, NUD_REACHABLE, NUD_STALE, NUD_NONE, NUD_FAILED,
		NUD_NOARP, 255 };
	static const struct known known[] = { { NDA_DST, IPV4 }, { NDA_LLADDR, MAC } };
	const struct ndmsg ndm = {
		.family = AF_INET, .ifindex = value_ifindex(b), .state = PICK_OF(b, states)
	};

	put(m, &ndm, sizeof(ndm));
	PUT_ATTRS(b, m, known);
}

u32 message_route(struct bytes *b, u8 message[MESSAGE_MAX])
{
	static void (*const bodies[])(
		struct bytes *, struct message *) = { put_link, put_addr, put_route, put_neigh };
	static const u16 flags[] = { NLM_F_REQUEST, NLM_F_REQUEST | NLM_F_ACK,
		NLM_F_REQUEST | NLM_F_DUMP, NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL,
		NLM_F_REQUEST | NLM_F_CREATE | NLM_F_REPLACE,
		NLM_F_REQUEST | NLM_F_CREATE | NLM_F_APPEND, NLM_F_REQUEST | NLM_F_CREATE, 0 };
	u32 kind = pick(b, 4), what = pick(b, 4); /* new, del, get, set */
	struct message m;

	begin(&m, message, (u16)(RTM_NEWLINK + 4 * kind + what), PICK_OF(b, flags));
	if (kind > 1) /* routes from 24 on, neighbours from 28 */
		memcpy(message + 4, &(u16){ (u16)(RTM_NEWROUTE + 4 * (kind - 2) + what) }, 2);
	bodies[kind](b, &m);
	return end(b, &m);
}

/* ---- NETLINK_NETFILTER -------------------------------------------------------------------- */

static void put_config(struct bytes *b, struct message *m)
{
	struct nfqnl_msg_config_cmd cmd = { .command = (u8)(1 + pick(b, 5)) };
	struct nfqnl_msg_config_params params = { cpu_to_be32(pick(b, 2) ? 0xffff : take(b)),
		(u8)pick(b, 4) };
	be32 maxlen = cpu_to_be32(pick(b, 4)), flags = cpu_to_be32(pick(b, 8));

	if (pick(b, 4))
		put_attr(m, NFQA_CFG_CMD, &cmd, sizeof(cmd));
	if (pick(b, 2))
		put_attr(m, NFQA_CFG_PARAMS, &params, sizeof(params));
	if (now_and_then(b))
		put_attr(m, NFQA_CFG_QUEUE_MAXLEN, &maxlen, sizeof(maxlen));
	if (now_and_then(b)) {
		put_attr(m, NFQA_CFG_FLAGS, &flags, sizeof(flags));
		put_attr(m, NFQA_CFG_MASK, &flags, sizeof(flags));
	}
}

static void put_verdict(struct bytes *b, struct message *m)
{
	static const u32 verdicts[] = { NF_ACCEPT, NF_DROP, NF_QUEUE, NF_REPEAT, NF_QUEUE | 1 << 16,
		2, 5, 99 };
	struct nfqnl_msg_verdict_hdr hdr = { cpu_to_be32(PICK_OF(b, verdicts)),
		cpu_to_be32(pick(b, 12)) };
	u8 payload[64];

	put_attr(m, NFQA_VERDICT_HDR, &hdr, sizeof(hdr));
	if (now_and_then(b)) {
		take_data(b, payload, sizeof(payload));
		payload[0] = 0x45;
		put_attr(m, NFQA_PAYLOAD, payload, pick(b, sizeof(payload)));
	}
}

u32 message_queue(struct bytes *b, u8 message[MESSAGE_MAX])
{
	u32 what = pick(b, 4);
	const struct nfgenmsg nfg = { .nfgen_family = AF_INET,
		.res_id = cpu_to_be16((u16)pick(b, 2)) };
	struct message m;

	begin(&m, message, (u16)(NFNL_SUBSYS_QUEUE << 8 | what),
		NLM_F_REQUEST | (pick(b, 2) ? NLM_F_ACK : 0));
	put(&m, &nfg, sizeof(nfg));
	if (what == NFQNL_MSG_CONFIG)
		put_config(b, &m);
	else
		put_verdict(b, &m);
	return end(b, &m);
}
